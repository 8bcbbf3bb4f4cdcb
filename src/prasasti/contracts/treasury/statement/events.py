"""Events of statements, open items and receipts. Of a long statement they tell counts and where its open items begin, no lists."""

from __future__ import annotations

from prasasti.core.types import Amount, Event, SignedAmount


class StatementRecorded(Event, frozen=True, tag="treasury.statement_recorded"):
    """Of the entries ``known`` had no effect, ``matched`` settled lines of orders, and ``items`` are open: those of the treasury's list
    from number ``first_item`` on."""

    bank: str
    closing_minor: SignedAmount
    first_item: int
    items: int
    known: int
    matched: int
    opening_minor: SignedAmount


class ItemResolved(Event, frozen=True, tag="treasury.item_resolved"):
    """An entry that nothing matched is explained; ``matter`` says what it was a receipt of, "" otherwise."""

    amount_minor: SignedAmount
    item: str
    matter: str
    resolved_as: str


class ReceiptRecorded(Event, frozen=True, tag="treasury.receipt_recorded"):
    """Money came in for a matter; ``owed`` is what is still due."""

    amount_minor: Amount
    matter: str
    owed_minor: Amount
