"""Records of violations and debarments."""

from __future__ import annotations

from msgspec import Struct

from prasasti.core.types import Document

NOTIFIED, REPLIED, DEBARRED, CLOSED = "notified", "replied", "debarred", "closed"
IN_FORCE, EXPIRED, LIFTED = "in_force", "expired", "lifted"


class ViolationRecord(Struct, frozen=True):
    """A violation that an organisation is said to have committed; it may reply until ``reply_due``."""

    contract: str
    document: Document
    ground: str
    notified: int
    organisation: str
    process: str
    replied: int
    reply_due: int


class DebarmentRecord(Struct, frozen=True):
    """An organisation is kept from contracts until a time, for all buyers."""

    document: Document
    ground: str
    organisation: str
    since: int
    state: str
    until: int
    violation: str


class DebarredRecord(Struct, frozen=True):
    """Which debarment is in force for an organisation, and until when; "" and 0 where it was lifted."""

    debarment: str
    until: int


def violation_key(violation: str) -> str:
    """Key of a ViolationRecord."""
    return f"procurement/violation/{violation}"


def debarment_key(debarment: str) -> str:
    """Key of a DebarmentRecord."""
    return f"procurement/debarment/{debarment}"


def debarred_key(organisation: str) -> str:
    """Key of a DebarredRecord."""
    return f"procurement/debarred/{organisation}"
