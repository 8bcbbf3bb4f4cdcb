"""A release becomes the arguments of message 45 and its document, or every reason why not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prasasti.contracts.procurement.messages import AttestRelease
from prasasti.integrations.ocds.attestation import (
    AttestationSettings,
    PreparedRelease,
    RefusedRelease,
    compute_date,
    format_party,
    prepare_release,
    recompute_parties,
)
from prasasti.integrations.ocds.canonical import encode_json
from prasasti.integrations.ocds.official_schema import OfficialSchema
from prasasti.integrations.ocds.problems import Notice, Problem
from prasasti.integrations.ocds.reading import find_single_release_id
from prasasti.integrations.ocds.redaction import compute_mark
from tests.integrations.ocds import official, samples
from tests.integrations.ocds.samples import FIRM_NUMBER, KEY, PERSON_NUMBER, SETTINGS, prepare
from tests.judges import shared

PERSON_PARTY = f"PT-PESSOA-{compute_mark(KEY, PERSON_NUMBER)}"


def as_arguments(prepared: PreparedRelease) -> AttestRelease:
    """What the contract decodes; raises where a bound of message 45 is passed."""
    arguments = {
        "publisher": prepared.publisher,
        "ocid": prepared.ocid,
        "release_id": prepared.release_id,
        "tag": prepared.tag,
        "date": prepared.date,
        "redaction_version": prepared.redaction_version,
        "document": {"sha256": prepared.sha256, "size": prepared.size, "media_type": prepared.media_type},
        "buyer": prepared.buyer,
        "suppliers": prepared.suppliers,
    }
    return msgspec.json.decode(json.dumps(arguments), type=AttestRelease)


def problems_of(release: dict[str, Any], settings: AttestationSettings = SETTINGS) -> list[Problem]:
    refused = prepare_release(release, settings)
    assert isinstance(refused, RefusedRelease)
    return list(refused.problems)


def test_a_release_as_message_45() -> None:
    prepared = prepare(samples.small_release())
    assert (prepared.ocid, prepared.release_id, prepared.tag) == ("ocds-abc123-bench", "release-1", ["award", "contract"])
    assert prepared.date == 1767323045
    assert prepared.redaction_version == 1
    assert prepared.buyer == "PT-NIPPC-600000011"
    assert prepared.suppliers == [f"PT-NIPPC-{FIRM_NUMBER}", PERSON_PARTY]
    assert prepared.sha256 == hashlib.sha256(prepared.document).hexdigest()
    assert prepared.size == len(prepared.document)
    assert prepared.document == encode_json(prepared.release)
    assert b'"amount":1000.5,' in prepared.document
    assert prepared.redaction.persons == 1
    assert prepared.notices == ()
    as_arguments(prepared)


def test_what_was_recorded_once_gives_the_same_document_again() -> None:
    prepared = prepare(samples.small_release())
    assert prepare(samples.small_release()).document == prepared.document
    again = prepare(samples.parse(prepared.document.decode()))
    assert (again.document, again.suppliers) == (prepared.document, prepared.suppliers)


def test_impic_whole() -> None:
    """All hundred are fit for the contract; buyers, suppliers and dates as a query of its own over the source finds them."""
    prepared = [prepare(release) for release in samples.read_all(samples.impic_path())]
    for one, source in zip(prepared, samples.impic_source(), strict=True):
        as_arguments(one)
        assert (one.ocid, one.release_id, one.tag) == (source["ocid"], source["id"], sorted(source["tag"]))
        assert one.date == compute_date(source["date"][:19] + "Z")
        assert one.buyer == f"PT-NIPPC-{source['buyer']['id']}"
        numbers = {supplier["id"] for award in source["awards"] for supplier in award["suppliers"]}
        expected = {f"PT-PESSOA-{compute_mark(KEY, n)}" if n[0] in "123" else f"PT-NIPPC-{n}" for n in numbers}
        assert one.suppliers == sorted(expected)
        assert recompute_parties(json.loads(one.document)) == (one.buyer, one.suppliers)
    assert len({(one.ocid, one.release_id) for one in prepared}) == 100
    assert sum(len(one.suppliers) for one in prepared) == 100
    assert sum(party.startswith("PT-PESSOA-") for one in prepared for party in one.suppliers) == 13


def test_the_fictional_process_and_bandung() -> None:
    for path in samples.fictional_paths():
        for release in samples.read_all(path):
            prepared = prepare(release)
            as_arguments(prepared)
            assert prepared.buyer == "GB-LAC-E09000003"
            assert prepared.suppliers in ([], ["GB-COH-11111111.0"])
            assert dict(prepared.redaction.unlisted_schemes)["GB-LAC"] == 1
    settings_of_bandung = AttestationSettings("bandung", KEY, default_scheme="ID", unknown_fields="drop")
    for name in ("explorer-sample", "full-sample"):
        (release,) = samples.read_all(shared("indonesia", "birms", f"{name}.json"))
        assert {problem.problem for problem in problems_of(release)} == {"unknown_field"}
        prepared = prepare(release, settings_of_bandung)
        as_arguments(prepared)
        assert {notice.notice for notice in prepared.notices} <= {"unknown_field_dropped", "name_without_legal_form"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.9999999Z", 0),
        ("2019-11-25T17:20:38.1197059Z", 1574702438),
        ("2026-01-01T07:00:00+07:00", 1767225600),
        ("2025-12-31T19:30:00-04:30", 1767225600),
        ("2026-01-01T00:00:00", 1767225600),
        ("2026-01-01t00:00:00z", 1767225600),
        ("1969-12-31T23:59:59.5Z", -1),
        ("0001-01-01T00:00:00+23:59", -62135683140),
        ("9999-12-31T23:59:59-23:59", 253402387139),
    ],
)
def test_dates_are_whole_seconds(text: str, seconds: int) -> None:
    assert compute_date(text) == seconds


def test_no_date() -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        compute_date("2026-01-01")


def test_a_release_without_a_zone_is_utc_in_the_document_too() -> None:
    prepared = prepare(samples.small_release(date="2026-01-01T00:00:00"))
    assert prepared.date == 1767225600
    assert b'"date":"2026-01-01T00:00:00Z"' in prepared.document
    assert prepared.notices == (Notice("date", "date_without_zone"),)


@pytest.mark.parametrize(
    ("ocid", "expected"),
    [
        ("OCDS-ABC123-Bench-X", "ocds-abc123-Bench-X"),
        ("ocds-AbC123", "ocds-abc123"),
        ("Ocds-ab", "Ocds-ab"),
        ("BENCH-1", "BENCH-1"),
        ("\u212aocds-abc123", "\u212aocds-abc123"),
    ],
)
def test_the_prefix_of_an_ocid_is_lower_case(ocid: str, expected: str) -> None:
    prepared = prepare(samples.small_release(ocid=ocid))
    assert prepared.ocid == expected
    assert json.loads(prepared.document)["ocid"] == expected


def test_one_id_for_every_release(tmp_path: Path) -> None:
    source = [samples.as_plain(samples.small_release(ocid=f"ocds-abc123-{number}", id="1")) for number in range(3)]
    path = tmp_path / "source.json"
    path.write_text(json.dumps(source), encoding="utf-8")
    assert find_single_release_id([path]) == "1"
    own = AttestationSettings("publisher-1", KEY, release_id_from="document")
    prepared = [prepare(release, own) for release in samples.read_all(path)]
    assert [one.release_id for one in prepared] == [one.sha256[:32] for one in prepared]
    assert len({one.release_id for one in prepared}) == 3
    for one in prepared:
        assert json.loads(one.document)["id"] == "1"
        assert Notice("id", "one_release_id", "1") in one.notices
        as_arguments(one)


@pytest.mark.parametrize(
    ("scheme", "number", "form"),
    [
        ("ID-NIB", "9120001234567", "ID-NIB-9120001234567"),
        ("", "city", "city"),
        ("S", "x" * 98, "S-" + "x" * 98),
        ("S", "x" * 99, "h." + hashlib.sha256(b"S-" + b"x" * 99).hexdigest()[:32]),
        ("ID NPWP", "01", "h." + hashlib.sha256(b"ID NPWP-01").hexdigest()[:32]),
        ("", "Dinas é", "h." + hashlib.sha256("Dinas é".encode()).hexdigest()[:32]),
        ("S", "1\n", "h." + hashlib.sha256(b"S-1\n").hexdigest()[:32]),
    ],
)
def test_a_party_in_lists(scheme: str, number: str, form: str) -> None:
    assert format_party(scheme, number) == form


def test_whose_identifier_counts() -> None:
    """The entry in parties, else the reference's own identifier, else its id; who has none of them is in no list."""
    release = {
        "parties": [
            {"id": "1"},
            {"id": "1", "identifier": {"scheme": "A", "id": "first"}},
            {"id": "1", "identifier": {"scheme": "A", "id": "second"}},
            {"id": "2", "identifier": {"id": 77}},
            {"id": "3", "identifier": {"scheme": "A"}},
        ],
        "buyer": {"name": "Nobody"},
        "awards": [
            {"suppliers": [{"id": 1, "identifier": {"scheme": "B", "id": "own"}}, {"id": "2"}]},
            {"suppliers": [{"id": "3"}, {"id": "4", "identifier": {"scheme": "B", "id": "own"}}, {"name": "Nobody"}, {"id": "3"}]},
            {},
        ],
    }
    assert recompute_parties(release) == ("", ["3", "77", "A-first", "B-own"])
    assert recompute_parties({}) == ("", [])
    assert recompute_parties({"buyer": [], "awards": 5, "parties": [None]}) == ("", [])
    assert recompute_parties({"buyer": {"id": True}}) == ("", [])


