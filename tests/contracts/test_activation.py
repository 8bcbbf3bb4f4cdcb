"""A contract's next version acts from its height on: before it the old rules hold, from it the new ones, for the verifier too."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec import Struct

from prasasti.contracts import CONTRACTS
from prasasti.contracts.procurement.messages import PROCUREMENT
from prasasti.contracts.versions import ContractMismatch
from prasasti.core.contract import Call, Contract, Message, Outcome, View, encode_table
from prasasti.core.types import Event
from prasasti_verify import standing as verifier
from tests.contracts.governing import Consortium, holder, officer
from tests.core.examples import PUBLISHER, release
from tests.core.ledger import ACCEPTED, Ledger
from tests.services.test_audit import replay

ATTEST = "procurement.attest_release"


class Greet(Struct, frozen=True, forbid_unknown_fields=True):
    """A message that only the next version has."""

    name: str


class Greeted(Event, frozen=True, tag="procurement.greeted"):
    """Somebody was greeted."""

    name: str


def process_greet(view: View, call: Call) -> Outcome:
    return Outcome((), (Greeted(call.arguments.name),))


NEXT: Contract = replace(PROCUREMENT, version=2, messages=(Message("greet", "99", Greet, ("identity.holder",), process_greet),))
TABLE = sha256(encode_table(NEXT)).hexdigest()
GREET = ("procurement.greet", {"name": "all"}, holder("agency-1/officer"))


class BothLedger(Ledger):
    """A ledger founded on the first version, whose program has the next one too."""

    def _start(self):  # type: ignore[no-untyped-def]
        self.contracts = (*CONTRACTS, NEXT)
        return super()._start()


def activate(five: Consortium, height: int) -> None:
    act = {"contract": "procurement", "height": height, "table": TABLE, "version": 2}
    assert five.enact("p", "activate_contract", act) == ACCEPTED


def advance(five: Consortium, height: int) -> None:
    """Blocks until the next one has the height."""
    while five.ledger.application.info().height + 1 < height:
        assert five.do("advance_clock", {"seconds": 1}, officer("agency-1")) == ACCEPTED


def test_a_version_acts_from_its_height_on(tmp_path: Path) -> None:
    ledger = BothLedger(tmp_path)
    five = Consortium.of(ledger)
    assert ledger.do(*GREET) == "admission.3"
    activate(five, 40)
    advance(five, 39)
    early = ledger.application.decode([ledger.sign(ATTEST, release(2), PUBLISHER)])[0]
    assert ledger.do(*GREET) == "admission.3"
    assert ledger.do(ATTEST, release(1), PUBLISHER) == ACCEPTED, "the last block of the old version"
    assert ledger.application.info().height == 39
    assert ledger.do(ATTEST, release(1), PUBLISHER) == "admission.3"
    again = ledger.application.check_decoded(early, ledger.time)
    assert getattr(again, "code", "") == "admission.3", "what was decoded before is judged by the version that acts"
    ledger.restart()
    assert ledger.do(*GREET) == ACCEPTED
    assert json.loads(bytes(ledger.results[-1].receipts[0].events)) == [{"event": "procurement.greeted", "name": "all"}]
    assert ledger.do("governance.withhold_document", {"legal_basis": "x", "sha256": TABLE}, *withholders()) == "governance.01.1"
    report = replay(ledger)
    assert report.difference is None
    assert report.tip.app_hash == ledger.application.info().app_hash


def withholders() -> tuple[tuple[str, str], ...]:
    return (("publisher-1/officer", "governance.officer"), ("auditor-1/auditor", "governance.auditor"))


def test_the_verifier_reads_the_next_table(tmp_path: Path) -> None:
    ledger = BothLedger(tmp_path)
    five = Consortium.of(ledger)
    activate(five, 40)
    standing = verifier.Standing(verifier.parse_genesis(ledger.genesis_bytes))
    for contract in CONTRACTS:
        verifier.plan_table(standing, encode_table(contract), contract.name, contract.version, 0, contract.name)
    effect = {"contract": "procurement", "effect": "activate", "height": 40, "table": TABLE, "version": 2}
    verifier.apply_effect(standing, effect, 30, "entry", lambda digest: {TABLE: encode_table(NEXT)}[digest])
    (procurement,) = (contract for contract in CONTRACTS if contract.name == "procurement")
    for height, names in ((39, {message.name for message in procurement.messages}), (40, {"greet"})):
        verifier.start_block(standing, height)
        assert set(standing.tables["procurement"]["actions"]) == names


def test_a_program_without_the_version_stops_before_it_acts(tmp_path: Path) -> None:
    five = Consortium.of(Ledger(tmp_path))
    activate(five, 40)
    with pytest.raises(ContractMismatch, match="procurement version 2"):
        advance(five, 41)
    assert five.ledger.application.info().height == 39
    with pytest.raises(ContractMismatch, match="procurement version 2"):
        five.ledger.restart()
