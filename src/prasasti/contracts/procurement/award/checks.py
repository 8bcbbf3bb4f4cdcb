"""Conditions on awards (11, 19 to 27): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from collections.abc import Iterator

from prasasti.contracts.procurement.award.records import PENDING, AwardRecord, award_key
from prasasti.contracts.procurement.conditions import is_readable
from prasasti.contracts.procurement.evaluation.records import RankedRecord, RankingRecord, ranked_key, ranking_key
from prasasti.contracts.procurement.kinds import KINDS
from prasasti.contracts.procurement.lots import find_proposal, get_proposal
from prasasti.contracts.procurement.parameters import read_amount, read_flag
from prasasti.contracts.procurement.plan.records import PlanRecord
from prasasti.contracts.procurement.process import (
    DIRECT,
    EVALUATING,
    LotRecord,
    find_lot,
    find_process,
    get_lot,
    get_lot_terms,
    get_process,
    lot_name,
    plan_key,
)
from prasasti.contracts.procurement.proposal.checks import is_debarred
from prasasti.contracts.procurement.seats import AUTHORITY, BIDDER, COMMITTEE, OFFICER, is_majority, list_people
from prasasti.contracts.procurement.tender.transitions import sum_ceiling
from prasasti.contracts.treasury.budgets import can_reserve, is_reservation_covered
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require


def do_awarders_sign(view: View, call: Call) -> bool:
    """00.1: the committee's majority; above its value the buyer's authority alone."""
    process = find_process(view, call.arguments.process)
    if process is None:
        return False
    committee, authorities = list_people(view, call, COMMITTEE), list_people(view, call, AUTHORITY)
    if parse_amount(call.arguments.price) > read_amount(view, process.kind, "authority_awards_above", process.published):
        return not committee and len(authorities) == 1 and authorities[0].organisation == process.buyer
    return not authorities and is_majority(process, committee)


def can_be_awarded(view: View, call: Call) -> bool:
    """00.2: the lot is evaluated, has no award that stands, and none of this id."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    if lot is None or lot.state != EVALUATING or lot.award:
        return False
    return view.get(award_key(lot.process, lot.lot, call.arguments.award), AwardRecord) is None


def is_ranking_adopted(view: View, call: Call) -> bool:
    """20.1: the committee adopted the latest ranking; in a direct procurement it counts as adopted."""
    return get_lot(view, call.arguments.process, call.arguments.lot).adopted


def is_first_in_rank(view: View, call: Call) -> bool:
    """20.2: the first of the adopted ranking that is not out, debarred or passed over."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    return bool(find_first(view, lot, call.time) == call.arguments.bidder)


def is_award_price_fit(view: View, call: Call) -> bool:
    """20.3: the price is the proposal's after arithmetic, and not above the estimate where that binds."""
    process, lot = get_process(view, call.arguments.process), get_lot(view, call.arguments.process, call.arguments.lot)
    offer = require(get_proposal(view, lot, call.arguments.bidder).offer, call.arguments.bidder)
    binds = read_flag(view, process.kind, "estimate_binds", process.published)
    is_within = parse_amount(call.arguments.price) <= parse_amount(get_lot_terms(view, lot.process, lot.lot).estimate)
    return bool(call.arguments.price == offer.evaluated) and (is_within or not binds)


def is_awarded_not_debarred(view: View, call: Call) -> bool:
    """20.4: neither the bidder nor another member of its consortium."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    return not any(is_debarred(view, each, call.time) for each in list_members(view, lot, call.arguments.bidder))


def are_reasons_readable(view: View, call: Call) -> bool:
    """20.5: the reasons to all bidders."""
    return is_readable(call.arguments.reasons)


def do_officer_and_bidder_sign(view: View, call: Call) -> bool:
    """00.1: the process's officer; where price or validity change, the bidder too, and only then."""
    process = find_process(view, call.arguments.process)
    award = find_award(view, call)
    bidders = list_people(view, call, BIDDER)
    changes = call.arguments.price is not None or call.arguments.valid_until is not None
    if process is None or list_people(view, call, OFFICER) != [process.seats.officer] or len(bidders) != int(changes):
        return False
    return award is None or all(person.organisation == award.bidder for person in bidders)


