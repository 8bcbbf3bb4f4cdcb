"""Numbered refusals of accounts, approvals and batches (04 to 10). Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

SAME_ACCOUNT = Rejection("treasury.04.1", "the account is the one that the organisation named last")
NOT_NAMED = Rejection("treasury.05.1", "the account is not the one that the organisation named last")
NAMED_BY_SIGNER = Rejection("treasury.05.2", "the signer named the account")
VERIFIED_ALREADY = Rejection("treasury.05.3", "the treasury verified the account already")
NOT_AWAITING_APPROVAL = Rejection("treasury.06.1", "an order is not there, or does not await approval")
RAISED_BY_SIGNER = Rejection("treasury.06.2", "a signer brought one of the orders about, or put it into a batch or sent it")
ACCOUNT_NOT_VERIFIED = Rejection("treasury.06.3", "the treasury did not verify the account that a payee named last")
TWO_APPROVERS_NEEDED = Rejection("treasury.06.4", "one of the orders needs two approvers")
SUM_NOT_OF_ORDERS = Rejection("treasury.06.5", "the sum or the count is not that of the orders")
ORDERS_OF_CURRENCIES = Rejection("treasury.06.6", "the approved orders are in several currencies")
NOT_APPROVED = Rejection("treasury.07.1", "an order is not there, or nobody approved it")
IN_BATCH = Rejection("treasury.07.2", "an order is in a batch already")
SUM_NOT_OF_BATCH = Rejection("treasury.07.3", "the sum is not what the orders pay without the taxes withheld")
APPROVED_BY_PAYER = Rejection("treasury.07.4", "the signer brought one of the batch's orders about, or approved it")
BATCH_USED = Rejection("treasury.07.5", "the batch's id is used")
BATCH_OF_CURRENCIES = Rejection("treasury.07.6", "the batch's orders are in several currencies")
NOT_TO_PAUSE = Rejection("treasury.08.2", "the batch is paused or sent already")
NOT_PAUSED = Rejection("treasury.09.2", "the batch is not paused")
PAUSED_BATCH = Rejection("treasury.10.1", "the batch is paused")
OTHER_ACCOUNT = Rejection("treasury.10.2", "the account of a payee is not the one that was approved any more")
SENT_BY_APPROVER = Rejection("treasury.10.3", "the signer brought one of the orders in the batch about, or approved it")
SENT_ALREADY = Rejection("treasury.10.4", "the batch was sent already")
