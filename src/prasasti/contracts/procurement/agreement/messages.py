"""Messages on contracts: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.agreement import checks, rejections, transitions
from prasasti.contracts.procurement.shapes import (
    MAX_ITEMS,
    MAX_YEARS,
    BudgetPart,
    ContractTerms,
    LotId,
    ObjectId,
    ProcessId,
    Quantity,
    Title,
    require_titles,
)
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Document, HexHash, Instant


class ItemQuantity(Struct, frozen=True, forbid_unknown_fields=True):
    """So much of an item, in thousandths of its unit."""

    item: LotId
    quantity: Quantity


class MilestoneTerms(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the contract: what it is worth, when it is due, which quantities belong to it."""

    amount: Amount
    due: Instant
    id: LotId
    items: Annotated[list[ItemQuantity], Meta(max_length=MAX_ITEMS)]
    title: Title


class BillLine(Struct, frozen=True, forbid_unknown_fields=True):
    """The unit price of an item."""

    item: LotId
    unit_price: Amount


class DraftContract(Struct, frozen=True, forbid_unknown_fields=True):
    """28: the contract as it is to be signed: terms by document, and as data. ``pdf`` is the SHA-256 of the unsigned PDF."""

    award: LotId
    bill: Annotated[list[BillLine], Meta(max_length=MAX_ITEMS)]
    contract: ObjectId
    document: Document
    lot: LotId
    milestones: Annotated[list[MilestoneTerms], Meta(min_length=1, max_length=50)]
    price: Amount
    process: ProcessId
    terms: ContractTerms
    years: Annotated[list[BudgetPart], Meta(min_length=1, max_length=MAX_YEARS)]
    pdf: HexHash | None = None

    def __post_init__(self) -> None:
        require_titles(*(milestone.title for milestone in self.milestones))


class SignContract(Struct, frozen=True, forbid_unknown_fields=True):
    """30: a party signs; with a PDF it names its signed revision, its certificate and the report of their validation."""

    contract: ObjectId
    draft: HexHash
    certificate: HexHash | None = None
    report: HexHash | None = None
    revision: HexHash | None = None


AGREEMENT_MESSAGES = (
    Message(
        name="draft_contract",
        number="28",
        arguments=DraftContract,
        roles=("procurement.officer",),
        conditions=(
            (common.NOT_IN_SEAT, conditions.does_officer_sign),
            (common.WRONG_STATE, checks.can_be_drafted),
            (common.SUSPENDED, conditions.is_lot_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.NOT_AS_AWARDED, checks.is_as_awarded),
            (rejections.PRICE_UNFIT, checks.is_price_fit),
            (rejections.PARTS_DIFFER, checks.do_parts_add_up),
            (rejections.SEATS_NOT_CLEAN, checks.are_seats_clean),
        ),
        process=transitions.process_draft_contract,
        documents=("document",),
    ),
    Message(
        name="sign_contract",
        number="30",
        arguments=SignContract,
        roles=("procurement.contractor", "procurement.officer"),
        conditions=(
            (common.NOT_IN_SEAT, checks.is_party),
            (common.WRONG_STATE, checks.can_be_signed),
            (rejections.OTHER_HASH, checks.is_same_draft),
            (rejections.AWARD_NOT_ACTIVE, checks.is_time_to_sign),
            (rejections.NOT_COVERED, checks.is_covered),
            (rejections.PARTY_DEBARRED, checks.are_parties_not_debarred),
        ),
        process=transitions.process_sign_contract,
    ),
)
