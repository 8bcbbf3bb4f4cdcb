"""State tree and its database: the root equals that of all records from scratch, at every height and after every start."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts import CONTRACTS
from prasasti.core.state import CommittedView
from prasasti.core.tree import Records, StateMismatch, TopTree, Tree, encode_bucket, hash_records, update_records
from prasasti.core.types import Bug
from prasasti_verify.hashing import bucket_of, hash_bucket_leaf, hash_node, hash_record, root_from_inclusion, sha256
from tests.core import reference
from tests.core.ledger import ACCEPTED, Ledger, Signer
from tests.core.rehearsal import REHEARSAL, thing_key

SENDER: Signer = ("agency-1/officer", "identity.holder")
WITH_REHEARSAL = (*CONTRACTS, REHEARSAL)
KEYS = st.sampled_from([f"{home}{rest}" for home in "abcdefgh" for rest in ("", "/x", "/y", "/z")])
WRITES = st.dictionaries(KEYS, st.sampled_from(["", "one", "two"]), min_size=1, max_size=8)
BLOCKS = st.lists(WRITES, min_size=1, max_size=12)
CHANGES = st.dictionaries(KEYS.map(thing_key), st.none() | st.binary(min_size=1, max_size=4), max_size=12)
RECORDS = st.dictionaries(KEYS.map(thing_key), st.binary(min_size=1, max_size=4), max_size=12)


def put(ledger: Ledger, texts: dict[str, str]) -> None:
    assert ledger.do("rehearsal.put", {"texts": texts}, SENDER) == ACCEPTED


def all_leaves(top: TopTree) -> bytes:
    return top.leaves(0, 1 << top.bucket_bits)


@pytest.mark.parametrize("bucket_bits", [4, 9, 11])
@given(blocks=BLOCKS)
@settings(max_examples=12)
def test_a_start_finds_the_tree_of_every_height(bucket_bits: int, blocks: list[dict[str, str]]) -> None:
    """After every block the kept tree, the loaded one and one made of all rows are the same."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder), WITH_REHEARSAL, bucket_bits=bucket_bits)
        for texts in blocks:
            put(ledger, texts)
            loaded = ledger.database.load_top(bucket_bits)
            assert all_leaves(loaded) == all_leaves(ledger.application.state.tree.top)
            assert loaded.root == ledger.root == reference.state_root(ledger.records(), bucket_bits)
        ledger.close()


