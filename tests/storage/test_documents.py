"""The document store: bytes by their hash, within limits, whole or not at all, and gone when removed."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.core.types import Document
from prasasti.storage import documents as module
from prasasti.storage.connection import StorageProblem
from prasasti.storage.documents import MEDIA_TYPES, DocumentRefused, DocumentStore, describe_document

SECRET = b"a text that a court had removed " * 1_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DocumentStore]:
    with closing(DocumentStore.create(tmp_path / "documents.sqlite")) as store:
        yield store


def test_what_is_stored_is_found_by_its_hash(store: DocumentStore) -> None:
    (document,) = store.put([(b"text", "text/plain")])
    assert document == Document("text/plain", sha256(b"text").hexdigest(), 4)
    assert store.has(document)
    assert store.read(document.sha256) == b"text"
    assert store.put([(b"text", "text/plain")]) == [document], "once more is no harm"
    assert store.read("00" * 32) is None


@pytest.mark.parametrize(
    "other", [Document("text/plain", "00" * 32, 4), Document("text/plain", sha256(b"text").hexdigest(), 5),
              Document("application/zip", sha256(b"text").hexdigest(), 4)], ids=["hash", "size", "media type"],
)  # fmt: skip
def test_another_document_is_not_there(store: DocumentStore, other: Document) -> None:
    store.put([(b"text", "text/plain")])
    assert not store.has(other)


def test_one_file_may_be_two_documents(store: DocumentStore) -> None:
    """The same bytes as text and as JSON: whoever comes second must not be told for ever to send what is there."""
    first, second = store.put([(b"{}", "text/plain"), (b"{}", "application/json")])
    assert first.sha256 == second.sha256
    assert store.has(first)
    assert store.has(second)


@pytest.mark.parametrize("media_type", ["application/zip", "text/html", "TEXT/PLAIN", "text/plain; charset=utf-8", ""])
def test_other_media_types_are_refused(store: DocumentStore, media_type: str) -> None:
    with pytest.raises(DocumentRefused, match=f"taken are .*{MEDIA_TYPES[-1]}"):
        store.put([(b"good", "text/plain"), (b"bad", media_type)])
    assert not store.has(describe_document(b"good", "text/plain")), "none of a call is stored when one is refused"


def test_limits_of_size(store: DocumentStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.MAX_DOCUMENT_BYTES == 33_554_432
    monkeypatch.setattr(module, "MAX_DOCUMENT_BYTES", 10)
    store.put([(b"1", "text/plain"), (b"x" * 10, "text/plain")])
    for body in (b"", b"x" * 11):
        with pytest.raises(DocumentRefused, match=f"1 to 10 bytes, this one has {len(body)}"):
            store.put([(body, "text/plain")])


def test_an_altered_document_is_not_given_out(store: DocumentStore, tmp_path: Path) -> None:
    (document,) = store.put([(b"text", "text/plain")])
    with closing(sqlite3.connect(tmp_path / "documents.sqlite", isolation_level=None)) as other:
        other.execute("UPDATE document SET body = ?", (b"test",))
    with pytest.raises(StorageProblem, match=f"{document.sha256} does not match its hash"):
        store.read(document.sha256)


def read_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_a_removed_document_is_gone_from_the_files(store: DocumentStore, tmp_path: Path) -> None:
    """From the database and its write-ahead log: freed pages would keep it for years, and copies of split ones for ever."""
    secret, other = store.put([(SECRET, "text/plain"), (b"other" * 1_000, "text/plain")])
    assert SECRET[:200] in read_files(tmp_path)
    store.remove(secret.sha256)
    assert not store.has(secret)
    assert SECRET[:32] not in read_files(tmp_path)
    assert store.has(other)
    store.remove(secret.sha256)


@given(st.lists(st.sampled_from([20, 500, 3_000, 9_000]), min_size=1, max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_no_sequence_leaves_a_trace(sizes: list[int], choose: random.Random) -> None:
    """Documents of all sizes, stored one by one, some removed: the files hold the rest alone."""
    with tempfile.TemporaryDirectory() as folder, closing(DocumentStore.create(Path(folder) / "documents.sqlite")) as store:
        marks = [b"<%06d>" % number for number in range(len(sizes))]
        for mark, size in zip(marks, sizes, strict=True):
            store.put([(mark * (size // len(mark)), "text/plain")])
        removed = [number for number in range(len(sizes)) if choose.random() < 0.4]
        for number in removed:
            store.remove(sha256(marks[number] * (sizes[number] // 8)).hexdigest())
        data = read_files(Path(folder))
        assert [number for number, mark in enumerate(marks) if mark not in data] == removed


def test_a_reader_that_keeps_a_removed_document_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes stay in the write-ahead log while a reader stands before their removal: a repetition removes them."""
    path = tmp_path / "documents.sqlite"
    with closing(DocumentStore.create(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        (secret,) = store.put([(SECRET, "text/plain")])
        store._connection.execute("PRAGMA busy_timeout=10")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM document").fetchone()
        with pytest.raises(StorageProblem, match="another process reads, and keeps removed bytes"):
            store.remove(secret.sha256)
        assert not store.has(secret), "the store itself has it no more"
        reader.execute("COMMIT")
        store.remove(secret.sha256)
        assert SECRET[:32] not in read_files(tmp_path)


def test_a_store_is_not_made_over_another(tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    DocumentStore.create(path).close()
    with pytest.raises(StorageProblem, match="exists already"):
        DocumentStore.create(path)
