"""Accounts that payees named, and who verified them. No number stands here: an account is a commitment, SHA-256 of a secret and it."""

from __future__ import annotations

from prasasti.contracts.treasury.records import AccountRecord, VerificationRecord, account_key, verification_key
from prasasti.core.contract import View


def find_account(view: View, organisation: str) -> AccountRecord | None:
    """The account that an organisation named last."""
    return view.get(account_key(organisation), AccountRecord)


def find_verified(view: View, organisation: str, treasury: str) -> AccountRecord | None:
    """An organisation's account, if a treasury verified it since it was named last."""
    record = find_account(view, organisation)
    verified = view.get(verification_key(organisation, treasury), VerificationRecord)
    return record if record is not None and verified is not None and verified.account == record.account else None


def is_verified(view: View, organisation: str, treasury: str, account: str) -> bool:
    """Whether an account is an organisation's latest, and a treasury verified it."""
    record = find_verified(view, organisation, treasury)
    return record is not None and record.account == account
