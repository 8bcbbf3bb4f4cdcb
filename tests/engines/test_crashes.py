"""A crash at every write call: a block is done or not begun, nothing acknowledged is lost, a new process goes on.

Each call fails once as if it had not happened and once as if only its answer was lost; nothing works after it, as in
a process that died. Compare FiloSottile/sunlight, ``TestSequenceErrors``.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from prasasti.bootstrap import create_ledger
from prasasti.core.state import Tip
from prasasti.engines.clock import ClockJumped
from prasasti.engines.embedded import EngineHalted
from prasasti.engines.parts import list_allowed_parts
from prasasti.storage.connection import StorageProblem
from prasasti.storage.documents import DOCUMENTS_NAME, DocumentStore, describe_document
from prasasti.storage.ledger_database import DATABASE_NAME
from tests.core.ledger import START, build_genesis
from tests.core.rehearsal import ThingRecord, thing_key
from tests.engines.world import (
    HOUR_SECONDS,
    WITH_REHEARSAL,
    Crash,
    Envelopes,
    HandClocks,
    each_way,
    expect_code,
    expect_receipt,
    found,
    hook_writers,
    open_ledger,
    read_tip,
    wait_until_idle,
)

BEFORE, DUE, AFTER = START + 100, START + 200, START + 300
NEVER = 10**9
KEPT = (b"kept", "text/plain")


@dataclass(frozen=True)
class Scene:
    """A ledger with a block, and envelopes for a second one that writes every table: where it stands before and after."""

    folder: Path
    acknowledged: str
    envelopes: list[bytes]
    before: Tip
    after: Tip


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The second block runs a deadline, schedules one, cancels one, puts, removes, and refuses."""
    root = tmp_path_factory.mktemp("scene")
    folder = found(root / "before")
    with open_ledger(folder, HandClocks(BEFORE)) as ledger:
        make = Envelopes(ledger)
        answers = ledger.submit([make.put("old"), make.schedule((DUE, "due"), (START + 9_000, "later"))])
        envelopes = [
            make.put("new"), make.put("old", ""), make.put(text="refuse"), make.schedule((START + 8_000, "more")),
            make.sign("rehearsal.cancel", {"deadlines": [(START + 9_000, "later")]}),
        ]  # fmt: skip
    before = read_tip(folder)
    shutil.copytree(folder, root / "after")
    with Second(root / "after") as second:
        second.submit(envelopes)
    return Scene(folder, expect_receipt(answers[0]).id, envelopes, before, read_tip(root / "after"))


class Second:
    """A process that opened the ledger before the deadline and submits after it, so that both come into one block."""

    def __init__(self, folder: Path) -> None:
        self._clocks = HandClocks(BEFORE)
        self._opened = open_ledger(folder, self._clocks)

    def __enter__(self) -> Second:
        self.ledger = self._opened.__enter__()
        wait_until_idle(self.ledger)
        return self

    def __exit__(self, *problem: Any) -> None:
        self._opened.__exit__(*problem)

    def submit(self, envelopes: list[bytes]) -> list[Any]:
        self._clocks.pass_seconds(AFTER - BEFORE)
        return self.ledger.submit(envelopes)


def copy(scene: Scene, tmp_path: Path, name: str) -> Path:
    return Path(shutil.copytree(scene.folder, tmp_path / name))


