"""Payment orders: how one is raised, what of it is live, how another replaces its lines.

Owns what contracts and messages do with orders. No message raises one: a contract does, in the block in which its last
condition holds, and has judged its own rules. Pure, over a ``Draft``; a predicate goes before each change.

Money is counted three times and never differs: a line's amount, what its order takes of budget lines, and what these have paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from msgspec.structs import replace

from prasasti.contracts.lists import append_item, count_items, make_list_id
from prasasti.contracts.offices import Draft
from prasasti.contracts.people import Person
from prasasti.contracts.treasury.accounts import is_verified
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
    SENT,
    SETTLED,
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
from prasasti.contracts.treasury.shares import split_shares
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


def are_unpaid(record: OrderRecord, lines: Sequence[int]) -> bool:
    """37.1: lines of an order, named upwards and once, that a bank rejected or gave back and no other order pays."""
    return bool(lines) and list(lines) == sorted(set(lines)) and set(lines) <= set(list_unpaid(record))


def are_people_apart(record: OrderRecord, people: Iterable[Person]) -> bool:
    """Whether none of some people brought an order about or approved it: who raises, who approves and who pays are different people,
    whatever offices they have now."""
    involved = (*record.raised_by, *record.approved_by)
    return all(person not in involved for person in people)


def are_people_apart_throughout(view: View, record: OrderRecord, people: Iterable[Person]) -> bool:
    """As ``are_people_apart``, also of the orders that it replaces."""
    people = list(people)
    return all(are_people_apart(each, people) for each in (record, *list_replaced(view, record)))


def can_replace(view: View, order: str, lines: Sequence[int], account: str) -> bool:
    """Whether lines of an order can be paid by another: they are unpaid, and the account is their payee's, verified by the treasury."""
    record = find_order(view, order)
    if record is None or not are_unpaid(record, lines):
        return False
    return all(is_verified(view, record.lines[line].payee, record.treasury, account) for line in lines)


def replace_lines(
    draft: Draft, call: Call, order: str, lines: Sequence[int], account: str, new_order: str, raised_by: Sequence[Person]
) -> list[Event]:
    """Another order pays lines of an order, with the same amounts and out of its share of the budget lines. Needs ``can_replace``.

    Who brought the first about brought about the other too.
    """
    ensure(can_replace(draft, order, lines, account), f"lines of {order} can be replaced")
    ensure(find_order(draft, new_order) is None, f"the order {new_order} is new")
    record = get_order(draft, order)
    changed = [replace(line, state=REPLACED) if number in lines else line for number, line in enumerate(record.lines)]
    moved = [_renew(record.lines[line], account) for line in lines]
    amount_minor = sum(parse_amount(line.amount_minor) for line in moved)
    kept, taken = split_shares(draft, record.years, amount_minor)
    draft.put(order_key(order), replace(record, lines=changed, state=compute_state(changed), years=kept))
    people = [*record.raised_by, *(person for person in raised_by if person not in record.raised_by)]
    new = NewOrder(
        order=new_order, subject=record.subject, cause=record.cause, milestone=record.milestone, commitment=record.commitment,
        payee=moved[0].payee, net_minor=amount_minor, taxes=(), raised_by=people,
    )  # fmt: skip
    return put_new(draft, call, new, moved, taken, order)


def compute_state(lines: Iterable[OrderLine]) -> str:
    """The state of an order that was sent: settled once every line is paid, withheld or another order's."""
    return SETTLED if all(line.state in (PAID, WITHHELD, REPLACED) for line in lines) else SENT


def list_replaced(view: View, record: OrderRecord) -> list[OrderRecord]:
    """The orders whose lines an order pays: the one that it replaces, the one that this replaces, …"""
    found: list[OrderRecord] = []
    while record.replaces:
        record = get_order(view, record.replaces)
        found.append(record)
    return found


def _renew(line: OrderLine, account: str) -> OrderLine:
    return OrderLine(line.amount_minor, line.base_minor, line.code, line.payee, line.rate_bp, RAISED, account=account, reason=line.reason)


def _add_ordered(draft: Draft, commitment: str, amounts: dict[str, int]) -> None:
    record = require(draft.get(commitment_key(commitment), CommitmentRecord), commitment)
    changed = [
        replace(part, ordered_minor=format_amount(parse_amount(part.ordered_minor) + amounts.get(part.line, 0))) for part in record.amounts
    ]
    draft.put(commitment_key(commitment), replace(record, amounts=changed))
