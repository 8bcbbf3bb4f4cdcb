"""Conditions of evaluation (11 to 18): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.offices import AUDITOR, find_bound_key
from prasasti.contracts.offices import find_person as find_person_record
from prasasti.contracts.people import Person, find_person, list_people
from prasasti.contracts.procurement.agreement.signing import find_agreement
from prasasti.contracts.procurement.conditions import does_buyers_authority_sign, does_member_sign, have_signers_declared, is_readable
from prasasti.contracts.procurement.delivery.doubts import is_doubted
from prasasti.contracts.procurement.delivery.progress import find_contract, find_milestone
from prasasti.contracts.procurement.evaluation.decisions import DOUBT_MATTER, LIFT, MATTERS
from prasasti.contracts.procurement.evaluation.effects import (
    ADOPT,
    find_sheet,
    get_ballot,
    is_live,
    is_opened_now,
    is_scored,
    list_demanded,
    name_sealer,
)
from prasasti.contracts.procurement.evaluation.overseeing import (
    EXCLUDED_SEATS,
    do_contract_seats_stay_apart,
    find_subject_process,
    get_parties,
    is_about_contract,
    is_seat_of_contract,
    name_subject,
)
from prasasti.contracts.procurement.evaluation.records import BALLOT_OPEN, COUNTED
from prasasti.contracts.procurement.lots import find_proposal
from prasasti.contracts.procurement.parameters import read_codes, read_integer
from prasasti.contracts.procurement.process import (
    CANCELLED,
    DECIDED,
    EVALUATING,
    FAILED,
    FINANCIAL,
    PROPOSAL,
    SCORES,
    LotRecord,
    ProcessRecord,
    find_lot,
    find_process,
    get_lot,
    get_lot_terms,
    get_process,
    get_terms,
    list_slots,
)
from prasasti.contracts.procurement.proposal.checks import MAX_VERSIONS, is_sealed_for
from prasasti.contracts.procurement.proposal.records import PartRecord, part_key
from prasasti.contracts.procurement.rounds import get_round_record
from prasasti.contracts.procurement.scoring import WHOLE_BP
from prasasti.contracts.procurement.seats import AUTHORITY, COMMITTEE, OFFICER, find_interests, has_declared, is_opened
from prasasti.contracts.procurement.shapes import Trustee
from prasasti.contracts.procurement.tender.trustees import do_trustees_fit
from prasasti.core.admission import is_organisation_active
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require

TRUSTEE_SEAT = "trustee"
ABNORMALLY_LOW = "abnormally_low"


def do_deciders_sign(view: View, call: Call) -> bool:
    """00.1: the buyer's authority; on a doubt also an auditor, and on nothing else."""
    if call.arguments.about != DOUBT_MATTER:
        return len(call.signers) == 1 and call.signers[0].role == AUTHORITY and does_buyers_authority_sign(view, call)
    agreement = find_contract(view, call.arguments.contract)
    authorities = list_people(view, call, AUTHORITY)
    are_two = sorted(signer.role for signer in call.signers) == sorted((AUDITOR, AUTHORITY))
    return agreement is not None and are_two and authorities[0].organisation == agreement.buyer


def is_matter_known(view: View, call: Call) -> bool:
    """00.2: the lot is there, and evaluated or decided; of a doubt the contract has the milestone."""
    if call.arguments.about == DOUBT_MATTER:
        return find_milestone(view, call.arguments.contract, call.arguments.milestone) is not None
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    return lot is not None and lot.state in (DECIDED, EVALUATING)


def is_decision_reason_known(view: View, call: Call) -> bool:
    """00.6: the decision's reason."""
    return call.arguments.reason in read_codes(view, "reasons.decision", call.time)


def is_matter_open(view: View, call: Call) -> bool:
    """11.1: an award that the officer refused, two ballots without a majority to adopt, a seat that nobody took; a doubt."""
    if call.arguments.about == DOUBT_MATTER:
        return is_doubted(view, call.arguments.contract, call.arguments.milestone)
    return MATTERS[call.arguments.about].is_open(view, get_lot(view, call.arguments.process, call.arguments.lot))


def does_decision_fit(view: View, call: Call) -> bool:
    """11.2: the decision is one of the matter's."""
    if call.arguments.about == DOUBT_MATTER:
        return bool(call.arguments.decision == LIFT)
    return call.arguments.decision in MATTERS[call.arguments.about].decisions


