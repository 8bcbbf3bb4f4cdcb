"""Numbered refusals of amendments, notices, ends and acceptance. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

ABOVE_CAP = Rejection("procurement.31.2", "all amendments together would raise the price beyond the cap, and no exception is named")
CHANGE_NOT_COVERED = Rejection("procurement.31.3", "the budget lines do not bear the change, or its years do not add up to it")
GUARANTEE_NOT_RISEN = Rejection("procurement.31.4", "the performance guarantee does not cover the price or the time as amended")
TERMS_UNFIT = Rejection(
    "procurement.31.5", "the milestones or the bill do not add up to the price, or fall below what was delivered or is out in advance"
)
RISE_OF_DEBARRED = Rejection("procurement.31.6", "the price rises, and a member of the contractor is debarred")
NOTHING_LATE = Rejection("procurement.38.1", "nothing is late: a chance to finish is for what is overdue")
CHANCE_NOT_GUARANTEED = Rejection("procurement.38.2", "no performance guarantee covers the contract until the chance is over")
GROUND_NOT_THE_SIGNERS = Rejection("procurement.39.1", "the ground is not one for this signer")
NOTICE_RUNNING = Rejection("procurement.39.2", "no notice was given, or its time, or that of a chance to finish, runs")
END_NOT_BORNE = Rejection("procurement.39.3", "the budget lines of this year do not bear the retention that is due")
NOT_ALL_MET = Rejection("procurement.40.1", "a milestone is not met: not all of it is delivered, accepted and certified")
DEFECTS_PERIOD_RUNNING = Rejection("procurement.40.2", "the time for defects is not over")
RETENTION_NOT_GUARANTEED = Rejection("procurement.40.3", "the guarantee that stands for the retention is not there until defects are over")
RELEASE_TAXES_WRONG = Rejection("procurement.40.4", "the taxes are not those of what is given back of the retention, or more than it")
RELEASE_NOT_BORNE = Rejection("procurement.40.5", "the budget lines of this year do not bear what is given back of the retention")
