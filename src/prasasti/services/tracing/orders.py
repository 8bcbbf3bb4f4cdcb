"""An order, its lines, and the entries of statements that settled them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from prasasti.contracts.treasury.orders import sum_lines
from prasasti.contracts.treasury.records import (
    NET,
    PAID,
    REPLACED,
    RETURNED,
    WITHHELD,
    EntryRecord,
    OrderLine,
    OrderRecord,
    entry_key,
)
from prasasti.core.contract import View
from prasasti.core.types import parse_amount, parse_signed_amount
from prasasti.services.tracing.nodes import Node, Part, Sum

# Numbers of the state's books that a line may have.
BOOKS = ("spp", "spm", "sp2d", "ntpn")
# A contract's orders by their ids.
Orders = Mapping[str, OrderRecord]


class OrderSums(NamedTuple):
    """What orders come to, minor units; a line that another order pays counts there."""

    paid_minor: int
    withheld_minor: int
    unpaid_minor: int

    @property
    def ordered_minor(self) -> int:
        """All of it."""
        return sum(self)


def add_orders(orders: Iterable[OrderRecord]) -> OrderSums:
    """What orders come to together."""
    listed = list(orders)
    paid_minor = sum(sum_lines(order, PAID) for order in listed)
    withheld_minor = sum(sum_lines(order, WITHHELD) for order in listed)
    # Counted by the states there are, not as what is left: so that a line in none of them is found.
    unpaid_minor = sum(
        parse_amount(line.amount_minor) for order in listed for line in order.lines if line.state not in (PAID, WITHHELD, REPLACED)
    )
    return OrderSums(paid_minor, withheld_minor, unpaid_minor)


def trace_order(view: View, order: OrderRecord, orders: Orders) -> Node:
    """An order as it was raised: its lines, below them the orders that pay lines of it instead."""
    currency, whole_minor = order.currency, sum_lines(order)
    sums = add_orders([order])
    replaced_minor = sum_lines(order, REPLACED)
    instead = [each for each in orders.values() if each.replaces == order.order]
    parts = [Part("paid", sums.paid_minor), Part("withheld", sums.withheld_minor), Part("unpaid", sums.unpaid_minor)]
    found = [
        Sum("order", whole_minor, [*parts, *([Part("replaced", replaced_minor)] if replaced_minor else [])]),
        Sum("order_years", whole_minor - replaced_minor, [Part(each.line, parse_amount(each.amount_minor)) for each in order.years]),
        Sum("order_paid", sums.paid_minor + sums.withheld_minor, [Part(each.line, parse_amount(each.paid_minor)) for each in order.years]),
    ]
    if replaced_minor or instead:
        found.append(Sum("replaced", replaced_minor, [Part(each.order, sum_lines(each)) for each in instead]))
    nodes = [_trace_line(view, order, number, line) for number, line in enumerate(order.lines)]
    facts = {"cause": order.cause, "raised": str(order.raised), "treasury": order.treasury}
    facts |= {"batch": order.batch} if order.batch else {}
    return Node(
        "order", order.order, whole_minor, currency, order.state, facts, found,
        [*nodes, *(trace_order(view, each, orders) for each in instead)],
    )  # fmt: skip


def _trace_line(view: View, order: OrderRecord, number: int, line: OrderLine) -> Node:
    facts = {"payee": line.payee} if line.payee else {}
    if line.code != NET:
        facts |= {"base": line.base_minor, "rate_bp": str(line.rate_bp)} | ({"reason": line.reason} if line.reason else {})
    entries = list(_trace_entry(view, order, line))
    kind, name = ("payment", f"{order.order}.{number}") if line.code == NET else ("tax", line.code)
    return Node(kind, name, parse_amount(line.amount_minor), order.currency, line.state, facts, _compare_entry(line, entries), entries)


def _trace_entry(view: View, order: OrderRecord, line: OrderLine) -> Iterator[Node]:
    """The entry of a statement that settled a line, with the numbers that bank and treasury gave it."""
    if not line.entry:
        return
    known = view.get(entry_key(order.treasury, line.bank, line.entry), EntryRecord)
    numbers = {name: number for name in BOOKS if (number := getattr(line, name))}
    facts = {"bank": line.bank, "value_date": str(line.value_date), **numbers}
    if known is None:
        yield Node("entry", line.entry, 0, order.currency, "unknown", facts)
        return
    facts |= {"statement": known.statement} | ({"item": known.item} if known.item else {})
    yield Node("entry", line.entry, parse_signed_amount(known.amount_minor), order.currency, "", facts)


def _compare_entry(line: OrderLine, entries: list[Node]) -> list[Sum]:
    """What is paid, a statement shows as gone; what came back, as come in. A receipt of a tax is as much as the tax."""
    if not entries:
        # All of an order that is withheld has a line of nothing for the payee, which no bank pays.
        is_shown = line.code != NET or line.state not in (PAID, RETURNED) or not parse_amount(line.amount_minor)
        return [] if is_shown else [Sum("bank", parse_amount(line.amount_minor), [])]
    shown_minor = sum(each.amount_minor for each in entries)
    if line.state == RETURNED or (line.state == REPLACED and shown_minor > 0):
        return [Sum("bank_returned", parse_amount(line.amount_minor), [Part(entries[0].id, shown_minor)])]
    if line.state in (PAID, WITHHELD):
        return [Sum("bank", parse_amount(line.amount_minor), [Part(entries[0].id, -shown_minor)])]
    return [Sum("bank_rejected", 0, [Part(entries[0].id, shown_minor)])]
