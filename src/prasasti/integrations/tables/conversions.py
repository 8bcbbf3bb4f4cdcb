"""From a cell's text to a value of OCDS: amounts in either notation, times, codes, texts. Pure; nothing is guessed.

Each conversion has words for the mapping's page. A `Fault` refuses the row; an `Unknown` leaves the field out and is reported.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from prasasti.core.types import require
from prasasti.integrations.ocds.canonical import Number

Notation = Literal["", "point", "comma", "mixed"]
"""Which character marks decimals in a file; "" where no amount of it shows that, "mixed" where both do."""

MAX_AMOUNT: Final = Decimal(10) ** 15
"""A third of Indonesia's state budget of 2023: no single plan, tender or payment is that large."""

MAX_DIGITS: Final = 40
"""Of a number: so many are exact in every step, and no amount needs them."""

_SMALLEST: Final = Decimal("0.01")
"""The rupiah has sen."""

_PLAIN: Final = r"[0-9]+"
_POINT: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9]+\.[0-9]{1,2}|[0-9]{4,}\.[0-9]+")
_COMMA: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]+,[0-9]{1,2}|[0-9]{4,},[0-9]+")
_EITHER: Final = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")
_TIME: Final = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-9]{2})"
    r"(?:[T ](?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9])(?:\.[0-9]+)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_OFFSET: Final = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")
_EXCEL_RETURN: Final = "_x000d_"


class Fault(msgspec.Struct, frozen=True):
    """Why a cell, and with it its row, is not taken. `code` is a key of `reading.ROW_FAULTS`."""

    code: str
    detail: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """A value that the conversion has no place for; the field is left out, the row is taken."""

    value: str


class Setting(msgspec.Struct, frozen=True):
    """What a conversion may need beside the cell."""

    notation: Notation = ""
    utc_offset: str = "+07:00"
    currency: str = "IDR"


class Conversion(msgspec.Struct, frozen=True):
    """`words` describe it on the mapping's page. `convert` gets the cell, stripped and not empty."""

    words: str
    convert: Callable[[str, Setting], Any]


def find_notation(amounts: Iterable[str]) -> Notation:
    """What the amounts of a file show; `1.234` and `1,234` show nothing."""
    found = {mark for amount in amounts for mark, form in (("point", _POINT), ("comma", _COMMA)) if form.fullmatch(amount.lstrip("-"))}
    return "mixed" if len(found) > 1 else "point" if "point" in found else "comma" if "comma" in found else ""


def parse_amount(text: str, notation: Notation) -> Decimal | Fault:
    """An amount of money that a plan, a tender or a payment can have: not negative, not absurd, in whole sen."""
    value = read_number(text, notation)
    if isinstance(value, Fault):
        return value
    if value < 0:
        return Fault("negative_amount", text[:60])
    if value > MAX_AMOUNT:
        return Fault("absurd_amount", text[:60])
    if value % _SMALLEST:
        return Fault("too_many_decimals", text[:60])
    return value


def read_number(text: str, notation: Notation) -> Decimal | Fault:
    """Plain digits, `1,234.56` or `1.234,56`; what may be either is read as the rest of the file writes numbers."""
    digits = text.removeprefix("-")
    if len(digits) > MAX_DIGITS:
        return Fault("not_an_amount", text[:60])
    if re.fullmatch(_PLAIN, digits):
        plain = digits
    elif _POINT.fullmatch(digits) or (notation == "point" and _EITHER.fullmatch(digits)):
        plain = digits.replace(",", "")
    elif _COMMA.fullmatch(digits) or (notation == "comma" and _EITHER.fullmatch(digits)):
        plain = digits.replace(".", "").replace(",", ".")
    else:
        return Fault("ambiguous_amount" if _EITHER.fullmatch(digits) else "not_an_amount", text[:60])
    return -Decimal(plain) if digits != text else Decimal(plain)


def parse_time(text: str, utc_offset: str) -> str | Fault:
    """A date, with or without time, as `2023-06-07T23:30:00+07:00`. A time marked Z is local: the source marks every time so.

    Fractions of a second are cut; a time with another offset than Z is brought to `utc_offset`.
    """
    match = _TIME.fullmatch(text)
    if match is None or not _is_day(match):
        return Fault("not_a_date", text[:60])
    hour, minute, second = (match[name] or "00" for name in ("hour", "minute", "second"))
    local = f"{match['year']}-{match['month']}-{match['day']}T{hour}:{minute}:{second}"
    zone = match["zone"]
    if zone is None or zone == "Z":
        return local + utc_offset
    instant = datetime.fromisoformat(local).replace(tzinfo=_zone(zone)).astimezone(_zone(utc_offset))
    return instant.strftime("%Y-%m-%dT%H:%M:%S") + utc_offset


def parse_day(text: str) -> str | Fault:
    """A date as `2023-06-07T00:00:00Z`, so that it is the same day wherever it is read. An hour is cut."""
    match = _TIME.fullmatch(text)
    if match is None or not _is_day(match):
        return Fault("not_a_date", text[:60])
    return f"{match['year']}-{match['month']}-{match['day']}T00:00:00Z"


def _is_day(match: re.Match[str]) -> bool:
    year = int(match["year"])
    return 1970 <= year <= 2200 and 1 <= int(match["day"]) <= calendar.monthrange(year, int(match["month"]))[1]


def _zone(offset: str) -> timezone:
    match = require(_OFFSET.fullmatch(offset), "an offset of the form +07:00")
    span = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-span if match[1] == "-" else span) if span else UTC


def clean_text(text: str) -> str:
    """Without outer spaces and without what Excel writes for a carriage return; else as it is."""
    return text.replace(_EXCEL_RETURN, "").strip()


def text_conversion(words: str = "as it is") -> Conversion:
    return Conversion(words, lambda cell, _: clean_text(cell) or Unknown(cell))


def code_conversion(codes: Mapping[str, Any], words: str = "") -> Conversion:
    """A closed table from the source's words to codes; a word that is not in it is reported and told by no field."""
    spelled = words or "; ".join(f"{word} → {_spell(code)}" for word, code in codes.items())
    return Conversion(spelled, lambda cell, _: codes.get(clean_text(cell), Unknown(cell)))


def _spell(code: Any) -> str:
    return ", ".join(code) if isinstance(code, list) else str(code)


def _convert_money(cell: str, setting: Setting) -> Any:
    amount = parse_amount(cell, setting.notation)
    return amount if isinstance(amount, Fault) else {"amount": Number(f"{amount:f}"), "currency": setting.currency}


def _convert_number(cell: str, _: Setting) -> Any:
    return cell if re.fullmatch("[0-9]{1,18}", cell) else Fault("not_a_number", cell[:60])


def _convert_time(cell: str, setting: Setting) -> Any:
    return parse_time(cell, setting.utc_offset)


def _convert_day(cell: str, _: Setting) -> Any:
    return parse_day(cell)


MONEY: Final = Conversion("number in plain digits, 1,234.56 or 1.234,56; currency IDR", _convert_money)
NUMBER: Final = Conversion("digits, kept as text", _convert_number)
TIME: Final = Conversion("local time (Z is not UTC here), offset added, fractions of a second cut", _convert_time)
DAY: Final = Conversion("day, at midnight Z", _convert_day)
TEXT: Final = text_conversion()
