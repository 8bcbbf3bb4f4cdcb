"""Documents sent ahead of the transaction that names them. Owns a bounded folder; the document store is not touched.

Anybody may send documents: they are kept here until an envelope signed by a registered key names them. Where room is
short, whoever holds most gives up its oldest, so that nobody pushes out another's. A crash loses at most what nobody
named yet; whoever sent it is told so when it is named.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

FOLDER_NAME = "uploads"
# What a file takes on a disk at least, whatever it holds: counted by its bytes alone, tiny ones would fill the disk.
BLOCK_BYTES = 4_096


class Uploads:
    """The folder, by hash. Safe for several threads."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._parts = 0
        folder.mkdir(mode=0o700, exist_ok=True)
        for leftover in folder.glob("*.part"):
            leftover.unlink()
        self._owners: dict[str, str] = {}
        self._sizes: dict[str, OrderedDict[str, int]] = {}
        self._held: dict[str, int] = {}
        self._held_bytes = 0
        for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns):
            self._note("", path.name, path.stat().st_size)

    def __len__(self) -> int:
        return len(self._owners)

    @property
    def held_bytes(self) -> int:
        """Bytes that lie there, in whole blocks of a disk."""
        return self._held_bytes

    def put(self, client: str, digest: str, body: bytes) -> None:
        """Keep a client's document, whose hash is known to be right; OSError where the disk does not take it."""
        with self._lock:
            if digest in self._owners:
                self._sizes[self._owners[digest]].move_to_end(digest)
                return
            while self._owners and self.held_bytes + _round_up(len(body)) > self._max_bytes:
                self._drop(self._choose_victim())
            self._parts += 1
            part = self._folder / f"{self._parts}.part"
            try:
                part.write_bytes(body)
                os.replace(part, self._folder / digest)
            except OSError:
                part.unlink(missing_ok=True)
                raise
            self._note(client, digest, len(body))

    def read(self, digest: str) -> bytes | None:
        """A document's bytes, or None; damaged ones count as missing."""
        if digest not in self._owners:
            return None
        try:
            body = (self._folder / digest).read_bytes()
        except OSError:
            return None
        return body if sha256(body).hexdigest() == digest else None

    def remove(self, digest: str) -> None:
        """Give a document up: the store has it."""
        with self._lock:
            if digest in self._owners:
                self._drop(digest)

    def _choose_victim(self) -> str:
        """The oldest document of whoever holds most."""
        largest = max(self._held, key=lambda owner: self._held[owner])
        return next(iter(self._sizes[largest]))

    def _note(self, client: str, digest: str, size: int) -> None:
        self._owners[digest] = client
        self._sizes.setdefault(client, OrderedDict())[digest] = _round_up(size)
        self._held[client] = self._held.get(client, 0) + _round_up(size)
        self._held_bytes += _round_up(size)

    def _drop(self, digest: str) -> None:
        owner = self._owners.pop(digest)
        size = self._sizes[owner].pop(digest)
        self._held[owner] -= size
        self._held_bytes -= size
        if not self._sizes[owner]:
            del self._sizes[owner], self._held[owner]
        with suppress(OSError):
            (self._folder / digest).unlink()


def _round_up(size: int) -> int:
    return -(-size // BLOCK_BYTES) * BLOCK_BYTES
