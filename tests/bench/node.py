"""Figures of the node: recording over HTTP, how long a receipt takes, restoring, large files.

Owns what is compared with what. The node is ``prasasti serve`` on a loopback port, on the one core of the measurement;
what asks it is a process of its own (``sender``) on the other cores. Every process that is started is ended here, by its id.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from prasasti.bootstrap import allowed_parts, create_ledger, open_for_writing
from prasasti.services.ledger import Ledger
from prasasti.services.publishing import publish_ledger
from prasasti.storage.ledger_database import DATABASE_NAME
from tests.bench.figures import LogSigner
from tests.bench.load import build_bench_genesis
from tests.bench.measure import Figure, Sample, clock, collect, rate_of, sample_in_turn, told
from tests.bench.workshop import BLOCK_TRANSACTIONS, BUCKET_BITS, Workshop, open_workshop
from tests.judges import ROOT

PRASASTI = [sys.executable, "-c", "from prasasti.cli import main; main()"]
NGINX = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
NO_LIMIT = "1000000"  # Requests a second, a client or an actor: all that is sent here comes from one address.

SEGMENT_TRANSACTIONS = 3 * BLOCK_TRANSACTIONS
ENVELOPES_A_REQUEST = 100
CONNECTIONS = 20  # As many as fill a block.
TIMED_CONNECTIONS = 50
# Where the time of a request is measured, by envelopes a request: transactions of a segment, and the share of the load.
TIMED = {10: (3_000, 0.5), 1: (1_000, 0.1)}
GOAL_SHARE = 0.5
COMMITS, COMMITTED_BYTES = 50, 600
MAX_RESTORE_SEGMENTS, MANY = 3, 200_000  # Of so many transactions and more, one segment.
LARGE_BYTES = 65_536
READ_BYTES = 200 * 10**6
READERS = 4
START_SECONDS, STOP_SECONDS = 60.0, 60.0


def measure_node(scratch: Path, keys: int, segments: int, restored: int, say: Callable[[str], None]) -> list[Figure]:
    """Every figure of the node; what stands beside nginx is left out where that is not at hand."""
    with told(say, f"a published log of {restored:,} transactions is made"):
        published = publish_load(scratch / "published-ledger", scratch / "public", restored)
    with told(say, "restore"):
        restoring = measure_restoring(scratch, published, restored, segments)
    with told(say, f"a ledger of {keys:,} state keys and its load are made"):
        work = prepare(scratch, keys, segments)
    with serving(work.served, scratch, "--show", str(published)) as port, sending(port) as ask:
        with told(say, "recording over HTTP"):
            recording = measure_recording(work, ask, segments)
        with told(say, "submit to receipt"):
            receipts = [measure_receipts(scratch, bodies, ask, recording.rate, together) for together, bodies in work.timed.items()]
        with told(say, "large files"):
            files = measure_files(scratch, published, port, ask, segments, say)
    return [recording, *receipts, restoring, *([files] if files else [])]


# -- processes ------------------------------------------------------------------------------------------------------------


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process until the end of the block, told to stop and, where it does not, killed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    with subprocess.Popen(command, env=environment, text=True, **options) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def serving(ledger: Path, scratch: Path, *options: str) -> Iterator[int]:
    """``prasasti serve`` over a ledger; its port."""
    command = [*PRASASTI, "--json", "serve", "--ledger", str(ledger), "--port", "0", "--rate", NO_LIMIT, "--actor-rate", NO_LIMIT]
    log = scratch / "node.log"
    with log.open("w") as errors, started([*command, *options], stdout=subprocess.PIPE, stderr=errors) as process:
        line = process.stdout.readline() if process.stdout is not None else ""
        if "listening" not in line:
            raise ValueError(f"the node does not start: {line}{log.read_text()}")
        yield int(json.loads(line)["listening"].rpartition(":")[2])


Ask = Callable[..., dict[str, Any]]
"""What the sender is to do and its options; its answer."""


@contextmanager
def sending(port: int) -> Iterator[Ask]:
    """A sender to a port, on the cores that are not the node's, where there are any."""
    own = os.sched_getaffinity(0)
    cores = sorted(set(range(os.cpu_count() or 1)) - own) or sorted(own)
    command = [sys.executable, "-m", "tests.bench.sender", str(port), *map(str, cores)]
    with started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:

        def ask(do: str, **options: Any) -> dict[str, Any]:
            if process.stdin is None or process.stdout is None:
                raise ValueError("the sender has no input")
            process.stdin.write(json.dumps({"do": do, **options}) + "\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline() or "null")
            if not answer:
                raise ValueError("the sender ended; what it met stands above")
            return answer

        yield ask


# -- recording ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Work:
    """Two ledgers with the same content, and what both are to record; ``timed`` by envelopes a request. Files of bodies, a line each."""

    served: Path
    embedded: Path
    envelopes: list[list[bytes]]
    bodies: list[Path]
    timed: dict[int, list[Path]]


def prepare(scratch: Path, keys: int, segments: int) -> Work:
    """Fill a ledger, sign what is to be sent and store its documents, then copy it: neither is part of what is measured."""
    served, embedded = scratch / "served", scratch / "embedded"
    with open_workshop(served, keys) as workshop:
        envelopes = [make_segment(workshop, SEGMENT_TRANSACTIONS) for _ in range(segments + 1)]
        timed = {together: [make_segment(workshop, size) for _ in range(segments)] for together, (size, _) in TIMED.items()}
    shutil.copytree(served, embedded)
    numbers = count()

    def write(segment: list[bytes], together: int) -> Path:
        path = scratch / f"bodies-{next(numbers)}"
        parts = [segment[start : start + together] for start in range(0, len(segment), together)]
        path.write_bytes(b"".join((part[0] if together == 1 else b'{"envelopes":[' + b",".join(part) + b"]}") + b"\n" for part in parts))
        return path

    bodies = [write(each, ENVELOPES_A_REQUEST) for each in envelopes]
    files = {together: [write(each, together) for each in made] for together, made in timed.items()}
    return Work(served, embedded, envelopes, bodies, files)


def make_segment(workshop: Workshop, transactions: int) -> list[bytes]:
    """Signed envelopes of the mixed load, whose documents are stored."""
    batch = workshop.load.make_mixed(transactions, int(time.time()))
    workshop.ledger.documents.put(batch.documents)
    return batch.envelopes


def measure_recording(work: Work, ask: Ask, segments: int) -> Figure:
    """Signed transactions through HTTP beside the embedded engine, which is handed the same envelopes in full blocks."""
    embedded, sent = iter(work.envelopes), iter(work.bodies)

    def send() -> float:
        done = ask("post", bodies=str(next(sent)), together=ENVELOPES_A_REQUEST, connections=CONNECTIONS, per_second=0)
        return float(SEGMENT_TRANSACTIONS / done["seconds"])

    with open_for_writing(work.embedded) as ledger:
        samples = collect(sample_in_turn(segments, send, lambda: _record(ledger, next(embedded))))
    send()  # The segment that the engine alone had last; what follows builds on it.
    name = f"durable signed transactions through HTTP, requests of {ENVELOPES_A_REQUEST}, {CONNECTIONS} connections"
    return Figure(name, "the embedded engine, full blocks", 0.7, "transactions", samples)


def _record(ledger: Ledger, envelopes: Sequence[bytes]) -> float:
    gc.collect()
    gc.freeze()
    blocks = [envelopes[start : start + BLOCK_TRANSACTIONS] for start in range(0, len(envelopes), BLOCK_TRANSACTIONS)]
    return rate_of(len(envelopes), lambda: [ledger.submit(block) for block in blocks])


def measure_receipts(scratch: Path, bodies: Sequence[Path], ask: Ask, full_rate: float, together: int) -> Figure:
    """p99 of submit to receipt at a steady share of the full load, beside one synced commit; milliseconds."""
    sent = iter(bodies)
    share = TIMED[together][1]

    def send() -> float:
        path = next(sent)
        done = ask("post", bodies=str(path), together=together, connections=TIMED_CONNECTIONS, per_second=share * full_rate / together)
        waited = done["waited"]
        return float(waited[int(len(waited) * 0.99)]) * 1e3

    samples = collect(_time_in_turn(len(bodies), send, lambda: time_commit(scratch)))
    name = f"p99 of submit to receipt, {share:.0%} of that load, {together} a request"
    return Figure(name, "one synced commit", 10.0 if share == GOAL_SHARE else None, "ms", samples, is_time=True)


def _time_in_turn(segments: int, figure: Callable[[], float], limit: Callable[[], float]) -> Iterator[Sample]:
    before = limit()
    for _ in range(segments):
        spent = figure()
        after = limit()
        yield Sample(spent, (before + after) / 2)
        before = after


def time_commit(scratch: Path) -> float:
    """Milliseconds of a commit of one row that SQLite syncs, as the ledger's database does: the median of some."""
    path = scratch / "commits.sqlite"
    spent = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS rows (value BLOB)")
        for _ in range(COMMITS):
            value = os.urandom(COMMITTED_BYTES)
            start = clock()
            connection.execute("INSERT INTO rows VALUES (?)", (value,))
            spent.append(clock() - start)
    return median(spent) * 1e3


# -- restoring ------------------------------------------------------------------------------------------------------------


def publish_load(ledger_folder: Path, folder: Path, transactions: int) -> Path:
    """A published folder of so many transactions of the mixed load, with every document that they name; its ledger is lost."""
    create_ledger(ledger_folder, build_bench_genesis(int(time.time()), allowed_parts(), BUCKET_BITS))
    with open_for_writing(ledger_folder) as ledger:
        workshop = Workshop(ledger)
        for start in range(0, transactions, BLOCK_TRANSACTIONS):
            ledger.submit(make_segment(workshop, min(BLOCK_TRANSACTIONS, transactions - start)))
        publish_ledger(ledger, folder, LogSigner())
    shutil.rmtree(ledger_folder)
    return folder


def measure_restoring(scratch: Path, published: Path, transactions: int, segments: int) -> Figure:
    """``prasasti restore`` of a published folder beside ``prasasti audit`` of it, both as processes."""

    def restore() -> float:
        folder = scratch / "restored"
        rate = rate_of(transactions, lambda: run("restore", "--from", str(published), "--ledger", str(folder)))
        if not (folder / DATABASE_NAME).exists():
            raise ValueError("nothing was restored")
        shutil.rmtree(folder)
        return rate

    segments = 1 if transactions >= MANY else min(segments, MAX_RESTORE_SEGMENTS)
    samples = collect(sample_in_turn(segments, restore, lambda: rate_of(transactions, lambda: run("audit", str(published)))))
    name = f"restore of {transactions:,} transactions and their documents"
    return Figure(name, "prasasti audit of the folder", 0.9, "transactions", samples)


def run(*arguments: str) -> None:
    """A command of the product's; ValueError where it finds something wrong."""
    done = subprocess.run([*PRASASTI, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise ValueError(f"prasasti {arguments[0]} ends with {done.returncode}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}")


# -- files ----------------------------------------------------------------------------------------------------------------


def measure_files(scratch: Path, published: Path, port: int, ask: Ask, segments: int, say: Callable[[str], None]) -> Figure | None:
    """The published files of more than 64 kB through the node beside nginx; None where that is not at hand. MB a second."""
    found = [(path.relative_to(published).as_posix(), path.stat().st_size) for path in sorted(published.rglob("*")) if path.is_file()]
    large = [each for each in found if each[1] > LARGE_BYTES]
    if not large:
        raise ValueError("the published log has no file of more than 64 kB")
    mean = sum(size for _, size in large) / len(large)
    paths = [path for path, _ in islice(cycle(large), int(READ_BYTES / mean))]

    def read(of: int) -> float:
        done = ask("get", port=of, paths=paths, connections=READERS)
        return float(done["bytes"] / 1e6 / done["seconds"])

    if NGINX is None:
        alone = median(read(port) for _ in range(segments))
        say(f"left out: large files, which need nginx beside them; the node alone gave {alone:,.0f} MB/s")
        return None
    with nginx_serving(scratch / "nginx", published) as other:
        samples = collect(sample_in_turn(segments, lambda: read(port), lambda: read(other)))
    name = f"published files of {mean / 1e3:,.0f} kB through the node, {READERS} connections"
    return Figure(name, "nginx, one worker", 0.5, "MB", samples)


@contextmanager
def nginx_serving(folder: Path, root: Path) -> Iterator[int]:
    """nginx over a folder, on the node's core, with nothing set but what it needs; its port."""
    folder.mkdir()
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    kinds = "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    # The worker runs as whoever measures, or it could not read the folder.
    user = f"user {folder.owner()}; " if os.getuid() == 0 else ""
    server = f"server {{ listen 127.0.0.1:{port}; root {root}; keepalive_requests 1000000; }}"
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"{user}daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; sendfile on; {kinds}\n {server} }}\n"
    )
    with started([str(NGINX), "-e", f"{folder}/error.log", "-c", str(configuration), "-p", str(folder)]) as process:
        until = clock() + START_SECONDS
        while not _listens(port):
            if process.poll() is not None or clock() > until:
                raise ValueError("nginx does not start")
            time.sleep(0.02)
        yield port


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
