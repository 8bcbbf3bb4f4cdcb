"""Effects on tenders: each runs only when every condition of its message holds."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.lots import note_documents
from prasasti.contracts.procurement.plan.records import PlanRecord
from prasasti.contracts.procurement.process import (
    OPEN,
    SITTING,
    LotRecord,
    PinnedTrustee,
    ProcessRecord,
    Seat,
    Seats,
    TermsRecord,
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
from prasasti.contracts.treasury.budgets import reserve
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import parse_amount, require


def process_publish_tender(view: View, call: Call) -> Outcome:
    """03: the lots are open, their ceilings reserved, the rounds of sealing pinned to the trustees' keys."""
    draft, arguments = Draft(view), call.arguments
    plan = require(view.get(plan_key(arguments.plan), PlanRecord), arguments.plan)
    pinned = [PinnedTrustee(each.key_id, each.key_id, each.organisation) for each in arguments.trustees]
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
    return draft.outcome(
        events.TenderPublished(ballot_round, process.deadline, number, process.opening, arguments.process, proposal_round)
    )


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
        invited=arguments.invited, kind=plan.kind, lots=[lot.lot for lot in arguments.lots], method=plan.method, number=number,
        opening=arguments.opening, plan=arguments.plan, published=call.time, qualification=arguments.qualification,
        qualification_deadline=arguments.qualification_deadline or 0, question_end=arguments.question_end, related=arguments.related,
        rounds=1, seats=seats, selection=arguments.selection, valid_until=arguments.valid_until,
    )  # fmt: skip


def _make_lot(process: str, lot: str, record: ProcessRecord, proposal_round: str, ballot_round: str) -> LotRecord:
    return LotRecord(
        adopted=False, award="", ballot=0, ballot_round=ballot_round, ballots=0, complete=0, counting=False, decision_ends=0, due=0,
        evaluation=1, failure="", final=False, grace_ends=0, live=0, lot=lot, matters=0, opened=0, opening=0, passed_over=[],
        process=process, proposal_round=proposal_round, ranking=0, ranking_of=0, read=0, repeats=0, rounds_lost=0, scored=False,
        scoring_ends=0, scoring_extended=False, stage=list_slots(record)[0], state=OPEN, suspended=[], undecided=0, window_ends=0,
    )  # fmt: skip