def test_parties_that_nothing_identifies_are_said() -> None:
    prepared = prepare(samples.small_release(buyer={"name": "City"}, awards=[{"id": "1", "suppliers": [{"name": "X"}, {"id": "y"}]}]))
    assert (prepared.buyer, prepared.suppliers) == ("", ["y"])
    assert prepared.notices == (Notice("buyer", "buyer_without_id"), Notice("awards[0].suppliers[0]", "supplier_without_id"))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ocid": "o" * 129}, Problem("ocid", "ocid_too_long", "128")),
        ({"ocid": "é" * 65}, Problem("ocid", "ocid_too_long", "128")),
        ({"id": "x" * 257}, Problem("id", "release_id_too_long", "256")),
        ({"ocid": "a\u0000b"}, Problem("ocid", "control_character")),
        ({"id": "a\u001b[2Jb"}, Problem("id", "control_character")),
        ({"id": "a\nb"}, Problem("id", "control_character")),
        ({"date": "1969-12-31T23:59:59Z"}, Problem("date", "date_out_of_range", "1969-12-31T23:59:59Z")),
        ({"ocid": f"ocds-abc123-{PERSON_NUMBER}"}, Problem("ocid", "personal_number_in_ocid")),
        (
            {"awards": [{"id": "1", "suppliers": [{"id": str(number)} for number in range(51)]}]},
            Problem("awards", "too_many_suppliers", "51 > 50"),
        ),
        (
            {"tender": {"id": "1", "items": [{"id": "1", "classification": {"id": int(PERSON_NUMBER)}}]}},
            Problem("tender.items[0].classification.id", "personal_data_remains"),
        ),
        ({"tender": {"id": "1", "description": "x" * (8 << 20)}}, Problem("", "document_too_large")),
        ({"date": None}, Problem("date", "wrong_type", "null, not string")),
        ({"colour": "red"}, Problem("colour", "unknown_field")),
    ],
)
def test_what_the_ledger_does_not_take(changes: dict[str, Any], problem: Problem) -> None:
    (found,) = problems_of(samples.small_release(**changes))
    assert (found.path, found.problem) == (problem.path, problem.problem)
    assert found.detail.startswith(problem.detail)


