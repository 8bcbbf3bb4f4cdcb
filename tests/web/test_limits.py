"""Too much, too fast, too slow, too long: each limit answers as it says, and others go on."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from prasasti.web import server
from prasasti.web.limits import Buckets, Budget, Limits, name_client
from prasasti.web.problems import Problem
from prasasti.web.server import Seats
from prasasti.web.uploads import BLOCK_BYTES, Uploads
from tests.engines.world import OTHER
from tests.web.test_routes import expect_problem
from tests.web.world import PATIENCE_SECONDS, Served, raw_connection, read_all, serving

WIDE = Limits(requests_per_second=100_000, files_per_second=100_000)
TIGHT = replace(WIDE, body_bytes=100_000, envelopes_a_request=5, body_wait_seconds=0.5, body_grace_seconds=1.0)
HEAD = b"POST /v1/transactions HTTP/1.1\r\nhost: node\r\ncontent-type: application/json\r\n"


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("tight"), TIGHT, is_published=False) as node:
        yield node


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def require_alive(served: Served) -> None:
    """The node still records."""
    assert served.submit(served.envelopes.put("alive")).status_code == 200


def test_a_body_that_is_announced_too_large_is_not_read(tight: Served) -> None:
    answer = tight.client.post("/v1/transactions", content=b"x" * 3_000_000, headers={"content-type": "application/json"})
    expect_problem(answer, 413, "too_large")
    require_alive(tight)


def test_an_endless_body_is_cut_off(tight: Served) -> None:
    with raw_connection(tight.port) as connection:
        connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        sent = 0
        try:
            while sent < 10_000:
                connection.sendall(chunk)
                sent += 1
        except OSError:
            pass
        assert sent < 10_000, "somebody still reads"
    require_alive(tight)
    assert tight.node.memory.held == 0


def test_an_endless_body_has_its_answer_before_the_end(tight: Served) -> None:
    with raw_connection(tight.port) as connection:
        connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 4)
        answer = read_all(connection)
    assert status_of(answer) == 413
    assert b"connection: close" in answer


def test_a_document_has_the_limit_of_the_store(tight: Served) -> None:
    body = b"x" * (33 * 2**20)
    answer = tight.client.put(f"/v1/documents/{sha256(body).hexdigest()}", content=body, headers={"content-type": "text/plain"})
    expect_problem(answer, 413, "too_large")


def test_too_many_envelopes(tight: Served) -> None:
    answer = tight.submit(*(tight.envelopes.put() for _ in range(6)))
    expect_problem(answer, 413, "too_many")


@pytest.mark.parametrize("trickle", [b"", b"x"])
def test_a_slow_body_is_given_up(tight: Served, trickle: bytes) -> None:
    with raw_connection(tight.port) as connection:
        connection.sendall(HEAD + b"content-length: 1000\r\n\r\n{")
        connection.settimeout(0.2)
        answer = b""
        for _ in range(int(PATIENCE_SECONDS / 0.2)):
            try:
                answer = connection.recv(65_536)
                break
            except TimeoutError:
                connection.sendall(trickle)
    assert status_of(answer) == 408
    require_alive(tight)


def test_a_client_that_goes_away_holds_nothing(tight: Served) -> None:
    with raw_connection(tight.port) as connection:
        connection.sendall(HEAD + b"content-length: 50000\r\n\r\n" + b"x" * 20_000)
    for _ in range(300):
        if tight.node.memory.held == 0:
            break
        time.sleep(0.01)
    assert tight.node.memory.held == 0
    require_alive(tight)


@pytest.mark.parametrize("start", [b"", b"GET /healthz HTTP/1.1\r\nx: ", b"\r\n", b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n\r\n"])
def test_a_head_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(server, "IDLE_SECONDS", 1)
    with serving(tmp_path, is_published=False) as served, raw_connection(served.port) as connection:
        connection.sendall(start)
        read_all(connection)  # It ends only when the node closes.
        require_alive(served)


@pytest.mark.parametrize(
    "endless",
    [b"GET /healthz HTTP/1.1\r\nx: " + b"y" * 100_000, b"GET /" + b"z" * 100_000, b"GET /healthz HTTP/1.1\r\n" + b"a: b\r\n" * 20_000],
)
def test_an_endless_head_is_refused(tight: Served, endless: bytes) -> None:
    with raw_connection(tight.port) as connection:
        try:
            connection.sendall(endless)
        except OSError:
            return  # Closed before all was sent.
        answer = read_all(connection)
    assert answer == b"" or status_of(answer) in (400, 431)
    require_alive(tight)


def test_an_endless_trailer_is_refused(tight: Served) -> None:
    with raw_connection(tight.port) as connection:
        connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n")
        try:
            for _ in range(1_000):
                connection.sendall(b"trailer: " + b"x" * 65_536)
        except OSError:
            return
    raise AssertionError("somebody still reads")


@pytest.mark.parametrize(
    "request_bytes",
    [b"\x00" * 100, b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
     b"\x16\x03\x01\x02\x00\x01\x00",
     b"GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
     b"GET /\xff HTTP/1.1\r\nhost: a\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_is_refused(tight: Served, request_bytes: bytes) -> None:
    with raw_connection(tight.port) as connection:
        connection.sendall(request_bytes)
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)
    assert answer == b"" or status_of(answer) in (400, 404)
    require_alive(tight)


def test_a_client_that_reads_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "UNREAD_SECONDS", 0.3)
    with serving(tmp_path) as served:
        assert served.published is not None
        (served.published / "documents" / "sha256" / "00").mkdir(parents=True)
        (served.published / "documents" / "sha256" / "00" / ("00" * 32)).write_bytes(bytes(64 * 2**20))
        with raw_connection(served.port) as connection:
            connection.sendall(b"GET /documents/sha256/00/" + b"00" * 32 + b" HTTP/1.1\r\nhost: a\r\n\r\n")
            wait_for_metric(served, 'prasasti_requests_total{method="GET",route="files",status="200"}')
        require_alive(served)


def wait_for_metric(served: Served, line: str) -> None:
    """Until a counter is there: what it counts has ended."""
    for _ in range(600):
        if line in served.client.get("/metrics").text:
            return
        time.sleep(0.02)
    raise AssertionError(f"{line} does not come")


def test_a_client_that_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with serving(tmp_path, replace(WIDE, requests_per_second=1, burst_seconds=5), is_published=False) as served:
        answers = [served.client.get("/healthz") for _ in range(8)]
        assert [answer.status_code for answer in answers[:5]] == [200] * 5
        expect_problem(answers[-1], 429, "too_often")
        assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_flooding_actor_is_held_back_while_others_go_on(tmp_path: Path) -> None:
    with serving(tmp_path, replace(WIDE, actor_transactions_per_second=2, burst_seconds=5), is_published=False) as served:
        flood = [served.submit(served.envelopes.put(f"k{number}")) for number in range(30)]
        assert [answer.status_code for answer in flood[:10]] == [200] * 10
        expect_problem(flood[-1], 429, "actor_quota")
        assert "retry-after" in flood[-1].headers
        other = served.envelopes.sign("rehearsal.put", {"texts": {"o": "one"}}, OTHER)
        assert served.submit(other).status_code == 200
        mixed = served.submit(served.envelopes.put("again"), served.envelopes.sign("rehearsal.put", {"texts": {"o": "two"}}, OTHER))
        assert [each.get("problem", {}).get("code") for each in mixed.json()["answers"]] == ["actor_quota", None]


def test_nobody_uses_up_the_quota_of_an_actor_whose_name_it_writes(tmp_path: Path) -> None:
    with serving(tmp_path, replace(WIDE, actor_transactions_per_second=2, burst_seconds=5), is_published=False) as served:
        for _ in range(30):
            forged = served.envelopes.sign("rehearsal.put", {"texts": {"a": "b"}}, ("agency-1/stranger", "identity.holder"))
            assert served.submit(forged).status_code == 403
        require_alive(served)


def test_a_full_queue_says_when_to_come_again(tmp_path: Path) -> None:
    with serving(tmp_path, replace(WIDE, queued_envelopes=3), is_published=False) as served:
        expect_problem(served.submit(*(served.envelopes.put() for _ in range(4))), 503, "queue_full")
        require_alive(served)


def test_too_many_readers_of_events_are_refused(tmp_path: Path) -> None:
    with serving(tmp_path, replace(WIDE, event_readers=3), is_published=False) as served, ExitStack() as stack:
        accept = {"accept": "text/event-stream"}
        streams = [stack.enter_context(served.client.stream("GET", "/v1/events", headers=accept)).iter_bytes() for _ in range(3)]
        assert [next(stream) for stream in streams] == [b"retry: 2000\n\n"] * 3
        expect_problem(served.client.get("/v1/events", headers=accept), 503, "readers_full")


def test_too_many_connections_are_refused_and_come_in_later(tmp_path: Path) -> None:
    with serving(tmp_path, WIDE, is_published=False, max_connections=5) as served:
        with ExitStack() as stack:
            for _ in range(5):
                stack.enter_context(raw_connection(served.port))
            with pytest.raises(httpx.HTTPError), httpx.Client(base_url=served.address, trust_env=False) as client:
                client.get("/healthz").raise_for_status()
        for _ in range(300):
            if served.client.get("/healthz").status_code == 200:
                break
            time.sleep(0.02)
        require_alive(served)


def test_a_hundred_connections_at_once_are_all_served(tmp_path: Path) -> None:
    with serving(tmp_path, WIDE, is_published=False) as served:
        ready = threading.Barrier(100)

        def work(number: int) -> list[int]:
            with httpx.Client(base_url=served.address, trust_env=False, timeout=PATIENCE_SECONDS) as client:
                ready.wait(PATIENCE_SECONDS)
                return [client.post("/v1/transactions", content=envelope).status_code for envelope in bodies[number]]

        bodies = [[served.envelopes.put(f"c{number}", str(turn)) for turn in range(3)] for number in range(100)]
        with ThreadPoolExecutor(100) as pool:
            statuses = list(pool.map(work, range(100)))
        assert statuses == [[200] * 3] * 100
        recorded = [served.ledger.database.find_position(str(json.loads(entry)["id"])) for _, entry in list_transactions(served)]
        assert len(recorded) == 300


def list_transactions(served: Served) -> list[tuple[bytes, bytes]]:
    """Transaction entries of the log."""
    entries = served.ledger.database.entries(0, served.ledger.database.size())
    return [(leaf, entry) for leaf, entry in entries if json.loads(entry)["kind"] == "transaction"]


def test_a_bucket_fills_with_time_and_forgets_the_oldest() -> None:
    now = [0.0]
    buckets = Buckets(2, 10, lambda: now[0])
    assert [buckets.take("a") for _ in range(11)] == [0] * 10 + [0.5]
    now[0] = 0.5
    assert buckets.take("a") == 0
    buckets.charge("a", 5)
    assert buckets.take("a") == 3
    assert buckets.take("b") == 0
    now[0] = 1_000
    assert buckets.level("a") == 10


def test_a_budget_leaves_others_their_part() -> None:
    budget = Budget(10, 5, "queue_full", "client_share")
    with budget.hold("a", 4):
        with pytest.raises(Problem, match="client_share"):
            budget.add("a", 2)
        with budget.hold("b", 6), pytest.raises(Problem, match="queue_full"):
            budget.add("c", 1)
        assert budget.held == 4
    assert (budget.held, budget.by_client) == (0, {})


def test_one_client_has_half_of_the_connections_and_a_proxy_all() -> None:
    seats = Seats(4, [ip_network("192.0.2.0/24"), ip_network("2001:db8::1")])
    mine = [seats.take("198.51.100.1", port) for port in range(3)]
    assert [each is not None for each in mine] == [True, True, False]
    others = [seats.take(f"198.51.100.{number}", 1) for number in range(2, 5)]
    assert [each is not None for each in others] == [True, True, False]
    for each in (*mine, *others):
        if each is not None:
            seats.leave(each)
    assert seats.taken == 0
    assert all(seats.take("192.0.2.9", port) is not None for port in range(4))
    assert seats.take("192.0.2.9", 4) is None
    seats.leave("192.0.2.9 0")
    assert seats.take("2001:db8::1", 4) is not None


def test_a_client_of_ipv6_is_its_network() -> None:
    assert name_client("2001:db8::1") == name_client("2001:db8::ffff:1") != name_client("2001:db8:0:1::1")
    assert name_client("::ffff:192.0.2.1") == name_client("192.0.2.1") == "192.0.2.1"
    assert name_client("") == ""


def test_uploads_give_up_the_oldest_of_whoever_holds_most(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads", 3 * BLOCK_BYTES)
    bodies = {name: name.encode() * 30 for name in "abcde"}
    digests = {name: sha256(body).hexdigest() for name, body in bodies.items()}
    uploads.put("small", digests["a"], bodies["a"])
    for name in "bcde":
        uploads.put("large", digests[name], bodies[name])
    assert [name for name in bodies if uploads.read(digests[name]) is not None] == ["a", "d", "e"]
    again = Uploads(tmp_path / "uploads", 3 * BLOCK_BYTES)
    assert (len(again), again.held_bytes, again.read(digests["a"])) == (3, 3 * BLOCK_BYTES, bodies["a"])
    (tmp_path / "uploads" / digests["a"]).write_bytes(b"altered")
    assert again.read(digests["a"]) is None
