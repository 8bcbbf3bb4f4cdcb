"""Attacks on votes, offices and keys: what one key, or a few, try against the rules, and against who reads after them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from prasasti.contracts.governance.ceremony.former import list_former_keys
from prasasti.contracts.governance.messages import GOVERNANCE
from prasasti.contracts.governance.parameters import MAX_ADVANCE_SECONDS, MAX_FORMER_KEYS
from prasasti.contracts.identity.messages import IDENTITY
from prasasti.contracts.offices import MAX_HOLDERS, MAX_PERSON_KEYS
from prasasti.contracts.procurement.messages import PROCUREMENT
from prasasti.core.parameters import Parameter
from tests.contracts.governing import FOUR, Consortium, holder, officer, parameter
from tests.contracts.plays import registrar
from tests.contracts.test_governance_properties import Follower
from tests.core.examples import DOCUMENT
from tests.core.ledger import ACCEPTED, Ledger, key_of

DAY = 86_400
REGISTRAR = registrar("agency-1")
OFFICER = officer("agency-1")
FIVE = FOUR | {"auditor-2": "auditor"}
# A publisher without a registrar, whom founders serve.
ORPHAN = [{"id": "publisher-1", "keys": [], "licence": "", "ocid_prefixes": ["ocds-abc123-"], "publication_policy": ""}]


def follow(ledger: Ledger) -> None:
    """The verifier's reading of the whole log; it raises where it finds an act that nobody may do."""
    follower = Follower(ledger.genesis_bytes)
    for result in ledger.results:
        follower.take([json.loads(entry) for _, entry in result.entries])


# What a reader refuses, the ledger must not record.


def test_an_office_lost_and_given_back_within_a_block_acts_from_the_next_on(tmp_path: Path) -> None:
    """Else one registrar makes a log that no verifier takes, since to it an office counts in the blocks above its grant."""
    ledger = Ledger(tmp_path)
    key, role = key_of("agency-1/officer"), "governance.officer"
    wake = ("governance.advance_clock", {"seconds": 1}, OFFICER)
    assert ledger.seal(
        ledger.sign("identity.end_office", {"key": key, "role": role}, REGISTRAR),
        ledger.sign("identity.grant_office", {"key": key, "role": role, "until": ledger.time + DAY}, REGISTRAR),
        ledger.sign(*wake),
    ) == [ACCEPTED, ACCEPTED, "governance.00.1"]  # fmt: skip
    follow(ledger)
    assert ledger.do(*wake) == ACCEPTED
    follow(ledger)


def test_a_member_suspended_and_reinstated_within_a_block_acts_from_the_next_on(tmp_path: Path) -> None:
    consortium = Consortium(tmp_path)
    ledger = consortium.ledger
    suspend = {"organisation": "agency-1", "until": consortium.now + 40 * DAY}
    assert consortium.resolve("stop", "suspend_member", suspend) == "passed"
    assert consortium.resolve("back", "reinstate_member", {"organisation": "agency-1"}) == "passed"
    wake = ("governance.advance_clock", {"seconds": 1}, OFFICER)
    assert ledger.seal(
        ledger.sign("governance.suspend_member", suspend | {"resolution": "stop"}, holder("operator-1/registrar")),
        ledger.sign("governance.reinstate_member", {"organisation": "agency-1", "resolution": "back"}, holder("operator-1/registrar")),
        ledger.sign(*wake),
    ) == [ACCEPTED, ACCEPTED, "governance.00.1"]  # fmt: skip
    follow(ledger)
    assert ledger.do(*wake) == ACCEPTED
    follow(ledger)


# A message that raises halts everybody.


LONG = ",".join(f"{first}{'x' * width}" for first, width in (("a", 49), ("b", 49), ("c", 49), ("d", 46)))


