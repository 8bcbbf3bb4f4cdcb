"""Commands that read, end to end: search, totals, show, list, rebuild, exports; in words, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from prasasti.cli.catalogue import LANGUAGES
from prasasti.cli.reading import GROUPINGS, METHODS, SORTS, STATES
from prasasti.integrations.adapter import SOURCE_DOCUMENT_TYPE
from prasasti.integrations.ocds.codelists import CODELISTS
from prasasti.integrations.ocds.facts import STATES as STATES_OF_FACTS
from prasasti.readmodel import queries
from prasasti.readmodel.database import READ_MODEL_NAME, open_read_model
from prasasti_verify.__main__ import main as verify
from tests.cli.conftest import Run, read_json

HOSTILE = '=HYPERLINK("x") [bold]x[/bold]\x1b[2J\u202egnp.exe\x9b{amount}%s<script>'
TERMINAL = ("\x1b", "\x9b", "\u202e")
DINAS = "ID-NPWP-0012345678901000"


def make_process(number: int, **changes: Any) -> list[dict[str, Any]]:
    """A tender, a contract and its amendment, of a process of its own: the price rises by a tenth of its number."""
    ocid = f"ocds-abc123-{number}"
    supplier = f"91200000000{number % 3:02}"
    buyer = {
        "id": "dinas",
        "name": "Dinas Pertamanan Kota Contoh",
        "identifier": {"scheme": "ID-NPWP", "id": "0012345678901000"},
        "roles": ["buyer"],
    }
    firm = {
        "id": supplier,
        "name": f"CV Bangku Contoh {number % 3}",
        "identifier": {"scheme": "ID-NIB", "id": supplier},
        "roles": ["supplier"],
    }
    value = {"amount": 1_000_000 * number, "currency": "IDR"}
    risen = {"amount": 1_000_000 * number + 100_000 * number * (number % 4), "currency": "IDR"}
    head = {"ocid": ocid, "initiationType": "tender", "buyer": {"id": "dinas", "name": buyer["name"]}}
    contract = {"id": "c1", "awardID": "a1", "title": f"Kontrak {number}", "dateSigned": "2025-03-01T00:00:00+07:00"}
    tender = {"id": "t1", "title": f"Pembangunan taman {number}", "procurementMethod": "open", "value": value} | changes
    source = {"id": "s", "documentType": SOURCE_DOCUMENT_TYPE, "title": "contracts.csv", "description": f"row {number}"}
    return [
        {**head, "id": "1", "tag": ["tender"], "date": "2025-01-01T00:00:00Z", "parties": [buyer], "tender": tender},
        {**head, "id": "2", "tag": ["award", "contract"], "date": "2025-03-01T00:00:00Z", "parties": [buyer, firm],
         "awards": [{"id": "a1", "value": value, "suppliers": [{"id": supplier, "name": firm["name"]}]}],
         "contracts": [{**contract, "value": value, "documents": [source]}]},
        {**head, "id": "3", "tag": ["contractAmendment"], "date": "2025-06-01T00:00:00Z", "parties": [buyer],
         "contracts": [{**contract, "value": risen, "amendments": [{"id": "x", "rationale": "lebih luas"}],
                        "implementation": {"transactions": [{"id": "p", "date": "2025-07-01T00:00:00Z", "value": value}]}}]},
    ]  # fmt: skip


def record(run: Run, ledger: Path, folder: Path, releases: list[dict[str, Any]], *options: str) -> Result:
    path = folder / f"package-{len(list(folder.iterdir()))}.json"
    package = {"uri": "https://city.example", "version": "1.1", "publishedDate": "2026-01-01T00:00:00Z", "publisher": {"name": "City"}}
    path.write_text(json.dumps({**package, "releases": releases}))
    return run("--json", "import", "ocds", path, "--ledger", ledger, "--default-scheme", "ID", *options)


@pytest.fixture
def town(ledger: Path, run: Run, tmp_path: Path) -> Path:
    """Seven processes of one buyer and three suppliers; the fifth has a hostile title."""
    releases = [release for number in range(1, 8) for release in make_process(number, **({"title": HOSTILE} if number == 5 else {}))]
    report = read_json(record(run, ledger, tmp_path, releases))
    assert report["kinds"]["recorded"] == 21
    return ledger


def read_csv(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.stdout)))


def squeeze(result: Result) -> str:
    """What was printed, as one line: tables fold at the terminal's width."""
    return " ".join(result.stdout.split())


