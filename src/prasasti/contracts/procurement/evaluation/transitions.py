"""Effects of evaluation: each runs only when every condition of its message holds."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.people import Person, find_person, list_people
from prasasti.contracts.procurement.agreement.records import agreement_key
from prasasti.contracts.procurement.agreement.signing import get_agreement
from prasasti.contracts.procurement.award.events import MatterDecided
from prasasti.contracts.procurement.delivery.doubts import BY_AUTHORITY, lift_doubt
from prasasti.contracts.procurement.delivery.events import DoubtLifted
from prasasti.contracts.procurement.delivery.progress import get_contract
from prasasti.contracts.procurement.evaluation import events
from prasasti.contracts.procurement.evaluation.checks import TRUSTEE_SEAT, list_lots_of_trustee
from prasasti.contracts.procurement.evaluation.decisions import DOUBT_MATTER, MATTERS
from prasasti.contracts.procurement.evaluation.effects import (
    advance,
    await_decision,
    close_ballot,
    find_sheet,
    get_ballot,
    is_decided,
    is_seat_open,
    is_vote_open,
    list_demanded,
    name_judgement,
    name_sealer,
    put_out,
    renew_round,
)
from prasasti.contracts.procurement.evaluation.overseeing import get_parties, is_about_contract, name_subject
from prasasti.contracts.procurement.evaluation.records import (
    BALLOT_OPEN,
    COUNTED,
    FALLEN,
    SHEET_SEALED,
    Cast,
    SheetRecord,
    ballot_key,
    sheet_key,
)
from prasasti.contracts.procurement.integrity import Readings, is_conflicted
from prasasti.contracts.procurement.lots import get_proposal, note_documents, put_lot, put_proposal
from prasasti.contracts.procurement.process import (
    EVALUATING,
    RECUSED,
    REPLACED,
    SCORES,
    SEALED,
    SITTING,
    WITHDRAWN,
    InterestsRecord,
    LotRecord,
    ProcessRecord,
    Seat,
    get_lot,
    get_process,
    get_terms,
    interests_key,
    lot_name,
    process_key,
)
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, OutcomeRecord, envelope_key
from prasasti.contracts.procurement.proposal.transitions import drop_envelope
from prasasti.contracts.procurement.rounds import get_round_record
from prasasti.contracts.procurement.schedule import SEATED, schedule
from prasasti.contracts.procurement.sealing.framing import PURPOSE_BALLOT, compute_context, compute_envelope_id
from prasasti.contracts.procurement.seats import COMMITTEE, find_interests
from prasasti.contracts.procurement.shapes import Trustee
from prasasti.contracts.procurement.tender.trustees import pin_trustees
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.encoding import decode_base64
from prasasti.core.types import Event, require


def process_decide(view: View, call: Call) -> Outcome:
    """11: what the decision does to the lot; a doubt that is lifted holds no certificate any more."""
    draft, arguments = Draft(view), call.arguments
    note_documents(draft, call, arguments.document)
    if arguments.about == DOUBT_MATTER:
        number = lift_doubt(draft, call, arguments.contract, arguments.milestone, BY_AUTHORITY)
        process = get_contract(view, arguments.contract).process
        lifted = DoubtLifted(arguments.contract, arguments.milestone, number)
        return draft.outcome(MatterDecided(arguments.about, arguments.decision, process), lifted)
    lot = get_lot(view, arguments.process, arguments.lot)
    told = MATTERS[arguments.about].decisions[arguments.decision](draft, call, lot)
    return draft.outcome(MatterDecided(arguments.about, arguments.decision, arguments.process), *told)


def process_declare_interests(view: View, call: Call) -> Outcome:
    """12: what was declared stands; whoever declared anything, or is tied to a bidder by tags, decides nothing here (I3, I4).

    A second declaration only adds.
    """
    draft, arguments, name = Draft(view), call.arguments, name_subject(view, call)
    parties, person = get_parties(view, call), find_person(view, call.signers[0])
    before = find_interests(view, name, person) or InterestsRecord(0, call.time, person, False, [])
    relations = sorted({*before.relations, *(_spell(each) for each in arguments.interests)})
    is_tied = is_conflicted(Readings(view, name, parties, call.time), person)
    recused = bool(relations) or before.recused or is_tied
    draft.put(interests_key(name, person), replace(before, recused=recused, relations=relations))
    if recused and isinstance(parties, ProcessRecord):
        _recuse(draft, call, name, parties, person)
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.InterestsDeclared(person.handle, person.organisation, recused))


def process_seat(view: View, call: Call) -> Outcome:
    """13: outcomes and counted sheets stand; what the leaver sealed uncounted or voted in an open ballot falls; what waited goes on."""
    draft, arguments = Draft(view), call.arguments
    entered, left = _spell_holder(arguments.enters), _spell_holder(arguments.leaves) if arguments.leaves is not None else ""
    if is_about_contract(call):
        agreement, enters = get_agreement(view, call), Person(arguments.enters.handle, arguments.enters.organisation)
        draft.put(agreement_key(arguments.contract), replace(agreement, **{arguments.seat: enters}))
        return draft.outcome(events.SeatTaken(arguments.contract, entered, left, agreement.process, arguments.seat))
    taken = events.SeatTaken("", entered, left, arguments.process, arguments.seat)
    if arguments.seat == TRUSTEE_SEAT:
        _replace_trustee(draft, call)
        return draft.outcome(taken)
    process, person = get_process(view, arguments.process), Person(arguments.enters.handle, arguments.enters.organisation)
    if arguments.seat != "committee":
        draft.put(process_key(arguments.process), replace(process, seats=replace(process.seats, **{arguments.seat: person})))
        return draft.outcome(taken)
    leaver = Person(arguments.leaves.handle, arguments.leaves.organisation)
    committee = [Seat(person, SITTING) if seat.person == leaver else seat for seat in process.seats.committee]
    alternates = [each for each in process.seats.alternates if each != person]
    seats = replace(process.seats, alternates=alternates, committee=committee)
    draft.put(process_key(arguments.process), replace(process, seats=seats))
    for name in process.lots:
        _hand_over(draft, call, get_lot(draft, arguments.process, name), leaver, person)
    return draft.outcome(taken)


def process_note_arithmetic(view: View, call: Call) -> Outcome:
    """14: it is noted; the record holds the price since the opening."""
    arguments = call.arguments
    return Outcome(events=(events.ArithmeticNoted(arguments.bidder, arguments.lot, arguments.process),))


def process_submit_scores(view: View, call: Call) -> Outcome:
    """16: the sheet stands in place of the member's last one, which will never be opened."""
    draft, arguments = Draft(view), call.arguments
    lot, person = get_lot(view, arguments.process, arguments.lot), find_person(view, call.signers[0])
    before = find_sheet(view, lot, person)
    if before is not None and before.state == SHEET_SEALED:
        drop_envelope(draft, before.envelope, REPLACED)
    sealed, sealer = decode_base64(arguments.sealed), name_sealer(person)
    context = compute_context(bytes.fromhex(arguments.round), arguments.lot, SCORES, sealer)
    envelope = compute_envelope_id(context, sealed).hex()
    record = EnvelopeRecord(
        lot=arguments.lot, process=arguments.process, purpose=PURPOSE_BALLOT, round=arguments.round, sealed=arguments.sealed,
        sealer=sealer, secret="", shares=[], slot=SCORES, state=SEALED,
    )  # fmt: skip
    draft.put(envelope_key(envelope), record)
    versions = before.versions + 1 if before is not None else 1
    sheet = SheetRecord(envelope, person, [], SHEET_SEALED, versions)
    draft.put(sheet_key(lot.process, lot.lot, lot.evaluation, person), sheet)
    _note_acted(draft, call, person)
    return draft.outcome(events.ScoresSealed(envelope, lot.lot, lot.process))


