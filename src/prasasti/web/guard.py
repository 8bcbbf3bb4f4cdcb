"""What stands in front of every route: the client's rate, its patience, published files, the log line, the figures.

Owns the body of a request: how long it may be, how slow, and how much of all bodies is held in memory. A plain ASGI
application around another.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from prasasti.web.files import COPYING, PublishedFiles, is_file_path
from prasasti.web.limits import Buckets, name_client
from prasasti.web.logs import REQUESTS, mark
from prasasti.web.node import Node
from prasasti.web.problems import MEDIA_TYPE, Problem, Words, WordsByLanguage, choose_language

DRAIN_SECONDS = 2.0
DRAIN_BYTES = 64 * 2**20
CLIENT, ROUTE = "prasasti.client", "prasasti.route"
PRIVATE_HEADERS = [(b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"default-src 'none'; sandbox")]

# ASGI's own, whose every framework has other types for the same dictionaries.
Scope = Any
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

logger = logging.getLogger(REQUESTS)


class Guard:
    """The outermost application."""

    def __init__(self, app: App, node: Node, words: WordsByLanguage) -> None:
        self._app = app
        self._node = node
        self._words = words
        self._files = PublishedFiles(node.published) if node.published is not None else None
        limits = node.limits
        self._requests = Buckets(limits.requests_per_second, limits.requests_per_second * limits.burst_seconds)
        self._file_requests = Buckets(limits.files_per_second, limits.files_per_second * limits.burst_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send)
        scope[CLIENT] = name_client(scope["client"][0] if scope.get("client") else "")
        try:
            await self._answer(scope, exchange)
        except Problem as problem:
            await self._refuse(scope, exchange, problem)
        except Exception:
            logger.exception("a request met a bug")
            await self._refuse(scope, exchange, Problem("bug"))
        finally:
            self._note(scope, exchange)

    def close(self) -> None:
        """End the threads that read files."""
        if self._files is not None:
            self._files.close()

    async def _answer(self, scope: Scope, exchange: Exchange) -> None:
        is_file = is_file_path(scope["path"])
        buckets = self._file_requests if is_file else self._requests
        seconds = buckets.take(scope[CLIENT])
        if seconds:
            raise Problem("too_often", retry_seconds=max(1, round(seconds)))
        if not is_file:
            await self._app(scope, exchange.receive, exchange.send)
            return
        scope[ROUTE] = "files"
        if scope["method"] not in ("GET", "HEAD"):
            raise Problem("not_allowed", headers={"allow": "GET, HEAD"})
        if self._files is None:
            raise Problem("not_found", "this node shows no published folder")
        await self._files.show(scope, exchange.send)

    async def _refuse(self, scope: Scope, exchange: Exchange, problem: Problem) -> None:
        if exchange.status:
            raise ConnectionAbortedError("the answer broke off")  # The server closes the connection: the client sees that it is not whole.
        language, words = choose_words(scope, self._words)
        await send_problem(exchange.send, problem, language, words)
        self._node.metrics.problems.labels(problem.code).inc()

    def _note(self, scope: Scope, exchange: Exchange) -> None:
        seconds = time.monotonic() - exchange.started
        route = scope.get(ROUTE) or scope.get("path_template") or "none"
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "PUT") else "other"
        self._node.metrics.requests.labels(method, route, exchange.status).inc()
        self._node.metrics.seconds.labels(route).observe(seconds)
        facts = {
            "method": method, "route": route, "status": exchange.status, "milliseconds": round(seconds * 1_000, 1),
            "bytes_in": exchange.bytes_in, "bytes_out": exchange.bytes_out, "client": mark(scope[CLIENT]),
        }  # fmt: skip
        # Each command reads the state a dozen times: of what was only read, and found, the figures tell enough.
        is_read = method in ("GET", "HEAD") and 200 <= exchange.status < 400
        logger.log(logging.DEBUG if is_read else logging.INFO, "request", extra={"facts": facts})


class Exchange:
    """One request and its answer: counts them, and lets a body that nobody reads come to an end before the answer does.

    A connection that is closed while its client still sends is reset, and the client may never see the answer.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.started = time.monotonic()
        self.status = 0
        self.bytes_in = 0
        self.bytes_out = 0
        headers = {name for name, _ in scope["headers"]}
        self._is_body_read = b"content-length" not in headers and b"transfer-encoding" not in headers

    async def receive(self) -> Event:
        """The next event of the request."""
        event: Event = await self._receive()
        if event["type"] == "http.request":
            self.bytes_in += len(event.get("body", b""))
            self._is_body_read = self._is_body_read or not event.get("more_body", False)
        return event

    async def send(self, event: Event) -> None:
        """Send a part of the answer."""
        if event["type"] == "http.response.start":
            self.status = event["status"]
            closing = [] if self._is_body_read else [(b"connection", b"close")]
            event = event | {"headers": [*event.get("headers", []), *PRIVATE_HEADERS, *closing]}
        elif event["type"] == "http.response.body":
            self.bytes_out += len(event.get("body", b""))
            if not event.get("more_body", False) and not self._is_body_read:
                await self._send(event | {"more_body": True})
                await self._drain()
                event = {"type": "http.response.body", "body": b""}
        elif event["type"] == COPYING:
            self.bytes_out += event["count"]
        await self._send(event)

    async def _drain(self) -> None:
        limit = self.bytes_in + DRAIN_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._is_body_read and self.bytes_in < limit:
                    event = await self.receive()
                    if event["type"] == "http.disconnect":
                        return


