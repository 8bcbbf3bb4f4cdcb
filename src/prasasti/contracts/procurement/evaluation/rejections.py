"""Numbered refusals of evaluation. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

NOTHING_TO_DECIDE = Rejection("procurement.11.1", "nothing of that kind is left to the authority in the lot, or the milestone")
DECISION_UNFIT = Rejection("procurement.11.2", "the decision is none of those that end the matter")
NOT_TIME_TO_DECLARE = Rejection("procurement.12.1", "not every lot is open, or the signer decided something already")
NOT_ENTITLED = Rejection("procurement.13.1", "who is to enter is no named alternate while one is left, or does not hold the role")
NOT_CLEAN = Rejection("procurement.13.2", "who is to enter has not declared interests after the opening, or is kept out by them")
SEATS_EXCLUDE = Rejection("procurement.13.3", "somebody would sit in two places that exclude one another")
TRUSTEE_UNFIT = Rejection("procurement.13.4", "no ballot round of the trustee was lost, or the trustees would not be fit for a request")
ARITHMETIC_DIFFERS = Rejection("procurement.14.1", "the price is not what the ledger computed")
REQUIREMENT_UNKNOWN = Rejection("procurement.15.1", "a requirement is not of this stage, or the proposal is none that is still in")
NO_REASON_GIVEN = Rejection("procurement.15.2", "an outcome changes one that was recorded in this evaluation")
NOT_DECLARED_REQUIREMENTS = Rejection("procurement.15.3", "a signer has not declared interests, or is kept out by them")
NOT_ABNORMALLY_LOW = Rejection("procurement.15.4", "a price is called abnormally low that is not")
SCORING_OVER = Rejection("procurement.16.1", "the time to score is over")
NOT_DECLARED_SCORES = Rejection("procurement.16.2", "the member has not declared interests, or is kept out by them")
TOO_MANY_SHEETS = Rejection("procurement.16.3", "the member sealed as many score sheets as one may in an evaluation")
SHEET_SEAL_INVALID = Rejection("procurement.16.4", "the seal does not verify for this round, lot and member, or its suite is not taken")
NO_BALLOT = Rejection("procurement.18.1", "no ballot on that ranking is open, or its time is over")
NOT_DECLARED_VOTE = Rejection("procurement.18.2", "the voter has not declared interests, or is kept out by them")
VOTE_WITHOUT_OPINION = Rejection("procurement.18.3", "a vote that does not adopt has no document, or its reason is no code")
VOTED_ALREADY = Rejection("procurement.18.4", "the voter has cast in this ballot")
