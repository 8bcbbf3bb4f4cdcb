"""Figures of the read model and of open data's way in and out (docs/performance.md says what they are).

Owns what is compared with what: rebuilding with inserting the same rows bare; search and show at many processes with a
tenth of a second, and with their bare queries; export and import with ``ocdskit compile`` on the same releases.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import Connection

from prasasti import bootstrap
from prasasti.cli import prasasti
from prasasti.integrations.ocds.attestation import AttestationSettings
from prasasti.integrations.signers import open_signer
from prasasti.readmodel import full_text
from prasasti.readmodel.database import (
    PRAGMAS,
    READ_MODEL_NAME,
    _insert_statement,
    dump,
    insert_rows,
    insert_texts,
    open_read_model,
)
from prasasti.readmodel.full_text import TextRow
from prasasti.readmodel.rows import (
    KEPT_BY_LOG,
    KEPT_BY_PROCESS,
    AmountRow,
    ContractRow,
    ListingRow,
    ListSizeRow,
    PartyRow,
    ProcessKeyRow,
    ProcessRow,
    ReleaseRow,
)
from prasasti.readmodel.tables import ROW_TABLES
from prasasti.readmodel.words import join_stems, join_words
from prasasti.services import projecting
from prasasti.services.founding import TRAINING_PUBLISHER, make_training_genesis
from prasasti.services.importing import Importer, read_redaction_key
from tests.acceptance.synthetic import make_release, write_package
from tests.bench.measure import Figure, Sample, collect, rate_of, sample_in_turn
from tests.judges import shared

RELEASES = 100_000
PROCESSES = 1_000_000
BUCKET_BITS = 18
CHUNK = 1_000
BUYERS, SUPPLIERS = 900, 9_000
A_TENTH = 10.0
"""Answers a second where each takes a tenth of one."""

OCDSKIT = os.environ.get("OCDSKIT") or shutil.which("ocdskit") or shutil.which("ocdskit", path=".venv-judges/bin")
SAMPLE_OCID = "ocds-bench1-taman-kota-2026-001"


def measure_reading(
    scratch: Path, segments: int, say: Callable[[str], None], *, releases: int = RELEASES, processes: int = PROCESSES
) -> list[Figure]:
    """Every figure of this file, in the order of the table; those beside ocdskit are left out where that is not at hand."""
    source = write_package(scratch / "source.json", (make_release(number) for number in range(releases)))
    say(f"{releases:,} releases are written")
    ledger = scratch / "imported"
    figures = list(filter(None, [measure_import(scratch, source, releases, ledger)]))
    if not (ledger / READ_MODEL_NAME).exists():
        import_source(ledger, source)
    say(
        f"they are imported; memory at a tenth of them and at all: {' and '.join(f'{size} MB' for size in measure_memory(scratch, source))}"
    )
    figures.append(measure_rebuild(ledger, segments))
    say("the read model is rebuilt")
    figures += filter(None, [measure_export(ledger, source, scratch, releases, min(segments, 3))])
    if OCDSKIT is None:
        say("left out: what is compared with ocdskit, which is not at hand (OCDSKIT names it)")
    shutil.rmtree(ledger)
    figures += measure_answers(scratch, segments, processes, say)
    return figures


# -- import, rebuild, export ----------------------------------------------------------------------------------------------


def make_ledger(folder: Path) -> None:
    """A new training ledger."""
    genesis = make_training_genesis(folder / "keys", "bench", int(time.time()), bootstrap.allowed_parts(), BUCKET_BITS)
    bootstrap.create_ledger(folder, genesis)


def import_source(folder: Path, source: Path) -> None:
    """The whole way: read, check, take personal data out, sign, record, tell the read model."""
    make_ledger(folder)
    with bootstrap.open_for_writing(folder) as ledger:
        settings = AttestationSettings(TRAINING_PUBLISHER, read_redaction_key(ledger.keys_folder / f"{TRAINING_PUBLISHER}.redaction.key"))
        signer = open_signer(str(ledger.keys_folder / f"{TRAINING_PUBLISHER}.training.seed"), lambda: "", training=True)
        report = Importer(ledger, signer, settings).run([source])
        if not report.is_clean:
            raise ValueError(f"the import is not clean: {report.kinds}")
    with bootstrap.open_for_reading(folder) as ledger, projecting.open_current(ledger):
        pass


def measure_import(scratch: Path, source: Path, releases: int, folder: Path) -> Figure | None:
    """One import of all releases, between two runs of ``ocdskit compile``; it leaves the ledger in ``folder``."""
    if OCDSKIT is None:
        return None
    before = rate_of(releases, lambda: run_ocdskit(source, scratch / "compiled.jsonl"))
    rate = rate_of(releases, lambda: import_source(folder, source))
    after = rate_of(releases, lambda: run_ocdskit(source, scratch / "compiled.jsonl"))
    samples = (Sample(rate, 2 / (1 / before + 1 / after)),)
    return Figure(f"import of {releases:,} releases, the whole way", "ocdskit compile", 0.5, "releases", samples)


def measure_memory(scratch: Path, source: Path) -> tuple[int, int]:
    """Peak memory of an import, MB: of a tenth of the releases, and of all."""
    package = json.loads(source.read_bytes())
    tenth = write_package(scratch / "tenth.json", package["releases"][: len(package["releases"]) // 10])
    del package
    return tuple(_peak_of_import(scratch / "memory", path) for path in (tenth, source))  # type: ignore[return-value]


def _peak_of_import(folder: Path, source: Path) -> int:
    script = (
        "import sys; from pathlib import Path; from tests.bench.reading import import_source, read_peak_kilobytes; "
        "import_source(Path(sys.argv[1]), Path(sys.argv[2])); print(read_peak_kilobytes() // 1024)"
    )
    try:
        done = subprocess.run([sys.executable, "-c", script, folder, source], check=True, capture_output=True, text=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(done.stdout)


def read_peak_kilobytes() -> int:
    """Peak memory of this process since it began; what ``getrusage`` says may be that of the process that it was forked from."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


