"""Plaintexts of envelopes: what is read, and each shape that is malformed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.contracts.procurement.sealing.contents import (
    Proposal,
    Qualification,
    ScoreSheet,
    Technical,
    decode_contents,
    decode_proposal,
    decode_qualification,
    decode_scores,
    decode_technical,
)
from prasasti.contracts.procurement.sealing.sealer import Malformed
from prasasti.core.encoding import encode_canonical
from prasasti_verify.strict import encode_json
from tests.contracts.sealing_samples import CURRENCY, FILE, ITEMS, PROPOSAL, QUALIFICATION, TECHNICAL

CRITERIA = ["method", "team"]
SHEET: dict[str, Any] = {"scores": {"method": [800_000, -1, 0], "team": [1_000_000, 7, -1]}}
IS_OUT = [False, True, True]


def proposal_of(**changes: object) -> Proposal | Malformed:
    return decode_proposal(encode_json({**PROPOSAL, **changes}), CURRENCY, ITEMS)


def without(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in fields.items() if each != name}


@pytest.mark.parametrize(
    ("slot", "fields", "kind"),
    [
        ("proposal", PROPOSAL, Proposal),
        ("financial", PROPOSAL, Proposal),
        ("technical", TECHNICAL, Technical),
        ("qualification", QUALIFICATION, Qualification),
    ],
)
def test_each_slot_is_read(slot: str, fields: dict[str, Any], kind: type) -> None:
    contents = decode_contents(slot, encode_json(fields), CURRENCY, ITEMS)
    assert type(contents) is kind
    assert encode_canonical(contents) == encode_json(fields)


@pytest.mark.parametrize(
    ("slot", "fields"), [("proposal", TECHNICAL), ("financial", TECHNICAL), ("technical", PROPOSAL), ("qualification", TECHNICAL)]
)
def test_another_slots_contents_are_malformed(slot: str, fields: dict[str, Any]) -> None:
    assert decode_contents(slot, encode_json(fields), CURRENCY, ITEMS) == Malformed("shape")


FILES = st.builds(
    lambda key, size, title: {**FILE, "key": key.hex(), "size": size, "title": title},
    st.binary(min_size=32, max_size=32),
    st.integers(16, 2**53 - 1),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50),
)
AMOUNTS = st.integers(0, 2**63 - 1).map(str)


@given(
    st.integers(1, 2**63 - 1).map(str),
    st.lists(AMOUNTS, max_size=200),
    st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 2**53 - 1)),
    st.lists(FILES, max_size=8),
)
def test_what_a_bidder_may_write_reads_back(
    price: str, prices: list[str], numbers: tuple[int, int, int], files: list[dict[str, Any]]
) -> None:
    items = [f"item-{number}" for number in range(len(prices))]
    fields = {
        **PROPOSAL,
        "price": price,
        "items": [list(pair) for pair in zip(items, prices, strict=True)],
        "tkdn_bp": numbers[0],
        "bmp_bp": numbers[1],
        "valid_until": numbers[2],
        "files": files,
    }
    plaintext = encode_json(fields)
    proposal = decode_proposal(plaintext, CURRENCY, items)
    assert isinstance(proposal, Proposal)
    assert encode_canonical(proposal) == plaintext
    assert proposal.items == list(zip(items, prices, strict=True))


@given(st.binary(max_size=200))
def test_bytes_are_read_or_malformed(plaintext: bytes) -> None:
    for decoded in (
        decode_proposal(plaintext, CURRENCY, ITEMS),
        decode_technical(plaintext, CURRENCY),
        decode_qualification(plaintext),
        decode_scores(plaintext, CRITERIA, IS_OUT),
    ):
        assert decoded == Malformed("shape")


@given(st.data())
def test_one_byte_changed_is_another_value_or_malformed(data: st.DataObject) -> None:
    plaintext = encode_json(PROPOSAL)
    place = data.draw(st.integers(0, len(plaintext) - 1))
    changed = plaintext[:place] + bytes((data.draw(st.integers(0, 255)),)) + plaintext[place + 1 :]
    decoded = decode_proposal(changed, CURRENCY, ITEMS)
    assert isinstance(decoded, Malformed) or encode_canonical(decoded) == changed


@pytest.mark.parametrize("name", PROPOSAL)
def test_a_proposal_lacks_no_field(name: str) -> None:
    assert decode_proposal(encode_json(without(PROPOSAL, name)), CURRENCY, ITEMS) == Malformed("shape")


@pytest.mark.parametrize("name", TECHNICAL)
def test_a_technical_part_lacks_no_field(name: str) -> None:
    assert decode_technical(encode_json(without(TECHNICAL, name)), CURRENCY) == Malformed("shape")


@pytest.mark.parametrize("name", FILE)
def test_a_file_lacks_no_field(name: str) -> None:
    assert proposal_of(files=[without(FILE, name)]) == Malformed("shape")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"extra": 1}, "shape"),
        ({"currency": "USD"}, "currency"),
        ({"currency": "rupiah"}, "shape"),
        ({"price": "0"}, "price"),
        ({"price": "-1"}, "shape"),
        ({"price": "01"}, "shape"),
        ({"price": "1.00"}, "shape"),
        ({"price": ""}, "shape"),
        ({"price": str(2**63)}, "shape"),
        ({"price": 90_000_000}, "shape"),
        ({"price": None}, "shape"),
        ({"items": []}, "items"),
        ({"items": [["bench", "1"]]}, "items"),
        ({"items": [["tree", "1"], ["bench", "1"]]}, "items"),
        ({"items": [["bench", "1"], ["tree", "1"], ["tree", "1"]]}, "items"),
        ({"items": [["bench", "1"], ["tree"]]}, "shape"),
        ({"items": [["bench", "1"], ["tree", "1", "1"]]}, "shape"),
        ({"items": [["bench", 1], ["tree", "1"]]}, "shape"),
        ({"items": [["bench", ""], ["tree", "1"]]}, "shape"),
        ({"items": [["bench", "-1"], ["tree", "1"]]}, "shape"),
        ({"items": {"bench": "1", "tree": "1"}}, "shape"),
        ({"items": [["bench", "1"]] * 201}, "shape"),
        ({"tkdn_bp": -1}, "shape"),
        ({"tkdn_bp": 10_001}, "shape"),
        ({"tkdn_bp": "4000"}, "shape"),
        ({"tkdn_bp": True}, "shape"),
        ({"bmp_bp": 10_001}, "shape"),
        ({"valid_until": -1}, "shape"),
        ({"valid_until": 2**53}, "shape"),
        ({"files": [FILE] * 9}, "shape"),
        ({"files": FILE}, "shape"),
    ],
    ids=str,
)
def test_what_is_no_proposal(changes: dict[str, object], reason: str) -> None:
    assert proposal_of(**changes) == Malformed(reason)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "07" * 31},
        {"key": "0G" * 32},
        {"key": "AA" * 32},
        {"media_type": "pdf"},
        {"media_type": "Application/PDF"},
        {"plain_sha256": ""},
        {"sha256": "22" * 33},
        {"size": 15},
        {"size": 2**53},
        {"size": "65569"},
        {"title": ""},
        {"title": "é" * 101},
        {"receipts": []},
    ],
    ids=str,
)
def test_what_is_no_file(changes: dict[str, object]) -> None:
    assert proposal_of(files=[{**FILE, **changes}]) == Malformed("shape")


def test_the_longest_title() -> None:
    assert isinstance(proposal_of(files=[{**FILE, "title": "é" * 100}]), Proposal)


SPELLINGS = {
    "nothing": b"",
    "white space": json.dumps(PROPOSAL, sort_keys=True).encode(),
    "another order": json.dumps(dict(reversed(PROPOSAL.items())), separators=(",", ":")).encode(),
    "a byte order mark": b"\xef\xbb\xbf" + encode_json(PROPOSAL),
    "a line's end": encode_json(PROPOSAL) + b"\n",
    "two values": encode_json(PROPOSAL) * 2,
    "a field twice": encode_json(PROPOSAL).replace(b'"bmp_bp":500', b'"bmp_bp":500,"bmp_bp":500'),
    "a float": encode_json(PROPOSAL).replace(b'"bmp_bp":500', b'"bmp_bp":500.0'),
    "an exponent": encode_json(PROPOSAL).replace(b'"bmp_bp":500', b'"bmp_bp":5e2'),
    "a needless escape": encode_json(PROPOSAL).replace(b'"Surat', b'"\\u0053urat'),
    "an escaped slash": encode_json(PROPOSAL).replace(b"application/pdf", b"application\\/pdf"),
    "a lone surrogate": encode_json(PROPOSAL).replace(b'"Surat', b'"\\ud800'),
    "not UTF-8": encode_json(PROPOSAL).replace(b'"Surat', b'"\xff'),
    "UTF-16": encode_json(PROPOSAL).decode().encode("utf-16"),
    "deep": b"[" * 10_000,
    "deep in a field": encode_json(PROPOSAL).replace(b'"items":[', b'"items":' + b"[" * 10_000),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_another_spelling_is_malformed(name: str) -> None:
    assert SPELLINGS[name] != encode_json(PROPOSAL)
    assert decode_proposal(SPELLINGS[name], CURRENCY, ITEMS) == Malformed("shape")


def test_a_technical_part_in_another_currency_is_malformed() -> None:
    assert decode_technical(encode_json({**TECHNICAL, "currency": "USD"}), CURRENCY) == Malformed("currency")


def test_a_score_sheet_is_read() -> None:
    sheet = decode_scores(encode_json(SHEET), CRITERIA[::-1], IS_OUT)
    assert sheet == ScoreSheet(SHEET["scores"])


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        ({}, "shape"),
        ([], "shape"),
        ({"scores": []}, "shape"),
        ({"scores": SHEET["scores"], "note": ""}, "shape"),
        ({"scores": {"method": [1, 1, 1_000_001], "team": [1, 1, 1]}}, "shape"),
        ({"scores": {"method": [1, 1, -2], "team": [1, 1, 1]}}, "shape"),
        ({"scores": {"method": [1, 1, "1"], "team": [1, 1, 1]}}, "shape"),
        ({"scores": {"method": [1, 1, True], "team": [1, 1, 1]}}, "shape"),
        ({"scores": {"method": 1, "team": [1, 1, 1]}}, "shape"),
        ({"scores": {"": [1, 1, 1], "team": [1, 1, 1]}}, "shape"),
        ({"scores": {}}, "criteria"),
        ({"scores": {"team": [1, 1, 1]}}, "criteria"),
        ({"scores": {"method": [1, 1, 1], "price": [1, 1, 1]}}, "criteria"),
        ({"scores": {"method": [1, 1, 1], "price": [1, 1, 1], "team": [1, 1, 1]}}, "criteria"),
        ({"scores": {"method": [1, 1], "team": [1, 1, 1]}}, "count"),
        ({"scores": {"method": [1, 1, 1, 1], "team": [1, 1, 1]}}, "count"),
        ({"scores": {"method": [-1, 1, 1], "team": [1, 1, 1]}}, "unscored"),
    ],
    ids=str,
)
def test_which_score_sheets_are_void(sheet: object, reason: str) -> None:
    assert decode_scores(encode_json(sheet), CRITERIA, IS_OUT) == Malformed(reason)


def test_minus_one_counts_only_for_those_who_are_out() -> None:
    plaintext = encode_json({"scores": {"method": [-1, 1, 1], "team": [-1, 1, 1]}})
    assert isinstance(decode_scores(plaintext, CRITERIA, [True, False, False]), ScoreSheet)
    assert decode_scores(plaintext, CRITERIA, [False, False, False]) == Malformed("unscored")


def test_a_sheet_over_no_proposals() -> None:
    assert isinstance(decode_scores(encode_json({"scores": {"method": [], "team": []}}), CRITERIA, []), ScoreSheet)
