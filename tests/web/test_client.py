"""Commands that write through a node: what ``--node`` does, and what the client says where the node does not do it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from msgspec import Struct

from prasasti.bootstrap import open_for_reading, registry_for
from prasasti.cli import prasasti
from prasasti.core.admission import Inadmissible
from prasasti.core.entries import Receipt
from prasasti.core.genesis import KeyRecord
from prasasti.integrations.signers import create_training_key
from prasasti.web.client import NodeClient, NodeProblem, open_remote
from tests.core.ledger import key_of, signing_key
from tests.web.test_limits import WIDE
from tests.web.world import PATIENCE_SECONDS, found_for_process, make_envelope, serving, start_process


def submit(*arguments: object) -> tuple[int, dict[str, object]]:
    """Exit code and result of ``prasasti submit``."""
    result = CliRunner().invoke(prasasti, ["--json", "submit", *map(str, arguments)])
    return result.exit_code, json.loads(result.stdout)


def test_submit_through_a_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    for name in ("agency-1/officer", "publisher-1/publisher"):
        create_training_key(tmp_path / f"{name.replace('/', '-')}.training.seed", signing_key(name).encode())
    officer = f"governance.officer={tmp_path / 'agency-1-officer.training.seed'}"
    publisher = f"procurement.publisher={tmp_path / 'publisher-1-publisher.training.seed'}"
    with start_process(folder, genesis) as process:
        forward = ("governance.advance_clock", "-a", '{"seconds": 60}', "-s", officer)
        code, result = submit(*forward, "--node", process.address)
        assert (code, result["refusal"]) == (0, None), result
        code, told = submit(*forward, "--ledger", folder)
        assert code == 2
        assert "another process is writing" in str(told["error"])
        draft = tmp_path / "draft.json"
        submit(*forward, "--node", process.address, "--draft", draft)
        answers = [submit("--envelope", draft, "--node", process.address) for _ in range(2)]
        assert answers[0] == answers[1]
        assert answers[0][0] == 0
        release = tmp_path / "release.json"
        release.write_text('{"ocid":"ocds-abc123-1"}')
        document = {"media_type": "application/json", "size": 24, "sha256": "0" * 64}
        arguments = {
            "buyer": "XX-1", "date": 1, "document": document, "ocid": "ocds-abc123-1", "publisher": "publisher-1",
            "redaction_version": 1, "release_id": "r", "suppliers": [], "tag": ["contract"],
        }  # fmt: skip
        attest = ("procurement.attest_release", "-a", json.dumps(arguments), "-s", publisher, "-d", release)
        code, told = submit(*attest, "--node", process.address)
        assert (code, told["inadmissible"]) == (1, "admission.11"), told
        code, told = submit(*forward, "--node", "ftp://nowhere")
        assert code == 2
    code, told = submit(*forward, "--node", process.address)
    assert (code, sorted(told)) == (2, ["error", "exit"])
    with open_for_reading(folder) as ledger:
        assert ledger.database.find_position(str(result["id"])) == result["position"]


def test_a_remote_ledger_answers_as_the_ledger_itself(tmp_path: Path) -> None:
    with serving(tmp_path, WIDE, is_published=False) as served:
        good, refused = served.envelopes.put("a"), served.envelopes.put("a", "refuse")
        alien = make_envelope("00" * 16, "rehearsal.put", {"texts": {"a": "b"}}, ("agency-1/officer", "identity.holder"))
        with httpx.Client(base_url=served.address, trust_env=False, timeout=PATIENCE_SECONDS) as http:
            node = NodeClient(http)
            key = f"identity/key/{key_of('agency-1/officer')}"
            assert node.get(key, KeyRecord) == served.ledger.state.get(key, KeyRecord)
            assert node.get("identity/key/" + "00" * 32, KeyRecord) is None
            assert abs(node.now() - served.ledger.now()) < 60
            many = [served.envelopes.put(f"k{number}") for number in range(150)]
            answers = node.submit([good, refused, alien, *many])
        assert answers[0] == served.ledger.submit([good])[0] or isinstance(answers[0], Receipt)
        assert isinstance(answers[1], Receipt)
        assert answers[1].refusal is not None
        assert isinstance(answers[2], Inadmissible)
        assert answers[2].code == "admission.4"
        assert [isinstance(answer, Receipt) for answer in answers[3:]] == [True] * 150


def ask_with(*answers: Callable[[], httpx.Response]) -> tuple[NodeClient, list[float]]:
    """A client of a node that gives these answers, and the pauses that it makes."""
    given = iter(answers)
    pauses: list[float] = []
    http = httpx.Client(base_url="http://node.example", transport=httpx.MockTransport(lambda _: next(given)()))
    return NodeClient(http, pauses.append), pauses


def test_the_client_comes_again_when_the_node_says() -> None:
    def busy() -> httpx.Response:
        return httpx.Response(503, headers={"retry-after": "7"}, json={"code": "queue_full"})

    node, pauses = ask_with(busy, busy, lambda: httpx.Response(200, json={"height": 1, "now": 5}))
    assert node.now() == 5
    assert pauses == [7, 7]
    node, pauses = ask_with(*[busy] * 6)
    with pytest.raises(NodeProblem, match="queue_full"):
        node.now()
    assert len(pauses) == 5


class Counted(Struct):
    """A record that tells how many requests there were."""

    requests: int


def test_a_record_is_asked_for_once_until_something_is_sent() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json={"value": {"requests": len(asked)}})

    node = NodeClient(httpx.Client(base_url="http://node.example", transport=httpx.MockTransport(answer)))
    assert [node.get("contract/kind/a", Counted) for _ in range(2)] == [Counted(1)] * 2
    assert node.get("contract/kind/b", Counted) == Counted(2)
    node.submit([])
    assert node.get("contract/kind/a", Counted) == Counted(3)


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(200, text="no JSON"), httpx.Response(500, text="x"), httpx.Response(503), httpx.Response(404, json={"title": "none"}),
     httpx.Response(429, headers={"retry-after": "soon"}), httpx.Response(302, headers={"location": "https://elsewhere.example/"})],
)  # fmt: skip
def test_what_is_no_answer_of_a_node_is_said_at_once(answer: httpx.Response) -> None:
    node, pauses = ask_with(lambda: answer)
    with pytest.raises(NodeProblem, match=r"node\.example"):
        node.now()
    assert pauses == []


def test_what_only_the_folder_can_answer_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    with start_process(folder, genesis) as process, open_remote(process.address, registry_for) as ledger:
        with pytest.raises(NodeProblem, match="own folder"):
            ledger.database.size()
        with pytest.raises(NodeProblem, match="own folder"):
            ledger.documents.read("00" * 32)
