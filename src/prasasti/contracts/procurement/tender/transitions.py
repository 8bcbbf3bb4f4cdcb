"""Effects on tenders: each runs only when every condition of its message holds."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.lots import note_documents, put_lot
from prasasti.contracts.procurement.plan.processes import get_plan
from prasasti.contracts.procurement.plan.records import PlanRecord
from prasasti.contracts.procurement.process import (
    DIRECT,
    OPEN,
    SITTING,
    LotRecord,
    ProcessRecord,
    Seat,
    Seats,
    TermsRecord,
    get_process,
    get_terms,
    list_slots,
    lot_key,
    lot_name,
    plan_key,
    process_key,
    terms_key,
)
from prasasti.contracts.procurement.records import ListedMark, list_process, listed_key
from prasasti.contracts.procurement.rounds import open_round
from prasasti.contracts.procurement.schedule import CLOSE, QUALIFY, schedule
from prasasti.contracts.procurement.sealing.framing import PURPOSE_BALLOT, PURPOSE_PROPOSAL
from prasasti.contracts.procurement.tender import events
from prasasti.contracts.procurement.tender.effects import (
    are_trustees_kept,
    compute_extension,
    compute_next_deadline,
    list_asking,
    move_deadline,
)
from prasasti.contracts.procurement.tender.records import QuestionRecord, question_key
from prasasti.contracts.procurement.tender.trustees import pin_trustees
from prasasti.contracts.treasury.budgets import release, reserve
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import parse_amount, require


def process_publish_tender(view: View, call: Call) -> Outcome:
    """03: the lots are open, their ceilings reserved, the rounds of sealing pinned to the trustees' keys."""
    draft, arguments = Draft(view), call.arguments
    plan = require(view.get(plan_key(arguments.plan), PlanRecord), arguments.plan)
    pinned = pin_trustees(arguments.trustees)
    proposal_round = open_round(draft, call, PURPOSE_PROPOSAL, arguments.process, 1, arguments.t, pinned)
    ballot_round = open_round(draft, call, PURPOSE_BALLOT, arguments.process, 1, arguments.t, pinned) if arguments.criteria else ""
    number = _list(draft, plan, arguments.process)
    process = _make_process(call, arguments, plan, number)
    draft.put(process_key(arguments.process), process)
    draft.put(terms_key(arguments.process), make_terms(arguments))
    for lot in arguments.lots:
        draft.put(lot_key(arguments.process, lot.lot), _make_lot(arguments.process, lot.lot, process, proposal_round, ballot_round))
        if not plan.early:
            reserve(draft, lot_name(arguments.process, lot.lot), sum_ceiling(lot))
    draft.put(plan_key(arguments.plan), replace(plan, process=arguments.process, processes=plan.processes + 1))
    first = QUALIFY if process.qualification else CLOSE
    schedule(draft, process.qualification_deadline if process.qualification else process.deadline, first, arguments.process)
    note_documents(draft, call, *(each.document for each in arguments.documents))
    return draft.outcome(events.TenderPublished(ballot_round, process.deadline, number, process.opening, arguments.process, proposal_round))


def process_ask_question(view: View, call: Call) -> Outcome:
    """04: the question stands for all to read."""
    draft, arguments = Draft(view), call.arguments
    draft.put(question_key(arguments.process, arguments.question), QuestionRecord(None, 0, call.time, call.actor, arguments.document))
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.QuestionAsked(arguments.process, arguments.question))


def process_answer_question(view: View, call: Call) -> Outcome:
    """05: the answer stands for all to read; one that comes after the time for questions leaves time to use it."""
    draft, arguments = Draft(view), call.arguments
    process, key = get_process(view, arguments.process), question_key(arguments.process, arguments.question)
    question = require(view.get(key, QuestionRecord), arguments.question)
    draft.put(key, replace(question, answer=arguments.document, answered=call.time))
    is_late = call.time >= process.question_end
    until = compute_extension(view, call, process) if is_late else 0
    deadline = move_deadline(draft, arguments.process, until) if is_late else compute_next_deadline(view, arguments.process)
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.QuestionAnswered(deadline, arguments.process, arguments.question))


def process_amend_tender(view: View, call: Call) -> Outcome:
    """06: the request is another. What was sealed stands, unless the trustees are others: then nothing that was sealed to the old
    ones counts any more, and all seal again. Time is left to read what is new."""
    draft, arguments = Draft(view), call.arguments
    name, changes = arguments.process, arguments.changes
    process, before = get_process(view, name), get_terms(view, name)
    lots = {lot.lot: lot for lot in changes.lots}
    amended = replace(
        process, amendments=process.amendments + 1, deadline=changes.deadline, opening=changes.opening,
        qualification_deadline=changes.qualification_deadline or 0, question_end=changes.question_end, selection=changes.selection,
        valid_until=changes.valid_until,
    )  # fmt: skip
    draft.put(process_key(name), amended)
    draft.put(terms_key(name), replace(make_terms(changes), lots=[lots.get(lot.lot, lot) for lot in before.lots]))
    _change_reservations(draft, get_plan(view, process.plan), name, before, changes.lots)
    opened = _renew_rounds(draft, call, name, changes)
    deadline = move_deadline(draft, name, compute_extension(view, call, process))
    note_documents(draft, call, arguments.document, *(each.document for each in changes.documents))
    return draft.outcome(events.TenderAmended(amended.amendments, deadline, name, opened))


