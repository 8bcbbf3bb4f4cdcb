"""The project's own model says of a release what the official schema says, field by field and verdict by verdict."""

from __future__ import annotations

import json
import re
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prasasti.contracts.procurement.parameters import RELEASE_TAGS
from prasasti.integrations.ocds import model
from prasasti.integrations.ocds.canonical import Number, encode_json
from prasasti.integrations.ocds.checking import (
    LANGUAGE_TAG,
    Shape,
    find_fields_used,
    is_date_time,
    mend_release,
    object_shape,
    validate_release,
)
from prasasti.integrations.ocds.codelists import CODELISTS
from prasasti.integrations.ocds.extensions import EXTENSIONS, find_extensions, is_known_extension
from prasasti.integrations.ocds.problems import Notice, Problem
from tests.integrations.ocds import official, samples
from tests.judges import shared

Described = dict[str, Any]


def describe_official(node: dict[str, Any], patterns: dict[str, Any], name: str) -> Described:
    """What the official schema says of one property, in the terms of the comparison."""
    node = _resolve(node)
    kinds = set([node["type"]] if isinstance(node["type"], str) else node["type"])
    if "number" in kinds:
        kinds.discard("integer")
    item = _resolve(node["items"]) if "items" in node else None
    return {
        "kinds": kinds,
        "min_length": node.get("minItems" if "array" in kinds else "minLength", 0),
        "codes": _codes(node),
        "format": node.get("format", ""),
        "unique": node.get("uniqueItems", False),
        "translatable": any(re.match(rf"\^\({name}_\(", pattern) for pattern in patterns),
        "item": None if item is None else describe_official(item, {}, ""),
    }


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        definition: dict[str, Any] = official.release_schema()["definitions"][node["$ref"].removeprefix("#/definitions/")]
        return definition
    return node


def _codes(node: dict[str, Any]) -> set[str] | None:
    return {code for code in node["enum"] if code is not None} if "enum" in node else None


def describe_ours(shape: Shape) -> Described:
    return {
        "kinds": set(shape.kinds),
        "min_length": shape.min_length,
        "codes": set(CODELISTS[shape.codelist]) if shape.codelist else None,
        "format": shape.format,
        "unique": shape.unique,
        "translatable": shape.translatable,
        "item": None if shape.item is None else describe_ours(shape.item),
    }


def compare(node: dict[str, Any], struct: type[model.Model], seen: set[type[model.Model]]) -> None:
    """Both have the same fields, of the same types, the same required; then the same for what lies beneath."""
    if struct in seen:
        return
    seen.add(struct)
    shape = object_shape(struct)
    assert set(shape.fields) == set(node["properties"]), struct.__name__
    assert set(shape.required) == set(node.get("required", ())), struct.__name__
    patterns = node.get("patternProperties", {})
    assert len(patterns) == sum(field.translatable for field in shape.fields.values()), struct.__name__
    for name, field in shape.fields.items():
        theirs = node["properties"][name]
        # `changes.former_value` holds lists of anything: the schema says nothing of the items, the model says so.
        ours = describe_ours(field) if name != "former_value" else {**describe_ours(field), "item": None}
        assert ours == describe_official(theirs, patterns, name), f"{struct.__name__}.{name}"
        inner = _resolve(theirs)
        inner = _resolve(inner["items"]) if "items" in inner else inner
        below = (field.item or field).struct
        assert (below is not None) == ("properties" in inner), f"{struct.__name__}.{name}"
        if below is not None:
            compare(inner, below, seen)


def test_the_model_has_the_fields_and_types_of_the_official_schema() -> None:
    seen: set[type[model.Model]] = set()
    compare(official.release_schema(), model.Release, seen)
    unused = {"Finance"}  # a definition that no property refers to
    assert len(seen) == len(set(official.release_schema()["definitions"]) - unused) + len({"Release", "Unit", "LotDetails"}) + len(
        {"AmendmentChange", "OrganizationDetails"}
    )


@pytest.mark.parametrize("name", sorted(CODELISTS))
def test_closed_codelists_are_the_official_ones(name: str) -> None:
    assert CODELISTS[name] == official.codelist(name)


def test_the_contract_knows_the_same_tags() -> None:
    assert set(RELEASE_TAGS) == CODELISTS["releaseTag"]


