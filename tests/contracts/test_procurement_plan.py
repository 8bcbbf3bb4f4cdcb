"""Plan lines, beyond the rows that all contracts share: names, amounts, sums, two in one block."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from prasasti.contracts.procurement.plan.messages import AnnouncePlan
from prasasti.contracts.procurement.plan.records import PlanRecord
from tests.contracts.procurement_plan_rows import announce, money
from tests.contracts.selection import AUTHORITY, MILLION, OFFICER, found, plan
from tests.core.ledger import ACCEPTED


@pytest.mark.parametrize("name", ["benches-2", "benches-99", "a-b-10"])
def test_no_plan_line_takes_the_name_of_anothers_retender(name: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="retender"):
        msgspec.convert(plan(plan=name), AnnouncePlan)


@pytest.mark.parametrize("name", ["benches-1", "benches-02", "benches-100", "benches-2026", "2", "-2"])
def test_other_names_with_numbers_are_free(name: str) -> None:
    assert msgspec.convert(plan(plan=name), AnnouncePlan).plan == name


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"estimate": str(500 * MILLION - 1)}, "sum of the budgets"),
        ({"budgets": [{"amount": "0", "line": "2026-parks"}], "estimate": "0"}, "above 0"),
        ({"budgets": [{"amount": str(2**63), "line": "2026-parks"}], "estimate": str(2**63)}, "regex"),
        ({"estimate": "-1"}, "regex"),
        ({"estimate": "1.5"}, "regex"),
        ({"currency": "rupiah"}, "regex"),
    ],
)
def test_amounts_that_are_none(changes: dict[str, object], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(plan() | changes, AnnouncePlan)


def test_sums_of_a_family_may_exceed_an_amount(tmp_path: Path) -> None:
    """With reasons for each split a family has no bound; what cannot be counted in an amount still counts."""
    most = 2**63 - 1
    parameters: dict[str, Any] = {"procurement.goods.direct_limit": str(most)}
    ledger = found(tmp_path, **parameters)
    assert money(amount=most)(ledger) == ACCEPTED
    for number in range(3):
        assert announce(amount=most, plan=f"p{number}", split_reason="other")(ledger) == ACCEPTED
    assert announce(amount=1, plan="last")(ledger) == "procurement.01.4"


def test_two_announce_one_line_in_one_block(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert money()(ledger) == ACCEPTED
    envelopes = [ledger.sign("procurement.announce_plan", plan(title=title), OFFICER, AUTHORITY) for title in ("One", "Two")]
    assert ledger.seal(*envelopes) == [ACCEPTED, "procurement.00.2"]
    record = ledger.application.state.view.get("procurement/plan/benches", PlanRecord)
    assert record is not None
    assert record.title == "One"
