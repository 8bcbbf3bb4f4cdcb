"""Figures of the read model and of open data's way in and out (docs/performance.md says what they are).

Owns what is compared with what: import and export with ``ocdskit compile`` on the same releases, rebuilding the read model
with inserting the same rows bare. Search and show are ``answers``'.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prasasti import bootstrap
from prasasti.integrations.ocds.attestation import AttestationSettings
from prasasti.integrations.signers import open_signer
from prasasti.readmodel import full_text
from prasasti.readmodel.database import PRAGMAS, READ_MODEL_NAME, _insert_statement, dump, open_read_model
from prasasti.readmodel.rows import KEPT_BY_LOG, KEPT_BY_PROCESS
from prasasti.readmodel.tables import ROW_TABLES
from prasasti.services import projecting
from prasasti.services.founding import TRAINING_PUBLISHER, make_training_genesis
from prasasti.services.importing import Importer, read_redaction_key
from tests.acceptance.synthetic import make_release, write_package
from tests.bench.measure import Figure, collect, rate_of, sample_in_turn, told
from tests.judges import ROOT, SHARED

BUCKET_BITS = 18
CHUNK = 1_000
MAX_EXPORT_SEGMENTS = 3
MEMORY_SHARE = 10


def measure_reading(scratch: Path, segments: int, releases: int, say: Callable[[str], None]) -> list[Figure]:
    """Import, rebuild, export of so many releases; what stands beside ocdskit is left out where that is not at hand."""
    source = write_package(scratch / "source.json", (make_release(number) for number in range(releases)))
    ocdskit = find_ocdskit(scratch)
    if ocdskit is None:
        say("left out: import and export, which need ocdskit (make .venv-judges) and ../shared/data/ocds/schema")
    ledger = scratch / "imported"
    imported = exported = None
    with told(say, f"import of {releases:,} releases"):
        if ocdskit is not None:
            imported = measure_import(ocdskit, source, releases, ledger)
        else:
            import_source(ledger, source)
    with told(say, "rebuild of the read model"):
        rebuilt = measure_rebuild(ledger, segments)
    if ocdskit is not None:
        with told(say, "export"):
            exported = measure_export(ocdskit, ledger, source, releases, min(segments, MAX_EXPORT_SEGMENTS))
    shutil.rmtree(ledger)
    with told(say, "memory of an import"):
        few, all_of_them = measure_memory(scratch, source)
    say(f"most memory that an import took: {few} MB for {releases // MEMORY_SHARE:,} releases, {all_of_them} MB for {releases:,}")
    return [figure for figure in (imported, rebuilt, exported) if figure is not None]


# -- ocdskit --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ocdskit:
    """The program, and the official schema of releases, which it would fetch."""

    program: Path
    schema: Path

    def compile(self, source: Path, output: Path) -> None:
        """Compiled releases of a package, one a line."""
        with source.open("rb") as stdin, output.open("wb") as stdout:
            subprocess.run([self.program, "compile", "--schema", self.schema], stdin=stdin, stdout=stdout, check=True)


def find_ocdskit(folder: Path) -> Ocdskit | None:
    """ocdskit (that of the environment variable OCDSKIT, else of .venv-judges), its schema unpacked into a folder; or None."""
    program = Path(os.environ.get("OCDSKIT", ROOT / ".venv-judges" / "bin" / "ocdskit"))
    archive_path = SHARED / "data" / "ocds" / "schema" / "ocds-standard-1__1__5.zip"
    if not program.exists() or not archive_path.exists():
        return None
    with zipfile.ZipFile(archive_path) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/schema/release-schema.json"))
        return Ocdskit(program, Path(archive.extract(name, folder)))


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


def measure_import(ocdskit: Ocdskit, source: Path, releases: int, folder: Path) -> Figure:
    """One import of all releases, between two runs of ``ocdskit compile``; it leaves the ledger in ``folder``."""
    compiled = folder.with_name("compiled.jsonl")
    samples = collect(
        sample_in_turn(
            1,
            lambda: rate_of(releases, lambda: import_source(folder, source)),
            lambda: rate_of(releases, lambda: ocdskit.compile(source, compiled)),
        )
    )
    return Figure(f"import of {releases:,} releases, the whole way", "ocdskit compile", 0.5, "releases", samples)


def measure_memory(scratch: Path, source: Path) -> tuple[int, int]:
    """Peak memory of an import, MB: of a tenth of the releases, and of all."""
    package = json.loads(source.read_bytes())
    few = write_package(scratch / "few.json", package["releases"][: len(package["releases"]) // MEMORY_SHARE])
    del package
    return _measure_peak(scratch / "memory", few), _measure_peak(scratch / "memory", source)


def _measure_peak(folder: Path, source: Path) -> int:
    script = (
        "import sys; from pathlib import Path; from tests.bench.reading import import_source, read_peak_kilobytes; "
        "import_source(Path(sys.argv[1]), Path(sys.argv[2])); print(read_peak_kilobytes() // 1024)"
    )
    try:
        done = subprocess.run([sys.executable, "-c", script, folder, source], cwd=ROOT, check=True, capture_output=True, text=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(done.stdout)


def read_peak_kilobytes() -> int:
    """Peak memory of this process since it began; what ``getrusage`` says may be that of the process that it was forked from."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def measure_rebuild(folder: Path, segments: int) -> Figure:
    """Dropping and making the read model, beside inserting the same rows bare: one prepared statement a table, in chunks."""
    with bootstrap.open_for_reading(folder) as ledger:
        projecting.rebuild(ledger)
        with closing(open_read_model(folder)) as model, model.reading() as connection:
            rows = dump(connection)
        count = len(rows["releases"])
        tables = [(_insert_statement(kind), rows[ROW_TABLES[kind].name]) for kind in (*KEPT_BY_LOG, *KEPT_BY_PROCESS)]
        tables.append((full_text.INSERT, rows["words"]))
        samples = collect(
            sample_in_turn(
                segments,
                lambda: rate_of(count, lambda: projecting.rebuild(ledger)),
                lambda: _insert_bare(folder / "bare", tables, count),
            )
        )
    return Figure(f"rebuild of the read model, {count:,} events", "inserting the same rows bare", 0.4, "events", samples)


