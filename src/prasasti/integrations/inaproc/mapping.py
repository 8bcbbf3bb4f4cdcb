"""INAPROC's tables to OCDS 1.1.5: the one table from which the adapter works and `docs/inaproc-mapping.md` is made.

Owns what each column becomes and what is lost. Does not own which rows meet in a release (`joining`) nor the steps (`steps`).
"""

from __future__ import annotations

import re
from typing import Any, Final

from prasasti.integrations.inaproc.steps import STEPS
from prasasti.integrations.inaproc.tables import (
    BIDDER,
    CONTRACT,
    DIRECT,
    DIRECT_CONTRACT,
    DIRECT_RESULT,
    DIRECT_STEP,
    NOTICE,
    PAYMENT,
    PROGRAM,
    RECORD,
    RESULT,
    STEP,
    TABLES,
    UNIT,
    UNMAPPED,
)
from prasasti.integrations.tables.conversions import DAY, MONEY, NUMBER, TIME, Conversion, Setting, Unknown, code_conversion
from prasasti.integrations.tables.mapping import Compared, Constant, Derived, Field, Joined, Mapping

CONSTRUCTION_CONSULTANCY: Final = "Jasa Konsultansi Badan Usaha Konstruksi"
OTHER_CONSULTANCY: Final = "Jasa Konsultansi Badan Usaha Non Konstruksi"
CATEGORIES: Final = {
    "Pengadaan Barang": "goods",
    "Pekerjaan Konstruksi": "works",
    "Pekerjaan Konstruksi Terintegrasi": "works",
    "Jasa Lainnya": "services",
    CONSTRUCTION_CONSULTANCY: "services",
    OTHER_CONSULTANCY: "services",
    "Jasa Konsultansi Perorangan Konstruksi": "services",
    "Jasa Konsultansi Perorangan Non Konstruksi": "services",
}
_CATEGORY_LOST: Final = "construction or not, of a consultancy"
MAIN_CATEGORY: Final = code_conversion(CATEGORIES)
FURTHER_CATEGORY: Final = Conversion(
    "consultingServices, where it is a consultancy (Jasa Konsultansi …)",
    lambda cell, _: ["consultingServices"] if cell.startswith("Jasa Konsultansi") else None,
)
METHOD: Final = code_conversion(
    {
        "Tender": "open",
        "Seleksi": "selective",
        "Pengadaan Langsung": "direct",
        "Penunjukan Langsung": "direct",
    }
)
CRITERIA: Final = code_conversion(
    {
        "Harga Terendah Sistem Gugur": "priceOnly",
        "Harga Terendah Ambang Batas": "priceOnly",
        "Biaya Terendah": "priceOnly",
        "Kualitas dan Biaya": "ratedCriteria",
        "Sistem Nilai": "ratedCriteria",
        "Kualitas": "qualityOnly",
        "Pagu Anggaran": "qualityOnly",
    }
)
CONTRACT_STATES: Final = {"Kontrak Sedang Berjalan": "active", "Kontrak Selesai": "terminated", "Pemutusan Kontrak": "terminated"}
ENDED: Final = tuple(word for word, state in CONTRACT_STATES.items() if state == "terminated")
CONTRACT_STATE: Final = code_conversion(CONTRACT_STATES)
FAILED: Final = "Gagal/Batal"
FINISHED: Final = "Selesai"
RECORD_STATE: Final = code_conversion({"Paket Selesai": "complete"})
TENDER_STATE: Final = code_conversion({FAILED: "unsuccessful", FINISHED: "complete"})
STEP_TYPE: Final = code_conversion(
    {number: step.type or None for number, step in STEPS.items()},
    "type by the step's number: questions engagement, evaluation assessment, decisions approval, others none",
)
_MEMBER: Final = re.compile(r"Nama Anggota KSO: *(?P<name>[^,;]+?) *, *NPWP Anggota KSO: *(?P<number>[0-9.\-]+)")


def _convert_members(cell: str, _: Setting) -> Any:
    found = [{"name": match["name"], "identifier": {"scheme": "ID-NPWP", "id": match["number"]}} for match in _MEMBER.finditer(cell)]
    return [each for at, each in enumerate(found) if each not in found[:at]] or Unknown(cell)


