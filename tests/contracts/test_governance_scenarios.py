"""The scenarios of governance, by their number and name; each runs a consortium from genesis on."""

from __future__ import annotations

import json
from pathlib import Path

from tests.contracts.governing import DAY, EIGHT, Consortium, holder, new_signers, newcomer, officer, parameter
from tests.contracts.test_governance_properties import Follower, compare
from tests.core.examples import DOCUMENT
from tests.core.ledger import ACCEPTED, key_of

GAP = "max_gap_seconds"


def stop(consortium: Consortium, decision: str, target: str, *signers: str, key: str = "") -> str:
    arguments = {"decision": decision, "document": DOCUMENT, "key": key, "organisation": "" if key else target, "reason": "misconduct"}
    return consortium.do("suspend_at_once", arguments, *(officer(each) for each in signers))


def test_1_a_rule_passes_with_three_yes_at_fourteen_days(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    begun = four.now
    act = parameter(GAP, 600, begun + 40 * DAY)
    assert four.propose("p", "set_parameter", act) == ACCEPTED
    assert four.vote("p", "yes", "agency-1", "auditor-1", "citizens-1") == ACCEPTED
    assert four.wait(14, -1) == []
    assert four.wait(seconds=1) == [{"event": "governance.vote_closed", "outcome": "passed", "proposal": "p"}]
    assert four.carry_out("p", "set_parameter", act | {"value": 601}) == "governance.00.7"
    early = parameter(GAP, 600, four.now + 10 * DAY - 1)
    assert four.carry_out("p", "set_parameter", early) == "governance.00.7", "another instant is another act"
    assert four.carry_out("p", "set_parameter", act) == ACCEPTED
    assert four.carry_out("p", "set_parameter", act) == "governance.00.7"
    assert four.record(f"governance/parameter/{GAP}")["value"] == 300
    assert four.wait(seconds=begun + 40 * DAY - four.now) == [{"event": "governance.parameter_in_force", "name": GAP}]
    assert four.record(f"governance/parameter/{GAP}") == {"since": begun + 40 * DAY, "value": 600}


def test_1_a_value_within_the_notice(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    act = parameter(GAP, 600, four.now + 20 * DAY)
    assert four.propose("p", "set_parameter", act) == ACCEPTED
    assert four.vote("p", "yes", "agency-1", "auditor-1", "citizens-1") == ACCEPTED
    four.wait(14)
    assert four.carry_out("p", "set_parameter", act) == "governance.12.1"


def test_2_a_vote_in_the_block_of_the_end_comes_too_late(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    assert four.propose("p", "set_parameter", parameter(GAP, 600, four.now + 40 * DAY)) == ACCEPTED
    end = four.read("p")["end"]
    four.ledger.time = end - 1
    assert four.vote("p", "yes", "agency-1") == ACCEPTED
    four.ledger.time = end
    assert four.vote("p", "yes", "auditor-1") == "governance.04.1"
    assert four.read("p")["state"] == "missed"
    assert four.events() == ["vote_closed"]


def test_2_of_two_votes_in_a_block_the_second_counts(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    assert four.propose("p", "set_parameter", parameter(GAP, 600, four.now + 40 * DAY)) == ACCEPTED
    votes = [{"choice": choice, "proposal": "p", "reason": "other"} for choice in ("yes", "no")]
    assert four.ledger.seal(*(four.ledger.sign("governance.vote", each, officer("agency-1")) for each in votes)) == [ACCEPTED] * 2
    assert four.record("governance/proposal/p/agency-1")["choice"] == "no"


def test_3_neither_agencies_with_operators_nor_against_the_citizens(tmp_path: Path) -> None:
    eight = Consortium(tmp_path, EIGHT, parameters={"max_expiry_seconds": 86_400, "max_expiry_seconds_several": 604_800, GAP: 300,
        "governance.rule.classes": 3})  # fmt: skip
    act = parameter(GAP, 600, eight.now + 90 * DAY)
    assert eight.propose("split", "set_parameter", act) == ACCEPTED
    assert eight.vote("split", "yes", "agency-1", "agency-2", "operator-1", "operator-2", "auditor-1", "citizens-1") == ACCEPTED
    assert eight.vote("split", "no", "auditor-2", "citizens-2") == ACCEPTED
    eight.wait(14)
    assert eight.read("split")["state"] == "rejected"
    act = parameter(GAP, 700, eight.now + 90 * DAY)
    assert eight.propose("against", "set_parameter", act) == ACCEPTED
    assert eight.vote("against", "yes", "agency-1", "agency-2", "operator-1", "operator-2", "auditor-1", "auditor-2") == ACCEPTED
    assert eight.vote("against", "no", "citizens-1", "citizens-2") == ACCEPTED
    eight.wait(14)
    assert eight.read("against")["state"] == "vetoed"
    assert eight.propose("again", "set_parameter", act) == "governance.03.5"
    eight.wait(90)
    assert eight.propose("again", "set_parameter", act) == ACCEPTED


def test_4_no_quorum_lowers_itself_nor_rises_past_its_voters(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    lower = parameter("governance.constitution.share_bp", 5_000, four.now + 90 * DAY)
    assert four.propose("lower", "set_parameter", lower, days=28) == "governance.03.2"
    higher = parameter("governance.constitution.share_bp", 7_500, four.now + 90 * DAY)
    assert four.propose("higher", "set_parameter", higher, days=28) == ACCEPTED
    assert four.vote("higher", "yes", "agency-1", "auditor-1", "citizens-1") == ACCEPTED
    four.wait(28)
    assert four.read("higher")["state"] == "missed"
    assert four.propose("again", "set_parameter", higher | {"effective_from": four.now + 90 * DAY}, days=28) == ACCEPTED
    assert four.vote("again", "yes", *four.founders) == ACCEPTED
    four.wait(28)
    assert four.read("again")["state"] == "passed"


def test_5_stopping_a_member_at_once(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    assert four.propose("p", "set_parameter", parameter(GAP, 600, four.now + 90 * DAY)) == ACCEPTED
    assert four.vote("p", "yes", "agency-1", "auditor-1") == ACCEPTED
    four.wait(13)
    assert stop(four, "s", "auditor-1", "agency-1", "operator-1") == "governance.07.1"
    assert stop(four, "s", "operator-1", "auditor-1", "citizens-1") == ACCEPTED
    assert four.standing("operator-1") == "suspended"
    assert four.vote("p", "yes", "operator-1") == "admission.8"
    assert stop(four, "s2", "agency-1", "auditor-1", "citizens-1") == "governance.07.2"
    assert four.wait(1) == [], "the vote waits for the ratification"
    assert four.read("p")["state"] == "open"
    assert [event["event"] for event in four.wait(4)] == ["governance.vote_closed", "governance.reinstated"]
    assert four.read("s")["state"] == "missed"
    assert four.standing("operator-1") == "active"
    assert four.read("p")["end"] == four.now + 3 * DAY
    assert four.vote("p", "no", "operator-1") == ACCEPTED
    assert stop(four, "s3", "operator-1", "auditor-1", "citizens-1") == "governance.07.3"
    four.wait(3)
    assert four.read("p")["state"] == "missed"
    four.wait(27)
    assert stop(four, "s3", "operator-1", "auditor-1", "citizens-1") == ACCEPTED


def test_5_a_suspension_that_is_ratified(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    assert stop(four, "s", "operator-1", "auditor-1", "citizens-1") == ACCEPTED
    begun = four.now
    assert four.vote("s", "yes", "agency-1", "auditor-1", "citizens-1") == ACCEPTED
    assert four.wait(seconds=1) == [{"event": "governance.vote_closed", "outcome": "passed", "proposal": "s"}], "all said yes: early"
    assert four.wait(seconds=begun + 90 * DAY - four.now - 1) == []
    assert four.standing("operator-1") == "suspended"
    assert [event["event"] for event in four.wait(seconds=1)] == ["governance.reinstated"]
    assert stop(four, "s2", "operator-1", "auditor-1", "citizens-1") == "governance.07.4"
    four.wait(276)
    assert stop(four, "s2", "operator-1", "auditor-1", "citizens-1") == ACCEPTED


def test_6_joining_and_going(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    assert four.resolve("gone", "remove_member", {"organisation": "auditor-1"}, voters=["agency-1", "citizens-1", "operator-1"]) == "passed"
    assert four.carry_out("gone", "remove_member", {"organisation": "auditor-1"}) == "governance.11.1"
    for name in ("agency-2", "agency-3"):
        assert four.resolve(name, "admit_member", newcomer(name, "agency")) == "passed"
    signers = [holder("agency-1/officer")]
    assert four.carry_out("agency-2", "admit_member", newcomer("agency-2", "agency"), *signers, *new_signers("agency-2")) == ACCEPTED
    late = newcomer("agency-3", "agency")
    assert four.carry_out("agency-3", "admit_member", late, *signers, *new_signers("agency-3")) == "governance.08.5"
    assert four.propose("p", "set_parameter", parameter(GAP, 600, four.now + 90 * DAY)) == ACCEPTED
    assert four.vote("p", "yes", "agency-2") == "governance.04.2"
    four.wait(30)
    assert four.carry_out("agency-3", "admit_member", late, *signers, *new_signers("agency-3")) == ACCEPTED
    assert four.propose("q", "set_parameter", parameter(GAP, 700, four.now + 90 * DAY)) == ACCEPTED
    assert four.vote("q", "yes", "agency-2") == ACCEPTED, "its seasoning is over"
    assert four.propose("body", "admit_member", newcomer("citizens-2", "citizens")) == ACCEPTED
    assert four.vote("body", "yes", "agency-1", "agency-2", "auditor-1", "operator-1") == ACCEPTED
    assert four.vote("body", "abstain", "citizens-1") == ACCEPTED
    four.wait(14)
    assert four.read("body")["state"] == "rejected", "the class that it would join did not ask for it"


def let_pass(consortium: Consortium, number: int, *voters: str) -> None:
    """A vote on a standard in which only these vote."""
    assert consortium.adopt(f"v{number}", f"standard.v{number}", by=voters[0], days=7, digest=f"{number:064x}") == ACCEPTED
    assert consortium.vote(f"v{number}", "yes", *voters) == ACCEPTED
    consortium.wait(7)


def test_7_silent_thrice(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    for number in range(2):
        let_pass(four, number, "agency-1", "auditor-1", "operator-1")
    assert four.standing("citizens-1") == "active"
    let_pass(four, 2, "agency-1", "auditor-1", "operator-1")
    assert four.standing("citizens-1") == "dormant"
    assert four.events() == ["vote_closed", "member_dormant"]
    act = parameter(GAP, 600, four.now + 90 * DAY)
    assert four.propose("p", "set_parameter", act) == ACCEPTED
    assert [each["id"] for each in four.read("p")["roll"]] == ["agency-1", "auditor-1", "operator-1"]
    assert four.vote("p", "no", "citizens-1") == "governance.04.2"
    assert four.do("withdraw_proposal", {"proposal": "p", "reason": "other"}, officer("agency-1")) == ACCEPTED
    assert four.do("wake", {}, officer("citizens-1")) == ACCEPTED
    assert four.do("wake", {}, officer("citizens-1")) == "governance.00.2"
    assert four.propose("p2", "set_parameter", act) == ACCEPTED
    assert four.vote("p2", "yes", "agency-1", "auditor-1", "operator-1") == ACCEPTED
    assert four.vote("p2", "no", "citizens-1") == ACCEPTED
    four.wait(14)
    assert four.read("p2")["state"] == "vetoed"


def test_7_the_last_watch_stays_silent_and_everything_stands_still(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    for number in range(3):
        let_pass(four, number, "agency-1", "operator-1")
    assert [four.standing(each) for each in ("auditor-1", "citizens-1")] == ["dormant", "active"]
    assert four.record("governance/conduct/citizens-1")["silent"]
    assert four.deadlocked == ["constitution", "member", "ordinary", "ratify", "rule"]
    assert four.events() == ["vote_closed", "member_dormant", "member_silent", "deadlocked"]
    assert four.adopt("v", "standard.v", days=7) == ACCEPTED
    assert four.vote("v", "yes", "citizens-1") == ACCEPTED
    assert four.deadlocked == []
    assert four.events() == ["voted", "deadlock_cured"]


def test_12_a_version_before_its_notice_and_after_its_time(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    act = {"contract": "procurement", "height": 1_000, "table": "ab" * 32, "version": 2}
    assert four.propose("p", "activate_contract", act) == ACCEPTED
    assert four.vote("p", "yes", *four.founders) == ACCEPTED
    four.wait(14)
    assert four.carry_out("p", "activate_contract", act) == "governance.00.8"
    four.wait(10, -1)
    assert four.carry_out("p", "activate_contract", act) == "governance.00.8"
    assert four.wait(90) == []
    assert four.wait(seconds=1) == [{"event": "governance.resolution_lapsed", "proposal": "p"}]
    assert four.carry_out("p", "activate_contract", act) == "governance.00.7"


def test_13_the_watch_lost_its_keys(tmp_path: Path) -> None:
    four = Consortium(tmp_path)
    watch = ("auditor-1", "citizens-1")
    for member in watch:
        ending = {"key": key_of(f"{member}/officer"), "reason": "lost"}
        assert four.ledger.do("identity.end_key", ending, (f"{member}/registrar", "identity.registrar")) == ACCEPTED
    assert four.events() == ["identity.key_ended", "deadlocked"]
    assert four.deadlocked == ["constitution", "member", "ordinary", "ratify", "rule"]
    keys = [
        {"handle": "new", "key": key_of(f"{member}/new"), "organisation": member, "roles": ["governance.officer", "identity.registrar"]}
        for member in watch
    ]
    keys.sort(key=lambda key: str(key["key"]))
    announced = {"ceremony": "c", "document": DOCUMENT, "keys": keys}
    recovery = [(f"{member}/recovery", "governance.recovery") for member in ("agency-1", "citizens-1", "operator-1")]
    assert four.do("announce_ceremony", announced, *recovery[:2]) == "governance.18.1"
    assert four.do("announce_ceremony", announced, *recovery) == ACCEPTED
    former = [
        f"{member}/{handle}" for member, handle in (("auditor-1", "auditor"), ("auditor-1", "registrar"), ("citizens-1", "registrar"))
    ]
    completed = {"ceremony": "c", "ended": sorted(key_of(name) for name in former), "keys": keys}
    signers = [holder("agency-1/officer"), *((f"{member}/new", "identity.new_key") for member in watch)]
    four.wait(7, -1)
    assert four.do("complete_ceremony", completed, *signers) == "governance.20.1"
    four.wait(seconds=1)
    assert four.do("strike", {"ceremony": "c"}, holder("auditor-1/registrar")) == "governance.19.1"
    assert four.do("complete_ceremony", completed, *signers) == ACCEPTED
    assert four.events() == ["ceremony_completed", "deadlock_cured"]
    assert four.ledger.do("governance.strike", {"ceremony": "c"}, holder("auditor-1/registrar")) == "admission.8"
    act = parameter(GAP, 600, four.now + 90 * DAY)
    assert four.propose("p", "set_parameter", act) == ACCEPTED
    yes = {"choice": "yes", "proposal": "p", "reason": "agreed"}
    for member in ("agency-1/officer", "auditor-1/new", "citizens-1/new"):
        assert four.do("vote", yes, (member, "governance.officer")) == ACCEPTED
    four.wait(14)
    assert four.read("p")["state"] == "passed"
    follower = Follower(four.ledger.genesis_bytes)
    for result in four.ledger.results:
        follower.take([json.loads(entry) for _, entry in result.entries])
    compare(four, follower.standing)