@pytest.mark.parametrize(
    "text", [LONG, f"{LONG}x", "\x01" * 200, '"' * 200, "\\" * 100], ids=["longest", "longer", "control", "quotes", "slashes"]
)
def test_no_parameter_s_text_outgrows_an_event(tmp_path: Path, text: str) -> None:
    """The event tells two values; in JSON some characters take six bytes, and no value that a declaration fits has those."""
    noted = replace(PROCUREMENT, parameters=(Parameter("procurement.note", "codes", "", "none", most=10),))
    consortium = Consortium(tmp_path, contracts=(GOVERNANCE, IDENTITY, noted))
    for proposal, value in (("one", text), ("two", f"{text[:-1]}y")):
        arguments = parameter("procurement.note", value, consortium.now + 60 * DAY)
        answer = consortium.propose(proposal, "set_parameter", arguments)
        assert answer == (ACCEPTED if text == LONG else "governance.03.2" if len(text) > 200 else "governance.03.6")
        if answer != ACCEPTED:
            return
        assert len(value) == 200
        assert consortium.vote(proposal, "yes", *consortium.founders) == ACCEPTED
        consortium.wait(14)
        consortium.wait(10)
        assert consortium.carry_out(proposal, "set_parameter", arguments) == ACCEPTED
        consortium.wait(61)


def test_a_training_clock_ends_before_the_calendar_does(tmp_path: Path) -> None:
    """A quarter of the year 10000 has no name: one officer would halt the ledger for good."""
    ledger = Ledger(tmp_path)
    assert ledger.do("identity.register_key", {
        "handle": "new", "key": key_of("agency-1/new"), "organisation": "agency-1", "roles": ["governance.desk"],
    }, REGISTRAR, ("agency-1/new", "identity.new_key")) == ACCEPTED  # fmt: skip
    advance = [ledger.sign("governance.advance_clock", {"seconds": MAX_ADVANCE_SECONDS}, OFFICER) for _ in range(120)]
    answers = ledger.seal(*advance)
    assert ACCEPTED in answers
    assert set(answers) <= {ACCEPTED, "governance.02.2", "admission.12"}
    assert answers[-1] != ACCEPTED


# One key, and what it makes of itself.


def test_a_registrar_makes_no_second_one_of_itself(tmp_path: Path) -> None:
    """Where two must sign, a pseudonym that one registered and shared its office with would be the second."""
    ledger = Ledger(tmp_path)
    until = ledger.time + 30 * DAY
    second = {"handle": "second", "key": key_of("agency-1/second"), "organisation": "agency-1", "roles": ["identity.registrar"]}
    assert ledger.do("identity.register_key", second, REGISTRAR, ("agency-1/second", "identity.new_key")) == ACCEPTED
    ghost = {"handle": "ghost", "key": key_of("agency-1/ghost"), "organisation": "agency-1", "roles": ["governance.desk"]}
    assert ledger.do("identity.register_key", ghost, REGISTRAR, ("agency-1/ghost", "identity.new_key")) == ACCEPTED
    share = {"key": key_of("agency-1/ghost"), "role": "identity.registrar", "until": until}
    assert ledger.do("identity.delegate_office", share, holder(REGISTRAR[0])) == "identity.06.2"
    assert ledger.do("identity.grant_office", share, REGISTRAR) == "identity.04.5"
    weighty = {"key": key_of("agency-1/ghost"), "role": "governance.officer", "until": until}
    assert ledger.do("identity.grant_office", weighty, REGISTRAR) == "identity.04.5"


def test_who_founded_the_ledger_and_was_removed_acts_for_no_publisher(tmp_path: Path) -> None:
    consortium = Consortium(tmp_path, FIVE, organisations=ORPHAN)
    act = {"handle": "mine", "organisation": "publisher-1", "roles": ["procurement.publisher"]}

    def register(name: str) -> str:
        new = (f"publisher-1/{name}", "identity.new_key")
        return consortium.ledger.do("identity.register_key", act | {"key": key_of(new[0])}, registrar("auditor-2"), new)

    assert register("before") == ACCEPTED
    assert consortium.enact("out", "remove_member", {"organisation": "auditor-2"}) == ACCEPTED
    assert register("after") == "identity.01.1"


