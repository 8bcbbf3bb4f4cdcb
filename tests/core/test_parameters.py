"""What a declared parameter may be: every kind, at its bounds; and that every declaration fits itself."""

from __future__ import annotations

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Contract, find_parameter
from prasasti.core.encoding import encode_canonical
from prasasti.core.genesis import REQUIRED_PARAMETERS
from prasasti.core.parameters import MAX_VALUE_BYTES, Parameter, Value, find_declared, index_parameters
from prasasti.core.types import MAX_AMOUNT_MINOR

LIMIT = Parameter("x.limit_minor", "amount", "100", "a law", 100, 20_000, profiles={"indonesia": ("200", "another")})
PARAMETERS = {
    "integer": Parameter("x.days", "integer", 5, "a law", 2, 30),
    "basis_points": Parameter("x.cap_bp", "basis_points", 1_000, "a law"),
    "amount": LIMIT,
    "boolean": Parameter("x.binds", "boolean", True, "a law"),
    "codes": Parameter("x.kinds", "codes", "", "a law", 0, 2, codes=("works", "goods", "services")),
    "any codes": Parameter("x.taxes", "codes", "ppn", "a law", 1, 3),
    "calendar": Parameter("x.calendar.*", "calendar", "", "a law"),
    "hash": Parameter("x.form", "hash", "", "a law"),
}
ROWS: list[tuple[str, str, Value, bool]] = [
    ("integer", "x.days", 2, True), ("integer", "x.days", 1, False), ("integer", "x.days", 30, True), ("integer", "x.days", 31, False),
    ("integer", "x.days", True, False), ("integer", "x.days", "5", False),
    ("basis_points", "x.cap_bp", 0, True), ("basis_points", "x.cap_bp", 10_000, True), ("basis_points", "x.cap_bp", 10_001, False),
    ("basis_points", "x.cap_bp", -1, False), ("basis_points", "x.cap_bp", False, False),
    ("amount", "x.limit_minor", "100", True), ("amount", "x.limit_minor", "99", False), ("amount", "x.limit_minor", "20000", True),
    ("amount", "x.limit_minor", "20001", False), ("amount", "x.limit_minor", 100, False), ("amount", "x.limit_minor", "0100", False),
    ("amount", "x.limit_minor", "", False), ("amount", "x.limit_minor", "100.0", False),
    ("boolean", "x.binds", False, True), ("boolean", "x.binds", 1, False), ("boolean", "x.binds", "true", False),
    ("codes", "x.kinds", "", True), ("codes", "x.kinds", "works", True), ("codes", "x.kinds", "works,services", True),
    ("codes", "x.kinds", "services,works", False), ("codes", "x.kinds", "works,works", False), ("codes", "x.kinds", "gifts", False),
    ("codes", "x.kinds", "works,goods,services", False), ("codes", "x.kinds", 3, False), ("codes", "x.kinds", "works,", False),
    ("any codes", "x.taxes", "", False), ("any codes", "x.taxes", "pph-22,ppn", True), ("any codes", "x.taxes", "ppn,pph-22", False),
    ("any codes", "x.taxes", "a b", False),
    ("calendar", "x.calendar.2028", "", True), ("calendar", "x.calendar.2028", "01-01,02-29,12-31", True),
    ("calendar", "x.calendar.2027", "02-29", False), ("calendar", "x.calendar.2100", "02-29", False),
    ("calendar", "x.calendar.2000", "02-29", True), ("calendar", "x.calendar.2028", "02-29,01-01", False),
    ("calendar", "x.calendar.2028", "13-01", False), ("calendar", "x.calendar.2028", "00-01", False),
    ("calendar", "x.calendar.2028", "04-31", False), ("calendar", "x.calendar.2028", "04-00", False),
    ("calendar", "x.calendar.2028", "4-1", False), ("calendar", "x.calendar.next", "", False),
    ("calendar", "x.calendar.agency-1.2028", "12-25", True), ("calendar", "x.calendar.2028", 1, False),
    ("hash", "x.form", "", True), ("hash", "x.form", "0a" * 32, True), ("hash", "x.form", "0A" * 32, False),
    ("hash", "x.form", "0a" * 31, False), ("hash", "x.form", 0, False),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "value", "fits"), ROWS, ids=lambda each: str(each)[:24])
def test_values_of_each_kind(kind: str, name: str, value: Value, fits: bool) -> None:
    assert PARAMETERS[kind].fits(name, value) is fits


@given(st.integers(1000, 9999), st.integers(0, 99), st.integers(0, 99))
def test_the_days_are_those_of_the_calendar(year: int, month: int, day: int) -> None:
    is_day = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    assert PARAMETERS["calendar"].fits(f"x.calendar.{year}", f"{month:02}-{day:02}") is is_day


@given(st.sampled_from(sorted(PARAMETERS)), st.text(max_size=300) | st.integers() | st.booleans())
def test_what_fits_is_stored_whole(kind: str, value: Value) -> None:
    """No value that fits is too long for its event, nor beyond what an amount or hashed JSON may be."""
    if PARAMETERS[kind].fits("x.calendar.2028", value):
        assert len(encode_canonical(value)) <= MAX_VALUE_BYTES + 2
        assert isinstance(value, str) or 0 <= value <= MAX_AMOUNT_MINOR


def test_a_year_of_days_off_fits() -> None:
    days = ",".join(f"{month:02}-{day:02}" for month in range(1, 12) for day in (1, 2, 3))
    assert PARAMETERS["calendar"].fits("x.calendar.2028", days), "33 days"
    assert not PARAMETERS["calendar"].fits("x.calendar.2028", f"{days},12-25")


def test_the_narrowest_family_is_found() -> None:
    wide, narrow, one = (Parameter(name, "integer", 1, "") for name in ("x.*", "x.a.*", "x.a.b"))
    declared = index_parameters((wide, narrow, one))
    found = {name: find_declared(declared, name) for name in ("x.a.b", "x.a.c", "x.a.c.d", "x.b", "x", "x.a", "y.a", "")}
    assert found == {"x.a.b": one, "x.a.c": narrow, "x.a.c.d": narrow, "x.b": wide, "x": None, "x.a": wide, "y.a": None, "": None}


def test_a_profile_has_its_own_default() -> None:
    assert [LIMIT.default_in(each) for each in ("generic", "indonesia", "elsewhere")] == ["100", "200", "100"]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_every_declaration_fits_itself(contract: Contract) -> None:
    """Each default, of every profile, is a value that a vote could set; names are the contract's own, each declared once."""
    registry = {each.name: each for each in CONTRACTS}
    names = [each.name for each in contract.parameters]
    assert len(set(names)) == len(names)
    for each in contract.parameters:
        name = each.name.replace("*", "2028")
        assert find_parameter(registry, name) == each
        assert each.name.startswith(f"{contract.name}.") or each.name in REQUIRED_PARAMETERS
        assert each.clause
        for value in (each.default, *(value for value, _ in each.profiles.values())):
            assert each.fits(name, value)
