"""What waits for whom, and until when, in every selection and contract that goes on: read off the state.

Owns the list of selections; ``delivery_tasks`` owns that of contracts. What each task means, and what happens if nobody does it, the
contract says; which processes, questions and violations there are, ``waiting`` finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from prasasti.contracts.lists import count_items, item_key
from prasasti.contracts.people import Person
from prasasti.contracts.procurement.agreement.records import DRAFT, AgreementRecord, agreement_key
from prasasti.contracts.procurement.agreement.signing import list_contractors
from prasasti.contracts.procurement.award.records import (
    ACTIVE,
    FILED,
    PENDING,
    AppealRecord,
    AwardRecord,
    ComplaintRecord,
    ListedComplaint,
    appeal_key,
    award_key,
    complaint_key,
    complaints_of,
)
from prasasti.contracts.procurement.conduct.records import ViolationRecord, violation_key
from prasasti.contracts.procurement.evaluation.effects import find_sheet, is_scored, is_seat_open, is_vote_open
from prasasti.contracts.procurement.evaluation.records import BALLOT_OPEN, BallotRecord, RankingRecord, ballot_key, ranking_key
from prasasti.contracts.procurement.lots import compute_term_end
from prasasti.contracts.procurement.process import (
    DECIDED,
    EVALUATING,
    OPEN,
    OPENING,
    SITTING,
    InterestsRecord,
    LotRecord,
    ProcessRecord,
    find_lot,
    find_process,
    get_terms,
    interests_key,
)
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, envelope_key
from prasasti.contracts.procurement.rounds import get_round_record
from prasasti.contracts.procurement.tender.records import QuestionRecord, question_key
from prasasti.core.contract import View
from prasasti.core.types import require
from prasasti.services import delivery_tasks
from prasasti.services.selecting import list_due
from prasasti.services.task import Task, make_task

OFFICER, COMMITTEE, AUTHORITY, TRUSTEE = "procurement.officer", "procurement.committee", "procurement.authority", "procurement.trustee"
BIDDER, CONTRACTOR, INSPECTOR, REVIEWER = (
    "procurement.bidder", "procurement.contractor", "procurement.inspector", "procurement.reviewer",
)  # fmt: skip
# Kinds of tasks, in the order of a selection; the message that does each.
TASKS = {
    "answer_question": "procurement.answer_question",
    "propose": "procurement.submit_sealed",
    "share": "procurement.publish_opening_shares",
    "declare": "procurement.declare_interests",
    "take_seat": "procurement.seat",
    "check": "procurement.record_requirements",
    "score": "procurement.submit_scores",
    "vote": "procurement.vote",
    "decide_vote": "procurement.decide",
    "notify": "procurement.notify_award",
    "decide_refusal": "procurement.decide",
    "answer_complaint": "procurement.answer_complaint",
    "decide_appeal": "procurement.decide_appeal",
    "activate": "procurement.activate_award",
    "draft": "procurement.draft_contract",
    "sign": "procurement.sign_contract",
    "reply": "procurement.reply_violation",
    **delivery_tasks.TASKS,
}


class Found(NamedTuple):
    """What may have tasks: processes, questions by process, violations, contracts, reports, open items."""

    processes: list[str]
    questions: list[tuple[str, str]]
    violations: list[str]
    contracts: list[str]
    reports: list[str]
    items: list[str]


def list_tasks(view: View, found: Found, time: int) -> list[Task]:
    """Every task, those that end first before the others, those without an end last."""
    tasks = [task for process in found.processes for task in _list_of_process(view, process, time)]
    tasks += [task for contract in found.contracts for task in _list_of_contract(view, contract, time)]
    tasks += [task for report in found.reports for task in delivery_tasks.list_of_report(view, report)]
    tasks += [task for item in found.items for task in delivery_tasks.list_of_item(view, item)]
    tasks += [task for process, question in found.questions for task in _list_questions(view, process, question, time)]
    tasks += [task for violation in found.violations for task in _list_replies(view, violation, time)]
    return sorted(tasks, key=lambda task: (task.until == 0, task.until, task.process, task.lot, task.what, task.organisation, task.handle))


def may_have_tasks(view: View, process: str, contracts: Iterable[str]) -> bool:
    """Whether a process has tasks, whatever the time: where not, it has none until another entry of the log concerns it."""
    of_contracts = (task for contract in contracts for task in _list_of_contract(view, contract, 0))
    return any(True for _ in chain(_list_of_process(view, process, 0), of_contracts))


def is_for(task: Task, organisation: str, handle: str, roles: Iterable[str]) -> bool:
    """Whether a task waits for a person: in a role of theirs, and for nobody else by name."""
    return task.role in roles and task.organisation in ("", organisation) and task.handle in ("", handle)


def _list_questions(view: View, process: str, question: str, time: int) -> Iterator[Task]:
    record = require(view.get(question_key(process, question), QuestionRecord), question)
    found = require(find_process(view, process), process)
    if record.answer is None and time < found.deadline:
        yield Task("answer_question", process, "", question, COMMITTEE, found.buyer, "", 0, found.deadline)


def _list_replies(view: View, violation: str, time: int) -> Iterator[Task]:
    record = require(view.get(violation_key(violation), ViolationRecord), violation)
    if record.reply is None and time < record.reply_due:
        yield Task("reply", record.process, "", violation, BIDDER, record.organisation, "", 0, record.reply_due)


def _list_of_process(view: View, name: str, time: int) -> Iterator[Task]:
    process = find_process(view, name)
    if process is None:  # A plan line that nothing was published for, or that a community does.
        return
    lots = [require(find_lot(view, name, lot), lot) for lot in process.lots]
    yield from _list_declarations(view, name, process, lots)
    for lot in lots:
        yield from _list_of_lot(view, process, lot, time)


def _list_declarations(view: View, name: str, process: ProcessRecord, lots: list[LotRecord]) -> Iterator[Task]:
    """After the opening: who has a seat and said nothing of their interests yet."""
    if not any(lot.state == EVALUATING for lot in lots):
        return
    seats = [(COMMITTEE, seat.person) for seat in process.seats.committee if seat.state == SITTING]
    for role, person in (*seats, (OFFICER, process.seats.officer), (INSPECTOR, process.seats.inspector)):
        if not _has_declared(view, name, person):
            yield make_task("declare", name, "", "", role, person, 0)


def _has_declared(view: View, process: str, person: Person) -> bool:
    record = view.get(interests_key(process, person), InterestsRecord)
    return record is not None and record.declared > 0


def _list_of_lot(view: View, process: ProcessRecord, lot: LotRecord, time: int) -> Iterator[Task]:
    if lot.suspended:
        return
    if lot.state == OPEN:
        until = process.qualification_deadline if lot.stage == "qualification" else process.deadline
        invited = process.invited or [""]
        yield from (Task("propose", lot.process, lot.lot, "", BIDDER, each, "", 0, until) for each in invited if time < until)
    if lot.state == OPENING or lot.counting:
        yield from _list_shares(view, lot)
    if lot.state == EVALUATING:
        yield from _list_of_evaluation(view, process, lot, time)
    if lot.state == DECIDED:
        yield from _list_of_award(view, process, lot)
    yield from _list_complaints(view, process, lot)


def _list_shares(view: View, lot: LotRecord) -> Iterator[Task]:
    """Trustees who have not shared all that is due; before the opening they cannot."""
    due = [require(view.get(envelope_key(each), EnvelopeRecord), each) for each in list_due(view, lot)]
    trustees = get_round_record(view, lot.ballot_round if lot.counting else lot.proposal_round).trustees
    since = 0 if lot.counting else lot.opening
    for index, trustee in enumerate(trustees, 1):
        if any(index not in record.shares for record in due):
            yield Task("share", lot.process, lot.lot, "", TRUSTEE, trustee.organisation, "", since, lot.grace_ends)


def _list_of_evaluation(view: View, process: ProcessRecord, lot: LotRecord, time: int) -> Iterator[Task]:
    name, seats = lot.process, [seat.person for seat in process.seats.committee if seat.state == SITTING]
    if is_seat_open(view, lot):
        yield Task("take_seat", name, lot.lot, "", AUTHORITY, process.buyer, "", 0, lot.decision_ends)
    elif is_vote_open(view, lot):
        yield Task("decide_vote", name, lot.lot, "", AUTHORITY, process.buyer, "", 0, lot.decision_ends)
    if lot.undecided and lot.ranking_of != lot.evaluation:
        due = compute_term_end(view, lot.opening, process, "requirements_due")
        yield Task("check", name, lot.lot, "", COMMITTEE, process.buyer, "", 0, due)
    if is_scored(get_terms(view, name), lot) and not lot.scored and not lot.counting and time < lot.scoring_ends:
        yield from (
            make_task("score", name, lot.lot, "", COMMITTEE, each, lot.scoring_ends) for each in seats if not _has_scored(view, lot, each)
        )
    ballot = view.get(ballot_key(name, lot.lot, lot.ballot), BallotRecord) if lot.ballot else None
    if ballot is not None and ballot.state == BALLOT_OPEN:
        cast = [each.person for each in ballot.cast]
        yield from (make_task("vote", name, lot.lot, str(lot.ballot), COMMITTEE, each, ballot.ends) for each in seats if each not in cast)
    if lot.adopted:
        # The ranking is adopted by the end of its ballot; in a direct procurement, which has none, as it is published.
        ranking = require(view.get(ranking_key(name, lot.lot, lot.ranking), RankingRecord), name)
        adopted = ballot.ends if ballot is not None else ranking.published
        due = compute_term_end(view, adopted, process, "notification_due")
        yield Task("notify", name, lot.lot, "", COMMITTEE, process.buyer, "", 0, due)


def _has_scored(view: View, lot: LotRecord, person: Person) -> bool:
    sheet = find_sheet(view, lot, person)
    return sheet is not None and sheet.state in ("sealed", "counted")


def _list_of_award(view: View, process: ProcessRecord, lot: LotRecord) -> Iterator[Task]:
    award = require(view.get(award_key(lot.process, lot.lot, lot.award), AwardRecord), lot.award)
    officer = process.seats.officer
    if award.refusal_ends:
        yield Task("decide_refusal", lot.process, lot.lot, award.award, AUTHORITY, process.buyer, "", 0, award.refusal_ends)
    elif award.state == PENDING and not lot.matters:
        due = compute_term_end(view, award.standstill_ends, process, "activation_due") if award.standstill_ends else 0
        yield make_task("activate", lot.process, lot.lot, award.award, OFFICER, officer, due, award.standstill_ends)
    contract = view.get(agreement_key(award.contract), AgreementRecord) if award.contract else None
    if award.state == ACTIVE and contract is None:
        due = min(award.signing_ends, compute_term_end(view, award.activated, process, "draft_due"))
        yield make_task("draft", lot.process, lot.lot, award.award, OFFICER, officer, due)
    if award.state == ACTIVE and contract is not None and contract.state == DRAFT:
        yield from _list_signatures(contract, award.signing_ends)


def _list_of_contract(view: View, contract: str, time: int) -> Iterator[Task]:
    """Under a contract: its delivery; a community's is signed first, for which no award waits."""
    record = view.get(agreement_key(contract), AgreementRecord)
    if record is not None and record.state == DRAFT and not record.process:
        yield from _list_signatures(record, record.signing_ends)
    yield from delivery_tasks.list_of_contract(view, contract, time)


