"""Messages of accounts, approvals and batches (04 to 10): arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.people import Organisation
from prasasti.contracts.treasury import rejections as common
from prasasti.contracts.treasury.payment import checks, rejections, transitions
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Code, Count, HexHash, Identifier

# As many as one message carries with ids of any length.
MAX_ORDERS = 100
Orders = Annotated[list[Identifier], Meta(min_length=1, max_length=MAX_ORDERS)]
PAYEES = ("procurement.bidder", "procurement.contractor")
APPROVER, PAYER = "treasury.approver", "treasury.payer"


class NameAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """04: the commitment of the account that the signer's organisation is paid to."""

    account: HexHash


class VerifyAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """05: the account of an organisation that a treasury verified."""

    account: HexHash
    organisation: Organisation


class Approve(Struct, frozen=True, forbid_unknown_fields=True):
    """06: orders that may be paid; ``sum`` and ``count`` of them, taxes included, as the approver saw them."""

    count: Count
    orders: Orders
    sum: Amount


class MakeBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """07: orders that one file pays; ``sum`` of what goes to banks."""

    batch: Identifier
    orders: Orders
    sum: Amount


class PauseBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """08: a batch waits."""

    batch: Identifier
    reason: Code


class ResumeBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """09: a batch goes on."""

    batch: Identifier
    reason: Code


class SendBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """10: a batch goes to the bank as a file of that SHA-256."""

    batch: Identifier
    file: HexHash


PAYMENT_MESSAGES: tuple[Message, ...] = (
    Message(
        name="name_account",
        number="04",
        arguments=NameAccount,
        roles=PAYEES,
        conditions=((rejections.SAME_ACCOUNT, checks.is_account_another),),
        process=transitions.process_name_account,
    ),
    Message(
        name="verify_account",
        number="05",
        arguments=VerifyAccount,
        roles=(PAYER,),
        conditions=(
            (rejections.NOT_NAMED, checks.is_account_named),
            (rejections.NAMED_BY_SIGNER, checks.did_another_name_it),
            (rejections.VERIFIED_ALREADY, checks.is_account_unverified),
        ),
        process=transitions.process_verify_account,
    ),
    Message(
        name="approve",
        number="06",
        arguments=Approve,
        roles=(APPROVER,),
        maximum_signers=checks.MOST_APPROVERS,
        conditions=(
            (common.OTHER_TREASURY, checks.are_orders_own),
            (common.ORDERS_UNSORTED, checks.are_orders_ascending),
            (rejections.NOT_AWAITING_APPROVAL, checks.do_orders_await_approval),
            (rejections.RAISED_BY_SIGNER, checks.are_approvers_apart),
            (rejections.ACCOUNT_NOT_VERIFIED, checks.are_accounts_verified),
            (rejections.TWO_APPROVERS_NEEDED, checks.are_approvers_enough),
            (rejections.SUM_NOT_OF_ORDERS, checks.is_sum_of_orders),
            (rejections.ORDERS_OF_CURRENCIES, checks.are_orders_of_one_currency),
        ),
        process=transitions.process_approve,
    ),
    Message(
        name="make_batch",
        number="07",
        arguments=MakeBatch,
        roles=(PAYER,),
        conditions=(
            (common.OTHER_TREASURY, checks.are_orders_own),
            (common.ORDERS_UNSORTED, checks.are_orders_ascending),
            (rejections.NOT_APPROVED, checks.are_orders_approved),
            (rejections.IN_BATCH, checks.are_orders_unbatched),
            (rejections.SUM_NOT_OF_BATCH, checks.is_sum_of_batch),
            (rejections.APPROVED_BY_PAYER, checks.is_maker_apart),
            (rejections.BATCH_USED, checks.is_batch_new),
            (rejections.BATCH_OF_CURRENCIES, checks.are_orders_of_one_currency),
        ),
        process=transitions.process_make_batch,
    ),
    Message(
        name="pause_batch",
        number="08",
        arguments=PauseBatch,
        roles=(PAYER,),
        conditions=(
            (common.REASON_UNKNOWN, checks.is_reason_known),
            (common.UNKNOWN_BATCH, checks.is_batch_known),
            (common.OTHER_TREASURY, checks.is_batch_own),
            (rejections.NOT_TO_PAUSE, checks.is_batch_made),
        ),
        process=transitions.process_pause_batch,
    ),
    Message(
        name="resume_batch",
        number="09",
        arguments=ResumeBatch,
        roles=(PAYER,),
        conditions=(
            (common.REASON_UNKNOWN, checks.is_reason_known),
            (common.UNKNOWN_BATCH, checks.is_batch_known),
            (common.OTHER_TREASURY, checks.is_batch_own),
            (rejections.NOT_PAUSED, checks.is_batch_paused),
        ),
        process=transitions.process_resume_batch,
    ),
    Message(
        name="send_batch",
        number="10",
        arguments=SendBatch,
        roles=(PAYER,),
        conditions=(
            (common.UNKNOWN_BATCH, checks.is_batch_known),
            (common.OTHER_TREASURY, checks.is_batch_own),
            (rejections.PAUSED_BATCH, checks.is_batch_not_paused),
            (rejections.OTHER_ACCOUNT, checks.are_accounts_as_approved),
            (rejections.SENT_BY_APPROVER, checks.is_sender_apart),
            (rejections.SENT_ALREADY, checks.is_batch_unsent),
        ),
        process=transitions.process_send_batch,
    ),
)
