"""The authenticated state: buckets of records under one binary tree, whose root is the state root.

Owns bucket bodies, the top tree in memory, and their hashes' agreement. Where buckets are kept is storage's
business. Hash formulas: ``prasasti_verify.hashing``; bytes: CometBFT ``simple:v``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256 as _sha256
from typing import Protocol

import msgspec
from msgspec import Struct

from prasasti_verify.hashing import bucket_of, hash_bucket, hash_bucket_leaf, hash_node, hash_record, sha256

HASH_BYTES = 32
BUCKETS_KEPT = 65_536  # About 60 MB.

Records = list[tuple[str, bytes, bytes]]

# Every transaction asks for its signers' keys and organisations.
_bucket_of = lru_cache(maxsize=1 << 14)(bucket_of)

_body_decoder: msgspec.msgpack.Decoder[Records] = msgspec.msgpack.Decoder(Records)
_body_encoder = msgspec.msgpack.Encoder()


class StateMismatch(Exception):
    """A stored value or bucket does not match its hash: the database was altered or is damaged. The node halts."""

    def __init__(self, where: str) -> None:
        super().__init__(f"the stored state does not match its hash at {where}")
        self.where = where


class BucketSource(Protocol):
    """Where bucket bodies lie; promises the body last committed, or None for a bucket that never held a record."""

    def load_bucket(self, number: int) -> bytes | None: ...


def decode_bucket(body: bytes | None) -> Records:
    """Records (key, leaf, value) of a bucket, ascending by key."""
    return _body_decoder.decode(body) if body is not None else []


def encode_bucket(records: Records) -> bytes:
    """Body of a bucket; records ascend by key."""
    return _body_encoder.encode(records)


def hash_records(records: Records) -> bytes:
    """Root of a bucket's records."""
    if len(records) == 1:
        return records[0][1]
    return hash_bucket([leaf for _, leaf, _ in records])


class TopUpdate(Struct, frozen=True):
    """Nodes of the top tree that a block changes, level by level from the bucket leaves up, and the new root."""

    levels: tuple[dict[int, bytes], ...]
    root: bytes

    @property
    def leaves(self) -> dict[int, bytes]:
        """New leaf hash of each changed bucket."""
        return self.levels[0]


