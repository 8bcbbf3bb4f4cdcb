"""Amounts as JSON writes them: the type takes exactly what can be counted, and each number has one spelling."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.core.types import (
    MAX_AMOUNT_MINOR,
    Amount,
    Bug,
    Currency,
    MoneyOverflow,
    SignedAmount,
    format_amount,
    format_signed_amount,
    parse_amount,
    parse_signed_amount,
    sum_amounts,
)

LARGEST = str(MAX_AMOUNT_MINOR)
NO_AMOUNTS = ("", "-", "+1", "00", "01", "1.0", "1e3", " 1", "1 ", "1\n", "1_000", "٣", "²", "x", str(MAX_AMOUNT_MINOR + 1), "1" + LARGEST)


class Price(msgspec.Struct):
    amount: Amount


class Change(msgspec.Struct):
    change: SignedAmount


class Coin(msgspec.Struct):
    currency: Currency


def is_amount(text: str) -> bool:
    try:
        msgspec.convert({"amount": text}, Price)
    except msgspec.ValidationError:
        return False
    return True


def is_change(text: str) -> bool:
    try:
        msgspec.convert({"change": text}, Change)
    except msgspec.ValidationError:
        return False
    return True


@given(st.integers(0, MAX_AMOUNT_MINOR))
def test_an_amount_reads_back(amount_minor: int) -> None:
    assert is_amount(format_amount(amount_minor))
    assert parse_amount(format_amount(amount_minor)) == amount_minor


@given(st.integers(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR))
def test_a_change_reads_back(change_minor: int) -> None:
    assert is_change(format_signed_amount(change_minor))
    assert parse_signed_amount(format_signed_amount(change_minor)) == change_minor


# Numbers around each place where the largest one's digits differ from those of what is just beyond.
NEAR_LARGEST = st.builds(lambda cut, more: LARGEST[:cut] + more, st.integers(0, 18), st.text("0123456789", max_size=20))


@given(st.one_of(NEAR_LARGEST, st.text("0123456789-", max_size=21)))
def test_the_types_take_what_the_parsers_take(text: str) -> None:
    for is_taken, parse in ((is_amount, parse_amount), (is_change, parse_signed_amount)):
        try:
            parse(text)
        except ValueError:
            assert not is_taken(text)
        else:
            assert is_taken(text)


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_what_is_no_amount(text: str) -> None:
    assert not is_amount(text)
    assert not is_change(text)
    assert not is_change(f"-{text}")
    for parse in (parse_amount, parse_signed_amount):
        with pytest.raises(ValueError, match="amount"):
            parse(text)


def test_the_largest_and_nothing() -> None:
    assert is_amount(LARGEST)
    assert is_change(f"-{LARGEST}")
    assert is_amount("0")
    assert not is_amount("-1")
    assert not is_change("-0")
    with pytest.raises(ValueError, match="sign"):
        parse_signed_amount("-0")


@pytest.mark.parametrize("amount_minor", [-1, MAX_AMOUNT_MINOR + 1])
def test_what_cannot_be_an_amount_is_a_bug(amount_minor: int) -> None:
    with pytest.raises(Bug):
        format_amount(amount_minor)


def test_sums_are_checked() -> None:
    assert sum_amounts(MAX_AMOUNT_MINOR, 0) == MAX_AMOUNT_MINOR
    for amounts in ((MAX_AMOUNT_MINOR, 1), (1, -2)):
        with pytest.raises(MoneyOverflow):
            sum_amounts(*amounts)


@pytest.mark.parametrize("text", ["idr", "ID", "IDRX", "ID1", "IDR\n", ""])
def test_what_is_no_currency(text: str) -> None:
    assert msgspec.convert({"currency": "IDR"}, Coin).currency == "IDR"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"currency": text}, Coin)