def may_be_seated(view: View, call: Call) -> bool:
    """00.1: the process, or the contract, is there; the signer has a seat in it, or holds a role for which somebody may be seated
    (13)."""
    if is_about_contract(call):
        agreement = find_agreement(view, call)
        if agreement is None:
            return False
        seated, buyer = [agreement.officer, agreement.inspector, agreement.certifier, agreement.witness], agreement.buyer
    else:
        process = find_process(view, call.arguments.process)
        if process is None:
            return False
        seated, buyer = [*list_seated(process)], process.buyer
    person = find_person(view, call.signers[0])
    return person in seated or call.signers[0].role != OFFICER or person.organisation == buyer


def is_time_to_declare(view: View, call: Call) -> bool:
    """12.1: every lot was opened, a failed or cancelled one counting as such, and the signer decided nothing yet. Who does a
    community's contract is known from its draft on."""
    name, process = name_subject(view, call), find_subject_process(view, call)
    interests = find_interests(view, name, find_person(view, call.signers[0]))
    is_known = process is None or all(was_opened(process, require(find_lot(view, name, lot), lot)) for lot in process.lots)
    return is_known and (interests is None or not interests.acted)


def was_opened(process: ProcessRecord, lot: LotRecord) -> bool:
    """Whether a lot was opened at least once, or will not be any more: who takes part is known."""
    return lot.state in (CANCELLED, DECIDED, EVALUATING, FAILED) or lot.stage != list_slots(process)[0] or lot.repeats > 0


def does_seat_stand(view: View, call: Call) -> bool:
    """00.2: who is to leave sits there, where somebody does; who is to enter does not; a lot of the process is alive, or the contract."""
    if is_about_contract(call):
        return is_seat_of_contract(view, call)
    arguments, process = call.arguments, get_process(view, call.arguments.process)
    lots = [get_lot(view, arguments.process, name) for name in process.lots]
    if all(lot.state in (CANCELLED, FAILED) for lot in lots):
        return False
    if arguments.seat == TRUSTEE_SEAT:
        return True
    sitting = list_holders(process, arguments.seat)
    entering = Person(arguments.enters.handle or "", arguments.enters.organisation)
    leaving = Person(arguments.leaves.handle or "", arguments.leaves.organisation) if arguments.leaves is not None else None
    return (leaving in sitting if leaving is not None else not sitting) and entering not in sitting


def is_seat_reason_known(view: View, call: Call) -> bool:
    """00.6: the reason of the change."""
    return call.arguments.reason in read_codes(view, "reasons.seat", call.time)


def is_entitled(view: View, call: Call) -> bool:
    """13.1: a named alternate; once none is left, and for other seats, a holder of the role, an officer being the buyer's."""
    arguments = call.arguments
    if arguments.seat == TRUSTEE_SEAT:
        return True
    person = Person(arguments.enters.handle or "", arguments.enters.organisation)
    if arguments.seat == "witness":
        return holds_role(view, call, person, "")
    if arguments.seat == "committee":
        process = get_process(view, arguments.process)
        if person in process.seats.alternates:
            return holds_role(view, call, person, COMMITTEE)
        if any(is_alternate_left(view, call, each) for each in process.seats.alternates):
            return False
    is_near = arguments.seat != "officer" or person.organisation == get_parties(view, call).buyer
    return is_near and holds_role(view, call, person, f"procurement.{arguments.seat}")


def is_entering_clean(view: View, call: Call) -> bool:
    """13.2: after the opening whoever enters declared interests and is not kept out; a trustee and a witness decide nothing."""
    arguments, name, process = call.arguments, name_subject(view, call), find_subject_process(view, call)
    is_waiting = process is not None and not any(is_opened(get_lot(view, name, lot)) for lot in process.lots)
    if arguments.seat in (TRUSTEE_SEAT, "witness") or is_waiting:
        return True
    return has_declared(view, name, Person(arguments.enters.handle or "", arguments.enters.organisation))


def do_seats_stay_apart(view: View, call: Call) -> bool:
    """13.3: as 03.7: nobody of the committee, nor an alternate, has another seat, or is an authority; who inspects is neither officer
    nor certifier."""
    arguments = call.arguments
    if arguments.seat == TRUSTEE_SEAT:
        return True
    person = Person(arguments.enters.handle or "", arguments.enters.organisation)
    if is_about_contract(call):
        return do_contract_seats_stay_apart(view, call, person)
    seats = get_process(view, arguments.process).seats
    others = [each for each in (seats.certifier, seats.inspector, seats.officer, seats.reviewer, seats.witness) if each is not None]
    if arguments.seat == "committee":
        return person not in others and not holds_role(view, call, person, AUTHORITY)
    if person in (*(seat.person for seat in seats.committee), *seats.alternates):
        return False
    return person not in [getattr(seats, other) for other in EXCLUDED_SEATS[arguments.seat]]


