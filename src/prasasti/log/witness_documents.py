"""Documents that a member's witness keeps, and the receipts that it gives for them (``prasasti/seal/1``, storage receipts).

Owns that a receipt is given only for bytes that a loss of power leaves there, and until when was promised. Whether the
key may give receipts (role ``governance.store``) is the ledger's to judge; what the bytes are, nobody's here.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock

from prasasti.core.encoding import encode_base64
from prasasti.core.storage_receipts import StorageReceipt, encode_receipt
from prasasti.log.files import Files, LocalFiles, make_folders
from prasasti.log.source import LogSigner

# What a file takes on a disk at least, whatever it holds: counted by its bytes alone, tiny ones would fill the disk.
BLOCK_BYTES = 4_096


class DocumentDamaged(Exception):
    """Bytes that lie here and do not hash to their name."""


class StoreFull(Exception):
    """The bytes kept would exceed what the operator allows."""


class WitnessDocuments:
    """``FOLDER/ab/<hex>`` and beside each, in ``<hex>.until``, the latest instant until which it was promised to be kept."""

    def __init__(self, folder: Path, most_bytes: int, files: Files | None = None) -> None:
        self._folder = folder.absolute()
        self._files = files or LocalFiles()
        self.most_bytes = most_bytes
        self._lock = Lock()
        make_folders(self._files, str(self._folder))
        for part in self._folder.glob("*/*.part"):
            self._files.remove(str(part))
        kept = (path for path in self._folder.glob("*/*") if len(path.name) == 64)
        self.kept_bytes = sum(count_disk_bytes(path.stat().st_size) for path in kept)

    def put(self, data: bytes, keep_until: int) -> None:
        """Keep bytes; on return they and the promise are durable. StoreFull keeps nothing.

        A crash before the end leaves a part, which the next start removes, or the bytes without a promise, which nobody was
        given.
        """
        digest = sha256(data).hexdigest()
        path = self._path(digest)
        with self._lock:
            present = self._files.read(path)
            if present is None and self.kept_bytes + count_disk_bytes(len(data)) > self.most_bytes:
                raise StoreFull(f"{self.kept_bytes} of {self.most_bytes} bytes are used")
            make_folders(self._files, os.path.dirname(path))
            if present != data:  # Absent, or damaged: what came hashes to the name.
                self._write(path, data)
                self.kept_bytes += count_disk_bytes(len(data)) - (count_disk_bytes(len(present)) if present is not None else 0)
            self._write(f"{path}.until", b"%d\n" % max(keep_until, self.read_promise(digest)))
            # All names, also those that an interrupted run gave and did not make durable.
            self._files.sync_folder(os.path.dirname(path))
            self._files.sync_folder(str(self._folder))

    def read(self, digest: str) -> bytes | None:
        """Bytes by their hash; None where they are not kept. DocumentDamaged rather than other bytes."""
        data = self._files.read(self._path(digest))
        if data is not None and sha256(data).hexdigest() != digest:
            raise DocumentDamaged(f"document {digest} is damaged here; put it again")
        return data

    def read_size(self, digest: str) -> int:
        """Bytes of a document as it lies there; 0 where it is not kept."""
        try:
            return os.stat(self._path(digest)).st_size
        except FileNotFoundError:
            return 0

    def read_promise(self, digest: str) -> int:
        """Until when a document was promised to be kept; 0 where nothing was."""
        return int(self._files.read(f"{self._path(digest)}.until") or b"0")

    def _path(self, digest: str) -> str:
        return f"{self._folder}/{digest[:2]}/{digest}"

    def _write(self, path: str, data: bytes) -> None:
        try:
            self._files.sync(self._files.create(f"{path}.part", data))
            self._files.rename(f"{path}.part", path)
        except OSError:
            with suppress(OSError):  # Parts that nobody counts would keep a full disk full.
                self._files.remove(f"{path}.part")
            raise


def count_disk_bytes(size: int) -> int:
    """What a document of that size takes of the disk, with the promise beside it: whole blocks."""
    return -(-size // BLOCK_BYTES) * BLOCK_BYTES + BLOCK_BYTES


def make_receipt(signer: LogSigner, chain: str, data_sha256: str, size: int, keep_until: int) -> StorageReceipt:
    """The receipt for bytes that are kept."""
    signature = signer.sign(encode_receipt(chain, data_sha256, size, keep_until))
    return StorageReceipt(signer.public_key.hex(), keep_until, encode_base64(signature))
