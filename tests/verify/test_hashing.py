"""The hashes against RFC 6962's and CometBFT's definitions, followed literally."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti_verify import hashing
from tests.verify.consistency import is_consistent
from tests.verify.ledger import State, compute_app_hash, compute_tree, hash_pair, list_aunts, sha256

MOST = 33
LEAVES = [sha256(b"leaf %d" % number) for number in range(MOST)]
HASHES = st.binary(min_size=32, max_size=32)


def prove_consistency(old_size: int, leaves: Sequence[bytes], *, is_known: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2."""
    if old_size == len(leaves):
        return [] if is_known else [compute_tree(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old_size <= split:
        return [*prove_consistency(old_size, leaves[:split], is_known=is_known), compute_tree(leaves[split:])]
    return [*prove_consistency(old_size - split, leaves[split:], is_known=False), compute_tree(leaves[:split])]


def test_the_known_root_of_eight() -> None:
    """The eight leaves that certificate transparency's implementations share (transparency-dev/merkle)."""
    texts = "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    root = hashing.compute_root([hashing.hash_leaf(bytes.fromhex(text)) for text in texts])
    assert root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", range(MOST))
def test_every_tree_every_inclusion_every_consistency(size: int) -> None:
    leaves = LEAVES[:size]
    root = compute_tree(leaves)
    assert hashing.compute_root(leaves) == root
    for index in range(size):
        proof = list_aunts(index, leaves)
        assert hashing.root_from_inclusion(index, size, leaves[index], proof) == root
        assert hashing.root_from_inclusion(index, size, leaves[index], [*proof, root]) is None
        for at in range(len(proof)):
            assert hashing.root_from_inclusion(index, size, leaves[index], proof[:at] + proof[at + 1 :]) is None
            changed = [*proof[:at], bytes(32), *proof[at + 1 :]]
            assert hashing.root_from_inclusion(index, size, leaves[index], changed) not in (None, root)
    for old_size in range(size + 1):
        old_root = compute_tree(leaves[:old_size])
        consistency = prove_consistency(old_size, leaves) if old_size else []
        assert is_consistent(old_size, old_root, size, root, consistency)
        assert not is_consistent(old_size, bytes(32), size, root, consistency)
        assert not is_consistent(old_size, old_root, size, bytes(32), consistency) or old_size == 0 < size
        assert not is_consistent(old_size, old_root, size, root, [*consistency, root])
        for at in range(len(consistency)):
            assert not is_consistent(old_size, old_root, size, root, consistency[:at] + consistency[at + 1 :])
        assert not is_consistent(size + 1, old_root, size, root, consistency)


def test_indexes_outside_are_refused() -> None:
    assert hashing.root_from_inclusion(1, 1, LEAVES[0], []) is None
    assert hashing.root_from_inclusion(-1, 1, LEAVES[0], []) is None
    assert hashing.root_from_inclusion(0, 0, LEAVES[0], []) is None
    assert not is_consistent(-1, hashing.EMPTY_ROOT, 0, hashing.EMPTY_ROOT, [])


@given(st.lists(HASHES, max_size=70), st.lists(HASHES, max_size=70))
def test_an_edge_grows_as_the_tree_does(before: list[bytes], after: list[bytes]) -> None:
    edge = hashing.extend_edge(hashing.extend_edge((), 0, before), len(before), after)
    assert hashing.fold_edge(edge) == compute_tree(before + after)
    assert len(edge) == bin(len(before + after)).count("1")


IDENTIFIERS = st.text(alphabet="abcXYZ019._:-", min_size=1, max_size=60)
KEYS = st.lists(IDENTIFIERS, min_size=3, max_size=6).map("/".join)


@given(KEYS, st.binary(max_size=200), st.integers(4, 22))
def test_records_and_buckets(key: str, value: bytes, bits: int) -> None:
    assert hashing.hash_record(key.encode(), sha256(value)) == hash_pair(key.encode(), sha256(value))
    assert hashing.bucket_of(key, bits) == State({}, bits).bucket_of(key)


def test_bucket_leaves_and_app_hash() -> None:
    assert hashing.hash_bucket([]) == sha256(b"")
    assert hashing.hash_bucket(LEAVES[:5]) == compute_tree(LEAVES[:5])
    assert hashing.hash_bucket_leaf(LEAVES[0]) == hash_pair(b"", sha256(LEAVES[0]))
    assert hashing.compute_app_hash(LEAVES[0], LEAVES[1]) == compute_app_hash(LEAVES[0], LEAVES[1])
