"""The rows of a process: what they take from its releases, and that they are those of its compiled release."""

from __future__ import annotations

import warnings
from decimal import Decimal
from typing import Any

import msgspec
import ocdsmerge
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ocdsmerge.exceptions import DuplicateIdValueWarning

from prasasti.integrations.ocds.canonical import encode_json
from prasasti.integrations.ocds.facts import STATES, ProcessFacts, _Describing, decode_facts, describe_process, merge
from prasasti.integrations.ocds.merge_rules import MERGE_RULES, compile_release
from prasasti.integrations.ocds.money import sum_money
from prasasti.integrations.ocds.packages import LedgerRelease
from prasasti.readmodel.rows import SEVERAL
from tests.integrations.ocds import samples


def describe(*releases: dict[str, Any], buyer: str = "", **changes: Any) -> ProcessFacts:
    """Rows of one process, each release in an entry of its own."""
    versions = [
        LedgerRelease(position, "publisher-1", "ocds-abc123-1", str(release.get("id", position)), encode_json(release), date=position)
        for position, release in enumerate(releases, 5)
    ]
    return describe_process(5, buyer, [msgspec.structs.replace(version, **changes) for version in versions])


def parse(**fields: Any) -> dict[str, Any]:
    release: dict[str, Any] = samples.parse(msgspec.json.encode({"date": "2026-01-02T03:04:05Z", **fields}).decode())
    return release


def idr(amount: float) -> dict[str, Any]:
    return {"amount": amount, "currency": "IDR"}


AWARD = {"id": "a", "value": idr(90), "suppliers": [{"id": "s1", "name": "CV Satu"}]}
TENDER = {"id": 1, "tenderPeriod": {"startDate": "2022-01-01T00:00:00+07:00"}}
CONTRACT = {"id": "c", "awardID": "a", "value": idr(90), "dateSigned": "2025-12-31T23:30:00-05:00"}


def test_a_small_release() -> None:
    release = samples.prepare(samples.small_release()).release
    facts = describe(release, buyer="PT-NIPPC-600000011")
    row = facts.process
    assert (row.title, row.buyer_name, row.state, row.year) == ("Park benches", "City of Examples", "contracted", 2026)
    assert (row.value_stage, row.value_amount, row.value_minor, row.value_currency) == ("contracted", "990", 99_000, "EUR")
    stages = {amount.stage: (amount.amount, amount.minor, amount.supplier) for amount in facts.amounts}
    assert stages["tendered"] == ("1000.5", 100_050, SEVERAL)
    assert stages["awarded"] == stages["contracted"] == ("990", 99_000, SEVERAL)
    assert ("buyer", "PT-NIPPC-600000011", "City of Examples") in {(each.role, each.party, each.name) for each in facts.parties}
    assert facts.text.supplier.startswith("bench works")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "planned"),
        ({"planning": {"rationale": "x"}}, "planned"),
        ({"planning": {"budget": {"amount": idr(5)}}}, "planned"),
        ({"planning": {"budget": {"amount": idr(5), "project": "Roads"}}}, "budgeted"),
        ({"planning": {"budget": {"amount": idr(5), "project": "Roads", "description": "A bridge"}}}, "planned"),
        ({"planning": {"budget": {"amount": idr(5), "project": "Roads"}, "rationale": "A bridge"}}, "planned"),
        ({"planning": {"budget": {"amount": idr(5), "project": "Roads"}}, "tender": {"id": 1}}, "tendered"),
        ({"tender": {"id": 1}}, "tendered"),
        ({"tender": {"id": 1, "status": "cancelled"}}, "cancelled"),
        ({"tender": {"id": 1, "status": "cancelled"}, "awards": [AWARD]}, "awarded"),
        ({"awards": [AWARD]}, "awarded"),
        ({"awards": [{**AWARD, "status": "unsuccessful"}]}, "cancelled"),
        ({"awards": [AWARD], "contracts": [CONTRACT]}, "contracted"),
        ({"awards": [AWARD], "contracts": [{**CONTRACT, "status": "cancelled"}]}, "cancelled"),
        ({"contracts": [{**CONTRACT, "implementation": {"transactions": [{"id": 1, "value": idr(1)}]}}]}, "paid"),
        ({"contracts": [{**CONTRACT, "status": "terminated"}]}, "completed"),
        ({"contracts": [{**CONTRACT, "implementation": {"endDate": "2026-01-01T00:00:00Z"}}]}, "completed"),
        ({"contracts": [{**CONTRACT, "status": "terminated"}, {**CONTRACT, "id": "d"}]}, "contracted"),
    ],
)
def test_states(fields: dict[str, Any], state: str) -> None:
    facts = describe(parse(**fields))
    assert facts.process.state == state
    if state in ("planned", "budgeted") and "budget" in fields.get("planning", {}):
        assert ({row.stage for row in facts.amounts}, facts.process.value_stage) == ({state}, state)
    assert state in STATES


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        ({}, 2026),
        ({"tender": TENDER}, 2022),
        ({"tender": TENDER, "awards": [{**AWARD, "date": "2023-02-01T00:00:00Z"}]}, 2023),
        ({"awards": [{**AWARD, "date": "2023-02-01T00:00:00Z"}], "contracts": [CONTRACT]}, 2025),
    ],
)  # fmt: skip
def test_years_are_those_of_the_dates_as_written(fields: dict[str, Any], year: int) -> None:
    assert describe(parse(**fields)).process.year == year


