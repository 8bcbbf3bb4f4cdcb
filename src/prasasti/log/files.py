"""Writing files so that a crash leaves each of them whole: old, new or absent.

Owns every call by which publishing changes a disk, so that tests can fail each of them, and the order write, sync,
rename, sync the folder. Knows nothing of logs.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

# Files written before the first of them is synced: the file system then commits many with one write of its journal.
SYNC_TOGETHER = 32


class Files(Protocol):
    """File calls. Each does one thing and raises OSError where it fails; paths are strings for speed."""

    def read(self, path: str) -> bytes | None:
        """Content, None where there is no such file."""

    def list(self, folder: str) -> list[str]:
        """Names in a folder, in bytewise order; empty where there is no such folder."""

    def make_folder(self, path: str) -> None:
        """Make a folder, unless it is there and no link. Its parent must be."""

    def create(self, path: str, data: bytes) -> int:
        """Write a file, replacing what stood there, and return its open descriptor: it is not synced yet."""

    def sync(self, descriptor: int) -> None:
        """Make a written file durable, and close it."""

    def sync_folder(self, path: str) -> None:
        """Make the names in a folder durable."""

    def rename(self, source: str, target: str) -> None:
        """Move a file, replacing the target."""

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder, if it is there."""


class LocalFiles:
    """The operating system's files."""

    def read(self, path: str) -> bytes | None:
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def list(self, folder: str) -> list[str]:
        try:
            return sorted(os.listdir(folder))
        except FileNotFoundError:
            return []

    def make_folder(self, path: str) -> None:
        try:
            os.mkdir(path)
        except FileExistsError:
            # A link would lead what is written and removed out of the folder.
            if os.path.islink(path) or not os.path.isdir(path):
                raise

    def create(self, path: str, data: bytes) -> int:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            if hasattr(os, "posix_fadvise"):
                # Linux starts writing at once, so that the disk works while the next files are made (1.3 times the speed).
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def sync(self, descriptor: int) -> None:
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_folder(self, path: str) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: str, target: str) -> None:
        os.rename(source, target)

    def remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            os.remove(path)

    def remove_folder(self, path: str) -> None:
        with suppress(FileNotFoundError):
            os.rmdir(path)


class UnexpectedContent(Exception):
    """A file that can never change stands there with other bytes."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Batch:
    """Files on their way into a folder, by way of a staging folder on the same file system: nothing torn ever stands there.

    ``stage`` writes and syncs a file under a name of no meaning, ``move`` gives all that is staged its names and makes
    these durable. A crash before ``move`` leaves the folder as it was; one within it leaves some files whole and the
    others absent. Two writers at once are kept out by the caller's lock, several batches of one writer by ``name``.
    """

    def __init__(self, files: Files, root: Path, staging: Path, name: str) -> None:
        self._files = files
        self._root = str(root)
        self._staged_as = f"{staging}/{name}"
        self._staged: list[tuple[str, str]] = []  # (staged as, path in the folder)
        self._open: list[int] = []  # written, not synced
        self._present: set[str] = set()  # folders that exist
        self._unsynced: dict[str, None] = {}  # folders whose names are not durable yet, in the order of their change
        self.files_written = 0
        self.bytes_written = 0

    def __len__(self) -> int:
        return len(self._staged)

    def stage(self, path: str, data: bytes, *, mutable: bool = False) -> None:
        """Prepare a file; UnexpectedContent where it stands in the folder with other bytes and is not ``mutable``.

        One that stands there as it should is left alone. It was synced before it got its name; its name may not have
        been, which ``move`` makes good.
        """
        present = self._files.read(f"{self._root}/{path}")
        if present == data:
            self._touch(path)
            return
        if present is not None and not mutable:
            raise UnexpectedContent(f"{self._root}/{path}")
        staged_as = f"{self._staged_as}-{self.files_written}"
        self._open.append(self._files.create(staged_as, data))
        self._staged.append((staged_as, path))
        self.files_written += 1
        self.bytes_written += len(data)
        if len(self._open) >= SYNC_TOGETHER:
            self._sync_staged()

    def move(self) -> None:
        """Give all that is staged its names, durably."""
        self._sync_staged()
        for staged_as, path in self._staged:
            self._touch(path)
            self._files.rename(staged_as, f"{self._root}/{path}")
        self._staged.clear()
        self._sync_folders()

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files of the folder, durably; one that is not there is no matter."""
        for path in paths:
            if self._files.read(f"{self._root}/{path}") is not None:
                self._touch(path)
                self._files.remove(f"{self._root}/{path}")
        self._sync_folders()

    def close(self) -> None:
        """Let go of what is staged and not moved; its files wait for the next ``clear_folder``."""
        while self._open:
            os.close(self._open.pop())

    def _sync_staged(self) -> None:
        while self._open:
            self._files.sync(self._open.pop())

    def _sync_folders(self) -> None:
        for folder in tuple(self._unsynced):
            self._files.sync_folder(folder)
            del self._unsynced[folder]

    def _touch(self, path: str) -> None:
        parent = os.path.dirname(f"{self._root}/{path}")
        self._make_with_parents(parent)
        self._unsynced[parent] = None

    def _make_with_parents(self, path: str) -> None:
        if path in self._present:
            return
        if not path.startswith(f"{self._root}/"):
            make_folders(self._files, path)
        else:
            parent = os.path.dirname(path)
            self._make_with_parents(parent)
            self._files.make_folder(path)
            # Also where it existed: a crash may have come between its making and the syncing of its name.
            self._unsynced[parent] = None
        self._present.add(path)


def make_folders(files: Files, path: str) -> None:
    """Make a folder and those above it as far as they are missing, durably."""
    if os.path.isdir(path):
        return
    parent = os.path.dirname(path)
    make_folders(files, parent)
    files.make_folder(path)
    files.sync_folder(parent)


def clear_folder(files: Files, path: Path) -> None:
    """Make a folder of plain files empty; it need not be there."""
    for name in files.list(str(path)):
        files.remove(str(path / name))


def can_rename(files: Files, here: Path, there: Path) -> bool:
    """Whether files can be renamed from one folder into the other, that is whether both lie on one file system.

    Asked by renaming a name that does not exist: the system compares the mounts, and whether they can be written,
    before it looks for the name. A file system that cannot be written raises its OSError here.
    """
    try:
        files.rename(str(here / "absent"), str(there / "absent"))
    except FileNotFoundError:
        return True
    except OSError as problem:
        if problem.errno == errno.EXDEV:
            return False
        raise OSError(problem.errno, problem.strerror, str(there)) from problem
    return True