@cache
def _schema() -> Path:
    """The official schema, which ocdskit would fetch: the zip's own file, unpacked beside the scratch folder."""
    import tempfile
    import zipfile

    folder = Path(tempfile.mkdtemp(prefix="ocds-schema-"))
    with zipfile.ZipFile(shared("ocds", "schema", "ocds-standard-1__1__5.zip")) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/schema/release-schema.json"))
        return Path(archive.extract(name, folder))


def run_ocdskit(source: Path, output: Path) -> None:
    """``ocdskit compile``: compiled releases, one a line."""
    with source.open("rb") as stdin, output.open("wb") as stdout:
        subprocess.run([str(OCDSKIT), "compile", "--schema", str(_schema())], stdin=stdin, stdout=stdout, check=True)


def measure_export(ledger: Path, source: Path, scratch: Path, releases: int, segments: int) -> Figure | None:
    """Compiled releases out of the ledger, beside ``ocdskit compile`` of the same releases; both as processes."""
    if OCDSKIT is None:
        return None
    script = "import sys; from prasasti.cli import prasasti; prasasti(sys.argv[1:])"
    arguments = ["export", "ocds", "--package", "compiled", "--output", str(scratch / "own.jsonl"), "--ledger", str(ledger)]

    def export() -> None:
        subprocess.run([sys.executable, "-c", script, *arguments], check=True, capture_output=True)

    export()
    samples = collect(
        sample_in_turn(
            segments, lambda: rate_of(releases, export), lambda: rate_of(releases, lambda: run_ocdskit(source, scratch / "judge.jsonl"))
        )
    )
    return Figure(f"export of {releases:,} processes, compiled", "ocdskit compile", 1.0, "processes", samples)


