"""The checkpoint that the publisher signed last, kept apart from every published folder.

Owns the promise that a log's key signs one history: whoever signs holds the lock, and replaces the kept checkpoint
before the new one is seen anywhere. The folder is ``LEDGER/publisher``. What a checkpoint says is not judged here.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prasasti.log.files import Files, LocalFiles, make_folders


class PublisherBusy(Exception):
    """Another process publishes from this ledger just now."""


class KeptChanged(Exception):
    """The kept checkpoint is not the one that was read before: someone replaced it without holding the lock."""


class KeptCheckpoint:
    """``checkpoint`` and ``lock`` in the publisher's folder."""

    def __init__(self, folder: Path, files: Files | None = None) -> None:
        self.folder = folder
        self._files = files or LocalFiles()
        self.path = folder / "checkpoint"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock; PublisherBusy at once where another process holds it. The system frees it when a process dies."""
        make_folders(self._files, str(self.folder.absolute()))
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PublisherBusy(str(self.folder)) from None
            yield
        finally:
            os.close(descriptor)

    def read(self) -> bytes | None:
        """The kept checkpoint, a signed note; None before the first."""
        return self._files.read(str(self.path))

    def replace(self, expected: bytes | None, checkpoint: bytes) -> None:
        """Durably put a checkpoint in the place of the expected one; KeptChanged where another stands there.

        A crash leaves the old one or the new one, whole. Where the new one stands and nothing is published of it yet,
        the next run publishes it.
        """
        if self.read() != expected:
            raise KeptChanged(str(self.path))
        part = f"{self.path}.part"
        self._files.sync(self._files.create(part, checkpoint))
        self._files.rename(part, str(self.path))
        self._files.sync_folder(str(self.folder))
