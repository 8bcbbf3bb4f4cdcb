"""JSON as the ledger hashes it (RFC 8785 without floats) and as it accepts it (strict), and strict base64.

Owns the own checks that no JSON library makes together: duplicate keys, floats, integers outside ±(2^53−1), lone
surrogates, depth. Knows no message.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64, b2a_base64
from typing import Any, TypeVar

import msgspec

from prasasti.core.types import MAX_SAFE_INTEGER

MAX_DEPTH = 32

Value = TypeVar("Value")

_encoder = msgspec.json.Encoder(order="sorted")
# A string that never ends runs to the end: the pattern cannot fail once it began, so that its time is linear.
_strings = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_brackets = re.compile(rb"[\[\]{}]")
# For looking at numbers without parsing: every digit becomes 0, what may stand before a number becomes a colon.
_numbers_alike = bytes.maketrans(b"123456789,[", b"000000000::")


class EncodingProblem(ValueError):
    """Bytes that are not the strict JSON or base64 the ledger takes; the message says what and where."""


def encode_canonical(value: object) -> bytes:
    """RFC 8785 bytes of a value of objects with ASCII field names, lists, strings, integers, booleans and null."""
    return _encoder.encode(value)


def decode_strict(data: bytes) -> Any:
    """Value of strict JSON: no duplicate key, float, integer beyond ±(2^53−1), lone surrogate, nor depth beyond 32."""
    value = decode_canonical(data, _plain_decoder) if is_bounded(data) else None
    return value if value is not None else _decode_carefully(data)


def make_decoder(kind: type[Value]) -> msgspec.json.Decoder[Value]:
    """A decoder for ``decode_canonical``."""
    return msgspec.json.Decoder(kind, float_hook=_refuse_float_fast)


def decode_canonical(data: bytes, decoder: msgspec.json.Decoder[Value]) -> Value | None:
    """Value of canonical JSON, which our own clients write; None where only ``decode_strict`` can say what the bytes are.

    Bytes that re-encode to themselves hold no duplicate key, white space nor lone surrogate: one library pass each way.
    """
    try:
        value = decoder.decode(data)
        return value if _encoder.encode(value) == data else None
    except (msgspec.DecodeError, UnicodeError):
        return None


def is_bounded(data: bytes) -> bool:
    """Whether canonical JSON surely holds no integer beyond ±(2^53−1) and no depth beyond 32, by a look without parsing.

    A number of 16 digits is the shortest that can exceed 2^53−1. Without white space it follows a colon, comma or
    bracket. Only a type that takes any value needs this: others bound integers and depth themselves.
    """
    alike = (b":" + data).translate(_numbers_alike)
    return b":0000000000000000" not in alike and b":-0000000000000000" not in alike and not _is_deep(data)


def decode_base64(text: str) -> bytes:
    """Bytes of standard base64 with padding; refused unless they re-encode to the same text (RFC 4648, 3.5)."""
    try:
        data = a2b_base64(text)
    except ValueError as problem:
        raise EncodingProblem("not standard base64 with padding") from problem
    # The decoder skips what is no base64, and takes loose bits.
    if encode_base64(data) != text:
        raise EncodingProblem("not standard base64 with padding, or loose bits in it")
    return data


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return b2a_base64(data, newline=False).decode("ascii")


def _refuse_float(token: str) -> Any:
    raise EncodingProblem(f"a number that is no plain integer: {token[:40]}")


def _refuse_float_fast(token: str) -> Any:
    raise msgspec.DecodeError("float")


_plain_decoder: msgspec.json.Decoder[Any] = make_decoder(Any)


def _parse_integer(token: str) -> int:
    if len(token) > 17 or abs(int(token)) > MAX_SAFE_INTEGER:
        raise EncodingProblem(f"an integer outside ±(2^53-1): {token[:40]}")
    return int(token)


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        seen: dict[str, None] = {}
        for name, _ in pairs:
            if name in seen:
                raise EncodingProblem(f"the key {name[:80]!r} stands twice in one object")
            seen[name] = None
    return built


_careful_decoder = json.JSONDecoder(
    object_pairs_hook=_build_object, parse_float=_refuse_float, parse_int=_parse_integer, parse_constant=_refuse_float
)


def _decode_carefully(data: bytes) -> Any:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise EncodingProblem(f"not UTF-8 at byte {problem.start}") from problem
    if _is_deep(data):
        raise EncodingProblem(f"nested deeper than {MAX_DEPTH}")
    try:
        value = _careful_decoder.decode(text)
    except json.JSONDecodeError as problem:
        raise EncodingProblem(f"not JSON at character {problem.pos}: {problem.msg}") from problem
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise EncodingProblem("a lone surrogate in a string") from problem
    return value


def _is_deep(data: bytes) -> bool:
    """Whether nesting goes beyond MAX_DEPTH, asked before any recursive parser sees it; brackets inside strings do not count."""
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return False
    depth = 0
    for bracket in _brackets.findall(_strings.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False
