"""Whatever members do, in whatever order: what must always hold of votes, and the verifier follows through the tables alone."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts import CONTRACTS
from prasasti.contracts.governance.ceremony.former import list_former_keys
from prasasti.contracts.governance.parameters import KINDS, read_figures
from prasasti.core.contract import encode_table
from prasasti_verify import standing as verifier
from prasasti_verify.entries import open_envelope
from tests.contracts.governing import DAY, Consortium, holder, new_signers, newcomer, officer, parameter
from tests.core.examples import DOCUMENT
from tests.core.ledger import ACCEPTED, key_of
from tests.services.test_audit import replay

NAMES = ("agency-1", "auditor-1", "auditor-2", "citizens-1", "operator-1", "agency-2", "citizens-2", "operator-2")
FIVE = {name: name.partition("-")[0] for name in NAMES[:5]}
WATCH = ("auditor", "citizens")
CHANGES: tuple[tuple[str, int | bool | str], ...] = (
    ("governance.rule.classes", 3),
    ("governance.rule.classes", 2),
    ("governance.constitution.classes", 4),
    ("governance.constitution.classes", 2),
    ("governance.constitution.share_bp", 7_500),
    ("governance.member.share_bp", 6_000),
    ("governance.ordinary.watch", 2),
    ("governance.constitution.watch", 2),
    ("governance.ratify.veto", "auditor"),
    ("governance.constitution.notice_days", 30),
    ("max_gap_seconds", 600),
    ("welfare.rate_bp", 7),
)


class Follower:
    """The verifier's standing, fed with the ledger's entries and nothing else."""

    def __init__(self, genesis: bytes) -> None:
        parsed = verifier.parse_genesis(genesis)
        self.standing = verifier.Standing(parsed)
        for contract in CONTRACTS:
            verifier.plan_table(self.standing, encode_table(contract), contract.name, contract.version, 0, contract.name)

    def take(self, entries: list[dict[str, Any]]) -> None:
        head, *transactions = entries
        height = head["height"]
        verifier.start_block(self.standing, height)
        effects = verifier.list_deadline_effects(self.standing, head["events"], "block")
        self._apply(effects, height)
        for entry in transactions:
            if entry["refusal"] is None:
                self._take_transaction(entry, height)

    def _take_transaction(self, entry: dict[str, Any], height: int) -> None:
        payload = open_envelope(entry, "entry")
        action = verifier.find_action(self.standing, payload["action"], "entry")
        effects = verifier.list_effects(action["effects"], payload["arguments"], entry["events"], "entry")
        verifier.judge_signers(self.standing, payload, action, verifier.list_new_keys(effects), height, "entry")
        self._apply(effects, height)

    def _apply(self, effects: list[verifier.Effect], height: int) -> None:
        for effect in effects:
            verifier.apply_effect(self.standing, effect, height, "entry")


class Run:
    """A consortium at random: each step is three numbers that choose what is tried."""

    def __init__(self, folder: Path) -> None:
        self.consortium = Consortium(folder, FIVE)
        self.follower = Follower(self.consortium.ledger.genesis_bytes)
        self.seen = self.count = 0
        self.acts: dict[str, tuple[str, dict[str, Any]]] = {}
        self.outcomes: dict[str, str] = {}

    def step(self, what: int, one: int, two: int) -> None:
        steps: tuple[Callable[[int, int], None], ...] = (
            self.propose, self.propose_member, self.vote, self.vote_all, self.vote_all, self.wait, self.wait, self.carry_out,
            self.carry_out, self.stop, self.go, self.renew,
        )  # fmt: skip
        steps[what % len(steps)](one, two)
        self.follow()

    def send(self, answer: str) -> None:
        """Any refusal will do; what was accepted must keep what is always to hold."""
        if answer == ACCEPTED:
            check_members(self.consortium, self.consortium.events()[-3:])

    def propose(self, one: int, two: int) -> None:
        name, value = CHANGES[one % len(CHANGES)]
        arguments = parameter(name, value, self.consortium.now + (60 + two % 20) * DAY)
        self._open("set_parameter", arguments, 28 if name.startswith("governance") else 14, NAMES[two % len(NAMES)])

    def propose_member(self, one: int, two: int) -> None:
        name = NAMES[one % len(NAMES)]
        choices: tuple[tuple[str, dict[str, Any]], ...] = (
            ("remove_member", {"organisation": name}),
            ("suspend_member", {"organisation": name, "until": self.consortium.now + 60 * DAY}),
            ("reinstate_member", {"organisation": name}),
            ("admit_member", newcomer(name, name.partition("-")[0])),
        )
        self._open(*choices[two % 4], 14, NAMES[two % 5])

    def _open(self, action: str, arguments: dict[str, Any], days: int, by: str) -> None:
        proposal = f"p{self.count}"
        if self.consortium.propose(proposal, action, arguments, by=by, days=days) == ACCEPTED:
            self.acts[proposal] = (action, arguments)
            self.count += 1

    def list_open(self) -> list[str]:
        record = self.consortium.record("governance/proposals/open")
        return record["proposals"] if record is not None else []

    def vote(self, one: int, two: int) -> None:
        choice = ("no", "no", "abstain", "recuse")[two % 4]
        for proposal in self.list_open()[-2:]:
            self.send(self.consortium.vote(proposal, choice, NAMES[one % len(NAMES)]))

    def vote_all(self, one: int, two: int) -> None:
        """All say yes, some save one."""
        for proposal in self.list_open():
            for name in NAMES:
                if two % 2 or name != NAMES[one % len(NAMES)]:
                    self.send(self.consortium.vote(proposal, "yes", name))
                    self.follow()

    def wait(self, one: int, two: int) -> None:
        self.consortium.wait((0.5, 3, 5, 14, 15, 28, 30, 60)[one % 8])

    def carry_out(self, one: int, two: int) -> None:
        for proposal, (action, arguments) in list(self.acts.items()):
            signers = [holder("auditor-1/auditor")]
            if action == "admit_member":
                signers += new_signers(arguments["organisation"])
            self.send(self.consortium.carry_out(proposal, action, arguments, *signers))
            self.follow()

    def stop(self, one: int, two: int) -> None:
        name = NAMES[one % len(NAMES)]
        key = key_of(f"{name}/{'officer' if two % 3 else 'registrar'}") if two % 2 else ""
        arguments = {
            "decision": f"p{self.count}",
            "document": DOCUMENT,
            "key": key,
            "organisation": "" if key else name,
            "reason": "outage",
        }
        signers = (officer("auditor-1"), officer("agency-1" if two % 4 < 2 else "citizens-1"))
        answer = self.consortium.do("suspend_at_once", arguments, *signers)
        self.count += answer == ACCEPTED
        self.send(answer)

    def go(self, one: int, two: int) -> None:
        name = NAMES[one % len(NAMES)]
        if two % 3:
            self.send(self.consortium.do("wake", {}, officer(name)))
        else:
            self.send(self.consortium.do("leave", {"reason": "own_wish"}, officer(name), (f"{name}/registrar", "identity.registrar")))

    def renew(self, one: int, two: int) -> None:
        """A member's officer loses its key, by chance; then a ceremony, struck or not, gives it another."""
        name = NAMES[one % len(NAMES)]
        if two % 2:
            ending = {"key": key_of(f"{name}/officer"), "reason": "lost"}
            self.consortium.ledger.do("identity.end_key", ending, (f"{name}/registrar", "identity.registrar"))
            self.follow()
        ceremony, key = f"c{self.count}", f"{name}/new {self.count}"
        keys = [{"handle": "new", "key": key_of(key), "organisation": name, "roles": ["governance.officer", "identity.registrar"]}]
        self.count += 1
        signers = [(f"{each}/recovery", "governance.recovery") for each in NAMES[:5]]
        if self.consortium.do("announce_ceremony", {"ceremony": ceremony, "document": DOCUMENT, "keys": keys}, *signers) != ACCEPTED:
            return
        if two % 3 == 0:
            self.consortium.do("strike", {"ceremony": ceremony}, holder(f"{name}/registrar"))
        self.consortium.wait(7)
        former = list_former_keys(self.consortium.ledger.application.state.view, self.consortium.ledger.application.genesis, [name])
        arguments = {"ceremony": ceremony, "ended": former, "keys": keys}
        self.consortium.do("complete_ceremony", arguments, holder("auditor-2/recovery"), (key, "identity.new_key"))

    def follow(self) -> None:
        """Feed what is new to the verifier; its standing is the state's."""
        for result in self.consortium.ledger.results[self.seen :]:
            self.follower.take([json.loads(entry) for _, entry in result.entries])
        self.seen = len(self.consortium.ledger.results)
        compare(self.consortium, self.follower.standing)
        check_figures(self.consortium)


