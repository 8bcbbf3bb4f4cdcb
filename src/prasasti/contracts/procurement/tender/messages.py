"""Messages on tenders: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from prasasti.contracts.people import Organisation
from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.shapes import (
    MAX_LOTS,
    MAX_SEATS,
    MAX_TRUSTEES,
    BasisPoints,
    ContractTerms,
    Criterion,
    LotId,
    LotTerms,
    NamedSeats,
    ObjectId,
    PlanId,
    ProcessId,
    Related,
    Requirement,
    TitledDocument,
    Trustee,
    require_titles,
)
from prasasti.contracts.procurement.tender import cancellation, checks, rejections, transitions
from prasasti.core.contract import Message
from prasasti.core.types import Code, Document, Instant, is_ascending, parse_amount

Selection = Literal["price_only", "quality_only", "rated"]


class TenderTerms(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request for proposals: what is bought, in which lots, how it is decided, by whom, until when; times in seconds UTC.

    ``technical_bp`` is the weight of the technical score, that of the price is the rest. ``t`` trustees open an envelope.
    """

    criteria: Annotated[list[Criterion], Meta(max_length=20)]
    deadline: Instant
    documents: Annotated[list[TitledDocument], Meta(min_length=2, max_length=20)]
    estimate_date: Instant
    files: Literal["one", "two"]
    lots: Annotated[list[LotTerms], Meta(min_length=1, max_length=MAX_LOTS)]
    opening: Instant
    preference_bp: BasisPoints
    qualification: bool
    question_end: Instant
    requirements: Annotated[list[Requirement], Meta(max_length=50)]
    seats: NamedSeats
    selection: Selection
    t: Annotated[int, Meta(ge=2, le=MAX_TRUSTEES)]
    technical_bp: BasisPoints
    terms: ContractTerms
    threshold: Annotated[int, Meta(ge=0, le=1_000_000)]
    tkdn_minimum_bp: BasisPoints
    trustees: Annotated[list[Trustee], Meta(min_length=1, max_length=MAX_TRUSTEES)]
    valid_until: Instant
    invited: Annotated[list[Organisation], Meta(max_length=MAX_SEATS)] = []
    qualification_deadline: Instant | None = None
    related: Related | None = None

    def __post_init__(self) -> None:
        titled: list[Any] = [*self.criteria, *self.documents, *self.lots, *self.requirements]
        titled += [each for lot in self.lots for each in (*lot.items, *lot.milestones)]
        require_titles(*(each.title for each in titled))
        if not is_ascending(self.invited):
            raise ValueError("invited is sorted bytewise, each once")
        if self.qualification != (self.qualification_deadline is not None):
            raise ValueError("qualification_deadline stands with a qualification, and only then")
        identified: list[list[Any]] = [[*self.criteria], [*self.requirements], *([*lot.items] for lot in self.lots)]
        for each_list in (*identified, *([*lot.milestones] for lot in self.lots)):
            names = [each.id for each in each_list]
            if len(dict.fromkeys(names)) != len(names):
                raise ValueError("an id stands twice in one list")
        amounts = [lot.estimate for lot in self.lots] + [part.amount for lot in self.lots for part in lot.ceiling]
        if any(parse_amount(amount) == 0 for amount in amounts):
            raise ValueError("estimates and parts of ceilings are above 0")
        lots = [lot.lot for lot in self.lots]
        if len(dict.fromkeys(lots)) != len(lots):
            raise ValueError("a lot stands twice")


