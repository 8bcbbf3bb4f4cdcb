"""check-state: a sound database passes with its counts, and every altered row is found by its place."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prasasti.core.tree import decode_bucket, encode_bucket
from prasasti.services.check_state import StateReport, check_state
from prasasti.storage.connection import StorageProblem
from prasasti.storage.ledger_database import LedgerDatabase
from prasasti_verify.hashing import sha256
from tests.lies.world import World

Alter = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database file of a ledger with some history, in one piece."""
    world = World(tmp_path_factory.mktemp("check") / "ledger")
    return world.ledger.path


def check(path: Path) -> StateReport:
    database = LedgerDatabase.open(path, write=False)
    try:
        return check_state(database)
    finally:
        database.close()


def check_altered(sound: Path, folder: Path, alter: Alter) -> str:
    """What is found after an alteration of rows, as one line."""
    path = folder / "altered.sqlite"
    shutil.copy(sound, path)
    connection = sqlite3.connect(path)
    alter(connection)
    connection.commit()
    connection.close()
    difference = check(path).difference
    assert difference is not None
    return str(difference)


def test_a_sound_database_has_no_difference(sound: Path) -> None:
    report = check(sound)
    assert report.difference is None
    assert (report.blocks, report.entries, report.transactions) == (12, 279, 267)
    assert report.tip is not None
    assert report.tip.height == 12
    assert report.records > 40


def run(statement: str, *values: object) -> Alter:
    return lambda connection: connection.execute(statement, values)


def alter_record(connection: sqlite3.Connection, **changes: object) -> None:
    """Alter the first record of some bucket: its key, leaf or value."""
    number, body = connection.execute("SELECT id, body FROM bucket ORDER BY id LIMIT 1").fetchone()
    (key, leaf, value), *rest = decode_bucket(body)
    record = (changes.get("key", key), changes.get("leaf", leaf), changes.get("value", value))
    body = encode_bucket([record, *rest])  # type: ignore[list-item]
    connection.execute("UPDATE bucket SET body = ? WHERE id = ?", (body, number))


def alter_leaves(connection: sqlite3.Connection) -> None:
    """Alter one hash wherever the top tree is kept."""
    for table, column, key in (("journal", "delta", "height"), ("top", "leaves", "chunk")):
        for row, body in connection.execute(f"SELECT {key}, {column} FROM {table}").fetchall():  # noqa: S608
            altered = body[:-1] + bytes((body[-1] ^ 1,)) if body else body
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (altered, row))  # noqa: S608


def alter_ids(connection: sqlite3.Connection) -> None:
    (body,) = connection.execute("SELECT ids FROM block WHERE height = 2").fetchone()
    ids = msgspec.msgpack.decode(body)
    ids[0][1] += 1
    connection.execute("UPDATE block SET ids = ? WHERE height = 2", (msgspec.msgpack.encode(ids),))


def alter_genesis(connection: sqlite3.Connection) -> None:
    """Another ledger's genesis, with its hash: the state is the same, but the envelopes were signed for this one."""
    (body,) = connection.execute("SELECT body FROM genesis").fetchone()
    altered = body.replace(b"ledger.example", b"ledger.elsewhere")
    connection.execute("UPDATE genesis SET body = ?, sha256 = ?", (altered, sha256(altered)))


@pytest.mark.parametrize(
    ("alter", "place"),
    [
        (lambda connection: alter_record(connection, value=b"{}"), "key "),
        (lambda connection: alter_record(connection, leaf=b"\x00" * 32), "key "),
        (lambda connection: alter_record(connection, key="identity/key/elsewhere"), "bucket of key identity/key/elsewhere"),
        (run("DELETE FROM bucket WHERE id = (SELECT max(id) FROM bucket)"), "bucket "),
        (run("UPDATE bucket SET body = x'90' WHERE id = (SELECT min(id) FROM bucket)"), "bucket "),
        (alter_leaves, "bucket "),
        (run("UPDATE block SET state_root = zeroblob(32) WHERE height = 12"), "state root of block 12"),
        (run("INSERT INTO deadline VALUES (1800000000, 'governance:never')"), "deadline table"),
        (
            run("UPDATE log SET entry = CAST(replace(CAST(entry AS TEXT), 'agency-1', 'agency-2') AS BLOB) WHERE position = 1"),
            "entry 1, leaf",
        ),
        (run("UPDATE log SET leaf = zeroblob(32) WHERE position = 9"), "entry 9, leaf"),
        (run("DELETE FROM log WHERE position = 9"), "log table, position"),
        (run("DELETE FROM log WHERE position = 278"), "log table, position"),
        (run("INSERT INTO log VALUES (279, zeroblob(32), x'00')"), "log table"),
        (run("UPDATE block SET app_hash = zeroblob(32) WHERE height = 3"), "row of block 3, app hash"),
        (run("UPDATE block SET app_hash = zeroblob(32) WHERE height = 0"), "row of the genesis block"),
        (run("UPDATE block SET edge = zeroblob(32) WHERE height = 3"), "row of block 3, edge"),
        (run("UPDATE block SET time = time + 1 WHERE height = 3"), "entry 8 against the row of block 3"),
        (run("UPDATE block SET engine_time = 0 WHERE height = 3"), "row of block 3, time"),
        (run("UPDATE block SET first = first + 1 WHERE height = 3"), "log table, position"),
        (run("UPDATE block SET count = count - 1 WHERE height = 12"), "entry 275 against the row of block 12"),
        (run("DELETE FROM block WHERE height = 12"), "state root of block 11"),
        (alter_ids, "ids of block 2"),
        (run("UPDATE position SET position = 400 WHERE position = 5"), "entry 5, row of its position"),
        (run("DELETE FROM position WHERE position = 278"), "entry 278, row of its position"),
        (run("INSERT INTO position VALUES (zeroblob(32), 279)"), "position table"),
        (run("UPDATE action SET name = 'identity.end_key' WHERE position = 5"), "entry 5, row of its action"),
        (run("INSERT INTO action VALUES ('identity.end_key', 279)"), "action table"),
        (alter_genesis, "entry 1, chain"),
        (run("UPDATE genesis SET body = x'00'"), "the row of genesis.json"),
    ],
)
def test_an_altered_row_is_found(sound: Path, tmp_path: Path, alter: Alter, place: str) -> None:
    found = check_altered(sound, tmp_path, alter)
    assert found.startswith(place), found


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_edited_byte_is_found_or_changes_nothing(sound: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Free pages, and leaves of the top tree that newer ones stand in for, hold bytes that nobody reads."""
    original = sound.read_bytes()
    at = data.draw(st.integers(0, len(original) - 1))
    altered = bytearray(original)
    altered[at] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "edited.sqlite"
    path.write_bytes(altered)
    try:
        report = check(path)
    except StorageProblem:
        return
    if report.difference is None:
        assert dump(path) == dump(sound)


def dump(path: Path) -> dict[str, list[object]]:
    """Every row that anything reads, and the top tree as it is read."""
    database = LedgerDatabase.open(path, write=False)
    connection = sqlite3.connect(path)
    try:
        tables = ("bucket", "log", "block", "position", "action", "deadline")
        rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608
        return rows | {"top": [database.load_top(9).root]}
    finally:
        connection.close()
        database.close()
