"""Two documents of one release beside each other, and the rows that a line of a story comes from."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from prasasti.integrations.adapter import SOURCE_DOCUMENT_TYPE
from prasasti.integrations.ocds.canonical import Number
from prasasti.integrations.ocds.differences import Change, list_changes
from prasasti.integrations.ocds.sources import Source, choose_sources, list_sources
from tests.integrations.ocds import samples


def test_changes_have_their_paths() -> None:
    before = samples.small_release()
    award = {**before["awards"][0], "value": {"amount": Number("999"), "currency": "EUR"}}
    after = {**before, "awards": [award, {"id": "a2"}], "tag": ["award"], "tender": {**before["tender"], "title": "Other benches"}}
    del after["buyer"]
    assert list_changes(before, after) == [
        Change("tag", '["award","contract"]', '["award"]'),
        Change("buyer", '{"id":"city","name":"City of Examples"}', ""),
        Change("tender.title", "Park benches", "Other benches"),
        Change("awards[a1].value.amount", "990", "999"),
        Change("awards[a2]", "", '{"id":"a2"}'),
    ]


@given(samples.releases())
def test_what_is_equal_has_no_changes(release: dict[str, Any]) -> None:
    assert list_changes(release, dict(reversed(release.items()))) == []


@given(samples.releases(), samples.releases())
def test_what_differs_has_changes(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert bool(list_changes(one, other)) == (one != other)


def note(file: str, rows: str) -> dict[str, Any]:
    return {"id": file, "documentType": SOURCE_DOCUMENT_TYPE, "title": file, "description": rows}


def test_lines_find_the_rows_of_their_section() -> None:
    release: dict[str, Any] = {
        "planning": {"documents": [note("rup.csv", "row 3")]},
        "tender": {"documents": [{"id": 1, "documentType": "tenderNotice", "title": "x"}]},
        "awards": [{"id": "a1", "documents": [note("results.csv", "row 4")]}, {"id": "a2", "documents": [note("results.csv", "row 5")]}],
        "contracts": [
            {"id": "c1", "documents": [note("contracts.csv", "rows 6, 7")], "implementation": {"documents": [note("paid.csv", "row 8")]}}
        ],
    }
    sources = list_sources(release)
    assert len(sources) == 5
    assert choose_sources(sources, "planned", {}) == [Source("planning", "", "rup.csv", "row 3")]
    assert choose_sources(sources, "awarded", {"id": "a2"}) == [Source("awards", "a2", "results.csv", "row 5")]
    assert choose_sources(sources, "contracted", {"id": "c1"}) == [Source("contracts", "c1", "contracts.csv", "rows 6, 7")]
    assert choose_sources(sources, "paid", {"id": "p"}) == [Source("payments", "c1", "paid.csv", "row 8")]
    assert choose_sources(sources, "tendered", {"id": "t"}) == sources
    assert list_sources({"planning": {"documents": None}, "awards": {}}) == []