MEMBERS: Final = Conversion("each member once, its name and tax number read from the text", _convert_members)


def _buyer(table: str) -> tuple[Field, ...]:
    return (
        Field(table, "nama_klpd", "buyer", "buyer.name"),
        Field(table, "kd_klpd", "buyer", "buyer.identifier.id", required=True),
    )


def _entity(table: str, number: str = "kd_satker_str") -> tuple[Field, ...]:
    return (
        Field(table, "nama_satker", "entity", "tender.procuringEntity.name"),
        Field(table, number, "entity", "tender.procuringEntity.identifier.id"),
    )


def _place_of_work(table: str, section: str) -> tuple[Field, ...]:
    lost = "which of place, town and province it is"
    return tuple(
        Field(table, column, section, "tender.description", join=", ", lost=lost) for column in ("lokasi_pekerjaan", "kabkota", "provinsi")
    )


def _plan(table: str, rup: str, section: str = "planning") -> tuple[Field, ...]:
    return (
        Field(table, rup, section, "planning.budget.id"),
        Field(table, "pagu", section, "planning.budget.amount", MONEY, stage="planned", required=True),
    )


def _supplier(table: str, section: str, *paths: str, number: str, older: str) -> tuple[Field, ...]:
    """The 16-digit tax number says who is a person; the older one of 15 digits stands where it is missing."""
    return tuple(
        field
        for path in paths
        for field in (
            Field(table, "nama_penyedia", section, f"{path}.name", required=True),
            Field(table, number, section, f"{path}.identifier.id"),
            Field(table, older, section, f"{path}.identifier.id", lost=f"where {number} is filled, all of it"),
        )
    )


def _steps(table: str) -> tuple[Field, ...]:
    times = (("tgl_awal", "startDate"), ("tgl_akhir", "endDate"))
    enquiry = (Field(table, column, "questions", f"tender.enquiryPeriod.{end}", TIME) for column, end in times)
    return (
        Field(table, "dtj_id", "step", "tender.milestones[].id", NUMBER, required=True),
        Field(table, "title*", "step", "tender.milestones[].title"),
        Field(table, "kd_akt", "step", "tender.milestones[].code", NUMBER, required=True),
        Field(table, "kd_akt", "step", "tender.milestones[].type", STEP_TYPE),
        Field(table, "tgl_awal", "step", "tender.milestones[].description", TIME, required=True),
        Field(
            table, "tgl_akhir", "step", "tender.milestones[].description", TIME, join="/", required=True,
            lost="earlier states of the schedule: the table holds the last one",
        ),
        Field(table, "tgl_akhir", "step", "tender.milestones[].dueDate", TIME),
        Field(table, "tgl_awal", "opens", "tender.tenderPeriod.startDate", TIME),
        Field(table, "tgl_akhir", "closes", "tender.tenderPeriod.endDate", TIME),
        *enquiry,
        Field(table, "tgl_awal", "evaluates", "tender.awardPeriod.startDate", TIME),
        Field(table, "tgl_akhir", "decides", "tender.awardPeriod.endDate", TIME),
    )  # fmt: skip


