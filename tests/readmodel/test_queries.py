"""Questions to the tables: which processes, in which order, sums to the last unit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from prasasti.readmodel import queries
from prasasti.readmodel.database import ReadModel, empty, insert_rows, insert_texts, open_read_model
from prasasti.readmodel.full_text import TextQuery, TextRow
from prasasti.readmodel.money import read_minor
from prasasti.readmodel.queries import Conditions
from prasasti.readmodel.rows import (
    SEVERAL,
    AmountRow,
    ContractRow,
    ListingRow,
    ListSizeRow,
    PartyRow,
    ProcessKeyRow,
    ProcessRow,
    ReleaseRow,
)
from prasasti.readmodel.tables import ROW_TABLES
from prasasti.readmodel.words import join_stems, join_words


def test_rows_have_the_fields_of_their_tables() -> None:
    for kind, table in ROW_TABLES.items():
        assert kind._fields == tuple(table.c.keys())


NAMES = ("ID-9", "CV Satu")


def make_process(number: int, **changes: Any) -> ProcessRow:
    row = ProcessRow(
        number, f"Taman {number}", "", "ID-1", "Dinas Taman", "open", "", 2023, "contracted", 1, 0, 0, 100, 100, number, "contracted",
        str(number), number * 100, "IDR",
    )  # fmt: skip
    return row._replace(**changes)


def make_amount(process: int, stage: str, token: str, supplier: str = "s", currency: str = "IDR", is_counted: int = 1) -> AmountRow:
    text, minor, is_exact = read_minor(token, currency)
    return AmountRow(process, stage, supplier, currency, is_counted, 1, text, minor, int(is_exact))


def fill(connection: Connection, processes: list[ProcessRow], *others: list[Any]) -> None:
    insert_rows(connection, [ProcessKeyRow(row.process, "p1" if row.process % 5 else "p2", f"ocds-{row.process}") for row in processes])
    insert_rows(connection, processes)
    texts = [
        TextRow(row.process, join_stems(f"{row.title} {row.description}"), join_words(row.buyer_name), f"cv {row.process}", "")
        for row in processes
    ]
    insert_texts(connection, texts)
    for rows in others:
        insert_rows(connection, rows)


@pytest.fixture
def model(tmp_path: Path) -> Iterator[ReadModel]:
    """Ten processes; each third has another buyer, each fourth another year; the tenth is worth most and stands in euros."""
    made = open_read_model(tmp_path)
    processes = [
        make_process(
            number,
            year=2022 if number % 4 == 0 else 2023,
            buyer="ID-2" if number % 3 == 0 else "ID-1",
            state="paid" if number > 8 else "contracted",
            value_currency="EUR" if number == 10 else "IDR",
        )
        for number in range(1, 11)
    ]
    processes[6] = processes[6]._replace(value_minor=None, value_amount="", value_stage="")
    listed = [ListingRow("buyer", "ID-2", index, number) for index, number in enumerate((3, 6, 9))]
    listed += [ListingRow("supplier", "ID-9", 0, 5), ListingRow("buyer", "ID-9", 0, 6)]
    sizes = [ListSizeRow("buyer", "ID-2", 3), ListSizeRow("supplier", "ID-9", 1), ListSizeRow("buyer", "ID-9", 1)]
    contracts = [
        ContractRow(
            number, "c", "a", "", "active", "", "1", str(value), value * 100, "IDR", str(rise), rise * 100 if rise > 0 else None, 0, *NAMES
        )
        for number, value, rise in ((1, 50, 1), (2, 70, 30), (3, 60, 20), (4, 90, -10))
    ]
    releases = [
        ReleaseRow(number, number, "p1", number, "r", "new", number * 10, 0, "contract", "ID-1", bytes(32)) for number in range(1, 11)
    ]
    parties = [
        PartyRow(5, "supplier", "ID-9", "CV Lama", 5),
        PartyRow(6, "buyer", "ID-9", "CV Baru", 6),
        PartyRow(7, "buyer", "", "Tanpa", 7),
    ]
    with made.writing() as connection:
        fill(connection, processes, listed, sizes, contracts, releases, parties)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        (Conditions(), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (Conditions(year=2022), [8, 4]),
        (Conditions(buyer="ID-2"), [9, 6, 3]),
        (Conditions(supplier="ID-9"), [5]),
        (Conditions(buyer="ID-2", supplier="ID-9"), []),
        (Conditions(publisher="p2"), [10, 5]),
        (Conditions(ocid="ocds-4"), [4]),
        (Conditions(state="paid"), [10, 9]),
        (Conditions(method="direct"), []),
        (Conditions(currency="EUR"), [10]),
        (Conditions(currency="IDR", min_minor=300, max_minor=500), [5, 4, 3]),
        (Conditions(dated_since=80, dated_until=100), [9, 8]),
        (Conditions(only_risen=True), [3, 2, 1]),
        (Conditions(TextQuery("taman 7")), [7]),
        (Conditions(TextQuery("taman"), year=2022), [8, 4]),
        (Conditions(TextQuery("taman", supplier="3")), [3]),
        (Conditions(TextQuery("kebun")), []),
    ],
)
def test_conditions(model: ReadModel, conditions: Conditions, found: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    with model.reading() as connection:
        hits = queries.search(connection, conditions, "newest", 100)
        assert [row.process for row in hits.rows] == found
        assert hits.total == len(found) == queries.count_processes(connection, conditions, 100)
        assert [process for page in queries.iterate_pages(connection, conditions) for process in page] == found[::-1]
        # The same where there are too many hits to look at each.
        monkeypatch.setattr(queries, "MANY", 0)
        monkeypatch.setattr(queries, "PAGE", 2)
        many = queries.search(connection, conditions, "relevance", 3)
        assert [row.process for row in many.rows] == found[:3]
        assert many.total == min(len(found), 1)
        assert [process for page in queries.iterate_pages(connection, conditions) for process in page] == found[::-1]


def test_orders(model: ReadModel) -> None:
    with model.reading() as connection:
        by_value = queries.search(connection, Conditions(currency="IDR"), "value", 3)
        assert ([row.process for row in by_value.rows], by_value.total) == ([9, 8, 6], 9)
        words = Conditions(TextQuery("taman"), currency="IDR")
        assert [row.process for row in queries.search(connection, words, "value", 3).rows] == [9, 8, 6]
        assert queries.search(connection, Conditions(TextQuery("taman 3")), "relevance", 3).sort == "relevance"
        assert queries.search(connection, Conditions(), "relevance", 3).sort == "newest"
        assert queries.list_currencies(connection) == ["EUR", "IDR"]


@pytest.mark.parametrize(
    ("sort", "found"), [("price-rise", [2, 3, 1]), ("value", [2, 3, 1]), ("newest", [3, 2, 1]), ("relevance", [3, 2, 1])]
)
def test_contracts_whose_price_rose(model: ReadModel, sort: Any, found: list[int]) -> None:
    with model.reading() as connection:
        hits = queries.search_contracts(connection, Conditions(), sort, 10)
        assert [row.process for row in hits.rows] == found
        assert hits.total == 3
        assert queries.search_contracts(connection, Conditions(TextQuery("taman 2"), currency="IDR"), sort, 10).total == 1
        assert queries.search_contracts(connection, Conditions(currency="EUR"), sort, 10).total == 0


def test_parties(model: ReadModel) -> None:
    with model.reading() as connection:
        assert queries.count_list(connection, "buyer", "ID-2") == 3
        assert queries.count_list(connection, "supplier", "ID-2") == 0
        assert queries.name_party(connection, "ID-9") == "CV Baru"
        assert queries.name_party(connection, "ID-404") == ""
        assert [tuple(row) for row in queries.list_names(connection, "ID-9")] == [("CV Baru", 1, 6), ("CV Lama", 1, 5)]
        assert [row.process for row in queries.list_processes(connection, "buyer", "ID-2")] == [3, 6, 9]
        assert queries.list_suppliers(connection, [5, 6]) == {5: ["CV Lama"]}
        assert queries.list_process_parties(connection, 5, "supplier") == ["ID-9"]


def test_parties_are_found_by_words_of_their_names(tmp_path: Path) -> None:
    model = open_read_model(tmp_path)
    with model.writing() as connection:
        insert_texts(connection, [TextRow(1, "", "dinas taman kota", "cv satu", ""), TextRow(2, "", "dinas taman desa", "", "")])
        insert_rows(connection, [PartyRow(1, "buyer", "K", "Dinas Taman Kota", 1), PartyRow(2, "buyer", "D", "Dinas Taman (Desa)", 2)])
        insert_rows(connection, [ListSizeRow("buyer", "K", 1), ListSizeRow("buyer", "D", 2)])
    with model.reading() as connection:
        assert [found.party for found in queries.find_parties(connection, "buyer", "taman", 9)] == ["D", "K"]
        assert queries.find_parties(connection, "buyer", "kota TAMAN", 9) == [queries.NamedParty("K", "Dinas Taman Kota", 1)]
        assert queries.find_parties(connection, "supplier", "taman", 9) == []
        assert queries.find_parties(connection, "buyer", "()", 9) == []
    model.close()


TOKENS = ("1", "0.005", "-7.25", "92233720368547758.07", "9" * 40, "1e-30", "-92233720368547758")


@given(
    told=st.lists(
        st.tuples(
            st.integers(1, 4), st.sampled_from(queries.STAGES), st.sampled_from(TOKENS), st.sampled_from(["s1", "", SEVERAL]),
            st.sampled_from(["IDR", "JPY", ""]), st.integers(0, 1),
        ),
        max_size=25,
    ),
    grouping=st.sampled_from(queries.GROUPINGS),
)  # fmt: skip
def test_sums_are_those_of_the_amounts(tmp_path_factory: pytest.TempPathFactory, told: list[tuple[Any, ...]], grouping: Any) -> None:
    """Against sums of fractions by plain Python, whatever is grouped by."""
    folder = tmp_path_factory.getbasetemp() / "sums"
    folder.mkdir(exist_ok=True)
    model = open_read_model(folder)
    empty(model)
    processes = [
        make_process(number, buyer=f"b{number % 2}", year=2020 + number % 3, method="open" if number > 1 else "") for number in range(1, 5)
    ]
    rows = [make_amount(*each) for each in told]
    with model.writing() as connection:
        fill(connection, processes, rows)
        groups = queries.add_totals(connection, Conditions(), grouping)
        shortfall = queries.find_shortfall(connection, Conditions())
    model.close()
    expected: dict[tuple[str, str, int, str], list[AmountRow]] = {}
    for row in rows:
        process = processes[row.process - 1]
        key = getattr(row if grouping in ("supplier", "stage") else process, grouping)
        expected.setdefault((str(key), row.currency, row.is_counted, row.stage), []).append(row)
    found = {
        (group.key, group.currency, is_counted, stage): (Fraction(total.amount), total.times, total.processes)
        for group in groups
        for is_counted, stages in ((1, group.stages), (0, group.cancelled))
        for stage, total in stages.items()
    }
    assert found == {
        key: (sum(Fraction(Decimal(row.amount)) for row in each), len(each), len({row.process for row in each}))
        for key, each in expected.items()
    }
    assert shortfall.processes == 4
    assert shortfall.without_amount == 4 - len({row.process for row in rows})
    for stage in queries.STAGES[1:]:
        assert shortfall.without_stage[stage] == 4 - len({row.process for row in rows if row.stage == stage and row.is_counted})


def test_a_group_without_money_is_a_group(tmp_path: Path) -> None:
    model = open_read_model(tmp_path)
    with model.writing() as connection:
        fill(connection, [make_process(1, buyer="rich"), make_process(2, buyer="poor")], [make_amount(1, "paid", "5")])
        groups = {group.key: group for group in queries.add_totals(connection, Conditions(), "buyer")}
        assert groups["poor"] == queries.GroupTotal("poor", "", 1, {}, {})
        assert groups["rich"].stages["paid"] == queries.StageTotal(Decimal("5.00"), 1, 1)
        assert [group.processes for group in queries.add_totals(connection, Conditions(buyer="nobody"), "stage")] == [0] * len(
            queries.STAGES
        )
    model.close()


def test_a_budget_alone_is_no_purchase_that_lacks_something(tmp_path: Path) -> None:
    model = open_read_model(tmp_path)
    with model.writing() as connection:
        planned, budget = make_process(1), make_process(2, state="budgeted")
        fill(connection, [planned, budget], [make_amount(1, "planned", "5"), make_amount(2, "budgeted", "700")])
        found = queries.find_shortfall(connection, Conditions())
        assert (found.processes, found.budgets, found.without_amount) == (1, 1, 0)
        assert found.without_stage == {"planned": 0, "tendered": 1, "awarded": 1, "contracted": 1, "paid": 1}
        sums = {
            group.key: group.stages[group.key].amount for group in queries.add_totals(connection, Conditions(), "stage") if group.stages
        }
        assert sums == {"planned": 5, "budgeted": 700}
    model.close()
