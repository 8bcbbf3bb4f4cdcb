"""Messages of statements, open items and receipts (11 to 13): arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.identity.conditions import is_document_accepted
from prasasti.contracts.people import Organisation
from prasasti.contracts.treasury import rejections as common
from prasasti.contracts.treasury.statement import checks, rejections, transitions
from prasasti.contracts.treasury.statement.shapes import StatementEntry
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Currency, Document, Identifier, Instant, SignedAmount

# A longer statement comes in consecutive messages, each with the balances before and after its entries.
MAX_ENTRIES = 100


class RecordStatement(Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """11: what a bank says of a treasury's account, or a part of it; ``currency`` where the statement names one."""

    bank: Organisation
    closing: SignedAmount
    entries: Annotated[list[StatementEntry], Meta(max_length=MAX_ENTRIES)]
    start: Instant
    opening: SignedAmount
    statement: Document
    to: Instant
    currency: Currency | None = None


class ResolveItem(Struct, frozen=True, forbid_unknown_fields=True, rename={"resolve_as": "as"}):
    """12: what an entry was that nothing matched."""

    resolve_as: Literal["order", "outside", "receipt", "error"]
    document: Document
    item: Identifier
    contract: Identifier | None = None
    guarantee: Identifier | None = None
    order: Identifier | None = None


class RecordReceipt(Struct, frozen=True, forbid_unknown_fields=True, rename={"matter": "for"}):
    """13: money came in that somebody owed; ``bank`` where its statement has the entry, else the treasury's own books have it."""

    amount: Amount
    entry: Identifier
    matter: Literal["guarantee", "advance", "damages", "return"]
    statement: Document
    bank: Organisation | None = None
    contract: Identifier | None = None
    guarantee: Identifier | None = None


STATEMENT_MESSAGES: tuple[Message, ...] = (
    Message(
        name="record_statement",
        number="11",
        arguments=RecordStatement,
        roles=(checks.PAYER,),
        conditions=(
            (common.DOCUMENT_NOT_ACCEPTED, checks.is_statement_readable),
            (rejections.NOT_BALANCED, checks.is_statement_balanced),
            (rejections.PERIOD_WRONG, checks.is_period_over),
            (rejections.ENTRY_TWICE, checks.are_entries_distinct),
        ),
        process=transitions.process_record_statement,
        documents=("statement",),
    ),
    Message(
        name="resolve_item",
        number="12",
        arguments=ResolveItem,
        roles=(checks.PAYER, checks.APPROVER),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (common.DOCUMENT_NOT_ACCEPTED, is_document_accepted),
            (common.OTHER_TREASURY, checks.is_item_own),
            (rejections.NOT_OPEN, checks.is_item_open),
            (rejections.AMOUNTS_DIFFER, checks.do_amounts_fit),
            (rejections.SIGNERS_NOT_APART, checks.do_payer_and_approver_sign),
            (rejections.NOT_NAMED, checks.is_meaning_named),
            (rejections.RESOLVED_BY_RAISER, checks.are_resolvers_apart),
        ),
        process=transitions.process_resolve_item,
        documents=("document",),
    ),
    Message(
        name="record_receipt",
        number="13",
        arguments=RecordReceipt,
        roles=(checks.PAYER,),
        conditions=(
            (common.DOCUMENT_NOT_ACCEPTED, checks.is_statement_readable),
            (common.OTHER_TREASURY, checks.is_due_own),
            (rejections.ENTRY_KNOWN, checks.is_receipt_new),
            (rejections.MORE_THAN_DUE, checks.is_receipt_due),
            (rejections.MATTER_NOT_NAMED, checks.is_matter_named),
        ),
        process=transitions.process_record_receipt,
        documents=("statement",),
    ),
)
