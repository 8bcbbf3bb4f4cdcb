"""Parameters: figures of the rules that are dated data and no code (STYLE: legal numbers); each contract declares its own.

Owns the form of a declaration and which values fit it. What a parameter means stands with its contract, who changes it and
which value holds when with ``governance``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from prasasti.core.types import MAX_AMOUNT_MINOR, is_ascending, parse_amount

Value = int | bool | str
Kind = Literal["amount", "basis_points", "boolean", "calendar", "codes", "hash", "integer"]
Profile = Literal["generic", "indonesia"]

MAX_VALUE_BYTES = 200
ALL_BASIS_POINTS = 10_000
CODE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
HASH = re.compile(r"([0-9a-f]{64})?")
YEAR = re.compile(r"[1-9][0-9]{3}")
DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a contract declares of a parameter, or of a family of them where ``name`` ends in ``.*``.

    ``least`` and ``most`` bound an integer, basis points, an amount in minor units, or how many codes there are.
    ``codes`` are all that there may be, in their order; empty: any. ``clause`` is where the default comes from; a profile
    may have another default, from another clause. Forms of the values: ``fits``.
    """

    name: str
    kind: Kind
    default: Value
    clause: str
    least: int = 0
    most: int = MAX_AMOUNT_MINOR
    codes: tuple[str, ...] = ()
    profiles: Mapping[Profile, tuple[Value, str]] = field(default_factory=dict)

    def default_in(self, profile: str) -> Value:
        """The value that holds in a ledger of a profile where neither genesis nor a vote named one."""
        return next((value for name, (value, _) in self.profiles.items() if name == profile), self.default)

    def fits(self, name: str, value: Value) -> bool:
        """Whether a value may stand under a name: an amount as decimal string, codes and days sorted, with commas between.

        A calendar's name ends in its year, its days are ``MM-DD``; a hash is in hex, or empty where there is none.
        """
        return (not isinstance(value, str) or len(value) <= MAX_VALUE_BYTES) and _FITS[self.kind](self, name, value)


def index_parameters(parameters: tuple[Parameter, ...]) -> Mapping[str, Parameter]:
    """Declarations by name, to be asked by ``find_declared``."""
    return {each.name: each for each in parameters}


def find_declared(declared: Mapping[str, Parameter], name: str) -> Parameter | None:
    """The declaration of a parameter: its own, else that of the narrowest family."""
    found, stem = declared.get(name), name
    while found is None and stem:
        stem = stem.rpartition(".")[0]
        found = declared.get(f"{stem}.*")
    return found


def _is_integer(parameter: Parameter, name: str, value: Value) -> bool:
    return type(value) is int and parameter.least <= value <= parameter.most


def _is_boolean(parameter: Parameter, name: str, value: Value) -> bool:
    return isinstance(value, bool)


def _is_share(parameter: Parameter, name: str, value: Value) -> bool:
    return _is_integer(parameter, name, value) and int(value) <= ALL_BASIS_POINTS


def _is_amount(parameter: Parameter, name: str, value: Value) -> bool:
    try:
        return isinstance(value, str) and parameter.least <= parse_amount(value) <= parameter.most
    except ValueError:
        return False


def _are_codes(parameter: Parameter, name: str, value: Value) -> bool:
    if not isinstance(value, str):
        return False
    given = value.split(",") if value else []
    if not parameter.least <= len(given) <= parameter.most:
        return False
    if parameter.codes:
        return given == [each for each in parameter.codes if each in given]
    return is_ascending(given) and all(CODE.fullmatch(each) for each in given)


def _is_calendar(parameter: Parameter, name: str, value: Value) -> bool:
    year = name.rpartition(".")[2]
    if not isinstance(value, str) or not YEAR.fullmatch(year):
        return False
    days = value.split(",") if value else []
    return is_ascending(days) and all(_is_day(int(year), each) for each in days)


def _is_day(year: int, text: str) -> bool:
    if not DAY.fullmatch(text):
        return False
    month, day = int(text[:2]), int(text[3:])
    if not 1 <= month <= len(MONTH_DAYS):
        return False
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= MONTH_DAYS[month - 1] + (is_leap and month == 2)


def _is_hash(parameter: Parameter, name: str, value: Value) -> bool:
    return isinstance(value, str) and HASH.fullmatch(value) is not None


_FITS: Mapping[Kind, Callable[[Parameter, str, Value], bool]] = {
    "amount": _is_amount,
    "basis_points": _is_share,
    "boolean": _is_boolean,
    "calendar": _is_calendar,
    "codes": _are_codes,
    "hash": _is_hash,
    "integer": _is_integer,
}
