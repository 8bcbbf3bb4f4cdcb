"""What waits for whom: the tasks at each stage of a selection."""

from __future__ import annotations

from pathlib import Path

from prasasti.contracts.procurement.calendar import compute_due
from prasasti.contracts.procurement.parameters import read_calendar
from prasasti.services.task import Task
from prasasti.services.tasks import TASKS, is_for, list_tasks
from tests.contracts.selection import BIDDERS, COMMITTEE, DAY, LOT, MILLION, PROCESS, TRUSTEES, Selection, found
from tests.core.ledger import ACCEPTED, Ledger
from tests.services.selected import find_subjects, list_entries


def list_of(ledger: Ledger) -> list[Task]:
    return list_tasks(ledger.application.state.view, find_subjects(entry for _, entry in list_entries(ledger)), ledger.time)


def tell(ledger: Ledger) -> set[tuple[str, str]]:
    """Each task and for whom."""
    return {(task.what, f"{task.organisation}:{task.handle}".rstrip(":")) for task in list_of(ledger)}


def test_each_stage_has_its_tasks(tmp_path: Path) -> None:
    selection = Selection(found(tmp_path))
    ledger = selection.ledger
    members = {f"agency-1:{name}" for name in COMMITTEE}
    selection.prepare()
    assert tell(ledger) == set()
    assert selection.publish() == ACCEPTED
    assert tell(ledger) == {("propose", "")}
    for bidder, price in zip(BIDDERS, (290, 280, 270), strict=True):
        assert selection.propose(bidder, price * MILLION) == ACCEPTED
    process = selection.process()
    selection.wait_until(process.deadline)
    assert tell(ledger) == {("share", trustee) for trustee in TRUSTEES}
    assert {task.since for task in list_of(ledger)} == {process.opening}
    selection.wait_until(process.opening)
    envelopes = list(selection.envelopes.values())
    assert selection.share(TRUSTEES[0], *envelopes) == ACCEPTED
    assert tell(ledger) == {("share", trustee) for trustee in TRUSTEES[1:]}
    assert selection.share(TRUSTEES[1], *envelopes) == ACCEPTED
    everybody = {*members, "agency-1:officer", "agency-1:inspector"}
    assert tell(ledger) == {("check", "agency-1"), *(("declare", person) for person in everybody)}
    selection.declare_all()
    assert selection.require_of(*((bidder, True) for bidder in BIDDERS)) == ACCEPTED
    assert tell(ledger) == {("vote", person) for person in members}
    assert selection.vote(COMMITTEE[0]) == ACCEPTED
    assert tell(ledger) == {("vote", person) for person in members - {f"agency-1:{COMMITTEE[0]}"}}
    for name in COMMITTEE[1:]:
        assert selection.vote(name) == ACCEPTED
    assert tell(ledger) == {("notify", "agency-1")}
    assert selection.award("bidder-3", 270 * MILLION) == ACCEPTED
    assert tell(ledger) == {("activate", "agency-1:officer")}
    selection.wait_until(ledger.time + 10 * DAY)
    assert selection.activate() == ACCEPTED
    assert tell(ledger) == {("draft", "agency-1:officer")}
    assert selection.draft(270 * MILLION) == ACCEPTED
    assert tell(ledger) == {("sign", "agency-1:officer"), ("sign", "bidder-3")}
    assert selection.sign("officer", "officer") == ACCEPTED
    assert selection.sign("bidder-3/director", "contractor") == ACCEPTED
    assert {task.what for task in list_of(ledger)} == {"deliver"}


def find_until(ledger: Ledger, what: str) -> int:
    (until,) = {task.until for task in list_of(ledger) if task.what == what}
    return until


def test_due_dates_of_what_no_window_ends(tmp_path: Path) -> None:
    """The reference's due dates, in working days of the buyer's calendar: 15 ten after the opening, 20 three, 25 and 28 five."""
    selection = Selection(found(tmp_path))
    ledger = selection.ledger
    calendar = read_calendar(ledger.application.state.view, "agency-1", ledger.time)
    selection.prepare()
    assert selection.publish() == ACCEPTED
    assert selection.propose("bidder-1", 290 * MILLION) == ACCEPTED
    selection.open()
    assert find_until(ledger, "check") == compute_due(calendar, selection.process().opening, 10)
    selection.declare_all()
    assert selection.require_of(("bidder-1", True)) == ACCEPTED
    ends = find_until(ledger, "vote")
    for name in COMMITTEE:
        assert selection.vote(name) == ACCEPTED
    assert find_until(ledger, "notify") == compute_due(calendar, ends, 3)
    assert selection.award("bidder-1", 290 * MILLION) == ACCEPTED
    (standstill,) = (task.since for task in list_of(ledger))
    assert find_until(ledger, "activate") == compute_due(calendar, standstill, 5)
    selection.wait_until(standstill)
    assert selection.activate() == ACCEPTED
    assert find_until(ledger, "draft") == compute_due(calendar, ledger.time, 5)


def test_a_task_is_for_who_holds_its_role_and_nobody_else_by_name() -> None:
    named = Task("vote", PROCESS, LOT, "1", "procurement.committee", "agency-1", "committee-1", 0, 1)
    anybody = named._replace(organisation="", handle="", role="procurement.bidder")
    assert is_for(named, "agency-1", "committee-1", ["procurement.committee"])
    assert not is_for(named, "agency-1", "committee-2", ["procurement.committee"])
    assert not is_for(named, "agency-1", "committee-1", ["procurement.officer"])
    assert is_for(anybody, "bidder-1", "bidder", ["procurement.bidder"])


def test_only_messages_of_the_contract_are_tasks() -> None:
    from prasasti.contracts import CONTRACTS

    actions = {f"{contract.name}.{message.name}" for contract in CONTRACTS for message in contract.messages}
    assert {*TASKS.values()} <= actions
