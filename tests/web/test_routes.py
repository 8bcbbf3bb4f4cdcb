"""Each route of a node: what it answers, also to a request that is wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from prasasti.core.envelope import compute_id, decode_envelope
from prasasti.core.types import Document
from tests.engines.world import SENDER
from tests.verify.running import run as verify
from tests.web.world import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("routes")) as node:
        yield node


def id_of(envelope: bytes) -> str:
    return compute_id(decode_envelope(envelope)[1])


def expect_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Problem details as RFC 9457 wants them."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code, problem
    assert problem["status"] == status
    assert problem["type"] == f"/v1/problems/{code}"
    assert problem["title"]
    return problem


def test_a_transaction_is_recorded_and_read_again(served: Served) -> None:
    envelope = served.envelopes.put("routes", "one")
    answer = served.submit(envelope)
    assert answer.status_code == 200, answer.text
    receipt = answer.json()["receipt"]
    assert receipt["id"] == id_of(envelope)
    assert receipt["refusal"] is None
    found = served.client.get(f"/v1/transactions/{receipt['id']}").json()
    assert found["receipt"] == receipt
    assert found["entry"]["position"] == receipt["position"]
    assert json.loads(base64.b64decode(found["entry"]["envelope"]["payload"]))["action"] == "rehearsal.put"


def test_the_same_envelope_twice_has_the_same_answer_and_is_recorded_once(served: Served) -> None:
    envelope, refused = served.envelopes.put("twice"), served.envelopes.put("twice", "refuse")
    first, first_refused = served.submit(envelope), served.submit(refused)
    size = served.ledger.database.size()
    assert served.submit(envelope).json() == first.json()
    assert served.submit(refused).json() == first_refused.json()
    both = served.submit(envelope, envelope, refused).json()["answers"]
    assert [each["receipt"] for each in both] == [first.json()["receipt"]] * 2 + [first_refused.json()["receipt"]]
    assert served.ledger.database.size() == size


def test_the_same_envelope_twice_in_one_request_is_recorded_once(served: Served) -> None:
    envelope = served.envelopes.put("pair")
    answers = served.submit(envelope, envelope).json()["answers"]
    assert answers[0] == answers[1]
    assert answers[0]["receipt"]["id"] == id_of(envelope)


def test_a_refusal_by_a_rule_is_a_problem_with_its_receipt(served: Served) -> None:
    problem = expect_problem(served.submit(served.envelopes.put("k", "refuse")), 409, "rehearsal.01.1")
    assert problem["receipt"]["refusal"]["number"] == problem["number"] == "rehearsal.01.1"


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (lambda served: served.envelopes.put(chain="00" * 16), 422, "admission.4"),
        (lambda served: served.envelopes.put(expires=1), 422, "admission.5"),
        (lambda served: served.envelopes.sign("rehearsal.put", {"texts": 1}), 422, "admission.3"),
        (lambda served: served.envelopes.put().replace(b'"sig":"', b'"sig":"AAAA', 1), 400, "admission.2"),
        (
            lambda served: served.envelopes.sign("rehearsal.put", {"texts": {"a": "b"}}, ("agency-1/nobody", "identity.holder")),
            403,
            "admission.8",
        ),
    ],
)
def test_what_is_not_admitted_is_a_problem_and_leaves_no_trace(served: Served, spoil: Any, status: int, code: str) -> None:
    envelope = spoil(served)
    size = served.ledger.database.size()
    expect_problem(served.submit(envelope), status, code)
    one, other = served.submit(envelope, served.envelopes.put("beside")).json()["answers"]
    assert one["problem"]["code"] == code
    assert "receipt" in other
    assert served.ledger.database.size() == size + 2


def test_words_come_in_the_language_asked_for(served: Served) -> None:
    def title(accept: str) -> str:
        return str(served.client.get("/v1/transactions/zz", headers={"accept-language": accept}).json()["title"])

    english, indonesian = title("en"), title("id")
    assert english != indonesian
    assert title("id-ID,id;q=0.9,en;q=0.8") == title("fr, id;q=0.4, en;q=0.1") == indonesian
    assert title("") == title("fr") == title("en;q=0.5,id;q=nonsense") == title(",;;=") == english


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"envelopes":[]}', b'{"envelopes":{}}', b'{"envelopes":[],"more":1}', b"\xff\xfe",
     b"[" * 9_999,     b'{"envelopes":[1],"documents":[{"body":"*","media_type":"text/plain"}]}',
     b'{"envelopes":[1],"documents":[{"body":"YQ==","media_type":"a/b"}]}'],
)  # fmt: skip
def test_a_malformed_body_is_refused(served: Served, body: bytes) -> None:
    answer = served.client.post("/v1/transactions", content=body, headers={"content-type": "application/json"})
    assert answer.json()["code"] in ("malformed", "admission.2")
    assert answer.status_code == 400


def test_another_media_type_is_refused(served: Served) -> None:
    expect_problem(served.client.post("/v1/transactions", content=b"{}", headers={"content-type": "text/plain"}), 415, "media_type")


def test_documents_come_inline_or_ahead(served: Served) -> None:
    bodies = [b'{"inline":1}', b'{"ahead":1}']
    digests = [sha256(body).hexdigest() for body in bodies]
    named = [{"media_type": "application/json", "sha256": digest, "size": len(body)} for digest, body in zip(digests, bodies, strict=True)]
    envelopes = [served.envelopes.sign("rehearsal.name", {"document": document}) for document in named]
    expect_problem(served.submit(envelopes[1]), 422, "admission.11")
    sent = served.client.put(f"/v1/documents/{digests[1]}", content=bodies[1], headers={"content-type": "application/json"})
    assert sent.json() == named[1]
    assert served.ledger.documents.read(digests[1]) is None, "a stranger stores nothing"
    inline = [{"media_type": "application/json", "body": base64.b64encode(bodies[0]).decode()}]
    answer = served.client.post("/v1/transactions", json={"envelopes": [json.loads(each) for each in envelopes], "documents": inline})
    assert ["receipt" in each for each in answer.json()["answers"]] == [True, True], answer.text
    assert [served.ledger.documents.read(digest) for digest in digests] == bodies
    assert served.node.uploads.held_bytes == 0


def test_a_document_that_no_registered_key_signed_for_is_not_stored(served: Served) -> None:
    body = b'{"stranger":1}'
    document = Document("application/json", sha256(body).hexdigest(), len(body))
    arguments = {"document": {"media_type": document.media_type, "sha256": document.sha256, "size": document.size}}
    envelope = served.envelopes.sign("rehearsal.name", arguments, ("agency-1/stranger", "identity.holder"))
    inline = [{"media_type": "application/json", "body": base64.b64encode(body).decode()}]
    answer = served.client.post("/v1/transactions", json={"envelopes": [json.loads(envelope)], "documents": inline})
    assert answer.json()["answers"][0]["problem"]["code"] == "admission.8"
    assert not served.ledger.documents.has(document)


def test_an_inline_document_that_nobody_names_is_refused_with_all_beside_it(served: Served) -> None:
    size = served.ledger.database.size()
    body = {"envelopes": [json.loads(served.envelopes.put())], "documents": [{"media_type": "text/plain", "body": "YQ=="}]}
    expect_problem(served.client.post("/v1/transactions", json=body), 422, "document_not_named")
    assert served.ledger.database.size() == size


@pytest.mark.parametrize(
    ("digest", "media_type", "body", "status", "code"),
    [
        ("00" * 32, "application/json", b"{}", 422, "document_differs"),
        (sha256(b"{}").hexdigest(), "text/html", b"{}", 415, "media_type"),
        (sha256(b"").hexdigest(), "text/plain", b"", 400, "malformed"),
        ("zz", "text/plain", b"a", 400, "malformed"),
        (sha256(b"{}").hexdigest().upper(), "text/plain", b"{}", 400, "malformed"),
    ],
)
def test_a_document_that_is_wrong_is_refused(served: Served, digest: str, media_type: str, body: bytes, status: int, code: str) -> None:
    answer = served.client.put(f"/v1/documents/{digest}", content=body, headers={"content-type": media_type})
    expect_problem(answer, status, code)


def test_a_proof_is_waited_for_and_verifies(served: Served, tmp_path: Path) -> None:
    answer = served.submit(served.envelopes.put("proved"), params={"wait": "proof"})
    receipt, proof = answer.json()["receipt"], answer.json()["proof"]
    assert served.client.get(f"/v1/transactions/{receipt['id']}/proof").text.splitlines()[0] == proof.splitlines()[0]
    path = tmp_path / "entry.proof"
    path.write_text(proof)
    assert served.published is not None
    assert verify("--proof", path, "--key", served.published / "log.vkey")[0] == 0


def test_a_state_value_is_read_and_proved(served: Served, tmp_path: Path) -> None:
    served.submit(served.envelopes.put("shown", "seen"))
    key = "governance/member/agency-1"
    assert served.client.get(f"/v1/state/{key}").json()["value"] == {"class": "agency", "id": "agency-1", "standing": "active"}
    assert served.client.get("/v1/state/governance/member/nobody").json()["value"] is None
    path = tmp_path / "state.proof"
    path.write_bytes(served.client.get(f"/v1/state/{key}", params={"proof": "record"}).content)
    assert served.published is not None
    assert verify("--state-proof", path, "--key", served.published / "log.vkey")[0] == 0
    path.write_bytes(served.client.get("/v1/state/procurement/buyer/XX-1", params={"proof": "list"}).content)
    assert verify("--list", path, "--key", served.published / "log.vkey")[0] == 0


@pytest.mark.parametrize("key", ["a", "a/b", "a/b/%C3%A9", "a/b/" + "c" * 129, "a/b/c/d?proof=list"])
def test_what_is_no_key_of_the_state_is_refused(served: Served, key: str) -> None:
    expect_problem(served.client.get(f"/v1/state/{key}"), 400, "no_key_of_the_state")


def test_the_feed_tells_every_entry_once_in_order(served: Served) -> None:
    for text in ("one", "two", "refuse"):
        served.submit(served.envelopes.put("feed", text))
    entries: list[dict[str, Any]] = []
    after = -1
    while (page := served.client.get("/v1/events", params={"after": after, "limit": 3}).json())["entries"]:
        entries += page["entries"]
        assert page["next"] == entries[-1]["position"]
        after = page["next"]
    assert [entry["position"] for entry in entries] == list(range(served.ledger.database.size()))
    assert entries[-1]["refusal"]["number"] == "rehearsal.01.1"
    assert entries[0]["kind"] == "block"


@pytest.mark.parametrize("query", ["after=x", "after=-2", "after=1.5", "limit=0", "limit=501", "limit=", "after=99999999999999999999"])
def test_a_cursor_that_is_wrong_is_refused(served: Served, query: str) -> None:
    expect_problem(served.client.get(f"/v1/events?{query}"), 400, "malformed")


def read_stream(answer: httpx.Response, count: int) -> list[dict[str, str]]:
    """The first events of a stream."""
    events: list[dict[str, str]] = []
    event: dict[str, str] = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            event[name] = value
        elif not line:
            events += [event] if "data" in event else []
            event = {}
        if len(events) == count:
            return events
    raise AssertionError("the stream ended")


def test_the_stream_goes_on_with_what_is_recorded_meanwhile(served: Served) -> None:
    after = served.ledger.database.size() - 1
    accept = {"accept": "text/event-stream"}
    with served.client.stream("GET", "/v1/events", params={"after": after}, headers=accept) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        receipt = served.submit(served.envelopes.put("stream")).json()["receipt"]
        events = read_stream(answer, 2)
    assert [(int(event["id"]), event["event"]) for event in events] == [(after + 1, "block"), (after + 2, "transaction")]
    assert json.loads(events[1]["data"])["id"] == receipt["id"]
    with served.client.stream("GET", "/v1/events", headers=accept | {"last-event-id": str(after + 1)}) as answer:
        assert [int(event["id"]) for event in read_stream(answer, 1)] == [after + 2]


def test_the_published_folder_is_shown_and_nothing_beside_it(served: Served) -> None:
    served.submit(served.envelopes.put("tiles"), params={"wait": "proof"})
    assert served.published is not None
    shown = 0
    for path in served.published.rglob("*"):
        if path.is_file() and "documents" not in path.parts:
            name = path.relative_to(served.published).as_posix()
            answer = served.client.get(f"/{name}")
            if name != "checkpoint":
                assert answer.content == path.read_bytes(), name
            assert served.client.head(f"/{name}").headers["content-length"] == answer.headers["content-length"]
            shown += 1
    assert shown > 5
    (served.published / "secret").write_text("x")
    (served.published / "witness").mkdir(exist_ok=True)
    (served.published / "witness" / "link").symlink_to(served.ledger.folder / "ledger.sqlite")
    try:
        for address in (
            "secret", "witness/link", "witness", "tile", "tile/", "documents", "tile/0/../../secret", "%2e%2e/ledger/ledger.sqlite",
            "witness/..%2f..%2fledger%2fledger.sqlite", "witness/%00", "tile/entries/999", "documents/sha256/00/" + "00" * 32,
        ):  # fmt: skip
            assert served.client.get(f"/{address}").status_code == 404, address
    finally:
        (served.published / "secret").unlink()
        (served.published / "witness" / "link").unlink()
        (served.published / "witness").rmdir()
    expect_problem(served.client.post("/checkpoint"), 405, "not_allowed")


def test_a_document_is_shown_as_bytes_that_no_browser_runs(served: Served) -> None:
    body = b"<script>alert(1)</script>"
    document = {"media_type": "text/plain", "sha256": sha256(body).hexdigest(), "size": len(body)}
    served.client.put(f"/v1/documents/{document['sha256']}", content=body, headers={"content-type": "text/plain"})
    envelope = served.envelopes.sign("rehearsal.name", {"document": document}, SENDER)
    assert served.submit(envelope, params={"wait": "proof"}).json()["proof"]
    answer = served.client.get(f"/documents/sha256/{str(document['sha256'])[:2]}/{document['sha256']}")
    assert answer.content == body
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_health_readiness_and_the_ledger(served: Served) -> None:
    assert served.client.get("/healthz").json() == {"status": "ok"}
    assert served.client.get("/readyz").json() == {"status": "ready"}
    ledger = served.client.get("/v1/ledger").json()
    assert ledger["chain"] == served.ledger.chain
    assert ledger["log_entries"] == served.ledger.database.size()


def test_every_code_has_words_in_both_languages(served: Served) -> None:
    english = served.client.get("/v1/problems").json()["problems"]
    indonesian = served.client.get("/v1/problems", headers={"accept-language": "id"}).json()["problems"]
    assert [each["code"] for each in english] == [each["code"] for each in indonesian]
    assert all(one["title"] != other["title"] for one, other in zip(english, indonesian, strict=True))
    for each in english:
        assert served.client.get(f"/v1/problems/{each['code']}").json() == each


def test_an_address_that_is_none_and_a_method_that_is_wrong(served: Served) -> None:
    expect_problem(served.client.get("/v1/nothing"), 404, "not_found")
    answer = served.client.delete("/v1/transactions")
    expect_problem(answer, 405, "not_allowed")
    assert "POST" in answer.headers["allow"]


def test_metrics_count_what_was_done(served: Served) -> None:
    def read(name: str) -> float:
        lines = served.client.get("/metrics").text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)

    before = read('prasasti_transactions_total{result="accepted"}')
    served.submit(served.envelopes.put("counted"), served.envelopes.put("counted"))
    assert read('prasasti_transactions_total{result="accepted"}') == before + 2
    assert read("prasasti_log_entries") == served.ledger.database.size()
    assert read("prasasti_halted") == 0
