"""Measures a node beside the embedded engine, in one run: ``python -m tests.web.figures [TRANSACTIONS]``.

Transactions a second through HTTP in requests of 100, durable, against the engine alone on the same load; p99 of submit to
receipt at half that load, against one synced commit; large static files, in MB/s, against nginx where it is installed.
"""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from prasasti.bootstrap import allowed_parts, create_ledger, open_for_writing
from tests.bench.load import Load, build_bench_genesis
from tests.web.test_proxy import NGINX, free_port, start_nginx
from tests.web.world import Process, start_process

SENDERS = 4
TOGETHER = 100
TEN = 10
FILE_BYTES = 8 * 2**20
FILES = 60
WIDE = ("--rate", "1000000", "--actor-rate", "1000000")


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 6_000
    with tempfile.TemporaryDirectory() as scratch:
        embedded = measure_embedded(Path(scratch) / "embedded", count)
        say(f"embedded engine            {embedded:10.0f} transactions/s")
        measure_node(Path(scratch) / "node", count, embedded)


def say(line: str) -> None:
    """A line at once, however long the rest takes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def prepare(folder: Path, count: int) -> tuple[bytes, list[bytes]]:
    """A ledger with the load's documents, and the load."""
    genesis = build_bench_genesis(int(time.time()) - 60, allowed_parts(), 16)
    create_ledger(folder, genesis)
    with open_for_writing(folder) as ledger:
        batch = Load(ledger.chain).make_mixed(count, ledger.now())
        ledger.documents.put(batch.documents)
    return genesis, batch.envelopes


def measure_embedded(folder: Path, count: int) -> float:
    """Transactions a second of the engine, in calls of 100 by several threads."""
    _, envelopes = prepare(folder, count)
    with open_for_writing(folder) as ledger:
        return count / spend(envelopes, lambda: ledger.submit)


def measure_node(folder: Path, count: int, embedded: float) -> None:
    """The same through HTTP, and the files."""
    genesis, envelopes = prepare(folder, count + 2_000)
    public = folder.parent / "public"
    names = make_files(public)
    with start_process(folder, genesis, *WIDE, "--show", str(public)) as process:
        rate = count / spend(envelopes[:count], lambda: make_poster(process))
        say(f"through HTTP               {rate:10.0f} transactions/s   {rate / embedded:.2f} of the embedded engine (goal 0.70)")
        commit = measure_commit(folder.parent / "synced")
        worst = measure_latency(process, envelopes[count:], rate / 2)
        say(f"p99 of submit to receipt   {worst * 1e3:10.1f} ms at half of that load")
        say(f"one synced commit          {commit * 1e3:10.1f} ms   {worst / commit:.1f} times that (goal 10)")
        shown = measure_files(process.port, names)
    say(f"static files of 8 MB       {shown:10.0f} MB/s")
    if NGINX is not None:
        other = measure_nginx(folder.parent, public, names)
        say(f"nginx, the same files      {other:10.0f} MB/s   the node {shown / other:.2f} of it (goal 0.50)")


def spend(envelopes: Sequence[bytes], make_sender: Callable[[], Callable[[Sequence[bytes]], object]]) -> float:
    """Seconds that several senders take."""
    parts = [envelopes[start : start + TOGETHER] for start in range(0, len(envelopes), TOGETHER)]
    local = threading.local()

    def send(part: Sequence[bytes]) -> None:
        if not hasattr(local, "send"):
            local.send = make_sender()
        local.send(part)

    with ThreadPoolExecutor(SENDERS) as pool:
        started = time.perf_counter()
        list(pool.map(send, parts))
        return time.perf_counter() - started


def make_poster(process: Process) -> Callable[[Sequence[bytes]], object]:
    """A connection of its own that sends envelopes, and wants an answer to each."""
    connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=60)

    def post(envelopes: Sequence[bytes]) -> object:
        body = b"{\"envelopes\":[" + b",".join(envelopes) + b"]}"
        connection.request("POST", "/v1/transactions", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or body.count(b'"receipt"') != len(envelopes):
            raise RuntimeError(f"{answer.status} {body[:500]!r}")
        return body

    return post


def measure_latency(process: Process, envelopes: Sequence[bytes], rate: float) -> float:
    """p99 of a request of ten, sent at a steady rate by as many senders as it takes."""
    seconds: list[float] = []
    local = threading.local()
    started = time.perf_counter()

    def send(number: int) -> None:
        if not hasattr(local, "post"):
            local.post = make_poster(process)
        due = started + number * TEN / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        before = time.perf_counter()
        local.post(envelopes[number * TEN : (number + 1) * TEN])
        seconds.append(time.perf_counter() - before)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(send, range(len(envelopes) // TEN)))
    return sorted(seconds)[int(len(seconds) * 0.99)]


def measure_commit(path: Path) -> float:
    """Seconds of writing a page and having it on the disk, the median."""
    spent = []
    with path.open("wb", buffering=0) as file:
        for _ in range(100):
            before = time.perf_counter()
            file.write(os.urandom(4_096))
            os.fdatasync(file.fileno())
            spent.append(time.perf_counter() - before)
    return sorted(spent)[50]


def make_files(folder: Path) -> list[str]:
    """Large documents of a published folder."""
    names = []
    for number in range(4):
        name = f"documents/sha256/{number:02x}/{number:064x}"
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(os.urandom(FILE_BYTES))
        names.append(name)
    return names


def measure_nginx(folder: Path, public: Path, names: Sequence[str]) -> float:
    """The same of nginx, with nothing set but where the files are."""
    port = free_port()
    with start_nginx(folder, f"server {{ listen 127.0.0.1:{port}; root {public}; sendfile on; }}", port):
        return measure_files(port, names)


def measure_files(port: int, names: Sequence[str]) -> float:
    """MB a second of a client that asks for one after another."""
    buffer = bytearray(2**20)
    started = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for number in range(FILES):
            connection.request("GET", f"/{names[number % len(names)]}")
            answer = connection.getresponse()
            while answer.readinto(buffer):
                pass
    return FILES * FILE_BYTES / 1e6 / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
