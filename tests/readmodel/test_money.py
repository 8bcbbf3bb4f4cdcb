"""Amounts in tables: exact as text, whole minor units where they are, never a float."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.integrations.ocds.codelists import CODELISTS
from prasasti.readmodel.money import DECIMALS, MAX_MINOR, add_up, compute_minor, from_minor, read_minor


@pytest.mark.parametrize(
    ("token", "currency", "found"),
    [
        ("1500", "IDR", ("1500", 150_000, True)),
        ("1500.5", "IDR", ("1500.5", 150_050, True)),
        ("1500.50", "JPY", ("1500.50", 1_500, False)),
        ("0.001", "KWD", ("0.001", 1, True)),
        ("0.001", "EUR", ("0.001", 0, False)),
        ("-3.5", "JPY", ("-3.5", -4, False)),
        ("-0", "IDR", ("-0", 0, True)),
        ("1e3", "IDR", ("1000", 100_000, True)),
        ("92233720368547758.07", "IDR", ("92233720368547758.07", MAX_MINOR, True)),
        ("92233720368547758.08", "IDR", ("92233720368547758.08", MAX_MINOR, False)),
        ("-1e300", "IDR", (f"-1{'0' * 300}", -MAX_MINOR, False)),
        ("1e-300", "", (f"0.{'0' * 299}1", 0, False)),
        ("7", "", ("7", 700, True)),
    ],
)
def test_minor_units(token: str, currency: str, found: tuple[str, int, bool]) -> None:
    assert read_minor(token, currency) == found


def test_every_currency_with_other_decimals_is_one() -> None:
    assert DECIMALS.keys() <= CODELISTS["currency"]


amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**16), max_value=10**16, places=4)


@given(amounts, st.sampled_from(["IDR", "JPY", "KWD", ""]))
def test_the_short_way_is_the_long_way(amount: Decimal, currency: str) -> None:
    token = f"{amount:f}"
    assert read_minor(token, currency) == (token, *compute_minor(amount, currency))


@given(amounts, st.sampled_from(["IDR", "JPY", "KWD"]))
def test_minor_units_are_the_amount_where_they_say_so(amount: Decimal, currency: str) -> None:
    minor, is_exact = compute_minor(amount, currency)
    assert (from_minor(minor, currency) == amount) == is_exact
    assert from_minor(minor, currency) <= amount or minor == -MAX_MINOR


@given(st.lists(st.sampled_from(["1e300", "1e-300", "-1e300", "0.1", "99999999999999999999"]).map(Decimal)))
def test_sums_are_exact(found: list[Decimal]) -> None:
    from fractions import Fraction

    assert Fraction(add_up(found)) == sum(map(Fraction, found))