@asynccontextmanager
async def hold_body(scope: Scope, receive: Receive, node: Node, max_bytes: int) -> AsyncIterator[bytes]:
    """The body of a request, counted against the memory of all while it is held; Problem: too_large, slow, malformed."""
    client = str(scope[CLIENT])
    held = 0
    try:
        announced = _read_length(scope)
        if announced > max_bytes:
            raise Problem("too_large", f"the body has {announced} bytes, at most {max_bytes} are taken")
        chunks: list[bytes] = []
        length = 0
        started = time.monotonic()
        while True:
            event = await _receive_in_time(receive, node, started, length)
            chunk = event.get("body", b"")
            length += len(chunk)
            if length > max_bytes:
                raise Problem("too_large", f"the body has more than {max_bytes} bytes")
            node.memory.add(client, len(chunk))
            held += len(chunk)
            chunks.append(chunk)
            if not event.get("more_body", False):
                break
        body = b"".join(chunks)
        chunks.clear()
        yield body
    finally:
        node.memory.give_back(client, held)


async def _receive_in_time(receive: Receive, node: Node, started: float, length: int) -> Event:
    limits = node.limits
    spent_seconds = time.monotonic() - started
    if spent_seconds > limits.body_grace_seconds + length / limits.body_bytes_per_second:
        raise Problem("slow", f"{length} bytes of the body came in {spent_seconds:.0f} s")
    try:
        async with asyncio.timeout(limits.body_wait_seconds):
            event: Event = await receive()
    except TimeoutError as problem:
        raise Problem("slow", f"no more of the body came for {limits.body_wait_seconds:.0f} s") from problem
    if event["type"] == "http.disconnect":
        raise Problem("slow", "the client went away")
    return event


def _read_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 16 else 0
    return 0


def choose_words(scope: Scope, words: WordsByLanguage) -> tuple[str, Words]:
    """The language that a request asks for, and its words."""
    asked = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"), "")
    language = choose_language(asked)
    return language, words[language]


async def send_problem(send: Send, problem: Problem, language: str, words: Words) -> None:
    """Answer with problem details."""
    body = problem.encode(words)
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), "content-language": language, "cache-control": "no-store"}
    if problem.retry_seconds:
        headers["retry-after"] = str(problem.retry_seconds)
    pairs = [(name.encode(), value.encode()) for name, value in (headers | problem.headers).items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
