"""What an inspection accepts (34.3): of a lump sum what the inspector states, of a measured contract what the quantities come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from prasasti.contracts.procurement.agreement.checks import MEASURED
from prasasti.contracts.procurement.agreement.records import AgreementTermsRecord, ContractMilestone
from prasasti.contracts.procurement.delivery.amounts import compute_measured
from prasasti.contracts.procurement.delivery.due import read_unit
from prasasti.contracts.procurement.delivery.progress import find_milestone, get_contract, get_contract_terms, get_milestone
from prasasti.contracts.procurement.delivery.records import PART, REJECT
from prasasti.contracts.procurement.money import is_payable
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require


class Accepted(NamedTuple):
    """What is accepted now, minor units, and the quantities accepted in all, thousandths by item."""

    amount_minor: int
    quantities: Mapping[str, int]


def compute_accepted(view: View, call: Call) -> Accepted | None:
    """What a message accepts; None where that is not what its outcome allows: all the rest, a part of it, nothing."""
    arguments = call.arguments
    milestone = require(find_milestone(view, arguments.contract, arguments.milestone), arguments.milestone)
    record, terms = get_milestone(view, arguments.contract, arguments.milestone), get_contract_terms(view, arguments.contract)
    before = {item: int(quantity) for item, quantity in record.quantities}
    if arguments.outcome == REJECT:
        return Accepted(0, before) if arguments.accepted is None and arguments.quantities is None else None
    rest_minor = parse_amount(milestone.amount) - parse_amount(record.accepted)
    unit_minor = read_unit(view, get_contract(view, arguments.contract))
    if terms.terms.amounts == MEASURED:
        accepted = _measure(call, milestone, terms, before, parse_amount(record.accepted), unit_minor)
        is_stated = accepted is None or arguments.accepted in (None, str(accepted.amount_minor))
    else:
        accepted = _state(call, rest_minor, before)
        is_stated = arguments.quantities is None
    if accepted is None or not is_stated:
        return None
    if arguments.outcome == PART:
        is_fit = 0 < accepted.amount_minor < rest_minor and is_payable(accepted.amount_minor, unit_minor)
    else:
        is_fit = accepted.amount_minor == rest_minor
    return accepted if is_fit else None


def _state(call: Call, rest_minor: int, before: Mapping[str, int]) -> Accepted | None:
    """Of a lump sum: the inspector's amount; who accepts all may leave it out."""
    stated = call.arguments.accepted
    if stated is None:
        return Accepted(rest_minor, before) if call.arguments.outcome != PART else None
    return Accepted(parse_amount(stated), before)


def _measure(
    call: Call, milestone: ContractMilestone, terms: AgreementTermsRecord, before: Mapping[str, int], accepted_minor: int, unit_minor: int
) -> Accepted | None:
    """Of a measured contract: what all accepted quantities come to, beyond what was accepted before. Who accepts all may leave them
    out. None where an item or a quantity is not the milestone's: more than it has needs 31."""
    whole = {item: int(quantity) for item, quantity in milestone.items}
    stated = call.arguments.quantities
    if stated is None:
        total = dict(whole) if call.arguments.outcome != PART else None
    else:
        total = dict(before)
        for each in stated:
            total[each.item] = total.get(each.item, 0) + int(each.quantity)
    if total is None or any(quantity > whole.get(item, 0) for item, quantity in total.items()):
        return None
    prices = {item: parse_amount(price) for item, price in terms.bill}
    reached_minor = compute_measured(total, whole, prices, parse_amount(milestone.amount), unit_minor)
    return Accepted(reached_minor - accepted_minor, total)