def test_a_price_rise_is_what_was_added_since_the_contract_was_first_told() -> None:
    before = parse(id="1", awards=[AWARD], contracts=[CONTRACT])
    after = parse(
        id="2", contracts=[{"id": "c", "awardID": "a", "value": idr(120.5), "amendments": [{"id": "x"}]}], date="2026-02-01T00:00:00Z"
    )
    facts = describe(before, after)
    (contract,) = facts.contracts
    assert (contract.first_amount, contract.amount, contract.change_amount, contract.rise_minor) == ("90", "120.5", "30.5", 3_050)
    assert (contract.supplier, contract.suppliers, contract.amendments) == ("s1", "CV Satu", 1)
    assert describe(before).contracts[0].rise_minor is None
    other = parse(id="2", contracts=[{"id": "c", "awardID": "a", "value": {"amount": 1, "currency": "EUR"}}], date="2026-02-01T00:00:00Z")
    assert describe(before, other).contracts[0].rise_minor is None


def test_suppliers_of_amounts() -> None:
    joint = {"id": "b", "value": idr(10), "suppliers": [{"id": "s1"}, {"id": "s2"}]}
    facts = describe(
        parse(
            awards=[AWARD, joint],
            planning={"budget": {"amount": idr(200)}},
            contracts=[CONTRACT, {"id": "d", "awardID": "none", "value": idr(5)}],
        )
    )
    found = {(row.stage, row.supplier): row.amount for row in facts.amounts}
    assert found == {
        ("planned", SEVERAL): "200",
        ("awarded", "s1"): "90",
        ("awarded", SEVERAL): "10",
        ("contracted", "s1"): "90",
        ("contracted", ""): "5",
    }


def test_what_was_cancelled_does_not_count() -> None:
    facts = describe(
        parse(awards=[AWARD, {**AWARD, "id": "b", "status": "cancelled"}], tender={"id": 1, "status": "withdrawn", "value": idr(7)})
    )
    assert sorted((row.stage, row.is_counted, row.times) for row in facts.amounts) == [
        ("awarded", 0, 1),
        ("awarded", 1, 1),
        ("tendered", 0, 1),
    ]
    assert facts.process.value_stage == "awarded"


def test_the_value_of_several_currencies_is_that_used_most() -> None:
    contracts = [
        {**CONTRACT, "id": number, "value": {"amount": number, "currency": code}} for number, code in ((1, "EUR"), (2, "IDR"), (3, "IDR"))
    ]
    row = describe(parse(contracts=contracts)).process
    assert (row.value_amount, row.value_minor, row.value_currency) == ("5", 500, "IDR")


