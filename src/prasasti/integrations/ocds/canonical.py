"""JSON whose numbers stay as their source wrote them.

Owns: `Number` (a number's token), the strict parser of one JSON text, the encoder that writes an attested document: RFC 8785
string escapes (3.2.2.2) and key order (3.2.3), number tokens copied. Does not own: finding values in a file (`reading`), OCDS.

RFC 8785 rewrites numbers as ECMAScript doubles; attested documents deliberately do not, since an amount of money must not pass
through a double.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

import msgspec

MAX_DEPTH: Final = 64
"""Nested objects and lists in one value. The deepest path of OCDS 1.1.5 with its extensions has 12."""

MAX_NUMBER_LENGTH: Final = 64
MAX_EXPONENT: Final = 308
"""Bounds of a number token: within them every sum is exact in a few thousand digits, and a double can hold the magnitude."""

_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)$")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BRACKETS_AND_STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)


class Number:
    """A JSON number as its source wrote it. Two are equal when their values are, whatever the notation (1.0 = 1)."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def value(self) -> Decimal:
        return Decimal(self.text)

    @property
    def is_integer(self) -> bool:
        """Whether the token is an integer in the sense of JSON Schema draft 4: without fraction and exponent."""
        return not any(character in self.text for character in ".eE")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Number({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


class JsonFault(msgspec.Struct, frozen=True):
    """Why a text is not a document. `fault` is a key of `problems.PROBLEMS`, `offset` counts characters of the text."""

    fault: str
    detail: str = ""
    path: str = ""
    offset: int = 0


class _Duplicate(dict[str, Any]):
    """An object that named a key twice; parsing replaces it by a fault with its path."""

    key: str = ""


class _NotJson(Exception):
    """Raised inside json's callbacks only, and caught in `parse_json`."""


def parse_json(text: str) -> Any | JsonFault:
    """The value of one JSON text (objects as dict, lists as list, numbers as `Number`), or the first fault found in it.

    Refused beyond RFC 8259: duplicate keys, lone surrogates, numbers outside the bounds above, more than `MAX_DEPTH` levels.
    """
    if is_too_deep(text):
        return JsonFault("too_deep", detail=str(MAX_DEPTH))
    seen_faults: list[str] = []
    decoder = json.JSONDecoder(
        object_pairs_hook=_object_hook(seen_faults),
        parse_int=_number_hook(seen_faults),
        parse_float=_number_hook(seen_faults),
        parse_constant=_refuse_constant,
    )
    try:
        value = decoder.decode(text)
    except json.JSONDecodeError as error:
        return JsonFault("not_json", detail=error.msg, offset=error.pos)
    except _NotJson as error:
        return JsonFault("not_json", detail=str(error))
    if seen_faults or "\\ud" in text or "\\uD" in text or _LONE_SURROGATE.search(text):
        return _first_fault(value, "") or value
    return value


def is_too_deep(text: str) -> bool:
    """Whether brackets nest beyond `MAX_DEPTH`; asked before json, whose recursion has no bound of its own."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for match in _BRACKETS_AND_STRINGS.finditer(text):
        first = text[match.start()]
        if first in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif first in "]}":
            depth -= 1
    return False


def _object_hook(seen_faults: list[str]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) == len(pairs):
            return built
        seen_faults.append("duplicate_key")
        duplicate = _Duplicate(built)
        duplicate.key = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return duplicate

    return build


def _number_hook(seen_faults: list[str]) -> Callable[[str], Number]:
    def build(token: str) -> Number:
        if not is_bounded_number(token):
            seen_faults.append("number_out_of_range")
        return Number(token)

    return build


def is_bounded_number(token: str) -> bool:
    if len(token) > MAX_NUMBER_LENGTH:
        return False
    exponent = _EXPONENT.search(token) if len(token) > 2 else None
    return exponent is None or abs(int(exponent[1])) <= MAX_EXPONENT


def _refuse_constant(name: str) -> Any:
    raise _NotJson(f"{name} is not a JSON value")


def _first_fault(value: Any, path: str) -> JsonFault | None:
    if isinstance(value, str):
        return JsonFault("lone_surrogate", path=path) if _LONE_SURROGATE.search(value) else None
    if isinstance(value, Number):
        return None if is_bounded_number(value.text) else JsonFault("number_out_of_range", detail=value.text[:40], path=path)
    if isinstance(value, _Duplicate):
        return JsonFault("duplicate_key", detail=value.key.encode("utf-8", "backslashreplace").decode(), path=path)
    if isinstance(value, list):
        return next(filter(None, (_first_fault(item, f"{path}[{index}]") for index, item in enumerate(value))), None)
    if isinstance(value, dict):
        for key, item in value.items():
            if _LONE_SURROGATE.search(key):
                return JsonFault("lone_surrogate", path=path)
            fault = _first_fault(item, join_path(path, key))
            if fault is not None:
                return fault
    return None


def join_path(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def encode_json(value: Any) -> bytes:
    """The bytes of a value as an attested document: RFC 8785 strings and key order, number tokens as they are.

    Takes dict, list, str, bool, None, `Number` and int (never float); anything else is a bug and raises TypeError.
    """
    pieces: list[str] = []
    _write(value, pieces.append)
    return "".join(pieces).encode("utf-8")


def encode_checked(value: Any) -> bytes:
    """`encode_json` of what `checking.validate_release` found nothing wrong with, several times faster: it may hold no float."""
    data = _encoder.encode(value)
    # From U+E000 on, the order of UTF-16 code units may be another than that of characters, by which this encoder sorts keys.
    return data if _HIGH_CHARACTERS.search(data) is None else encode_json(value)


_HIGH_CHARACTERS: Final = re.compile(b"[\xee-\xf4]")


def _encode_token(value: Any) -> msgspec.Raw:
    if isinstance(value, Number):
        return msgspec.Raw(value.text.encode())
    raise TypeError(f"{type(value).__name__} has no place in an attested document")


_encoder: Final = msgspec.json.Encoder(order="sorted", enc_hook=_encode_token)


def _write(value: Any, write: Callable[[str], None]) -> None:
    if isinstance(value, str):
        write(encode_basestring(value))
    elif isinstance(value, Number):
        write(value.text)
    elif isinstance(value, dict):
        separator = "{"
        for key in _sorted_keys(value):
            write(f"{separator}{encode_basestring(key)}:")
            _write(value[key], write)
            separator = ","
        write("{}" if separator == "{" else "}")
    elif isinstance(value, list):
        separator = "["
        for item in value:
            write(separator)
            _write(item, write)
            separator = ","
        write("[]" if separator == "[" else "]")
    elif value is None:
        write("null")
    elif isinstance(value, bool):
        write("true" if value else "false")
    elif isinstance(value, int):
        write(str(value))
    else:
        raise TypeError(f"{type(value).__name__} has no place in an attested document")


def _sorted_keys(value: dict[str, Any]) -> list[str]:
    """RFC 8785, 3.2.3: by UTF-16 code units, in which a supplementary character comes before U+E000 … U+FFFF."""
    keys = list(value)
    if all(map(str.isascii, keys)):
        keys.sort()
    else:
        keys.sort(key=lambda key: key.encode("utf-16-be"))
    return keys
