"""Single files: that an entry is in the log, what the state holds or does not hold, that a list is whole."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.ledger import (
    EXAMPLE_TABLES,
    LOG,
    OFFICER,
    PUBLISHER,
    REGISTRAR,
    Json,
    Ledger,
    State,
    build_example,
    build_records,
    canonical,
    compute_tree,
    hash_entry,
    key_of,
    list_aunts,
    note,
    sha256,
    vkey,
)
from tests.verify.running import run

OFFICER_KEY = f"identity/key/{key_of(OFFICER)}"
BUYER = "procurement/buyer/ID-1"


def checkpoint_of(ledger: Ledger, size: int | None = None) -> bytes:
    size = len(ledger.entries) if size is None else size
    return note(ledger.origin, size, compute_tree([hash_entry(entry) for entry in ledger.entries[:size]]), LOG)


def prove_entry(ledger: Ledger, index: int) -> bytes:
    """A tlog-proof whose extra is the entry."""
    aunts = list_aunts(index, [hash_entry(entry) for entry in ledger.entries])
    lines = ["c2sp.org/tlog-proof@v1", f"extra {b64encode(ledger.entries[index]).decode()}", f"index {index}"]
    lines += [b64encode(aunt).decode() for aunt in aunts]
    return "\n".join(lines).encode() + b"\n\n" + checkpoint_of(ledger)


def prove_state(ledger: Ledger, state: State, asked: str, keys: Iterable[str]) -> Json:
    """A state proof that shows these keys' buckets."""
    keys = list(keys)
    index = max(at for at, entry in enumerate(ledger.entries) if b'"kind":"block"' in entry)
    aunts = [aunt.hex() for aunt in list_aunts(index, [hash_entry(entry) for entry in ledger.entries])]
    return {
        "block": {"aunts": aunts, "entry": ledger.entries[index].decode(), "index": index},
        "buckets": [state.show(number, keys) for number in sorted({state.bucket_of(key) for key in keys})],
        "checkpoint": checkpoint_of(ledger).decode(),
        "list": asked,
    }


def with_state(records: Json, bits: int = 4) -> tuple[Ledger, State]:
    """A ledger of one block whose state holds these records."""
    ledger = Ledger()
    state = State(build_records(ledger.genesis) | records, bits)
    sent = ledger.send("identity.end_key", {"key": key_of(PUBLISHER)}, (REGISTRAR, "identity.registrar"))
    ledger.block(ledger.accept(sent), root=state.root())
    return ledger, state


