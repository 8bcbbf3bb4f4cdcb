"""A contract as an amendment would leave it: price, years, milestones, bill (31).

Owns how a message's milestones and items become terms. Judges nothing but whether they add up.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from prasasti.contracts.procurement.agreement.records import AgreementRecord, AgreementTermsRecord, ContractMilestone, YearPart
from prasasti.contracts.procurement.delivery.due import read_unit
from prasasti.contracts.procurement.delivery.progress import get_contract, get_contract_terms, get_milestone, get_progress
from prasasti.contracts.procurement.money import is_payable
from prasasti.contracts.procurement.scoring import QUANTITY_SCALE
from prasasti.core.contract import Call, View
from prasasti.core.types import MAX_AMOUNT_MINOR, format_amount, parse_amount, parse_signed_amount

MEASURED = "measured"


def compute_price(view: View, call: Call) -> int:
    """The price as amended, minor units; outside the range of an amount where the change is unfit."""
    return parse_amount(get_contract(view, call.arguments.contract).price) + parse_signed_amount(call.arguments.change)


def list_changes(call: Call) -> dict[str, int]:
    """What an amendment changes of each budget line, minor units."""
    return {each.line: parse_signed_amount(each.change) for each in call.arguments.years}


def amend_agreement(view: View, call: Call) -> AgreementRecord:
    """The contract at its new price; its years follow."""
    agreement = get_contract(view, call.arguments.contract)
    years = {part.line: parse_amount(part.amount) for part in agreement.years}
    for line, change in list_changes(call).items():
        years[line] = years.get(line, 0) + change
    parts = [YearPart(format_amount(amount), line) for line, amount in years.items() if amount]
    return replace(agreement, price=format_amount(compute_price(view, call)), years=parts)


def amend_terms(view: View, call: Call) -> AgreementTermsRecord:
    """The terms with the milestones as restated. Dates are as people read them, suspensions so far included; terms are without those.

    A milestone keeps its items where the message has none; where it has some, they are all there is.
    """
    arguments, terms = call.arguments, get_contract_terms(view, call.arguments.contract)
    moved_seconds = get_progress(view, arguments.contract).suspended_seconds
    items = {each.id: each.items for each in terms.milestones}
    bill = terms.bill
    if arguments.items is not None:
        items = {
            each.id: [(line.item, line.quantity) for line in arguments.items if line.milestone == each.id] for each in arguments.milestones
        }
        bill = list(dict.fromkeys((line.item, line.unit_price) for line in arguments.items))
    milestones = [
        ContractMilestone(each.amount, each.due - moved_seconds, each.id, items.get(each.id, []), each.title)
        for each in arguments.milestones
    ]
    return replace(terms, bill=bill, milestones=milestones)


def is_price_fit(view: View, call: Call) -> bool:
    """Whether the new price is more than nothing, an amount, and payable."""
    price_minor = compute_price(view, call)
    return 0 < price_minor <= MAX_AMOUNT_MINOR and is_payable(price_minor, read_unit(view, get_contract(view, call.arguments.contract)))


def do_milestones_add_up(view: View, call: Call) -> bool:
    """Whether the milestones are the price, each payable, none due before the ledger counts."""
    amended, unit_minor = amend_terms(view, call).milestones, read_unit(view, get_contract(view, call.arguments.contract))
    amounts = [parse_amount(each.amount) for each in amended]
    are_payable = all(is_payable(amount, unit_minor) for amount in amounts)
    return are_payable and sum(amounts) == compute_price(view, call) and all(each.due >= 0 for each in amended)


def is_delivered_kept(view: View, call: Call) -> bool:
    """Whether no milestone falls below what was accepted of it, in money and in quantities, and none is gone that was begun."""
    contract, before, after = call.arguments.contract, get_contract_terms(view, call.arguments.contract), amend_terms(view, call)
    amended, prices = {each.id: each for each in after.milestones}, dict(after.bill)
    for each in before.milestones:
        record, restated = get_milestone(view, contract, each.id), amended.get(each.id)
        if restated is None:
            if record.parts:
                return False
            continue
        quantities = dict(restated.items)
        if parse_amount(restated.amount) < parse_amount(record.accepted):
            return False
        for item, accepted in record.quantities:
            is_price_kept = prices.get(item) == dict(before.bill).get(item)
            if int(quantities.get(item, "0")) < int(accepted) or not is_price_kept:
                return False
    return True


def does_bill_add_up(view: View, call: Call) -> bool:
    """Whether a measured contract's bill has a price for each item and comes to the price, rounded down to payment units."""
    terms = amend_terms(view, call)
    if terms.terms.amounts != MEASURED:
        return True
    prices = {item: parse_amount(unit_price) for item, unit_price in terms.bill}
    quantities = sum_quantities(terms)
    if prices.keys() != quantities.keys():
        return False
    unit_minor = read_unit(view, get_contract(view, call.arguments.contract))
    total_minor = sum(quantity * prices[item] for item, quantity in quantities.items()) // QUANTITY_SCALE
    return total_minor // unit_minor * unit_minor == compute_price(view, call)


def sum_quantities(terms: AgreementTermsRecord) -> Mapping[str, int]:
    """Quantity of each item over all milestones, in thousandths of its unit."""
    total: dict[str, int] = {}
    for milestone in terms.milestones:
        for item, quantity in milestone.items:
            total[item] = total.get(item, 0) + int(quantity)
    return total
