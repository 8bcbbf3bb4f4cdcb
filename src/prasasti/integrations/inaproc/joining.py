"""Which rows of INAPROC belong to one process, in which order they become releases, and what does not meet.

Owns: the process (one tender number, one non-tender number, one recorded purchase, one programme is one ocid), the releases of each
and their dates, links between tenders of one package, and the findings. What a row says where is `mapping`'s.

A release has the date of what it tells. Where the source dates it before what it follows, it gets that one's date, so that the
releases merge in their order, and the finding says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from prasasti.integrations.adapter import Adaptation, AdapterOptions, Finding, Place, ReportedRow
from prasasti.integrations.inaproc import mapping, tables
from prasasti.integrations.inaproc.steps import OPENING_SECTION, STEPS
from prasasti.integrations.ocds.canonical import Number
from prasasti.integrations.ocds.redaction import judge_number
from prasasti.integrations.tables.composing import REPEATED, Account, Draft, Part, compose_release, list_amounts
from prasasti.integrations.tables.conversions import MONEY, TIME, Setting
from prasasti.integrations.tables.reading import ROW_FAULTS, Reading, Row, read_folder

ROW_REASONS: Final = frozenset("no_bidder no_winner no_contract_yet letter_without_result unit_without_process deleted no_date".split())
AMOUNT_REASONS: Final = frozenset({"value_without_contract", "amounts_differ", "realisation_without_record", "not_told"})
FINDINGS: Final = frozenset(
    """no_announcement no_schedule no_result no_contract addendum_without_contract winner_not_among_bidders unknown_unit
    doubled_unit_code amounts_differ price_differs_from_award estimate_above_budget dates_out_of_order dates_differ end_is_start
    failed_with_result reason_of_earlier_version name_without_legal_form no_realisation realisation_without_record
    contract_without_name""".split()
)


class Kind(msgspec.Struct, frozen=True):
    """The tables and columns of one way of buying. Tenders and non-tender purchases differ in names, little else."""

    process: str
    number: str
    notice: str
    step: str
    result: str
    contract: str
    announced: str
    noticed_in_result: str
    decided: str
    contract_number: str
    status: str
    status_date: str
    bidder: str = ""
    package: str = ""


TENDER: Final = Kind(
    process="tender", number="kd_tender", notice=tables.NOTICE, step=tables.STEP, result=tables.RESULT, contract=tables.CONTRACT,
    bidder=tables.BIDDER, announced="tgl_pengumuman_tender", noticed_in_result="tgl_pengumuman_tender",
    decided="tgl_penetapan_pemenang", contract_number="kontrak_id", status="status_tender", status_date="tanggal_status",
    package="kd_paket",
)  # fmt: skip
NONTENDER: Final = Kind(
    process="nontender", number="kd_nontender", notice=tables.DIRECT, step=tables.DIRECT_STEP, result=tables.DIRECT_RESULT,
    contract=tables.DIRECT_CONTRACT, announced="tgl_pengumuman_nontender", noticed_in_result="tgl_pengumuman_nontender",
    decided="tgl_selesai_nontender", contract_number="spk_id", status="status_nontender", status_date="",
)  # fmt: skip


class InaprocAdapter:
    """See `adapter.Adapter`."""

    name = "inaproc"
    title = "INAPROC"
    description = "plans, tenders with schedule and bidders, results, contracts, non-tender purchases and realisation, as CSV files."
    example = "kemnaker-2023"
    ocid_prefix = "ocds-inaprc"
    default_scheme = "ID"
    mapping = mapping.MAPPING
    faults = ROW_FAULTS

    def adapt(self, folder: Path, options: AdapterOptions) -> Adaptation:
        """One pass over the folder; OSError where it cannot be read."""
        reading = read_folder(folder, mapping.MAPPING, Setting(utc_offset=options.utc_offset))
        if reading.problems:
            return Adaptation(problems=reading.problems, rows=reading.rows, notices=reading.notices)
        joiner = _Joiner(reading, options)
        drafts = list(joiner.iterate_drafts())
        releases = [compose_release(draft, mapping.MAPPING, options.ocid_prefix, joiner.account) for draft in drafts]
        joiner.report_units()
        return Adaptation(
            releases=releases,
            reported=sorted(reading.reported, key=lambda row: row.place),
            findings=sorted(reading.findings, key=lambda finding: (finding.code, finding.places)),
            amounts=list_amounts(reading, mapping.MAPPING, joiner.account),
            rows=reading.rows,
            notices=reading.notices,
        )


class _Joiner:
    """A reading with its indexes; collects drafts, reported rows (in the reading) and what became of amounts (`account`)."""

    def __init__(self, reading: Reading, options: AdapterOptions) -> None:
        self.reading = reading
        self.options = options
        self.account = Account()
        self.units_by_code = _group(reading.tables[tables.UNIT], "kd_satker_str")
        self.units_by_number = _group(reading.tables[tables.UNIT], "kd_satker")
        self.programmes = self._index_programmes()
        self.doubled_units: set[str] = set()

    def iterate_drafts(self) -> Iterator[Draft]:
        """Programmes first: the processes that name them come later in the log."""
        yield from self._draft_programmes()
        for kind in (TENDER, NONTENDER):
            yield from self._draft_kind(kind)
        yield from self._draft_records()
        self._note_names()

    # Programmes

    def _draft_programmes(self) -> Iterator[Draft]:
        """A programme has no date of its own: it counts from the first day of its budget year."""
        for row in self.reading.tables[tables.PROGRAM]:
            if row.get("is_deleted").lower() in ("true", "1", "ya"):
                self._report(row, "deleted")
                continue
            parts = [Part(row, "program"), Part(row, "buyer")]
            unit = next(iter(self.units_by_number.get(row.get("kd_satker"), [])), None)
            if unit is None:
                self._find("unknown_unit", [row], f"kd_satker {row.get('kd_satker')}")
            else:
                parts.append(Part(unit, "unit"))
            date = f"{row.get('tahun_anggaran')}-01-01T00:00:00{self.options.utc_offset}"
            process = f"programme-{row.get('kd_program')}"
            yield Draft(process=process, suffix="planning", tag="planning", date=date, parts=parts, sources_at="planning.documents")

    def _index_programmes(self) -> dict[tuple[str, str], list[Row]]:
        """(unit's code, programme's code) → programmes that are not deleted."""
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.reading.tables[tables.PROGRAM]:
            for unit in self.units_by_number.get(row.get("kd_satker"), []):
                if row.get("is_deleted").lower() == "false":
                    found[unit.get("kd_satker_str"), row.get("kd_program_str")].append(row)
        return found

    def _find_programme(self, notice: Row) -> Row | None:
        """The programme that a budget line (`mak`) names, where the unit has exactly one of that code."""
        codes = {line.strip().partition(".")[0] for line in notice.get("mak").split(";") if line.strip()}
        if len(codes) != 1:
            return None
        found = self.programmes.get((notice.get("kd_satker_str"), codes.pop()), [])
        return found[0] if len(found) == 1 else None

    # Tenders and non-tender purchases

    def _draft_kind(self, kind: Kind) -> Iterator[Draft]:
        tables = [kind.notice, kind.step, kind.result, kind.contract, *([kind.bidder] if kind.bidder else [])]
        grouped = {table: _group(self.reading.tables[table], kind.number) for table in tables}
        numbers = sorted({number for rows in grouped.values() for number in rows}, key=lambda number: (len(number), number))
        processes = {
            number: _Process(self, kind, number, {table: grouped[table].get(number, []) for table in tables}) for number in numbers
        }
        for earlier, later in _pair_retenders(processes.values()):
            later.link = earlier
        for process in processes.values():
            yield from process.draft()

    # Purchases recorded afterwards

    def _draft_records(self) -> Iterator[Draft]:
        records = {row.get("kd_nontender_pct"): row for row in self.reading.tables[tables.RECORD]}
        payments = _group(self.reading.tables[tables.PAYMENT], "kd_nontender_pct")
        for number in sorted({*records, *payments}, key=lambda number: (len(number), number)):
            yield from self._draft_record(number, records.get(number), payments.get(number, []))

    def _draft_record(self, number: str, record: Row | None, payments: list[Row]) -> Iterator[Draft]:
        chain = _Chain(self, f"recorded-{number}", record or payments[0])
        payments = sorted(payments, key=lambda row: (_when(row, "tgl_realisasi"), row.place))
        for row in [*([record] if record else []), *payments]:
            row.derived |= {"contract*": f"{number}-contract", "award*": f"{number}-award"}
        before = None
        if record is not None:
            own, first = _when(record, "tgl_buat_paket"), _when(payments[0], "tgl_realisasi") if payments else ""
            if first and first[:10] < own[:10]:
                self._find("dates_out_of_order", [record, payments[0]], f"tgl_buat_paket {own[:10]}, tgl_realisasi {first[:10]}")
                own = first
            planning = chain.add("planning", "planning", own, [Part(record, "planning")], "planning.documents")
            parts = [Part(record, "tender"), Part(record, "entity")]
            before = chain.add("tender", "tender", own, parts, "tender.documents", planning)
        self._compare_record(record, payments)
        if payments:
            for row in payments:
                number_and_day = f"{row.get('no_realisasi')} {_when(row, 'tgl_realisasi')[:10]}".strip()
                row.derived |= {"transaction*": number_and_day, "document*": number_and_day}
            parts = [Part(row, "award") for row in payments]
            before = chain.add("award", "award", _when(payments[0], "tgl_realisasi"), parts, "awards[].documents", before)
        for row in payments:
            suffix = "payment-" + re.sub("[^A-Za-z0-9]+", "-", row.derived["transaction*"])[:100]
            at = "contracts[].implementation.documents"
            before = chain.add(suffix, "implementation", _when(row, "tgl_realisasi"), [Part(row, "payment")], at, before)
        if record is not None and record.get("total_realisasi"):
            at = "contracts[].implementation.documents"
            chain.add("final", "implementation", _when(record, "tgl_selesai_paket"), [Part(record, "final")], at, before)
        yield from chain.drafts

    def _compare_record(self, record: Row | None, payments: list[Row]) -> None:
        if record is None:
            self._find("realisation_without_record", payments)
        elif not payments:
            self._find("no_realisation", [record])
        for row in payments:
            if record is None:
                self._account(row, "pagu", "realisation_without_record")
            else:
                self._compare(row, "pagu", record, "pagu")
        if record is not None and record.get("total_realisasi") and payments:
            total = sum(_amount(row, "nilai_realisasi") for row in payments)
            if total != _amount(record, "total_realisasi"):
                detail = f"total_realisasi {record.get('total_realisasi')}, nilai_realisasi {total}"
                self._find("amounts_differ", [record, *payments], detail)

    # Findings

    def find_unit(self, code: str, year: str) -> Row | None:
        """A unit by the state's code; of several the one that is active in the year, else none."""
        units = self.units_by_code.get(code, [])
        if len(units) > 1 and code not in self.doubled_units:
            self.doubled_units.add(code)
            self._find("doubled_unit_code", units, code)
        active = [unit for unit in units if year in re.findall("[0-9]{4}", unit.get("tahun_aktif"))] if len(units) > 1 else units
        return active[0] if len(active) == 1 else None

    def report_units(self) -> None:
        """Units that no release names; called when all releases are composed."""
        for row in self.reading.tables[tables.UNIT]:
            if row.place not in self.account.used:
                self._report(row, "unit_without_process")

    def _note_names(self) -> None:
        """A supplier's name without a legal form is neither known as a firm's nor as a person's: kept, and listed."""
        rule = judge_number("ID", "").rule
        for table in (tables.BIDDER, tables.RESULT, tables.CONTRACT, tables.DIRECT_RESULT, tables.DIRECT_CONTRACT, tables.PAYMENT):
            for row in self.reading.tables[table]:
                name = row.get("nama_penyedia")
                if name and rule is not None and not re.search(rule.legal_forms, name):
                    self._find("name_without_legal_form", [row], name[:100])

    def _compare(self, row: Row, column: str, other: Row, other_column: str) -> None:
        """An amount that another row tells: repeated where it is the same, reported where it differs."""
        if not row.get(column):
            return
        if _amount(row, column) == _amount(other, other_column) and other.get(other_column):
            self._account(row, column, f"{REPEATED}{other.place.file} row {other.place.row}")
            return
        self._account(row, column, "amounts_differ")
        detail = f"{column} {row.get(column)}, {other.table} {other_column} {other.get(other_column)}"
        self._find("amounts_differ", [row, other], detail)

    def _account(self, row: Row, column: str, reason: str) -> None:
        if row.get(column):
            self.account.told.setdefault((row.place, column), reason)

    def _report(self, row: Row, code: str, detail: str = "") -> None:
        self.reading.reported.append(ReportedRow(row.place, code, detail))

    def _find(self, code: str, rows: Iterable[Row], detail: str = "") -> None:
        self.reading.findings.append(Finding(code, tuple(sorted(row.place for row in rows)), detail))