def compare(consortium: Consortium, found: verifier.Standing) -> None:
    """Keys, offices, suspensions and parameters, as the state has them."""
    records = {key: json.loads(value) for key, value in consortium.ledger.records().items()}
    height = consortium.ledger.application.info().height + 1
    for key, record in records.items():
        sort, _, name = key.partition("/")[2].partition("/")
        if key.startswith("identity/key/"):
            assert (("bound", name) in found.facts) == ("until" not in record)
            assert found.owners[name] == record["organisation"]
            if "until" not in record:
                assert (("free key", name) in found.facts) == ("suspended" not in record)
                assert sorted(fact[2] for fact in found.facts if fact[:2] == ("role", name)) == record["roles"]
        elif key.startswith("governance/member/"):
            assert (("free organisation", name) in found.facts) == (record["standing"] != "suspended")
        elif key.startswith("governance/parameter/"):
            assert verifier.find_parameter(found, name, consortium.now) == record["value"]
            if (coming := record.get("coming")) is not None:
                assert verifier.find_parameter(found, name, coming["effective_from"]) == coming["value"]
        elif key.startswith("governance/coming/"):
            assert verifier.find_parameter(found, name, record["effective_from"]) == record["value"]
        elif sort == "log":
            assert verifier.find_log_key(found, record["height"]).hex() == record["key"]
    assert all(since < height for since in found.facts.values())


