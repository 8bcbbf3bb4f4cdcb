"""The state of a witness: for each log the latest checkpoint that it cosigned, with that cosignature.

Owns the promise of C2SP tlog-witness that comparing and persisting are one step, whatever happens at once, and across
restarts. The folder belongs to one process and one key. What may be cosigned is decided elsewhere.
"""

from __future__ import annotations

import fcntl
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock

from prasasti.log.checkpoint import format_vkey
from prasasti.log.files import Files, LocalFiles, make_folders
from prasasti.log.kept import KeptCheckpoint
from prasasti_verify.notes import Key
from prasasti_verify.strict import CannotDo


class WitnessStateProblem(CannotDo):
    """A witness's folder that cannot be used. The message says why and what to do."""


class WitnessStore:
    """``FOLDER/log/<SHA-256 of the origin>/checkpoint``, and ``FOLDER/witness.vkey``: whose folder it is."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.folder = folder
        self._files = files
        self._locks: dict[str, Lock] = defaultdict(Lock)
        self._locks_lock = Lock()

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, key: Key, files: Files | None = None) -> Iterator[WitnessStore]:
        """Hold a witness's folder, made where it is missing; WitnessStateProblem where another process or key has it."""
        store = cls(folder.absolute(), files or LocalFiles())
        make_folders(store._files, str(store.folder))
        descriptor = os.open(store.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WitnessStateProblem(f"{folder} is in use by another witness process; end that one first") from None
            store._bind(key)
            yield store
        finally:
            os.close(descriptor)

    def _bind(self, key: Key) -> None:
        """The folder's witness is this key. A new key has seen nothing yet: it starts in a folder of its own."""
        path, vkey = str(self.folder / "witness.vkey"), f"{format_vkey(key)}\n".encode()
        found = self._files.read(path)
        if found is None:
            if self._files.list(str(self.folder / "log")):
                raise WitnessStateProblem(f"{self.folder} holds checkpoints, but no witness.vkey says whose they are; restore it")
            self._files.sync_folder(str(self.folder.parent))
            self._write(path, vkey)
        elif found != vkey:
            raise WitnessStateProblem(
                f"{self.folder} belongs to the witness {found.decode(errors='replace').strip()}, not to {vkey.decode().strip()}; "
                "a witness with a new key has a new name and a folder of its own"
            )

    def _write(self, path: str, data: bytes) -> None:
        self._files.sync(self._files.create(f"{path}.part", data))
        self._files.rename(f"{path}.part", path)
        self._files.sync_folder(os.path.dirname(path))

    @contextmanager
    def exclusive(self, origin: str) -> Iterator[KeptCheckpoint]:
        """One log's state, held against every other request: its ``read`` and ``replace`` within are one step."""
        name = hash_origin(origin)
        with self._locks_lock:
            lock = self._locks[name]
        with lock:
            place = self.folder / "log" / name
            make_folders(self._files, str(place))
            kept = KeptCheckpoint(place, self._files)
            if kept.read() is None:
                # An earlier request may have made the folders and ended before their names were durable.
                self._files.sync_folder(str(place.parent))
                self._files.sync_folder(str(self.folder))
            yield kept

    def read(self, origin_hash: str) -> bytes | None:
        """The latest cosigned checkpoint of the log whose origin has this hash; None where there is none."""
        return KeptCheckpoint(self.folder / "log" / origin_hash, self._files).read()


def hash_origin(origin: str) -> str:
    """How a log is named in a path (C2SP tlog-witness): lower-case hex."""
    return sha256(origin.encode()).hexdigest()
