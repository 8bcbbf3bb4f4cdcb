"""Who shares a node's connections with others: a request that begins within another's answer, and addresses of proxies that are none."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from prasasti.web import server
from prasasti.web.server import CannotListen
from tests.web.test_files import put, wait_until_closed
from tests.web.test_limits import require_alive
from tests.web.world import PATIENCE_SECONDS, raw_connection, serving

UNFINISHED = b"GET /healthz HTTP/1.1\r\nhost:"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.2)


def test_connections_do_not_keep_whoever_listens_from_its_own_files() -> None:
    """Each process that listens allows itself as many files as it takes connections: a witness, too, and not the node alone."""
    program = (
        "import resource, sys, threading\n"
        "from prasasti.web.server import run\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))\n"
        "stop = threading.Event()\n"
        "run(print, '127.0.0.1', 0, max_connections=200, stop=stop, on_listening=lambda _: stop.set())\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], hard)\n"
    )
    soft, hard = map(int, subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout.split())
    assert soft == (1_400 if hard < 0 else min(hard, 1_400))


@pytest.mark.usefixtures("hasty")
def test_a_request_begun_within_an_answer_does_not_break_the_answer_off(tmp_path: Path) -> None:
    """Closed under a copy that waits for the client, a socket's number would be another's, and the copy's end in the loop that one's."""
    with serving(tmp_path) as served:
        body = os.urandom(24 * 2**20)
        address = put(served, body)
        with raw_connection(served.port) as connection:
            connection.sendall(f"GET {address} HTTP/1.1\r\nhost: a\r\n\r\n".encode() + UNFINISHED)
            received = bytearray(connection.recv(1_000))
            time.sleep(1)
            while part := connection.recv(2**20):
                received += part
        assert received.partition(b"\r\n\r\n")[2] == body
        wait_until_closed(address)
        require_alive(served)


@pytest.mark.parametrize("proxies", [("10.0.0.5/8",), ("proxy.example",), ("*",), ("192.0.2.1/33",), ("",), ("192.0.2.1 ",)])
def test_what_is_no_address_of_a_proxy_is_refused_at_the_start(proxies: tuple[str, ...]) -> None:
    """Passed over, it would leave all clients one client; taken for a network by some and not by others, it would have no limits."""
    with pytest.raises(CannotListen, match="proxy"):
        server.run(lambda *_: None, "127.0.0.1", 0, trusted_proxies=proxies, on_listening=lambda _: pytest.fail("it listens"))


def test_a_proxy_is_known_where_the_node_listens_on_ipv6_too() -> None:
    """There an address of IPv4 comes mapped into IPv6's: the proxy would not be known, and all its clients be one."""
    clients: list[str] = []
    addresses: Queue[str] = Queue()
    stop = Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        clients.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    options = {"trusted_proxies": ("127.0.0.1",), "on_listening": addresses.put, "stop": stop}
    node = Thread(target=server.run, args=(app, "::", 0), kwargs=options)
    node.start()
    try:
        port = int(addresses.get(timeout=PATIENCE_SECONDS).rpartition(":")[2])
        httpx.get(f"http://127.0.0.1:{port}/", headers={"x-forwarded-for": "192.0.2.7"}, trust_env=False)
        httpx.get(f"http://[::1]:{port}/", headers={"x-forwarded-for": "192.0.2.7"}, trust_env=False)
    finally:
        stop.set()
        node.join()
    assert clients == ["192.0.2.7", "::1"]
