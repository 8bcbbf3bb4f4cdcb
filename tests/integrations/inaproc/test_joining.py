"""The sample's processes, release by release: what meets, what does not, what is compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prasasti.integrations.adapter import Adaptation
from prasasti.integrations.inaproc import tables
from prasasti.integrations.ocds.merge_rules import compile_release
from tests.integrations.inaproc.folders import (
    SAMPLE,
    Rows,
    adapt,
    assert_accounted,
    finding_codes,
    read_sample,
    releases_of,
    write_folder,
)

FINISHED, FAILED, RETENDER = (f"ocds-inaprc-tender-{number}" for number in ("101900", "102900", "103900"))
DIRECT, RECORDED = "ocds-inaprc-nontender-201900", "ocds-inaprc-recorded-301900"


@pytest.fixture(scope="module")
def sample() -> Adaptation:
    return adapt(SAMPLE)


def tags_of(adaptation: Adaptation, ocid: str) -> list[tuple[str, str]]:
    return [
        (each.release["id"].removeprefix(f"{ocid}-"), each.release["tag"][0])
        for each in adaptation.releases
        if each.release["ocid"] == ocid
    ]


def compiled(adaptation: Adaptation, ocid: str) -> dict[str, Any]:
    return compile_release([each.release for each in adaptation.releases if each.release["ocid"] == ocid])[0]


def changed(tmp_path: Path, change: Callable[[dict[str, Rows]], object]) -> Adaptation:
    rows = read_sample()
    change(rows)
    found = adapt(write_folder(tmp_path, rows))
    assert_accounted(found)
    return found


def test_a_finished_tender_goes_through_all_stages(sample: Adaptation) -> None:
    assert_accounted(sample)
    assert tags_of(sample, FINISHED) == [
        ("planning", "planning"),
        ("tender", "tender"),
        ("bids", "tenderUpdate"),
        ("award-601900", "award"),
        ("contract-3000", "contract"),
        ("amendment-3001", "contractAmendment"),
        ("end-3000", "contractTermination"),
    ]
    dates = [each.release["date"] for each in sample.releases if each.release["ocid"] == FINISHED]
    assert dates == [
        "2026-01-09T09:10:00+07:00",
        "2026-01-12T16:00:00+07:00",
        "2026-01-19T10:01:00+07:00",
        "2026-01-22T00:00:00Z",
        "2026-02-02T00:00:00Z",
        "2026-06-10T00:00:00Z",
        "2026-10-30T15:20:00+07:00",
    ]


def test_an_addendum_keeps_the_contract_s_id_and_says_before_and_after(sample: Adaptation) -> None:
    release = releases_of(sample)[f"{FINISHED}-amendment-3001"]
    contract = release["contracts"][0]
    assert (contract["id"], contract["awardID"], contract["value"]["amount"].text) == ("3000", "601900", "975000000")
    assert contract["amendments"] == [
        {
            "id": "1",
            "date": "2026-06-10T00:00:00Z",
            "rationale": "Penambahan volume pekerjaan; Tambah kurang volume",
            "description": "nilai_kontrak 900000000 → 975000000; tgl_kontrak_akhir 2026-08-31 → 2026-10-30; "
            "no_kontrak SPK/01/CONTOH/2026 → SPK/01-ADD1/CONTOH/2026",
            "amendsReleaseID": f"{FINISHED}-contract-3000",
            "releaseID": f"{FINISHED}-amendment-3001",
        }
    ]
    whole = compiled(sample, FINISHED)["contracts"]
    assert [(each["id"], each["value"]["amount"].text, each["status"]) for each in whole] == [("3000", "975000000", "terminated")]


def test_the_schedule_bounds_the_periods(sample: Adaptation) -> None:
    tender = releases_of(sample)[f"{FINISHED}-tender"]["tender"]
    assert tender["tenderPeriod"] == {"startDate": "2026-01-12T16:00:00+07:00", "endDate": "2026-01-19T10:00:00+07:00"}
    assert tender["enquiryPeriod"] == {"startDate": "2026-01-15T09:00:00+07:00", "endDate": "2026-01-15T11:00:00+07:00"}
    assert tender["awardPeriod"] == {"startDate": "2026-01-19T10:01:00+07:00", "endDate": "2026-01-22T16:00:00+07:00"}
    steps = {step.get("code"): step for step in tender["milestones"]}
    assert steps["296"]["title"] == "Evaluasi administrasi, kualifikasi, teknis, dan harga"
    assert steps["294"]["description"] == "2026-01-15T12:00:00+07:00/2026-01-19T10:00:00+07:00"
    assert steps[None]["dateMet"] == "2026-01-12T14:00:00+07:00"


def test_bidders_with_and_without_proposal(sample: Adaptation) -> None:
    release = releases_of(sample)[f"{FINISHED}-bids"]
    assert release["tender"]["numberOfTenderers"].text == "3"
    assert [each["name"] for each in release["tender"]["tenderers"]] == ["PT Contoh Satu", "CV Contoh Dua", "Contoh Tiga"]
    assert [(bid["id"], bid["value"]["amount"].text, bid.get("status")) for bid in release["bids"]["details"]] == [
        ("601900", "900000000", "valid"),
        ("602900", "950000000.50", None),
    ]


def test_a_failed_tender_and_the_one_that_followed(sample: Adaptation) -> None:
    assert tags_of(sample, FAILED)[-1] == ("failure", "tenderUpdate")
    tender = compiled(sample, FAILED)["tender"]
    assert tender["status"] == "unsuccessful"
    assert tender["amendments"][0]["rationale"] == "Tidak ada peserta yang lulus evaluasi penawaran"
    related = releases_of(sample)[f"{RETENDER}-tender"]["relatedProcesses"]
    assert related == [{"id": "earlier", "relationship": ["unsuccessfulProcess"], "scheme": "ocid", "identifier": FAILED}]


def test_a_non_tender_purchase_names_its_programme(sample: Adaptation) -> None:
    assert [tag for _, tag in tags_of(sample, DIRECT)] == ["planning", "tender", "award", "contract", "contractTermination"]
    whole = compiled(sample, DIRECT)
    assert whole["relatedProcesses"][0]["identifier"] == "ocds-inaprc-programme-501"
    assert (whole["planning"]["budget"]["project"], whole["planning"]["budget"]["projectID"]) == ("Program Contoh Pelatihan", "PC")
    assert whole["tender"]["procurementMethod"] == "direct"
    assert whole["bids"]["details"][0]["value"]["amount"].text == "26000000"


def test_a_recorded_purchase_is_paid_in_parts(sample: Adaptation) -> None:
    implementation = compiled(sample, RECORDED)["contracts"][0]["implementation"]
    assert [(each["id"], each["value"]["amount"].text, each["date"]) for each in implementation["transactions"]] == [
        ("SP/04/CONTOH/2026 2026-05-20", "10000000", "2026-05-20T00:00:00Z"),
        ("SP/04/CONTOH/2026 2026-06-12", "5000000", "2026-06-12T00:00:00Z"),
    ]
    assert implementation["finalValue"]["amount"].text == "15000000"


def test_each_release_names_its_rows(sample: Adaptation) -> None:
    for each in sample.releases:
        named = {(place.file, place.row) for place in each.places}
        assert {(file, row) for file, row in _named_sources(each.release)} == named


def _named_sources(value: Any) -> list[tuple[str, int]]:
    if isinstance(value, list):
        return [found for item in value for found in _named_sources(item)]
    if not isinstance(value, dict):
        return []
    if value.get("documentType") == "x_source":
        spans = [part.split("-") for part in value["description"].removeprefix("rows ").split(", ")]
        return [(value["title"], row) for span in spans for row in range(int(span[0]), int(span[-1]) + 1)]
    return [found for item in value.values() for found in _named_sources(item)]


def test_a_tender_that_was_not_announced_is_told_from_its_other_rows(tmp_path: Path) -> None:
    found = changed(tmp_path, lambda rows: rows[tables.NOTICE].pop(0))
    assert "no_announcement" in finding_codes(found)
    assert [suffix for suffix, _ in tags_of(found, FINISHED)] == [
        "planning", "tender", "bids", "award-601900", "contract-3000", "amendment-3001", "end-3000",
    ]  # fmt: skip
    tender = releases_of(found)[f"{FINISHED}-tender"]["tender"]
    assert (tender["title"], tender["value"]["amount"].text) == ("Pembangunan Bengkel Contoh", "990000000")
    assert tender["procuringEntity"] == {"id": "KEMENKEU-SATKER-000001", "name": "Balai Contoh Utara"}


def test_amounts_that_differ_between_tables(tmp_path: Path) -> None:
    def change(rows: dict[str, Rows]) -> None:
        rows[tables.RESULT][0] |= {"pagu": "1000000001", "nilai_kontrak": "900000000", "nilai_penawaran": "899999999"}
        rows[tables.RECORD][0]["total_realisasi"] = "15000001"

    found = changed(tmp_path, change)
    details = [finding.detail for finding in found.findings if finding.code == "amounts_differ"]
    assert sorted(details) == [
        "nilai_kontrak 900000000, tender-ekontrak-kontrak nilai_kontrak 975000000",
        "nilai_penawaran 899999999, peserta-tender nilai_penawaran 900000000",
        "pagu 1000000001, pengumuman pagu 1000000000",
        "total_realisasi 15000001, nilai_realisasi 15000000",
    ]
    reported = {(amount.column, amount.reason) for amount in found.amounts if amount.fate == "reported"}
    assert reported == {("pagu", "amounts_differ"), ("nilai_kontrak", "amounts_differ"), ("nilai_penawaran", "amounts_differ")}


def test_dates_out_of_order_are_reported_and_releases_merge_in_order(tmp_path: Path) -> None:
    def change(rows: dict[str, Rows]) -> None:
        rows[tables.CONTRACT][1]["tgl_kontrak"] = "2026-01-02T00:00:00Z"
        rows[tables.CONTRACT][0]["tgl_kontrak"] = "2026-01-02T00:00:00Z"
        rows[tables.STEP][0]["tgl_akhir"] = "2026-01-01T00:00:00Z"

    found = changed(tmp_path, change)
    details = {finding.detail for finding in found.findings if finding.code == "dates_out_of_order"}
    assert details == {
        "contract-3000 2026-01-02, award-601900 2026-01-22",
        "tgl_kontrak 2026-01-02, addendum not after its contract",
        "tgl_akhir before tgl_awal",
    }
    releases = releases_of(found)
    assert releases[f"{FINISHED}-contract-3000"]["date"] == "2026-01-22T00:00:00Z"
    assert releases[f"{FINISHED}-contract-3000"]["contracts"][0]["dateSigned"] == "2026-01-02T00:00:00Z"
    assert releases[f"{FINISHED}-amendment-3001"]["date"] == "2026-06-10T10:05:00+07:00"
    assert compiled(found, FINISHED)["contracts"][0]["value"]["amount"].text == "975000000"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows[tables.STEP].clear(), "no_schedule"),
        (lambda rows: rows[tables.RESULT].clear(), "no_result"),
        (lambda rows: rows[tables.CONTRACT].clear(), "no_contract"),
        (lambda rows: rows[tables.CONTRACT].pop(1), "addendum_without_contract"),
        (lambda rows: rows[tables.BIDDER].pop(0), "winner_not_among_bidders"),
        (lambda rows: rows[tables.UNIT].clear(), "unknown_unit"),
        (lambda rows: rows[tables.RECORD].clear(), "realisation_without_record"),
        (lambda rows: rows[tables.PAYMENT].clear(), "no_realisation"),
        (lambda rows: rows[tables.NOTICE][0].update(hps="1000000001"), "estimate_above_budget"),
        (lambda rows: rows[tables.NOTICE][0].update(tgl_pengumuman_tender="2026-01-13T16:00:00Z"), "dates_differ"),
        (lambda rows: rows[tables.NOTICE][0].update(status_tender="Gagal/Batal"), "failed_with_result"),
        (lambda rows: rows[tables.NOTICE][0].update(ket_ditutup="salah dokumen"), "reason_of_earlier_version"),
        (lambda rows: rows[tables.CONTRACT][3].update(tgl_kontrak_akhir="2026-04-01T00:00:00Z"), "end_is_start"),
        (lambda rows: rows[tables.RESULT][0].update(nilai_negosiasi="890000000"), "price_differs_from_award"),
        (lambda rows: rows[tables.CONTRACT].append({**rows[tables.CONTRACT][0], "versi_addendum": "2"}), "doubled_number"),
        (lambda rows: rows[tables.UNIT].append({**rows[tables.UNIT][0], "kd_satker": "1009"}), "doubled_unit_code"),
    ],
)
def test_what_does_not_meet_is_found(tmp_path: Path, change: Callable[[dict[str, Rows]], object], code: str) -> None:
    before = finding_codes(adapt(SAMPLE))

    def and_hide(rows: dict[str, Rows]) -> None:
        change(rows)
        if code == "doubled_unit_code":
            rows[tables.NOTICE].pop(0)

    found = changed(tmp_path, and_hide)
    assert code not in before
    assert code in finding_codes(found)
    assert len(releases_of(found)) == len(found.releases)


def test_a_result_without_contract_keeps_its_money_in_the_report(tmp_path: Path) -> None:
    found = changed(tmp_path, lambda rows: rows[tables.CONTRACT].clear())
    reasons = {amount.reason for amount in found.amounts if amount.column == "nilai_kontrak" and amount.fate == "reported"}
    assert reasons == {"value_without_contract"}


def test_members_of_a_consortium_are_signatories(tmp_path: Path) -> None:
    text = "Nama Anggota KSO: PT Contoh Satu, NPWP Anggota KSO: 00.000.000.0-000.001, Jenis Anggota KSO: Kemitraan; "
    text += "Nama Anggota KSO: CV Contoh Dua, NPWP Anggota KSO: 00.000.000.0-000.002, Jenis Anggota KSO: Kemitraan"
    found = changed(tmp_path, lambda rows: rows[tables.CONTRACT][1].update(anggota_kso=text))
    contract = releases_of(found)[f"{FINISHED}-contract-3000"]["contracts"][0]
    assert [each["name"] for each in contract["signatories"]] == ["PT Contoh Satu", "CV Contoh Dua"]


def test_a_later_row_changes_no_earlier_release(tmp_path: Path, sample: Adaptation) -> None:
    """Before the addendum was made, the tables held its contract and all before it: the same releases."""

    def change(rows: dict[str, Rows]) -> None:
        rows[tables.CONTRACT].pop(0)
        rows[tables.CONTRACT][0]["tgl_penetapan_status_kontrak"] = ""

    earlier, later = releases_of(changed(tmp_path, change)), releases_of(sample)
    assert earlier == {release_id: later[release_id] for release_id in earlier}
    assert later.keys() - earlier.keys() == {f"{FINISHED}-amendment-3001", f"{FINISHED}-end-3000"}
