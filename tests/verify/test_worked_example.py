"""The worked example of the formats: made by hand from its seeds, equal to the files given, and verified whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.ledger import State, build_example, build_records, canonical, key_of, sha256, tile_path
from tests.verify.running import check, run, trust

GIVEN = Path("../shared/data/worked-example")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return build_example().publish(tmp_path / "log", [2, 4])


def test_made_by_hand_it_is_what_the_formats_print() -> None:
    ledger = build_example()
    assert sha256(ledger.genesis_bytes).hex() == "89ebfe645d28383ab6a701e19662c3687fad2c37b006bd35e9b68236f6424182"
    assert [sha256(b"\0" + entry).hex()[:12] for entry in ledger.entries] == [
        "658531da21c1",
        "e74479139774",
        "5c92007d91b4",
        "818009ce3d87",
    ]
    state = State(build_records(ledger.genesis), 4)
    assert state.root().hex() == "146919739a878233c5abedad8554cca0f0fb505642d9f983fd35035c308b622f"
    assert [state.bucket_of(f"identity/key/{key_of(seed)}") for seed in (1, 2, 4)] == [6, 10, 8]
    assert tile_path("0", 1234067, 256) == "tile/0/x001/x234/067"


def test_it_is_the_folder_given(published: Path) -> None:
    if not GIVEN.exists():
        pytest.skip("the worked example's files are not here")
    given = {path.relative_to(GIVEN / "log"): path.read_bytes() for path in (GIVEN / "log").rglob("*") if path.is_file()}
    assert {path.relative_to(published): path.read_bytes() for path in published.rglob("*") if path.is_file()} == given


def test_the_files_given_are_in_order() -> None:
    if not GIVEN.exists():
        pytest.skip("the worked example's files are not here")
    report = check(GIVEN / "log", "--previous", GIVEN / "checkpoint-2", "--closed")
    assert report["checked"]["other checkpoints"] == 1
    code, report = run("--state-proof", GIVEN / "state-proof.json", "--key", GIVEN / "log" / "log.vkey")
    assert code == 0
    assert report["shown"]["key"] == f"identity/key/{key_of(2)}"
    assert report["shown"]["value"]["handle"] == "officer-7"


def test_everything_is_counted(published: Path, tmp_path: Path) -> None:
    kept = build_example().publish(tmp_path / "earlier", [2]) / "checkpoint"
    report = check(published, "--previous", kept, "--closed", *trust(build_example(), tmp_path))
    assert report["checked"] == {
        "accepted transactions": 1,
        "blocks": 2,
        "documents": 2,
        "entries": 4,
        "other checkpoints": 1,
        "signatures on the checkpoint": 1,
        "their signatures": 2,
        "tiles and bundles": 4,
    }
    assert report["left_to_audit"] == {
        "effects taken from events": 0,
        "refusals (their senders hold the envelopes)": 1,
        "seats not checked": 0,
    }
    assert report["taken_on_trust"] == ["policy (no --policy was given): quorum none"]
    assert (report["pending"], report["missing"], report["withheld"], report["warnings"]) == (0, [], [], [])


def test_what_the_reader_did_not_bring_is_named(published: Path) -> None:
    named = [text.split(" ")[0] for text in check(published)["taken_on_trust"]]
    assert named == ["genesis.json", "log.vkey", "policy"]
    policy = published / "policy"
    assert [text.split(" ")[0] for text in check(published, "--policy", policy)["taken_on_trust"]] == ["genesis.json"]


def test_an_empty_log_is_in_order(tmp_path: Path) -> None:
    ledger = build_example()
    ledger.entries.clear()
    assert check(ledger.publish(tmp_path / "log", [0]))["checked"] == {"documents": 2, "signatures on the checkpoint": 1}


def test_canonical_is_what_the_formats_ask_for() -> None:
    assert canonical({"b": "é\n\u0001", "a": [1, True, None]}) == '{"a":[1,true,null],"b":"é\\n\\u0001"}'.encode()
