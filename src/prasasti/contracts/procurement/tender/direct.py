"""When a buyer may ask whom it invites instead of everybody (03.5; procurement-lifecycle, 2: Direct).

Owns that one judgement: the value is under the limit, the lots failed twice, or a contract ended and the next in rank steps in.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from prasasti.contracts.procurement.award.checks import find_first
from prasasti.contracts.procurement.award.records import AwardRecord, award_key
from prasasti.contracts.procurement.plan.checks import is_under_limit
from prasasti.contracts.procurement.plan.processes import count_failures, find_latest, is_contract_ended
from prasasti.contracts.procurement.plan.records import PlanRecord
from prasasti.contracts.procurement.process import DIRECT, LotRecord
from prasasti.core.contract import View
from prasasti.core.types import require

UNSUCCESSFUL, REPLACEMENT = "unsuccessful", "replacement"
RELATIONS = (REPLACEMENT, UNSUCCESSFUL)
FAILURES_BEFORE = 2


def may_be_direct(view: View, arguments: Any, plan: PlanRecord, time: int) -> bool:
    """Whether what a request asks for may be bought of those whom it invites."""
    if plan.method == DIRECT and is_under_limit(view, plan, time):
        return True
    relation = arguments.related.relation if arguments.related is not None else ""
    if relation == UNSUCCESSFUL:
        failures = count_failures(view, arguments.plan)
        return all(failures[lot.lot] >= FAILURES_BEFORE for lot in arguments.lots)
    if relation == REPLACEMENT:
        latest = find_latest(view, arguments.plan, plan)
        return all(arguments.invited == find_reserve(view, latest.get(lot.lot), time) for lot in arguments.lots)
    return False


def find_reserve(view: View, lot: LotRecord | None, time: int) -> list[str]:
    """The next in rank after whoever had the contract of a lot that ended; nobody where it did not, or nobody is left."""
    if lot is None or not is_contract_ended(view, lot):
        return []
    award = require(view.get(award_key(lot.process, lot.lot, lot.award), AwardRecord), lot.award)
    reserve = find_first(view, replace(lot, passed_over=[*lot.passed_over, award.bidder]), time)
    return [reserve] if reserve else []
