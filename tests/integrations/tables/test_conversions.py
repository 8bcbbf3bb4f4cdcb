"""Cells become values, or the reason why not; nothing is guessed."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.integrations.tables.conversions import (
    MAX_AMOUNT,
    Fault,
    Notation,
    Unknown,
    clean_text,
    code_conversion,
    find_notation,
    parse_amount,
    parse_day,
    parse_time,
    read_number,
)
from prasasti.integrations.tables.conversions import Setting as ConversionSetting

amounts = st.decimals(min_value=0, max_value=MAX_AMOUNT, places=2)


def write_english(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def write_indonesian(amount: Decimal) -> str:
    return write_english(amount).translate(str.maketrans(",.", ".,"))


@given(amounts)
def test_both_notations_mean_the_same_amount(amount: Decimal) -> None:
    assert parse_amount(write_english(amount), "point") == amount
    assert parse_amount(write_indonesian(amount), "comma") == amount
    assert parse_amount(f"{amount:f}", "") == amount


@given(st.lists(amounts, min_size=1), st.sampled_from(["point", "comma"]))
def test_a_file_shows_its_notation(found: list[Decimal], notation: Notation) -> None:
    write = write_english if notation == "point" else write_indonesian
    assert find_notation(write(amount) for amount in found) == notation


@pytest.mark.parametrize(
    ("text", "notation", "value"),
    [
        ("1234", "", "1234"),
        ("1.234,56", "", "1234.56"),
        ("1,234.56", "", "1234.56"),
        ("1.234.567", "", "1234567"),
        ("1,234,567", "", "1234567"),
        ("750.000", "comma", "750000"),
        ("750,000", "point", "750000"),
        ("9756000783.95", "comma", "9756000783.95"),
        ("0", "", "0"),
        ("007", "", "7"),
        ("750.000", "point", "750"),
        ("750.000", "", Fault("ambiguous_amount", "750.000")),
        ("750.000", "mixed", Fault("ambiguous_amount", "750.000")),
        ("-500", "", Fault("negative_amount", "-500")),
        ("1000000000000001", "", Fault("absurd_amount", "1000000000000001")),
        ("9" * 41, "", Fault("not_an_amount", "9" * 41)),
        ("12.3456", "point", Fault("not_an_amount", "12.3456")),
        ("12345.678", "", Fault("too_many_decimals", "12345.678")),
        ("=SUM(A1:A2)", "", Fault("not_an_amount", "=SUM(A1:A2)")),
        ("1,2E+10", "", Fault("not_an_amount", "1,2E+10")),
        ("Rp 1.000", "", Fault("not_an_amount", "Rp 1.000")),
        ("1.23.456", "", Fault("not_an_amount", "1.23.456")),
        ("١٢٣", "", Fault("not_an_amount", "١٢٣")),
        ("NaN", "", Fault("not_an_amount", "NaN")),
    ],
)
def test_amounts(text: str, notation: Notation, value: str | Fault) -> None:
    assert parse_amount(text, notation) == (Decimal(value) if isinstance(value, str) else value)


def test_sums_of_the_report_take_what_a_release_does_not() -> None:
    assert read_number("-1.234,50", "") == Decimal("-1234.50")
    assert read_number("9" * 40, "") == Decimal("9" * 40)


def test_an_ambiguous_file_shows_nothing() -> None:
    assert find_notation(["1.234", "5,678", "9"]) == ""
    assert find_notation(["1.234,5", "1,234.5"]) == "mixed"


@given(st.text(max_size=30))
def test_any_cell_is_an_amount_or_a_fault(text: str) -> None:
    notations: tuple[Notation, ...] = ("", "point", "comma", "mixed")
    for notation in notations:
        value = parse_amount(text, notation)
        assert isinstance(value, Fault) or 0 <= value <= MAX_AMOUNT


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2023-06-07T23:30:00Z", "2023-06-07T23:30:00+07:00"),
        ("2023-03-14 15:00:00.000000Z", "2023-03-14T15:00:00+07:00"),
        ("2023-03-14T09:33:36.688Z", "2023-03-14T09:33:36+07:00"),
        ("2023-03-14", "2023-03-14T00:00:00+07:00"),
        ("2023-03-14T20:00:00+00:00", "2023-03-15T03:00:00+07:00"),
        ("2023-03-14T09:00:00+09:00", "2023-03-14T07:00:00+07:00"),
        ("2023-02-30T00:00:00Z", Fault("not_a_date", "2023-02-30T00:00:00Z")),
        ("14/03/2023", Fault("not_a_date", "14/03/2023")),
        ("0023-03-14", Fault("not_a_date", "0023-03-14")),
        ("2023-03-14T25:00:00Z", Fault("not_a_date", "2023-03-14T25:00:00Z")),
    ],
)
def test_times(text: str, value: str | Fault) -> None:
    assert parse_time(text, "+07:00") == value


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2200, 12, 31)), st.times())
def test_a_day_stays_that_day_wherever_it_is_read(day: date, hour: time) -> None:
    assert parse_day(f"{day.isoformat()}T{hour.strftime('%H:%M:%S')}Z") == parse_day(day.isoformat()) == f"{day.isoformat()}T00:00:00Z"


def test_texts_and_codes() -> None:
    assert clean_text(" <p>a</p>_x000d_\n ") == "<p>a</p>"
    codes = code_conversion({"Tender": "open"})
    assert codes.convert("Tender", ConversionSetting()) == "open"
    assert codes.convert("Lelang", ConversionSetting()) == Unknown("Lelang")
    assert codes.words == "Tender → open"
