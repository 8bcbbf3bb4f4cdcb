"""CometBFT proof operations ``simple:v``: from a record to its bucket, the state root and the app hash.

Owns their bytes, which the stock light client verifies (cometbft: Proofs). They show presence only; absence is shown
by whole buckets, in the proof files of ``services.state_proofs``.
"""

from __future__ import annotations

from collections.abc import Sequence

from prasasti.core.tree import Records, TopTree
from prasasti.core.types import Bug
from prasasti_verify.hashing import compute_root, hash_record, sha256

TYPE = "simple:v"
STATE_KEY = b"state"


def prove_record(records: Records, key: str) -> bytes:
    """Data of operation 1: a record in its bucket, whose whole content ``records`` is. Bug where it is not there."""
    keys = [each for each, _, _ in records]
    if key not in keys:
        raise Bug(f"{key} is proved in a bucket that does not hold it")
    index = keys.index(key)
    leaves = [leaf for _, leaf, _ in records]
    return encode_value_operation(key.encode(), len(leaves), index, leaves[index], _list_aunts(leaves, index))


def prove_bucket(top: TopTree, bucket: int) -> bytes:
    """Data of operation 2: a bucket's root under the state root."""
    return encode_value_operation(b"", 1 << top.bucket_bits, bucket, top.leaf(bucket), top.aunts(bucket))


def prove_state_root(state_root: bytes, log_root: bytes) -> bytes:
    """Data of operation 3: the state root under the app hash, beside the root of the log with the block's own entries."""
    return encode_value_operation(STATE_KEY, 2, 1, hash_record(STATE_KEY, sha256(state_root)), [hash_record(b"log", sha256(log_root))])


def encode_value_operation(key: bytes, total: int, index: int, leaf: bytes, aunts: Sequence[bytes]) -> bytes:
    """ValueOp {1 key, 2 Proof {1 total, 2 index, 3 leaf_hash, 4 aunts from leaf to root}} as protobuf (proto3: no zero is written)."""
    proof = (
        _encode_integer(1, total) + _encode_integer(2, index) + _encode_bytes(3, leaf) + b"".join(_encode_bytes(4, aunt) for aunt in aunts)
    )
    return (_encode_bytes(1, key) if key else b"") + _encode_bytes(2, proof)


def encode_operation(key: bytes, data: bytes) -> bytes:
    """ProofOp {1 type, 2 key, 3 data} as protobuf."""
    return _encode_bytes(1, TYPE.encode()) + (_encode_bytes(2, key) if key else b"") + _encode_bytes(3, data)


def _list_aunts(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Hashes beside the way from a leaf to the root, lowest first (RFC 6962, 2.1.1)."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*_list_aunts(leaves[:split], index), compute_root(leaves[split:])]
    return [*_list_aunts(leaves[split:], index - split), compute_root(leaves[:split])]


def _encode_integer(field: int, value: int) -> bytes:
    return _encode_varint(field << 3) + _encode_varint(value) if value else b""


def _encode_bytes(field: int, value: bytes) -> bytes:
    return _encode_varint(field << 3 | 2) + _encode_varint(len(value)) + value


def _encode_varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
