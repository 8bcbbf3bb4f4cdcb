"""Messages on complaints and appeals: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.award import rejections
from prasasti.contracts.procurement.award.complaint import checks, transitions
from prasasti.contracts.procurement.shapes import LotId, ObjectId, ProcessId
from prasasti.core.contract import Message
from prasasti.core.types import Code, Document

Remedy = Literal["next", "reevaluate", "resubmit", "retender"]


class Complain(Struct, frozen=True, forbid_unknown_fields=True):
    """21: a bidder complains about a result; the evidence stands in the document."""

    complaint: LotId
    document: Document
    ground: Code
    lot: LotId
    process: ProcessId


class AnswerComplaint(Struct, frozen=True, forbid_unknown_fields=True):
    """22: the committee answers with its reasons; ``remedy`` only where it upholds, and not where what it found is not material."""

    complaint: LotId
    document: Document
    outcome: Literal["inadmissible", "rejected", "upheld"]
    process: ProcessId
    remedy: Remedy | None = None

    def __post_init__(self) -> None:
        if self.remedy is not None and self.outcome != "upheld":
            raise ValueError("a remedy stands with upheld alone")


class Appeal(Struct, frozen=True, forbid_unknown_fields=True):
    """23: the complainant does not accept the answer; ``bond`` names the guarantee that confirms the bond."""

    appeal: LotId
    complaint: LotId
    document: Document
    process: ProcessId
    bond: ObjectId | None = None


class DecideAppeal(Struct, frozen=True, forbid_unknown_fields=True):
    """24: the reviewer decides, with reasons and, where it upholds, a remedy."""

    appeal: LotId
    document: Document
    outcome: Literal["rejected", "upheld"]
    process: ProcessId
    remedy: Remedy | None = None

    def __post_init__(self) -> None:
        if (self.remedy is not None) != (self.outcome == "upheld"):
            raise ValueError("a remedy stands with upheld, always and alone")


COMPLAINT_MESSAGES = (
    Message(
        name="complain",
        number="21",
        arguments=Complain,
        roles=("procurement.bidder",),
        conditions=(
            (common.NOT_IN_SEAT, checks.is_bidder_here),
            (rejections.COMPLAINED_TOO_LATE, checks.is_window_open),
            (common.WRONG_STATE, checks.can_be_complained_about),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_complaint_ground_known),
            (rejections.COMPLAINED_OFTEN, checks.may_complain_again),
        ),
        process=transitions.process_complain,
        documents=("document",),
    ),
    Message(
        name="answer_complaint",
        number="22",
        arguments=AnswerComplaint,
        roles=("procurement.committee",),
        maximum_signers=15,
        conditions=(
            (common.NOT_IN_SEAT, conditions.does_majority_sign),
            (common.WRONG_STATE, checks.is_complaint_open),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.REMEDY_UNFIT, checks.is_remedy_fit),
            (rejections.NOT_DECLARED_ANSWER, conditions.have_signers_declared),
        ),
        process=transitions.process_answer_complaint,
        documents=("document",),
    ),
    Message(
        name="appeal",
        number="23",
        arguments=Appeal,
        roles=("procurement.bidder",),
        conditions=(
            (rejections.APPEALED_TOO_LATE, checks.is_appeal_in_time),
            (common.WRONG_STATE, checks.is_complaint_answered),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.NOT_OWN_COMPLAINT, checks.is_own_complaint),
            (rejections.NO_APPEALS, checks.may_appeal),
            (rejections.BOND_MISSING, checks.is_bond_confirmed),
        ),
        process=transitions.process_appeal,
        documents=("document",),
    ),
    Message(
        name="decide_appeal",
        number="24",
        arguments=DecideAppeal,
        roles=("procurement.reviewer",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_reviewer_sign),
            (common.WRONG_STATE, checks.is_appeal_open),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.REVIEWER_UNFIT, checks.is_reviewer_fit),
        ),
        process=transitions.process_decide_appeal,
        documents=("document",),
    ),
)
