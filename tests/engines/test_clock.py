"""Block time, and a machine's clock that is wrong (ledger-core: Time): behind, far ahead, or unused for long."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.bootstrap import open_for_reading
from prasasti.core.tree import StateMismatch
from prasasti.engines.clock import MAX_JUMP_SECONDS, ClockJumped, Clocks, EngineClock, read_monotonic
from prasasti.services.ledger import Ledger
from tests.core.ledger import START, Signer
from tests.engines.world import (
    HOUR_SECONDS,
    WITH_REHEARSAL,
    Envelopes,
    HandClocks,
    expect_receipt,
    found,
    open_database,
    open_ledger,
    read_tables,
    read_tip,
)

OFFICER: Signer = ("agency-1/officer", "governance.officer")
DAY_SECONDS = 86_400


def seal(ledger: Ledger, make: Envelopes) -> int:
    """Seal a block; its time."""
    return expect_receipt(ledger.submit([make.put()])[0]).time


def test_block_time_is_the_wall_clock_and_never_falls(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Behind the last block it stands still; beyond a minute that is worth one warning until the clock has caught up."""
    clocks = HandClocks(START + 100.9)
    times = []
    with open_ledger(found(tmp_path / "ledger"), clocks) as ledger, caplog.at_level(logging.WARNING):
        make = Envelopes(ledger)
        for seconds in (0, 10, -60, 0, -60, 0, 130, 0, -100):
            clocks.jump(seconds)
            times.append(seal(ledger, make))
    assert times == [START + moment for moment in (100, 110, 110, 110, 110, 110, 120, 120, 120)]
    warnings = [record.getMessage() for record in caplog.records if "behind the previous block" in record.getMessage()]
    assert [warning.split(" s ")[0] for warning in warnings] == ["the clock is 120", "the clock is 100"]


def test_a_start_behind_the_last_block(tmp_path: Path) -> None:
    """A machine that comes up with an old clock goes on at the last block's time, and says how far it is behind."""
    folder = found(tmp_path / "ledger")
    with open_ledger(folder, HandClocks(START + DAY_SECONDS)) as ledger:
        seal(ledger, Envelopes(ledger))
    with open_ledger(folder, HandClocks(START)) as ledger:
        assert ledger.gap_seconds == -DAY_SECONDS
        assert seal(ledger, Envelopes(ledger)) == START + DAY_SECONDS


def test_a_long_gap_is_normal_and_said(tmp_path: Path) -> None:
    folder = found(tmp_path / "ledger")
    with open_ledger(folder, HandClocks(START + 60)) as ledger:
        seal(ledger, Envelopes(ledger))
    with open_ledger(folder, HandClocks(START + 60 + 90 * DAY_SECONDS)) as ledger:
        assert ledger.gap_seconds == 90 * DAY_SECONDS
        assert seal(ledger, Envelopes(ledger)) == START + 60 + 90 * DAY_SECONDS


@pytest.mark.parametrize("seconds", [3_601, 30 * DAY_SECONDS])
def test_a_jump_ahead_seals_nothing_until_the_clock_is_back(tmp_path: Path, seconds: int) -> None:
    """It is noted in the database, and the note goes with the first block after."""
    folder = found(tmp_path / "ledger")
    clocks = HandClocks()
    with open_ledger(folder, clocks) as ledger:
        make = Envelopes(ledger)
        assert seal(ledger, make) == START + 60
        envelope = make.put("b")
        clocks.jump(seconds)
        for _ in range(2):
            with pytest.raises(ClockJumped, match=f"{seconds} s more than the time that passed"):
                ledger.submit([envelope])
            clocks.pass_seconds(5)
        with pytest.raises(ClockJumped):
            ledger.now()
        assert ledger.database.read_note("clock_jumped") is not None
        assert ledger.database.read_tip().height == 1
        clocks.jump(-seconds)
        assert expect_receipt(ledger.submit([envelope])[0]).time == START + 70
        assert seal(ledger, make) == START + 70
        assert ledger.database.read_note("clock_jumped") is None
    assert read_tip(folder).height == 3


def test_an_hour_ahead_is_no_jump(tmp_path: Path) -> None:
    clocks = HandClocks()
    with open_ledger(found(tmp_path / "ledger"), clocks) as ledger:
        make = Envelopes(ledger)
        clocks.jump(MAX_JUMP_SECONDS)
        assert seal(ledger, make) == START + 60 + MAX_JUMP_SECONDS
        clocks.jump(1)
        with pytest.raises(ClockJumped):
            ledger.submit([b""])


def jump(folder: Path, seconds: int) -> None:
    """A process that saw the clock jump, and ended."""
    clocks = HandClocks()
    with open_ledger(folder, clocks) as ledger:
        envelope = Envelopes(ledger).put()
        clocks.jump(seconds)
        with pytest.raises(ClockJumped):
            ledger.submit([envelope])


def test_a_new_process_with_the_same_wrong_clock_is_refused(tmp_path: Path) -> None:
    """It cannot know that the clock jumped, but for the note; also where the clock was put back by a little."""
    folder = found(tmp_path / "ledger")
    jump(folder, 2 * HOUR_SECONDS)
    before = read_tables(folder)
    for wall in (START + 60 + 2 * HOUR_SECONDS + 10, START + 60 + 2 * HOUR_SECONDS - 10):
        with pytest.raises(ClockJumped, match="--accept-clock"), open_ledger(folder, HandClocks(wall)):
            pass
    assert read_tables(folder) == before
    with open_for_reading(folder, WITH_REHEARSAL) as ledger:
        assert ledger.database.read_tip().height == 0, "reading needs no clock"


