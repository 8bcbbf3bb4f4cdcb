"""Opening SQLite files the one way that the ledger relies on, with errors that say what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class StorageProblem(Exception):
    """A file of the ledger cannot be used; the message says which, why, and what to do."""


def create_database(path: Path, schema: str) -> sqlite3.Connection:
    """A new database file with this schema; StorageProblem if there is one already."""
    if path.exists():
        raise StorageProblem(f"{path} exists already")
    try:
        connection = _connect(path, "rwc")
        connection.execute("PRAGMA page_size=4096")
        _configure(connection)
        connection.executescript(schema)
    except sqlite3.Error as problem:
        raise StorageProblem(f"{path} cannot be made: {problem}; is the folder writable?") from problem
    return connection


def open_database(path: Path, write: bool) -> sqlite3.Connection:
    """The database in a file, for reading alone unless ``write``."""
    if not path.exists():
        raise StorageProblem(f"{path} is missing; is this a ledger's folder? ('prasasti init' makes one)")
    try:
        connection = _connect(path, "rw" if write else "ro")
        if write:
            _configure(connection)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as problem:
        hint = "the folder may be read-only or another program's" if write else "it may be damaged, or its folder read-only"
        raise StorageProblem(f"{path} cannot be opened: {problem}; {hint}") from problem
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # Callers serialise their use: the engine's one thread writes, readers have connections of their own.
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False, timeout=30)


def _configure(connection: sqlite3.Connection) -> None:
    # FULL: a commit is on the disk before anybody is answered. Debian compiles secure_delete on, which only costs here.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-131072", "secure_delete=OFF"):
        connection.execute(f"PRAGMA {pragma}")
