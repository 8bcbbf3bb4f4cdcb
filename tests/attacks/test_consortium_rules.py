"""Attacks on votes, offices and keys: what one key, or a few, try against the rules, and against who reads after them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prasasti.contracts.governance.parameters import MAX_ADVANCE_SECONDS
from tests.contracts.governing import Consortium, holder, officer, parameter
from tests.contracts.plays import registrar
from tests.contracts.test_governance_properties import Follower
from tests.core.ledger import ACCEPTED, Ledger, key_of

DAY = 86_400
REGISTRAR = registrar("agency-1")
OFFICER = officer("agency-1")


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


@pytest.mark.parametrize("text", ["a" * 200, "\x01" * 200, '"' * 200, "\\" * 100])
def test_no_parameter_s_text_outgrows_an_event(tmp_path: Path, text: str) -> None:
    """The event tells two values; in JSON some characters take six bytes."""
    consortium = Consortium(tmp_path)
    for proposal, value in (("one", text), ("two", text[:-1] + " ")):
        arguments = parameter("welfare.note", value, consortium.now + 60 * DAY)
        answer = consortium.propose(proposal, "set_parameter", arguments)
        assert answer == (ACCEPTED if len(json.dumps(value)) <= 202 else "governance.03.2")
        if answer != ACCEPTED:
            return
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
