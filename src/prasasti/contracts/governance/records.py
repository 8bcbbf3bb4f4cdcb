"""Records of ``governance`` beyond those of genesis, and the keys they stand under."""

from __future__ import annotations

from msgspec import Struct

from prasasti.core.contract import View, Write
from prasasti.core.types import Document

CLOCK_KEY = "governance/clock/offset_seconds"


class ClockRecord(Struct, frozen=True):
    """How far a training ledger's time runs ahead of the engine's."""

    offset_seconds: int


class NamedDocumentRecord(Struct, frozen=True):
    """An accepted entry of the organisation named the document, first at ``since``."""

    since: int


class WithheldRecord(Struct, frozen=True):
    """The document is withheld since a time, on a legal basis."""

    legal_basis: str
    since: int


def named_document_key(sha256: str, organisation: str) -> str:
    """Key of a NamedDocumentRecord; all of a document share its home."""
    return f"governance/document/{sha256}/{organisation}"


def withheld_key(sha256: str) -> str:
    """Key of a WithheldRecord."""
    return f"governance/withheld/{sha256}"


def note_document(view: View, organisation: str, document: Document, time: int) -> tuple[Write, ...]:
    """Writes that remember which organisation recorded a document, so that it can have it withheld (DESIGN: Text)."""
    key = named_document_key(document.sha256, organisation)
    if view.get(key, NamedDocumentRecord) is not None:
        return ()
    return (Write(key, NamedDocumentRecord(time)),)
