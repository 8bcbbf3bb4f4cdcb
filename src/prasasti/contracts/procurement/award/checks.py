"""Conditions on awards (19, 20, 25 to 27): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from collections.abc import Iterator

from prasasti.contracts.people import list_people
from prasasti.contracts.procurement.agreement.records import DRAFT, LAPSED, AgreementRecord, agreement_key
from prasasti.contracts.procurement.award.records import (
    ACTIVE,
    PENDING,
    AppealRecord,
    AwardRecord,
    ComplaintRecord,
    appeal_key,
    award_key,
    complaint_key,
)
from prasasti.contracts.procurement.conditions import is_readable
from prasasti.contracts.procurement.evaluation.records import RankedRecord, RankingRecord, ranked_key, ranking_key
from prasasti.contracts.procurement.kinds import KINDS
from prasasti.contracts.procurement.lots import count_bids, find_proposal, get_proposal
from prasasti.contracts.procurement.parameters import read_amount, read_codes, read_flag
from prasasti.contracts.procurement.plan.processes import are_buyers_lines
from prasasti.contracts.procurement.plan.records import PlanRecord
from prasasti.contracts.procurement.process import (
    DECIDED,
    DIRECT,
    EVALUATING,
    QUALIFICATION,
    LotRecord,
    ProcessRecord,
    find_lot,
    find_process,
    get_lot,
    get_lot_terms,
    get_process,
    lot_name,
    plan_key,
)
from prasasti.contracts.procurement.proposal.checks import is_debarred
from prasasti.contracts.procurement.seats import (
    AUTHORITY,
    BIDDER,
    COMMITTEE,
    OFFICER,
    has_declared,
    is_buyers_authority,
    is_majority,
    is_opened,
)
from prasasti.contracts.procurement.tender.transitions import sum_ceiling
from prasasti.contracts.treasury.budgets import can_reserve, is_reservation_covered
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require


def is_before_standstill_ends(view: View, call: Call) -> bool:
    """19.1: an award that is not there is judged by 00.2."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    award = find_standing_award(view, lot) if lot is not None else None
    return award is None or call.time < award.standstill_ends


def is_award_standing(view: View, call: Call) -> bool:
    """00.2: the lot has an award that is not active yet."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    award = find_standing_award(view, lot) if lot is not None else None
    return award is not None and award.state == PENDING


def is_refusal_reason_known(view: View, call: Call) -> bool:
    """00.6: why an award is refused."""
    return call.arguments.reason in read_codes(view, "reasons.refusal", call.time)


def is_refused_once(view: View, call: Call) -> bool:
    """19.2: what the authority kept stays kept."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    return not require(find_standing_award(view, lot), lot.lot).refused


def do_awarders_sign(view: View, call: Call) -> bool:
    """00.1: the committee's majority; above its value the buyer's authority alone."""
    process = find_process(view, call.arguments.process)
    if process is None:
        return False
    committee, authorities = list_people(view, call, COMMITTEE), list_people(view, call, AUTHORITY)
    if parse_amount(call.arguments.price) > read_amount(view, process.kind, "authority_awards_above", process.published):
        return not committee and len(authorities) == 1 and is_buyers_authority(process, authorities[0])
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
    """20.2: the first of the adopted ranking that is not out, debarred (20.4) or passed over."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    return bool(find_first(view, lot, call.time) == call.arguments.bidder)


def is_award_price_fit(view: View, call: Call) -> bool:
    """20.3: the price is the proposal's after arithmetic, and not above the estimate where that binds."""
    process, lot = get_process(view, call.arguments.process), get_lot(view, call.arguments.process, call.arguments.lot)
    offer = require(get_proposal(view, lot, call.arguments.bidder).offer, call.arguments.bidder)
    binds = read_flag(view, process.kind, "estimate_binds", process.published)
    is_within = parse_amount(call.arguments.price) <= parse_amount(get_lot_terms(view, lot.process, lot.lot).estimate)
    return bool(call.arguments.price == offer.evaluated) and (is_within or not binds)


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
    return is_award_standing(view, call) and get_lot(view, call.arguments.process, call.arguments.lot).award == call.arguments.award


def is_negotiation_readable(view: View, call: Call) -> bool:
    """00.5: the minutes of the negotiation."""
    return is_readable(call.arguments.negotiation)


def is_nothing_open(view: View, call: Call) -> bool:
    """25.2: no refusal, complaint or appeal, and no time for an appeal that runs."""
    return not get_lot(view, call.arguments.process, call.arguments.lot).matters


def does_reservation_stand(view: View, call: Call) -> bool:
    """25.3: the lot's reservation is covered; what an early plan did not reserve can be reserved now, in lines of the buyer's."""
    lot = get_lot(view, call.arguments.process, call.arguments.lot)
    process = get_process(view, lot.process)
    plan = require(view.get(plan_key(process.plan), PlanRecord), lot.process)
    if is_reservation_covered(view, lot_name(lot.process, lot.lot)):
        return True
    amounts = sum_ceiling(get_lot_terms(view, lot.process, lot.lot))
    return plan.early and are_buyers_lines(view, process.buyer, process.currency, amounts) and can_reserve(view, amounts)


def is_winner_not_debarred(view: View, call: Call) -> bool:
    """25.4: neither the bidder nor another member of its consortium."""
    lot, award = get_lot(view, call.arguments.process, call.arguments.lot), require(find_award(view, call), call.arguments.award)
    return not any(is_debarred(view, each, call.time) for each in list_members(view, lot, award.bidder))


def is_proposal_valid(view: View, call: Call) -> bool:
    """25.5: the proposal is valid still, or its bidder makes it so."""
    award = require(find_award(view, call), call.arguments.award)
    return call.time <= max(award.valid_until, call.arguments.valid_until or 0)


