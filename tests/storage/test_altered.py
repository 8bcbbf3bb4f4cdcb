"""One edited byte: what does not match its hash is never answered from, halts what touches it, and is named."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from prasasti.bootstrap import open_for_reading
from prasasti.contracts import index_by_table
from prasasti.core.encoding import EncodingProblem
from prasasti.core.tree import StateMismatch, decode_bucket, encode_bucket
from prasasti.core.types import Bug
from prasasti.engines.application import Application
from prasasti.engines.embedded import EngineHalted
from prasasti.services.check_state import check_state
from prasasti.storage.connection import StorageProblem
from prasasti.storage.ledger_database import DATABASE_NAME, LedgerDatabase
from prasasti_verify.hashing import bucket_of
from tests.core.rehearsal import ThingRecord, thing_key
from tests.engines.world import (
    WITH_REHEARSAL,
    Envelopes,
    HandClocks,
    expect_receipt,
    found,
    open_database,
    open_ledger,
    read_tables,
)

CLEAR = (StateMismatch, StorageProblem, Bug, EncodingProblem)
BITS = 9


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of a dozen blocks with records, a refusal, deadlines, chunks and a journal."""
    folder = found(tmp_path_factory.mktemp("made") / "ledger", bucket_bits=BITS)
    clocks = HandClocks()
    with open_ledger(folder, clocks) as ledger:
        make = Envelopes(ledger)
        ledger.submit([make.schedule((ledger.now() + 90_000, "later"), (ledger.now() + 99_000, "last"))])
        for number in range(11):
            clocks.pass_seconds(10)
            ledger.submit([make.put(f"key-{number}-{each}", "text") for each in range(20)] + [make.put("no", "refuse")])
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "ledger"))


def flip(data: bytes, at: int = -1) -> bytes:
    """One bit changed."""
    altered = bytearray(data)
    altered[at] ^= 1
    return bytes(altered)


def flip_leaves(delta: bytes) -> bytes:
    """A journal row with one bit changed in each of its leaves."""
    altered = bytearray(delta)
    for at in range(35, len(delta), 36):
        altered[at] ^= 1
    return bytes(altered)


@contextmanager
def edit(folder: Path) -> Iterator[Any]:
    """The database as somebody with the file has it."""
    with open_database(folder) as database:
        connection = database._connection
        connection.create_function("flipped", 1, flip)
        connection.create_function("flipped_leaves", 1, flip_leaves)
        yield connection


def edit_record(folder: Path, key: str, part: str) -> None:
    """Alter a record in its bucket: its key, its leaf, or its value."""
    number = bucket_of(key, BITS)
    with edit(folder) as connection:
        ((body,),) = connection.execute("SELECT body FROM bucket WHERE id = ?", (number,)).fetchall()
        records = [_edit(record, part) if record[0] == key else record for record in decode_bucket(body)]
        connection.execute("UPDATE bucket SET body = ? WHERE id = ?", (encode_bucket(records), number))


def _edit(record: tuple[str, bytes, bytes], part: str) -> tuple[str, bytes, bytes]:
    key, leaf, value = record
    return {"key": (key[:-1] + "?", leaf, value), "leaf": (key, flip(leaf), value), "value": (key, leaf, flip(value, 9))}[part]


def open_altered(folder: Path) -> Any:
    return open_ledger(folder, HandClocks())


def find_difference(folder: Path) -> str:
    """Where check-state finds the first difference."""
    with closing(LedgerDatabase.open(folder / DATABASE_NAME, write=False)) as database:
        difference = check_state(database).difference
    assert difference is not None
    return difference.place


each_part = pytest.mark.parametrize("part", ["key", "leaf", "value"])


@each_part
def test_a_write_that_touches_an_edited_record_halts(folder: Path, part: str) -> None:
    """With its key; the block is not sealed, the file stays as it was, and no later start gets past it."""
    key = thing_key("key-3-1")
    edit_record(folder, key, part)
    before = read_tables(folder)
    for _ in range(2):
        with open_altered(folder) as ledger:
            with pytest.raises(EngineHalted, match=key[:-1]) as caught:
                ledger.submit([Envelopes(ledger).put("key-3-1", "other")])
            assert isinstance(caught.value.fault, StateMismatch)
    assert read_tables(folder) == before
    assert key[:-1] in find_difference(folder) or "bucket" in find_difference(folder)


