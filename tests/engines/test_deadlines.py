"""Deadlines in the running engine: a timer seals them, a start runs those that fell due, none waits behind a transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from prasasti.core.state import schedule_key
from prasasti.core.types import Bug
from prasasti.engines.clock import Clocks
from prasasti.engines.embedded import EngineHalted
from prasasti.services.ledger import Ledger
from tests.core.ledger import START, Signer
from tests.core.rehearsal import DoneRecord, PlanRecord, ThingRecord, thing_key
from tests.engines.world import (
    PATIENCE_SECONDS,
    Envelopes,
    HandClocks,
    expect_receipt,
    found,
    has_halted,
    open_ledger,
    read_tip,
    wait_until,
    wait_until_idle,
)

OFFICER: Signer = ("agency-1/officer", "governance.officer")
NOW = START + 60


def read_done(ledger: Ledger, key: str) -> DoneRecord | None:
    return ledger.state.get(f"rehearsal/done/{key}", DoneRecord)


def schedule(folder: Path, *deadlines: tuple[int, str], **plan: Any) -> None:
    """A ledger that has them in its schedule; its process has ended."""
    with open_ledger(found(folder), HandClocks(NOW)) as ledger:
        expect_receipt(ledger.submit([Envelopes(ledger).schedule(*deadlines, **plan)])[0])


def test_a_timer_seals_a_block_when_a_deadline_is_due(tmp_path: Path) -> None:
    """Nobody sends anything: the block comes by itself, with the deadline alone, at its time."""
    folder = tmp_path / "ledger"
    clocks = HandClocks(NOW)
    with open_ledger(found(folder), clocks) as ledger:
        ledger.submit([Envelopes(ledger).schedule((NOW + 1, "soon"), (NOW + 1_000, "late"))])
        wait_until_idle(ledger)
        clocks.pass_seconds(1)
        wait_until(lambda: read_done(ledger, "soon") is not None)
        assert read_done(ledger, "soon") == DoneRecord(0, NOW + 1, "")
        assert read_done(ledger, "late") is None
        row = ledger.database.read_tip()
        assert (row.height, row.count) == (2, 1)
    assert read_tip(folder).height == 2


def test_a_timer_set_before_an_earlier_deadline_comes_in_time(tmp_path: Path) -> None:
    """The engine slept for the later one when the earlier was scheduled."""
    clocks = HandClocks(NOW)
    with open_ledger(found(tmp_path / "ledger"), clocks) as ledger:
        make = Envelopes(ledger)
        ledger.submit([make.schedule((NOW + 50_000, "late"))])
        wait_until_idle(ledger)
        ledger.submit([make.schedule((NOW + 1, "soon"))])
        wait_until_idle(ledger)
        clocks.pass_seconds(1)
        wait_until(lambda: read_done(ledger, "soon") is not None)


def test_a_training_ledger_s_clock_brings_deadlines_near(tmp_path: Path) -> None:
    """Moving the clock past a deadline runs it at once, though the machine's clock stands still."""
    clocks = HandClocks(NOW)
    with open_ledger(found(tmp_path / "ledger"), clocks) as ledger:
        make = Envelopes(ledger)
        ledger.submit([make.schedule((NOW + 86_400, "tomorrow"))])
        ledger.submit([make.sign("governance.advance_clock", {"seconds": 86_400}, OFFICER)])
        wait_until(lambda: read_done(ledger, "tomorrow") is not None)
        assert read_done(ledger, "tomorrow") == DoneRecord(0, NOW + 86_400, "")


def test_a_start_runs_what_fell_due_first(tmp_path: Path) -> None:
    """Before the first transaction, at the start's own time, in order; the rest stays scheduled."""
    folder = tmp_path / "ledger"
    schedule(folder, (NOW + 300, "b"), (NOW + 200, "a"), (NOW + 9_000, "c"))
    with open_ledger(folder, HandClocks(NOW + 1_000)) as ledger:
        assert ledger.database.read_tip().height == 2, "also before anybody sends something"
        expect_receipt(ledger.submit([Envelopes(ledger).put("seen", "later")])[0])
        assert [read_done(ledger, key) for key in "abc"] == [DoneRecord(0, NOW + 1_000, ""), DoneRecord(1, NOW + 1_000, ""), None]
        assert ledger.database.list_deadlines() == [(NOW + 9_000, "rehearsal:c")]
    read_tip(folder)


