"""The scenarios of people's keys by name (governance-lifecycle, 5: 8 to 11), and what must hold whatever happens."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prasasti.contracts import CONTRACTS
from prasasti.contracts.offices import EXCLUSIONS, PAYMENT_ROLES, find_offices, person_key
from prasasti.core.contract import encode_table
from prasasti.core.envelope import compute_id, decode_envelope
from prasasti_verify import standing
from tests.contracts.governing import Consortium
from tests.contracts.identity_rows import (
    ACT,
    DAY,
    HOUR,
    OPERATORS,
    SECOND,
    SECOND_REGISTRAR,
    THIRD,
    announce,
    complete,
    confirm,
    delegate,
    end,
    end_office,
    found,
    grant,
    new_key,
    object_to,
    publish,
    register,
    rotate,
)
from tests.contracts.plays import Play, holder, officer, registrar
from tests.contracts.suspending import SUSPENDING
from tests.core.examples import AUDITOR, OFFICER, REGISTRAR, SCAN, release
from tests.core.ledger import ACCEPTED, PARAMETERS, Ledger, Signer, key_of

ALL = (*CONTRACTS, SUSPENDING)
NEW_OFFICER: Signer = ("agency-1/new", "governance.officer")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path, ALL)


def play(ledger: Ledger, *plays: Play) -> list[str]:
    return [each(ledger) for each in plays]


def pass_time(ledger: Ledger, seconds: int) -> list[str]:
    """Let time pass; names of the events of deadlines that fell due."""
    ledger.time += seconds
    before = len(ledger.results)
    ledger.seal()
    return [event["event"] for result in ledger.results[before:] for event in json.loads(result.entries[0][1])["events"]]


def record(ledger: Ledger, key: str) -> Any:
    found = ledger.records().get(key)
    return json.loads(found) if found is not None else None


def key_record(ledger: Ledger, name: str) -> Any:
    return record(ledger, f"identity/key/{key_of(name)}")


def suspend(name: str) -> Play:
    """As members of two classes do at once, one of them a watch: governance 07."""
    arguments = {"decision": "d-1", "document": SCAN, "key": key_of(name), "organisation": "", "reason": "key_stolen"}
    return lambda ledger: ledger.do("governance.suspend_at_once", arguments, officer("citizens-1"), officer("operator-1"))


def test_8_the_sole_registrar_lost_the_key_and_a_thief_objects(ledger: Ledger) -> None:
    sole, roles = REGISTRAR[0], ["governance.desk", "identity.registrar"]
    assert play(ledger, grant(sole, "governance.desk")) == [ACCEPTED]
    assert play(ledger, announce(sole, "agency-1/new", OPERATORS, registrar("citizens-1"))) == ["identity.07.1"], "no auditor"
    assert play(ledger, announce(sole, "agency-1/new"), complete(sole, "agency-1/new", "registrar", roles)) == [ACCEPTED, "identity.09.1"]
    assert play(ledger, object_to(holder(sole))) == [ACCEPTED], "the thief objects"
    pass_time(ledger, 72 * HOUR)
    assert play(ledger, complete(sole, "agency-1/new", "registrar", roles)) == ["identity.00.2"]
    assert play(ledger, end(sole, REGISTRAR)) == ["identity.02.3"], "its key cannot end: it is the last registrar's"
    assert play(ledger, suspend(sole), announce(sole, "agency-1/new", recovery="r-2")) == [ACCEPTED, ACCEPTED]
    assert play(ledger, object_to(holder(sole), "r-2")) == ["admission.8"], "suspended, the thief has no voice"
    pass_time(ledger, 72 * HOUR - 1)
    assert play(ledger, complete(sole, "agency-1/new", "registrar", roles, recovery="r-2")) == ["identity.09.1"]
    pass_time(ledger, 1)
    assert play(ledger, complete(sole, "agency-1/new", "registrar", roles, recovery="r-2")) == [ACCEPTED]
    assert key_record(ledger, "agency-1/new")["roles"] == roles
    assert play(ledger, register("agency-1/clerk", ("agency-1/new", "identity.registrar"))) == [ACCEPTED], "the organisation acts again"
    assert "governance.vote_closed" in pass_time(ledger, 3 * DAY), "nobody ratified the suspension"
    assert key_record(ledger, sole)["until"], "and yet the lost key does not come back"
    assert play(ledger, object_to(holder(sole), "r-2")) == ["admission.8"]


def test_8_an_approver_waits_another_72_hours(ledger: Ledger) -> None:
    approver, back = "agency-1/approver", "agency-1/back"
    play(ledger, register(approver, handle="approver", roles=["governance.desk", "treasury.approver"]), announce(approver, back))
    pass_time(ledger, 72 * HOUR)
    assert play(ledger, complete(approver, back, "approver", ["governance.desk"], ["treasury.approver"])) == [ACCEPTED]
    assert key_record(ledger, back)["roles"] == ["governance.desk"]
    assert pass_time(ledger, 72 * HOUR - 1) == []
    assert pass_time(ledger, 1) == ["identity.office_given_back"]
    assert key_record(ledger, back)["roles"] == ["governance.desk", "treasury.approver"]


def test_9_three_registrars_and_a_payer_who_lost_the_key(ledger: Ledger) -> None:
    payer, back = "agency-1/payer", "agency-1/back"
    assert play(ledger, register(payer, handle="payer", roles=["treasury.payer"]), SECOND, THIRD) == [ACCEPTED] * 3
    one_of_three = announce(payer, back, REGISTRAR, AUDITOR)
    assert play(ledger, one_of_three, announce(payer, back, REGISTRAR, SECOND_REGISTRAR)) == ["identity.07.1", ACCEPTED]
    assert play(ledger, rotate(payer, "agency-1/other", "payer", ["treasury.payer"])) == ["identity.03.3"]
    pass_time(ledger, 24 * HOUR - 1)
    assert play(ledger, complete(payer, back, "payer", [], ["treasury.payer"])) == ["identity.09.1"]
    pass_time(ledger, 1)
    assert play(ledger, object_to(holder(payer))) == ["identity.08.1"], "24 hours are over"
    assert play(ledger, complete(payer, back, "payer", [], ["treasury.payer"])) == [ACCEPTED]


def test_10_offices_that_exclude_and_the_last_registrar(ledger: Ledger) -> None:
    payer = "agency-1/payer"
    assert play(ledger, register(payer, handle="payer", roles=["treasury.payer"])) == [ACCEPTED]
    assert play(ledger, register(handle="payer", roles=["treasury.approver"]), grant(payer, "treasury.approver")) == [
        "identity.01.4",
        "identity.04.3",
    ]
    assert play(ledger, end(REGISTRAR[0], REGISTRAR), register("operator-1/new"), register(payer, handle="payer")) == [
        "identity.02.3",
        "identity.01.1",
        "identity.01.2",
    ]
    assert play(ledger, grant(REGISTRAR[0], "identity.registrar", until=ledger.time + DAY)) == [ACCEPTED]
    assert pass_time(ledger, DAY) == ["identity.registrar_stays"]
    assert play(ledger, register()) == [ACCEPTED], "it stays, and acts"


def test_11_revoked_since_an_earlier_time(ledger: Ledger) -> None:
    desk = ("agency-1/officer", "governance.officer")
    assert play(ledger, register()) == [ACCEPTED]
    assert ledger.do("governance.advance_clock", {"seconds": 1}, desk) == ACCEPTED
    act = ledger.results[-1].receipts[0].id
    assert play(ledger, end(OFFICER[0], REGISTRAR, suspect_since=ledger.time + 60)) == ["identity.02.4"], "nobody knows the future"
    assert play(ledger, end(OFFICER[0], REGISTRAR, suspect_since=ledger.time - 60)) == [ACCEPTED]
    assert record(ledger, "governance/clock/offset_seconds") == {"offset_seconds": 1}, "what it did stays"
    assert play(ledger, confirm(OFFICER[0], NEW_OFFICER, act, finding="disowned")) == [ACCEPTED]
    assert record(ledger, f"identity/finding/{act}")["finding"] == "disowned"
    assert pass_time(ledger, 30 * DAY) == ["identity.acts_review_overdue"]
    assert play(ledger, confirm(OFFICER[0], NEW_OFFICER, ACT)) == [ACCEPTED], "late is better than never"


def test_11_two_rotations_in_a_block(ledger: Ledger) -> None:
    def rotation(name: str) -> bytes:
        arguments = {
            "handle": "officer",
            "key": key_of(name),
            "old": key_of(OFFICER[0]),
            "organisation": "agency-1",
            "roles": ["governance.officer"],
        }
        return ledger.sign("identity.rotate_key", arguments, holder(OFFICER[0]), new_key(name))

    assert ledger.seal(rotation("agency-1/one"), rotation("agency-1/two")) == [ACCEPTED, "identity.00.1"]
    assert key_record(ledger, "agency-1/two") is None


def test_a_rotation_and_its_end_in_one_block(ledger: Ledger) -> None:
    """The registrar ends a stolen key in the block in which the thief rotates it: whichever comes first holds."""
    arguments = {
        "handle": "officer",
        "key": key_of("agency-1/thief"),
        "old": key_of(OFFICER[0]),
        "organisation": "agency-1",
        "roles": ["governance.officer"],
    }
    rotation = ledger.sign("identity.rotate_key", arguments, holder(OFFICER[0]), new_key("agency-1/thief"))
    ending = ledger.sign("identity.end_key", {"key": key_of(OFFICER[0])}, REGISTRAR)
    assert ledger.seal(ending, rotation) == [ACCEPTED, "identity.00.1"]
    assert play(ledger, end("agency-1/thief", REGISTRAR)) == ["identity.02.1"]


def test_one_person_alone_makes_no_officer_by_detours(ledger: Ledger) -> None:
    """With two registrars, one of them finds no message that makes an officer, an approver or a registrar."""
    clerk = "agency-1/clerk"
    assert play(ledger, SECOND, register(clerk, handle="clerk", roles=["procurement.publisher"])) == [ACCEPTED] * 2
    assert play(
        ledger,
        register(),
        grant(clerk, "governance.officer"),
        grant(clerk, "treasury.approver"),
        grant(clerk, "identity.registrar"),
        delegate(REGISTRAR[0], clerk, "governance.officer"),
        rotate(clerk, "agency-1/new", "clerk", ["governance.officer", "procurement.publisher"]),
        announce(clerk, "agency-1/new", REGISTRAR, AUDITOR),
    ) == [
        "identity.01.6",
        "identity.04.5",
        "identity.04.5",
        "identity.04.5",
        "identity.06.2",
        "identity.03.1",
        "identity.07.1",
    ]  # fmt: skip


def test_a_suspended_last_registrar_can_be_recovered_but_not_ended(ledger: Ledger) -> None:
    assert play(ledger, register("agency-1/desk", handle="desk", roles=["governance.desk"])) == [ACCEPTED]
    assert play(ledger, suspend(REGISTRAR[0])) == [ACCEPTED]
    assert play(ledger, end_office(REGISTRAR[0], "identity.registrar", holder(REGISTRAR[0]))) == ["admission.8"]
    assert play(ledger, announce(REGISTRAR[0], "agency-1/new")) == [ACCEPTED]


def test_a_new_organisation_looks_after_its_own_people(ledger: Ledger) -> None:
    """And nobody else does any more, the member that let it in neither; closed, it does nothing."""
    own = registrar("supplier-1")
    assert play(ledger, found(), register("supplier-1/clerk", own), register("supplier-1/other")) == [ACCEPTED, ACCEPTED, "identity.01.1"]
    arguments = {"organisation": "supplier-1", "reason": "dissolved"}
    closing = ledger.sign("identity.close_organisation", arguments, own, REGISTRAR)
    registering = ledger.sign("identity.register_key", {"handle": "x", "key": key_of("supplier-1/x"), "organisation": "supplier-1",
                              "roles": ["governance.desk"]}, own, new_key("supplier-1/x"))  # fmt: skip
    assert ledger.seal(closing, registering) == [ACCEPTED, "identity.00.1"]
    assert play(ledger, register("supplier-1/y", own)) == ["admission.8"]


def test_publishing_begins_with_a_publisher_s_registration(ledger: Ledger) -> None:
    clerk = ("agency-1/clerk", "procurement.publisher")
    attest = release(ocid="ocds-new789-1", publisher="agency-1")
    assert play(ledger, register(clerk[0], roles=["procurement.publisher"])) == [ACCEPTED]
    assert ledger.do("procurement.attest_release", attest, clerk) == "procurement.45.1"
    assert play(ledger, publish("agency-1", "ocds-new789-")) == [ACCEPTED]
    assert ledger.do("procurement.attest_release", attest, clerk) == ACCEPTED


# The verifier follows.

NAMES = [*(f"agency-1/{name}" for name in "abcdefgh"), "supplier-1/registrar", "supplier-1/a", "supplier-1/b", OFFICER[0], REGISTRAR[0]]
PEOPLE = ["officer", "registrar", "person-1", "person-2"]
ROLES = ["governance.desk", "governance.officer", "identity.registrar", "procurement.officer", "treasury.approver", "treasury.payer"]
LISTS = st.lists(st.sampled_from(ROLES), max_size=2, unique=True).map(sorted)
AHEAD = st.sampled_from([1, HOUR, DAY, 40 * DAY])
RECOVERIES = st.sampled_from(["r-1", "r-2", "r-3"])
KINDS = ["register", "register", "end", "rotate", "grant", "grant", "office", "delegate", "announce", "announce", "object", "complete",
         "complete", "complete", "found", "close", "suspend", "reinstate"]  # fmt: skip
Draw = Callable[[st.SearchStrategy[Any]], Any]
Move = tuple[str, dict[str, Any], tuple[Signer, ...]]


def draw_move(draw: Draw, ledger: Ledger) -> Move:
    """A message about keys by keys that mostly fits the state, and sometimes does not."""
    records = ledger.records()
    known = {name: json.loads(records[at]) for name in NAMES if (at := f"identity/key/{key_of(name)}") in records}
    standing_keys = [name for name, each in known.items() if "until" not in each]
    fits = draw(st.integers(0, 7)) > 0

    def pick_from(names: list[str], others: list[str]) -> str:
        return str(draw(st.sampled_from(names if names and fits else others)))

    def pick(names: list[str]) -> str:
        return pick_from(names, NAMES)

    def pick_holder(role: str, organisation: str) -> list[str]:
        return [name for name in standing_keys if role in known[name]["roles"] and known[name]["organisation"] == organisation]

    name, free, role = pick(standing_keys), pick([each for each in NAMES if each not in known]), draw(st.sampled_from(ROLES))
    organisation = name.partition("/")[0]
    own = (pick(pick_holder("identity.registrar", organisation)), "identity.registrar")
    record = known.get(name, {"handle": "officer", "roles": []})
    arguments: dict[str, Any] = {"key": key_of(name)}
    match kind := draw(st.sampled_from(KINDS)):
        case "register":
            organisation = free.partition("/")[0]
            arguments = {"handle": draw(st.sampled_from(PEOPLE)), "key": key_of(free), "organisation": organisation}
            arguments["roles"] = draw(LISTS) or ["governance.desk"]
            if draw(st.booleans()):
                arguments["until"] = ledger.time + draw(AHEAD)
            chosen = pick_holder("identity.registrar", organisation)[:2] or [REGISTRAR[0]]
            return "identity.register_key", arguments, (*((each, "identity.registrar") for each in chosen), new_key(free))
        case "end":
            return "identity.end_key", arguments, (draw(st.sampled_from([own, holder(name)])),)
        case "rotate":
            arguments = {"handle": record["handle"], "key": key_of(free), "old": key_of(name), "organisation": organisation}
            return "identity.rotate_key", arguments | {"roles": record["roles"]}, (holder(name), new_key(free))
        case "grant":
            arguments |= {"role": role, "until": ledger.time + draw(AHEAD)}
            chosen = pick_holder("identity.registrar", organisation)[:2] or [REGISTRAR[0]]
            return "identity.grant_office", arguments, tuple((each, "identity.registrar") for each in chosen)
        case "delegate":
            giver = pick([each for each in standing_keys if each.startswith(organisation)])
            given = draw(st.sampled_from(known[giver]["roles"] if giver in known and known[giver]["roles"] else ROLES))
            return "identity.delegate_office", arguments | {"role": given, "until": ledger.time + draw(AHEAD)}, (holder(giver),)
        case "office":
            given = draw(st.sampled_from(record["roles"] or ROLES))
            return "identity.end_office", arguments | {"role": given}, (draw(st.sampled_from([own, holder(name)])),)
        case "announce":
            taken = [each for each in ("r-1", "r-2", "r-3") if f"identity/recovery/{each}" not in records]
            recovery = draw(st.sampled_from(taken or ["r-1"]))
            arguments = {"document": SCAN, "key": key_of(free), "old": key_of(name), "recovery": recovery}
            signers = [each for each in pick_holder("identity.registrar", organisation) if known[each]["handle"] != record["handle"]]
            inside = tuple((each, "identity.registrar") for each in signers)
            return "identity.announce_recovery", arguments, inside if len(inside) > 1 else (OPERATORS, AUDITOR)
        case "object":
            return (
                "identity.object_recovery",
                {"reason": "other", "recovery": draw(RECOVERIES)},
                (draw(st.sampled_from([own, holder(name)])),),
            )
        case "complete":
            given = {each: json.loads(records.get(f"identity/recovery/{each}", b"{}")) for each in ("r-1", "r-2", "r-3")}
            recovery = pick_from([each for each, one in given.items() if one.get("standing") == "announced"], ["r-1", "r-2", "r-3"])
            announced = given[recovery]
            # Time goes on to the end of the window, unless this is to be too early.
            ledger.time = max(ledger.time, announced.get("ready", 0)) if fits else ledger.time
            names = {key_of(each): each for each in NAMES}
            new, old = names.get(announced.get("key"), free), names.get(announced.get("old"), name)
            lost = known.get(old, record)
            person = json.loads(records.get(person_key(old.partition("/")[0], lost["handle"]), b"{}"))
            awaited = {each["role"] for each in person.get("held_back", []) if each["key"] == key_of(old)}
            roles = [each for each in lost["roles"] if each not in PAYMENT_ROLES]
            arguments = {
                "handle": lost["handle"], "held_back": sorted({*awaited, *lost["roles"]} - {*roles}), "key": key_of(new),
                "old": key_of(old), "organisation": old.partition("/")[0], "recovery": recovery, "roles": roles,
            }  # fmt: skip
            return "identity.complete_recovery", arguments, (holder("citizens-1/officer"), new_key(new))
        case "found":
            keys = [{"handle": "registrar", "key": key_of("supplier-1/registrar"), "roles": ["identity.registrar"]}]
            arguments = {"class": "", "keys": keys, "organisation": "supplier-1"}
            return "identity.register_organisation", arguments, (REGISTRAR, new_key("supplier-1/registrar"))
        case "close":
            arguments = {"organisation": "supplier-1", "reason": "other"}
            return "identity.close_organisation", arguments, (registrar("supplier-1"), OPERATORS)
    return f"suspending.{kind}", arguments, (holder("citizens-1/officer"),)


class Follower:
    """The verifier's standing, fed with what the log and the tables say, and nothing else."""

    def __init__(self, ledger: Ledger) -> None:
        genesis = standing.parse_genesis(ledger.genesis_bytes)
        self.standing = standing.Standing(genesis)
        for contract in ALL:
            standing.plan_table(self.standing, encode_table(contract), contract.name, 1, 0, contract.name)

    def follow(self, entries: list[dict[str, Any]], payloads: dict[str, dict[str, Any]]) -> None:
        block, *transactions = entries
        height = block["height"]
        standing.start_block(self.standing, height)
        effects = standing.list_deadline_effects(self.standing, block["events"], "block")
        for effect in effects:
            standing.apply_effect(self.standing, effect, height, "block")
        for entry in transactions:
            if entry["refusal"] is None:
                payload = payloads[entry["id"]]
                action = standing.find_action(self.standing, payload["action"], "entry")
                effects = standing.list_effects(action["effects"], payload["arguments"], entry["events"], "entry")
                standing.judge_signers(self.standing, payload, action, standing.list_new_keys(effects), height, "entry")
                for effect in effects:
                    standing.apply_effect(self.standing, effect, height, "entry")

    def facts(self) -> set[tuple[str, ...]]:
        """Who may do what: bound keys that are not suspended, their roles, organisations that act."""
        bound = {fact[1] for fact in self.standing.facts if fact[0] == "bound"}
        return {fact for fact in self.standing.facts if fact[0] == "free organisation" or fact[1] in bound}


