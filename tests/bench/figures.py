"""The figures of the table, each beside its limit (docs/performance.md says what they are and what holds them back).

Owns what is compared with what.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from prasasti.bootstrap import allowed_parts, registry_for
from prasasti.log.kept import KeptCheckpoint
from prasasti.log.publish import build_settings, publish
from prasasti.log.source import LogSource, NamedDocument, Withheld
from prasasti.services.audit import audit
from prasasti.services.audited_log import PublishedLog, open_source
from prasasti_verify.hashing import extend_edge
from prasasti_verify.tiles import WIDTH, split_tile
from tests.bench.load import build_bench_genesis, signing_key
from tests.bench.measure import Figure, Sample, clock, collect, rate_of, sample_in_turn
from tests.bench.workshop import BUCKET_BITS, Workshop
from tests.judges import FSCK

TIMED_VERIFIER = """
import sys, time
from prasasti_verify.__main__ import main
start = time.perf_counter()
code = main(sys.argv[1:])
sys.stderr.write(str(time.perf_counter() - start))
sys.exit(code)
"""
FSCK_PROGRAM = Path(tempfile.gettempdir()) / "prasasti-judges" / "fsck"  # where ../shared/acceptance/fsck builds it


def measure_live(workshop: Workshop, segments: int, keys: int) -> Figure:
    """Durable signed transactions beside raw verifications."""
    samples = collect(sample_in_turn(segments, workshop.run_segment, workshop.verify_raw))
    name = f"durable signed transactions, mixed load, {keys:,} state keys, one core"
    return Figure(name, "Ed25519 verifications on that core", 0.25, "transactions", samples)


def measure_audit(workshop: Workshop, folder: Path, skipped: int, segments: int) -> Figure:
    """Replaying the published mixed load, beside live blocks in between."""
    samples = collect(_audit_in_turn(workshop, folder, skipped, segments))
    return Figure("prasasti audit of the published log, every signature and app hash", "live", 1.0, "transactions", samples)


def _audit_in_turn(workshop: Workshop, folder: Path, skipped: int, segments: int) -> list[Sample]:
    """Audit a folder; after each stretch of it as long as a block, run a live one. The first ``skipped`` entries fill the ledger."""
    samples: list[Sample] = []
    stretch_from, start = 0, clock()
    before: float | None = None

    def progress(done: int, total: int) -> None:
        nonlocal stretch_from, start, before
        if done > skipped and before is not None and len(samples) < segments:
            rate = (done - stretch_from) / (clock() - start)
            after = workshop.run_segment()
            samples.append(Sample(rate, 2 / (1 / before + 1 / after)))
            before = after
        elif done >= skipped and before is None:
            before = workshop.run_segment()
        stretch_from, start = done, clock()

    log = PublishedLog(open_source(str(folder)))
    report = audit(log, registry_for(log.genesis), lambda _: ("", ()), progress=progress)
    if report.difference is not None:
        raise ValueError(f"the audit finds a difference: {report.difference}")
    return samples


def measure_publishing(workshop: Workshop, scratch: Path, segments: int) -> tuple[Figure, Path]:
    """Publishing tiles, every file synced, beside writing the same bytes into the same files. Also a published folder."""
    entries = workshop.ledger.database.size()
    published = publish_log(workshop, workshop.ledger.database, scratch, "log")
    files = {path.relative_to(published): path.read_bytes() for path in sorted(published.rglob("*")) if path.is_file()}

    # What is written is removed before the next run, so that both find the same memory free.
    def publish_anew() -> float:
        shutil.rmtree(scratch / "again", ignore_errors=True)
        shutil.rmtree(scratch / "publisher-again", ignore_errors=True)
        return rate_of(entries, lambda: publish_log(workshop, workshop.ledger.database, scratch, "again"))

    def write_anew() -> float:
        shutil.rmtree(scratch / "written", ignore_errors=True)
        return rate_of(entries, lambda: _write_synced(scratch / "written", files))

    samples = collect(sample_in_turn(segments, publish_anew, write_anew))
    return Figure("publishing tiles, every file synced", "writing the same bytes into the same files", 0.5, "entries", samples), published


def publish_log(workshop: Workshop, log: LogSource, scratch: Path, name: str, genesis: bytes = b"") -> Path:
    """Publish a log into a folder of its own, as a publisher that has signed nothing yet."""
    folder = scratch / name
    kept = KeptCheckpoint(scratch / f"publisher-{name}")
    settings = build_settings(genesis or workshop.ledger.genesis_bytes)
    publish(log, _TablesOnly(workshop), folder, LogSigner(), settings, kept)
    return folder


def publish_long_log(workshop: Workshop, scratch: Path, size: int) -> Path:
    """A published log to be hashed, of so many entries and few founders: it is the entries that are to be verified."""
    genesis = build_bench_genesis(int(time.time()), allowed_parts(), BUCKET_BITS, publishers=1)
    return publish_log(workshop, LongLog(workshop, size), scratch, "long", genesis)


class LongLog:
    """The ledger's entries over and over, as a log (``log.source.LogSource``): as long as a log is, for what only hashes it."""

    def __init__(self, workshop: Workshop, size: int) -> None:
        database = workshop.ledger.database
        once = list(database.entries(0, database.size()))
        self._rows = [once[position % len(once)] for position in range(size)]
        self._edge = extend_edge((), 0, (leaf for leaf, _ in self._rows))

    def size(self) -> int:
        return len(self._rows)

    def edge(self, size: int) -> tuple[bytes, ...] | None:
        return {0: (), len(self._rows): self._edge}.get(size)

    def entries(self, start: int, stop: int) -> Iterator[tuple[bytes, bytes]]:
        return iter(self._rows[start:stop])


