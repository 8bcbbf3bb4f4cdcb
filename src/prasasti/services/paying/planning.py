"""Messages that a file of a bank or of the state's books becomes, before anybody signs: what, about what, by which document.

Owns what a text from outside must not carry onto the ledger: numbers of accounts, what looks like personal data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from prasasti.services.paying.accounts import Accounts, KeptAccount, compute_unknown
from prasasti.services.personal_data import find_personal_data

_identifier = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
# Digits as long as an account's, whoever has it.
_numberlike = re.compile(r"[0-9]{9,}", re.ASCII)
UNKNOWN_PREFIX: Final = "h."


class PlannedMessage(NamedTuple):
    """A message but for its document, which is stored once somebody signs; ``field`` is where its hash goes."""

    action: str
    arguments: Mapping[str, Any]
    field: str
    document: bytes
    media_type: str


class Note(NamedTuple):
    """Something that people should know and that becomes no message: a key of words, and facts."""

    key: str
    facts: Mapping[str, Any]


class Plan(NamedTuple):
    """What a file becomes: messages in order, notes, and how much of it the ledger knows already."""

    messages: list[PlannedMessage]
    notes: list[Note]
    known: int


def protect(text: str, accounts: Accounts, own: KeptAccount) -> str:
    """A text of a bank's as it may stand on the ledger: itself if it is an id there and shows no number; else what only the treasury
    can tell it by."""
    is_plain = _identifier.fullmatch(text) and not _numberlike.search(text) and not accounts.holds_number_in(text.upper())
    if is_plain and not list(find_personal_data({"text": text})):
        return text
    return UNKNOWN_PREFIX + compute_unknown(own, text)[:32]