def _contract(table: str, process: str, number: str, older: str) -> tuple[Field, ...]:
    at = "contracts[]"
    return (
        Field(table, "contract*", "contract", f"{at}.id"),
        Field(table, "award*", "contract", f"{at}.awardID"),
        Field(table, "nama_paket", "contract", f"{at}.title"),
        Field(table, "jenis_kontrak", "contract", f"{at}.description"),
        Field(table, "nilai_kontrak", "contract", f"{at}.value", MONEY, stage="contracted", required=True),
        Field(table, "tgl_kontrak", "contract", f"{at}.dateSigned", DAY, required=True),
        Field(table, "tgl_kontrak_awal", "contract", f"{at}.period.startDate", DAY),
        Field(table, "end*", "contract", f"{at}.period.endDate"),
        Field(table, "no_kontrak", "contract", f"{at}.documents[].title"),
        Field(table, "contract*", "contract", f"{at}.documents[].id"),
        Field(table, "anggota_kso", "contract", f"{at}.signatories", MEMBERS, lost="kind and amount of each share, the other signatories"),
        Field(table, "sppbj_id", "letter", "awards[].documents[].id", NUMBER),
        Field(table, "no_sppbj", "letter", "awards[].documents[].title"),
        Field(table, "award*", "letter", "awards[].id"),
        Field(table, "contract*", "amendment", f"{at}.id"),
        Field(table, "award*", "amendment", f"{at}.awardID"),
        Field(table, "nilai_kontrak", "amendment", f"{at}.value", MONEY, stage="contracted"),
        Field(table, "end*", "amendment", f"{at}.period.endDate"),
        Field(table, "versi_addendum", "amendment", f"{at}.amendments[].id", NUMBER, required=True),
        Field(table, "document*", "amendment", f"{at}.amendments[].id"),
        Field(table, "tgl_kontrak", "amendment", f"{at}.amendments[].date", DAY),
        Field(table, "alasan_addendum", "amendment", f"{at}.amendments[].rationale"),
        Field(table, "alasan_ubah_nilai_kontrak", "amendment", f"{at}.amendments[].rationale", join="; "),
        Field(table, "change*", "amendment", f"{at}.amendments[].description"),
        Field(table, "before*", "amendment", f"{at}.amendments[].amendsReleaseID"),
        Field(table, "after*", "amendment", f"{at}.amendments[].releaseID"),
        Field(table, "no_kontrak", "amendment", f"{at}.documents[].title"),
        Field(table, "document*", "amendment", f"{at}.documents[].id"),
        Field(table, "contract*", "end", f"{at}.id"),
        Field(table, "award*", "end", f"{at}.awardID"),
        Field(table, "status_kontrak", "end", f"{at}.status", CONTRACT_STATE),
        Field(table, "status_kontrak", "end", f"{at}.implementation.endDateDetails"),
        Field(
            table, "tgl_penetapan_status_kontrak", "end", f"{at}.implementation.endDate", TIME,
            lost="of an earlier version: its date stands in no field (it dates an addendum that has no later date of its own)",
        ),
        *_supplier(table, "derived award", "awards[].suppliers[]", number=number, older=older),
        Field(table, "award*", "derived award", "awards[].id"),
        *_buyer(table),
        Field(table, process, "title", "tender.id", NUMBER, required=True),
        Field(table, "nama_paket", "title", "tender.title"),
    )  # fmt: skip


def _bid(table: str, process: str, decided: tuple[str, Conversion], number: str, older: str) -> tuple[Field, ...]:
    """An award and the proposal it accepts, of a result's row."""
    return (
        Field(table, process, "award", "tender.id", NUMBER, required=True),
        Field(table, "award*", "award", "awards[].id"),
        Field(table, decided[0], "award", "awards[].date", decided[1], required=True),
        Field(table, "nilai_negosiasi", "award", "awards[].value", MONEY, stage="awarded", required=True),
        Field(table, "award*", "award", "awards[].relatedBid"),
        *_supplier(table, "award", "awards[].suppliers[]", number=number, older=older),
        Field(table, "award*", "proposal", "bids.details[].id"),
        Field(table, "nilai_penawaran", "proposal", "bids.details[].value", MONEY, stage="proposed", required=True),
        *_supplier(table, "proposal", "bids.details[].tenderers[]", number=number, older=older),
    )