@pytest.mark.parametrize("bucket_bits", [4, 9, 12])
def test_laps_of_the_snapshot_lose_no_leaf(tmp_path: Path, bucket_bits: int) -> None:
    """Chunks are rewritten in rotation; old journal rows go after a lap, and each start still finds the tree."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL, bucket_bits=bucket_bits)
    for block in range(3 * max(1, (1 << bucket_bits) // 256) + 3):
        put(ledger, {f"key-{block % 7}": str(block), f"home-{block}/x": "" if block % 5 == 4 else "text"})
        ledger.restart()
    assert ledger.root == reference.state_root(ledger.records(), bucket_bits)


def test_a_chunk_that_lost_its_last_record_is_forgotten(tmp_path: Path) -> None:
    """Its snapshot still held the old leaf when its journal row went, and the ledger could not be opened any more."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL, bucket_bits=12)
    held = {bucket_of(key, 12) // 256 for key in ledger.records()}
    lonely = next(name for name in map(str, range(1_000)) if bucket_of(thing_key(name), 12) // 256 not in held)
    put(ledger, {lonely: "text"})
    for block in range(20):
        put(ledger, {"other": str(block)})
    put(ledger, {lonely: ""})
    for block in range(40):
        put(ledger, {"other": str(block)})
        ledger.restart()


def test_two_records_come_into_an_empty_bucket_in_any_order() -> None:
    """Unsorted leaves in a new bucket were a real bug: only a root made from all rows found it (ledger-core: State tree)."""
    changes = {thing_key("home/b"): b"2", thing_key("home/a"): b"1"}
    records = update_records([], {**changes})
    assert [key for key, _, _ in records] == sorted(changes)
    top = TopTree(4)
    number = bucket_of(thing_key("home"), 4)
    assert top.compute_update({number: hash_bucket_leaf(hash_records(records))}).root == reference.state_root(changes, 4)


@given(before=RECORDS, changes=CHANGES, bits=st.sampled_from([4, 7]))
def test_an_update_equals_a_tree_from_scratch(before: dict[str, bytes], changes: dict[str, bytes | None], bits: int) -> None:
    """compute_update, apply and fill reach the tree of all records, whatever was there before."""
    buckets: dict[int, Records] = {}
    top = TopTree(bits)

    def write(values: dict[str, bytes | None]) -> dict[int, bytes]:
        by_bucket: dict[int, dict[str, bytes | None]] = {}
        for key, value in values.items():
            by_bucket.setdefault(bucket_of(key, bits), {})[key] = value
        buckets.update({number: update_records(buckets.get(number, []), some) for number, some in by_bucket.items()})
        return {number: hash_bucket_leaf(hash_records(buckets[number])) for number in by_bucket}

    top.apply(top.compute_update(write({**before})))
    assert top.root == reference.state_root(before, bits)
    after = {key: value for key, value in {**before, **changes}.items() if value is not None}
    root = top.root
    update = top.compute_update(write(changes))
    assert top.root == root, "computing changes nothing"
    assert update.root == reference.state_root(after, bits)
    top.apply(update)
    leaves = reference.bucket_leaves(after, bits)
    assert (top.root, all_leaves(top)) == (update.root, b"".join(leaves))
    filled = TopTree(bits)
    half = len(leaves) // 2
    filled.fill([(half, b"".join(leaves[half:])), (0, b"".join(leaves[:half]))])
    assert [filled.node(level, 0) for level in range(bits + 1)] == [top.node(level, 0) for level in range(bits + 1)]


@given(records=RECORDS.filter(bool), bits=st.sampled_from([4, 6]))
def test_every_record_has_a_path_to_the_state_root(records: dict[str, bytes], bits: int) -> None:
    """The three steps of a CometBFT proof: record to bucket, bucket to state root; and no other value has one."""
    top = TopTree(bits)
    by_bucket: dict[int, list[str]] = {}
    for key in sorted(records):
        by_bucket.setdefault(bucket_of(key, bits), []).append(key)
    leaves = {number: [hash_record(key.encode(), sha256(records[key])) for key in keys] for number, keys in by_bucket.items()}
    top.apply(top.compute_update({number: hash_bucket_leaf(reference.tree_root(some)) for number, some in leaves.items()}))

    def climb(number: int, index: int, leaf: bytes) -> bytes | None:
        bucket_root = root_from_inclusion(index, len(leaves[number]), leaf, reference.tree_path(leaves[number], index))
        if bucket_root is None:
            return None
        node = hash_bucket_leaf(bucket_root)
        for level, aunt in enumerate(top.aunts(number)):
            node = hash_node(aunt, node) if number >> level & 1 else hash_node(node, aunt)
        return node

    for number, keys in by_bucket.items():
        for index, key in enumerate(keys):
            assert climb(number, index, leaves[number][index]) == top.root == reference.state_root(records, bits)
            assert climb(number, index, hash_record(key.encode(), sha256(b"another"))) != top.root


class Rows:
    """Bucket bodies in memory."""

    def __init__(self, bodies: dict[int, bytes]) -> None:
        self.bodies = bodies

    def load_bucket(self, number: int) -> bytes | None:
        return self.bodies.get(number)


@given(records=RECORDS.filter(bool), data=st.data())
def test_an_altered_byte_of_a_bucket_is_never_returned(records: dict[str, bytes], data: st.DataObject) -> None:
    """Any one byte of a body: what is read is the record as it was, or a StateMismatch."""
    by_bucket: dict[int, dict[str, bytes | None]] = {}
    for key, value in records.items():
        by_bucket.setdefault(bucket_of(key, 4), {})[key] = value
    buckets = {number: update_records([], values) for number, values in by_bucket.items()}
    top = TopTree(4)
    top.apply(top.compute_update({number: hash_bucket_leaf(hash_records(bucket)) for number, bucket in buckets.items()}))
    bodies = {number: encode_bucket(bucket) for number, bucket in buckets.items()}
    number = data.draw(st.sampled_from(sorted(bodies)))
    place = data.draw(st.integers(0, len(bodies[number]) - 1))
    body = bytearray(bodies[number])
    body[place] ^= data.draw(st.integers(1, 255))
    bodies[number] = bytes(body)
    found: dict[str, bytes | None] = {}
    mismatches = 0
    for key in records:
        try:
            found[key] = CommittedView(Tree(top, Rows(bodies))).read(key)
        except StateMismatch:
            mismatches += 1
    assert found.items() <= records.items()
    assert mismatches


def edit_bucket(ledger: Ledger, name: str, part: str) -> None:
    """Change a record in its row: its key, its leaf or its value."""
    number = bucket_of(name, 9)
    edited = []
    for key, leaf, value in ledger.application.state.tree.load(number):
        if key == name:
            key, leaf, value = {
                "key": ("x" + key[1:], leaf, value),
                "leaf": (key, bytes([leaf[0] ^ 1]) + leaf[1:], value),
                "value": (key, leaf, value[:-1] + b" "),
            }[part]
        edited.append((key, leaf, value))
    ledger.database._connection.execute("UPDATE bucket SET body = ? WHERE id = ?", (encode_bucket(edited), number))


@pytest.mark.parametrize("part", ["key", "leaf", "value"])
def test_an_edited_record_is_found_when_it_is_read(tmp_path: Path, part: str) -> None:
    """A StateMismatch names the key; nothing is sealed on it, and the file stays as it was."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    put(ledger, {"a": "one"})
    height = ledger.application.info().height
    edit_bucket(ledger, thing_key("a"), part)
    ledger.restart()
    with pytest.raises(StateMismatch) as caught:
        ledger.application.query(thing_key("a"))
    assert ("x" + thing_key("a")[1:] if part == "key" else thing_key("a")) in str(caught.value)
    with pytest.raises(StateMismatch):
        ledger.do("rehearsal.put", {"texts": {"a": "two"}}, SENDER)
    ledger.restart()
    assert ledger.application.info().height == height


def test_an_edited_tree_is_found_at_the_start(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    put(ledger, {"a": "one"})
    connection = ledger.database._connection
    ((height, delta),) = connection.execute("SELECT height, delta FROM journal WHERE height = 1").fetchall()
    connection.execute("UPDATE journal SET delta = ? WHERE height = ?", (delta[:-1] + bytes([delta[-1] ^ 1]), height))
    connection.execute("DELETE FROM top")
    with pytest.raises(Bug, match="altered or is damaged"):
        ledger.restart()


def test_an_edited_edge_of_the_log_is_found_at_the_start(tmp_path: Path) -> None:
    """The next block's app hash would follow from a log that was never published."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    put(ledger, {"a": "one"})
    edge = ledger.application.info().edge
    ledger.database._connection.execute("UPDATE block SET edge = ? WHERE height = 1", (edge[0][:-1] + bytes([edge[0][-1] ^ 1]),))
    with pytest.raises(Bug, match="edge"):
        ledger.restart()
