"""Importing systems of tables: what an adapter made of a folder, recorded, and the reconciliation of rows and money.

Owns the sums. Rows are those of the adapter less the rows of releases that were refused; the money of releases is added up from the
documents as they are recorded, by another way than the adapter's, so that a difference shows a fault of either. What an
interruption leaves is `services.importing`'s: nothing half-done, and a repetition adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import msgspec

from prasasti.integrations.adapter import Adaptation, Amount, Place, ReportedRow, TableRelease
from prasasti.integrations.ocds.canonical import Number
from prasasti.integrations.ocds.money import iterate_values
from prasasti.integrations.ocds.reading import SourceRelease
from prasasti.services.importing import Importer, ImportReport, Settled

STAGES = ("programme", "planned", "tendered", "proposed", "awarded", "contracted", "paid", "final")
REFUSED_RELEASE = "refused_release"
_EXACT = Context(prec=100)


@dataclass(frozen=True, slots=True)
class FileCount:
    """Rows of a file: ``rows`` = ``in_releases`` + ``reported``, or it does not add up."""

    file: str
    rows: int
    in_releases: int
    reported: int


@dataclass(frozen=True, slots=True)
class StageSum:
    """Money of a stage: what the files hold, what the adapter says became of it, and what the recorded documents hold.

    ``unreadable`` counts cells that hold no amount; their rows are reported.
    """

    stage: str
    in_files: Decimal
    told: Decimal
    repeated: Decimal
    reported: Decimal
    in_releases: Decimal
    unreadable: int

    @property
    def difference(self) -> Decimal:
        """What neither releases nor report account for; zero where all is right."""
        unaccounted = _EXACT.subtract(self.in_files, _add([self.in_releases, self.repeated, self.reported]))
        return unaccounted if unaccounted else _EXACT.subtract(self.told, self.in_releases)


@dataclass(frozen=True, slots=True)
class TableReport:
    """An import of tables: the report of its releases, and rows and money reconciled."""

    imported: ImportReport
    adaptation: Adaptation
    files: list[FileCount]
    stages: list[StageSum]
    reported: list[ReportedRow]
    amounts: list[Amount]
    faults: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every row and every rupiah is in a release or in the report."""
        return not any(stage.difference for stage in self.stages) and all(
            each.rows == each.in_releases + each.reported for each in self.files
        )

    @property
    def is_clean(self) -> bool:
        """Whether it adds up, nothing was refused, and no row is left out because something is wrong with it."""
        return self.imported.is_clean and self.adds_up and not self.faults


@dataclass(slots=True)
class _Tally:
    """What the recorded releases hold."""

    places: set[Place] = field(default_factory=set)
    refused: list[TableRelease] = field(default_factory=list)
    sums: dict[str, Decimal] = field(default_factory=dict)


def import_tables(
    importer: Importer, adaptation: Adaptation, faults: frozenset[str], progress: Callable[[int, int], None] | None = None
) -> TableReport:
    """Record the releases of an adaptation without problems, and reconcile. ``faults``: codes of rows that are wrong."""
    tally = _Tally()
    stage_of = {(amount.place, amount.column): amount.stage for amount in adaptation.amounts}

    def settle(settled: Settled) -> None:
        table_release = adaptation.releases[settled.event.position - 1]
        if settled.kind == "refused" or settled.prepared is None:
            tally.refused.append(table_release)
            return
        tally.places.update(table_release.places)
        stages = {stage_of[cell] for cell in table_release.amounts}
        for stage, amount in _iterate_amounts(settled.prepared.release, "programme" in stages):
            tally.sums[stage] = _EXACT.add(tally.sums.get(stage, Decimal(0)), amount)

    imported = importer.run_events(_as_events(adaptation, progress), settle)
    reported = [*adaptation.reported, *_report_refused(tally)]
    amounts = _refuse_amounts(adaptation.amounts, {cell for release in tally.refused for cell in release.amounts})
    return TableReport(
        imported=imported,
        adaptation=adaptation,
        files=_count_rows(adaptation.rows, tally.places, reported),
        stages=_sum_stages(amounts, tally.sums),
        reported=reported,
        amounts=amounts,
        faults=sum(row.code in faults for row in reported),
    )


def _as_events(adaptation: Adaptation, progress: Callable[[int, int], None] | None) -> Iterator[SourceRelease]:
    total = len(adaptation.releases)
    for position, each in enumerate(adaptation.releases, 1):
        file = each.places[0].file if each.places else ""
        yield SourceRelease(file, position, 0, each.release, where=each.release["id"])
        if progress is not None:
            progress(position, total)


def _iterate_amounts(release: dict[str, Any], is_programme: bool) -> Iterator[tuple[str, Decimal]]:
    """Every amount of a recorded document with its stage; a programme's budget is apart from those of its packages."""
    found = [("programme" if stage == "planned" and is_programme else stage, value) for stage, value in iterate_values(release)]
    found += [("proposed", bid.get("value")) for bid in release.get("bids", {}).get("details", [])]
    found += [("final", contract.get("implementation", {}).get("finalValue")) for contract in release.get("contracts", [])]
    for stage, value in found:
        amount = (value or {}).get("amount")
        if isinstance(amount, Number):
            yield stage, amount.value


def _report_refused(tally: _Tally) -> list[ReportedRow]:
    """Rows that no recorded release holds, since theirs were refused; each once."""
    found = {place: release.release["id"] for release in tally.refused for place in release.places if place not in tally.places}
    return [ReportedRow(place, REFUSED_RELEASE, release_id) for place, release_id in sorted(found.items())]


def _refuse_amounts(amounts: Iterable[Amount], refused: set[tuple[Place, str]]) -> list[Amount]:
    return [
        msgspec.structs.replace(amount, fate="reported", reason=REFUSED_RELEASE) if (amount.place, amount.column) in refused else amount
        for amount in amounts
    ]


def _count_rows(rows: dict[str, int], placed: set[Place], reported: list[ReportedRow]) -> list[FileCount]:
    in_releases = Counter(place.file for place in placed)
    left = Counter(row.place.file for row in reported)
    return [FileCount(file, count, in_releases[file], left[file]) for file, count in sorted(rows.items())]


def _sum_stages(amounts: list[Amount], in_releases: dict[str, Decimal]) -> list[StageSum]:
    stages = [stage for stage in STAGES if stage in in_releases or any(amount.stage == stage for amount in amounts)]
    return [_sum_stage(stage, [amount for amount in amounts if amount.stage == stage], in_releases) for stage in stages]


def _sum_stage(stage: str, amounts: list[Amount], in_releases: dict[str, Decimal]) -> StageSum:
    def add(fate: str) -> Decimal:
        return _add(amount.value for amount in amounts if amount.value is not None and fate in ("", amount.fate))

    return StageSum(
        stage=stage,
        in_files=add(""),
        told=add("told"),
        repeated=add("repeated"),
        reported=add("reported"),
        in_releases=in_releases.get(stage, Decimal(0)),
        unreadable=sum(amount.value is None for amount in amounts),
    )


def _add(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, value)
    return total


def describe_folder(folder: Path) -> str:
    """What is wrong with a folder of tables before it is read, "" where nothing is."""
    if not folder.is_dir():
        return f"{folder} is not a folder"
    return "" if any(path.suffix.lower() == ".csv" for path in folder.iterdir()) else f"{folder} holds no CSV file"
