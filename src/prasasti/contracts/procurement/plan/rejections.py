"""Numbered refusals of plan lines. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

LINES_UNFIT = Rejection("procurement.01.1", "a budget line is not the buyer's, of another currency, or stands twice in a year")
OVER_BUDGET = Rejection("procurement.01.2", "the estimate is above what is free in a budget line")
METHOD_UNFIT = Rejection("procurement.01.3", "the method does not fit the kind and the value")
SPLIT = Rejection("procurement.01.4", "plan lines of one family would stay under the limit only because they are split, without a reason")
YEARS_NOT_APPROVED = Rejection("procurement.01.5", "money of several years without an approval")
TENDER_OPEN = Rejection("procurement.02.1", "a tender of the plan line is open")
REVISED_LINES_UNFIT = Rejection(
    "procurement.02.2", "as revised: a budget line is not the buyer's, of another currency, or stands twice in a year"
)
REVISED_OVER_BUDGET = Rejection("procurement.02.3", "as revised: the estimate is above what is free in a budget line")
REVISED_METHOD_UNFIT = Rejection("procurement.02.4", "as revised: the method does not fit the kind and the value")
REVISED_SPLIT = Rejection("procurement.02.5", "as revised: plan lines of one family are split, without a reason")
REVISED_YEARS_NOT_APPROVED = Rejection("procurement.02.6", "as revised: money of several years without an approval")
