"""From a folder of INAPROC's tables to releases: which processes there are, and in which order they are told.

Owns: one tender number, one non-tender number, one recorded purchase, one programme is one ocid each; programmes and recorded
purchases; links between tenders of one package. `process` owns tenders and non-tender purchases, `mapping` what a row says where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from prasasti.integrations.adapter import Adaptation, AdapterOptions
from prasasti.integrations.inaproc import mapping, tables
from prasasti.integrations.inaproc.bookkeeping import Books, Chain, amount_of, group, in_order, is_deleted, when
from prasasti.integrations.inaproc.process import NONTENDER, TENDER, Kind, Process, pair_retenders
from prasasti.integrations.ocds.redaction import judge_number
from prasasti.integrations.tables.composing import Draft, Part, compose_release, list_amounts
from prasasti.integrations.tables.conversions import Setting
from prasasti.integrations.tables.reading import ROW_FAULTS, Row, read_folder


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
        books = Books(reading, options)
        drafts = list(iterate_drafts(books))
        releases = [compose_release(draft, mapping.MAPPING, options.ocid_prefix, books.account) for draft in drafts if draft.date]
        note_names(books)
        books.report_unused()
        return Adaptation(
            releases=releases,
            reported=sorted(reading.reported, key=lambda row: row.place),
            findings=sorted(reading.findings, key=lambda finding: (finding.code, finding.places)),
            amounts=list_amounts(reading, mapping.MAPPING, books.account),
            rows=reading.rows,
            notices=reading.notices,
        )


def iterate_drafts(books: Books) -> Iterator[Draft]:
    """Programmes first: the processes that name them come later in the log."""
    yield from _draft_programmes(books)
    for kind in (TENDER, NONTENDER):
        yield from _draft_kind(books, kind)
    yield from _draft_records(books)


def _draft_programmes(books: Books) -> Iterator[Draft]:
    """A programme has no date of its own: it counts from the first day of its budget year."""
    for row in books.reading.tables[tables.PROGRAM]:
        if is_deleted(row):
            books.report(row, "deleted")
            continue
        parts = [Part(row, "program"), Part(row, "buyer")]
        unit = next(iter(books.units_by_number.get(row.get("kd_satker"), [])), None)
        if unit is None:
            books.find("unknown_unit", [row], f"kd_satker {row.get('kd_satker')}")
        else:
            parts.append(Part(unit, "unit"))
        process, date = f"programme-{row.get('kd_program')}", f"{row.get('tahun_anggaran')}-01-01T00:00:00Z"
        yield Draft(process=process, suffix="planning", tag="planning", date=date, parts=parts, sources_at="planning.documents")


def _draft_kind(books: Books, kind: Kind) -> Iterator[Draft]:
    names = [kind.notice, kind.step, kind.result, kind.contract, *([kind.bidder] if kind.bidder else [])]
    grouped = {name: group(books.reading.tables[name], kind.number) for name in names}
    numbers = in_order(number for rows in grouped.values() for number in rows)
    processes = [Process(books, kind, number, {name: grouped[name].get(number, []) for name in names}) for number in numbers]
    for earlier, later in pair_retenders(processes):
        later.earlier = earlier
    for process in processes:
        yield from process.draft()


def _draft_records(books: Books) -> Iterator[Draft]:
    records = {row.get("kd_nontender_pct"): row for row in books.reading.tables[tables.RECORD]}
    payments = group(books.reading.tables[tables.PAYMENT], "kd_nontender_pct")
    for number in in_order([*records, *payments]):
        ordered = sorted(payments.get(number, []), key=lambda row: (when(row, "tgl_realisasi"), row.place))
        yield from _draft_record(books, number, records.get(number), ordered)


def _draft_record(books: Books, number: str, record: Row | None, payments: list[Row]) -> list[Draft]:
    """A purchase that was entered when it was over: plan and tender are not dated after what was realised."""
    chain = Chain(books, f"recorded-{number}", record or payments[0])
    first = when(payments[0], "tgl_realisasi") if payments else ""
    _compare_record(books, record, payments)
    for row in [*([record] if record is not None else []), *payments]:
        row.derived |= {"contract*": f"{number}-contract", "award*": f"{number}-award"}
    before = None
    if record is not None:
        own = when(record, "tgl_buat_paket") or first
        if first and first[:10] < own[:10]:
            books.find("dates_out_of_order", [record, payments[0]], f"tgl_buat_paket {own[:10]}, tgl_realisasi {first[:10]}")
            own = first
        planning = chain.add("planning", "planning", own, [Part(record, "planning")], "planning.documents")
        before = chain.add("tender", "tender", own, [Part(record, "tender"), Part(record, "entity")], "tender.documents", planning)
    if payments:
        for row in payments:
            number_and_day = f"{row.get('no_realisasi')} {when(row, 'tgl_realisasi')[:10]}".strip()
            row.derived |= {"transaction*": number_and_day, "document*": number_and_day}
        before = chain.add("award", "award", first, [Part(row, "award") for row in payments], "awards[].documents", before)
    sources_at = "contracts[].implementation.documents"
    for row in payments:
        suffix = chain.name("payment-" + re.sub("[^A-Za-z0-9]+", "-", row.derived["transaction*"])[:100], row)
        before = chain.add(suffix, "implementation", when(row, "tgl_realisasi"), [Part(row, "payment")], sources_at, before)
    if record is not None and record.get("total_realisasi"):
        chain.add("final", "implementation", when(record, "tgl_selesai_paket"), [Part(record, "final")], sources_at, before)
    return chain.drafts


def _compare_record(books: Books, record: Row | None, payments: list[Row]) -> None:
    if record is None:
        books.find("realisation_without_record", payments)
        for row in payments:
            books.account_for(row, "pagu", "realisation_without_record")
        return
    if not payments:
        books.find("no_realisation", [record])
    for row in payments:
        books.compare(row, "pagu", record, "pagu")
    total = sum((amount_of(row, "nilai_realisasi") for row in payments), Decimal(0))
    if record.get("total_realisasi") and payments and total != amount_of(record, "total_realisasi"):
        detail = f"total_realisasi {record.get('total_realisasi')}, nilai_realisasi {total:f}"
        books.find("amounts_differ", [record, *payments], detail)


def note_names(books: Books) -> None:
    """A supplier's name without a legal form is neither known as a firm's nor as a person's: kept, and listed.

    One whose number is a natural person's is known, and goes before anything is signed.
    """
    suppliers = (tables.BIDDER, tables.RESULT, tables.CONTRACT, tables.DIRECT_RESULT, tables.DIRECT_CONTRACT, tables.PAYMENT)
    for row in (row for table in suppliers for row in books.reading.tables[table]):
        name = row.get("nama_penyedia")
        number = next(filter(None, map(row.get, ("npwp_penyedia_16", "npwp_16_penyedia", "npwp16_penyedia", "npwp_penyedia"))), "")
        judgement = judge_number("ID-NPWP", number)
        forms = judgement.rule.legal_forms if judgement.rule is not None else ""
        if name and judgement.kind != "person" and not re.search(forms, name):
            books.find("name_without_legal_form", [row], name[:100])
