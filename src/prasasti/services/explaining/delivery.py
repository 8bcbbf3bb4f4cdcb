"""What was delivered, accepted and certified of a contract, and what that makes due: each certificate recomputed.

Owns gross, delay, recovery, retention, damages, taxes and order of certificates. That somebody inspected, and when evidence came, is
what their messages say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prasasti.services import explained_dues as dues
from prasasti.services.explained_log import Told
from prasasti.services.explaining.agreements import Agreement, Milestone, Part
from prasasti.services.explaining.dues import (
    compare_order,
    compute_taxes,
    name_of,
    read_account,
    read_agreed,
    say_taxes,
    settle_ended,
)
from prasasti.services.explaining.recount import Recount, TakeMessage, begin_step
from prasasti.services.explaining.steps import Step


def _take_evidence(recount: Recount, told: Told) -> None:
    agreement = recount.agreements[told.arguments["contract"]]
    milestone = agreement.milestones[told.arguments["milestone"]]
    milestone.parts += 1
    milestone.waiting = Part(milestone.parts, told.time, agreement.suspended_seconds)


def _take_inspection(recount: Recount, told: Told) -> None:
    given = told.arguments
    agreement = recount.agreements[given["contract"]]
    milestone = agreement.milestones[given["milestone"]]
    part, milestone.waiting = milestone.waiting, None
    if part is None or given["outcome"] == "reject":
        return
    part.accepted_minor, part.inspected = _accept(recount, agreement, milestone, given), told.position
    milestone.accepted_minor += part.accepted_minor
    agreement.accepted_minor += part.accepted_minor
    milestone.current.append(part)


def _accept(recount: Recount, agreement: Agreement, milestone: Milestone, given: Mapping[str, Any]) -> int:
    """What an inspector accepted: all the rest, the amount that they say, or what the quantities come to."""
    rest_minor = milestone.amount_minor - milestone.accepted_minor
    if not agreement.is_measured:
        return int(given["accepted"]) if given.get("accepted") is not None else rest_minor
    if given.get("quantities") is None:
        milestone.quantities = dict(milestone.items)
    for each in given.get("quantities") or ():
        milestone.quantities[each["item"]] = milestone.quantities.get(each["item"], 0) + int(each["quantity"])
    unit_minor = read_agreed(recount, Step("certificate", "", 0), agreement).unit_minor
    reached_minor = dues.compute_bill(milestone.quantities, milestone.items, agreement.prices, milestone.amount_minor, unit_minor)
    return reached_minor - milestone.accepted_minor


def _take_certificate(recount: Recount, told: Told) -> None:
    given = told.arguments
    agreement = recount.agreements[given["contract"]]
    part = agreement.milestones[given["milestone"]].current.pop(0)
    step = begin_step(recount, "certificate", agreement.lot, told, name_of(agreement, given["certificate"]))
    agreed, account = read_agreed(recount, step, agreement), read_account(recount, agreement)
    step.say("accepted", part.inspected, milestone=given["milestone"], part=part.number, gross=str(part.accepted_minor))
    damages_minor = _say_delay(recount, step, agreement, part, given, told)
    taxes = compute_taxes(recount, step, dues.compute_net(dues.compute_rest(account, agreed, part.accepted_minor), agreed), agreed, told)
    due = dues.compute_certified(account, agreed, part.accepted_minor, damages_minor, sum(taxes))
    _say_due(step, account, agreed, due, part.accepted_minor, told)
    say_taxes(step, told)
    step.say(
        "due_order", told.position, given["document"]["sha256"], gross=str(part.accepted_minor), recovery=str(due.recovery_minor),
        retention=str(due.retention_minor), damages=str(due.damages_minor), ordered=str(due.order_minor), taxes=str(sum(taxes)),
        net=str(due.order_minor - sum(taxes)),
    )  # fmt: skip
    _compare_due(step, given, part.accepted_minor, due, told)
    compare_order(recount, step, told, agreement, given["certificate"], [due.order_minor - sum(taxes), *taxes])
    agreement.account = account._replace(
        certified_minor=account.certified_minor + part.accepted_minor, recovered_minor=account.recovered_minor + due.recovery_minor,
        retained_minor=account.retained_minor + due.retention_minor, damages_minor=account.damages_minor + damages_minor,
        damages_taken_minor=account.damages_taken_minor + due.damages_minor,
    )  # fmt: skip
    settle_ended(recount, agreement, told)


def _say_delay(recount: Recount, step: Step, agreement: Agreement, part: Part, given: Mapping[str, Any], told: Told) -> int:
    """What the part's delay costs, by when its evidence came: how long an inspection takes is not the contractor's."""
    offset = recount.log.figure_of("procurement.offset_seconds", recount.buyer, part.submitted)
    due = agreement.milestones[given["milestone"]].due + part.moved_seconds
    days = dues.count_days(due, part.submitted, int(offset.value))
    step.compare(f"days of {given['certificate']}", days, given["days"], told.position)
    if not days:
        step.say("on_time", deadline=due, time=part.submitted)
        return 0
    step.figures.append(offset)
    agreed, account = read_agreed(recount, step, agreement), agreement.account
    base_minor = account.price_minor if agreement.terms["damages_on"] == "price" else part.accepted_minor
    damages_minor = dues.compute_delay_damages(account, agreed, base_minor, days)
    step.say(
        "late", deadline=due, time=part.submitted, days=days, base=str(dues.compute_net(base_minor, agreed)), rate_bp=agreed.damages_bp,
        cap_bp=agreed.damages_cap_bp, taken=str(account.damages_minor), damages=str(damages_minor),
    )  # fmt: skip
    return damages_minor


def _say_due(step: Step, account: dues.Account, agreed: dues.Agreed, due: dues.Certified, gross_minor: int, told: Told) -> None:
    reached = str(account.certified_minor + gross_minor)
    if account.advance_minor:
        step.say(
            "recovered", told.position, advance=str(account.live_minor), in_all=str(due.recovered_minor),
            taken=str(account.recovered_minor), recovery=str(due.recovery_minor), certified=reached,
        )  # fmt: skip
    if agreed.retention_bp:
        step.say(
            "retained", told.position, retention_bp=agreed.retention_bp, certified=reached, in_all=str(due.retained_minor),
            taken=str(account.retained_minor), retention=str(due.retention_minor),
        )  # fmt: skip


def _compare_due(step: Step, given: Mapping[str, Any], gross_minor: int, due: dues.Certified, told: Told) -> None:
    """The certificate as it was signed, and as the ledger tells it."""
    computed = {
        "gross": gross_minor, "recovery": due.recovery_minor, "retention": due.retention_minor, "damages": due.damages_minor,
    }  # fmt: skip
    recorded = next((event for event in told.events if event["event"] == "procurement.milestone_certified"), {})
    for name, amount_minor in computed.items():
        what = f"{name} of {given['certificate']}"
        step.compare(what, amount_minor, given[name], told.position)
        # What the message says is signed; what its event says the node alone wrote.
        if recorded.get(name) != given[name]:
            step.compare(what, amount_minor, recorded.get(name, "nothing"), told.position)


MESSAGES: Mapping[str, TakeMessage] = {
    "certify": _take_certificate,
    "inspect": _take_inspection,
    "submit_evidence": _take_evidence,
}