def facts_of_state(records: dict[str, bytes]) -> set[tuple[str, ...]]:
    facts: set[tuple[str, ...]] = set()
    for key, value in records.items():
        kind, _, name = key.rpartition("/")
        found = json.loads(value)
        if kind == "identity/key" and "until" not in found:
            facts |= {("bound", name)} | {("role", name, role) for role in found["roles"]}
            facts |= set() if found.get("suspended") else {("free key", name)}
        elif kind in ("identity/organisation", "governance/member") and found["standing"] == "active":
            facts.add(("free organisation", name))
    return facts


def check_invariants(records: dict[str, bytes]) -> None:
    """No person holds what excludes; each organisation that had a registrar has one, at least to recover; counts are right."""
    keys = {key.rpartition("/")[2]: json.loads(value) for key, value in records.items() if key.startswith("identity/key/")}
    standing_keys = {name: each for name, each in keys.items() if "until" not in each}
    people: dict[tuple[str, str], list[str]] = {}
    for each in standing_keys.values():
        people.setdefault((each["organisation"], each["handle"]), []).extend(each["roles"])
    for key, value in records.items():
        if key.startswith("identity/person/"):
            person = json.loads(value)
            who = (person["organisation"], person["handle"])
            assert person["keys"] == sorted(
                name for name, each in standing_keys.items() if (each["organisation"], each["handle"]) == who
            )  # fmt: skip
            assert len(person["keys"]) <= 3
            people.setdefault(who, []).extend(held["role"] for held in person.get("held_back", []))
            held = {(each["key"], each["role"]) for each in person.get("held_back", [])}
            assert all(
                (term["key"], term["role"]) in held or term["role"] in keys[term["key"]]["roles"] for term in person.get("terms", [])
            )
        if key.startswith("identity/offices/"):
            offices, organisation = json.loads(value), key.rpartition("/")[2]
            own = [each for each in standing_keys.values() if each["organisation"] == organisation]
            assert (offices["key_count"], offices["office_count"]) == (len(own), sum(len(each["roles"]) for each in own))
            acting = {each["handle"] for each in own if "identity.registrar" in each["roles"] and not each.get("suspended")}
            assert offices["registrars"] == sorted(acting)
    assert not any((one, other) in EXCLUSIONS for roles in people.values() for one in roles for other in roles)
    for organisation in {each["organisation"] for each in keys.values() if "identity.registrar" in each["roles"]}:
        assert any("identity.registrar" in each["roles"] for each in standing_keys.values() if each["organisation"] == organisation)


