"""Making, opening and writing SQLite files the one way that the ledger relies on, with errors that say what to do.

Owns durability (one transaction at a time, on the disk when it returns) and the words for SQLite's faults. Knows no
table.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

# By SQLite's primary result code.
HINTS = {
    sqlite3.SQLITE_BUSY: "another program holds it; close that program",
    sqlite3.SQLITE_CANTOPEN: "its folder may be read-only, or this user may not use it",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; take a copy that is whole",
    sqlite3.SQLITE_FULL: "the disk is full; make room and start again",
    sqlite3.SQLITE_IOERR: "the disk or its file system fails, or is full",
    sqlite3.SQLITE_NOTADB: "the file is damaged or another program's; take a copy that is whole",
    sqlite3.SQLITE_READONLY: "this user may not write there, which reading needs, too; read a copy of the folder",
}


# Copied at once: 16 MB.
PAGES_TOGETHER = 4_096


class StorageProblem(Exception):
    """A file of the ledger cannot be used; the message says which, why, and what to do."""


def explain(path: Path, problem: sqlite3.Error | UnicodeDecodeError) -> Exception:
    """What to raise for SQLite's fault: a StorageProblem, or the fault itself where it is a bug of the caller."""
    if isinstance(problem, (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError)):
        return problem
    hint = HINTS.get(getattr(problem, "sqlite_errorcode", 0) & 0xFF, "")
    return StorageProblem(f"{path}: {problem}{'; ' if hint else ''}{hint}")


