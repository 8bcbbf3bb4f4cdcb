"""The routes of a node. Owns reading requests and writing answers; each handler is one use of ``web.node``."""

from __future__ import annotations

import asyncio
import binascii
import logging
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get, post, put
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.response import Stream
from msgspec import Raw, Struct

from prasasti.core.contract import Registry
from prasasti.core.entries import Receipt
from prasasti.log.proofs import ProofProblem
from prasasti.services.publishing import NothingSigned, prove_transaction, read_signed_note
from prasasti.services.state_proofs import format_list_proof, format_state_proof
from prasasti.storage.documents import MAX_DOCUMENT_BYTES, DocumentRefused, describe_document
from prasasti.web.api.description import HEX, KEY, describe_api
from prasasti.web.api.messages import describe_messages
from prasasti.web.guard import CLIENT, Guard, choose_words, hold_body
from prasasti.web.metrics import CONTENT_TYPE
from prasasti.web.node import Node, wait_for
from prasasti.web.problems import ADMISSION_STATUSES, MEDIA_TYPE, STATUSES, Problem, WordsByLanguage, explain_answer, find_words
from prasasti.web.reading import MAX_FEED_ITEMS, FeedItem, describe_ledger, find_transaction, read_feed, read_value

HEARTBEAT_SECONDS = 15.0
STREAM_ITEMS = 100
JSON = "application/json"
AnyRequest = Request[Any, Any, Any]

logger = logging.getLogger("prasasti.web.api")

_hex = re.compile(HEX.replace("$", r"\Z"))
_key = re.compile(KEY.replace("$", r"\Z"))


class SentDocument(Struct, forbid_unknown_fields=True):
    """A document beside its envelopes; ``body`` in base64."""

    body: str
    media_type: str


class Submission(Struct, forbid_unknown_fields=True):
    """Several envelopes, and documents that they name."""

    envelopes: list[Raw]
    documents: list[SentDocument] = []


class _Shape(Struct):
    """Whether a body is one envelope or a submission of several; both decide anew by their own form."""

    payloadType: Any = None


_shape_decoder = msgspec.json.Decoder(_Shape)
_submission_decoder = msgspec.json.Decoder(Submission)


class Tables:
    """What is told of the messages that act now: made anew when a vote changed which these are."""

    def __init__(self, node: Node, words: WordsByLanguage) -> None:
        self._node = node
        self._words = words
        self._registry: Registry | None = None
        self.description = b""
        self.messages: dict[str, bytes] = {}
        self.now()

    def now(self) -> Tables:
        """These tables, as of now."""
        registry, chain = self._node.registry, self._node.ledger.chain
        if registry is not self._registry:
            self.description = msgspec.json.encode(describe_api(registry, chain, self._node.limits))
            self.messages = {each: _encode_messages(describe_messages(registry, chain), self._words, each) for each in self._words}
            self._registry = registry
        return self


