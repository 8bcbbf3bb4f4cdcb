"""Numbered refusals of evaluation. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

NOT_TIME_TO_DECLARE = Rejection("procurement.12.1", "not every lot is open, or the signer decided something already")
REQUIREMENT_UNKNOWN = Rejection("procurement.15.1", "a requirement is not of this stage, or the proposal is none that is still in")
NO_REASON_GIVEN = Rejection("procurement.15.2", "an outcome changes one that was recorded in this evaluation")
NOT_DECLARED_REQUIREMENTS = Rejection("procurement.15.3", "a signer has not declared interests, or is kept out by them")
NO_BALLOT = Rejection("procurement.18.1", "no ballot on that ranking is open, or its time is over")
NOT_DECLARED_VOTE = Rejection("procurement.18.2", "the voter has not declared interests, or is kept out by them")
VOTE_WITHOUT_OPINION = Rejection("procurement.18.3", "a vote that does not adopt has no document, or its reason is no code")
VOTED_ALREADY = Rejection("procurement.18.4", "the voter has cast in this ballot")