@pytest.mark.parametrize(
    ("document", "title"),
    [
        (b"not json", ""),
        (b"[]", ""),
        (b'{"date":5}', ""),
        (b'{"date":"x","tender":{"id":1,"title":["a"]}}', ""),
        (b'{"date":"x","tender":null}', ""),
        (b'{"date":"x","tender":{"id":1,"title":"a\\u0000b"}}', "a\ufffdb"),
        (b'{"date":"x","tender":{"id":1,"title":"ok","value":{"amount":"5","currency":null}},"other":[1]}', "ok"),
        (b'{"date":"x","tender":{"id":1,"title":"ok","value":{"amount":1e999}}}', "ok"),
        (b'{"date":"x","tender":{"id":1,"title":"\xff"}}', ""),
    ],
)
def test_documents_that_are_no_releases_are_counted(document: bytes, title: str) -> None:
    version = LedgerRelease(5, "p", "o", "r", document, date=3)
    row = describe_process(5, "b", [version]).process
    assert (row.title, row.buyer, row.unreadable, row.value_amount) == (title, "b", 0 if title else 1, "")


def test_versions_count_as_they_are() -> None:
    versions = [
        LedgerRelease(1, "p", "o", "r1", encode_json(parse(tender={"id": 1, "title": "Lama"})), date=10),
        LedgerRelease(2, "p", "o", "r1", encode_json(parse(tender={"id": 1, "title": "Palsu"})), "contradiction", date=99),
        LedgerRelease(3, "p", "o", "r1", encode_json(parse(tender={"id": 1, "title": "Baru"})), "update", date=10),
        LedgerRelease(4, "p", "o", "r2", None, date=20),
        LedgerRelease(5, "p", "o", "r1", None, "contradiction", date=1),
    ]
    row = describe_process(1, "", versions).process
    assert (row.title, row.releases, row.contradictions, row.unreadable) == ("Baru", 5, 2, 2)
    assert (row.first_date, row.newest_date, row.newest_position) == (10, 20, 5)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], max_examples=60)
@given(releases=st.lists(samples.releases(), min_size=1, max_size=3))
def test_every_valid_release_can_be_told(releases: list[dict[str, Any]]) -> None:
    assert [release for release in releases if decode_facts(encode_json(release)) is None] == []
    describe(*({**release, "id": str(number)} for number, release in enumerate(releases)))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], max_examples=100)
@given(releases=st.lists(samples.releases(), min_size=1, max_size=3), data=st.data())
def test_rows_are_those_of_the_compiled_release(releases: list[dict[str, Any]], data: st.DataObject) -> None:
    """Merging the fields that the tables hold is merging everything, by ocdsmerge, and then taking those fields."""
    dates = data.draw(st.lists(st.integers(1, 3), min_size=len(releases), max_size=len(releases)))
    process = [{**release, "ocid": "o", "date": f"2026-01-0{day}T00:00:00Z"} for release, day in zip(releases, dates, strict=True)]
    decoded = [release for release in (decode_facts(encode_json(release)) for release in process) if release is not None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DuplicateIdValueWarning)
        compiled = decode_facts(encode_json(ocdsmerge.Merger(merge_rules=MERGE_RULES).create_compiled_release(process)))
    assert compiled is not None
    versions = [LedgerRelease(number, "p", "o", str(number), b"") for number in range(len(process))]
    assert _Describing(1, merge(decoded), decoded).run("", versions, 0, 0) == _Describing(1, compiled, decoded).run("", versions, 0, 0)


@pytest.mark.parametrize("source", ["ocp-fictional", "pt-impic"])
def test_money_of_real_processes_is_that_of_their_compiled_releases(source: str) -> None:
    paths = samples.fictional_paths() if source == "ocp-fictional" else [samples.impic_path()]
    processes: dict[str, list[dict[str, Any]]] = {}
    for release in (samples.prepare(release).release for path in paths for release in samples.read_all(path)):
        processes.setdefault(release["ocid"], []).append(release)
    assert processes
    for releases in processes.values():
        totals = {key: total.amount for key, total in sum_money([compile_release(releases)[0]]).items()}
        found: dict[tuple[str, str], Decimal] = {}
        for row in describe(*releases).amounts:
            key = row.stage, row.currency
            found[key] = found.get(key, Decimal(0)) + Decimal(row.amount)
        assert found == totals
