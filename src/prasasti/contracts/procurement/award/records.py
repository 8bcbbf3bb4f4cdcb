"""Records of awards, complaints and appeals."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.procurement.process import lot_name
from prasasti.core.types import Document

PENDING, ACTIVE, CANCELLED, UNSUCCESSFUL = "pending", "active", "cancelled", "unsuccessful"
FILED, INADMISSIBLE, UPHELD, REJECTED, MOOT, WITHDRAWN = "filed", "inadmissible", "upheld", "rejected", "moot", "withdrawn"


class AwardRecord(Struct, frozen=True):
    """An award. ``standstill_ends`` and ``signing_ends`` are 0 where there is none; ``contract`` is "" before its draft."""

    activated: int
    award: str
    bidder: str
    contract: str
    notified: int
    price: str
    ranking: int
    reasons: Document
    refused: str
    signing_ends: int
    standstill_ends: int
    state: str
    valid_until: int


class ComplaintRecord(Struct, frozen=True):
    """A bidder's complaint and what became of it; its appeal, "" without."""

    answered: int
    appeal: str
    bidder: str
    document: Document
    due: int
    filed: int
    ground: str
    lot: str
    outcome: str
    remedy: str
    window_ends: int


class AppealRecord(Struct, frozen=True):
    """An appeal against an answer; ``bond`` names a guarantee, "" where none is asked."""

    bond: str
    complaint: str
    decided: int
    document: Document
    due: int
    filed: int
    outcome: str
    remedy: str


class ListedComplaint(Struct, frozen=True):
    """Item of a lot's list of complaints."""

    complaint: str


def award_key(process: str, lot: str, award: str) -> str:
    """Key of an AwardRecord; all of a lot share a home."""
    return f"procurement/award/{lot_name(process, lot)}/{award}"


def complaint_key(process: str, complaint: str) -> str:
    """Key of a ComplaintRecord; each has a home of its own, since a lot may have a thousand bidders."""
    return f"procurement/complaint/{process}:{complaint}"


def appeal_key(process: str, appeal: str) -> str:
    """Key of an AppealRecord."""
    return f"procurement/appeal/{process}:{appeal}"


def complaints_of(process: str, lot: str) -> str:
    """Identifier of a lot's list of complaints, ``procurement/complaints/<this>``."""
    return lot_name(process, lot)
