"""Strict JSON and base64: what is taken, what is refused, and that no two ways of reading disagree."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prasasti.core.encoding import (
    MAX_DEPTH,
    EncodingProblem,
    _decode_carefully,
    decode_base64,
    decode_strict,
    encode_base64,
    encode_canonical,
)
from prasasti_verify.strict import Wrong, decode_json
from tests.core import reference

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=6)
CLEAN_TEXT = st.text(max_size=6)
# The JSON serialisers disagree about names beyond ASCII: RFC 8785 sorts UTF-16, and no record has one.
ASCII_NAME = st.text(st.characters(max_codepoint=127), max_size=4)
SAFE_INTEGER = st.integers(-(2**53) + 1, 2**53 - 1)


def values(scalars: st.SearchStrategy[Any], names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12)


ANY_VALUE = values(st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | ANY_TEXT, ANY_TEXT)
CLEAN_VALUE = values(st.none() | st.booleans() | SAFE_INTEGER | CLEAN_TEXT, ASCII_NAME)
PIECES = st.sampled_from(
    [
        *(b"", b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b" ", b"\n", b"0", b"-", b"1", b".", b"e", b"E3"),
        *(b"\\u0000", b"\\ud800", b"\\ud834\\udd1e", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x00", b"\x1f", b"\x7f"),
        *(b"null", b"true", b"NaN", b"9007199254740991", b"9007199254740992", b'"a":1,', b'"\\u0061":1,', b"[" * 33),
    ]
)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """JSON of many writers: canonical, spaced, escaped or not, then perhaps cut and spoiled at a few places."""
    value = draw(ANY_VALUE)
    way = draw(st.sampled_from(["canonical", "plain", "escaped", "spaced", "bytes"]))
    if way == "canonical":
        data = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")
    elif way == "bytes":
        data = draw(st.binary(max_size=20))
    else:
        text = json.dumps(value, ensure_ascii=way == "escaped", indent=1 if way == "spaced" else None)
        data = text.encode("utf-8", "surrogatepass")
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(data)))
        data = data[:start] + draw(PIECES) + data[start + draw(st.integers(0, 2)) :]
    return data


def read(function: Any, data: bytes) -> str:
    """The value with its types, or that it is refused; any other exception fails the test."""
    try:
        return repr(function(data))
    except (EncodingProblem, Wrong):
        return "refused"


@given(texts())
@settings(max_examples=600)
@example(b'{"a":1,"a":1}')
@example(b'{"a":1,"\\u0061":1}')
@example(b'{"b":1,"a":2}')
@example(b"-0")
@example(b"[1e3]")
@example(b"1.0")
@example(b'"\\ud834\\udd1e"')
@example(b'"\xf0\x9d\x84\x9e"')
@example(b'"\\ud834"')
@example(b'"\xed\xa0\xb4"')
@example(b"\xef\xbb\xbf1")
@example(b"01")
@example(b'"\x7f"')
@example(b"9007199254740993")
@example(b"-9007199254740992")
@example(b"[9007199254740993]")
@example(b"[1,-9007199254740993]")
@example(b'{"a":9007199254740993}')
@example(b'{"a":"9007199254740993"}')
@example(b'{"a":":9007199254740993"}')
@example(b"123456789012345678901")
@example(b"[" * 33 + b"]" * 33)
@example(b"[" * 32 + b"]" * 32)
@example(b'"' + b"[" * 40)
@example(b'\\"' + b"[" * 40)
@example(b"]" * 40 + b"[" * 40)
def test_fast_and_careful_reading_agree(data: bytes) -> None:
    """Canonical bytes take one library's pass; that it judges as the long way does, and as the verifier, is shown here."""
    found = read(decode_strict, data)
    assert found == read(_decode_carefully, data)
    assert found == read(lambda data: decode_json(data, "here", canonical=False), data)


@given(CLEAN_VALUE)
@settings(max_examples=300)
def test_the_encoder_is_rfc_8785(value: Any) -> None:
    """Against a serialiser written from the RFC; and what it writes is read back, by the fast way and by the verifier."""
    data = encode_canonical(value)
    assert data == reference.encode_json(value)
    assert read(decode_strict, data) == repr(json.loads(data))
    assert decode_strict(data) == value
    assert decode_json(data, "here") == value


