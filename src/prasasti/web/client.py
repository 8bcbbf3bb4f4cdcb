"""A node as commands use it: a ledger (``services.ledger.Ledger``) whose parts are asked for over HTTP.

Owns trying again where the node says when; an envelope sent again has the answer that it had. What only the ledger's own
folder can answer is refused in words. Proxies and trusted certificates come from the environment, as httpx reads it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar, cast

import httpx
import msgspec
from msgspec import Struct

from prasasti.contracts.versions import ContractVersions
from prasasti.core.admission import Inadmissible
from prasasti.core.contract import Record
from prasasti.core.entries import Receipt
from prasasti.core.genesis import compute_chain, decode_genesis
from prasasti.core.types import Document
from prasasti.services.ledger import Answer, Ledger
from prasasti.storage.documents import DocumentStore, describe_document
from prasasti.storage.ledger_database import LedgerDatabase

TIMEOUT_SECONDS = 120.0
TRIES = 6
LONGEST_PAUSE_SECONDS = 30.0
ENVELOPES_A_REQUEST = 100
JSON = {"content-type": "application/json"}

Kind = TypeVar("Kind")

_address = re.compile(r"https?://[^/?#\s]+/?")


class NodeProblem(ConnectionError):
    """A node cannot be reached, or does not do what is asked; the message says which and why."""


class _Value(Struct):
    value: msgspec.Raw


class _Details(Struct):
    title: str = ""
    code: str = ""
    detail: str = ""
    receipt: Receipt | None = None


class _Item(Struct):
    receipt: Receipt | None = None
    problem: _Details | None = None


class _Answers(Struct):
    answers: list[_Item]


class _Ledger(Struct):
    height: int
    now: int


@contextmanager
def open_remote(address: str, registry_for: Callable[[bytes], ContractVersions]) -> Iterator[Ledger]:
    """The ledger that a node serves, to write to; ``registry_for`` gives the contracts that a genesis names. NodeProblem.

    The registry is of the versions that act in the node's next block; ContractMismatch where this program lacks one.
    """
    if _address.fullmatch(address) is None:
        raise NodeProblem(f"{address} is no address of a node; it is one such as https://node.example or http://127.0.0.1:8080")
    with httpx.Client(base_url=address, timeout=TIMEOUT_SECONDS) as http:
        node = NodeClient(http)
        genesis_bytes = node.ask("GET", "/v1/genesis").content
        yield Ledger(
            folder=Path(), genesis_bytes=genesis_bytes, genesis=decode_genesis(genesis_bytes), chain=compute_chain(genesis_bytes),
            registry=registry_for(genesis_bytes).at(node, node.read_height() + 1), database=cast(LedgerDatabase, _Elsewhere()),
            documents=cast(DocumentStore, _RemoteDocuments(node)), state=node, submit=node.submit, now=node.now,
        )  # fmt: skip


class NodeClient:
    """What is asked of a node. It keeps the records that it read until it sends something: half of what a command reads it reads again."""

    def __init__(self, http: httpx.Client, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http = http
        self._sleep = sleep
        self._records: dict[str, bytes] = {}

    def get(self, key: str, kind: type[Record]) -> Record | None:
        """A committed record (``core.contract.View``), as the node tells it; nothing is proved."""
        if key not in self._records:
            self._records[key] = bytes(_decode(self.ask("GET", f"/v1/state/{key}"), _Value).value)
        value = self._records[key]
        return msgspec.json.decode(value, type=kind) if value != b"null" else None

    def now(self) -> int:
        """Application time of a block that the node would seal now."""
        return _decode(self.ask("GET", "/v1/ledger"), _Ledger).now

    def read_height(self) -> int:
        """Height of the node's newest block."""
        return _decode(self.ask("GET", "/v1/ledger"), _Ledger).height

    def submit(self, envelopes: Sequence[bytes]) -> list[Answer]:
        """Answers to envelopes, in their order, once what they acknowledge is durable at the node."""
        self._records.clear()
        answers: list[Answer] = []
        for start in range(0, len(envelopes), ENVELOPES_A_REQUEST):
            part = envelopes[start : start + ENVELOPES_A_REQUEST]
            body = b'{"envelopes":[' + b",".join(part) + b"]}"
            items = _decode(self.ask("POST", "/v1/transactions", body, JSON), _Answers).answers
            if len(items) != len(part):
                raise NodeProblem(f"{self._http.base_url} gave {len(items)} answers to {len(part)} envelopes")
            answers += [_read_item(item) for item in items]
        return answers

    def put_document(self, body: bytes, media_type: str) -> Document:
        """Send a document ahead of the transaction that names it; DocumentRefused."""
        document = describe_document(body, media_type)
        self.ask("PUT", f"/v1/documents/{document.sha256}", body, {"content-type": media_type})
        return document

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> httpx.Response:
        """An answer that is a success; where the node asks for patience, after trying again."""
        for left in reversed(range(TRIES)):
            try:
                answer = self._http.request(method, path, content=body or None, headers=headers)
            except httpx.HTTPError as problem:
                raise NodeProblem(f"{self._http.base_url}: {str(problem) or type(problem).__name__}") from problem
            if answer.is_success:
                return answer
            pause = answer.headers.get("retry-after", "")
            if answer.status_code not in (429, 503) or not pause.isdecimal() or not left:
                raise NodeProblem(f"{self._http.base_url}{path.removeprefix('/')}: {_spell(answer)}")
            self._sleep(min(LONGEST_PAUSE_SECONDS, float(pause)))
        raise NodeProblem(f"{self._http.base_url} does not answer")


class _RemoteDocuments:
    """What a command that writes needs of a document store."""

    def __init__(self, node: NodeClient) -> None:
        self._node = node

    def put(self, documents: Iterable[tuple[bytes, str]]) -> list[Document]:
        """Send documents ahead."""
        return [self._node.put_document(body, media_type) for body, media_type in documents]

    def __getattr__(self, name: str) -> NoReturn:
        _refuse()


class _Elsewhere:
    """A database that is not here."""

    def __getattr__(self, name: str) -> NoReturn:
        _refuse()


def _refuse() -> NoReturn:
    raise NodeProblem("this needs the ledger's own folder: run it with --ledger, where the node is stopped")


def _read_item(item: _Item) -> Answer:
    if item.receipt is not None:
        return item.receipt
    if item.problem is None:
        raise NodeProblem("the node gave an answer that is neither a receipt nor a problem")
    if not item.problem.code.startswith("admission."):
        raise NodeProblem(f"{item.problem.title} ({item.problem.code})")
    return Inadmissible(item.problem.code, item.problem.detail)


def _decode(answer: httpx.Response, kind: type[Kind]) -> Kind:
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except ValueError as problem:
        raise NodeProblem(f"{answer.url} gave no answer of a node: {problem}") from problem


def _spell(answer: httpx.Response) -> str:
    try:
        details = msgspec.json.decode(answer.content, type=_Details)
    except ValueError:
        return f"HTTP status {answer.status_code}"
    return f"{details.title or answer.status_code} ({details.code or answer.status_code}){f': {details.detail}' if details.detail else ''}"
