"""Bytes to values, strictly: base64, JSON, shapes; and the two ways in which a check ends early. Knows no format of the ledger."""

import json
import re
from base64 import b64decode, b64encode
from itertools import accumulate, pairwise
from typing import Any

MAX_INTEGER = 2**53 - 1
HASH = KEY = re.compile("[0-9a-f]{64}")
IDENTIFIER = re.compile("[A-Za-z0-9._:-]{1,128}")


class Wrong(Exception):
    """What was to be checked is wrong: ``place`` says where (a file, an entry's position), ``what`` in what way."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")
        self.place, self.what = place, what

    # It crosses from one process to another whole.
    def __reduce__(self) -> tuple[type["Wrong"], tuple[str, str]]:
        return Wrong, (self.place, self.what)


class CannotDo(Exception):
    """No verdict is possible: unreadable input, an effect that this verifier does not know, no network."""


# Raise Wrong unless the condition holds.
def require(condition: object, place: str, what: str) -> None:
    if not condition:
        raise Wrong(place, what)


# Raise Wrong unless the values ascend, each once.
def require_sorted(values: list[Any], place: str, what: str) -> None:
    require(all(left < right for left, right in pairwise(values)), place, f"{what} are not sorted, each once")


# The value, if it has the shape; ``name`` is what to call it. A shape is an object's exact fields, [shape of each element], a pattern or
# constant of a string, or a type (``object``: any; an ``int`` is not negative, and True is none).
def check_shape(value: Any, shape: Any, place: str, name: str = "it") -> Any:
    kind, is_fit = type(shape), type(value) is type(shape)
    if kind is dict:
        is_fit = is_fit and value.keys() == shape.keys()
    elif kind is type:
        is_fit = shape is object or (type(value) is shape and (shape is not int or value >= 0))
    elif kind is not list:
        is_fit = value == shape if kind is str else type(value) is str and shape.fullmatch(value)
    if not is_fit:
        fault = f"has not exactly the fields {', '.join(shape)}" if kind is dict else f"is not as it must be: {str(value)[:60]!r}"
        raise Wrong(place, f"{name} {fault}")
    for field, inner in shape.items() if kind is dict else ():
        check_shape(value[field], inner, place, field)
    for element in value if kind is list else ():
        check_shape(element, shape[0], place, name)
    return value


# Bytes of standard base64 with padding that re-encode to the same text (RFC 4648, 3.5).
def decode_base64(text: str, place: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        data = b""
    require(b64encode(data).decode() == text, place, "holds what is not standard base64 with padding")
    return data


# Value of JSON without duplicate keys, floats, integers beyond ±(2^53−1), lone surrogates, depth above 32; canonical: RFC 8785.
def decode_json(data: bytes, place: str, *, canonical: bool = True) -> Any:
    try:
        text = data.decode()
        if text.count("{") + text.count("[") > 32:
            outside_strings = re.sub(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', "", text)
            depth = max(accumulate((sign in "{[") - (sign in "}]") for sign in outside_strings), default=0)
            require(depth <= 32, place, "is nested deeper than 32")
        value = _decoder.decode(text)
        is_canonical = encode_json(value) == data
    except ValueError as problem:
        raise Wrong(place, f"is no JSON as the ledger holds it: {problem}") from None
    require(is_canonical or not canonical, place, "is not in canonical form (RFC 8785)")
    return value


# RFC 8785 bytes of a value whose field names are ASCII and whose numbers are integers.
def encode_json(value: object) -> bytes:
    return _encoder.encode(value).encode()


def _integer(token: str) -> int:
    if len(token) > 17 or not token.removeprefix("-").isdecimal() or abs(int(token)) > MAX_INTEGER:
        raise ValueError(f"the number {token[:40]} is no integer within ±(2^53-1)")
    return int(token)


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(built := dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return built


_decoder = json.JSONDecoder(object_pairs_hook=_build_object, parse_int=_integer, parse_float=_integer, parse_constant=_integer)
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
