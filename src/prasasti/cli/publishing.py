"""Commands of the public log: ``publish``, ``proof``."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from threading import Event
from typing import Any

import click
from rich.text import Text

from prasasti import bootstrap
from prasasti.cli.shell import COULD_NOT, REFUSED, Shell, clean, command, ledger_option, open_key, shell, spell_problem, training_key
from prasasti.core.encoding import decode_strict
from prasasti.integrations.signers import Signer
from prasasti.log.publish import Published
from prasasti.log.witness_client import WAIT_SECONDS
from prasasti.services.founding import LOG_KEY_NAME
from prasasti.services.ledger import Ledger
from prasasti.services.publishing import (
    RETRY_SECONDS,
    follow_ledger,
    list_witnesses,
    prove_transaction,
    publish_ledger,
    read_signed_note,
    read_witness_list,
)
from prasasti.services.state_proofs import format_list_proof, format_state_proof

_id = re.compile("[0-9a-f]{64}")
_number = re.compile("[0-9]{1,15}")

log_key_option = click.option(
    "--key", "locations", multiple=True, metavar="KEY",
    help="The log's key; a training ledger has it in its keys. Again, before a vote changes it: the next one.",
)  # fmt: skip


@click.command()
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="The folder to publish into.")
@log_key_option
@click.option("--all-documents", is_flag=True, help="Look at the documents of all entries, to make good what was missing.")
@click.option("--witness", "witnesses", nargs=3, multiple=True, metavar="NAME URL VKEY", help="Ask it; otherwise LEDGER/witnesses.toml's.")
@click.option("--wait", "wait_seconds", default=WAIT_SECONDS, show_default=True, metavar="SECONDS", help="Longest wait for witnesses.")
@click.option("--follow", is_flag=True, help="Keep the folder current until a signal (SIGTERM, Ctrl-C).")
@ledger_option
@command
def publish(
    folder: Path, locations: tuple[str, ...], all_documents: bool, witnesses: tuple[tuple[str, str, str], ...], wait_seconds: float,
    follow: bool, ledger_folder: Path,
) -> None:  # fmt: skip
    """Publish the log as plain files, for any web server.

    Reads the ledger without disturbing it; run it again to publish what came since, or after an interruption.
    Witnesses and the policy on them: docs/guides/witness.md.

    \b
    prasasti publish --to public
    prasasti publish --to public --key log.age --follow
    """
    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger:
        signers = open_log_keys(out, ledger, locations)

        def publish_once() -> Published:
            listed = list_witnesses(witnesses) if witnesses else read_witness_list(ledger)
            with out.progress("publish.progress") as progress:
                return publish_ledger(
                    ledger, folder, *signers, all_documents=all_documents, progress=progress, witnesses=listed, wait_seconds=wait_seconds
                )

        if follow:
            _follow(out, ledger, folder, publish_once)
            return
        published = publish_once()
    say_published(out, published, folder)
    out.finish(describe_published(published))


def open_log_keys(out: Shell, ledger: Ledger, locations: tuple[str, ...]) -> list[Signer]:
    """The keys that may sign checkpoints, as ``--key`` names them; a training ledger's own where it names none."""
    if not locations and not ledger.genesis.training:
        out.fail("error.could_not", out.words("publish.no_key"), COULD_NOT)
    return [open_key(each, ledger) for each in locations or (training_key(ledger, LOG_KEY_NAME),)]


def _follow(out: Shell, ledger: Ledger, folder: Path, publish_once: Callable[[], Published]) -> None:
    """Publish again and again; with ``--json`` each publication is one line."""
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    out.say("witness.following", folder=folder)

    def report(published: Published) -> None:
        if out.as_json:
            click.echo(json.dumps(describe_published(published)))
        say_published(out, published, folder)

    def report_problem(problem: Exception) -> None:
        words = out.words("witness.again", seconds=int(RETRY_SECONDS), problem=spell_problem(problem))
        out.errors.print(Text(clean(words)), soft_wrap=True)

    follow_ledger(publish_once, ledger.database.size, stop, report=report, report_problem=report_problem)
    out.say("witness.stopped")


def describe_published(published: Published) -> dict[str, Any]:
    """What a publication did, for programs."""
    return {
        "size": published.size, "new": published.size - published.previous_size, "root": published.root.hex(),
        "withheld": published.withheld,
        "missing": [document.sha256 for document in published.missing],
        "cosigned": list(published.cosigned), "uncosigned": dict(published.uncosigned), "quorum_met": published.is_quorum_met,
    }  # fmt: skip


def say_published(out: Shell, published: Published, folder: Path) -> None:
    """What a publication did, for people."""
    new = published.size - published.previous_size
    if new:
        out.say(
            "publish.done", size=published.size, new=new, folder=folder, files=published.files_written,
            bytes=f"{published.bytes_written:,}",
        )  # fmt: skip
    else:
        out.say("publish.same", folder=folder, size=published.size)
    out.say("publish.root", root=published.root.hex())
    if published.withheld:
        out.say("publish.withheld", count=published.withheld)
    if published.missing:
        out.say("publish.missing", count=len(published.missing), entry=published.missing[0].entry)
    if published.cosigned:
        out.say("witness.cosigned", names=", ".join(published.cosigned))
    for name, reason in published.uncosigned.items():
        out.say("witness.missing", name=name, reason=reason)
    if not published.is_quorum_met:
        out.say("witness.below")


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--output", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Where the proof goes.")
@click.option("--state", is_flag=True, help="ID is a key of the state: prove its record, or that there is none.")
@click.option("--list", "as_list", is_flag=True, help="ID is a list, such as procurement/buyer/ID: prove it whole.")
@ledger_option
@command
def proof(identifier: str, output: Path, state: bool, as_list: bool, ledger_folder: Path) -> None:
    """Write a small file that proves what the ledger holds, against the last signed checkpoint.

    \b
    prasasti proof 10 --output entry.proof       # the entry's number, as 'show' names it, or its id
    prasasti proof --list procurement/buyer/ID-NPWP-0012345678901000 --output all.json
    """
    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger:
        if state or as_list:
            make = format_list_proof if as_list else format_state_proof
            output.write_bytes(make(ledger.database, read_signed_note(ledger), identifier))
            out.say("proof.list_done" if as_list else "proof.state_done", key=identifier, path=quote(str(output)))
            out.finish({"output": str(output), "key": identifier})
            return
        transaction_id = _find_id(ledger, identifier)
        if transaction_id is None:
            out.fail("error.refused", out.words("proof.unknown", id=identifier), REFUSED)
            return
        output.write_bytes(prove_transaction(ledger, transaction_id))
        position = ledger.database.find_position(transaction_id)
        out.say("proof.done", position=position, path=quote(str(output)))
        out.finish({"output": str(output), "position": position})


def _find_id(ledger: Ledger, identifier: str) -> str | None:
    """Id of a recorded transaction that is named by itself or by the number of its entry."""
    if _number.fullmatch(identifier) is not None:
        number = int(identifier)
        return next((decode_strict(entry).get("id") for _, entry in ledger.database.entries(number, number + 1)), None)
    is_recorded = _id.fullmatch(identifier) is not None and ledger.database.find_position(identifier) is not None
    return identifier if is_recorded else None
