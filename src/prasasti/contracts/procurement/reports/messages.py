"""Messages of reports and samples: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.reports import checks, rejections, transitions
from prasasti.contracts.procurement.shapes import LotId, ObjectId, ProcessId
from prasasti.core.contract import Message
from prasasti.core.types import Count, Document, HexHash

# How many numbers one message may draw: the rules draw them again.
MAX_DRAWN = 500

# A list's key without its last part: contract, list, whose.
ListName = Annotated[str, Meta(pattern=r"\A[a-z_]{1,32}/[a-z_]{1,32}/[A-Za-z0-9._:-]{1,128}\Z")]


class About(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a report is about: a contract, a process or a lot of one, or a place alone. A place may stand beside the others.
    ``officer``: it is about the officer too, whom it is then not for to answer it."""

    contract: ObjectId | None = None
    lot: LotId | None = None
    officer: bool = False
    place: ObjectId | None = None
    process: ProcessId | None = None

    def __post_init__(self) -> None:
        if self.contract is not None and self.process is not None:
            raise ValueError("a contract, which tells its process, or a process")
        if self.lot is not None and self.process is None:
            raise ValueError("a lot goes with its process")
        if self.contract is None and self.process is None and self.place is None:
            raise ValueError("contract, process or place")


class TakeInReport(Struct, frozen=True, forbid_unknown_fields=True):
    """48: a desk takes in what somebody reports; ``named``: the desk knows who. The receipt is the entry's proof."""

    about: About
    document: Document
    named: bool
    report: ObjectId


class AnswerReport(Struct, frozen=True, forbid_unknown_fields=True):
    """49: a report is answered, every point of it."""

    document: Document
    report: ObjectId


class RecordSample(Struct, frozen=True, forbid_unknown_fields=True, rename={"listed": "list"}):
    """54: what an auditor drew from a list, and found. ``log_root`` and ``size`` are of a checkpoint; ``units`` is how long the list
    was there, where it has grown since."""

    differing: Count
    drawn: Annotated[list[Count], Meta(min_length=1, max_length=MAX_DRAWN)]
    examined: Count
    findings: Document
    listed: ListName
    log_root: HexHash
    size: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    units: Annotated[int, Meta(ge=1, le=2**53 - 1)] | None = None

    def __post_init__(self) -> None:
        if not self.differing <= self.examined <= len(self.drawn):
            raise ValueError("no more are examined than are drawn, none differs that was not examined")


REPORTS_MESSAGES = (
    Message(
        name="take_in_report",
        number="48",
        arguments=TakeInReport,
        roles=("governance.desk",),
        conditions=(
            (common.WRONG_STATE, checks.is_report_new),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.SUBJECT_UNKNOWN, checks.is_subject_known),
            (rejections.QUOTA_USED_UP, checks.is_within_quota),
        ),
        process=transitions.process_take_in_report,
        documents=("document",),
    ),
    Message(
        name="answer_report",
        number="49",
        arguments=AnswerReport,
        roles=("governance.auditor", "procurement.officer"),
        conditions=(
            (common.NOT_IN_SEAT, checks.is_to_answer),
            (common.WRONG_STATE, checks.is_unanswered),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
        ),
        process=transitions.process_answer_report,
        documents=("document",),
    ),
    Message(
        name="record_sample",
        number="54",
        arguments=RecordSample,
        roles=("governance.auditor",),
        conditions=(
            (common.WRONG_STATE, checks.is_sample_new),
            (common.DOCUMENT_UNFIT, checks.are_findings_fit),
            (rejections.NOT_DRAWN, checks.is_drawn_by_root),
        ),
        process=transitions.process_record_sample,
        documents=("findings",),
    ),
)
