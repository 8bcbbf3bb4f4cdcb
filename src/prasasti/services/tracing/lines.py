"""A budget line: what is free, reserved and committed of it, for which lots and contracts.

What a contract binds lies on the line that bears it now: what was not paid when a line was carried over lies on the next year's, what
was paid lies where it was paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from prasasti.contracts.treasury.budgets import find_bearing_line, list_reserved
from prasasti.contracts.treasury.records import BudgetLineRecord
from prasasti.core.contract import View
from prasasti.core.types import parse_amount
from prasasti.services.tracing.contracts import Standing
from prasasti.services.tracing.nodes import Node, Part, Sum


class Share(NamedTuple):
    """What a contract takes of a line, minor units: paid there, ordered and not paid, bound and not ordered."""

    paid_minor: int
    unpaid_minor: int
    open_minor: int

    @property
    def committed_minor(self) -> int:
        """All of it."""
        return sum(self)


def compute_shares(view: View, standing: Standing) -> dict[str, Share]:
    """What a contract takes of budget lines now, by line; lines of which it takes nothing are left out."""
    shares: dict[str, list[int]] = {}

    def add(line: str, place: int, amount_minor: int) -> None:
        if amount_minor:
            shares.setdefault(line, [0, 0, 0])[place] += amount_minor

    for part in standing.commitment.amounts if standing.commitment is not None else ():
        open_minor = parse_amount(part.committed_minor) - parse_amount(part.ordered_minor)
        if open_minor:
            add(find_bearing_line(view, part.line).line, 2, open_minor)
    for order in standing.orders.values():
        for year in order.years:
            paid_minor = parse_amount(year.paid_minor)
            add(year.line, 0, paid_minor)
            if unpaid_minor := parse_amount(year.amount_minor) - paid_minor:
                add(find_bearing_line(view, year.line).line, 1, unpaid_minor)
    return {line: Share(*found) for line, found in sorted(shares.items())}


def trace_line(view: View, record: BudgetLineRecord, contracts: Sequence[Standing], reservations: Sequence[str], *, is_whole: bool) -> Node:
    """A line with the shares of contracts in it and what lots hold of it. ``is_whole``: those are all, so that they must add up.

    What is free is what is left, and less than nothing where a budget was cut below what lots hold; never below what is committed.
    """
    shares = [(each, share) for each in contracts if (share := compute_shares(view, each).get(record.line)) is not None]
    held = [(name, held_minor) for name in reservations if (held_minor := list_reserved(view, name).get(record.line))]
    amounts = [parse_amount(each) for each in (record.amount_minor, record.reserved_minor, record.committed_minor, record.paid_minor)]
    amount_minor, reserved_minor, committed_minor, paid_minor = amounts
    sums = [
        Sum("line", amount_minor, [
            Part("free", record.free_minor), Part("reserved", reserved_minor), Part("committed", committed_minor),
        ]),
        Sum("line_bounded", committed_minor, [Part("budget", amount_minor)], is_most=True),
    ]  # fmt: skip
    if is_whole:
        sums += [
            Sum("line_reserved", reserved_minor, [Part(name, each) for name, each in held]),
            Sum("line_committed", committed_minor, [Part(each.agreement.contract, share.committed_minor) for each, share in shares]),
            Sum("line_paid", paid_minor, [Part(each.agreement.contract, share.paid_minor) for each, share in shares]),
        ]
    facts = {
        "organisation": record.organisation, "unit": record.unit, "programme": record.programme, "account": record.account,
        "year": str(record.year), "free": str(record.free_minor), "reserved": record.reserved_minor,
        "committed": record.committed_minor, "paid": record.paid_minor,
    } | ({"carried_to": record.carried_to} if record.carried_to else {})  # fmt: skip
    nodes = [Node("reservation", name, each, record.currency) for name, each in held]
    nodes += [_trace_share(each, share, record.currency) for each, share in shares]
    return Node("line", record.line, amount_minor, record.currency, "", facts, sums, nodes)


def _trace_share(standing: Standing, share: Share, currency: str) -> Node:
    agreement = standing.agreement
    facts = {"supplier": agreement.supplier} | ({"process": agreement.process} if agreement.process else {})
    facts |= {name.removesuffix("_minor"): str(amount) for name, amount in share._asdict().items()}
    return Node("share", agreement.contract, share.committed_minor, currency, agreement.state, facts)
