"""Effects of evaluation: each runs only when every condition of its message holds."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.evaluation import events
from prasasti.contracts.procurement.evaluation.effects import advance, close_ballot, get_ballot, is_decided, list_demanded
from prasasti.contracts.procurement.evaluation.records import Cast, ballot_key
from prasasti.contracts.procurement.lots import get_proposal, note_documents, put_lot, put_proposal
from prasasti.contracts.procurement.process import (
    RECUSED,
    InterestsRecord,
    get_lot,
    get_process,
    get_terms,
    interests_key,
    process_key,
)
from prasasti.contracts.procurement.proposal.records import OutcomeRecord
from prasasti.contracts.procurement.seats import find_interests, find_person
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event


def process_declare_interests(view: View, call: Call) -> Outcome:
    """12: what was declared stands; whoever declared anything decides nothing here. A second declaration only adds."""
    draft, arguments = Draft(view), call.arguments
    person = find_person(view, call.signers[0])
    before = find_interests(view, arguments.process, person)
    relations = sorted({*(before.relations if before is not None else []), *(_spell(each) for each in arguments.interests)})
    recused = bool(relations) or (before is not None and before.recused)
    declared = before.declared if before is not None and before.declared else call.time
    draft.put(interests_key(arguments.process, person), InterestsRecord(before.acted if before is not None else 0, declared, person, recused, relations))
    if recused:
        process = get_process(view, arguments.process)
        committee = [replace(seat, state=RECUSED) if seat.person == person else seat for seat in process.seats.committee]
        draft.put(process_key(arguments.process), replace(process, seats=replace(process.seats, committee=committee)))
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.InterestsDeclared(person.handle, person.organisation, recused))


def process_record_requirements(view: View, call: Call) -> Outcome:
    """15: one fail puts a proposal out; the last outcome that was missing publishes the ranking."""
    draft, arguments = Draft(view), call.arguments
    process, lot = get_process(view, arguments.process), get_lot(view, arguments.process, arguments.lot)
    demanded = list_demanded(get_terms(view, arguments.process), process, lot.stage)
    decided, lost = 0, 0
    for outcome in arguments.outcomes:
        proposal = get_proposal(draft, lot, outcome.bidder)
        was_decided = is_decided(proposal, demanded)
        recorded = OutcomeRecord(lot.evaluation, outcome.passed, outcome.reason, outcome.requirement)
        out = proposal.out or ("" if outcome.passed else f"requirement:{outcome.requirement}")
        lost += bool(out) and not proposal.out
        proposal = replace(proposal, out=out, outcomes=[*proposal.outcomes, recorded])
        put_proposal(draft, proposal)
        decided += is_decided(proposal, demanded) and not was_decided
        note_documents(draft, call, outcome.document)
    lot = replace(lot, live=lot.live - lost, undecided=lot.undecided - decided)
    put_lot(draft, lot)
    told: list[Event] = [events.RequirementsRecorded(lot.live, lot.lot, len(arguments.outcomes), lot.process)]
    return draft.outcome(*told, *advance(draft, call, lot))


def process_vote(view: View, call: Call) -> Outcome:
    """18: the vote counts; when all have cast, the ballot closes."""
    draft, arguments = Draft(view), call.arguments
    lot = get_lot(view, arguments.process, arguments.lot)
    ballot = get_ballot(view, lot)
    cast = Cast(arguments.choice, arguments.document, find_person(view, call.signers[0]), arguments.reason)
    ballot = replace(ballot, cast=[*ballot.cast, cast])
    draft.put(ballot_key(lot.process, lot.lot, lot.ballot), ballot)
    note_documents(draft, call, arguments.document)
    told: list[Event] = [events.VoteCast(lot.ballot, arguments.choice, lot.lot, lot.process)]
    if len(ballot.cast) == ballot.seats:
        told += close_ballot(draft, call, lot)
    return draft.outcome(*told)


def _spell(interest: Any) -> str:
    return f"{interest.relation}:{interest.organisation}"
