"""The commands ``list``, everything of a party with nothing left out, and ``rebuild``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from prasasti import bootstrap
from prasasti.cli.answers import answering, print_csv
from prasasti.cli.reading.conditions import reading_ledger
from prasasti.cli.reading.processes import PROCESS_COLUMNS, flatten, process_as_json
from prasasti.cli.reading.spelling import spell_money, spell_state
from prasasti.cli.shell import COULD_NOT, Shell, command, ledger_option, shell
from prasasti.services.releases import NothingFits

if TYPE_CHECKING:
    from sqlalchemy import Row

    from prasasti.services.reading import WholeList

RELEASE_COLUMNS = ("number", "ocid", "release", "date", "tag", "entry")


@click.command(name="list")
@click.option("--buyer", default="", metavar="TEXT", help="All processes of this buyer: an id, or words of its name.")
@click.option("--supplier", default="", metavar="TEXT", help="All processes of this supplier: an id, or words of its name.")
@click.option("--publisher", default="", metavar="ID", help="All releases of this publisher.")
@click.option("--prove", type=click.Path(path_type=Path), metavar="FILE", help="Write a proof that nothing is left out.")
@answering
@ledger_option
@command
def list_(as_csv: bool, buyer: str, supplier: str, publisher: str, prove: Path | None, ledger_folder: Path) -> None:
    """List everything of a buyer, a supplier or a publisher, with nothing left out.

    The list is held against the numbered list in the ledger's state; where they differ, the command says so and ends
    with 1. A proof is for the newest checkpoint: publish first. Anyone checks it with 'prasasti-verify --list FILE'.

    \b
    prasasti list --supplier ID-NIB-9120001234567
    prasasti list --buyer "dinas pertamanan" --prove all.json
    prasasti list --publisher publisher-1 --csv
    """
    from prasasti.services import reading

    out = shell()
    roles: dict[Literal["buyer", "supplier"], str] = {"buyer": buyer, "supplier": supplier}
    if sum(map(bool, (buyer, supplier, publisher))) != 1:
        raise click.UsageError("give one of --buyer, --supplier, --publisher")
    if prove is not None and not prove.parent.is_dir():
        out.fail("error.could_not", out.words("error.no_folder", folder=prove.parent), COULD_NOT)
    with reading_ledger(ledger_folder) as (ledger, model):
        if publisher:
            name = publisher
            whole = reading.list_releases(ledger, model, publisher)
            results = [_release_as_json(row) for row in whole.rows]
        else:
            ((role, asked),) = ((role, asked) for role, asked in roles.items() if asked)
            with model.reading() as connection:
                party = reading.find_party(connection, role, asked)
            name = f"{party.name} {party.party}".strip()
            whole = reading.list_processes(ledger, model, role, party.party)
            results = [{"number": row.number, **process_as_json(row, [])} for row in whole.rows]
        if not results:
            raise NothingFits(out.words("list.nothing", name=name))
        if prove is not None:
            prove.write_bytes(reading.prove_list(ledger, whole.name))
    if as_csv:
        columns = RELEASE_COLUMNS if publisher else ("number", *(name for name in PROCESS_COLUMNS if name != "suppliers"))
        print_csv([flatten(result) for result in results], columns)
        return
    _print_list(out, whole, name, results, bool(publisher), prove)
    out.finish(
        {"list": whole.name, "count": len(results), "size": whole.size, "height": whole.height, "proof": str(prove) if prove else None,
         "items": results}
    )  # fmt: skip


def _release_as_json(row: Row[Any]) -> dict[str, Any]:
    return {
        "number": row.number, "ocid": row.ocid, "release": row.release_id, "date": shell().day(row.date), "tag": row.tag,
        "entry": row.position,
    }  # fmt: skip


def _print_list(out: Shell, whole: WholeList, name: str, results: Sequence[dict[str, Any]], is_publisher: bool, proof: Path | None) -> None:
    out.say("list.title", name=name, count=len(results))
    if is_publisher:
        rows = [[str(each["number"]), [each["ocid"], each["release"]], [each["date"], each["tag"]], str(each["entry"])] for each in results]
        out.table([out.words(f"list.{column}") for column in ("number", "release", "date", "entry")], rows, right=(0, 3))
    else:
        table = []
        for each in results:
            value = each["value"]
            amount = spell_money(out, value["amount"], value["currency"]) if value else ""
            far = [str(each["year"]), spell_state(out, each["state"])]
            table.append([str(each["number"]), [each["title"] or "–", each["ocid"]], far, amount])
        out.table([out.words(f"list.{column}") for column in ("number", "process", "year", "value")], table, right=(0, 3))
    out.say("list.whole", name=whole.name, entries=whole.size, height=whole.height)
    if proof is not None:
        out.say("proof.list_done", key=whole.name, path=proof)


@click.command()
@ledger_option
@command
def rebuild(ledger_folder: Path) -> None:
    """Drop the tables that search, totals, show and list read, and make them anew from the log and its documents.

    Nothing is lost by it: they hold nothing of their own, and may be deleted at any time.

    \b
    prasasti rebuild
    """
    from prasasti.services import projecting

    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger, out.progress("read_model.progress") as progress:
        count = projecting.rebuild(ledger, progress)
        size = ledger.database.size()
    out.say("read_model.done", count=count, size=size)
    out.finish({"processes": count, "entries": size})
