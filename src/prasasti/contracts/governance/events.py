"""Events of ``governance``."""

from __future__ import annotations

from prasasti.core.types import Event


class DocumentWithheld(Event, frozen=True, tag="governance.document_withheld"):
    """The bytes of a document leave the published folder; its hash stays in the log."""

    sha256: str


class ClockAdvanced(Event, frozen=True, tag="governance.clock_advanced"):
    """A training ledger's clock moved forward; ``offset_seconds`` is the new total."""

    offset_seconds: int
