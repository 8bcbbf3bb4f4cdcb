"""What an order takes of budget lines, and what of that is paid: the money of one order, year by year.

An ``OrderYear`` names the line on which its money lies now: what is unpaid may have been carried over since, and is then found by
``find_bearing_line``; what is paid lies where it was paid. Pure, over a ``Draft``. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prasasti.contracts.offices import Draft
from prasasti.contracts.treasury.budgets import add_to_line, find_bearing_line, get_line
from prasasti.contracts.treasury.records import OrderYear
from prasasti.core.contract import View
from prasasti.core.types import MAX_AMOUNT_MINOR, ensure, format_amount, parse_amount

# By budget line: what is taken of it, and what of that is paid.
_Shares = dict[str, tuple[int, int]]


def pay_shares(draft: Draft, years: Iterable[OrderYear], amount_minor: int) -> list[OrderYear]:
    """Pay out of an order's shares, the earliest year first, each on the line that bears it now."""
    shares, left_minor = _read(years), amount_minor
    for line in _list_by_year(draft, shares):
        taken, paid = shares[line]
        part_minor = min(taken - paid, left_minor)
        left_minor -= part_minor
        bearing = find_bearing_line(draft, line).line
        _move(shares, line, bearing, part_minor)
        _add(shares, bearing, paid=part_minor)
        add_to_line(draft, bearing, paid=part_minor)
    ensure(not left_minor, "an order pays what it takes of its budget lines")
    return _write(shares)


def can_take_back(view: View, years: Iterable[OrderYear], amount_minor: int) -> bool:
    """Whether money that comes back can be counted on the lines that will bear it."""
    bearing = [find_bearing_line(view, year.line) for year in years]
    return all(parse_amount(line.amount_minor) + amount_minor <= MAX_AMOUNT_MINOR for line in bearing)


def take_back_shares(draft: Draft, years: Iterable[OrderYear], amount_minor: int) -> list[OrderYear]:
    """Money comes back, of the latest year first. Where a line was carried over since it paid, its budget and its commitment follow
    the rest to the line that bears them now. Needs ``can_take_back``."""
    shares, left_minor = _read(years), amount_minor
    for line in reversed(_list_by_year(draft, shares)):
        part_minor = min(shares[line][1], left_minor)
        left_minor -= part_minor
        add_to_line(draft, line, paid=-part_minor)
        _add(shares, line, paid=-part_minor)
        bearing = find_bearing_line(draft, line).line
        if bearing != line and part_minor:
            add_to_line(draft, line, amount=-part_minor, committed=-part_minor)
            add_to_line(draft, bearing, amount=part_minor, committed=part_minor)
            _move(shares, line, bearing, part_minor)
    ensure(not left_minor, "no more comes back than an order paid")
    return _write(shares)


def split_shares(view: View, years: Iterable[OrderYear], amount_minor: int) -> tuple[list[OrderYear], dict[str, int]]:
    """What an order keeps of its shares when another pays so much of it, and what the other takes, by line: unpaid, the latest first."""
    shares, given, left_minor = _read(years), dict[str, int](), amount_minor
    for line in reversed(_list_by_year(view, shares)):
        taken, paid = shares[line]
        part_minor = min(taken - paid, left_minor)
        left_minor -= part_minor
        if part_minor:
            shares[line] = taken - part_minor, paid
            given[line] = part_minor
    ensure(not left_minor, "another order pays what an order did not")
    return _write(shares), given


def _read(years: Iterable[OrderYear]) -> _Shares:
    return {year.line: (parse_amount(year.amount_minor), parse_amount(year.paid_minor)) for year in years}


def _write(shares: Mapping[str, tuple[int, int]]) -> list[OrderYear]:
    return [OrderYear(format_amount(taken), line, format_amount(paid)) for line, (taken, paid) in sorted(shares.items()) if taken]


def _list_by_year(view: View, shares: _Shares) -> list[str]:
    return sorted(shares, key=lambda line: (get_line(view, line).year, line))


def _add(shares: _Shares, line: str, *, taken: int = 0, paid: int = 0) -> None:
    before_taken, before_paid = shares.get(line, (0, 0))
    shares[line] = before_taken + taken, before_paid + paid


def _move(shares: _Shares, origin: str, to: str, amount_minor: int) -> None:
    _add(shares, origin, taken=-amount_minor)
    _add(shares, to, taken=amount_minor)