def process_record_requirements(view: View, call: Call) -> Outcome:
    """15: one fail puts a proposal out; the last outcome that was missing publishes the result, or begins the next stage."""
    draft, arguments = Draft(view), call.arguments
    process, lot = get_process(view, arguments.process), get_lot(view, arguments.process, arguments.lot)
    demanded = list_demanded(get_terms(view, arguments.process), process, lot.stage)
    decided, lost = 0, 0
    for outcome in arguments.outcomes:
        proposal = get_proposal(draft, lot, outcome.bidder)
        was_decided, was_in = is_decided(lot, proposal, demanded), not proposal.out
        recorded = OutcomeRecord(lot.evaluation, outcome.passed, outcome.reason, outcome.requirement)
        proposal = replace(proposal, outcomes=[*proposal.outcomes, recorded])
        if was_in and not outcome.passed:
            proposal = put_out(draft, proposal, f"{name_judgement(lot.stage)}:{outcome.requirement}", call.time)
            lost += 1
        put_proposal(draft, proposal)
        decided += is_decided(lot, proposal, demanded) and not was_decided
        note_documents(draft, call, outcome.document)
    for person in list_people(view, call, COMMITTEE):
        _note_acted(draft, call, person)
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
    _note_acted(draft, call, cast.person)
    told: list[Event] = [events.VoteCast(lot.ballot, arguments.choice, lot.lot, lot.process)]
    if len(ballot.cast) == ballot.seats:
        told += close_ballot(draft, call, lot)
    return draft.outcome(*told)


