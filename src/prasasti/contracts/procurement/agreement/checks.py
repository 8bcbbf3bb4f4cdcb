"""Conditions on contracts (28 to 30, 41): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prasasti.contracts.procurement.agreement.records import (
    DRAFT,
    LAPSED,
    AgreementRecord,
    agreement_key,
)
from prasasti.contracts.procurement.award.checks import find_award
from prasasti.contracts.procurement.award.records import ACTIVE, AwardRecord, award_key
from prasasti.contracts.procurement.money import compute_milestone_amounts, is_payable
from prasasti.contracts.procurement.parameters import read_payment_unit
from prasasti.contracts.procurement.process import DECIDED, find_lot, get_lot, get_lot_terms, get_process, get_terms, lot_name
from prasasti.contracts.procurement.proposal.checks import is_debarred
from prasasti.contracts.procurement.seats import OFFICER, find_person, has_declared
from prasasti.contracts.treasury.budgets import can_commit
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require


def can_be_drafted(view: View, call: Call) -> bool:
    """00.2: the lot is decided; nothing stands under the contract's id, or a draft that nobody signed yet."""
    lot, standing = find_lot(view, call.arguments.process, call.arguments.lot), find_agreement(view, call)
    if lot is None or (lot.state, lot.award) != (DECIDED, call.arguments.award):
        return False
    award = require(find_award(view, call), call.arguments.award)
    if award.contract not in ("", call.arguments.contract):
        return False
    return standing is None or (standing.state == DRAFT and not standing.signatures and award.contract == call.arguments.contract)


def is_as_awarded(view: View, call: Call) -> bool:
    """28.1: the award is active, and the terms are those of the request."""
    award = require(find_award(view, call), call.arguments.award)
    return award.state == ACTIVE and call.arguments.terms == get_terms(view, call.arguments.process).terms


def is_price_fit(view: View, call: Call) -> bool:
    """28.2: not above the award, more than nothing, and payable."""
    process, award = get_process(view, call.arguments.process), require(find_award(view, call), call.arguments.award)
    price_minor = parse_amount(call.arguments.price)
    unit_minor = read_payment_unit(view, process.currency, process.published)
    return 0 < price_minor <= parse_amount(award.price) and is_payable(price_minor, unit_minor)


def do_parts_add_up(view: View, call: Call) -> bool:
    """28.3: milestones are the request's shares of the price, the years its parts in the lot's budget lines."""
    arguments = call.arguments
    process, terms = get_process(view, arguments.process), get_lot_terms(view, arguments.process, arguments.lot)
    price_minor = parse_amount(arguments.price)
    unit_minor = read_payment_unit(view, process.currency, process.published)
    amounts = compute_milestone_amounts(price_minor, [each.share_bp for each in terms.milestones], unit_minor)
    are_milestones = [(each.id, parse_amount(each.amount)) for each in arguments.milestones] == [
        (each.id, amount) for each, amount in zip(terms.milestones, amounts, strict=True)
    ]
    lines = [part.line for part in arguments.years]
    are_years = sum_years(arguments.years) == price_minor and len(dict.fromkeys(lines)) == len(lines)
    items = [item.id for item in terms.items]
    are_items = all(line.item in items for line in arguments.bill) and all(
        each.item in items for milestone in arguments.milestones for each in milestone.items
    )
    return are_milestones and are_years and are_items and set(lines) <= {part.line for part in terms.ceiling}


def are_seats_clean(view: View, call: Call) -> bool:
    """28.5: officer and inspector declared their interests and are not kept out; nobody certifies what they inspected."""
    process = get_process(view, call.arguments.process)
    seats = process.seats
    are_clean = all(has_declared(view, call.arguments.process, person) for person in (seats.officer, seats.inspector))
    return are_clean and seats.inspector != seats.certifier


def is_party(view: View, call: Call) -> bool:
    """00.1: the contract's officer, or somebody of a member of the contractor, who has not signed."""
    agreement = find_agreement(view, call)
    if agreement is None:
        return False
    person, role = find_person(view, call.signers[0]), call.signers[0].role
    if role == OFFICER:
        return person == agreement.officer
    return person.organisation in list_contractors(agreement)


def can_be_signed(view: View, call: Call) -> bool:
    """00.2: the contract is a draft that this party has not signed."""
    agreement = require(find_agreement(view, call), call.arguments.contract)
    signed = [signature.organisation for signature in agreement.signatures]
    return agreement.state == DRAFT and call.actor not in signed


def is_same_draft(view: View, call: Call) -> bool:
    """30.1: the draft as it stands; with a PDF each signature names its revision, certificate and report, without one none."""
    agreement = require(find_agreement(view, call), call.arguments.contract)
    hashes = (call.arguments.revision, call.arguments.certificate, call.arguments.report)
    are_fit = all(hashes) if agreement.pdf else not any(hashes)
    return call.arguments.draft == agreement.draft and are_fit


def is_time_to_sign(view: View, call: Call) -> bool:
    """30.3: the award is active still, and its term to sign not over."""
    agreement = require(find_agreement(view, call), call.arguments.contract)
    award = require(view.get(award_key(agreement.process, agreement.lot, agreement.award), AwardRecord), agreement.award)
    lot = get_lot(view, agreement.process, agreement.lot)
    return award.state == ACTIVE and lot.award == agreement.award and not lot.suspended and call.time < agreement.signing_ends


def is_covered(view: View, call: Call) -> bool:
    """30.4: reservation and budget of each year cover the contract."""
    agreement = require(find_agreement(view, call), call.arguments.contract)
    return can_commit(view, lot_name(agreement.process, agreement.lot), agreement.contract, list_years(agreement))


def are_parties_not_debarred(view: View, call: Call) -> bool:
    """30.5: no member of the contractor is debarred."""
    agreement = require(find_agreement(view, call), call.arguments.contract)
    return not any(is_debarred(view, organisation, call.time) for organisation in list_contractors(agreement))


def find_agreement(view: View, call: Call) -> AgreementRecord | None:
    """The contract that a message names, unless it lapsed."""
    record = view.get(agreement_key(call.arguments.contract), AgreementRecord)
    return record if record is not None and record.state != LAPSED else None


def list_contractors(agreement: AgreementRecord) -> list[str]:
    """Who delivers: the supplier, or the members of its consortium."""
    return [member.organisation for member in agreement.members] or [agreement.supplier]


def list_years(agreement: AgreementRecord) -> dict[str, int]:
    """What a contract takes of each budget line, minor units."""
    return {part.line: parse_amount(part.amount) for part in agreement.years}


def sum_years(parts: Iterable[Any]) -> int:
    """Sum of parts, minor units."""
    return sum(parse_amount(part.amount) for part in parts)
