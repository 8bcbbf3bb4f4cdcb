"""Commands that read recorded data back for others: ``export ocds``, ``export csv``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prasasti import bootstrap
from prasasti.cli.answers import check_texts
from prasasti.cli.shell import COULD_NOT, command, ledger_option, shell

if TYPE_CHECKING:
    from prasasti.readmodel.queries import Conditions

SHOWN_ROWS = 12


@click.group()
def export() -> None:
    """Read recorded data back in the forms that others use.

    \b
    prasasti export ocds --output records.json
    prasasti export csv --output tables
    """


def choosing(function: Callable[..., None]) -> Callable[..., None]:
    """Options that say which processes."""
    for option in reversed((
        click.option("--ocid", default="", help="Only this process."),
        click.option("--buyer", default="", metavar="ID", help="Only processes of this buyer, in the form of the lists (scheme-number)."),
        click.option("--supplier", default="", metavar="ID", help="Only processes of this supplier, in the same form."),
        click.option("--year", type=int, help="Only processes of this year (of the first signature, else award, tender, release)."),
        click.option("--publisher", default="", metavar="ID", help="Only releases of this publisher; a package is one publisher's."),
        click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Only with a release of this day or later (UTC)."),
        click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Only with a release before this day (UTC)."),
    )):  # fmt: skip
        function = option(function)
    return function


@export.command(name="ocds")
@click.option("--output", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Where the package goes.")
@choosing
@click.option(
    "--package", type=click.Choice(["record", "release", "compiled"]), default="record", show_default=True,
    help="Records with their compiled releases; the releases alone, by date; or compiled releases, one a line.",
)  # fmt: skip
@click.option("--versioned", is_flag=True, help="Add the versioned release to each record.")
@click.option("--uri", default="", help="The package's uri; otherwise a urn of this ledger.")
@ledger_option
@command
def export_ocds(output: Path, package: str, versioned: bool, uri: str, ledger_folder: Path, **chosen: Any) -> None:
    """Write an OCDS package of what is recorded: records with their compiled releases, or the releases alone.

    \b
    prasasti export ocds --output records.json
    prasasti export ocds --ocid ocds-px0z7d-5052-5001-1 --output one.json
    prasasti export ocds --from 2026-01-01 --to 2027-01-01 --package release --output 2026.json
    prasasti export ocds --package compiled --output compiled.jsonl
    """
    from prasasti.services import exporting

    out = shell()
    if not output.parent.is_dir():
        out.fail("error.could_not", out.words("error.no_folder", folder=output.parent), COULD_NOT)
    conditions = _read_conditions(chosen)
    with bootstrap.open_for_reading(ledger_folder) as ledger, out.progress("export.progress") as progress:
        if package == "record":
            report = exporting.export_records(ledger, conditions, output, uri=uri, versioned=versioned, progress=progress)
        elif package == "release":
            report = exporting.export_releases(ledger, conditions, output, uri=uri, progress=progress)
        else:
            report = exporting.export_compiled(ledger, conditions, output, progress=progress)
    processes = report.records if package != "release" else "-"
    out.say("export.done" if report.releases else "export.none", releases=report.releases, processes=processes, path=output)
    left_out = [
        {"entry": each.position, "ocid": each.ocid, "release_id": each.release_id, "problem": each.problems[0].problem}
        for each in report.left_out
    ]
    if left_out:
        out.say("export.left_out", count=len(left_out))
        for each in left_out[:SHOWN_ROWS]:
            out.line(f"  {each['entry']}  {each['ocid']}  {out.words.find('problem.' + str(each['problem']), str(each['problem']))}")
    out.finish({"output": str(output), "releases": report.releases, "records": report.records, "left_out": left_out})


@export.command(name="csv")
@click.option("--output", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="Where the tables go; made if need be.")
@choosing
@ledger_option
@command
def export_csv(output: Path, ledger_folder: Path, **chosen: Any) -> None:
    """Write flat tables of what is recorded, one CSV file a section, each row with its publisher and ocid.

    Sections: processes, releases, parties, amounts, awards, contracts, payments. Amounts are exact decimals; a text
    that a spreadsheet would run as a formula stands behind a '.

    \b
    prasasti export csv --output tables
    prasasti export csv --year 2026 --output 2026
    """
    from prasasti.services.exporting import export_tables

    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger, out.progress("export.progress") as progress:
        counts = export_tables(ledger, _read_conditions(chosen), output, progress=progress)
    out.say("export.tables", folder=output, count=len(counts))
    rows = [[f"{name}.csv", str(count)] for name, count in counts.items()]
    out.table([out.words("export.section"), out.words("export.rows")], rows, right=(1,))
    out.finish({"output": str(output), "rows": counts})


def _read_conditions(chosen: dict[str, Any]) -> Conditions:
    from prasasti.readmodel.queries import Conditions

    check_texts(chosen)
    since, until = (_instant(chosen.pop(name)) for name in ("since", "until"))
    return Conditions(**chosen, dated_since=since, dated_until=until)


def _instant(day: datetime | None) -> int | None:
    return int(day.replace(tzinfo=UTC).timestamp()) if day is not None else None
