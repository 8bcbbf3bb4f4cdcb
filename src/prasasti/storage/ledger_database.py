"""The ledger's database: state buckets, top tree, log, blocks, deadlines, in one SQLite file.

Owns rows and their one commit a block; a crash leaves a block done or not begun. Checks no hash: what reads through
``core.tree`` does. The top tree lies in chunks that blocks rewrite in rotation, with a journal of the changes since:
a start reads chunks and journal, never the records.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from prasasti.core.state import Tip
from prasasti.core.transition import BlockResult, UsedId
from prasasti.core.tree import HASH_BYTES, Records, StateMismatch, TopTree, encode_bucket
from prasasti.storage.connection import copy_database, create_database, explain, open_database, transaction, unjournaled
from prasasti.storage.write_ahead import Checkpointer

CHUNK_LEAVES = 256
DATABASE_NAME = "ledger.sqlite"
SCHEMA_VERSION = 1
WRITERS_CACHE_KIBIBYTES = 131_072
READERS_CACHE_KIBIBYTES = 16_384
# A commit that finds the write-ahead log so long (160 MB) moves it itself, as far as readers of older states let it, unless
# the checkpointing thread is at it.
MAX_LOG_PAGES = 40_000

SCHEMA = f"""
CREATE TABLE genesis(id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL, sha256 BLOB NOT NULL);
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