def test_language_tags_are_those_of_the_official_pattern() -> None:
    """The pattern of one property, its name taken off; every translatable property has the same."""
    patterns = official.release_schema()["definitions"]["Planning"]["patternProperties"]
    theirs = re.compile(next(iter(patterns)))
    plain = "en es-419 zh-Hant-TW de-CH-1996 i e english zh-yue-yue-yue sl-rozaj-biske en_GB -en en- 12".split()
    for tag in ["", *plain, "x-private", "en-a-bbb-x-a", "x-", "x-123456789", "en-x"]:
        assert bool(LANGUAGE_TAG.fullmatch(tag)) == bool(theirs.search(f"rationale_{tag}")), tag


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(samples.releases())
def test_what_the_model_allows_the_official_schema_allows(release: dict[str, Any]) -> None:
    assert validate_release(release) == []
    assert official.is_valid(release)


WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(["", "active", "tender", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00Z", "x@y", "no date"]),
    st.sampled_from([Number("1"), Number("1.0"), Number("-2.5")]),
    st.sampled_from([[], [None], ["a"], ["a", "a"], [{}], [{"id": "1"}, {"id": "1"}], {}, {"id": "1"}, {"id": Number("1")}]),
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(samples.releases(), st.data())
def test_verdicts_agree_on_mutations(release: dict[str, Any], data: st.DataObject) -> None:
    """One place of a valid release gets another value, goes, or gets a field more: both judges say the same."""
    path = data.draw(st.sampled_from(list(samples.paths_of(release))))
    mutated = samples.replace_at(release, path, data.draw(WRONG)) if path else {**release, data.draw(st.text(max_size=5)): "more"}
    assert (validate_release(mutated) == []) == official.is_valid(mutated), mutated


@pytest.mark.parametrize("field", ["ocid", "id", "date", "tag", "initiationType"])
def test_each_required_field(field: str) -> None:
    release = samples.small_release()
    del release[field]
    assert validate_release(release) == [Problem(field, "missing_field")]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("awards", 0, "value", "amount"), "990", Problem("awards[0].value.amount", "wrong_type", "string, not null or number")),
        (("awards", 0, "value", "currency"), "EURO", Problem("awards[0].value.currency", "unknown_code", "EURO (currency)")),
        (("awards", 0, "value"), [], Problem("awards[0].value", "wrong_type", "array, not object")),
        (("awards", 0, "suppliers", 1), None, Problem("awards[0].suppliers[1]", "wrong_type", "null, not object")),
        (("awards", 0, "id"), "", Problem("awards[0].id", "empty_text")),
        (("awards", 0), {}, Problem("awards[0].id", "missing_field")),
        (("date",), "2026-02-30T00:00:00Z", Problem("date", "not_a_date_time", "2026-02-30T00:00:00Z")),
        (("tag",), [], Problem("tag", "empty_list")),
        (("tag",), ["Award"], Problem("tag[0]", "unknown_code", "Award (releaseTag)")),
        (("tender", "value", "amount"), True, Problem("tender.value.amount", "wrong_type", "boolean, not null or number")),
        (("tender", "title"), 7, Problem("tender.title", "wrong_type", "integer, not null or string")),
        (("tender", "id"), 7.5, Problem("tender.id", "wrong_type", "number, not integer or string")),
        (("parties", 1, "id"), 7, Problem("parties[1].id", "wrong_type", "integer, not string")),
    ],
)
def test_problems_have_a_path(path: tuple[str | int, ...], value: Any, problem: Problem) -> None:
    plain = samples.replace_at(samples.small_release(), path, Number(str(value)) if type(value) in (int, float) else value)
    assert validate_release(plain) == [problem]
    assert validate_release(encode_json(plain)) == [problem]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"colour": 1}, Problem("colour", "unknown_field")),
        ({"title_es": "x"}, Problem("title_es", "unknown_field")),
        ({"tender": {"id": "1", "title_es": 1}}, Problem("tender.title_es", "wrong_type", "integer, not null or string")),
        ({"tender": {"id": "1", "title_": "x"}}, Problem("tender.title_", "unknown_field")),
        ({"tender": {"id": "1", "status_es": "x"}}, Problem("tender.status_es", "unknown_field")),
        ({"parties": [{"id": "1"}, {"id": "1"}]}, Problem("parties", "repeated_item")),
        (
            {"planning": {"budget": {"amount": {"amount": "x" * 300}}}},
            Problem("planning.budget.amount.amount", "wrong_type", "string, not null or number"),
        ),
        ({"x" * 300: 1}, Problem("x" * 100, "unknown_field")),
    ],
)
def test_problems_of_more_fields(more: dict[str, Any], problem: Problem) -> None:
    assert validate_release(samples.small_release(**more)) == [problem]


