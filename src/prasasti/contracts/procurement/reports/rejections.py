"""Numbered refusals of reports and samples. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

SUBJECT_UNKNOWN = Rejection("procurement.48.1", "there is no such contract, process or lot")
QUOTA_USED_UP = Rejection("procurement.48.3", "the desk took in as many reports today as a desk may")
NOT_DRAWN = Rejection("procurement.54.2", "the numbers are not those that the log root draws from the list")
