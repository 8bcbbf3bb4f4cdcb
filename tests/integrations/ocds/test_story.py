"""A process tells what happened, in order, each line with its entry of the log."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prasasti.integrations.ocds.attestation import compute_date
from prasasti.integrations.ocds.canonical import encode_json
from prasasti.integrations.ocds.packages import LedgerRelease
from prasasti.integrations.ocds.story import STORY_KEYS, StoryLine, build_story
from tests.integrations.ocds import samples


def tell(*releases: dict[str, Any]) -> list[StoryLine]:
    return build_story(samples.as_recorded([samples.prepare(release) for release in releases]))


def facts_of(lines: list[StoryLine], key: str) -> list[dict[str, str]]:
    return [line.facts for line in lines if line.key == key]


def bare(number: int, **fields: Any) -> dict[str, Any]:
    """The n-th release of a process, a month after the one before, with only the fields given."""
    release = {
        "ocid": "ocds-abc123-1",
        "id": f"r{number}",
        "date": f"2026-{number:02}-01T00:00:00Z",
        "tag": ["tender"],
        "initiationType": "tender",
    }
    empty: dict[str, Any] = {"parties": [], "buyer": {}, "awards": [], "contracts": [], "tender": {"id": "t"}}
    return samples.small_release(**{**release, **empty, **fields})


def test_the_fictional_process_from_plan_to_payment() -> None:
    (whole,) = [path for path in samples.fictional_paths() if path.stem == "ocds-213czf-000-00001"]
    lines = tell(*samples.read_all(whole))
    assert [(line.position, line.key) for line in lines] == [
        (0, "planned"),
        (0, "tendered"),
        (1, "tender_value_changed"),
        (1, "tender_deadline_changed"),
        (1, "tender_status_changed"),
        (2, "tender_deadline_changed"),
        (2, "tender_amended"),
        (3, "tender_status_changed"),
        (3, "awarded"),
        (4, "award_status_changed"),
        (4, "contracted"),
        (5, "paid"),
        (5, "paid"),
    ]
    assert facts_of(lines, "planned") == [{"title": "Central Junction Cycle Scheme", "amount": "6700000", "currency": "GBP"}]
    assert facts_of(lines, "tender_value_changed")[0]["before_amount"] == "1000000"
    assert facts_of(lines, "tender_value_changed")[0]["after_amount"] == "1100000"
    assert facts_of(lines, "contracted")[0]["parties"] == "AnyCorp Cycle Provision"
    assert [facts["amount"] for facts in facts_of(lines, "paid")] == ["50000", "10000"]
    paid = next(line for line in lines if line.key == "paid")
    assert (paid.time, paid.is_own_time) == (compute_date("2010-08-01T00:00:00Z"), True)


def test_what_changes_is_told_before_and_after() -> None:
    def contract(amount: float, status: str, ends: str, **more: Any) -> dict[str, Any]:
        period = {"endDate": f"{ends}T00:00:00Z"}
        return {"id": "c", "awardID": "a", "value": {"amount": amount, "currency": "IDR"}, "status": status, "period": period, **more}

    def award(amount: float, supplier: str, status: str) -> dict[str, Any]:
        return {"id": "a", "value": {"amount": amount, "currency": "IDR"}, "suppliers": [{"id": "s", "name": supplier}], "status": status}

    milestone = {"id": "m", "title": "Half of the benches"}
    lines = tell(
        bare(
            1,
            awards=[award(10, "CV Kayu", "pending")],
            contracts=[contract(10.5, "pending", "2026-06-01", implementation={"milestones": [{**milestone, "status": "scheduled"}]})],
        ),
        bare(
            2,
            awards=[award(11, "CV Besi", "active")],
            contracts=[
                contract(
                    12,
                    "active",
                    "2026-07-01",
                    amendments=[{"id": "1", "rationale": "Two benches more", "date": "2026-01-15T00:00:00Z"}],
                    implementation={
                        "milestones": [{**milestone, "status": "met", "dateMet": "2026-01-20T00:00:00Z"}],
                        "transactions": [{"id": "x", "value": {"amount": 5, "currency": "IDR"}, "payee": {"id": "s", "name": "CV Besi"}}],
                    },
                )
            ],
        ),
        bare(
            3,
            contracts=[
                {
                    "id": "c",
                    "awardID": "a",
                    "implementation": {
                        "transactions": [{"id": "x", "value": {"amount": 6, "currency": "IDR"}}],
                        "endDate": "2026-02-25T00:00:00Z",
                        "finalValue": {"amount": 12, "currency": "IDR"},
                    },
                }
            ],
        ),
    )
    told = [(line.position, line.key) for line in lines]
    assert told == [
        (0, "tendered"),
        (0, "awarded"),
        (0, "contracted"),
        (1, "award_value_changed"),
        (1, "award_suppliers_changed"),
        (1, "award_status_changed"),
        (1, "contract_value_changed"),
        (1, "contract_end_changed"),
        (1, "contract_status_changed"),
        (1, "contract_amended"),
        (1, "milestone_met"),
        (1, "paid"),
        (2, "payment_changed"),
        (2, "completed"),
    ]
    assert facts_of(lines, "contract_value_changed") == [
        {"id": "c", "before_amount": "10.5", "before_currency": "IDR", "after_amount": "12", "after_currency": "IDR"}
    ]
    assert facts_of(lines, "award_suppliers_changed") == [{"id": "a", "before": "CV Kayu", "after": "CV Besi"}]
    assert facts_of(lines, "contract_end_changed") == [{"id": "c", "before": "2026-06-01T00:00:00Z", "after": "2026-07-01T00:00:00Z"}]
    assert facts_of(lines, "contract_amended") == [{"id": "c", "rationale": "Two benches more"}]
    assert facts_of(lines, "completed") == [{"id": "c", "amount": "12", "currency": "IDR"}]
    met = next(line for line in lines if line.key == "milestone_met")
    assert (met.time, met.is_own_time) == (compute_date("2026-01-20T00:00:00Z"), True)


def test_bids_and_milestones_of_the_contract() -> None:
    lines = tell(
        bare(1, bids={"details": [{"id": "b", "tenderers": [{"id": "s", "name": "CV Kayu"}], "value": {"amount": 9, "currency": "IDR"}}]}),
        bare(
            2,
            bids={"details": [{"id": "b", "status": "valid"}]},
            contracts=[{"id": "c", "awardID": "a", "milestones": [{"id": "m", "status": "met"}]}],
        ),
    )
    assert facts_of(lines, "bid_received") == [{"id": "b", "parties": "CV Kayu", "status": "", "amount": "9", "currency": "IDR"}]
    assert facts_of(lines, "bid_status_changed") == [{"id": "b", "before": "", "after": "valid"}]
    assert facts_of(lines, "milestone_met") == [{"id": "m", "title": ""}]


def test_the_order_of_dates_and_not_of_the_log_tells_the_story() -> None:
    late, early = bare(5, tender={"id": "t", "status": "complete"}), bare(2, tender={"id": "t", "status": "active"})
    assert [(line.position, line.key) for line in tell(late, early)] == [(1, "tendered"), (0, "tender_status_changed")]


def test_updates_and_contradictions_stand_beside_the_story() -> None:
    documents = [samples.prepare(bare(1, tender={"id": "t", "title": title})).document for title in ("first", "second", "third")]
    kinds: tuple[Literal["new", "contradiction", "update"], ...] = ("new", "contradiction", "update")
    recorded = [
        LedgerRelease(at, "p", "ocds-abc123-1", "r1", document, kind)
        for at, (document, kind) in enumerate(zip(documents, kinds, strict=True))
    ]
    lines = build_story(recorded)
    assert [(line.position, line.key) for line in lines] == [(1, "contradicted"), (2, "tendered"), (2, "updated")]
    assert facts_of(lines, "tendered")[0]["title"] == "third"


def test_a_document_that_cannot_be_read_is_told() -> None:
    recorded = samples.as_recorded([samples.prepare(bare(1))])
    gone = msgspec.structs.replace(recorded[0], document=None)
    assert build_story([gone]) == [
        StoryLine(compute_date("2026-01-01T00:00:00Z"), False, 0, "unreadable", {"release": "r1", "problem": "document_missing"})
    ]
    assert build_story([]) == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(samples.releases(), min_size=1, max_size=4))
def test_every_line_has_its_facts_and_its_entry(releases: list[dict[str, Any]]) -> None:
    recorded = [
        LedgerRelease(at, "p", "o", f"r{at}", encode_json(release), date=compute_date(release["date"]))
        for at, release in enumerate(releases)
    ]
    for line in build_story(recorded):
        assert line.facts.keys() == set(STORY_KEYS[line.key])
        assert all(isinstance(fact, str) for fact in line.facts.values())
        assert 0 <= line.position < len(releases)
        assert line.is_own_time or line.time == recorded[line.position].date
