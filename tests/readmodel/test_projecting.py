"""The read model follows the log: however it comes there, its rows are those of one made from nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.integrations.ocds.canonical import encode_json
from prasasti.readmodel import database
from prasasti.readmodel.database import READ_MODEL_NAME, open_read_model, read_progress
from prasasti.services import projecting
from prasasti.services.projecting import catch_up, rebuild
from tests.core.ledger import ACCEPTED
from tests.integrations.ocds import samples
from tests.readmodel.world import World, dump_folder, make_release, money, party

NAMES = ("CV Bangku Contoh", "Dinas Taman", "PT Jembatan – Utama", "=cmd()", "\u202egnp")
AMOUNTS = (0, 1, 1500.5, -3, 10**20, 0.001, 12345678901234567)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


# -- what a publisher may do ----------------------------------------------------------------------------------------------


def organisations() -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.builds(party, st.integers(1, 4), st.sampled_from(NAMES), st.sampled_from(["buyer", "supplier", "tenderer"]))
    return st.lists(one, max_size=3)


def values() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(money, st.sampled_from(AMOUNTS), st.sampled_from(["IDR", "EUR", "JPY"]))


def references() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda number: {"id": f"party-{number}"}, st.integers(1, 4))


def sections() -> st.SearchStrategy[dict[str, Any]]:
    award = st.fixed_dictionaries(
        {"id": st.sampled_from(["a1", "a2"]), "suppliers": st.lists(references(), max_size=2)},
        optional={"value": values(), "status": st.sampled_from(["active", "cancelled"]), "date": st.just("2025-03-01T00:00:00Z")},
    )
    payment = st.fixed_dictionaries({"id": st.sampled_from(["p1", "p2"])}, optional={"value": values()})
    contract = st.fixed_dictionaries(
        {"id": st.sampled_from(["c1", "c2"]), "awardID": st.sampled_from(["a1", "a2"])},
        optional={
            "value": values(),
            "title": st.sampled_from(NAMES),
            "dateSigned": st.just("2025-04-01T00:00:00+07:00"),
            "implementation": st.fixed_dictionaries({"transactions": st.lists(payment, max_size=2)}),
        },
    )
    return st.fixed_dictionaries(
        {"buyer": references()},
        optional={
            "parties": organisations(),
            "planning": st.fixed_dictionaries({"budget": st.fixed_dictionaries({"amount": values()})}),
            "tender": st.fixed_dictionaries({"id": st.just("t")}, optional={"title": st.sampled_from(NAMES), "value": values()}),
            "awards": st.lists(award, max_size=2),
            "contracts": st.lists(contract, max_size=2),
        },
    )


Act = Callable[[World, list[tuple[str, str]]], None]
PUBLISHERS = st.sampled_from(["publisher-1", "publisher-2"])


def attestations() -> st.SearchStrategy[Act]:
    """A release of few processes and ids, so that updates, contradictions and repetitions come by themselves."""

    def build(told: dict[str, Any], process: int, release: int, date: str, version: int, publisher: str) -> Act:
        made = make_release(process, release, **told, date=date)
        return lambda world, known: known.append((world.attest(made, publisher=publisher, redaction_version=version), publisher))

    dates = st.sampled_from(samples.DATE_TIMES)
    return st.builds(build, sections(), st.integers(1, 3), st.integers(1, 3), dates, st.integers(1, 3), PUBLISHERS)


def odd_documents() -> st.SearchStrategy[Act]:
    """What no importer sends, and a ledger takes: any valid release of the model, and bytes that are no release at all."""

    def build(body: bytes, process: int, release: int) -> Act:
        arguments = {
            "buyer": "", "date": 1_767_225_600, "ocid": f"ocds-abc123-{process}", "publisher": "publisher-1", "redaction_version": 1,
            "release_id": f"release-{release}", "suppliers": [], "tag": ["contract"],
        }  # fmt: skip
        return lambda world, known: known.append((world.attest_bytes(body, **arguments), "publisher-1"))

    bodies = st.one_of(
        samples.releases().map(encode_json),
        st.sampled_from(
            [b"{}", b"[1]", b'{"date":1}', b'{"date":"2026","awards":[{"value":{"amount":"5"}}],"tender":{"title":"\\u0000"}}']
        ),
    )
    return st.builds(build, bodies, st.integers(1, 3), st.integers(1, 3))


def withholdings() -> st.SearchStrategy[Act]:
    def build(number: int) -> Act:
        def act(world: World, known: list[tuple[str, str]]) -> None:
            if known:
                world.withhold(*known[number % len(known)])

        return act

    return st.builds(build, st.integers(0, 20))


def others() -> st.SearchStrategy[Act]:
    return st.just(lambda world, known: world.do_something_else())


def catching_up() -> st.SearchStrategy[Act]:
    def build(entries: int, processes: int) -> Act:
        return lambda world, known: world.catch_up(chunk_entries=entries, chunk_processes=processes)

    return st.builds(build, st.integers(1, 7), st.integers(1, 3))


ACTS = st.lists(
    st.one_of(attestations(), attestations(), attestations(), odd_documents(), withholdings(), others(), catching_up()), max_size=14
)


def list_state(world: World) -> set[tuple[str, str, int]]:
    """(role, party, number) of every item of a buyer's or supplier's list in the state."""
    keys = (key.split("/") for key in world.ledger.records())
    items = (key for key in keys if key[0] == "procurement" and key[1] in ("buyer", "supplier") and key[3] != "count")
    return {(role, party.rpartition(":")[0], int(number)) for _, role, party, number in items}


def catch_up_slowly(world: World, _: list[tuple[str, str]]) -> None:
    world.catch_up(chunk_entries=2, chunk_processes=1)


@settings(max_examples=60)
@given(acts=ACTS)
def test_rebuilt_equals_incremental_at_every_height(acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "ledger"
        folder.mkdir()
        world, known, numbers = World(folder), list[tuple[str, str]](), count()
        try:
            for act in [*acts, catch_up_slowly]:
                size = world.ledger.database.size()
                act(world, known)
                if world.ledger.database.size() == size:  # it caught up, or nothing was recorded
                    world.catch_up()
                    told = world.dump()
                    assert told == world.dump_anew(Path(scratch) / f"anew-{next(numbers)}")
                    assert {row[:3]: row[3] for row in told["listings"]}.keys() == list_state(world)
        finally:
            world.close()


# -- crashes, other ledgers, damage ---------------------------------------------------------------------------------------


def record_some(world: World) -> None:
    for process in range(1, 4):
        for release in range(1, 3):
            tender = {"id": "t", "title": f"Taman {process}", "value": money(release * 100)}
            world.attest(make_release(process, release, tender=tender, buyer={"id": "b"}, parties=[party(1, "Dinas", "buyer")]))


class Crash(Exception):
    """Stands for a process that ends here."""


@pytest.mark.parametrize("statement", range(1, 31, 3))
def test_a_crash_inside_leaves_the_previous_progress(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, statement: int) -> None:
    record_some(world)
    world.catch_up()
    before = world.dump()
    record_some_more(world)
    calls = count(1)

    def insert_or_crash(*arguments: Any) -> None:
        if next(calls) == statement:
            raise Crash
        database.insert_rows(*arguments)

    monkeypatch.setattr(projecting, "insert_rows", insert_or_crash)
    with pytest.raises(Crash):
        world.catch_up(chunk_entries=1, chunk_processes=1)
    monkeypatch.undo()
    crashed = world.dump()
    assert crashed["progress"] >= before["progress"]
    assert crashed["progress"][0][2] <= world.ledger.database.size()
    if statement == 1:
        assert crashed == before
    world.catch_up()
    assert world.dump() == world.dump_anew(tmp_path / "anew")


def record_some_more(world: World) -> None:
    for process in range(2, 5):
        world.attest(make_release(process, 7, contracts=[{"id": "c", "awardID": "a", "value": money(3)}]))


def test_progress_is_reported_to_its_end(world: World) -> None:
    record_some(world)
    seen: list[tuple[int, int]] = []
    model = open_read_model(world.folder)
    catch_up(world.opened, model, lambda done, total: seen.append((done, total)), chunk_entries=3, chunk_processes=2)
    model.close()
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_model_of_another_log_is_made_anew(world: World, tmp_path: Path) -> None:
    """The ledger was restored from an older copy, and went on otherwise."""
    (tmp_path / "older").mkdir()
    older = World(tmp_path / "older")
    older.attest(make_release(9, 9, tender={"id": "t", "title": "Lain"}))
    record_some(world)
    world.catch_up()
    (world.folder / READ_MODEL_NAME).replace(older.folder / READ_MODEL_NAME)
    older.catch_up()
    assert older.dump() == older.dump_anew(tmp_path / "anew")
    older.close()


@pytest.mark.parametrize("damage", [b"no database at all, but long enough to be one" * 100, b""])
def test_a_damaged_file_is_made_anew(world: World, tmp_path: Path, damage: bytes) -> None:
    record_some(world)
    world.catch_up()
    expected = world.dump()
    for suffix in ("", "-wal", "-shm"):
        (world.folder / f"{READ_MODEL_NAME}{suffix}").unlink(missing_ok=True)
    (world.folder / READ_MODEL_NAME).write_bytes(damage)
    world.catch_up()
    assert world.dump() == expected


def test_another_version_is_made_anew(world: World) -> None:
    record_some(world)
    world.catch_up()
    expected = world.dump()
    model = open_read_model(world.folder)
    with model.writing() as connection:
        connection.exec_driver_sql("UPDATE progress SET version = 'older'")
        connection.exec_driver_sql("CREATE TABLE relic (a)")
        connection.exec_driver_sql("DELETE FROM parties")
    model.close()
    world.catch_up()
    assert world.dump() == expected


def test_rebuilding_makes_altered_rows_good(world: World) -> None:
    record_some(world)
    world.catch_up()
    expected = world.dump()
    model = open_read_model(world.folder)
    with model.writing() as connection:
        connection.exec_driver_sql("UPDATE processes SET title = 'Palsu'")
        connection.exec_driver_sql("DELETE FROM words")
    model.close()
    assert world.dump() != expected
    assert rebuild(world.opened) == 3
    assert world.dump() == expected


def test_readers_see_whole_states_while_it_grows(world: World) -> None:
    record_some(world)
    world.catch_up()
    reader = open_read_model(world.folder)
    with reader.reading() as connection:
        told = read_progress(connection).size
        record_some_more(world)
        world.catch_up()
        assert read_progress(connection).size == told
    with reader.reading() as connection:
        assert read_progress(connection).size == world.ledger.database.size()
    reader.close()


def test_two_that_catch_up_in_turn_make_one_model(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two chunks of one command, another does the rest."""
    record_some(world)
    tell_chunk = projecting._tell_chunk

    def tell_and_let_another(*arguments: Any) -> int:
        told = tell_chunk(*arguments)
        monkeypatch.undo()
        arguments[1].exec_driver_sql("COMMIT")
        world.catch_up()
        arguments[1].exec_driver_sql("BEGIN IMMEDIATE")
        return told

    monkeypatch.setattr(projecting, "_tell_chunk", tell_and_let_another)
    world.catch_up(chunk_entries=2)
    assert world.dump() == world.dump_anew(tmp_path / "anew")


# -- what the rows say ----------------------------------------------------------------------------------------------------


def test_withheld_words_are_found_no_more(world: World) -> None:
    secret = world.attest(make_release(1, 1, tender={"id": "t", "title": "Rahasia Besar"}))
    world.attest(make_release(1, 2, buyer={"id": "b", "name": "Dinas Taman"}))
    world.catch_up()
    assert "rahasia" in str(world.dump()["words"])
    assert world.withhold(secret) == ACCEPTED
    world.catch_up()
    found = world.dump()
    assert "rahasia" not in str(found).lower()
    assert "dinas taman" in str(found["words"])
    assert dump_folder(world.folder)["processes"][0][11] == 1  # unreadable


def test_a_damaged_document_counts_as_missing(world: World) -> None:
    world.attest(make_release(1, 1, tender={"id": "t", "title": "Taman"}))
    world.documents._connection.execute("UPDATE document SET body = x'7b7d'")
    world.catch_up()
    (row,) = world.dump()["processes"]
    assert row[1] == ""
    assert row[11] == 1
