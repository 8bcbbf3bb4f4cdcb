"""Deadlines: their order, what they may schedule, what a block entry holds, and the table that finds them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts import CONTRACTS
from prasasti.core.entries import MAX_BLOCK_EVENTS_BYTES, MAX_DEADLINE_EVENT_BYTES, MAX_ENTRY_BYTES
from prasasti.core.state import SCHEDULE_PREFIX, split_schedule_key
from prasasti.core.transition import DeadlinesFirst
from prasasti.core.types import Bug
from tests.core.ledger import ACCEPTED, START, Ledger, Signer
from tests.core.rehearsal import REHEARSAL

SENDER: Signer = ("agency-1/officer", "identity.holder")
WITH_REHEARSAL = (*CONTRACTS, REHEARSAL)
Moment = tuple[int, str]


def schedule(ledger: Ledger, *deadlines: Moment, **plan: Any) -> None:
    assert ledger.do("rehearsal.schedule", {"deadlines": deadlines, **plan}, SENDER) == ACCEPTED


def list_done(ledger: Ledger) -> list[tuple[str, int, str]]:
    """Key, block time and text seen of the deadlines that ran, in their order."""
    done = {key: json.loads(value) for key, value in ledger.records().items() if key.startswith("rehearsal/done/")}
    found = sorted((record["number"], key.rpartition("/")[2], record["time"], record["text"]) for key, record in done.items())
    return [(key, time, text) for _, key, time, text in found]


def list_records(ledger: Ledger) -> list[Moment]:
    """Deadlines by the records of the state, which the SQL table must equal."""
    return sorted(split_schedule_key(key) for key in ledger.records() if key.startswith(SCHEDULE_PREFIX))


def test_deadlines_run_by_time_then_key(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    schedule(ledger, (START + 200, "b"), (START + 100, "z"), (START + 200, "B"), (START + 200, "a"), (START + 1_000_000, "c"))
    ledger.time = START + 200
    ledger.seal()
    assert [key for key, _, _ in list_done(ledger)] == ["z", "B", "a", "b"]
    assert ledger.database.list_deadlines() == list_records(ledger) == [(START + 1_000_000, "rehearsal:c")]


def test_a_deadline_runs_at_the_first_block_at_or_after_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    schedule(ledger, (START + 100, "a"))
    ledger.time = START + 99
    size = ledger.application.info().size
    ledger.seal()
    assert (list_done(ledger), ledger.application.info().size) == ([], size), "nothing due: no entry"
    ledger.time = START + 100
    ledger.seal()
    assert list_done(ledger) == [("a", START + 100, "")]


def test_deadlines_run_before_the_transactions_of_their_block(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    assert ledger.do("rehearsal.put", {"texts": {"seen": "before"}}, SENDER) == ACCEPTED
    schedule(ledger, (ledger.time + 10, "a"), (ledger.time + 11, "b"))
    ledger.time += 10
    assert ledger.do("rehearsal.put", {"texts": {"seen": "after"}}, SENDER) == ACCEPTED
    assert list_done(ledger) == [("a", ledger.time, "before")]
    entry = json.loads(next(ledger.database.entries(ledger.application.info().size - 2, ledger.application.info().size))[1])
    assert (entry["deadline_count"], entry["transaction_count"], [event["key"] for event in entry["events"]]) == (1, 1, ["a"])


def test_a_deadline_of_the_past_waits_for_the_next_block(tmp_path: Path) -> None:
    """A transaction's own deadline never runs within its block: deadlines came first there."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    schedule(ledger, (START, "a"))
    assert list_done(ledger) == []
    ledger.seal()
    assert list_done(ledger) == [("a", ledger.time, "")]


