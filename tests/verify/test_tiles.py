"""The walk over tiles of every level, in folders that are too large for the worked example to be like."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti_verify import tiles
from prasasti_verify.strict import CannotDo, Wrong
from prasasti_verify.tiles import Source, parse_tile_path, tile_path, walk_entries
from tests.verify import ledger as by_hand
from tests.verify.ledger import LOG, REGISTRAR, Ledger, action, compute_tree, hash_entry, note, table, write, write_tiles
from tests.verify.running import check, find_wrong

# One tile above level 1 is full from here on.
FULL = 256 * 256


def walk(folder: Path, size: int, root: bytes, roots: dict[int, bytes] | None = None) -> list[bytes]:
    return [entry for _, entries, _ in walk_entries(Source(str(folder)), size, root, {} if roots is None else roots) for entry in entries]


def root_of(entries: list[bytes]) -> bytes:
    return compute_tree([hash_entry(entry) for entry in entries])


@settings(max_examples=30)
@given(st.data())
def test_any_entries_in_any_tiles(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 1100) | st.sampled_from([255, 256, 257, 511, 512, 513, 768]))
    entries = [b"%d" % number * (number % 7) for number in range(size)]
    folder = tmp_path_factory.mktemp("tiles")
    write_tiles(folder, entries, size)
    wanted = {kept: b"" for kept in data.draw(st.lists(st.integers(1, max(size, 1)), max_size=4)) if kept <= size}
    assert walk(folder, size, root_of(entries), wanted) == entries
    assert wanted == {kept: root_of(entries[:kept]) for kept in wanted}
    with pytest.raises(Wrong, match="checkpoint: signs another root"):
        walk(folder, size, bytes(32))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if files:
        path = data.draw(st.sampled_from(files))
        content = path.read_bytes()
        at = data.draw(st.integers(0, len(content) - 1))
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << data.draw(st.integers(0, 7))]) + content[at + 1 :])
        with pytest.raises(Wrong):
            walk(folder, size, root_of(entries))


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, int]:
    """A log with a full tile of level 1."""
    entries = [b"%d" % number for number in range(FULL + 300)]
    folder = tmp_path_factory.mktemp("wide")
    write_tiles(folder, entries, len(entries))
    return folder, root_of(entries), len(entries)


def test_the_levels_above(wide: tuple[Path, bytes, int]) -> None:
    folder, root, size = wide
    assert sorted(path.name for path in (folder / "tile").iterdir()) == ["0", "1", "2", "entries"]
    roots = {FULL: b"", FULL + 1: b"", 300: b"", size: b""}
    assert len(walk(folder, size, root, roots)) == size
    assert roots[size] == root
    assert roots[FULL] == (folder / "tile/2/000.p/1").read_bytes()


@pytest.mark.parametrize("path", ["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1", "tile/0/255", "tile/0/257.p/44"])
def test_a_rewritten_tile_is_found(path: str, wide: tuple[Path, bytes, int], tmp_path: Path) -> None:
    folder, root, size = wide
    altered = tmp_path / "altered"
    shutil.copytree(folder, altered, copy_function=lambda source, target: Path(target).symlink_to(source))
    content = (altered / path).read_bytes()
    (altered / path).unlink()
    with pytest.raises(Wrong, match="is missing"):
        walk(altered, size, root)
    write(altered, path, content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(Wrong, match=path):
        walk(altered, size, root)


@given(st.integers(0, 10**12), st.integers(1, 256), st.sampled_from(["entries", "0", "1", "63"]))
def test_paths_of_tiles(index: int, width: int, level: str) -> None:
    path = by_hand.tile_path(level, index, width)
    assert tile_path(level, index, width) == path
    assert parse_tile_path(path) == (level if level == "entries" else int(level), index, width)


def fill(ledger: Ledger, count: int) -> None:
    """Blocks of refused transactions, which cost no signature."""
    sent = ledger.send("play.hold", {}, (REGISTRAR, "identity.holder"))
    ids = (by_hand.sha256(b"%d" % number).hex() for number in range(count))
    refusals = [ledger.refuse(sent, "play.01.1", id=one) for one in ids]
    for at in range(0, count, 50):
        ledger.block(*refusals[at : at + 50])


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ledger]:
    """Some 800 entries, published at every sort of size."""
    ledger = Ledger(tables=(table("play", 1, hold=action(["identity.holder"])),))
    fill(ledger, 790)
    folder = ledger.publish(tmp_path_factory.mktemp("grown"), [51, 255, 256, 459, 600, len(ledger.entries)])
    return folder, ledger


def test_all_old_partial_tiles_are_compared(grown: tuple[Path, Ledger], tmp_path: Path) -> None:
    folder, ledger = grown
    report = check(folder, "--closed")
    assert report["checked"]["entries"] == 806
    assert report["checked"]["tiles and bundles"] == len([path for path in (folder / "tile").rglob("*") if path.is_file()])
    for path in ("tile/0/000.p/255", "tile/entries/000.p/51", "tile/1/000.p/1", "tile/0/002.p/88", "tile/entries/001.p/203"):
        altered = tmp_path / path.replace("/", "-")
        shutil.copytree(folder, altered)
        content = (altered / path).read_bytes()
        write(altered, path, content[:-1] + bytes([content[-1] ^ 1]))
        assert find_wrong(altered).startswith(f"{path}: does not agree")
        write(altered, path, content + content[:1])
        assert find_wrong(altered).startswith(f"{path}: does not hold exactly")
    assert ledger.height == 16


def test_a_checkpoint_of_any_block_end_verifies(grown: tuple[Path, Ledger], tmp_path: Path) -> None:
    folder, ledger = grown
    for size in (51, 459, 612):
        kept = tmp_path / f"{size}"
        kept.write_bytes(note(ledger.origin, size, root_of(ledger.entries[:size]), LOG))
        check(folder, "--previous", kept)
        earlier = ledger.publish(tmp_path / f"log-{size}", [size])
        check(earlier, "--closed")
        write(earlier, "checkpoint", (folder / "checkpoint").read_bytes())
        assert "is missing" in find_wrong(earlier)


def test_tiles_only_looks_at_hashes_only(grown: tuple[Path, Ledger], tmp_path: Path) -> None:
    folder, _ = grown
    report = check(folder, "--tiles-only")
    assert report["checked"]["entries, by their hashes only"] == 806
    altered = tmp_path / "altered"
    shutil.copytree(folder, altered)
    write(altered, "tile/0/001", bytes(8192))
    assert find_wrong(altered, "--tiles-only").startswith("entry 256 (tile/entries/001): does not hash to its leaf in tile/0/001")
    nonsense = [b"nonsense"] * 300
    write_tiles(altered, nonsense, 300)
    write(altered, "checkpoint", note("ledger.example/prasasti-training/prasasti-example", 300, root_of(nonsense), LOG))
    check(altered, "--tiles-only")
    assert "entry 0: is no JSON" in find_wrong(altered)


def test_a_source_that_is_none() -> None:
    with pytest.raises(CannotDo):
        Source("no/such/folder")


def test_a_log_of_several_spans_is_hashed_by_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "SPAN", 2 * tiles.WIDTH)
    size = 5 * tiles.WIDTH + 7
    entries = [b"%d" % number for number in range(size)]
    write_tiles(tmp_path, entries, size)
    root = root_of(entries)
    roots = {300: b"", 512: b"", size: b""}
    assert list(tiles.walk_hashes(Source(str(tmp_path)), size, root, roots)) == [512, 1024, size]
    walked = dict.fromkeys(roots, b"")
    list(walk_entries(Source(str(tmp_path)), size, root, walked))
    assert walked == roots
    bundle = tmp_path / tile_path("entries", 3)
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"?")
    with pytest.raises(Wrong, match=r"entry 1023 \(tile/entries/003\)"):
        list(tiles.walk_hashes(Source(str(tmp_path)), size, root, roots))
