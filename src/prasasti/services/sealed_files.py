"""Files of a proposal, off the ledger: encrypted in chunks, their keys inside the envelope (sealed-proposals, 1).

Owns the encryption and that nothing half-written stands under a file's name. Where encrypted bytes are kept, and who
may have them, is the stores' business.

Chunks have 65,536 bytes, the last one fewer or as many, none only of an empty file. Chunk j is under
ChaCha20-Poly1305-IETF (RFC 8439) with nonce = j as 11 bytes big-endian ‖ 01 if it is the last, else 00. So a file that
was cut, lengthened or put in another order does not open.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple

from nacl.bindings import (
    crypto_aead_chacha20poly1305_ietf_ABYTES,
    crypto_aead_chacha20poly1305_ietf_decrypt,
    crypto_aead_chacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from prasasti.contracts.procurement.sealing.contents import SealedFile

CHUNK_BYTES = 65_536
TAG_BYTES = crypto_aead_chacha20poly1305_ietf_ABYTES
KEY_BYTES = 32


class SealedFileProblem(Exception):
    """A file that cannot be encrypted or opened; the message says which and why. No file was written."""


class Digests(NamedTuple):
    """SHA-256 in hex and size in bytes: ``sha256`` and ``size`` of the encrypted bytes, ``plain_…`` of the file's own."""

    plain_sha256: str
    plain_size: int
    sha256: str
    size: int


def encrypt_file(source: Path, target: Path, key: bytes) -> Digests:
    """Encrypt a file under a key of 32 bytes, which no other file may have; OSError where one cannot be read or written."""
    plain, encrypted = _Counter(), _Counter()
    with source.open("rb") as reading, write_whole(target) as writing:
        for chunk in encrypt_chunks(plain.follow(_read_chunks(reading, CHUNK_BYTES)), key):
            encrypted.add(chunk)
            writing.write(chunk)
    return Digests(plain.hex, plain.size, encrypted.hex, encrypted.size)


def decrypt_file(source: Path, target: Path, key: bytes) -> Digests:
    """Open a file that ``encrypt_file`` made; SealedFileProblem where its bytes are not those, or under another key."""
    plain, encrypted = _Counter(), _Counter()
    with source.open("rb") as reading, write_whole(target) as writing:
        for chunk in decrypt_chunks(encrypted.follow(_read_chunks(reading, CHUNK_BYTES + TAG_BYTES)), key, source.name):
            plain.add(chunk)
            writing.write(chunk)
    return Digests(plain.hex, plain.size, encrypted.hex, encrypted.size)


def open_listed_file(source: Path, target: Path, listed: SealedFile) -> None:
    """Open a file as an opened envelope lists it; SealedFileProblem where the bytes are not those listed.

    Steps: 1 the encrypted bytes' size and hash; 2 every chunk; 3 the file's own hash. ``target`` appears after the last.
    """
    part = target.with_name(f"{target.name}.opened")
    try:
        size, digest = source.stat().st_size, _hash_file(source)
        if (size, digest) != (listed.size, listed.sha256):
            raise SealedFileProblem(f"{source.name} has {size} bytes of SHA-256 {digest}, listed are {listed.size} of {listed.sha256}")
        plain_sha256 = decrypt_file(source, part, bytes.fromhex(listed.key)).plain_sha256
        if plain_sha256 != listed.plain_sha256:
            raise SealedFileProblem(f"{source.name} opens to SHA-256 {plain_sha256}, listed is {listed.plain_sha256}: its sealer's fault")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def encrypt_chunks(chunks: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """Encrypted chunks of a file's chunks."""
    _require_key(key)
    for nonce, chunk in _pair_with_nonces(chunks):
        yield crypto_aead_chacha20poly1305_ietf_encrypt(chunk, None, nonce, key)


def decrypt_chunks(chunks: Iterable[bytes], key: bytes, name: str) -> Iterator[bytes]:
    """A file's chunks of its encrypted chunks; SealedFileProblem, which calls the file by ``name``.

    What came before a chunk that does not open is no file: nobody may use it until the last one has opened.
    """
    _require_key(key)
    for nonce, chunk in _pair_with_nonces(chunks):
        number = int.from_bytes(nonce[:-1], "big")
        if len(chunk) < TAG_BYTES or (len(chunk) == TAG_BYTES and number > 0):
            raise SealedFileProblem(f"{name} ends within chunk {number}: it was cut or lengthened; fetch it again, or from another store")
        try:
            yield crypto_aead_chacha20poly1305_ietf_decrypt(chunk, None, nonce, key)
        except CryptoError:
            raise SealedFileProblem(
                f"{name}: chunk {number} does not open: it was altered, cut, lengthened or reordered, or the key is another file's"
            ) from None


@contextmanager
def write_whole(target: Path) -> Iterator[BinaryIO]:
    """A file that stands under its name only when it is complete.

    A crash leaves a ``.part``, which the next run replaces; one of the machine may leave fewer bytes under the name, which
    whoever checks the listed hash finds. So nothing is synced here: both files can be made again.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as writing:
            yield writing
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


class _Counter:
    def __init__(self) -> None:
        self._hash = sha256()
        self.size = 0

    @property
    def hex(self) -> str:
        return self._hash.hexdigest()

    def add(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)

    def follow(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.add(chunk)
            yield chunk


def _require_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise SealedFileProblem(f"a file's key has {KEY_BYTES} bytes, not {len(key)}")


def _read_chunks(reading: BinaryIO, chunk_bytes: int) -> Iterator[bytes]:
    """Whole chunks, the last maybe shorter; one empty chunk of an empty file."""
    chunk = reading.read(chunk_bytes)
    yield chunk
    while chunk := reading.read(chunk_bytes) if len(chunk) == chunk_bytes else b"":
        yield chunk


def _pair_with_nonces(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk after its nonce; which one is the last is known when no other follows."""
    number = 0
    held: bytes | None = None
    for chunk in chunks:
        if held is not None:
            yield number.to_bytes(11, "big") + b"\x00", held
            number += 1
        held = chunk
    if held is not None:
        yield number.to_bytes(11, "big") + b"\x01", held


def _hash_file(path: Path) -> str:
    with path.open("rb") as reading:
        counter = _Counter()
        for chunk in _read_chunks(reading, CHUNK_BYTES):
            counter.add(chunk)
    return counter.hex
