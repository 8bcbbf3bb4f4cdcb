"""Violations and debarments: what is refused, and how long a debarment holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prasasti.contracts.procurement.conduct.records import DebarmentRecord, DebarredRecord, ViolationRecord
from prasasti.core.types import require
from tests.contracts.procurement_agreement_rows import award, by_contractor, by_officer, draft
from tests.contracts.procurement_conduct_rows import HEARD, ROWS, debar, lift, notify, reply
from tests.contracts.selection import DAY, Selection, found
from tests.core.ledger import ACCEPTED, Ledger


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    expected, play = ROWS[name]
    ledger = found(tmp_path)
    assert play(ledger) == expected
    ledger.close()


def debarred(ledger: Ledger, organisation: str = "bidder-2") -> DebarredRecord:
    return require(ledger.application.state.view.get(f"procurement/debarred/{organisation}", DebarredRecord), organisation)


def state_of(ledger: Ledger, debarment: str) -> str:
    return require(ledger.application.state.view.get(f"procurement/debarment/{debarment}", DebarmentRecord), debarment).state


def violation_of(ledger: Ledger, violation: str = "violation-1") -> ViolationRecord:
    return require(ledger.application.state.view.get(f"procurement/violation/{violation}", ViolationRecord), violation)


def count_events(ledger: Ledger, name: str) -> int:
    entries = [json.loads(data) for result in ledger.results for _, data in result.entries]
    return sum(event["event"] == f"procurement.{name}" for entry in entries for event in entry["events"])


def hear(selection: Selection, violation: str) -> None:
    assert notify(violation)(selection) == reply(violation)(selection) == ACCEPTED


def test_a_notice_is_answered_and_then_decided(tmp_path: Path) -> None:
    """Up to the second before the time to reply is over; the decision stands with the violation."""
    selection = award(found(tmp_path))
    ledger = selection.ledger
    assert notify()(selection) == notify("violation-2")(selection) == ACCEPTED
    due = violation_of(ledger).reply_due
    assert violation_of(ledger).buyer == "agency-1"
    selection.wait_until(due - 1)
    assert debar()(selection) == "procurement.42.2"
    assert reply()(selection) == ACCEPTED
    assert (violation_of(ledger).replied, violation_of(ledger).reply) != (0, None)
    assert debar()(selection) == ACCEPTED
    assert violation_of(ledger).debarment == "debarment-1"
    selection.wait_until(due)
    assert reply("violation-2")(selection) == "procurement.52.1"
    assert debar("debarment-2", violation="violation-2")(selection) == ACCEPTED, "silence counts as heard"


def test_a_debarment_expires_once_and_by_itself(tmp_path: Path) -> None:
    selection = draft(found(tmp_path))
    ledger = selection.ledger
    hear(selection, "violation-1")
    assert debar(seconds=3 * DAY)(selection) == ACCEPTED
    until = ledger.time + 3 * DAY
    selection.wait_until(until - 1)
    assert by_officer(selection) == "procurement.30.5"
    assert state_of(ledger, "debarment-1") == "in_force"
    selection.wait_until(until)
    assert state_of(ledger, "debarment-1") == "expired"
    assert debarred(ledger) == DebarredRecord([], 0)
    assert by_officer(selection) == by_contractor(selection) == ACCEPTED
    selection.wait_until(until + 30 * DAY)
    assert count_events(ledger, "debarment_expired") == 1


def test_the_longest_of_several_debarments_counts(tmp_path: Path) -> None:
    """Whichever is lifted or expires first leaves the others in force."""
    selection = draft(found(tmp_path))
    ledger = selection.ledger
    for number, days in ((1, 5), (2, 2), (3, 9)):
        hear(selection, f"violation-{number}")
        assert debar(f"debarment-{number}", days * DAY, violation=f"violation-{number}")(selection) == ACCEPTED
    begun = ledger.time
    assert debarred(ledger) == DebarredRecord(["debarment-1", "debarment-2", "debarment-3"], begun + 9 * DAY)
    selection.wait_until(begun + 2 * DAY)
    assert debarred(ledger) == DebarredRecord(["debarment-1", "debarment-3"], begun + 9 * DAY)
    assert lift(debarment="debarment-3", until=begun + 9 * DAY)(selection) == ACCEPTED
    assert debarred(ledger) == DebarredRecord(["debarment-1"], begun + 5 * DAY)
    assert by_officer(selection) == "procurement.30.5"
    selection.wait_until(begun + 9 * DAY)
    assert [state_of(ledger, f"debarment-{number}") for number in (1, 2, 3)] == ["expired", "expired", "lifted"]
    assert (count_events(ledger, "debarment_expired"), count_events(ledger, "debarment_lifted")) == (2, 1)


def test_a_lifted_debarment_leaves_its_organisation_as_it_stands(tmp_path: Path) -> None:
    """What it stopped is not done by itself."""
    selection = award(found(tmp_path))
    for act in (*HEARD, debar()):
        assert act(selection) == ACCEPTED
    until = debarred(selection.ledger).until
    selection.wait_until(selection.ledger.time + 10 * DAY)
    assert selection.activate() == "procurement.25.4"
    assert lift(until=until)(selection) == ACCEPTED
    assert selection.activate() == ACCEPTED