def test_translations_are_fields() -> None:
    assert (
        validate_release(samples.small_release(tender={"id": "1", "title": "Bangku", "title_en": "Benches", "title_x-local": None})) == []
    )


def test_bytes_that_are_no_release() -> None:
    assert validate_release(b'{"a":\xff}') == [Problem("", "not_json", "byte 5 is not UTF-8")]
    assert validate_release(b"[]") == [Problem("", "wrong_type", "array, not object")]
    assert validate_release(b'{"id":1,"id":2}')[0].problem == "duplicate_key"


def test_problems_are_bounded() -> None:
    release = samples.small_release(awards=[{"id": ""} for _ in range(10_000)])
    assert len(validate_release(release)) == 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05Z", True),
        ("2026-01-02t03:04:05z", True),
        ("2026-01-02T03:04:05.123456789+07:00", True),
        ("2024-02-29T00:00:00Z", True),
        ("2025-02-29T00:00:00Z", False),
        ("0000-01-01T00:00:00Z", False),
        ("2026-01-02T24:00:00Z", False),
        ("2026-01-02T03:04:60Z", False),
        ("2026-01-02T03:04:05", False),
        ("2026-01-02 03:04:05Z", False),
        ("2026-01-02", False),
        ("2026-01-02T03:04:05Z\n", False),
        ("2026-01-02T03:04:05+24:00", False),
        ("\u0662026-01-02T03:04:05Z", False),
    ],
)
def test_date_times_of_rfc_3339(text: str, expected: bool) -> None:
    assert is_date_time(text) is expected


@pytest.mark.parametrize("name", ["impic", "fictional"])
def test_real_releases_are_valid(name: str) -> None:
    paths = [samples.impic_path()] if name == "impic" else samples.fictional_paths()
    found = [release for path in paths for release in samples.read_all(path)]
    assert len(found) == {"impic": 100, "fictional": 12}[name]
    for release in found:
        assert validate_release(release) == []
        assert official.is_valid(release)
        assert mend_release(release) == (release, [])


@pytest.mark.parametrize("name", ["explorer-sample", "full-sample"])
def test_bandungs_releases_have_unknown_fields_only(name: str) -> None:
    (release,) = samples.read_all(shared("indonesia", "birms", f"{name}.json"))
    problems = validate_release(release)
    assert {problem.problem for problem in problems} == {"unknown_field"}
    assert not official.is_valid(release)
    mended, notices = mend_release(release, drop_unknown_fields=True)
    assert [notice.path for notice in notices] == [problem.path for problem in problems]
    assert validate_release(mended) == []
    assert official.is_valid(mended)


