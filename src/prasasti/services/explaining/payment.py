"""The advance, orders that are replaced, and what banks did with them: of an advance only what went out is recovered.

What a bank did is taken as recorded: of a message about one line its event says it, of a statement its entries do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prasasti.services import explained_dues as dues
from prasasti.services.explained_log import Told
from prasasti.services.explaining.agreements import FOR_ADVANCE
from prasasti.services.explaining.dues import RAISED, compare_order, compute_taxes, name_of, read_agreed, say_taxes
from prasasti.services.explaining.recount import Recount, SeeEvent, TakeMessage, begin_step

PAID, RETURNED, UNPAID = "paid", "returned", ("rejected", "returned")


def _take_advance(recount: Recount, told: Told) -> None:
    given = told.arguments
    agreement, amount_minor = recount.agreements[given["contract"]], int(given["amount"])
    step = begin_step(recount, "advance", agreement.lot, told, name_of(agreement, FOR_ADVANCE))
    agreed = read_agreed(recount, step, agreement)
    share_bp = agreement.terms["advance_bp"]
    most_minor = dues.compute_rate(agreement.account.price_minor, share_bp, agreed.unit_minor)
    step.say("advance", told.position, amount=str(amount_minor), share_bp=share_bp, in_all=str(most_minor))
    step.compare("within_terms", True, 0 < amount_minor <= most_minor, told.position)
    taxes = compute_taxes(recount, step, dues.compute_net(amount_minor, agreed), agreed, told)
    say_taxes(step, told)
    step.say(
        "advance_order", told.position, ordered=str(amount_minor), taxes=str(sum(taxes)), net=str(amount_minor - sum(taxes))
    )  # fmt: skip
    compare_order(recount, step, told, agreement, FOR_ADVANCE, [amount_minor - sum(taxes), *taxes])
    agreement.account = agreement.account._replace(advance_minor=amount_minor)


def _take_replacement(recount: Recount, told: Told) -> None:
    """Lines that a bank rejected or gave back are paid again: no more and no less."""
    given = told.arguments
    replaced = recount.orders[given["order"]]
    agreement = recount.agreements[replaced.contract]
    step = begin_step(recount, "replacement", agreement.lot, told, name_of(agreement, given["order"]))
    lines = [replaced.lines[number] for number in given["lines"]]
    step.compare("unpaid", True, all(line.state in UNPAID for line in lines), told.position)
    amounts = [line.amount_minor for line in lines]
    for line in lines:
        line.state = "replaced"
    order = compare_order(recount, step, told, agreement, replaced.cause, amounts)
    step.say("replaced_by", told.position, order=given["order"], replacement=order, ordered=str(sum(amounts)))
    for line in recount.orders[order].lines if order else ():
        line.account = given["account"]


def _see_order(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    """An order that no step before asked for."""
    agreement = recount.agreements.get(event["subject"])
    if agreement is not None and event["order"] not in recount.orders:
        step = begin_step(recount, "replacement", agreement.lot, told, name_of(agreement, event["order"]))
        step.compare("unasked", 0, event["amount_minor"], told.position)


def _see_line(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    order = recount.orders.get(event["order"])
    if order is not None and event["line"] == 0:
        order.lines[0].state = event["state"]
        order.lines[0].account = told.arguments.get("account") or order.lines[0].account


def _take_statement(recount: Recount, told: Told) -> None:
    """Of an entry that fits no line its treasury makes an open item, which somebody resolves with an event of its own."""
    if not any(event.get("matched") for event in told.events):
        return
    references = {dues.compute_reference(order): each for order, each in recount.orders.items()}
    for entry in told.arguments["entries"]:
        order, amount_minor = references.get(entry["reference"]), int(entry["amount"])
        if order is None or abs(amount_minor) != order.lines[0].amount_minor:
            continue
        line, outcome = order.lines[0], PAID if amount_minor < 0 else RETURNED
        is_fit = line.state == (PAID if outcome == RETURNED else "raised") and line.account in ("", entry["account"])
        if is_fit:
            line.state, line.account = outcome, entry["account"]


MESSAGES: Mapping[str, TakeMessage] = {
    "replace_order": _take_replacement,
    "take_advance": _take_advance,
    "treasury.record_statement": _take_statement,
}
EVENTS: Mapping[str, SeeEvent] = {
    "treasury.line_settled": _see_line,
    RAISED: _see_order,
}