WRITE_BUCKET = "INSERT OR REPLACE INTO bucket VALUES (?, ?)"

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

    def __init__(self, connection: sqlite3.Connection, path: Path, checkpointer: Checkpointer | None = None) -> None:
        self._connection = connection
        self._unwritten: dict[int, bytes] | None = None
        self._checkpointer = checkpointer
        self.path = path

    @classmethod
    def create(cls, path: Path, genesis_bytes: bytes, tip: Tip, buckets: Mapping[int, Records], top: TopTree) -> LedgerDatabase:
        """A new database that holds the genesis state; a crash within leaves no file of that name."""

        def fill(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO genesis VALUES (1, ?, ?)", (genesis_bytes, sha256(genesis_bytes).digest()))
            bodies = [(number, encode_bucket(records)) for number, records in buckets.items()]
            connection.executemany("INSERT INTO bucket VALUES (?, ?)", bodies)
            connection.execute("INSERT INTO journal VALUES (0, ?)", (_encode_delta({number: top.leaf(number) for number in buckets}),))
            connection.execute("INSERT INTO cursor VALUES (1, 0, 0)")
            _insert_block(connection, tip, tip.time, 0, 0, ())

        create_database(path, SCHEMA, fill)
        return cls.open(path, write=True)

    @classmethod
    def open(cls, path: Path, write: bool) -> LedgerDatabase:
        """The database in a file; StorageProblem where it is missing, damaged or of another version."""

        # A block changes pages all over the state; a reader looks at a few.
        cache_kibibytes = WRITERS_CACHE_KIBIBYTES if write else READERS_CACHE_KIBIBYTES
        connection = open_database(path, write, SCHEMA_VERSION, cache_kibibytes=cache_kibibytes, log_pages=MAX_LOG_PAGES)
        return cls(connection, path, Checkpointer(path) if write else None)

    def close(self) -> None:
        """Close the connections; the last writer's close folds the write-ahead log into the file."""
        if self._checkpointer is not None:
            self._checkpointer.close()
        self._connection.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def read_genesis(self) -> bytes:
        """genesis.json as it was given; StateMismatch where the row was altered since."""
        for body, digest in self._typed("the row of genesis.json", (bytes, bytes), "SELECT body, sha256 FROM genesis"):
            if sha256(body).digest() == digest:
                return bytes(body)
        raise StateMismatch("the row of genesis.json")

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        """Reads within see one block, whose height this yields, whatever a writer commits meanwhile. May be nested."""
        is_outermost = not self._connection.in_transaction
        if is_outermost:
            list(self._rows("BEGIN"))
        try:
            yield self.read_tip().height
        finally:
            if is_outermost and self._connection.in_transaction:
                list(self._rows("COMMIT"))

    def read_tip(self) -> BlockRow:
        """The newest block."""
        return self._block("ORDER BY height DESC LIMIT 1")

    def read_block_at(self, position: int) -> BlockRow:
        """The block whose entries span a log position."""
        return self._block("WHERE first <= ? AND count > 0 ORDER BY first DESC LIMIT 1", position)

    def load_bucket(self, number: int) -> bytes | None:
        """Body of a bucket (``core.tree.BucketSource``)."""
        try:
            row = self._connection.execute("SELECT body FROM bucket WHERE id = ?", (number,)).fetchone()
        except sqlite3.Error as problem:
            raise explain(self.path, problem) from problem
        if row is not None and type(row[0]) is not bytes:
            raise StateMismatch(f"bucket {number}")
        return row[0] if row is not None else None

    def iterate_buckets(self) -> Iterator[tuple[int, bytes]]:
        """Every bucket that holds a record, by number."""
        return self._typed("a row of the bucket table", (int, bytes), "SELECT id, body FROM bucket ORDER BY id")

    def list_due(self, until: int, limit: int) -> list[tuple[int, str]]:
        """Deadlines with time ≤ ``until`` in order (``core.state.ScheduleSource``)."""
        query = "SELECT time, key FROM deadline WHERE time <= ? ORDER BY time, key LIMIT ?"
        return list(self._typed("a row of the deadline table", (int, str), query, until, limit))

    def next_deadline(self) -> int | None:
        """Time of the earliest deadline, seconds UTC."""
        rows = self._typed("a row of the deadline table", (int,), "SELECT time FROM deadline ORDER BY time LIMIT 1")
        return next((time for (time,) in rows), None)

    def list_deadlines(self) -> list[tuple[int, str]]:
        """All deadlines, in order."""
        query = "SELECT time, key FROM deadline ORDER BY time, key"
        return list(self._typed("a row of the deadline table", (int, str), query))

    def load_top(self, bucket_bits: int) -> TopTree:
        """The top tree from chunks and journal."""
        top = TopTree(bucket_bits)
        heights: dict[int, int] = {}
        leaves: dict[int, bytearray] = {}
        chunk_leaves = min(CHUNK_LEAVES, 1 << bucket_bits)
        chunks = self._typed("a row of the top tree", (int, int, bytes), "SELECT chunk, height, leaves FROM top")
        for chunk, height, body in chunks:
            heights[chunk] = height
            leaves[chunk] = bytearray(body)
        journal = self._typed("a row of the top tree's journal", (int, bytes), "SELECT height, delta FROM journal ORDER BY height")
        for height, delta in journal:
            for number, leaf in _decode_delta(delta):
                chunk, offset = divmod(number, chunk_leaves)
                if height > heights.get(chunk, -1):
                    body = leaves.setdefault(chunk, bytearray(top.empty_leaf * chunk_leaves))
                    body[offset * HASH_BYTES : (offset + 1) * HASH_BYTES] = leaf
        top.fill((chunk * chunk_leaves, bytes(body)) for chunk, body in leaves.items())
        return top

    def iterate_used_ids(self, since: int) -> Iterator[tuple[int, UsedId]]:
        """Block time and used id of every transaction in blocks with time ≥ ``since``."""
        query = "SELECT height, time, ids FROM block WHERE time >= ? ORDER BY height"
        for height, time, body in self._typed("a row of the block table", (int, int, bytes), query, since):
            for used in _decode_ids(height, body):
                yield time, used

    def find_position(self, transaction_id: str) -> int | None:
        """Log position of a transaction."""
        query = "SELECT position FROM position WHERE id = ?"
        rows = self._typed("a row of the position table", (int,), query, bytes.fromhex(transaction_id))
        return next((position for (position,) in rows), None)

    def list_positions(self, action: str, size: int) -> list[int]:
        """Log positions below ``size`` of accepted transactions with that action, ascending."""
        query = "SELECT position FROM action WHERE name = ? AND position < ? ORDER BY position"
        return [position for (position,) in self._typed("a row of the action table", (int,), query, action, size)]

    def copy_to(self, target: Path, progress: Callable[[int, int], None] | None = None) -> int:
        """Copy the newest block's state into a new file, whatever a writer commits meanwhile; the height that it has."""
        with self.snapshot() as height:
            copy_database(self._connection, self.path, target, progress)
            return height

    # -- whole tables, as check-state reads them ----------------------------------------------------------------------

    def find_damage(self) -> str | None:
        """The first fault of pages and indexes that SQLite itself finds; None where it finds none."""
        found = list(self._rows("PRAGMA integrity_check(1)"))
        return None if found == [("ok",)] else str(found)

    def iterate_blocks(self) -> Iterator[tuple[BlockRow, list[UsedId]]]:
        """Every block and the ids that it used, by height."""
        bodies = self._typed("a row of the block table", (bytes,), "SELECT ids FROM block ORDER BY height")
        for row, (ids,) in zip(self._blocks("ORDER BY height"), bodies, strict=True):
            yield row, _decode_ids(row.height, ids)

    def iterate_log(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Position, leaf hash and bytes of every entry, by position."""
        query = "SELECT position, leaf, entry FROM log ORDER BY position"
        return self._typed("a row of the log table", (int, bytes, bytes), query)

    def iterate_positions(self) -> Iterator[tuple[int, str]]:
        """Log position and id of every transaction, by position."""
        query = "SELECT position, lower(hex(id)) FROM position ORDER BY position"
        return self._typed("a row of the position table", (int, str), query)

    def iterate_actions(self) -> Iterator[tuple[int, str]]:
        """Log position and action of every accepted transaction, by position."""
        query = "SELECT position, name FROM action ORDER BY position"
        return self._typed("a row of the action table", (int, str), query)

    # -- the log, as publishing reads it -----------------------------------------------------------------------------

    def size(self) -> int:
        """Committed log entries."""
        return self.read_tip().tip.size

    def edge(self, size: int) -> tuple[bytes, ...] | None:
        """Right edge of the log where a block ends at ``size``, else None."""
        if size == 0:
            return ()
        found = next(self._blocks("WHERE first < ? AND count > 0 ORDER BY first DESC LIMIT 1", size), None)
        return found.edge if found is not None and found.tip.size == size else None

    def entries(self, start: int, stop: int) -> Iterator[tuple[bytes, bytes]]:
        """Leaf hash and bytes of entries from ``start`` up to ``stop``."""
        query = "SELECT leaf, entry FROM log WHERE position >= ? AND position < ? ORDER BY position"
        try:
            for leaf, entry in self._connection.execute(query, (start, stop)):
                if type(leaf) is not bytes or type(entry) is not bytes:
                    raise StateMismatch("a row of the log table")
                yield leaf, entry
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            raise explain(self.path, problem) from problem

    # -- writing -----------------------------------------------------------------------------------------------------

    def commit(self, result: BlockResult, top: TopTree, engine_time: int) -> None:
        """Commit a block whole. ``top`` has the block's update applied. A crash before COMMIT leaves nothing of it."""
        with transaction(self._connection, self.path):
            self.write(result, top, engine_time)
        if self._checkpointer is not None:
            self._checkpointer.note(self._connection, _estimate_pages(result))

    @contextmanager
    def building(self) -> Iterator[None]:
        """Blocks that are written within are one transaction, for a file that is made anew (``connection.unjournaled``).

        Of a bucket that many blocks change the last body is written, at the end and in order: memory holds them meanwhile.
        """
        with unjournaled(self._connection, self.path):
            self._unwritten = {}
            yield
            self._connection.executemany(WRITE_BUCKET, sorted(self._unwritten.items()))
        self._unwritten = None

    def write(self, result: BlockResult, top: TopTree, engine_time: int) -> None:
        """Write a block's rows in a transaction that stands open."""
        many = self._connection.executemany
        tip = result.tip
        first = tip.size - len(result.entries)
        if self._unwritten is not None:
            self._unwritten.update(result.buckets)
        else:
            many(WRITE_BUCKET, result.buckets.items())
        many("INSERT INTO log VALUES (?, ?, ?)", [(first + offset, leaf, entry) for offset, (leaf, entry) in enumerate(result.entries)])
        many("INSERT INTO position VALUES (?, ?)", [(bytes.fromhex(receipt.id), receipt.position) for receipt in result.receipts])
        many("INSERT INTO action VALUES (?, ?)", result.accepted)
        many("DELETE FROM deadline WHERE time = ? AND key = ?", result.schedule_removed)
        many("INSERT OR REPLACE INTO deadline VALUES (?, ?)", result.schedule_added)
        self._write_top(result, top)
        _insert_block(self._connection, tip, engine_time, first, len(result.entries), result.used_ids)

    def set_note(self, name: str, value: str | None) -> None:
        """Keep or remove a remark of the engine's own, such as a clock fault."""
        with transaction(self._connection, self.path):
            if value is None:
                self._connection.execute("DELETE FROM note WHERE name = ?", (name,))
            else:
                self._connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def read_note(self, name: str) -> str | None:
        """A remark of the engine's own."""
        rows = self._typed("a row of the note table", (str,), "SELECT value FROM note WHERE name = ?", name)
        return next((value for (value,) in rows), None)

    def _write_top(self, result: BlockResult, top: TopTree) -> None:
        """Journal the changed leaves and rewrite the next chunks in rotation; a full lap makes older journal rows needless."""
        run = self._connection.execute
        changed = result.top.leaves
        run("INSERT INTO journal VALUES (?, ?)", (result.tip.height, _encode_delta(changed)))
        chunk_leaves = min(CHUNK_LEAVES, 1 << top.bucket_bits)
        chunks = (1 << top.bucket_bits) // chunk_leaves
        cursor = run("SELECT next, lap_height FROM cursor").fetchone()
        if cursor is None or not (0 <= cursor[0] < chunks and 0 <= cursor[1] <= result.tip.height):
            raise StateMismatch("the row of the cursor")
        position, lap_height = cursor
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

    # -- rows, and SQLite's faults in words ----------------------------------------------------------------------------

    def _block(self, where: str, *values: int) -> BlockRow:
        found = next(self._blocks(where, *values), None)
        if found is None:
            raise StateMismatch("the block table, which lacks a row")
        return found

    def _blocks(self, where: str, *values: int) -> Iterator[BlockRow]:
        query = f"SELECT height, time, engine_time, first, count, app_hash, state_root, edge FROM block {where}"  # noqa: S608
        kinds = (int, int, int, int, int, bytes, bytes, bytes)
        rows = self._typed("a row of the block table", kinds, query, *values)
        for height, time, engine_time, first, count, app_hash, state_root, edge in rows:
            yield BlockRow(height, time, engine_time, first, count, app_hash, state_root, split_hashes(edge))

    def _typed(self, place: str, kinds: tuple[type, ...], query: str, *values: object) -> Iterator[Any]:
        """Rows of these types: a byte changed in the file can make any value another type's, or null."""
        for row in self._rows(query, *values):
            if tuple(map(type, row)) != kinds:
                raise StateMismatch(place)
            yield row

    def _rows(self, query: str, *values: object) -> Iterator[Any]:
        try:
            yield from self._connection.execute(query, values)
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            raise explain(self.path, problem) from problem


def _estimate_pages(result: BlockResult) -> int:
    """About how many pages a block changes; SQLite does not say. Small blocks change two a row, large ones share pages."""
    return 16 + 2 * (len(result.entries) + len(result.buckets))


def split_hashes(joined: bytes) -> tuple[bytes, ...]:
    """Hashes of 32 bytes each."""
    return tuple(joined[offset : offset + HASH_BYTES] for offset in range(0, len(joined), HASH_BYTES))


def _insert_block(connection: sqlite3.Connection, tip: Tip, engine_time: int, first: int, count: int, used_ids: Iterable[UsedId]) -> None:
    ids = _ids_encoder.encode([(used.id, used.until, used.refused_actor) for used in used_ids])
    connection.execute(
        "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (tip.height, tip.time, engine_time, first, count, tip.app_hash, tip.state_root, b"".join(tip.edge), ids),
    )


def _decode_ids(height: int, body: bytes) -> list[UsedId]:
    try:
        return [UsedId(*used) for used in _ids_decoder.decode(body)]
    except (ValueError, TypeError) as problem:
        raise StateMismatch(f"the ids of block {height}") from problem


def _encode_delta(leaves: Mapping[int, bytes]) -> bytes:
    return b"".join(number.to_bytes(4, "big") + leaf for number, leaf in leaves.items())


def _decode_delta(delta: bytes) -> Iterator[tuple[int, bytes]]:
    width = 4 + HASH_BYTES
    for offset in range(0, len(delta), width):
        yield int.from_bytes(delta[offset : offset + 4], "big"), delta[offset + 4 : offset + width]