def is_price_negotiated(view: View, call: Call) -> bool:
    """25.6: kinds that negotiate first do, direct procurements may, others do not: downwards only, with the minutes (Pasal 50)."""
    price, negotiation = call.arguments.price, call.arguments.negotiation
    process, award = get_process(view, call.arguments.process), require(find_award(view, call), call.arguments.award)
    if price is None or negotiation is None:
        return price is None and negotiation is None and not KINDS[process.kind].negotiated
    estimate = get_lot_terms(view, call.arguments.process, call.arguments.lot).estimate
    most_minor = min(parse_amount(award.price), parse_amount(estimate))
    return is_negotiable(process) and 0 < parse_amount(price) <= most_minor


def is_award_withdrawable(view: View, call: Call) -> bool:
    """00.2: the award stands, and no contract was signed on it."""
    lot, award = find_lot(view, call.arguments.process, call.arguments.lot), find_award(view, call)
    if lot is None or award is None or lot.award != award.award:
        return False
    return not is_signed(view, award)


def is_withdrawal_ground_known(view: View, call: Call) -> bool:
    """00.6: why an award is withdrawn."""
    return call.arguments.ground in read_codes(view, "grounds.withdrawal", call.time)


def does_withdrawal_ground_hold(view: View, call: Call) -> bool:
    """26.1: as far as the ledger can tell; what it cannot tell stands in a document."""
    lot, award = get_lot(view, call.arguments.process, call.arguments.lot), require(find_award(view, call), call.arguments.award)
    process, has_document = get_process(view, lot.process), call.arguments.document is not None
    match call.arguments.ground:
        case "debarred":
            return any(is_debarred(view, each, call.time) for each in list_members(view, lot, award.bidder))
        case "negotiation_failed":
            return award.state == PENDING and is_negotiable(process) and has_document
        case "no_budget":
            return not is_reservation_covered(view, lot_name(lot.process, lot.lot))
        case "no_guarantee":
            return award.state == ACTIVE and has_document
        case "unsigned":
            return award.state == ACTIVE and call.time >= award.signing_ends
        case _:
            return has_document


def do_declarers_sign(view: View, call: Call) -> bool:
    """00.1: of ground i the buyer's authority; else the committee's majority, each of whom has declared where a lot was opened."""
    process = find_process(view, call.arguments.process)
    if process is None:
        return False
    committee, authorities = list_people(view, call, COMMITTEE), list_people(view, call, AUTHORITY)
    if call.arguments.ground == "i":
        return not committee and len(authorities) == 1 and is_buyers_authority(process, authorities[0])
    lots = [find_lot(view, call.arguments.process, name) for name in call.arguments.lots]
    is_any_opened = any(lot is not None and is_opened(lot) for lot in lots)
    have_declared = all(has_declared(view, call.arguments.process, person) for person in committee)
    return not authorities and is_majority(process, committee) and (have_declared or not is_any_opened)


def are_lots_undecided(view: View, call: Call) -> bool:
    """00.2: each lot is evaluated or awarded, and no contract was signed on its award."""
    for name in call.arguments.lots:
        lot = find_lot(view, call.arguments.process, name)
        award = find_standing_award(view, lot) if lot is not None else None
        if lot is None or lot.state not in (EVALUATING, DECIDED) or (award is not None and is_signed(view, award)):
            return False
    return True


def are_lots_going_on(view: View, call: Call) -> bool:
    """00.3: nothing suspends a lot."""
    return not any(get_lot(view, call.arguments.process, name).suspended for name in call.arguments.lots)


def does_failure_ground_hold(view: View, call: Call) -> bool:
    """27.1: no award is active, and the ground holds as far as the ledger can tell."""
    process = get_process(view, call.arguments.process)
    lots = [get_lot(view, call.arguments.process, name) for name in call.arguments.lots]
    return all(_can_fail(view, process, lot, call.arguments.ground) for lot in lots)


def find_standing_award(view: View, lot: LotRecord) -> AwardRecord | None:
    """The award of a lot that was not cancelled, pending or active."""
    return view.get(award_key(lot.process, lot.lot, lot.award), AwardRecord) if lot.award else None


def is_signed(view: View, award: AwardRecord) -> bool:
    """Whether a contract was signed on an award, whatever became of it since."""
    contract = view.get(agreement_key(award.contract), AgreementRecord) if award.contract else None
    return contract is not None and contract.state not in (DRAFT, LAPSED)


def is_negotiable(process: ProcessRecord) -> bool:
    """Whether a price may be negotiated down before the award is final."""
    return KINDS[process.kind].negotiated or process.method == DIRECT


def get_complaint(view: View, process: str, complaint: str) -> ComplaintRecord:
    """A complaint that is there."""
    return require(view.get(complaint_key(process, complaint), ComplaintRecord), complaint)


def get_appeal(view: View, process: str, appeal: str) -> AppealRecord:
    """An appeal that is there."""
    return require(view.get(appeal_key(process, appeal), AppealRecord), appeal)


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


def _can_fail(view: View, process: ProcessRecord, lot: LotRecord, ground: str) -> bool:
    award = find_standing_award(view, lot)
    if award is not None and award.state == ACTIVE:
        return False
    match ground:
        # Once a result was notified, those whom it concerns have it corrected (11, 22, 24), and not the committee by itself.
        case "a":
            return award is None and not lot.window_ends
        # Who passed so far is asked anew: after a prequalification alone nobody has proposed yet.
        case "d":
            return lot.stage != QUALIFICATION
        case "e":
            return count_bids(view, lot) > 1
        case "h":
            return is_negotiable(process) and (award is not None or bool(lot.passed_over))
        case _:
            return True