def test_the_verifier_follows_every_life_of_keys(tmp_path: Path) -> None:
    """Over any messages and time: standing as the verifier derives it from log and tables equals the state's records."""
    outcomes: Counter[tuple[str, str]] = Counter()

    @settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def follow(data: st.DataObject) -> None:
        follow_some_lives(tmp_path, data, outcomes)

    follow()
    accepted = {action for action, outcome in outcomes if outcome == ACCEPTED}
    assert len(accepted) >= 12, "the moves reach nearly every message"


def follow_some_lives(tmp_path: Path, data: st.DataObject, outcomes: Counter[tuple[str, str]]) -> None:
    ledger = Ledger(tmp_path, ALL)
    follower = Follower(ledger)
    for _ in range(data.draw(st.integers(5, 25))):
        ledger.time += data.draw(st.sampled_from([0, 0, 0, 0, HOUR, 72 * HOUR, 30 * DAY]))
        moves = [draw_move(data.draw, ledger) for _ in range(data.draw(st.sampled_from([0, 1, 1, 2])))]
        envelopes = [ledger.sign(*move[:2], *move[2]) for move in moves if len(dict(move[2])) == len(move[2])]
        payloads = {compute_id(each): json.loads(each) for each in (decode_envelope(envelope)[1] for envelope in envelopes)}
        sealed = len(ledger.results)
        outcomes.update(zip((move[0] for move in moves if len(dict(move[2])) == len(move[2])), ledger.seal(*envelopes), strict=True))
        for result in ledger.results[sealed:]:
            follower.follow([json.loads(entry) for _, entry in result.entries], payloads)
        records = ledger.records()
        assert follower.facts() == facts_of_state(records)
        check_invariants(records)
    ledger.close()


