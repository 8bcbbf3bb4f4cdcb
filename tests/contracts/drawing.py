"""A contract that does nothing but draw on budgets: it reserves, commits, orders, replaces, reports and raises dues.

No message of the treasury does that: contracts do, by its functions. Who signs brings an order about.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from prasasti.contracts.offices import Draft
from prasasti.contracts.people import list_signers
from prasasti.contracts.treasury.budgets import (
    can_change_commitment,
    can_commit,
    can_reserve,
    change_commitment,
    commit,
    free_commitment,
    is_reservation_covered,
    release,
    reserve,
)
from prasasti.contracts.treasury.dues import raise_due
from prasasti.contracts.treasury.matching import Payment, is_entry_new, is_line_matched, settle
from prasasti.contracts.treasury.orders import NewOrder, WithheldTax, can_raise, can_replace, raise_order, replace_lines
from prasasti.core.contract import Call, Contract, Message, Outcome, Rejection, View
from prasasti.core.types import Amount, Currency, HexHash, Identifier, SignedAmount, parse_amount, parse_signed_amount


class Draw(Struct, frozen=True, forbid_unknown_fields=True):
    """Amounts by line, for a reservation, and for a commitment out of it."""

    amounts: dict[Identifier, Amount]
    reservation: str
    commitment: str = ""


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """More or less of lines."""

    changes: dict[Identifier, SignedAmount]
    commitment: str


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """Money to a payee, and taxes withheld by code."""

    commitment: str
    net: Amount
    order: str
    payee: str
    taxes: dict[str, Amount]
    year: int


class Replace(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that another order pays."""

    account: HexHash
    lines: list[int]
    new_order: str
    order: str


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a line."""

    account: HexHash
    amount: Amount
    bank: str
    entry: str
    line: int
    ntpn: str
    order: str
    outcome: str


class Due(Struct, frozen=True, forbid_unknown_fields=True):
    """What is owed."""

    amount: Amount
    currency: Currency
    matter: str
    treasury: str


def read_amounts(call: Call) -> dict[str, int]:
    return {line: parse_amount(amount) for line, amount in call.arguments.amounts.items()}


def read_changes(call: Call) -> dict[str, int]:
    return {line: parse_signed_amount(amount) for line, amount in call.arguments.changes.items()}


def read_order(view: View, call: Call) -> NewOrder:
    each = call.arguments
    taxes = [WithheldTax(code, 10 * parse_amount(amount), 1_000, parse_amount(amount)) for code, amount in sorted(each.taxes.items())]
    people = list_signers(view, call)
    return NewOrder(each.order, each.commitment, "certificate-1", "m-1", each.commitment, each.payee, parse_amount(each.net), taxes, people)


def read_payment(call: Call) -> Payment:
    each = call.arguments
    return Payment(
        each.order, each.line, each.outcome, parse_amount(each.amount), each.account, each.bank, each.entry, "22" * 32, call.time,
        ntpn=each.ntpn,
    )  # fmt: skip


def can_draw_reserve(view: View, call: Call) -> bool:
    return can_reserve(view, read_amounts(call))


def can_draw_commit(view: View, call: Call) -> bool:
    return can_commit(view, call.arguments.reservation, call.arguments.commitment, read_amounts(call))


def is_draw_covered(view: View, call: Call) -> bool:
    return is_reservation_covered(view, call.arguments.reservation)


def can_draw_change(view: View, call: Call) -> bool:
    return can_change_commitment(view, call.arguments.commitment, read_changes(call))


def can_draw_order(view: View, call: Call) -> bool:
    return can_raise(view, read_order(view, call), call.arguments.year)


def can_draw_replace(view: View, call: Call) -> bool:
    return can_replace(view, call.arguments.order, call.arguments.lines, call.arguments.account)


def is_report_matched(view: View, call: Call) -> bool:
    return is_line_matched(view, read_payment(call))


def is_report_new(view: View, call: Call) -> bool:
    return is_entry_new(view, read_payment(call))


def process_reserve(view: View, call: Call) -> Outcome:
    draft = Draft(view)
    reserve(draft, call.arguments.reservation, read_amounts(call))
    return draft.outcome()


def process_release(view: View, call: Call) -> Outcome:
    draft = Draft(view)
    release(draft, call.arguments.reservation, read_amounts(call) or None)
    return draft.outcome()


def process_commit(view: View, call: Call) -> Outcome:
    draft = Draft(view)
    commit(draft, call.arguments.reservation, call.arguments.commitment, read_amounts(call))
    return draft.outcome()


def process_change(view: View, call: Call) -> Outcome:
    draft = Draft(view)
    change_commitment(draft, call.arguments.commitment, read_changes(call))
    return draft.outcome()


def process_free(view: View, call: Call) -> Outcome:
    """Frees the sum of the amounts; all where there are none."""
    draft, amounts = Draft(view), read_amounts(call)
    free_commitment(draft, call.arguments.commitment, sum(amounts.values()) if amounts else None)
    return draft.outcome()


def process_order(view: View, call: Call) -> Outcome:
    draft = Draft(view)
    return draft.outcome(*raise_order(draft, call, read_order(view, call), call.arguments.year))


def process_replace(view: View, call: Call) -> Outcome:
    draft, each = Draft(view), call.arguments
    told = replace_lines(draft, call, each.order, each.lines, each.account, each.new_order, list_signers(view, call))
    return draft.outcome(*told)


def process_report(view: View, call: Call) -> Outcome:
    draft = Draft(view)
    return draft.outcome(*settle(draft, call, read_payment(call)))


def process_due(view: View, call: Call) -> Outcome:
    draft, each = Draft(view), call.arguments
    raise_due(draft, each.matter, parse_amount(each.amount), each.currency, each.treasury)
    return draft.outcome()


def process_nothing(view: View, call: Call) -> Outcome:
    return Outcome()


HOLDER_ROLES = ("identity.holder",)


def refuse(number: str, words: str, holds: Any) -> Any:
    return (Rejection(f"drawing.{number}", words), holds)


DRAWING = Contract(
    name="drawing",
    version=1,
    lost_in_block=Rejection("drawing.00.1", "a signer's key, role or standing was lost earlier in the block"),
    messages=(
        Message("reserve", "01", Draw, HOLDER_ROLES, process_reserve,
                conditions=(refuse("01.1", "it cannot be reserved", can_draw_reserve),)),
        Message("release", "02", Draw, HOLDER_ROLES, process_release),
        Message("commit", "03", Draw, HOLDER_ROLES, process_commit,
                conditions=(refuse("03.1", "it cannot be committed", can_draw_commit),)),
        Message("ask", "04", Draw, HOLDER_ROLES, process_nothing,
                conditions=(refuse("04.1", "the reservation does not stand", is_draw_covered),)),
        Message("change", "05", Change, HOLDER_ROLES, process_change,
                conditions=(refuse("05.1", "the commitment cannot be changed so", can_draw_change),)),
        Message("free", "06", Draw, HOLDER_ROLES, process_free),
        Message("order", "07", Order, HOLDER_ROLES, process_order, maximum_signers=2,
                conditions=(refuse("07.1", "it cannot be ordered", can_draw_order),)),
        Message("replace", "08", Replace, HOLDER_ROLES, process_replace,
                conditions=(refuse("08.1", "it cannot be replaced", can_draw_replace),)),
        Message("report", "09", Report, HOLDER_ROLES, process_report,
                conditions=(
                    refuse("09.1", "no line fits", is_report_matched),
                    refuse("09.2", "the entry is known", is_report_new),
                )),
        Message("due", "10", Due, HOLDER_ROLES, process_due),
    ),
)  # fmt: skip
