"""A crash at every call that changes the disk: what is shown stays whole, one history is signed, a repetition completes it.

Each call fails once as if it had not happened and once as if only its answer was lost; nothing works after it, as in
a process that died. Compare FiloSottile/sunlight, ``TestSequenceErrors``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from prasasti.log.source import Withheld
from prasasti_verify.hashing import fold_edge
from prasasti_verify.notes import parse_checkpoint
from tests.log.worlds import FailingFiles, Fault, MemoryDocuments, MemoryLog, Workshop, check_published, make_entries, read_tree

LOG = MemoryLog(make_entries(300))
FIRST, SECOND, THIRD = 250, 259, 300
PARTIAL_OF_SECOND = ("tile/0/001.p/3", "tile/entries/001.p/3")
NEVER = 10**9

each_way = pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed-but-persisted"])


def build_shop(root: Path, *sizes: int) -> Workshop:
    """A ledger published at these sizes. SECOND brings two documents and withholds one that FIRST published."""
    documents = MemoryDocuments([b"a table"])
    names = [documents.add(position, b"document %d" % position) for position in (3, 251, 252)]
    documents.gone = [Withheld(names[0], 258, "a court's order")]
    shop = Workshop(root, LOG, documents)
    for size in sizes:
        shop.publish(LOG.first(size))
    return shop


def check_one_history(shop: Workshop) -> int:
    """Every root that was ever signed is the log's at that size; the size of the kept checkpoint, which is one of them."""
    for body in shop.signer.signed:
        signed = parse_checkpoint(body + "\n— nobody AAAAAAA=\n".encode(), "signed")
        assert signed.root == fold_edge(LOG.edges[signed.size])
    note = shop.kept.read()
    if note is None:
        return 0
    kept = parse_checkpoint(note, "kept")
    assert kept.body in shop.signer.signed
    return kept.size


def check_shown(shop: Workshop, before: dict[str, bytes], after: dict[str, bytes]) -> int:
    """What is shown is whole, and each file is as it was or as it will be; the size shown."""
    for path, data in read_tree(shop.folder).items():
        assert data in (before.get(path), after.get(path)), path
    return check_published(shop.folder) if (shop.folder / "checkpoint").exists() else 0


@each_way
@pytest.mark.parametrize("start", [(), (FIRST,)], ids=["new-folder", "grown-folder"])
def test_crash_at_every_call(tmp_path: Path, start: tuple[int, ...], persisted: bool) -> None:
    before = read_tree(build_shop(tmp_path / "before", *start).folder)
    uninterrupted = build_shop(tmp_path / "uninterrupted", *start, SECOND)
    after = read_tree(uninterrupted.folder)
    after_third = read_tree(build_shop(tmp_path / "third", *start, SECOND, THIRD).folder)
    counted = FailingFiles(NEVER, persisted)
    build_shop(tmp_path / "counted", *start).publish(LOG.first(SECOND), files=counted)
    reached = set()
    for fail_at in range(len(counted.log)):
        shop = build_shop(tmp_path / f"{fail_at}", *start)
        with pytest.raises(Fault):
            shop.publish(LOG.first(SECOND), files=FailingFiles(fail_at, persisted))
        shown, signed = check_shown(shop, before, after), check_one_history(shop)
        assert shown in (sum(start), SECOND)
        assert signed >= shown
        reached.add((shown, signed))
        # The log may have grown before anybody repeats: a checkpoint that was signed gets its tiles all the same.
        shutil.copytree(shop.root, tmp_path / "later")
        later = build_shop(tmp_path / "later")
        later.publish()
        left_out = () if signed == SECOND else PARTIAL_OF_SECOND
        assert read_tree(later.folder) == {path: data for path, data in after_third.items() if path not in left_out}
        shutil.rmtree(later.root)
        moved = {path for path, data in read_tree(shop.folder).items() if before.get(path) != data}
        repeated = FailingFiles(NEVER, persisted)
        shop.publish(LOG.first(SECOND), files=repeated)
        assert read_tree(shop.root) == read_tree(uninterrupted.root)
        assert check_one_history(shop) == SECOND
        # Names that the crash may have left in memory only are made durable, unless the public checkpoint was out already.
        folders = {path for call, path in repeated.log if call == "sync_folder"}
        assert shown == SECOND or {str((shop.folder / path).parent) for path in moved} <= folders
    assert {(sum(start), sum(start)), (sum(start), SECOND)} <= reached


@each_way
def test_failing_one_call_later_each_time_gets_there(tmp_path: Path, persisted: bool) -> None:
    uninterrupted = build_shop(tmp_path / "uninterrupted", FIRST, SECOND)
    shop = build_shop(tmp_path / "crashed", FIRST)
    fail_at = 0
    done = False
    while not done:
        try:
            shop.publish(LOG.first(SECOND), files=FailingFiles(fail_at, persisted))
            done = True
        except Fault:
            assert check_published(shop.folder) <= check_one_history(shop)
            fail_at += 1
    assert fail_at > 10
    assert read_tree(shop.root) == read_tree(uninterrupted.root)


def test_order_of_the_calls(tmp_path: Path) -> None:
    """Staged and synced, then the kept checkpoint, then names in the folder, each synced; the public checkpoint last."""
    files = FailingFiles(NEVER, persisted=False)
    shop = build_shop(tmp_path, FIRST)
    shop.publish(LOG.first(SECOND), files=files)
    folder, kept = str(shop.folder), str(shop.kept.path)
    targets = [target for call, target in files.log if call == "rename"]
    assert targets[0] == kept
    assert targets[-1] == f"{folder}/checkpoint"
    kept_synced = files.log.index(("sync_folder", str(shop.kept.folder)))
    assert {call for call, target in files.log[:kept_synced] if target.startswith(folder)} == {"remove_folder"}
    last = files.log.index(("rename", f"{folder}/checkpoint"))
    for number, (call, target) in enumerate(files.log):
        if call == "rename" and target.startswith(folder) and target != f"{folder}/checkpoint":
            parent = target.rpartition("/")[0]
            assert ("sync_folder", parent) in files.log[number:last], target
        if call == "make_folder" and target.startswith(folder):
            assert ("sync_folder", target.rpartition("/")[0]) in files.log[number:last], target
    assert ("sync_folder", folder) in files.log[last:]
    written = [number for number, (call, _) in enumerate(files.log) if call == "create"]
    assert len(written) == sum(call == "sync" for call, _ in files.log)
    assert {"make_folder", "create", "sync", "sync_folder", "rename", "remove", "remove_folder"} == {call for call, _ in files.log}


def test_what_a_crash_left_staged_is_removed(tmp_path: Path) -> None:
    shop = build_shop(tmp_path, FIRST)
    with pytest.raises(Fault):
        shop.publish(LOG.first(SECOND), files=FailingFiles(4, persisted=True))
    staging = shop.kept.folder / "staging"
    assert any(staging.iterdir())
    shop.publish(LOG.first(SECOND))
    assert not any(staging.iterdir())