@pytest.mark.parametrize(
    ("value", "hours"),
    [(48, 48), (12, 12), (11, 24), (720, 720), (721, 24), (True, 24), ("48", 24), (None, 24)],
    ids=repr,
)
def test_a_parameter_of_no_sense_leaves_the_default(tmp_path: Path, value: Any, hours: int) -> None:
    parameters = PARAMETERS if value is None else PARAMETERS | {"identity.recovery_hours": value}
    ledger = Ledger(tmp_path, ALL, parameters=parameters)
    assert play(ledger, SECOND, THIRD, announce(OFFICER[0], "agency-1/new", REGISTRAR, SECOND_REGISTRAR)) == [ACCEPTED] * 3
    assert record(ledger, "identity/recovery/r-1")["ready"] == ledger.time + hours * HOUR


def test_deadlines_of_many_organisations_do_not_meet_in_one_second(tmp_path: Path) -> None:
    """A quarter's reviews are late at a time of each organisation's own."""
    ledger = Ledger(tmp_path, ALL)
    assert play(ledger, *(found(f"supplier-{number}") for number in range(60))) == [ACCEPTED] * 60
    times = [key.split("/")[2] for key in ledger.records() if ":offices:" in key]
    assert len(times) == 60
    assert len({*times}) > 55


def test_a_member_that_was_removed_has_no_member_s_rights(ledger: Ledger) -> None:
    """It goes on as any other organisation."""
    assert Consortium.of(ledger).enact("gone", "remove_member", {"organisation": "auditor-2"}) == ACCEPTED
    own = registrar("auditor-2")
    assert play(
        ledger,
        register("auditor-2/clerk", own, roles=["procurement.publisher"]),
        register("auditor-2/new", own, roles=["governance.auditor"]),
        register("auditor-2/new", own, roles=["governance.store"]),
        found(signer=own),
        publish("auditor-2", "ocds-new789-", signer=own),
        announce(OFFICER[0], "agency-1/new", own, AUDITOR),
        announce(OFFICER[0], "agency-1/new", OPERATORS, ("auditor-2/officer", "governance.officer")),
    ) == [
        ACCEPTED,
        "identity.01.3",
        "identity.01.3",
        "identity.13.5",
        "identity.14.2",
        "identity.07.1",
        "identity.07.1",
    ]  # fmt: skip


