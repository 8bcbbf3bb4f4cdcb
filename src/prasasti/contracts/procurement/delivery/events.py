"""Events of delivery. Amounts are minor units, times seconds UTC."""

from __future__ import annotations

from prasasti.core.types import Event


class EvidenceSubmitted(Event, frozen=True, tag="procurement.evidence_submitted"):
    """A part of a milestone awaits its inspection, due at a time."""

    contract: str
    inspection_due: int
    milestone: str
    part: int


class MilestoneInspected(Event, frozen=True, tag="procurement.milestone_inspected"):
    """So much of a milestone was accepted; ``rest`` is open to further evidence. The second witness has until a time, 0: none is
    asked."""

    accepted: str
    contract: str
    milestone: str
    outcome: str
    part: int
    rest: str
    witness_due: int


class MilestoneWitnessed(Event, frozen=True, tag="procurement.milestone_witnessed"):
    """The second witness confirmed what was accepted, doubts it, or withdrew the doubt."""

    contract: str
    finding: str
    milestone: str
    part: int


class DoubtLifted(Event, frozen=True, tag="procurement.doubt_lifted"):
    """The authority and an auditor lifted a doubt."""

    contract: str
    milestone: str
    number: int


class InvoiceFiled(Event, frozen=True, tag="procurement.invoice_filed"):
    """The contractor asks for what was accepted; the certificate is due at a time."""

    certification_due: int
    contract: str
    gross: str
    invoice: str
    milestone: str
    part: int


class MilestoneCertified(Event, frozen=True, tag="procurement.milestone_certified"):
    """A part was certified, and ``order`` raised for it, "" where nothing is left to pay. ``recovery`` may be less than 0."""

    certificate: str
    contract: str
    damages: str
    gross: str
    milestone: str
    order: str
    part: int
    recovery: str
    retention: str