def test_choices_are_those_of_the_tables() -> None:
    assert SORTS == queries.SORTS
    assert GROUPINGS == queries.GROUPINGS
    assert STATES == STATES_OF_FACTS
    assert set(METHODS) == set(CODELISTS["method"])


# -- search ---------------------------------------------------------------------------------------------------------------


def test_search_by_words_in_three_forms(town: Path, run: Run) -> None:
    shown = squeeze(run("search", "dibangun", "taman", "--ledger", town))
    assert "Pembangunan taman 7" in shown
    assert "→ CV Bangku Contoh 1 ocds-abc123-7" in shown
    assert "Found: 6; shown: 6, best match first." in shown
    found = read_json(run("search", "pembangunan", "taman", "7", "--json", "--ledger", town))
    assert found["found"] == 1
    (result,) = found["results"]
    assert result == {
        "ocid": "ocds-abc123-7", "publisher": "publisher-1", "title": "Pembangunan taman 7", "buyer": DINAS,
        "buyer_name": "Dinas Pertamanan Kota Contoh", "suppliers": ["CV Bangku Contoh 1"], "year": 2025, "method": "open",
        "state": "paid", "value": {"stage": "contracted", "amount": "9100000", "currency": "IDR"}, "releases": 3, "contradictions": 0,
        "unreadable": 0,
    }  # fmt: skip
    rows = read_csv(run("search", "taman", "--csv", "--ledger", town))
    assert {row["ocid"] for row in rows} == {f"ocds-abc123-{number}" for number in (1, 2, 3, 4, 6, 7)}
    assert rows[0].keys() >= {"title", "buyer_name", "suppliers", "amount", "currency"}


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ((), [7, 6, 5, 4, 3, 2, 1]),
        (("--limit", "2"), [7, 6]),
        (("--sort", "value"), [7, 6, 5, 4, 3, 2, 1]),
        (("--min", "5500000", "--max", "8000000"), [6, 5]),
        (("--supplier", "contoh 2"), [5, 2]),
        (("--supplier", "ID-NIB-9120000000002"), [5, 2]),
        (("--buyer", "pertamanan"), [7, 6, 5, 4, 3, 2, 1]),
        (("--buyer", "nobody"), []),
        (("--year", "2024"), []),
        (("--year", "2025", "--method", "open", "--state", "paid", "--currency", "IDR"), [7, 6, 5, 4, 3, 2, 1]),
        (("--state", "cancelled"), []),
        (("--publisher", "publisher-9"), []),
    ],
)
def test_search_narrows_and_orders(town: Path, run: Run, options: tuple[str, ...], numbers: list[int]) -> None:
    found = read_json(run("--json", "search", *options, "--ledger", town))
    assert [result["ocid"] for result in found["results"]] == [f"ocds-abc123-{number}" for number in numbers]


def test_the_largest_contracts_with_a_price_rise(town: Path, run: Run) -> None:
    arguments = ("search", "--price-rise", "--sort", "value", "--limit", "5", "--ledger", town)
    shown = squeeze(run(*arguments))
    assert "IDR 9,100,000" in shown
    assert "was 7,000,000" in shown
    assert "+30.0 %" in shown
    results = read_json(run("--json", *arguments))["results"]
    assert [(each["ocid"][-1], each["amount_before"], each["amount"], each["rise"], each["suppliers"]) for each in results] == [
        ("7", "7000000", "9100000", "2100000", "CV Bangku Contoh 1"), ("6", "6000000", "7200000", "1200000", "CV Bangku Contoh 0"),
        ("5", "5000000", "5500000", "500000", "CV Bangku Contoh 2"), ("3", "3000000", "3900000", "900000", "CV Bangku Contoh 0"),
        ("2", "2000000", "2400000", "400000", "CV Bangku Contoh 2"),
    ]  # fmt: skip
    by_rise = read_csv(run("search", "--sort", "price-rise", "--csv", "--ledger", town))
    assert [row["ocid"][-1] for row in by_rise] == ["7", "6", "3", "5", "2", "1"]


