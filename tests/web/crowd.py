"""A crowd of connections to a node: some silent, some slow, some that never read; each comes again when it is sent away.

Owns who the crowd is and what it was answered. It has addresses of its own (127.1.0.x), one or several, so that it is other
clients than whoever else asks. Loopback only; it ends with its block.
"""

from __future__ import annotations

import asyncio
import resource
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OPENED_TOGETHER = 200
AGAIN_SECONDS = 0.5
TRICKLE_SECONDS = 1.0

POST = b"POST /v1/transactions HTTP/1.1\r\nhost: node\r\ncontent-type: application/json\r\n"
# What each kind sends at once, and what it sends a second afterwards. More are idle than anything else.
KINDS: tuple[tuple[str, bytes, bytes], ...] = (
    ("silent", b"", b""),
    ("asked once", b"GET /healthz HTTP/1.1\r\nhost: node\r\n\r\n", b""),
    ("silent", b"", b""),
    ("slow head", b"GET /healthz HTTP/1.1\r\nhost: node\r\nx: ", b"y"),
    ("asked once", b"GET /readyz HTTP/1.1\r\nhost: node\r\n\r\n", b""),
    ("slow body", POST + b"content-length: 1000\r\n\r\n{", b" "),
    ("silent", b"", b""),
    ("slow chunks", POST + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n \r\n"),
)


@dataclass
class Crowd:
    """What became of it so far: connections open now and at most, and statuses by kind with whether they said when to come again."""

    port: int
    count: int
    addresses: int
    enough: int
    open: int = 0
    most: int = 0
    was_reset: int = 0
    answers: Counter[tuple[str, int, bool]] = field(default_factory=Counter)
    is_full: threading.Event = field(default_factory=threading.Event)

    async def run(self, until: asyncio.Event) -> None:
        """Hold so many connections until then."""
        opening = asyncio.Semaphore(OPENED_TOGETHER)
        members = [asyncio.create_task(self._stay(number, opening)) for number in range(self.count)]
        await until.wait()
        for member in members:
            member.cancel()
        await asyncio.gather(*members, return_exceptions=True)

    async def _stay(self, number: int, opening: asyncio.Semaphore) -> None:
        while True:
            with suppress(OSError):
                await self._connect_once(number, opening)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _connect_once(self, number: int, opening: asyncio.Semaphore) -> None:
        kind, first, more = KINDS[number % len(KINDS)]
        loop = asyncio.get_running_loop()
        member = Member()
        async with opening:
            source = f"127.1.0.{1 + number % self.addresses}"
            transport, _ = await loop.create_connection(lambda: member, "127.0.0.1", self.port, local_addr=(source, 0))
        self._note_open(1)
        try:
            transport.write(first)
            while not member.is_over.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(TRICKLE_SECONDS):
                        await member.is_over.wait()
                if more and not member.is_over.is_set():
                    transport.write(more)
        finally:
            self._note_open(-1)
            self.was_reset += member.was_reset
            if member.head:
                self.answers[kind, int(member.head.split(b" ", 2)[1]), b"retry-after:" in member.head.lower()] += 1
            transport.abort()

    def _note_open(self, change: int) -> None:
        self.open += change
        self.most = max(self.most, self.open)
        if self.open >= self.enough:
            self.is_full.set()


class Member(asyncio.Protocol):
    """One connection; the head of the first answer that it got."""

    def __init__(self) -> None:
        self.head = b""
        self.was_reset = False
        self.is_over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        if len(self.head) < 2_000:
            self.head += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.was_reset = exc is not None
        self.is_over.set()


@contextmanager
def gathering(port: int, count: int, enough: int, addresses: int = 20) -> Iterator[Crowd]:
    """A crowd on a thread of its own, from so many addresses; ``is_full`` is set once ``enough`` of it are connected at once."""
    crowd = Crowd(port, count, addresses, enough)
    loop = asyncio.new_event_loop()
    until = asyncio.Event()

    def work() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(crowd.run(until))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield crowd
    finally:
        loop.call_soon_threadsafe(until.set)
        thread.join()


@contextmanager
def allowing_files(count: int) -> Iterator[int]:
    """This process may have so many files open, or as many as its hard limit lets it; how many those are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    try:
        yield allowed
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
