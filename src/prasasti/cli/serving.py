"""The command that serves a ledger over HTTP: ``serve``. Owns its options and the limit of open files."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import click

from prasasti import bootstrap
from prasasti.cli.catalogue import LANGUAGES, Catalogue
from prasasti.cli.publishing import log_key_option, open_log_keys
from prasasti.cli.shell import COULD_NOT, HALTED, command, ledger_option, shell
from prasasti.integrations.signers import Signer
from prasasti.services.publishing import check_witness_list
from prasasti.web.limits import Limits
from prasasti.web.logs import REQUESTS

DEFAULTS = Limits()

logger = logging.getLogger("prasasti.serve")


@click.command()
@ledger_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="Port; 0 takes a free one.")
@click.option("--tls-cert", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE", help="Certificate chain, PEM.")
@click.option("--tls-key", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE", help="Its key, PEM.")
@click.option("--publish", "publish_folder", type=click.Path(path_type=Path), metavar="DIR", help="Keep this folder current; show it.")
@log_key_option
@click.option("--show", "show_folder", type=click.Path(path_type=Path), metavar="DIR", help="Show a folder that another process publishes.")
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="ADDRESS", help="Believe this proxy about who its clients are.")
@click.option(
    "--rate", type=click.FloatRange(min=0.1), default=DEFAULTS.requests_per_second, show_default=True, help="Requests a second, a client."
)  # fmt: skip
@click.option(
    "--actor-rate", type=click.FloatRange(min=0.1), default=DEFAULTS.actor_transactions_per_second, show_default=True,
    help="Transactions a second, an actor.",
)  # fmt: skip
@click.option("--connections", type=click.IntRange(min=1), default=1_000, show_default=True, help="Connections at once.")
@click.option("--log-requests", is_flag=True, help="Log every request, not only those that write or are refused.")
@click.option("--accept-clock", is_flag=True, help="Take the clock as right, after a jump of it stopped the ledger.")
@command
def serve(
    ledger_folder: Path, host: str, port: int, tls_cert: Path | None, tls_key: Path | None,
    publish_folder: Path | None, locations: tuple[str, ...], show_folder: Path | None,
    proxies: tuple[str, ...], rate: float, actor_rate: float, connections: int, log_requests: bool,
    accept_clock: bool,
) -> None:  # fmt: skip
    """Serve a ledger over HTTP until it is stopped (SIGTERM or Ctrl-C): submit, read, follow.

    Says where it listens on standard output (with --json as one object a line, as 'witness' does), and logs to standard
    error, one JSON object a line. While it runs, other commands write with --node URL.

    \b
    prasasti serve --publish public
    prasasti submit ... --node http://127.0.0.1:8080
    """
    from prasasti.web import logs
    from prasasti.web.api.app import make_app
    from prasasti.web.server import CannotListen, run

    if publish_folder is not None and show_folder is not None:
        raise click.UsageError("give --publish or --show, not both")
    out = shell()
    limits = replace(DEFAULTS, requests_per_second=rate, files_per_second=20 * rate, actor_transactions_per_second=actor_rate)
    logs.install()
    if log_requests:
        logging.getLogger(REQUESTS).setLevel(logging.DEBUG)
    with bootstrap.open_for_writing(ledger_folder, accept_clock=accept_clock) as ledger:
        signers: list[Signer] = []
        if publish_folder is not None:
            check_witness_list(ledger)  # Found now, by whoever starts the node, and not by its publisher, which would only log it.
            signers = open_log_keys(out, ledger, locations)
        logger.info("the ledger is open", extra={"facts": {"gap_seconds": ledger.gap_seconds}})
        with bootstrap.open_node(ledger, limits, publish_folder or show_folder, *signers) as node:
            app = make_app(node, {language: Catalogue(language) for language in LANGUAGES})

            def listen(address: str) -> None:
                node.start()
                out.say("serve.listening", address=address)
                out.tell({"listening": address})

            try:
                run(
                    app, host, port, tls_cert=tls_cert, tls_key=tls_key, trusted_proxies=proxies, max_connections=connections,
                    on_listening=listen, on_stopping=node.stop_taking, stop=node.stop_asked,
                )  # fmt: skip
            except CannotListen as problem:
                out.fail("error.could_not", problem, COULD_NOT)
            finally:
                app.close()
            fault = node.fault
    if fault is not None:
        out.fail("error.halted", fault, HALTED)
    out.say("serve.stopped")
    out.tell({"stopped": True})
