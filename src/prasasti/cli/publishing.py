"""Commands of the public log: ``publish``, ``proof``."""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote

import click

from prasasti import bootstrap
from prasasti.cli.shell import COULD_NOT, REFUSED, Shell, command, ledger_option, open_key, shell, training_key
from prasasti.core.encoding import decode_strict
from prasasti.log.publish import Published
from prasasti.services.founding import LOG_KEY_NAME
from prasasti.services.ledger import Ledger
from prasasti.services.publishing import prove_transaction, publish_ledger, read_signed_note
from prasasti.services.state_proofs import format_list_proof, format_state_proof

_id = re.compile("[0-9a-f]{64}")
_number = re.compile("[0-9]{1,15}")


@click.command()
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="The folder to publish into.")
@click.option("--key", "location", metavar="KEY", help="The log's key; a training ledger has it in its keys.")
@click.option("--all-documents", is_flag=True, help="Look at the documents of all entries, to make good what was missing.")
@ledger_option
@command
def publish(folder: Path, location: str | None, all_documents: bool, ledger_folder: Path) -> None:
    """Publish the log as plain files, for any web server.

    Reads the ledger without disturbing it; run it again to publish what came since, or after an interruption.

    \b
    prasasti publish --to public
    prasasti publish --to public --key log.age
    """
    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger, out.progress("publish.progress") as progress:
        if location is None and not ledger.genesis.training:
            out.fail("error.could_not", out.words("publish.no_key"), COULD_NOT)
        signer = open_key(location or training_key(ledger, LOG_KEY_NAME), ledger)
        published = publish_ledger(ledger, folder, signer, all_documents=all_documents, progress=progress)
    say_published(out, published, folder)
    out.finish(
        {
            "size": published.size, "new": published.size - published.previous_size, "root": published.root.hex(),
            "withheld": published.withheld,
            "missing": [document.sha256 for document in published.missing],
        }
    )  # fmt: skip


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
