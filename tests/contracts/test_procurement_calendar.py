"""Terms in working days and days, against Python's own calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prasasti.contracts.procurement.calendar import (
    Calendar,
    Term,
    compute_date,
    compute_day,
    compute_due,
    compute_due_calendar_days,
    compute_end,
    compute_local_day,
    count_local_days_between,
    count_working_days_between,
    is_leap_year,
    is_working_day,
    parse_holidays,
)

HOUR = 3_600
EPOCH = date(1970, 1, 1)
JAKARTA = Calendar(7 * HOUR, 16 * HOUR, (5, 6), (*parse_holidays(2026, "08-17,12-24,12-25"), *parse_holidays(2027, "01-01")))
TIMES = st.integers(0, 4_000_000_000)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    holidays = draw(st.sets(st.integers(0, 47_000), max_size=60))
    first = draw(st.integers(0, 46_000))
    # A cluster too: days scattered over a century seldom lie within a term.
    holidays |= draw(st.sets(st.integers(first, first + 40), max_size=20))
    return Calendar(
        draw(st.integers(-12, 14)) * HOUR,
        draw(st.integers(1, 86_400)),
        tuple(sorted(draw(st.sets(st.integers(0, 6), max_size=5)))),
        tuple(sorted(holidays)),
    )


def at(text: str) -> int:
    """Seconds UTC of a local time in Jakarta."""
    return int(datetime.fromisoformat(f"{text}+07:00").timestamp())


def local_date(calendar: Calendar, time: int) -> date:
    return datetime.fromtimestamp(time, timezone(timedelta(seconds=calendar.offset_seconds))).date()


def is_open(calendar: Calendar, day: date) -> bool:
    return day.weekday() not in calendar.weekend and (day - EPOCH).days not in calendar.holidays


def close_of(calendar: Calendar, day: date) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return int((midnight + timedelta(seconds=calendar.close_second - calendar.offset_seconds)).timestamp())


@given(st.dates(date.min, date.max))
@example(date(2000, 2, 29))
@example(date(1900, 3, 1))
@example(date(1969, 12, 31))
@example(date(9999, 12, 31))
def test_days_are_those_of_the_gregorian_calendar(day: date) -> None:
    number = compute_day(day.year, day.month, day.day)
    assert number == (day - EPOCH).days
    assert compute_date(number) == (day.year, day.month, day.day)


def test_every_day_of_four_centuries_is_read_back() -> None:
    first, last = (date(1800, 1, 1) - EPOCH).days, (date(2200, 12, 31) - EPOCH).days
    assert all(compute_day(*compute_date(day)) == day for day in range(first, last + 1))


@pytest.mark.parametrize("wrong", [(2026, 2, 29), (2100, 2, 29), (2026, 0, 1), (2026, 13, 1), (2026, 4, 31), (2026, 4, 0), (0, 1, 1)])
def test_a_date_that_is_none_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="is no date"):
        compute_day(*wrong)


@pytest.mark.parametrize(("year", "leap"), [(2024, True), (2026, False), (2000, True), (2100, False)])
def test_leap_years(year: int, leap: bool) -> None:
    assert is_leap_year(year) is leap


@given(calendars(), TIMES, st.integers(0, 60))
def test_a_term_in_working_days_ends_as_counted_on_a_wall_calendar(calendar: Calendar, start: int, working_days: int) -> None:
    day, left = local_date(calendar, start), working_days
    while left or not is_open(calendar, day):
        day += timedelta(1)
        left -= left > 0 and is_open(calendar, day)
    assert compute_due(calendar, start, working_days) == close_of(calendar, day)


@given(calendars(), TIMES, st.integers(0, 400))
def test_a_term_in_days_ends_on_a_working_day(calendar: Calendar, start: int, days: int) -> None:
    day = local_date(calendar, start) + timedelta(days)
    while not is_open(calendar, day):
        day += timedelta(1)
    assert compute_due_calendar_days(calendar, start, days) == close_of(calendar, day)


@given(calendars(), TIMES, st.integers(-40, 1_500))
def test_working_days_between_two_instants_are_those_that_a_loop_counts(calendar: Calendar, start: int, days: int) -> None:
    end = start + days * 86_400
    dates = [local_date(calendar, start) + timedelta(each) for each in range(1, days + 1)]
    assert count_working_days_between(calendar, start, end) == sum(is_open(calendar, each) for each in dates)
    assert count_local_days_between(calendar, start, end) == days


@given(calendars(), TIMES, st.integers(1, 60))
def test_a_term_of_n_working_days_spans_n_working_days(calendar: Calendar, start: int, working_days: int) -> None:
    due = compute_due(calendar, start, working_days)
    # Close may be the end of the local day itself, which is the next one's first second.
    assert count_working_days_between(calendar, start, due - 1) == working_days
    assert is_working_day(calendar, compute_local_day(calendar, due - 1))


@given(calendars(), TIMES, st.integers(0, 40), st.integers(0, 47_000))
def test_a_holiday_more_makes_no_term_shorter(calendar: Calendar, start: int, days: int, holiday: int) -> None:
    more = Calendar(calendar.offset_seconds, calendar.close_second, calendar.weekend, tuple(sorted({*calendar.holidays, holiday})))
    assert compute_due(more, start, days) >= compute_due(calendar, start, days)
    assert compute_due_calendar_days(more, start, days) >= compute_due_calendar_days(calendar, start, days)


@pytest.mark.parametrize(
    ("start", "working_days", "due"),
    [
        ("2026-08-13T09:00", 1, "2026-08-14T16:00"),
        ("2026-08-14T09:00", 1, "2026-08-18T16:00"),  # a weekend, then Independence Day
        ("2026-08-14T23:59:59", 1, "2026-08-18T16:00"),  # after hours is the same day
        ("2026-08-15T00:00", 1, "2026-08-18T16:00"),  # on a Saturday
        ("2026-12-23T09:00", 5, "2027-01-04T16:00"),  # over Christmas and New Year
        ("2026-08-15T10:00", 0, "2026-08-18T16:00"),
    ],
)
def test_terms_in_working_days(start: str, working_days: int, due: str) -> None:
    assert compute_due(JAKARTA, at(start), working_days) == at(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-08-10T09:00", 3, "2026-08-13T16:00"),
        ("2026-08-10T09:00", 5, "2026-08-18T16:00"),  # the fifth day is a Saturday
        ("2026-08-10T06:00", 0, "2026-08-10T16:00"),
    ],
)
def test_terms_in_days(start: str, days: int, due: str) -> None:
    assert compute_due_calendar_days(JAKARTA, at(start), days) == at(due)


def test_the_local_date_is_the_buyers() -> None:
    jayapura = Calendar(9 * HOUR, 16 * HOUR, (5, 6), ())
    time = at("2026-08-12T22:30")
    assert compute_local_day(jayapura, time) == compute_local_day(JAKARTA, time) + 1
    assert compute_due(jayapura, time, 1) == at("2026-08-14T14:00")


def test_holidays_are_read_as_written() -> None:
    dates = ((1, 1), (2, 29), (12, 31))
    assert parse_holidays(2028, "01-01,02-29,12-31") == tuple((date(2028, *each) - EPOCH).days for each in dates)
    assert parse_holidays(2028, "") == ()
    with pytest.raises(ValueError, match="2026-02-29 is no date"):
        parse_holidays(2026, "02-29")


@given(calendars(), TIMES, st.integers(0, 30))
def test_a_term_ends_by_its_own_unit(calendar: Calendar, start: int, days: int) -> None:
    assert compute_end(calendar, start, Term(days, in_working_days=True)) == compute_due(calendar, start, days)
    assert compute_end(calendar, start, Term(days, in_working_days=False)) == compute_due_calendar_days(calendar, start, days)