def test_every_control_character_is_escaped_as_the_rfc_says() -> None:
    text = "".join(map(chr, range(0x21))) + '"\\/\x7f\x80\u2028\ufeff\U0001e4ee\U0001e4ec\U0010ffff'
    assert encode_canonical({"": text}) == reference.encode_json({"": text})
    assert decode_strict(encode_canonical(text)) == text


NOT_TAKEN = {
    "no bytes": (b"", "not JSON"),
    "white space alone": (b" \n", "not JSON"),
    "trailing bytes": (b"{}x", "not JSON"),
    "two values": (b"{}{}", "not JSON"),
    "a final NUL": (b"{}\x00", "not JSON"),
    "trailing comma": (b'{"a":1,}', "not JSON"),
    "comment": (b"{}//", "not JSON"),
    "single quotes": (b"{'a':1}", "not JSON"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "not JSON"),
    "UTF-16": ('{"a":1}'.encode("utf-16"), "not UTF-8"),
    "Latin-1": ('{"a":"é"}'.encode("latin-1"), "not UTF-8"),
    "an overlong NUL": (b'"\xc0\x80"', "not UTF-8"),
    "beyond Unicode": (b'"\xf4\x90\x80\x80"', "not UTF-8"),
    "a surrogate in UTF-8": (b'"\xed\xa0\x80"', "not UTF-8"),
    "a lone high surrogate": (b'"\\ud834"', "lone surrogate"),
    "a lone low surrogate": (b'"\\udd1e"', "lone surrogate"),
    "surrogates the wrong way round": (b'"\\udd1e\\ud834"', "lone surrogate"),
    "a lone surrogate in a name": (b'{"\\ud834":1}', "lone surrogate"),
    "a raw control character": (b'"\x1f"', "not JSON"),
    "a raw newline": (b'"\n"', "not JSON"),
    "an unknown escape": (b'"\\x41"', "not JSON"),
    "a duplicate key": (b'{"a":1,"a":2}', "stands twice"),
    "a duplicate key, escaped": (b'{"a":1,"\\u0061":2}', "stands twice"),
    "a duplicate key, empty": (b'{"":1,"":1}', "stands twice"),
    "a duplicate key, deep": (b'{"a":[{"b":{"c":[0,{"d":1,"d":1}]}}]}', "stands twice"),
    "a duplicate key beyond the first": (b'[{"a":1},{"b":1,"c":2,"b":3}]', "stands twice"),
    "2^53": (b"9007199254740992", "integer outside"),
    "-2^53": (b"-9007199254740992", "integer outside"),
    "2^64": (b"18446744073709551616", "integer outside"),
    "-2^63": (b"-9223372036854775808", "integer outside"),
    "2^53 in a list": (b"[9007199254740992]", "integer outside"),
    "2^53 after a comma": (b"[1,9007199254740992]", "integer outside"),
    "2^53 in an object": (b'{"a":9007199254740992}', "integer outside"),
    "-2^53 in an object": (b'{"a":-9007199254740992}', "integer outside"),
    "2^53 after white space": (b'{"a": 9007199254740992}', "integer outside"),
    "2^63-1, which a library takes": (b"[9223372036854775807]", "integer outside"),
    "2^64-1, which a library takes": (b"[18446744073709551615]", "integer outside"),
    "five thousand digits": (b"1" * 5_000, "integer outside"),
    "a float": (b"1.5", "no plain integer"),
    "a whole float": (b"1.0", "no plain integer"),
    "an exponent": (b"1e3", "no plain integer"),
    "a capital exponent": (b"1E3", "no plain integer"),
    "an endless exponent": (b"1e999999999", "no plain integer"),
    "a float in a list": (b'{"a":[1,2.0]}', "no plain integer"),
    "NaN": (b"NaN", "no plain integer"),
    "infinity": (b"-Infinity", "no plain integer"),
    "a leading zero": (b"01", "not JSON"),
    "a leading plus": (b"+1", "not JSON"),
    "a bare point": (b".5", "not JSON"),
    "hexadecimal": (b"0x10", "not JSON"),
    "digits that are not ASCII": ("١".encode(), "not JSON"),
    "a no-break space": (b"\xc2\xa0{}", "not JSON"),
    "depth 33 of lists": (b"[" * 33 + b"]" * 33, "nested deeper"),
    "depth 33 of objects": (b'{"a":' * 33 + b"1" + b"}" * 33, "nested deeper"),
    "depth 33, mixed": (b'[{"a":' * 16 + b"[]" + b"}]" * 16, "nested deeper"),
    "depth 10^5 of lists": (b"[" * 100_000 + b"]" * 100_000, "nested deeper"),
    "depth 10^5 of objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested deeper"),
    "depth 10^5, never closed": (b"[" * 100_000, "nested deeper"),
    "depth 10^5 after a string": (b'["]]]]\\"",' + b"[" * 100_000, "nested deeper"),
    "depth 10^5 in what a wrong quote hides": (b'\\"' + b"[" * 100_000, "not JSON"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_json_that_is_not_taken(name: str) -> None:
    data, why = NOT_TAKEN[name]
    with pytest.raises(EncodingProblem, match=why) as caught:
        decode_strict(data)
    assert len(str(caught.value)) < 200, "the answer repeats no long input"


TAKEN: dict[str, tuple[bytes, object]] = {
    "2^53-1": (b"9007199254740991", 2**53 - 1),
    "-(2^53-1)": (b"-9007199254740991", -(2**53) + 1),
    "minus zero": (b"-0", 0),
    "an escaped NUL": (b'"\\u0000"', "\x00"),
    "a pair of surrogates": (b'"\\ud834\\udd1e"', "\U0001d11e"),
    "white space": (b' {\n"a" :\t[ ] }\r\n', {"a": []}),
    "sixteen digits in a string": (b'"12345678901234567890"', "12345678901234567890"),
    "depth 32": (b"[" * 32 + b"]" * 32, None),
    "brackets in a string": (b'"' + b"[" * 1_000 + b'"', "[" * 1_000),
    "escaped quotes before brackets": (b'"\\"' + b"[" * 100 + b'\\\\"', '"' + "[" * 100 + "\\"),
    "many lists side by side": (b"[" + b",".join([b"[]"] * 100) + b"]", [[]] * 100),
    "null": (b"null", None),
}


@pytest.mark.parametrize("name", TAKEN)
def test_json_that_is_taken(name: str) -> None:
    data, value = TAKEN[name]
    assert decode_strict(data) == (value if name != "depth 32" else json.loads(data))
    assert MAX_DEPTH == 32


NOT_BASE64 = {
    "no padding": "QQ",
    "half a padding": "QQ=",
    "too much padding": "QQ===",
    "loose bits": "QR==",
    "loose bits of three": "QUJ=",
    "url-safe": "-_-_",
    "white space": "QU JD",
    "a final newline": "QUJD\n",
    "padding within": "QQ==QUJD",
    "padding alone": "====",
    "not ASCII": "QUJÐ",
    "a full-width letter": "\uff21UJD",
}


@pytest.mark.parametrize("name", NOT_BASE64)
def test_base64_that_is_not_taken(name: str) -> None:
    with pytest.raises(EncodingProblem):
        decode_base64(NOT_BASE64[name])


@given(st.binary(max_size=40))
def test_base64_is_the_standard_one(data: bytes) -> None:
    assert encode_base64(data) == b64encode(data).decode()
    assert decode_base64(encode_base64(data)) == data


@given(st.text(st.sampled_from("AQRUgw+/=-_ \n"), max_size=9))
def test_no_two_texts_are_the_same_bytes(text: str) -> None:
    """What is taken re-encodes to itself: otherwise one signature would have many spellings."""
    try:
        data = decode_base64(text)
    except EncodingProblem:
        return
    assert b64encode(data).decode() == text
