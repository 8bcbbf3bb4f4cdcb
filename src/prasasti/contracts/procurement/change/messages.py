"""Messages of changes of a contract: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.change import checks, rejections, transitions
from prasasti.contracts.procurement.change.records import CHANCE, DEFECT, NOTICE, RESUME
from prasasti.contracts.procurement.shapes import MAX_ITEMS, MAX_YEARS, LotId, ObjectId, Quantity, TaxLine, Title, require_titles
from prasasti.core.contract import Message
from prasasti.core.envelope import MAX_SIGNATURES
from prasasti.core.types import Amount, Code, Document, Instant, SignedAmount

MAX_TAXES = 8


class YearChange(Struct, frozen=True, forbid_unknown_fields=True):
    """By how much a contract's part of a budget line changes, minor units."""

    change: SignedAmount
    line: ObjectId


class AmendedMilestone(Struct, frozen=True, forbid_unknown_fields=True):
    """A milestone as it is from now on. ``due`` is the date as people read it, suspensions so far included."""

    amount: Amount
    due: Instant
    id: LotId
    title: Title


class AmendedItem(Struct, frozen=True, forbid_unknown_fields=True):
    """So much of an item that belongs to a milestone, in thousandths of its unit, and its unit price."""

    item: LotId
    milestone: LotId
    quantity: Quantity
    unit_price: Amount


class AmendContract(Struct, frozen=True, forbid_unknown_fields=True):
    """31: the parties change the contract. All milestones are restated; so are all items, where any are."""

    amendment: LotId
    change: SignedAmount
    contract: ObjectId
    document: Document
    milestones: Annotated[list[AmendedMilestone], Meta(min_length=1, max_length=50)]
    reason: Code
    years: Annotated[list[YearChange], Meta(max_length=MAX_YEARS)]
    exception: Code | None = None
    items: Annotated[list[AmendedItem], Meta(max_length=MAX_ITEMS)] | None = None

    def __post_init__(self) -> None:
        require_titles(*(milestone.title for milestone in self.milestones))
        _require_once("a milestone", [milestone.id for milestone in self.milestones])
        _require_once("a budget line", [each.line for each in self.years])
        items = self.items or []
        _require_once("an item of a milestone", [(each.milestone, each.item) for each in items])
        if not {each.milestone for each in items} <= {milestone.id for milestone in self.milestones}:
            raise ValueError("an item belongs to no milestone")
        if len({(each.item, each.unit_price) for each in items}) > len({each.item for each in items}):
            raise ValueError("an item has two unit prices")


class NotifyContractor(Struct, frozen=True, forbid_unknown_fields=True):
    """38: the officer gives notice, suspends the contract, lets it go on, or gives a last chance to finish."""

    act: Literal["chance", "notice", "resume", "suspend"]
    contract: ObjectId
    document: Document
    ground: Code
    until: Instant | None = None

    def __post_init__(self) -> None:
        if self.until is None and self.act in (CHANCE, NOTICE):
            raise ValueError("a notice, and a chance, has a time")
        if self.until is not None and self.act == RESUME:
            raise ValueError("what goes on, goes on at once")


class Terminate(Struct, frozen=True, forbid_unknown_fields=True):
    """39: the contract ends before its time, by default of the contractor or for the buyer's convenience."""

    contract: ObjectId
    document: Document
    ground: Code


class HandOver(Struct, frozen=True, forbid_unknown_fields=True):
    """40: what was delivered is handed over, has a defect, or is accepted for good; ``taxes`` are of what is given back then."""

    act: Literal["accept", "defect", "hand_over"]
    contract: ObjectId
    document: Document
    taxes: Annotated[list[TaxLine], Meta(max_length=MAX_TAXES)] | None = None

    def __post_init__(self) -> None:
        if self.act == DEFECT and self.taxes is not None:
            raise ValueError("a defect gives nothing back")


def _require_once(what: str, names: list[str] | list[tuple[str, str]]) -> None:
    if len(dict.fromkeys(names)) != len(names):
        raise ValueError(f"{what} stands twice")


CHANGE_MESSAGES: tuple[Message, ...] = (
    Message(
        name="amend_contract",
        number="31",
        arguments=AmendContract,
        roles=("procurement.authority", "procurement.contractor", "procurement.officer"),
        minimum_signers=2,
        maximum_signers=MAX_SIGNATURES,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_parties_sign),
            (common.WRONG_STATE, checks.can_be_amended),
            (common.SUSPENDED, checks.is_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.are_change_codes_known),
            (rejections.ABOVE_CAP, checks.is_within_cap),
            (rejections.CHANGE_NOT_COVERED, checks.is_change_covered),
            (rejections.GUARANTEE_NOT_RISEN, checks.is_guarantee_risen),
            (rejections.TERMS_UNFIT, checks.are_terms_fit),
            (rejections.RISE_OF_DEBARRED, checks.is_rise_allowed),
        ),
        process=transitions.process_amend_contract,
        documents=("document",),
    ),
    Message(
        name="notify_contractor",
        number="38",
        arguments=NotifyContractor,
        roles=("procurement.officer",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_contracts_officer_sign),
            (common.WRONG_STATE, checks.can_be_notified),
            (common.OUT_OF_TIME, checks.is_time_to_come),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_notices_ground_known),
            (rejections.NOTHING_LATE, checks.is_something_late),
            (rejections.CHANCE_NOT_GUARANTEED, checks.is_chance_guaranteed),
        ),
        process=transitions.process_notify_contractor,
        documents=("document",),
    ),
    Message(
        name="terminate",
        number="39",
        arguments=Terminate,
        roles=("procurement.authority", "procurement.officer"),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_ender_sign),
            (rejections.NOTICE_RUNNING, checks.is_notice_over),
            (common.WRONG_STATE, checks.can_be_ended),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_ends_ground_known),
            (rejections.GROUND_NOT_THE_SIGNERS, checks.is_ground_the_signers),
            (rejections.END_NOT_BORNE, checks.is_end_borne),
        ),
        process=transitions.process_terminate,
        documents=("document",),
    ),
    Message(
        name="hand_over",
        number="40",
        arguments=HandOver,
        roles=("procurement.inspector", "procurement.officer"),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_officer_and_inspector_sign),
            (rejections.DEFECTS_PERIOD_RUNNING, checks.is_defects_period_over),
            (common.WRONG_STATE, checks.can_be_handed_over),
            (common.SUSPENDED, checks.is_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.NOT_ALL_MET, checks.is_all_met),
            (rejections.RETENTION_NOT_GUARANTEED, checks.is_retention_guaranteed),
            (rejections.RELEASE_TAXES_WRONG, checks.are_release_taxes_due),
            (rejections.RELEASE_NOT_BORNE, checks.is_release_borne),
        ),
        process=transitions.process_hand_over,
        documents=("document",),
    ),
)
