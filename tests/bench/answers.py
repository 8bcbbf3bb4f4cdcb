"""Figures of search and show where there are many processes: each command beside its bare query.

Owns the questions, the queries that have their answers, and the read model that they are asked of, which no log tells.
"""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import Connection

from prasasti import bootstrap
from prasasti.cli import prasasti
from prasasti.readmodel.database import READ_MODEL_NAME, insert_rows, insert_texts
from prasasti.readmodel.full_text import TextRow
from prasasti.readmodel.rows import AmountRow, ContractRow, ListingRow, ListSizeRow, PartyRow, ProcessKeyRow, ProcessRow, ReleaseRow
from prasasti.readmodel.words import join_stems, join_words
from prasasti.services import projecting
from prasasti.services.founding import TRAINING_PUBLISHER
from tests.bench.measure import Figure, collect, rate_of, sample_in_turn
from tests.bench.reading import make_ledger
from tests.judges import ROOT

CHUNK = 10_000
BUYERS, SUPPLIERS = 900, 9_000
A_TENTH = 10.0
"""Answers a second where each takes a tenth of one."""

SAMPLE = ROOT / "src" / "prasasti" / "cli" / "samples" / "park-benches.json"
SAMPLE_OCID = "ocds-bench1-taman-kota-2026-001"


def measure_answers(scratch: Path, segments: int, processes: int, say: Callable[[str], None]) -> list[Figure]:
    """Commands in this process, interpreter and libraries loaded, beside their bare queries; each within a tenth of a second."""
    folder = scratch / "many"
    fill_read_model(folder, processes)
    say(f"a read model of {processes:,} processes is made")
    figures = []
    with closing(sqlite3.connect(folder / READ_MODEL_NAME)) as connection:
        for question in QUESTIONS:
            samples = collect(sample_in_turn(segments, _asking(question, folder), _querying(question, connection)))
            name = f"{question.name}, {processes:,} processes"
            figures.append(Figure(name, "the bare query", None, "answers", samples, rate_goal=A_TENTH))
    return figures


@dataclass(frozen=True, slots=True)
class Question:
    """A command, and the query that has its answer. A query is for SQLite and this file's own rows alone."""

    name: str
    arguments: tuple[str, ...]
    query: str
    values: tuple[str, ...] = ()


_ROWS = "SELECT * FROM processes JOIN process_keys USING (process) "
_HITS = "JOIN (SELECT rowid, rank FROM words WHERE words MATCH ? LIMIT 20001) AS hits ON hits.rowid = process "
QUESTIONS = (
    Question("search of two words", ("search", "ka17", "ka40"), f"{_ROWS}{_HITS}ORDER BY rank LIMIT 20", ("ka17 ka40",)),
    Question(
        "search of a common word",
        ("search", "ka1"),
        "SELECT * FROM processes WHERE process IN (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT 20)",
        ("ka1",),
    ),
    Question(
        "search of a word within a year, by value",
        ("search", "ka90", "--year", "2019", "--sort", "value"),
        f"{_ROWS}{_HITS}WHERE year = 2019 ORDER BY value_minor DESC LIMIT 20",
        ("ka90",),
    ),
    Question(
        "search without words, largest first",
        ("search", "--sort", "value", "--min", "1000000"),
        f"{_ROWS}WHERE value_currency = 'IDR' AND value_minor >= 100000000 ORDER BY value_minor DESC LIMIT 20",
    ),
    Question(
        "search of a supplier, by name",
        ("search", "--supplier", "cv p77"),
        f"{_ROWS}{_HITS}ORDER BY process DESC LIMIT 20",
        ("supplier : cv AND supplier : p77",),
    ),
    Question(
        "search of price rises",
        ("search", "--price-rise", "--sort", "value", "--limit", "5"),
        "SELECT * FROM contracts JOIN processes USING (process) "
        "WHERE rise_minor IS NOT NULL AND currency = 'IDR' ORDER BY minor DESC LIMIT 5",
    ),
    Question(
        "show of a story",
        ("show", SAMPLE_OCID),
        "SELECT * FROM releases WHERE process = (SELECT process FROM process_keys WHERE ocid = ?)",
        (SAMPLE_OCID,),
    ),
)


