"""The read model's database: one SQLite file beside the ledger, which may be deleted at any time.

Owns opening, making and emptying it, its transactions, and writing rows quickly. A crash leaves the last transaction that
was committed, or the one before it where the machine lost power: either is a whole one, and catching up goes on from it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from prasasti.readmodel import full_text, words
from prasasti.readmodel.rows import KEPT_BY_PROCESS, ProgressRow
from prasasti.readmodel.tables import ROW_TABLES, metadata, progress, stale
from prasasti.storage.connection import StorageProblem, explain

READ_MODEL_NAME: Final = "readmodel.sqlite"
SCHEMA_VERSION: Final = f"7/{words.VERSION}"
# NORMAL: a loss of power may take back the newest commits, which catching up makes again. The write-ahead log goes into the
# file every 32 MB: pages of indexes change again and again while a model is made.
PRAGMAS: Final = (
    "journal_mode=WAL", "synchronous=NORMAL", "wal_autocheckpoint=8192", "cache_size=-65536", "secure_delete=OFF", "temp_store=MEMORY",
)  # fmt: skip
BATCH: Final = 500
"""Keys in one IN (…)."""


class ReadModel:
    """An open read model. One thread uses it; other processes may read and write it meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = _make_engine(path)

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Reads within see one state of the tables."""
        yield from self._transaction("BEGIN")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that alone may write: whole, or nothing of it."""
        yield from self._transaction("BEGIN IMMEDIATE")

    def _transaction(self, begin: str) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql(begin)
                try:
                    yield connection
                    connection.exec_driver_sql("COMMIT")
                except BaseException:
                    if _raw(connection).in_transaction:
                        connection.exec_driver_sql("ROLLBACK")
                    raise
        except DBAPIError as problem:
            if isinstance(problem.orig, sqlite3.Error):
                raise explain(self.path, problem.orig) from problem
            raise


def open_read_model(folder: Path) -> ReadModel:
    """The read model of a ledger's folder, made empty where there is none or one that this program does not read.

    A file that is no database is removed first: nothing is lost that the log does not hold. StorageProblem where the
    folder cannot be written.
    """
    path = folder / READ_MODEL_NAME
    model = ReadModel(path)
    try:
        if is_readable(model):
            return model
        empty(model)
    except StorageProblem as problem:
        model.close()
        if not is_damaged(problem):
            raise
        remove_file(path)
        model = ReadModel(path)
        empty(model)
    return model


def is_damaged(problem: StorageProblem) -> bool:
    """Whether SQLite finds that a file is no database, or a broken one."""
    cause = problem.__cause__
    original = cause.orig if isinstance(cause, DBAPIError) else cause
    return getattr(original, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def remove_file(path: Path) -> None:
    """Remove a damaged read model."""
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        each.unlink(missing_ok=True)


def is_readable(model: ReadModel) -> bool:
    """Whether the tables are there, in this program's version."""
    with model.reading() as connection:
        known = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'progress'").scalar_one()
        return bool(known) and read_progress(connection).version == SCHEMA_VERSION


def empty(model: ReadModel) -> None:
    """Drop every table and make them anew, in one transaction; who reads meanwhile sees all of the old ones."""
    with model.writing() as connection:
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
        # An index of words first: its own tables go with it.
        for name, _ in sorted(found, key=lambda row: "CREATE VIRTUAL" not in (row[1] or "")):
            if not name.startswith("sqlite_"):
                connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}"')
        metadata.create_all(connection)
        full_text.create(connection)
        insert_rows(connection, [ProgressRow(SCHEMA_VERSION, "", 0, 0, b"")])


def read_progress(connection: Connection) -> ProgressRow:
    """How far the tables tell the log."""
    return ProgressRow(*connection.execute(select(progress)).one())


def write_progress(connection: Connection, row: ProgressRow) -> None:
    """Say how far they do now."""
    connection.execute(progress.delete())
    insert_rows(connection, [row])


def insert_rows(connection: Connection, rows: Sequence[NamedTuple]) -> None:
    """Insert rows of one table."""
    if rows:
        execute_many(connection, _insert_statement(type(rows[0])), rows)


def execute_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement for each row; none for no row."""
    if rows:
        connection.exec_driver_sql(statement, list(rows))


@cache
def _insert_statement(kind: type[NamedTuple]) -> str:
    """Compiled once: SQLAlchemy's work for each row would cost more than the row."""
    return str(insert(ROW_TABLES[kind]).compile(dialect=sqlite_dialect.dialect(paramstyle="qmark")))


def delete_processes(connection: Connection, keys: Sequence[int]) -> None:
    """Delete all that is made anew for these processes."""
    for kind in KEPT_BY_PROCESS:
        table = ROW_TABLES[kind]
        for start in range(0, len(keys), BATCH):
            connection.execute(table.delete().where(table.c.process.in_(keys[start : start + BATCH])))
    execute_many(connection, full_text.DELETE, [(process,) for process in keys])


def insert_texts(connection: Connection, rows: Sequence[full_text.TextRow]) -> None:
    """Enter the words of processes that have none yet."""
    execute_many(connection, full_text.INSERT, rows)


def mark_stale(connection: Connection, processes: set[int], known: set[int]) -> None:
    """Note that these processes must be made anew; ``known`` are those that may have the mark already."""
    marked: set[int] = set()
    older = sorted(processes & known)
    for start in range(0, len(older), BATCH):
        found = select(stale.c.process).where(stale.c.process.in_(older[start : start + BATCH]))
        marked.update(connection.execute(found).scalars())
    execute_many(connection, "INSERT INTO stale VALUES (?)", [(process,) for process in sorted(processes - marked)])


def dump(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order of its own: what two read models are compared by."""
    tables = {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in metadata.sorted_tables}
    return {**tables, "words": full_text.select_all(connection)}


def _make_engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite+pysqlite:///{path}", poolclass=StaticPool, connect_args={"timeout": 30, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: object) -> None:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _raw(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.dbapi_connection)
