"""What other contracts do with budgets: look, reserve, release, commit, change and free what is committed.

No message does it; who calls has judged its own rules. Pure, over a ``Draft``. A predicate goes before each change and says yes
exactly where the change is possible; the change itself, asked for what its predicate denies, is a bug and not a refusal. Amounts are
minor units by budget line.

Does not judge who draws on which line: a caller does, by the line's ``organisation`` and ``unit``. Nor does it keep ids
apart: a reservation's and a commitment's id belong to one matter alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.treasury.records import (
    COMMITTED,
    LIVE,
    RELEASED,
    BudgetLineRecord,
    CommitmentRecord,
    CommittedAmount,
    ReservationRecord,
    ReservedAmount,
    commitment_key,
    line_key,
    reservation_key,
)
from prasasti.core.contract import View
from prasasti.core.types import ensure, format_amount, parse_amount, require

Amounts = Mapping[str, int]


def find_line(view: View, line: str) -> BudgetLineRecord | None:
    """A budget line, if there is one of that id."""
    return view.get(line_key(line), BudgetLineRecord)


def get_line(view: View, line: str) -> BudgetLineRecord:
    """A budget line that must be there; Bug where it is not."""
    return require(find_line(view, line), f"the budget line {line}")


def find_bearing_line(view: View, line: str) -> BudgetLineRecord:
    """The line that bears what is committed on a line and not paid: itself, or the one that it was carried over to."""
    record = get_line(view, line)
    while record.carried_to:
        record = get_line(view, record.carried_to)
    return record


def add_to_line(draft: Draft, line: str, *, amount: int = 0, reserved: int = 0, committed: int = 0, paid: int = 0) -> BudgetLineRecord:
    """Raise a line's sums by so many minor units, or lower them; Bug where one would leave the range of an amount."""
    before = get_line(draft, line)
    changed = replace(
        before,
        amount_minor=format_amount(parse_amount(before.amount_minor) + amount),
        reserved_minor=format_amount(parse_amount(before.reserved_minor) + reserved),
        committed_minor=format_amount(parse_amount(before.committed_minor) + committed),
        paid_minor=format_amount(parse_amount(before.paid_minor) + paid),
    )
    draft.put(line_key(line), changed)
    return changed


def can_reserve(view: View, amounts: Amounts) -> bool:
    """Whether so much is free on each line; amounts that go to several reservations at once are asked for as their sums."""
    if not _is_drawable(view, amounts, ()):
        return False
    return all(amount <= get_line(view, line).free_minor for line, amount in amounts.items() if amount)


def reserve(draft: Draft, reservation: str, amounts: Amounts) -> None:
    """Hold amounts for a reservation, a new one or on top of what it holds already. Needs ``can_reserve``."""
    ensure(can_reserve(draft, amounts), f"the reservation {reservation} is for what can be reserved")
    held = list_reserved(draft, reservation)
    for line, amount in sorted(amounts.items()):
        add_to_line(draft, line, reserved=amount)
        held[line] = held.get(line, 0) + amount
    _put_reservation(draft, reservation, held, RELEASED)


def release(draft: Draft, reservation: str, amounts: Amounts | None = None) -> None:
    """Free a part of what a reservation holds, or, without amounts, all that is left, if anything is."""
    held = list_reserved(draft, reservation)
    amounts = held if amounts is None else amounts
    is_held = all(0 <= amount <= held.get(line, 0) for line, amount in amounts.items())
    ensure(is_held, f"the reservation {reservation} holds what is released")
    if not held:
        return
    for line, amount in sorted(amounts.items()):
        add_to_line(draft, line, reserved=-amount)
    _put_reservation(draft, reservation, {line: amount - amounts.get(line, 0) for line, amount in held.items()}, RELEASED)


def list_reserved(view: View, reservation: str) -> dict[str, int]:
    """What a reservation holds now, by line; nothing where it ended or never was."""
    record = view.get(reservation_key(reservation), ReservationRecord)
    return {each.line: parse_amount(each.amount_minor) for each in record.amounts} if record is not None else {}


def is_reservation_covered(view: View, reservation: str) -> bool:
    """Whether a reservation stands: it holds something, and no line that it holds of was cut below what is reserved on it.

    All reservations on a line that was cut fall and rise together: there is no order among them in which to serve them.
    """
    held = list_reserved(view, reservation)
    return bool(held) and all(get_line(view, line).free_minor >= 0 for line in held)


def can_commit(view: View, reservation: str, commitment: str, amounts: Amounts) -> bool:
    """Whether amounts can be committed out of a live reservation ("": out of none) and, beyond it, of what is free.

    A line that was cut below its reservations bears no commitment, nor does one that was carried over.
    """
    held = list_reserved(view, reservation) if reservation else {}
    if (reservation and not held) or view.get(commitment_key(commitment), CommitmentRecord) is not None:
        return False
    if not _is_drawable(view, amounts, held):
        return False
    free = {line: get_line(view, line).free_minor for line, amount in amounts.items() if amount}
    return all(free[line] >= 0 and amounts[line] <= held.get(line, 0) + free[line] for line in free)


