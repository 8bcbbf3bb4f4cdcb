"""Group commit: what waits shares a block, an idle engine seals at once, and nobody is answered before the commit."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from prasasti.core.entries import Receipt
from prasasti.core.envelope import decode_envelope, encode_envelope
from prasasti.core.types import Bug
from prasasti.engines import embedded
from prasasti.engines.embedded import EngineHalted
from prasasti.services.ledger import Answer
from tests.core.ledger import key_of
from tests.core.rehearsal import ThingRecord, thing_key
from tests.engines.world import (
    PATIENCE_SECONDS,
    Envelopes,
    count_queued,
    expect_code,
    expect_receipt,
    found,
    hook_writers,
    open_ledger,
    read_tip,
    wait_until,
)


class Gate:
    """Holds the first commit of a block up until the test lets it pass."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()
        self.commits = 0
        self.is_armed = False

    def __call__(self, statement: str, run: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        if self.is_armed and statement == "COMMIT":
            self.commits += 1
            self.reached.set()
            assert self.open.wait(PATIENCE_SECONDS)
        return run()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    hook_writers(monkeypatch, gate)
    return gate


def test_an_idle_engine_seals_each_at_once(tmp_path: Path) -> None:
    with open_ledger(found(tmp_path / "ledger")) as ledger:
        make = Envelopes(ledger)
        heights = [expect_receipt(ledger.submit([make.put()])[0]).height for _ in range(5)]
    assert heights == [1, 2, 3, 4, 5]


def test_what_waits_shares_a_block_and_is_answered_after_the_commit(tmp_path: Path, gate: Gate) -> None:
    """Fifty threads while a commit hangs: none is answered, the next block holds all of them, in one commit."""
    folder = found(tmp_path / "ledger")
    with open_ledger(folder) as ledger, ThreadPoolExecutor(51) as threads:
        make = Envelopes(ledger)
        envelopes = [make.put(f"many-{number}") for number in range(50)]
        gate.is_armed = True
        first = threads.submit(ledger.submit, [make.put("first")])
        assert gate.reached.wait(PATIENCE_SECONDS)
        others = [threads.submit(ledger.submit, [envelope]) for envelope in envelopes]
        wait_until(lambda: count_queued(ledger) == 50)
        assert not first.done(), "the statement that makes it durable has not run"
        assert ledger.database.read_tip().height == 0
        gate.open.set()
        receipts = [expect_receipt(future.result(PATIENCE_SECONDS)[0]) for future in [first, *others]]
        assert gate.commits == 2
    assert [receipt.height for receipt in receipts] == [1] + [2] * 50
    assert sorted(receipt.position for receipt in receipts) == [1, *range(3, 53)]
    assert read_tip(folder).size == 53


def test_a_reader_sees_no_block_before_its_commit(tmp_path: Path, gate: Gate) -> None:
    with open_ledger(found(tmp_path / "ledger")) as ledger, ThreadPoolExecutor(2) as threads:
        gate.is_armed = True
        writing = threads.submit(ledger.submit, [Envelopes(ledger).put()])
        assert gate.reached.wait(PATIENCE_SECONDS)
        reading: Future[ThingRecord | None] = threads.submit(ledger.state.get, thing_key("a"), ThingRecord)
        assert not wait([reading], timeout=0.2).done, "the tree is a block ahead of the file: whoever asks must wait"
        assert ledger.database.read_tip().height == 0, "a connection of its own does not wait"
        gate.open.set()
        expect_receipt(writing.result(PATIENCE_SECONDS)[0])
        assert reading.result(PATIENCE_SECONDS) == ThingRecord("one")


def test_more_than_a_block_holds_goes_into_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "MAX_BLOCK_TRANSACTIONS", 10)
    folder = found(tmp_path / "ledger")
    with open_ledger(folder) as ledger:
        make = Envelopes(ledger)
        answers = ledger.submit([make.put(str(number)) for number in range(25)])
    heights = [expect_receipt(answer).height for answer in answers]
    assert heights == [1] * 10 + [2] * 10 + [3] * 5
    read_tip(folder)


def test_answers_come_in_the_order_of_the_envelopes(tmp_path: Path) -> None:
    with open_ledger(found(tmp_path / "ledger")) as ledger:
        make = Envelopes(ledger)
        answers = ledger.submit([make.put(), b"nothing", make.put(text="refuse"), make.put(chain="0" * 32), make.put("b")])
    kinds = [answer.refusal.number if answer.refusal else "accepted" for answer in answers if isinstance(answer, Receipt)]
    assert kinds == ["accepted", "rehearsal.01.1", "accepted"]
    assert [expect_code(answers[number]) for number in (1, 3)] == ["admission.2", "admission.4"]