class _Chain:
    """The drafts of one process, each not before the one it follows; all of them name the buyer, by the row given."""

    def __init__(self, joiner: _Joiner, process: str, buyer: Row | None) -> None:
        self.joiner = joiner
        self.process = process
        self.buyer = buyer
        self.drafts: list[Draft] = []

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
            self.joiner._find("dates_out_of_order", rows, f"{suffix} {own[:10]}, {after.suffix} {after.own[:10]}")
        date = max(own, after.date if after is not None else "")
        if self.buyer is not None and not any(part.section == "buyer" for part in parts):
            parts = [*parts, Part(self.buyer, "buyer", context=True)]
        draft = Draft(
            process=self.process, suffix=suffix, tag=tag, date=date, own=own, parts=parts, sources_at=sources_at, extra=extra or {}
        )  # fmt: skip
        self.drafts.append(draft)
        return draft


class _Process:
    """One tender or non-tender purchase."""

    def __init__(self, joiner: _Joiner, kind: Kind, number: str, rows: dict[str, list[Row]]) -> None:
        self.joiner = joiner
        self.kind = kind
        self.number = number
        self.notice = next(iter(rows[kind.notice]), None)
        self.steps = sorted(rows[kind.step], key=lambda row: (_when(row, "tgl_awal"), len(row.get("dtj_id")), row.get("dtj_id")))
        self.results = rows[kind.result]
        self.bidders = rows.get(kind.bidder, [])
        self.contracts = [row for row in rows[kind.contract] if row.get(kind.contract_number)]
        self.other_contracts = [row for row in rows[kind.contract] if not row.get(kind.contract_number)]
        self.all_rows = [row for each in rows.values() for row in each]
        self.titles = [*self.contracts, *self.other_contracts][:1] if self.notice is None else []
        self.link: _Process | None = None
        self.year = self.all_rows[0].get("tahun_anggaran")
        self.unit = self._find_unit()
        self.chain = _Chain(joiner, f"{kind.process}-{number}", self._find_buyer())

    @property
    def winners(self) -> list[Row]:
        return [row for row in self.results if row.get("nama_penyedia") and (self.kind is NONTENDER or row.get("psr_id"))]

    @property
    def package(self) -> str:
        rows = [*filter(None, [self.notice]), *self.bidders, *self.results]
        return next(filter(None, (row.get("kd_pkt_dce") or row.get(self.kind.package) for row in rows)), "") if self.kind.package else ""

    @property
    def announced(self) -> str:
        """When it was announced; "" where no row says."""
        begins = [row for row in self.steps if row.get("kd_akt") in STEPS and STEPS[row.get("kd_akt")].begins] or self.steps
        found = [
            _when(self.notice, self.kind.announced) if self.notice is not None else "",
            *(_when(row, "tgl_awal") for row in begins),
            *(_when(row, self.kind.noticed_in_result) for row in self.results),
        ]
        return next(filter(None, found), "")

    def _find_unit(self) -> Row | None:
        """Only where the announcement is missing, whose own words come first."""
        if self.notice is not None:
            return None
        codes = [row.get("kd_satker_str") or row.get("kd_satker") for row in (*self.steps, *self.bidders, *self.results, *self.contracts)]
        return self.joiner.find_unit(codes[0], self.year) if codes else None

    def _find_buyer(self) -> Row | None:
        rows = [self.notice, *self.results, *self.contracts, *self.other_contracts, self.unit]
        return next((row for row in rows if row is not None and row.get("nama_klpd") and row.get("kd_klpd")), None)

    def draft(self) -> list[Draft]:
        """The releases in the order in which they merge: planning, tender, bids, awards, contracts, addenda, ends, failure."""
        self._check()
        planning = self._draft_planning()
        tender = self._draft_tender(planning)
        bids = self._draft_bids(tender)
        awards = self._draft_awards(bids or tender)
        self._draft_contracts(awards, bids or tender)
        if self.notice is not None and self.notice.get(self.kind.status) == mapping.FAILED:
            own = _when(self.notice, self.kind.status_date) if self.kind.status_date else ""
            self.chain.add("failure", "tenderUpdate", own, [Part(self.notice, "failure")], "tender.documents", bids or tender)
        return self.chain.drafts

    def _draft_planning(self) -> Draft | None:
        base = self.notice or next(iter(self.results), None)
        if base is None:
            return None
        own = _when(base, "tgl_buat_paket") or _when(base, self.kind.announced if base is self.notice else self.kind.noticed_in_result)
        parts, extra = [Part(base, "planning")], {}
        programme = self.joiner._find_programme(base) if self.kind is NONTENDER and base is self.notice else None
        if programme is not None:
            parts.append(Part(programme, "line", context=True))
            extra = self._relate("programme", "planning", f"programme-{programme.get('kd_program')}")
        return self.chain.add("planning", "planning", own, parts, "planning.documents", extra=extra)

    def _draft_tender(self, planning: Draft | None) -> Draft | None:
        if not self.announced or not (self.notice or self.steps or self.results):
            return None
        parts: list[Part] = []
        if self.notice is not None:
            parts += [Part(self.notice, "tender"), Part(self.notice, "entity")]
            if self.notice.get("tgl_kolektif_kolegial"):
                parts.append(Part(self.notice, "approval"))
        else:
            parts += [Part(row, "tender") for row in self.results[:1]]
            parts += [Part(row, "title") for row in self.titles]
            parts += [Part(self.unit, "entity")] if self.unit is not None else [Part(row, "entity") for row in self.results[:1]]
        for row in self.steps:
            step = STEPS.get(row.get("kd_akt"))
            given = row.get("nama_tahapan")
            title = step.title if step is not None and (step.renamed or not given) else given or row.get("nama_akt")
            row.derived["title*"] = title or None
            parts += [Part(row, "step"), *(Part(row, section) for section in (step.sections if step is not None else ()))]
        extra: dict[str, Any] = {"tender": {"id": self.number}}
        if self.link is not None:
            relationship = "prior" if self.link.winners else "unsuccessfulProcess"
            extra |= self._relate("earlier", relationship, self.link.chain.process)
        return self.chain.add("tender", "tender", self.announced, parts, "tender.documents", planning, extra)

    def _draft_bids(self, tender: Draft | None) -> Draft | None:
        named = [row for row in self.bidders if row.get("kd_peserta") and row.get("nama_penyedia")]
        for row in self.bidders:
            if row not in named:
                self.joiner._report(row, "no_bidder")
        opening = next((row for row in self.steps if OPENING_SECTION in _sections(row)), None)
        own = _when(opening, "tgl_awal") if opening is not None else ""
        if not named or not (own or tender):
            for row in named:
                self.joiner._report(row, "no_date")
            return None
        named.sort(key=lambda row: (len(row.get("kd_peserta")), row.get("kd_peserta")))
        parts = [Part(row, "tenderer") for row in named] + [Part(row, "proposal") for row in named if row.get("nilai_penawaran")]
        extra = {"tender": {"numberOfTenderers": Number(str(len(named)))}}
        return self.chain.add("bids", "tenderUpdate", own, parts, "tender.documents", tender, extra)

    def _draft_awards(self, before: Draft | None) -> dict[str, Draft]:
        """By the supplier's number in the source."""
        awards: dict[str, Draft] = {}
        for row in self.results:
            if row not in self.winners:
                if self.notice is not None:
                    self.joiner._report(row, "no_winner")
                continue
            row.derived["award*"] = f"{self.number}-award" if self.kind is NONTENDER else row.get("psr_id")
            parts = [Part(row, "award")]
            bidder = next((each for each in self.bidders if each.get("kd_peserta") == row.derived["award*"]), None)
            if self.kind is TENDER and bidder is None:
                self.joiner._find("winner_not_among_bidders", [row])
            if bidder is not None and bidder.get("nilai_penawaran"):
                self.joiner._compare(row, "nilai_penawaran", bidder, "nilai_penawaran")
            elif row.get("nilai_penawaran"):
                parts.append(Part(row, "proposal"))
            for letter in self.other_contracts if row is self.winners[0] else ():
                if letter.get("sppbj_id"):
                    letter.derived["award*"] = row.derived["award*"]
                    parts.append(Part(letter, "letter"))
            suffix = "award" if self.kind is NONTENDER else f"award-{row.get('psr_id')}"
            awards[row.get("kd_penyedia")] = self.chain.add(
                suffix, "award", _when(row, self.kind.decided), parts, "awards[].documents", before
            )
        for row in self.other_contracts:
            if row in self.titles and self.announced:
                continue  # It gives an unannounced tender its title.
            if not row.get("sppbj_id"):
                self.joiner._report(row, "no_contract_yet")
            elif not self.winners:
                self.joiner._report(row, "letter_without_result")
        return awards

    def _draft_contracts(self, awards: dict[str, Draft], before: Draft | None) -> None:
        chains: dict[str, list[Row]] = defaultdict(list)
        for row in self.contracts:
            chains[row.get("kd_penyedia") if self.kind is TENDER else ""].append(row)
        for provider, versions in chains.items():
            versions.sort(key=lambda row: (_version(row), row.place))
            award = awards.get(provider) if self.kind is TENDER else next(iter(awards.values()), None)
            self._draft_contract(versions, award, before)
        for row in self.winners:
            versions = chains.get(row.get("kd_penyedia") if self.kind is TENDER else "", [])
            self._compare_with_contract(row, versions)

    def _draft_contract(self, versions: list[Row], award: Draft | None, before: Draft | None) -> None:
        column = self.kind.contract_number
        first, last = versions[0], versions[-1]
        contract = first.get(column)
        award_id = award.parts[0].row.derived["award*"] if award is not None else f"{contract}-award"
        if _version(first) > 0:
            self.joiner._find("addendum_without_contract", [first])
        if award is None:
            self.joiner._find("no_result", versions)
        for row in versions:
            ends = row.get("tgl_kontrak_akhir"), row.get("tgl_kontrak_awal")
            is_end = bool(ends[0]) and _when(row, "tgl_kontrak_akhir") > _when(row, "tgl_kontrak_awal")
            row.derived |= {"contract*": contract, "award*": award_id, "document*": row.get(column)}
            if is_end:
                row.derived["end*"] = _when(row, "tgl_kontrak_akhir")
            elif all(ends):
                is_before = _when(row, "tgl_kontrak_akhir") < _when(row, "tgl_kontrak_awal")
                self.joiner._find("dates_out_of_order" if is_before else "end_is_start", [row], "tgl_kontrak_akhir")
        parts = [Part(first, "contract"), Part(first, "letter")]
        if award is None:
            parts.append(Part(first, "derived award"))
        draft = self.chain.add(
            f"contract-{contract}", "contract", _when(first, "tgl_kontrak"), parts, "contracts[].documents", award or before
        )
        for earlier, row in pairwise(versions):
            draft = self._draft_amendment(earlier, row, draft)
        if last.get("status_kontrak") in mapping.ENDED:
            own = _when(last, "tgl_penetapan_status_kontrak")
            at = "contracts[].implementation.documents"
            self.chain.add(f"end-{contract}", "contractTermination", own, [Part(last, "end")], at, draft)

    def _draft_amendment(self, earlier: Row, row: Row, draft: Draft) -> Draft:
        """Dated by the addendum's own date, where that is later; else by when the system closed the version before."""
        own = _when(row, "tgl_kontrak")
        if own <= _when(earlier, "tgl_kontrak"):
            self.joiner._find("dates_out_of_order", [row, earlier], f"tgl_kontrak {own[:10]}, addendum not after its contract")
            own = max(own, _when(earlier, "tgl_penetapan_status_kontrak"))
        suffix = f"amendment-{row.get(self.kind.contract_number)}"
        changes = [
            f"{column} {earlier.get(column) or '-'} → {row.get(column) or '-'}"
            for column in ("nilai_kontrak", "tgl_kontrak_akhir", "no_kontrak")
            if earlier.get(column) != row.get(column)
        ]
        ocid = f"{self.joiner.options.ocid_prefix}-{self.chain.process}"
        row.derived |= {
            "change*": "; ".join(changes) or None,
            "before*": f"{ocid}-{draft.suffix}",
            "after*": f"{ocid}-{suffix}",
        }
        parts = [Part(row, "amendment"), Part(row, "letter")]
        return self.chain.add(suffix, "contractAmendment", own, parts, "contracts[].documents", draft)

    def _compare_with_contract(self, row: Row, versions: list[Row]) -> None:
        if not versions:
            self.joiner._account(row, "nilai_kontrak", "value_without_contract")
            self.joiner._find("no_contract", [row], f"nilai_kontrak {row.get('nilai_kontrak')}")
            return
        self.joiner._compare(row, "nilai_kontrak", versions[-1], "nilai_kontrak")
        if row.get("nilai_negosiasi") and _amount(row, "nilai_negosiasi") != _amount(versions[0], "nilai_kontrak"):
            detail = f"nilai_negosiasi {row.get('nilai_negosiasi')}, nilai_kontrak {versions[0].get('nilai_kontrak')}"
            self.joiner._find("price_differs_from_award", [row, versions[0]], detail)

    def _check(self) -> None:
        """What of the rows does not meet."""
        if self.notice is None:
            self.joiner._find("no_announcement", self.all_rows, f"{self.kind.number} {self.number}")
            if self.unit is None:
                self.joiner._find("unknown_unit", self.all_rows[:1], f"{self.kind.number} {self.number}")
        else:
            self._check_notice(self.notice)
        for row in self.steps:
            if _when(row, "tgl_akhir") < _when(row, "tgl_awal"):
                self.joiner._find("dates_out_of_order", [row], "tgl_akhir before tgl_awal")

    def _check_notice(self, notice: Row) -> None:
        if not self.steps:
            self.joiner._find("no_schedule", [notice])
        if _amount(notice, "hps") > _amount(notice, "pagu"):
            self.joiner._find("estimate_above_budget", [notice], f"hps {notice.get('hps')}, pagu {notice.get('pagu')}")
        if notice.get(self.kind.status) == mapping.FAILED and self.winners:
            self.joiner._find("failed_with_result", [notice, *self.winners])
        if notice.get(self.kind.status) == mapping.FINISHED:
            if not self.results:
                self.joiner._find("no_result", [notice])
            if notice.get("ket_ditutup"):
                self.joiner._find("reason_of_earlier_version", [notice], notice.get("ket_ditutup")[:200])
        if notice.get("ket_diulang"):
            self.joiner._find("reason_of_earlier_version", [notice], notice.get("ket_diulang")[:200])
        for row in self.results:
            self.joiner._compare(row, "pagu", notice, "pagu")
            self.joiner._compare(row, "hps", notice, "hps")
            days = _when(row, self.kind.noticed_in_result)[:10], _when(notice, self.kind.announced)[:10]
            if all(days) and days[0] != days[1]:
                self.joiner._find("dates_differ", [row, notice], f"announced {days[0]}, {days[1]}")
        first = next((row for row in self.steps if row.get("kd_akt") in STEPS and STEPS[row.get("kd_akt")].begins), None)
        if first is not None and _when(first, "tgl_awal") != _when(notice, self.kind.announced):
            detail = f"announced {_when(notice, self.kind.announced)}, first step {_when(first, 'tgl_awal')}"
            self.joiner._find("dates_differ", [notice, first], detail)

    def _relate(self, name: str, relationship: str, process: str) -> dict[str, Any]:
        ocid = f"{self.joiner.options.ocid_prefix}-{process}"
        return {"relatedProcesses": [{"id": name, "relationship": [relationship], "scheme": "ocid", "identifier": ocid}]}


