"""What a node must survive: kills under load, a stop under load, a full disk, a halted engine; and what its log never holds."""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import resource
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from prasasti.bootstrap import open_for_reading
from prasasti.contracts.offices import key_key
from prasasti.core.entries import read_accepted
from prasasti.core.envelope import compute_id, decode_envelope
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import find_documents
from prasasti.integrations.signers import create_training_key
from prasasti.services.check_state import check_state
from prasasti.web.node import Halted
from tests.core.ledger import key_of, signing_key
from tests.verify.running import run as verify
from tests.web.test_limits import WIDE
from tests.web.test_routes import expect_problem
from tests.web.world import PATIENCE_SECONDS, PUBLISHER, Process, found_for_process, make_envelope, make_release, serving, start_process

ROUNDS, LONG_ROUNDS, ROUNDS_A_LEDGER = 20, 1_000, 50
SENDERS = 4
BROKEN = (OSError, http.client.HTTPException, json.JSONDecodeError)


def make_body(chain: str, number: int) -> tuple[list[str], bytes]:
    """One envelope alone, or several with the documents that they name; ids, and the body that sends them."""
    if number % 2:
        envelope = make_envelope(chain, "governance.advance_clock", {"seconds": 1}, ("agency-1/officer", "governance.officer"))
        return [id_of(envelope)], envelope
    made = [make_release(chain) for _ in range(3)]
    documents = [{"media_type": "application/json", "body": base64.b64encode(document).decode()} for _, document in made]
    body = {"envelopes": [json.loads(envelope) for envelope, _ in made], "documents": documents}
    return [id_of(envelope) for envelope, _ in made], json.dumps(body).encode()


def id_of(envelope: bytes) -> str:
    return compute_id(decode_envelope(envelope)[1])


@dataclass
class Load:
    """Senders that go on until the node breaks off; what was acknowledged, the statuses of all answers, and what was refused whole."""

    process: Process
    acknowledged: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    problems: list[Any] = field(default_factory=list)
    refused: list[tuple[int, Any]] = field(default_factory=list)

    def run(self, until: Callable[[], bool]) -> None:
        """Send until that holds, or nothing answers any more."""
        number = 0
        while not until():
            number += 1
            ids, body = make_body(self.process.chain, number)
            try:
                status, answer = self.process.post(body)
            except BROKEN:
                return
            self.statuses.append(status)
            if status == 200:
                items = answer.get("answers", [answer])
                self.acknowledged += [each for each, item in zip(ids, items, strict=True) if "receipt" in item and "problem" not in item]
                self.problems += [item["problem"] for item in items if "problem" in item]
            else:
                self.refused.append((status, answer))


