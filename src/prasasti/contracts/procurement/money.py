"""Amounts that are parts of others, rounded so that the parts add up (procurement-lifecycle, 4).

Owns rounding to the payment unit, half up on running totals, and the amounts of milestones. Amounts are minor units; a
payment unit is the least amount that is paid out, so many minor units (100 sen: a rupiah). Sums of any amounts are
``core.types.sum_amounts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from prasasti.core.types import ensure, sum_amounts

WHOLE_BP = 10_000


def divide_half_up(dividend: int, divisor: int) -> int:
    """Quotient of a dividend from 0 on and a divisor from 1 on, to the nearest integer, a half upwards."""
    ensure(dividend >= 0 and divisor > 0, "a quotient of what is not negative")
    return (2 * dividend + divisor) // (2 * divisor)


def is_payable(amount_minor: int, unit_minor: int) -> bool:
    """Whether an amount is a whole number of payment units."""
    return amount_minor % unit_minor == 0


def compute_part(amount_minor: int, numerator: int, denominator: int, unit_minor: int) -> int:
    """amount · numerator / denominator, to the nearest payment unit, a half upwards; MoneyOverflow beyond an amount."""
    return sum_amounts(divide_half_up(amount_minor * numerator, denominator * unit_minor) * unit_minor)


def compute_part_bp(amount_minor: int, part_bp: int, unit_minor: int) -> int:
    """So many basis points of an amount, as ``compute_part``."""
    return compute_part(amount_minor, part_bp, WHOLE_BP, unit_minor)


def compute_rest(total_minor: int, taken_minor: int) -> int:
    """What a running total asks for now, beyond what was taken before; never less than 0."""
    return max(0, total_minor - taken_minor)


def compute_milestone_amounts(price_minor: int, shares_bp: Sequence[int], unit_minor: int) -> tuple[int, ...]:
    """Amounts of a contract's milestones, which add up to its price: each what the running total asks for.

    Shares add up to 10,000 and the price is payable; 03.6 and 28.2 see to both.
    """
    ensure(sum(shares_bp) == WHOLE_BP, "shares of a whole")
    ensure(is_payable(price_minor, unit_minor), "a price in payment units")
    totals = [compute_part_bp(price_minor, reached_bp, unit_minor) for reached_bp in accumulate(shares_bp, initial=0)]
    return tuple(compute_rest(total_minor, taken_minor) for taken_minor, total_minor in pairwise(totals))