def test_bounds_are_the_contracts_own() -> None:
    """At each bound the contract still takes it."""
    suppliers = [{"id": str(number)} for number in range(50)]
    prepared = prepare(samples.small_release(ocid="o" * 128, id="é" * 128, awards=[{"id": "1", "suppliers": suppliers}]))
    as_arguments(prepared)
    assert len(prepared.suppliers) == 50


def test_a_refusal_names_every_reason() -> None:
    release = samples.small_release(tag=["nothing"], colour=1, ocid="x" * 500)
    del release["date"]
    refused = prepare_release(release, SETTINGS)
    assert isinstance(refused, RefusedRelease)
    assert {problem.path for problem in refused.problems} == {"date", "tag[0]", "colour"}
    assert refused.ocid == "x" * 200


def test_nul_in_a_text_is_data() -> None:
    prepared = prepare(samples.small_release(tender={"id": "1", "title": "a\u0000b\u202e\u001b[31m"}))
    assert b'"a\\u0000b' + "\u202e".encode() + b'\\u001b[31m"' in prepared.document


def test_a_compiled_release_is_said() -> None:
    assert Notice("tag", "compiled_release") in prepare(samples.small_release(tag=["compiled"])).notices


def test_a_short_redaction_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AttestationSettings("publisher-1", b"short")


def test_the_official_schema_is_asked_too() -> None:
    schema = OfficialSchema.open_zip(official.schema_zip())
    asked = AttestationSettings("publisher-1", KEY, official_schema=schema)
    prepare(samples.small_release(), asked)
    closed = {**official.release_schema(), "properties": {**official.release_schema()["properties"], "tender": {"not": {}}}}
    asked = AttestationSettings("publisher-1", KEY, official_schema=OfficialSchema(closed))
    (found,) = problems_of(samples.small_release(), asked)
    assert (found.path, found.problem) == ("tender", "official_schema")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(samples.releases(), st.sampled_from(["source", "document"]))
def test_any_valid_release_is_prepared_or_refused_for_the_ledgers_bounds(release: dict[str, Any], source: Any) -> None:
    prepared = prepare_release(release, AttestationSettings("publisher-1", KEY, release_id_from=source))
    if isinstance(prepared, RefusedRelease):
        assert {problem.problem for problem in prepared.problems} <= {"control_character"}
        return
    as_arguments(prepared)
    assert recompute_parties(json.loads(prepared.document)) == (prepared.buyer, prepared.suppliers)
