"""Numbered refusals of awards, complaints and failure. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

REFUSED_TOO_LATE = Rejection("procurement.19.1", "the standstill is over, or the award has none")
REFUSED_TWICE = Rejection("procurement.19.2", "the award was refused before")
NOT_ADOPTED = Rejection("procurement.20.1", "no ranking was adopted")
NOT_FIRST = Rejection("procurement.20.2", "the bidder is not the first in rank who is left")
PRICE_ABOVE_ESTIMATE = Rejection("procurement.20.3", "the price is not the proposal's, or above the estimate where that binds")
REASONS_MISSING = Rejection("procurement.20.5", "the document with the reasons to all is none that people can read")
NOT_DECLARED_AWARD = Rejection("procurement.20.6", "a signer of the committee has not declared interests, or is kept out by them")
COMPLAINED_TOO_LATE = Rejection("procurement.21.1", "no window to complain about the lot is open")
COMPLAINED_OFTEN = Rejection("procurement.21.4", "the bidder complained about the lot as often as it may")
REMEDY_UNFIT = Rejection("procurement.22.2", "the remedy does not fit the state of the lot")
NOT_DECLARED_ANSWER = Rejection(
    "procurement.22.3", "a signer of the committee who answers has not declared interests, or is kept out by them"
)
NOT_OWN_COMPLAINT = Rejection("procurement.23.1", "the complaint is another's, or was upheld")
NO_APPEALS = Rejection("procurement.23.2", "there is no appeal in procurements of this kind")
APPEALED_TOO_LATE = Rejection("procurement.23.3", "the time to appeal is over")
BOND_MISSING = Rejection(
    "procurement.23.4", "no guarantee confirms the bond: for this appeal alone, large and long enough; or one is named where none is asked"
)
REVIEWER_UNFIT = Rejection("procurement.24.2", "the reviewer is the buyer's, where another organisation's is asked for")
STANDSTILL_RUNS = Rejection("procurement.25.1", "the standstill is not over")
MATTER_OPEN = Rejection("procurement.25.2", "a refusal, a complaint, an appeal, or the time for one is open")
RESERVATION_FALLEN = Rejection("procurement.25.3", "the reservation does not stand any more")
ACTIVATED_DEBARRED = Rejection("procurement.25.4", "the bidder was debarred since")
PROPOSAL_EXPIRED = Rejection("procurement.25.5", "the proposal is not valid any more")
PRICE_NOT_NEGOTIATED = Rejection(
    "procurement.25.6", "a negotiated price is not for this kind, missing, above proposal or estimate, or without minutes"
)
GROUND_OF_WITHDRAWAL = Rejection("procurement.26.1", "the ground to withdraw the award does not hold")
GROUND_OF_FAILURE = Rejection("procurement.27.1", "the ground does not hold, an award is active, or it is too late for that ground")
