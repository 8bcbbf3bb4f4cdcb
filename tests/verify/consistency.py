"""Consistency proofs judged (RFC 6962, 2.1.2): the verifier compares whole logs and needs none; the publisher makes them."""

from __future__ import annotations

from collections.abc import Sequence

from prasasti_verify.hashing import EMPTY_ROOT, hash_node


def is_consistent(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a consistency proof shows the old tree as a prefix of the new one."""
    if not 0 < old_size <= new_size:
        return old_size == 0 <= new_size and not proof and old_root == EMPTY_ROOT and (new_size > 0 or new_root == EMPTY_ROOT)
    return _roots_from_consistency(old_size, new_size, old_root, proof) == (old_root, new_root)


def _roots_from_consistency(old_size: int, new_size: int, known: bytes | None, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    # SUBPROOF of RFC 6962, 2.1.2, read backwards; ``known`` is the old root, as long as the old tree is this subtree's left edge.
    if old_size == new_size:
        nodes = list(proof) if known is None else [known, *proof]
        return (nodes[0], nodes[0]) if len(nodes) == 1 else None
    left_size = 1 << (new_size - 1).bit_length() - 1
    if old_size <= left_size:
        below = _roots_from_consistency(old_size, left_size, known, proof[:-1]) if proof else None
        return (below[0], hash_node(below[1], proof[-1])) if below else None
    below = _roots_from_consistency(old_size - left_size, new_size - left_size, None, proof[:-1]) if proof else None
    return (hash_node(proof[-1], below[0]), hash_node(proof[-1], below[1])) if below else None
