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
        standing = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        self._sizes = OrderedDict((path.name, path.stat().st_size) for path in standing)
        self._owners = dict.fromkeys(self._sizes, "")
        self._held_bytes = sum(self._sizes.values())

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def held_bytes(self) -> int:
        """Bytes that lie there."""
        return self._held_bytes

    def put(self, client: str, digest: str, body: bytes) -> None:
        """Keep a client's document, whose hash is known to be right; OSError where the disk does not take it."""
        with self._lock:
            if digest in self._sizes:
                self._sizes.move_to_end(digest)
                return
            while self._sizes and self._held_bytes + len(body) > self._max_bytes:
                self._drop(self._choose_victim())
            self._parts += 1
            part = self._folder / f"{self._parts}.part"
            try:
                part.write_bytes(body)
                os.replace(part, self._folder / digest)
            except OSError:
                part.unlink(missing_ok=True)
                raise
            self._sizes[digest] = len(body)
            self._owners[digest] = client
            self._held_bytes += len(body)

    def read(self, digest: str) -> bytes | None:
        """A document's bytes, or None; damaged ones count as missing."""
        if digest not in self._sizes:
            return None
        try:
            body = (self._folder / digest).read_bytes()
        except OSError:
            return None
        return body if sha256(body).hexdigest() == digest else None

    def remove(self, digest: str) -> None:
        """Give a document up: the store has it."""
        with self._lock:
            if digest in self._sizes:
                self._drop(digest)

    def _choose_victim(self) -> str:
        """The oldest document of whoever holds most."""
        held: dict[str, int] = {}
        for digest, size in self._sizes.items():
            held[self._owners[digest]] = held.get(self._owners[digest], 0) + size
        largest = max(held, key=lambda owner: held[owner])
        return next(digest for digest in self._sizes if self._owners[digest] == largest)

    def _drop(self, digest: str) -> None:
        del self._owners[digest]
        self._held_bytes -= self._sizes.pop(digest)
        with suppress(OSError):
            (self._folder / digest).unlink()
