"""Rows of governance: who may sign what, every refusal beside the nearest transaction that is accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from prasasti.contracts.identity.messages import IDENTITY
from prasasti.core.contract import encode_table
from tests.contracts.governing import DAY, Consortium, holder, new_signers, newcomer, officer, parameter
from tests.contracts.plays import Play, after, do, in_one_block
from tests.core.examples import CONSENSUS_PARTS, DOCUMENT, registration
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of

OFFICER = {"governance.officer"}
HOLDER = {"identity.holder"}
EITHER = {"governance.auditor", "governance.officer"}
AT_ONCE = {"governance.auditor", "governance.officer", "governance.recovery"}
LEAVING = {"governance.officer", "identity.registrar"}

# The roles that may stand at each place among the signers, the other places being in order.
ALLOWED: dict[tuple[str, int], set[str]] = {
    ("governance.activate_contract", 0): HOLDER,
    ("governance.admit_member", 0): HOLDER,
    ("governance.admit_member", 1): {"identity.new_key"},
    ("governance.admit_member", 2): {"identity.new_key"},
    ("governance.advance_clock", 0): OFFICER,
    ("governance.announce_ceremony", 0): {"governance.recovery"},
    ("governance.announce_ceremony", 1): {"governance.recovery"},
    ("governance.complete_ceremony", 0): HOLDER,
    ("governance.complete_ceremony", 1): {"identity.new_key"},
    ("governance.leave", 0): LEAVING,
    ("governance.leave", 1): LEAVING,
    ("governance.name_validator", 0): OFFICER,
    ("governance.name_validator", 1): {"identity.new_key"},
    ("governance.plan_upgrade", 0): HOLDER,
    ("governance.propose", 0): OFFICER,
    ("governance.reinstate_member", 0): HOLDER,
    ("governance.remove_member", 0): HOLDER,
    ("governance.rotate_log_key", 0): HOLDER,
    ("governance.rotate_log_key", 1): {"identity.new_key"},
    ("governance.set_parameter", 0): HOLDER,
    ("governance.strike", 0): HOLDER,
    ("governance.suspend_at_once", 0): AT_ONCE,
    ("governance.suspend_at_once", 1): AT_ONCE,
    ("governance.suspend_member", 0): HOLDER,
    ("governance.vote", 0): OFFICER,
    ("governance.wake", 0): OFFICER,
    ("governance.withdraw_proposal", 0): OFFICER,
    ("governance.withhold_document", 0): EITHER,
    ("governance.withhold_document", 1): EITHER,
}


def on(play: Callable[[Consortium], str]) -> Play:
    """A play of the members of a ledger."""
    return lambda ledger: play(Consortium.of(ledger))


def act(now: int, value: int | str | bool = 600, name: str = "max_gap_seconds", days: int = 60) -> dict[str, Any]:
    return parameter(name, value, now + days * DAY)


def propose(**changes: Any) -> Play:
    """03 of a harmless rule, changed; ``by`` and ``days`` are those of ``Consortium.propose``."""
    return on(lambda five: five.propose("p", "set_parameter", act(five.now), **changes))


def propose_act(action: str, arguments: Any, **changes: Any) -> Play:
    return on(lambda five: five.propose("p", action, arguments, **changes))


def propose_value(name: str, value: int | str | bool, days: int = 28) -> Play:
    return on(lambda five: five.propose("p", "set_parameter", act(five.now, value, name), days=days))


def vote(choice: str = "yes", by: str = "auditor-1", **changes: Any) -> Play:
    arguments = {"choice": choice, "proposal": "p", "reason": "agreed"} | changes
    return on(lambda five: five.do("vote", arguments, officer(by)))


def withdraw(by: str = "agency-1", **changes: Any) -> Play:
    return on(lambda five: five.do("withdraw_proposal", {"proposal": "p", "reason": "mistake"} | changes, officer(by)))


def stop(*by: str, target: str = "operator-1", key: str = "", decision: str = "s", **changes: Any) -> Play:
    """07 of the officers of two members."""
    arguments = {"decision": decision, "document": DOCUMENT, "key": key, "organisation": "" if key else target, "reason": "outage"}
    return on(lambda five: five.do("suspend_at_once", arguments | changes, *(officer(each) for each in by)))


def wait(days: float) -> Play:
    def play(five: Consortium) -> str:
        five.wait(days)
        return ACCEPTED

    return on(play)


def end_officer(member: str) -> Play:
    return lambda ledger: ledger.do("identity.end_key", {"key": key_of(f"{member}/officer")}, (f"{member}/registrar", "identity.registrar"))


def enact(proposal: str, action: str, arguments: Any, *signers: Signer, between: Play | None = None, **changes: Any) -> Play:
    """Resolve; something else; then carry out what was resolved, or something changed."""

    def play(ledger: Ledger) -> str:
        five = Consortium.of(ledger)
        assert five.resolve(proposal, action, arguments) == "passed"
        if between is not None:
            assert between(ledger) == ACCEPTED
        return five.carry_out(proposal, action, arguments | changes, *signers)

    return play


def admit(member: str = "agency-2", member_class: str = "agency", between: Play | None = None, **changes: Any) -> Play:
    """08, resolved and carried out by all of its keys."""
    arguments = newcomer(member, member_class) | changes
    bound = [key["key"] for key in arguments["keys"]]
    names = [name for name in ("officer", "recovery", "registrar", "spare") if key_of(f"{member}/{name}") in bound]
    return enact(f"join-{member}", "admit_member", arguments, holder("agency-1/officer"), *new_signers(member, names), between=between)


def key_row(member: str, handle: str, *roles: str, person: str = "") -> dict[str, Any]:
    return {"handle": person or handle, "key": key_of(f"{member}/{handle}"), "roles": sorted(roles)}


def keys_of(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row["key"]))


def set_value(proposal: str, days: int = 60, name: str = "max_gap_seconds", value: int | bool | str = 600, wait_days: float = 0) -> Play:
    """12: a change that was resolved, some days after its notice."""

    def play(five: Consortium) -> str:
        arguments = act(five.now, value, name, days)
        assert five.resolve(proposal, "set_parameter", arguments, 28 if name.startswith("governance.") else 14) == "passed"
        five.wait(wait_days)
        return five.carry_out(proposal, "set_parameter", arguments)

    return on(play)


def set_under_next_version(ledger: Ledger) -> str:
    """A version of identity without parameters acts before the change is sent."""
    following = replace(IDENTITY, version=2, parameters=())
    ledger.contracts = (*ledger.contracts, following)
    ledger.restart()
    five = Consortium.of(ledger)
    setting = act(five.now, 365, "identity.office_days", 90)
    activation = {"contract": "identity", "height": 40, "table": sha256(encode_table(following)).hexdigest(), "version": 2}
    for proposal, action, arguments in (("set", "set_parameter", setting), ("activate", "activate_contract", activation)):
        assert five.propose(proposal, action, arguments, days=28) == ACCEPTED
        assert five.vote(proposal, "yes", *five.founders) == ACCEPTED
    five.wait(28)
    five.wait(28)
    assert five.carry_out("activate", "activate_contract", activation) == ACCEPTED
    while ledger.application.info().height < 39:
        assert five.do("advance_clock", {"seconds": 1}, officer("agency-1")) == ACCEPTED
    return five.carry_out("set", "set_parameter", setting)


def set_both(five: Consortium) -> str:
    """Two changes, each in order by itself when it was proposed."""
    first, second = act(five.now, 3, "governance.rule.classes", 90), act(five.now, 2, "governance.constitution.classes", 90)
    assert five.propose("first", "set_parameter", first, days=28) == ACCEPTED
    assert five.propose("second", "set_parameter", second, days=28) == ACCEPTED
    for proposal in ("first", "second"):
        assert five.vote(proposal, "yes", *five.founders) == ACCEPTED
    five.wait(28)
    five.wait(28)
    assert five.carry_out("first", "set_parameter", first) == ACCEPTED
    return five.carry_out("second", "set_parameter", second)


def withhold_table(five: Consortium) -> str:
    """An officer names the table to come as a document of a proposal, and withholds it with an auditor of another member."""
    assert five.adopt("named", "standard.table", digest=str(ACTIVATION["table"])) == ACCEPTED
    act = {"legal_basis": "none at all", "sha256": ACTIVATION["table"]}
    return five.do("withhold_document", act, officer("agency-1"), ("auditor-1/auditor", "governance.auditor"))


ACTIVATION = {"contract": "procurement", "height": 500, "table": "ab" * 32, "version": 2}
PLAN = {"consensus_parts": CONSENSUS_PARTS, "height": 500, "release": "release.2", "version": "2"}
CANCEL = PLAN | {"height": 0}
ROTATION = {"height": 500, "key": key_of("agency-1/log")}


def adopt_release(five: Consortium) -> str:
    assert five.adopt("release", "release.2") == ACCEPTED
    assert five.vote("release", "yes", *five.founders) == ACCEPTED
    five.wait(14)
    return ACCEPTED


def near(arguments: dict[str, Any], proposal: str, action: str, *signers: Signer, blocks: int = 10) -> Play:
    """An act whose height is so many blocks ahead of the one that carries it out."""

    def play(five: Consortium) -> str:
        # Opening, five votes, its close and its notice, each in a block; the act comes in the next.
        height = five.ledger.application.info().height + 1 + 7 + blocks
        chosen = arguments | {"height": height}
        assert five.resolve(proposal, action, chosen) == "passed"
        while five.ledger.application.info().height + 1 + blocks < height:
            assert five.ledger.do("governance.advance_clock", {"seconds": 1}, officer("agency-1")) == ACCEPTED
        return five.carry_out(proposal, action, chosen, *signers)

    return on(play)


def rotate(key: str = "agency-1/log", proposal: str = "rotate", height: int = 500) -> Play:
    arguments = {"height": height, "key": key_of(key)}
    signers = [holder("operator-1/registrar"), (key, "identity.new_key")]

    def play(five: Consortium) -> str:
        assert five.resolve(proposal, "rotate_log_key", arguments, 28) == "passed"
        return five.carry_out(proposal, "rotate_log_key", arguments, *signers)

    return on(play)


def leave(*signers: Signer, **changes: Any) -> Play:
    return on(lambda five: five.do("leave", {"reason": "own_wish"} | changes, *signers))


def announce(*by: str, keys: list[dict[str, Any]] | None = None, ceremony: str = "c", **changes: Any) -> Play:
    """18: a new officer for citizens-1, by the recovery keys of these members."""
    arguments = {"ceremony": ceremony, "document": DOCUMENT, "keys": keys if keys is not None else CEREMONY} | changes
    return do("governance.announce_ceremony", arguments, *((f"{each}/recovery", "governance.recovery") for each in by or FOUR_RECOVER))


def strike(by: str = "citizens-1/registrar", ceremony: str = "c") -> Play:
    return do("governance.strike", {"ceremony": ceremony}, holder(by))


def complete(keys: list[dict[str, Any]] | None = None, former: tuple[str, ...] | None = None, ceremony: str = "c") -> Play:
    chosen = keys if keys is not None else CEREMONY
    ended = sorted(key_of(name) for name in (former if former is not None else ("citizens-1/officer", "citizens-1/registrar")))
    signers = [("citizens-1/new" if each["key"] == key_of("citizens-1/new") else "agency-1/new", "identity.new_key") for each in chosen]
    arguments = {"ceremony": ceremony, "ended": ended, "keys": chosen}
    return do("governance.complete_ceremony", arguments, holder("operator-1/officer"), *signers)


def ceremony_key(member: str, *roles: str, name: str = "new") -> dict[str, Any]:
    return {"handle": "new", "key": key_of(f"{member}/{name}"), "organisation": member, "roles": sorted(roles)}


FOUR_RECOVER = ("auditor-1", "auditor-2", "citizens-1", "operator-1")
CEREMONY = [ceremony_key("citizens-1", "governance.officer", "identity.registrar")]
BOUND_MEANWHILE = do(
    "identity.register_key", registration("agency-1/new", key=key_of("citizens-1/new")),
    ("agency-1/registrar", "identity.registrar"), ("citizens-1/new", "identity.new_key"))  # fmt: skip
def name_validator(member: str = "agency-1", key: str = "agency-1/node", **changes: Any) -> Play:
    arguments = {"handle": "node", "key": key_of(key), "organisation": member, "roles": ["governance.validator"]} | changes
    return do("governance.name_validator", arguments, officer(member), (key, "identity.new_key"))


BOTH = (officer("operator-1"), ("operator-1/registrar", "identity.registrar"))
MEMBER = {"organisation": "operator-1"}
CITIZENS_OFFICER = key_of("citizens-1/officer")

ROWS: dict[str, tuple[str, Play]] = {
    # governance.03
    "a proposal": (ACCEPTED, propose()),
    "a proposal under a used id": ("governance.00.2", after(propose(), propose())),
    "a document of 8 MiB": (ACCEPTED, propose(document=DOCUMENT | {"size": 8 * 2**20})),
    "a document beyond 8 MiB": ("governance.00.5", propose(document=DOCUMENT | {"size": 8 * 2**20 + 1})),
    "a reason of votes": ("governance.00.6", propose(reason="agreed")),
    "a publisher's proposal": ("governance.03.1", propose(by="publisher-1")),
    "a leaving member's proposal": ("governance.03.1", after(leave(*BOTH), propose(by="operator-1"))),
    "an act of no contract": ("governance.03.2", propose_act("gift.take_all", {})),
    "an act that needs no resolution": ("governance.03.2", propose_act("vote", {"choice": "yes"})),
    "an act of identity": ("governance.03.2", propose_act("identity.end_key", {"key": "00" * 32})),
    "an act of another contract": (ACCEPTED, propose_act("welfare.settle_dispute", {"batch": "b", "decision": "void"})),
    "an act with a field missing": ("governance.03.2", propose_act("suspend_member", {"organisation": "operator-1"})),
    "an act that names its resolution": ("governance.03.2", propose_act("remove_member", MEMBER | {"resolution": "p"})),
    "an act as text": ("governance.03.2", propose_act("remove_member", "operator-1")),
    "an act that is no JSON": ("governance.03.2", propose(arguments="{")),
    "an act with white space": ("governance.03.2", propose(action="governance.remove_member", arguments='{"organisation": "operator-1"}')),
    "an adoption by identity": ("governance.03.2", propose(form="adopt", action="identity.end_key", arguments="", fields=["t:x"])),
    "an adoption by welfare": (ACCEPTED, propose(form="adopt", action="welfare.adopt_rule", arguments="", fields=["t:x"])),
    "a standard": (ACCEPTED, on(lambda five: five.adopt("p", "standard.x", days=7))),
    "an unknown parameter of governance": ("governance.03.2", propose_value("governance.rule.colour", 2)),
    "a parameter that nobody declares": ("governance.03.6", propose_value("welfare.rate_bp", 2, 14)),
    "a parameter of another contract": (ACCEPTED, propose_value("identity.recovery_hours", 12)),
    "a parameter of another contract as text": ("governance.03.6", propose_value("identity.recovery_hours", "12")),
    "a parameter of another contract as a truth": ("governance.03.6", propose_value("identity.recovery_hours", True)),
    "a parameter of another contract below its least": ("governance.03.6", propose_value("identity.recovery_hours", 11)),
    "a parameter of another contract above its most": ("governance.03.6", propose_value("identity.recovery_hours", 721)),
    "the profile, which genesis alone names": ("governance.03.2", propose_value("governance.profile", "indonesia")),
    "a parameter of another type": ("governance.03.2", propose_value("max_gap_seconds", "600", 14)),
    "a truth for a number": ("governance.03.2", propose_value("governance.rule.watch", True)),
    "an expiry beyond 7 days": ("governance.03.2", propose_value("max_expiry_seconds", 604_801, 14)),
    "an expiry of 7 days": (ACCEPTED, propose_value("max_expiry_seconds", 604_800, 14)),
    "an expiry that nobody could keep": ("governance.03.2", propose_value("max_expiry_seconds", 3_599, 14)),
    "an expiry of an hour": (ACCEPTED, propose_value("max_expiry_seconds", 3_600, 14)),
    "an expiry that several could not keep": ("governance.03.2", propose_value("max_expiry_seconds_several", 86_399, 14)),
    "an expiry of a day for several": (ACCEPTED, propose_value("max_expiry_seconds_several", 86_400, 14)),
    "no second": ("governance.03.2", propose_value("max_gap_seconds", 0, 14)),
    "one class": ("governance.03.2", propose_value("governance.rule.classes", 1)),
    "no watch": ("governance.03.2", propose_value("governance.ordinary.watch", 0)),
    "less than half": ("governance.03.2", propose_value("governance.rule.share_bp", 4_999)),
    "all of the roll and more": ("governance.03.2", propose_value("governance.constitution.share_bp", 10_000)),
    "two days": ("governance.03.2", propose_value("governance.ordinary.vote_days", 2)),
    "three days": (ACCEPTED, propose_value("governance.ordinary.vote_days", 3)),
    "a veto of nobody known": ("governance.03.2", propose_value("governance.rule.veto", "king")),
    "a veto out of order": ("governance.03.2", propose_value("governance.rule.veto", "citizens,agency")),
    "a veto of nobody": (ACCEPTED, propose_value("governance.rule.veto", "")),
    "a veto that the constitution lacks": ("governance.03.2", propose_value("governance.rule.veto", "agency,auditor,citizens,operator")),
    "a constitution with as many classes": (ACCEPTED, propose_value("governance.constitution.classes", 2)),
    "a rule with more classes than the constitution": ("governance.03.2", propose_value("governance.rule.classes", 4)),
    "a rule with as many": (ACCEPTED, propose_value("governance.rule.classes", 3)),
    "an early constitution": ("governance.03.2", propose_value("governance.constitution.early", True)),
    "a shorter constitution": ("governance.03.2", propose_value("governance.constitution.vote_days", 13)),
    "a second too short": ("governance.03.3", propose(days=14 - 1 / DAY)),
    "four voting times": (ACCEPTED, propose(days=56)),
    "four voting times and a second": ("governance.03.3", propose(days=56 + 1 / DAY)),
    "three open proposals": (ACCEPTED, on(lambda five: [five.adopt(f"p{n}", f"standard.x{n}", days=7) for n in range(3)][-1])),
    "four open proposals": ("governance.03.4", on(lambda five: [five.adopt(f"p{n}", f"standard.x{n}", days=7) for n in range(4)][-1])),
    "a subject that is open": ("governance.03.5", on(lambda five: [five.adopt(p, "standard.x", days=7) for p in "pq"][-1])),
    "a subject that was withdrawn": (ACCEPTED, after(propose(), withdraw(), propose(proposal="q"))),
    # governance.04
    "a vote": (ACCEPTED, after(propose(), vote())),
    "a vote and another": (ACCEPTED, after(propose(), vote(), vote("no"))),
    "a vote after its end": ("governance.04.1", after(propose(), wait(14), vote())),
    "a vote on what was withdrawn": ("governance.00.2", after(propose(), withdraw(), vote())),
    "a vote on nothing": ("governance.00.3", vote()),
    "a vote with a large document": ("governance.00.5", after(propose(), vote(document=DOCUMENT | {"size": 8 * 2**20 + 1}))),
    "a vote with a document": (ACCEPTED, after(propose(), vote(document=DOCUMENT))),
    "a vote for a proposal's reason": ("governance.00.6", after(propose(), vote(reason="improvement"))),
    "a publisher's vote": ("governance.04.2", after(propose(), vote(by="publisher-1"))),
    "a vote after a recusal": ("governance.04.3", after(propose(), vote("recuse"), vote())),
    "a vote after an abstention": (ACCEPTED, after(propose(), vote("abstain"), vote())),
    "the concerned member's vote": ("governance.04.2", after(propose_act("remove_member", MEMBER), vote(by="operator-1"))),
    "the key of a vote ended earlier in the block": ("governance.00.1", after(propose(), in_one_block(
        ("identity.end_key", {"key": key_of("auditor-1/officer")}, (("auditor-1/registrar", "identity.registrar"),)),
        ("governance.vote", {"choice": "yes", "proposal": "p", "reason": "agreed"}, (officer("auditor-1"),)),
    ))),
    # governance.05
    "an own proposal withdrawn": (ACCEPTED, after(propose(), vote(by="agency-1"), withdraw())),
    "a proposal withdrawn twice": ("governance.00.2", after(propose(), withdraw(), withdraw())),
    "a proposal that is not there withdrawn": ("governance.00.3", withdraw()),
    "a proposal withdrawn for no reason": ("governance.00.6", after(propose(), withdraw(reason="why_not"))),
    "another's proposal withdrawn": ("governance.05.1", after(propose(), withdraw("auditor-1"))),
    "a ratification withdrawn": ("governance.05.1", after(stop("auditor-1", "citizens-1"), withdraw("auditor-1", proposal="s"))),
    "a proposal withdrawn after another's vote": ("governance.05.2", after(propose(), vote(), withdraw())),
    # governance.07
    "a member stopped": (ACCEPTED, stop("auditor-1", "agency-1")),
    "a key stopped": (ACCEPTED, stop("auditor-1", "agency-1", key=key_of("operator-1/officer"))),
    "a publisher's key stopped": (ACCEPTED, stop("auditor-1", "agency-1", key=key_of("publisher-1/publisher"))),
    "a member stopped twice": ("governance.00.2", after(stop("auditor-1", "agency-1"), stop("auditor-1", "agency-1", decision="s2"))),
    "a decision under a used id": ("governance.00.2", after(propose(), stop("auditor-1", "agency-1", decision="p"))),
    "an ended key stopped": ("governance.00.2", after(
        end_officer("operator-1"), stop("auditor-1", "agency-1", key=key_of("operator-1/officer")))),
    "a stranger stopped": ("governance.00.3", stop("auditor-1", "agency-1", target="publisher-1")),
    "a strange key stopped": ("governance.00.3", stop("auditor-1", "agency-1", key="00" * 32)),
    "a member stopped with a large document": (
        "governance.00.5", stop("auditor-1", "agency-1", document=DOCUMENT | {"size": 8 * 2**20 + 1})),
    "a member stopped for no reason": ("governance.00.6", stop("auditor-1", "agency-1", reason="dislike")),
    "stopped by no watch": ("governance.07.1", stop("agency-1", "operator-1", target="auditor-1")),
    "stopped by one class": ("governance.07.1", stop("auditor-1", "auditor-2")),
    "stopped by itself": ("governance.07.1", stop("auditor-1", "operator-1")),
    "stopped by a publisher": ("governance.07.1", stop("auditor-1", "publisher-1")),
    "an own key stopped": ("governance.07.1", stop("auditor-1", "operator-1", key=key_of("operator-1/registrar"))),
    "a second member stopped": ("governance.07.2", after(
        stop("auditor-1", "agency-1"), stop("auditor-1", "agency-1", target="citizens-1", decision="s2"))),
    "a second member's last officer stopped": ("governance.07.2", after(
        stop("auditor-1", "agency-1"), stop("auditor-1", "agency-1", key=CITIZENS_OFFICER, decision="s2"))),
    "a second member's registrar stopped": (ACCEPTED, after(
        stop("auditor-1", "agency-1"), stop("auditor-1", "agency-1", key=key_of("citizens-1/registrar"), decision="s2"))),
    "last officers stopped one after the other": ("governance.07.2", after(
        stop("auditor-1", "agency-1", key=key_of("operator-1/officer")),
        stop("auditor-1", "agency-1", key=CITIZENS_OFFICER, decision="s2"))),
    "stopped again too early": ("governance.07.3", after(
        stop("auditor-1", "agency-1"), wait(5), wait(29), stop("auditor-1", "agency-1", decision="s2"))),
    "stopped again in time": (ACCEPTED, after(
        stop("auditor-1", "agency-1"), wait(5), wait(30), stop("auditor-1", "agency-1", decision="s2"))),
    "no days left": ("governance.07.4", after(
        stop("auditor-1", "agency-1"), *(vote(by=each, proposal="s") for each in ("agency-1", "auditor-1", "auditor-2", "citizens-1")),
        wait(90), wait(1), stop("auditor-1", "agency-1", decision="s2"))),
    # governance.08
    "an agency admitted": (ACCEPTED, admit()),
    "an auditor admitted, with an auditor": (ACCEPTED, admit("auditor-3", "auditor", keys=keys_of(
        key_row("auditor-3", "officer", "governance.auditor", "governance.officer"),
        key_row("auditor-3", "recovery", "governance.recovery"),
        key_row("auditor-3", "registrar", "identity.registrar")))),
    "admitted without a vote": ("governance.00.7", on(lambda five: five.carry_out(
        "none", "admit_member", newcomer("agency-2", "agency"), holder("agency-1/officer"), *new_signers("agency-2")))),
    "admitted as another class": ("governance.08.1", admit("citizens-1", "agency", keys=[])),
    "a new term": (ACCEPTED, admit("citizens-1", "citizens", keys=[])),
    "a group in two classes": ("governance.08.2", after(admit(group="holding"), admit("operator-2", "operator", group="holding"))),
    "a group in one class": (ACCEPTED, after(admit(group="holding"), wait(30), admit("agency-3", "agency", group="holding"))),
    "no recovery key": ("governance.08.3", admit(keys=keys_of(
        key_row("agency-2", "officer", "governance.officer"), key_row("agency-2", "registrar", "identity.registrar")))),
    "one person": ("governance.08.3", admit(keys=keys_of(
        key_row("agency-2", "officer", "governance.officer", "governance.recovery", "identity.registrar")))),
    "two people": (ACCEPTED, admit(keys=keys_of(
        key_row("agency-2", "officer", "governance.officer", "governance.recovery"),
        key_row("agency-2", "registrar", "identity.registrar")))),
    "four keys of one person": ("governance.08.3", admit(keys=keys_of(
        *(key_row("agency-2", name, "governance.officer", person="one") for name in ("officer", "recovery", "registrar", "spare"))))),
    "offices that exclude one another": ("governance.08.4", admit(keys=keys_of(
        key_row("agency-2", "officer", "governance.officer", "treasury.payer", "treasury.approver"),
        key_row("agency-2", "recovery", "governance.recovery", "identity.registrar")))),
    "a second agency within 30 days": ("governance.08.5", after(admit(), wait(15), admit("agency-3"))),
    "a key that was bound": ("governance.08.6", admit(between=do(
        "identity.register_key", registration("agency-1/new", key=key_of("agency-2/officer")),
        ("agency-1/registrar", "identity.registrar"), ("agency-2/officer", "identity.new_key")))),
    "an unknown role for a newcomer": ("governance.08.7", admit(keys=keys_of(
        key_row("agency-2", "officer", "governance.officer", "governance.king"),
        key_row("agency-2", "recovery", "governance.recovery"), key_row("agency-2", "registrar", "identity.registrar")))),
    # governance.09, 10
    "a member suspended": (ACCEPTED, on(lambda five: five.enact("p", "suspend_member", MEMBER | {"until": five.now + 80 * DAY}))),
    "suspended without a vote": ("governance.00.7", on(
        lambda five: five.carry_out("p", "suspend_member", MEMBER | {"until": five.now + 9}))),
    "a stranger suspended": ("governance.00.3", on(lambda five: five.carry_out(
        "p", "suspend_member", {"organisation": "nobody", "until": five.now + 9}))),
    "suspended twice": ("governance.00.2", after(stop("auditor-1", "agency-1"), on(lambda five: five.carry_out(
        "p", "suspend_member", MEMBER | {"until": five.now + 9}, holder("agency-1/officer"))))),
    "suspended for 90 days": (ACCEPTED, on(lambda five: five.enact("p", "suspend_member", MEMBER | {"until": five.now + 90 * DAY}))),
    "suspended for longer": (
        "governance.09.1", on(lambda five: five.enact("p", "suspend_member", MEMBER | {"until": five.now + 91 * DAY}))),
    "suspended backwards": ("governance.09.1", on(lambda five: five.enact("p", "suspend_member", MEMBER | {"until": five.now}))),
    "suspended beside another": ("governance.09.2", lambda ledger: enact(
        "p", "suspend_member", MEMBER | {"until": ledger.time + 80 * DAY}, holder("agency-1/officer"),
        between=stop("auditor-1", "agency-1", target="citizens-1"))(ledger)),
    "a member reinstated": (ACCEPTED, after(
        stop("auditor-1", "agency-1"), enact("p", "reinstate_member", MEMBER, holder("agency-1/officer")))),
    "an active member reinstated": ("governance.00.2", on(lambda five: five.carry_out("p", "reinstate_member", MEMBER))),
    "a stranger reinstated": ("governance.00.3", on(lambda five: five.carry_out("p", "reinstate_member", {"organisation": "nobody"}))),
    "reinstated without a vote": ("governance.00.7", after(stop("auditor-1", "agency-1"), on(
        lambda five: five.carry_out("p", "reinstate_member", MEMBER, holder("agency-1/officer"))))),
    # governance.11
    "one of two auditors removed": (ACCEPTED, enact("p", "remove_member", {"organisation": "auditor-2"})),
    "a stranger removed": ("governance.00.3", on(lambda five: five.carry_out("p", "remove_member", {"organisation": "nobody"}))),
    "removed without a vote": ("governance.00.7", on(lambda five: five.carry_out("p", "remove_member", MEMBER))),
    "the last operator removed": ("governance.11.1", enact("p", "remove_member", MEMBER)),
    "too few could act": ("governance.11.2", enact(
        "p", "remove_member", {"organisation": "auditor-2"}, between=after(end_officer("citizens-1"), end_officer("operator-1")))),
    # governance.12
    "a parameter set": (ACCEPTED, set_value("p")),
    "set without a vote": ("governance.00.7", on(lambda five: five.carry_out("p", "set_parameter", act(five.now)))),
    "set as the notice is over": (ACCEPTED, set_value("p", days=24, wait_days=-1)),
    "set within the notice": ("governance.12.1", set_value("p", days=23, wait_days=-2)),
    "set for a past time": ("governance.12.2", set_value("p", days=30, wait_days=6)),
    "set beside a coming value": ("governance.12.3", after(set_value("p"), set_value("q", value=700))),
    "set after that value": (ACCEPTED, after(set_value("p"), wait(40), set_value("q", value=700))),
    "set out of order": ("governance.12.4", on(set_both)),
    "set for a version that declares other parameters": ("governance.12.5", set_under_next_version),
    # governance.13
    "a version activated": (ACCEPTED, enact("p", "activate_contract", ACTIVATION)),
    "activated without a vote": ("governance.00.7", on(lambda five: five.carry_out("p", "activate_contract", ACTIVATION))),
    "a version left out": ("governance.13.1", enact("p", "activate_contract", ACTIVATION | {"version": 3})),
    "a new contract's first version": (ACCEPTED, enact("p", "activate_contract", ACTIVATION | {"contract": "welfare", "version": 1})),
    "a version after one to come": ("governance.13.1", after(
        enact("p", "activate_contract", ACTIVATION), enact("q", "activate_contract", ACTIVATION | {"version": 3}))),
    "activated ten blocks ahead": (ACCEPTED, near(ACTIVATION, "p", "activate_contract")),
    "activated nine blocks ahead": ("governance.13.2", near(ACTIVATION, "p", "activate_contract", blocks=9)),
    "a version whose table is withheld": ("governance.13.3", after(on(withhold_table), enact("p", "activate_contract", ACTIVATION))),
    # governance.14
    "an upgrade planned": (ACCEPTED, after(on(adopt_release), enact("p", "plan_upgrade", PLAN))),
    "planned without a vote": ("governance.00.7", on(lambda five: five.carry_out("p", "plan_upgrade", PLAN))),
    "a release that nobody adopted": ("governance.14.1", enact("p", "plan_upgrade", PLAN)),
    "planned ten blocks ahead": (ACCEPTED, after(on(adopt_release), near(PLAN, "p", "plan_upgrade"))),
    "planned nine blocks ahead": ("governance.14.2", after(on(adopt_release), near(PLAN, "p", "plan_upgrade", blocks=9))),
    "a second plan": ("governance.14.3", after(
        on(adopt_release), enact("p", "plan_upgrade", PLAN), enact("q", "plan_upgrade", PLAN | {"height": 600}))),
    "a plan cancelled": (ACCEPTED, after(on(adopt_release), enact("p", "plan_upgrade", PLAN), enact("q", "plan_upgrade", CANCEL))),
    "no plan cancelled": ("governance.14.3", enact("q", "plan_upgrade", CANCEL)),
    # governance.15
    "a validator": (ACCEPTED, name_validator()),
    "a publisher's validator": ("governance.15.1", name_validator("publisher-1", "publisher-1/node")),
    "another's validator": ("governance.15.1", name_validator(organisation="operator-1")),
    "a fourth key of a handle": ("governance.15.1", after(*(name_validator(key=f"agency-1/node{number}") for number in range(4)))),
    "a validator twice": ("governance.15.2", after(name_validator(), name_validator())),
    # governance.16
    "the log's key rotated": (ACCEPTED, rotate()),
    "rotated without a vote": ("governance.00.7", on(lambda five: five.carry_out(
        "p", "rotate_log_key", ROTATION, holder("operator-1/registrar"), ("agency-1/log", "identity.new_key")))),
    "rotated to a person's key": ("governance.16.1", rotate("agency-1/officer")),
    "rotated to the key itself": ("governance.16.1", rotate("log")),
    "rotated too early": ("governance.16.2", rotate(height=9)),
    "rotated twice": ("governance.16.2", after(rotate(), rotate("agency-1/log2", "again"))),
    "rotated within the notice": ("governance.00.8", on(lambda five: [
        five.propose("p", "rotate_log_key", ROTATION, days=28), five.vote("p", "yes", *five.founders), str(five.wait(28)),
        five.carry_out("p", "rotate_log_key", ROTATION, holder("operator-1/registrar"), ("agency-1/log", "identity.new_key")),
    ][-1])),
    # governance.17
    "a member leaves": (ACCEPTED, leave(*BOTH)),
    "a member leaves twice": ("governance.00.2", after(leave(*BOTH), leave(*BOTH))),
    "a publisher leaves": ("governance.00.2", after(
        do("identity.register_key", registration("publisher-1/registrar", roles=["identity.registrar"]),
           ("agency-1/registrar", "identity.registrar"), ("publisher-1/registrar", "identity.new_key")),
        leave(officer("publisher-1"), ("publisher-1/registrar", "identity.registrar")))),
    "a member leaves for no reason": ("governance.00.6", leave(*BOTH, reason="bored")),
    "another's registrar": ("governance.17.1", leave(officer("operator-1"), ("agency-1/registrar", "identity.registrar"))),
    # governance.18, 19, 20
    "a ceremony": (ACCEPTED, announce()),
    "a ceremony under a used id": ("governance.00.2", after(announce(), announce())),
    "a ceremony with a large document": ("governance.00.5", announce(document=DOCUMENT | {"size": 8 * 2**20 + 1})),
    "a ceremony of three of five": ("governance.18.1", announce("auditor-1", "citizens-1", "operator-1")),
    "a ceremony for a publisher": ("governance.18.2", announce(keys=[ceremony_key("publisher-1", "governance.officer")])),
    "a ceremony for a payer": ("governance.18.2", announce(keys=[ceremony_key("citizens-1", "treasury.payer")])),
    "a ceremony for an auditor among citizens": ("governance.18.2", announce(keys=[ceremony_key("citizens-1", "governance.auditor")])),
    "a ceremony with a bound key": ("governance.18.3", announce(keys=[ceremony_key("citizens-1", "governance.officer", name="registrar")])),
    "a ceremony that joins offices": (
        "governance.18.4", announce(keys=[ceremony_key("auditor-1", "governance.auditor", "identity.registrar")])),
    "one's own part struck": (ACCEPTED, after(announce(), wait(7 - 1 / DAY), strike())),
    "struck too late": ("governance.19.1", after(announce(), wait(7), strike())),
    "struck twice": ("governance.00.2", after(announce(), strike(), strike())),
    "nothing struck": ("governance.00.3", strike()),
    "another's part struck": ("governance.19.2", after(announce(), strike("agency-1/officer"))),
    "a ceremony completed": (ACCEPTED, after(announce(), wait(7), complete())),
    "completed too early": ("governance.20.1", after(announce(), wait(7 - 1 / DAY), complete())),
    "completed 30 days later": (ACCEPTED, after(announce(), wait(37), complete())),
    "completed too late": ("governance.20.1", after(announce(), wait(37 + 1 / DAY), complete())),
    "completed twice": ("governance.00.2", after(announce(), wait(7), complete(), complete())),
    "a struck ceremony completed": ("governance.00.2", after(announce(), strike(), wait(7), complete())),
    "no ceremony completed": ("governance.00.3", complete()),
    "completed otherwise": ("governance.20.2", after(announce(), wait(7), complete([ceremony_key("citizens-1", "governance.officer")]))),
    "a former key left out": ("governance.20.3", after(announce(), wait(7), complete(former=("citizens-1/officer",)))),
    "a key ended that is no former one": (
        "governance.20.3", after(announce(), wait(7), complete(former=("citizens-1/officer", "citizens-1/registrar", "agency-1/officer")))),
    "completed with a key bound meanwhile": ("governance.20.4", after(announce(), BOUND_MEANWHILE, wait(7), complete())),
    # governance.21
    "a member that is awake": ("governance.00.2", on(lambda five: five.do("wake", {}, officer("agency-1")))),
}  # fmt: skip