def test_more_deadlines_than_a_block_holds(tmp_path: Path) -> None:
    """They take several blocks, at a start and in the engine that runs; the transaction comes after the last."""
    folder = tmp_path / "ledger"
    deadlines = [(NOW + 200, f"{number:03d}") for number in range(300)]
    schedule(folder, *deadlines, event_bytes=250)
    with open_ledger(folder, HandClocks(NOW + 200)) as ledger:
        assert ledger.database.read_tip().height == 3
        assert read_done(ledger, "299") == DoneRecord(299, NOW + 200, "")
    later = tmp_path / "running"
    clocks = HandClocks(NOW)
    with open_ledger(found(later), clocks) as ledger:
        make = Envelopes(ledger)
        ledger.submit([make.schedule(*deadlines, event_bytes=250)])
        envelope = make.put("seen", "after")
        wait_until_idle(ledger)
        clocks.pass_seconds(200)
        assert expect_receipt(ledger.submit([envelope])[0]).height == 3, "the rest of them shares the block of the transaction"
        assert read_done(ledger, "299") == DoneRecord(299, NOW + 200, "")
        assert ledger.state.get(thing_key("seen"), ThingRecord) == ThingRecord("after")
    assert read_tip(folder).height == 3
    assert read_tip(later).height == 3


class SteppingBack(HandClocks):
    """Its wall clock is set back by an hour right after the next reading."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.is_armed = False
        self.clocks = Clocks(self._read, lambda: self.monotonic)

    def _read(self) -> float:
        wall = self.wall
        if self.is_armed:
            self.wall -= 3_600
            self.is_armed = False
        return wall


def test_a_clock_that_steps_back_between_deadlines_and_transactions(tmp_path: Path) -> None:
    """A block has one reading of the clock: else deadlines found due would not be when the block is sealed, for an hour."""
    clocks = SteppingBack()
    with open_ledger(found(tmp_path / "ledger"), clocks) as ledger, ThreadPoolExecutor(1) as threads:
        make = Envelopes(ledger)
        ledger.submit([make.schedule(*((NOW + 200, f"{number:03d}") for number in range(300)), event_bytes=250)])
        envelope = make.put()
        wait_until_idle(ledger)
        clocks.pass_seconds(200)
        clocks.is_armed = True
        receipt = expect_receipt(threads.submit(ledger.submit, [envelope]).result(PATIENCE_SECONDS)[0])
        assert (receipt.height, receipt.time) == (3, NOW + 200)


def test_deadlines_wait_while_the_clock_is_wrong(tmp_path: Path) -> None:
    """A jump of a year does not let a year of them run: the engine notes it and seals nothing."""
    clocks = HandClocks(NOW)
    with open_ledger(found(tmp_path / "ledger"), clocks) as ledger:
        ledger.submit([Envelopes(ledger).schedule((NOW + 1, "soon"))])
        wait_until_idle(ledger)
        clocks.jump(31_536_000)
        wait_until(lambda: ledger.database.read_note("clock_jumped") is not None)
        assert ledger.database.read_tip().height == 1
        assert ledger.state.get(schedule_key(NOW + 1, "rehearsal", "soon"), PlanRecord) is not None


def test_a_deadline_that_contradicts_itself_halts(tmp_path: Path) -> None:
    """In the timer, where no sender waits: whoever asks next is told why, and no start gets past it."""
    folder = tmp_path / "ledger"
    clocks = HandClocks(NOW)
    with open_ledger(found(folder), clocks) as ledger:
        make = Envelopes(ledger)
        envelope = make.put()
        ledger.submit([make.schedule((NOW + 1, "huge"), event_bytes=300)])
        wait_until_idle(ledger)
        clocks.pass_seconds(1)
        wait_until(lambda: has_halted(ledger))
        with pytest.raises(EngineHalted, match=r"an event of governance/schedule/.*huge is too large"):
            ledger.submit([envelope])
    assert read_tip(folder).height == 1
    with pytest.raises(Bug, match="too large"), open_ledger(folder, clocks):
        pass