def list_writes(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that write, in the order of the block."""
    crash = Crash(NEVER, persisted=False, is_armed=False)
    with monkeypatch.context() as patch:
        hook_writers(patch, crash)
        with Second(copy(scene, tmp_path, "counted")) as second:
            crash.is_armed = True
            second.submit(scene.envelopes)
            return crash.seen


@each_way
def test_a_block_is_done_or_not_begun(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, persisted: bool) -> None:
    """Whichever write fails, the file holds the state before the block or after it, and everyone who waits is told."""
    writes = list_writes(scene, tmp_path, monkeypatch)
    tables = ("bucket", "log", "position", "action", "deadline", "journal", "top", "cursor", "block")
    assert all(any(f" {table} " in statement for statement in writes) for table in tables)
    assert scene.before != scene.after
    for at, statement in enumerate(writes, 1):
        folder = copy(scene, tmp_path, str(at))
        crash = Crash(at, persisted, is_armed=False)
        with monkeypatch.context() as patch:
            hook_writers(patch, crash)
            with Second(folder) as second:
                crash.is_armed = True
                with pytest.raises(EngineHalted, match="that the test asked for"):
                    second.submit(scene.envelopes)
                with pytest.raises(EngineHalted, match="that the test asked for"):
                    second.ledger.submit(scene.envelopes)
        is_done = statement == "COMMIT" and persisted
        assert read_tip(folder) == (scene.after if is_done else scene.before), statement
        go_on(folder, scene, is_done)


def go_on(folder: Path, scene: Scene, is_done: bool) -> None:
    """A new process has what was acknowledged, takes what is missing, and nothing twice."""
    with open_ledger(folder, HandClocks(AFTER)) as ledger:
        assert ledger.database.find_position(scene.acknowledged) == 1
        answers = ledger.submit(scene.envelopes)
        if is_done:
            assert [expect_code(answer) for answer in answers] == ["admission.6"] * len(answers)
        else:
            refusals = [expect_receipt(answer).refusal for answer in answers]
            assert [refusal.number if refusal else "" for refusal in refusals] == ["", "", "rehearsal.01.1", "", ""]
        assert ledger.state.get(thing_key("new"), ThingRecord) == ThingRecord("one")
        assert ledger.state.get(thing_key("old"), ThingRecord) is None
        assert ledger.database.list_deadlines() == [(START + 8_000, "rehearsal:more")]
    read_tip(folder)


@each_way
def test_a_start_that_runs_deadlines(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, persisted: bool) -> None:
    """The block that a start seals fails like any other: no ledger is opened, and the next start does it."""
    ends = set()
    for at in range(1, NEVER):
        folder = copy(scene, tmp_path, str(at))
        crash = Crash(at, persisted)
        with monkeypatch.context() as patch:
            hook_writers(patch, crash)
            with suppress(StorageProblem), open_ledger(folder, HandClocks(AFTER)):
                pass
        if len(crash.seen) < at:
            break
        ends.add(read_tip(folder).height - scene.before.height)
        with open_ledger(folder, HandClocks(AFTER)) as ledger:
            assert ledger.database.read_tip().height == scene.before.height + 1
    assert ends == ({0, 1} if persisted else {0})


@each_way
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_jump_that_cannot_be_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, persisted: bool) -> None:
    """Its sender is told of the clock, and the engine halts: nobody waits for ever."""
    folder = found(tmp_path / "ledger")
    clocks = HandClocks()
    crash = Crash(at, persisted, is_armed=False)
    hook_writers(monkeypatch, crash)
    with open_ledger(folder, clocks) as ledger:
        envelope = Envelopes(ledger).put()
        clocks.jump(2 * HOUR_SECONDS)
        crash.is_armed = True
        with pytest.raises(ClockJumped):
            ledger.submit([envelope])
        with pytest.raises(EngineHalted):
            ledger.submit([envelope])
        crash.is_armed = False
    assert read_tip(folder).height == 0


@each_way
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_note_that_cannot_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, persisted: bool) -> None:
    """The block was sealed before: whoever is in it gets the receipt, although the engine halts then."""
    folder = found(tmp_path / "ledger")
    clocks = HandClocks()
    crash = Crash(at, persisted, is_armed=False)
    hook_writers(monkeypatch, crash)
    with open_ledger(folder, clocks) as ledger:
        make = Envelopes(ledger)
        envelopes = [make.put(), make.put()]
        clocks.jump(2 * HOUR_SECONDS)
        with pytest.raises(ClockJumped):
            ledger.submit(envelopes[:1])
        clocks.jump(-2 * HOUR_SECONDS)
        crash.at += len(block_writes := count_block_writes(tmp_path, monkeypatch))
        crash.is_armed = True
        assert expect_receipt(ledger.submit(envelopes[:1])[0]).height == 1
        with pytest.raises(EngineHalted):
            ledger.submit(envelopes[1:])
        crash.is_armed = False
    assert block_writes[-1] == "COMMIT"
    assert read_tip(folder).height == 1


def count_block_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The writes of a first block with one message, in a ledger of its own."""
    crash = Crash(NEVER, persisted=False, is_armed=False)
    with monkeypatch.context() as patch:
        hook_writers(patch, crash)
        with open_ledger(found(tmp_path / "counted"), HandClocks()) as ledger:
            envelope = Envelopes(ledger).put()
            crash.is_armed = True
            ledger.submit([envelope])
            crash.is_armed = False
    return crash.seen


@pytest.mark.parametrize(("persisted", "has_documents"), [(False, True), (True, False)], ids=["did-not-happen", "happened-unreported"])
def test_founding_is_done_or_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_documents: bool, persisted: bool) -> None:
    """A ledger whose making failed is opened by no command, or is whole; a repetition completes it and loses no document."""
    genesis_bytes = build_genesis(WITH_REHEARSAL, consensus_parts=list_allowed_parts())
    for at in range(1, NEVER):
        folder = tmp_path / str(at)
        folder.mkdir()
        if has_documents:
            with closing(DocumentStore.create(folder / DOCUMENTS_NAME)) as documents:
                documents.put([KEPT])
        crash = Crash(at, persisted)
        with monkeypatch.context() as patch:
            hook_writers(patch, crash, name="")
            patch.setattr(os, "rename", partial(rename_or_crash, crash, os.rename))
            with suppress(StorageProblem):
                create_ledger(folder, genesis_bytes, WITH_REHEARSAL)
        is_complete = len(crash.seen) < at
        is_whole = (folder / DATABASE_NAME).exists()
        if not is_whole:
            with pytest.raises(StorageProblem, match="holds no ledger"), open_ledger(folder):
                pass
            create_ledger(folder, genesis_bytes, WITH_REHEARSAL)
        assert sorted(path.name for path in folder.iterdir()) == [DOCUMENTS_NAME, DATABASE_NAME, "lock"]
        assert read_tip(folder).height == 0
        with closing(DocumentStore.open(folder / DOCUMENTS_NAME, write=False)) as documents:
            assert documents.has(describe_document(*KEPT)) == has_documents
        if is_complete:
            break
        done = crash.seen[: at if persisted else at - 1]
        assert is_whole == (done.count("rename") == (1 if has_documents else 2))


def rename_or_crash(crash: Crash, rename: Callable[..., None], *paths: Path) -> None:
    try:
        crash("rename", lambda: rename(*paths))
    except sqlite3.Error:
        raise OSError(errno.ENOSPC, "No space left on device") from None


@each_way
def test_documents_are_stored_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, persisted: bool) -> None:
    """All of a call or none; and what is there is there once."""
    for at in range(1, 5):
        path = tmp_path / f"{at}.sqlite"
        DocumentStore.create(path).close()
        crash = Crash(at, persisted, is_armed=False)
        bodies = [(b"one", "text/plain"), (b"two", "text/plain")]
        with monkeypatch.context() as patch:
            hook_writers(patch, crash, name=path.name)
            with closing(DocumentStore.open(path, write=True)) as documents:
                crash.is_armed = True
                if at < 4:
                    with pytest.raises(StorageProblem):
                        documents.put(bodies)
                else:
                    documents.put(bodies)
        with closing(DocumentStore.open(path, write=True)) as documents:
            has = [documents.has(describe_document(*body)) for body in bodies]
            assert has == [at == 4 or (at == 3 and persisted)] * 2
            documents.put(bodies)
            assert [documents.read(describe_document(*body).sha256) for body in bodies] == [b"one", b"two"]