def _pair_retenders(processes: Iterable[_Process]) -> Iterator[tuple[_Process, _Process]]:
    """(earlier, later) of the tenders of one package, by when they were announced."""
    packages: dict[str, list[_Process]] = defaultdict(list)
    for process in processes:
        if process.package and process.announced:
            packages[process.package].append(process)
    for found in packages.values():
        found.sort(key=lambda process: (process.announced, len(process.number), process.number))
        yield from pairwise(found)


def _group(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.get(column)].append(row)
    return grouped


def _sections(row: Row) -> tuple[str, ...]:
    step = STEPS.get(row.get("kd_akt"))
    return step.sections if step is not None else ()


def _when(row: Row, column: str) -> str:
    """A time as the mapping converts it, "" where there is none."""
    value: str = row.values.get((column, TIME), "")
    return value


def _amount(row: Row, column: str) -> Any:
    value = row.values.get((column, MONEY))
    return value["amount"].value if value is not None else 0


def _version(row: Row) -> int:
    return int(row.get("versi_addendum") or 0)


def list_codes() -> frozenset[str]:
    """Every code that a report of this adapter may hold beside those of `tables.reading`."""
    return ROW_REASONS | AMOUNT_REASONS | FINDINGS


__all__ = ["InaprocAdapter", "Place", "list_codes"]