class TopTree:
    """The binary tree over 2^bits bucket leaves, all levels in flat arrays (64 bytes a bucket)."""

    def __init__(self, bucket_bits: int) -> None:
        self.bucket_bits = bucket_bits
        node = hash_bucket_leaf(hash_bucket([]))
        self.empty_leaf = node
        self._levels: list[bytearray] = []
        for level in range(bucket_bits + 1):
            self._levels.append(bytearray(node * (1 << (bucket_bits - level))))
            node = hash_node(node, node)

    @property
    def root(self) -> bytes:
        """The state root."""
        return bytes(self._levels[-1])

    def leaf(self, bucket: int) -> bytes:
        """Leaf hash of a bucket."""
        return bytes(self._levels[0][bucket * HASH_BYTES : (bucket + 1) * HASH_BYTES])

    def node(self, level: int, index: int) -> bytes:
        """Hash of a node; level 0 holds the buckets."""
        return bytes(self._levels[level][index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def leaves(self, first: int, count: int) -> bytes:
        """Leaf hashes of ``count`` buckets from ``first``, joined."""
        return bytes(self._levels[0][first * HASH_BYTES : (first + count) * HASH_BYTES])

    def aunts(self, bucket: int) -> list[bytes]:
        """Hashes that lead from a bucket's leaf to the root."""
        return [self.node(level, (bucket >> level) ^ 1) for level in range(self.bucket_bits)]

    def compute_update(self, leaves: Mapping[int, bytes]) -> TopUpdate:
        """What setting these bucket leaves changes; the tree itself stays as it is until ``apply``."""
        levels: list[dict[int, bytes]] = [dict(leaves)]
        for level in range(self.bucket_bits):
            below = levels[-1]
            stored = self._levels[level]
            above: dict[int, bytes] = {}
            for index, node in below.items():
                parent = index >> 1
                if parent in above:
                    continue
                sibling = index ^ 1
                other = below.get(sibling) or stored[sibling * HASH_BYTES : (sibling + 1) * HASH_BYTES]
                # hash_node, in one expression: a block hashes ten nodes a record.
                above[parent] = _sha256(b"\x01" + other + node if index & 1 else b"\x01" + node + other).digest()
            levels.append(above)
        return TopUpdate(tuple(levels), levels[-1].get(0, self.root))

    def apply(self, update: TopUpdate) -> None:
        """Make the update's nodes the tree's own."""
        for stored, changed in zip(self._levels, update.levels, strict=True):
            for index, node in changed.items():
                stored[index * HASH_BYTES : (index + 1) * HASH_BYTES] = node

    def fill(self, runs: Iterable[tuple[int, bytes]]) -> None:
        """Set runs of leaves (first bucket, joined hashes) and compute what stands above them."""
        touched: list[int] = []
        for first, hashes in runs:
            self._levels[0][first * HASH_BYTES : first * HASH_BYTES + len(hashes)] = hashes
            touched += range(first, first + len(hashes) // HASH_BYTES)
        for below, above in zip(self._levels, self._levels[1:], strict=False):
            touched = list(dict.fromkeys(index >> 1 for index in touched))
            for index in touched:
                left = index * 2 * HASH_BYTES
                node = hash_node(bytes(below[left : left + HASH_BYTES]), bytes(below[left + HASH_BYTES : left + 2 * HASH_BYTES]))
                above[index * HASH_BYTES : (index + 1) * HASH_BYTES] = node


class Bucket:
    """A bucket's records as its leaf in the top tree binds them, and what was checked and decoded of them so far."""

    __slots__ = ("_is_checked", "_records", "decoded", "leaf")

    def __init__(self, leaf: bytes, records: Records, is_checked: bool) -> None:
        self.leaf = leaf
        self.decoded: dict[str, Struct | int] = {}
        self._records = records
        self._is_checked = is_checked

    def find(self, key: str) -> bytes | None:
        """Value under a key, or None; StateMismatch where it does not match its leaf."""
        index = bisect_left(self._records, (key, b"", b""))
        if index < len(self._records) and self._records[index][0] == key:
            _, leaf, value = self._records[index]
            return value if self._is_checked else check_value(key, leaf, value)
        # A bucket's root covers leaves: an altered key in a row would make its record seem absent.
        self.check_all()
        return None

    def check_all(self) -> Records:
        """All records, each checked against its leaf: to rewrite the bucket, or to know that a key is absent."""
        if not self._is_checked:
            for key, leaf, value in self._records:
                check_value(key, leaf, value)
            self._is_checked = True
        return self._records


class Tree:
    """Reads records through the top tree: what does not match its hash is never returned."""

    def __init__(self, top: TopTree, source: BucketSource) -> None:
        self.top = top
        self._source = source
        self._empty = Bucket(top.empty_leaf, [], True)
        self._kept: OrderedDict[int, Bucket] = OrderedDict()

    def find_bucket(self, number: int) -> Bucket:
        """A bucket, from memory while the top tree still has the leaf that it was checked against."""
        leaf = self.top.leaf(number)
        if leaf == self._empty.leaf:
            return self._empty
        bucket = self._kept.get(number)
        if bucket is None or bucket.leaf != leaf:
            bucket = Bucket(leaf, self.load(number), False)
            self._keep(number, bucket)
        return bucket

    def keep(self, number: int, leaf: bytes, records: Records) -> None:
        """Keep a bucket that a block makes; it is of no effect until the top tree has its leaf."""
        self._keep(number, Bucket(leaf, records, True))

    def _keep(self, number: int, bucket: Bucket) -> None:
        self._kept[number] = bucket
        self._kept.move_to_end(number)
        if len(self._kept) > BUCKETS_KEPT:
            self._kept.popitem(last=False)

    def load(self, number: int) -> Records:
        """Records of a bucket, their leaves checked against the top tree; ``check_value`` checks keys and values."""
        try:
            records = decode_bucket(self._source.load_bucket(number))
        except ValueError as problem:  # of msgpack's form, or of UTF-8
            raise StateMismatch(f"bucket {number}") from problem
        if hash_bucket_leaf(hash_records(records)) != self.top.leaf(number):
            raise StateMismatch(f"bucket {number}{_name_keys(records)}")
        return records

    def bucket_number(self, key: str) -> int:
        """Number of the bucket that a key lives in."""
        return _bucket_of(key, self.top.bucket_bits)


def check_value(key: str, leaf: bytes, value: bytes) -> bytes:
    """The value, once it is shown to match its leaf; StateMismatch names the key."""
    if hash_record(key.encode(), sha256(value)) != leaf:
        raise StateMismatch(f"key {key}")
    return value


def _name_keys(records: Records) -> str:
    return ", which holds " + ", ".join(key for key, _, _ in records[:4]) if records else ""


def update_records(records: Records, changes: Mapping[str, bytes | None]) -> Records:
    """Records of a bucket after the changes (None removes), ascending by key."""
    kept = [record for record in records if record[0] not in changes]
    for key, value in changes.items():
        if value is not None:
            kept.append((key, hash_record(key.encode(), sha256(value)), value))
    # Keys are ASCII identifiers, so that the order of strings is that of their bytes.
    kept.sort()
    return kept