def is_standstill_over(view: View, call: Call) -> bool:
    """25.1: an award that is not there is judged by 00.2."""
    award = find_award(view, call)
    return award is None or call.time >= award.standstill_ends


def is_award_pending(view: View, call: Call) -> bool:
    """00.2: the award stands, and is not active yet."""
    award = find_award(view, call)
    return award is not None and award.state == PENDING


def is_negotiation_readable(view: View, call: Call) -> bool:
    """00.5: the minutes of the negotiation."""
    return is_readable(call.arguments.negotiation)


def is_nothing_open(view: View, call: Call) -> bool:
    """25.2: no refusal, complaint or appeal, and no time for an appeal that runs."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    return not lot.matters and not require(find_award(view, call), call.arguments.award).refused


def does_reservation_stand(view: View, call: Call) -> bool:
    """25.3: the lot's reservation is covered; what an early plan did not reserve can be reserved now."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    plan = require(view.get(plan_key(get_process(view, lot.process).plan), PlanRecord), lot.process)
    if is_reservation_covered(view, lot_name(lot.process, lot.lot)):
        return True
    return plan.early and can_reserve(view, sum_ceiling(get_lot_terms(view, lot.process, lot.lot)))


def is_winner_not_debarred(view: View, call: Call) -> bool:
    """25.4: as 20.4."""
    lot, award = get_lot(view, call.arguments.process, call.arguments.lot), require(find_award(view, call), call.arguments.award)
    return not any(is_debarred(view, each, call.time) for each in list_members(view, lot, award.bidder))


def is_proposal_valid(view: View, call: Call) -> bool:
    """25.5: the proposal is valid still, or its bidder makes it so."""
    award = require(find_award(view, call), call.arguments.award)
    return call.time <= max(award.valid_until, call.arguments.valid_until or 0)


def is_price_negotiated(view: View, call: Call) -> bool:
    """25.6: only kinds that negotiate, and direct procurements, change the price, and only downwards, with the minutes."""
    price, negotiation = call.arguments.price, call.arguments.negotiation
    process, award = get_process(view, call.arguments.process), require(find_award(view, call), call.arguments.award)
    may_negotiate = KINDS[process.kind].negotiated or process.method == DIRECT
    if price is None:
        return negotiation is None
    return may_negotiate and negotiation is not None and 0 < parse_amount(price) <= parse_amount(award.price)


def find_award(view: View, call: Call) -> AwardRecord | None:
    """The award that a message names."""
    return view.get(award_key(call.arguments.process, call.arguments.lot, call.arguments.award), AwardRecord)


def find_first(view: View, lot: LotRecord, time: int) -> str:
    """The first of the latest ranking that is not out, debarred or passed over; "" where nobody is left."""
    for ranked in list_ranked(view, lot):
        proposal = get_proposal(view, lot, ranked.bidder)
        is_kept_out = any(is_debarred(view, each, time) for each in list_members(view, lot, ranked.bidder))
        if ranked.place and not proposal.out and ranked.bidder not in lot.passed_over and not is_kept_out:
            return ranked.bidder
    return ""


def list_ranked(view: View, lot: LotRecord) -> Iterator[RankedRecord]:
    """The latest ranking of a lot, in its order."""
    record = view.get(ranking_key(lot.process, lot.lot, lot.ranking), RankingRecord)
    for place in range(record.ranked if record is not None else 0):
        yield require(view.get(ranked_key(lot.process, lot.lot, lot.ranking, place), RankedRecord), f"place {place} of {lot.lot}")


def list_members(view: View, lot: LotRecord, bidder: str) -> list[str]:
    """A bidder, and who is in its consortium."""
    proposal = find_proposal(view, lot.process, lot.lot, bidder)
    members = [member.organisation for member in proposal.members] if proposal is not None else []
    return members or [bidder]
