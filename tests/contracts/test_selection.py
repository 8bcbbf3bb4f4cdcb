"""The shortest whole selection: one lot, the lowest price, nobody complains."""

from __future__ import annotations

from pathlib import Path

from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.treasury.budgets import find_line
from tests.contracts.selection import COMMITTEE, MILLION, PROCESS, Selection, found
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
