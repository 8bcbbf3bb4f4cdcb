"""Proofs of the state while clients go away or do not wait: the others have theirs, and nobody is told of a bug."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from queue import Queue

import pytest

from prasasti.bootstrap import open_for_reading
from prasasti.log.publish import Published
from prasasti.services.ledger import Ledger
from prasasti.services.publishing import publish_ledger
from prasasti.web.limits import Limits
from prasasti.web.metrics import Metrics
from prasasti.web.publisher import Publisher
from tests.core.ledger import signing_key
from tests.engines.world import WITH_REHEARSAL, Envelopes, found, open_ledger
from tests.web.test_routes import expect_problem
from tests.web.world import PATIENCE_SECONDS, LogKey, serving

KEY = "governance/parameter/max_gap_seconds"


def test_whoever_goes_away_takes_nobodys_proof_along(tmp_path: Path) -> None:
    with open_ledger(found(tmp_path / "ledger")) as ledger:
        ledger.submit([Envelopes(ledger).sign("governance.advance_clock", {"seconds": 1}, ("agency-1/officer", "governance.officer"))])
    metrics = Metrics()
    futures: list[Future[bytes]] = []

    def publish(ledger: Ledger) -> Published:
        futures[1].cancel()
        return publish_ledger(ledger, tmp_path / "published", LogKey(signing_key("log")))

    open_reader = partial(open_for_reading, tmp_path / "ledger", WITH_REHEARSAL)
    publisher = Publisher(open_reader, publish, metrics, lambda _: None)
    futures += [publisher.prove(KEY, False) for _ in range(3)]
    futures[0].cancel()
    publisher.start()
    try:
        assert futures[2].result(PATIENCE_SECONDS)
    finally:
        publisher.stop()
    assert b'prasasti_publications_total{result="failed"} 0.0' in metrics.format()


def test_a_proof_that_does_not_come_in_time_is_asked_for_again(tmp_path: Path) -> None:
    with serving(tmp_path, Limits(proof_wait_seconds=0)) as served:
        answer = served.client.get(f"/v1/state/{KEY}?proof=record")
        expect_problem(answer, 503, "not_published")
        assert answer.headers["retry-after"]


def test_a_bug_is_told_as_a_problem_and_stands_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(tmp_path, is_published=False) as served:
        monkeypatch.setattr(served.node, "now", None)
        expect_problem(served.client.get("/v1/ledger"), 500, "bug")
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [TypeError]


@pytest.mark.parametrize("refused", [{}, {"agency-1": "does not answer"}], ids=["all there", "one missing"])
def test_a_missing_witness_is_told_and_asked_again_though_nothing_is_recorded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, refused: Mapping[str, str]
) -> None:
    caplog.set_level("INFO")
    found(tmp_path / "ledger")
    metrics = Metrics()
    told: Queue[bytes] = Queue()
    answers = [refused, refused, {}]

    def publish(ledger: Ledger) -> Published:
        missing = answers.pop(0)
        names = tuple({"agency-1", "citizens-1"} - missing.keys())
        return Published(ledger.database.size(), b"", 0, 0, 0, 0, (), names, missing, not missing)

    open_reader = partial(open_for_reading, tmp_path / "ledger", WITH_REHEARSAL)
    publisher = Publisher(open_reader, publish, metrics, lambda _: told.put(metrics.format()), retry_seconds=0)
    publisher.start()
    try:
        seen = [told.get(timeout=PATIENCE_SECONDS) for _ in range(3 if refused else 1)]
    finally:
        publisher.stop()
    missing = [b"prasasti_witnesses_missing 1.0" in each for each in seen]
    assert missing == [b"prasasti_quorum_met 0.0" in each for each in seen] == ([True, True, False] if refused else [False])
    said = [(record.levelname, record.__dict__["facts"]["uncosigned"]) for record in caplog.records if record.message == "witnesses"]
    # The last stop publishes nothing new; who is missing is logged once, not at each try.
    assert said == ([("WARNING", dict(refused)), ("INFO", {})] if refused else [])
    assert len(answers) == (0 if refused else 2)
