"""Messages on the conduct of those who take part: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from prasasti.contracts.people import Organisation
from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.conduct import checks, rejections, transitions
from prasasti.contracts.procurement.shapes import ObjectId, ProcessId
from prasasti.core.contract import Message
from prasasti.core.types import Code, Document, Instant


class Debar(Struct, frozen=True, forbid_unknown_fields=True):
    """42: an authority keeps an organisation from contracts until a time, after ``violation``; or lifts a debarment, which it restates."""

    act: Literal["debar", "lift"]
    debarment: ObjectId
    document: Document
    ground: Code
    organisation: Organisation
    until: Instant
    violation: ObjectId | None = None

    def __post_init__(self) -> None:
        if self.act == "lift" and self.violation is not None:
            raise ValueError("a violation goes with act debar alone")


class NotifyViolation(Struct, frozen=True, forbid_unknown_fields=True):
    """51: an organisation is told what it is said to have done, in a process or with a contract, where one is named."""

    document: Document
    ground: Code
    organisation: Organisation
    violation: ObjectId
    contract: ObjectId | None = None
    process: ProcessId | None = None

    def __post_init__(self) -> None:
        if self.contract is not None and self.process is not None:
            raise ValueError("a process or a contract, which tells its process")


class ReplyViolation(Struct, frozen=True, forbid_unknown_fields=True):
    """52: the organisation replies."""

    document: Document
    violation: ObjectId


CONDUCT_MESSAGES = (
    Message(
        name="debar",
        number="42",
        arguments=Debar,
        roles=("procurement.authority",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_deciding_authority_sign),
            (common.WRONG_STATE, checks.can_be_decided),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_debarments_ground_known),
            (rejections.DEBARMENT_UNFIT, checks.is_debarment_fit),
            (rejections.NOT_HEARD, checks.is_heard),
        ),
        process=transitions.process_debar,
        documents=("document",),
    ),
    Message(
        name="notify_violation",
        number="51",
        arguments=NotifyViolation,
        roles=("governance.auditor", "procurement.officer"),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_notifier_sign),
            (common.WRONG_STATE, checks.can_be_notified),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_violations_ground_known),
            (rejections.NOT_CONCERNED, checks.is_concerned),
        ),
        process=transitions.process_notify_violation,
        documents=("document",),
    ),
    Message(
        name="reply_violation",
        number="52",
        arguments=ReplyViolation,
        roles=("procurement.bidder", "procurement.contractor"),
        conditions=(
            (common.NOT_IN_SEAT, checks.is_named),
            (rejections.REPLY_TOO_LATE, checks.is_time_to_reply),
            (common.WRONG_STATE, checks.has_not_replied),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
        ),
        process=transitions.process_reply_violation,
        documents=("document",),
    ),
)