@pytest.mark.parametrize(
    ("more", "mended", "notice"),
    [
        ({"buyer": [{"id": "city"}]}, {"buyer": {"id": "city"}}, Notice("buyer", "list_for_object")),
        ({"buyer": []}, {}, Notice("buyer", "empty_list_for_object")),
        ({"buyer": None}, {}, Notice("buyer", "null_object")),
        ({"awards": None}, {}, Notice("awards", "null_list")),
        (
            {"tender": {"id": "1", "numberOfTenderers": "3"}},
            {"tender": {"id": "1", "numberOfTenderers": 3}},
            Notice("tender.numberOfTenderers", "number_as_text"),
        ),
        (
            {"tender": {"id": "1", "value": {"amount": "10.50"}}},
            {"tender": {"id": "1", "value": {"amount": 10.50}}},
            Notice("tender.value.amount", "number_as_text"),
        ),
        (
            {"awards": [{"id": "1", "value": [{"amount": 1}]}]},
            {"awards": [{"id": "1", "value": {"amount": 1}}]},
            Notice("awards[0].value", "list_for_object"),
        ),
        ({"date": "2026-01-02T03:04:05"}, {"date": "2026-01-02T03:04:05Z"}, Notice("date", "date_without_zone")),
        ({"ocid": "OCDS-AbC123-Bench"}, {"ocid": "ocds-abc123-Bench"}, Notice("ocid", "ocid_prefix_in_capitals", "OCDS-AbC123")),
    ],
)
def test_mends(more: dict[str, Any], mended: dict[str, Any], notice: Notice) -> None:
    bare = {"ocid": "ocds-abc123-x", "id": "1", "date": "2026-01-02T03:04:05Z", "tag": ["tender"], "initiationType": "tender"}
    release = samples.parse(json.dumps({**bare, **more}))
    before = encode_json(release)
    found, notices = mend_release(release)
    assert notices == [notice]
    assert samples.as_plain(found) == {**bare, **mended}
    assert validate_release(found) == []
    assert encode_json(release) == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("awards", 0, "value", "amount"), "1.234,00"),
        (("awards", 0, "value", "amount"), "1,234.00"),
        (("awards", 0, "value", "amount"), "Rp 10"),
        (("awards", 0, "value", "amount"), ""),
        (("awards", 0, "value", "amount"), "0x10"),
        (("awards", 0, "value"), [{"amount": Number("1")}, {"amount": Number("2")}]),
        (("awards", 0), None),
        (("awards",), {"id": "a1"}),
        (("date",), "2026-01-02"),
        (("date",), "02/01/2026"),
        (("ocid",), None),
    ],
)
def test_what_could_be_read_two_ways_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    release = samples.replace_at(samples.small_release(), path, value)
    mended, notices = mend_release(release)
    assert mended == release
    assert notices == []
    assert validate_release(mended)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(samples.releases())
def test_a_valid_release_has_nothing_to_mend(release: dict[str, Any]) -> None:
    mended, notices = mend_release(release, drop_unknown_fields=True)
    assert encode_json(mended) == encode_json({**release, "ocid": mended["ocid"]})
    assert {notice.notice for notice in notices} <= {"ocid_prefix_in_capitals"}


def test_extensions_are_those_whose_fields_the_standard_lacks() -> None:
    """Every field beyond plain OCDS 1.1.5 belongs to one of the ten, and each of the ten has one."""
    assert len(EXTENSIONS) == 10
    plain = official_plain_fields()
    ours = {(struct.__name__, name) for struct in model.Model.__subclasses__() for name in object_shape(struct).fields}
    added = {field for field in ours - plain if field[0] in {name for name, _ in plain}}
    # Objects that only an extension has, or that the standard leaves open, are told by the field that leads to them.
    within = {("Bid", "relatedLots"), ("Bid", "requirementResponses"), ("OrganizationDetails", "listedOnRegulatedMarket")}
    assert {field for extension in EXTENSIONS for field in extension.fields} == added | within
    assert all(extension.fields for extension in EXTENSIONS)


def official_plain_fields() -> set[tuple[str, str]]:
    """The fields of OCDS 1.1.5 without extensions, from the other zip."""
    with zipfile.ZipFile(shared("ocds", "schema", "ocds-standard-1__1__5.zip")) as archive:
        schema = json.loads(archive.read("standard-1__1__5/schema/release-schema.json"))
    fields = {("Release", name) for name in schema["properties"]}
    fields |= {(name, field) for name, definition in schema["definitions"].items() for field in definition["properties"]}
    return fields


def test_extensions_used() -> None:
    release = samples.small_release(tender={"id": "1", "lots": [{"id": "L1"}]}, bids={"details": [{"id": "b1"}]})
    found = find_extensions(find_fields_used(release))
    assert [url.rsplit("/", 3)[1:] for url in found] == [
        ["ocds_bid_extension", "v1.1.5", "extension.json"],
        ["ocds_lots_extension", "v1.1.5", "extension.json"],
    ]
    assert all(map(is_known_extension, found))
    assert find_extensions(find_fields_used(samples.small_release())) == []
    assert not is_known_extension(
        "https://raw.githubusercontent.com/open-contracting-extensions/ocds_location_extension/master/extension.json"
    )
