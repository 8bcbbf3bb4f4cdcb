"""The gate against personal data: what no client signs and no node's door lets in (DESIGN: Text).

Owns the patterns, which are data: a row names what it looks for. It judges strings of a payload, not documents:
those are redacted where they are made.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from string import ascii_letters, digits
from urllib.parse import unquote

from prasasti.core.encoding import encode_canonical

# A NIK: six digits of region, a birth date DDMMYY (women: day + 40), a serial that is not 0000; in one, or in fours, or 6-6-4.
# No region begins with 20: what does is a point in time, and part of many an id.
_DAY, _MONTH = "(?:0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])", "(?:0[1-9]|1[0-2])"
_SERIAL = "(?!0000)[0-9]{4}"
_NIK = (
    rf"(?<![0-9A-Za-z])(?!20)[1-9][0-9]{{3}}(?:[0-9]{{2}}{_DAY}{_MONTH}[0-9]{{2}}{_SERIAL}"
    rf"|([ .-])[0-9]{{2}}{_DAY}\1{_MONTH}[0-9]{{2}}\1{_SERIAL}|[0-9]{{2}}([ .-]){_DAY}{_MONTH}[0-9]{{2}}\2{_SERIAL})(?![0-9A-Za-z])"
)
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"
# A firm's number (NIB) begins with its day, DDMMYY, and has 13 digits: of 8 October to 8 December it would pass for a number to call.
_PHONE = (
    r"(?<![0-9A-Za-z])(?!081[0-2][0-9]{9}(?![0-9]))(?:\+62|62|0)8[1-9][0-9]{7,10}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(?:\+62[ .-]?|62|0)8[1-9][0-9][ .-][0-9]{3,4}[ .-][0-9]{3,5}(?![0-9A-Za-z])"
)

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a national identity number (NIK)", re.compile(_NIK)),
    ("an e-mail address", re.compile(_EMAIL)),
    ("a mobile phone number", re.compile(_PHONE)),
)

# Fields that hold money or a quantity, as messages name them: in digits, and nothing else, they are no number of a person's.
COUNTED_FIELDS = frozenset({"amount", "change", "damages", "estimate", "gross", "price", "quantity", "recovery", "retention", "unit_price"})
_counted = re.compile(r"-?[0-9]{1,19}")

# Whatever a pattern fits holds one of these, as it stands or decoded; the patterns themselves are tried only then.
_hint = re.compile("@|[0-9]{9}|[0-9]{3}[ .-][0-9]{3,6}[ .-][0-9]{3}|[%&]")
LONGEST_NUMBER = 16


def may_hold_personal_data(value: object) -> bool:
    """Whether it is worth looking; False is certain. Hashes and keys, letters and digits throughout, are passed over."""
    if isinstance(value, str):
        if not value.isascii():
            return True
        return not (len(value) > LONGEST_NUMBER and value.isalnum()) and _hint.search(value) is not None
    if isinstance(value, dict):
        return any(map(may_hold_personal_data, value)) or any(map(may_hold_personal_data, value.values()))
    return isinstance(value, list) and any(map(may_hold_personal_data, value))


# For a look at JSON text as a whole: digits become 0, letters x, what may hide something @, all else a bound.
_classes = {**dict.fromkeys(digits, "0"), **dict.fromkeys(ascii_letters, "x"), **dict.fromkeys("@%&\\", "@")}
_alike = bytes(ord(_classes.get(chr(byte), "-" if byte < 128 else "@")) for byte in range(256))
_suspects = (b"@", b"-000000000", b"000-000-000", b"000-0000-000", b"000-000000-000")


def is_surely_free(arguments: Mapping[str, object]) -> bool:
    """Whether a payload's arguments hold no personal data, by one look at their canonical JSON; False decides nothing.

    Whatever a pattern fits is nine digits or more after a bound, or groups of digits, or holds what is looked at closely.
    Numbers beside the strings, such as times, are left out.
    """
    text = encode_canonical({name: 0 if type(each) is int else each for name, each in arguments.items()}).translate(_alike)
    return not any(suspect in text for suspect in _suspects)


def find_personal_data(value: object, path: str = "arguments") -> Iterator[tuple[str, str]]:
    """Pairs of path and what was found there. The datum itself is not repeated: the answer would carry it on."""
    if not may_hold_personal_data(value):
        return
    if isinstance(value, str):
        forms = (value,) if value.isascii() and "%" not in value and "&" not in value else (value, _decode(value))
        for name, pattern in PATTERNS:
            if any(pattern.search(form) for form in forms):
                yield path, name
    elif isinstance(value, dict):
        for index, (key, each) in enumerate(value.items()):
            if key in COUNTED_FIELDS and isinstance(each, str) and _counted.fullmatch(each):
                continue
            is_plain = not list(find_personal_data(key))
            if not is_plain:
                yield from find_personal_data(key, f"the name of field {index + 1} in {path}")
            yield from find_personal_data(each, f"{path}.{key}" if is_plain else f"field {index + 1} in {path}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from find_personal_data(each, f"{path}[{index}]")


def _decode(text: str) -> str:
    """The text as people read it: links and entities decoded, digits of any script as ASCII, nothing that has no width."""
    plain = unicodedata.normalize("NFKC", html.unescape(unquote(text)))
    if plain.isascii():
        return plain
    shown = (character for character in plain if unicodedata.category(character) != "Cf")
    return "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in shown)
