"""Large files of the published folder: whole for whoever reads them, and no burden where somebody does not."""

from __future__ import annotations

import errno
import os
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from prasasti.web import files, server
from tests.web.test_limits import require_alive
from tests.web.world import Served, raw_connection, serving

SIZES = (0, 1, files.SMALL_BYTES, files.SMALL_BYTES + 1, files.CHUNK_BYTES, 2 * files.CHUNK_BYTES + 17)
PATIENCE_STEPS = 500


def put(served: Served, body: bytes) -> str:
    """A file of the published folder; its address."""
    assert served.published is not None
    digest = sha256(body).hexdigest()
    path = served.published / "documents" / "sha256" / digest[:2] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return f"/{path.relative_to(served.published).as_posix()}"


def count_open(address: str) -> int:
    """Open descriptors of this process, in which the node runs, for a file at that address."""
    found = 0
    for each in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{each}").endswith(address)
        except OSError:
            continue
    return found


def wait_until_closed(address: str) -> None:
    for _ in range(PATIENCE_STEPS):
        if not count_open(address):
            return
        time.sleep(0.02)
    raise AssertionError(f"{address} stays open")


def cannot(*_: Any) -> int:
    """A system call of a file system that does not have it."""
    raise OSError(errno.EINVAL, "not here")


@pytest.mark.parametrize("way", ["copied", "read by asyncio", "read"])
def test_files_of_every_size_come_whole_on_one_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Copied by the system, or, where the file system or the platform does not have it, read; the next answer stands right behind."""
    copied: list[int] = []
    real = os.sendfile

    def copy(*arguments: Any) -> int:
        copied.append(real(*arguments))
        return copied[-1]

    monkeypatch.setattr(os, "sendfile", cannot if way == "read by asyncio" else copy)
    if way == "read":
        monkeypatch.setattr(server, "CAN_COPY", False)
    with serving(tmp_path) as served:
        for size in SIZES:
            body = os.urandom(size)
            address = put(served, body)
            for _ in range(2):
                answer = served.client.get(address)
                assert (answer.status_code, answer.headers["content-length"]) == (200, str(size))
                assert answer.content == body
            assert served.client.head(address).headers["content-length"] == str(size)
            wait_until_closed(address)
        assert sum(copied) == (2 * sum(size for size in SIZES if size > files.SMALL_BYTES) if way == "copied" else 0)


def test_a_client_that_reads_slowly_gets_the_whole_file_while_others_are_served(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        body = os.urandom(24 * 2**20)
        address = put(served, body)
        with served.client.stream("GET", address) as answer:
            parts = []
            for part in answer.iter_bytes(2**20):
                parts.append(part)
                require_alive(served)
                time.sleep(0.005)
        assert b"".join(parts) == body
        wait_until_closed(address)


def test_whoever_goes_away_or_reads_nothing_leaves_no_file_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "UNREAD_SECONDS", 0.3)
    with serving(tmp_path) as served:
        address = put(served, os.urandom(24 * 2**20))
        request = f"GET {address} HTTP/1.1\r\nhost: a\r\n\r\n".encode()
        with raw_connection(served.port) as connection:
            connection.sendall(request)
            assert connection.recv(1000)
        wait_until_closed(address)
        with raw_connection(served.port) as connection:
            connection.sendall(request)
            assert connection.recv(1000)
            wait_until_closed(address)
        require_alive(served)
        assert served.client.get("/metrics").text.count('code="bug"') == 0


def test_a_file_that_becomes_shorter_breaks_the_answer_off(tmp_path: Path) -> None:
    """The connection ends before the length that was announced: nobody takes the part for the whole."""
    with serving(tmp_path) as served:
        address = put(served, bytes(64 * 2**20))
        assert served.published is not None
        with raw_connection(served.port) as connection:
            connection.sendall(f"GET {address} HTTP/1.1\r\nhost: a\r\n\r\n".encode())
            head = connection.recv(1000)
            assert b"content-length: 67108864" in head
            os.truncate(served.published / address[1:], 2**20)
            read = len(head)
            while part := connection.recv(2**20):
                read += len(part)
        assert read < 64 * 2**20
        require_alive(served)
