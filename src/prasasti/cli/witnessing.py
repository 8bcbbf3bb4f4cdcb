"""The command ``witness``: a member's small server, which keeps the log's operator honest."""

from __future__ import annotations

import re
import time
from pathlib import Path

import click

from prasasti.cli.shell import COULD_NOT, ask_passphrase, command, shell
from prasasti.integrations.signers import open_signer
from prasasti.log.checkpoint import format_vkey
from prasasti.services.witnessing import TRAINING_ORIGIN, open_witness, read_log_key

MEGABYTE = 2**20
_chain = re.compile("[0-9a-f]{32}")


@click.command()
@click.option("--folder", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The witness's own state; back it up.")
@click.option("--name", required=True, help="The witness's name in its vkey, such as witness.agency.example; never changed.")
@click.option("--key", "location", required=True, metavar="SIGNER", help="The witness's key: NAME.age, ssh-agent:…, command:…, pkcs11:….")
@click.option("--log", "logs", multiple=True, required=True, metavar="VKEY", help="A log to witness: its vkey, or the file that holds it.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(0, 65_535), help="Port to listen on.")
@click.option(
    "--store", "chains", multiple=True, metavar="CHAIN", help="Also keep documents for the ledger of this chain, against receipts."
)
@click.option("--store-key", metavar="SIGNER", help="The key that signs receipts (role governance.store).  [default: the witness's key]")
@click.option("--largest", default=64, show_default=True, type=click.IntRange(1), metavar="MB", help="The largest document kept.")
@click.option("--most", default=10_240, show_default=True, type=click.IntRange(1), metavar="MB", help="All documents kept.")
@click.option(
    "--a-day", type=click.IntRange(1), metavar="MB", help="Documents that one client may put in a day.  [default: a tenth of --most]"
)
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="ADDRESS", help="Believe this proxy about who its clients are.")
@click.option("--tls-cert", type=click.Path(path_type=Path), metavar="FILE", help="Certificate with its chain (PEM); otherwise plain HTTP.")
@click.option("--tls-key", type=click.Path(path_type=Path), metavar="FILE", help="Its key (PEM).")
@command
def witness(
    folder: Path, name: str, location: str, logs: tuple[str, ...], host: str, port: int, chains: tuple[str, ...], store_key: str | None,
    largest: int, most: int, a_day: int | None, proxies: tuple[str, ...], tls_cert: Path | None, tls_key: Path | None,
) -> None:  # fmt: skip
    """Cosign a log's checkpoints, over HTTP, as long as each extends the one before (C2SP tlog-witness).

    Runs until SIGTERM or SIGINT; says its vkey and where it listens on standard output (with --json as one object a line),
    and logs to standard error, one JSON object a line. Guide: docs/guides/witness.md.

    \b
    prasasti witness --folder witness --name witness.agency.example --key witness.age --log log.vkey
    prasasti witness --folder witness --name witness.agency.example --key witness.age --log log.vkey --store CHAIN
    """
    from prasasti.web import logs as lines
    from prasasti.web.server import CannotListen, run
    from prasasti.web.witness import WitnessLimits, make_witness_app

    out = shell()
    for chain in chains:
        if _chain.fullmatch(chain) is None:
            raise click.BadParameter(f"{chain} is no chain: 32 lower-case hex digits, as 'prasasti init' says them", param_hint="--store")
    keys = [read_log_key(each) for each in logs]
    # A seed in clear serves training ledgers only, and the witness of a real log is none of these.
    training = all(TRAINING_ORIGIN in key.name for key in keys)
    signer = open_signer(location, lambda: ask_passphrase(location), training=training)
    store_signer = open_signer(store_key, lambda: ask_passphrase(store_key), training=training) if store_key else None
    lines.install()
    with open_witness(
        folder, name, signer, keys, lambda: int(time.time()), chains=chains, store_signer=store_signer,
        largest_bytes=largest * MEGABYTE, most_bytes=most * MEGABYTE,
    ) as opened:  # fmt: skip
        vkey = format_vkey(opened.key)

        def say_listening(address: str) -> None:
            out.say("witness.vkey", vkey=vkey)
            out.say("witness.listening", address=address, count=len(opened.logs))
            out.tell({"listening": address, "vkey": vkey})

        try:
            app = make_witness_app(opened, WitnessLimits(document_bytes_a_day=(a_day or 0) * MEGABYTE))
            run(app, host, port, tls_cert=tls_cert, tls_key=tls_key, trusted_proxies=proxies, on_listening=say_listening)
        except CannotListen as problem:
            out.fail("error.could_not", problem, COULD_NOT)
    out.say("witness.stopped")
    out.tell({"stopped": True})
