"""Messages on proposals: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.proposal import checks, rejections, transitions
from prasasti.contracts.procurement.shapes import ConsortiumMember, LotId, ProcessId, SealedFile
from prasasti.core.contract import Message
from prasasti.core.types import HexHash

Slot = Literal["financial", "proposal", "qualification", "technical"]
Hex = Annotated[str, Meta(pattern=r"\A([0-9a-f]{2}){0,128}\Z")]
MAX_SHARES = 150


class SubmitSealed(Struct, frozen=True, forbid_unknown_fields=True):
    """08: a bidder, or the leader of a consortium of ``members``, seals a proposal for a lot; again: in place of the last."""

    files: Annotated[list[SealedFile], Meta(max_length=8)]
    lot: LotId
    members: Annotated[list[ConsortiumMember], Meta(max_length=20)]
    process: ProcessId
    round: HexHash
    sealed: Annotated[str, Meta(min_length=4, max_length=44_000)]
    slot: Slot

    def __post_init__(self) -> None:
        if self.members and sum(member.share_bp for member in self.members) != 10_000:
            raise ValueError("the shares of the members add up to 10000")


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


PROPOSAL_MESSAGES = (
    Message(
        name="submit_sealed",
        number="08",
        arguments=SubmitSealed,
        roles=("procurement.bidder",),
        conditions=(
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
)