@each_part
def test_a_read_of_an_edited_record_halts_the_node(folder: Path, part: str) -> None:
    """Whoever asks gets the mismatch and no answer; the engine seals nothing more on such a state."""
    edit_record(folder, thing_key("key-3-1"), part)
    with open_altered(folder) as ledger:
        envelope = Envelopes(ledger).put("elsewhere")
        with pytest.raises(StateMismatch, match=thing_key("key-3-")):
            ledger.state.get(thing_key("key-3-1"), ThingRecord)
        with pytest.raises(EngineHalted, match=thing_key("key-3-")):
            ledger.submit([envelope])
    with open_for_reading(folder, WITH_REHEARSAL) as ledger, pytest.raises(StateMismatch, match=thing_key("key-3-")):
        ledger.state.get(thing_key("key-3-1"), ThingRecord)


def test_what_is_not_touched_goes_on(folder: Path) -> None:
    """An edited record halts who touches it, not who doesn't: a start must not read all records. check-state does."""
    edit_record(folder, thing_key("key-3-1"), "value")
    with open_altered(folder) as ledger:
        expect_receipt(ledger.submit([Envelopes(ledger).put("elsewhere")])[0])
        assert ledger.state.get(thing_key("key-4-1"), ThingRecord) == ThingRecord("text")
    assert thing_key("key-3-1") in find_difference(folder)


AT_START = {
    "a top chunk": "UPDATE top SET leaves = flipped(leaves) WHERE height = (SELECT max(height) FROM top)",
    "a top chunk's height": "UPDATE top SET height = 1000",
    "the journal": "UPDATE journal SET delta = flipped_leaves(delta) WHERE height = (SELECT max(height) FROM journal)",
    "a leaf of the newest block": "UPDATE log SET leaf = flipped(leaf) WHERE position = (SELECT max(position) FROM log)",
    "the newest entry": "UPDATE log SET entry = flipped(entry) WHERE position = (SELECT max(position) FROM log)",
    "the newest block's entry": "UPDATE log SET entry = flipped(entry) WHERE position = (SELECT max(first) FROM block)",
    "the newest entry's position": "UPDATE log SET position = position + 1 WHERE position = (SELECT max(position) FROM log)",
    "the newest entry, gone": "DELETE FROM log WHERE position = (SELECT max(position) FROM log)",
    "an entry too many": "INSERT INTO log SELECT max(position) + 1, leaf, entry FROM log",
    "the newest block, gone": "DELETE FROM block WHERE height = (SELECT max(height) FROM block)",
    "the block before it, gone": "DELETE FROM block WHERE height = (SELECT max(height) - 1 FROM block)",
    "all blocks, gone": "DELETE FROM block",
    "the newest block's height": "UPDATE block SET height = height + 1 WHERE height = (SELECT max(height) FROM block)",
    "the newest block's time": "UPDATE block SET time = time + 1 WHERE height = (SELECT max(height) FROM block)",
    "the newest block's engine time": "UPDATE block SET engine_time = time + 1 WHERE height = (SELECT max(height) FROM block)",
    "the newest block's first entry": "UPDATE block SET first = first + 1 WHERE height = (SELECT max(height) FROM block)",
    "the newest block's count": "UPDATE block SET count = count - 1 WHERE height = (SELECT max(height) FROM block)",
    "the newest block's count, none": "UPDATE block SET count = 0 WHERE height = (SELECT max(height) FROM block)",
    "the newest block's app hash": "UPDATE block SET app_hash = flipped(app_hash) WHERE height = (SELECT max(height) FROM block)",
    "the newest block's state root": "UPDATE block SET state_root = flipped(state_root) WHERE height = (SELECT max(height) FROM block)",
    "the newest block's edge": "UPDATE block SET edge = flipped(edge) WHERE height = (SELECT max(height) FROM block)",
    "the newest block's edge, another type": "UPDATE block SET edge = 1 WHERE height = (SELECT max(height) FROM block)",
    "the newest block's ids": "UPDATE block SET ids = substr(ids, 1, 20) WHERE height = (SELECT max(height) FROM block)",
    "genesis": "UPDATE genesis SET body = replace(body, 'ledger.example', 'ledgex.example')",
    "the hash of genesis": "UPDATE genesis SET sha256 = flipped(sha256)",
    "genesis, gone": "DELETE FROM genesis",
}