def run_load(process: Process, stop: Callable[[], None]) -> Load:
    """Several senders at once while ``stop`` runs, until each is broken off."""
    load = Load(process)
    senders = [threading.Thread(target=load.run, args=(lambda: False,)) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    stop()
    for sender in senders:
        sender.join(PATIENCE_SECONDS)
        assert not sender.is_alive()
    return load


def check_survived(folder: Path, acknowledged: Sequence[str]) -> None:
    """Every row agrees with every other, what was acknowledged is there, and so is every document that an entry names."""
    with open_for_reading(folder) as ledger:
        assert check_state(ledger.database).difference is None
        assert [each for each in acknowledged if ledger.database.find_position(each) is None] == []
        for _, entry in ledger.database.entries(0, ledger.database.size()):
            transaction = read_accepted(entry)
            for document in find_documents(transaction.payload["arguments"]) if transaction is not None else ():
                assert ledger.documents.read(document.sha256) is not None


def kill_rounds(folder: Path, rounds: int, seed: int) -> int:
    """Rounds of load and SIGKILL on one ledger; how many transactions were acknowledged."""
    choose = random.Random(seed)
    genesis = found_for_process(folder)
    acknowledged: list[str] = []
    for _ in range(rounds):
        with start_process(folder, genesis, "--rate", "100000") as process:

            def kill(process: Process = process) -> None:
                time.sleep(choose.random() * 0.25)
                process.process.send_signal(signal.SIGKILL)

            load = run_load(process, kill)
        assert load.problems == []
        acknowledged += load.acknowledged
        check_survived(folder, acknowledged)
    return len(acknowledged)


def test_twenty_kills_under_load_lose_nothing_acknowledged(tmp_path: Path) -> None:
    assert kill_rounds(tmp_path / "ledger", ROUNDS, seed=6) > ROUNDS


@pytest.mark.long
def test_a_thousand_kills_under_load_lose_nothing_acknowledged(tmp_path: Path) -> None:
    for number in range(LONG_ROUNDS // ROUNDS_A_LEDGER):
        assert kill_rounds(tmp_path / str(number), ROUNDS_A_LEDGER, seed=number) > ROUNDS_A_LEDGER


def test_a_stop_under_load_answers_what_was_taken_and_ends(tmp_path: Path) -> None:
    folder, published = tmp_path / "ledger", tmp_path / "published"
    genesis = found_for_process(folder)
    key = tmp_path / "log.training.seed"
    create_training_key(key, signing_key("log").encode())
    with start_process(folder, genesis, "--rate", "100000", "--publish", str(published), "--key", str(key)) as process:

        def stop() -> None:
            time.sleep(0.5)
            process.process.send_signal(signal.SIGTERM)
            assert process.process.wait(PATIENCE_SECONDS) == 0

        load = run_load(process, stop)
    assert load.acknowledged
    assert set(load.statuses) <= {200, 503}
    check_survived(folder, load.acknowledged)
    assert verify(published)[0] == 0
    with open_for_reading(folder) as ledger:
        size = int((published / "checkpoint").read_text().splitlines()[1])
        assert size == ledger.database.size(), "what was recorded last is published before the end"


def test_a_second_stop_and_a_stop_while_nobody_asks(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    for number in (signal.SIGTERM, signal.SIGINT):
        with start_process(folder, genesis) as process:
            accept = {"accept": "text/event-stream"}
            address = f"{process.address}/v1/events"
            with httpx.stream("GET", address, headers=accept, trust_env=False, timeout=PATIENCE_SECONDS) as stream:
                lines = stream.iter_lines()
                assert next(lines)
                process.process.send_signal(number)
                assert list(lines) is not None, "the stream ends by itself"
            assert process.process.wait(PATIENCE_SECONDS) == 0


def test_another_writer_is_refused_while_the_node_holds_the_ledger(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    with start_process(folder, genesis) as process:
        refused = pytest.raises(AssertionError, match="another process is writing")
        with refused, start_process(folder, genesis):
            pass
        assert process.process.poll() is None


def test_a_port_that_is_taken_and_a_certificate_that_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    (tmp_path / "no.pem").write_text("no certificate")
    with start_process(folder, genesis) as process:
        other = tmp_path / "other"
        found_for_process(other)
        with pytest.raises(AssertionError, match="exit"), start_process(other, genesis, "--port", str(process.port)):
            pass
        pem = str(tmp_path / "no.pem")
        with pytest.raises(AssertionError, match="exit"), start_process(other, genesis, "--tls-cert", pem, "--tls-key", pem):
            pass


def test_tls(tmp_path: Path) -> None:
    folder, key, certificate = tmp_path / "ledger", tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=node", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    genesis = found_for_process(folder)
    with start_process(folder, genesis, "--tls-cert", str(certificate), "--tls-key", str(key)) as process:
        assert process.address.startswith("https://")
        context = ssl.create_default_context(cafile=str(certificate))
        with httpx.Client(base_url=process.address, verify=context, trust_env=False, timeout=PATIENCE_SECONDS) as client:
            assert client.get("/readyz").json() == {"status": "ready"}
            assert client.post("/v1/transactions", content=make_body(process.chain, 1)[1]).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{process.address}/readyz", trust_env=False, timeout=PATIENCE_SECONDS)


def limit_files(size_bytes: int) -> Callable[[], None]:
    """What a process does before it starts: no file of its may grow beyond that, as on a disk that is full."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))

    return limit


def test_a_full_disk_ends_the_node_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    largest = max(path.stat().st_size for path in folder.iterdir())
    with start_process(folder, genesis, "--rate", "100000", preexec_fn=limit_files(largest + 1_500_000)) as process:
        load = run_load(process, lambda: None)
        assert process.process.wait(PATIENCE_SECONDS) == 3
    assert load.acknowledged
    assert load.refused
    assert {(status, problem["code"]) for status, problem in load.refused} <= {(503, "halted"), (507, "disk_full"), (500, "storage")}
    check_survived(folder, load.acknowledged)
    with start_process(folder, genesis) as process:
        status, _ = process.post(make_body(process.chain, 1)[1])
        assert status == 200


def test_a_halted_engine_ends_the_node_and_every_answer_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, WIDE, is_published=False) as served:
        kept = served.submit(served.envelopes.put("kept")).json()["receipt"]
        expect_problem(served.submit(served.envelopes.sign("rehearsal.break_down", {})), 503, "halted")
        assert served.node.fault is not None
        assert served.node.stop_asked.is_set()
        with pytest.raises(Halted):  # What a request meets that came before the halt and reads after it.
            served.node.ledger.state.get(key_key(key_of("agency-1/officer")), KeyRecord)
        assert served.ledger.database.find_position(kept["id"]) == kept["position"]


def test_the_log_and_the_metrics_hold_nothing_of_what_was_sent(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    secret, place = "sangat-rahasia-3174012345678901", "/v1/sangat-rahasia-path"
    options = ("--rate", "100000", "--log-requests")
    with (
        start_process(folder, genesis, *options) as process,
        httpx.Client(base_url=process.address, trust_env=False, timeout=PATIENCE_SECONDS) as client,
    ):
        refused = make_envelope(process.chain, "governance.withhold_document", {"legal_basis": secret, "sha256": "00" * 32}, PUBLISHER)
        spoiled = make_envelope(process.chain, "governance.advance_clock", {"seconds": secret}, PUBLISHER)
        _, accepted = make_body(process.chain, 1)
        for body in (
            refused,
            spoiled,
            accepted,
            secret.encode(),
            f'{{"{secret}":1}}'.encode(),
            b'{"payloadType":"' + secret.encode() + b'"}',
        ):
            client.post("/v1/transactions", content=body, headers={"authorization": f"Bearer {secret}", "x-secret": secret})
        client.get(place)
        client.get(f"/v1/state/{secret}/b/c", params={"proof": secret})
        client.get("/v1/events", params={"after": secret}, headers={"accept-language": secret, "user-agent": secret, "cookie": secret})
        client.put(f"/v1/documents/{secret}", content=secret.encode(), headers={"content-type": secret})
        client.request(secret.upper()[:10].replace("-", ""), "/healthz")
        told = client.get("/metrics").text
        process.process.send_signal(signal.SIGTERM)
        assert process.process.wait(PATIENCE_SECONDS) == 0
    log = process.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert len([line for line in lines if line["message"] == "request"]) >= 11
    payload = json.loads(accepted)["payload"]
    for word in (
        secret,
        "rahasia",
        place,
        payload,
        payload[:40],
        "127.0.0.1",
        key_of("agency-1/officer"),
        signing_key("log").encode().hex(),
    ):
        assert word not in log.replace(process.address, "")
        assert word not in told


def test_a_forwarded_address_is_believed_of_a_trusted_proxy_only(tmp_path: Path) -> None:
    limits = WIDE.__class__(requests_per_second=1, burst_seconds=3)
    for proxies, expected in (((), 429), (("127.0.0.1",), 200)):
        folder = tmp_path / str(expected)
        folder.mkdir()
        with serving(folder, limits, is_published=False, trusted_proxies=proxies) as served:
            with ThreadPoolExecutor(1) as pool:
                answers = list(pool.map(lambda n: served.client.get("/healthz", headers={"x-forwarded-for": f"192.0.2.{n}"}), range(6)))
            assert answers[-1].status_code == expected


def test_the_process_needs_no_environment(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    assert os.environ
    with start_process(folder, genesis, "--host", "localhost") as process:
        assert httpx.get(f"{process.address}/healthz", trust_env=False, timeout=PATIENCE_SECONDS).status_code == 200
