"""Numbered refusals of tenders. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

NOT_AS_PLANNED = Rejection("procurement.03.1", "the plan line is not announced, the process not its next, or a lot is alive in another")
ESTIMATE_TOO_HIGH = Rejection(
    "procurement.03.2", "a lot's estimate is above its ceiling, the lots' above the plan's, or the estimate too old"
)
NOT_RESERVABLE = Rejection("procurement.03.3", "a ceiling cannot be reserved in its budget lines")
ITEMS_UNFIT = Rejection("procurement.03.4", "an item stands in two lots, is of an unknown scheme, or there are too many")
SELECTION_UNFIT = Rejection("procurement.03.5", "method, criteria, weights, threshold or files do not fit the selection")
DOCUMENTS_UNFIT = Rejection(
    "procurement.03.6", "the documents lack a request or a contract's draft, or a lot's milestones are not the whole price"
)
SEATS_UNFIT = Rejection("procurement.03.7", "the committee is not odd or too small, or somebody sits in two places")
TRUSTEES_UNFIT = Rejection("procurement.03.8", "the trustees are too few, of too few organisations or classes, the buyer's own, or unknown")
PERIODS_TOO_SHORT = Rejection("procurement.03.9", "a period is too short, or the times are out of order")
SHARES_OF_MARKET = Rejection(
    "procurement.03.10", "a lot is, or is not, for small firms, against its ceiling, or the preference above its limit"
)
