"""Records of ``treasury`` and the keys they stand under.

Amounts are decimal strings of minor units, since JSON's integers end at 2^53−1. ``committed`` includes what is paid.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from prasasti.core.types import Amount, parse_amount

LIST_NAME = "budget"

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
    """What a commitment binds of the line that it was made on, paid or not."""

    committed_minor: Amount
    line: str


class CommitmentRecord(Struct, frozen=True):
    """``treasury/commitment/<id>``: what a contract binds, by line; ``reservation`` ("" for none) is what it came from."""

    amounts: list[CommittedAmount]
    reservation: str


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