def _recuse(draft: Draft, call: Call, name: str, process: ProcessRecord, person: Person) -> None:
    """Of a committee whoever is kept out leaves a seat to be taken."""
    if not any(seat.person == person and seat.state == SITTING for seat in process.seats.committee):
        return
    committee = [replace(seat, state=RECUSED) if seat.person == person else seat for seat in process.seats.committee]
    draft.put(process_key(name), replace(process, seats=replace(process.seats, committee=committee)))
    _await_seat(draft, call, name)


def _await_seat(draft: Draft, call: Call, process: str) -> None:
    """A member is kept out while the committee evaluates: somebody is seated (13), or the authority ends it (11)."""
    for name in get_process(draft, process).lots:
        lot = get_lot(draft, process, name)
        if lot.state == EVALUATING and not lot.decision_ends:
            await_decision(draft, call, lot)


def _hand_over(draft: Draft, call: Call, lot: LotRecord, leaver: Person, person: Person) -> None:
    """A counted sheet stays with its seat, whoever sits there; what is not counted falls. The schedule goes on with what waited, lot
    by lot."""
    if lot.state != EVALUATING:
        return
    sheet, own = find_sheet(draft, lot, leaver), find_sheet(draft, lot, person)
    if sheet is not None and sheet.state == COUNTED:
        draft.put(sheet_key(lot.process, lot.lot, lot.evaluation, person), sheet)
    elif own is not None:
        # Somebody who comes back: what was counted of them stays with the seat that they left.
        draft.put(sheet_key(lot.process, lot.lot, lot.evaluation, person), replace(own, state=FALLEN))
    if sheet is not None and sheet.state == SHEET_SEALED:
        drop_envelope(draft, sheet.envelope, WITHDRAWN)
        draft.put(sheet_key(lot.process, lot.lot, lot.evaluation, leaver), replace(sheet, state=FALLEN))
        lot = replace(lot, due=lot.due - 1) if lot.counting else lot
    if lot.ballot:
        ballot = get_ballot(draft, lot)
        if ballot.state == BALLOT_OPEN:
            cast = [each for each in ballot.cast if each.person != leaver]
            draft.put(ballot_key(lot.process, lot.lot, lot.ballot), replace(ballot, cast=cast))
    put_lot(draft, lot if is_seat_open(draft, lot) or is_vote_open(draft, lot) else replace(lot, decision_ends=0))
    schedule(draft, call.time, SEATED, lot_name(lot.process, lot.lot))


def _replace_trustee(draft: Draft, call: Call) -> None:
    """After a lost ballot round: the next one has another trustee, and what was sealed to the former is sealed again.

    The round and its end stand with each lot: an event for each of twenty lots would not fit into the entry.
    """
    arguments = call.arguments
    for lot in list_lots_of_trustee(draft, call):
        record = get_round_record(draft, lot.ballot_round)
        (entering,) = pin_trustees([Trustee(arguments.enters.key_id, arguments.enters.organisation)])
        trustees = [entering if each.organisation == arguments.leaves.organisation else each for each in record.trustees]
        renew_round(draft, call, lot, trustees)


def _note_acted(draft: Draft, call: Call, person: Person) -> None:
    """Who decided something declares nothing any more (12.1)."""
    interests = require(find_interests(draft, call.arguments.process, person), f"what {person.handle} declared")
    if not interests.acted:
        draft.put(interests_key(call.arguments.process, person), replace(interests, acted=call.time))


def _spell(interest: Any) -> str:
    return f"{interest.relation}:{interest.organisation}"


def _spell_holder(holder: Any) -> str:
    return f"{holder.organisation}:{holder.handle or holder.key_id}"
