"""Numbered refusals of proposals and openings. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

TOO_LATE = Rejection("procurement.08.1", "the deadline has passed")
MEMBERS_UNFIT = Rejection("procurement.08.2", "a member is debarred, a trustee, the buyer, or part of another proposal for the lot")
NOT_ELIGIBLE = Rejection("procurement.08.3", "the bidder was not invited, did not qualify, or may not propose again")
FILES_UNFIT = Rejection(
    "procurement.08.4", "a file has no two valid receipts of stores of different organisations and member classes, for long enough"
)
TOO_MANY_VERSIONS_SEALED = Rejection("procurement.08.5", "the slot was filled as often as it may be")
SEAL_INVALID = Rejection("procurement.08.6", "the seal is of an unknown suite, or one that this ledger does not take, or does not verify")
TOO_LATE_TO_WITHDRAW = Rejection("procurement.09.1", "the deadline before which a proposal is withdrawn has passed")
OPENING_NOT_BEGUN = Rejection("procurement.10.1", "the opening has not begun")
NOT_DUE = Rejection("procurement.10.2", "an envelope is not due")
NOT_OWN_INDEX = Rejection("procurement.10.3", "an index is not the trustee's own in the envelope's round")
SHARE_INVALID = Rejection("procurement.10.4", "a share does not verify")
SHARED_ALREADY = Rejection("procurement.10.5", "the trustee shared for an envelope already")
ENVELOPE_NOT_OPENED = Rejection("procurement.43.1", "the envelope is not an opened one of the lot")
FILE_NOT_RECEIVED = Rejection("procurement.43.2", "no store promised to keep such a file of the envelope")
NOT_REPORTED = Rejection("procurement.44.1", "the file is not reported as missing, or was found")
FILE_DIFFERS = Rejection("procurement.44.2", "the file is not of the size that the stores promised to keep")
KEY_STILL_NEEDED = Rejection("procurement.46.1", "a round that names the key can have a due envelope still")
