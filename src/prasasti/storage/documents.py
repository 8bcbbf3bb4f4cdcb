"""The content-addressed document store: bytes by their SHA-256, in one SQLite file.

Owns limits on size and media type and the agreement of bytes and hash. Whether a document is withheld is the
ledger's knowledge; here its bytes are only removed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from prasasti.core.types import Document
from prasasti.storage.connection import StorageProblem, create_database, open_database

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
SCHEMA = "CREATE TABLE document(sha256 BLOB PRIMARY KEY, media_type TEXT NOT NULL, body BLOB NOT NULL);"


class DocumentRefused(ValueError):
    """Bytes that the store does not take; the message says why."""


class DocumentStore:
    """One ledger's documents."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def create(cls, path: Path) -> DocumentStore:
        """A new, empty store."""
        return cls(create_database(path, SCHEMA))

    @classmethod
    def open(cls, path: Path, write: bool) -> DocumentStore:
        """The store in a file."""
        return cls(open_database(path, write))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def put(self, documents: Iterable[tuple[bytes, str]]) -> list[Document]:
        """Store (bytes, media type) pairs in one commit; on return they are durable. DocumentRefused stores none."""
        named = [(describe_document(body, media_type), body) for body, media_type in documents]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(
                "INSERT OR IGNORE INTO document VALUES (?, ?, ?)",
                [(bytes.fromhex(document.sha256), document.media_type, body) for document, body in named],
            )
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return [document for document, _ in named]

    def has(self, document: Document) -> bool:
        """Whether the store holds these bytes in this size and media type."""
        query = "SELECT length(body), media_type FROM document WHERE sha256 = ?"
        row = self._connection.execute(query, (bytes.fromhex(document.sha256),)).fetchone()
        return row is not None and row == (document.size, document.media_type)

    def read(self, digest: str) -> bytes | None:
        """Bytes of a document, or None; StorageProblem where they do not match their hash."""
        row = self._connection.execute("SELECT body FROM document WHERE sha256 = ?", (bytes.fromhex(digest),)).fetchone()
        if row is None:
            return None
        body = bytes(row[0])
        if sha256(body).hexdigest() != digest:
            raise StorageProblem(f"document {digest} does not match its hash: the store was altered or is damaged")
        return body

    def remove(self, digest: str) -> None:
        """Remove the bytes of a document, its space overwritten."""
        self._connection.execute("PRAGMA secure_delete=ON")
        self._connection.execute("DELETE FROM document WHERE sha256 = ?", (bytes.fromhex(digest),))
        # The write-ahead log still held the old pages.
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def describe_document(body: bytes, media_type: str) -> Document:
    """What an entry names a document by; DocumentRefused where size or media type is none that the store takes."""
    if media_type not in MEDIA_TYPES:
        raise DocumentRefused(f"the media type {media_type} is not taken; taken are {', '.join(MEDIA_TYPES)}")
    if not 1 <= len(body) <= MAX_DOCUMENT_BYTES:
        raise DocumentRefused(f"a document has 1 to {MAX_DOCUMENT_BYTES} bytes, this one has {len(body)}")
    return Document(media_type, sha256(body).hexdigest(), len(body))