def _write_synced(folder: Path, files: dict[Path, bytes]) -> None:
    made: set[Path] = set()
    for name, data in files.items():
        path = folder / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.write(descriptor, data)
        os.fsync(descriptor)
        os.close(descriptor)


class LogSigner:
    """The log's key."""

    public_key = signing_key("log").verify_key.encode()

    def sign(self, message: bytes) -> bytes:
        return signing_key("log").sign(message).signature


class _TablesOnly:
    """A publisher's documents, without the releases: what is measured are the tiles."""

    def __init__(self, workshop: Workshop) -> None:
        self._documents = workshop.ledger.documents

    def named(self, start: int, stop: int) -> Iterator[NamedDocument]:
        return iter(())

    def read(self, sha256: str) -> bytes | None:
        return self._documents.read(sha256)

    def withheld(self, size: int) -> Iterable[Withheld]:
        return ()


def measure_verifying(folder: Path, segments: int) -> Figure:
    """The verifier over tiles and checkpoint, beside hashing each entry's bytes once."""
    entries = _read_entries(folder)

    def verify() -> float:
        # A process of its own, which times itself: it has the memory of a verifier, and its start is not counted.
        ran = subprocess.run([sys.executable, "-c", TIMED_VERIFIER, folder, "--tiles-only"], capture_output=True, text=True)
        if ran.returncode != 0:
            raise ValueError(f"the verifier refuses what was published: {ran.stdout}{ran.stderr}")
        return len(entries) / float(ran.stderr)

    def hash_all() -> float:
        return rate_of(len(entries), lambda: [sha256(entry).digest() for entry in entries])

    samples = collect(sample_in_turn(segments, verify, hash_all))
    return Figure("prasasti-verify --tiles-only, one core", "hashing each entry with hashlib", 0.5, "entries", samples)


def measure_against_fsck(folder: Path, segments: int) -> Figure | None:
    """The verifier as a process beside tessera's fsck, each on all cores, as people run them; None where that is not at hand."""
    if not FSCK_PROGRAM.exists() and not (FSCK.exists() and shutil.which("go")):
        return None
    if not FSCK_PROGRAM.exists():
        subprocess.run([FSCK, folder], check=True, capture_output=True)
    entries = len(_read_entries(folder))
    judge = [str(FSCK_PROGRAM), "-storage_url", f"file://{folder}/", "-public_key", str(folder / "log.vkey"), "-ui=false"]
    own = [sys.executable, "-m", "prasasti_verify", str(folder), "--tiles-only"]

    def rate(command: list[str]) -> float:
        return rate_of(entries, lambda: subprocess.run(command, check=True, capture_output=True))

    one_core = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    samples = collect(sample_in_turn(segments, lambda: rate(own), lambda: rate(judge)))
    os.sched_setaffinity(0, one_core)
    return Figure("the same as a process, all cores", "tessera's fsck, all cores", 1.0, "entries", samples)


def _read_entries(folder: Path) -> list[bytes]:
    entries: list[bytes] = []
    for path in sorted((folder / "tile" / "entries").rglob("*")):
        if path.is_file():
            width = int(path.name) if path.parent.name.endswith(".p") else WIDTH
            entries += split_tile(path.read_bytes(), "entries", width, str(path))
    return entries
