"""A witness over HTTP: ``add-checkpoint`` (C2SP tlog-witness), its latest checkpoints, documents.

Owns routes and the limits on bodies. What is answered is decided by ``prasasti.services.witnessing``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from litestar import Litestar, Request, Response, get, post, put
from litestar.params import FromPath, FromQuery

from prasasti.log.witness import MAX_REQUEST_BYTES, Answer, refuse
from prasasti.services.witnessing import DocumentKeeper, Witness

# A document is whole in memory while it is checked: so many at once.
DOCUMENTS_AT_ONCE = 4
BODY_SECONDS = 120.0

logger = logging.getLogger("prasasti.witness")


class Refused(Exception):
    """An answer that ends a request early."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def make_witness_app(witness: Witness) -> Litestar:
    """The ASGI application of a witness."""
    documents_at_once = asyncio.Semaphore(DOCUMENTS_AT_ONCE)

    @post("/add-checkpoint", status_code=200)
    async def add_checkpoint(request: Request[Any, Any, Any]) -> Response[bytes]:
        body = await read_body(request, MAX_REQUEST_BYTES)
        return await _answer(lambda: witness.add_checkpoint(body))

    @get("/{origin_hash:str}/checkpoint")
    async def read_latest(origin_hash: FromPath[str]) -> Response[bytes]:
        return await _answer(lambda: witness.read_latest(origin_hash))

    @put("/documents/{digest:str}", status_code=200)
    async def put_document(
        request: Request[Any, Any, Any],
        digest: FromPath[str],
        chain: FromQuery[str | None] = None,
        keep_until: FromQuery[str | None] = None,
    ) -> Response[bytes]:
        keeper = _require_keeper(witness)
        if documents_at_once.locked():
            raise Refused(refuse(503, "other documents are being stored; try again"))
        async with documents_at_once:
            body = await read_body(request, keeper.largest_bytes)
            return await _answer(lambda: keeper.put(digest, body, chain, keep_until))

    @get("/documents/{digest:str}")
    async def get_document(digest: FromPath[str]) -> Response[bytes]:
        keeper = _require_keeper(witness)
        return await _answer(lambda: keeper.get(digest))

    @get("/health")
    async def health() -> Response[bytes]:
        return respond(Answer(200, f"{witness.key.name}\n".encode()))

    return Litestar(
        [add_checkpoint, read_latest, put_document, get_document, health],
        exception_handlers={Refused: lambda _, refused: respond(refused.answer)},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,  # Each route has its own limit.
    )


async def read_body(request: Request[Any, Any, Any], most_bytes: int) -> bytes:
    """The body, read no further than the limit and no longer than a patient sender needs; Refused with 413 or 408."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > most_bytes:
                    raise Refused(refuse(413, f"a body has {most_bytes} bytes at most here"))
                parts.append(part)
    except TimeoutError:
        raise Refused(refuse(408, f"the body did not come within {BODY_SECONDS:g} s")) from None
    return b"".join(parts)


def respond(answer: Answer) -> Response[bytes]:
    """An answer as Litestar sends it."""
    # As a header: Litestar would append a character set to text/x.tlog.size, which the protocol spells exactly.
    headers = {"content-type": answer.content_type, "x-content-type-options": "nosniff"}
    return Response(answer.body, status_code=answer.status, headers=headers | ({"retry-after": "5"} if answer.status == 503 else {}))


async def _answer(decide: Callable[[], Answer]) -> Response[bytes]:
    """Decide in a thread, since it waits for the disk; a failure of the disk or the key is ours, and is told as such."""
    try:
        return respond(await asyncio.to_thread(decide))
    except Exception:
        logger.exception("a request could not be answered")
        return respond(refuse(500, "the witness could not do it; its own record says why"))


def _require_keeper(witness: Witness) -> DocumentKeeper:
    if witness.documents is None:
        raise Refused(refuse(404, "this witness keeps no documents"))
    return witness.documents
