"""Payment orders: how one is raised, what of it is live, and the one function that matches a payment to a line.

Owns what contracts and messages do with orders. No message raises one: a contract does, in the block in which its last
condition holds, and has judged its own rules. Pure, over a ``Draft``; a predicate goes before each change.

Money is counted three times and never differs: a line's amount, what its order takes of budget lines, and what these have paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from msgspec.structs import replace

from prasasti.contracts.lists import append_item, count_items, make_list_id
from prasasti.contracts.offices import Draft
from prasasti.contracts.people import Person
from prasasti.contracts.treasury.budgets import find_bearing_line, get_line
from prasasti.contracts.treasury.events import OrderRaised
from prasasti.contracts.treasury.records import (
    NET,
    ORDERS,
    PAID,
    RAISED,
    REJECTED,
    REPLACED,
    RETURNED,
    WITHHELD,
    CommitmentRecord,
    ListedOrder,
    OrderLine,
    OrderRecord,
    OrderYear,
    ReferenceRecord,
    commitment_key,
    order_key,
    reference_key,
)
from prasasti.core.contract import Call, View
from prasasti.core.types import Event, ensure, format_amount, parse_amount, require

# ISO 20022 Max35Text: what a bank gives back as EndToEndId.
MAX_REFERENCE_BYTES = 35
UNPAID = (REJECTED, RETURNED)


class WithheldTax(NamedTuple):
    """A tax taken from a payment; ``reason`` says why the rate is another than the parameter's, "" where it is not."""

    code: str
    base_minor: int
    rate_bp: int
    amount_minor: int
    reason: str = ""


class NewOrder(NamedTuple):
    """What a contract orders to be paid: ``net`` to a payee, and taxes withheld; both together draw on a commitment."""

    order: str
    subject: str
    cause: str
    milestone: str
    commitment: str
    payee: str
    net_minor: int
    taxes: Sequence[WithheldTax]
    raised_by: Sequence[Person]

    @property
    def amount_minor(self) -> int:
        """Paid and withheld, which is the order."""
        return self.net_minor + sum(tax.amount_minor for tax in self.taxes)


def find_order(view: View, order: str) -> OrderRecord | None:
    """An order, whatever became of it."""
    return view.get(order_key(order), OrderRecord)


def get_order(view: View, order: str) -> OrderRecord:
    """An order that is there."""
    return require(find_order(view, order), order)


def find_years(view: View, commitment: str, year: int, amount_minor: int) -> dict[str, int] | None:
    """How an order of a year is borne by the lines of a commitment: those of the year and of earlier ones, the earliest first,
    by what no order has taken yet; None where they are not enough."""
    record = view.get(commitment_key(commitment), CommitmentRecord)
    found: dict[str, int] = {}
    left_minor = amount_minor
    lines = [(get_line(view, part.line).year, part) for part in record.amounts] if record is not None else []
    for line_year, part in sorted(lines, key=lambda each: (each[0], each[1].line)):
        open_minor = parse_amount(part.committed_minor) - parse_amount(part.ordered_minor)
        if line_year > year or not open_minor or not left_minor:
            continue
        found[part.line] = min(open_minor, left_minor)
        left_minor -= found[part.line]
    return None if left_minor else found


def can_raise(view: View, new: NewOrder, year: int) -> bool:
    """Whether an order is new, for something, and borne by its commitment in a year."""
    is_new = find_order(view, new.order) is None
    return is_new and new.amount_minor > 0 and find_years(view, new.commitment, year, new.amount_minor) is not None


def raise_order(draft: Draft, call: Call, new: NewOrder, year: int) -> list[Event]:
    """An order stands, to be approved; what it takes of the commitment is ordered. Needs ``can_raise``."""
    ensure(can_raise(draft, new, year), f"the order {new.order} is one that can be raised")
    years = require(find_years(draft, new.commitment, year, new.amount_minor), new.commitment)
    _add_ordered(draft, new.commitment, years)
    lines = [OrderLine(format_amount(new.net_minor), "0", NET, new.payee, 0, RAISED)]
    lines += [
        OrderLine(format_amount(tax.amount_minor), format_amount(tax.base_minor), tax.code, "", tax.rate_bp, RAISED, reason=tax.reason)
        for tax in new.taxes
    ]
    return put_new(draft, call, new, lines, years, "")


def put_new(draft: Draft, call: Call, new: NewOrder, lines: list[OrderLine], years: dict[str, int], replaces: str) -> list[Event]:
    """Write a new order, in its treasury's list, its references beside it."""
    first = get_line(draft, sorted(years)[0])
    treasury = make_list_id(first.organisation)
    number = count_items(draft, "treasury", ORDERS, treasury)
    record = OrderRecord(
        approved_by=[], batch="", cause=new.cause, commitment=new.commitment, currency=first.currency, lines=lines,
        milestone=new.milestone, number=number, order=new.order, raised=call.time, raised_by=list(new.raised_by), replaces=replaces,
        state=RAISED, subject=new.subject, treasury=first.organisation,
        years=[OrderYear(format_amount(amount), line, "0") for line, amount in sorted(years.items())],
    )  # fmt: skip
    draft.put(order_key(new.order), record)
    for write in append_item(draft, "treasury", ORDERS, treasury, ListedOrder(new.order)):
        draft.put(*write)
    for line in range(len(lines)):
        draft.put(reference_key(compute_reference(new.order, line)), ReferenceRecord(line, new.order))
    return [OrderRaised(format_amount(sum_lines(record)), new.cause, number, new.order, new.subject)]


def compute_reference(order: str, line: int) -> str:
    """What a payment of a line is called towards a bank (ISO 20022 EndToEndId, at most 35 characters)."""
    name = f"{order}.{line}"
    return name if len(name) <= MAX_REFERENCE_BYTES else sha256(name.encode()).hexdigest()[:32]


def sum_lines(record: OrderRecord, *states: str) -> int:
    """What an order's lines add up to, minor units; of states, where any are named."""
    return sum(parse_amount(line.amount_minor) for line in record.lines if not states or line.state in states)


def sum_settled(record: OrderRecord) -> int:
    """What an order has paid and withheld, minor units."""
    return sum_lines(record, PAID, WITHHELD)


def sum_live(record: OrderRecord) -> int:
    """What of an order is paid or will be: all but what was rejected, returned or is paid by another, minor units."""
    return sum_lines(record) - sum_lines(record, REPLACED, *UNPAID)


def list_unpaid(record: OrderRecord) -> list[int]:
    """Numbers of the lines that a bank rejected or gave back, and that no other order pays yet."""
    return [number for number, line in enumerate(record.lines) if line.state in UNPAID]


def find_bearing(view: View, record: OrderRecord) -> list[str]:
    """The budget lines that bear an order now, in the order in which they pay it."""
    return [find_bearing_line(view, year.line).line for year in record.years]


def _add_ordered(draft: Draft, commitment: str, amounts: dict[str, int]) -> None:
    record = require(draft.get(commitment_key(commitment), CommitmentRecord), commitment)
    changed = [
        replace(part, ordered_minor=format_amount(parse_amount(part.ordered_minor) + amounts.get(part.line, 0))) for part in record.amounts
    ]
    draft.put(commitment_key(commitment), replace(record, amounts=changed))
