"""The command ``show``: a contract's story, a party, or the newest of all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from prasasti import bootstrap
from prasasti.cli.answers import answering, print_csv
from prasasti.cli.reading.conditions import reading_ledger
from prasasti.cli.reading.processes import PROCESS_COLUMNS, SHOWN_PROCESSES, flatten, print_processes, process_as_json, say_hits
from prasasti.cli.reading.stories import LINE_COLUMNS, line_as_row, say_story
from prasasti.cli.reading.totalling import group_as_json, print_groups, say_shortfall
from prasasti.cli.shell import REFUSED, command, ledger_option, shell
from prasasti.services.releases import NothingFits

if TYPE_CHECKING:
    from prasasti.readmodel.queries import Role


@click.command()
@click.argument("ocid", required=False)
@click.option("--buyer", default="", metavar="TEXT", help="Show this buyer instead: an id, or words of a name.")
@click.option("--supplier", default="", metavar="TEXT", help="Show this supplier instead: an id, or words of a name.")
@click.option("--publisher", default="", metavar="ID", help="Of several publishers with the same OCID, this one.")
@answering
@ledger_option
@command
def show(as_csv: bool, ocid: str | None, buyer: str, supplier: str, publisher: str, ledger_folder: Path) -> None:
    """Tell one contract's story from plan to payment, line by line, each with its entry in the log.

    A line names the rows of the source system where the release does. Versions that contradict one another stand beside
    each other. With --buyer or --supplier: who that is, sums, and its newest processes. Without either: the newest of all.

    \b
    prasasti show
    prasasti show ocds-px0z7d-5052-5001-1
    prasasti show --supplier "karya bangun"
    prasasti show --buyer ID-NPWP-0012345678901000 --json
    """
    if sum(map(bool, (ocid, buyer, supplier))) > 1:
        raise click.UsageError("give one of OCID, --buyer, --supplier")
    if buyer or supplier:
        _show_party(as_csv, "buyer" if buyer else "supplier", buyer or supplier, ledger_folder)
    elif ocid is None:
        _show_newest(as_csv, ledger_folder)
    else:
        _show_story(as_csv, ocid, publisher, ledger_folder)


def _show_story(as_csv: bool, ocid: str, publisher: str, ledger_folder: Path) -> None:
    from prasasti.services.reading import tell_story

    out = shell()
    try:
        with bootstrap.open_for_reading(ledger_folder) as ledger, out.progress("read_model.progress") as progress:
            story = tell_story(ledger, ocid, publisher, progress=progress)
    except NothingFits as problem:
        if not problem.is_unknown:
            raise
        words = "show.unknown" if problem.known else "show.nothing"
        out.fail("error.refused", out.words(words, ocid=ocid, examples=", ".join(problem.known)), REFUSED)
        return
    if as_csv:
        print_csv([line_as_row(out, story, line) for line in story.lines], LINE_COLUMNS)
    else:
        say_story(story)


def _show_newest(as_csv: bool, ledger_folder: Path) -> None:
    from prasasti.readmodel import queries

    out = shell()
    with reading_ledger(ledger_folder) as (_, model), model.reading() as connection:
        hits = queries.search(connection, queries.Conditions(), "newest", SHOWN_PROCESSES)
        suppliers = queries.list_suppliers(connection, [row.process for row in hits.rows])
    if not hits.rows:
        raise NothingFits(out.words("show.nothing"))
    results = [process_as_json(row, suppliers.get(row.process, [])) for row in hits.rows]
    if as_csv:
        print_csv([flatten(result) for result in results], PROCESS_COLUMNS)
        return
    print_processes(out, results)
    say_hits(out, hits, len(results))
    out.finish({"found": hits.total, "processes": results})


def _show_party(as_csv: bool, role: Role, asked: str, ledger_folder: Path) -> None:
    from prasasti.readmodel import queries
    from prasasti.services.reading import find_party

    out = shell()
    with reading_ledger(ledger_folder) as (_, model), model.reading() as connection:
        party = find_party(connection, role, asked)
        conditions = queries.Conditions(buyer=party.party) if role == "buyer" else queries.Conditions(supplier=party.party)
        names = queries.list_names(connection, party.party)
        groups = [group for group in queries.add_totals(connection, conditions, role) if group.key == party.party]
        shortfall = queries.find_shortfall(connection, conditions)
        hits = queries.search(connection, conditions, "newest", SHOWN_PROCESSES)
        suppliers = queries.list_suppliers(connection, [row.process for row in hits.rows])
    results = [process_as_json(row, suppliers.get(row.process, [])) for row in hits.rows]
    if as_csv:
        print_csv([flatten(result) for result in results], PROCESS_COLUMNS)
        return
    out.line(party.name or party.party)
    out.line(f"{out.words(f'show.{role}'):<10}{party.party}")
    for row in names if len(names) > 1 else ():
        out.say("show.named", name=row.name, count=row.processes, entry=row.position)
    print_groups(out, groups, {party.party: party.name}, role)
    say_shortfall(out, groups, shortfall)
    print_processes(out, results)
    say_hits(out, hits, len(results))
    out.say("show.prove", role=role, party=party.party)
    out.finish(
        {
            "role": role, "party": party.party, "name": party.name, "processes": party.processes,
            "names": [{"name": row.name, "processes": row.processes, "entry": row.position} for row in names],
            "totals": [group_as_json(group, party.name) for group in groups], "newest": results,
        }
    )  # fmt: skip