def test_a_deadlock_is_told_where_a_voice_is_lost_or_found(tmp_path: Path) -> None:
    """By an end, a grant, a date, a registration: in the very block."""
    four = Consortium(tmp_path)
    officer_key, own = {"key": key_of("citizens-1/officer"), "role": "governance.officer"}, registrar("citizens-1")

    def told(action: str, arguments: dict[str, Any], *signers: Signer) -> list[str]:
        assert four.ledger.do(f"identity.{action}", arguments, *signers) == ACCEPTED
        assert bool(four.deadlocked) is not can_speak()
        return [each for each in four.events() if "deadlock" in each]

    def can_speak() -> bool:
        return bool(find_offices(four.ledger.application.state.view, four.ledger.application.genesis, "citizens-1").officers)

    # Without the auditor, one watch is left, whose voice decides.
    assert four.ledger.do("identity.end_key", {"key": key_of("auditor-1/officer")}, registrar("auditor-1")) == ACCEPTED
    assert four.deadlocked == []
    assert told("end_office", officer_key, own) == ["deadlocked"]
    assert told("grant_office", officer_key | {"until": four.now + 30 * DAY}, own) == ["deadlock_cured"]
    four.wait(30)
    assert [each for each in four.events() if "deadlock" in each] == ["deadlocked"]
    clerk = {"handle": "clerk", "key": key_of("citizens-1/clerk"), "organisation": "citizens-1", "roles": ["governance.desk"]}
    assert told("register_key", clerk, own, ("citizens-1/clerk", "identity.new_key")) == []
    second = clerk | {"handle": "second", "key": key_of("citizens-1/second"), "roles": ["governance.officer"]}
    assert told("register_key", second, own, ("citizens-1/second", "identity.new_key")) == ["deadlock_cured"]
    giver = ("citizens-1/second", "identity.holder")
    shared = {"key": key_of("citizens-1/clerk"), "role": "governance.officer", "until": four.now + 10 * DAY}
    assert told("delegate_office", shared, giver) == []
    assert told("end_key", {"key": key_of("citizens-1/second")}, own) == []
    assert told("end_key", {"key": key_of("citizens-1/clerk")}, own) == ["deadlocked"]
