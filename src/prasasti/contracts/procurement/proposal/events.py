"""Events of proposals and envelopes."""

from __future__ import annotations

from prasasti.core.types import Document, Event


class Sealed(Event, frozen=True, tag="procurement.sealed"):
    """An envelope was accepted: a proposal's or a score sheet's. ``number``: the bidder's place in the lot's list."""

    envelope: str
    lot: str
    number: int
    process: str
    slot: str


class SealedWithdrawn(Event, frozen=True, tag="procurement.sealed_withdrawn"):
    """A slot of a proposal is empty again; its envelope will never be opened."""

    lot: str
    process: str
    slot: str


class LotClosed(Event, frozen=True, tag="procurement.lot_closed"):
    """The deadline passed: so many envelopes are due for opening, the lot's bidders being so many."""

    bids: int
    due: int
    lot: str
    process: str


class OpeningBegun(Event, frozen=True, tag="procurement.opening_begun"):
    """Trustees may share: the lot's envelopes in a slot are due, so many."""

    due: int
    lot: str
    process: str
    slot: str


class EnvelopesOpened(Event, frozen=True, tag="procurement.envelopes_opened"):
    """Envelopes of a lot were opened, or ``malformed``: their sealers' fault, the same for all. What each held is in the document."""

    document: Document
    lot: str
    malformed: int
    opened: int
    process: str


class LotOpened(Event, frozen=True, tag="procurement.lot_opened"):
    """Every due envelope of a lot was read: evaluation begins, with so many proposals still in. Whom tags or the buyer's own price
    put out with it, ``excluded`` counts: each stands with its reason in the document of what was opened."""

    excluded: int
    live: int
    lot: str
    process: str
    slot: str


class FileMissing(Event, frozen=True, tag="procurement.file_missing"):
    """A file is not to be had from those who promised to keep it, who are named; the lot is suspended, and fails where nobody
    delivers until the grace ends."""

    envelope: str
    grace_ends: int
    lot: str
    process: str
    sha256: str
    stores: list[str]


class FileFound(Event, frozen=True, tag="procurement.file_found"):
    """A missing file was had after all; so many of the lot still are missing."""

    envelope: str
    lot: str
    missing: int
    process: str
    sha256: str


class KeyDestroyed(Event, frozen=True, tag="procurement.key_destroyed"):
    """A trustee confirmed that a key is destroyed."""

    key_id: str
    organisation: str


class KeyDestructionOverdue(Event, frozen=True, tag="procurement.key_destruction_overdue"):
    """A trustee is late to confirm that a key is destroyed; ``key`` is its short name, the end of its record's key."""

    key: str
    organisation: str
