"""Many connections at once, most of them idle or slow: others are answered, or told when to come again; nothing acknowledged is lost."""

from __future__ import annotations

import http.client
import logging
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.web.crowd import allowing_files, gathering
from tests.web.test_faults import BROKEN, check_survived, make_body
from tests.web.world import PATIENCE_SECONDS, Process, found_for_process, start_process

CROWD, LONG_CROWD = 500, 10_000
# Beside its connections, what each process has open.
OTHER_FILES = 200
ASKED, LONG_ASKED = 40, 400
# Long enough for the slow to be given up, and to come again.
LONG_PAUSE_SECONDS = 0.1

logger = logging.getLogger(__name__)


@dataclass
class Asker:
    """Somebody who asks one thing after another, each on a connection of its own; what was answered, and how long that took."""

    process: Process
    acknowledged: list[str] = field(default_factory=list)
    answers: Counter[tuple[int, bool]] = field(default_factory=Counter)
    broken_off: int = 0
    seconds: list[float] = field(default_factory=list)

    def ask(self, number: int) -> None:
        """Read, or submit; TimeoutError where nothing comes."""
        started = time.monotonic()
        ids, body = make_body(self.process.chain, number) if number % 2 else ([], b"")
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.process.port, timeout=PATIENCE_SECONDS)) as connection:
                if body:
                    connection.request("POST", "/v1/transactions", body, {"content-type": "application/json"})
                else:
                    connection.request("GET", "/v1/ledger")
                answer = connection.getresponse()
                answer.read()
        except TimeoutError:
            raise
        except BROKEN:
            self.broken_off += 1
            return
        self.seconds.append(time.monotonic() - started)
        self.answers[answer.status, answer.getheader("retry-after") is not None] += 1
        if answer.status == 200:
            self.acknowledged += ids


def read_memory(process: Process) -> int:
    """Resident memory of the node at most so far, bytes."""
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1_024


def is_told_to_wait(status: int, says_when: bool) -> bool:
    """Whether an answer is one of those that a limit gives, with the time to come again."""
    return status in (429, 503) and says_when


def check_crowd_is_borne(tmp_path: Path, count: int, asked: int, pause_seconds: float = 0) -> None:
    """A node that may have so many connections has them, and everybody else is answered meanwhile."""
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    with start_process(folder, genesis, "--rate", "100000", "--connections", str(count + OTHER_FILES)) as process:
        asker = Asker(process)
        before = read_memory(process)
        asker.ask(1)
        with gathering(process.port, count, enough=count) as crowd:
            assert crowd.is_full.wait(PATIENCE_SECONDS), (crowd.most, crowd.answers)
            for number in range(asked):
                asker.ask(number)
                time.sleep(pause_seconds)
            most = read_memory(process)
        assert process.process.poll() is None
        assert (set(asker.answers), asker.broken_off) == ({(200, False)}, 0)
        if pause_seconds:
            assert crowd.answers["slow body", 408, False]
        # Whoever asked was answered; whoever did not come to the end of asking was given up, and nobody was sent away for being many.
        assert {status for _, status, _ in crowd.answers} <= {200, 408}, crowd.answers
        tell(f"{count} connections", crowd.most, before, most, asker)
    check_survived(folder, asker.acknowledged)


def check_crowd_is_bounded(tmp_path: Path, count: int, connections: int, asked: int, addresses: int, pause_seconds: float = 0) -> None:
    """A node that may have far fewer tells the others when to come again, lets nobody hang, and is as before when they are gone.

    A crowd of one address keeps nobody else out; one of many takes every place, as any crowd of people may.
    """
    folder = tmp_path / "ledger"
    genesis = found_for_process(folder)
    with start_process(folder, genesis, "--rate", "100000", "--connections", str(connections)) as process:
        asker = Asker(process)
        before = read_memory(process)
        with gathering(process.port, count, enough=connections, addresses=addresses) as crowd:
            assert crowd.is_full.wait(PATIENCE_SECONDS), (crowd.most, crowd.answers)
            for number in range(asked):
                asker.ask(number)
                time.sleep(pause_seconds)
            most = read_memory(process)
        assert process.process.poll() is None
        told = {(status, says_when) for _, status, says_when in crowd.answers} | set(asker.answers)
        assert all(status in (200, 408) or is_told_to_wait(status, says_when) for status, says_when in told), told
        assert any(status == 503 for _, status, _ in crowd.answers), "somebody was one too many"
        if addresses == 1:
            assert (set(asker.answers), asker.broken_off) == ({(200, False)}, 0)
        tell(f"{count} connections of {addresses} addresses where {connections} are taken", crowd.most, before, most, asker)
        later = Asker(process)
        until = time.monotonic() + PATIENCE_SECONDS
        while not later.acknowledged and time.monotonic() < until:
            later.ask(1)
        assert later.acknowledged
    check_survived(folder, asker.acknowledged + later.acknowledged)


def tell(what: str, most: int, before: int, after: int, asker: Asker) -> None:
    """The figures, for whoever runs the test with --log-cli-level=INFO."""
    waited = sorted(asker.seconds)
    facts = {
        "crowd": what, "connected_at_most": most, "memory_before_mb": before // 2**20, "memory_mb": after // 2**20,
        "answers": {status: count for (status, _), count in asker.answers.items()}, "broken_off": asker.broken_off,
        "median_ms": round(waited[len(waited) // 2] * 1e3, 1), "largest_ms": round(waited[-1] * 1e3, 1),
    }  # fmt: skip
    logger.info("%s", facts)


def test_five_hundred_connections_and_others_are_answered(tmp_path: Path) -> None:
    check_crowd_is_borne(tmp_path, CROWD, ASKED)


@pytest.mark.parametrize("addresses", [1, 20])
def test_five_hundred_connections_where_fifty_are_taken(tmp_path: Path, addresses: int) -> None:
    check_crowd_is_bounded(tmp_path, CROWD, CROWD // 10, ASKED, addresses)


@pytest.mark.long
def test_ten_thousand_connections_and_others_are_answered(tmp_path: Path) -> None:
    with allowing_files(LONG_CROWD + OTHER_FILES) as allowed:
        check_crowd_is_borne(tmp_path, min(LONG_CROWD, allowed - OTHER_FILES), LONG_ASKED, LONG_PAUSE_SECONDS)


@pytest.mark.long
@pytest.mark.parametrize("addresses", [1, 20])
def test_ten_thousand_connections_where_a_thousand_are_taken(tmp_path: Path, addresses: int) -> None:
    with allowing_files(LONG_CROWD + OTHER_FILES) as allowed:
        count = min(LONG_CROWD, allowed - OTHER_FILES)
        check_crowd_is_bounded(tmp_path, count, count // 10, LONG_ASKED, addresses, LONG_PAUSE_SECONDS)