def test_a_thief_does_not_make_itself_irreplaceable(tmp_path: Path) -> None:
    """A ceremony names all keys that it ends, in one envelope: whoever is registrar may not bind more than fit into it."""
    assert MAX_HOLDERS * MAX_PERSON_KEYS <= MAX_FORMER_KEYS
    ledger = Ledger(tmp_path)

    def register(name: str, handle: str) -> bytes:
        act = {"handle": handle, "key": key_of(name), "organisation": "agency-1", "roles": ["governance.officer"]}
        return ledger.sign("identity.register_key", act, REGISTRAR, (name, "identity.new_key"))

    answers = ledger.seal(*(register(f"agency-1/{handle}-{number}", f"{handle}") for handle in range(70) for number in range(3)))
    assert answers == [ACCEPTED] * 62 * 3 + ["identity.01.9"] * 8 * 3
    assert len(list_former_keys(ledger.application.state.view, ledger.application.genesis, ["agency-1"])) == 62 * 3 + 2


def test_a_ceremony_makes_no_registrar_of_who_stays_payer(tmp_path: Path) -> None:
    """What a ceremony does not end stays its person's: the office that it gives is held against that too."""
    ledger = Consortium(tmp_path).ledger
    payer = {"handle": "treasurer", "key": key_of("citizens-1/payer"), "organisation": "citizens-1", "roles": ["treasury.payer"]}
    assert ledger.do("identity.register_key", payer, registrar("citizens-1"), ("citizens-1/payer", "identity.new_key")) == ACCEPTED

    def announce(ceremony: str, handle: str) -> str:
        key = {"handle": handle, "key": key_of("citizens-1/new"), "organisation": "citizens-1", "roles": ["identity.registrar"]}
        signers = [(f"{member}/recovery", "governance.recovery") for member in ("auditor-1", "citizens-1", "operator-1")]
        return ledger.do("governance.announce_ceremony", {"ceremony": ceremony, "document": DOCUMENT, "keys": [key]}, *signers)

    assert announce("a", "treasurer") == "governance.18.4"
    assert announce("b", "registrar") == ACCEPTED


def test_a_thief_who_changes_its_key_only_puts_a_ceremony_off(tmp_path: Path) -> None:
    """Before the completion in a block it wins that block; after it, it has lost; a key that members suspend is not asked for."""
    four = Consortium(tmp_path)
    keys = [{"handle": "new", "key": key_of("citizens-1/new"), "organisation": "citizens-1", "roles": ["governance.officer"]}]
    recovery = [(f"{member}/recovery", "governance.recovery") for member in ("agency-1", "auditor-1", "operator-1")]
    assert four.do("announce_ceremony", {"ceremony": "c", "document": DOCUMENT, "keys": keys}, *recovery) == ACCEPTED
    four.wait(7)

    def complete() -> bytes:
        view, genesis = four.ledger.application.state.view, four.ledger.application.genesis
        ended = list_former_keys(view, genesis, ["citizens-1"])
        arguments = {"ceremony": "c", "ended": ended, "keys": keys}
        return four.ledger.sign(
            "governance.complete_ceremony", arguments, ("agency-1/officer", "identity.holder"), ("citizens-1/new", "identity.new_key")
        )

    def rotate(old: str, new: str) -> bytes:
        arguments = {
            "handle": "officer", "key": key_of(new), "old": key_of(old), "organisation": "citizens-1", "roles": ["governance.officer"],
        }  # fmt: skip
        return four.ledger.sign("identity.rotate_key", arguments, (old, "identity.holder"), (new, "identity.new_key"))

    first = rotate("citizens-1/officer", "citizens-1/second")
    assert four.ledger.seal(first, complete()) == [ACCEPTED, "governance.20.3"]
    again = rotate("citizens-1/second", "citizens-1/third")
    assert four.ledger.check(rotate("citizens-1/third", "citizens-1/fourth")) != ACCEPTED, "a key binds for the next block"
    stop = {"decision": "s", "document": DOCUMENT, "key": key_of("citizens-1/second"), "organisation": "", "reason": "key_stolen"}
    assert four.do("suspend_at_once", stop, officer("agency-1"), officer("auditor-1")) == ACCEPTED
    assert four.ledger.check(again) != ACCEPTED
    assert four.ledger.seal(complete()) == [ACCEPTED]
