"""Messages on awards: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.people import Organisation
from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.award import checks, rejections, transitions
from prasasti.contracts.procurement.award.complaint.messages import COMPLAINT_MESSAGES
from prasasti.contracts.procurement.shapes import LotId, ProcessId
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Code, Document, Instant, is_ascending

# The events of one entry have room for what becomes of so many lots.
MAX_FAILED_LOTS = 2


class RefuseResult(Struct, frozen=True, forbid_unknown_fields=True):
    """19: the contracting officer does not accept a pending award; the authority decides."""

    document: Document
    lot: LotId
    process: ProcessId
    reason: Code


class NotifyAward(Struct, frozen=True, forbid_unknown_fields=True):
    """20: a lot is awarded, with the reasons to all bidders in one document."""

    award: LotId
    bidder: Organisation
    lot: LotId
    price: Amount
    process: ProcessId
    reasons: Document


class ActivateAward(Struct, frozen=True, forbid_unknown_fields=True):
    """25: an award is final (SPPBJ); with a negotiated price, or a longer validity, the bidder signs too."""

    award: LotId
    lot: LotId
    process: ProcessId
    negotiation: Document | None = None
    price: Amount | None = None
    valid_until: Instant | None = None


class WithdrawAward(Struct, frozen=True, forbid_unknown_fields=True):
    """26: an award that was not signed ends, and its bidder is passed over; ``document`` proves what the ledger cannot know."""

    award: LotId
    ground: Code
    lot: LotId
    process: ProcessId
    document: Document | None = None


class DeclareFailed(Struct, frozen=True, forbid_unknown_fields=True):
    """27: lots have failed, on a ground of Perpres 16/2018 Pasal 51(2) that people establish."""

    document: Document
    ground: Literal["a", "d", "e", "f", "h", "i"]
    lots: Annotated[list[LotId], Meta(min_length=1, max_length=MAX_FAILED_LOTS)]
    process: ProcessId

    def __post_init__(self) -> None:
        if not is_ascending(self.lots):
            raise ValueError("lots are sorted bytewise, each once")


AWARD_MESSAGES = (
    Message(
        name="refuse_result",
        number="19",
        arguments=RefuseResult,
        roles=("procurement.officer",),
        conditions=(
            (common.NOT_IN_SEAT, conditions.does_officer_sign),
            (rejections.REFUSED_TOO_LATE, checks.is_before_standstill_ends),
            (common.WRONG_STATE, checks.is_award_standing),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_refusal_reason_known),
            (rejections.REFUSED_TWICE, checks.is_refused_once),
        ),
        process=transitions.process_refuse_result,
        documents=("document",),
    ),
    Message(
        name="notify_award",
        number="20",
        arguments=NotifyAward,
        roles=("procurement.authority", "procurement.committee"),
        maximum_signers=15,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_awarders_sign),
            (common.WRONG_STATE, checks.can_be_awarded),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (rejections.NOT_ADOPTED, checks.is_ranking_adopted),
            (rejections.NOT_FIRST, checks.is_first_in_rank),
            (rejections.PRICE_ABOVE_ESTIMATE, checks.is_award_price_fit),
            (rejections.REASONS_MISSING, checks.are_reasons_readable),
            (rejections.NOT_DECLARED_AWARD, conditions.have_signers_declared),
        ),
        process=transitions.process_notify_award,
        documents=("reasons",),
    ),
    *COMPLAINT_MESSAGES,
    Message(
        name="activate_award",
        number="25",
        arguments=ActivateAward,
        roles=("procurement.bidder", "procurement.officer"),
        maximum_signers=2,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_officer_and_bidder_sign),
            (rejections.STANDSTILL_RUNS, checks.is_standstill_over),
            (common.WRONG_STATE, checks.is_award_pending),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (common.DOCUMENT_UNFIT, checks.is_negotiation_readable),
            (rejections.MATTER_OPEN, checks.is_nothing_open),
            (rejections.RESERVATION_FALLEN, checks.does_reservation_stand),
            (rejections.ACTIVATED_DEBARRED, checks.is_winner_not_debarred),
            (rejections.PROPOSAL_EXPIRED, checks.is_proposal_valid),
            (rejections.PRICE_NOT_NEGOTIATED, checks.is_price_negotiated),
        ),
        process=transitions.process_activate_award,
        documents=("negotiation",),
    ),
    Message(
        name="withdraw_award",
        number="26",
        arguments=WithdrawAward,
        roles=("procurement.officer",),
        conditions=(
            (common.NOT_IN_SEAT, conditions.does_officer_sign),
            (common.WRONG_STATE, checks.is_award_withdrawable),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_withdrawal_ground_known),
            (rejections.GROUND_OF_WITHDRAWAL, checks.does_withdrawal_ground_hold),
        ),
        process=transitions.process_withdraw_award,
        documents=("document",),
    ),
    Message(
        name="declare_failed",
        number="27",
        arguments=DeclareFailed,
        roles=("procurement.authority", "procurement.committee"),
        maximum_signers=15,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_declarers_sign),
            (common.WRONG_STATE, checks.are_lots_undecided),
            (common.SUSPENDED, checks.are_lots_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.GROUND_OF_FAILURE, checks.does_failure_ground_hold),
        ),
        process=transitions.process_declare_failed,
        documents=("document",),
    ),
)
