"""What became of the rows while they were joined: reported, found, accounted for; and the few lookups that all processes share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from prasasti.integrations.adapter import AdapterOptions, Finding, ReportedRow
from prasasti.integrations.inaproc import tables
from prasasti.integrations.ocds.attestation import compute_date
from prasasti.integrations.tables.composing import REPEATED, Account, Draft, Part
from prasasti.integrations.tables.conversions import DAY, MONEY, TIME
from prasasti.integrations.tables.reading import Reading, Row

ROW_REASONS: Final = frozenset("no_bidder no_winner no_contract_yet letter_without_result unit_without_process deleted no_date".split())
AMOUNT_REASONS: Final = frozenset({"value_without_contract", "amounts_differ", "realisation_without_record", "not_told"})
FINDINGS: Final = frozenset(
    """no_announcement no_schedule no_result no_contract addendum_without_contract winner_not_among_bidders unknown_unit
    doubled_unit_code doubled_number amounts_differ price_differs_from_award estimate_above_budget dates_out_of_order
    dates_differ end_is_start failed_with_result reason_of_earlier_version name_without_legal_form no_realisation
    realisation_without_record""".split()
)


class Books:
    """A folder's reading, and what is noted of its rows and amounts."""

    def __init__(self, reading: Reading, options: AdapterOptions) -> None:
        self.reading = reading
        self.options = options
        self.account = Account()
        self.units_by_code = group(reading.tables[tables.UNIT], "kd_satker_str")
        self.units_by_number = group(reading.tables[tables.UNIT], "kd_satker")
        self.doubled_units: set[str] = set()
        self.programmes = self._index_programmes()

    def report(self, row: Row, code: str, detail: str = "") -> None:
        """The row is in no release."""
        self.reading.reported.append(ReportedRow(row.place, code, detail))

    def find(self, code: str, rows: Iterable[Row], detail: str = "") -> None:
        """Something about rows that does not meet, or is worth a look."""
        self.reading.findings.append(Finding(code, tuple(sorted({row.place for row in rows})), detail))

    def account_for(self, row: Row, column: str, reason: str) -> None:
        """Why no release tells an amount of a row that is in one."""
        if row.get(column):
            self.account.told.setdefault((row.place, column), reason)

    def compare(self, row: Row, column: str, other: Row, other_column: str) -> None:
        """An amount that another row tells: repeated where it is the same, reported where it differs."""
        if not row.get(column):
            return
        if other.get(other_column) and amount_of(row, column) == amount_of(other, other_column):
            self.account_for(row, column, f"{REPEATED}{other.place.file} row {other.place.row}")
            return
        self.account_for(row, column, "amounts_differ")
        self.find("amounts_differ", [row, other], f"{column} {row.get(column)}, {other.table} {other_column} {other.get(other_column)}")

    def find_unit(self, code: str, year: str) -> Row | None:
        """A unit by the state's code; of several the one that is active in the year, else none."""
        units = self.units_by_code.get(code, [])
        if len(units) > 1 and code not in self.doubled_units:
            self.doubled_units.add(code)
            self.find("doubled_unit_code", units, code)
        active = [unit for unit in units if year in re.findall("[0-9]{4}", unit.get("tahun_aktif"))] if len(units) > 1 else units
        return active[0] if len(active) == 1 else None

    def find_programme(self, notice: Row) -> Row | None:
        """The programme that a budget line (`mak`) names, where the unit has exactly one of that code."""
        codes = {line.strip().partition(".")[0] for line in notice.get("mak").split(";") if line.strip()}
        found = self.programmes.get((notice.get("kd_satker_str"), codes.pop()), []) if len(codes) == 1 else []
        return found[0] if len(found) == 1 else None

    def report_unused(self) -> None:
        """Whatever no release holds and nothing reports: a unit that nothing names, rows of a release that nothing dates.

        Called when all releases are composed.
        """
        reported = {row.place for row in self.reading.reported}
        for table, rows in self.reading.tables.items():
            for row in rows:
                if row.place not in self.account.used and row.place not in reported:
                    self.report(row, "unit_without_process" if table == tables.UNIT else "no_date")

    def _index_programmes(self) -> dict[tuple[str, str], list[Row]]:
        """(unit's code, programme's code) → programmes that are not deleted."""
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.reading.tables[tables.PROGRAM]:
            for unit in self.units_by_number.get(row.get("kd_satker"), []):
                if not is_deleted(row):
                    found[unit.get("kd_satker_str"), row.get("kd_program_str")].append(row)
        return found


class Chain:
    """The drafts of one process, each not before the one it follows; all of them name the buyer, by the row given."""

    def __init__(self, books: Books, process: str, buyer: Row | None) -> None:
        self.books = books
        self.process = process
        self.buyer = buyer
        self.drafts: list[Draft] = []
        self.names: set[str] = set()

    def name(self, suffix: str, row: Row) -> str:
        """The suffix, or one of its own where the source numbers two rows alike: no release may stand under another's id."""
        unique, count = suffix, 1
        while unique in self.names:
            count += 1
            unique = f"{suffix}-again-{count}"
        if count > 1:
            self.books.find("doubled_number", [row], suffix)
        self.names.add(unique)
        return unique

    def add(
        self,
        suffix: str,
        tag: str,
        own: str,
        parts: list[Part],
        sources_at: str,
        after: Draft | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Draft:
        """`own` is the source's date of it, "" where there is none."""
        if after is not None and own and own[:10] < after.own[:10]:
            rows = [part.row for part in (parts[0], after.parts[0])]
            self.books.find("dates_out_of_order", rows, f"{suffix} {own[:10]}, {after.suffix} {after.own[:10]}")
        date = own if after is None else _later(own, after.date)
        if self.buyer is not None and not any(part.section == "buyer" for part in parts):
            parts = [*parts, Part(self.buyer, "buyer", context=True)]
        draft = Draft(
            process=self.process, suffix=suffix, tag=tag, date=date, own=own, parts=parts, sources_at=sources_at, extra=extra or {}
        )  # fmt: skip
        self.drafts.append(draft)
        return draft


def _later(own: str, before: str) -> str:
    """The later of two dates, in a way that holds for their texts (by which releases merge) and for the instants they name."""
    if not own or not before:
        return own or before
    return own if own >= before and compute_date(own) >= compute_date(before) else before


def group(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Rows by a cell of theirs."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.get(column)].append(row)
    return grouped


def in_order(numbers: Iterable[str]) -> list[str]:
    """Numbers as text in the order of numbers."""
    return sorted(set(numbers), key=lambda number: (len(number), number))


def is_deleted(programme: Row) -> bool:
    return programme.get("is_deleted").lower() in ("true", "1", "ya")


def when(row: Row | None, column: str) -> str:
    """A time or a day as the mapping converts it, "" where there is none."""
    if row is None:
        return ""
    value: str = row.values.get((column, TIME)) or row.values.get((column, DAY)) or ""
    return value


def amount_of(row: Row, column: str) -> Decimal:
    """The amount of a cell, zero where there is none."""
    value: dict[str, Any] | None = row.values.get((column, MONEY))
    return value["amount"].value if value is not None else Decimal(0)
