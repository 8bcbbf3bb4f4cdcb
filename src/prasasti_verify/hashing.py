"""Hashes of the log (RFC 6962) and of the state tree (CometBFT ``simple:v``), and the proofs over both."""

# Owns every hash formula that the ledger and the verifier share. Knows nothing of files, JSON or signatures.
# All hashes are 32 bytes of SHA-256; a *leaf* argument is a leaf's hash unless it says *data*.

from collections.abc import Iterable, Sequence
from functools import reduce
from hashlib import sha256 as _sha256

EMPTY_ROOT = _sha256(b"").digest()


# SHA-256 of the bytes.
def sha256(data: bytes) -> bytes:
    return _sha256(data).digest()


# Leaf hash of an entry (RFC 6962, 2.1).
def hash_leaf(data: bytes) -> bytes:
    return _sha256(b"\x00" + data).digest()


# Inner node (RFC 6962, 2.1); the state tree uses the same.
def hash_node(left: bytes, right: bytes) -> bytes:
    return _sha256(b"\x01" + left + right).digest()


# Root of the tree whose right edge this is: perfect subtrees, largest first.
def fold_edge(edge: Sequence[bytes]) -> bytes:
    return reduce(lambda root, subtree: hash_node(subtree, root), edge[-2::-1], edge[-1]) if edge else EMPTY_ROOT


# Right edge after appending leaf hashes to a tree of ``size`` leaves with this edge.
def extend_edge(edge: Sequence[bytes], size: int, leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    grown = list(edge)
    for leaf in leaves:
        node = leaf
        rest = size
        while rest & 1:
            node = _sha256(b"\x01" + grown.pop() + node).digest()
            rest >>= 1
        grown.append(node)
        size += 1
    return tuple(grown)


# Merkle tree hash over leaf hashes (RFC 6962, 2.1).
def compute_root(leaves: Sequence[bytes]) -> bytes:
    return fold_edge(extend_edge((), 0, leaves))


# Root that an inclusion proof leads to (RFC 6962, 2.1.1); None where the proof has not the right length.
def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    if not 0 <= index < size or (size == 1) != (not proof):
        return None
    if size == 1:
        return leaf
    left_size = 1 << (size - 1).bit_length() - 1
    is_left = index < left_size
    below = root_from_inclusion(index - (not is_left) * left_size, left_size if is_left else size - left_size, leaf, proof[:-1])
    return below and (hash_node(below, proof[-1]) if is_left else hash_node(proof[-1], below))


# Leaf of a record in its bucket (CometBFT ``simple:v``): key and SHA-256 of the value.
def hash_record(key: bytes, value_hash: bytes) -> bytes:
    length = len(key)
    prefix = bytes((length,)) if length < 128 else bytes((length & 127 | 128, length >> 7))
    return _sha256(b"\x00" + prefix + key + b"\x20" + value_hash).digest()


# Root of a bucket from its record leaves, sorted by whole key; the empty bucket's is SHA-256("").
hash_bucket = compute_root


# Leaf of a bucket in the top tree: ``leaf("", SHA-256(bucket root))``.
def hash_bucket_leaf(bucket_root: bytes) -> bytes:
    return _sha256(b"\x00\x00\x20" + _sha256(bucket_root).digest()).digest()


# Number of the bucket that a key lives in: the top bits of SHA-256 of its home (its first three parts).
def bucket_of(key: str, bucket_bits: int) -> int:
    home = "/".join(key.split("/", 3)[:3])
    return int.from_bytes(_sha256(home.encode()).digest()[:4], "big") >> (32 - bucket_bits)


# App hash over log root and state root, as the two leaves "log" and "state" of a CometBFT map.
def compute_app_hash(state_root: bytes, log_root: bytes) -> bytes:
    return hash_node(hash_record(b"log", sha256(log_root)), hash_record(b"state", sha256(state_root)))
