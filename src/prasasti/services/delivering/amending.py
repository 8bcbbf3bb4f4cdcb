"""An amendment (31) out of what changes: everything else is restated as it stands.

Owns no judgement of it. Milestones that are new, gone or renamed are given whole, in the file of ``--from``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from prasasti.contracts.procurement.agreement.records import AgreementRecord, AgreementTermsRecord, ContractMilestone
from prasasti.contracts.procurement.change.checks import find_counted
from prasasti.contracts.procurement.change.terms import MEASURED
from prasasti.contracts.procurement.delivery.due import read_unit
from prasasti.contracts.procurement.delivery.progress import compute_due, find_figures_time, get_contract_terms, get_progress
from prasasti.contracts.procurement.delivery.records import ProgressRecord
from prasasti.contracts.procurement.money import WHOLE_BP
from prasasti.contracts.procurement.parameters import read_integer
from prasasti.contracts.procurement.scoring import QUANTITY_SCALE
from prasasti.core.contract import View
from prasasti.core.types import MAX_AMOUNT_MINOR, format_signed_amount, parse_amount
from prasasti.services.delivering.lines import Drafted, Line, require_contract, require_milestone, spell_quantity
from prasasti.services.submitting import DraftProblem


class Changes(NamedTuple):
    """What changes: due dates (seconds UTC) and amounts (minor units) by milestone, quantities (thousandths) by milestone and item,
    and by how much each budget line's part, minor units, where the contract has several."""

    dues: Mapping[str, int]
    amounts: Mapping[str, int]
    quantities: Mapping[tuple[str, str], int]
    lines: Mapping[str, int]


def draft_amendment(view: View, contract: str, changes: Changes, given: Mapping[str, Any]) -> Drafted:
    """Milestones, items, change of the price and of the budget lines; what is ``given`` whole stands as it is; DraftProblem."""
    agreement, terms = require_contract(view, contract), get_contract_terms(view, contract)
    for milestone in [*changes.dues, *changes.amounts, *(milestone for milestone, _ in changes.quantities)]:
        require_milestone(view, contract, milestone)
    told = _tell_changes(terms, changes, get_progress(view, contract))
    quantities = _amend_quantities(terms, changes)
    milestones = given.get("milestones") or [
        _restate(view, agreement, terms, milestone, changes, quantities[milestone.id]) for milestone in terms.milestones
    ]
    price_minor = sum(parse_amount(each["amount"]) for each in milestones)
    if price_minor > MAX_AMOUNT_MINOR:
        raise DraftProblem(f"the new price, {price_minor} minor units, is no amount, which is below 2^63; nothing was signed")
    change_minor = price_minor - parse_amount(agreement.price)
    arguments = {
        "change": format_signed_amount(change_minor), "milestones": milestones,
        "years": given.get("years") or _split(agreement, change_minor, changes.lines),
    }  # fmt: skip
    items = given.get("items") or (_restate_items(terms, quantities) if changes.quantities else None)
    return Drafted(
        arguments | ({"items": items} if items else {}), [*told, *_tell_price(view, agreement, change_minor, "exception" in given)]
    )


def _amend_quantities(terms: AgreementTermsRecord, changes: Changes) -> dict[str, dict[str, int]]:
    """Quantities by milestone and item as amended, thousandths; an item that falls to nothing is gone."""
    found = {each.id: {item: int(quantity) for item, quantity in each.items} for each in terms.milestones}
    for (milestone, item), quantity in changes.quantities.items():
        if item not in dict(terms.bill):
            raise DraftProblem(f"the contract has no unit price of {item}; give its items in the file of --from; nothing was signed")
        found[milestone][item] = quantity
    return {milestone: {item: quantity for item, quantity in items.items() if quantity} for milestone, items in found.items()}


def _restate(
    view: View, agreement: AgreementRecord, terms: AgreementTermsRecord, milestone: ContractMilestone, changes: Changes,
    quantities: Mapping[str, int],
) -> dict[str, Any]:  # fmt: skip
    """A milestone as it is from now on; of a measured contract its amount follows its quantities unless it is given."""
    due = changes.dues.get(milestone.id, compute_due(get_progress(view, agreement.contract), milestone.due))
    amount_minor = changes.amounts.get(milestone.id, parse_amount(milestone.amount))
    is_remeasured = terms.terms.amounts == MEASURED and any(each == milestone.id for each, _ in changes.quantities)
    if is_remeasured and milestone.id not in changes.amounts:
        prices = {item: parse_amount(price) for item, price in terms.bill}
        total_minor = sum(count * prices[item] for item, count in quantities.items()) // QUANTITY_SCALE
        amount_minor = min(MAX_AMOUNT_MINOR, total_minor // read_unit(view, agreement) * read_unit(view, agreement))
    return {"amount": str(amount_minor), "due": due, "id": milestone.id, "title": milestone.title}


def _restate_items(terms: AgreementTermsRecord, quantities: Mapping[str, Mapping[str, int]]) -> list[dict[str, str]]:
    prices = dict(terms.bill)
    return [
        {"item": item, "milestone": milestone, "quantity": str(quantity), "unit_price": prices[item]}
        for milestone, items in quantities.items()
        for item, quantity in items.items()
    ]


def _split(agreement: AgreementRecord, change_minor: int, lines: Mapping[str, int]) -> list[dict[str, str]]:
    """The change by budget line: as given; of a contract with one line all of it."""
    if lines:
        return [{"change": format_signed_amount(part), "line": line} for line, part in sorted(lines.items()) if part]
    if not change_minor:
        return []
    if len(agreement.years) > 1:
        named = ", ".join(part.line for part in agreement.years)
        raise DraftProblem(f"several budget lines bear the contract ({named}): give --budget LINE=CHANGE; nothing was signed")
    return [{"change": format_signed_amount(change_minor), "line": agreement.years[0].line}]


def _tell_changes(terms: AgreementTermsRecord, changes: Changes, progress: ProgressRecord) -> list[Line]:
    told = []
    for milestone in terms.milestones:
        due = compute_due(progress, milestone.due)
        if milestone.id in changes.dues:
            told.append(Line("amended_due", {"milestone": milestone.id, "due": due, "until": changes.dues[milestone.id]}))
        if milestone.id in changes.amounts:
            amounts = {"before": parse_amount(milestone.amount), "amount": changes.amounts[milestone.id]}
            told.append(Line("amended_amount", {"milestone": milestone.id}, amounts))
        for (where, item), quantity in changes.quantities.items():
            if where == milestone.id:
                before = int(dict(milestone.items).get(item, "0"))
                facts = {"milestone": where, "item": item, "quantity": spell_quantity(quantity), "whole": spell_quantity(before)}
                told.append(Line("amended_quantity", facts))
    return told


def _tell_price(view: View, agreement: AgreementRecord, change_minor: int, is_exception: bool) -> list[Line]:
    """The price, and what of the cap over all amendments is used then; an exception is outside it."""
    price_minor = parse_amount(agreement.price)
    told = [Line("amended_price", {}, {"before": price_minor, "price": price_minor + change_minor, "change": change_minor})]
    if is_exception:
        return told
    cap_bp = read_integer(view, "", "amendment_cap_bp", find_figures_time(view, agreement))
    first_minor = parse_amount(agreement.first_price)
    amounts = {"counted": find_counted(view, agreement.contract) + change_minor, "cap": first_minor * cap_bp // WHOLE_BP}
    return [*told, Line("cap", {}, amounts)]
