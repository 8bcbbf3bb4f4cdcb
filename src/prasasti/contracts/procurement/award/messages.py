"""Messages on awards: arguments, roles, conditions in order."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.award import checks, rejections, transitions
from prasasti.contracts.procurement.shapes import LotId, Organisation, ProcessId
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Document, Instant


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


AWARD_MESSAGES = (
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
            (rejections.AWARDED_DEBARRED, checks.is_awarded_not_debarred),
            (rejections.REASONS_MISSING, checks.are_reasons_readable),
            (rejections.NOT_DECLARED_AWARD, conditions.have_signers_declared),
        ),
        process=transitions.process_notify_award,
        documents=("reasons",),
    ),
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
)
