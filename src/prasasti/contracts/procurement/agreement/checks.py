"""Conditions on drafts of contracts (28): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prasasti.contracts.identity.conditions import is_organisation_known
from prasasti.contracts.people import list_people
from prasasti.contracts.procurement.agreement.records import DRAFT, AgreementRecord, agreement_key
from prasasti.contracts.procurement.award.checks import find_award, list_members
from prasasti.contracts.procurement.award.records import AwardRecord
from prasasti.contracts.procurement.calendar import DAY_SECONDS
from prasasti.contracts.procurement.conditions import does_officer_sign, is_lot_going_on, is_readable
from prasasti.contracts.procurement.integrity import Readings, is_clean
from prasasti.contracts.procurement.kinds import KINDS
from prasasti.contracts.procurement.lots import compute_term_end
from prasasti.contracts.procurement.money import compute_milestone_amounts, is_payable
from prasasti.contracts.procurement.parameters import read_codes, read_payment_unit
from prasasti.contracts.procurement.plan.processes import find_community_contract
from prasasti.contracts.procurement.plan.records import ANNOUNCED, PlanRecord
from prasasti.contracts.procurement.process import (
    DECIDED,
    ProcessRecord,
    find_lot,
    get_lot,
    get_lot_terms,
    get_process,
    get_terms,
    plan_key,
)
from prasasti.contracts.procurement.proposal.records import OfferItemsRecord, offer_items_key
from prasasti.contracts.procurement.scoring import QUANTITY_SCALE
from prasasti.contracts.procurement.seats import OFFICER, has_declared
from prasasti.contracts.treasury.budgets import find_bearing_line, find_line
from prasasti.core.admission import is_organisation_active
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require

MEASURED, BY_GUARANTEE = "measured", "guarantee"
# A community is paid at most so much in advance (procurement-lifecycle, 3: Kinds).
COMMUNITY_ADVANCE_BP = 4_000


def does_drafting_officer_sign(view: View, call: Call) -> bool:
    """00.1: the process's officer; of a community's contract the officer whom it names, of the buyer."""
    if is_of_award(call):
        return does_officer_sign(view, call)
    plan = _find_plan(view, call)
    officers = list_people(view, call, OFFICER)
    return officers == [call.arguments.seats.officer] and (plan is None or plan.buyer == call.actor)


def can_be_drafted(view: View, call: Call) -> bool:
    """00.2: the award stands, or the plan line was announced and no tender came of it; nothing stands under the contract's id, or a
    draft of the same that nobody signed yet."""
    standing = view.get(agreement_key(call.arguments.contract), AgreementRecord)
    taken = _find_taken(view, call)
    if taken is None or taken not in ("", call.arguments.contract):
        return False
    if standing is None:
        return not taken
    return standing.state == DRAFT and not standing.signatures and taken == call.arguments.contract


def is_drafting_going_on(view: View, call: Call) -> bool:
    """00.3: nothing suspends the lot."""
    return not is_of_award(call) or is_lot_going_on(view, call)


def are_draft_documents_fit(view: View, call: Call) -> bool:
    """00.5: the contract, and the authority's approval."""
    return is_readable(call.arguments.document) and is_readable(call.arguments.approval)


def is_community_reason_known(view: View, call: Call) -> bool:
    """00.6: why a community does it."""
    return is_of_award(call) or call.arguments.reason in read_codes(view, "reasons.community", call.time)


def is_as_published(view: View, call: Call) -> bool:
    """28.1: terms and milestones are the request's; a community's contract is of a kind that communities do, without guarantees."""
    terms = call.arguments.terms
    if is_of_award(call):
        return bool(terms == get_terms(view, call.arguments.process).terms) and _are_milestones_as_published(view, call)
    guaranteed_bp = terms.performance_bp + terms.bid_bp
    is_light = terms.advance_bp <= COMMUNITY_ADVANCE_BP and not guaranteed_bp and terms.retention != BY_GUARANTEE
    return KINDS[_get_plan(view, call).kind].by_community and is_light


def is_price_fit(view: View, call: Call) -> bool:
    """28.2: not above the award, or the plan; more than nothing, and payable."""
    price_minor = parse_amount(call.arguments.price)
    most_minor = parse_amount(_get_award(view, call).price if is_of_award(call) else _get_plan(view, call).estimate)
    return 0 < price_minor <= most_minor and is_payable(price_minor, _read_unit(view, call))


def do_parts_add_up(view: View, call: Call) -> bool:
    """28.3: milestones, years and bill, each the price."""
    return _do_milestones_add_up(view, call) and _do_years_add_up(view, call) and _does_bill_add_up(view, call)


def is_community_fit(view: View, call: Call) -> bool:
    """28.4: the community is an organisation here that acts, and not the buyer. Who won an award, the ledger itself names."""
    community = call.arguments.community
    if is_of_award(call):
        return True
    return is_organisation_known(view, community) and is_organisation_active(view, community) and bool(community != call.actor)


def are_seats_clean(view: View, call: Call) -> bool:
    """28.5: nobody certifies what they inspected; of an award officer and inspector declared their interests and are not kept out,
    and nobody who oversees the work is tied to who does it (I3 to I5, I7)."""
    if not is_of_award(call):
        seats = call.arguments.seats
        overseeing = [person for person in (seats.certifier, seats.inspector, seats.officer, seats.witness) if person is not None]
        return seats.inspector != seats.certifier and all(person.organisation != call.arguments.community for person in overseeing)
    name = call.arguments.process
    process, lot = get_process(view, name), get_lot(view, name, call.arguments.lot)
    seats = process.seats
    have_declared = all(has_declared(view, name, person) for person in (seats.officer, seats.inspector))
    if seats.inspector == seats.certifier or not have_declared:
        return False
    return is_clean(Readings(view, name, process, call.time), lot, list_members(view, lot, _get_award(view, call).bidder))