def make_app(node: Node, words: WordsByLanguage) -> Guard:
    """The application of a node, to be served by ``web.server.run``."""
    tables = Tables(node, words)

    @post("/v1/transactions", status_code=200)
    async def submit(request: AnyRequest) -> Response[bytes]:
        _require_json(request)
        wait = _choose(request, "wait", ("receipt", "proof"), "receipt")
        async with hold_body(request.scope, request.receive, node, node.limits.body_bytes) as body:
            is_single, envelopes, documents = read_submission(body, node.limits.envelopes_a_request)
            answers = await node.record(_client(request), envelopes, documents)
        proofs = await _wait_for_proofs(node, answers) if wait == "proof" else {}
        _, chosen = choose_words(request.scope, words)
        if is_single:
            problem = answers[0] if isinstance(answers[0], Problem) else explain_answer(answers[0])
            if problem is not None:
                raise problem
            return _json({"receipt": answers[0]} | ({"proof": proofs.get(0)} if wait == "proof" else {}))
        items: list[dict[str, Any]] = []
        for number, answer in enumerate(answers):
            item: dict[str, Any] = {"receipt": answer} if isinstance(answer, Receipt) else {}
            problem = answer if isinstance(answer, Problem) else explain_answer(answer)
            if problem is not None:
                item["problem"] = problem.describe(chosen)
                item["problem"].pop("receipt", None)
            if wait == "proof":
                item["proof"] = proofs.get(number)
            items.append(item)
        return _json({"answers": items})

    @get("/v1/transactions/{transaction_id:str}")
    async def get_transaction(request: AnyRequest, transaction_id: FromPath[str]) -> Response[bytes]:
        _require(_hex.fullmatch(transaction_id) is not None, "malformed", "an id is 64 lower-case hex digits")
        found = await node.readers.run(lambda ledger: find_transaction(ledger, transaction_id))
        if found is None:
            raise Problem("not_recorded")
        return _json({"receipt": found[0], "entry": Raw(found[1])})

    @get("/v1/transactions/{transaction_id:str}/proof")
    async def get_proof(request: AnyRequest, transaction_id: FromPath[str]) -> Response[bytes]:
        _require(_hex.fullmatch(transaction_id) is not None, "malformed", "an id is 64 lower-case hex digits")
        proof = await _prove(node, transaction_id)
        return Response(proof, media_type="text/plain")

    @put("/v1/documents/{digest:str}", status_code=200)
    async def put_document(request: AnyRequest, digest: FromPath[str]) -> Response[bytes]:
        _require(_hex.fullmatch(digest) is not None, "malformed", "a document is named by its SHA-256, 64 lower-case hex digits")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        async with hold_body(request.scope, request.receive, node, MAX_DOCUMENT_BYTES) as body:
            try:
                document = await node.keep_document(_client(request), digest, media_type, body)
            except DocumentRefused as problem:
                raise Problem("media_type" if body else "malformed", str(problem)) from problem
        return _json(document)

    @get("/v1/state/{key:path}")
    async def get_state(request: AnyRequest, key: FromPath[str]) -> Response[bytes]:
        key = key.removeprefix("/")
        proof = _choose(request, "proof", ("record", "list"), "")
        if proof == "list":
            _require(key.count("/") == 2, "no_key_of_the_state", "a list is contract/list/id")
        _require(_key.fullmatch(key) is not None, "no_key_of_the_state", "contract/kind/id, or more parts, each an identifier")
        if not proof:
            return _json(await node.readers.run(lambda ledger: read_value(ledger, key)))
        return Response(await _prove_state(node, key, proof == "list"), media_type=JSON)

    @get("/v1/ledger")
    async def get_ledger(request: AnyRequest) -> Response[bytes]:
        now = await node.now()
        described = await node.readers.run(lambda ledger: describe_ledger(ledger, now))
        return _json(described | {"published_entries": node.published_size})

    @get("/v1/genesis")
    async def get_genesis(request: AnyRequest) -> Response[bytes]:
        return Response(node.ledger.genesis_bytes, media_type=JSON)

    @get("/v1/messages")
    async def list_messages(request: AnyRequest) -> Response[bytes]:
        language, _ = choose_words(request.scope, words)
        return Response(tables.now().messages[language], media_type=JSON, headers={"content-language": language})

    @get("/v1/events")
    async def read_events(request: AnyRequest) -> Response[Any]:
        is_stream = "text/event-stream" in request.headers.get("accept", "")
        after = _integer(request, "after", -1, -1, 2**53 - 1)
        if is_stream:
            last = request.headers.get("last-event-id", "")
            after = int(last) if last.isascii() and last.isdigit() and len(last) < 17 else after
            node.event_readers.require(_client(request), 1)  # Once the stream has begun, no status tells of it.
            return Stream(
                stream_events(node, _client(request), after), media_type="text/event-stream",
                headers={"cache-control": "no-store", "x-accel-buffering": "no"},
            )  # fmt: skip
        limit = _integer(request, "limit", STREAM_ITEMS, 1, MAX_FEED_ITEMS)
        items = await node.readers.run(lambda ledger: read_feed(ledger, after, limit))
        return _json({"entries": items, "next": items[-1].position if items else after, "log_entries": node.size})

    @get("/v1/problems")
    async def list_problems(request: AnyRequest) -> Response[bytes]:
        _, chosen = choose_words(request.scope, words)
        codes = {**STATUSES, **ADMISSION_STATUSES}
        return _json({"problems": [{"code": code, "status": status, "title": find_words(code, chosen)} for code, status in codes.items()]})

    @get("/v1/problems/{code:str}")
    async def get_problem(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
        _, chosen = choose_words(request.scope, words)
        meaning = find_words(code, chosen)
        _require(meaning != code, "not_found")
        return _json({"code": code, "status": Problem(code).status, "title": meaning})

    @get("/healthz")
    async def get_health(request: AnyRequest) -> Response[bytes]:
        _require(node.fault is None, "halted")
        return _json({"status": "ok"})

    @get("/readyz")
    async def get_readiness(request: AnyRequest) -> Response[bytes]:
        _require(node.fault is None, "halted")
        _require(not node.is_stopping, "stopping")
        _require(not node.clock_problem, "clock")
        return _json({"status": "ready"})

    @get("/metrics")
    async def get_metrics(request: AnyRequest) -> Response[bytes]:
        return Response(node.metrics.format(), media_type=CONTENT_TYPE)

    @get("/openapi.json")
    async def get_description(request: AnyRequest) -> Response[bytes]:
        return Response(tables.now().description, media_type=JSON)

    def answer_problem(request: AnyRequest, problem: Problem) -> Response[bytes]:
        language, chosen = choose_words(request.scope, words)
        node.metrics.problems.labels(problem.code).inc()
        headers = problem.headers | {"content-language": language, "cache-control": "no-store"}
        if problem.retry_seconds:
            headers["retry-after"] = str(problem.retry_seconds)
        return Response(problem.encode(chosen), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)

    def answer_http(request: AnyRequest, problem: HTTPException) -> Response[bytes]:
        codes = {404: "not_found", 405: "not_allowed", 413: "too_large"}
        headers = {name: value for name, value in (problem.headers or {}).items() if name.lower() == "allow"}
        code = codes.get(problem.status_code, "malformed" if problem.status_code < 500 else "bug")
        return answer_problem(request, Problem(code, headers=headers))

    def answer_bug(request: AnyRequest, problem: Exception) -> Response[bytes]:
        logger.error("a request met a bug", exc_info=problem)
        return answer_problem(request, Problem("bug"))

    routes = [
        submit, get_transaction, get_proof, put_document, get_state, get_ledger, get_genesis, list_messages,
        read_events, list_problems, get_problem, get_health, get_readiness, get_metrics, get_description,
    ]  # fmt: skip
    app = Litestar(
        routes, openapi_config=None, logging_config=None, request_max_body_size=None, pdb_on_exception=False, debug=False,
        exception_handlers={Problem: answer_problem, HTTPException: answer_http, Exception: answer_bug},
    )  # fmt: skip
    return Guard(app, node, words)


def read_submission(body: bytes, max_envelopes: int) -> tuple[bool, Sequence[bytes], dict[str, bytes]]:
    """Whether it is one envelope alone, the envelopes, and the documents by hash; Problem."""
    try:
        if _shape_decoder.decode(body).payloadType is not None:
            return True, [body], {}
        submission = _submission_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Problem("malformed", f"the body is neither an envelope nor an object of envelopes and documents: {problem}") from problem
    if not 1 <= len(submission.envelopes) <= max_envelopes:
        raise Problem(
            "too_many" if submission.envelopes else "malformed", f"{len(submission.envelopes)} envelopes; 1 to {max_envelopes} are taken"
        )
    documents = {}
    for number, sent in enumerate(submission.documents):
        try:
            bytes_sent = b64decode(sent.body, validate=True)
            documents[describe_document(bytes_sent, sent.media_type).sha256] = bytes_sent
        except (binascii.Error, ValueError) as problem:
            raise Problem("malformed", f"document {number}: {problem}") from problem
    return False, [bytes(each) for each in submission.envelopes], documents


async def stream_events(node: Node, client: str, after: int) -> AsyncIterator[bytes]:
    """Server-sent events (the HTML standard): an entry each, its position as id; comments keep the connection alive."""
    with node.event_readers.hold(client, 1):
        yield b"retry: 2000\n\n"
        while True:
            news = node.news.listen()
            if node.is_stopping:
                return
            items = await node.readers.run(partial(read_feed, after=after, limit=STREAM_ITEMS))
            if items:
                yield b"".join(_encode_event(item) for item in items)
                after = items[-1].position
            elif not await wait_for(news, HEARTBEAT_SECONDS):
                yield b": still here\n\n"


def _encode_event(item: FeedItem) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (item.position, item.kind.encode(), msgspec.json.encode(item))


async def _wait_for_proofs(node: Node, answers: Sequence[Receipt | Problem]) -> dict[int, str]:
    """Proofs of what was recorded, by its place among the answers; none of what is not published in time."""
    recorded = {number: answer for number, answer in enumerate(answers) if isinstance(answer, Receipt)}
    if not recorded or not await node.wait_published(max(receipt.position for receipt in recorded.values())):
        return {}
    return {number: (await _prove(node, receipt.id)).decode() for number, receipt in recorded.items()}


async def _prove(node: Node, transaction_id: str) -> bytes:
    try:
        return await node.readers.run(lambda ledger: prove_transaction(ledger, transaction_id))
    except KeyError as problem:
        raise Problem("not_recorded") from problem
    except NothingSigned as problem:
        raise Problem("not_published", str(problem), retry_seconds=1) from problem


async def _prove_state(node: Node, key: str, as_list: bool) -> bytes:
    if node.publisher is not None:
        try:
            async with asyncio.timeout(node.limits.proof_wait_seconds):
                return await asyncio.wrap_future(node.publisher.prove(key, as_list))
        except TimeoutError as problem:
            raise Problem("not_published", retry_seconds=5) from problem
    make = format_list_proof if as_list else format_state_proof
    try:
        return await node.readers.run(lambda ledger: make(ledger.database, read_signed_note(ledger), key))
    except (NothingSigned, ProofProblem) as problem:
        raise Problem("not_published", str(problem), retry_seconds=1) from problem


def _encode_messages(messages: list[dict[str, Any]], words: WordsByLanguage, language: str) -> bytes:
    for message in messages:
        for refusal in message["refusals"]:
            refusal["words"] = find_words(refusal["number"], words[language])
    return msgspec.json.encode({"messages": messages})


def _json(value: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(value), media_type=JSON)


def _client(request: AnyRequest) -> str:
    scope: Any = request.scope
    return str(scope[CLIENT])


def _require(holds: bool, code: str, detail: str = "") -> None:
    if not holds:
        raise Problem(code, detail)


def _require_json(request: AnyRequest) -> None:
    media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    _require(media_type == JSON, "media_type", f"send {JSON}")


def _choose(request: AnyRequest, name: str, values: tuple[str, ...], default: str) -> str:
    value = request.query_params.get(name)
    if value is None:
        return default
    _require(value in values, "malformed", f"{name} is one of {', '.join(values)}")
    return str(value)


def _integer(request: AnyRequest, name: str, default: int, lowest: int, highest: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    value = int(text) if re.fullmatch("-?[0-9]{1,17}", text, re.ASCII) else lowest - 1
    _require(lowest <= value <= highest, "malformed", f"{name} is an integer from {lowest} to {highest}")
    return value
