"""Numbered refusals of statements, open items and receipts (11 to 13). Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

NOT_BALANCED = Rejection("treasury.11.1", "the opening balance and the entries do not add up to the closing balance")
PERIOD_WRONG = Rejection("treasury.11.2", "the statement's period ends before it begins, or is not over")
ENTRY_TWICE = Rejection("treasury.11.3", "an entry is named twice in the statement")
NOT_OPEN = Rejection("treasury.12.1", "there is no such open item")
AMOUNTS_DIFFER = Rejection("treasury.12.2", "the item's amount is not what it is resolved as")
SIGNERS_NOT_APART = Rejection("treasury.12.3", "the signers are not a payer and an approver of the treasury, two people")
NOT_NAMED = Rejection("treasury.12.4", "what the item is resolved as is not named, or more than it")
RESOLVED_BY_RAISER = Rejection("treasury.12.5", "a signer brought the order about, or the payer approved it")
ENTRY_KNOWN = Rejection("treasury.13.1", "the entry is known already")
MORE_THAN_DUE = Rejection("treasury.13.2", "the amount is nothing, or more than what is still due for the matter")
MATTER_NOT_NAMED = Rejection("treasury.13.3", "the matter is not named by its guarantee or by its contract, whichever it has")
