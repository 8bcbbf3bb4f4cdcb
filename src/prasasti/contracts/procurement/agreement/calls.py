"""Conditions on guarantees (29, 41): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.people import Person, list_people
from prasasti.contracts.procurement.agreement.guarantees import (
    compute_least_minor,
    compute_least_until,
    find_guarantee,
    get_guarantee,
    is_over,
    is_over_in_lot,
    is_suspended,
)
from prasasti.contracts.procurement.agreement.records import (
    APPEAL,
    BID,
    DRAFT,
    PERFORMANCE,
    REGISTERED,
    SIGNED,
    AgreementRecord,
    agreement_key,
)
from prasasti.contracts.procurement.agreement.signing import find_officer, list_contractors
from prasasti.contracts.procurement.lots import find_proposal
from prasasti.contracts.procurement.parameters import MAX_PARTY_BYTES, read_codes
from prasasti.contracts.procurement.process import find_lot, get_process
from prasasti.contracts.procurement.seats import OFFICER
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require

# Grounds of the time before a contract; who has one is guaranteed for what comes after.
BEFORE_CONTRACT = ("not_signing", "withdrawal")
AFTER_CONTRACT = ("default", "unrecovered_advance")


def is_obligation_open(view: View, call: Call) -> bool:
    """00.2: nothing stands under the guarantee's id; what it is for is there, and not over."""
    arguments = call.arguments
    if find_guarantee(view, arguments.guarantee) is not None:
        return False
    if arguments.obligation in (APPEAL, BID):
        lot = find_lot(view, arguments.process, arguments.lot)
        return lot is not None and not is_over_in_lot(view, lot, arguments.obligation)
    agreement = view.get(agreement_key(arguments.contract), AgreementRecord)
    if agreement is None or not agreement.process:
        return False
    return agreement.state == SIGNED or (agreement.state == DRAFT and arguments.obligation == PERFORMANCE)


def is_obligation_covered(view: View, call: Call) -> bool:
    """29.1: more than nothing, and what the obligation needs; from now on, until the obligation's end and the margin beyond it."""
    arguments = call.arguments
    subject = (arguments.process or "", arguments.lot or "", arguments.contract or "")
    least_minor = max(1, compute_least_minor(view, arguments.obligation, *subject))
    least_until = compute_least_until(view, call, arguments.obligation, subject[0], subject[2])
    return parse_amount(arguments.amount) >= least_minor and arguments.start <= call.time and arguments.until >= least_until


def is_unconditional(view: View, call: Call) -> bool:
    """29.2: it is paid on demand."""
    return bool(call.arguments.unconditional)


def is_guarantor_trusted(view: View, call: Call) -> bool:
    """29.3: no call on the guarantor went unpaid. That it has the licence, its role says."""
    return not is_suspended(view, call.actor)


def are_guarantee_parties_fit(view: View, call: Call) -> bool:
    """29.4: the beneficiary is the buyer; the principal owes what is guaranteed; the guarantor is neither, and has an id for which an
    event of the schedule has room."""
    arguments = call.arguments
    if len({call.actor, arguments.principal, arguments.beneficiary}) < 3 or len(call.actor) > MAX_PARTY_BYTES:
        return False
    if arguments.obligation in (APPEAL, BID):
        is_bidder = find_proposal(view, arguments.process, arguments.lot, arguments.principal) is not None
        is_buyer = get_process(view, arguments.process).buyer == arguments.beneficiary
        # Who gives a bid guarantee may propose only later.
        return is_buyer and (is_bidder or arguments.obligation == BID)
    agreement = require(view.get(agreement_key(arguments.contract), AgreementRecord), arguments.contract)
    return agreement.buyer == arguments.beneficiary and arguments.principal in list_contractors(agreement)


def does_beneficiarys_officer_sign(view: View, call: Call) -> bool:
    """00.1: the officer of the contract, or of the process, that the guarantee is for."""
    return list_people(view, call, OFFICER) == [_find_officer(view, call.arguments.guarantee)]


def can_be_called(view: View, call: Call) -> bool:
    """00.2: the guarantee is registered, not called before, and what it is for is not over."""
    record = get_guarantee(view, call.arguments.guarantee)
    return record.state == REGISTERED and not is_over(view, record)


def is_guarantee_running(view: View, call: Call) -> bool:
    """00.4: the guarantee's period is not over."""
    return call.time <= get_guarantee(view, call.arguments.guarantee).until


def is_ground_to_call_known(view: View, call: Call) -> bool:
    """00.6: the ground is a code."""
    return call.arguments.ground in read_codes(view, "grounds.call", call.time)


def is_ground_of_obligation(view: View, call: Call) -> bool:
    """41.1: a proposal answers for what comes before the contract, the others for what comes after; of an appeal 24 decides."""
    obligation = get_guarantee(view, call.arguments.guarantee).obligation
    others = {APPEAL: (call.arguments.ground,), BID: AFTER_CONTRACT}.get(obligation, BEFORE_CONTRACT)
    return call.arguments.ground not in others


def is_within_value(view: View, call: Call) -> bool:
    """41.2: more than nothing, and not above the guarantee's amount."""
    amount_minor = parse_amount(call.arguments.amount)
    return 0 < amount_minor <= parse_amount(get_guarantee(view, call.arguments.guarantee).amount)


def _find_officer(view: View, guarantee: str) -> Person | None:
    record = find_guarantee(view, guarantee)
    if record is None:
        return None
    if not record.contract:
        return get_process(view, record.process).seats.officer
    return find_officer(view, require(view.get(agreement_key(record.contract), AgreementRecord), record.contract))