def test_one_envelope_at_once_from_many_is_recorded_once(tmp_path: Path, gate: Gate) -> None:
    """Everyone who sent it into the same block gets its receipt; whoever comes later hears that it is recorded."""
    folder = found(tmp_path / "ledger")
    with open_ledger(folder) as ledger, ThreadPoolExecutor(9) as threads:
        make = Envelopes(ledger)
        envelope = make.put("same")
        gate.is_armed = True
        first = threads.submit(ledger.submit, [make.put()])
        assert gate.reached.wait(PATIENCE_SECONDS)
        same = [threads.submit(ledger.submit, [envelope, envelope]) for _ in range(4)]
        wait_until(lambda: count_queued(ledger) == 8)
        gate.open.set()
        first.result(PATIENCE_SECONDS)
        receipts = [expect_receipt(answer) for future in same for answer in future.result(PATIENCE_SECONDS)]
        assert len(receipts) == 8
        assert len({receipt.position for receipt in receipts}) == 1
        assert expect_code(ledger.submit([envelope])[0]) == "admission.6"
    assert read_tip(folder).size == 4
    with open_ledger(folder) as ledger:
        assert expect_code(ledger.submit([envelope])[0]) == "admission.6", "also after a restart"


def test_a_bystander_cannot_use_up_an_id(tmp_path: Path) -> None:
    """The same payload under other signatures, in the same block and before: only the true one is recorded."""
    with open_ledger(found(tmp_path / "ledger")) as ledger:
        make = Envelopes(ledger)
        envelope = make.put()
        _, payload = decode_envelope(envelope)
        forged = encode_envelope(payload, [(bytes.fromhex(key_of("agency-1/officer")), b"\x01" * 64)])
        foreign = encode_envelope(payload, [(bytes.fromhex(key_of("auditor-1/officer")), b"\x01" * 64)])
        assert [expect_code(answer) for answer in ledger.submit([forged, foreign])] == ["admission.7", "admission.7"]
        answers = ledger.submit([forged, envelope, foreign])
        assert expect_receipt(answers[1]).position == 1
        assert [expect_code(answers[number]) for number in (0, 2)] == ["admission.7", "admission.7"]


def test_a_bug_halts_and_everyone_who_waits_is_told(tmp_path: Path, gate: Gate) -> None:
    """Those of its block, those of the next, and whoever comes later; a new process goes on from the last block."""
    folder = found(tmp_path / "ledger")
    with open_ledger(folder) as ledger, ThreadPoolExecutor(12) as threads:
        make = Envelopes(ledger)
        envelopes = [make.sign("rehearsal.break_down", {}), *(make.put(f"k-{number}") for number in range(10))]
        gate.is_armed = True
        first = threads.submit(ledger.submit, [make.put()])
        assert gate.reached.wait(PATIENCE_SECONDS)
        waiting = [threads.submit(ledger.submit, [envelope]) for envelope in envelopes]
        wait_until(lambda: count_queued(ledger) == 11)
        gate.open.set()
        assert expect_receipt(first.result(PATIENCE_SECONDS)[0]).height == 1
        for future in waiting:
            assert isinstance(future.exception(PATIENCE_SECONDS), EngineHalted)
        with pytest.raises(EngineHalted, match="a bug that was asked for") as caught:
            ledger.submit(envelopes[1:2])
        assert isinstance(caught.value.fault, Bug)
        with pytest.raises(EngineHalted):
            ledger.state.get(thing_key("a"), ThingRecord)
    assert read_tip(folder).height == 1
    with open_ledger(folder) as ledger:
        assert expect_receipt(ledger.submit(envelopes[1:2])[0]).height == 2


def test_stopping_seals_what_waits(tmp_path: Path, gate: Gate) -> None:
    folder = found(tmp_path / "ledger")
    with ThreadPoolExecutor(3) as threads:
        with open_ledger(folder) as ledger:
            make = Envelopes(ledger)
            waiting = make.put("b")
            gate.is_armed = True
            first = threads.submit(ledger.submit, [make.put()])
            assert gate.reached.wait(PATIENCE_SECONDS)
            second = threads.submit(ledger.submit, [waiting])
            wait_until(lambda: count_queued(ledger) == 1)
            gate.open.set()
        answers: list[Answer] = [*first.result(PATIENCE_SECONDS), *second.result(PATIENCE_SECONDS)]
    assert [expect_receipt(answer).height for answer in answers] == [1, 2]
    with pytest.raises(EngineHalted, match="stopped"):
        ledger.submit([b""])
    assert read_tip(folder).height == 2


def test_a_commit_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a machine that loses power still knows hangs on these two settings of the connection that writes."""
    seen: dict[str, object] = {}

    def look(statement: str, run: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        if statement == "COMMIT" and not seen:
            writer = connections[0]
            for name in ("journal_mode", "synchronous"):
                seen[name] = sqlite3.Connection.execute(writer, f"PRAGMA {name}").fetchone()[0]
        cursor = run()
        if not connections:
            connections.append(cursor.connection)
        return cursor

    folder = found(tmp_path / "ledger")
    connections: list[sqlite3.Connection] = []
    hook_writers(monkeypatch, look)
    with open_ledger(folder) as ledger:
        seen.clear()
        ledger.submit([Envelopes(ledger).put()])
    assert seen == {"journal_mode": "wal", "synchronous": 2}