def commit(draft: Draft, reservation: str, commitment: str, amounts: Amounts) -> None:
    """Bind amounts for good and end the reservation they come from: what it held beyond them is free. Needs ``can_commit``."""
    ensure(can_commit(draft, reservation, commitment, amounts), f"the commitment {commitment} is for what can be committed")
    held = list_reserved(draft, reservation) if reservation else {}
    for line in sorted({*held, *amounts}):
        add_to_line(draft, line, reserved=-held.get(line, 0), committed=amounts.get(line, 0))
    if reservation:
        _put_reservation(draft, reservation, {}, COMMITTED)
    bound = [CommittedAmount(format_amount(amount), line) for line, amount in sorted(amounts.items()) if amount]
    draft.put(commitment_key(commitment), CommitmentRecord(bound, reservation))


def can_change_commitment(view: View, commitment: str, changes: Amounts) -> bool:
    """Whether a commitment can bind more or less of lines, minor units by the line that it is bound on; new lines are added.

    Never less than orders take of it already. More is of open lines of the commitment's currency and organisation, and free there, with
    what the same change frees on the line that bears both.
    """
    record = view.get(commitment_key(commitment), CommitmentRecord)
    if record is None:
        return False
    bound = {part.line: part for part in record.amounts}
    lines = [find_line(view, line) for line in sorted({*bound, *changes})]
    known = [line for line in lines if line is not None]
    if len(known) < len(lines) or len({(line.currency, line.organisation) for line in known}) > 1:
        return False
    for line, change in changes.items():
        open_minor = parse_amount(bound[line].committed_minor) - parse_amount(bound[line].ordered_minor) if line in bound else 0
        if open_minor + change < 0 or (change > 0 and get_line(view, line).carried_to):
            return False
    added = _sum_by_bearing_line(view, changes)
    free = {line: get_line(view, line).free_minor for line in added}
    return all(change <= 0 or 0 <= free[line] >= change for line, change in added.items())


def change_commitment(draft: Draft, commitment: str, changes: Amounts) -> None:
    """Bind more or less, by line. Needs ``can_change_commitment``."""
    ensure(can_change_commitment(draft, commitment, changes), f"the commitment {commitment} can be changed so")
    record = require(draft.get(commitment_key(commitment), CommitmentRecord), commitment)
    bound = {part.line: part for part in record.amounts}
    for line, change in changes.items():
        part = bound.get(line, CommittedAmount("0", line))
        bound[line] = replace(part, committed_minor=format_amount(parse_amount(part.committed_minor) + change))
    for line, change in sorted(_sum_by_bearing_line(draft, changes).items()):
        add_to_line(draft, line, committed=change)
    amounts = [part for _, part in sorted(bound.items()) if part.committed_minor != "0"]
    draft.put(commitment_key(commitment), replace(record, amounts=amounts))


def list_open(view: View, commitment: str) -> dict[str, int]:
    """What a commitment binds and no order takes, by the line that it is bound on; only what is something, the earliest year first."""
    record = view.get(commitment_key(commitment), CommitmentRecord)
    parts = sorted(record.amounts, key=lambda part: (get_line(view, part.line).year, part.line)) if record is not None else []
    found = {part.line: parse_amount(part.committed_minor) - parse_amount(part.ordered_minor) for part in parts}
    return {line: amount for line, amount in found.items() if amount}


def free_commitment(draft: Draft, commitment: str, amount_minor: int | None = None) -> dict[str, int]:
    """Free so much of what a commitment binds and no order takes, of the latest year first, since orders take of the earliest; all of
    it without an amount, and at most all. What was freed, by the line that it was bound on."""
    freed: dict[str, int] = {}
    open_by_line = list_open(draft, commitment)
    left_minor = sum(open_by_line.values()) if amount_minor is None else amount_minor
    ensure(left_minor >= 0, "what is freed is not less than nothing")
    for line in reversed(open_by_line):
        part_minor = min(open_by_line[line], left_minor)
        if part_minor:
            freed[line] = part_minor
        left_minor -= part_minor
    if freed:
        change_commitment(draft, commitment, {line: -amount for line, amount in freed.items()})
    return freed


def _sum_by_bearing_line(view: View, changes: Amounts) -> dict[str, int]:
    """Changes as the lines see them that bear them now."""
    added: dict[str, int] = {}
    for line, change in sorted(changes.items()):
        bearing = find_bearing_line(view, line).line
        added[bearing] = added.get(bearing, 0) + change
    return added


def _is_drawable(view: View, amounts: Amounts, others: Iterable[str]) -> bool:
    """Whether amounts are some, none of them negative, of lines that are there and open, all in one currency and of one organisation,
    the others' too: one treasury pays what a contract orders."""
    if not any(amounts.values()) or any(amount < 0 for amount in amounts.values()):
        return False
    lines = [find_line(view, line) for line in sorted({*amounts, *others})]
    known = [line for line in lines if line is not None]
    if len(known) < len(lines) or len({(line.currency, line.organisation) for line in known}) > 1:
        return False
    return all(not line.carried_to for line in known if amounts.get(line.line))


def _put_reservation(draft: Draft, reservation: str, held: Amounts, ended: Literal["released", "committed"]) -> None:
    amounts = [ReservedAmount(format_amount(amount), line) for line, amount in sorted(held.items()) if amount]
    draft.put(reservation_key(reservation), ReservationRecord(amounts, LIVE if amounts else ended))
