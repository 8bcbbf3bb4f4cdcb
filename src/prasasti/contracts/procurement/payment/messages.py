"""Messages of payment: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.people import Organisation
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.delivery.checks import does_contractor_sign, is_going_on
from prasasti.contracts.procurement.delivery.messages import MAX_TAXES, Taxes
from prasasti.contracts.procurement.payment import checks, rejections, transitions
from prasasti.contracts.procurement.shapes import ObjectId
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Code, Document, HexHash, Identifier, Instant

# A contract's id, and the number of its order.
OrderId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,80}\Z")]
# An order has a line for the payee, and one for each tax.
LineNumber = Annotated[int, Meta(ge=0, le=MAX_TAXES)]


class TakeAdvance(Struct, frozen=True, forbid_unknown_fields=True):
    """32: the contractor takes a part of the price in advance, taxes withheld."""

    amount: Amount
    contract: ObjectId
    taxes: Taxes


class ReportPayment(Struct, frozen=True, forbid_unknown_fields=True):
    """36: what became of an order's line, as a statement shows; the last four are numbers of the state's books, where it has them.

    ``account`` is the commitment of the account that it went to, ``entry`` the statement's own name of the entry.
    """

    account: HexHash
    amount: Amount
    entry: Identifier
    line: LineNumber
    order: OrderId
    outcome: Literal["paid", "rejected", "returned"]
    statement: Document
    value_date: Instant
    ntpn: Code | None = None
    sp2d: Code | None = None
    spm: Code | None = None
    spp: Code | None = None


class ReplaceOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """37: lines that a bank rejected or gave back are paid by another order, to the payee's account as verified now."""

    account: HexHash
    lines: Annotated[list[LineNumber], Meta(min_length=1, max_length=1 + MAX_TAXES)]
    order: OrderId


class RecordOutsidePayment(Struct, frozen=True, forbid_unknown_fields=True):
    """50: a payment for a contract that no order here asked for; later, in the same words, why it was made, by a document."""

    act: Literal["explain", "record"]
    amount: Amount
    contract: ObjectId
    entry: Identifier
    payee: Organisation
    payment: ObjectId
    statement: Document
    document: Document | None = None

    def __post_init__(self) -> None:
        if (self.document is not None) != (self.act == checks.EXPLAIN):
            raise ValueError("document stands with explain, and with that alone")


PAYMENT_MESSAGES = (
    Message(
        name="take_advance",
        number="32",
        arguments=TakeAdvance,
        roles=("procurement.contractor",),
        conditions=(
            (common.NOT_IN_SEAT, does_contractor_sign),
            (common.WRONG_STATE, checks.is_contract_running),
            (common.SUSPENDED, is_going_on),
            (rejections.ADVANCE_TOO_LARGE, checks.is_advance_within_maximum),
            (rejections.ADVANCE_NOT_GUARANTEED, checks.is_advance_guaranteed),
            (rejections.ADVANCE_TAKEN, checks.is_first_advance),
            (rejections.ADVANCE_TAXES_WRONG, checks.are_advance_taxes_right),
            (rejections.ADVANCE_NOT_BORNE, checks.is_advance_borne),
        ),
        process=transitions.process_take_advance,
    ),
    Message(
        name="report_payment",
        number="36",
        arguments=ReportPayment,
        roles=("treasury.payer",),
        conditions=(
            (common.NOT_IN_SEAT, checks.does_orders_payer_sign),
            (common.WRONG_STATE, checks.is_order_of_contract),
            (common.DOCUMENT_UNFIT, checks.is_statement_fit),
            (rejections.LINE_NOT_MATCHED, checks.is_payment_matched),
            (rejections.ENTRY_KNOWN, checks.is_payment_new),
            (rejections.PAYER_INVOLVED, checks.is_payer_apart),
        ),
        process=transitions.process_report_payment,
        documents=("statement",),
    ),
    Message(
        name="replace_order",
        number="37",
        arguments=ReplaceOrder,
        roles=("procurement.contractor", "procurement.officer"),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_officer_and_contractor_sign),
            (common.WRONG_STATE, checks.is_order_of_contract),
            (rejections.NOTHING_UNPAID, checks.is_anything_unpaid),
            (rejections.OTHER_LINES, checks.are_lines_unpaid),
            (rejections.ACCOUNT_NOT_VERIFIED, checks.is_account_verified),
            (rejections.ADVANCE_NOT_OWED, checks.is_advance_owed),
        ),
        process=transitions.process_replace_order,
    ),
    Message(
        name="record_outside_payment",
        number="50",
        arguments=RecordOutsidePayment,
        roles=("procurement.officer", "treasury.payer"),
        minimum_signers=1,
        maximum_signers=2,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_outside_signers_sign),
            (common.WRONG_STATE, checks.is_outside_state_fit),
            (common.DOCUMENT_UNFIT, checks.are_outside_documents_fit),
            (rejections.CONTRACT_NEVER_SIGNED, checks.was_contract_signed),
            (rejections.STATEMENT_UNFIT, checks.is_outside_statement_fit),
            (rejections.ORDER_HERE, checks.is_ordered_nowhere),
        ),
        process=transitions.process_record_outside_payment,
        documents=("document", "statement"),
    ),
)
