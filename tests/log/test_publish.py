"""Publishing: the very bytes of the worked example, tiles as a naive builder makes them, and what it refuses."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.log.files import LocalFiles
from prasasti.log.kept import KeptCheckpoint
from prasasti.log.publish import PublishRefused, build_settings, format_document_path
from prasasti.log.source import NamedDocument, Withheld
from prasasti_verify.hashing import fold_edge
from tests.judges import run_fsck, shared
from tests.log.worlds import (
    MemoryDocuments,
    MemoryLog,
    SeedKey,
    Workshop,
    build_genesis,
    build_naive_tiles,
    check_published,
    make_entries,
    read_tree,
    split_bundle,
)


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_worked_example_byte_for_byte(tmp_path: Path) -> None:
    expected = read_tree(shared("worked-example", "log"))
    entries = split_bundle(expected["tile/entries/000.p/4"])
    log = MemoryLog(entries, block_ends={2, 4})
    tables = [data for path, data in expected.items() if path.startswith("documents/")]
    shop = Workshop(tmp_path, log, MemoryDocuments(tables), build_settings(expected["genesis.json"]))
    first = shop.publish(log.first(2))
    assert (shop.folder / "checkpoint").read_bytes() == shared("worked-example", "checkpoint-2").read_bytes()
    assert (first.previous_size, first.size) == (0, 2)
    second = shop.publish()
    assert (second.previous_size, second.size, second.missing) == (2, 4, ())
    assert read_tree(shop.folder) == expected
    assert shop.kept.path.read_bytes() == expected["checkpoint"]


@pytest.mark.parametrize("sizes", [(0,), (1,), (255,), (256,), (257,), (255, 256, 257), (0, 300, 300, 513, 800)])
def test_tiles_at_small_sizes(shop: Workshop, sizes: tuple[int, ...]) -> None:
    entries = make_entries(max(sizes))
    for size in sizes:
        shop.publish(MemoryLog(entries[:size]))
        check_published(shop.folder)
    tree = read_tree(shop.folder)
    assert {path: data for path, data in tree.items() if path.startswith("tile/")} == build_naive_tiles(entries, sizes)
    assert not any(path for path, data in tree.items() if not data)


def test_tiles_around_the_third_level(tmp_path: Path) -> None:
    entries = make_entries(65_537)
    log = MemoryLog(entries)
    growing = Workshop(tmp_path / "growing", log)
    for size in (65_535, 65_536, 65_537):
        growing.publish(log.first(size))
        fresh = Workshop(tmp_path / str(size), log)
        fresh.publish(log.first(size))
        assert select_tiles(fresh) == build_naive_tiles(entries, (size,))
    assert select_tiles(growing) == build_naive_tiles(entries, (65_535, 65_536, 65_537))
    assert (growing.folder / "tile/2/000.p/1").stat().st_size == 32
    check_published(growing.folder)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=4))
def test_any_sequence_of_sizes_gives_the_tiles_of_each(growth: list[int]) -> None:
    sizes = [sum(growth[: number + 1]) for number in range(len(growth))]
    entries = make_entries(sizes[-1])
    with tempfile.TemporaryDirectory() as name:
        shop = Workshop(Path(name), MemoryLog(entries))
        for size in sizes:
            shop.publish(shop.log.first(size))
        assert select_tiles(shop) == build_naive_tiles(entries, sizes)
        check_published(shop.folder)


def select_tiles(shop: Workshop) -> dict[str, bytes]:
    return {path: data for path, data in read_tree(shop.folder).items() if path.startswith("tile/")}


@pytest.mark.outside
def test_fsck_accepts_each_size(shop: Workshop) -> None:
    entries = make_entries(70_000)
    log = MemoryLog(entries)
    for size in (1, 256, 300, 70_000):
        shop.publish(log.first(size))
        assert run_fsck(shop.folder).startswith(f"fsck accepts {size} entries")


def test_entry_of_every_length(shop: Workshop) -> None:
    entries = [b"", b"x", b"y" * 256, b"z" * 65_535]
    shop.publish(MemoryLog(entries))
    assert split_bundle((shop.folder / "tile/entries/000.p/4").read_bytes()) == entries
    with pytest.raises(ValueError, match="65536 bytes"):
        shop.publish(MemoryLog([*entries, b"z" * 65_536]))
    check_published(shop.folder)


def test_nothing_new_signs_and_writes_nothing(shop: Workshop) -> None:
    shop.publish()
    before = read_tree(shop.root)
    signed = len(shop.signer.signed)
    again = shop.publish()
    assert (again.files_written, again.bytes_written, len(shop.signer.signed)) == (0, 0, signed)
    assert read_tree(shop.root) == before


def test_second_folder_gets_the_same_log(shop: Workshop) -> None:
    shop.publish(shop.log.first(100))
    shop.publish()
    other = Workshop(shop.root, shop.log, shop.documents, folder="other")
    other.publish()
    assert len(other.signer.signed) == 0
    assert read_tree(other.folder).items() <= read_tree(shop.folder).items()
    check_published(other.folder)


def test_progress_counts_to_the_end(shop: Workshop) -> None:
    told: list[tuple[int, int]] = []
    shop.publish(MemoryLog(make_entries(600)), progress=lambda done, total: told.append((done, total)))
    assert told == [(256, 600), (512, 600), (600, 600)]


# The description beside the log


def test_description_of_the_log(shop: Workshop) -> None:
    shop.publish()
    vkey = (shop.folder / "log.vkey").read_text()
    assert vkey.startswith("ledger.example/prasasti-training/synthetic+")
    assert (shop.folder / "policy").read_text() == f"log {vkey}quorum none\n"
    assert (shop.folder / "genesis.json").read_bytes() == build_genesis()
    assert (shop.folder / "withheld.json").read_bytes() == b"[]"


def test_witness_keys_come_and_go(shop: Workshop) -> None:
    with_witnesses = shop.with_witnesses({"audit-office": "w+00000000+AA", "citizens": "c+00000000+AA"})
    shop.publish(settings=with_witnesses)
    assert sorted(path.name for path in (shop.folder / "witness").iterdir()) == ["audit-office.vkey", "citizens.vkey"]
    assert (shop.folder / "witness/citizens.vkey").read_text() == "c+00000000+AA\n"
    shop.publish(settings=shop.with_witnesses({"citizens": "c+00000000+AA"}))
    assert sorted(path.name for path in (shop.folder / "witness").iterdir()) == ["citizens.vkey"]


def test_documents_of_new_entries(shop: Workshop) -> None:
    names = [shop.documents.add(position, b"document %d" % (position % 300)) for position in range(310)]
    shop.publish(MemoryLog(make_entries(5)))
    assert count_documents(shop) == 5 + 1  # and the table that genesis names
    shop.publish(MemoryLog(make_entries(310)))
    assert count_documents(shop) == 300 + 1
    assert (shop.folder / format_document_path(names[7])).read_bytes() == b"document 7"


def test_missing_and_damaged_documents_are_named_and_made_good_later(shop: Workshop) -> None:
    whole, lost, damaged = (shop.documents.add(position, b"document %d" % position) for position in range(3))
    bodies = dict(shop.documents.store)
    del shop.documents.store[lost]
    shop.documents.store[damaged] = b"something else"
    shop.documents.by_entry.append(NamedDocument(4, lost))
    done = shop.publish()
    assert done.missing == (NamedDocument(1, lost), NamedDocument(2, damaged))
    check_published(shop.folder)
    assert (shop.folder / format_document_path(whole)).exists()
    assert not (shop.folder / format_document_path(damaged)).exists()
    shop.documents.store.update(bodies)
    assert shop.publish().missing == ()
    assert count_documents(shop) == 2
    assert shop.publish(all_documents=True).missing == ()
    assert count_documents(shop) == 4


def test_withheld_document_leaves_the_folder(shop: Workshop) -> None:
    names = [shop.documents.add(position, b"document %d" % position) for position in range(4)]
    shop.publish(MemoryLog(make_entries(2)))
    withheld = [Withheld(names[3], 4, "a court's order"), Withheld(names[0], 5, "UU 27/2022")]
    shop.documents.gone = withheld
    shop.publish(MemoryLog(make_entries(4)))  # The withholding entries are not within this log yet.
    assert (shop.folder / "withheld.json").read_bytes() == b"[]"
    assert count_documents(shop) == 4 + 1
    assert shop.publish(MemoryLog(make_entries(6))).withheld == 2
    first, second = sorted(withheld)
    assert (shop.folder / "withheld.json").read_text() == "[" + ",".join(
        f'{{"entry":{each.entry},"legal_basis":"{each.legal_basis}","sha256":"{each.sha256}"}}' for each in (first, second)
    ) + "]"
    assert count_documents(shop) == 2 + 1
    other = Workshop(shop.root, MemoryLog(make_entries(6)), shop.documents, folder="other")
    other.publish()
    assert count_documents(other) == 2 + 1
    assert not any(b"document 0" in data for data in read_tree(shop.root).values())


def count_documents(shop: Workshop) -> int:
    return sum(path.startswith("documents/sha256/") for path in read_tree(shop.folder))


# What is refused, with nothing signed and nothing changed


@contextmanager
def refused(shop: Workshop, reason: str) -> Iterator[None]:
    before, signed = read_tree(shop.root), len(shop.signer.signed)
    with pytest.raises(PublishRefused, match=reason):
        yield
    assert {"publisher/lock": b"", **before} == read_tree(shop.root)
    assert len(shop.signer.signed) == signed


def test_rolled_back_database(shop: Workshop) -> None:
    shop.publish()
    with refused(shop, r"holds 299 entries, but a checkpoint of 300 was signed"):
        shop.publish(shop.log.first(299))


def test_rolled_back_ledger_folder(shop: Workshop) -> None:
    shop.publish(shop.log.first(100))
    old = shop.kept.path.read_bytes()
    shop.publish()
    shop.kept.path.write_bytes(old)
    with refused(shop, r"is of 300 entries, but the last one .* is of 100"):
        shop.publish()
    shop.kept.path.unlink()
    with refused(shop, r"is of 300 entries, but the last one .* is missing"):
        shop.publish()


@pytest.mark.parametrize("position", [0, 99, 254, 255, 256, 298, 299])
@pytest.mark.parametrize("how", [{}, {"leaf": True}, {"edges": True}])
def test_altered_entry_is_never_signed(tmp_path: Path, position: int, how: dict[str, bool]) -> None:
    """Published in part before: altered bytes are found wherever they would be signed or published anew."""
    shop = Workshop(tmp_path, MemoryLog(make_entries(300)))
    shop.publish(shop.log.first(255))
    shop.publish(shop.log.first(299))
    shop.log.alter(position, b"another entry", **how)
    is_signed_already = position < 299
    if how.get("edges"):
        if is_signed_already:
            with refused(shop, "first 299 entries are not those whose checkpoint was signed"):
                shop.publish()
        return  # Unsigned entries of a consistent database are the audit's to judge.
    if position >= 256:  # In the bundle that is written anew.
        with refused(shop, r"entry \d+|do not hash to the root"):
            shop.publish()
    fresh = Workshop(tmp_path, shop.log, folder="fresh")
    with refused(fresh, "bytes do not hash" if not how else "do not hash to the root"):
        fresh.publish()


@pytest.mark.parametrize("position", [0, 150, 256, 279])
def test_altered_entry_behind_a_kept_edge(tmp_path: Path, position: int) -> None:
    """A careful forger: entry, leaf and later edges fit together, and the edge that was signed is left as it was."""
    shop = Workshop(tmp_path, MemoryLog(make_entries(300)))
    shop.publish(shop.log.first(100))
    other = Workshop(tmp_path, shop.log, folder="other")
    other.publish(shop.log.first(280))
    signed_edge = shop.log.edges[280]
    shop.log.alter(position, b"another entry", edges=True)
    shop.log.edges[280] = signed_edge
    for each in (shop, other, Workshop(tmp_path, shop.log, folder="fresh")):
        with refused(each, r"do not hash to the root|is not the one that was published"):
            each.publish()


def test_entry_dropped_from_the_database(shop: Workshop) -> None:
    shop.publish(shop.log.first(100))
    del shop.log.rows[200]
    shop.log.size = lambda: 300  # type: ignore[method-assign]
    with refused(shop, "entry 299 is missing"):
        shop.publish()


def test_last_block_without_an_end(shop: Workshop) -> None:
    shop.log.block_ends = set()
    with refused(shop, "no block of the ledger ends at entry 300"):
        shop.publish()


def test_another_database_with_the_same_key(shop: Workshop) -> None:
    shop.publish()
    with refused(shop, "are not those whose checkpoint was signed"):
        shop.publish(MemoryLog(make_entries(400, b"other")))


def test_wrong_log_key(shop: Workshop) -> None:
    shop.signer = SeedKey(b"\x09" * 32)
    with refused(shop, "the key given is"):
        shop.publish()


def test_signer_that_signs_something_else(shop: Workshop) -> None:
    sign = shop.signer.sign
    shop.signer.sign = lambda message: sign(message + b"!")  # type: ignore[method-assign]
    with pytest.raises(PublishRefused, match=r"the checkpoint just signed: bears a signature line .* that does not verify"):
        shop.publish()
    assert not shop.folder.exists()
    assert shop.kept.read() is None


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (b"", "only from checkpoints that this log signed"),
        (b"\xff", "only from checkpoints that this log signed"),
        ("size", "does not verify"),
        ("other", "is of the log"),
        ("unsigned", "bears no signature by the log's key"),
    ],
)
@pytest.mark.parametrize("where", ["folder", "kept"])
def test_checkpoint_that_is_not_ours(shop: Workshop, note: bytes | str, reason: str, where: str) -> None:
    shop.publish()
    place = shop.kept.path if where == "kept" else shop.folder / "checkpoint"
    ours = place.read_text(encoding="utf-8")
    altered = {
        "size": ours.replace("\n300\n", "\n299\n"),
        "other": ours.replace("synthetic", "different"),
        "unsigned": ours.replace("— ledger.example", "— witness.example"),
    }
    place.write_bytes(altered[note].encode() if isinstance(note, str) else note)
    with refused(shop, reason):
        shop.publish()


def test_two_signed_histories(shop: Workshop, tmp_path: Path) -> None:
    shop.publish()
    fork = Workshop(tmp_path / "fork", MemoryLog(make_entries(300, b"other")))
    fork.publish()
    (shop.folder / "checkpoint").write_bytes((fork.folder / "checkpoint").read_bytes())
    with refused(shop, "has signed two histories"):
        shop.publish()


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/1/000.p/1"])
@pytest.mark.parametrize("damage", ["missing", "short", "altered"])
def test_damaged_tiles_at_the_end(shop: Workshop, path: str, damage: str) -> None:
    shop.publish()
    tile = shop.folder / path
    data = tile.read_bytes()
    if damage == "missing":
        tile.unlink()
    else:
        tile.write_bytes(data[:-1] if damage == "short" else data[:-1] + bytes((data[-1] ^ 1,)))
    shop.log.append([b"one more"])
    with refused(shop, "do not lead to the root" if damage == "altered" else "missing or damaged"):
        shop.publish()


def test_foreign_bytes_where_a_tile_belongs(shop: Workshop) -> None:
    shop.publish(shop.log.first(100))
    (shop.folder / "tile/0/000").write_bytes(b"\x00" * 8_192)
    with refused(shop, "tile/0/000 holds other bytes"):
        shop.publish()


def test_foreign_bytes_where_a_document_belongs(shop: Workshop) -> None:
    name = shop.documents.add(0, b"a document")
    place = shop.folder / format_document_path(name)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"another")
    with pytest.raises(PublishRefused, match="holds other bytes"):
        shop.publish()
    assert not (shop.folder / "checkpoint").exists()
    place.unlink()
    shop.publish()
    check_published(shop.folder)


def test_folder_that_holds_something_else(shop: Workshop) -> None:
    shop.folder.mkdir()
    (shop.folder / "thesis.odt").write_bytes(b"")
    with refused(shop, r"thesis\.odt is no part of a published log"):
        shop.publish()


def test_folder_of_another_ledger(shop: Workshop) -> None:
    shop.folder.mkdir()
    (shop.folder / "genesis.json").write_bytes(build_genesis().replace(b"synthetic", b"different"))
    with refused(shop, "published folder of another ledger"):
        shop.publish()


def test_folder_that_is_a_file(shop: Workshop) -> None:
    shop.folder.write_bytes(b"")
    with pytest.raises(NotADirectoryError, match="log"):
        shop.publish()


def test_second_publisher_at_once(shop: Workshop) -> None:
    shop.publish(shop.log.first(100))
    with KeptCheckpoint(shop.kept.folder).locked(), refused(shop, "another process publishes"):
        shop.publish()
    assert shop.publish().size == 300


def test_checkpoint_replaced_without_the_lock(shop: Workshop) -> None:
    shop.publish(shop.log.first(100))
    before = read_tree(shop.folder)
    sign = shop.signer.sign

    def sign_while_another_replaces(message: bytes) -> bytes:
        shop.kept.path.write_bytes(b"another")
        return sign(message)

    shop.signer.sign = sign_while_another_replaces  # type: ignore[method-assign]
    with pytest.raises(PublishRefused, match="was replaced meanwhile"):
        shop.publish()
    assert shop.kept.path.read_bytes() == b"another"
    assert read_tree(shop.folder) == before


# Folders that are hard to write


@contextmanager
def as_nobody() -> Iterator[None]:
    """As a user that file permissions bind: root is not bound by them."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65_534, 65_534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.parametrize("exists", [True, False])
