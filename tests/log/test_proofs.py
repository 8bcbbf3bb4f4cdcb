"""Proofs: against RFC 6962's recursive definitions, from tiles and from entries, and as the files that a citizen keeps."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.log.checkpoint import build_log_key, format_body, format_vkey, read_checkpoint, sign_checkpoint
from prasasti.log.proofs import (
    Nodes,
    ProofProblem,
    compute_range_root,
    nodes_from_source,
    nodes_from_tiles,
    prove_consistency,
    prove_entry,
    prove_inclusion,
)
from prasasti_verify.hashing import compute_root, hash_leaf, root_from_inclusion
from prasasti_verify.strict import Wrong
from tests.judges import run_sumdb, shared
from tests.log.worlds import MemoryLog, SeedKey, Workshop, build_naive_tiles, make_entries
from tests.verify.consistency import is_consistent

ORIGIN = "ledger.example/prasasti-training/prasasti-example"


def largest_power_below(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def define_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    split = largest_power_below(len(leaves))
    if index < split:
        return [*define_path(index, leaves[:split]), compute_root(leaves[split:])]
    return [*define_path(index - split, leaves[split:]), compute_root(leaves[:split])]


def define_subproof(old_size: int, leaves: Sequence[bytes], is_whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962, 2.1.2."""
    if old_size == len(leaves):
        return [] if is_whole else [compute_root(leaves)]
    split = largest_power_below(len(leaves))
    if old_size <= split:
        return [*define_subproof(old_size, leaves[:split], is_whole), compute_root(leaves[split:])]
    return [*define_subproof(old_size - split, leaves[split:], False), compute_root(leaves[:split])]


def all_nodes(count: int) -> tuple[list[bytes], list[Nodes]]:
    """Leaf hashes of a log, and the two ways to its nodes."""
    entries = make_entries(count)
    tiles = build_naive_tiles(entries, (count,))
    return [hash_leaf(entry) for entry in entries], [nodes_from_source(MemoryLog(entries)), nodes_from_tiles(tiles.get, count)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 33])
def test_proofs_by_definition(size: int) -> None:
    leaves, ways = all_nodes(size)
    for nodes in ways:
        for index in range(size):
            assert list(prove_inclusion(nodes, index, size)) == define_path(index, leaves)
        for old_size in range(1, size + 1):
            assert list(prove_consistency(nodes, old_size, size)) == define_subproof(old_size, leaves, True)
        assert prove_consistency(nodes, 0, size) == ()


@given(st.integers(1, 1_100).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1), st.integers(0, size))))
def test_proofs_lead_where_they_should(case: tuple[int, int, int]) -> None:
    size, index, old_size = case
    leaves, ways = all_nodes(size)
    root = compute_root(leaves)
    proofs = [(prove_inclusion(nodes, index, size), prove_consistency(nodes, old_size, size)) for nodes in ways]
    assert proofs[0] == proofs[1]
    inclusion, consistency = proofs[0]
    assert root_from_inclusion(index, size, leaves[index], inclusion) == root
    assert is_consistent(old_size, compute_root(leaves[:old_size]), size, root, consistency)
    assert compute_range_root(ways[1], 0, size) == root


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0), (9, 4)])
def test_inclusion_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ProofProblem, match=f"entry {index} does not lie within the {size} entries"):
        prove_inclusion(nodes_from_source(MemoryLog(make_entries(4))), index, size)


@pytest.mark.parametrize(("old_size", "size"), [(-1, 4), (5, 4)])
def test_consistency_of_no_prefix(old_size: int, size: int) -> None:
    with pytest.raises(ProofProblem, match="is no part of"):
        prove_consistency(nodes_from_source(MemoryLog(make_entries(4))), old_size, size)


def test_a_proof_from_tiles_reads_few(tmp_path: Path) -> None:
    size = 70_000
    entries = make_entries(size)
    tiles = build_naive_tiles(entries, (size,))
    read: list[str] = []

    def count(path: str) -> bytes | None:
        read.append(path)
        return tiles.get(path)

    proof = prove_inclusion(nodes_from_tiles(count, size), 12_345, size)
    assert root_from_inclusion(12_345, size, hash_leaf(entries[12_345]), proof) == compute_root([hash_leaf(entry) for entry in entries])
    assert len(read) <= 2 * 17  # 2^17 > 70,000; one node a height, and those at the right edge.


def test_full_tile_stands_in_for_a_removed_partial_one() -> None:
    entries = make_entries(300)
    tiles = build_naive_tiles(entries, (300,))  # Of size 200 there is no partial tile here.
    leaves = [hash_leaf(entry) for entry in entries]
    assert list(prove_inclusion(nodes_from_tiles(tiles.get, 200), 17, 200)) == define_path(17, leaves[:200])


