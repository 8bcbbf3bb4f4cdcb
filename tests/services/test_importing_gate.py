"""The import's one look at a whole document never rules out personal data that a look at each text finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.integrations.ocds.canonical import encode_json
from prasasti.services.importing import _is_surely_free
from prasasti.services.personal_data import find_personal_data

PIECES = st.sampled_from(
    ["3201014505900001", "3201 0145 0590 0001", "320101-450590-0001", "0812-3456-7890", "+6281234567890", "62 812.3456.789"]
)
SIGNS = st.text('0123456789 .-@%&;\\"\n\t+/ab\u00e9\u0660\uff11\u200b', max_size=12)
TEXTS = st.lists(PIECES | SIGNS, max_size=4).map("".join)
VALUES = st.recursive(TEXTS | st.integers(0, 10**17), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))


@given(VALUES)
def test_what_is_ruled_out_holds_nothing(value: object) -> None:
    if _is_surely_free(encode_json(value)):
        assert not list(find_personal_data(value))


@pytest.mark.parametrize("text", ["3201014505900001", "x@example.org", "+62 812-3456-7890", "%33201014505900001", "3201 0145 0590 0001"])
def test_personal_data_is_not_ruled_out(text: str) -> None:
    assert list(find_personal_data(text))
    assert not _is_surely_free(encode_json({"title": f"budi {text}"}))


@pytest.mark.parametrize(
    "document", [b'{"amount":3000000000,"id":"1234567890123"}', b'{"date":"2026-03-01T08:00:00Z","title":"bangku taman"}']
)
def test_amounts_firms_numbers_and_dates_are_ruled_out(document: bytes) -> None:
    assert _is_surely_free(document)
