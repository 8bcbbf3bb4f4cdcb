"""The ledger's database: state buckets, top tree, log, blocks, deadlines, in one SQLite file.

Owns rows and their one commit a block; a crash leaves a block done or not begun. Checks no hash: what reads through
``core.tree`` does. The top tree lies in chunks that blocks rewrite in rotation, with a journal of the changes since:
a start reads chunks and journal, never the records.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from prasasti.core.state import Tip
from prasasti.core.transition import BlockResult, UsedId
from prasasti.core.tree import HASH_BYTES, Records, TopTree, encode_bucket
from prasasti.storage.connection import StorageProblem, create_database, open_database

CHUNK_LEAVES = 256
DATABASE_NAME = "ledger.sqlite"
SCHEMA_VERSION = 1

SCHEMA = f"""
CREATE TABLE genesis(id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL);
CREATE TABLE bucket(id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE log(position INTEGER PRIMARY KEY, leaf BLOB NOT NULL, entry BLOB NOT NULL);
CREATE TABLE block(height INTEGER PRIMARY KEY, time INTEGER NOT NULL, engine_time INTEGER NOT NULL, first INTEGER NOT NULL,
  count INTEGER NOT NULL, app_hash BLOB NOT NULL, state_root BLOB NOT NULL, edge BLOB NOT NULL, ids BLOB NOT NULL);
CREATE INDEX block_by_time ON block(time);
CREATE INDEX block_by_first ON block(first);
CREATE TABLE position(id BLOB PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE action(name TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY(name, position)) WITHOUT ROWID;
CREATE TABLE top(chunk INTEGER PRIMARY KEY, height INTEGER NOT NULL, leaves BLOB NOT NULL);
CREATE TABLE journal(height INTEGER PRIMARY KEY, delta BLOB NOT NULL);
CREATE TABLE cursor(id INTEGER PRIMARY KEY CHECK (id = 1), next INTEGER NOT NULL, lap_height INTEGER NOT NULL);
CREATE TABLE deadline(time INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY(time, key)) WITHOUT ROWID;
CREATE TABLE note(name TEXT PRIMARY KEY, value TEXT NOT NULL);
PRAGMA user_version={SCHEMA_VERSION};
"""

_ids_decoder: msgspec.msgpack.Decoder[list[tuple[str, int, str]]] = msgspec.msgpack.Decoder(list[tuple[str, int, str]])
_ids_encoder = msgspec.msgpack.Encoder()


class BlockRow(Struct, frozen=True):
    """A committed block. ``first`` is the log position of its block entry, ``count`` its entries; 0 where it wrote none."""

    height: int
    time: int
    engine_time: int
    first: int
    count: int
    app_hash: bytes
    state_root: bytes
    edge: tuple[bytes, ...]

    @property
    def tip(self) -> Tip:
        """Where the ledger stood after this block."""
        return Tip(self.height, self.time, self.first + self.count, self.edge, self.state_root, self.app_hash)


class LedgerDatabase:
    """One ledger's database, opened for writing by one process, for reading by any."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA_VERSION:
            raise StorageProblem(f"{path} has schema version {version}; this program reads version {SCHEMA_VERSION}")

    @classmethod
    def create(cls, path: Path, genesis_bytes: bytes, tip: Tip, buckets: Mapping[int, Records], top: TopTree) -> LedgerDatabase:
        """A new database that holds the genesis state; a crash within leaves a file that ``open`` refuses."""
        connection = create_database(path, SCHEMA)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO genesis VALUES (1, ?)", (genesis_bytes,))
        bodies = [(number, encode_bucket(records)) for number, records in buckets.items()]
        connection.executemany("INSERT INTO bucket VALUES (?, ?)", bodies)
        connection.execute("INSERT INTO journal VALUES (0, ?)", (_encode_delta({number: top.leaf(number) for number in buckets}),))
        connection.execute("INSERT INTO cursor VALUES (1, 0, 0)")
        _insert_block(connection, tip, tip.time, 0, 0, ())
        connection.execute("COMMIT")
        return cls(connection, path)

    @classmethod
    def open(cls, path: Path, write: bool) -> LedgerDatabase:
        """The database in a file; StorageProblem where it is missing, damaged or of another version."""
        return cls(open_database(path, write), path)

    def close(self) -> None:
        """Close the connection; the last writer's close folds the write-ahead log into the file."""
        self._connection.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def read_genesis(self) -> bytes:
        """genesis.json as it was given."""
        row = self._connection.execute("SELECT body FROM genesis").fetchone()
        if row is None:
            raise StorageProblem(f"{self.path} holds no genesis: its making was interrupted; remove the folder and make it anew")
        return bytes(row[0])

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        """Reads within see one block, whose height this yields, whatever a writer commits meanwhile."""
        self._connection.execute("BEGIN")
        try:
            yield self.read_tip().height
        finally:
            self._connection.execute("COMMIT")

    def read_tip(self) -> BlockRow:
        """The newest block."""
        return self._blocks("ORDER BY height DESC LIMIT 1")[0]

    def read_block_at(self, position: int) -> BlockRow:
        """The block whose entries span a log position."""
        return self._blocks("WHERE first <= ? AND count > 0 ORDER BY first DESC LIMIT 1", position)[0]

    def load_bucket(self, number: int) -> bytes | None:
        """Body of a bucket (``core.tree.BucketSource``)."""
        row = self._connection.execute("SELECT body FROM bucket WHERE id = ?", (number,)).fetchone()
        return row[0] if row is not None else None

    def iterate_buckets(self) -> Iterator[tuple[int, bytes]]:
        """Every bucket that holds a record, by number."""
        return iter(self._connection.execute("SELECT id, body FROM bucket ORDER BY id"))

    def list_due(self, until: int, limit: int) -> list[tuple[int, str]]:
        """Deadlines with time ≤ ``until`` in order (``core.state.ScheduleSource``)."""
        query = "SELECT time, key FROM deadline WHERE time <= ? ORDER BY time, key LIMIT ?"
        return self._connection.execute(query, (until, limit)).fetchall()

    def next_deadline(self) -> int | None:
        """Time of the earliest deadline, seconds UTC."""
        return self._connection.execute("SELECT min(time) FROM deadline").fetchone()[0]  # type: ignore[no-any-return]

    def list_deadlines(self) -> list[tuple[int, str]]:
        """All deadlines, in order."""
        return self._connection.execute("SELECT time, key FROM deadline ORDER BY time, key").fetchall()

    def load_top(self, bucket_bits: int) -> TopTree:
        """The top tree from chunks and journal."""
        top = TopTree(bucket_bits)
        heights: dict[int, int] = {}
        leaves: dict[int, bytearray] = {}
        chunk_leaves = min(CHUNK_LEAVES, 1 << bucket_bits)
        for chunk, height, body in self._connection.execute("SELECT chunk, height, leaves FROM top"):
            heights[chunk] = height
            leaves[chunk] = bytearray(body)
        for height, delta in self._connection.execute("SELECT height, delta FROM journal ORDER BY height"):
            for number, leaf in _decode_delta(delta):
                chunk, offset = divmod(number, chunk_leaves)
                if height > heights.get(chunk, -1):
                    body = leaves.setdefault(chunk, bytearray(top.empty_leaf * chunk_leaves))
                    body[offset * HASH_BYTES : (offset + 1) * HASH_BYTES] = leaf
        top.fill((chunk * chunk_leaves, bytes(body)) for chunk, body in leaves.items())
        return top

    def iterate_used_ids(self, since: int) -> Iterator[tuple[int, UsedId]]:
        """Block time and used id of every transaction in blocks with time ≥ ``since``."""
        for time, body in self._connection.execute("SELECT time, ids FROM block WHERE time >= ? ORDER BY height", (since,)):
            for transaction_id, until, refused_actor in _ids_decoder.decode(body):
                yield time, UsedId(transaction_id, until, refused_actor)

    def find_position(self, transaction_id: str) -> int | None:
        """Log position of a transaction."""
        row = self._connection.execute("SELECT position FROM position WHERE id = ?", (bytes.fromhex(transaction_id),)).fetchone()
        return row[0] if row is not None else None

    def list_positions(self, action: str, size: int) -> list[int]:
        """Log positions below ``size`` of accepted transactions with that action, ascending."""
        query = "SELECT position FROM action WHERE name = ? AND position < ? ORDER BY position"
        return [row[0] for row in self._connection.execute(query, (action, size))]

    # -- whole tables, as check-state reads them ----------------------------------------------------------------------

    def find_damage(self) -> str | None:
        """The first fault of pages and indexes that SQLite itself finds; None where it finds none."""
        found = self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        return None if found == "ok" else str(found)

    def iterate_blocks(self) -> Iterator[tuple[BlockRow, list[UsedId]]]:
        """Every block and the ids that it used, by height."""
        bodies = self._connection.execute("SELECT ids FROM block ORDER BY height")
        for row, (ids,) in zip(self._iterate_rows("ORDER BY height"), bodies, strict=True):
            yield row, [UsedId(*used) for used in _ids_decoder.decode(ids)]

    def iterate_log(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Position, leaf hash and bytes of every entry, by position."""
        return iter(self._connection.execute("SELECT position, leaf, entry FROM log ORDER BY position"))

    def iterate_positions(self) -> Iterator[tuple[int, str]]:
        """Log position and id of every transaction, by position."""
        return iter(self._connection.execute("SELECT position, lower(hex(id)) FROM position ORDER BY position"))

    def iterate_actions(self) -> Iterator[tuple[int, str]]:
        """Log position and action of every accepted transaction, by position."""
        return iter(self._connection.execute("SELECT position, name FROM action ORDER BY position"))

    # -- the log, as publishing reads it -----------------------------------------------------------------------------

    def size(self) -> int:
        """Committed log entries."""
        return self.read_tip().tip.size

    def edge(self, size: int) -> tuple[bytes, ...] | None:
        """Right edge of the log where a block ends at ``size``, else None."""
        if size == 0:
            return ()
        found = self._blocks("WHERE first < ? AND count > 0 ORDER BY first DESC LIMIT 1", size)
        return found[0].edge if found and found[0].tip.size == size else None

    def entries(self, start: int, stop: int) -> Iterator[tuple[bytes, bytes]]:
        """Leaf hash and bytes of entries from ``start`` up to ``stop``."""
        query = "SELECT leaf, entry FROM log WHERE position >= ? AND position < ? ORDER BY position"
        return iter(self._connection.execute(query, (start, stop)))

    # -- writing -----------------------------------------------------------------------------------------------------

    def commit(self, result: BlockResult, top: TopTree, engine_time: int) -> None:
        """Commit a block whole. ``top`` has the block's update applied. A crash before COMMIT leaves nothing of it."""
        run = self._connection.execute
        many = self._connection.executemany
        tip = result.tip
        first = tip.size - len(result.entries)
        run("BEGIN IMMEDIATE")
        try:
            many("INSERT OR REPLACE INTO bucket VALUES (?, ?)", result.buckets.items())
            many("INSERT INTO log VALUES (?, ?, ?)", [(first + offset, leaf, entry) for offset, (leaf, entry) in enumerate(result.entries)])
            many("INSERT INTO position VALUES (?, ?)", [(bytes.fromhex(receipt.id), receipt.position) for receipt in result.receipts])
            many("INSERT INTO action VALUES (?, ?)", result.accepted)
            many("DELETE FROM deadline WHERE time = ? AND key = ?", result.schedule_removed)
            many("INSERT OR REPLACE INTO deadline VALUES (?, ?)", result.schedule_added)
            self._write_top(result, top)
            _insert_block(self._connection, tip, engine_time, first, len(result.entries), result.used_ids)
            run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                run("ROLLBACK")
            raise

    def set_note(self, name: str, value: str | None) -> None:
        """Keep or remove a remark of the engine's own, such as a clock fault."""
        if value is None:
            self._connection.execute("DELETE FROM note WHERE name = ?", (name,))
        else:
            self._connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def read_note(self, name: str) -> str | None:
        """A remark of the engine's own."""
        row = self._connection.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return row[0] if row is not None else None

    def _write_top(self, result: BlockResult, top: TopTree) -> None:
        """Journal the changed leaves and rewrite the next chunks in rotation; a full lap makes older journal rows needless."""
        run = self._connection.execute
        changed = result.top.leaves
        run("INSERT INTO journal VALUES (?, ?)", (result.tip.height, _encode_delta(changed)))
        chunk_leaves = min(CHUNK_LEAVES, 1 << top.bucket_bits)
        chunks = (1 << top.bucket_bits) // chunk_leaves
        position, lap_height = run("SELECT next, lap_height FROM cursor").fetchone()
        empty = top.empty_leaf * chunk_leaves
        for _ in range(min(chunks, 1 + len(changed) // 32)):
            leaves = top.leaves(position * chunk_leaves, chunk_leaves)
            # Most chunks of a young ledger are empty: no row says so. A chunk that lost its last record must lose its row,
            # too, or it would hold the old leaves once their journal row is gone.
            if leaves != empty:
                run("INSERT OR REPLACE INTO top VALUES (?, ?, ?)", (position, result.tip.height, leaves))
            else:
                run("DELETE FROM top WHERE chunk = ?", (position,))
            position += 1
            if position == chunks:
                run("DELETE FROM journal WHERE height < ?", (lap_height,))
                position, lap_height = 0, result.tip.height
        run("UPDATE cursor SET next = ?, lap_height = ?", (position, lap_height))

    def _blocks(self, where: str, *values: int) -> list[BlockRow]:
        return list(self._iterate_rows(where, *values))

    def _iterate_rows(self, where: str, *values: int) -> Iterator[BlockRow]:
        query = f"SELECT height, time, engine_time, first, count, app_hash, state_root, edge FROM block {where}"  # noqa: S608
        for height, time, engine_time, first, count, app_hash, state_root, edge in self._connection.execute(query, values):
            yield BlockRow(height, time, engine_time, first, count, app_hash, state_root, split_hashes(edge))


def split_hashes(joined: bytes) -> tuple[bytes, ...]:
    """Hashes of 32 bytes each."""
    return tuple(joined[offset : offset + HASH_BYTES] for offset in range(0, len(joined), HASH_BYTES))


def _insert_block(connection: sqlite3.Connection, tip: Tip, engine_time: int, first: int, count: int, used_ids: Iterable[UsedId]) -> None:
    ids = _ids_encoder.encode([(used.id, used.until, used.refused_actor) for used in used_ids])
    connection.execute(
        "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (tip.height, tip.time, engine_time, first, count, tip.app_hash, tip.state_root, b"".join(tip.edge), ids),
    )


def _encode_delta(leaves: Mapping[int, bytes]) -> bytes:
    return b"".join(number.to_bytes(4, "big") + leaf for number, leaf in leaves.items())


def _decode_delta(delta: bytes) -> Iterator[tuple[int, bytes]]:
    width = 4 + HASH_BYTES
    for offset in range(0, len(delta), width):
        yield int.from_bytes(delta[offset : offset + 4], "big"), delta[offset + 4 : offset + width]
