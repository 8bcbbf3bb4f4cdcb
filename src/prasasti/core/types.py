"""Bounded value types that messages and records are made of, and checked arithmetic on money.

Owns the shapes that every contract shares. Text is opaque UTF-8: no normalisation, no character classes beyond ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, TypeVar

from msgspec import Meta, Struct, convert

Value = TypeVar("Value")

MAX_SAFE_INTEGER = 2**53 - 1
MAX_AMOUNT_MINOR = 2**63 - 1

# ``\Z`` and not ``$``: the latter also matches before a final newline.
Identifier = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._:-]{1,128}\Z")]
Code = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._:-]{1,64}\Z")]
Role = Annotated[str, Meta(pattern=r"\A[a-z_]{1,32}\.[a-z_]{1,32}\Z")]
ActionName = Annotated[str, Meta(pattern=r"\A[a-z_]{1,32}\.[a-z_]{1,64}\Z")]
HexKey = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
HexHash = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
HexNonce = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Instant = Annotated[int, Meta(ge=0, le=MAX_SAFE_INTEGER)]
Count = Annotated[int, Meta(ge=0, le=MAX_SAFE_INTEGER)]
MediaType = Annotated[str, Meta(pattern=r"\A[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}\Z")]


def _make_decimal_pattern(largest: int) -> str:
    """Regular expression of ``0`` and the decimal numbers without leading zero up to ``largest``, a long one beginning above 1."""
    digits = str(largest)
    as_long = ""
    for position in range(len(digits) - 1, -1, -1):
        digit, rest = digits[position], len(digits) - 1 - position
        lowest = 1 if position == 0 else 0
        below = f"[{lowest}-{int(digit) - 1}][0-9]{{{rest}}}|" if int(digit) > lowest else ""
        as_long = f"(?:{below}{digit}{as_long})"
    return f"0|[1-9][0-9]{{0,{len(digits) - 2}}}|{as_long}"


# Money in JSON (DESIGN: Money). The exact bound stands in the type, so that no contract meets an amount that cannot be counted;
# whoever reads the schema is spared its spelling.
_AMOUNT = _make_decimal_pattern(MAX_AMOUNT_MINOR)
Amount = Annotated[str, Meta(pattern=rf"\A(?:{_AMOUNT})\Z", extra_json_schema={"pattern": r"\A(0|[1-9][0-9]{0,18})\Z"})]
SignedAmount = Annotated[str, Meta(pattern=rf"\A(?:-(?!0)|)(?:{_AMOUNT})\Z", extra_json_schema={"pattern": r"\A(0|-?[1-9][0-9]{0,18})\Z"})]
# ISO 4217 by form; a contract's parameters may say which.
Currency = Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")]


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a document by its hash; the bytes lie in the document store. ``size`` is in bytes."""

    media_type: MediaType
    sha256: HexHash
    size: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]


class Event(Struct, frozen=True, tag_field="event", forbid_unknown_fields=True):
    """What an accepted transaction or a deadline made happen; subclasses stand in each contract's ``events.py``."""


class Bug(Exception):
    """The program contradicts itself. Never a refusal: whoever meets it halts, with nothing half-done."""


def require(value: Value | None, what: str) -> Value:
    """The value, which must be there; Bug says what is missing. (An ``assert`` would vanish under ``python -O``.)"""
    if value is None:
        raise Bug(f"{what} is missing")
    return value


def ensure(holds: bool, what: str) -> None:
    """Halt with a Bug where what must hold does not."""
    if not holds:
        raise Bug(what)


class MoneyOverflow(ArithmeticError):
    """A sum of money left the range 0 … 2^63−1 minor units."""


def parse_amount(text: str) -> int:
    """Minor units of a decimal string: ``0`` or digits without leading zero, at most 2^63−1; ValueError otherwise."""
    plain = text == "0" or (1 <= len(text) <= 19 and text[0] in "123456789" and all(character in "0123456789" for character in text))
    amount_minor = int(text) if plain else -1
    if not 0 <= amount_minor <= MAX_AMOUNT_MINOR:
        raise ValueError("an amount is a string of decimal digits without leading zero, at most 2^63-1 minor units")
    return amount_minor


def parse_signed_amount(text: str) -> int:
    """Minor units of a change: as ``parse_amount``, and with a minus before it less than 0; ValueError otherwise, for ``-0`` too."""
    if not text.startswith("-"):
        return parse_amount(text)
    if text == "-0":
        raise ValueError("nothing has no sign")
    return -parse_amount(text[1:])


def format_amount(amount_minor: int) -> str:
    """Decimal string of 0 … 2^63−1 minor units; Bug outside, since who counts beyond it should have refused before."""
    ensure(0 <= amount_minor <= MAX_AMOUNT_MINOR, "an amount within its range")
    return str(amount_minor)


def format_signed_amount(amount_minor: int) -> str:
    """Decimal string of −(2^63−1) … 2^63−1 minor units; Bug outside."""
    return f"-{format_amount(-amount_minor)}" if amount_minor < 0 else format_amount(amount_minor)


def sum_amounts(*amounts_minor: int) -> int:
    """Checked sum of amounts in minor units; raises MoneyOverflow outside 0 … 2^63−1."""
    total_minor = 0
    for amount_minor in amounts_minor:
        total_minor += amount_minor
        if not 0 <= total_minor <= MAX_AMOUNT_MINOR:
            raise MoneyOverflow("the sum leaves the range of an amount")
    return total_minor


def is_within_bytes(text: str, limit_bytes: int) -> bool:
    """Whether a text takes 1 … limit bytes in UTF-8."""
    return 0 < len(text) <= limit_bytes and len(text.encode()) <= limit_bytes


def is_ascending(texts: Sequence[str]) -> bool:
    """Whether texts are sorted bytewise (UTF-8), each once."""
    return all(earlier.encode() < later.encode() for earlier, later in pairwise(texts))


def find_documents(value: object) -> Iterator[Document]:
    """Documents named anywhere in decoded arguments or events: objects with exactly their three fields (formats: Log entries)."""
    if isinstance(value, dict) and value.keys() == {"media_type", "sha256", "size"}:
        yield convert(value, Document)
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, (dict, list)):
                yield from find_documents(each)
