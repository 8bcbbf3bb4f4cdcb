"""The content-addressed document store: bytes by their SHA-256, in one SQLite file.

Owns limits on size and media type and the agreement of bytes and hash. What media type a document has, the entry says
that names it. Whether it is withheld is the ledger's knowledge; here its bytes are only removed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from prasasti.core.types import Document
from prasasti.storage.connection import StorageProblem, copy_database, create_database, explain, open_database, transaction, unjournaled

DOCUMENTS_NAME = "documents.sqlite"
MAX_DOCUMENT_BYTES = 32 * 2**20
MEDIA_TYPES = (
    "application/geo+json",
    "application/json",
    "application/pdf",
    "application/xml",
    "image/jpeg",
    "image/png",
    "text/csv",
    "text/plain",
)
SCHEMA_VERSION = 1
CACHE_KIBIBYTES = 8_192
SCHEMA = f"""
CREATE TABLE document(sha256 BLOB PRIMARY KEY, body BLOB NOT NULL);
PRAGMA user_version={SCHEMA_VERSION};
"""


class DocumentRefused(ValueError):
    """Bytes that the store does not take; the message says why."""


class DocumentStore:
    """One ledger's documents."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def create(cls, path: Path) -> DocumentStore:
        """A new, empty store; a crash within leaves no file of that name."""
        create_database(path, SCHEMA, lambda _: None)
        return cls.open(path, write=True)

    @classmethod
    def open(cls, path: Path, write: bool) -> DocumentStore:
        """The store in a file; StorageProblem where it is missing, damaged or of another version."""
        # From the first document on: pages that are split keep copies, which no later deletion would reach.
        return cls(open_database(path, write, SCHEMA_VERSION, cache_kibibytes=CACHE_KIBIBYTES, overwrite_deleted=True), path)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def put(self, documents: Iterable[tuple[bytes, str]]) -> list[Document]:
        """Store (bytes, media type) pairs in one commit; on return they are durable. DocumentRefused stores none."""
        named = [(describe_document(body, media_type), body) for body, media_type in documents]
        with transaction(self._connection, self.path):
            self._connection.executemany(
                "INSERT OR IGNORE INTO document VALUES (?, ?)", [(bytes.fromhex(document.sha256), body) for document, body in named]
            )
        return [document for document, _ in named]

    @contextmanager
    def building(self) -> Iterator[None]:
        """What ``add`` stores within is one transaction, for a store that is made anew (``connection.unjournaled``)."""
        with unjournaled(self._connection, self.path):
            yield

    @contextmanager
    def adding(self) -> Iterator[None]:
        """What ``add`` stores within is one commit."""
        with transaction(self._connection, self.path):
            yield

    def add(self, documents: Iterable[tuple[bytes, bytes]]) -> None:
        """Store (hash, bytes) pairs that the caller has compared, in a transaction that stands open."""
        # Replaced where it stands: what is stored may be damaged, these bytes are not.
        self._connection.executemany("INSERT OR REPLACE INTO document VALUES (?, ?)", documents)

    def take_out(self, digests: Iterable[bytes]) -> None:
        """Remove documents by their hashes in a transaction that stands open; their space is overwritten."""
        self._connection.executemany("DELETE FROM document WHERE sha256 = ?", [(digest,) for digest in digests])

    def copy_to(self, target: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Copy the store, as it is now, into a new file."""
        self._first("BEGIN")
        try:
            self._first("SELECT count(*) FROM sqlite_master")  # The snapshot is taken by the first reading.
            copy_database(self._connection, self.path, target, progress)
        finally:
            self._first("COMMIT")

    def digests(self) -> Iterator[bytes]:
        """The hash of every document that is stored, in order."""
        try:
            for (digest,) in self._connection.execute("SELECT sha256 FROM document ORDER BY sha256"):
                yield bytes(digest)
        except sqlite3.Error as problem:
            raise explain(self.path, problem) from problem

    def has(self, document: Document) -> bool:
        """Whether the store holds these bytes in this size, and takes their media type; of one file there may be several."""
        row = self._first("SELECT length(body) FROM document WHERE sha256 = ?", bytes.fromhex(document.sha256))
        return row == (document.size,) and document.media_type in MEDIA_TYPES

    def read(self, digest: str) -> bytes | None:
        """Bytes of a document, or None; StorageProblem where they do not match their hash."""
        row = self._first("SELECT body FROM document WHERE sha256 = ?", bytes.fromhex(digest))
        if row is None:
            return None
        body = bytes(row[0])
        if sha256(body).hexdigest() != digest:
            raise StorageProblem(f"{self.path}: document {digest} does not match its hash: the store was altered or is damaged")
        return body

    def read_whole(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        """Bytes of those documents, by hash, that are stored and match it; one query for a few (at most 500) of them."""
        query = f"SELECT sha256, body FROM document WHERE sha256 IN ({','.join('?' * len(digests))})"  # noqa: S608
        try:
            found = self._connection.execute(query, digests).fetchall()
        except sqlite3.Error as problem:
            raise explain(self.path, problem) from problem
        return {digest: body for digest, body in found if sha256(body).digest() == digest}

    def remove(self, digest: str) -> None:
        """Remove the bytes of a document, their space overwritten; StorageProblem while a reader still holds them.

        A crash leaves them in the write-ahead log at most; a repetition removes them there, too.
        """
        with transaction(self._connection, self.path):
            self._connection.execute("DELETE FROM document WHERE sha256 = ?", (bytes.fromhex(digest),))
        is_busy, _, _ = self._first("PRAGMA wal_checkpoint(TRUNCATE)")
        if is_busy:
            raise StorageProblem(f"{self.path}: another process reads, and keeps removed bytes in the write-ahead log; end it and repeat")

    def _first(self, query: str, *values: object) -> Any:
        try:
            return self._connection.execute(query, values).fetchone()
        except sqlite3.Error as problem:
            raise explain(self.path, problem) from problem


def describe_document(body: bytes, media_type: str) -> Document:
    """What an entry names a document by; DocumentRefused where size or media type is none that the store takes."""
    if media_type not in MEDIA_TYPES:
        raise DocumentRefused(f"the media type {media_type} is not taken; taken are {', '.join(MEDIA_TYPES)}")
    if not 1 <= len(body) <= MAX_DOCUMENT_BYTES:
        raise DocumentRefused(f"a document has 1 to {MAX_DOCUMENT_BYTES} bytes, this one has {len(body)}")
    return Document(media_type, sha256(body).hexdigest(), len(body))
