"""What the authority decides (11): which matters there are, when one is open, and what ends it.

One table: a contract's folder that leaves something else of a lot to the authority adds its row. A doubt is of a contract, and stands
apart: the authority and an auditor lift it together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.award.effects import FAIL, KEEP, decide_refusal, is_refusal_open
from prasasti.contracts.procurement.award.records import REEVALUATE
from prasasti.contracts.procurement.evaluation.effects import begin_again, is_seat_open, is_vote_open
from prasasti.contracts.procurement.lots import fail_lot
from prasasti.contracts.procurement.process import LotRecord
from prasasti.core.contract import Call, View
from prasasti.core.types import Event

DOUBT_MATTER, LIFT = "doubt", "lift"
Effect = Callable[[Draft, Call, LotRecord], list[Event]]


class Matter(NamedTuple):
    """Something that is left to the authority: whether it is open in a lot, and what each decision does."""

    is_open: Callable[[View, LotRecord], bool]
    decisions: Mapping[str, Effect]


def fail_without_result(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """27m: no valid vote, scoring or result."""
    return fail_lot(draft, call, lot, "m")


MATTERS: Mapping[str, Matter] = {
    "refusal": Matter(is_refusal_open, {each: partial(decide_refusal, decision=each) for each in (FAIL, KEEP, REEVALUATE)}),
    "seat": Matter(is_seat_open, {FAIL: fail_without_result}),
    "vote": Matter(is_vote_open, {FAIL: fail_without_result, REEVALUATE: begin_again}),
}
