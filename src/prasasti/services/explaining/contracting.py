"""What changes a contract, and what ends it: amendments, suspensions, hand-over, final acceptance, an end before its time."""

from __future__ import annotations

from collections.abc import Mapping

from prasasti.services import explained_dues as dues
from prasasti.services.explained_log import Told
from prasasti.services.explaining.agreements import Agreement, Milestone
from prasasti.services.explaining.dues import (
    FOR_RETENTION,
    compute_base,
    compute_taxes,
    name_of,
    read_account,
    read_agreed,
    release,
    say_taxes,
    settle,
    settle_ended,
)
from prasasti.services.explaining.recount import Recount, TakeMessage, begin_step, read_figure


def _take_amendment(recount: Recount, told: Told) -> None:
    given = told.arguments
    agreement = recount.agreements[given["contract"]]
    step = begin_step(recount, "amendment", agreement.lot, told, name_of(agreement, given["amendment"]))
    before_minor, change_minor = agreement.account.price_minor, int(given["change"])
    agreement.account = agreement.account._replace(price_minor=before_minor + change_minor)
    step.say(
        "amended", told.position, given["document"]["sha256"], before=str(before_minor), change=str(change_minor),
        price=str(before_minor + change_minor), milestones=len(given["milestones"]),
    )  # fmt: skip
    amounts = [each["amount"] for each in given["milestones"]]
    step.compare("milestones_sum", before_minor + change_minor, sum(map(int, amounts)), told.position)
    recorded = next((each["price"] for each in told.events if each["event"] == "procurement.contract_amended"), "")
    step.compare("price", before_minor + change_minor, recorded, told.position)
    _restate(agreement, told)


def _restate(agreement: Agreement, told: Told) -> None:
    """Milestones as they are from now on; dates are as people read them, suspensions so far included."""
    given, known = told.arguments, agreement.milestones
    if given.get("items") is not None:
        agreement.prices = {each["item"]: int(each["unit_price"]) for each in given["items"]}
    agreement.milestones = {}
    for each in given["milestones"]:
        milestone = known.get(each["id"]) or Milestone(0, 0, {})
        milestone.amount_minor, milestone.due = int(each["amount"]), each["due"] - agreement.suspended_seconds
        if given.get("items") is not None:
            milestone.items = {line["item"]: int(line["quantity"]) for line in given["items"] if line["milestone"] == each["id"]}
        agreement.milestones[each["id"]] = milestone


def _take_notice(recount: Recount, told: Told) -> None:
    agreement = recount.agreements[told.arguments["contract"]]
    if told.arguments["act"] == "suspend":
        agreement.suspended = told.time
    elif told.arguments["act"] == "resume":
        _resume(agreement, told)


def _resume(agreement: Agreement, told: Told) -> None:
    agreement.suspended_seconds += told.time - agreement.suspended if agreement.suspended else 0
    agreement.suspended = 0


def _take_end(recount: Recount, told: Told) -> None:
    agreement = recount.agreements[told.arguments["contract"]]
    _resume(agreement, told)
    agreement.is_ended = True
    settle_ended(recount, agreement, told)


def _take_hand_over(recount: Recount, told: Told) -> None:
    act = told.arguments["act"]
    agreement = recount.agreements[told.arguments["contract"]]
    if act == "defect":
        return
    step = begin_step(recount, "release", agreement.lot, told, name_of(agreement, FOR_RETENTION))
    agreed, account = read_agreed(recount, step, agreement), read_account(recount, agreement)
    held_minor = account.retained_minor - account.released_minor
    if act == "hand_over":
        part_bp = int(read_figure(recount, step, "handover_release_bp"))
        part_minor = dues.share(account.retained_minor, part_bp, 10_000, agreed.unit_minor)
        step.say("release_part", told.position, retention=str(account.retained_minor), rate_bp=part_bp, in_all=str(part_minor))
        held_minor = max(part_minor - account.released_minor, 0)
    taxes = compute_taxes(recount, step, compute_base(account, agreed, held_minor), agreed, told)
    say_taxes(step, told)
    if act == "hand_over":
        release(recount, step, agreement, held_minor, taxes, told)
    else:
        settle(recount, step, agreement, taxes, told)


MESSAGES: Mapping[str, TakeMessage] = {
    "amend_contract": _take_amendment,
    "hand_over": _take_hand_over,
    "notify_contractor": _take_notice,
    "terminate": _take_end,
}
