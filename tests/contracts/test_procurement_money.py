"""Parts of amounts add up to the whole, to the payment unit."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.contracts.procurement.money import (
    compute_milestone_amounts,
    compute_part,
    compute_part_bp,
    compute_rest,
    divide_half_up,
    is_payable,
)
from prasasti.core.types import MAX_AMOUNT_MINOR, Bug, MoneyOverflow

RUPIAH = 100
UNITS = st.sampled_from((1, 5, 100))


@st.composite
def shares(draw: st.DrawFn) -> list[int]:
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=49)))
    return [later - earlier for earlier, later in zip([0, *cuts], [*cuts, 10_000], strict=True)]


def test_the_shares_of_the_facts() -> None:
    """Section 4, in rupiah: 100000001 by 3333/3333/3334."""
    amounts = compute_milestone_amounts(100_000_001 * RUPIAH, [3_333, 3_333, 3_334], RUPIAH)
    assert amounts == (33_330_000 * RUPIAH, 33_330_001 * RUPIAH, 33_340_000 * RUPIAH)


@given(st.integers(0, MAX_AMOUNT_MINOR // 100), shares(), UNITS)
def test_milestones_add_up_to_the_price_in_payment_units(price_units: int, shares_bp: list[int], unit_minor: int) -> None:
    price_minor = price_units * unit_minor
    amounts = compute_milestone_amounts(price_minor, shares_bp, unit_minor)
    assert sum(amounts) == price_minor
    assert len(amounts) == len(shares_bp)
    assert all(amount >= 0 and is_payable(amount, unit_minor) for amount in amounts)
    for reached_bp, total_minor in zip(accumulate(shares_bp), accumulate(amounts), strict=True):
        assert abs(total_minor - Fraction(price_minor * reached_bp, 10_000)) <= Fraction(unit_minor, 2)


@pytest.mark.parametrize("wrong", [[3_333, 3_333, 3_333], [], [10_001]])
def test_shares_of_another_sum_halt(wrong: list[int]) -> None:
    with pytest.raises(Bug):
        compute_milestone_amounts(1_000, wrong, 1)


def test_a_price_that_cannot_be_paid_out_halts() -> None:
    with pytest.raises(Bug):
        compute_milestone_amounts(150, [10_000], RUPIAH)


@pytest.mark.parametrize(
    ("dividend", "divisor", "quotient"), [(0, 2, 0), (1, 2, 1), (3, 2, 2), (1, 3, 0), (2, 3, 1), (5, 10, 1), (49, 100, 0)]
)
def test_halves_go_up(dividend: int, divisor: int, quotient: int) -> None:
    assert divide_half_up(dividend, divisor) == quotient


@given(st.integers(0, 2**80), st.integers(1, 2**40))
def test_quotients_are_the_nearest(dividend: int, divisor: int) -> None:
    assert divide_half_up(dividend, divisor) == floor(Fraction(dividend, divisor) + Fraction(1, 2))


@pytest.mark.parametrize(("dividend", "divisor"), [(-1, 2), (1, 0), (1, -2)])
def test_what_is_negative_halts(dividend: int, divisor: int) -> None:
    with pytest.raises(Bug):
        divide_half_up(dividend, divisor)


def test_a_part_is_rounded_in_payment_units_and_recorded_in_minor_units() -> None:
    assert compute_part_bp(1_000_000_049, 100, RUPIAH) == 10_000_000
    assert compute_part_bp(1_000_005_000, 100, RUPIAH) == 10_000_100  # half a rupiah
    assert compute_part(700, 1, 3, 1) == 233


def test_a_part_beyond_an_amount_is_none() -> None:
    assert compute_part(MAX_AMOUNT_MINOR, 1, 1, 1) == MAX_AMOUNT_MINOR
    with pytest.raises(MoneyOverflow):
        compute_part(MAX_AMOUNT_MINOR, 2, 1, 1)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_what_running_totals_take_is_the_highest_of_them(totals: list[int]) -> None:
    taken = 0
    for total in totals:
        taken += compute_rest(total, taken)
    assert taken == max(totals)
