"""Attacks on a node: what one who may send anything does to its disk."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from prasasti.web.uploads import BLOCK_BYTES, Uploads


def put(uploads: Uploads, client: str, body: bytes) -> str:
    digest = sha256(body).hexdigest()
    uploads.put(client, digest, body)
    return digest


def test_tiny_documents_take_no_more_of_the_disk_than_large_ones(tmp_path: Path) -> None:
    """A file of one byte takes a block and an inode: by their bytes alone a full disk's worth of them would be allowed."""
    uploads = Uploads(tmp_path / "uploads", 16 * BLOCK_BYTES)
    for number in range(200):
        put(uploads, f"client {number % 3}", b"%d" % number)
    assert len(list((tmp_path / "uploads").iterdir())) == len(uploads) == 16
    assert uploads.held_bytes == 16 * BLOCK_BYTES


def test_what_was_given_up_is_counted_no_more(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads", 16 * BLOCK_BYTES)
    digests = [put(uploads, "one", bytes([number])) for number in range(16)]
    put(uploads, "two", bytes(8 * BLOCK_BYTES))
    assert [uploads.read(digest) is not None for digest in digests] == [False] * 8 + [True] * 8
    for path in (tmp_path / "uploads").iterdir():
        uploads.remove(path.name)
    assert (len(uploads), uploads.held_bytes, list((tmp_path / "uploads").iterdir())) == (0, 0, [])