class PublishTender(TenderTerms, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """03: a request for proposals is published for a plan line; who is ``invited`` alone may propose, in a direct procurement."""

    plan: PlanId
    process: ProcessId


class AskQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """04: somebody who may propose asks."""

    document: Document
    process: ProcessId
    question: ObjectId


class AnswerQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """05: a member of the committee answers, to all."""

    document: Document
    process: ProcessId
    question: ObjectId


class AmendTender(Struct, frozen=True, forbid_unknown_fields=True):
    """06: a request is changed, ``changes`` being the whole of it as it shall stand for the lots that ask for proposals."""

    changes: TenderTerms
    document: Document
    process: ProcessId
    reason: Code


class CancelTender(Struct, frozen=True, forbid_unknown_fields=True):
    """07: the buyer's authority cancels lots."""

    document: Document
    lots: Annotated[list[LotId], Meta(min_length=1, max_length=MAX_LOTS)]
    process: ProcessId
    reason: Code

    def __post_init__(self) -> None:
        if not is_ascending(self.lots):
            raise ValueError("lots are sorted bytewise, each once")


TENDER_MESSAGES = (
    Message(
        name="publish_tender",
        number="03",
        arguments=PublishTender,
        roles=("procurement.committee", "procurement.officer"),
        minimum_signers=2,
        maximum_signers=16,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_named_officer_and_majority_sign),
            (common.DOCUMENT_UNFIT, checks.are_documents_readable),
            (common.UNKNOWN_CODE, checks.are_codes_known),
            (rejections.NOT_AS_PLANNED, checks.is_as_planned),
            (rejections.ESTIMATE_TOO_HIGH, checks.are_estimates_fit),
            (rejections.NOT_RESERVABLE, checks.is_reservable),
            (rejections.ITEMS_UNFIT, checks.are_items_fit),
            (rejections.SELECTION_UNFIT, checks.is_selection_fit),
            (rejections.DOCUMENTS_UNFIT, checks.are_documents_complete),
            (rejections.SEATS_UNFIT, checks.are_seats_fit),
            (rejections.TRUSTEES_UNFIT, checks.are_trustees_fit),
            (rejections.PERIODS_TOO_SHORT, checks.are_periods_long_enough),
            (rejections.SHARES_OF_MARKET, checks.are_markets_shared),
        ),
        process=transitions.process_publish_tender,
        documents=("documents.document",),
    ),
    Message(
        name="ask_question",
        number="04",
        arguments=AskQuestion,
        roles=("procurement.bidder",),
        conditions=(
            (rejections.QUESTION_TOO_LATE, checks.is_question_time),
            (common.WRONG_STATE, checks.can_be_asked),
            (common.SUSPENDED, checks.is_tender_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
        ),
        process=transitions.process_ask_question,
        documents=("document",),
    ),
    Message(
        name="answer_question",
        number="05",
        arguments=AnswerQuestion,
        roles=("procurement.committee",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_declared_member_sign),
            (common.WRONG_STATE, checks.can_be_answered),
            (common.SUSPENDED, checks.is_tender_going_on),
            (common.OUT_OF_TIME, checks.is_before_deadline),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
        ),
        process=transitions.process_answer_question,
        documents=("document",),
    ),
    Message(
        name="amend_tender",
        number="06",
        arguments=AmendTender,
        roles=("procurement.committee", "procurement.officer"),
        minimum_signers=2,
        maximum_signers=16,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_officer_and_majority_sign),
            (rejections.AMENDED_TOO_LATE, checks.is_before_deadline),
            (common.WRONG_STATE, checks.is_tender_asking),
            (common.SUSPENDED, checks.is_tender_going_on),
            (common.DOCUMENT_UNFIT, checks.are_amended_documents_readable),
            (common.UNKNOWN_CODE, checks.are_amended_codes_known),
            (rejections.AMENDED_OTHERWISE, checks.is_same_tender),
            (rejections.AMENDED_ESTIMATE, checks.are_amended_estimates_fit),
            (rejections.AMENDED_NOT_RESERVABLE, checks.is_amendment_reservable),
            (rejections.AMENDED_ITEMS, checks.are_amended_items_fit),
            (rejections.AMENDED_SELECTION, checks.is_amended_selection_fit),
            (rejections.AMENDED_DOCUMENTS, checks.are_amended_documents_complete),
            (rejections.AMENDED_SEATS, checks.are_seats_kept),
            (rejections.AMENDED_TRUSTEES, checks.are_amended_trustees_fit),
            (rejections.AMENDED_PERIODS, checks.are_amended_periods_fit),
            (rejections.AMENDED_MARKET, checks.are_amended_markets_shared),
        ),
        process=transitions.process_amend_tender,
        documents=("changes.documents.document", "document"),
    ),
    Message(
        name="cancel_tender",
        number="07",
        arguments=CancelTender,
        roles=("procurement.authority",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_authority_sign),
            (common.WRONG_STATE, checks.are_lots_alive),
            (common.DOCUMENT_UNFIT, checks.is_cancellation_fit),
            (common.UNKNOWN_CODE, checks.is_cancellation_reason_known),
            (rejections.AWARD_ACTIVE, checks.has_no_active_award),
        ),
        process=cancellation.process_cancel_tender,
        documents=("document",),
    ),
)