def _asking(question: Question, folder: Path) -> Callable[[], float]:
    """How often a second the command answers; once unmeasured, to load what it imports."""
    arguments = ["--json", *question.arguments, "--ledger", str(folder)]

    def ask() -> None:
        result = CliRunner().invoke(prasasti, arguments)
        if result.exit_code != 0 or '"results": []' in result.stdout:
            raise ValueError(f"no answer to {question.name}: {result.output[:300]}") from result.exception

    ask()
    return lambda: rate_of(1, ask)


def _querying(question: Question, connection: sqlite3.Connection) -> Callable[[], float]:
    return lambda: rate_of(1, lambda: connection.execute(question.query, question.values).fetchall())


def fill_read_model(folder: Path, count: int) -> None:
    """A small ledger whose read model, beside the sample, has so many processes that no log tells."""
    make_ledger(folder)
    result = CliRunner().invoke(prasasti, ["import", "ocds", str(SAMPLE), "--ledger", str(folder), "--default-scheme", "ID"])
    if result.exit_code != 0:
        raise ValueError(result.output)
    with bootstrap.open_for_reading(folder) as ledger, projecting.open_current(ledger) as model:
        chance = random.Random(5)
        for start in range(0, count, CHUNK):
            with model.writing() as connection:
                insert_processes(connection, range(start + 100, min(count, start + CHUNK) + 100), chance)
        with model.writing() as connection:
            sizes = [ListSizeRow("buyer", f"b{number}", count // BUYERS) for number in range(BUYERS)]
            insert_rows(connection, [*sizes, *(ListSizeRow("supplier", f"s{number}", count // SUPPLIERS) for number in range(SUPPLIERS))])


def insert_processes(connection: Connection, numbers: range, chance: random.Random) -> None:
    """Rows of processes that no log tells, by their numbers."""
    rows: defaultdict[type[Any], list[Any]] = defaultdict(list)
    for number in numbers:
        for row in _make_rows(number, chance):
            rows[type(row)].append(row)
    insert_texts(connection, rows.pop(TextRow))
    for each in rows.values():
        insert_rows(connection, each)


def _make_rows(number: int, chance: random.Random) -> Iterator[Any]:
    """The rows of one process: its words as unequally frequent as a language's, one contract in 25 with a price rise."""
    title = " ".join(f"ka{int(chance.paretovariate(0.7))}" for _ in range(9))
    buyer, buyer_name = f"b{number % BUYERS}", f"Dinas P{number % BUYERS}"
    supplier, supplier_name = f"s{number % SUPPLIERS}", f"CV P{number % SUPPLIERS}"
    units = int(chance.lognormvariate(18, 2))
    money, minor = str(units), units * 100
    change, rise_minor = ("5000", 500_000) if number % 25 == 0 else ("", None)
    value = ("contracted", money, minor, "IDR")
    year = 2010 + number % 15
    yield ProcessKeyRow(number, TRAINING_PUBLISHER, f"ocds-many00-{number}")
    yield ReleaseRow(number, number, TRAINING_PUBLISHER, number, "1", "new", 0, 0, "contract", buyer, bytes(32))
    yield ListingRow("buyer", buyer, number // BUYERS, number)
    yield ListingRow("supplier", supplier, number // SUPPLIERS, number)
    yield ProcessRow(number, title, "", buyer, buyer_name, "open", "", year, "contracted", 1, 0, 0, 0, 0, number, *value)
    yield AmountRow(number, "contracted", supplier, "IDR", 1, 1, money, minor, 1)
    yield PartyRow(number, "buyer", buyer, buyer_name, number)
    yield PartyRow(number, "supplier", supplier, supplier_name, number)
    names = supplier, supplier_name
    yield ContractRow(number, "c", "a", "", "active", "", money, money, minor, "IDR", change, rise_minor, 0, *names)
    yield TextRow(number, join_stems(title), join_words(buyer_name), join_words(supplier_name), "")
