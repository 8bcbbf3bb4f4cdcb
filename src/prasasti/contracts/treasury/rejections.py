"""Numbered refusals of ``treasury``. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

LOST_IN_BLOCK = Rejection("treasury.00.1", "a signer's key, role or standing was lost earlier in the block")
WRONG_STATE = Rejection("treasury.00.2", "a budget line was carried over already")
UNKNOWN_LINE = Rejection("treasury.00.3", "there is no such budget line")
DOCUMENT_NOT_ACCEPTED = Rejection("treasury.00.5", "the document is neither JSON, PDF nor text, or has more than 8 MiB")
REASON_UNKNOWN = Rejection("treasury.00.6", "the reason is not one of the codes")
UNKNOWN_BATCH = Rejection("treasury.00.7", "there is no such batch")
OTHER_TREASURY = Rejection("treasury.00.8", "another organisation's treasury has the order, the batch, the item or the due")
ORDERS_UNSORTED = Rejection("treasury.00.9", "the orders are not in ascending order, each once")
LINE_USED = Rejection("treasury.01.1", "the budget line's id is used")
BUDGET_EMPTY = Rejection("treasury.01.2", "the budget is nothing")
NO_TREASURY = Rejection("treasury.01.3", "the organisation is none that sets budgets")
NOT_OF_CHART = Rejection("treasury.01.4", "the account is no code of the chart of accounts")
BELOW_COMMITMENTS = Rejection("treasury.02.1", "the budget would be less than what is committed of it")
FOREIGN_LINE = Rejection("treasury.02.2", "another organisation set the budget line")
NOT_NEXT_YEAR = Rejection("treasury.03.1", "the other line is not of the next year")
MORE_THAN_LEFT = Rejection("treasury.03.2", "the amount is more than what is free and what is committed and not paid")
OTHER_CURRENCY = Rejection("treasury.03.3", "the lines have different currencies")
COMMITMENTS_NOT_BORNE = Rejection("treasury.03.4", "the other line, with the amount, cannot bear the commitments that move with it")
FOREIGN_LINES = Rejection("treasury.03.5", "another organisation set one of the budget lines")
BUDGET_TOO_LARGE = Rejection("treasury.03.6", "the other line's budget would leave the range of an amount")
