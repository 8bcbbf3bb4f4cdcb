"""Messages on contracts and guarantees: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.people import Organisation, Person
from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.agreement import calls, checks, rejections, signing, transitions
from prasasti.contracts.procurement.agreement.records import APPEAL, BID
from prasasti.contracts.procurement.shapes import (
    MAX_ITEMS,
    MAX_YEARS,
    BudgetPart,
    ContractTerms,
    LotId,
    ObjectId,
    PlanId,
    ProcessId,
    Quantity,
    Title,
    require_titles,
)
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Code, Document, HexHash, Instant


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


class ContractSeats(Struct, frozen=True, forbid_unknown_fields=True):
    """Who oversees a community's contract, which no tender named."""

    certifier: Person
    inspector: Person
    officer: Person
    witness: Person | None = None


class DraftContract(Struct, frozen=True, forbid_unknown_fields=True):
    """28: the contract as it is to be signed: terms by document, and as data. ``pdf`` is the SHA-256 of the unsigned PDF.

    Of an award: ``award``, ``lot`` and ``process``. Of a social programme by a community, without a tender: ``approval`` (the
    authority's), ``community``, ``plan``, ``reason`` and ``seats``.
    """

    bill: Annotated[list[BillLine], Meta(max_length=MAX_ITEMS)]
    contract: ObjectId
    document: Document
    milestones: Annotated[list[MilestoneTerms], Meta(min_length=1, max_length=50)]
    price: Amount
    terms: ContractTerms
    years: Annotated[list[BudgetPart], Meta(min_length=1, max_length=MAX_YEARS)]
    approval: Document | None = None
    award: LotId | None = None
    community: Organisation | None = None
    lot: LotId | None = None
    pdf: HexHash | None = None
    plan: PlanId | None = None
    process: ProcessId | None = None
    reason: Code | None = None
    seats: ContractSeats | None = None

    def __post_init__(self) -> None:
        require_titles(*(milestone.title for milestone in self.milestones))
        of_award = [each is not None for each in (self.award, self.lot, self.process)]
        of_community = [each is not None for each in (self.approval, self.community, self.plan, self.reason, self.seats)]
        if sorted([all(of_award), all(of_community)]) != [False, True] or any(of_award) == any(of_community):
            raise ValueError("award, lot and process, or else approval, community, plan, reason and seats")
        _require_once("a milestone", [milestone.id for milestone in self.milestones])
        _require_once("an item of the bill", [line.item for line in self.bill])
        _require_once("a budget line", [part.line for part in self.years])
        for milestone in self.milestones:
            _require_once("an item of a milestone", [each.item for each in milestone.items])


class RegisterGuarantee(Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """29: a guarantor answers for an obligation of a principal to a buyer: of a proposal or an appeal in a lot, or of a contract."""

    amount: Amount
    beneficiary: Organisation
    document: Document
    guarantee: ObjectId
    obligation: Literal["advance", "appeal", "bid", "performance", "retention"]
    principal: Organisation
    start: Instant
    unconditional: bool
    until: Instant
    contract: ObjectId | None = None
    lot: LotId | None = None
    process: ProcessId | None = None

    def __post_init__(self) -> None:
        wanted = (False, True, True) if self.obligation in (APPEAL, BID) else (True, False, False)
        if (self.contract is not None, self.lot is not None, self.process is not None) != wanted:
            raise ValueError("bid and appeal name process and lot, the other obligations a contract")


class SignContract(Struct, frozen=True, forbid_unknown_fields=True):
    """30: a party signs; with a PDF it names its signed revision, its certificate and the report of their validation."""

    contract: ObjectId
    draft: HexHash
    certificate: HexHash | None = None
    report: HexHash | None = None
    revision: HexHash | None = None


class CallGuarantee(Struct, frozen=True, forbid_unknown_fields=True):
    """41: the buyer's officer demands an amount of a guarantee."""

    amount: Amount
    document: Document
    ground: Code
    guarantee: ObjectId


def _require_once(what: str, names: list[str]) -> None:
    if len(dict.fromkeys(names)) != len(names):
        raise ValueError(f"{what} stands twice")


AGREEMENT_MESSAGES = (
    Message(
        name="draft_contract",
        number="28",
        arguments=DraftContract,
        roles=("procurement.officer",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_drafting_officer_sign),
            (common.WRONG_STATE, checks.can_be_drafted),
            (common.SUSPENDED, checks.is_drafting_going_on),
            (common.DOCUMENT_UNFIT, checks.are_draft_documents_fit),
            (common.UNKNOWN_CODE, checks.is_community_reason_known),
            (rejections.NOT_AS_AWARDED, checks.is_as_published),
            (rejections.PRICE_UNFIT, checks.is_price_fit),
            (rejections.PARTS_DIFFER, checks.do_parts_add_up),
            (rejections.PARTIES_UNFIT, checks.is_community_fit),
            (rejections.SEATS_NOT_CLEAN, checks.are_seats_clean),
        ),
        process=transitions.process_draft_contract,
        documents=("approval", "document"),
    ),
    Message(
        name="register_guarantee",
        number="29",
        arguments=RegisterGuarantee,
        roles=("procurement.guarantor",),
        conditions=(
            (common.WRONG_STATE, calls.is_obligation_open),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.GUARANTEE_INSUFFICIENT, calls.is_obligation_covered),
            (rejections.GUARANTEE_CONDITIONAL, calls.is_unconditional),
            (rejections.GUARANTOR_NOT_LICENSED, calls.is_guarantor_trusted),
            (rejections.GUARANTEE_PARTIES_UNFIT, calls.are_guarantee_parties_fit),
        ),
        process=transitions.process_register_guarantee,
        documents=("document",),
    ),
    Message(
        name="sign_contract",
        number="30",
        arguments=SignContract,
        roles=("procurement.contractor", "procurement.officer"),
        conditions=(
            (common.NOT_IN_SEAT, signing.is_party),
            (common.WRONG_STATE, signing.can_be_signed),
            (common.SUSPENDED, signing.is_signing_going_on),
            (rejections.OTHER_HASH, signing.is_same_draft),
            (rejections.GUARANTEE_MISSING, signing.is_guaranteed),
            (rejections.AWARD_NOT_ACTIVE, signing.is_time_to_sign),
            (rejections.NOT_COVERED, signing.is_covered),
            (rejections.PARTY_DEBARRED, signing.are_parties_not_debarred),
            (rejections.SEATS_NOT_DECLARED, signing.have_overseers_declared),
        ),
        process=transitions.process_sign_contract,
    ),
    Message(
        name="call_guarantee",
        number="41",
        arguments=CallGuarantee,
        roles=("procurement.officer",),
        conditions=(
            (common.NOT_IN_SEAT, calls.does_beneficiarys_officer_sign),
            (common.WRONG_STATE, calls.can_be_called),
            (common.OUT_OF_TIME, calls.is_guarantee_running),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, calls.is_ground_to_call_known),
            (rejections.GROUND_UNFIT, calls.is_ground_of_obligation),
            (rejections.ABOVE_VALUE, calls.is_within_value),
        ),
        process=transitions.process_call_guarantee,
        documents=("document",),
    ),
)