def create_database(path: Path, schema: str, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make a database file with this schema and first rows; StorageProblem where it cannot be made or is there already.

    It is made under another name and takes its own when it is whole: a crash leaves no file of its name, and what it
    does leave the next attempt removes.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        # A journal without its file may hold what was acknowledged, and SQLite would play it into the new file.
        for standing in (path, *list_journals(path)):
            if standing.exists():
                raise StorageProblem(f"{standing} exists already; nothing was changed")
        for leftover in (part, *list_journals(part)):
            leftover.unlink(missing_ok=True)
        with closing(_connect(part, "rwc")) as connection:
            # Until the last line a journal that empties at each commit: a write-ahead log would not be renamed with its file.
            for pragma in ("page_size=4096", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}")
            connection.executescript(schema)
            with transaction(connection, part):
                fill(connection)
            connection.execute("PRAGMA journal_mode=WAL")
        os.rename(part, path)
        sync_folder(path.parent)
    except sqlite3.Error as problem:
        raise explain(path, problem) from problem
    except OSError as problem:
        raise StorageProblem(f"{path} cannot be made: {problem.strerror}") from problem


def open_database(
    path: Path, write: bool, version: int, *, cache_kibibytes: int, overwrite_deleted: bool = False, log_pages: int = 16_000
) -> sqlite3.Connection:
    """The database in a file, for reading alone unless ``write``; StorageProblem where it is not one of that version.

    ``overwrite_deleted``: what is deleted leaves no trace in the file, if every writer opened it so. A commit that finds
    ``log_pages`` and more in the write-ahead log moves them into the file, as far as readers let it.
    """
    try:
        if not path.is_file():
            raise StorageProblem(f"{path} is {'no file' if path.exists() else 'missing'}; take a copy of the folder that is whole")
        connection = _connect(path, "rw" if write else "ro")
    except sqlite3.Error as problem:
        raise explain(path, problem) from problem
    except OSError as problem:
        raise StorageProblem(f"{path} cannot be read: {problem.strerror}") from problem
    try:
        _check_version(connection, path, version)
        connection.execute(f"PRAGMA cache_size=-{cache_kibibytes}")
        if write:
            _configure(connection, path, overwrite_deleted, log_pages)
    except BaseException as problem:
        connection.close()
        # Of a damaged schema SQLite quotes bytes that are no text.
        if isinstance(problem, (sqlite3.Error, UnicodeDecodeError)):
            raise explain(path, problem) from problem
        raise
    return connection


def open_beside(path: Path) -> sqlite3.Connection:
    """A further connection to a database that this process has open for writing, to move its write-ahead log; sqlite3.Error."""
    connection = _connect(path, "rw")
    # What is moved is synced in the file before the log forgets it.
    connection.execute("PRAGMA synchronous=FULL")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """A transaction: on return it is durable. A crash before COMMIT leaves nothing of it, one after it all.

    Where this raises at COMMIT nobody knows which of the two it is: the caller may trust only what it reads anew.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException as problem:
        if connection.in_transaction:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        if isinstance(problem, sqlite3.Error):
            raise explain(path, problem) from problem
        raise


@contextmanager
def unjournaled(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """One transaction for all that is written within, without a journal; on return it is durable and the journal is back.

    A crash or an error within leaves a file of no use: only for one that is made anew under a name that nobody opens.
    """
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        with transaction(connection, path):
            yield
        for pragma in ("synchronous=FULL", "journal_mode=WAL"):
            connection.execute(f"PRAGMA {pragma}")
        sync_file(path)
    except sqlite3.Error as problem:
        raise explain(path, problem) from problem
    except OSError as problem:
        raise StorageProblem(f"{path} cannot be written: {problem.strerror}") from problem


def copy_database(connection: sqlite3.Connection, path: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy the database that a connection has open, as its snapshot sees it, into a new file; on return it is durable.

    Whoever writes meanwhile is not held up. ``progress`` is called with the pages done and to do. A crash or an error
    leaves a part of a file. The copy has no write-ahead log: it is one file, which can be read where nothing may be written.
    """

    def tell(_: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    try:
        with closing(_connect(target, "rwc")) as copy:
            connection.backup(copy, pages=PAGES_TOGETHER, progress=tell)
            copy.execute("PRAGMA journal_mode=DELETE")
        sync_file(target)
    except sqlite3.Error as problem:
        raise explain(path, problem) from problem
    except OSError as problem:
        raise StorageProblem(f"{target} cannot be written: {problem.strerror}") from problem


def sync_file(path: Path) -> None:
    """Make a written file durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def list_journals(path: Path) -> list[Path]:
    """Files beside a database in which SQLite may keep what is not in it yet."""
    return [path.with_name(path.name + suffix) for suffix in ("-journal", "-wal", "-shm")]


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # Callers serialise their use: the engine's one thread writes, readers have connections of their own.
    address = f"{path.absolute().as_uri()}?mode={mode}{'&immutable=1' if mode == 'ro' and _is_frozen(path) else ''}"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=30)


def _is_frozen(path: Path) -> bool:
    """Whether nobody can write to a file, and nothing of it is elsewhere: on a read-only mount SQLite can read it only so."""
    journals = [each for each in list_journals(path) if each.exists() and each.stat().st_size]
    return bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY) and not journals


def _check_version(connection: sqlite3.Connection, path: Path, version: int) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if tables == 0:
        raise StorageProblem(f"{path} is empty: it was cut short, or is no ledger's; take a copy that is whole")
    if found != version:
        raise StorageProblem(f"{path} has schema version {found}, this program reads version {version}; use the program that made it")


def _configure(connection: sqlite3.Connection, path: Path, overwrite_deleted: bool, log_pages: int) -> None:
    # FULL: a commit is on the disk before anybody is answered. Debian compiles secure_delete on, which the ledger's
    # database, where nothing is secret, only pays for.
    for pragma in ("synchronous=FULL", f"wal_autocheckpoint={log_pages}", f"secure_delete={int(overwrite_deleted)}"):
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
        raise StorageProblem(f"{path} cannot have a write-ahead log: its file system lacks shared memory; use a local disk")
    # SQLite opens for reading what it may not write: better told now than at the first block.
    with transaction(connection, path):
        pass


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
