"""The shortest whole selection: one lot, the lowest price, nobody complains."""

from __future__ import annotations

from pathlib import Path

import pytest

from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.treasury.budgets import find_line
from tests.contracts.selection import AUTHORITY, COMMITTEE, MILLION, OFFICER, PROCESS, Selection, budget, found, plan
from tests.core.ledger import ACCEPTED


def test_from_the_plan_to_the_signatures(tmp_path: Path) -> None:
    selection = Selection(found(tmp_path))
    selection.prepare()
    assert selection.publish() == ACCEPTED
    assert selection.propose("bidder-1", 290 * MILLION) == ACCEPTED
    assert selection.propose("bidder-2", 280 * MILLION) == ACCEPTED
    assert selection.propose("bidder-3", 310 * MILLION) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(("bidder-2", True), ("bidder-1", True)) == ACCEPTED
    for name in COMMITTEE:
        assert selection.vote(name) == ACCEPTED
    assert selection.award("bidder-2", 280 * MILLION) == ACCEPTED
    assert selection.activate() == "procurement.25.1"
    selection.wait_until(selection.ledger.time + 10 * 86_400)
    assert selection.activate() == ACCEPTED
    assert selection.draft(280 * MILLION) == ACCEPTED
    assert selection.sign("officer", "officer") == ACCEPTED
    assert selection.sign("bidder-2/director", "contractor") == ACCEPTED
    view = selection.ledger.application.state.view
    agreement = view.get("procurement/contract/contract-1", AgreementRecord)
    assert agreement is not None
    assert (agreement.state, agreement.process) == ("active", PROCESS)
    line = find_line(view, "2026-parks")
    assert line is not None
    assert (line.committed_minor, line.reserved_minor) == (str(280 * MILLION), "0")


@pytest.mark.parametrize(("changes", "answer"), [
    ({}, ACCEPTED),
    ({"unit": "agency-2"}, "procurement.25.3"),
    ({"currency": "USD"}, "procurement.25.3"),
])  # fmt: skip
def test_an_early_plan_reserves_of_the_buyers_own_lines(tmp_path: Path, changes: dict[str, str], answer: str) -> None:
    """The line stands only after the tender: whose it is, and in which currency, is asked when the award is activated."""
    selection = Selection(found(tmp_path))
    assert selection.do("procurement.announce_plan", plan(early=True), OFFICER, AUTHORITY) == ACCEPTED
    assert selection.publish() == ACCEPTED
    assert selection.propose("bidder-1", 290 * MILLION) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(("bidder-1", True)) == ACCEPTED
    for name in COMMITTEE:
        assert selection.vote(name) == ACCEPTED
    action, arguments, signers = budget()
    assert selection.do(action, arguments | changes, *signers) == ACCEPTED
    assert selection.award("bidder-1", 290 * MILLION) == ACCEPTED
    selection.wait_until(selection.ledger.time + 10 * 86_400)
    assert selection.activate() == answer
