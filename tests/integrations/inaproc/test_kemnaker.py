"""A ministry's whole year: imported, published, verified, and added up again from the CSV files by a query of its own.

The query knows the tables and what the mapping's page says of them; it uses neither the adapter nor the importer, and reads what was
published as any outsider can.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.commands import make_ledger, publish, read_state, run, run_json, verify
from tests.acceptance.published import list_attestations, read_releases
from tests.judges import run_libcoveocds, shared

Table = list[dict[str, str]]
FILES = 13
ROWS = 7_261


@dataclass(frozen=True)
class World:
    """The source's tables, the import's report, the ledger, its published folder and what stands in it."""

    folder: Path
    tables: dict[str, Table]
    report: Any
    ledger: Path
    published: Path
    releases: list[dict[str, Any]]

    def rows(self, table: str) -> Table:
        return self.tables[f"{table}_2023.csv"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Imported and published; no test changes it."""
    source = shared("indonesia", "inaproc-kemnaker-2023")
    folder = tmp_path_factory.mktemp("kemnaker")
    ledger = make_ledger(folder / "ledger")
    report = run_json("import", "inaproc", source, "--ledger", ledger)
    publish(ledger, folder / "published")
    tables = {path.name: read_table(path) for path in sorted(source.glob("*.csv"))}
    return World(source, tables, report, ledger, folder / "published", read_releases(folder / "published"))