def test_a_deadline_that_schedules_a_due_one_runs_it_in_the_same_block(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    schedule(ledger, (START + 100, "m"), (START + 150, "n"), following=[(START + 149, "x"), (START + 500, "y"), (START + 90, "w")])
    ledger.time = START + 200
    ledger.seal()
    ran = [event["key"] for event in json.loads(ledger.results[-1].entries[0][1])["events"]]
    assert ran == ["m", "w", "x", "n", "w", "x"]
    assert ledger.database.list_deadlines() == list_records(ledger) == [(START + 500, "rehearsal:y")]


def test_a_cancelled_deadline_does_not_run(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    schedule(ledger, (START + 100, "a"), (START + 100, "b"))
    assert ledger.do("rehearsal.cancel", {"deadlines": [[START + 100, "a"]]}, SENDER) == ACCEPTED
    ledger.time = START + 100
    ledger.seal()
    assert [key for key, _, _ in list_done(ledger)] == ["b"]
    assert ledger.database.list_deadlines() == list_records(ledger) == []


def test_what_does_not_fit_stays_due_and_no_transaction_passes_it(tmp_path: Path) -> None:
    """60,000 bytes of events a block entry; a block that is full of deadlines carries no transactions (formats: Log entries)."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    fitting = MAX_BLOCK_EVENTS_BYTES // (MAX_DEADLINE_EVENT_BYTES + 1)
    keys = [f"d{number:03}" for number in range(fitting + 2)]
    schedule(ledger, *((START + 100, key) for key in keys), event_bytes=MAX_DEADLINE_EVENT_BYTES)
    ledger.time = START + 100
    envelope = ledger.sign("rehearsal.put", {"texts": {"seen": "early"}}, SENDER)
    assert ledger.check(envelope) == ACCEPTED
    assert not ledger.application.has_room(ledger.time)
    assert not ledger.application.process_proposal(ledger.application.info().height + 1, ledger.time, [envelope])
    before = ledger.application.info()
    with pytest.raises(DeadlinesFirst):
        ledger.seal(envelope)
    assert ledger.application.info() == before
    ledger.seal()
    head = ledger.results[-1].entries[0][1]
    assert json.loads(head)["deadline_count"] == fitting
    assert MAX_BLOCK_EVENTS_BYTES < len(head) <= MAX_ENTRY_BYTES
    assert ledger.database.list_deadlines() == list_records(ledger) == [(START + 100, f"rehearsal:{key}") for key in keys[fitting:]]
    assert ledger.application.has_room(ledger.time)
    assert ledger.seal(envelope) == [ACCEPTED]
    assert [key for key, _, _ in list_done(ledger)] == keys
    assert {text for _, _, text in list_done(ledger)} == {""}


@pytest.mark.parametrize(
    ("event_bytes", "events"),
    [(MAX_DEADLINE_EVENT_BYTES + 1, 1), (MAX_DEADLINE_EVENT_BYTES, MAX_BLOCK_EVENTS_BYTES // MAX_DEADLINE_EVENT_BYTES + 1)],
    ids=["one too long", "too many for any block"],
)
def test_a_deadline_whose_events_fit_nowhere_is_a_bug(tmp_path: Path, event_bytes: int, events: int) -> None:
    """It would stay due for ever; the node halts and nothing of the block is kept."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    schedule(ledger, (START + 100, "a"), event_bytes=event_bytes, events=events)
    before = ledger.application.info()
    ledger.time = START + 100
    with pytest.raises(Bug):
        ledger.seal()
    ledger.restart()
    assert ledger.application.info() == before


def test_a_deadline_that_only_the_table_knows_halts(tmp_path: Path) -> None:
    """The table is derived and no part of the state root: an edited row must not make anything happen."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    schedule(ledger, (START + 100, "a"))
    ledger.database._connection.execute("UPDATE deadline SET time = ?", (START + 99,))
    ledger.time = START + 99
    with pytest.raises(Bug, match=f"{START + 99}/rehearsal:a"):
        ledger.seal()


MOMENTS = st.tuples(st.integers(START, START + 9), st.sampled_from("abcdef"))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("schedule"), st.lists(MOMENTS, min_size=1, max_size=4), st.lists(MOMENTS, max_size=2)),
        st.tuples(st.just("cancel"), st.lists(MOMENTS, min_size=1, max_size=4), st.just([])),
        st.tuples(st.just("wait"), st.just([]), st.just([])),
    ),
    max_size=10,
)


@given(steps=STEPS)
@settings(max_examples=40)
def test_the_schedule_equals_a_sorted_set(steps: list[tuple[str, list[Moment], list[Moment]]]) -> None:
    """Against a model of a few lines: what ran, in which order, what stays; and the table equals the records."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder), WITH_REHEARSAL)
        ledger.time = START
        waiting: set[Moment] = set()
        following: dict[str, list[Moment]] = {}
        for kind, moments, then in steps:
            expected: list[str] = []
            while due := sorted(moment for moment in waiting if moment[0] <= ledger.time):
                expected.append(due[0][1])
                for moment in following[due[0][1]]:
                    waiting.add(moment)
                    following[moment[1]] = []
                waiting.discard(due[0])  # Also where it scheduled itself anew for the same moment: it would never end.
            sealed = len(ledger.results)
            if kind == "schedule":
                schedule(ledger, *moments, following=then)
                waiting |= set(moments)
                following |= {key: then for _, key in moments}
            elif kind == "cancel":
                assert ledger.do("rehearsal.cancel", {"deadlines": moments}, SENDER) == ACCEPTED
                waiting -= set(moments)
            else:
                ledger.seal()
            events = [json.loads(result.entries[0][1])["events"] for result in ledger.results[sealed:]]
            assert [event["key"] for block in events for event in block] == expected
            assert ledger.database.list_deadlines() == list_records(ledger) == sorted((time, f"rehearsal:{key}") for time, key in waiting)
            ledger.time += 2
        ledger.close()
