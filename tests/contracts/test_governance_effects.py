"""What each message and each deadline of ``governance`` writes and tells: exactly these records and events, no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

import msgspec
import pytest

from prasasti.contracts import CONTRACTS
from prasasti.contracts.governance.parameters import read_value
from prasasti.contracts.governance.validators import compute_powers
from prasasti.core.contract import find_parameter
from prasasti.core.types import require
from tests.contracts.governing import DAY, Consortium, holder, new_signers, newcomer, officer, parameter
from tests.core.examples import CONSENSUS_PARTS, DOCUMENT
from tests.core.ledger import ACCEPTED, START, key_of

GAP = "max_gap_seconds"
NOTED = f"governance/document/{DOCUMENT['sha256']}/agency-1"
ROLL = [{"class": name.partition("-")[0], "id": name} for name in ("agency-1", "auditor-1", "citizens-1", "operator-1")]


def changed(consortium: Consortium, act: Callable[[], Any]) -> dict[str, Any]:
    """Records that an act left otherwise, None where it took one away."""
    before = consortium.ledger.records()
    assert act() in (ACCEPTED, None)
    after = consortium.ledger.records()
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: json.loads(after[key]) if key in after else None for key in keys}


def tag(contract: str, label: str, *parts: bytes) -> str:
    """From the definition: SHA-512 over each part with its length before it, cut to 32 bytes."""
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in (f"prasasti/{contract}/1/{label}".encode(), *parts))
    return sha512(framed).hexdigest()[:64]


def events(consortium: Consortium) -> list[dict[str, Any]]:
    newest = consortium.ledger.results[-1]
    return [event for _, entry in newest.entries for event in json.loads(entry)["events"]]


def wait(consortium: Consortium, seconds: int) -> Callable[[], None]:
    def act() -> None:
        consortium.wait(seconds=seconds)

    return act


def test_the_life_of_a_rule(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    opened = four.now
    act = parameter(GAP, 600, opened + 60 * DAY)
    text = f'{{"effective_from":{opened + 60 * DAY},"name":"{GAP}","value":600}}'
    subject = tag("governance", "resolution", b"governance.set_parameter", text.encode())
    end = opened + 14 * DAY
    proposal = {
        "action": "governance.set_parameter", "arguments": text, "closed": 0, "concerned": "", "document": DOCUMENT, "end": end,
        "fields": [], "form": "act", "held": [], "joins": "", "kind": "rule", "lapses": 0, "name": "", "notice_over": 0, "opened": opened,
        "proposer": "agency-1", "reason": "improvement", "roll": ROLL, "silences": False, "state": "open", "subject": subject,
    }  # fmt: skip
    assert changed(four, lambda: four.propose("p", "set_parameter", act)) == {
        NOTED: {"since": opened},
        "governance/proposal/p": proposal,
        "governance/proposals/open": {"proposals": ["p"]},
        f"governance/schedule/{end}/governance:vote:p": {"subject": "p"},
        f"governance/subject/{subject}": {"cool_off_until": 0, "proposal": "p"},
    }
    assert events(four) == [{"end": end, "event": "governance.proposed", "kind": "rule", "proposal": "p", "subject": subject, "voters": 4}]
    for member in ("agency-1", "auditor-1", "citizens-1"):
        vote = {"choice": "yes", "reason": "other", "time": opened}
        assert changed(four, partial(four.vote, "p", "yes", member)) == {f"governance/proposal/p/{member}": vote}
        assert events(four) == [{"choice": "yes", "event": "governance.voted", "member": member, "proposal": "p"}]
    lapses = end + 10 * DAY + 90 * DAY
    closed = proposal | {"closed": end, "lapses": lapses, "notice_over": end + 10 * DAY, "state": "passed"}
    assert changed(four, wait(four, 14 * DAY)) == {
        "governance/conduct/operator-1": {"leaves": 0, "missed": [end], "silent": False},
        "governance/proposal/p": closed,
        "governance/proposals/open": {"proposals": []},
        f"governance/schedule/{end}/governance:vote:p": None,
        f"governance/schedule/{lapses}/governance:lapse:p": {"subject": "p"},
        f"governance/subject/{subject}": {"cool_off_until": 0, "proposal": ""},
    }
    effective = opened + 60 * DAY
    assert changed(four, lambda: four.carry_out("p", "set_parameter", act)) == {
        "governance/change/max_gap_seconds/count": 1,
        "governance/change/max_gap_seconds:0/0": {"before": 300, "effective_from": effective, "resolution": "p", "time": end, "value": 600},
        f"governance/parameter/{GAP}": {
            "coming": {"effective_from": effective, "resolution": "p", "value": 600},
            "since": START,
            "value": 300,
        },
        "governance/proposal/p": closed | {"state": "used"},
        f"governance/schedule/{effective}/governance:parameter:{GAP}": {"subject": GAP},
        f"governance/schedule/{lapses}/governance:lapse:p": None,
    }
    assert events(four) == [{"before": 300, "effective_from": effective, "event": "governance.parameter_set", "name": GAP, "value": 600}]
    assert changed(four, wait(four, effective - four.now)) == {
        f"governance/parameter/{GAP}": {"since": effective, "value": 600},
        f"governance/schedule/{effective}/governance:parameter:{GAP}": None,
    }


def test_a_parameter_without_a_record_of_its_own(tmp_path: Path) -> None:
    """Until the value holds, the contract's default does, which stands in no record but that of the change."""
    four = Consortium(tmp_path)
    act = parameter("identity.office_days", 365, four.now + 90 * DAY)
    assert four.enact("p", "set_parameter", act, days=28) == ACCEPTED
    assert four.record("governance/parameter/identity.office_days") is None
    assert four.record("governance/change/identity.office_days:0/0")["before"] == 730
    coming = {"effective_from": act["effective_from"], "resolution": "p", "value": 365}
    assert four.record("governance/coming/identity.office_days") == coming
    four.wait(seconds=act["effective_from"] - four.now)
    assert four.record("governance/coming/identity.office_days") is None
    assert four.record("governance/parameter/identity.office_days") == {"since": act["effective_from"], "value": 365}