def test_amounts_and_words_follow_the_language(town: Path, run: Run) -> None:
    shown = squeeze(run("--language", "id", "search", "taman 7", "--ledger", town))
    assert "IDR 9.100.000" in shown
    assert "Ditemukan: 1" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("search", "--min", "banyak"), "is no amount"),
        (("search", "--min", "1e999"), "is no amount"),
        (("search", "--state", "lost"), "--state"),
        (("search", "--json", "--csv"), "not both"),
        (("totals", "--by", "moon"), "--by"),
        (("list",), "--buyer, --supplier, --publisher"),
        (("list", "--buyer", "a", "--supplier", "b"), "--buyer, --supplier, --publisher"),
        (("show", "x", "--buyer", "y"), "OCID, --buyer, --supplier"),
        (("list", "--buyer", DINAS, "--prove", "nowhere/at/all.json"), "does not exist"),
    ],
)
def test_wrong_usage_ends_with_2(town: Path, run: Run, arguments: tuple[str, ...], words: str) -> None:
    assert words in run(*arguments, "--ledger", town, expect=2).output


def test_amounts_of_several_currencies_are_not_compared(town: Path, run: Run, tmp_path: Path) -> None:
    record(run, town, tmp_path, make_process(8, value={"amount": 5, "currency": "EUR"})[:1])
    refused = run("search", "--sort", "value", "--ledger", town, expect=2)
    assert "choose --currency among EUR, IDR" in refused.output
    found = read_json(run("--json", "search", "--sort", "value", "--currency", "EUR", "--ledger", town))
    assert [result["ocid"] for result in found["results"]] == ["ocds-abc123-8"]


# -- totals ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_one_copies_from_a_table_stands_on_one_line(
    ledger: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, language: str
) -> None:
    """An OCID goes into the next command: it is whole where the terminal has 80 columns."""
    ocid = "ocds-inaprc-nontender-4074194"
    releases = [{**release, "ocid": ocid} for release in make_process(2, title="Pembangunan gedung laboratorium " * 9)]
    record(run, ledger, tmp_path, releases)
    monkeypatch.setenv("COLUMNS", str(width))
    for command in (
        ("search", "gedung"), ("search", "--price-rise"), ("show",), ("show", "--buyer", DINAS), ("list", "--buyer", DINAS),
        ("list", "--publisher", "publisher-1"),
    ):  # fmt: skip
        lines = run("--language", language, *command, "--ledger", ledger).stdout.splitlines()
        assert any(ocid in line for line in lines), command
        assert all(len(line) <= width for line in lines if ocid in line), command


def test_a_few_digits_too_many_are_no_crash(town: Path, run: Run) -> None:
    """What no process can have finds none, and no number is too long to ask for."""
    for options in (("--year", "9" * 40), ("--year", "-" + "9" * 40), ("--min", "1e299"), ("--max", "-1e299"), ("--year", "0")):
        assert "Nothing fits" in run("search", *options, "--ledger", town).stdout, options
        assert run("totals", *options, "--ledger", town).exit_code == 0
    assert len(read_json(run("--json", "search", "--max", "1e299", "--min", "-1e299", "--ledger", town))["results"]) == 7
    assert "fits" in run("export", "csv", "--year", "9" * 40, "--output", town / "none", "--ledger", town, expect=1).stderr


