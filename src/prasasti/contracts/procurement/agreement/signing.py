"""Conditions on signatures (30): each a pure predicate, one numbered refusal each (RULES.md); who the parties are."""

from __future__ import annotations

from prasasti.contracts.people import Person, find_person
from prasasti.contracts.procurement.agreement.guarantees import is_performance_covered
from prasasti.contracts.procurement.agreement.records import (
    DRAFT,
    LAPSED,
    AgreementRecord,
    agreement_key,
)
from prasasti.contracts.procurement.award.records import ACTIVE, AwardRecord, award_key
from prasasti.contracts.procurement.process import get_lot, get_process, lot_name
from prasasti.contracts.procurement.proposal.checks import is_debarred
from prasasti.contracts.procurement.seats import OFFICER, has_declared
from prasasti.contracts.treasury.budgets import can_commit
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require


def is_party(view: View, call: Call) -> bool:
    """00.1: the contract's officer, or somebody of a member of the contractor."""
    agreement = find_agreement(view, call)
    if agreement is None:
        return False
    person, role = find_person(view, call.signers[0]), call.signers[0].role
    return person == find_officer(view, agreement) if role == OFFICER else person.organisation in list_contractors(agreement)


def can_be_signed(view: View, call: Call) -> bool:
    """00.2: the contract is a draft that this party has not signed."""
    agreement = get_agreement(view, call)
    return agreement.state == DRAFT and call.actor not in [signature.organisation for signature in agreement.signatures]


def is_signing_going_on(view: View, call: Call) -> bool:
    """00.3: nothing suspends the lot."""
    agreement = get_agreement(view, call)
    return not agreement.process or not get_lot(view, agreement.process, agreement.lot).suspended


def is_same_draft(view: View, call: Call) -> bool:
    """30.1: the draft as it stands; with a PDF each signature names its revision, certificate and report, without one none."""
    agreement = get_agreement(view, call)
    hashes = (call.arguments.revision, call.arguments.certificate, call.arguments.report)
    are_fit = all(hashes) if agreement.pdf else not any(hashes)
    return call.arguments.draft == agreement.draft and are_fit


def is_guaranteed(view: View, call: Call) -> bool:
    """30.2: a performance guarantee, where the contract needs one."""
    return is_performance_covered(view, get_agreement(view, call), call.time)


def is_time_to_sign(view: View, call: Call) -> bool:
    """30.3: the award is active, and not below the draft's price since a negotiation; its term to sign is not over."""
    agreement = get_agreement(view, call)
    if not agreement.process:
        return call.time < agreement.signing_ends
    award = require(view.get(award_key(agreement.process, agreement.lot, agreement.award), AwardRecord), agreement.award)
    is_standing = award.state == ACTIVE and get_lot(view, agreement.process, agreement.lot).award == agreement.award
    return is_standing and parse_amount(agreement.price) <= parse_amount(award.price) and call.time < award.signing_ends


def is_covered(view: View, call: Call) -> bool:
    """30.4: reservation and budget of each year cover the contract; a community's takes what is free."""
    agreement = get_agreement(view, call)
    return can_commit(view, find_reservation(agreement), agreement.contract, list_years(agreement))


def are_parties_not_debarred(view: View, call: Call) -> bool:
    """30.5: no member of the contractor is debarred."""
    return not any(is_debarred(view, organisation, call.time) for organisation in list_contractors(get_agreement(view, call)))


def have_overseers_declared(view: View, call: Call) -> bool:
    """30.6: officer and inspector of a community's contract declared their interests in it; for an award 28.5 saw to it."""
    agreement = get_agreement(view, call)
    name = name_interests(agreement.contract)
    return bool(agreement.process) or all(has_declared(view, name, person) for person in (agreement.officer, agreement.inspector))


def find_agreement(view: View, call: Call) -> AgreementRecord | None:
    """The contract that a message names, unless it lapsed."""
    record = view.get(agreement_key(call.arguments.contract), AgreementRecord)
    return record if record is not None and record.state != LAPSED else None


def get_agreement(view: View, call: Call) -> AgreementRecord:
    """The contract that a message names and an earlier condition found."""
    return require(find_agreement(view, call), call.arguments.contract)


def find_reservation(agreement: AgreementRecord) -> str:
    """What a contract's money was reserved under, "" where nothing was."""
    return lot_name(agreement.process, agreement.lot) if agreement.process else ""


def find_officer(view: View, agreement: AgreementRecord) -> Person:
    """Who answers for a contract: until it stands, whoever has the officer's seat in its process now."""
    is_own = agreement.activated > 0 or not agreement.process
    return agreement.officer if is_own else get_process(view, agreement.process).seats.officer


def list_contractors(agreement: AgreementRecord) -> list[str]:
    """Who delivers: the supplier, or the members of its consortium."""
    return [member.organisation for member in agreement.members] or [agreement.supplier]


def list_years(agreement: AgreementRecord) -> dict[str, int]:
    """What a contract takes of each budget line, minor units."""
    return {part.line: parse_amount(part.amount) for part in agreement.years}


def name_interests(contract: str) -> str:
    """What interests in a contract without a process are declared under; no process has a colon in its name."""
    return f"contract:{contract}"
