"""Payments that banks report, and the lines of orders that they settle: one function for all statements (issue: Bank and treasury).

Owns when a payment fits a line and what follows for line, order and budget. Whether who reports it may is the message's to judge:
``orders.are_people_apart``, and the treasury's own payer. Pure, over a ``Draft``.

A line is paid once: only what was sent can be paid, only what was paid can come back, and each entry of a bank counts once.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.treasury.events import LineSettled
from prasasti.contracts.treasury.orders import compute_state, find_order, get_order, list_replaced
from prasasti.contracts.treasury.records import (
    NET,
    PAID,
    RAISED,
    REJECTED,
    RETURNED,
    SENT,
    WITHHELD,
    EntryRecord,
    OrderLine,
    OrderRecord,
    ReferenceRecord,
    entry_key,
    order_key,
    reference_key,
)
from prasasti.contracts.treasury.shares import can_take_back, pay_shares, take_back_shares
from prasasti.core.contract import Call, View
from prasasti.core.types import Event, ensure, format_amount, format_signed_amount, parse_amount


class Payment(NamedTuple):
    """What became of an order's line. ``outcome``: paid, rejected or returned; ``account`` is the commitment of the account that it
    went to; ``bank`` and ``entry`` name the statement's entry, ``statement`` the document's SHA-256. The rest are the numbers of the
    state's books, "" where there are none; ``value_date`` is seconds UTC."""

    order: str
    line: int
    outcome: str
    amount_minor: int
    account: str
    bank: str
    entry: str
    statement: str
    value_date: int
    spp: str = ""
    spm: str = ""
    sp2d: str = ""
    ntpn: str = ""


def is_line_matched(view: View, payment: Payment) -> bool:
    """36.1: the order has such a line, in a state for that outcome, of that amount, approved for that account.

    A tax is withheld by the treasury itself: what is reported of it is the number of its receipt, once.
    """
    order = find_order(view, payment.order)
    if order is None or not 0 <= payment.line < len(order.lines):
        return False
    line = order.lines[payment.line]
    if parse_amount(line.amount_minor) != payment.amount_minor or line.account not in ("", payment.account):
        return False
    if line.code != NET:
        return line.state == WITHHELD and payment.outcome == PAID and bool(payment.ntpn) and not line.ntpn
    return _is_state_fit(view, order, line, payment.outcome)


def is_entry_new(view: View, payment: Payment) -> bool:
    """36.2: that entry of that bank settled or opened nothing yet at the order's treasury."""
    order = find_order(view, payment.order)
    return order is None or view.get(entry_key(order.treasury, payment.bank, payment.entry), EntryRecord) is None


def find_match(view: View, treasury: str, reference: str, amount_minor: int, account: str) -> tuple[str, int, str] | None:
    """The order, line and outcome that an entry of a treasury's statement means: money that left (less than 0) pays a line that was
    sent, money that came in gives back one that was paid. None where reference, amount, account or state is another."""
    found = view.get(reference_key(reference), ReferenceRecord)
    outcome = PAID if amount_minor < 0 else RETURNED
    if found is None or not amount_minor or get_order(view, found.order).treasury != treasury:
        return None
    order = get_order(view, found.order)
    line = order.lines[found.line]
    is_same = parse_amount(line.amount_minor) == abs(amount_minor) and line.account == account
    if line.code != NET or not is_same or not _is_state_fit(view, order, line, outcome):
        return None
    return found.order, found.line, outcome


def find_awaiting_line(view: View, treasury: str, order: str, amount_minor: int, currency: str = "") -> tuple[int, str] | None:
    """The line of an order, and the outcome, that so much money means where people say that it is that order's: as ``find_match``,
    whatever reference and account the bank gave."""
    record = find_order(view, order)
    if record is None or record.treasury != treasury or currency not in ("", record.currency) or not amount_minor:
        return None
    outcome = PAID if amount_minor < 0 else RETURNED
    for number, line in enumerate(record.lines):
        is_same = line.code == NET and parse_amount(line.amount_minor) == abs(amount_minor)
        if is_same and _is_state_fit(view, record, line, outcome):
            return number, outcome
    return None


