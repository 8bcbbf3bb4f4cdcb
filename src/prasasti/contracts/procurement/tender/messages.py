"""Messages on tenders: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.shapes import (
    MAX_LOTS,
    MAX_SEATS,
    MAX_TRUSTEES,
    BasisPoints,
    ContractTerms,
    Criterion,
    LotTerms,
    NamedSeats,
    Organisation,
    PlanId,
    ProcessId,
    Related,
    Requirement,
    TitledDocument,
    Trustee,
    require_titles,
)
from prasasti.contracts.procurement.tender import checks, rejections, transitions
from prasasti.core.contract import Message
from prasasti.core.types import Instant, is_ascending

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
        lots = [lot.lot for lot in self.lots]
        if len(dict.fromkeys(lots)) != len(lots):
            raise ValueError("a lot stands twice")


class PublishTender(TenderTerms, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """03: a request for proposals is published for a plan line."""

    plan: PlanId
    process: ProcessId


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
)
