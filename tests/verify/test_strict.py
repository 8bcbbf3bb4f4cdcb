"""Strict JSON, base64 and shapes: what two readers could read differently is refused."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti_verify.strict import Wrong, check_shape, decode_base64, decode_json, encode_json

SAFE = 2**53 - 1
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcXYZ_9", max_size=5), inner, max_size=4),
    max_leaves=20,
)

REFUSED = {
    "duplicate key": b'{"a":1,"a":1}',
    "duplicate key inside": b'[{"a":{"b":1,"b":2}}]',
    "duplicate key by escape": b'{"a":1,"\\u0061":1}',
    "float": b"1.0",
    "exponent": b"1e3",
    "not a number": b"NaN",
    "infinity": b"-Infinity",
    "2^53": b"9007199254740992",
    "-2^53": b"-9007199254740992",
    "2^64": b"18446744073709551616",
    "very long": b"9" * 5000,
    "lone surrogate": b'"\\ud800"',
    "lone low surrogate": b'{"\\udc00":1}',
    "surrogate in UTF-8": b'"\xed\xa0\x80"',
    "not UTF-8": b'"\xff"',
    "UTF-16": "[]".encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf[]",
    "depth 33": b"[" * 33 + b"]" * 33,
    "depth 33 of objects": b'{"a":' * 33 + b"1" + b"}" * 33,
    "depth 10^5": b"[" * 10**5,
    "depth 10^5 closed": b"[" * 10**5 + b"]" * 10**5,
    "nothing": b"",
    "two values": b"[][]",
    "trailing comma": b"[1,]",
    "control character": b'"\n"',
    "single quotes": b"{'a':1}",
    "open string": b'["' + b"[" * 40,
}


@pytest.mark.parametrize("canonical", [True, False])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_json_of_the_ledger(name: str, canonical: bool) -> None:
    with pytest.raises(Wrong):
        decode_json(REFUSED[name], "file", canonical=canonical)


NOT_CANONICAL = [b" []", b"[] ", b'{"b":1,"a":2}', b'"\\u00e9"', b'"\\/"', b'{"a": 1}', b"-0", b'"\\u001F"', b'"\\u0008"']


@pytest.mark.parametrize("data", NOT_CANONICAL)
def test_other_spellings_are_read_only_where_allowed(data: bytes) -> None:
    assert decode_json(data, "file", canonical=False) == json.loads(data)
    with pytest.raises(Wrong, match="is not in canonical form"):
        decode_json(data, "file")


@pytest.mark.parametrize(
    "data", [b"[" * 32 + b"]" * 32, b'["' + b"[" * 40 + b'"]', b'["\\"' + b"{" * 40 + b'"]', b"9007199254740991", b'"\\u0000"']
)
def test_what_is_just_within_bounds(data: bytes) -> None:
    assert decode_json(data, "file") == json.loads(data)


@given(VALUES)
def test_canonical_bytes_come_back(value: Any) -> None:
    assert decode_json(encode_json(value), "file") == value
    assert decode_json(json.dumps(value, indent=2).encode(), "file", canonical=False) == value


@given(st.binary(max_size=80) | st.text('[]{}",:\\u0d8e1- ', max_size=60).map(str.encode))
def test_any_bytes_are_decoded_or_wrong(data: bytes) -> None:
    for canonical in (True, False):
        try:
            value = decode_json(data, "file", canonical=canonical)
        except Wrong:
            continue
        assert value == json.loads(data)
        assert not canonical or encode_json(value) == data


@given(st.binary(max_size=60))
def test_base64_comes_back(data: bytes) -> None:
    assert decode_base64(b64encode(data).decode(), "file") == data


@pytest.mark.parametrize("text", ["QR==", "QQ", "QQ=", "QQ===", "QQ==\n", " QQ==", "Q-==", "Q", "=", "QQ==QQ==", "QÉ=="])
def test_loose_base64_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        decode_base64(text, "file")


@pytest.mark.parametrize(
    ("shape", "fits", "fails"),
    [
        (int, [0, 7], [-1, True, "1", None, 1.0]),
        (bool, [True, False], [0, 1, None]),
        (str, ["", "x"], [1, None]),
        (dict, [{}, {"a": 1}], [[], None]),
        (object, [None, 1, -1, [], {}], []),
        ("block", ["block"], ["Block", "", None, 1]),
        (re.compile("[0-9a-f]{4}"), ["00ff"], ["00f", "00ff0", "00FF", "00ff\n", None, 1]),
        ([int], [[], [1, 2]], [[1, "2"], {}, None, "12"]),
        ({"a": int, "b": [str]}, [{"a": 1, "b": ["x"]}], [{"a": 1}, {"a": 1, "b": [], "c": 1}, {"a": 1, "b": [1]}, [], None]),
    ],
)
def test_shapes(shape: Any, fits: list[Any], fails: list[Any]) -> None:
    for value in fits:
        assert check_shape(value, shape, "file") is value
    for value in fails:
        with pytest.raises(Wrong):
            check_shape(value, shape, "file")
