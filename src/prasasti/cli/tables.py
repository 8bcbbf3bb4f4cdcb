"""Commands that import systems of tables, one a system: ``import inaproc FOLDER``. The systems are those that adapters exist for."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from prasasti.cli.open_data import import_as_json, only_publisher, say_import
from prasasti.cli.shell import (
    COULD_NOT,
    REFUSED,
    Shell,
    accept_clock_option,
    command,
    ledger_option,
    open_key,
    open_to_write,
    shell,
    training_key,
)
from prasasti.integrations.adapter import Adaptation, Adapter, AdapterOptions, Place, find_adapters, strip_provenance
from prasasti.integrations.ocds.attestation import AttestationSettings
from prasasti.integrations.tables.composing import spell_rows
from prasasti.services.adapting import TableReport, describe_folder, import_tables
from prasasti.services.importing import Importer, read_redaction_key

SHOWN_CHARACTERS = 90
TEXTS_HELP = "What to do with releases whose texts look like holding a national identity number, a mobile number or an e-mail address."


def list_commands() -> Iterator[click.Command]:
    """A command for each system that an adapter knows."""
    yield from (_make_command(adapter) for adapter in find_adapters().values())


def _make_command(adapter: Adapter) -> click.Command:
    @click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
    @click.option("--publisher", metavar="ID", help="The organisation in whose name; a ledger with one publisher needs none.")
    @click.option("--key", "location", metavar="KEY", help="The publisher's signing key; a training ledger has it in its keys.")
    @click.option("--redaction-key", type=click.Path(path_type=Path), metavar="FILE", help="The publisher's redaction key.")
    @click.option("--ocid-prefix", default=adapter.ocid_prefix, show_default=True, metavar="PREFIX", help="ocds- and six characters.")
    @click.option("--utc-offset", default="+07:00", show_default=True, metavar="OFFSET", help="Zone of the times in the tables.")
    @click.option("--texts", type=click.Choice(["refuse", "keep"]), default="refuse", show_default=True, help=TEXTS_HELP)
    @ledger_option
    @accept_clock_option
    @command
    def import_folder(
        folder: Path, publisher: str | None, location: str | None, redaction_key: Path | None, ocid_prefix: str, utc_offset: str,
        texts: str, ledger_folder: Path, accept_clock: bool,
    ) -> None:  # fmt: skip
        out = shell()
        problem = describe_folder(folder)
        if problem:
            out.fail("error.could_not", problem, COULD_NOT)
        if not re.fullmatch("ocds-[a-z0-9]{6}", ocid_prefix):
            raise click.UsageError(f"--ocid-prefix is ocds- and six letters or digits, not {ocid_prefix}")
        if not re.fullmatch("[+-](?:0[0-9]|1[0-4]):[0-5][0-9]", utc_offset):
            raise click.UsageError(f"--utc-offset is of the form +07:00, not {utc_offset}")
        started = time.monotonic()
        adaptation = adapter.adapt(folder, AdapterOptions(ocid_prefix, utc_offset))
        if adaptation.problems:
            say_problems(out, adapter, adaptation)
            out.finish(_problems_as_json(adaptation), REFUSED)
        with open_to_write(ledger_folder, accept_clock) as ledger:
            name = publisher or only_publisher(ledger)
            settings = AttestationSettings(
                publisher=name,
                redaction_key=read_redaction_key(redaction_key or ledger.keys_folder / f"{name}.redaction.key"),
                default_scheme=adapter.default_scheme,
            )
            signer = open_key(location or training_key(ledger, name), ledger)
            importer = Importer(ledger, signer, settings, strip=strip_provenance, keep_texts=texts == "keep")
            with out.progress("import.progress") as progress:
                report = import_tables(importer, adaptation, adapter.faults, progress)
        seconds = time.monotonic() - started
        say_tables(out, adapter, report, seconds)
        out.finish(tables_as_json(report, seconds), 0 if report.is_clean else REFUSED)

    help_text = f"""Record a folder of tables of {adapter.title}: {adapter.description}

    All files are read and checked first; where one is cut off or not what it must be, nothing is recorded. Every row ends in a
    release or in the report with its reason, and the money adds up, stage by stage. Run it again: what is recorded is not recorded
    twice.

    \b
    prasasti import {adapter.name} {adapter.example}
    prasasti --json import {adapter.name} {adapter.example} > report.json
    """
    return click.command(name=adapter.name, help=help_text)(import_folder)


def spell_table_code(out: Shell, adapter: Adapter, code: str) -> str:
    """Words of a code: the system's own, else those that all systems share."""
    return out.words.find(f"{adapter.name}.{code}", "") or out.words.find(f"tables.{code}", code)


def say_problems(out: Shell, adapter: Adapter, adaptation: Adaptation) -> None:
    """Why a folder is not taken, each file with its reason."""
    out.say("tables.not_imported")
    for problem in adaptation.problems:
        where = f"{problem.file}, {out.words('tables.line', line=problem.line)}" if problem.line else problem.file
        out.line(f"  {where}: {spell_table_code(out, adapter, problem.code)}" + (f" ({problem.detail})" if problem.detail else ""))


def say_tables(out: Shell, adapter: Adapter, report: TableReport, seconds: float) -> None:
    """A table import's report for people: what was recorded, then rows and money reconciled, then what does not meet."""
    say_import(out, report.imported, seconds, with_money=False)
    _say_files(out, report)
    _say_money(out, report)
    reported: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for row in report.reported:
        reported[row.code, ""].append(row.place)
    _say_places(out, adapter, "tables.reported_rows", reported)
    _say_amounts(out, adapter, report)
    findings: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for finding in report.adaptation.findings:
        findings[finding.code, ""] += finding.places
    _say_places(out, adapter, "tables.findings", findings, Counter((finding.code, "") for finding in report.adaptation.findings))
    if report.adaptation.notices:
        out.say("tables.notices")
        notices = ((file, spell_table_code(out, adapter, code), detail) for file, code, detail in report.adaptation.notices)
        rows = [[file, f"{words}: {detail}" if detail else words] for file, words, detail in notices]
        out.table(["", ""], rows)
    out.say("tables.all_of_it")


