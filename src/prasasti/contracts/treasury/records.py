"""Records of ``treasury`` and the keys they stand under.

Amounts are decimal strings of minor units, since JSON's integers end at 2^53−1. ``committed`` includes what is paid.

An account is known by a commitment, the SHA-256 of a secret and its number: the number stands nowhere on the ledger.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final, Literal

from msgspec import Struct

from prasasti.contracts.people import Person
from prasasti.core.types import Amount, Document, SignedAmount, parse_amount

LIST_NAME = "budget"
# Lists of an organisation: its orders, as the treasury that pays them; its open items, whatever became of them.
ORDERS, ITEMS = "orders", "items"
# What the code of a line is that is no tax.
NET = "net"

# States of an order's line. ``withheld``: a tax that the treasury keeps at source. ``replaced``: another order pays it.
RAISED, SENT, PAID, WITHHELD, REJECTED, RETURNED, REPLACED = (
    "raised", "sent", "paid", "withheld", "rejected", "returned", "replaced",
)  # fmt: skip
# States of an order. Settled: every line is paid, withheld or replaced.
APPROVED, BATCHED, SETTLED = "approved", "batched", "settled"
# States of a batch.
MADE, PAUSED = "made", "paused"
# What an open item was resolved as, besides "" while it is open.
AS_ORDER, AS_OUTSIDE, AS_RECEIPT, AS_ERROR = "order", "outside", "receipt", "error"

LIVE: Final = "live"
RELEASED: Final = "released"
COMMITTED: Final = "committed"
ReservationState = Literal["live", "released", "committed"]


class BudgetLineRecord(Struct, frozen=True, omit_defaults=True):
    """``treasury/line/<line>``: a year's money for one purpose. ``number`` is its place in the list of the organisation that
    set it; ``unit`` is who spends it; ``carried_to`` is the line that took over its open commitments."""

    account: str
    amount_minor: Amount
    committed_minor: Amount
    currency: str
    line: str
    number: int
    organisation: str
    paid_minor: Amount
    programme: str
    reserved_minor: Amount
    unit: str
    year: int
    carried_to: str = ""

    @property
    def free_minor(self) -> int:
        """What is neither reserved nor committed; less than 0 where the budget was cut below its reservations."""
        return parse_amount(self.amount_minor) - parse_amount(self.reserved_minor) - parse_amount(self.committed_minor)

    @property
    def open_minor(self) -> int:
        """What is committed and not paid."""
        return parse_amount(self.committed_minor) - parse_amount(self.paid_minor)


class ReservedAmount(Struct, frozen=True):
    """What a reservation still holds of a line: more than 0."""

    amount_minor: Amount
    line: str


class ReservationRecord(Struct, frozen=True):
    """``treasury/reservation/<id>``: live while it holds anything; then released or committed. ``amounts`` by line."""

    amounts: list[ReservedAmount]
    state: ReservationState


class CommittedAmount(Struct, frozen=True):
    """What a commitment binds of the line that it was made on, paid or not; ``ordered`` is what orders take of it so far."""

    committed_minor: Amount
    line: str
    ordered_minor: Amount = "0"


class CommitmentRecord(Struct, frozen=True):
    """``treasury/commitment/<id>``: what a contract binds, by line; ``reservation`` ("" for none) is what it came from."""

    amounts: list[CommittedAmount]
    reservation: str


class AccountRecord(Struct, frozen=True):
    """``treasury/account/<organisation>``: the account that an organisation named last.

    ``changed`` is when another account stood here before; 0 for the first.
    """

    account: str
    changed: int
    named: int
    named_by: Person


class VerificationRecord(Struct, frozen=True):
    """``treasury/verification/<digest of organisation and treasury>``: the account of a payee that a treasury verified last. Each
    treasury pays to what its own payers verified."""

    account: str
    organisation: str
    treasury: str
    verified: int
    verified_by: Person


class OrderYear(Struct, frozen=True):
    """What an order takes of a budget line, and what of that is paid. Together they are the lines that no other order replaces.

    What is paid lies on the line that paid it; for the rest ``budgets.find_bearing_line`` says who bears it now."""

    amount_minor: Amount
    line: str
    paid_minor: Amount


class OrderLine(Struct, frozen=True, omit_defaults=True):
    """A payee's part of an order, or a tax withheld from it: ``rate_bp`` of ``base``. ``account`` is the one that it was approved for.

    ``entry`` and ``bank`` name the statement's entry that settled it; the rest are the numbers of the state's books.
    """

    amount_minor: Amount
    base_minor: Amount
    code: str
    payee: str
    rate_bp: int
    state: str
    account: str = ""
    bank: str = ""
    entry: str = ""
    ntpn: str = ""
    reason: str = ""
    sp2d: str = ""
    spm: str = ""
    spp: str = ""
    value_date: int = 0


class OrderRecord(Struct, frozen=True):
    """``treasury/order/<order>``: what a contract ordered to be paid, and where that stands.

    ``cause`` is what for (a certificate's id, ``advance``, ``retention``), ``subject`` the contract, ``commitment`` what it draws on,
    ``treasury`` the organisation that set its budget lines and pays it. Its lines are numbered from 0. ``raised_by`` are those who
    brought it about: none of them approves or pays it. ``replaces`` is the order whose lines it pays, ``batch`` its latest, "" without.
    """

    approved_by: list[Person]
    batch: str
    cause: str
    commitment: str
    currency: str
    lines: list[OrderLine]
    milestone: str
    number: int
    order: str
    raised: int
    raised_by: list[Person]
    replaces: str
    state: str
    subject: str
    treasury: str
    years: list[OrderYear]


class BatchRecord(Struct, frozen=True):
    """``treasury/batch/<batch>``: orders that are paid by one file, ``sum`` to banks; ``file`` is its SHA-256, "" before it is sent."""

    batch: str
    currency: str
    file: str
    made_by: Person
    orders: list[str]
    sent_by: Person | None
    state: str
    sum_minor: Amount
    treasury: str


class EntryRecord(Struct, frozen=True):
    """``treasury/entry/<digest of treasury, bank and entry>``: an entry of a statement that a treasury knows; ``order`` and ``line``
    (−1: none), ``item`` or ``matter`` say what it settled, opened or received. Nobody makes another treasury's entries known."""

    amount_minor: SignedAmount
    bank: str
    entry: str
    item: str
    line: int
    matter: str
    order: str
    statement: str


class ItemRecord(Struct, frozen=True):
    """``treasury/item/<item>``: an entry that nothing matched. ``resolved_as`` is "" while it is open; then ``order``, ``contract`` or
    ``matter`` say what it was. ``currency`` is "" where the statement names none."""

    account: str
    amount_minor: SignedAmount
    bank: str
    contract: str
    currency: str
    document: Document | None
    entry: str
    item: str
    matter: str
    number: int
    opened: int
    order: str
    reference: str
    resolved: int
    resolved_as: str
    statement: str
    treasury: str
    value_date: int


class DueRecord(Struct, frozen=True):
    """``treasury/due/<matter>``: what the state is owed for a matter (``guarantee:<id>``, ``advance:<contract>``,
    ``damages:<contract>``, ``return:<contract>``), and what came in."""

    amount_minor: Amount
    currency: str
    received_minor: Amount
    treasury: str


class ReferenceRecord(Struct, frozen=True):
    """``treasury/reference/<reference>``: which line of which order a payment's reference (EndToEndId) means."""

    line: int
    order: str


class ListedOrder(Struct, frozen=True):
    """Item of a treasury's list of orders."""

    order: str


class ListedItem(Struct, frozen=True):
    """Item of a treasury's list of open items."""

    item: str


class ListedLine(Struct, frozen=True):
    """Item of an organisation's list of budget lines."""

    line: str


def line_key(line: str) -> str:
    """Key of a BudgetLineRecord."""
    return f"treasury/line/{line}"


def reservation_key(reservation: str) -> str:
    """Key of a ReservationRecord."""
    return f"treasury/reservation/{reservation}"


def commitment_key(commitment: str) -> str:
    """Key of a CommitmentRecord."""
    return f"treasury/commitment/{commitment}"


def account_key(organisation: str) -> str:
    """Key of an AccountRecord."""
    return f"treasury/account/{organisation}"


def verification_key(organisation: str, treasury: str) -> str:
    """Key of a VerificationRecord."""
    return "treasury/verification/" + _digest(organisation, treasury)


def order_key(order: str) -> str:
    """Key of an OrderRecord."""
    return f"treasury/order/{order}"


def batch_key(batch: str) -> str:
    """Key of a BatchRecord."""
    return f"treasury/batch/{batch}"


def entry_key(treasury: str, bank: str, entry: str) -> str:
    """Key of an EntryRecord; no part can hold a zero byte."""
    return "treasury/entry/" + _digest(treasury, bank, entry)


def item_key(item: str) -> str:
    """Key of an ItemRecord."""
    return f"treasury/item/{item}"


def due_key(matter: str) -> str:
    """Key of a DueRecord."""
    return f"treasury/due/{matter}"


def reference_key(reference: str) -> str:
    """Key of a ReferenceRecord."""
    return f"treasury/reference/{reference}"


def _digest(*parts: str) -> str:
    return sha256(b"\0".join(part.encode() for part in parts)).hexdigest()[:32]
