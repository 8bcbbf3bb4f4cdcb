"""Documents keep the source's numbers; strings and key order are those of RFC 8785; hostile JSON is refused with its place."""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.integrations.ocds.canonical import MAX_DEPTH, JsonFault, Number, encode_json, parse_json

TOKENS = st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.text(max_size=10), TOKENS.map(Number)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back_with_every_token(value: object) -> None:
    written = encode_json(value)
    again = parse_json(written.decode("utf-8"))
    assert again == value
    assert encode_json(again) == written


@given(VALUES)
def test_the_standard_library_reads_the_same_value(value: object) -> None:
    read = json.loads(encode_json(value), parse_float=Decimal, parse_int=Decimal)
    assert read == _decimals(value)


def _decimals(value: object) -> object:
    if isinstance(value, Number):
        return value.value
    if isinstance(value, dict):
        return {key: _decimals(item) for key, item in value.items()}
    return [_decimals(item) for item in value] if isinstance(value, list) else value


@given(TOKENS, st.sampled_from(["", " ", "\n\t"]))
def test_number_tokens_are_copied(token: str, space: str) -> None:
    value = parse_json(f'{{"b":{space}{token},"a":[{token}]}}')
    assert encode_json(value) == f'{{"a":[{token}],"b":{token}}}'.encode()


@given(st.dictionaries(st.text(alphabet=st.characters(max_codepoint=126), max_size=5), st.one_of(st.text(), st.integers(-(2**53), 2**53))))
def test_msgspec_writes_the_same_bytes_for_ascii_keys(value: dict[str, object]) -> None:
    assert encode_json(value) == msgspec.json.encode(value, order="sorted")


def test_key_order_of_rfc_8785() -> None:
    """The example of RFC 8785, 3.2.3: by UTF-16 code units, so that the emoji comes before U+FB33."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = encode_json(dict.fromkeys(keys, True)).decode()
    assert list(json.loads(written)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_escapes_of_rfc_8785() -> None:
    """RFC 8785, 3.2.2.2: two-character escapes where JSON has them, \\u00xx in lower case else, nothing beyond."""
    assert encode_json('\b\t\n\f\r"\\/\x00\x1f\x7f\u00e9\u2028\U0001f600') == (
        b'"\\b\\t\\n\\f\\r\\"\\\\/\\u0000\\u001f\x7f' + "\u00e9\u2028\U0001f600".encode() + b'"'
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"a":1,"b":{"c":1,"c":2}}', JsonFault("duplicate_key", "c", "b")),
        ('{"a":[{"x":1,"x":1}]}', JsonFault("duplicate_key", "x", "a[0]")),
        (r'{"a":["\ud800"]}', JsonFault("lone_surrogate", path="a[0]")),
        (r'{"a":"\udc00\ud800"}', JsonFault("lone_surrogate", path="a")),
        (r'{"\uD800":1}', JsonFault("lone_surrogate")),
        ('{"a":' + "9" * 65 + "}", JsonFault("number_out_of_range", "9" * 40, "a")),
        ('{"a":1e309}', JsonFault("number_out_of_range", "1e309", "a")),
        ('{"a":1E-99999}', JsonFault("number_out_of_range", "1E-99999", "a")),
        ("[" * 10**5, JsonFault("too_deep", str(MAX_DEPTH))),
        ('{"a":' * 10**5 + "1" + "}" * 10**5, JsonFault("too_deep", str(MAX_DEPTH))),
        ("[NaN]", JsonFault("not_json", "NaN is not a JSON value")),
        ("[-Infinity]", JsonFault("not_json", "-Infinity is not a JSON value")),
        ('{"a":01}', JsonFault("not_json", "Expecting ',' delimiter", offset=6)),
        ('["a\nb"]', JsonFault("not_json", "Invalid control character at", offset=3)),
        ('{"a":1} x', JsonFault("not_json", "Extra data", offset=8)),
        ("", JsonFault("not_json", "Expecting value")),
    ],
)
def test_faults(text: str, fault: JsonFault) -> None:
    assert parse_json(text) == fault


def test_what_is_no_fault() -> None:
    assert parse_json(r'{"a":"\u0000","b":"\ud83d\ude00","c":' + "9" * 64 + "}") == {
        "a": "\0",
        "b": "\U0001f600",
        "c": Number("9" * 64),
    }
    deepest = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert encode_json(parse_json(deepest)) == deepest.encode()
    assert parse_json('"' + "[" * 1000 + '"') == "[" * 1000


def test_a_float_never_gets_into_a_document() -> None:
    with pytest.raises(TypeError):
        encode_json({"amount": 0.1})


def test_equal_numbers_in_different_notation() -> None:
    assert Number("1.0") == Number("1") == Number("1e0")
    assert len({Number("1.0"), Number("1")}) == 1
    assert Number("0.1") != Number("0.10000000000000000001")
    assert Number("1") != 1
