"""Messages of evaluation: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.people import Organisation
from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.evaluation import checks, overseeing, rejections, transitions
from prasasti.contracts.procurement.evaluation.decisions import DOUBT_MATTER
from prasasti.contracts.procurement.shapes import LotId, ObjectId, ProcessId
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Code, Count, Document, HexHash, Identifier

MAX_OUTCOMES = 100


class Interest(Struct, frozen=True, forbid_unknown_fields=True):
    """What ties a person to an organisation."""

    organisation: Organisation
    relation: Code


class DeclareInterests(Struct, frozen=True, forbid_unknown_fields=True):
    """12: whoever has a seat in a process, or over a contract, tells what ties them to those who take part; an empty list: nothing."""

    interests: Annotated[list[Interest], Meta(max_length=20)]
    contract: ObjectId | None = None
    document: Document | None = None
    process: ProcessId | None = None

    def __post_init__(self) -> None:
        _require_one_subject(self.process, self.contract)


class Decide(Struct, frozen=True, forbid_unknown_fields=True):
    """11: the authority ends what is left to it in a lot; the table of matters and their decisions is in ``decisions``. With an
    auditor it lifts a doubt about a contract's milestone."""

    about: Literal["doubt", "refusal", "seat", "vote"]
    decision: Literal["fail", "keep", "lift", "reevaluate"]
    document: Document
    reason: Code
    contract: ObjectId | None = None
    lot: LotId | None = None
    milestone: LotId | None = None
    process: ProcessId | None = None

    def __post_init__(self) -> None:
        of_contract = (self.contract is not None, self.milestone is not None)
        of_lot = (self.lot is not None, self.process is not None)
        if (of_contract, of_lot) != (((True, True), (False, False)) if self.about == DOUBT_MATTER else ((False, False), (True, True))):
            raise ValueError("a doubt names contract and milestone, another matter process and lot")


class SeatHolder(Struct, frozen=True, forbid_unknown_fields=True):
    """Who has a seat: a person by handle, a trustee by the id of its key."""

    organisation: Organisation
    handle: Identifier | None = None
    key_id: Identifier | None = None

    def __post_init__(self) -> None:
        if (self.handle is None) == (self.key_id is None):
            raise ValueError("who has a seat is named by handle, a trustee by key_id, and nobody by both")


class TakeSeat(Struct, frozen=True, forbid_unknown_fields=True):
    """13: somebody takes a seat in a process, or over a contract; nobody ``leaves`` where none sat there yet."""

    enters: SeatHolder
    reason: Code
    seat: Literal["certifier", "committee", "inspector", "officer", "reviewer", "trustee", "witness"]
    contract: ObjectId | None = None
    leaves: SeatHolder | None = None
    process: ProcessId | None = None

    def __post_init__(self) -> None:
        _require_one_subject(self.process, self.contract)
        if self.contract is not None and self.seat not in overseeing.CONTRACT_SEATS:
            raise ValueError("a contract has the seats of certifier, inspector, officer and witness")
        named = [self.enters, *([self.leaves] if self.leaves is not None else [])]
        if any((each.key_id is not None) != (self.seat == "trustee") for each in named):
            raise ValueError("a trustee's seat is named by key_id, another by handle")
        if self.leaves is None and self.seat not in ("reviewer", "witness"):
            raise ValueError("somebody leaves that seat")


class NoteArithmetic(Struct, frozen=True, forbid_unknown_fields=True):
    """14: a member of the committee notes what a proposal's price comes to, minor units."""

    bidder: Organisation
    lot: LotId
    price: Amount
    process: ProcessId


class SubmitScores(Struct, frozen=True, forbid_unknown_fields=True):
    """16: a member of the committee seals a score sheet; again: in place of the last. ``sealed``: standard base64."""

    lot: LotId
    process: ProcessId
    round: HexHash
    sealed: Annotated[str, Meta(min_length=4, max_length=44_000)]


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


def _require_one_subject(process: str | None, contract: str | None) -> None:
    if (process is None) == (contract is None):
        raise ValueError("a process is named, or a contract, and not both")


SEATED_ROLES = ("procurement.certifier", "procurement.committee", "procurement.inspector", "procurement.officer", "procurement.reviewer")

EVALUATION_MESSAGES = (
    Message(
        name="decide",
        number="11",
        arguments=Decide,
        roles=("governance.auditor", "procurement.authority"),
        maximum_signers=2,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_deciders_sign),
            (common.WRONG_STATE, checks.is_matter_known),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_decision_reason_known),
            (rejections.NOTHING_TO_DECIDE, checks.is_matter_open),
            (rejections.DECISION_UNFIT, checks.does_decision_fit),
        ),
        process=transitions.process_decide,
        documents=("document",),
    ),
    Message(
        name="declare_interests",
        number="12",
        arguments=DeclareInterests,
        roles=SEATED_ROLES,
        conditions=(
            (common.NOT_IN_SEAT, checks.may_be_seated),
            (rejections.NOT_TIME_TO_DECLARE, checks.is_time_to_declare),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.are_relations_known),
        ),
        process=transitions.process_declare_interests,
        documents=("document",),
    ),
    Message(
        name="seat",
        number="13",
        arguments=TakeSeat,
        roles=("procurement.authority",),
        conditions=(
            (common.NOT_IN_SEAT, overseeing.does_seating_authority_sign),
            (common.WRONG_STATE, checks.does_seat_stand),
            (common.UNKNOWN_CODE, checks.is_seat_reason_known),
            (rejections.NOT_ENTITLED, checks.is_entitled),
            (rejections.NOT_CLEAN, checks.is_entering_clean),
            (rejections.SEATS_EXCLUDE, checks.do_seats_stay_apart),
            (rejections.TRUSTEE_UNFIT, checks.is_trustee_fit),
        ),
        process=transitions.process_seat,
    ),
    Message(
        name="note_arithmetic",
        number="14",
        arguments=NoteArithmetic,
        roles=("procurement.committee",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_declared_member_sign),
            (common.WRONG_STATE, checks.is_priced),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (rejections.ARITHMETIC_DIFFERS, checks.is_price_as_computed),
        ),
        process=transitions.process_note_arithmetic,
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
            (rejections.NOT_ABNORMALLY_LOW, checks.are_low_prices_low),
        ),
        process=transitions.process_record_requirements,
        documents=("outcomes.document",),
    ),
    Message(
        name="submit_scores",
        number="16",
        arguments=SubmitScores,
        roles=("procurement.committee",),
        conditions=(
            (common.NOT_IN_SEAT, conditions.does_member_sign),
            (rejections.SCORING_OVER, checks.is_scoring_time),
            (common.WRONG_STATE, checks.is_sheet_asked),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (rejections.NOT_DECLARED_SCORES, conditions.have_signers_declared),
            (rejections.TOO_MANY_SHEETS, checks.has_room_for_sheet),
            (rejections.SHEET_SEAL_INVALID, checks.is_sheet_seal_valid),
        ),
        process=transitions.process_submit_scores,
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
