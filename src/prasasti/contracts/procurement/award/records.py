"""Records of awards, complaints and appeals."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.procurement.process import digest, lot_name
from prasasti.core.types import Document

PENDING, ACTIVE, CANCELLED = "pending", "active", "cancelled"
# What became of a complaint, or an appeal.
FILED, INADMISSIBLE, UPHELD, REJECTED, MOOT = "filed", "inadmissible", "upheld", "rejected", "moot"
# What an upheld complaint brings about (22, 24).
NEXT, REEVALUATE, RESUBMIT, RETENDER = "next", "reevaluate", "resubmit", "retender"


class AwardRecord(Struct, frozen=True):
    """An award. ``standstill_ends`` and ``signing_ends`` are 0 where there is none; ``contract`` is "" before its draft.

    ``refused`` is the reason for which the officer refused it, "" where not; until ``refusal_ends`` the authority decides that,
    0: nothing is to be decided.
    """

    activated: int
    award: str
    bidder: str
    contract: str
    notified: int
    price: str
    ranking: int
    reasons: Document
    refusal_ends: int
    refused: str
    signing_ends: int
    standstill_ends: int
    state: str
    valid_until: int


class ComplaintRecord(Struct, frozen=True):
    """A bidder's complaint and what became of it; its appeal, "" without.

    ``answer`` is the committee's, None before it and where its silence was the answer; ``answered`` is 0 then. Until
    ``window_ends`` an appeal may follow, 0: none may.
    """

    answer: Document | None
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


class ComplainantRecord(Struct, frozen=True):
    """How often a bidder complained about a lot."""

    complaints: int


class AppealRecord(Struct, frozen=True):
    """An appeal against an answer; ``bond`` names a guarantee, "" where none is asked. ``answer`` is the reviewer's, None after
    silence."""

    answer: Document | None
    bond: str
    complaint: str
    decided: int
    document: Document
    due: int
    filed: int
    outcome: str
    remedy: str


class BondRecord(Struct, frozen=True):
    """For which appeal a guarantee stands: for one alone."""

    appeal: str
    process: str


class MattersRecord(Struct, frozen=True):
    """Of a lot: how many appeals are open, and how many of its complaints, the first so many, a remedy or a cancellation ended."""

    appeals: int
    ended: int


class ListedComplaint(Struct, frozen=True):
    """Item of a lot's list of complaints."""

    complaint: str


def award_key(process: str, lot: str, award: str) -> str:
    """Key of an AwardRecord; all of a lot share a home."""
    return f"procurement/award/{lot_name(process, lot)}/{award}"


def complaint_key(process: str, complaint: str) -> str:
    """Key of a ComplaintRecord; each has a home of its own, since a lot may have a thousand bidders."""
    return f"procurement/complaint/{process}:{complaint}"


def complainant_key(process: str, lot: str, bidder: str) -> str:
    """Key of a ComplainantRecord."""
    return f"procurement/complainant/{digest(process, lot, bidder)}"


def appeal_key(process: str, appeal: str) -> str:
    """Key of an AppealRecord."""
    return f"procurement/appeal/{process}:{appeal}"


def bond_key(guarantee: str) -> str:
    """Key of a BondRecord."""
    return f"procurement/bond/{guarantee}"


def matters_key(process: str, lot: str) -> str:
    """Key of a MattersRecord."""
    return f"procurement/matters/{lot_name(process, lot)}"


def complaints_of(process: str, lot: str) -> str:
    """Identifier of a lot's list of complaints, ``procurement/complaints/<this>``."""
    return lot_name(process, lot)