def settle(draft: Draft, call: Call, payment: Payment) -> list[Event]:
    """The line, its order and the budget lines that bear it after a payment, and the entry known. Needs ``is_line_matched``."""
    ensure(is_line_matched(draft, payment), f"a payment of {payment.order} is one that fits")
    return settle_line(draft, payment)


def settle_line(draft: Draft, payment: Payment, item: str = "") -> list[Event]:
    """As ``settle``, also where two people resolved an open ``item``, whose account may be another. Needs line, amount and state."""
    order = get_order(draft, payment.order)
    line = order.lines[payment.line]
    if line.code != NET:
        _put_line(draft, order, payment.line, _note(line, payment, WITHHELD))
    elif payment.outcome == PAID:
        _pay(draft, order, payment)
    elif payment.outcome == REJECTED:
        _put_line(draft, order, payment.line, _note(line, payment, REJECTED))
    else:
        ensure(payment.outcome == RETURNED, "a payment is paid, rejected or returned")
        years = take_back_shares(draft, order.years, payment.amount_minor)
        _put_line(draft, replace(order, years=years), payment.line, _note(line, payment, RETURNED))
    moved_minor = {PAID: -payment.amount_minor, RETURNED: payment.amount_minor}.get(payment.outcome, 0)
    known = EntryRecord(
        amount_minor=format_signed_amount(moved_minor), bank=payment.bank, entry=payment.entry, item=item, line=payment.line, matter="",
        order=payment.order, statement=payment.statement,
    )  # fmt: skip
    draft.put(entry_key(order.treasury, payment.bank, payment.entry), known)
    settled = get_order(draft, payment.order)
    return [LineSettled(format_amount(payment.amount_minor), payment.line, payment.order, settled.state, settled.lines[payment.line].state)]


def pay_without_entry(draft: Draft, order: OrderRecord) -> None:
    """An order all of which is withheld: no bank pays it, and its taxes are withheld as it is sent."""
    lines = [replace(line, state=PAID) if line.code == NET else line for line in order.lines]
    _withhold(draft, replace(order, lines=lines))


def _is_state_fit(view: View, order: OrderRecord, line: OrderLine, outcome: str) -> bool:
    if not parse_amount(line.amount_minor):
        return False  # All of the order is withheld: no bank has anything to say of it.
    if outcome == RETURNED:
        return line.state == PAID and can_take_back(view, order.years, parse_amount(line.amount_minor))
    return outcome in (PAID, REJECTED) and line.state == SENT


def _pay(draft: Draft, order: OrderRecord, payment: Payment) -> None:
    """The net line is paid; with it the taxes are withheld, also those of orders whose net line it pays instead of them."""
    paid = replace(order, years=pay_shares(draft, order.years, payment.amount_minor))
    lines = [*paid.lines]
    lines[payment.line] = _note(lines[payment.line], payment, PAID)
    _withhold(draft, replace(paid, lines=lines))
    for replaced in list_replaced(draft, paid):
        _withhold(draft, replaced)


def _withhold(draft: Draft, order: OrderRecord) -> None:
    open_minor = sum(parse_amount(line.amount_minor) for line in order.lines if _is_to_withhold(line))
    lines = [replace(line, state=WITHHELD) if _is_to_withhold(line) else line for line in order.lines]
    years = pay_shares(draft, order.years, open_minor)
    draft.put(order_key(order.order), replace(order, lines=lines, state=compute_state(lines), years=years))


def _is_to_withhold(line: OrderLine) -> bool:
    return line.code != NET and line.state == RAISED


def _put_line(draft: Draft, order: OrderRecord, number: int, line: OrderLine) -> None:
    lines = [*order.lines]
    lines[number] = line
    draft.put(order_key(order.order), replace(order, lines=lines, state=compute_state(lines)))


def _note(line: OrderLine, payment: Payment, state: str) -> OrderLine:
    return replace(
        line, bank=payment.bank, entry=payment.entry, ntpn=payment.ntpn or line.ntpn, sp2d=payment.sp2d or line.sp2d,
        spm=payment.spm or line.spm, spp=payment.spp or line.spp, state=state, value_date=payment.value_date,
    )  # fmt: skip