FIELDS: Final = (
    Field(PROGRAM, "kd_program", "program", "planning.budget.id", NUMBER, required=True),
    Field(PROGRAM, "nama_program", "program", "planning.budget.project", required=True),
    Field(PROGRAM, "kd_program_str", "program", "planning.budget.projectID", required=True),
    Field(PROGRAM, "pagu_program", "program", "planning.budget.amount", MONEY, stage="programme", required=True),
    *_buyer(PROGRAM),
    Field(PROGRAM, "nama_program", "line", "planning.budget.project"),
    Field(PROGRAM, "kd_program_str", "line", "planning.budget.projectID"),
    Field(UNIT, "nama_satker", "unit", "parties[].name", required=True),
    Field(UNIT, "kd_satker_str", "unit", "parties[].identifier.id", required=True),
    Field(UNIT, "nama_satker", "entity", "tender.procuringEntity.name"),
    Field(UNIT, "kd_satker_str", "entity", "tender.procuringEntity.identifier.id"),
    *_buyer(UNIT),
    # Tenders announced.
    *_plan(NOTICE, "kd_rup"),
    Field(NOTICE, "nama_paket", "planning", "planning.budget.description"),
    Field(NOTICE, "sumber_dana", "planning", "planning.budget.description", join="; ", lost="that it is the source of the money"),
    Field(NOTICE, "tgl_buat_paket", "planning", "date", TIME),
    Field(NOTICE, "kd_tender", "tender", "tender.id", NUMBER, required=True),
    Field(NOTICE, "nama_paket", "tender", "tender.title", required=True),
    *_place_of_work(NOTICE, "tender"),
    Field(NOTICE, "hps", "tender", "tender.value", MONEY, stage="tendered", required=True),
    Field(NOTICE, "tgl_pengumuman_tender", "tender", "date", TIME, required=True),
    Field(NOTICE, "mtd_pemilihan", "tender", "tender.procurementMethod", METHOD),
    Field(NOTICE, "mtd_pemilihan", "tender", "tender.procurementMethodDetails"),
    Field(NOTICE, "mtd_kualifikasi", "tender", "tender.procurementMethodDetails", join="; "),
    Field(NOTICE, "jenis_pengadaan", "tender", "tender.mainProcurementCategory", MAIN_CATEGORY, lost=_CATEGORY_LOST),
    Field(NOTICE, "jenis_pengadaan", "tender", "tender.additionalProcurementCategories", FURTHER_CATEGORY),
    Field(NOTICE, "mtd_evaluasi", "tender", "tender.awardCriteria", CRITERIA),
    Field(NOTICE, "mtd_evaluasi", "tender", "tender.awardCriteriaDetails"),
    Field(NOTICE, "kualifikasi_paket", "tender", "tender.eligibilityCriteria"),
    Field(NOTICE, "url_lpse", "tender", "tender.submissionMethodDetails"),
    Field(NOTICE, "kd_tender", "approval", "tender.milestones[].id", Conversion("with `-approval`", lambda cell, _: f"{cell}-approval")),
    Field(NOTICE, "tgl_kolektif_kolegial", "approval", "tender.milestones[].dateMet", TIME),
    Field(NOTICE, "kd_tender", "failure", "tender.id", NUMBER),
    Field(
        NOTICE, "status_tender", "failure", "tender.status", TENDER_STATE, required=True,
        lost="whether it failed or was cancelled; `complete` is told with the award",
    ),
    Field(
        NOTICE, "tanggal_status", "failure", "date", DAY,
        lost="nothing, but it is the day of the extract for all rows: when a tender failed the source does not say",
    ),
    Field(NOTICE, "kd_tender", "failure", "tender.amendments[].id", Conversion("with `-failure`", lambda cell, _: f"{cell}-failure")),
    Field(NOTICE, "tanggal_status", "failure", "tender.amendments[].date", DAY),
    Field(NOTICE, "status_tender", "failure", "tender.amendments[].description"),
    Field(
        NOTICE, "ket_ditutup", "failure", "tender.amendments[].rationale",
        lost="of a tender that was finished: it speaks of an earlier version and is only reported",
    ),
    *_buyer(NOTICE),
    *_entity(NOTICE),
    *_steps(STEP),
    Field(STEP, "kd_tender", "step", "tender.id", NUMBER, required=True),
    # Bidders.
    Field(BIDDER, "kd_tender", "tenderer", "tender.id", NUMBER, required=True),
    *_supplier(BIDDER, "tenderer", "tender.tenderers[]", number="npwp_penyedia_16", older="npwp_penyedia"),
    Field(BIDDER, "kd_peserta", "proposal", "bids.details[].id", NUMBER, required=True),
    Field(BIDDER, "nilai_penawaran", "proposal", "bids.details[].value", MONEY, stage="proposed", required=True),
    Field(BIDDER, "pemenang", "proposal", "bids.details[].status", code_conversion({"1": "valid", "0": None}, "1 → valid; 0 → no status")),
    *_supplier(BIDDER, "proposal", "bids.details[].tenderers[]", number="npwp_penyedia_16", older="npwp_penyedia"),
    # Results of tenders. Plan and notice stand in only where the tender was not announced.
    *_bid(RESULT, "kd_tender", ("tgl_penetapan_pemenang", DAY), "npwp_16_penyedia", "npwp_penyedia"),
    *_plan(RESULT, "kd_rup_paket"),
    Field(RESULT, "tgl_pengumuman_tender", "planning", "date", DAY),
    Field(RESULT, "hps", "tender", "tender.value", MONEY, stage="tendered"),
    *_place_of_work(RESULT, "tender"),
    *_buyer(RESULT),
    *_entity(RESULT, "kd_satker"),
    # Contracts of tenders.
    *_contract(CONTRACT, "kd_tender", "npwp_16_penyedia", "npwp_penyedia"),
    # Non-tender purchases.
    *_plan(DIRECT, "kd_rup"),
    Field(DIRECT, "nama_paket", "planning", "planning.budget.description"),
    Field(DIRECT, "sumber_dana", "planning", "planning.budget.description", join="; ", lost="that it is the source of the money"),
    Field(DIRECT, "mak", "planning", "planning.budget.description", join="; ", lost="that they are budget lines"),
    Field(DIRECT, "tgl_buat_paket", "planning", "date", TIME),
    Field(DIRECT, "kd_nontender", "tender", "tender.id", NUMBER, required=True),
    Field(DIRECT, "nama_paket", "tender", "tender.title", required=True),
    *_place_of_work(DIRECT, "tender")[:2],
    Field(DIRECT, "hps", "tender", "tender.value", MONEY, stage="tendered", required=True),
    Field(DIRECT, "tgl_pengumuman_nontender", "tender", "date", TIME, required=True),
    Field(DIRECT, "mtd_pemilihan", "tender", "tender.procurementMethod", METHOD),
    Field(DIRECT, "mtd_pemilihan", "tender", "tender.procurementMethodDetails"),
    Field(DIRECT, "jenis_pengadaan", "tender", "tender.mainProcurementCategory", MAIN_CATEGORY, lost=_CATEGORY_LOST),
    Field(DIRECT, "jenis_pengadaan", "tender", "tender.additionalProcurementCategories", FURTHER_CATEGORY),
    Field(DIRECT, "kualifikasi_paket", "tender", "tender.eligibilityCriteria"),
    Field(DIRECT, "url_lpse", "tender", "tender.submissionMethodDetails"),
    Field(DIRECT, "kd_nontender", "approval", "tender.milestones[].id", Conversion("with `-approval`", lambda cell, _: f"{cell}-approval")),
    Field(DIRECT, "tgl_kolektif_kolegial", "approval", "tender.milestones[].dateMet", TIME),
    Field(DIRECT, "kd_nontender", "failure", "tender.id", NUMBER),
    Field(DIRECT, "status_nontender", "failure", "tender.status", TENDER_STATE, required=True, lost="`complete` is told with the award"),
    Field(DIRECT, "kd_nontender", "failure", "tender.amendments[].id", Conversion("with `-failure`", lambda cell, _: f"{cell}-failure")),
    Field(DIRECT, "status_nontender", "failure", "tender.amendments[].description"),
    Field(DIRECT, "ket_ditutup", "failure", "tender.amendments[].rationale"),
    *_buyer(DIRECT),
    *_entity(DIRECT),
    *_steps(DIRECT_STEP),
    Field(DIRECT_STEP, "kd_nontender", "step", "tender.id", NUMBER, required=True),
    *_bid(DIRECT_RESULT, "kd_nontender", ("tgl_selesai_nontender", TIME), "npwp16_penyedia", "npwp_penyedia"),
    *_plan(DIRECT_RESULT, "kd_rup"),
    Field(DIRECT_RESULT, "tgl_pengumuman_nontender", "planning", "date", TIME),
    Field(DIRECT_RESULT, "hps", "tender", "tender.value", MONEY, stage="tendered"),
    Field(DIRECT_RESULT, "nama_paket", "tender", "tender.title"),
    *_place_of_work(DIRECT_RESULT, "tender"),
    *_buyer(DIRECT_RESULT),
    *_entity(DIRECT_RESULT),
    *_contract(DIRECT_CONTRACT, "kd_nontender", "npwp16_penyedia", "npwp_penyedia"),
    # Purchases recorded afterwards.
    *_plan(RECORD, "kd_rup"),
    Field(RECORD, "nama_paket", "planning", "planning.budget.description"),
    Field(RECORD, "sumber_dana", "planning", "planning.budget.description", join="; ", lost="that it is the source of the money"),
    Field(RECORD, "tgl_buat_paket", "planning", "date", TIME, required=True),
    Field(RECORD, "kd_nontender_pct", "tender", "tender.id", NUMBER, required=True),
    Field(RECORD, "nama_paket", "tender", "tender.title", required=True),
    Field(RECORD, "mtd_pemilihan", "tender", "tender.procurementMethod", METHOD),
    Field(RECORD, "mtd_pemilihan", "tender", "tender.procurementMethodDetails"),
    Field(RECORD, "kategori_pengadaan", "tender", "tender.mainProcurementCategory", MAIN_CATEGORY, lost=_CATEGORY_LOST),
    Field(RECORD, "kategori_pengadaan", "tender", "tender.additionalProcurementCategories", FURTHER_CATEGORY),
    Field(RECORD, "status_nontender_pct_ket", "tender", "tender.status", RECORD_STATE),
    Field(RECORD, "contract*", "final", "contracts[].id"),
    Field(RECORD, "award*", "final", "contracts[].awardID"),
    Field(RECORD, "nama_paket", "final", "contracts[].title"),
    Field(RECORD, "total_realisasi", "final", "contracts[].implementation.finalValue", MONEY, stage="final"),
    Field(RECORD, "tgl_selesai_paket", "final", "contracts[].implementation.endDate", DAY),
    Field(RECORD, "status_nontender_pct_ket", "final", "contracts[].implementation.endDateDetails"),
    *_buyer(RECORD),
    *_entity(RECORD),
    Field(PAYMENT, "contract*", "payment", "contracts[].id"),
    Field(PAYMENT, "award*", "payment", "contracts[].awardID"),
    Field(PAYMENT, "transaction*", "payment", "contracts[].implementation.transactions[].id"),
    Field(PAYMENT, "nilai_realisasi", "payment", "contracts[].implementation.transactions[].value", MONEY, stage="paid", required=True),
    Field(PAYMENT, "tgl_realisasi", "payment", "contracts[].implementation.transactions[].date", DAY, required=True),
    Field(PAYMENT, "nama_penyedia", "payment", "contracts[].implementation.transactions[].payee.name", required=True),
    Field(PAYMENT, "npwp_penyedia", "payment", "contracts[].implementation.transactions[].payee.identifier.id"),
    Field(PAYMENT, "award*", "award", "awards[].id"),
    Field(PAYMENT, "nama_penyedia", "award", "awards[].suppliers[].name"),
    Field(PAYMENT, "npwp_penyedia", "award", "awards[].suppliers[].identifier.id"),
    Field(PAYMENT, "jenis_realisasi", "award", "awards[].documents[].description"),
    Field(PAYMENT, "no_realisasi", "award", "awards[].documents[].title", required=True),
    Field(PAYMENT, "kd_nontender_pct", "award", "tender.id", NUMBER, required=True),
    Field(PAYMENT, "document*", "award", "awards[].documents[].id"),
    *_buyer(PAYMENT),
    *_entity(PAYMENT),
)  # fmt: skip