def is_of_award(call: Call) -> bool:
    """Whether a draft is of an award; else it is a community's."""
    return call.arguments.process is not None


def sum_years(parts: Iterable[Any]) -> int:
    """Sum of parts, minor units."""
    return sum(parse_amount(part.amount) for part in parts)


def _find_taken(view: View, call: Call) -> str | None:
    """The contract that takes up the award, or the plan line, already, "" where none does; None where none can."""
    if is_of_award(call):
        lot = find_lot(view, call.arguments.process, call.arguments.lot)
        is_awarded = lot is not None and (lot.state, lot.award) == (DECIDED, call.arguments.award)
        return _get_award(view, call).contract if is_awarded else None
    plan = _find_plan(view, call)
    if plan is None or plan.state != ANNOUNCED or plan.processes:
        return None
    taking = find_community_contract(view, call.arguments.plan)
    return taking.contract if taking is not None else ""


def _are_milestones_as_published(view: View, call: Call) -> bool:
    """Each of the request, due so many days after the signature, which may come from now on until the term to sign is over."""
    published = get_lot_terms(view, call.arguments.process, call.arguments.lot).milestones
    award, process = _get_award(view, call), get_process(view, call.arguments.process)
    signing_ends = award.signing_ends or compute_term_end(view, max(call.time, award.standstill_ends), process, "signing")
    if [each.id for each in published] != [each.id for each in call.arguments.milestones]:
        return False
    # Due dates are whole days to people: what falls on an earlier hour of its day is not a day less.
    return all(
        call.time + (each.days - 1) * DAY_SECONDS < drafted.due <= signing_ends + each.days * DAY_SECONDS
        for each, drafted in zip(published, call.arguments.milestones, strict=True)
    )


def _do_milestones_add_up(view: View, call: Call) -> bool:
    """They are the request's shares of the price; a community's add up to it."""
    price_minor, drafted = parse_amount(call.arguments.price), [parse_amount(each.amount) for each in call.arguments.milestones]
    if not is_of_award(call):
        return sum(drafted) == price_minor
    published = get_lot_terms(view, call.arguments.process, call.arguments.lot).milestones
    return drafted == list(compute_milestone_amounts(price_minor, [each.share_bp for each in published], _read_unit(view, call)))


def _do_years_add_up(view: View, call: Call) -> bool:
    """They add up to the price, on lines of the ceiling, or of the plan, or on those that bear such a line since it was carried over."""
    arguments = call.arguments
    parts = get_lot_terms(view, arguments.process, arguments.lot).ceiling if is_of_award(call) else _get_plan(view, call).budgets
    known = [part.line for part in parts if find_line(view, part.line) is not None]
    allowed = {*known, *(find_bearing_line(view, line).line for line in known)}
    return sum_years(arguments.years) == parse_amount(arguments.price) and all(part.line in allowed for part in arguments.years)


def _does_bill_add_up(view: View, call: Call) -> bool:
    """No quantity beyond what was asked for, no unit price above the offer; a measured bill has every item and adds up to the price."""
    arguments = call.arguments
    is_measured = arguments.terms.amounts == MEASURED
    prices = {line.item: parse_amount(line.unit_price) for line in arguments.bill}
    quantities = _sum_quantities(arguments.milestones)
    if is_of_award(call):
        asked = {item.id: int(item.quantity) for item in get_lot_terms(view, arguments.process, arguments.lot).items}
        offered = _read_offered(view, call)
        is_within = all(quantity <= asked.get(item, 0) for item, quantity in quantities.items())
        is_offered = all(item in asked and price <= offered.get(item, 0) for item, price in prices.items())
        if not is_within or not is_offered or (is_measured and not (quantities == asked and prices.keys() == asked.keys())):
            return False
    if not is_measured:
        return True
    if prices.keys() != quantities.keys():
        return False
    total_minor = sum(quantity * prices[item] for item, quantity in quantities.items()) // QUANTITY_SCALE
    unit_minor = _read_unit(view, call)
    return total_minor // unit_minor * unit_minor == parse_amount(arguments.price)


def _sum_quantities(milestones: Iterable[Any]) -> dict[str, int]:
    """Quantity of each item over all milestones, in thousandths of its unit."""
    total: dict[str, int] = {}
    for milestone in milestones:
        for each in milestone.items:
            total[each.item] = total.get(each.item, 0) + int(each.quantity)
    return total


def _read_offered(view: View, call: Call) -> dict[str, int]:
    """Unit prices that the winner offered; one left empty is 0."""
    key = offer_items_key(call.arguments.process, call.arguments.lot, _get_award(view, call).bidder)
    record = view.get(key, OfferItemsRecord)
    return {item: parse_amount(price) for item, price in record.items} if record is not None else {}


def _read_unit(view: View, call: Call) -> int:
    if is_of_award(call):
        process: ProcessRecord = get_process(view, call.arguments.process)
        return read_payment_unit(view, process.currency, process.published)
    return read_payment_unit(view, _get_plan(view, call).currency, call.time)


def _get_award(view: View, call: Call) -> AwardRecord:
    return require(find_award(view, call), call.arguments.award)


def _find_plan(view: View, call: Call) -> PlanRecord | None:
    return view.get(plan_key(call.arguments.plan), PlanRecord)


def _get_plan(view: View, call: Call) -> PlanRecord:
    return require(_find_plan(view, call), call.arguments.plan)