def make_terms(arguments: Any) -> TermsRecord:
    """What a request says of what is bought and demanded."""
    return TermsRecord(
        criteria=arguments.criteria, documents=arguments.documents, estimate_date=arguments.estimate_date, lots=arguments.lots,
        preference_bp=arguments.preference_bp, requirements=arguments.requirements, technical_bp=arguments.technical_bp,
        terms=arguments.terms, threshold=arguments.threshold, tkdn_minimum_bp=arguments.tkdn_minimum_bp,
    )  # fmt: skip


def sum_ceiling(lot: Any) -> dict[str, int]:
    """A lot's ceiling by budget line, minor units."""
    total: dict[str, int] = {}
    for part in lot.ceiling:
        total[part.line] = total.get(part.line, 0) + parse_amount(part.amount)
    return total


def compare_ceilings(before: Any, after: Any) -> tuple[dict[str, int], dict[str, int]]:
    """By how much a lot's ceiling is less than before, and by how much more, by budget line; minor units, above 0."""
    old, new = sum_ceiling(before), sum_ceiling(after)
    change = {line: new.get(line, 0) - old.get(line, 0) for line in sorted({*old, *new})}
    return {line: -each for line, each in change.items() if each < 0}, {line: each for line, each in change.items() if each > 0}


def _change_reservations(draft: Draft, plan: PlanRecord, process: str, before: TermsRecord, lots: Any) -> None:
    """What is less than before is free before what is more is held."""
    if plan.early:
        return
    old = {lot.lot: lot for lot in before.lots}
    compared = [(lot_name(process, lot.lot), *compare_ceilings(old[lot.lot], lot)) for lot in lots]
    for reservation, less, _ in compared:
        if less:
            release(draft, reservation, less)
    for reservation, _, more in compared:
        if more:
            reserve(draft, reservation, more)


def _renew_rounds(draft: Draft, call: Call, name: str, changes: Any) -> str:
    """The round that proposals are sealed to from now on; a new one where the trustees are others, of ballots too."""
    process, lots = get_process(draft, name), list_asking(draft, name)
    pinned = pin_trustees(changes.trustees)
    if are_trustees_kept(draft, name, changes):
        ballot_rounds = [lot.ballot_round for lot in lots]
        if changes.criteria and not all(ballot_rounds):
            ballot_round = open_round(draft, call, PURPOSE_BALLOT, name, process.rounds, changes.t, pinned)
            for lot in lots:
                put_lot(draft, replace(lot, ballot_round=lot.ballot_round or ballot_round))
        return lots[0].proposal_round
    number = process.rounds + 1
    proposal_round = open_round(draft, call, PURPOSE_PROPOSAL, name, number, changes.t, pinned)
    ballot_round = open_round(draft, call, PURPOSE_BALLOT, name, number, changes.t, pinned) if changes.criteria else ""
    draft.put(process_key(name), replace(process, rounds=number))
    for lot in lots:
        put_lot(draft, replace(lot, ballot_round=ballot_round, complete=0, proposal_round=proposal_round))
    return proposal_round


def _list(draft: Draft, plan: PlanRecord, process: str) -> int:
    """The process's place in the buyer's list; its first process has one from the plan on."""
    for write in list_process(draft, "buyer", plan.buyer, plan.buyer, process):
        draft.put(*write)
    return require(draft.get(listed_key("buyer", plan.buyer, plan.buyer, process), ListedMark), process).number


def _make_process(call: Call, arguments: Any, plan: PlanRecord, number: int) -> ProcessRecord:
    seats = Seats(
        alternates=arguments.seats.alternates, certifier=arguments.seats.certifier,
        committee=[Seat(person, SITTING) for person in arguments.seats.committee], inspector=arguments.seats.inspector,
        officer=arguments.seats.officer, reviewer=None, witness=arguments.seats.witness,
    )  # fmt: skip
    return ProcessRecord(
        amendments=0, buyer=plan.buyer, currency=plan.currency, deadline=arguments.deadline, extended=False, files=arguments.files,
        invited=arguments.invited, kind=plan.kind, lots=[lot.lot for lot in arguments.lots],
        method=DIRECT if arguments.invited else plan.method, number=number, opening=arguments.opening, plan=arguments.plan,
        published=call.time, qualification=arguments.qualification, qualification_deadline=arguments.qualification_deadline or 0,
        question_end=arguments.question_end, related=arguments.related, rounds=1, seats=seats, selection=arguments.selection,
        valid_until=arguments.valid_until,
    )  # fmt: skip


def _make_lot(process: str, lot: str, record: ProcessRecord, proposal_round: str, ballot_round: str) -> LotRecord:
    return LotRecord(
        adopted=False, award="", ballot=0, ballot_round=ballot_round, ballots=0, complete=0, counting=False, decision_ends=0, due=0,
        evaluation=1, failure="", final=False, grace_ends=0, live=0, lot=lot, matters=0, opened=0, opening=0, passed_over=[],
        process=process, proposal_round=proposal_round, ranking=0, ranking_of=0, read=0, repeats=0, rounds_lost=0, scored=False,
        scoring_ends=0, scoring_extended=False, stage=list_slots(record)[0], state=OPEN, suspended=[], undecided=0, window_ends=0,
    )  # fmt: skip
