"""Messages of delivery: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.agreement.messages import ItemQuantity
from prasasti.contracts.procurement.delivery import checks, rejections, transitions
from prasasti.contracts.procurement.shapes import MAX_ITEMS, LotId, ObjectId, TaxLine
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Code, Document, Instant, SignedAmount

MAX_EVIDENCE = 20
MAX_TAXES = 10
MAX_DAYS = 36_525

Taxes = Annotated[list[TaxLine], Meta(max_length=MAX_TAXES)]


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """A photograph or another document of what was done: when it was taken, seconds UTC, and where, by a code."""

    document: Document
    place: Code
    taken: Instant


class SubmitEvidence(Struct, frozen=True, forbid_unknown_fields=True):
    """33: the contractor shows what it did of a milestone."""

    contract: ObjectId
    evidence: Annotated[list[Evidence], Meta(min_length=1, max_length=MAX_EVIDENCE)]
    milestone: LotId
    subcontractors_paid: bool


class Inspect(Struct, frozen=True, forbid_unknown_fields=True):
    """34: the inspector accepts all that is left of a milestone, a part of it, or nothing.

    A part of a lump sum is ``accepted``, minor units; of a measured contract ``quantities``, in thousandths, are.
    """

    contract: ObjectId
    document: Document
    milestone: LotId
    outcome: Literal["accept", "part", "reject"]
    accepted: Amount | None = None
    quantities: Annotated[list[ItemQuantity], Meta(min_length=1, max_length=MAX_ITEMS)] | None = None
    reason: Code | None = None

    def __post_init__(self) -> None:
        items = [each.item for each in self.quantities or []]
        if len(dict.fromkeys(items)) != len(items):
            raise ValueError("an item stands twice")


class Certify(Struct, frozen=True, forbid_unknown_fields=True):
    """35: the certifier certifies what was accepted. ``days`` is its delay; ``recovery`` of the advance is less than 0 where that
    came back. What is left of ``gross`` is ordered, the taxes withheld from it."""

    certificate: LotId
    contract: ObjectId
    damages: Amount
    days: Annotated[int, Meta(ge=0, le=MAX_DAYS)]
    document: Document
    gross: Amount
    milestone: LotId
    recovery: SignedAmount
    retention: Amount
    taxes: Taxes


class Witness(Struct, frozen=True, forbid_unknown_fields=True):
    """47: the second witness confirms what was accepted, doubts it, or withdraws the doubt."""

    contract: ObjectId
    finding: Literal["confirm", "doubt", "withdraw"]
    milestone: LotId
    document: Document | None = None
    reason: Code | None = None


class FileInvoice(Struct, frozen=True, forbid_unknown_fields=True):
    """53: the contractor asks for what was accepted, all of it; ``gross`` with value-added tax, minor units."""

    contract: ObjectId
    document: Document
    gross: Amount
    invoice: LotId
    milestone: LotId
    taxes: Taxes


DELIVERY_MESSAGES = (
    Message(
        name="submit_evidence",
        number="33",
        arguments=SubmitEvidence,
        roles=("procurement.contractor",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_contractor_sign),
            (common.WRONG_STATE, checks.is_milestone_delivered),
            (common.SUSPENDED, checks.is_going_on),
            (common.DOCUMENT_UNFIT, checks.is_evidence_readable),
            (rejections.MILESTONE_NOT_OPEN, checks.is_milestone_open),
            (rejections.SUBCONTRACTORS_UNPAID, checks.are_subcontractors_paid),
            (rejections.EVIDENCE_UNTIMELY, checks.is_evidence_timely),
        ),
        process=transitions.process_submit_evidence,
        documents=("evidence.document",),
    ),
    Message(
        name="inspect",
        number="34",
        arguments=Inspect,
        roles=("procurement.inspector",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_inspector_sign),
            (common.WRONG_STATE, checks.is_inspection_awaited),
            (common.SUSPENDED, checks.is_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_finding_reason_known),
            (rejections.INSPECTOR_NOT_APART, checks.is_inspector_apart),
            (rejections.FINDING_WITHOUT_REASON, checks.has_finding_reason),
            (rejections.ACCEPTED_UNFIT, checks.is_accepted_fit),
        ),
        process=transitions.process_inspect,
        documents=("document",),
    ),
    Message(
        name="certify",
        number="35",
        arguments=Certify,
        roles=("procurement.certifier",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_certifier_sign),
            (common.WRONG_STATE, checks.is_certificate_new),
            (common.SUSPENDED, checks.is_going_on),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.NOT_ACCEPTED_CERTIFIED, checks.is_accepted),
            (rejections.INVOICE_MISSING, checks.does_invoice_match),
            (rejections.AMOUNTS_DIFFER, checks.are_amounts_due),
            (rejections.TAXES_DIFFER, checks.are_taxes_due),
            (rejections.NOT_WITNESSED, checks.is_witnessed),
            (rejections.ABOVE_PRICE, checks.is_within_price),
            (rejections.BUDGET_SHORT, checks.is_order_borne),
        ),
        process=transitions.process_certify,
        documents=("document",),
    ),
    Message(
        name="witness",
        number="47",
        arguments=Witness,
        roles=("procurement.witness",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_witness_sign),
            (common.WRONG_STATE, checks.is_milestone_there),
            (common.OUT_OF_TIME, checks.is_doubt_in_time),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (common.UNKNOWN_CODE, checks.is_doubt_reason_known),
            (rejections.NOT_ACCEPTED_WITNESSED, checks.is_witness_awaited),
            (rejections.WITNESS_NOT_APART, checks.is_witness_apart),
            (rejections.WITNESSING_UNFIT, checks.does_finding_fit),
        ),
        process=transitions.process_witness,
        documents=("document",),
    ),
    Message(
        name="file_invoice",
        number="53",
        arguments=FileInvoice,
        roles=("procurement.contractor",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_contractor_sign),
            (common.WRONG_STATE, checks.is_invoice_new),
            (common.DOCUMENT_UNFIT, conditions.is_document_fit),
            (rejections.NOT_ACCEPTED_INVOICED, checks.is_invoice_awaited),
            (rejections.INVOICE_DIFFERS, checks.is_invoice_whole),
            (rejections.INVOICE_TAXES_DIFFER, checks.are_invoice_taxes_right),
        ),
        process=transitions.process_file_invoice,
        documents=("document",),
    ),
)