CONSTANTS: Final = (
    Constant("buyer", "buyer.identifier.scheme", "LKPP-KLPD"),
    Constant("entity", "tender.procuringEntity.identifier.scheme", "KEMENKEU-SATKER"),
    Constant("unit", "parties[].identifier.scheme", "KEMENKEU-SATKER"),
    Constant("unit", "parties[].roles", ["procuringEntity"]),
    Constant("tender", "tender.status", "active"),
    Constant("tender", "tender.submissionMethod", ["electronicSubmission"], NOTICE),
    Constant("tender", "tender.submissionMethod", ["electronicSubmission"], DIRECT),
    Constant("step", "tender.status", "active"),
    Constant("approval", "tender.milestones[].title", "Persetujuan kolektif kolegial"),
    Constant("approval", "tender.milestones[].type", "approval"),
    Constant("approval", "tender.milestones[].status", "met"),
    Constant("tenderer", "tender.tenderers[].identifier.scheme", "ID-NPWP"),
    Constant("proposal", "bids.details[].tenderers[].identifier.scheme", "ID-NPWP"),
    Constant("proposal", "bids.details[].status", "valid", RESULT),
    Constant("proposal", "bids.details[].status", "valid", DIRECT_RESULT),
    Constant("award", "awards[].suppliers[].identifier.scheme", "ID-NPWP"),
    Constant("award", "awards[].status", "active"),
    Constant("award", "tender.status", "complete", RESULT),
    Constant("award", "tender.status", "complete", DIRECT_RESULT),
    Constant("award", "tender.status", "complete", PAYMENT),
    Constant("derived award", "awards[].suppliers[].identifier.scheme", "ID-NPWP"),
    Constant("derived award", "awards[].status", "active"),
    Constant("letter", "awards[].documents[].documentType", "awardNotice"),
    Constant("contract", "contracts[].status", "active"),
    Constant("contract", "contracts[].documents[].documentType", "contractSigned"),
    Constant("amendment", "contracts[].documents[].documentType", "contractSigned"),
    Constant("award", "awards[].documents[].documentType", "contractSigned", PAYMENT),
    Constant("payment", "contracts[].implementation.transactions[].payee.identifier.scheme", "ID-NPWP"),
)

