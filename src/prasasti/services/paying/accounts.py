"""Accounts' numbers, in one private file; the ledger has commitments to them alone (contracts/treasury/RULES.md).

Owns the file and the commitment: SHA-256 over the secret's 32 bytes and the number's one form (capitals and digits, ASCII). Former
accounts stay in the file, since a payment that comes back names the one that it went to. A number is never shown whole.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from prasasti.integrations.iso20022.account_numbers import AccountProblem, is_bic, mask, read_number
from prasasti.services.submitting import DraftProblem

FILE_NAME: Final = "accounts.json"
SECRET_BYTES: Final = 32


class PayingProblem(DraftProblem):
    """Something that keeps a payment or a statement from going on: what, and what to do. It shows no account's number."""


class KeptAccount(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An account: its number in its one form, its bank (a BIC, or a national id), the secret of its commitment in hex.

    ``name`` is what the bank shows of the payee, the organisation's id where it is "".
    """

    account: Annotated[str, Meta(pattern=r"\A[A-Z0-9]{4,34}\Z")]
    bank: Annotated[str, Meta(pattern=r"\A[A-Z0-9]{0,35}\Z")]
    organisation: Annotated[str, Meta(min_length=1, max_length=128)]
    secret: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    # What XML cannot carry is no name.
    name: Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f\ufffe\uffff]{0,140}\Z")] = ""

    @property
    def commitment(self) -> str:
        """What the ledger knows of it, in hex."""
        return compute_commitment(bytes.fromhex(self.secret), self.account)

    @property
    def masked(self) -> str:
        """What people see of it."""
        return mask(self.account)


class Accounts:
    """The file's accounts, by commitment and by number. The last of an organisation is the one in use."""

    def __init__(self, kept: Iterable[KeptAccount]) -> None:
        self._kept = {each.commitment: each for each in kept}
        self._by_number = {each.account: each for each in self._kept.values()}

    def __iter__(self) -> Iterator[KeptAccount]:
        return iter(self._kept.values())

    def find(self, commitment: str) -> KeptAccount | None:
        """The account of a commitment."""
        return self._kept.get(commitment)

    def find_number(self, number: str) -> KeptAccount | None:
        """The account of a number, in its one form."""
        return self._by_number.get(number)

    def find_latest(self, organisation: str) -> KeptAccount | None:
        """The account that an organisation named last, as far as the file knows."""
        return next((each for each in reversed(self._kept.values()) if each.organisation == organisation), None)

    def require_own(self, treasury: str) -> KeptAccount:
        """A treasury's own account; PayingProblem."""
        own = self.find_latest(treasury)
        if own is None:
            raise PayingProblem(f"the file of accounts has none of {treasury}: keep it with 'prasasti treasury account own'")
        return own

    def holds_number_in(self, text: str) -> bool:
        """Whether a text shows a number of the file."""
        return any(each.account in text for each in self._kept.values())


def compute_commitment(secret: bytes, number: str) -> str:
    """The commitment to an account in hex: SHA-256 over the secret and the number's one form."""
    return sha256(secret + number.encode("ascii")).hexdigest()


def compute_unknown(own: KeptAccount, text: str) -> str:
    """What stands on the ledger, in hex, for a number or a reference that nobody there knows: only the treasury can tell what it was."""
    return hmac.new(bytes.fromhex(own.secret), text.encode(), sha256).hexdigest()


def make_account(organisation: str, number: str, bank: str, name: str = "") -> KeptAccount:
    """An account with a new secret; PayingProblem says what does not fit, not which number."""
    try:
        account = read_number(number)
    except AccountProblem as problem:
        raise PayingProblem(str(problem)) from problem
    bank = bank.strip().upper()
    if not bank.isascii() or not bank.isalnum() or len(bank) > 35:
        raise PayingProblem("the bank is a BIC, such as BMRIIDJA, or its national id: letters and digits")
    if len(bank) in (8, 11) and bank.isalpha() and not is_bic(bank):
        raise PayingProblem(f"{bank} has a BIC's length and not its form")
    made = KeptAccount(account, bank, organisation, secrets.token_bytes(SECRET_BYTES).hex(), name)
    try:
        return msgspec.convert(msgspec.to_builtins(made), KeptAccount)
    except msgspec.ValidationError as problem:
        raise PayingProblem("the name that the bank shows has at most 140 characters and no control characters") from problem


def decode_account(data: bytes) -> KeptAccount:
    """An account that a payee handed over; PayingProblem."""
    try:
        return msgspec.json.decode(data, type=KeptAccount)
    except msgspec.MsgspecError as problem:
        raise PayingProblem("this is no account as 'prasasti treasury account name --export' writes it") from problem


def encode_account(account: KeptAccount) -> bytes:
    """An account for the treasury that verifies it. It is secret: hand it over as you would the number."""
    return msgspec.json.format(msgspec.json.encode(account)) + b"\n"


def read_accounts(path: Path) -> Accounts:
    """The file's accounts; none where there is no file. PayingProblem where others may read it, or it is damaged."""
    if not path.exists():
        return Accounts(())
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PayingProblem(f"{path}: others may read it; run 'chmod 600' on it, and think about who has")
    try:
        return Accounts(msgspec.json.decode(path.read_bytes(), type=list[KeptAccount]))
    except msgspec.MsgspecError as problem:
        raise PayingProblem(f"{path}: no file of accounts; bring back its backup") from problem


def keep_account(path: Path, account: KeptAccount) -> None:
    """Add an account to the file, mode 0600. A crash leaves the file as it was, and beside it a ``.part`` that the next run overwrites."""
    kept = [each for each in read_accounts(path) if each.commitment != account.commitment]
    data = msgspec.json.format(msgspec.json.encode([*kept, account])) + b"\n"
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
