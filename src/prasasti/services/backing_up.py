"""Backing up: a consistent copy of a ledger's folder while it is written to, with a manifest, compared after it was made.

Owns the order of the copies, the manifest and what a copy is compared with. Keys are never copied unasked, and then to a
place of their own. What makes a ledger of a copy again is ``restoring``'s.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from prasasti.core.genesis import compute_chain
from prasasti.core.state import Tip
from prasasti.log.kept import KeptCheckpoint
from prasasti.services.check_state import check_state
from prasasti.services.difference import Differs
from prasasti.services.last_signed import read_kept, require_held
from prasasti.services.ledger import Ledger
from prasasti.services.publishing import PUBLISHER_NAME, WITNESSES_NAME
from prasasti.storage.connection import StorageProblem, sync_file, sync_folder
from prasasti.storage.documents import DOCUMENTS_NAME, DocumentStore
from prasasti.storage.ledger_database import DATABASE_NAME, LedgerDatabase

MANIFEST_NAME = "backup.json"
FORMAT = "prasasti-backup-1"
# What the publisher's folder holds that is no knowledge.
PASSING_NAMES = ("lock", "staging")
PIECE_BYTES = 1 << 20

Progress = Callable[[int, int], None]


class BackedUpFile(Struct, frozen=True):
    """A file of a backup: its path within, and what it must hold."""

    path: str
    bytes: int
    sha256: str


class Manifest(Struct, frozen=True):
    """``backup.json``. ``size``: log entries; ``time``: when it was made, seconds UTC by the machine's clock."""

    format: str
    chain: str
    height: int
    size: int
    app_hash: str
    time: int
    files: list[BackedUpFile]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds. ``keys``: how many key files were copied, beside it."""

    manifest: Manifest
    documents: int
    keys: int


@dataclass(frozen=True, slots=True)
class CheckedCopy:
    """What a copy of the databases holds, every row of it compared. ``transactions``: accepted and refused."""

    tip: Tip
    genesis: bytes
    transactions: int
    documents: int


def is_backup(folder: Path) -> bool:
    """Whether a folder holds a backup."""
    return (folder / MANIFEST_NAME).is_file()


def back_up(ledger: Ledger, folder: Path, time: int, keys_to: Path | None = None, progress: Progress | None = None) -> BackedUp:
    """Copy a ledger into a folder that is not there yet, or empty; StorageProblem, Differs, LastSignedProblem.

    The kept checkpoint goes first and the documents last: whatever is signed, recorded or stored meanwhile, the copy of the
    log reaches what was signed, and the copy of the documents holds what the log names. The folder takes its name when it is
    whole and compared: a crash before leaves ``FOLDER.part``, which the next attempt clears away.
    """
    require_new(folder)
    part = folder.absolute().with_name(f"{folder.absolute().name}.part")
    try:
        with suppress(FileNotFoundError):
            shutil.rmtree(part)
        part.mkdir(parents=True, mode=0o700)
        try:
            manifest, documents = _fill(ledger, part, time, progress)
            keys = _copy_keys(ledger, keys_to) if keys_to is not None else 0
            os.rename(part, folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        sync_folder(folder.absolute().parent)
    except OSError as problem:
        raise StorageProblem(f"{problem.filename or folder}: {problem.strerror}; nothing was backed up") from problem
    return BackedUp(manifest, documents, keys)


def require_new(folder: Path) -> None:
    """StorageProblem where a folder holds something already: no backup is written over another."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StorageProblem(f"{folder} is not empty; name a new folder for each backup")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup, every file of which was compared with it; Differs."""
    place = f"{folder / MANIFEST_NAME}"
    try:
        manifest = msgspec.json.decode((folder / MANIFEST_NAME).read_bytes(), type=Manifest)
    except msgspec.MsgspecError as problem:
        raise Differs(place, f"a manifest in the form {FORMAT}", str(problem)) from problem
    if manifest.format != FORMAT:
        raise Differs(place, f"the form {FORMAT}", manifest.format)
    for file in manifest.files:
        if not _is_path_within(file.path):
            raise Differs(place, "paths within the backup", file.path)
    told, lies = sorted(file.path for file in manifest.files), sorted([DATABASE_NAME, DOCUMENTS_NAME, *list_kept(folder)])
    if told != lies:
        raise Differs(place, f"the files {', '.join(lies)}, each once", ", ".join(told))
    require_described(folder, manifest)
    return manifest


def require_described(folder: Path, manifest: Manifest) -> None:
    """Differs where one of a manifest's files is not in a folder as the manifest says."""
    for file in manifest.files:
        found = _describe(folder, file.path)
        if found != file:
            raise Differs(str(folder / file.path), f"{file.bytes} bytes, SHA-256 {file.sha256}", f"{found.bytes} bytes, {found.sha256}")


