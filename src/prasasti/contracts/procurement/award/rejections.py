"""Numbered refusals of awards, complaints and failure. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

NOT_ADOPTED = Rejection("procurement.20.1", "no ranking was adopted")
NOT_FIRST = Rejection("procurement.20.2", "the bidder is not the first in rank who is left")
PRICE_ABOVE_ESTIMATE = Rejection("procurement.20.3", "the price is not the proposal's, or above the estimate where that binds")
AWARDED_DEBARRED = Rejection("procurement.20.4", "the bidder is debarred")
REASONS_MISSING = Rejection("procurement.20.5", "the document with the reasons to all is none that people can read")
NOT_DECLARED_AWARD = Rejection("procurement.20.6", "a signer of the committee has not declared interests, or is kept out by them")
STANDSTILL_RUNS = Rejection("procurement.25.1", "the standstill is not over")
MATTER_OPEN = Rejection("procurement.25.2", "a refusal, a complaint, an appeal, or the time for one is open")
RESERVATION_FALLEN = Rejection("procurement.25.3", "the reservation does not stand any more")
ACTIVATED_DEBARRED = Rejection("procurement.25.4", "the bidder was debarred since")
PROPOSAL_EXPIRED = Rejection("procurement.25.5", "the proposal is not valid any more")
PRICE_NOT_NEGOTIATED = Rejection("procurement.25.6", "a negotiated price is not for this kind, not lower, or without a document")
