"""Numbered refusals of ``procurement``. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

NOT_IN_SEAT = Rejection(
    "procurement.00.1", "a signer has no seat where the message needs one, or lost key, role or standing earlier in the block"
)
WRONG_STATE = Rejection("procurement.00.2", "what the message names is not there, or stands in another state")
SUSPENDED = Rejection("procurement.00.3", "the lot, or the contract, is suspended")
OUT_OF_TIME = Rejection("procurement.00.4", "the time for this is over, or has not come")
DOCUMENT_UNFIT = Rejection("procurement.00.5", "a document is of a type that is not taken, or too large")
UNKNOWN_CODE = Rejection("procurement.00.6", "a code is not in the list for this message")
NOT_PUBLISHER = Rejection("procurement.45.1", "the publisher is not the actor, or not registered for the ocid's prefix")
TAG_UNKNOWN = Rejection("procurement.45.2", "a tag is not in the codelist of OCDS 1.1")
RUNS_HERE = Rejection("procurement.45.4", "the process runs on this ledger")
TOO_MANY_VERSIONS = Rejection("procurement.45.3", "the release has as many versions as a release may have")
