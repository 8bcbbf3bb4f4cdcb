"""Messages on proposals: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.proposal import checks, rejections, transitions
from prasasti.contracts.procurement.shapes import ConsortiumMember, LotId, ProcessId, SealedFile
from prasasti.core.contract import Message
from prasasti.core.types import HexHash, Identifier

Slot = Literal["financial", "proposal", "qualification", "technical"]
Hex = Annotated[str, Meta(pattern=r"\A([0-9a-f]{2}){0,128}\Z")]
MAX_SHARES = 150
# Each signs, and an envelope has so many signatures.
MAX_MEMBERS = 16


class SubmitSealed(Struct, frozen=True, forbid_unknown_fields=True):
    """08: a bidder, or the leader of a consortium of ``members``, seals a proposal for a lot; again: in place of the last.

    A member that is not in the bidder's proposal for the lot yet signs too."""

    files: Annotated[list[SealedFile], Meta(max_length=8)]
    lot: LotId
    members: Annotated[list[ConsortiumMember], Meta(max_length=MAX_MEMBERS)]
    process: ProcessId
    round: HexHash
    sealed: Annotated[str, Meta(min_length=4, max_length=44_000)]
    slot: Slot

    def __post_init__(self) -> None:
        if self.members and sum(member.share_bp for member in self.members) != 10_000:
            raise ValueError("the shares of the members add up to 10000")
        files = [file.sha256 for file in self.files]
        if len(dict.fromkeys(files)) != len(files):
            raise ValueError("a file stands twice among the files")


class WithdrawSealed(Struct, frozen=True, forbid_unknown_fields=True):
    """09: a bidder empties a slot; what was in it will never be opened."""

    lot: LotId
    process: ProcessId
    slot: Slot


class OpeningShare(Struct, frozen=True, forbid_unknown_fields=True):
    """What a trustee gives to open one envelope; ``index`` is its place among the round's trustees, from 1."""

    envelope: HexHash
    index: Annotated[int, Meta(ge=1, le=16)]
    point: Hex
    proof: Hex


class PublishOpeningShares(Struct, frozen=True, forbid_unknown_fields=True):
    """10: a trustee's shares for envelopes of a lot that are due."""

    lot: LotId
    process: ProcessId
    shares: Annotated[list[OpeningShare], Meta(min_length=1, max_length=MAX_SHARES)]

    def __post_init__(self) -> None:
        envelopes = [share.envelope for share in self.shares]
        if len(dict.fromkeys(envelopes)) != len(envelopes):
            raise ValueError("an envelope stands twice among the shares")


class ReportFileMissing(Struct, frozen=True, forbid_unknown_fields=True):
    """43: the committee cannot get a file that stores promised to keep; ``sha256`` is of its encrypted bytes."""

    envelope: HexHash
    lot: LotId
    process: ProcessId
    sha256: HexHash


class ConfirmFile(Struct, frozen=True, forbid_unknown_fields=True):
    """44: the committee has a missing file after all; hash and size, in bytes, of what it has."""

    envelope: HexHash
    lot: LotId
    process: ProcessId
    sha256: HexHash
    size: Annotated[int, Meta(ge=1, le=2**40)]


class ConfirmKeyDestroyed(Struct, frozen=True, forbid_unknown_fields=True):
    """46: a trustee destroyed a key of its own, and every copy."""

    key_id: Identifier


PROPOSAL_MESSAGES = (
    Message(
        name="submit_sealed",
        number="08",
        arguments=SubmitSealed,
        roles=("procurement.bidder",),
        maximum_signers=MAX_MEMBERS,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_members_agree),
            (rejections.TOO_LATE, checks.is_before_deadline),
            (common.WRONG_STATE, checks.is_slot_open),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (rejections.MEMBERS_UNFIT, checks.are_members_fit),
            (rejections.NOT_ELIGIBLE, checks.may_take_part),
            (rejections.FILES_UNFIT, checks.are_files_kept),
            (rejections.TOO_MANY_VERSIONS_SEALED, checks.has_room_for_version),
            (rejections.SEAL_INVALID, checks.is_seal_valid),
        ),
        process=transitions.process_submit_sealed,
    ),
    Message(
        name="withdraw_sealed",
        number="09",
        arguments=WithdrawSealed,
        roles=("procurement.bidder",),
        conditions=(
            (rejections.TOO_LATE_TO_WITHDRAW, checks.is_before_withdrawal_ends),
            (common.WRONG_STATE, checks.is_slot_filled),
            (common.SUSPENDED, conditions.is_lot_going_on),
        ),
        process=transitions.process_withdraw_sealed,
    ),
    Message(
        name="publish_opening_shares",
        number="10",
        arguments=PublishOpeningShares,
        roles=("procurement.trustee",),
        conditions=(
            (rejections.OPENING_NOT_BEGUN, checks.has_opening_begun),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (rejections.NOT_DUE, checks.are_envelopes_due),
            (rejections.NOT_OWN_INDEX, checks.are_indices_own),
            (rejections.SHARE_INVALID, checks.do_shares_verify),
            (rejections.SHARED_ALREADY, checks.are_shares_new),
        ),
        process=transitions.process_publish_opening_shares,
        before_log=(
            (rejections.OPENING_NOT_BEGUN, checks.has_opening_begun),
            (rejections.NOT_DUE, checks.are_envelopes_due),
        ),
    ),
    Message(
        name="report_file_missing",
        number="43",
        arguments=ReportFileMissing,
        roles=("procurement.committee",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_declared_member_sign),
            (common.WRONG_STATE, checks.may_be_reported),
            (rejections.ENVELOPE_NOT_OPENED, checks.is_envelope_opened),
            (rejections.FILE_NOT_RECEIVED, checks.is_file_received),
        ),
        process=transitions.process_report_file_missing,
    ),
    Message(
        name="confirm_file",
        number="44",
        arguments=ConfirmFile,
        roles=("procurement.committee",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_declared_member_sign),
            (common.WRONG_STATE, checks.is_lot_alive),
            (rejections.NOT_REPORTED, checks.is_file_missing),
            (rejections.FILE_DIFFERS, checks.does_file_fit),
        ),
        process=transitions.process_confirm_file,
    ),
    Message(
        name="confirm_key_destroyed",
        number="46",
        arguments=ConfirmKeyDestroyed,
        roles=("procurement.trustee",),
        conditions=(
            (common.WRONG_STATE, checks.is_key_named),
            (rejections.KEY_STILL_NEEDED, checks.is_key_needless),
        ),
        process=transitions.process_confirm_key_destroyed,
    ),
)
