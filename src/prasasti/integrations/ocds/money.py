"""Money of releases added up per stage and currency, exactly: decimals as the source wrote them, never doubles.

Owns where each stage's amounts stand in a release. Does not own what a process costs: two releases of one process both count here,
which is what comparing a source with what was recorded needs. Add up compiled releases to count a process once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any, Final

import msgspec

from prasasti.integrations.ocds.canonical import Number

STAGES: Final = ("planned", "tendered", "awarded", "contracted", "paid")

# Number tokens have at most 64 characters and exponents within ±308 (canonical), so every sum of them is exact in 1,000 digits.
_EXACT: Final = Context(prec=1_000, traps=[Inexact, InvalidOperation, Overflow])


class Total(msgspec.Struct, frozen=True):
    """How many amounts there were and their sum."""

    count: int
    amount: Decimal


def sum_money(releases: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Total]:
    """(stage, currency) → total; an amount without a currency counts under "". Takes parsed, valid releases."""
    totals: dict[tuple[str, str], Total] = {}
    for release in releases:
        for stage, value in iterate_values(release):
            amount, currency = value.get("amount"), value.get("currency")
            if isinstance(amount, Number):
                key = (stage, currency if isinstance(currency, str) else "")
                totals = add_totals(totals, {key: Total(1, amount.value)})
    return dict(sorted_totals(totals))


def sorted_totals(totals: dict[tuple[str, str], Total]) -> list[tuple[tuple[str, str], Total]]:
    """By stage, in the order of a process, then by currency."""
    return sorted(totals.items(), key=lambda item: (STAGES.index(item[0][0]), item[0][1]))


def add_totals(totals: dict[tuple[str, str], Total], more: dict[tuple[str, str], Total]) -> dict[tuple[str, str], Total]:
    """Both added up; the first is taken over and changed."""
    for key, each in more.items():
        before = totals.get(key, Total(0, Decimal(0)))
        totals[key] = Total(before.count + each.count, _EXACT.add(before.amount, each.amount))
    return totals


def iterate_values(release: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each amount of a release with its stage; a transaction's deprecated `amount` counts where it has no `value`."""
    places = [
        ("planned", _at(release, "planning", "budget", "amount")),
        ("tendered", _at(release, "tender", "value")),
        *(("awarded", award.get("value")) for award in release.get("awards") or []),
        *(("contracted", contract.get("value")) for contract in release.get("contracts") or []),
    ]
    for contract in release.get("contracts") or []:
        for transaction in _at(contract, "implementation", "transactions") or []:
            places.append(("paid", transaction.get("value") or transaction.get("amount")))
    yield from ((stage, value) for stage, value in places if isinstance(value, dict))


def _at(value: Any, *path: str) -> Any:
    for field in path:
        value = value.get(field) if isinstance(value, dict) else None
    return value
