"""Bounded types that messages and records of native processes are made of (procurement-messages: Types).

Owns forms, not rules: what a value may be for its own sake. Ids of objects have no colon, so that two of them joined by
one stay unambiguous, and are short enough that the key of a deadline stays an identifier.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.people import Organisation, Person
from prasasti.core.storage_receipts import StorageReceipt
from prasasti.core.types import Amount, Code, Document, HexHash, Identifier, is_within_bytes

MAX_TITLE_BYTES = 200
MAX_LOTS = 20
MAX_ITEMS = 200
MAX_SEATS = 15
MAX_TRUSTEES = 16
MAX_YEARS = 10

Quantity = Annotated[str, Meta(pattern=r"\A[1-9][0-9]{0,14}\Z")]
BasisPoints = Annotated[int, Meta(ge=0, le=10_000)]
Days = Annotated[int, Meta(ge=1, le=36_525)]
PlanId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,48}\Z")]
ProcessId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,64}\Z")]
LotId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,24}\Z")]
ObjectId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,64}\Z")]
Title = Annotated[str, Meta(min_length=1, max_length=MAX_TITLE_BYTES)]


class BudgetPart(Struct, frozen=True, forbid_unknown_fields=True):
    """Money of one budget line, minor units of the process's currency."""

    amount: Amount
    line: ObjectId


class Trustee(Struct, frozen=True, forbid_unknown_fields=True):
    """Who helps to open what is sealed; ``key_id`` names the key that the round is pinned to."""

    key_id: Identifier
    organisation: Organisation


class Item(Struct, frozen=True, forbid_unknown_fields=True, rename={"classification": "class"}):
    """What is bought; ``quantity`` in thousandths of ``unit``, ``class`` a code of ``scheme`` (UNSPSC, KBKI)."""

    classification: Code
    id: LotId
    quantity: Quantity
    scheme: Code
    title: Title
    unit: Code


class MilestoneShare(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a contract to come: its share of the price, and how many days after signing it is due."""

    days: Days
    id: LotId
    share_bp: BasisPoints
    title: Title


class LotTerms(Struct, frozen=True, forbid_unknown_fields=True):
    """A lot as published. ``ceiling`` (pagu) is reserved, one part a year; ``estimate`` (HPS) is the buyer's own price."""

    ceiling: Annotated[list[BudgetPart], Meta(min_length=1, max_length=MAX_YEARS)]
    estimate: Amount
    items: Annotated[list[Item], Meta(min_length=1, max_length=MAX_ITEMS)]
    lot: LotId
    milestones: Annotated[list[MilestoneShare], Meta(min_length=1, max_length=50)]
    reserved: bool
    title: Title


class Requirement(Struct, frozen=True, forbid_unknown_fields=True):
    """What a proposal must meet; ``stage`` is qualification, technical or financial."""

    id: LotId
    stage: Code
    title: Title


class Criterion(Struct, frozen=True, forbid_unknown_fields=True):
    """What is scored, with its weight among the technical ones."""

    id: LotId
    title: Title
    weight_bp: BasisPoints


class ContractTerms(Struct, frozen=True, forbid_unknown_fields=True):
    """Structured terms of the contract to come (procurement-lifecycle: Money)."""

    advance_bp: BasisPoints
    amounts: Code
    bid_bp: BasisPoints
    damages_cap_bp: BasisPoints
    damages_on: Code
    defects_days: Annotated[int, Meta(ge=0, le=3_650)]
    performance_bp: BasisPoints
    recovery_span_bp: BasisPoints
    recovery_start_bp: BasisPoints
    retention: Code
    retention_bp: BasisPoints


class TitledDocument(Struct, frozen=True, forbid_unknown_fields=True):
    """A document and what it is."""

    document: Document
    title: Title


class NamedSeats(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to sit where, as published."""

    alternates: Annotated[list[Person], Meta(max_length=MAX_SEATS)]
    certifier: Person
    committee: Annotated[list[Person], Meta(min_length=1, max_length=MAX_SEATS)]
    inspector: Person
    officer: Person
    witness: Person | None = None


class Related(Struct, frozen=True, forbid_unknown_fields=True):
    """An earlier process that this one follows: ``unsuccessful`` or ``replacement``."""

    process: ProcessId
    relation: Code


class SealedFile(Struct, frozen=True, forbid_unknown_fields=True):
    """An encrypted file beside a sealed proposal; hash and size, in bytes, of the encrypted bytes."""

    receipts: Annotated[list[StorageReceipt], Meta(max_length=4)]
    sha256: HexHash
    size: Annotated[int, Meta(ge=1, le=2**40)]


class TaxLine(Struct, frozen=True, forbid_unknown_fields=True):
    """A tax withheld from a payment: ``rate_bp`` of ``base``, minor units; ``reason`` where the rate is another than the State's."""

    amount: Amount
    base: Amount
    code: Code
    rate_bp: BasisPoints
    reason: Code | None = None


class ConsortiumMember(Struct, frozen=True, forbid_unknown_fields=True):
    """A member of a bidding consortium, with its share of the work."""

    organisation: Organisation
    share_bp: BasisPoints


def require_titles(*titles: str) -> None:
    """ValueError where a title takes more than 200 bytes."""
    for title in titles:
        if not is_within_bytes(title, MAX_TITLE_BYTES):
            raise ValueError(f"a title takes 1 to {MAX_TITLE_BYTES} bytes")