@pytest.mark.parametrize(
    ("name", "first", "values"), [(GAP, 300, (600, 900)), ("identity.office_days", 730, (365, 500))], ids=["of genesis", "of no record"]
)
def test_a_value_is_read_as_it_held(tmp_path: Path, name: str, first: int, values: tuple[int, int]) -> None:
    """Before, between and after two changes, whether genesis named a value or not; each from its own second on."""
    four = Consortium(tmp_path)
    begun, effective = four.now, []
    for number, value in enumerate(values):
        act = parameter(name, value, four.now + 90 * DAY)
        assert four.enact(f"p{number}", "set_parameter", act, days=28) == ACCEPTED
        four.wait(seconds=act["effective_from"] - four.now)
        effective.append(act["effective_from"])
    view = four.ledger.application.state.view
    declared = require(find_parameter({each.name: each for each in CONTRACTS}, name), name)
    times = [begun, effective[0] - 1, effective[0], effective[1] - 1, effective[1], effective[1] + DAY]
    assert [read_value(view, declared, time) for time in times] == [first, first, values[0], values[0], values[1], values[1]]


def test_other_forms_and_their_subjects(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    assert four.adopt("s", "standard.ocds", days=7, digest="77" * 32) == ACCEPTED
    assert four.read("s")["subject"] == tag("governance", "document", b"standard.ocds", bytes.fromhex("77" * 32))
    adopted: dict[str, Any] = {"form": "adopt", "action": "welfare.adopt_rule", "arguments": "", "fields": ["t:plan", f"h:{'66' * 32}"]}
    assert four.propose("a", "", {}, **adopted) == ACCEPTED
    assert four.read("a")["subject"] == tag("welfare", "adopt", b"plan", bytes.fromhex("66" * 32))
    assert four.vote("s", "yes", *four.founders) == ACCEPTED
    before = four.read("s")
    assert before["end"] == four.now, "all have said yes"
    assert changed(four, wait(four, 1)).keys() == {
        "governance/adopted/standard.ocds",
        "governance/proposal/s",
        "governance/proposals/open",
        f"governance/schedule/{before['end']}/governance:vote:s",
        f"governance/subject/{before['subject']}",
    }
    assert four.record("governance/adopted/standard.ocds") == {
        "document": DOCUMENT | {"sha256": "77" * 32},
        "resolution": "s",
        "since": four.now,
    }


def test_stopping_and_going_on(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    now = four.now
    stop = {"decision": "s", "document": DOCUMENT, "key": "", "organisation": "operator-1", "reason": "outage"}
    found = changed(four, lambda: four.do("suspend_at_once", stop, officer("agency-1"), officer("auditor-1")))
    proposal = found.pop("governance/proposal/s")
    assert (proposal["kind"], proposal["concerned"], proposal["silences"]) == ("ratify", "operator-1", True)
    assert [voter["id"] for voter in proposal["roll"]] == ["agency-1", "auditor-1", "citizens-1"]
    digest = sha256(b"operator-1").hexdigest()[:32]
    assert found == {
        NOTED: {"since": now},
        "governance/member/operator-1": {"class": "operator", "id": "operator-1", "standing": "suspended"},
        "governance/proposals/open": {"proposals": ["s"]},
        f"governance/schedule/{now + 5 * DAY}/governance:vote:s": {"subject": "s"},
        f"governance/schedule/{now + 90 * DAY}/governance:suspension:{digest}": {"subject": "operator-1"},
        f"governance/subject/{proposal['subject']}": {"cool_off_until": 0, "proposal": "s"},
        "governance/suspension/operator-1": {"lapsed": 0, "ratification": "s", "since": now, "spans": [], "until": now + 90 * DAY},
    }
    four.wait(5)
    lapsed = {"lapsed": four.now, "ratification": "", "since": 0, "spans": [[now, four.now]], "until": 0}
    assert four.record("governance/suspension/operator-1") == lapsed
    assert four.standing("operator-1") == "active"
    assert f"governance/schedule/{now + 90 * DAY}/governance:suspension:{digest}" not in four.ledger.records()


def test_a_key_stopped_and_its_offices(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    key = key_of("operator-1/officer")
    stop = {"decision": "s", "document": DOCUMENT, "key": key, "organisation": "", "reason": "key_stolen"}
    assert four.do("suspend_at_once", stop, officer("agency-1"), officer("auditor-1")) == ACCEPTED
    assert four.record(f"identity/key/{key}")["suspended"]
    assert four.record("identity/offices/operator-1")["officers"] == []
    assert four.standing("operator-1") == "active"
    assert four.read("s")["silences"], "its member has no other officer"
    four.wait(5)
    assert "suspended" not in four.record(f"identity/key/{key}")
    assert four.record("identity/offices/operator-1")["officers"] == ["officer"]


def test_joining_and_leaving(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    act = newcomer("citizens-2", "citizens", group="movement")
    assert four.resolve("p", "admit_member", act) == "passed"
    found = changed(four, lambda: four.carry_out("p", "admit_member", act, holder("agency-1/officer"), *new_signers("citizens-2")))
    keys = {
        f"identity/key/{row['key']}": {"handle": row["handle"], "organisation": "citizens-2", "roles": row["roles"]} for row in act["keys"]
    }
    assert {key: {**found[key]} for key in keys} == {key: record | {"since": four.now} for key, record in keys.items()}
    assert found["governance/roster/members"]["members"] == ["agency-1", "auditor-1", "citizens-1", "citizens-2", "operator-1"]
    term_ends = four.now + 1_095 * DAY
    assert found["governance/member/citizens-2"] == {
        "class": "citizens", "group": "movement", "id": "citizens-2", "since": four.now, "standing": "active", "term_ends": term_ends,
    }  # fmt: skip
    four.wait(30)
    both = (officer("citizens-2"), ("citizens-2/registrar", "identity.registrar"))
    leaves = four.now + 30 * DAY
    digest = sha256(b"citizens-2").hexdigest()[:32]
    assert changed(four, lambda: four.do("leave", {"reason": "own_wish"}, *both)) == {
        "governance/conduct/citizens-2": {"leaves": leaves, "missed": [], "silent": False},
        "governance/member/citizens-2": found["governance/member/citizens-2"] | {"standing": "leaving"},
        f"governance/schedule/{leaves}/governance:leave:{digest}": {"subject": "citizens-2"},
    }
    recovery = f"identity/key/{key_of('citizens-2/recovery')}"
    gone = changed(four, wait(four, 30 * DAY))
    assert gone["governance/member/citizens-2"]["standing"] == "removed"
    assert gone[recovery]["roles"] == [], "what only members have"
    assert four.record(f"identity/key/{key_of('citizens-2/officer')}")["roles"] == ["governance.officer"]
    assert four.record("governance/roster/members")["members"] == ["agency-1", "auditor-1", "citizens-1", "operator-1"]
    assert events(four) == [{"event": "governance.member_left", "organisation": "citizens-2"}]


def test_the_last_of_a_class_leaves_later(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    both = (officer("citizens-1"), ("citizens-1/registrar", "identity.registrar"))
    assert four.do("leave", {"reason": "dissolved"}, *both) == ACCEPTED
    assert four.record("governance/conduct/citizens-1")["leaves"] == four.now + 90 * DAY


def test_a_term_that_is_over(tmp_path: Path) -> None:
    """A member past its term is off rolls once another of its class is on them; the last stays until then."""
    four = Consortium(tmp_path, parameters={"max_expiry_seconds": 86_400, "max_expiry_seconds_several": 604_800, GAP: 300,
        "governance.citizens_term_days": 40})  # fmt: skip
    act = newcomer("citizens-2", "citizens")
    assert four.enact("p", "admit_member", act, holder("agency-1/officer"), *new_signers("citizens-2")) == ACCEPTED
    four.wait(39)
    assert four.propose("q", "set_parameter", parameter(GAP, 600, four.now + 90 * DAY)) == ACCEPTED
    assert len(four.read("q")["roll"]) == 5
    four.wait(1)
    assert four.propose("r", "set_parameter", parameter(GAP, 700, four.now + 90 * DAY)) == ACCEPTED
    assert [voter["id"] for voter in four.read("r")["roll"]] == ["agency-1", "auditor-1", "citizens-1", "operator-1"]


def test_versions_upgrades_and_the_logs_key(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    activation = {"contract": "welfare", "height": 500, "table": "ab" * 32, "version": 1}
    assert four.resolve("p", "activate_contract", activation) == "passed"
    found = changed(four, lambda: four.carry_out("p", "activate_contract", activation))
    assert found["governance/activation/welfare"] == {"height": 500, "resolution": "p", "table": "ab" * 32, "version": 1}
    assert found[f"governance/table/{'ab' * 32}"] == {"contract": "welfare", "version": 1}
    assert events(four) == [{"contract": "welfare", "event": "governance.contract_activated", "height": 500, "version": 1}]
    assert four.adopt("release", "release.2") == ACCEPTED
    assert four.vote("release", "yes", *four.founders) == ACCEPTED
    four.wait(14)
    plan = {"consensus_parts": CONSENSUS_PARTS, "height": 500, "release": "release.2", "version": "2"}
    assert four.enact("q", "plan_upgrade", plan) == ACCEPTED
    former = msgspec.to_builtins(four.ledger.application.genesis.consensus_parts)
    assert four.record("governance/upgrade/plan") == plan | {"former_parts": former, "resolution": "q"}
    rotation = {"height": 500, "key": key_of("agency-1/log")}
    signers = (holder("agency-1/officer"), ("agency-1/log", "identity.new_key"))
    assert four.enact("r", "rotate_log_key", rotation, *signers, days=28) == ACCEPTED
    assert four.record("governance/log/key") == rotation | {"former": [key_of("log")], "resolution": "r"}
    assert events(four) == [{"event": "governance.log_key_rotated", **rotation}]


def test_a_newcomers_voice_cures_a_deadlock(tmp_path: Path) -> None:
    """The only watch cannot vote; citizens, admitted before, can once their seasoning is over."""
    founders = {"agency-1": "agency", "agency-2": "agency", "auditor-1": "auditor", "operator-1": "operator"}
    four = Consortium(tmp_path, founders)
    act = newcomer("citizens-1", "citizens")
    assert four.enact("p", "admit_member", act, holder("agency-1/officer"), *new_signers("citizens-1")) == ACCEPTED
    begun = four.now
    ending = {"key": key_of("auditor-1/officer"), "reason": "lost"}
    assert four.ledger.do("identity.end_key", ending, ("auditor-1/registrar", "identity.registrar")) == ACCEPTED
    assert len(four.deadlocked) == 5
    four.wait(seconds=begun + 30 * DAY - four.now - 1)
    assert len(four.deadlocked) == 5
    assert four.wait(seconds=1) == [{"event": "governance.deadlock_cured", "time": four.now}]
    assert four.deadlocked == []


def test_every_class_weighs_the_same(tmp_path: Path) -> None:
    four = Consortium(tmp_path, {"agency-1": "agency", "agency-2": "agency", "auditor-1": "auditor", "citizens-1": "citizens"})

    def name(member: str, key: str = "node") -> dict[str, Any]:
        arguments = {"handle": key, "key": key_of(f"{member}/{key}"), "organisation": member, "roles": ["governance.validator"]}
        assert four.do("name_validator", arguments, officer(member), (f"{member}/{key}", "identity.new_key")) == ACCEPTED
        return events(four)[0]

    def weigh() -> dict[str, int]:
        return {each.member: each.power for each in compute_powers(four.ledger.application.state.view, four.ledger.application.genesis)}

    assert name("agency-1") == {
        "class_count": 1, "event": "governance.validator_named", "key": key_of("agency-1/node"), "organisation": "agency-1",
        "power": 840_840,
    }  # fmt: skip
    for member in ("agency-2", "auditor-1", "citizens-1"):
        name(member)
    assert weigh() == {"agency-1": 420_420, "agency-2": 420_420, "auditor-1": 840_840, "citizens-1": 840_840}
    assert name("auditor-1", "other")["class_count"] == 3
    assert weigh()["auditor-1"] == 840_840, "one validator a member"
    stop = {"decision": "s", "document": DOCUMENT, "key": "", "organisation": "agency-2", "reason": "outage"}
    assert four.do("suspend_at_once", stop, officer("citizens-1"), officer("auditor-1")) == ACCEPTED
    assert weigh() == {"agency-1": 840_840, "auditor-1": 840_840, "citizens-1": 840_840}
