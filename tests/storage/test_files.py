"""Files that cannot be used: missing, cut short, damaged, of another version, another program's. Each says what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from prasasti.bootstrap import create_ledger, open_for_reading
from prasasti.engines.embedded import EngineHalted
from prasasti.engines.parts import list_allowed_parts
from prasasti.storage import connection
from prasasti.storage.connection import StorageProblem
from prasasti.storage.documents import DOCUMENTS_NAME
from prasasti.storage.ledger_database import DATABASE_NAME
from tests.core.ledger import build_genesis
from tests.engines.world import WITH_REHEARSAL, Envelopes, HandClocks, expect_receipt, found, open_ledger

FILES = (DATABASE_NAME, DOCUMENTS_NAME)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with some blocks, closed."""
    folder = found(tmp_path_factory.mktemp("made") / "ledger")
    with open_ledger(folder, HandClocks()) as ledger:
        make = Envelopes(ledger)
        for number in range(5):
            ledger.documents.put([(b"%d" % number * 9_000, "text/plain")])
            expect_receipt(ledger.submit([make.put(f"key-{number}", "x" * 3_000)])[0])
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "ledger"))


def cut(length: int | None) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        os.truncate(path, path.stat().st_size // 2 if length is None else length)

    return change


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all, but long enough to be one" * 200)


def set_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=7")


def replace_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other(id INTEGER)")


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (Path.unlink, "missing|holds no ledger"),
    "empty": (cut(0), "is empty: it was cut short"),
    "cut within the header": (cut(50), "damaged"),
    "cut in half": (cut(None), "damaged"),
    "overwritten": (overwrite, "damaged or another program's"),
    "of a later version": (set_version, "has schema version 7, this program reads version 1"),
    "another program's": (replace_tables, "has schema version 0, this program reads version 1"),
    "a folder": (replace_by_folder, "is no file"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_cannot_be_used(folder: Path, name: str, change: str) -> None:
    """Reading and writing are refused, naming the file; neither changes it, nor leaves the ledger locked."""
    alter, message = CHANGES[change]
    alter(folder / name)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    for opened in (open_for_reading(folder, WITH_REHEARSAL), open_ledger(folder, HandClocks())):
        with pytest.raises(StorageProblem, match=message) as caught, opened:
            pass
        assert str(folder) in str(caught.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.stat().st_size} == {
        name: data for name, data in before.items() if data
    }


def test_a_folder_that_holds_no_ledger(tmp_path: Path) -> None:
    """An empty folder, a missing one, a file in its place: each is told apart from a damaged ledger, and stays as it is."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("a file")
    for name in ("empty", "missing", "file", "file/below"):
        for opened in (open_for_reading(tmp_path / name, WITH_REHEARSAL), open_ledger(tmp_path / name, HandClocks())):
            with pytest.raises(StorageProblem, match=f"{name} holds no ledger; 'prasasti init"), opened:
                pass
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["empty", "file"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    genesis_bytes = build_genesis(WITH_REHEARSAL, consensus_parts=list_allowed_parts())
    for name in ("file", "file/below"):
        with pytest.raises(StorageProblem, match=f"{name} cannot be made"):
            create_ledger(tmp_path / name, genesis_bytes, WITH_REHEARSAL)
    assert (tmp_path / "file").read_text() == "a file"


def test_a_ledger_is_not_founded_over_another(folder: Path) -> None:
    before = (folder / DATABASE_NAME).read_bytes()
    with pytest.raises(StorageProblem, match="holds a ledger already"):
        create_ledger(folder, build_genesis(WITH_REHEARSAL, consensus_parts=list_allowed_parts()), WITH_REHEARSAL)
    assert (folder / DATABASE_NAME).read_bytes() == before


def test_a_ledger_is_not_founded_over_what_is_left_of_one(folder: Path) -> None:
    """The file is gone and its write-ahead log is there: it holds what was acknowledged, and must not flow into a new file."""
    (folder / DATABASE_NAME).unlink()
    journal = folder / f"{DATABASE_NAME}-wal"
    journal.write_bytes(b"acknowledged")
    with pytest.raises(StorageProblem, match="wal exists already; nothing was changed"):
        create_ledger(folder, build_genesis(WITH_REHEARSAL, consensus_parts=list_allowed_parts()), WITH_REHEARSAL)
    assert journal.read_bytes() == b"acknowledged"
    assert not (folder / DATABASE_NAME).exists()


def test_a_path_with_signs_that_mean_something_in_addresses(tmp_path: Path) -> None:
    """SQLite is given an address: ``?``, ``#`` and ``%`` in a folder's name must not become part of its grammar."""
    folder = found(tmp_path / "a ledger? #1 100% é")
    with open_ledger(folder, HandClocks()) as ledger:
        expect_receipt(ledger.submit([Envelopes(ledger).put()])[0])
    with open_for_reading(folder, WITH_REHEARSAL) as ledger:
        assert ledger.database.read_tip().height == 1
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_a_database_in_which_another_program_writes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone has it open in a tool: a start is refused once the wait is over."""
    connect = connection._connect

    def connect_impatiently(path: Path, mode: str) -> sqlite3.Connection:
        opened = connect(path, mode)
        opened.execute("PRAGMA busy_timeout=10")
        return opened

    monkeypatch.setattr(connection, "_connect", connect_impatiently)
    with closing(sqlite3.connect(folder / DATABASE_NAME, isolation_level=None)) as tool:
        tool.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageProblem, match="locked; another program holds it"), open_ledger(folder, HandClocks()):
            pass
        tool.execute("ROLLBACK")
        with open_ledger(folder, HandClocks()) as ledger:
            tool.execute("BEGIN IMMEDIATE")
            with pytest.raises(EngineHalted, match="locked; another program holds it"):
                ledger.submit([Envelopes(ledger).put()])
            tool.execute("ROLLBACK")
    with open_ledger(folder, HandClocks()) as ledger:
        assert expect_receipt(ledger.submit([Envelopes(ledger).put()])[0]).height == 6