def read_table(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add_up(cells: Iterator[str] | list[str]) -> Decimal:
    return sum((Decimal(cell) for cell in cells if cell), Decimal(0))


def without(rows: Table, others: Table, column: str) -> Table:
    known = {row[column] for row in others}
    return [row for row in rows if row[column] not in known]


def sources_of(value: Any) -> Iterator[tuple[str, int]]:
    """(file, row) of every source that a release names."""
    if isinstance(value, list):
        for item in value:
            yield from sources_of(item)
    elif isinstance(value, dict):
        if value.get("documentType") == "x_source":
            for span in value["description"].removeprefix("rows ").split(", "):
                first, _, last = span.partition("-")
                yield from ((value["title"], row) for row in range(int(first), int(last or first) + 1))
        for item in value.values():
            yield from sources_of(item)


def test_every_row_is_in_a_published_release_or_in_the_report(world: World) -> None:
    everything = {(file, row) for file, rows in world.tables.items() for row in range(2, len(rows) + 2)}
    placed = {source for release in world.releases for source in sources_of(release)}
    reported = [(row["file"], row["row"]) for row in world.report["reported_rows"]]
    assert (len(world.tables), len(everything)) == (FILES, ROWS)
    assert len(set(reported)) == len(reported)
    assert placed.isdisjoint(reported)
    assert placed | set(reported) == everything
    counts = Counter(file for file, _ in placed)
    assert {(each["file"], each["rows"], each["in_releases"], each["reported"]) for each in world.report["files"]} == {
        (file, len(rows), counts[file], len(rows) - counts[file]) for file, rows in world.tables.items()
    }


def test_rows_that_are_not_told_have_the_reason_that_the_files_show(world: World) -> None:
    reported = defaultdict(set)
    for each in world.report["reported_rows"]:
        reported[each["code"]].add((each["file"], each["row"]))
    announced = {row["kd_tender"] for row in world.rows("pengumuman")}

    def rows_where(table: str, holds: Callable[[dict[str, str]], bool]) -> set[tuple[str, int]]:
        return {(f"{table}_2023.csv", number) for number, row in enumerate(world.rows(table), 2) if holds(row)}

    assert reported["no_bidder"] == rows_where("peserta-tender", lambda row: not row["nama_penyedia"])
    assert reported["no_winner"] == rows_where("tender-selesai-nilai", lambda row: not row["nama_penyedia"])
    assert reported["no_contract_yet"] == rows_where(
        "tender-ekontrak-kontrak", lambda row: not row["sppbj_id"] and row["kd_tender"] in announced
    )
    assert reported["unit_without_process"] <= rows_where("master-satker", lambda row: True)
    assert reported.keys() == {"no_bidder", "no_winner", "no_contract_yet", "unit_without_process"}


def expected_money(world: World) -> dict[str, Decimal]:
    """What each stage must hold, from the files: what the announcement does not say counts where another table says it."""
    notices, results = world.rows("pengumuman"), world.rows("tender-selesai-nilai")
    unannounced = without(results, notices, "kd_tender")
    direct, direct_results = world.rows("non-tender-pengumuman"), world.rows("non-tender-selesai")
    assert without(direct_results, direct, "kd_nontender") == []
    bids = {row["kd_peserta"] for row in world.rows("peserta-tender") if row["nilai_penawaran"]}
    return {
        "programme": add_up([row["pagu_program"] for row in world.rows("program-master")]),
        "planned": add_up([row["pagu"] for row in (*notices, *unannounced, *direct, *world.rows("pencatatan-non-tender"))]),
        "tendered": add_up([row["hps"] for row in (*notices, *unannounced, *direct)]),
        "proposed": add_up(
            [row["nilai_penawaran"] for row in world.rows("peserta-tender")]
            + [row["nilai_penawaran"] for row in results if row["psr_id"] not in bids]
            + [row["nilai_penawaran"] for row in direct_results]
        ),
        "awarded": add_up([row["nilai_negosiasi"] for row in (*results, *direct_results)]),
        "contracted": add_up(
            [row["nilai_kontrak"] for row in (*world.rows("tender-ekontrak-kontrak"), *world.rows("non-tender-ekontrak-kontrak"))]
        ),
        "paid": add_up([row["nilai_realisasi"] for row in world.rows("pencatatan-non-tender-realisasi")]),
        "final": add_up([row["total_realisasi"] for row in world.rows("pencatatan-non-tender")]),
    }


def published_money(world: World) -> dict[str, Decimal]:
    """What the published documents hold, by where it stands in them."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for release in world.releases:
        planned = release.get("planning", {}).get("budget", {}).get("amount")
        if planned:
            found["programme" if "-programme-" in release["ocid"] else "planned"] += planned["amount"]
        places = [
            ("tendered", [release.get("tender", {})]),
            ("proposed", release.get("bids", {}).get("details", [])),
            ("awarded", release.get("awards", [])),
            ("contracted", release.get("contracts", [])),
        ]
        for stage, items in places:
            found[stage] += sum(item["value"]["amount"] for item in items if "value" in item)
        for contract in release.get("contracts", []):
            implementation = contract.get("implementation", {})
            found["paid"] += sum(each["value"]["amount"] for each in implementation.get("transactions", []))
            found["final"] += implementation["finalValue"]["amount"] if "finalValue" in implementation else 0
    return dict(found)


def test_the_money_of_every_stage_is_that_of_the_files(world: World) -> None:
    assert published_money(world) == expected_money(world)
    printed = {stage["stage"]: stage for stage in world.report["stages"]}
    for stage, amount in expected_money(world).items():
        assert Decimal(printed[stage]["in_releases"]) == Decimal(printed[stage]["told"]) == amount
        assert Decimal(printed[stage]["difference"]) == printed[stage]["unreadable"] == 0
    assert world.report["adds_up"] is True


def test_the_report_says_what_the_files_hold_column_by_column(world: World) -> None:
    """In the files = in releases + told by another row + reported, from the columns of each stage."""
    columns = {
        "planned": [("pengumuman", "pagu"), ("tender-selesai-nilai", "pagu"), ("non-tender-pengumuman", "pagu"),
                    ("non-tender-selesai", "pagu"), ("pencatatan-non-tender", "pagu"), ("pencatatan-non-tender-realisasi", "pagu")],
        "tendered": [(table, "hps") for table in ("pengumuman", "tender-selesai-nilai", "non-tender-pengumuman", "non-tender-selesai")],
        "proposed": [(table, "nilai_penawaran") for table in ("peserta-tender", "tender-selesai-nilai", "non-tender-selesai")],
        "awarded": [(table, "nilai_negosiasi") for table in ("tender-selesai-nilai", "non-tender-selesai")],
        "contracted": [(table, "nilai_kontrak") for table in (
            "tender-ekontrak-kontrak", "tender-selesai-nilai", "non-tender-ekontrak-kontrak", "non-tender-selesai")],
    }  # fmt: skip
    printed = {stage["stage"]: stage for stage in world.report["stages"]}
    for stage, named in columns.items():
        total = add_up([row[column] for table, column in named for row in world.rows(table)])
        told, repeated, reported = (Decimal(printed[stage][name]) for name in ("in_releases", "repeated", "reported"))
        assert total == Decimal(printed[stage]["in_files"]) == told + repeated + reported, stage
    contracts = {row["kd_tender"] for row in world.rows("tender-ekontrak-kontrak") if row["kontrak_id"]}
    uncontracted = [row["nilai_kontrak"] for row in world.rows("tender-selesai-nilai") if row["kd_tender"] not in contracts]
    assert Decimal(printed["contracted"]["reported"]) == add_up(uncontracted)
    assert len(world.report["reported_amounts"]) == sum(bool(cell) for cell in uncontracted) == 23


def test_the_processes_are_those_of_the_files(world: World) -> None:
    numbers = {
        "tender": {row["kd_tender"] for table in ("pengumuman", "jadwal-tahapan-tender") for row in world.rows(table)},
        "nontender": {row["kd_nontender"] for row in world.rows("jadwal-tahapan-non-tender")},
        "recorded": {row["kd_nontender_pct"] for row in world.rows("pencatatan-non-tender")},
        "programme": {row["kd_program"] for row in world.rows("program-master")},
    }
    ocids = {f"ocds-inaprc-{kind}-{number}" for kind, each in numbers.items() for number in each}
    assert {release["ocid"] for release in world.releases} == ocids
    tags = Counter(release["tag"][0] for release in world.releases)
    versions = [row for row in world.rows("tender-ekontrak-kontrak") if row["kontrak_id"]]
    assert tags["contract"] == sum(row["versi_addendum"] == "0" for row in versions) + len(world.rows("non-tender-ekontrak-kontrak"))
    assert tags["contractAmendment"] == sum(row["versi_addendum"] != "0" for row in versions) == 42
    assert tags["contractTermination"] == 83


def test_joins_that_fail_are_those_of_the_files(world: World) -> None:
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for finding in world.report["findings"]:
        found[finding["code"]] |= {(row["file"], row["row"]) for row in finding["rows"]}
    announced = {row["kd_tender"] for row in world.rows("pengumuman")}
    late = {
        (file, number)
        for file, rows in world.tables.items()
        for number, row in enumerate(rows, 2)
        if "kd_tender" in row and row["kd_tender"] not in announced
    }
    assert {place for place in found["no_announcement"] if "non-tender" not in place[0]} == late
    bidders = {row["kd_peserta"] for row in world.rows("peserta-tender")}
    results = enumerate(world.rows("tender-selesai-nilai"), 2)
    strangers = {("tender-selesai-nilai_2023.csv", at) for at, row in results if row["psr_id"] and row["psr_id"] not in bidders}
    assert found["winner_not_among_bidders"] == strangers
    assert sum(file == "peserta-tender_2023.csv" for file, _ in found["name_without_legal_form"]) == 387
    assert "amounts_differ" not in found


def test_no_official_and_no_plain_register_number_is_published(world: World) -> None:
    """Posts of officials are not told; the numbers of the source are marks of `h` and 16 digits, and pass as they are."""
    posts = {row["jabatan_ppk"] for table in ("tender-ekontrak-kontrak", "non-tender-ekontrak-kontrak") for row in world.rows(table)}
    assert len(posts) > 50
    texts = [text for release in world.releases for text in texts_of(release)]
    assert [text for text in texts if text in posts - {""}] == []
    numbers = {party["identifier"]["id"] for release in world.releases for party in release["parties"] if "identifier" in party}
    assert [number for number in numbers if re.fullmatch("[1-9][0-9]{15}", number)] == []
    assert world.report["redactions"]["persons"] == 0
    assert world.report["unlisted_schemes"].keys() == {"LKPP-KLPD", "KEMENKEU-SATKER", ""}


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_of(item)


def test_a_second_import_adds_nothing(world: World) -> None:
    before = read_state(world.ledger)
    report = run_json("import", "inaproc", world.folder, "--ledger", world.ledger)
    assert report["kinds"] == {"recorded": 0, "unchanged": len(world.releases), "updated": 0, "contradictions": 0, "refused": 0}
    assert {**report, "kinds": {}, "seconds": 0} == {**world.report, "kinds": {}, "seconds": 0}
    assert read_state(world.ledger) == before


def test_it_is_published_and_verified(world: World) -> None:
    assert verify(world.published)["verdict"] == "in order"
    attested = list_attestations(world.published)
    assert len(attested) == len(world.releases) == world.report["kinds"]["recorded"] == 1_392
    assert {each["event"] for each in attested} == {"attested"}
    assert {each["buyer"] for each in attested} == {"LKPP-KLPD-K34"}


def test_a_programmes_budget_is_not_added_to_what_is_planned(world: World) -> None:
    """Totals name it as a stage of its own, and both agree with the import's reconciliation."""
    answer = run_json("totals", "--ledger", world.ledger)
    stages = {stage["stage"]: Decimal(stage["in_releases"]) for stage in world.report["stages"]}
    found = {group["key"]: group["stages"][group["key"]] for group in answer["groups"]}
    assert (
        Decimal(found["budgeted"]["amount"])
        == stages["programme"]
        == sum(Decimal(row["pagu_program"]) for row in world.rows("program-master"))
    )
    assert Decimal(found["planned"]["amount"]) == stages["planned"]
    assert found["budgeted"]["processes"] == answer["missing"]["budgets"] == 194
    assert answer["missing"]["processes"] + 194 == len({release["ocid"] for release in world.releases})
    assert run_json("search", "--state", "planned", "--ledger", world.ledger)["found"] == 0


def test_releases_of_a_process_merge_in_their_order(world: World) -> None:
    dates = defaultdict(list)
    for release in world.releases:
        dates[release["ocid"]].append(release["date"])
    assert [ocid for ocid, found in dates.items() if found != sorted(found)] == []


@pytest.mark.outside
@pytest.mark.parametrize("package", ["record", "release"])
def test_the_export_passes_the_four_gates(world: World, tmp_path: Path, package: str) -> None:
    run("export", "ocds", "--package", package, "--output", tmp_path / "all.json", "--ledger", world.ledger)
    assert run_libcoveocds(tmp_path / "all.json") == {
        "validation_errors": [],
        "additional_closed_codelist_values": [],
        "additional_fields": [],
        "invalid_extension": [],
    }
