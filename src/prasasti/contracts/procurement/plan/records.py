"""Records of plan lines."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.procurement.process import digest
from prasasti.contracts.procurement.shapes import BudgetPart

ANNOUNCED, WITHDRAWN = "announced", "withdrawn"


class PlanRecord(Struct, frozen=True):
    """A plan line (RUP). ``process`` is the latest that was published for it, "" before; ``processes`` counts them.

    ``under_limit``: its estimate counts in the FamilyRecords of ``years``, local years, two where its money does not stand yet.
    """

    announced: int
    budgets: list[BudgetPart]
    buyer: str
    currency: str
    early: bool
    estimate: str
    family: str
    kind: str
    method: str
    process: str
    processes: int
    revision: int
    split_reason: str
    state: str
    title: str
    under_limit: bool
    unit: str
    years: list[int]


class FamilyRecord(Struct, frozen=True):
    """What a unit plans in a year of one family of goods by plan lines that are each under the limit of direct procurement."""

    estimate: str


def family_key(buyer: str, unit: str, year: int, family: str) -> str:
    """Key of a FamilyRecord, whatever the kind: else a split would hide behind another kind."""
    return f"procurement/family/{digest(buyer, unit, str(year), family)}"
