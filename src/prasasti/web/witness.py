"""A witness over HTTP: ``add-checkpoint`` (C2SP tlog-witness), its latest checkpoints, documents.

Owns routes, the limits on bodies, and how much of the witness one client may have: anybody may ask it. What is answered
is decided by ``prasasti.services.witnessing``.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Request, Response, get, post, put
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from prasasti.log.witness import MAX_REQUEST_BYTES, Answer, refuse
from prasasti.log.witness_documents import count_disk_bytes
from prasasti.services.witnessing import DocumentKeeper, Witness
from prasasti.web.limits import Buckets, Budget, name_client
from prasasti.web.problems import Problem

DAY_SECONDS = 86_400
# A document is whole in memory while it is checked: of the largest so many at once, and sixteen times as many small ones.
DOCUMENTS_AT_ONCE = 4
SMALL_TOGETHER = 16
# Documents wait for the disk in threads of their own, so that checkpoints do not wait for documents.
DOCUMENT_THREADS = 2
PART_BYTES = 65_536
HELD = "prasasti.held"

App = Callable[[Any, Any, Any], Awaitable[None]]

logger = logging.getLogger("prasasti.witness")


@dataclass(frozen=True, slots=True)
class WitnessLimits:
    """What one client (an address, of IPv6 a /64) may have. 0 ``document_bytes_a_day``: a tenth of what is kept in all."""

    requests_per_second: float = 100
    burst_seconds: float = 5
    document_bytes_a_day: int = 0
    wait_seconds: float = 10
    grace_seconds: float = 20
    bytes_per_second: int = 16_384


class Refused(Exception):
    """An answer that ends a request early, and after how many seconds to come again."""

    def __init__(self, answer: Answer, retry_seconds: float = 0) -> None:
        super().__init__(answer.status)
        self.answer = answer
        self.retry_seconds = retry_seconds


class Shares:
    """What clients have of a witness now. On the event loop's thread alone."""

    def __init__(self, witness: Witness, limits: WitnessLimits) -> None:
        keeper = witness.documents
        largest, most = (keeper.largest_bytes, keeper.most_bytes) if keeper is not None else (0, 0)
        bytes_a_day = limits.document_bytes_a_day or max(1, most // 10)
        self.limits = limits
        self.small_bytes = max(1, largest // SMALL_TOGETHER)
        self._requests = Buckets(limits.requests_per_second, limits.requests_per_second * limits.burst_seconds)
        self._document_bytes = Buckets(bytes_a_day / DAY_SECONDS, bytes_a_day)
        # Apart, so that who reads slowly keeps nobody from putting.
        self.coming, self.going = (Budget(DOCUMENTS_AT_ONCE * largest, DOCUMENTS_AT_ONCE * largest // 2, "full", "share") for _ in range(2))

    def admit(self, request: Request[Any, Any, Any]) -> None:
        """Refused where a client asks too often."""
        seconds = self._requests.take(name_asker(request))
        if seconds:
            raise Refused(refuse(429, "too many requests; ask again later"), seconds)

    def require_room(self, client: str) -> None:
        """Refused where a client has put what it may in a day: what is kept is kept for years."""
        level = self._document_bytes.level(client)
        if level < 1:
            raise Refused(refuse(429, "this address has put as many bytes as it may in a day"), (1 - level) / self._document_bytes.rate)

    def note_kept(self, client: str, size: int) -> None:
        """A client has put a document of that size."""
        self._document_bytes.charge(client, count_disk_bytes(size))


class Memory:
    """What one document takes of a budget, until ``release``."""

    def __init__(self, budget: Budget, client: str, least_bytes: int) -> None:
        self._budget, self._client = budget, client
        self._counted = self._bytes = 0
        self._take(least_bytes)

    def add(self, count: int) -> None:
        """So many bytes of it more; Refused."""
        self._bytes += count
        if self._bytes > self._counted:
            self._take(self._bytes - self._counted)

    def release(self) -> None:
        """Nothing of it is in memory any more."""
        self._budget.give_back(self._client, self._counted)
        self._counted = 0

    def _take(self, count: int) -> None:
        try:
            self._budget.add(self._client, count)
        except Problem as problem:
            status = 503 if problem.code == "full" else 429
            raise Refused(refuse(status, "other documents are under way; try again"), 5) from problem
        self._counted += count


def make_witness_app(witness: Witness, limits: WitnessLimits | None = None) -> App:
    """The ASGI application of a witness."""
    shares = Shares(witness, limits or WitnessLimits())
    threads = ThreadPoolExecutor(DOCUMENT_THREADS, "documents")

    @post("/add-checkpoint", status_code=200)
    async def add_checkpoint(request: Request[Any, Any, Any]) -> Response[bytes]:
        body = await read_body(request, MAX_REQUEST_BYTES, shares.limits)
        return respond(await _answer(lambda: witness.add_checkpoint(body)))

    @get("/{origin_hash:str}/checkpoint")
    async def read_latest(origin_hash: FromPath[str]) -> Response[bytes]:
        return respond(await _answer(lambda: witness.read_latest(origin_hash)))

    @put("/documents/{digest:str}", status_code=200)
    async def put_document(
        request: Request[Any, Any, Any],
        digest: FromPath[str],
        chain: FromQuery[str | None] = None,
        keep_until: FromQuery[str | None] = None,
    ) -> Response[bytes]:
        keeper, client = _require_keeper(witness), name_asker(request)
        shares.require_room(client)
        memory = _hold(request, shares.coming, shares.small_bytes)
        body = await read_body(request, keeper.largest_bytes, shares.limits, memory)
        answer = await _answer(lambda: keeper.put(digest, body, chain, keep_until), threads)
        if answer.status == 200:
            shares.note_kept(client, len(body))
        return respond(answer)

    @get("/documents/{digest:str}")
    async def get_document(request: Request[Any, Any, Any], digest: FromPath[str]) -> Response[Any]:
        keeper = _require_keeper(witness)
        _hold(request, shares.going, max(shares.small_bytes, keeper.read_size(digest)))
        answer = await _answer(lambda: keeper.get(digest), threads)
        headers = _make_headers(answer) | {"content-length": str(len(answer.body))}
        return Stream(send_parts(answer.body, shares.limits), status_code=answer.status, headers=headers)

    @get("/health")
    async def health() -> Response[bytes]:
        return respond(Answer(200, f"{witness.key.name}\n".encode()))

    app = Litestar(
        [add_checkpoint, read_latest, put_document, get_document, health],
        before_request=shares.admit,
        exception_handlers={Refused: lambda _, refused: respond(refused.answer, refused.retry_seconds)},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,  # Each route has its own limit.
    )

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        held: list[Memory] = []
        scope[HELD] = held
        try:
            await app(scope, receive, send)
        finally:
            # However the request ended, also where its answer never began.
            for memory in held:
                memory.release()

    return answer


def name_asker(request: Request[Any, Any, Any]) -> str:
    """The client that asks."""
    return name_client(request.client.host if request.client is not None else "")


async def read_body(request: Request[Any, Any, Any], most_bytes: int, limits: WitnessLimits, memory: Memory | None = None) -> bytes:
    """The body, read no further than the limit and no longer than a patient sender needs; Refused with 413, 408, 429, 503."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and len(announced) < 16 and int(announced) > most_bytes:
        raise Refused(refuse(413, f"a body has {most_bytes} bytes at most here"))
    parts: list[bytes] = []
    size, started = 0, time.monotonic()
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(limits.wait_seconds):
                part = await anext(stream, None)
            if part is None:
                return b"".join(parts)
            size += len(part)
            if size > most_bytes:
                raise Refused(refuse(413, f"a body has {most_bytes} bytes at most here"))
            if _is_slow(started, size, limits):
                raise TimeoutError
            if memory is not None:
                memory.add(len(part))
            parts.append(part)
    except TimeoutError:
        raise Refused(refuse(408, f"the body came more slowly than {limits.bytes_per_second} bytes a second")) from None


async def send_parts(body: bytes, limits: WitnessLimits) -> AsyncIterator[bytes]:
    """A body to whoever reads it at the pace of a patient sender; otherwise it breaks off, which the reader sees."""
    started = time.monotonic()
    for start in range(0, len(body), PART_BYTES):
        if _is_slow(started, start, limits):
            raise ConnectionAbortedError("the answer was read too slowly")
        yield body[start : start + PART_BYTES]


def _hold(request: Request[Any, Any, Any], budget: Budget, least_bytes: int) -> Memory:
    """Memory for a document until the request ends; Refused."""
    memory = Memory(budget, name_asker(request), least_bytes)
    scope: Any = request.scope
    scope[HELD].append(memory)
    return memory


def _is_slow(started: float, done_bytes: int, limits: WitnessLimits) -> bool:
    return time.monotonic() - started > limits.grace_seconds + done_bytes / limits.bytes_per_second


def respond(answer: Answer, retry_seconds: float = 0) -> Response[bytes]:
    """An answer as Litestar sends it."""
    return Response(answer.body, status_code=answer.status, headers=_make_headers(answer, retry_seconds))


def _make_headers(answer: Answer, retry_seconds: float = 0) -> dict[str, str]:
    # As a header: Litestar would append a character set to text/x.tlog.size, which the protocol spells exactly.
    headers = {"content-type": answer.content_type, "x-content-type-options": "nosniff"}
    seconds = max(1, round(retry_seconds)) if retry_seconds else 5 if answer.status == 503 else 0
    return headers | ({"retry-after": str(seconds)} if seconds else {})


async def _answer(decide: Callable[[], Answer], threads: ThreadPoolExecutor | None = None) -> Answer:
    """Decide in a thread, since it waits for the disk; a failure of the disk or the key is ours, and is told as such."""
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, decide)
    except Exception as problem:
        logger.exception("a request could not be answered")
        if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
            return refuse(507, "the disk of this store is full")
        return refuse(500, "the witness could not do it; its own record says why")


def _require_keeper(witness: Witness) -> DocumentKeeper:
    if witness.documents is None:
        raise Refused(refuse(404, "this witness keeps no documents"))
    return witness.documents
