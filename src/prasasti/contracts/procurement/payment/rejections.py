"""Numbered refusals of payment. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

ADVANCE_TOO_LARGE = Rejection("procurement.32.1", "the advance is nothing, not payable, or above its maximum")
ADVANCE_NOT_GUARANTEED = Rejection("procurement.32.2", "no advance guarantee in force covers the advance")
ADVANCE_TAKEN = Rejection("procurement.32.3", "an advance was taken before, or a certificate is there already")
ADVANCE_TAXES_WRONG = Rejection("procurement.32.4", "the taxes of the advance are not those of its kind and amount, or more than it")
ADVANCE_NOT_BORNE = Rejection("procurement.32.5", "the budget lines of this year do not bear the advance")
LINE_NOT_MATCHED = Rejection("procurement.36.1", "order, line, outcome, amount and account do not go together")
ENTRY_KNOWN = Rejection("procurement.36.2", "the entry of the statement is known already")
PAYER_INVOLVED = Rejection("procurement.36.3", "who reports the payment brought the order about, or approved it")
NOTHING_UNPAID = Rejection("procurement.37.1", "no line of the order was rejected or returned")
OTHER_LINES = Rejection("procurement.37.2", "a line was not rejected or returned, or is paid by another order")
ACCOUNT_NOT_VERIFIED = Rejection("procurement.37.3", "the account is not the payee's, or the treasury has not verified it")
ADVANCE_NOT_OWED = Rejection("procurement.37.4", "the advance and what is certified would be more than the price, or its contract is over")
CONTRACT_NEVER_SIGNED = Rejection("procurement.50.1", "the contract was never signed here")
STATEMENT_UNFIT = Rejection("procurement.50.2", "the entry counts already, its amount does not count, or it is another's explanation")
ORDER_HERE = Rejection("procurement.50.3", "an order here asks for this payment")