def _list_signatures(contract: AgreementRecord, until: int) -> Iterator[Task]:
    signed, process = [each.organisation for each in contract.signatures], contract.process or contract.plan
    if contract.buyer not in signed:
        yield make_task("sign", process, contract.lot, contract.contract, OFFICER, contract.officer, until)
    for organisation in list_contractors(contract):
        if organisation not in signed:
            yield Task("sign", process, contract.lot, contract.contract, CONTRACTOR, organisation, "", 0, until)


def _list_complaints(view: View, process: ProcessRecord, lot: LotRecord) -> Iterator[Task]:
    name = complaints_of(lot.process, lot.lot)
    for number in range(count_items(view, "procurement", "complaints", name)):
        listed = require(view.get(item_key("procurement", "complaints", name, number), ListedComplaint), name)
        record = require(view.get(complaint_key(lot.process, listed.complaint), ComplaintRecord), listed.complaint)
        if record.outcome == FILED:
            yield Task("answer_complaint", lot.process, lot.lot, listed.complaint, COMMITTEE, process.buyer, "", 0, record.due)
        appeal = view.get(appeal_key(lot.process, record.appeal), AppealRecord) if record.appeal else None
        if appeal is not None and appeal.outcome == FILED:
            reviewer = process.seats.reviewer
            organisation, handle = (reviewer.organisation, reviewer.handle) if reviewer is not None else ("", "")
            yield Task("decide_appeal", lot.process, lot.lot, record.appeal, REVIEWER, organisation, handle, 0, appeal.due)
