"""``import inaproc`` as people and programs meet it: the report, bad folders, what a second import adds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.integrations.adapter import SOURCE_DOCUMENT_TYPE, strip_provenance
from prasasti.integrations.inaproc import tables
from tests.cli.conftest import Run, read_json
from tests.integrations.inaproc.folders import SAMPLE, YEAR, read_sample, write_folder
from tests.judges import shared

PERSON = "9999994101900001"


def entries_of(run: Run, ledger: Path) -> Any:
    return read_json(run("--json", "check-state", "--ledger", ledger))


def test_the_report_is_shown_with_rows_and_money_that_add_up(ledger: Path, run: Run) -> None:
    shown = run("import", "inaproc", SAMPLE, "--ledger", ledger).stdout
    for words in (
        "Rows and money add up.",
        "told by another row",
        "2,706,000,000.50",
        "The row names no bidder",
        "master-satker_2026.csv 4",
    ):
        assert words in shown, shown
    assert max(map(len, shown.partition("\nRows:")[2].splitlines())) <= 80


def test_the_report_for_programs_holds_every_row(ledger: Path, run: Run) -> None:
    report = read_json(run("--json", "import", "inaproc", SAMPLE, "--ledger", ledger))
    assert report["adds_up"] is True
    assert report["kinds"]["recorded"] == report["read"] == 28
    assert {(each["file"], each["row"], each["code"]) for each in report["reported_rows"]} == {
        (f"{tables.BIDDER}_{YEAR}.csv", 5, "no_bidder"),
        (f"{tables.CONTRACT}_{YEAR}.csv", 4, "no_contract_yet"),
        (f"{tables.UNIT}_{YEAR}.csv", 4, "unit_without_process"),
    }
    assert {stage["stage"]: stage["in_releases"] for stage in report["stages"]}["awarded"] == "1325000000"
    assert [finding["code"] for finding in report["findings"]] == ["name_without_legal_form"]


def test_a_second_import_adds_nothing_even_where_rows_have_moved(ledger: Path, run: Run, tmp_path: Path) -> None:
    run("import", "inaproc", SAMPLE, "--ledger", ledger)
    before = entries_of(run, ledger)
    moved = write_folder(tmp_path / "moved", {table: list(reversed(rows)) for table, rows in read_sample().items()})
    for folder in (SAMPLE, moved):
        report = read_json(run("--json", "import", "inaproc", folder, "--ledger", ledger))
        assert report["kinds"] == {"recorded": 0, "unchanged": 28, "updated": 0, "contradictions": 0, "refused": 0}
        assert entries_of(run, ledger) == before


def test_what_the_source_adds_is_added_and_what_it_rewrites_is_a_contradiction(ledger: Path, run: Run, tmp_path: Path) -> None:
    sample = read_sample()
    addendum = sample[tables.CONTRACT].pop(0)
    sample[tables.CONTRACT][0]["tgl_penetapan_status_kontrak"] = ""
    run("import", "inaproc", write_folder(tmp_path / "june", sample), "--ledger", ledger)
    sample[tables.CONTRACT].append(addendum)
    report = read_json(run("--json", "import", "inaproc", write_folder(tmp_path / "october", sample), "--ledger", ledger))
    assert (report["kinds"]["recorded"], report["kinds"]["unchanged"], report["kinds"]["contradictions"]) == (2, 26, 0)
    sample[tables.RESULT][0]["nilai_negosiasi"] = "880000000"
    report = read_json(run("--json", "import", "inaproc", write_folder(tmp_path / "rewritten", sample), "--ledger", ledger))
    assert report["kinds"]["contradictions"] == 1


def test_no_person_of_the_sample_is_written(ledger: Path, run: Run, tmp_path: Path) -> None:
    run("import", "inaproc", SAMPLE, "--ledger", ledger)
    run("publish", "--to", tmp_path / "public", "--ledger", ledger)
    files = [path for folder in (tmp_path / "public", ledger) for path in folder.rglob("*") if path.is_file()]
    for secret in (PERSON.encode(), b"Perajin Bangku Perorangan", b"Kepala Balai Contoh"):
        assert [path.name for path in files if secret in path.read_bytes()] == []


def test_a_folder_with_a_bad_file_is_refused_whole(ledger: Path, run: Run, tmp_path: Path) -> None:
    folder = shutil.copytree(SAMPLE, tmp_path / "cut")
    path = folder / f"{tables.CONTRACT}_{YEAR}.csv"
    path.write_bytes(path.read_bytes()[:-40])
    before = entries_of(run, ledger)
    shown = run("import", "inaproc", folder, "--ledger", ledger, expect=1).stdout
    assert "Nothing was imported" in shown
    assert f"{tables.CONTRACT}_{YEAR}.csv, line 5: The file ends within a row" in shown
    report = read_json(run("--json", "import", "inaproc", folder, "--ledger", ledger, expect=1))
    assert [(each["file"], each["line"], each["code"]) for each in report["file_problems"]] == [(path.name, 5, "cut_off")]
    assert entries_of(run, ledger) == before


def test_a_bad_row_is_reported_with_exit_code_1_and_the_others_are_recorded(ledger: Path, run: Run, tmp_path: Path) -> None:
    sample = read_sample()
    sample[tables.DIRECT][0]["hps"] = "-28000000"
    result = run("--json", "import", "inaproc", write_folder(tmp_path / "bad", sample), "--ledger", ledger, expect=1)
    report = read_json(result)
    assert report["adds_up"] is True
    assert report["kinds"]["refused"] == 0
    assert [each["code"] for each in report["reported_rows"] if each["file"].startswith(tables.DIRECT)] == ["negative_amount"]
    amounts = {(each["column"], each["amount"]) for each in report["reported_amounts"] if each["code"] == "negative_amount"}
    assert amounts == {("hps", "-28000000"), ("pagu", "30000000")}


def test_a_person_s_number_in_a_text_keeps_its_releases_off_the_ledger(ledger: Path, run: Run, tmp_path: Path) -> None:
    """The rows of those releases are reported with their money, and all still adds up; whoever looked at the text may keep it."""
    sample = read_sample()
    sample[tables.NOTICE][1]["nama_paket"] = "Mesin untuk 3171014107900001"
    folder = write_folder(tmp_path / "number", sample)
    report = read_json(run("--json", "import", "inaproc", folder, "--ledger", ledger, expect=1))
    assert (report["kinds"]["recorded"], report["kinds"]["refused"], report["adds_up"]) == (26, 2, True)
    codes = {(each["file"], each["code"]) for each in report["reported_rows"]}
    assert (f"{tables.STEP}_{YEAR}.csv", "refused_release") in codes
    assert {(each["column"], each["code"]) for each in report["reported_amounts"]} == {
        ("pagu", "refused_release"),
        ("hps", "refused_release"),
    }
    report = read_json(run("--json", "import", "inaproc", folder, "--texts", "keep", "--ledger", ledger))
    assert (report["kinds"]["recorded"], report["kinds"]["unchanged"]) == (2, 26)


def test_rows_of_a_refused_release_are_reported(ledger: Path, run: Run, tmp_path: Path) -> None:
    """More suppliers than an entry takes: the release is refused, and with it its rows and their money."""
    sample = read_sample()
    members = "; ".join(f"Nama Anggota KSO: CV Contoh {n}, NPWP Anggota KSO: {n:016}" for n in range(100, 160))
    payment = sample[tables.PAYMENT][0]
    sample[tables.PAYMENT] = [
        {**payment, "no_realisasi": f"SP/{n}", "nama_penyedia": f"CV Contoh {n}", "npwp_penyedia": f"{n:016}", "nilai_realisasi": "1"}
        for n in range(100, 160)
    ]
    sample[tables.CONTRACT][1]["anggota_kso"] = members
    sample[tables.RECORD][0]["total_realisasi"] = "60"
    report = read_json(run("--json", "import", "inaproc", write_folder(tmp_path / "many", sample), "--ledger", ledger, expect=1))
    assert report["kinds"]["refused"] == 1
    assert report["adds_up"] is True


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere",), 2, "is not a folder"),
        ((".",), 2, "holds no CSV file"),
        ((SAMPLE, "--ocid-prefix", "ocds-x"), 2, "six letters or digits"),
        ((SAMPLE, "--utc-offset", "7"), 2, "+07:00"),
    ],
)
def test_wrong_usage_says_what_to_do(
    ledger: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str | Path, ...], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert words in run("import", "inaproc", *arguments, "--ledger", ledger, expect=code).output


def test_prefix_and_zone_are_chosen(ledger: Path, run: Run) -> None:
    run("import", "inaproc", SAMPLE, "--ledger", ledger, "--ocid-prefix", "ocds-abc123", "--utc-offset", "+09:00")
    story = read_json(run("--json", "show", "ocds-abc123-tender-101900", "--ledger", ledger))
    assert story["lines"][1]["closes"] == "2026-01-19T10:00:00+09:00"


def test_a_hostile_title_steers_no_terminal(ledger: Path, run: Run, tmp_path: Path) -> None:
    sample = read_sample()
    title = "[bold]x[/bold]\x1b[2J\u202egnp.exe<script>"
    sample[tables.NOTICE][0] |= {"nama_paket": title, "mtd_pemilihan": title}
    sample[tables.BIDDER][2]["nama_penyedia"] = title
    (tmp_path / "bad").mkdir()
    folder = write_folder(tmp_path / "bad", sample)
    (folder / "\x1b[2Jx.csv").write_text("a\n1\n")
    shown = run("import", "inaproc", folder, "--ledger", ledger, expect=1).output
    shown += run("show", "ocds-inaprc-tender-101900", "--ledger", ledger).output
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("name", ["explorer-sample", "full-sample"])
def test_bandung_s_packages_go_in_with_what_is_tolerated_reported(ledger: Path, run: Run, tmp_path: Path, name: str) -> None:
    """Fields that OCDS does not know are named; with ``--unknown-fields drop`` the release goes in without them."""
    package = shared("indonesia", "birms", f"{name}.json")
    refused = read_json(run("--json", "import", "ocds", package, "--ledger", ledger, expect=1))
    assert {each["code"] for each in refused["refusals"]} == {"unknown_field"}
    assert "drop leaves it out" in run("import", "ocds", package, "--ledger", ledger, expect=1).stdout
    taken = ("--unknown-fields", "drop", "--default-scheme", "ID", "--ledger", ledger)
    report = read_json(run("--json", "import", "ocds", package, *taken))
    assert (report["read"], report["kinds"]["recorded"]) == (1, 1)
    tolerated = {each["code"]: each["count"] for each in report["notices"]}
    assert tolerated["unknown_field_dropped"] == 5
    assert report["redactions"]["contact_points"] == json.dumps(json.loads(package.read_text()), ensure_ascii=False).count('"contactPoint"')
    again = read_json(run("--json", "import", "ocds", package, *taken))
    assert again["kinds"]["unchanged"] == 1
    run("publish", "--to", tmp_path / "public", "--ledger", ledger)
    assert read_json(run("--json", "audit", tmp_path / "public"))["sound"] is True


documents = st.lists(
    st.fixed_dictionaries({"id": st.text(max_size=3), "documentType": st.sampled_from([SOURCE_DOCUMENT_TYPE, "contractSigned"])}),
    max_size=3,
)


@given(documents, documents)
def test_provenance_is_taken_away_and_nothing_else(tender: list[dict[str, str]], contract: list[dict[str, str]]) -> None:
    def kept(found: list[dict[str, str]]) -> dict[str, Any]:
        left = [each for each in found if each["documentType"] != SOURCE_DOCUMENT_TYPE]
        return {"documents": left} if left else {}

    release = {"id": "1", "tender": {"id": "2", "documents": tender}, "contracts": [{"id": "3", "documents": contract}]}
    assert strip_provenance(release) == {"id": "1", "tender": {"id": "2", **kept(tender)}, "contracts": [{"id": "3", **kept(contract)}]}
