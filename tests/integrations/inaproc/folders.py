"""The project's own sample as tables that a test can change and write in another form."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from prasasti.integrations.adapter import Adaptation, AdapterOptions, strip_provenance
from prasasti.integrations.inaproc import ADAPTER

SAMPLE = Path(__file__).parents[3] / "src/prasasti/cli/samples/inaproc"
OPTIONS = AdapterOptions("ocds-inaprc")
YEAR = "2026"

Rows = list[dict[str, str]]


def read_sample() -> dict[str, Rows]:
    """Table → rows, each a cell by column."""
    return {path.stem.removesuffix(f"_{YEAR}"): read_rows(path) for path in sorted(SAMPLE.glob("*.csv"))}


def read_rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(rows: Rows, columns: list[str] | None = None, delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or list(rows[0]), delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_folder(folder: Path, tables: dict[str, Rows], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """All tables that have rows, as files of the sample's year."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        if rows:
            (folder / f"{table}_{YEAR}.csv").write_bytes(write_rows(rows, delimiter=delimiter).encode(encoding))
    return folder


def adapt(folder: Path) -> Adaptation:
    return ADAPTER.adapt(folder, OPTIONS)


def releases_of(adaptation: Adaptation) -> dict[str, Any]:
    """What the releases say, by id, apart from where in which file."""
    return {each.release["id"]: strip_provenance(each.release) for each in adaptation.releases}


def reported_codes(adaptation: Adaptation) -> set[tuple[str, int, str]]:
    """(table, row, code) of each reported row."""
    return {(row.place.file.removesuffix(f"_{YEAR}.csv"), row.place.row, row.code) for row in adaptation.reported}


def finding_codes(adaptation: Adaptation) -> set[str]:
    return {finding.code for finding in adaptation.findings}


def assert_accounted(adaptation: Adaptation) -> None:
    """Every row is in a release or reported, not both; every amount has one fate, and those told stand in releases."""
    placed = {(place.file, place.row) for each in adaptation.releases for place in each.places}
    reported = [(row.place.file, row.place.row) for row in adaptation.reported]
    assert len(set(reported)) == len(reported)
    assert not placed & set(reported)
    counts = {file: sum(one == file for one, _ in (*placed, *reported)) for file in adaptation.rows}
    assert counts == adaptation.rows
    told = [(amount.place, amount.column) for amount in adaptation.amounts if amount.fate == "told"]
    assert sorted(told) == sorted(cell for each in adaptation.releases for cell in each.amounts)
    assert all(amount.reason for amount in adaptation.amounts if amount.fate != "told")