def test_totals_stand_side_by_side(town: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = read_json(run("--json", "totals", "--by", "supplier", "--ledger", town))["groups"]
    found = {group["name"]: {stage: total["amount"] for stage, total in group["stages"].items()} for group in groups}
    assert found["CV Bangku Contoh 1"] == {
        "tendered": "12000000.00", "awarded": "12000000.00", "contracted": "14200000.00", "paid": "12000000.00",
    }  # fmt: skip
    assert sum(Decimal(each["contracted"]) for each in found.values()) == Decimal(33_200_000)
    for width in ("60", "200"):
        monkeypatch.setenv("COLUMNS", width)
        shown = run("totals", "--by", "supplier", "--ledger", town).stdout
        assert "14,200,000" in shown
        assert max(map(len, shown.splitlines()[:-2])) <= int(width)
    (row, *_) = read_csv(run("totals", "--by", "year", "--csv", "--ledger", town))
    assert (row["key"], row["contracted"], row["contracted_processes"], row["planned"]) == ("2025", "33200000.00", "7", "")


def test_totals_say_what_is_missing(town: Path, run: Run, tmp_path: Path) -> None:
    record(run, town, tmp_path, make_process(9, status="cancelled")[:1] + make_process(10, value={"amount": 3})[:1])
    shown = squeeze(run("totals", "--ledger", town))
    assert "Of processes 9, so many name no amount: planned 9, awarded 2, contracted 2, paid 2." in shown
    assert "Amounts not counted, because what they are for was cancelled or failed: 1." in shown
    assert "Amounts without a currency: 1." in shown
    missing = read_json(run("--json", "totals", "--ledger", town))["missing"]
    assert missing["without_stage"] == {"planned": 9, "tendered": 1, "awarded": 2, "contracted": 2, "paid": 2}


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_every_grouping_adds_up_to_the_same(town: Path, run: Run, grouping: str) -> None:
    groups = read_json(run("--json", "totals", "--by", grouping, "--limit", "100", "--ledger", town))["groups"]
    assert sum(Decimal(group["stages"].get("contracted", {"amount": 0})["amount"]) for group in groups) == Decimal(33_200_000)
    assert squeeze(run("totals", "--by", grouping, "--ledger", town))


# -- show -----------------------------------------------------------------------------------------------------------------


def test_a_story_names_its_source_rows_and_amendments(town: Path, run: Run) -> None:
    shown = squeeze(run("show", "ocds-abc123-7", "--ledger", town))
    assert "from contracts.csv, row 7" in shown
    assert "contract's value changed: was IDR 7,000,000" in shown
    story = read_json(run("--json", "show", "ocds-abc123-7", "--ledger", town))
    signed = next(line for line in story["lines"] if line["event"] == "contracted")
    assert signed["sources"] == [{"file": "contracts.csv", "rows": "row 7"}]
    assert signed["recorded"] >= signed["time"]
    rows = read_csv(run("show", "ocds-abc123-7", "--csv", "--ledger", town))
    assert [row["event"] for row in rows] == [line["event"] for line in story["lines"]]
    assert rows[2]["sources"] == "contracts.csv: row 7"
    assert "Supplier CV Bangku Contoh 1 ID-NIB-9120000000001" in shown
    assert "from contracts.csv, row 7" in shown
    assert "dari contracts.csv, baris 7" in squeeze(run("--language", "id", "show", "ocds-abc123-7", "--ledger", town))


def test_an_amount_has_two_decimals_or_none(ledger: Path, run: Run, tmp_path: Path) -> None:
    record(run, ledger, tmp_path, make_process(1, value={"amount": 21_813_475.2, "currency": "IDR"})[:1])
    assert "IDR 21,813,475.20" in run("search", "--ledger", ledger).stdout
    assert "IDR 21.813.475,20" in run("--language", "id", "show", "ocds-abc123-1", "--ledger", ledger).stdout
    assert read_json(run("--json", "search", "--ledger", ledger))["results"][0]["value"]["amount"] == "21813475.2"


def test_contradictions_stand_beside_what_they_contradict(town: Path, run: Run, tmp_path: Path) -> None:
    other = make_process(7)[1]
    other["contracts"][0]["value"] = {"amount": 8_000_000, "currency": "IDR"}
    assert read_json(record(run, town, tmp_path, [other]))["kinds"]["contradictions"] == 1
    shown = squeeze(run("show", "ocds-abc123-7", "--ledger", town))
    assert "CONTRADICTION: entry" in shown
    assert "contracts[c1].value.amount 7000000 8000000" in shown
    story = read_json(run("--json", "show", "ocds-abc123-7", "--ledger", town))
    (contradiction,) = story["contradictions"]
    assert contradiction["changes"] == [{"path": "contracts[c1].value.amount", "before": "7000000", "after": "8000000"}]
    assert contradiction["stands"] < contradiction["entry"]
    assert "CONTRADICTED" in squeeze(run("search", "taman 7", "--ledger", town))


def test_a_party_is_shown_by_id_or_name(town: Path, run: Run, tmp_path: Path) -> None:
    renamed = make_process(8)[1]
    renamed["parties"][1]["name"] = renamed["awards"][0]["suppliers"][0]["name"] = "CV Nama Baru"
    record(run, town, tmp_path, [renamed])
    shown = squeeze(run("show", "--supplier", "nama baru", "--ledger", town))
    assert "CV Nama Baru Supplier ID-NIB-9120000000002" in shown
    assert "named CV Bangku Contoh 2 in 2 processes" in shown
    assert "prasasti list --supplier ID-NIB-9120000000002 --prove FILE" in shown
    found = read_json(run("--json", "show", "--supplier", "ID-NIB-9120000000002", "--ledger", town))
    assert (found["name"], found["processes"]) == ("CV Nama Baru", 3)
    assert found["totals"][0]["stages"]["contracted"] == {"amount": "15900000.00", "times": 3, "processes": 3}
    assert len(read_csv(run("show", "--buyer", DINAS, "--csv", "--ledger", town))) == 8
    several = run("show", "--supplier", "bangku", "--ledger", town, expect=1)
    assert "give the id of one: ID-NIB-912000000000" in several.stderr
    assert "no buyer has the id or the name" in run("show", "--buyer", "Nobody", "--ledger", town, expect=1).stderr


def test_what_is_unknown_is_said_with_examples(town: Path, run: Run) -> None:
    refused = run("show", "ocds-abc123-99", "--ledger", town, expect=1)
    assert "recorded are, for example, ocds-abc123-7" in refused.stderr
    assert read_json(run("--json", "show", "--ledger", town))["processes"][0]["ocid"] == "ocds-abc123-7"


# -- lists and their proofs -----------------------------------------------------------------------------------------------


def test_a_list_is_whole_and_proved(town: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proof = tmp_path / "all.json"
    refused = run("list", "--buyer", "pertamanan", "--prove", proof, "--ledger", town, expect=1)
    assert "publish" in refused.stderr
    assert not proof.exists()
    run("publish", "--to", tmp_path / "public", "--ledger", town)
    shown = squeeze(run("list", "--buyer", "pertamanan", "--prove", proof, "--ledger", town))
    assert "That is all: the state's list procurement/buyer/ID-NPWP-0012345678901000" in shown
    key = str(tmp_path / "public" / "log.vkey")
    assert verify(["--list", str(proof), "--key", key, "--json"]) == 0
    items = [f"ocds-abc123-{number}" for number in range(1, 8)]
    assert [item["ocid"] for item in _find_items(json.loads(capsys.readouterr().out))] == items
    listed = read_json(run("--json", "list", "--buyer", DINAS, "--ledger", town))
    assert [item["ocid"] for item in listed["items"]] == items
    assert len(read_csv(run("list", "--publisher", "publisher-1", "--csv", "--ledger", town))) == 21
    record(run, town, tmp_path, make_process(8))
    assert "publish" in run("list", "--buyer", DINAS, "--prove", proof, "--ledger", town, expect=1).stderr
    for number, tampered in enumerate(tamper(json.loads(proof.read_text()))):
        (tmp_path / "tampered.json").write_text(json.dumps(tampered, separators=(",", ":"), sort_keys=True))
        assert verify(["--list", str(tmp_path / "tampered.json"), "--key", key]) == 1, number


def _find_items(report: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    stack: list[Any] = [report["shown"]]
    while stack:
        value = stack.pop(0)
        if isinstance(value, dict) and "ocid" in value:
            found.append(value)
        else:
            stack += list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return found


def tamper(proof: dict[str, Any]) -> list[dict[str, Any]]:
    """Proofs with one process left out, one added, two swapped, one renamed, the count lowered, or of another list."""

    def edit(change: Callable[[list[dict[str, Any]]], None], **fields: Any) -> dict[str, Any]:
        copy = json.loads(json.dumps(proof)) | fields
        change([record for bucket in copy["buckets"] for record in bucket["records"] if record["key"].startswith(proof["list"])])
        return dict(copy)

    def drop(key: str) -> dict[str, Any]:
        copy = json.loads(json.dumps(proof))
        for bucket in copy["buckets"]:
            bucket["records"] = [record for record in bucket["records"] if record["key"] != key]
        return dict(copy)

    items = sorted(
        record["key"] for bucket in proof["buckets"] for record in bucket["records"]
        if record["key"].startswith(proof["list"]) and not record["key"].endswith("count")
    )  # fmt: skip
    count = f"{proof['list']}/count"

    def swap(records: list[dict[str, Any]]) -> None:
        one, other = (next(record for record in records if record["key"] == key) for key in items[:2])
        one["value"], other["value"] = other["value"], one["value"]

    def rename(records: list[dict[str, Any]]) -> None:
        record = next(record for record in records if record["key"] == items[0])
        record["value"] = record["value"].replace("abc123-1", "abc123-9")

    def recount(by: int) -> Callable[[list[dict[str, Any]]], None]:
        def change(records: list[dict[str, Any]]) -> None:
            record = next(record for record in records if record["key"] == count)
            record["value"] = str(int(record["value"]) + by)

        return change

    without = json.loads(json.dumps(proof))
    without["buckets"] = without["buckets"][1:]
    added = json.loads(json.dumps(proof))
    home = next(bucket for bucket in added["buckets"] if any(record["key"] == items[-1] for record in bucket["records"]))
    new = {"key": f"{items[-1].rpartition('/')[0]}/7", "value": '{"ocid":"ocds-abc123-77","publisher":"publisher-1"}'}
    home["records"] = sorted([*home["records"], new], key=lambda record: str(record["key"]))
    return [
        drop(items[3]), drop(count), edit(swap), edit(rename), edit(recount(-1)), edit(recount(1)), without, added,
        edit(lambda _: None, list="procurement/buyer/ID-NPWP-0012345678901001"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM listings WHERE number = 3",
        "UPDATE listings SET number = 99 WHERE number = 3",
        "UPDATE process_keys SET ocid = 'ocds-abc123-77' WHERE ocid = 'ocds-abc123-4'",
        "INSERT INTO listings VALUES ('buyer', 'ID-NPWP-0012345678901000', 7, 4)",
        "UPDATE listings SET process = process + 3 WHERE number = 3",
    ],
)
def test_a_tampered_read_model_is_found_out_by_its_lists(town: Path, run: Run, statement: str) -> None:
    run("list", "--buyer", DINAS, "--ledger", town)
    model = open_read_model(town)
    with model.writing() as connection:
        connection.exec_driver_sql(statement)
    model.close()
    refused = run("list", "--buyer", DINAS, "--ledger", town, expect=1)
    assert "prasasti rebuild" in refused.stderr
    assert read_json(run("--json", "rebuild", "--ledger", town)) == {"processes": 7, "entries": 22}
    run("list", "--buyer", DINAS, "--ledger", town)


def test_publishers_and_strangers(town: Path, run: Run) -> None:
    assert "no buyer has the id" in run("list", "--buyer", "ID-404", "--ledger", town, expect=1).stderr
    assert "the list of publisher-9 is empty" in run("list", "--publisher", "publisher-9", "--ledger", town, expect=1).stderr


# -- exports --------------------------------------------------------------------------------------------------------------


def test_flat_tables(town: Path, run: Run, tmp_path: Path) -> None:
    report = read_json(run("--json", "export", "csv", "--output", tmp_path / "tables", "--ledger", town))
    assert report["rows"]["releases"] == 21
    tables = {path.stem: list(csv.DictReader(io.StringIO(path.read_text("utf-8")))) for path in (tmp_path / "tables").iterdir()}
    assert tables.keys() == queries.SECTIONS.keys()
    assert {name: len(rows) for name, rows in tables.items()} == report["rows"]
    assert [row["amount"] for row in tables["contracts"] if row["ocid"] == "ocds-abc123-7"] == ["9100000"]
    (hostile,) = (row["title"] for row in tables["processes"] if row["ocid"] == "ocds-abc123-5")
    assert hostile.startswith("'=HYPERLINK")
    assert not any(sign in hostile for sign in TERMINAL)
    one = read_json(run("--json", "export", "csv", "--ocid", "ocds-abc123-2", "--output", tmp_path / "one", "--ledger", town))
    assert one["rows"]["processes"] == 1
    refused = run("export", "csv", "--ocid", "ocds-none", "--output", tmp_path / "none", "--ledger", town, expect=1)
    assert "no recorded release fits" in refused.stderr
    assert not (tmp_path / "none").exists()


def test_compiled_releases_are_those_of_the_records(town: Path, run: Run, tmp_path: Path) -> None:
    run("export", "ocds", "--output", tmp_path / "records.json", "--ledger", town)
    run("export", "ocds", "--package", "compiled", "--output", tmp_path / "compiled.jsonl", "--ledger", town)
    records = json.loads((tmp_path / "records.json").read_text())["records"]
    assert [json.loads(line) for line in (tmp_path / "compiled.jsonl").read_text().splitlines()] == [
        record["compiledRelease"] for record in records
    ]
    assert len(records) == 7
    chosen = ("--supplier", "ID-NIB-9120000000002", "--year", "2025")
    report = read_json(run("--json", "export", "ocds", *chosen, "--output", tmp_path / "some.json", "--ledger", town))
    assert (report["records"], report["releases"]) == (2, 6)


# -- hostile data, other processes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",), ("search", "--price-rise"), ("search", "--csv"), ("search", "--json"), ("show",), ("show", "ocds-abc123-5"),
        ("show", "ocds-abc123-5", "--csv"), ("show", "ocds-abc123-5", "--json"), ("list", "--buyer", DINAS),
        ("list", "--buyer", DINAS, "--csv"),
        ("list", "--buyer", DINAS, "--json"), ("show", "--supplier", "contoh 2"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_hostile_title_stays_data(town: Path, run: Run, arguments: tuple[str, ...]) -> None:
    shown = run(*arguments, "--ledger", town)
    assert not any(sign in shown.output for sign in TERMINAL)
    if "--json" in arguments:
        assert HOSTILE in list_texts(json.loads(shown.stdout))
    elif "--csv" in arguments:
        assert not any(cell.startswith("=") for row in csv.reader(io.StringIO(shown.stdout)) for cell in row)
    elif "--price-rise" not in arguments:
        assert "[bold]x[/bold]" in shown.stdout.replace("\n", "").replace(" ", "")


def list_texts(value: Any) -> list[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in list_texts(item)]


def test_reading_while_another_process_writes(ledger: Path, run: Run, tmp_path: Path) -> None:
    releases = [release for number in range(1, 201) for release in make_process(number)]
    path = tmp_path / "many.json"
    path.write_text("\n".join(json.dumps(release) for release in releases))
    program = [sys.executable, "-c", "from prasasti.cli import main; main()"]
    with subprocess.Popen(
        [*program, "import", "ocds", path, "--ledger", ledger, "--default-scheme", "ID"], stdout=subprocess.PIPE
    ) as writer:
        seen = [0]
        while writer.poll() is None:
            seen.append(read_json(run("--json", "search", "--limit", "1", "--ledger", ledger))["found"])
    assert writer.returncode == 0
    assert seen == sorted(seen)
    assert read_json(run("--json", "search", "--limit", "1", "--ledger", ledger))["found"] == 200
    listed = read_json(run("--json", "list", "--buyer", DINAS, "--ledger", ledger))
    assert listed["count"] == 200
    (ledger / READ_MODEL_NAME).unlink()
    assert read_json(run("--json", "totals", "--ledger", ledger))["missing"]["processes"] == 200
