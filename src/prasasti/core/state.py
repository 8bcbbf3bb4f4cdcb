"""The committed state that blocks are judged against, and the view that a block writes into.

Owns reading records through the tree and collecting a block's writes. The rules see it only as ``contract.View``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from prasasti.core.encoding import encode_canonical
from prasasti.core.genesis import Genesis, build_genesis_tree, decode_genesis
from prasasti.core.tree import Bucket, Records, TopTree, Tree, check_value
from prasasti.core.types import Bug, require
from prasasti_verify.hashing import EMPTY_ROOT, compute_app_hash

Record = TypeVar("Record", bound=Struct | int)

SCHEDULE_PREFIX = "governance/schedule/"
STANDING_PREFIXES = ("identity/key/", "identity/organisation/", "governance/member/")


class ScheduleSource(Protocol):
    """Where deadlines are found; promises the committed ones with time ≤ ``until``, in order (time, key)."""

    def list_due(self, until: int, limit: int) -> list[tuple[int, str]]: ...


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a ledger stands after a block. ``size`` counts log entries, ``edge`` is the log's right edge."""

    height: int
    time: int
    size: int
    edge: tuple[bytes, ...]
    state_root: bytes
    app_hash: bytes


@dataclass(frozen=True, slots=True)
class GenesisState:
    """What genesis fixes before the first block."""

    genesis: Genesis
    tip: Tip
    top: TopTree
    buckets: Mapping[int, Records]


def init_chain(genesis_bytes: bytes) -> GenesisState:
    """State and app hash before height 1 (formats: previous_app_hash of height 1)."""
    genesis = decode_genesis(genesis_bytes)
    top, buckets = build_genesis_tree(genesis)
    tip = Tip(0, genesis.time, 0, (), top.root, compute_app_hash(top.root, EMPTY_ROOT))
    return GenesisState(genesis, tip, top, buckets)


def schedule_key(time: int, contract: str, key: str) -> str:
    """Key of a deadline's record."""
    return f"{SCHEDULE_PREFIX}{time}/{contract}:{key}"


def split_schedule_key(key: str) -> tuple[int, str]:
    """Time and ``contract:key`` of a deadline's record key."""
    time, _, rest = key.removeprefix(SCHEDULE_PREFIX).partition("/")
    return int(time), rest


class CommittedView:
    """Reads committed records and keeps what it found. It lives for one block: the tree must not change under it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._numbers: dict[str, int] = {}
        self._buckets: dict[int, Bucket] = {}
        self._found: dict[str, Struct | int | None] = {}

    def get(self, key: str, kind: type[Record]) -> Record | None:
        """The record under a key, or None; StateMismatch where the stored value does not match its hash."""
        if key not in self._found:
            self._found[key] = self._find(key, kind)
        return _as_kind(self._found[key], kind, key)

    def read(self, key: str) -> bytes | None:
        """Canonical value under a key, or None."""
        number = self.bucket_number(key)
        found = self._load(number).by_key.get(key)
        if found is None:
            # A bucket's root covers leaves: an altered key in a row would make its record seem absent.
            self.bucket(number)
            return None
        return check_value(key, *found)

    def bucket(self, number: int) -> Records:
        """All records of a bucket, each checked against its leaf: to rewrite it, or to know that a key is absent."""
        bucket = self._load(number)
        if not bucket.is_checked:
            for key, leaf, value in bucket.records:
                check_value(key, leaf, value)
            bucket.is_checked = True
        return bucket.records

    def bucket_number(self, key: str) -> int:
        """Number of the bucket that a key lives in."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = self._tree.bucket_number(key)
        return number

    def _find(self, key: str, kind: type[Record]) -> Struct | int | None:
        decoded = self._load(self.bucket_number(key)).decoded
        if key not in decoded:
            value = self.read(key)
            if value is None:
                return None
            decoded[key] = msgspec.json.decode(value, type=kind)
        return decoded[key]

    def _load(self, number: int) -> Bucket:
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = self._tree.find_bucket(number)
        return bucket


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a block is judged against. ``view`` keeps what it read, so a state lives for one block."""

    genesis: Genesis
    chain: str
    tree: Tree
    schedule: ScheduleSource
    tip: Tip
    view: CommittedView


class BlockView:
    """Committed records under what the block has written so far."""

    def __init__(self, committed: CommittedView, schedule: ScheduleSource) -> None:
        self.committed = committed
        self._schedule = schedule
        self._written: dict[str, Struct | int | None] = {}
        self._due_scheduled: dict[tuple[int, str], str] = {}
        self._due: list[tuple[int, str]] = []
        self._due_position = 0
        self.touches_standing = False

    def get(self, key: str, kind: type[Record]) -> Record | None:
        """The record under a key as of now in this block."""
        if key in self._written:
            return _as_kind(self._written[key], kind, key)
        return self.committed.get(key, kind)

    def write(self, writes: Iterable[tuple[str, Struct | int | None]]) -> None:
        """Take over an accepted outcome's writes."""
        for key, record in writes:
            self._written[key] = record
            if key.startswith(STANDING_PREFIXES):
                self.touches_standing = True
            elif key.startswith(SCHEDULE_PREFIX):
                moment = split_schedule_key(key)
                if record is not None:
                    self._due_scheduled[moment] = key
                else:
                    self._due_scheduled.pop(moment, None)

    def next_due(self, until: int) -> str | None:
        """Key of the earliest deadline with time ≤ ``until``, in order (time, key), or None; ``until`` never falls."""
        candidates = [moment for moment in self._due_scheduled if moment[0] <= until]
        standing = self._next_committed(until)
        if standing is not None:
            candidates.append(standing)
        if not candidates:
            return None
        time, rest = min(candidates)
        return f"{SCHEDULE_PREFIX}{time}/{rest}"

    def _next_committed(self, until: int) -> tuple[int, str] | None:
        """The first committed deadline that this block neither ran nor took off; what it did with one stays done."""
        while True:
            while self._due_position < len(self._due):
                time, rest = self._due[self._due_position]
                key = f"{SCHEDULE_PREFIX}{time}/{rest}"
                if key not in self._written:
                    # The table that finds deadlines is derived from the state and not hashed: the record must bear it out.
                    require(self.committed.read(key), f"the record of the deadline {key}, which the database lists,")
                    return time, rest
                self._due_position += 1
            found = self._schedule.list_due(until, max(64, 4 * len(self._due)))
            if len(found) == len(self._due):
                return None
            self._due = found

    def changes(self) -> Mapping[str, bytes | None]:
        """Everything written, as canonical values (None removes)."""
        return {key: encode_canonical(record) if record is not None else None for key, record in self._written.items()}


def _as_kind(record: Struct | int | None, kind: type[Record], key: str) -> Record | None:
    if record is None or isinstance(record, kind):
        return record
    raise Bug(f"{key} is read as two kinds")