def list_members(consortium: Consortium) -> list[dict[str, Any]]:
    records = consortium.ledger.records()
    members = [json.loads(value) for key, value in records.items() if key.startswith("governance/member/")]
    return [member for member in members if member["standing"] != "removed"]


def check_members(consortium: Consortium, events: list[str]) -> None:
    """After each suspension or removal by others: two thirds act, one of them a watch; no class was emptied."""
    if not {"suspended_at_once", "member_suspended", "member_removed"} & set(events):
        return
    members = [member for member in list_members(consortium) if member["standing"] != "dormant"]
    acting = [member for member in members if member["standing"] != "suspended"]
    if "member_removed" in events or consortium.record("governance/deadlock/kinds") is None:
        assert {member["class"] for member in list_members(consortium)} == {"agency", "auditor", "citizens", "operator"}
    if events[0] != "suspended_at_once":
        assert 3 * len(acting) >= 2 * len(members)
        assert any(member["class"] in WATCH for member in acting)


def check_figures(consortium: Consortium) -> None:
    """The constitution is as strict as every kind, and none goes below the floors."""
    view, now = consortium.ledger.application.state.view, consortium.now
    figures = {kind: read_figures(view, kind, now) for kind in KINDS}
    own = figures["constitution"]
    for each in figures.values():
        assert each.classes >= 2
        assert each.watch >= 1
        assert each.share_bp >= 5_000
        assert each.vote_seconds >= 3 * DAY
        assert own.classes >= each.classes
        assert own.watch >= each.watch
        assert own.share_bp >= each.share_bp
        assert own.vote_seconds >= each.vote_seconds
        assert own.notice_seconds >= each.notice_seconds
        assert set(own.veto) >= set(each.veto)
        assert own.early <= each.early


def check_outcomes(consortium: Consortium) -> int:
    """What passed had more than half of two classes, one a watch, and more than half of the roll; how many passed."""
    records = {key: json.loads(value) for key, value in consortium.ledger.records().items()}
    passed = 0
    for key, record in records.items():
        if not key.startswith("governance/proposal/") or "roll" not in record or record["state"] not in ("passed", "used", "lapsed"):
            continue
        choices = {voter["id"]: records.get(f"{key}/{voter['id']}", {"choice": ""})["choice"] for voter in record["roll"]}
        counted = [voter for voter in record["roll"] if choices[voter["id"]] != "recuse"]
        approving = []
        for member_class in {voter["class"] for voter in counted}:
            votes = [choices[voter["id"]] for voter in counted if voter["class"] == member_class]
            approving += [member_class] if votes.count("yes") * 2 > len(votes) else []
        assert len(approving) >= 2
        assert set(approving) & set(WATCH)
        assert 2 * list(choices.values()).count("yes") > len(counted)
        assert record["concerned"] not in choices
        passed += 1
    return passed


STEPS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 63), st.integers(0, 63)), min_size=10, max_size=40)


@given(steps=STEPS)
@settings(max_examples=12)
def test_whatever_members_do(steps: list[tuple[int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder))
        for step in steps:
            run.step(*step)
        check_outcomes(run.consortium)
        report = replay(run.consortium.ledger)
        assert report.difference is None
        assert report.tip.app_hash == run.consortium.ledger.application.info().app_hash
        run.consortium.ledger.close()


def test_the_steps_are_worth_trying(tmp_path: Path) -> None:
    """A fixed run in which votes pass and are used, members come and go, and parameters change."""
    run = Run(tmp_path)
    for number in range(60):
        for step in ((0, number, number * 7), (1, number * 3, number), (3, number, 1), (5, 3 + number % 4, 0), (7, 0, 0), (11, 4, number)):
            run.step(*step)
    assert check_outcomes(run.consortium) > 20
    names = {event for result in run.consortium.ledger.results for event in name_events(result.entries)}
    wanted = {
        "parameter_set",
        "parameter_in_force",
        "member_admitted",
        "member_removed",
        "member_suspended",
        "reinstated",
        "vote_closed",
        "ceremony_completed",
        "ceremony_struck",
    }
    assert wanted <= names


def name_events(entries: Any) -> list[str]:
    return [event["event"].removeprefix("governance.") for _, entry in entries for event in json.loads(entry)["events"]]
