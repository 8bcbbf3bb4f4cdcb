"""The committed state that blocks are judged against, and the view that a block writes into.

Owns reading records through the tree and collecting a block's writes. The rules see it only as ``contract.View``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from prasasti.core.contract import Outcome
from prasasti.core.encoding import encode_canonical
from prasasti.core.genesis import Genesis, KeyRecord, MemberRecord, OrganisationRecord, build_genesis_tree, decode_genesis
from prasasti.core.tree import Bucket, Records, TopTree, Tree
from prasasti.core.types import Bug, require
from prasasti_verify.hashing import EMPTY_ROOT, compute_app_hash

Record = TypeVar("Record", bound=Struct | int)

SCHEDULE_PREFIX = "governance/schedule/"
KEY_PREFIX = "identity/key/"
ORGANISATION_PREFIXES = ("identity/organisation/", "governance/member/")


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
        self._places: dict[str, tuple[int, Bucket]] = {}
        self._found: dict[str, Struct | int | None] = {}

    def get(self, key: str, kind: type[Record]) -> Record | None:
        """The record under a key, or None; StateMismatch where the stored value does not match its hash."""
        if key not in self._found:
            self._found[key] = self._find(key, kind)
        return _as_kind(self._found[key], kind, key)

    def read(self, key: str) -> bytes | None:
        """Canonical value under a key, or None."""
        return self.locate(key)[1].find(key)

    def locate(self, key: str) -> tuple[int, Bucket]:
        """Number and content of the bucket that a key lives in."""
        place = self._places.get(key)
        if place is None:
            number = self._tree.bucket_number(key)
            place = self._places[key] = number, self._tree.find_bucket(number)
        return place

    def _find(self, key: str, kind: type[Record]) -> Struct | int | None:
        bucket = self.locate(key)[1]
        if key not in bucket.decoded:
            value = bucket.find(key)
            if value is None:
                return None
            bucket.decoded[key] = msgspec.json.decode(value, type=kind)
        return bucket.decoded[key]


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
        self.documents: list[bytes] = []
        self._written: dict[str, Struct | int | None] = {}
        self._due_scheduled: dict[tuple[int, str], str] = {}
        self._due: list[tuple[int, str]] = []
        self._due_position = 0
        self._keys_touched: set[str] = set()
        self._touches_organisations = False
        self._least: dict[str, Struct | int | None] = {}

    def get(self, key: str, kind: type[Record]) -> Record | None:
        """The record under a key as of now in this block."""
        if key in self._written:
            return _as_kind(self._written[key], kind, key)
        return self.committed.get(key, kind)

    def accept(self, outcome: Outcome) -> None:
        """Take over what an accepted message or a deadline did: its writes, and the documents that it brought forth."""
        self.write(outcome.writes)
        self.documents += outcome.documents

    def write(self, writes: Iterable[tuple[str, Struct | int | None]]) -> None:
        """Put or remove records."""
        for key, record in writes:
            self._written[key] = record
            if key.startswith(KEY_PREFIX):
                self._keys_touched.add(key.removeprefix(KEY_PREFIX))
                self._note_least(key, record)
            elif key.startswith(ORGANISATION_PREFIXES):
                self._touches_organisations = True
                self._note_least(key, record)
            elif key.startswith(SCHEDULE_PREFIX):
                moment = split_schedule_key(key)
                if record is not None:
                    self._due_scheduled[moment] = key
                else:
                    self._due_scheduled.pop(moment, None)

    def may_have_changed_standing(self, keys: Iterable[str]) -> bool:
        """Whether this block wrote any of these keys, or any organisation at all."""
        return self._touches_organisations or not self._keys_touched.isdisjoint(keys)

    def get_least(self, key: str, kind: type[Record]) -> Record | None:
        """A record as ``get``; a key or organisation as it stood at its least in this block.

        What was lost and given back counts from the next block on, as anything given does: so every reader takes it.
        """
        if key in self._least:
            return _as_kind(self._least[key], kind, key)
        return self.get(key, kind)

    def _note_least(self, key: str, record: Struct | int | None) -> None:
        self._least[key] = _weaken(self._least[key], record) if key in self._least else record

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


def _weaken(one: Struct | int | None, other: Struct | int | None) -> Struct | int | None:
    """Of two versions of a key's or an organisation's record what both allow."""
    if isinstance(one, KeyRecord) and isinstance(other, KeyRecord):
        roles = [role for role in other.roles if role in one.roles]
        until = one.until if one.until is not None else other.until
        return KeyRecord(other.handle, other.organisation, roles, other.since, until, one.suspended or other.suspended)
    if isinstance(one, MemberRecord):
        return one if one.standing == "suspended" else other
    if isinstance(one, OrganisationRecord):
        return one if one.standing != "active" else other
    return other


def _as_kind(record: Struct | int | None, kind: type[Record], key: str) -> Record | None:
    if record is None or isinstance(record, kind):
        return record
    raise Bug(f"{key} is read as two kinds")
