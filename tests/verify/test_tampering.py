"""Lies about the worked example: every file altered, cut, lengthened or taken away; entries rewritten by one who has the log's key."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.ledger import (
    LOG,
    OFFICER,
    PUBLISHER,
    REGISTRAR,
    Json,
    Ledger,
    Sent,
    build_example,
    build_records,
    canonical,
    compute_tree,
    cosign,
    frame,
    hash_entry,
    key_of,
    note,
    read_payload,
    relink,
    resign,
    seal,
    sha256,
    sign,
    write,
)
from tests.verify.running import check, find_wrong, run, trust

FILES = sorted(
    str(path)
    for path in """checkpoint genesis.json log.vkey policy withheld.json tile/0/000.p/2 tile/0/000.p/4 tile/entries/000.p/2
    tile/entries/000.p/4 documents/sha256/61/61fc5c3d369afa4fe5a34f7f295fdf35ff88c4dee41f65466dacb3f9cb53e1a2
    documents/sha256/d2/d214c48eaf9c12c52455f1cc51b1bf7676cbf5a3834b7a448ca35e0c1c995a9a""".split()
)
# Partial tiles of an earlier checkpoint may be gone; whether they must be there only their checkpoint could say.
MAY_BE_GONE = {"tile/0/000.p/2", "tile/entries/000.p/2"}


@pytest.fixture
def ledger() -> Ledger:
    return build_example()


@pytest.fixture
def folder(ledger: Ledger, tmp_path: Path) -> Path:
    return ledger.publish(tmp_path / "log", [2, 4])


def test_these_are_all_files(folder: Path) -> None:
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == FILES


def flip(at: float) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        index = min(int(at * len(data)), len(data) - 1)
        return data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :]

    return change


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "first byte": flip(0),
    "a quarter": flip(0.25),
    "the middle": flip(0.5),
    "three quarters": flip(0.75),
    "last byte": flip(1),
    "cut": lambda data: data[:-1],
    "halved": lambda data: data[: len(data) // 2],
    "emptied": lambda data: b"",
    "lengthened": lambda data: data + b"x",
    "doubled": lambda data: data * 2,
    "zero added": lambda data: data + b"\0",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("path", FILES)
def test_an_altered_file_is_found(path: str, change: str, folder: Path, ledger: Ledger, tmp_path: Path) -> None:
    altered = CHANGES[change]((folder / path).read_bytes())
    (folder / path).write_bytes(altered)
    place = find_wrong(folder, *trust(ledger, tmp_path))
    # A bundle shows as its entry; the folder's own files contradict one another wherever the first of them is read.
    assert path in place or place.startswith(("entry ", "checkpoint", "policy", "log.vkey")), place


@pytest.mark.parametrize("path", FILES)
def test_a_missing_file_is_found(path: str, folder: Path) -> None:
    (folder / path).unlink()
    if path in MAY_BE_GONE:
        check(folder)
    else:
        assert find_wrong(folder) == f"{path}: is missing"


FOREIGN = """notes.txt checkpoint.old witness/x.vkey tile/0/000.p/0 tile/0/000.p/256 tile/0/0 tile/00/000 tile/0/x000/000 tile/64/000
    tile/entries tile/entries/000.p/5x documents/readme documents/sha256/aa/bb documents/sha256/AA/61 .hidden genesis.json.tmp
    documents/sha256/62/61fc5c3d369afa4fe5a34f7f295fdf35ff88c4dee41f65466dacb3f9cb53e1a2""".split()


@pytest.mark.parametrize("path", [path for path in FOREIGN if path != "tile/entries"])
def test_a_foreign_file_is_found(path: str, folder: Path) -> None:
    write(folder, path, b"x")
    assert find_wrong(folder).startswith(f"{path}: ")


def test_a_linked_folder_is_found(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "elsewhere").symlink_to(tmp_path / "elsewhere")
    assert find_wrong(folder).startswith("elsewhere: ")


def test_what_a_later_checkpoint_will_name_is_pending(folder: Path) -> None:
    document = b"a release that no entry names yet"
    digest = sha256(document).hex()
    write(folder, f"documents/sha256/{digest[:2]}/{digest}", document)
    tile = (folder / "tile/0/000.p/4").read_bytes()
    write(folder, "tile/0/000.p/5", tile + bytes(32))
    bundle = (folder / "tile/entries/000.p/4").read_bytes()
    write(folder, "tile/entries/000.p/5", bundle + b"\0\3new")
    assert check(folder)["pending"] == 3
    assert "pending" in find_wrong(folder, "--closed")
    write(folder, f"documents/sha256/{digest[:2]}/{digest}", document + b"!")
    assert "does not hash to its name" in find_wrong(folder)


@pytest.mark.parametrize("path", ["tile/0/000.p/5", "tile/0/000", "tile/entries/000.p/5"])
def test_a_wider_tile_must_extend_what_is_signed(path: str, folder: Path) -> None:
    width = 256 if path.endswith("/000") else 5
    write(folder, path, b"\0\1x" * 5 if "entries" in path else bytes(32 * width))
    assert find_wrong(folder).startswith(f"{path}: does not agree")


def test_the_full_tile_may_stand_for_a_partial_one(folder: Path) -> None:
    tile, bundle = (folder / "tile/0/000.p/4").read_bytes(), (folder / "tile/entries/000.p/4").read_bytes()
    shutil.rmtree(folder / "tile")
    write(folder, "tile/0/000", tile + bytes(32 * 252))
    write(folder, "tile/entries/000", bundle + b"\0\1x" * 252)
    assert check(folder)["pending"] == 2


# -- one who has the log's key ---------------------------------------------------------------------------------------------------


def change_entry(at: int, change: Callable[[Json], Any]) -> Callable[[Ledger], list[bytes]]:
    """Alter one entry; links are mended."""

    def tell(ledger: Ledger) -> list[bytes]:
        value = json.loads(ledger.entries[at])
        change(value)
        return relink(ledger, [canonical(value) if index == at else entry for index, entry in enumerate(ledger.entries)])

    return tell


def change_payload(change: Callable[[Json], Any], *seeds: int) -> Callable[[Ledger], list[bytes]]:
    """Alter the payload of entry 1; signed anew by these, or with the old signatures where there are none."""

    def tell(ledger: Ledger) -> list[bytes]:
        payload = read_payload(ledger.entries[1])
        change(payload)
        sent = seal(canonical(payload), seeds)
        entry = json.loads(ledger.entries[1])
        envelope = sent.envelope if seeds else entry["envelope"] | {"payload": sent.envelope["payload"]}
        return relink(ledger, [ledger.entries[0], canonical(entry | {"envelope": envelope, "id": sent.id}), *ledger.entries[2:]])

    return tell


def put(**fields: Any) -> Callable[[Json], None]:
    return lambda value: value.update(fields)


def take(name: str) -> Callable[[Json], None]:
    return lambda value: value.pop(name)


def pick(*order: int) -> Callable[[Ledger], list[bytes]]:
    """Show these entries in this order; links as they are."""
    return lambda ledger: [ledger.entries[at] for at in order]


def pick_linked(*order: int) -> Callable[[Ledger], list[bytes]]:
    return lambda ledger: relink(ledger, [ledger.entries[at] for at in order])


def sign_other_type(ledger: Ledger) -> list[bytes]:
    """An envelope of another payload type, rightly signed as such."""
    entry = json.loads(ledger.entries[1])
    payload = canonical(read_payload(ledger.entries[1]))
    other = b"application/vnd.prasasti.sign-in+json"
    message = b"DSSEv1 %d %s %d %s" % (len(other), other, len(payload), payload)
    signatures = sorted(
        ({"keyid": key_of(seed), "sig": b64encode(sign(seed, message)).decode()} for seed in (REGISTRAR, OFFICER)),
        key=lambda one: one["keyid"],
    )
    entry["envelope"] |= {"payloadType": other.decode(), "signatures": signatures}
    return relink(ledger, [ledger.entries[0], canonical(entry), *ledger.entries[2:]])


def add_signature(ledger: Ledger) -> list[bytes]:
    entry = json.loads(ledger.entries[1])
    payload = canonical(read_payload(ledger.entries[1]))
    entry["envelope"]["signatures"].append({"keyid": key_of(PUBLISHER), "sig": b64encode(sign(PUBLISHER, frame(payload))).decode()})
    entry["envelope"]["signatures"].sort(key=lambda one: one["keyid"])
    return relink(ledger, [ledger.entries[0], canonical(entry), *ledger.entries[2:]])


ROOT = {"state_root": "00" * 32}
SIGNERS = [{"key": key_of(REGISTRAR), "role": "identity.registrar"}, {"key": key_of(OFFICER), "role": "identity.new_key"}]
BOTH = (REGISTRAR, OFFICER)

# What is told, and how the finding begins.
LIES: dict[str, tuple[Callable[[Ledger], list[bytes]], str]] = {
    "entry 0 dropped": (pick(1, 2, 3), "entry 0: "),
    "entry 1 dropped": (pick(0, 2, 3), "entry 1: is no transaction, though its block has some to come"),
    "entry 1 dropped, links mended": (pick_linked(0, 2, 3), "entry 0: is a block with neither"),
    "block 1 dropped": (pick(2, 3), "entry 0: is not block 1"),
    "block 1 dropped, links mended": (pick_linked(2, 3), "entry 0: is not block 1"),
    "block 2 dropped": (pick(0, 1, 3), "entry 2: is no block entry, though the block before it is complete"),
    "last entry dropped": (pick(0, 1, 2), "checkpoint: ends within block 2"),
    "entries swapped": (pick(0, 3, 2, 1), "entry 1: says that it stands at 3"),
    "blocks swapped": (pick(2, 3, 0, 1), "entry 0: is not block 1"),
    "entry doubled": (pick(0, 1, 1, 2, 3), "entry 2: is no block entry, though the block before it is complete"),
    "entry doubled, links mended": (pick_linked(0, 1, 1, 2, 3), "entry 2: has the id of an earlier transaction"),
    "block doubled": (pick(0, 1, 0, 1, 2, 3), "entry 2: is not block 2"),
    "height skipped": (change_entry(2, put(height=3)), "entry 2: is not block 2"),
    "time turned back": (change_entry(2, put(time=1767225659)), "entry 2: is earlier"),
    "before genesis": (change_entry(0, put(time=1)), "entry 0: is earlier"),
    "chain of app hashes cut": (lambda ledger: [ledger.entries[0], b"{}", *ledger.entries[2:]], "entry 1: is no transaction"),
    "another state root": (
        lambda ledger: relink(ledger, [canonical(json.loads(one) | ROOT) if b'"block"' in one else one for one in ledger.entries]),
        "",
    ),
    "state moved by a refusal": (change_entry(2, put(state_root="00" * 32)), "entry 3: ends a block that refused everything"),
    "a refusal accepted": (change_entry(3, put(refusal=None)), "entry 3: envelope"),
    "an acceptance refused": (
        change_entry(1, put(refusal={"action": "identity.register_key", "actor": "agency-1", "number": "identity.01.1"})),
        "entry 1: is refused, yet has an envelope",
    ),
    "refused by whom it does not concern": (
        change_entry(3, put(refusal={"action": "identity.register_key", "actor": "agency-1", "number": "treasury.01.1"})),
        "entry 3: is refused by another contract's number",
    ),
    "refused to nobody": (
        change_entry(3, put(refusal={"action": "identity.register_key", "actor": "agency-2", "number": "identity.01.1"})),
        "entry 3: its actor agency-2 is unknown",
    ),
    "refused an unknown action": (
        change_entry(3, put(refusal={"action": "identity.bless", "actor": "agency-1", "number": "identity.01.1"})),
        "entry 3: the action identity.bless stands in no table",
    ),
    "id of another": (change_entry(1, put(id="11" * 32)), "entry 1: its id is not the hash"),
    "id in capitals": (change_entry(1, lambda value: value.update(id=value["id"].upper())), "entry 1: id is not as it must be"),
    "field too many": (change_entry(1, put(memo="")), "entry 1: it has not exactly the fields"),
    "field missing": (change_entry(1, take("events")), "entry 1: it has not exactly the fields"),
    "event that is no object": (change_entry(1, put(events=["x"])), "entry 1: events is not as it must be: 'x'"),
    "payload altered": (change_payload(put(actor="publisher-1")), "entry 1: the signature of"),
    "payload of another type": (sign_other_type, "entry 1: payloadType is not as it must be"),
    "another chain": (change_payload(put(chain="00" * 16), *BOTH), "entry 1: was signed for another ledger"),
    "expired": (change_payload(put(expires=1767225660), *BOTH), "entry 1: was accepted after it had expired"),
    "expires too late": (change_payload(put(expires=1767225661 + 604800), *BOTH), "entry 1: was accepted after it had expired"),
    "short nonce": (change_payload(put(nonce="00"), *BOTH), "entry 1: nonce"),
    "unknown field": (change_payload(put(memo=""), *BOTH), "entry 1: payload has not exactly the fields"),
    "unknown action": (change_payload(put(action="identity.bless"), *BOTH), "entry 1: the action identity.bless stands in no table"),
    "unknown contract": (change_payload(put(action="bank.pay"), *BOTH), "entry 1: the action bank.pay stands in no table"),
    "another actor": (change_payload(put(actor="publisher-1"), *BOTH), "entry 1: the first signer is not of the actor"),
    "float": (change_payload(put(expires=1.5), *BOTH), "entry 1, payload: is no JSON as the ledger holds it"),
    "one signer too few": (change_payload(put(signers=SIGNERS[:1]), REGISTRAR), "entry 1: 1 signers may not"),
    "signature taken away": (change_payload(put(actor="agency-1"), REGISTRAR), "entry 1: is not signed by exactly the signers"),
    "signature added": (add_signature, "entry 1: is not signed by exactly the signers"),
    "no signature": (
        change_entry(1, lambda value: value["envelope"].update(signatures=[])),
        "entry 1: bears 0 signatures",
    ),
    "signatures in another order": (
        change_entry(1, lambda value: value["envelope"]["signatures"].reverse()),
        "entry 1: its signatures are not sorted",
    ),
    "signature of another": (
        change_entry(1, lambda value: value["envelope"]["signatures"][0].update(sig=value["envelope"]["signatures"][1]["sig"])),
        "entry 1: the signature of",
    ),
    "signature lengthened": (
        change_entry(1, lambda value: value["envelope"]["signatures"][0].update(sig=b64encode(bytes(65)).decode())),
        "entry 1: the signature of",
    ),
    "loose base64": (
        change_entry(1, lambda value: value["envelope"]["signatures"][0].update(sig="QR==")),
        "entry 1: holds what is not standard base64",
    ),
    "keyid that is no key": (
        change_entry(1, lambda value: value["envelope"]["signatures"][0].update(keyid="B")),
        "entry 1: keyid is not as it must be",
    ),
    "unknown key signs": (
        change_payload(put(signers=[{"key": key_of(9), "role": "identity.registrar"}, SIGNERS[1]]), 9, OFFICER),
        "entry 1: the key fd1724385aa0c75b… signs as identity.registrar, but is not bound",
    ),
    "key without the role": (
        change_payload(put(signers=[{"key": key_of(PUBLISHER), "role": "identity.registrar"}, SIGNERS[1]]), PUBLISHER, OFFICER),
        "entry 1: the key ca93ac1705187071… signs as identity.registrar, but does not hold that role",
    ),
    "role that may not": (
        change_payload(put(signers=[{"key": key_of(PUBLISHER), "role": "governance.officer"}, SIGNERS[1]]), PUBLISHER, OFFICER),
        "entry 1: the role governance.officer may not identity.register_key",
    ),
    "key bound without its signature": (
        change_payload(put(signers=[SIGNERS[0], {"key": key_of(9), "role": "identity.new_key"}]), REGISTRAR, 9),
        "entry 1: the keys that sign as new keys are not those that the action binds",
    ),
    "new key first": (
        change_payload(put(signers=SIGNERS[::-1]), *BOTH),
        "entry 1: the first signer is not of the actor",
    ),
    "argument missing": (change_payload(put(arguments={"key": key_of(OFFICER)}), *BOTH), "entry 1: bind_key: organisation"),
    "not canonical": (
        lambda ledger: [ledger.entries[0], ledger.entries[1].replace(b'":', b'": ', 1), *ledger.entries[2:]],
        "entry 1: is not in canonical form",
    ),
    "duplicate key": (
        lambda ledger: [ledger.entries[0], ledger.entries[1].replace(b'"kind"', b'"kind":"block","kind"', 1), *ledger.entries[2:]],
        "entry 1: is no JSON",
    ),
    "no JSON": (lambda ledger: [b"block", *ledger.entries[1:]], "entry 0: is no JSON"),
    "empty entry": (lambda ledger: [b"", *ledger.entries[1:]], "entry 0: is no JSON"),
    "no object": (lambda ledger: [b"[]", *ledger.entries[1:]], "entry 0: is no block entry"),
    "a block of nothing": (
        lambda ledger: relink(ledger, [*ledger.entries[:2], ledger.entries[2].replace(b'"height":2', b'"height":2')]),
        "entry 2: is a block with neither",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_who_has_the_logs_key_is_found(name: str, ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    tell, beginning = LIES[name]
    entries = tell(ledger)
    kept = tmp_path / "kept"
    kept.write_bytes((folder / "checkpoint").read_bytes())
    resign(folder, ledger, entries)
    if beginning:
        code, report = run(folder, *trust(ledger, tmp_path))
        assert report["problem"].startswith(beginning), report["problem"]
        assert code == 1
        assert report["meaning"].startswith("The log's key signed this")
    else:
        # What only the rules forbid is the audit's to find, or a kept checkpoint's.
        check(folder, *trust(ledger, tmp_path))
    assert find_wrong(folder, *trust(ledger, tmp_path), "--previous", kept)


@pytest.mark.parametrize("name", LIES)
def test_who_has_not_is_told_apart(name: str, ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    """The same entries in tiles that fit them, under the checkpoint that the log did sign."""
    signed = (folder / "checkpoint").read_bytes()
    resign(folder, ledger, LIES[name][0](ledger))
    write(folder, "checkpoint", signed)
    code, report = run(folder, *trust(ledger, tmp_path))
    assert code == 1
    assert report["meaning"].startswith("Published bytes were altered")


# -- checkpoints -----------------------------------------------------------------------------------------------------------------


def root_of(entries: Sequence[bytes]) -> bytes:
    return compute_tree([hash_entry(entry) for entry in entries])


def test_a_fork_shows_where_two_views_meet(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    other = build_example()
    other.entries[3:] = [other.entries[3].replace(b"identity.01.2", b"identity.01.1")]
    check(other.publish(tmp_path / "other", [4]))
    other_checkpoint = tmp_path / "other" / "checkpoint"
    assert "two histories, a fork" in find_wrong(folder, "--previous", other_checkpoint)
    assert "two histories, a fork" in find_wrong(folder, "--previous", other_checkpoint, "--tiles-only")
    # The part that both views share is no fork.
    shared = tmp_path / "shared"
    shared.write_bytes(note(ledger.origin, 2, root_of(ledger.entries[:2]), LOG))
    check(folder, "--previous", shared, "--previous", folder / "checkpoint")


def test_a_folder_behind_a_kept_checkpoint_is_wrong(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes((folder / "checkpoint").read_bytes())
    earlier = ledger.publish(tmp_path / "earlier", [2])
    assert "behind or rolled back" in find_wrong(earlier, "--previous", kept)
    # Rolled back in place, what is newer counts as pending, save for who knows better.
    write(folder, "checkpoint", (earlier / "checkpoint").read_bytes())
    assert check(folder)["pending"] == 2
    assert "behind or rolled back" in find_wrong(folder, "--previous", kept)


def test_other_checkpoints_must_be_this_logs(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    for data in (note(ledger.origin, 2, root_of(ledger.entries[:2]), PUBLISHER), note("ledger.example/other", 2, bytes(32), LOG)):
        kept.write_bytes(data)
        assert "is not signed by a key of this log" in find_wrong(folder, "--previous", kept)
    forged = note(ledger.origin, 2, root_of(ledger.entries[:2]), LOG).replace(b"\n2\n", b"\n3\n")
    kept.write_bytes(forged)
    assert "does not verify" in find_wrong(folder, "--previous", kept)


def test_what_the_reader_trusts_comes_first(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    forger = Ledger(changes={"log_key": key_of(9)})
    forger.entries, forger.state_root = ledger.entries, ledger.state_root
    arguments = trust(ledger, tmp_path)
    other = forger.publish(tmp_path / "forged", [4], seeds=(9,))
    assert find_wrong(other, *arguments[2:]).startswith("genesis.json: has SHA-256")
    assert find_wrong(other, *arguments[:2]).startswith("log.vkey: is not the key that you gave")
    # A genesis that names another log key has another chain, for which nothing was signed.
    assert find_wrong(other).startswith("entry 1: was signed for another ledger") or find_wrong(other).startswith("entry 0: ")


@pytest.mark.parametrize(
    ("change", "beginning"),
    [
        (lambda data: data + b"x\n", "checkpoint: "),
        (lambda data: cosign(data, "witness.example/w", 7, 1767225725), "checkpoint: bears a signature line of witness.example/w"),
        (lambda data: data + data[data.index("—".encode()) :], "checkpoint: has too many signature lines, or two by one key"),
        (lambda data: data.replace(b"\n4\n", b"\n04\n"), "checkpoint: is no checkpoint of three lines"),
        (lambda data: data.replace(b"\n4\n", b"\n4\nextension\n"), "checkpoint: is no checkpoint of three lines"),
        (lambda data: data.replace(b"\n4\n", b"\n3\n"), "checkpoint: bears a signature line"),
        (lambda data: data.replace(b"prasasti-example", b"prasasti-elsewhere"), "checkpoint: is of the log"),
        (lambda data: data.replace(b"\n", b"\r\n"), "checkpoint: holds bytes that are no text"),
    ],
)
def test_an_odd_checkpoint_is_wrong(change: Callable[[bytes], bytes], beginning: str, folder: Path) -> None:
    write(folder, "checkpoint", change((folder / "checkpoint").read_bytes()))
    assert find_wrong(folder).startswith(beginning)


# -- anything at all -------------------------------------------------------------------------------------------------------------

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=4) | st.sampled_from(["00" * 32, "identity.register_key"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "keys", "event", "sha256", "size"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def list_paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Ways to every value inside a JSON value, itself included."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, child in children for found in list_paths(child, (*path, name)))]


def replace_at(value: Any, path: Sequence[Any], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replace_at(value[path[0]], path[1:], new)
    return copy


@given(st.data())
def test_no_value_anywhere_is_a_defect(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever whoever has every key puts anywhere into entries, payloads, tables or genesis, there is a verdict."""
    tables = [dict(one) for one in build_example().tables]
    target = data.draw(st.sampled_from(["entry", "payload", "table", "genesis", "withheld"]))
    new = data.draw(JSON_VALUES)
    if target == "table":
        index = data.draw(st.integers(0, 1))
        tables[index] = replace_at(tables[index], data.draw(st.sampled_from(list_paths(tables[index])[1:])), new)
    if target == "table" and not all(isinstance(one.get("contract"), str) for one in tables):
        return
    ledger = Ledger(tables=tables)
    if target == "genesis":
        ledger.genesis_bytes = canonical(replace_at(ledger.genesis, data.draw(st.sampled_from(list_paths(ledger.genesis))), new))
    payload = {
        "action": "identity.register_key",
        "actor": "agency-1",
        "arguments": {"key": key_of(OFFICER), "organisation": "agency-1", "roles": ["procurement.officer"]},
        "chain": ledger.chain,
        "expires": ledger.time + 3600,
        "nonce": "00" * 16,
        "signers": SIGNERS,
    }
    if target == "payload":
        payload = replace_at(payload, data.draw(st.sampled_from(list_paths(payload))), new)
    sent: Sent = seal(canonical(payload), BOTH)
    ledger.block(ledger.accept(sent, [{"event": "identity.key_registered"}]))
    if target == "entry":
        at = data.draw(st.integers(0, 1))
        value = json.loads(ledger.entries[at])
        ledger.entries[at] = canonical(replace_at(value, data.draw(st.sampled_from(list_paths(value))), new))
    if target == "withheld":
        ledger.withheld = [{"sha256": "00" * 32, "entry": 0, "legal_basis": ""}]
    folder = ledger.publish(tmp_path_factory.mktemp("any"), [len(ledger.entries)])
    if target == "withheld":
        listed = json.loads((folder / "withheld.json").read_bytes())
        write(folder, "withheld.json", canonical(replace_at(listed, data.draw(st.sampled_from(list_paths(listed))), new)))
    code, report = run(folder)
    assert code in (0, 1) or "does not know" in report["problem"], report
    assert build_records(build_example().genesis)
