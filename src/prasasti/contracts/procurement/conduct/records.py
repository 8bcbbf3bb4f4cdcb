"""Records of violations and debarments."""

from __future__ import annotations

from msgspec import Struct

from prasasti.core.types import Document

IN_FORCE, EXPIRED, LIFTED = "in_force", "expired", "lifted"


class ViolationRecord(Struct, frozen=True):
    """A violation that an organisation is said to have committed; it may reply until ``reply_due``.

    ``buyer`` is whose authority decides on it, "" for any; ``debarment`` what it decided, "" before; ``reply`` and ``replied`` what
    the organisation said and when, None and 0 before.
    """

    buyer: str
    contract: str
    debarment: str
    document: Document
    ground: str
    notified: int
    organisation: str
    process: str
    replied: int
    reply: Document | None
    reply_due: int


class DebarmentRecord(Struct, frozen=True):
    """An organisation is kept from contracts until a time, for all buyers; ``authority`` is the organisation that decided it."""

    authority: str
    document: Document
    ground: str
    organisation: str
    since: int
    state: str
    until: int
    violation: str


class DebarredRecord(Struct, frozen=True):
    """Which debarments are in force for an organisation, and until when the last of them is; 0 where none is."""

    debarments: list[str]
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
