"""What the state is owed for a matter, and what came in: called guarantees, advances, damages, money to be given back.

Contracts raise dues; messages of the treasury receive them. A matter is named ``guarantee:<id>``, ``advance:<contract>``,
``damages:<contract>`` or ``return:<contract>``. Pure, over a ``Draft``.
"""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.treasury.records import DueRecord, due_key
from prasasti.core.contract import View
from prasasti.core.types import ensure, format_amount, parse_amount, require


def find_due(view: View, matter: str) -> DueRecord | None:
    """What is owed for a matter, or was."""
    return view.get(due_key(matter), DueRecord)


def compute_owed(view: View, matter: str) -> int:
    """What is still owed for a matter, minor units; 0 where nothing ever was."""
    due = find_due(view, matter)
    return parse_amount(due.amount_minor) - parse_amount(due.received_minor) if due is not None else 0


def is_settled(view: View, matter: str) -> bool:
    """Whether all that was owed for a matter came in; not where nothing ever was owed."""
    return find_due(view, matter) is not None and not compute_owed(view, matter)


def raise_due(draft: Draft, matter: str, amount_minor: int, currency: str, treasury: str) -> None:
    """So much is owed to a treasury for a matter, on top of what is already, which is in the same currency to the same treasury."""
    before = find_due(draft, matter) or DueRecord("0", currency, "0", treasury)
    ensure((before.currency, before.treasury) == (currency, treasury), f"{matter} is owed to one treasury in one currency")
    ensure(amount_minor > 0, f"{matter} is owed something")
    draft.put(due_key(matter), replace(before, amount_minor=format_amount(parse_amount(before.amount_minor) + amount_minor)))


def receive(draft: Draft, matter: str, amount_minor: int) -> DueRecord:
    """So much of what is owed came in; at most what is owed."""
    due = require(find_due(draft, matter), f"what is owed for {matter}")
    ensure(0 < amount_minor <= compute_owed(draft, matter), f"what comes in for {matter} is owed")
    changed = replace(due, received_minor=format_amount(parse_amount(due.received_minor) + amount_minor))
    draft.put(due_key(matter), changed)
    return changed
