"""A contract as its messages made it: what it is for, what was accepted of it, what was ordered, and its sums.

Owns what the steps of delivery and payment have in common. Decides nothing: each file beside this one owns its own step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prasasti.services.explained_dues import Account

# States of an order's line in which nobody is paid by it.
DEAD = ("rejected", "replaced", "returned")
FOR_ADVANCE = "advance"


@dataclass(slots=True)
class Part:
    """A part of a milestone, from its evidence on; ``inspected`` is the entry that accepted it."""

    number: int
    submitted: int
    moved_seconds: int
    accepted_minor: int = 0
    inspected: int = -1


@dataclass(slots=True)
class Milestone:
    """What a milestone is worth, when it is due; ``current``: accepted parts that are not certified. Quantities in thousandths."""

    amount_minor: int
    due: int
    items: dict[str, int]
    accepted_minor: int = 0
    quantities: dict[str, int] = field(default_factory=dict)
    parts: int = 0
    waiting: Part | None = None
    current: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class OrderLine:
    """A line of an order: what became of it; ``account`` is where the bank paid it, "" while nobody knows."""

    amount_minor: int
    state: str = "raised"
    account: str = ""


@dataclass(slots=True)
class Order:
    """What was ordered, and what for."""

    contract: str
    cause: str
    lines: list[OrderLine]


@dataclass(slots=True)
class Agreement:
    """A contract that stands; ``accepted`` is of all milestones, ``suspended`` since when it is, 0 while it is not."""

    contract: str
    lot: str
    terms: Mapping[str, Any]
    milestones: dict[str, Milestone]
    prices: dict[str, int]
    account: Account
    accepted_minor: int = 0
    orders: int = 0
    suspended: int = 0
    suspended_seconds: int = 0
    is_ended: bool = False

    @property
    def is_measured(self) -> bool:
        """Whether accepted quantities say what is due."""
        return bool(self.terms["amounts"] == "measured")


def begin_agreement(lot: str, draft: Mapping[str, Any]) -> Agreement:
    """A contract as it was drafted."""
    milestones = {
        each["id"]: Milestone(int(each["amount"]), each["due"], {item["item"]: int(item["quantity"]) for item in each["items"]})
        for each in draft["milestones"]
    }
    prices = {line["item"]: int(line["unit_price"]) for line in draft["bill"]}
    return Agreement(draft["contract"], lot, draft["terms"], milestones, prices, Account(int(draft["price"])))


def sum_live(orders: Sequence[Order]) -> int:
    """What of an advance is paid or on its way: of all orders that it had."""
    return sum(line.amount_minor for order in orders if order.cause == FOR_ADVANCE for line in order.lines if line.state not in DEAD)
