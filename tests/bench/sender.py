"""A client of the node that is measured, in a process of its own: ``python -m tests.bench.sender PORT CORE...``.

Owns sending and asking on loopback. Reads one JSON object a line, answers with one; the end of its input ends it.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PATIENCE_SECONDS = 120.0
JSON = {"content-type": "application/json"}

clock = time.perf_counter


def main(arguments: Sequence[str]) -> None:
    """Do what each line asks."""
    port, *cores = map(int, arguments)
    os.sched_setaffinity(0, cores)
    for line in sys.stdin:
        asked = json.loads(line)
        do = DOES[asked.pop("do")]
        sys.stdout.write(json.dumps(do(**{"port": port} | asked)) + "\n")
        sys.stdout.flush()


def post_bodies(port: int, bodies: str, together: int, connections: int, per_second: float) -> dict[str, Any]:
    """Send each line of a file as a request, at so many a second, or (0) each as soon as a connection is free.

    Seconds from the first to the last answer, and of each request from when it was due: what waits for a free connection
    counts as well. ValueError where an envelope (``together`` a request) has no receipt.
    """
    lines = iter(enumerate(Path(bodies).read_bytes().splitlines()))
    lock = threading.Lock()
    ready = threading.Barrier(connections)
    waited: list[float] = []
    spans: list[tuple[float, float]] = []

    def send(_: int) -> None:
        with closing(http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)) as connection:
            connection.connect()
            ready.wait()
            started = clock()
            while True:
                with lock:
                    number, body = next(lines, (-1, b""))
                if number < 0:
                    break
                due = started + number / per_second if per_second else clock()
                time.sleep(max(0.0, due - clock()))
                connection.request("POST", "/v1/transactions", body, JSON)
                answer = connection.getresponse()
                read = answer.read()
                waited.append(clock() - due)
                # A refusal has a receipt too; of one envelope alone it lies in a problem, with a status of its own.
                if read.count(b'"receipt":{') != together:
                    raise ValueError(f"the node answers with {answer.status}: {read[:500]!r}")
            spans.append((started, clock()))

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(send, range(connections)))
    return {"seconds": max(end for _, end in spans) - min(start for start, _ in spans), "waited": sorted(waited)}


def get_files(port: int, paths: list[str], connections: int) -> dict[str, Any]:
    """Ask for each path, shared among so many connections; seconds, and bytes of all bodies."""
    shares = [paths[number::connections] for number in range(connections)]
    start = clock()
    with ThreadPoolExecutor(connections) as pool:
        counts = list(pool.map(lambda share: _read_files(port, share), shares))
    return {"seconds": clock() - start, "bytes": sum(counts)}


def _read_files(port: int, paths: Sequence[str]) -> int:
    """Bytes of the bodies; a bare socket, since a client that takes as long as the server would level the servers."""
    buffer = bytearray(2**20)
    read = 0
    with closing(socket.create_connection((HOST, port), timeout=PATIENCE_SECONDS)) as connection:
        for path in paths:
            connection.sendall(f"GET /{path} HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                count = connection.recv_into(buffer)
                if not count:
                    raise ConnectionError(f"{path}: the answer broke off")
                head += buffer[:count]
            fields, _, body = head.partition(b"\r\n\r\n")
            names = dict(line.lower().split(b": ", 1) for line in fields.split(b"\r\n")[1:])
            if fields.split(b" ", 2)[1] != b"200":
                raise ValueError(f"{path}: {fields!r}")
            length = int(names[b"content-length"])
            left = length - len(body)
            while left:
                count = connection.recv_into(buffer, min(left, len(buffer)))
                if not count:
                    raise ConnectionError(f"{path}: the body broke off")
                left -= count
            read += length
    return read


DOES: dict[str, Callable[..., dict[str, Any]]] = {"post": post_bodies, "get": get_files}


if __name__ == "__main__":
    main(sys.argv[1:])