COMPARED: Final = (
    Compared(RESULT, "nilai_kontrak", "contracted", f"{CONTRACT}.nilai_kontrak of the last version"),
    Compared(DIRECT_RESULT, "nilai_kontrak", "contracted", f"{DIRECT_CONTRACT}.nilai_kontrak of the last version"),
    Compared(PAYMENT, "pagu", "planned", f"{RECORD}.pagu"),
)

JOINED: Final = (
    Joined(PROGRAM, "kd_satker", f"its unit: {UNIT}.kd_satker", required=True),
    Joined(PROGRAM, "is_deleted", "a programme that is deleted is reported, not told"),
    Joined(UNIT, "tahun_aktif", "of two units with one kd_satker_str the one active in the year"),
    Joined(NOTICE, "kd_pkt_dce", "tenders of one package: a later one names the earlier in relatedProcesses"),
    Joined(NOTICE, "ket_diulang", "reported: why the package is tendered again"),
    Joined(STEP, "nama_tahapan", "milestone's title, where the step's number has none of its own (title*)"),
    Joined(STEP, "kd_satker_str", "the unit, where the tender was not announced"),
    Joined(STEP, "nama_akt", "milestone's title where nothing else gives one"),
    Joined(DIRECT_STEP, "nama_tahapan", "milestone's title, where the step's number has none of its own (title*)"),
    Joined(DIRECT_STEP, "kd_satker_str", "the unit, where the purchase was not announced"),
    Joined(DIRECT_STEP, "nama_akt", "milestone's title where nothing else gives one"),
    Joined(BIDDER, "kd_pkt_dce", "the package, where the tender was not announced"),
    Joined(RESULT, "kd_paket", "the package, where the tender was not announced"),
    Joined(RESULT, "psr_id", "award*, and the bidder: peserta-tender.kd_peserta", required=True, conversion=NUMBER),
    Joined(RESULT, "kd_penyedia", "the contract: tender-ekontrak-kontrak.kd_penyedia", required=True),
    Joined(CONTRACT, "kontrak_id", "contract* and document*", required=True, conversion=NUMBER),
    Joined(CONTRACT, "kd_penyedia", "versions of one contract, and its award", required=True),
    Joined(CONTRACT, "tgl_kontrak_akhir", "end*", conversion=DAY),
    Joined(DIRECT_RESULT, "kd_penyedia", "award*", required=True),
    Joined(DIRECT_CONTRACT, "spk_id", "contract* and document*", required=True, conversion=NUMBER),
    Joined(DIRECT_CONTRACT, "tgl_kontrak_akhir", "end*", conversion=DAY),
    Joined(DIRECT_RESULT, "kontrak_id", "the contract: a dash and its spk_id"),
)