@pytest.mark.parametrize("name", AT_START)
def test_a_start_finds_what_the_next_block_stands_on(folder: Path, name: str) -> None:
    """The newest block's row, its entries, the top tree, genesis: nothing is opened for writing, nothing is written."""
    with edit(folder) as connection:
        connection.execute(AT_START[name])
    before = read_tables(folder)
    with pytest.raises((StateMismatch, Bug)), open_altered(folder):
        pass
    assert read_tables(folder) == before


ON_CHECK = {
    "an old leaf": "UPDATE log SET leaf = flipped(leaf) WHERE position = 5",
    "an old entry": "UPDATE log SET entry = flipped(entry) WHERE position = 5",
    "an old block's app hash": "UPDATE block SET app_hash = flipped(app_hash) WHERE height = 5",
    "an old block's ids": "UPDATE block SET ids = flipped(ids) WHERE height = 5",
    "a place in the index of ids": "UPDATE position SET position = position + 1 WHERE position = (SELECT max(position) FROM position)",
    "an id in the index": "UPDATE position SET id = flipped(id) WHERE position = 5",
    "a place in the index of actions": "UPDATE action SET position = 1000 WHERE position = (SELECT max(position) FROM action)",
    "a deadline": "UPDATE deadline SET time = time + 1 WHERE key = 'rehearsal:later'",
    "a deadline, gone": "DELETE FROM deadline WHERE key = 'rehearsal:later'",
    "a deadline too many": "INSERT INTO deadline VALUES (1, 'rehearsal:nothing')",
}


@pytest.mark.parametrize("name", ON_CHECK)
def test_check_state_finds_what_a_start_does_not_read(folder: Path, name: str) -> None:
    with edit(folder) as connection:
        connection.execute(ON_CHECK[name])
    assert find_difference(folder)


@pytest.mark.parametrize("key", ["rehearsal:later", "rehearsal:another", "nobody:later"])
def test_a_deadline_that_no_record_bears_out_halts(folder: Path, key: str) -> None:
    """The table that finds deadlines is no part of the state: a row of its own makes nothing run."""
    with edit(folder) as connection:
        connection.execute("UPDATE deadline SET time = 1, key = ? WHERE key = 'rehearsal:later'", (key,))
    before = read_tables(folder)
    with pytest.raises(Bug), open_altered(folder):
        pass
    assert read_tables(folder) == before


@pytest.mark.parametrize("change", ["next = 2", "next = -1", "lap_height = 1000", "next = 'x'"])
def test_an_edited_cursor_halts_before_it_prunes(folder: Path, change: str) -> None:
    """It says which chunk comes next and which journal rows are needless: a wrong one would lose leaves."""
    with edit(folder) as connection:
        connection.execute(f"UPDATE cursor SET {change}")  # noqa: S608
    before = read_tables(folder)
    with open_altered(folder) as ledger, pytest.raises(EngineHalted):
        ledger.submit([Envelopes(ledger).put("elsewhere")])
    assert read_tables(folder) == before


def test_any_byte_of_the_file(made: Path, tmp_path: Path) -> None:
    """Some hundred places at random: reading gives what was there or a clear error, and check-state finds what it changed.

    Left over are pages that hold nothing, and what a newer row of the top tree supersedes.
    """
    choose = random.Random(8)
    data = (made / DATABASE_NAME).read_bytes()
    whole = read_tables(made)
    records = {key: value for _, body in whole["bucket"] for key, _, value in decode_bucket(body)}
    path = tmp_path / DATABASE_NAME
    kinds = {"unchanged": 0, "found": 0, "superseded": 0}
    for _ in range(250):
        altered = bytearray(data)
        altered[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
        path.write_bytes(altered)
        kinds[judge(path, records, whole)] += 1
    assert kinds["found"] > 100
    assert kinds["superseded"] < 20


def judge(path: Path, records: dict[str, bytes], whole: dict[str, Any]) -> str:
    """What became of an alteration; AssertionError where it goes unseen or makes another error than a clear one."""
    try:
        with closing(LedgerDatabase.open(path, write=False)) as database:
            is_found = check_state(database).difference is not None
            read_all(database, records)
    except CLEAR:
        return "found"
    if is_found:
        return "found"
    differing = {name for name, rows in read_tables(path.parent).items() if rows != whole[name]}
    assert differing <= {"journal", "top"}, differing
    return "superseded" if differing else "unchanged"


def read_all(database: LedgerDatabase, records: dict[str, bytes]) -> None:
    """Every record, as a node reads it."""
    application = Application(database, index_by_table(WITH_REHEARSAL), lambda _transaction, _view: None)
    for key, value in records.items():
        assert application.query(key) == value