def is_trustee_fit(view: View, call: Call) -> bool:
    """13.4: a ballot round of the trustee was lost and is sealed anew; with the new one the trustees are as 03.8 asks, none a bidder."""
    arguments = call.arguments
    if arguments.seat != TRUSTEE_SEAT:
        return True
    process, lots = get_process(view, arguments.process), list_lots_of_trustee(view, call)
    for lot in lots:
        record = get_round_record(view, lot.ballot_round)
        named = [
            Trustee(arguments.enters.key_id, arguments.enters.organisation) if each.organisation == arguments.leaves.organisation else
            Trustee(each.key_id, each.organisation)
            for each in record.trustees
        ]  # fmt: skip
        part = view.get(part_key(lot.process, lot.lot, arguments.enters.organisation), PartRecord)
        if not do_trustees_fit(view, process.buyer, named, record.t) or (part is not None and part.bidder):
            return False
    return bool(lots)


def is_priced(view: View, call: Call) -> bool:
    """00.2: the lot is evaluated at a stage with prices, and the bidder's was opened there."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    proposal = find_proposal(view, call.arguments.process, call.arguments.lot, call.arguments.bidder)
    if lot is None or lot.state != EVALUATING or lot.stage not in (FINANCIAL, PROPOSAL) or proposal is None:
        return False
    return is_opened_now(lot, proposal)


def does_declared_member_sign(view: View, call: Call) -> bool:
    """00.1: one sitting member, who declared interests and is not kept out."""
    return does_member_sign(view, call) and have_signers_declared(view, call)


def is_price_as_computed(view: View, call: Call) -> bool:
    """14.1: the price is the proposal's after arithmetic."""
    proposal = require(find_proposal(view, call.arguments.process, call.arguments.lot, call.arguments.bidder), call.arguments.bidder)
    return bool(call.arguments.price == require(proposal.offer, proposal.bidder).evaluated)


def are_relations_known(view: View, call: Call) -> bool:
    """00.6: each relation is a code."""
    relations = read_codes(view, "relations", call.time)
    return all(interest.relation in relations for interest in call.arguments.interests)


def is_lot_evaluated(view: View, call: Call) -> bool:
    """00.2: the lot is there and evaluated now."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    return lot is not None and lot.state == EVALUATING


def are_minutes_fit(view: View, call: Call) -> bool:
    """00.5: each outcome's document."""
    return all(is_readable(outcome.document) for outcome in call.arguments.outcomes)


def are_outcome_reasons_known(view: View, call: Call) -> bool:
    """00.6: each outcome's reason."""
    reasons = read_codes(view, "reasons.requirement", call.time)
    return all(outcome.reason in reasons for outcome in call.arguments.outcomes)


def are_requirements_demanded(view: View, call: Call) -> bool:
    """15.1: each is judged at this stage, of a proposal that is still in."""
    lot, process = get_lot(view, call.arguments.process, call.arguments.lot), get_process(view, call.arguments.process)
    demanded = list_demanded(get_terms(view, call.arguments.process), process, lot.stage)
    proposals = [find_proposal(view, lot.process, lot.lot, outcome.bidder) for outcome in call.arguments.outcomes]
    are_live = all(proposal is not None and is_live(lot, proposal) for proposal in proposals)
    return are_live and all(outcome.requirement in demanded for outcome in call.arguments.outcomes)


def are_outcomes_new(view: View, call: Call) -> bool:
    """15.2: what was recorded stands; only a new evaluation begins anew."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    for outcome in call.arguments.outcomes:
        proposal = require(find_proposal(view, lot.process, lot.lot, outcome.bidder), outcome.bidder)
        if any((each.evaluation, each.requirement) == (lot.evaluation, outcome.requirement) for each in proposal.outcomes):
            return False
    return lot.ranking_of != lot.evaluation


def are_low_prices_low(view: View, call: Call) -> bool:
    """15.4: only a price below its share of the estimate can be out as abnormally low, once its bidder was asked for reasons."""
    process, lot = get_process(view, call.arguments.process), get_lot(view, call.arguments.process, call.arguments.lot)
    named = [outcome.bidder for outcome in call.arguments.outcomes if outcome.reason == ABNORMALLY_LOW]
    if not named:
        return True
    least_bp = read_integer(view, "", "abnormally_low_bp", process.published)
    limit_e4 = parse_amount(get_lot_terms(view, lot.process, lot.lot).estimate) * least_bp
    proposals = [require(find_proposal(view, lot.process, lot.lot, bidder), bidder) for bidder in named]
    prices_minor = [parse_amount(require(proposal.offer, proposal.bidder).evaluated) for proposal in proposals]
    return lot.stage in (FINANCIAL, PROPOSAL) and all(price * WHOLE_BP < limit_e4 for price in prices_minor)


def is_scoring_time(view: View, call: Call) -> bool:
    """16.1: block time < the end of scoring; a lot that is not scored is judged by 00.2."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    return lot is None or not lot.scoring_ends or call.time < lot.scoring_ends


