"""Working days of a buyer: when a term of so many days is over, in seconds UTC.

Owns local dates (days since 1970-01-01 in the proleptic Gregorian calendar) and office hours. Knows no zones: a buyer's
offset is data, without summer time, and so are its holidays (``parameters.read_calendar``). It keeps nothing: callers
record the instant, so that a holiday decided later moves no due date.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from prasasti.core.types import ensure

DAY_SECONDS = 86_400
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# 1970-01-01 was a Thursday.
_FIRST_WEEKDAY = 3
_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


class Calendar(Struct, frozen=True):
    """What a buyer's terms are counted by.

    ``offset_seconds`` is local time less UTC (WIB 25200, WITA 28800, WIT 32400); ``close_second`` the second of the
    local day at which offices close; ``weekend`` weekdays from 0, Monday; ``holidays`` day numbers, each once.
    """

    offset_seconds: int
    close_second: int
    weekend: tuple[int, ...]
    holidays: tuple[int, ...]


class Term(NamedTuple):
    """So many working days, or so many days, the last of which is rolled to a working day."""

    days: int
    in_working_days: bool


def is_leap_year(year: int) -> bool:
    """Whether a year of the Gregorian calendar has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def compute_day(year: int, month: int, day: int) -> int:
    """Day number of a date; ValueError where the calendar has no such date. Years from 1."""
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= _count_month_days(year, month):
        raise ValueError(f"{year:04}-{month:02}-{day:02} is no date")
    earlier = year - 1
    days = earlier * 365 + earlier // 4 - earlier // 100 + earlier // 400 + _DAYS_BEFORE_MONTH[month - 1]
    # 719162 days lie between 0001-01-01 and 1970-01-01.
    return days + (month > 2 and is_leap_year(year)) + day - 1 - 719_162


def compute_date(day: int) -> tuple[int, int, int]:
    """Year, month and day of the month of a day number; 0 is 1970-01-01."""
    # The mean year has 365.2425 days, so this is the year or one to the side of it.
    year = 1970 + day * 400 // 146_097
    year += (day >= compute_day(year + 1, 1, 1)) - (day < compute_day(year, 1, 1))
    rest = day - compute_day(year, 1, 1)
    month = 1
    while rest >= _count_month_days(year, month):
        rest -= _count_month_days(year, month)
        month += 1
    return year, month, rest + 1


def compute_local_day(calendar: Calendar, time: int) -> int:
    """Day number of the local date at an instant, seconds UTC."""
    return (time + calendar.offset_seconds) // DAY_SECONDS


def compute_close(calendar: Calendar, day: int) -> int:
    """Instant at which offices close on a local day: a term that ends then is kept before it, not at it."""
    return day * DAY_SECONDS + calendar.close_second - calendar.offset_seconds


def is_working_day(calendar: Calendar, day: int) -> bool:
    """Whether offices are open on a local day."""
    return compute_weekday(day) not in calendar.weekend and day not in calendar.holidays


def compute_weekday(day: int) -> int:
    """Weekday of a day number, from 0, Monday."""
    return (day + _FIRST_WEEKDAY) % 7


def compute_due(calendar: Calendar, start: int, working_days: int) -> int:
    """Close of office hours of the nth working day after an instant; the local day of the instant is not counted (section 3)."""
    day = _roll(calendar, compute_local_day(calendar, start)) if working_days == 0 else compute_local_day(calendar, start)
    for _ in range(working_days):
        day = _roll(calendar, day + 1)
    return compute_close(calendar, day)


def compute_due_calendar_days(calendar: Calendar, start: int, days: int) -> int:
    """Close of office hours of the nth day after an instant or, where that is none, of the next working day (section 3)."""
    return compute_close(calendar, _roll(calendar, compute_local_day(calendar, start) + days))


def compute_end(calendar: Calendar, start: int, term: Term) -> int:
    """Instant at which a term that begins at an instant is over: in time is what comes before it."""
    count = compute_due if term.in_working_days else compute_due_calendar_days
    return count(calendar, start, term.days)


def count_local_days_between(calendar: Calendar, start: int, end: int) -> int:
    """Local dates from one instant to another: 0 on the same date, negative where the end is earlier."""
    return compute_local_day(calendar, end) - compute_local_day(calendar, start)


def count_working_days_between(calendar: Calendar, start: int, end: int) -> int:
    """Working days after the local day of one instant up to and with that of a later one; 0 where the end is not later.

    Takes as long for a century as for a week: ``start`` comes from a message.
    """
    first, last = compute_local_day(calendar, start), compute_local_day(calendar, end)
    if last <= first:
        return 0
    weeks, rest = divmod(last - first, 7)
    working = weeks * (7 - len(calendar.weekend))
    working += sum(compute_weekday(first + each) not in calendar.weekend for each in range(1, rest + 1))
    return working - sum(first < day <= last and compute_weekday(day) not in calendar.weekend for day in calendar.holidays)


# Every term asks for three years' holidays, which are the same for months.
@lru_cache(maxsize=256)
def parse_holidays(year: int, text: str) -> tuple[int, ...]:
    """Day numbers of a year's holidays, written ``MM-DD,MM-DD,…`` as parameters of kind ``calendar`` are, "" for none."""
    return tuple(compute_day(year, int(each[:2]), int(each[3:])) for each in text.split(",") if each)


def _count_month_days(year: int, month: int) -> int:
    return _DAYS_BEFORE_MONTH[month] - _DAYS_BEFORE_MONTH[month - 1] + (month == 2 and is_leap_year(year))


def _roll(calendar: Calendar, day: int) -> int:
    """The day itself or, where it is none, the next working day."""
    ensure(len(calendar.weekend) < 7, "a calendar without a working day")
    while not is_working_day(calendar, day):
        day += 1
    return day