def test_a_new_process_with_the_clock_back_goes_on(tmp_path: Path) -> None:
    folder = found(tmp_path / "ledger")
    jump(folder, 2 * HOUR_SECONDS)
    with open_ledger(folder, HandClocks(START + 120)) as ledger:
        assert ledger.database.read_note("clock_jumped") is None
        assert seal(ledger, Envelopes(ledger)) == START + 120


def test_a_new_process_may_accept_the_clock(tmp_path: Path) -> None:
    """Once: the note is gone, and the next process needs no leave."""
    folder = found(tmp_path / "ledger")
    jump(folder, 2 * HOUR_SECONDS)
    wall = START + 90 + 2 * HOUR_SECONDS
    with open_ledger(folder, HandClocks(wall), accept_clock=True) as ledger:
        assert seal(ledger, Envelopes(ledger)) == wall
    with open_ledger(folder, HandClocks(wall)) as ledger:
        assert seal(ledger, Envelopes(ledger)) == wall


def test_accepting_a_clock_that_is_right_changes_nothing(tmp_path: Path) -> None:
    folder = found(tmp_path / "ledger")
    before = read_tables(folder)
    with open_ledger(folder, HandClocks(), accept_clock=True):
        pass
    assert read_tables(folder) == before


def test_a_training_ledger_runs_ahead_by_its_offset(tmp_path: Path) -> None:
    """Block time, expiry and what a client is told are application time; the machine's clock is judged by its own."""
    folder = found(tmp_path / "ledger")
    clocks = HandClocks()
    ahead = 30 * DAY_SECONDS
    with open_ledger(folder, clocks) as ledger:
        make = Envelopes(ledger)
        advance = make.sign("governance.advance_clock", {"seconds": ahead}, OFFICER)
        old = make.put()
        assert expect_receipt(ledger.submit([advance])[0]).time == START + 60, "from the next block on"
        assert ledger.now() == START + 60 + ahead
        assert getattr(ledger.submit([old])[0], "code", None) == "admission.5"
        assert seal(ledger, make) == START + 60 + ahead
        clocks.jump(2 * HOUR_SECONDS)
        with pytest.raises(ClockJumped):
            ledger.submit([old])
        clocks.jump(-2 * HOUR_SECONDS)
        row = ledger.database.read_tip()
        assert (row.time, row.engine_time) == (START + 60 + ahead, START + 60)
    with open_ledger(folder, clocks) as ledger:
        assert (ledger.gap_seconds, ledger.now()) == (0, START + 60 + ahead)
    with open_for_reading(folder, WITH_REHEARSAL) as ledger:
        assert ledger.now() >= START + 60 + ahead


def test_another_clock_note_is_no_clock_note(tmp_path: Path) -> None:
    """A note that was altered halts: nobody guesses what it meant."""
    folder = found(tmp_path / "ledger")
    with open_database(folder) as database:
        database.set_note("clock_jumped", "17672x5600 1767225600")
    with pytest.raises(StateMismatch, match="note about the clock"), open_ledger(folder, HandClocks()):
        pass


STEPS = st.tuples(st.floats(0, 5_000), st.floats(-20_000, 20_000) | st.floats(-10, 10))


@given(st.lists(STEPS, max_size=40))
def test_engine_time_never_falls_and_never_leaps(steps: list[tuple[float, float]]) -> None:
    """Whatever the wall clock does, each time is at least the last, and at most an hour (and the drift) ahead of what passed."""
    hands = HandClocks(START)
    clock = EngineClock(hands.clocks, START)
    last = START
    for passed, leap in steps:
        hands.pass_seconds(passed)
        hands.jump(leap)
        try:
            read = clock.read()
        except ClockJumped:
            assert hands.wall - START > hands.monotonic + MAX_JUMP_SECONDS
            continue
        assert last <= read <= START + hands.monotonic * 1.001 + MAX_JUMP_SECONDS
        assert read == max(last, int(hands.wall))
        clock.advance(read)
        last = read


def test_small_corrections_never_add_up_to_a_jump() -> None:
    """Ten years of a clock that is set ahead by four seconds a day."""
    hands = HandClocks(START)
    clock = EngineClock(hands.clocks, START)
    for _ in range(3_650):
        hands.pass_seconds(DAY_SECONDS)
        hands.jump(4)
        assert clock.read() == int(hands.wall)


def test_several_leaps_add_up_to_a_jump() -> None:
    """Half an hour ahead three times within a minute is as wrong as an hour and a half at once."""
    hands = HandClocks(START)
    clock = EngineClock(hands.clocks, START)
    for _ in range(2):
        hands.pass_seconds(20)
        hands.jump(1_790)
        clock.read()
    hands.jump(1_790)
    with pytest.raises(ClockJumped):
        clock.read()


def test_the_machine_s_own_clocks() -> None:
    """The monotonic clock goes on while a machine sleeps, where the system can tell; it is never behind the plain one."""
    assert read_monotonic() <= read_monotonic()
    assert read_monotonic() >= time.monotonic() - 1
    clock = EngineClock(Clocks(), 0)
    assert clock.read() <= clock.read()
