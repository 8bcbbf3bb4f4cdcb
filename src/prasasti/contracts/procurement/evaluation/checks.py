"""Conditions of evaluation (11 to 18): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.procurement.conditions import is_readable
from prasasti.contracts.procurement.evaluation.effects import ADOPT, get_ballot, is_live, list_demanded
from prasasti.contracts.procurement.evaluation.records import BALLOT_OPEN
from prasasti.contracts.procurement.lots import find_proposal
from prasasti.contracts.procurement.parameters import read_codes
from prasasti.contracts.procurement.process import (
    CANCELLED,
    DECIDED,
    EVALUATING,
    FAILED,
    ProcessRecord,
    find_lot,
    find_process,
    get_lot,
    get_process,
    get_terms,
)
from prasasti.contracts.procurement.seats import find_person
from prasasti.contracts.procurement.shapes import Person
from prasasti.core.contract import Call, View
from prasasti.core.types import require


def has_seat(view: View, call: Call) -> bool:
    """00.1: the signer sits on the committee, is an alternate, or has another seat of the process."""
    process = find_process(view, call.arguments.process)
    return process is not None and find_person(view, call.signers[0]) in list_seated(process)


def is_time_to_declare(view: View, call: Call) -> bool:
    """12.1: every lot is open, a failed or cancelled one counting as such."""
    process = get_process(view, call.arguments.process)
    lots = [require(find_lot(view, call.arguments.process, name), name) for name in process.lots]
    return all(lot.state in (CANCELLED, DECIDED, EVALUATING, FAILED) for lot in lots)


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
    are_live = all(proposal is not None and is_live(proposal) for proposal in proposals)
    return are_live and all(outcome.requirement in demanded for outcome in call.arguments.outcomes)


def are_outcomes_new(view: View, call: Call) -> bool:
    """15.2: what was recorded stands; only a new evaluation begins anew."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    for outcome in call.arguments.outcomes:
        proposal = require(find_proposal(view, lot.process, lot.lot, outcome.bidder), outcome.bidder)
        if any(each.requirement == outcome.requirement for each in proposal.outcomes):
            return False
    return lot.ranking_of != lot.evaluation


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
