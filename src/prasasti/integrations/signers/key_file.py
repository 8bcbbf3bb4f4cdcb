"""Keys that lie in a file: an age file under a passphrase, and on training ledgers a seed in clear.

Owns the two formats, and that a file with a secret is written whole, readable by its owner only, and never over another file.
Asks nobody for a passphrase: the caller hands over how to.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import pyrage

from prasasti.integrations.signers.interface import SEED_BYTES, SeedSigner, SignerProblem

AGE_SUFFIX = ".age"
TRAINING_SUFFIX = ".training.seed"
# An age file of a seed has 214 bytes: whatever is much longer is no key file, and is not read into memory.
MAX_KEY_FILE_BYTES = 4_096


def create_age_key(path: Path, passphrase: str, seed: bytes | None = None) -> SeedSigner:
    """Write a new key (or the given 32-byte seed) as an age file under a passphrase (scrypt, about a second a guess)."""
    if not passphrase:
        raise SignerProblem(f"{path}: a key under an empty passphrase is a key in clear; choose one")
    if not path.name.endswith(AGE_SUFFIX):
        raise SignerProblem(f"{path}: the name of an encrypted key ends with {AGE_SUFFIX}")
    seed = secrets.token_bytes(SEED_BYTES) if seed is None else seed
    signer = SeedSigner(seed)
    write_new_secret(path, lambda: pyrage.passphrase.encrypt(seed, passphrase))
    return signer


def create_training_key(path: Path, seed: bytes | None = None) -> SeedSigner:
    """Write a new key (or the given 32-byte seed) in clear: 64 hex digits and a newline. For training ledgers only."""
    if not path.name.endswith(TRAINING_SUFFIX):
        raise SignerProblem(f"{path}: the name of a key in clear ends with {TRAINING_SUFFIX}")
    seed = secrets.token_bytes(SEED_BYTES) if seed is None else seed
    signer = SeedSigner(seed)
    write_new_secret(path, lambda: seed.hex().encode() + b"\n")
    return signer


def open_age_key(path: Path, passphrase: Callable[[], str]) -> SeedSigner:
    """The key of an age file. The passphrase is asked for once, after the file was found and read."""
    encrypted = _read(path)
    secret = passphrase()
    try:
        seed = pyrage.passphrase.decrypt(encrypted, secret)
    except pyrage.DecryptError:
        # ``from None``: whatever the library says of its input stays out of traces.
        raise SignerProblem(f"{path}: wrong passphrase, or not an age file under a passphrase, or damaged") from None
    return _signer_of(path, seed)


def open_training_key(path: Path, training: bool) -> SeedSigner:
    """The key of a seed in clear; refused unless the ledger is a training ledger."""
    if not training:
        raise SignerProblem(f"{path}: a key in clear is for training ledgers; this ledger takes an age file, an agent or a command")
    try:
        text = _read(path).decode("ascii")
        seed = bytes.fromhex(text)
    except ValueError:
        raise SignerProblem(f"{path}: not 64 hex digits") from None
    return _signer_of(path, seed)


def _signer_of(path: Path, seed: bytes) -> SeedSigner:
    if len(seed) != SEED_BYTES:
        raise SignerProblem(f"{path}: holds {len(seed)} bytes, where an Ed25519 seed has {SEED_BYTES}")
    return SeedSigner(seed)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_KEY_FILE_BYTES + 1)
    except OSError as problem:
        raise SignerProblem(f"{path}: {problem.strerror}") from problem
    if len(data) > MAX_KEY_FILE_BYTES:
        raise SignerProblem(f"{path}: longer than any key file")
    return data


def write_new_secret(path: Path, make: Callable[[], bytes]) -> None:
    """Write a file that did not exist, mode 0600, whole or not at all.

    The bytes go to a name of their own first, and are then linked to the real one, which fails where that exists
    (a rename would replace it). A crash in between leaves the file ``.NAME.part``; the next attempt takes its place.
    """
    if path.exists() or path.is_symlink():
        raise SignerProblem(f"{path}: exists already; a key file is never overwritten")
    data = make()
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.link(part, path)
        finally:
            part.unlink()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        raise SignerProblem(f"{path}: exists already; a key file is never overwritten") from None
    except OSError as problem:
        raise SignerProblem(f"{path}: cannot be written: {problem.strerror}") from problem