def is_sheet_asked(view: View, call: Call) -> bool:
    """00.2: the lot is scored now, the seal is for its present round, and the member's sheet is not counted yet."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    if lot is None or lot.state != EVALUATING or lot.scored or lot.counting:
        return False
    if not is_scored(get_terms(view, lot.process), lot) or call.arguments.round != lot.ballot_round:
        return False
    sheet = find_sheet(view, lot, find_person(view, call.signers[0]))
    return sheet is None or sheet.state != COUNTED


def has_room_for_sheet(view: View, call: Call) -> bool:
    """16.3: at most ten sheets a member in an evaluation."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    sheet = find_sheet(view, lot, find_person(view, call.signers[0]))
    return sheet is None or sheet.versions < MAX_VERSIONS


def is_sheet_seal_valid(view: View, call: Call) -> bool:
    """16.4: bytes that any t trustees of the ballot round will open in one way, for this lot and this member."""
    sealer = name_sealer(find_person(view, call.signers[0]))
    return is_sealed_for(view, call, call.arguments.round, SCORES, sealer)


def is_vote_reason_known(view: View, call: Call) -> bool:
    """00.6: the vote's reason."""
    return call.arguments.reason in read_codes(view, "reasons.vote", call.time)


def is_ballot_open(view: View, call: Call) -> bool:
    """18.1: the ballot named is open on the ranking named."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    if not lot.ballot or (call.arguments.ballot, call.arguments.ranking) != (lot.ballot, lot.ranking):
        return False
    ballot = get_ballot(view, lot)
    return ballot.state == BALLOT_OPEN and call.time < ballot.ends


def has_opinion(view: View, call: Call) -> bool:
    """18.3: who does not adopt says why, in a document."""
    return call.arguments.choice == ADOPT or call.arguments.document is not None


def has_not_voted(view: View, call: Call) -> bool:
    """18.4: one vote a ballot."""
    ballot = get_ballot(view, get_lot(view, call.arguments.process, call.arguments.lot))
    return all(cast.person != find_person(view, call.signers[0]) for cast in ballot.cast)


def list_seated(process: ProcessRecord) -> list[Person]:
    """Everybody who has a seat in a process, or would take one."""
    seats = process.seats
    others = [each for each in (seats.reviewer, seats.witness) if each is not None]
    return [*(seat.person for seat in seats.committee), *seats.alternates, seats.officer, seats.inspector, seats.certifier, *others]


def list_holders(process: ProcessRecord, seat: str) -> list[Person]:
    """Who sits in a kind of seat: several on a committee, one or nobody elsewhere."""
    if seat == "committee":
        return [each.person for each in process.seats.committee]
    holder: Person | None = getattr(process.seats, seat)
    return [holder] if holder is not None else []


def list_lots_of_trustee(view: View, call: Call) -> list[LotRecord]:
    """Lots whose score sheets are sealed anew since trustees did not open them, with the leaving trustee among those of the round."""
    lots = [get_lot(view, call.arguments.process, name) for name in get_process(view, call.arguments.process).lots]
    waiting = [lot for lot in lots if lot.state == EVALUATING and lot.rounds_lost and not lot.scored and not lot.counting]
    leaves = (call.arguments.leaves.key_id, call.arguments.leaves.organisation)
    return [
        lot for lot in waiting
        if any((each.key_id, each.organisation) == leaves for each in get_round_record(view, lot.ballot_round).trustees)
    ]  # fmt: skip


def is_alternate_left(view: View, call: Call, person: Person) -> bool:
    """Whether a named alternate can still be seated: not kept out, and with the role."""
    interests = find_interests(view, call.arguments.process, person)
    return holds_role(view, call, person, COMMITTEE) and (interests is None or not interests.recused)


def holds_role(view: View, call: Call, person: Person, role: str) -> bool:
    """Whether a person of an organisation in standing has a key that can act in a role, "" any."""
    record = find_person_record(view, call.genesis, person.organisation, person.handle)
    keys = [find_bound_key(view, key) for key in record.keys]
    is_standing = is_organisation_active(view, person.organisation)
    return is_standing and any(not key.suspended and key.until is None and (not role or role in key.roles) for key in keys)
