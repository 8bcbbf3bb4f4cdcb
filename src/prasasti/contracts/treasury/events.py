"""Events of ``treasury``. What contracts reserve and commit, their own events tell; orders tell themselves."""

from __future__ import annotations

from prasasti.core.types import Amount, Event, SignedAmount


class BudgetSet(Event, frozen=True, tag="treasury.budget_set"):
    """A budget line is there; ``number`` is its place in its organisation's list."""

    amount_minor: Amount
    currency: str
    line: str
    number: int


class BudgetChanged(Event, frozen=True, tag="treasury.budget_changed"):
    """A line's budget is another. ``free_minor`` is what is free since; less than 0, reservations on it do not stand."""

    amount_minor: Amount
    before_minor: Amount
    free_minor: SignedAmount
    line: str


class BudgetCarriedOver(Event, frozen=True, tag="treasury.budget_carried_over"):
    """An amount of a line went to the next year's line ``to``, with the commitments not paid, ``committed_minor`` in all."""

    amount_minor: Amount
    committed_minor: Amount
    line: str
    to: str


class OrderRaised(Event, frozen=True, tag="treasury.order_raised"):
    """A contract ordered a payment: ``subject`` is the contract, ``cause`` what for. ``number``: its place in its treasury's list."""

    amount_minor: Amount
    cause: str
    number: int
    order: str
    subject: str


class LineSettled(Event, frozen=True, tag="treasury.line_settled"):
    """A bank's report: an order's line is paid, rejected or returned, or a tax's receipt is known; and what the order is since."""

    amount_minor: Amount
    line: int
    order: str
    order_state: str
    state: str