def _say_files(out: Shell, report: TableReport) -> None:
    out.say("tables.rows")
    headings = [out.words(f"tables.{name}") for name in ("file", "rows_read", "in_releases", "reported")]
    counts = [(each.file, each.rows, each.in_releases, each.reported) for each in report.files]
    total = [sum(count[column] for count in counts) for column in (1, 2, 3)]  # type: ignore[misc]
    rows = [[str(cell) for cell in row] for row in (*counts, ("", *total))]
    out.table(headings, rows, right=(1, 2, 3))


def _say_money(out: Shell, report: TableReport) -> None:
    """One amount a line, since those of a ministry do not fit beside each other; what is zero is left out, save the difference."""
    out.say("tables.money")
    rows = []
    for stage in report.stages:
        amounts = {name: getattr(stage, name) for name in ("in_files", "in_releases", "repeated", "reported", "difference")}
        shown = {name: value for name, value in amounts.items() if value or name in ("in_files", "difference")}
        title = out.words.find(f"stage.{stage.stage}", "") or out.words(f"tables.stage_{stage.stage}")
        rows += [[title if name == "in_files" else "", out.words(f"tables.{name}"), _amount(out, value)] for name, value in shown.items()]
    out.table([out.words("tables.stage"), "", out.words("tables.amount")], rows, right=(2,))
    out.say("tables.adds_up" if report.adds_up else "tables.does_not_add_up")


def _say_amounts(out: Shell, adapter: Adapter, report: TableReport) -> None:
    """Money that no release tells, by reason."""
    found: dict[tuple[str, str], list[Place]] = defaultdict(list)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for amount in report.amounts:
        if amount.fate == "reported":
            found[amount.reason, amount.column].append(amount.place)
            sums[amount.reason, amount.column] += amount.value or 0
    labelled = {(code, f"{column}: {_amount(out, sums[code, column])}"): places for (code, column), places in found.items()}
    _say_places(out, adapter, "tables.reported_amounts", labelled)


def _say_places(
    out: Shell, adapter: Adapter, title: str, found: dict[tuple[str, str], list[Place]], counts: Counter[tuple[str, str]] | None = None
) -> None:
    """Codes and details with the rows they stand in; `counts` where one finding has several rows."""
    if not found:
        return
    out.say(title)
    times = {key: counts[key] if counts is not None else len(set(places)) for key, places in found.items()}
    rows = [
        [str(times[key]), ": ".join(filter(None, (spell_table_code(out, adapter, key[0]), key[1]))), _shorten(spell_places(found[key]))]
        for key in sorted(found, key=lambda key: (-times[key], key))
    ]
    out.table([out.words("import.times"), out.words("import.what"), out.words("tables.where")], rows, right=(0,))


def spell_places(places: Iterable[Place]) -> str:
    """Files with their rows: `a.csv 2, 5-8; b.csv 3`."""
    by_file: dict[str, list[int]] = defaultdict(list)
    for place in places:
        by_file[place.file].append(place.row)
    return "; ".join(f"{file} {spell_rows(rows)}" for file, rows in sorted(by_file.items()))


def _shorten(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS].rpartition(" ")[0].rstrip(",;") + " …"


def _amount(out: Shell, value: Decimal) -> str:
    """Without decimals where there are none."""
    whole = value.to_integral_value()
    return out.words.amount(f"{whole if whole == value else value:f}", "").strip()


def tables_as_json(report: TableReport, seconds: float) -> dict[str, Any]:
    """A table import's report for programs, every row of it."""

    def as_rows(places: Iterable[Place]) -> list[dict[str, Any]]:
        return [{"file": place.file, "row": place.row} for place in places]

    return {
        **import_as_json(report.imported, seconds),
        "adds_up": report.adds_up,
        "files": [
            {"file": each.file, "rows": each.rows, "in_releases": each.in_releases, "reported": each.reported} for each in report.files
        ],
        "stages": [
            {
                "stage": stage.stage,
                **{
                    name: f"{getattr(stage, name):f}"
                    for name in ("in_files", "told", "in_releases", "repeated", "reported", "difference")
                },
                "unreadable": stage.unreadable,
            }
            for stage in report.stages
        ],
        "reported_rows": [
            {"file": row.place.file, "row": row.place.row, "code": row.code, "detail": row.detail} for row in report.reported
        ],
        "reported_amounts": [
            {
                "file": amount.place.file, "row": amount.place.row, "column": amount.column, "stage": amount.stage,
                "amount": None if amount.value is None else f"{amount.value:f}", "code": amount.reason,
            }
            for amount in report.amounts
            if amount.fate == "reported"
        ],
        "findings": [
            {"code": finding.code, "detail": finding.detail, "rows": as_rows(finding.places)} for finding in report.adaptation.findings
        ],
        "file_notices": [{"file": file, "code": code, "detail": detail} for file, code, detail in report.adaptation.notices],
    }  # fmt: skip


def _problems_as_json(adaptation: Adaptation) -> dict[str, Any]:
    return {
        "file_problems": [
            {"file": problem.file, "line": problem.line, "code": problem.code, "detail": problem.detail} for problem in adaptation.problems
        ]
    }