Tables = Sequence[tuple[str, list[tuple[Any, ...]]]]
"""An INSERT and its rows, table by table."""


def _insert_bare(folder: Path, tables: Tables, count: int) -> float:
    """Events a second whose rows SQLite takes, with the read model's tables, indexes and settings, and nothing else."""
    folder.mkdir()
    open_read_model(folder).close()
    with closing(sqlite3.connect(folder / READ_MODEL_NAME, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        rate = rate_of(count, lambda: _insert_in_chunks(connection, tables, -(-count // CHUNK)))
    shutil.rmtree(folder)
    return rate


def _insert_in_chunks(connection: sqlite3.Connection, tables: Tables, chunks: int) -> None:
    for chunk in range(chunks):
        connection.execute("BEGIN")
        for statement, rows in tables:
            size = -(-len(rows) // chunks)
            connection.executemany(statement, rows[chunk * size : (chunk + 1) * size])
        connection.execute("COMMIT")


def measure_export(ocdskit: Ocdskit, folder: Path, source: Path, releases: int, segments: int) -> Figure:
    """Compiled releases out of the ledger, beside ``ocdskit compile`` of the same releases; both as processes."""
    own, compiled = folder.with_name("own.jsonl"), folder.with_name("compiled.jsonl")
    script = "import sys; from prasasti.cli import prasasti; prasasti(sys.argv[1:])"
    arguments = ["export", "ocds", "--package", "compiled", "--output", str(own), "--ledger", str(folder)]

    def export() -> None:
        subprocess.run([sys.executable, "-c", script, *arguments], check=True, capture_output=True)

    samples = collect(
        sample_in_turn(segments, lambda: rate_of(releases, export), lambda: rate_of(releases, lambda: ocdskit.compile(source, compiled)))
    )
    with own.open("rb") as ours, compiled.open("rb") as theirs:
        if sum(1 for _ in ours) != sum(1 for _ in theirs):
            raise ValueError("the export and ocdskit do not compile the same number of processes")
    return Figure(f"export of {releases:,} processes, compiled", "ocdskit compile", 1.0, "processes", samples)
