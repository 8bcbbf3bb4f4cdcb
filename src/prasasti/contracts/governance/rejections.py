"""Numbered refusals of ``governance``. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

LOST_IN_BLOCK = Rejection("governance.00.1", "a signer's key, role or standing was lost earlier in the block")
NOT_NAMED_BY_ORGANISATION = Rejection("governance.01.1", "no accepted entry of the officer's organisation names the document")
IS_TABLE = Rejection("governance.01.2", "the document is the table of a contract")
WITHHELD_ALREADY = Rejection("governance.01.3", "the document is withheld already")
SIGNERS_DO_NOT_PAIR = Rejection("governance.01.4", "the signers are not an officer and an auditor of another organisation")
NOT_TRAINING = Rejection("governance.02.1", "the ledger is no training ledger")
ADVANCE_OUT_OF_RANGE = Rejection("governance.02.2", "the clock advances by 1 to 34,560,000 seconds")
