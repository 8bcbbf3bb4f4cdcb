"""Conditions on violations and debarments (42, 51, 52): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.identity.conditions import is_organisation_known
from prasasti.contracts.people import find_person
from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.agreement.signing import find_officer, list_contractors
from prasasti.contracts.procurement.calendar import DAY_SECONDS
from prasasti.contracts.procurement.conduct.records import (
    IN_FORCE,
    DebarmentRecord,
    ViolationRecord,
    debarment_key,
    violation_key,
)
from prasasti.contracts.procurement.parameters import read_codes, read_integer
from prasasti.contracts.procurement.process import find_process, get_process
from prasasti.contracts.procurement.proposal.records import PartRecord, part_key
from prasasti.contracts.procurement.seats import OFFICER
from prasasti.core.contract import Call, View
from prasasti.core.types import require


def does_deciding_authority_sign(view: View, call: Call) -> bool:
    """00.1: of the buyer with whom the violation was, any for one with nobody; whoever debarred lifts."""
    if is_lifting(call):
        debarment = _find_debarment(view, call)
        return debarment is None or debarment.authority == call.actor
    violation = _find_own_violation(view, call)
    return violation is None or violation.buyer in ("", call.actor)


def can_be_decided(view: View, call: Call) -> bool:
    """00.2: the debarment that is lifted is in force; a new one's id is new, and nothing was decided on the violation."""
    debarment = _find_debarment(view, call)
    if is_lifting(call):
        return debarment is not None and (debarment.state, debarment.organisation) == (IN_FORCE, call.arguments.organisation)
    violation = _find_own_violation(view, call)
    return debarment is None and (violation is None or not violation.debarment)


def is_debarments_ground_known(view: View, call: Call) -> bool:
    """00.6: the ground is a code."""
    return call.arguments.ground in read_codes(view, "grounds.debarment", call.time)


def is_debarment_fit(view: View, call: Call) -> bool:
    """42.1: the violation's ground, and no longer than that allows; who lifts a debarment restates both."""
    arguments = call.arguments
    if is_lifting(call):
        debarment = require(_find_debarment(view, call), arguments.debarment)
        return bool((debarment.ground, debarment.until) == (arguments.ground, arguments.until))
    violation = _find_own_violation(view, call)
    longest = read_integer(view, "", f"debarment_days.{arguments.ground}", call.time) * DAY_SECONDS
    is_ground = violation is None or violation.ground == arguments.ground
    return bool(is_ground and call.time < arguments.until <= call.time + longest)


def is_heard(view: View, call: Call) -> bool:
    """42.2: the organisation was told, and replied or let its time to reply pass."""
    if is_lifting(call):
        return True
    violation = _find_own_violation(view, call)
    return violation is not None and (violation.replied > 0 or call.time >= violation.reply_due)


def does_notifier_sign(view: View, call: Call) -> bool:
    """00.1: an auditor, or the officer of the process or contract that is named."""
    if call.signers[0].role != OFFICER:
        return True
    person = find_person(view, call.signers[0])
    if call.arguments.contract is not None:
        agreement = _find_agreement(view, call)
        return agreement is None or find_officer(view, agreement) == person
    process = find_process(view, call.arguments.process) if call.arguments.process is not None else None
    return process.seats.officer == person if process is not None else call.arguments.process is not None


def can_be_notified(view: View, call: Call) -> bool:
    """00.2: nothing stands under the violation's id; the organisation is known, and what is named is there."""
    arguments = call.arguments
    is_new = view.get(violation_key(arguments.violation), ViolationRecord) is None
    is_contract = arguments.contract is None or _find_agreement(view, call) is not None
    is_process = arguments.process is None or find_process(view, arguments.process) is not None
    return is_new and is_contract and is_process and is_organisation_known(view, arguments.organisation)


def is_violations_ground_known(view: View, call: Call) -> bool:
    """00.6: the ground is a code."""
    return call.arguments.ground in read_codes(view, "grounds.violation", call.time)


def is_concerned(view: View, call: Call) -> bool:
    """51.3: the organisation is of the contractor, or proposed in the process, be it that it withdrew."""
    arguments = call.arguments
    if arguments.contract is not None:
        agreement = require(_find_agreement(view, call), arguments.contract)
        # Of a community's contract its signature alone tells that it knows of it; to an award one's own proposal led.
        has_signed = arguments.organisation in [signature.organisation for signature in agreement.signatures]
        return arguments.organisation in list_contractors(agreement) and (bool(agreement.process) or has_signed)
    if arguments.process is None:
        return True
    keys = [part_key(arguments.process, lot, arguments.organisation) for lot in get_process(view, arguments.process).lots]
    return any(view.get(key, PartRecord) is not None for key in keys)


def is_named(view: View, call: Call) -> bool:
    """00.1: the organisation that the notice names."""
    violation = find_violation(view, call.arguments.violation)
    return violation is not None and violation.organisation == call.actor


def is_time_to_reply(view: View, call: Call) -> bool:
    """52.1: block time < the end of the time to reply."""
    return call.time < require(find_violation(view, call.arguments.violation), call.arguments.violation).reply_due


def has_not_replied(view: View, call: Call) -> bool:
    """00.2: no reply yet."""
    return not require(find_violation(view, call.arguments.violation), call.arguments.violation).replied


def find_violation(view: View, violation: str) -> ViolationRecord | None:
    """A violation that somebody was told of."""
    return view.get(violation_key(violation), ViolationRecord)


def is_lifting(call: Call) -> bool:
    """Whether a debarment is lifted, and not decided."""
    return bool(call.arguments.act == "lift")


def _find_own_violation(view: View, call: Call) -> ViolationRecord | None:
    """The violation that a debarment names, if it is of the same organisation."""
    record = find_violation(view, call.arguments.violation) if call.arguments.violation is not None else None
    return record if record is not None and record.organisation == call.arguments.organisation else None


def _find_debarment(view: View, call: Call) -> DebarmentRecord | None:
    return view.get(debarment_key(call.arguments.debarment), DebarmentRecord)


def _find_agreement(view: View, call: Call) -> AgreementRecord | None:
    """The contract that is named, be it that it lapsed: not signing is a violation too."""
    return view.get(agreement_key(call.arguments.contract), AgreementRecord)