def check_copy(folder: Path, manifest: Manifest, progress: Progress | None = None) -> CheckedCopy:
    """Recompute a copy's databases from their rows, and compare them with the manifest and the checkpoint beside them; Differs."""
    with closing(LedgerDatabase.open(folder / DATABASE_NAME, write=False)) as database:
        report = check_state(database, progress)
        if report.difference is not None:
            raise Differs(f"{folder / DATABASE_NAME}, {report.difference.place}", report.difference.expected, report.difference.found)
        tip, genesis = database.read_tip().tip, database.read_genesis()
        told = (manifest.chain, manifest.height, manifest.size, manifest.app_hash)
        found = (compute_chain(genesis), tip.height, tip.size, tip.app_hash.hex())
        if told != found:
            raise Differs(str(folder / DATABASE_NAME), told, found)
        signed = read_kept(folder, genesis)
        if signed is not None:
            require_held(database, signed, str(folder / DATABASE_NAME))
    with closing(DocumentStore.open(folder / DOCUMENTS_NAME, write=False)) as store:
        documents = 0
        for digest in store.digests():
            store.read(digest.hex())  # StorageProblem where the bytes are not those of the hash.
            documents += 1
    return CheckedCopy(tip, genesis, report.transactions, documents)


def copy_file(source: Path, target: Path, mode: int = 0o644) -> None:
    """Copy a file durably, under a new name."""
    with source.open("rb") as read, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as written:
        shutil.copyfileobj(read, written, PIECE_BYTES)
        written.flush()
        os.fsync(written.fileno())


def list_kept(folder: Path) -> Iterator[str]:
    """Paths, within a ledger's folder, of what else it keeps: the last checkpoint first, whom to ask for cosignatures last."""
    publisher = folder / PUBLISHER_NAME
    found = publisher.iterdir() if publisher.is_dir() else ()
    names = [path.name for path in found if path.is_file() and not path.name.endswith(".part")]
    last = KeptCheckpoint(publisher).path.name
    for name in sorted(names, key=lambda name: (name != last, name)):
        if name not in PASSING_NAMES:
            yield f"{PUBLISHER_NAME}/{name}"
    if (folder / WITNESSES_NAME).is_file():
        yield WITNESSES_NAME


def _fill(ledger: Ledger, part: Path, time: int, progress: Progress | None) -> tuple[Manifest, int]:
    """The copies, compared, and the manifest."""
    (part / PUBLISHER_NAME).mkdir()
    kept = list(list_kept(ledger.folder))
    for path in kept:
        copy_file(ledger.folder / path, part / path)
    ledger.database.copy_to(part / DATABASE_NAME, progress)
    ledger.documents.copy_to(part / DOCUMENTS_NAME, progress)
    with closing(LedgerDatabase.open(part / DATABASE_NAME, write=False)) as database:
        tip = database.read_tip().tip
    files = [_describe(part, path) for path in [DATABASE_NAME, DOCUMENTS_NAME, *kept]]
    manifest = Manifest(FORMAT, ledger.chain, tip.height, tip.size, tip.app_hash.hex(), time, files)
    documents = check_copy(part, manifest, progress).documents
    written = part / MANIFEST_NAME
    written.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    sync_file(written)
    sync_folder(part / PUBLISHER_NAME)
    sync_folder(part)
    read_manifest(part)
    return manifest, documents


def _copy_keys(ledger: Ledger, folder: Path) -> int:
    """Copy the key files that lie in the ledger's folder; StorageProblem where one of them stands there already, with other bytes."""
    count = 0
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted(ledger.keys_folder.iterdir()) if ledger.keys_folder.is_dir() else ():
        target = folder / path.name
        if target.exists() and target.read_bytes() != path.read_bytes():
            raise StorageProblem(f"{target} is another key; name another folder for the keys")
        if not target.exists():
            # A crash leaves the part, which the next attempt writes anew: half a key never bears a key's name.
            part = target.with_name(f"{target.name}.part")
            part.unlink(missing_ok=True)
            copy_file(path, part, 0o600)
            os.rename(part, target)
        count += 1
    sync_folder(folder)
    return count


def _describe(folder: Path, path: str) -> BackedUpFile:
    """Length and hash of a file of a backup; Differs where it is missing or a link."""
    place = folder / path
    if place.is_symlink() or not place.is_file():
        raise Differs(str(place), "a file", "none")
    digest, length = sha256(), 0
    with place.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            length += len(piece)
    return BackedUpFile(path, length, digest.hexdigest())


def _is_path_within(path: str) -> bool:
    parts = path.split("/")
    return all(part not in ("", ".", "..") for part in parts) and (len(parts) == 1 or (len(parts) == 2 and parts[0] == PUBLISHER_NAME))
