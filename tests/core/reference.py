"""The formulas of formats.md, cometbft.md ("Proofs") and RFC 8785, written a second time from the text alone.

Slow and plain; imports nothing of the product, so that the two can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def digest(data: bytes) -> bytes:
    return sha256(data).digest()


def inner(left: bytes, right: bytes) -> bytes:
    return digest(b"\x01" + left + right)


def split_size(count: int) -> int:
    """Largest power of two below a number of leaves."""
    size = 1
    while size * 2 < count:
        size *= 2
    return size


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, over leaf hashes."""
    if not leaves:
        return digest(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = split_size(len(leaves))
    return inner(tree_root(leaves[:split]), tree_root(leaves[split:]))


def tree_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 6962, 2.1.1: aunts from leaf to root."""
    if len(leaves) == 1:
        return []
    split = split_size(len(leaves))
    if index < split:
        return [*tree_path(leaves[:split], index), tree_root(leaves[split:])]
    return [*tree_path(leaves[split:], index - split), tree_root(leaves[:split])]


def uvarint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def map_leaf(key: bytes, value: bytes) -> bytes:
    """leaf(k, SHA-256(value)) of a CometBFT map."""
    return digest(b"\x00" + uvarint(len(key)) + key + b"\x20" + digest(value))


def bucket_number(key: str, bits: int) -> int:
    home = "/".join(key.split("/")[:3])
    return int(digest(home.encode()).hex(), 16) >> (256 - bits)


def bucket_leaves(records: Mapping[str, bytes], bits: int) -> list[bytes]:
    """Leaf of every bucket, in order."""
    buckets: list[list[tuple[bytes, bytes]]] = [[] for _ in range(1 << bits)]
    for key, value in records.items():
        buckets[bucket_number(key, bits)].append((key.encode(), value))
    return [map_leaf(b"", tree_root([map_leaf(key, value) for key, value in sorted(bucket)])) for bucket in buckets]


def state_root(records: Mapping[str, bytes], bits: int) -> bytes:
    return tree_root(bucket_leaves(records, bits))


def app_hash(state: bytes, log: bytes) -> bytes:
    return inner(map_leaf(b"log", log), map_leaf(b"state", state))


def log_leaf(entry: bytes) -> bytes:
    return digest(b"\x00" + entry)


def encode_json(value: object) -> bytes:
    """RFC 8785, 3.2, for objects, lists, strings, integers, booleans and null."""
    return _serialise(value).encode("utf-8")


def _serialise(value: object) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(_escape(character) for character in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(_serialise(each) for each in value) + "]"
    assert isinstance(value, dict)
    # 3.2.3: names are sorted by their UTF-16 code units.
    names = sorted(value, key=lambda name: str(name).encode("utf-16-be"))
    return "{" + ",".join(f"{_serialise(name)}:{_serialise(value[name])}" for name in names) + "}"


def _escape(character: str) -> str:
    if character in SHORT_ESCAPES:
        return SHORT_ESCAPES[character]
    return f"\\u{ord(character):04x}" if ord(character) < 0x20 else character
