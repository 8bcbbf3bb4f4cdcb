"""Numbered refusals of proposals and openings. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

TOO_LATE = Rejection("procurement.08.1", "the deadline has passed")
MEMBERS_UNFIT = Rejection("procurement.08.2", "a member is debarred, a trustee, the buyer, or part of another proposal for the lot")
NOT_ELIGIBLE = Rejection("procurement.08.3", "the bidder was not invited, did not qualify, or may not propose again")
FILES_UNFIT = Rejection("procurement.08.4", "a file has no two valid receipts of different stores, for long enough")
TOO_MANY_VERSIONS_SEALED = Rejection("procurement.08.5", "the slot was filled as often as it may be")
SEAL_INVALID = Rejection("procurement.08.6", "the seal is of an unknown suite, or one that this ledger does not take, or does not verify")
OPENING_NOT_BEGUN = Rejection("procurement.10.1", "the opening has not begun")
NOT_DUE = Rejection("procurement.10.2", "an envelope is not due")
NOT_OWN_INDEX = Rejection("procurement.10.3", "an index is not the trustee's own in the envelope's round")
SHARE_INVALID = Rejection("procurement.10.4", "a share does not verify")
SHARED_ALREADY = Rejection("procurement.10.5", "the trustee shared for an envelope already")
