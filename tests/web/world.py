"""Nodes that tests ask over a loopback port: in this process, on a thread, or as ``prasasti serve`` in one of its own.

Everything but clocks and keys is the product's.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from nacl.signing import SigningKey

from prasasti.bootstrap import create_ledger, open_node
from prasasti.cli.catalogue import LANGUAGES, Catalogue
from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Contract
from prasasti.core.genesis import compute_chain
from prasasti.engines.parts import list_allowed_parts
from prasasti.services.ledger import Ledger
from prasasti.web.api.app import make_app
from prasasti.web.limits import Limits
from prasasti.web.node import Node
from prasasti.web.server import run
from tests.core.ledger import Signer, build_genesis, key_of, sign, signing_key
from tests.engines.world import WITH_REHEARSAL, Envelopes, found, open_ledger

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
PUBLISHER: Signer = ("publisher-1/publisher", "procurement.publisher")

_nonces = count(1)


@dataclass(frozen=True)
class LogKey:
    """The log's key of the test's genesis."""

    key: SigningKey

    @property
    def public_key(self) -> bytes:
        return self.key.verify_key.encode()

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message).signature


@dataclass(frozen=True)
class Served:
    """A node that listens."""

    address: str
    ledger: Ledger
    node: Node
    envelopes: Envelopes
    client: httpx.Client
    published: Path | None
    stop: threading.Event

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def submit(self, *envelopes: bytes, **options: Any) -> httpx.Response:
        """Send one envelope alone, or several together."""
        body = envelopes[0] if len(envelopes) == 1 else b'{"envelopes":[' + b",".join(envelopes) + b"]}"
        return self.client.post("/v1/transactions", content=body, headers={"content-type": "application/json"}, **options)


@contextmanager
def serving(
    folder: Path, limits: Limits | None = None, *, is_published: bool = True, contracts: Sequence[Contract] = WITH_REHEARSAL, **options: Any
) -> Iterator[Served]:
    """A new ledger, served until the end of the block."""
    if not (folder / "ledger").exists():
        found(folder / "ledger", contracts)
    published = folder / "published" if is_published else None
    signers = [LogKey(signing_key("log"))] if is_published else []
    stop, listening = threading.Event(), threading.Event()
    addresses: list[str] = []
    with (
        open_ledger(folder / "ledger", contracts=contracts) as ledger,
        open_node(ledger, limits or Limits(), published, *signers, contracts=contracts) as node,
    ):
        app = make_app(node, {language: Catalogue(language) for language in LANGUAGES})

        def listen(address: str) -> None:
            node.start()
            addresses.append(address)
            listening.set()

        options = {"on_listening": listen, "on_stopping": node.stop_taking, "stop": stop, "stop_seconds": 20} | options
        server = threading.Thread(target=run, args=(app, "127.0.0.1", 0), kwargs=options)
        server.start()
        try:
            assert listening.wait(PATIENCE_SECONDS)
            with httpx.Client(base_url=addresses[0], trust_env=False, timeout=PATIENCE_SECONDS) as client:
                yield Served(addresses[0], ledger, node, Envelopes(ledger), client, published, stop)
        finally:
            stop.set()
            server.join()
            app.close()


@dataclass(frozen=True)
class Process:
    """``prasasti serve`` in a process of its own."""

    address: str
    process: subprocess.Popen[str]
    chain: str
    log: Path

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def post(self, body: bytes) -> tuple[int, Any]:
        """Send a body to be recorded, on a connection of its own; OSError or HTTPException where no whole answer comes."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)) as connection:
            connection.request("POST", "/v1/transactions", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())


def found_for_process(folder: Path, **changes: Any) -> bytes:
    """A ledger with the product's own contracts; its genesis.json."""
    genesis = build_genesis(CONTRACTS, **{"consensus_parts": list_allowed_parts(), **changes})
    create_ledger(folder, genesis)
    return genesis


@contextmanager
def start_process(folder: Path, genesis: bytes, *options: str, **spawn: Any) -> Iterator[Process]:
    """``prasasti serve`` over a ledger's folder, killed at the end where it still runs."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    log = folder.parent / f"{folder.name}-{next(_nonces)}.log"
    command = [sys.executable, "-c", "from prasasti.cli import main; main()", "--json", "serve", "--ledger", str(folder), "--port", "0"]
    with log.open("w") as errors:
        process = subprocess.Popen([*command, *options], env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, **spawn)
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "listening" in line, line + process.stdout.read() + log.read_text()
            yield Process(json.loads(line)["listening"], process, compute_chain(genesis), log)
        finally:
            process.kill()


def make_envelope(chain: str, action: str, arguments: Any, *signers: Signer, **changes: Any) -> bytes:
    """A signed envelope for a node in another process; the machine's clock is its clock."""
    payload = {
        "action": action,
        "actor": signers[0][0].partition("/")[0],
        "arguments": arguments,
        "chain": chain,
        "expires": int(time.time()) + 80_000,
        "nonce": f"{os.getpid():08x}{threading.get_native_id():08x}{next(_nonces):016x}",
        "signers": [{"key": key_of(name), "role": role} for name, role in signers],
    }
    return sign(payload | changes, [name for name, _ in signers])


def make_release(chain: str, publisher: str = "publisher-1") -> tuple[bytes, bytes]:
    """An envelope that attests the release of a new process, and the release's document."""
    number = next(_nonces)
    body = json.dumps({"number": number, "by": publisher}).encode()
    arguments = {
        "buyer": "XX-1", "date": 1_767_225_600, "ocid": f"ocds-abc123-{number}", "publisher": publisher, "redaction_version": 1,
        "document": {"media_type": "application/json", "sha256": sha256(body).hexdigest(), "size": len(body)},
        "release_id": f"r{number}", "suppliers": ["XX-2"], "tag": ["contract"],
    }  # fmt: skip
    return make_envelope(chain, "procurement.attest_release", arguments, (f"{publisher}/publisher", "procurement.publisher")), body


@contextmanager
def raw_connection(port: int) -> Iterator[socket.socket]:
    """A socket to a node on this machine."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    parts = []
    with suppress(ConnectionError):
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)
