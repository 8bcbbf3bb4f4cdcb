"""Numbered refusals of tenders. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

NOT_AS_PLANNED = Rejection(
    "procurement.03.1", "the plan line is not announced, the process not its next, a lot binds still, or what it follows is not named"
)
ESTIMATE_TOO_HIGH = Rejection(
    "procurement.03.2", "a lot's estimate is above its ceiling, the lots' ceilings above the plan's estimate, or an estimate too old"
)
NOT_RESERVABLE = Rejection("procurement.03.3", "a ceiling cannot be reserved in the plan's budget lines")
ITEMS_UNFIT = Rejection("procurement.03.4", "an item stands in two lots, is of an unknown scheme, or there are too many")
SELECTION_UNFIT = Rejection("procurement.03.5", "method, criteria, weights, threshold, qualification or files do not fit the selection")
DOCUMENTS_UNFIT = Rejection("procurement.03.6", "a lot's milestones are not the whole price")
SEATS_UNFIT = Rejection("procurement.03.7", "the committee is not odd or too small, or somebody sits in two places")
TRUSTEES_UNFIT = Rejection("procurement.03.8", "the trustees are too few, of too few organisations or classes, the buyer's own, or unknown")
PERIODS_TOO_SHORT = Rejection("procurement.03.9", "a period is too short or too long, or the times are out of order")
SHARES_OF_MARKET = Rejection(
    "procurement.03.10", "a lot is, or is not, for small firms, against its ceiling, or the preference above its limit"
)
QUESTION_TOO_LATE = Rejection("procurement.04.1", "the time to ask is over")
AMENDED_TOO_LATE = Rejection("procurement.06.1", "the deadline of what would be changed has passed")
AMENDED_OTHERWISE = Rejection(
    "procurement.06.3", "as amended: the lots, files, qualification or invitations are others, or what binds an opened lot is changed"
)
AMENDED_ESTIMATE = Rejection(
    "procurement.06.4", "as amended: an estimate is above its ceiling, the ceilings above the plan's estimate, or an estimate too old"
)
AMENDED_NOT_RESERVABLE = Rejection("procurement.06.5", "as amended: a ceiling cannot be reserved in the plan's budget lines")
AMENDED_ITEMS = Rejection("procurement.06.6", "as amended: an item stands in two lots, is of an unknown scheme, or there are too many")
AMENDED_SELECTION = Rejection("procurement.06.7", "as amended: criteria, weights or threshold do not fit the selection")
AMENDED_DOCUMENTS = Rejection("procurement.06.8", "as amended: a lot's milestones are not the whole price")
AMENDED_SEATS = Rejection("procurement.06.9", "as amended: the seats are not those of the process now")
AMENDED_TRUSTEES = Rejection(
    "procurement.06.10", "as amended: the trustees are others that do not fit, or envelopes of a lot wait to be opened by the old ones"
)
AMENDED_PERIODS = Rejection("procurement.06.11", "as amended: a time is earlier than before, too far, or the times are out of order")
AMENDED_MARKET = Rejection(
    "procurement.06.12", "as amended: a lot is, or is not, for small firms, against its ceiling, or the preference above its limit"
)
AWARD_ACTIVE = Rejection("procurement.07.1", "a lot has an active award")