class Reader:
    """Somebody with the log's key who is handed one file."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.folder = folder
        (folder / "log.vkey").write_text(vkey(ledger.origin, 1, LOG) + "\n")

    def read(self, option: str, data: bytes, *arguments: object) -> tuple[int, Json]:
        (self.folder / "proof").write_bytes(data)
        return run(option, self.folder / "proof", "--key", self.folder / "log.vkey", *arguments)

    def accept(self, option: str, data: bytes, *arguments: object) -> Any:
        code, report = self.read(option, data, *arguments)
        assert (code, report["verdict"], report["problem"]) == (0, "in order", ""), report
        return report["shown"]

    def refuse(self, option: str, data: bytes, *arguments: object) -> str:
        code, report = self.read(option, data, *arguments)
        assert (code, report["verdict"], report["meaning"]) == (1, "wrong", "This file proves nothing."), report
        return str(report["problem"])


@pytest.fixture
def ledger() -> Ledger:
    return build_example()


@pytest.fixture
def reader(tmp_path: Path, ledger: Ledger) -> Reader:
    return Reader(tmp_path, ledger)


# -- entries ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", range(4))
def test_each_entry_is_proved(index: int, ledger: Ledger, reader: Reader) -> None:
    shown = reader.accept("--proof", prove_entry(ledger, index))
    assert shown["entry"] == json.loads(ledger.entries[index])
    assert shown["index"] == index
    assert (shown["payload"] is not None) == (index == 1)
    shown = reader.accept("--proof", prove_entry(ledger, index), "--genesis", sha256(ledger.genesis_bytes).hex())
    assert shown["index"] == index


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "another header": lambda data: data.replace(b"@v1", b"@v2"),
    "no extra": lambda data: data.replace(data.split(b"\n")[1] + b"\n", b""),
    "another index": lambda data: data.replace(b"index 1", b"index 0"),
    "index beyond": lambda data: data.replace(b"index 1", b"index 9"),
    "index spelt otherwise": lambda data: data.replace(b"index 1", b"index 01"),
    "another entry": lambda data: data.replace(b"extra ey", b"extra ez"),
    "a hash less": lambda data: data.replace(data.split(b"\n")[3] + b"\n", b""),
    "a hash more": lambda data: data.replace(b"\n\n", b"\n" + b64encode(bytes(32)) + b"\n\n", 1),
    "a hash cut": lambda data: data.replace(data.split(b"\n")[3], b64encode(bytes(31))),
    "no checkpoint": lambda data: data[: data.index(b"\n\n")],
    "checkpoint of another": lambda data: data[: data.index(b"\n\n") + 2] + note("ledger.example/other", 4, bytes(32), LOG),
    "checkpoint by another": lambda data: data[: data.rindex("—".encode())] + note("a", 4, bytes(32), LOG).split(b"\n\n")[1],
    "nothing": lambda data: b"",
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_altered_entry_proof_proves_nothing(name: str, ledger: Ledger, reader: Reader) -> None:
    reader.refuse("--proof", CHANGES[name](prove_entry(ledger, 1)))


def test_a_proof_of_another_ledgers_entry(ledger: Ledger, reader: Reader) -> None:
    assert "for another ledger" in reader.refuse("--proof", prove_entry(ledger, 1), "--genesis", "00" * 32)
    moved = build_example()
    moved.entries = [moved.entries[1], moved.entries[0]]
    assert "says another position than 0" in reader.refuse("--proof", prove_entry(moved, 0))


def test_whose_key_counts(ledger: Ledger, reader: Reader, tmp_path: Path) -> None:
    data = prove_entry(ledger, 1)
    (tmp_path / "proof").write_bytes(data)
    folder = ledger.publish(tmp_path / "log")
    code, report = run(folder, "--proof", tmp_path / "proof")
    assert code == 0
    assert [text.split(" ")[0] for text in report["taken_on_trust"]] == ["log.vkey", "policy"]
    code, report = run("--proof", tmp_path / "proof")
    assert (code, report["verdict"]) == (2, "no verdict")
    assert "give --key" in report["problem"]
    policy = tmp_path / "policy"
    policy.write_text(f"log {vkey(ledger.origin, 1, LOG)}\nwitness W {vkey('w.example/w', 4, 7)}\nquorum W\n")
    assert "do not meet the quorum" in reader.refuse("--proof", data, "--policy", policy)
    policy.write_text(f"log {vkey(ledger.origin, 1, LOG)}\nquorum none\n")
    assert run("--proof", tmp_path / "proof", "--policy", policy)[0] == 0


# -- state -----------------------------------------------------------------------------------------------------------------------


def officer_proof() -> tuple[Ledger, State, Json]:
    ledger = build_example()
    facts = {"handle": "officer-7", "organisation": "agency-1", "roles": ["procurement.officer"], "since": 1767225660}
    state = State(build_records(ledger.genesis) | {OFFICER_KEY: facts}, 4)
    return ledger, state, prove_state(ledger, state, OFFICER_KEY, [OFFICER_KEY])


def test_the_worked_examples_proof(reader: Reader) -> None:
    _, _, proof = officer_proof()
    data = canonical(proof)
    assert (len(data), sha256(data).hex()[:16]) == (1468, "f40a1b6a43d51e8f")
    assert reader.accept("--state-proof", data)["value"]["handle"] == "officer-7"


def test_absence_is_proved(reader: Reader) -> None:
    ledger, state, _ = officer_proof()
    for key in ("identity/key/00", "governance/member/nobody", "procurement/release/00/more/parts"):
        shown = reader.accept("--state-proof", canonical(prove_state(ledger, state, key, [key])))
        assert shown == {"key": key, "value": None}


def change(*path: Any, to: Any = None, by: Callable[[Any], Any] | None = None) -> Callable[[Json], None]:
    def apply(proof: Json) -> None:
        node: Any = proof
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = by(node[path[-1]]) if by else to

    return apply


FORGERIES: dict[str, Callable[[Json], None]] = {
    "another key asked": change("list", to="governance/member/agency-1"),
    "no key asked": change("list", to="identity"),
    "another value": change("buckets", 0, "records", 1, "value", by=lambda text: text.replace("officer-7", "officer-8")),
    "only the hash of what is asked": change(
        "buckets", 0, "records", 1, by=lambda record: {"key": record["key"], "hash": sha256(record["value"].encode()).hex()}
    ),
    "record hidden": change("buckets", 0, "records", by=lambda records: records[:1]),
    "record added": change("buckets", 0, "records", by=lambda records: [*records, {"key": "x/y/z", "hash": "00" * 32}]),
    "records swapped": change("buckets", 0, "records", by=lambda records: records[::-1]),
    "another bucket": change("buckets", 0, "bucket", to=11),
    "bucket beyond": change("buckets", 0, "bucket", to=26),
    "an aunt less": change("buckets", 0, "aunts", by=lambda aunts: aunts[1:]),
    "an aunt more": change("buckets", 0, "aunts", by=lambda aunts: [*aunts, "00" * 32]),
    "no aunts": change("buckets", 0, "aunts", to=[]),
    "forty aunts": change("buckets", 0, "aunts", to=["00" * 32] * 40),
    "another aunt": change("buckets", 0, "aunts", 0, to="00" * 32),
    "aunt that is none": change("buckets", 0, "aunts", 0, to="00"),
    "bucket twice": change("buckets", by=lambda buckets: buckets * 2),
    "no bucket": change("buckets", to=[]),
    "another index": change("block", "index", to=1),
    "another root": change("block", "entry", by=lambda text: text.replace("e37e", "e37f")),
    "no block": change("block", "entry", to="{}"),
    "block's aunt less": change("block", "aunts", by=lambda aunts: aunts[1:]),
    "unsigned": change("checkpoint", by=lambda text: text[: text.index("\n\n")]),
    "another size": change("checkpoint", by=lambda text: text.replace("\n4\n", "\n3\n")),
    "field more": lambda proof: proof.update(memo=""),
    "record's field more": change("buckets", 0, "records", 1, by=lambda record: record | {"hash": "00" * 32}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_state_proof_proves_nothing(name: str, reader: Reader) -> None:
    _, _, proof = officer_proof()
    FORGERIES[name](proof)
    reader.refuse("--state-proof", canonical(proof))


def test_a_state_proof_is_canonical_and_alone(reader: Reader) -> None:
    ledger, state, proof = officer_proof()
    assert "is not in canonical form" in reader.refuse("--state-proof", json.dumps(proof).encode())
    more = prove_state(ledger, state, OFFICER_KEY, [OFFICER_KEY, "governance/member/agency-1"])
    assert "holds buckets that nobody asked for" in reader.refuse("--state-proof", canonical(more))


def test_an_earlier_block_is_no_tip(reader: Reader) -> None:
    ledger, state, _ = officer_proof()
    aunts = [aunt.hex() for aunt in list_aunts(0, [hash_entry(entry) for entry in ledger.entries])]
    proof = prove_state(ledger, state, OFFICER_KEY, [OFFICER_KEY])
    proof["block"] = {"aunts": aunts, "entry": ledger.entries[0].decode(), "index": 0}
    assert "is not the last one" in reader.refuse("--state-proof", canonical(proof))


# -- lists -----------------------------------------------------------------------------------------------------------------------


def list_records(count: int) -> Json:
    items = {f"{BUYER}:{number // 256}/{number}": {"number": number} for number in range(count)}
    return items | ({f"{BUYER}/count": count} if count else {})


def list_keys(count: int) -> list[str]:
    return [f"{BUYER}/count", *(f"{BUYER}:{number // 256}/{number}" for number in range(count))]


@pytest.mark.parametrize(("count", "bits"), [(0, 4), (1, 4), (5, 5), (256, 6), (257, 6), (600, 4)])
def test_a_list_is_whole(count: int, bits: int, reader: Reader) -> None:
    ledger, state = with_state(list_records(count), bits)
    proof = prove_state(ledger, state, BUYER, list_keys(count))
    assert reader.accept("--list", canonical(proof)) == {"list": BUYER, "items": [{"number": number} for number in range(count)]}


def test_a_list_that_hides_an_item_proves_nothing(reader: Reader) -> None:
    records = list_records(300)
    del records[f"{BUYER}:1/299"]
    ledger, state = with_state(records)
    assert "lacks items of the 300" in reader.refuse("--list", canonical(prove_state(ledger, state, BUYER, list_keys(300))))
    ledger, state = with_state(list_records(300), 8)
    assert "lacks items of the 300" in reader.refuse("--list", canonical(prove_state(ledger, state, BUYER, list_keys(256))))
    count = f"{BUYER}/count"
    assert "does not hold the bucket" in reader.refuse("--list", canonical(prove_state(ledger, state, BUYER, [f"{BUYER}:0/0"])))
    # The count's bucket whole, but the count itself by its hash.
    hidden = prove_state(ledger, state, BUYER, list_keys(300))
    shown = next(bucket for bucket in hidden["buckets"] if bucket["bucket"] == state.bucket_of(count))
    shown["records"] = state.show(shown["bucket"], [])["records"]
    assert "shows only the hash" in reader.refuse("--list", canonical(hidden))


@pytest.mark.parametrize("count", [-1, "3", None, True, [], {}, 2**53 - 1])
def test_an_odd_count_proves_nothing(count: object, reader: Reader) -> None:
    ledger, state = with_state({f"{BUYER}/count": count})
    code, report = reader.read("--list", canonical(prove_state(ledger, state, BUYER, list_keys(0))))
    assert code == 1, report


@given(st.binary(max_size=200) | st.text('{}[]",:listbuckets', max_size=80).map(str.encode))
def test_any_bytes_prove_nothing(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    reader = Reader(tmp_path_factory.mktemp("any"), build_example())
    for option in ("--proof", "--state-proof", "--list"):
        reader.refuse(option, data)


def test_the_tables_are_those_of_the_example() -> None:
    assert [len(canonical(one)) for one in EXAMPLE_TABLES] == [240, 442]
