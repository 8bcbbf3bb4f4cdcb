"""What each message and each deadline of ``identity`` writes and tells: exactly these records and events, no more."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.contracts.identity.records import compute_quarter, compute_quarter_end, digest_tagged, format_quarter, parse_quarter
from prasasti.contracts.offices import person_key
from tests.contracts.identity_rows import (
    ACT,
    DAY,
    HOUR,
    NOW,
    OFFICE,
    OFFICER_BACK,
    OFFICER_LOST,
    OPERATORS,
    OTHER_ACT,
    PAYER,
    SUSPECT,
    announce,
    close,
    complete,
    confirm,
    delegate,
    end,
    end_office,
    found,
    grant,
    object_to,
    publish,
    register,
    review,
    rotate,
    tie,
)
from tests.contracts.plays import Play, after, holder, registrar, wait
from tests.core.examples import OFFICER, REGISTRAR, SCAN
from tests.core.ledger import ACCEPTED, START, Ledger, key_of

Records = dict[str, Any]


def key(name: str, handle: str, roles: list[str], since: int = NOW, **more: Any) -> Records:
    record = {"handle": handle, "organisation": name.partition("/")[0], "roles": roles, "since": since}
    return {f"identity/key/{key_of(name)}": record | more}


def person(handle: str, *names: str, organisation: str = "agency-1", **more: Any) -> Records:
    """The record of a person who has the keys of these names."""
    record = {"handle": handle, "keys": sorted(key_of(name) for name in names), "organisation": organisation}
    return {person_key(organisation, handle): record | more}


def offices(officers: list[str], registrars: list[str], keys: int, roles: int, organisation: str = "agency-1", **more: Any) -> Records:
    record = {"auditors": [], "key_count": keys, "office_count": roles, "officers": officers, "registrars": registrars}
    return {f"identity/offices/{organisation}": record | more}


def due(time: int, what: str, subject: str, named: str = "") -> Records:
    return {f"governance/schedule/{time}/identity:{what}:{named or subject}": {"subject": subject}}


def term(name: str, role: str, until: int, **more: Any) -> Records:
    return {"key": key_of(name), "role": role, "until": until} | more


def reviews(quarter: str, end: datetime, missing: list[str] | None = None, organisation: str = "agency-1") -> Records:
    """An organisation owes the review of a quarter, which ends at a time."""
    digest = sha256(organisation.encode()).hexdigest()[:32]
    late = int((end + timedelta(days=30)).timestamp()) + int(digest[:8], 16) % DAY
    record = {"coming": quarter, "missing": missing or [], "organisation": organisation}
    return {f"identity/office_reviews/{digest}": record} | due(late, "offices", organisation, digest)


def gone(records: Records) -> Records:
    return dict.fromkeys(records)


FIRST_QUARTER = reviews("2026-Q1", datetime(2026, 4, 1, tzinfo=UTC))
SECOND_QUARTER = datetime(2026, 7, 1, tzinfo=UTC)
AGENCY = sha256(b"agency-1").hexdigest()[:32]
LATE = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp()) + int(AGENCY[:8], 16) % DAY
NEW, OLD = key_of("agency-1/new"), key_of(OFFICER[0])
READY = NOW + 72 * HOUR
RECOVERY = {"announced": NOW, "document": SCAN, "key": NEW, "old": OLD, "outside": True, "ready": READY}
ACTS = {"disowned": 0, "due": NOW + 30 * DAY, "overdue": False, "own": 0, "since": START}
CLERK = register(roles=["procurement.publisher"], handle="clerk", until=NOW + DAY)
PAYER_WAITS = after(PAYER, announce("agency-1/payer", "agency-1/payer-2"), wait(72 * HOUR))
PAYER_BACK = complete("agency-1/payer", "agency-1/payer-2", "payer", [], ["treasury.payer"])
HELD = term("agency-1/payer-2", "treasury.payer", READY + 72 * HOUR)


def nothing(_: Ledger) -> str:
    return ACCEPTED


TAG = "77" * 16
TIE = {
    "attested": NOW, "handle": "", "key_id": "tags-1", "organisation": "publisher-1", "registrar": "agency-1", "relation": "director",
    "share_bp": 0, "since": START - DAY, "tag": TAG, "until": 0,
}  # fmt: skip

# What comes before; what counts; the records it changes, None for one it removes; its events.
EFFECTS: dict[str, tuple[Play, Play, Records, list[Records]]] = {
    "register an officer": (
        nothing,
        register(),
        key("agency-1/new", "person-1", ["governance.officer"])
        | person("person-1", "agency-1/new", terms=[term("agency-1/new", "governance.officer", NOW + OFFICE)])
        | offices(["officer", "person-1"], ["registrar"], 3, 3)
        | due(NOW + OFFICE, "term", NEW)
        | FIRST_QUARTER,
        [{"event": "identity.key_registered", "key": NEW, "organisation": "agency-1"}],
    ),
    "register a registrar": (
        register(),
        register("agency-1/second", handle="person-2", roles=["identity.registrar"]),
        key("agency-1/second", "person-2", ["identity.registrar"])
        | person("person-2", "agency-1/second")
        | offices(["officer", "person-1"], ["person-2", "registrar"], 4, 4),
        [{"event": "identity.key_registered", "key": key_of("agency-1/second"), "organisation": "agency-1"}],
    ),
    "register a publisher's key": (
        nothing,
        register("publisher-1/new", roles=["procurement.publisher"], until=NOW + DAY),
        key("publisher-1/new", "person-1", ["procurement.publisher"])
        | person(
            "person-1",
            "publisher-1/new",
            organisation="publisher-1",
            terms=[term("publisher-1/new", "procurement.publisher", NOW + DAY)],
        )
        | offices(["officer"], [], 3, 3, "publisher-1")
        | due(NOW + DAY, "term", key_of("publisher-1/new")),
        [{"event": "identity.key_registered", "key": key_of("publisher-1/new"), "organisation": "publisher-1"}],
    ),
    "end an officer": (
        nothing,
        end(OFFICER[0], REGISTRAR, reason="left"),
        key(OFFICER[0], "officer", ["governance.officer"], START, until=NOW) | person("officer") | offices([], ["registrar"], 1, 1),
        [{"event": "identity.key_ended", "key": OLD, "organisation": "agency-1"}],
    ),
    "end a suspect key": (
        nothing,
        end(OFFICER[0], REGISTRAR, reason="stolen", suspect_since=START),
        key(OFFICER[0], "officer", ["governance.officer"], START, until=NOW)
        | person("officer")
        | offices([], ["registrar"], 1, 1)
        | {f"identity/acts/{OLD}": ACTS}
        | due(NOW + 30 * DAY, "acts", OLD),
        [
            {"event": "identity.key_ended", "key": OLD, "organisation": "agency-1"},
            {"due": NOW + 30 * DAY, "event": "identity.acts_review_opened", "key": OLD, "since": START},
        ],
    ),
    "rotate a key with a term": (
        register("agency-1/other", until=NOW + DAY),
        rotate("agency-1/other", "agency-1/new", "person-1", ["governance.officer"]),
        key("agency-1/other", "person-1", ["governance.officer"], until=NOW)
        | key("agency-1/new", "person-1", ["governance.officer"])
        | person("person-1", "agency-1/new", terms=[term("agency-1/new", "governance.officer", NOW + DAY)])
        | due(NOW + DAY, "term", NEW),
        [{"event": "identity.key_rotated", "key": NEW, "old": key_of("agency-1/other")}],
    ),
    "grant an office": (
        nothing,
        grant(OFFICER[0], "governance.desk"),
        key(OFFICER[0], "officer", ["governance.desk", "governance.officer"], START)
        | person("officer", OFFICER[0], terms=[term(OFFICER[0], "governance.desk", NOW + 30 * DAY)])
        | offices(["officer"], ["registrar"], 2, 3, governing=["officer"])
        | due(NOW + 30 * DAY, "term", OLD),
        [{"event": "identity.office_granted", "key": OLD, "role": "governance.desk", "until": NOW + 30 * DAY}],
    ),
    "grant it for longer": (
        grant(OFFICER[0], "governance.desk"),
        grant(OFFICER[0], "governance.desk", until=NOW + 60 * DAY),
        person("officer", OFFICER[0], terms=[term(OFFICER[0], "governance.desk", NOW + 60 * DAY)]) | due(NOW + 60 * DAY, "term", OLD),
        [{"event": "identity.office_granted", "key": OLD, "role": "governance.desk", "until": NOW + 60 * DAY}],
    ),
    "end an office": (
        grant(OFFICER[0], "governance.desk"),
        end_office(OFFICER[0], "governance.desk"),
        key(OFFICER[0], "officer", ["governance.officer"], START)
        | person("officer", OFFICER[0])
        | offices(["officer"], ["registrar"], 2, 2),
        [{"event": "identity.office_ended", "key": OLD, "role": "governance.desk"}],
    ),
    "delegate an office": (
        nothing,
        delegate(OFFICER[0], REGISTRAR[0], "governance.officer"),
        key(REGISTRAR[0], "registrar", ["governance.officer", "identity.registrar"], START)
        | person("registrar", REGISTRAR[0], terms=[term(REGISTRAR[0], "governance.officer", NOW + 30 * DAY, delegated=True)])
        | offices(["officer", "registrar"], ["registrar"], 2, 3)
        | due(NOW + 30 * DAY, "term", key_of(REGISTRAR[0])),
        [{"event": "identity.office_delegated", "key": key_of(REGISTRAR[0]), "role": "governance.officer", "until": NOW + 30 * DAY}],
    ),
    "an office's date": (
        CLERK,
        wait(DAY),
        key("agency-1/new", "clerk", [])
        | person("clerk", "agency-1/new")
        | offices(["officer"], ["registrar"], 3, 2)
        | gone(due(NOW + DAY, "term", NEW)),
        [{"event": "identity.office_over", "key": NEW, "role": "procurement.publisher"}],
    ),
    "a former date of an office": (
        after(grant(OFFICER[0], "governance.desk", until=NOW + DAY), grant(OFFICER[0], "governance.desk", until=NOW + 2 * DAY)),
        wait(DAY),
        gone(due(NOW + DAY, "term", OLD)),
        [],
    ),
    "the last registrar's date": (
        grant(REGISTRAR[0], "identity.registrar", until=NOW + DAY),
        wait(DAY),
        person("registrar", REGISTRAR[0]) | gone(due(NOW + DAY, "term", key_of(REGISTRAR[0]))),
        [{"event": "identity.registrar_stays", "key": key_of(REGISTRAR[0])}],
    ),
    "announce a recovery": (
        nothing,
        OFFICER_LOST,
        {
            "identity/recovery/r-1": RECOVERY | {"standing": "announced"},
            f"identity/recovering/{OLD}": {"recovery": "r-1"},
            f"governance/document/{SCAN['sha256']}/operator-1": {"since": NOW},
        }
        | due(READY + 7 * DAY, "lapse", "r-1"),
        [{"event": "identity.recovery_announced", "old": OLD, "ready": READY, "recovery": "r-1"}],
    ),
    "object to it": (
        OFFICER_LOST,
        object_to(holder(OFFICER[0])),
        {"identity/recovery/r-1": RECOVERY | {"standing": "objected"}},
        [{"event": "identity.recovery_objected", "recovery": "r-1"}],
    ),
    "complete it": (
        after(OFFICER_LOST, wait(72 * HOUR)),
        OFFICER_BACK,
        {"identity/recovery/r-1": RECOVERY | {"standing": "completed"}}
        | key(OFFICER[0], "officer", ["governance.officer"], START, until=READY)
        | key("agency-1/new", "officer", ["governance.officer"], READY)
        | person("officer", "agency-1/new")
        | offices(["officer"], ["registrar"], 2, 2),
        [{"event": "identity.recovery_completed", "key": NEW, "old": OLD, "recovery": "r-1"}],
    ),
    "nobody completes it": (
        OFFICER_LOST,
        wait(72 * HOUR + 7 * DAY),
        {"identity/recovery/r-1": RECOVERY | {"standing": "lapsed"}} | gone(due(READY + 7 * DAY, "lapse", "r-1")),
        [{"event": "identity.recovery_lapsed", "recovery": "r-1"}],
    ),
    "the day after it was completed": (
        after(OFFICER_LOST, wait(72 * HOUR), OFFICER_BACK),
        wait(7 * DAY),
        gone(due(READY + 7 * DAY, "lapse", "r-1")),
        [],
    ),
    "a payer's office held back": (
        PAYER_WAITS,
        PAYER_BACK,
        {"identity/recovery/r-1": RECOVERY | {"key": key_of("agency-1/payer-2"), "old": key_of("agency-1/payer"), "standing": "completed"}}
        | key("agency-1/payer", "payer", ["treasury.payer"], until=READY)
        | key("agency-1/payer-2", "payer", [], READY)
        | person("payer", "agency-1/payer-2", held_back=[HELD], terms=[term("agency-1/payer-2", "treasury.payer", NOW + OFFICE)])
        | offices(["officer"], ["registrar"], 3, 2)
        | due(READY + 72 * HOUR, "held", key_of("agency-1/payer-2"))
        | due(NOW + OFFICE, "term", key_of("agency-1/payer-2")),
        [{"event": "identity.recovery_completed", "key": key_of("agency-1/payer-2"), "old": key_of("agency-1/payer"), "recovery": "r-1"}],
    ),
    "and given back": (
        after(PAYER_WAITS, PAYER_BACK),
        wait(72 * HOUR),
        key("agency-1/payer-2", "payer", ["treasury.payer"], READY)
        | person("payer", "agency-1/payer-2", terms=[term("agency-1/payer-2", "treasury.payer", NOW + OFFICE)])
        | offices(["officer"], ["registrar"], 3, 3)
        | gone(due(READY + 72 * HOUR, "held", key_of("agency-1/payer-2"))),
        [{"event": "identity.office_given_back", "key": key_of("agency-1/payer-2"), "role": "treasury.payer"}],
    ),
    "held back, the key rotated": (
        after(PAYER_WAITS, PAYER_BACK, rotate("agency-1/payer-2", "agency-1/payer-3", "payer", [])),
        wait(72 * HOUR),
        key("agency-1/payer-3", "payer", ["treasury.payer"], READY)
        | person("payer", "agency-1/payer-3", terms=[term("agency-1/payer-3", "treasury.payer", NOW + OFFICE)])
        | offices(["officer"], ["registrar"], 3, 3)
        | gone(due(READY + 72 * HOUR, "held", key_of("agency-1/payer-2")))
        | gone(due(READY + 72 * HOUR, "held", key_of("agency-1/payer-3"))),
        [{"event": "identity.office_given_back", "key": key_of("agency-1/payer-3"), "role": "treasury.payer"}],
    ),
    "held back, the office ended": (
        after(PAYER_WAITS, PAYER_BACK, end_office("agency-1/payer-2", "treasury.payer")),
        wait(72 * HOUR),
        gone(due(READY + 72 * HOUR, "held", key_of("agency-1/payer-2"))),
        [],
    ),
    "own two acts": (
        SUSPECT,
        confirm(OFFICER[0], ("agency-1/new", "governance.officer"), ACT, OTHER_ACT),
        {f"identity/acts/{OLD}": ACTS | {"own": 2}}
        | {f"identity/finding/{each}": {"finding": "own", "key": OLD, "time": NOW} for each in (ACT, OTHER_ACT)},
        [{"count": 2, "event": "identity.acts_confirmed", "finding": "own", "key": OLD}],
    ),
    "disown one": (
        SUSPECT,
        confirm(OFFICER[0], ("agency-1/new", "governance.officer"), ACT, finding="disowned", document=SCAN),
        {
            f"identity/acts/{OLD}": ACTS | {"disowned": 1},
            f"identity/finding/{ACT}": {"document": SCAN, "finding": "disowned", "key": OLD, "time": NOW},
            f"governance/document/{SCAN['sha256']}/agency-1": {"since": NOW},
        },
        [{"count": 1, "event": "identity.acts_confirmed", "finding": "disowned", "key": OLD}],
    ),
    "the rest is overdue": (
        after(SUSPECT, confirm(OFFICER[0], ("agency-1/new", "governance.officer"), ACT)),
        wait(30 * DAY),
        {f"identity/acts/{OLD}": ACTS | {"overdue": True, "own": 1}} | gone(due(NOW + 30 * DAY, "acts", OLD)),
        [{"count": 1, "event": "identity.acts_review_overdue", "key": OLD}],
    ),
    "attest a tag": (
        nothing,
        tie(),
        {
            f"identity/tags/{TAG}/count": 1,
            f"identity/tags/{TAG}:0/0": TIE,
            f"identity/tagged/{digest_tagged('publisher-1')}/count": 1,
            f"identity/tagged/{digest_tagged('publisher-1')}:0/0": TIE,
        },
        [{"event": "identity.tag_attested", "number": 0, "tag": TAG}],
    ),
    "attest an employee's": (
        tie(),
        tie("employee"),
        {f"identity/tags/{TAG}/count": 2, f"identity/tags/{TAG}:0/1": TIE | {"relation": "employee"}},
        [{"event": "identity.tag_attested", "number": 1, "tag": TAG}],
    ),
    "register an organisation": (
        nothing,
        found(),
        {
            "identity/organisation/supplier-1": {
                "id": "supplier-1",
                "licence": "",
                "ocid_prefixes": [],
                "publication_policy": "",
                "standing": "active",
            },
            "identity/quota/agency-1": {"count": 1, "day": NOW // DAY},
        }
        | key("supplier-1/registrar", "registrar", ["identity.registrar"])
        | person("registrar", "supplier-1/registrar", organisation="supplier-1")
        | offices([], ["registrar"], 1, 1, "supplier-1")
        | reviews("2026-Q1", datetime(2026, 4, 1, tzinfo=UTC), organisation="supplier-1"),
        [{"event": "identity.organisation_registered", "organisation": "supplier-1"}],
    ),
    "a publisher's second prefix": (
        publish("agency-1", "ocds-new789-"),
        publish("agency-1", "ocds-old012-"),
        {
            "identity/organisation/agency-1": {
                "id": "agency-1",
                "licence": "CC-BY-4.0",
                "ocid_prefixes": ["ocds-new789-", "ocds-old012-"],
                "publication_policy": "",
                "standing": "active",
            },
            "identity/prefixes/all": {"owners": {"ocds-new789-": "agency-1", "ocds-old012-": "agency-1"}},
        },
        [{"event": "identity.publisher_registered", "organisation": "agency-1"}],
    ),
    "review offices": (
        after(register(), wait(100 * DAY)),
        review("2026-Q1", 3, 3),
        reviews("2026-Q2", SECOND_QUARTER),
        [{"event": "identity.offices_reviewed", "organisation": "agency-1", "quarter": "2026-Q1"}],
    ),
    "review them late": (
        after(register(), wait(130 * DAY)),
        review("2026-Q1", 3, 3),
        {f"identity/office_reviews/{AGENCY}": {"coming": "2026-Q2", "missing": [], "organisation": "agency-1"}},
        [{"event": "identity.offices_reviewed", "organisation": "agency-1", "quarter": "2026-Q1"}],
    ),
    "a review is overdue": (
        register(),
        wait(LATE - NOW),
        reviews("2026-Q2", SECOND_QUARTER, ["2026-Q1"]) | gone(due(LATE, "offices", "agency-1", AGENCY)),
        [{"event": "identity.office_review_overdue", "organisation": "agency-1", "quarter": "2026-Q1"}],
    ),
    "a review that was made in time": (
        after(register(), wait(100 * DAY), review("2026-Q1", 3, 3)),
        wait(LATE - NOW - 100 * DAY),
        gone(due(LATE, "offices", "agency-1", AGENCY)),
        [],
    ),
    "close an organisation": (
        found(),
        close("supplier-1", registrar("supplier-1"), OPERATORS),
        {
            "identity/organisation/supplier-1": {
                "id": "supplier-1",
                "licence": "",
                "ocid_prefixes": [],
                "publication_policy": "",
                "standing": "closed",
            }
        },
        [{"event": "identity.organisation_closed", "organisation": "supplier-1"}],
    ),
}


@pytest.mark.parametrize("name", EFFECTS)
def test_the_effects_of_each_message_and_deadline(tmp_path: Path, name: str) -> None:
    before, play, expected, events = EFFECTS[name]
    ledger = Ledger(tmp_path)
    assert before(ledger) == ACCEPTED
    former = ledger.records()
    assert play(ledger) == ACCEPTED
    latter = ledger.records()
    changed = {
        key: json.loads(latter[key]) if key in latter else None for key in sorted({*former, *latter}) if former.get(key) != latter.get(key)
    }
    assert changed == expected
    result = ledger.results[-1]
    told = json.loads(result.entries[0][1])["events"]
    assert told + [event for receipt in result.receipts for event in json.loads(bytes(receipt.events))] == events


@given(st.integers(0, 2**36))
def test_quarters_are_those_of_the_calendar(time: int) -> None:
    """Against the standard library's calendar, to the year 4147."""
    date = datetime.fromtimestamp(time, UTC)
    number = compute_quarter(time)
    assert format_quarter(number) == f"{date.year:04d}-Q{(date.month + 2) // 3}"
    assert parse_quarter(format_quarter(number)) == number
    month = date.month + 3 - (date.month - 1) % 3
    end = datetime(date.year + month // 13, (month - 1) % 12 + 1, 1, tzinfo=UTC)
    assert compute_quarter_end(number) == int(end.timestamp())
    assert compute_quarter(compute_quarter_end(number)) == number + 1
