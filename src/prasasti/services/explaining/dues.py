"""What several steps of a contract's money ask: its terms and figures, its sums, taxes, and whether what was ordered is due.

Owns what is given back when nothing more is delivered, which the last certificate of an ended contract may bring about too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prasasti.services import explained_dues as dues
from prasasti.services.explained_log import Told
from prasasti.services.explaining.agreements import Agreement, Order, OrderLine, sum_live
from prasasti.services.explaining.recount import Recount, begin_step, read_figure
from prasasti.services.explaining.steps import Step

RAISED, SETTLED = "treasury.order_raised", "procurement.contract_settled"
FOR_RETENTION = "retention"
VALUE_ADDED = ("ppn", "vat")


def name_of(agreement: Agreement, subject: str) -> str:
    """What a step is about: a certificate, or something else, of a contract."""
    return f"{agreement.contract}: {subject}"


def read_agreed(recount: Recount, step: Step, agreement: Agreement) -> dues.Agreed:
    """What a contract's terms and the process's figures say."""
    terms = agreement.terms
    rates = [(code, rate_bp) for code, rate_bp in read_rates(recount, step) if code in VALUE_ADDED]
    return dues.Agreed(
        recovery_start_bp=terms["recovery_start_bp"], recovery_span_bp=terms["recovery_span_bp"],
        retention_bp=terms["retention_bp"] if terms["retention"] == "each" else 0, damages_cap_bp=terms["damages_cap_bp"],
        damages_bp=int(_read_once(recount, step, "damages_bp_a_day")), vat_bp=sum(rate_bp for _, rate_bp in rates),
        unit_minor=int(_read_once(recount, step, f"payment_unit_minor.{recount.currency}")),
    )  # fmt: skip


def read_rates(recount: Recount, step: Step) -> list[tuple[str, int]]:
    """The taxes withheld from every payment of a contract of its kind, and their rates."""
    codes = str(_read_once(recount, step, f"{recount.plan['kind']}.taxes"))
    return [(code, int(_read_once(recount, step, f"tax_bp.{code}"))) for code in codes.split(",") if code]


def read_account(recount: Recount, agreement: Agreement) -> dues.Account:
    """A contract's sums, with what of its advance is out or on its way now."""
    orders = [order for order in recount.orders.values() if order.contract == agreement.contract]
    return agreement.account._replace(live_minor=sum_live(orders))


def compute_taxes(recount: Recount, step: Step, base_minor: int, agreed: dues.Agreed, told: Told) -> list[int]:
    """What a message's taxes have to be, in their order, beside what it says; another rate needs a reason."""
    rates, lines = read_rates(recount, step), told.arguments.get("taxes") or []
    if not base_minor and not lines:
        return []
    step.compare("taxes", ", ".join(code for code, _ in rates), ", ".join(line["code"] for line in lines), told.position)
    amounts = []
    for (code, rate_bp), line in zip(rates, lines, strict=False):
        used_bp = line["rate_bp"] if line.get("reason") else rate_bp
        amounts.append(dues.compute_rate(base_minor, used_bp, agreed.unit_minor))
        step.compare(f"rate of {code}", used_bp, line["rate_bp"], told.position)
        step.compare(f"base of {code}", base_minor, line["base"], told.position)
        step.compare(f"tax of {code}", amounts[-1], line["amount"], told.position)
    return amounts


def say_taxes(step: Step, told: Told) -> None:
    """The lines of a message; what differs stands beside them."""
    for line in told.arguments.get("taxes") or ():
        step.say("tax", told.position, code=line["code"], rate_bp=line["rate_bp"], base=line["base"], amount=line["amount"])


def compare_order(recount: Recount, step: Step, told: Told, agreement: Agreement, cause: str, amounts: Sequence[int]) -> str:
    """Whether what is due was ordered, once; its lines are known from here on. The order, "" for none."""
    event = next((each for each in told.events if each["event"] == RAISED and each["order"] not in recount.orders), None)
    step.compare(f"ordered of {cause}", sum(amounts), event["amount_minor"] if event is not None else 0, told.position)
    if event is None:
        return ""
    agreement.orders += 1
    order = str(event["order"])
    step.compare("order_name", f"{agreement.contract}-{agreement.orders}", order, told.position)
    step.compare("cause", cause, event["cause"], told.position)
    recount.orders[order] = Order(agreement.contract, cause, [OrderLine(amount_minor) for amount_minor in amounts])
    return order


def release(recount: Recount, step: Step, agreement: Agreement, held_minor: int, taxes: Sequence[int], told: Told) -> dues.Released:
    """So much of the retention is given back."""
    account = read_account(recount, agreement)
    due = dues.compute_released(account, held_minor, sum(taxes))
    step.say(
        "released", told.position, held=str(held_minor), recovery=str(due.advance_minor), damages=str(due.damages_minor),
        ordered=str(due.order_minor), taxes=str(sum(taxes)), net=str(due.order_minor - sum(taxes)),
    )  # fmt: skip
    compare_order(recount, step, told, agreement, FOR_RETENTION, [due.order_minor - sum(taxes), *taxes] if due.order_minor else [])
    agreement.account = account._replace(
        recovered_minor=account.recovered_minor + due.advance_minor, released_minor=account.released_minor + held_minor,
        damages_taken_minor=account.damages_taken_minor + due.damages_minor,
    )  # fmt: skip
    return due


def settle(recount: Recount, step: Step, agreement: Agreement, taxes: Sequence[int], told: Told) -> None:
    """All that is retained is given back; what is open beyond it is owed."""
    held_minor = agreement.account.retained_minor - agreement.account.released_minor
    due = release(recount, step, agreement, held_minor, taxes, told)
    owed = {"advance_owed": due.advance_owed_minor, "damages_owed": due.damages_owed_minor}
    step.say("owed", told.position, **{name: str(amount_minor) for name, amount_minor in owed.items()})
    event = next((each for each in told.events if each["event"] == SETTLED), {})
    for name, amount_minor in owed.items():
        step.compare(name, amount_minor, event.get(name, "nothing"), told.position)


def settle_ended(recount: Recount, agreement: Agreement, told: Told) -> None:
    """A contract that was ended, once all that was accepted is certified: taxes are the State's, since no message lists them."""
    if not agreement.is_ended or agreement.accepted_minor != agreement.account.certified_minor:
        return
    step = begin_step(recount, "release", agreement.lot, told, name_of(agreement, FOR_RETENTION))
    agreed, account = read_agreed(recount, step, agreement), read_account(recount, agreement)
    held_minor = account.retained_minor - account.released_minor
    base_minor = compute_base(account, agreed, held_minor)
    rates = read_rates(recount, step) if base_minor else []
    settle(recount, step, agreement, [dues.compute_rate(base_minor, rate_bp, agreed.unit_minor) for _, rate_bp in rates], told)


def compute_base(account: dues.Account, agreed: dues.Agreed, held_minor: int) -> int:
    """What taxes of a retention that is given back are reckoned on: what the advance leaves of it."""
    return dues.compute_net(held_minor - dues.compute_released(account, held_minor, 0).advance_minor, agreed)


def _read_once(recount: Recount, step: Step, topic: str) -> Any:
    """A figure of the process, told once a step."""
    known = next((figure.value for figure in step.figures if figure.name == f"procurement.{topic}"), None)
    return read_figure(recount, step, topic) if known is None else known