@pytest.mark.parametrize(("damage", "reason"), [(lambda tile: None, "is missing"), (lambda tile: tile[:-1], "is cut short")])
def test_tiles_that_do_not_hold_what_they_should(damage: object, reason: str) -> None:
    tiles: dict[str, bytes | None] = dict(build_naive_tiles(make_entries(300), (300,)))
    tiles["tile/0/001.p/44"] = damage(tiles["tile/0/001.p/44"])  # type: ignore[operator]
    with pytest.raises(ProofProblem, match=rf"tile/0/001\.p/44 {reason}"):
        prove_inclusion(nodes_from_tiles(tiles.get, 300), 298, 300)


# Files


@pytest.mark.parametrize("way", ["entries", "tiles"])
def test_proof_file(tmp_path: Path, way: str) -> None:
    shop = Workshop(tmp_path)
    shop.publish()
    note = shop.kept.path.read_bytes()
    read = None if way == "entries" else lambda path: (shop.folder / path).read_bytes() if (shop.folder / path).exists() else None
    text = prove_entry(shop.log, 77, note, read)
    head, _, checkpoint = text.partition(b"\n\n")
    assert checkpoint == note
    lines = head.decode().split("\n")
    leaves = [hash_leaf(entry) for _, entry in shop.log.rows]
    assert lines == [
        "c2sp.org/tlog-proof@v1",
        "extra " + b64encode(shop.log.rows[77][1]).decode(),
        "index 77",
        *(b64encode(aunt).decode() for aunt in define_path(77, leaves)),
    ]


def test_proof_of_a_log_of_one(tmp_path: Path) -> None:
    shop = Workshop(tmp_path, MemoryLog([b"only"]))
    shop.publish()
    note = shop.kept.path.read_bytes()
    assert prove_entry(shop.log, 0, note) == b"c2sp.org/tlog-proof@v1\nextra b25seQ==\nindex 0\n\n" + note


def test_proof_that_would_not_hold_is_not_written(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    shop.publish()
    note = shop.kept.path.read_bytes()
    with pytest.raises(ProofProblem, match="entry 300 does not lie within"):
        prove_entry(shop.log, 300, note)
    shop.log.alter(5, b"altered")
    for index in (5, 6):
        with pytest.raises(ProofProblem, match=f"entry {index} does not lead to the root"):
            prove_entry(shop.log, index, note)


@pytest.mark.outside
def test_sumdb_makes_the_same_proofs(tmp_path: Path) -> None:
    shop = Workshop(tmp_path, MemoryLog(make_entries(1_000)))
    shop.publish()
    sizes, indexes = [1, 255, 256, 257, 700], [0, 255, 256, 511, 999]
    found = run_sumdb(shop.folder, sizes, indexes)
    nodes = nodes_from_tiles(lambda path: (shop.folder / path).read_bytes(), 1_000)
    assert {index: [aunt.hex() for aunt in prove_inclusion(nodes, index, 1_000)] for index in indexes} == found["inclusion"]
    source = nodes_from_source(shop.log)
    pairs = found["consistency"]
    assert len(pairs) == 15
    assert pairs == {pair: [aunt.hex() for aunt in prove_consistency(source, *pair)] for pair in pairs}


# Checkpoints


def test_checkpoint_and_key_of_the_worked_example() -> None:
    key = build_log_key(ORIGIN, SeedKey().public_key)
    expected = shared("worked-example", "log")
    assert format_vkey(key) + "\n" == (expected / "log.vkey").read_text()
    root = bytes.fromhex("0be0f1af5baf131724e8cdaa5caca6772f54e4348cc9f1f060820fa034a66352")
    note = sign_checkpoint(key, 4, root, SeedKey())
    assert note == (expected / "checkpoint").read_bytes()
    checkpoint = read_checkpoint(note, key, "checkpoint")
    assert (checkpoint.size, checkpoint.root, checkpoint.origin) == (4, root, ORIGIN)


def test_checkpoint_by_another_key_or_of_another_log_is_wrong() -> None:
    key = build_log_key(ORIGIN, SeedKey().public_key)
    other = build_log_key(ORIGIN, SeedKey(b"\x07" * 32).public_key)
    note = sign_checkpoint(key, 4, bytes(32), SeedKey())
    with pytest.raises(Wrong, match="bears no signature by the log's key"):
        read_checkpoint(note, other, "checkpoint")
    with pytest.raises(Wrong, match="is of the log"):
        read_checkpoint(note, build_log_key("elsewhere", key.public), "checkpoint")
    with pytest.raises(Wrong, match="does not verify"):
        read_checkpoint(note.replace(b"\n4\n", b"\n5\n"), key, "checkpoint")
    with pytest.raises(Wrong, match="three lines"):
        read_checkpoint(note.replace(b"\n\n", b"\nextension\n\n"), key, "checkpoint")


def test_empty_log_has_a_checkpoint() -> None:
    assert format_body("a.example/log", 0, compute_root([])) == b"a.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