def measure_rebuild(folder: Path, segments: int) -> Figure:
    """Dropping and making the read model, beside inserting the same rows bare: one prepared statement a table, in chunks."""
    with bootstrap.open_for_reading(folder) as ledger:
        projecting.rebuild(ledger)
        model = open_read_model(folder)
        with model.reading() as connection:
            told = dump(connection)
        model.close()
        count = len(told["releases"])
        tables = [(_insert_statement(kind), told[ROW_TABLES[kind].name]) for kind in (*KEPT_BY_LOG, *KEPT_BY_PROCESS)]
        tables.append((full_text.INSERT, told["words"]))

        def insert_bare() -> float:
            bare = folder / "bare"
            bare.mkdir()
            open_read_model(bare).close()
            with closing(sqlite3.connect(bare / READ_MODEL_NAME, isolation_level=None)) as connection:
                for pragma in PRAGMAS:
                    connection.execute(f"PRAGMA {pragma}")
                rate = rate_of(count, lambda: _insert_in_chunks(connection, tables, count))
            shutil.rmtree(bare)
            return rate

        samples = collect(sample_in_turn(segments, lambda: rate_of(count, lambda: projecting.rebuild(ledger)), insert_bare))
    return Figure(f"rebuild of the read model, {count:,} events", "inserting the same rows bare", 0.4, "events", samples)


def _insert_in_chunks(connection: sqlite3.Connection, tables: Sequence[tuple[str, list[tuple[Any, ...]]]], count: int) -> None:
    chunks = -(-count // CHUNK)
    for chunk in range(chunks):
        connection.execute("BEGIN")
        for statement, rows in tables:
            size = -(-len(rows) // chunks)
            connection.executemany(statement, rows[chunk * size : (chunk + 1) * size])
        connection.execute("COMMIT")


# -- search and show at many processes -------------------------------------------------------------------------------------


def measure_answers(scratch: Path, segments: int, processes: int, say: Callable[[str], None]) -> list[Figure]:
    """Commands in this process, interpreter and libraries loaded, beside a tenth of a second and beside their bare queries."""
    folder = scratch / "many"
    fill_read_model(folder, processes)
    say(f"a read model of {processes:,} processes is made")
    figures = []
    with closing(sqlite3.connect(folder / READ_MODEL_NAME)) as connection:
        for question in QUESTIONS:
            samples = collect(sample_in_turn(segments, _asking(question, folder), _querying(question, connection)))
            name = f"{question.name}, {processes:,} processes"
            figures.append(
                Figure(name, "one in a tenth of a second", 1.0, "answers", tuple(Sample(each.figure, A_TENTH) for each in samples))
            )
            figures.append(Figure(name, "the bare query", None, "answers", samples))
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
            raise ValueError(f"no answer to {question.name}: {result.output[:300]}")

    ask()
    return lambda: rate_of(1, ask)


def _querying(question: Question, connection: sqlite3.Connection) -> Callable[[], float]:
    return lambda: rate_of(1, lambda: connection.execute(question.query, question.values).fetchall())


def fill_read_model(folder: Path, count: int) -> None:
    """A small ledger whose read model, beside the sample, has so many processes that no log tells."""
    make_ledger(folder)
    sample = Path(__file__).parents[2] / "src/prasasti/cli/samples/park-benches.json"
    result = CliRunner().invoke(prasasti, ["import", "ocds", str(sample), "--ledger", str(folder), "--default-scheme", "ID"])
    if result.exit_code != 0:
        raise ValueError(result.output)
    with bootstrap.open_for_reading(folder) as ledger, projecting.open_current(ledger) as model:
        chance = random.Random(5)
        for start in range(0, count, CHUNK * 10):
            with model.writing() as connection:
                _insert_processes(connection, range(start + 100, min(count, start + CHUNK * 10) + 100), chance)
        with model.writing() as connection:
            sizes = [ListSizeRow("buyer", f"b{number}", count // BUYERS) for number in range(BUYERS)]
            insert_rows(connection, [*sizes, *(ListSizeRow("supplier", f"s{number}", count // SUPPLIERS) for number in range(SUPPLIERS))])


def _insert_processes(connection: Connection, numbers: range, chance: random.Random) -> None:
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
