"""What a process meets on a disk that is full or read-only: ``python -m tests.storage.disk WHAT FOLDER``.

It runs in a process of its own, since a limit or a mount holds for all of one. Says nothing where all is as it should be.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from prasasti.bootstrap import create_ledger
from prasasti.engines.embedded import EngineHalted
from prasasti.engines.parts import list_allowed_parts
from prasasti.storage.connection import StorageProblem
from prasasti.storage.ledger_database import DATABASE_NAME
from tests.core.ledger import build_genesis
from tests.engines.world import WITH_REHEARSAL, Envelopes, HandClocks, expect_receipt, found, open_ledger, read_tip

PAGE_BYTES = 4_096
FULL = r"disk is full; make room|disk I/O error; the disk or its file system fails, or is full|No space left|File too large"


@contextmanager
def leave_room(folder: Path, room_bytes: int) -> Iterator[None]:
    """The disk takes so many bytes more: another file fills the rest."""
    filler = folder.parent / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * PAGE_BYTES):
                pass
        except OSError:
            pass
        file.truncate(max(0, file.tell() // PAGE_BYTES * PAGE_BYTES - room_bytes))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def limit_files(folder: Path, room_bytes: int) -> Iterator[None]:
    """No file of the process grows beyond the write-ahead log's size now and so many bytes more."""
    journal = folder / f"{DATABASE_NAME}-wal"
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((journal.stat().st_size if journal.exists() else 0) + room_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


Fill = Callable[[Path, int], Any]


def check_full(folder: Path, fill: Fill) -> None:
    """A block that finds no room halts the engine and is not there; once there is room, a new process takes it."""
    for pages in (0, 1, 2, 3, 5, 8):
        name = folder / str(pages)
        with fill(name, pages * PAGE_BYTES), pytest.raises(StorageProblem, match=FULL):
            found(name)
        clocks = HandClocks()
        with open_ledger(found(name), clocks) as ledger:
            make = Envelopes(ledger)
            acknowledged = expect_receipt(ledger.submit([make.put()])[0]).id
            envelopes = [make.put(f"key-{number}", "x" * 5_000) for number in range(8)]
            with fill(name, pages * PAGE_BYTES):
                with pytest.raises(EngineHalted, match=FULL):
                    ledger.submit(envelopes)
                with pytest.raises(EngineHalted, match=FULL):
                    ledger.submit(envelopes)
                with pytest.raises(StorageProblem, match=FULL):
                    ledger.documents.put([(b"x" * 400_000, "text/plain")])
        assert read_tip(name).height == 1
        with open_ledger(name, clocks) as ledger:
            assert ledger.database.find_position(acknowledged) == 1
            assert [expect_receipt(answer).height for answer in ledger.submit(envelopes)] == [2] * 8
            ledger.documents.put([(b"x" * 400_000, "text/plain")])
        assert read_tip(name).height == 2


def check_read_only(folder: Path) -> None:
    """Writing commands say why, nothing is founded beside; what was closed can be read from a medium, else read a copy."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(StorageProblem, match=r"cannot be written: (Read-only file system|Permission denied)"), open_ledger(folder):
        pass
    genesis_bytes = build_genesis(WITH_REHEARSAL, consensus_parts=list_allowed_parts())
    with pytest.raises(StorageProblem, match=r"cannot be made: (Read-only file system|Permission denied)"):
        create_ledger(folder / "below", genesis_bytes, WITH_REHEARSAL)
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        assert read_tip(folder).height == 1
    else:
        with pytest.raises(StorageProblem, match="this user may not write there, which reading needs, too; read a copy"):
            read_tip(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def main(what: str, folder: Path) -> None:
    """Run one of the checks."""
    if what == "read-only":
        check_read_only(folder)
    elif what == "full":
        check_full(folder, leave_room)
    else:
        check_full(folder, limit_files)


if __name__ == "__main__":
    main(sys.argv[1], Path(os.path.abspath(sys.argv[2])))