def test_read_only_folder(exists: bool) -> None:
    with tempfile.TemporaryDirectory() as name:  # Not under tmp_path, which only its owner may enter.
        root = Path(name)
        root.chmod(0o755)
        (root / "mount").mkdir()
        (root / "ledger").mkdir()
        (root / "ledger").chmod(0o777)
        shop = Workshop(root / "ledger", folder="../mount" if exists else "../mount/log")
        (root / "mount").chmod(0o555)
        with as_nobody(), pytest.raises(PermissionError, match="mount"):
            shop.publish()
        assert shop.signer.signed == []
        assert list((root / "mount").iterdir()) == []
        (root / "mount").chmod(0o777)
        with as_nobody():
            shop.publish()
        check_published(shop.folder)


class OtherFileSystem(LocalFiles):
    """As when the folder lies on another file system than the ledger."""

    def rename(self, source: str, target: str) -> None:
        if ("/publisher/" in source) != ("/publisher/" in target):
            raise OSError(18, "Invalid cross-device link")
        super().rename(source, target)


def test_folder_on_another_file_system(tmp_path: Path) -> None:
    expected = Workshop(tmp_path / "one")
    expected.publish()
    shop = Workshop(tmp_path / "other")
    (shop.folder / ".publishing").mkdir(parents=True)
    (shop.folder / ".publishing" / "tile-0").write_bytes(b"torn")
    shop.publish(files=OtherFileSystem())
    assert read_tree(shop.folder) == read_tree(expected.folder)
    assert not (shop.folder / ".publishing").exists()


def test_published_says_what_was_done(shop: Workshop) -> None:
    done = shop.publish()
    tree = read_tree(shop.folder)
    assert (done.files_written, done.bytes_written) == (len(tree), sum(map(len, tree.values())))
    assert done.root == fold_edge(shop.log.edges[300])
