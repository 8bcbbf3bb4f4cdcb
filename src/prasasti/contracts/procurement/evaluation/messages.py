"""Messages of evaluation: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.evaluation import checks, rejections, transitions
from prasasti.contracts.procurement.shapes import LotId, Organisation, ProcessId
from prasasti.core.contract import Message
from prasasti.core.types import Code, Count, Document

MAX_OUTCOMES = 100


class Interest(Struct, frozen=True, forbid_unknown_fields=True):
    """What ties a person to an organisation."""

    organisation: Organisation
    relation: Code


class DeclareInterests(Struct, frozen=True, forbid_unknown_fields=True):
    """12: whoever has a seat in a process tells what ties them to those who take part; an empty list: nothing does."""

    interests: Annotated[list[Interest], Meta(max_length=20)]
    process: ProcessId
    document: Document | None = None


class RequirementOutcome(Struct, frozen=True, forbid_unknown_fields=True, rename={"passed": "pass"}):
    """Whether a bidder's proposal meets a requirement, why, and where that is written."""

    bidder: Organisation
    document: Document
    page: Annotated[int, Meta(ge=0, le=100_000)]
    passed: bool
    reason: Code
    requirement: LotId


class RecordRequirements(Struct, frozen=True, forbid_unknown_fields=True):
    """15: what the committee found of the requirements."""

    lot: LotId
    outcomes: Annotated[list[RequirementOutcome], Meta(min_length=1, max_length=MAX_OUTCOMES)]
    process: ProcessId

    def __post_init__(self) -> None:
        pairs = [(outcome.bidder, outcome.requirement) for outcome in self.outcomes]
        if len(dict.fromkeys(pairs)) != len(pairs):
            raise ValueError("a bidder's requirement stands twice")


class Vote(Struct, frozen=True, forbid_unknown_fields=True):
    """18: a member of the committee votes on a ranking, signed and open; ``document`` holds a minority's opinion."""

    ballot: Count
    choice: Literal["abstain", "adopt", "reject"]
    lot: LotId
    process: ProcessId
    ranking: Count
    reason: Code
    document: Document | None = None


SEATED_ROLES = ("procurement.certifier", "procurement.committee", "procurement.inspector", "procurement.officer", "procurement.reviewer")

EVALUATION_MESSAGES = (
    Message(
        name="declare_interests",
        number="12",
        arguments=DeclareInterests,
        roles=SEATED_ROLES,
        conditions=(
            (common.NOT_IN_SEAT, checks.has_seat),
            (rejections.NOT_TIME_TO_DECLARE, checks.is_time_to_declare),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.are_relations_known),
        ),
        process=transitions.process_declare_interests,
        documents=("document",),
    ),
    Message(
        name="record_requirements",
        number="15",
        arguments=RecordRequirements,
        roles=("procurement.committee",),
        maximum_signers=15,
        conditions=(
            (common.NOT_IN_SEAT, conditions.does_majority_sign),
            (common.WRONG_STATE, checks.is_lot_evaluated),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (common.DOCUMENT_UNFIT, checks.are_minutes_fit),
            (common.UNKNOWN_CODE, checks.are_outcome_reasons_known),
            (rejections.REQUIREMENT_UNKNOWN, checks.are_requirements_demanded),
            (rejections.NO_REASON_GIVEN, checks.are_outcomes_new),
            (rejections.NOT_DECLARED_REQUIREMENTS, conditions.have_signers_declared),
        ),
        process=transitions.process_record_requirements,
        documents=("outcomes.document",),
    ),
    Message(
        name="vote",
        number="18",
        arguments=Vote,
        roles=("procurement.committee",),
        conditions=(
            (common.NOT_IN_SEAT, conditions.does_member_sign),
            (common.WRONG_STATE, checks.is_lot_evaluated),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_vote_reason_known),
            (rejections.NO_BALLOT, checks.is_ballot_open),
            (rejections.NOT_DECLARED_VOTE, conditions.have_signers_declared),
            (rejections.VOTE_WITHOUT_OPINION, checks.has_opinion),
            (rejections.VOTED_ALREADY, checks.has_not_voted),
        ),
        process=transitions.process_vote,
        documents=("document",),
    ),
)
