"""For which matters the treasury may be owed something under a contract, and by whom (treasury: dues)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from prasasti.contracts.procurement.agreement.guarantees import get_cover
from prasasti.contracts.procurement.agreement.records import GuaranteeRecord, guarantee_key
from prasasti.contracts.treasury.dues import find_due
from prasasti.contracts.treasury.records import DueRecord
from prasasti.core.contract import View

OF_CONTRACT = ("advance", "damages", "return")


class Matter(NamedTuple):
    """What is or was owed, for what; where a guarantor owes it, under which guarantee."""

    name: str
    due: DueRecord
    guarantee: GuaranteeRecord | None


def list_matters(view: View, contract: str) -> Iterator[Matter]:
    """What is owed for the contract itself, and of its latest guarantees."""
    for name in OF_CONTRACT:
        due = find_due(view, f"{name}:{contract}")
        if due is not None:
            yield Matter(f"{name}:{contract}", due, None)
    cover = get_cover(view, contract)
    for guarantee in filter(None, (cover.advance, cover.performance, cover.retention)):
        due = find_due(view, f"guarantee:{guarantee}")
        if due is not None:
            yield Matter(f"guarantee:{guarantee}", due, view.get(guarantee_key(guarantee), GuaranteeRecord))