_DERIVED: Final = {
    "title*": "the title by the step's number (`steps.py`) where the source has none or a wrong one, else `nama_tahapan`",
    "contract*": "`kontrak_id` (`spk_id`) of the contract's first version, so that it keeps one id through its addenda; "
    "of a recorded purchase its number and `-contract`",
    "award*": "`psr_id` of the result of the same supplier; without a result `<contract*>-award`; "
    "of a non-tender or recorded purchase its number and `-award`",
    "end*": "`tgl_kontrak_akhir` where it is later than `tgl_kontrak_awal`; tenders' contracts of 2023 have both alike, which is no end",
    "change*": "what differs from the version before: before → after",
    "before*": "id of the release of the version before",
    "after*": "id of this release",
    "document*": "`kontrak_id` (`spk_id`) of this version; of a realisation as transaction*",
    "transaction*": "`no_realisasi` and the day, since one deed may be paid in several parts",
}
DERIVED: Final = tuple(Derived(name, words) for name, words in _DERIVED.items())

RELEASES: Final = {
    "program": "programme: planning",
    "unit": "programme: planning",
    "line": "planning, of a non-tender purchase whose budget line names the programme",
    "planning": "planning",
    "tender": "tender",
    "entity": "tender",
    "title": "tender, where it was not announced",
    "approval": "tender",
    "step": "tender",
    "opens": "tender, of the step that opens",
    "closes": "tender, of the step that closes",
    "questions": "tender, of the step for questions",
    "evaluates": "tender, of the step that opens proposals",
    "decides": "tender, of the step that decides",
    "failure": "tenderUpdate, of a tender that failed",
    "tenderer": "tenderUpdate (bids)",
    "proposal": "tenderUpdate (bids); of a result: award",
    "award": "award",
    "letter": "contract or contractAmendment; without a contract: award",
    "derived award": "contract, where there is no result",
    "contract": "contract",
    "amendment": "contractAmendment",
    "end": "contractTermination",
    "payment": "implementation",
    "final": "implementation, the last",
    "buyer": "every release",
}
RULES: Final = (
    "A process is one tender (`kd_tender`), one non-tender purchase (`kd_nontender`), one recorded purchase (`kd_nontender_pct`) or one "
    "programme (`kd_program`). Its ocid is the prefix (`--ocid-prefix`, `ocds-inaprc` unless told), `tender`, `nontender`, `recorded` or "
    "`programme`, and that number: every table of a process carries it, so no join can change it. Each number ends with that of the "
    "office that runs the system, so two offices do not meet.",
    "A package that is tendered again is a process of its own, which names the earlier one in `relatedProcesses` "
    "(`unsuccessfulProcess`; `prior` where that one has a winner).",
    "A release has the date of what it tells. Where the source dates it before the release that it follows, it has that one's date, the "
    "source's own stands in its field, and the report says so. An addendum that is not dated after its contract has the date on which "
    "the system closed the version before. A programme counts from the first day of its budget year.",
    "Times are marked Z in the tables and are local (schedules keep office hours): they get the offset of `--utc-offset`. Columns "
    "that hold days stay at midnight Z.",
    "An organisation stands in `parties` with its role; at the path named here stand its id and name. The id is scheme and number: "
    "`LKPP-KLPD` (ministries and agencies), `KEMENKEU-SATKER` (units), `ID-NPWP` (suppliers). One without number has no id.",
    "Register numbers and names of natural persons are taken out before anything is signed, as in every import; officials are not told.",
    "Each section names the rows it comes from in a document of the type `x_source`: its title is the file, its description the rows.",
    "A tender that was not announced is told from its schedule, result and contract, and reported.",
    "An amount that several tables hold is told once, by the first of them, and compared with the others.",
)

MAPPING: Final = Mapping(TABLES, FIELDS, CONSTANTS, COMPARED, JOINED, UNMAPPED, DERIVED, RELEASES, RULES)
