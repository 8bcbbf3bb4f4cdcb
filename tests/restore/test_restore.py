"""A ledger is restored from its published log alone, row by row the same, and goes on; whatever is not its log, whole, is refused."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from prasasti import bootstrap
from prasasti.integrations.signers import open_training_key
from prasasti.log.checkpoint import sign_checkpoint
from prasasti.log.publish import PublishRefused, build_settings
from prasasti.log.witness import format_request
from prasasti.log.witness_store import hash_origin
from prasasti.services.publishing import publish_ledger
from prasasti.storage.documents import DocumentStore
from prasasti_verify.hashing import compute_root, fold_edge, hash_leaf
from tests.acceptance.commands import import_files, publish, run, run_json, verify
from tests.acceptance.published import hash_files, list_attestations, read_entries
from tests.acceptance.synthetic import make_release, write_package
from tests.contracts.governing import FOUR, Consortium
from tests.core.ledger import ACCEPTED, key_of
from tests.lies import forging
from tests.lies.world import LogSigner
from tests.restore.world import MORE, RELEASES, World, document_path, list_files, lose, read_ledger
from tests.witness.worlds import run_witness


def restore(source: object, ledger: Path, *checkpoints: object, expect: int = 0) -> str:
    """What the command says; its result as JSON is ``run_json``'s."""
    given = [part for each in checkpoints for part in ("--checkpoint", str(each))]
    return run("restore", "--from", str(source), *given, "--ledger", ledger, expect=expect).output


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """A folder behind an address of this machine."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def check_same(world: World, ledger: Path, *, has_survived: bool = False) -> None:
    """Every row is the lost ledger's, but for the bytes of the withheld document, unless the ledger's own store survived."""
    (rows, documents), (expected, stored) = read_ledger(ledger), read_ledger(world.ledger)
    assert rows == expected
    withheld = (bytes.fromhex(world.withheld_digest), world.withheld)
    assert withheld in stored["document"]
    if has_survived:
        assert documents == stored
        return
    assert documents == {"document": [row for row in stored["document"] if row != withheld]}
    for path in ledger.glob("documents.sqlite*"):
        assert world.withheld not in path.read_bytes()


def test_a_lost_ledger_is_the_same_again(world: World, tmp_path: Path) -> None:
    ledger = lose(world, tmp_path / "ledger")
    told = run_json("restore", "--from", world.published, "--ledger", ledger)
    assert (told["app_hash"], told["missing"], told["doubtful"], told["withheld"]) == (world.app_hash, [], [], 1)
    assert told["compared"] == [str(ledger / "publisher/checkpoint")]
    check_same(world, ledger)
    assert run_json("check-state", "--ledger", ledger)["wrong"] is None
    assert run_json("audit", "--ledger", ledger)["app_hash"] == world.app_hash
    assert not (ledger / "restoring").exists()


def test_a_restored_ledger_goes_on(world: World, tmp_path: Path) -> None:
    ledger, published = lose(world, tmp_path / "ledger", with_checkpoint=False), shutil.copytree(world.published, tmp_path / "published")
    assert "COMPARED WITH NO CHECKPOINT" in restore(published, ledger)
    more = range(RELEASES + MORE, RELEASES + MORE + 5)
    import_files(ledger, write_package(tmp_path / "more.json", map(make_release, more)))
    assert import_files(ledger, tmp_path / "more.json")["kinds"]["unchanged"] == 5
    publish(ledger, published)
    assert verify(published, "--previous", world.published / "checkpoint", "--closed")["verdict"] == "in order"
    assert run_json("audit", published)["sound"]


def test_from_an_address(world: World, tmp_path: Path) -> None:
    with serve(world.published) as address:
        told = run_json("restore", "--from", address, "--checkpoint", f"{address}/checkpoint", "--ledger", tmp_path / "ledger")
    assert told["compared"] == [f"{address}/checkpoint"]
    check_same(world, tmp_path / "ledger")


def test_a_checkpoint_that_is_not_there_is_named(world: World, tmp_path: Path) -> None:
    with serve(world.published) as address:
        place = f"{address}/mistyped/checkpoint"
        told = restore(world.published, tmp_path / "ledger", place, expect=2)
    assert f"{place}: no checkpoint is there" in told
    assert not (tmp_path / "ledger").exists()


def test_the_kept_checkpoint_is_the_restored_logs(world: World, tmp_path: Path) -> None:
    ledger = lose(world, tmp_path / "ledger", with_checkpoint=False)
    shutil.copytree(world.early / "publisher", ledger / "publisher")
    restore(world.published, ledger)
    assert (ledger / "publisher/checkpoint").read_bytes() == (world.published / "checkpoint").read_bytes()


def test_a_folder_behind_what_was_signed_is_refused(world: World, tmp_path: Path) -> None:
    ledger = lose(world, tmp_path / "ledger")
    before = list_files(ledger)
    assert "this is an older copy" in restore(world.early_published, ledger, expect=1)
    assert list_files(ledger) == before
    elsewhere = tmp_path / "elsewhere"
    assert "this is an older copy" in restore(world.early_published, elsewhere, world.published / "checkpoint", expect=1)
    assert not elsewhere.exists()
    restore(world.early_published, elsewhere, world.early_published / "checkpoint")


def test_a_witness_has_the_last_word(world: World, tmp_path: Path) -> None:
    """Nothing survived here; what a witness cosigned last tells that the folder is an older one."""
    key = build_settings((world.published / "genesis.json").read_bytes()).key
    with run_witness(tmp_path / "witness", logs=[key]) as witness:
        assert witness.add_checkpoint(format_request(0, (), (world.published / "checkpoint").read_bytes())).status == 200
        (tmp_path / "latest").write_bytes(witness.read_latest(hash_origin(key.name)).body)
    assert "this is an older copy" in restore(world.early_published, tmp_path / "ledger", tmp_path / "latest", expect=1)
    assert f"It holds what was signed: {tmp_path / 'latest'}" in restore(world.published, tmp_path / "ledger", tmp_path / "latest")


def test_a_second_history_is_refused(world: World, tmp_path: Path) -> None:
    """A checkpoint of another ledger, and one of another history under the same key."""
    run("init", tmp_path / "other", "--training", "--bucket-bits", "8")
    import_files(tmp_path / "other", write_package(tmp_path / "one.json", [make_release(0)]))
    publish(tmp_path / "other", tmp_path / "stranger")
    stranger = tmp_path / "stranger/checkpoint"
    assert "bears no signature by the log's key" in restore(world.published, tmp_path / "ledger", stranger, expect=1)
    forked = fork(world, tmp_path)
    assert "another history under the same key" in restore(world.published, tmp_path / "ledger", forked, expect=1)
    assert not (tmp_path / "ledger").exists()


def fork(world: World, folder: Path) -> Path:
    """A checkpoint of another history: the early ledger, without what came last, went on with something else and signed that."""
    other = shutil.copytree(world.early, folder / "forked")
    import_files(other, write_package(folder / "fork.json", map(make_release, range(900, 903))))
    publish(other, folder / "forked-public")
    return folder / "forked-public/checkpoint"


def test_documents_that_are_missing_are_named(world: World, tmp_path: Path) -> None:
    published = shutil.copytree(world.published, tmp_path / "published")
    lost = [attestation["document"]["sha256"] for attestation in list_attestations(published)][-3:]
    for digest in lost:
        (published / document_path(digest)).unlink()
    told = run_json("restore", "--from", published, "--ledger", tmp_path / "ledger")
    assert {each["sha256"] for each in told["missing"]} == set(lost)
    assert len(told["missing"]) == len(lost)
    kept = tmp_path / "kept"
    kept.mkdir()
    shutil.copy(world.ledger / "documents.sqlite", kept)
    assert run_json("restore", "--from", published, "--ledger", kept)["missing"] == []
    check_same(world, kept, has_survived=True)


def test_a_withheld_document_stays_withheld_though_its_bytes_came_back(world: World, tmp_path: Path) -> None:
    published = shutil.copytree(world.published, tmp_path / "published")
    (published / document_path(world.withheld_digest)).write_bytes(world.withheld)
    restore(published, tmp_path / "ledger")
    check_same(world, tmp_path / "ledger")
    # A store that survived without these bytes does not get them either.
    restored = tmp_path / "ledger"
    (restored / "ledger.sqlite").unlink()
    restore(published, restored)
    check_same(world, restored)


def flip(path: Path, at: int = 40) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def pick(folder: Path, pattern: str) -> Path:
    return max(path for path in folder.glob(pattern) if path.is_file())


TAMPERINGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "an entry": (lambda folder: flip(pick(folder, "tile/entries/**/*")), "does not hash to its leaf"),
    "a hash": (lambda folder: flip(pick(folder, "tile/0/**/*")), "does not hash to its leaf"),
    "a tile cut off": (lambda folder: pick(folder, "tile/0/**/*").write_bytes(b"\0" * 31), "whole hashes"),
    "a bundle missing": (lambda folder: pick(folder, "tile/entries/**/*").unlink(), "is missing"),
    "the checkpoint's root": (lambda folder: flip(folder / "checkpoint", 60), "checkpoint"),
    "the checkpoint's signature": (lambda folder: flip(folder / "checkpoint", -9), "checkpoint"),
    "no checkpoint": (lambda folder: (folder / "checkpoint").unlink(), "is missing"),
    "genesis": (lambda folder: flip(folder / "genesis.json", -30), "genesis.json"),
    "no genesis": (lambda folder: (folder / "genesis.json").unlink(), "is missing"),
    "a document": (lambda folder: flip(pick(folder, "documents/sha256/*/*")), "have SHA-256"),
    "a document cut off": (lambda folder: pick(folder, "documents/sha256/*/*").write_bytes(b"{}"), "have SHA-256"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_folder_that_was_tampered_with_is_refused(name: str, world: World, tmp_path: Path) -> None:
    tamper, reason = TAMPERINGS[name]
    published = shutil.copytree(world.published, tmp_path / "published")
    tamper(published)
    assert hash_files(published) != hash_files(world.published)
    ledger = lose(world, tmp_path / "ledger")
    before = list_files(ledger)
    assert reason in restore(published, ledger, expect=1)
    assert list_files(ledger) == before
    assert not (ledger / "restoring").exists()
    restore(world.published, ledger)
    check_same(world, ledger)


LIES: dict[str, tuple[Callable[[list[forging.Entry]], None], str]] = {
    "an event": (lambda entries: find_accepted(entries)["events"].append({"event": "procurement.release_attested"}), "events"),
    "a refusal's number": (lambda entries: find_refused(entries)["refusal"].update(number="procurement.99.9"), "a refusal of"),
    "a state root": (lambda entries: entries[0].update(state_root="00" * 32), "state_root"),
    "an entry left out": (lambda entries: entries.remove(find_accepted(entries)), "events"),
    "an entry twice": (lambda entries: entries.insert(2, find_accepted(entries)), "a second time in block 1"),
}


def find_accepted(entries: list[forging.Entry]) -> forging.Entry:
    return next(entry for entry in entries if entry.get("envelope"))


def find_refused(entries: list[forging.Entry]) -> forging.Entry:
    return next(entry for entry in entries if entry.get("refusal"))


@pytest.mark.parametrize("name", LIES)
def test_what_the_rules_do_not_make_is_refused_though_the_log_signed_it(name: str, world: World, tmp_path: Path) -> None:
    change, reason = LIES[name]
    published = shutil.copytree(world.published, tmp_path / "published")
    entries = read_entries(published)
    change(entries)
    linked = forging.encode(forging.link((published / "genesis.json").read_bytes(), entries))
    forging.write_tiles(published, linked, len(linked))
    signer = open_training_key(world.ledger / "keys/log.training.seed", training=True)
    root = compute_root([hash_leaf(entry) for entry in linked])
    key = build_settings((published / "genesis.json").read_bytes()).key
    (published / "checkpoint").write_bytes(sign_checkpoint(key, len(linked), root, signer))
    found = restore(published, tmp_path / "ledger", expect=1)
    assert "Nothing was restored" in found
    assert reason in found
    assert not (tmp_path / "ledger").exists()


def test_what_stands_there_is_never_overwritten(world: World, tmp_path: Path) -> None:
    ledger = shutil.copytree(world.early, tmp_path / "ledger")
    before = read_ledger(ledger)
    assert "move it away" in restore(world.published, ledger, expect=2)
    assert read_ledger(ledger) == before
    (ledger / "ledger.sqlite").unlink()
    (ledger / "ledger.sqlite-wal").write_bytes(b"what was acknowledged, perhaps")
    assert "ledger.sqlite-wal exists already" in restore(world.published, ledger, expect=2)
    (ledger / "ledger.sqlite-wal").unlink()
    restore(world.published, ledger)
    assert read_ledger(ledger)[0] == read_ledger(world.ledger)[0]


def test_a_damaged_store_that_survived_is_made_good(world: World, tmp_path: Path) -> None:
    ledger = lose(world, tmp_path / "ledger")
    shutil.copy(world.ledger / "documents.sqlite", ledger)
    with closing(sqlite3.connect(ledger / "documents.sqlite")) as store, store:
        spoilt = "UPDATE document SET body = x'00' WHERE rowid % 7 = 0 AND sha256 != ?"
        assert store.execute(spoilt, (bytes.fromhex(world.withheld_digest),)).rowcount > 3
    restore(world.published, ledger)
    check_same(world, ledger, has_survived=True)


def test_nothing_to_restore_from(tmp_path: Path) -> None:
    assert "neither a folder nor a URL" in restore(tmp_path / "nowhere", tmp_path / "ledger", expect=2)
    (tmp_path / "empty").mkdir()
    assert "genesis.json" in restore(tmp_path / "empty", tmp_path / "ledger", expect=1)
    assert not (tmp_path / "ledger").exists()


# -- a stale database --------------------------------------------------------------------------------------------------------


def test_an_older_database_is_neither_written_to_nor_published(world: World, tmp_path: Path) -> None:
    ledger = shutil.copytree(world.ledger, tmp_path / "ledger")
    for path in ledger.glob("*.sqlite*"):
        path.unlink()
    for name in ("ledger.sqlite", "documents.sqlite"):
        shutil.copy(world.early / name, ledger)
    before = read_ledger(ledger)
    more = write_package(tmp_path / "more.json", [make_release(77)])
    refused = run("import", "ocds", more, "--ledger", ledger, expect=1).output
    assert "this is an older copy" in refused
    assert "prasasti restore" in refused
    assert "this is an older copy" in run("serve", "--port", "0", "--ledger", ledger, expect=1).output
    assert "an older copy" in run("publish", "--to", tmp_path / "published", "--ledger", ledger, expect=1).output
    assert not (tmp_path / "published").exists()
    assert read_ledger(ledger) == before
    # The whole folder put back, kept checkpoint and all: what was published tells.
    ledger = shutil.copytree(world.early, tmp_path / "whole")
    published = shutil.copytree(world.published, tmp_path / "copy")
    assert "an older copy" in run("publish", "--to", published, "--ledger", ledger, expect=1).output
    assert hash_files(published) == hash_files(world.published)


def test_another_history_than_the_signed_one_is_not_written_to(world: World, tmp_path: Path) -> None:
    ledger = shutil.copytree(world.early, tmp_path / "ledger")
    import_files(ledger, write_package(tmp_path / "fork.json", map(make_release, range(900, 960))))
    shutil.copy(world.ledger / "publisher/checkpoint", ledger / "publisher/checkpoint")
    refused = run("import", "ocds", tmp_path / "fork.json", "--ledger", ledger, expect=1).output
    assert "another history under the same key" in refused


def test_a_kept_checkpoint_that_is_none_stops_writing(world: World, tmp_path: Path) -> None:
    ledger = shutil.copytree(world.early, tmp_path / "ledger")
    (ledger / "publisher/checkpoint").write_bytes(b"")
    more = write_package(tmp_path / "more.json", [make_release(77)])
    assert "publisher/checkpoint" in run("import", "ocds", more, "--ledger", ledger, expect=1).output


# -- a log's key that votes changed ------------------------------------------------------------------------------------------


def test_a_log_whose_key_was_changed_by_votes(tmp_path: Path) -> None:
    """Kept checkpoints may be a former key's; the newest must be signed by the key in force. Audit and restore agree."""
    former, new = LogSigner(), LogSigner("agency-1/log")
    folder, public = tmp_path / "ledger", tmp_path / "public"
    (folder / "database").mkdir(parents=True)
    consortium = Consortium(folder / "database", FOUR, consensus_parts=msgspec.to_builtins(bootstrap.allowed_parts()))
    application = consortium.ledger.application
    (folder / "ledger.sqlite").symlink_to(consortium.ledger.path)
    DocumentStore.create(folder / "documents.sqlite").close()
    height = application.info().height + 40
    arguments = {"height": height, "key": key_of("agency-1/log")}
    signers = (("operator-1/registrar", "identity.holder"), ("agency-1/log", "identity.new_key"))
    assert consortium.enact("rotate", "rotate_log_key", arguments, *signers, days=28) == ACCEPTED
    publish_by(former, folder, public)
    shutil.copy(public / "checkpoint", tmp_path / "early")
    while application.info().height < height:
        assert consortium.do("advance_clock", {"seconds": 1}, ("agency-1/officer", "governance.officer")) == ACCEPTED
    publish_by(new, folder, public)
    tip = application.info()
    consortium.ledger.close()

    told = run_json("restore", "--from", public, "--checkpoint", tmp_path / "early", "--ledger", tmp_path / "restored")
    assert (told["app_hash"], run_json("audit", public)["app_hash"]) == (tip.app_hash.hex(), tip.app_hash.hex())
    publish_by(new, tmp_path / "restored", tmp_path / "again")
    with pytest.raises(PublishRefused):
        publish_by(former, tmp_path / "restored", tmp_path / "again")
    run("backup", "--to", tmp_path / "backup", "--ledger", tmp_path / "restored")
    restore(tmp_path / "backup", tmp_path / "from-backup", public / "checkpoint", tmp_path / "early")
    # What the former key signs now, over the very same entries, is no checkpoint of this log.
    key = build_settings((public / "genesis.json").read_bytes()).key
    (public / "checkpoint").write_bytes(sign_checkpoint(key, tip.size, fold_edge(tip.edge), former))
    assert "bears no signature" in restore(public, tmp_path / "refused", expect=1)
    assert not (tmp_path / "refused").exists()
    assert "bears no signature" in str(run_json("audit", public, expect=1)["wrong"])


def publish_by(signer: LogSigner, ledger: Path, public: Path) -> None:
    with bootstrap.open_for_reading(ledger) as opened:
        publish_ledger(opened, public, signer)
