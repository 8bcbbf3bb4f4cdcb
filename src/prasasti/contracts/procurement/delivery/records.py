"""Records of a contract's life after its signatures: how far it is, its milestones, their parts, its certificates.

Amounts are decimal strings of minor units. What is paid stands in the treasury's orders, never here.
"""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.people import Person
from prasasti.contracts.procurement.shapes import TaxLine
from prasasti.core.types import Document

# Kinds of what an inspector says, and states of a part: evidence that awaits inspection, and what became of it.
SUBMITTED, REJECTED, ACCEPTED, INVOICED, CERTIFIED = "submitted", "rejected", "accepted", "invoiced", "certified"
ACCEPT, PART, REJECT = "accept", "part", "reject"
CONFIRM, DOUBT, WITHDRAW = "confirm", "doubt", "withdraw"


class ProgressRecord(Struct, frozen=True):
    """``procurement/contract/<contract>/progress``: sums over a contract's life.

    ``advance`` is what was taken in advance, ``advance_order`` its latest order; ``accepted`` what inspectors accepted, ``certified``
    what was certified of it; ``recovered``, ``retained`` what orders took of certified amounts for the advance and as retention;
    ``damages`` what delays cost, ``damages_taken`` what orders took of that; ``released`` what was ordered of the retention.
    ``orders`` counts the contract's orders, ``certificates`` its certificates, ``amendments`` its amendments. ``suspended`` is since
    when it is, 0 while it is not; ``suspended_seconds`` how long it was before: due dates move by it. ``outside`` is what was paid
    outside, ``unexplained`` how many of those payments nobody explained. Times are 0 where it has not happened.
    """

    accepted: str = "0"
    advance: str = "0"
    advance_order: str = ""
    amendments: int = 0
    certificates: int = 0
    certified: str = "0"
    damages: str = "0"
    damages_taken: str = "0"
    defects_until: int = 0
    ended: int = 0
    ended_ground: str = ""
    handed_over: int = 0
    notice_ground: str = ""
    notice_until: int = 0
    orders: int = 0
    outside: str = "0"
    recovered: str = "0"
    released: str = "0"
    retained: str = "0"
    suspended: int = 0
    suspended_seconds: int = 0
    unexplained: int = 0


class MilestoneRecord(Struct, frozen=True):
    """``procurement/milestone/<contract>:<milestone>``: how far a milestone is. Its amount and due date stand in the contract's terms.

    ``parts`` counts the evidence that was submitted, each the start of a part, numbered from 1; ``waiting`` is the part that awaits
    inspection, 0 for none; ``current`` are accepted parts that are not certified, in order: invoice, witness and certificate are of the
    first. ``quantities`` are the accepted ones by item, thousandths. ``doubt`` is the number of a doubt that holds it, 0 for none;
    ``doubts`` counts them.
    """

    accepted: str = "0"
    certified: str = "0"
    current: list[int] = []
    doubt: int = 0
    doubts: int = 0
    parts: int = 0
    quantities: list[tuple[str, str]] = []
    waiting: int = 0


class MilestonePartRecord(Struct, frozen=True):
    """``procurement/delivered/<contract>:<milestone>:<number>``: a part of a milestone, from its evidence to its certificate.

    ``submitted`` is when its evidence came, which ends delay; ``moved_seconds`` by how long suspensions had moved due dates then.
    ``inspected``, ``invoiced``, ``witnessed`` are when the rest happened, 0 before. ``inspection_due``, ``certification_due`` and
    ``witness_due`` are shown where they pass, the last lets 35 go on; 0 where nobody is asked, or not yet. ``certificate`` and
    ``invoice`` are "" before.
    """

    accepted: str
    certificate: str
    certification_due: int
    evidence: list[Document]
    inspected: int
    inspection: Document | None
    inspection_due: int
    inspector: Person | None
    invoice: str
    invoiced: int
    moved_seconds: int
    number: int
    reason: str
    state: str
    submitted: int
    witness_due: int
    witnessed: int


class DoubtRecord(Struct, frozen=True):
    """``procurement/doubt/<contract>:<milestone>:<number>``: what the second witness doubts of a part; lifted, 0 before, by the witness
    or by 11."""

    document: Document
    lifted: int
    lifted_by: str
    number: int
    part: int
    raised: int
    reason: str


class InvoiceRecord(Struct, frozen=True):
    """``procurement/invoice/<contract>:<invoice>``: what the contractor asks for a part, all of what was accepted."""

    document: Document
    filed: int
    gross: str
    invoice: str
    milestone: str
    part: int
    taxes: list[TaxLine]


class CertificateRecord(Struct, frozen=True):
    """``procurement/certificate/<contract>:<certificate>``: what of a part is due, and the order that it raised, "" for nothing.

    ``damages`` are what the order takes of all that delays cost, ``damages_new`` what this part's delay adds to that.
    """

    certificate: str
    certified_by: Person
    damages: str
    damages_new: str
    days: int
    document: Document
    gross: str
    milestone: str
    number: int
    order: str
    part: int
    recovery: str
    retention: str
    taxes: list[TaxLine]
    time: int


def progress_key(contract: str) -> str:
    """Key of a ProgressRecord; it shares the contract's home."""
    return f"procurement/contract/{contract}/progress"


def milestone_key(contract: str, milestone: str) -> str:
    """Key of a MilestoneRecord."""
    return f"procurement/milestone/{contract}:{milestone}"


def part_key(contract: str, milestone: str, number: int) -> str:
    """Key of a MilestonePartRecord; each has a home of its own, since nobody knows how often evidence is rejected."""
    return f"procurement/delivered/{contract}:{milestone}:{number}"


def doubt_key(contract: str, milestone: str, number: int) -> str:
    """Key of a DoubtRecord."""
    return f"procurement/doubt/{contract}:{milestone}:{number}"


def invoice_key(contract: str, invoice: str) -> str:
    """Key of an InvoiceRecord."""
    return f"procurement/invoice/{contract}:{invoice}"


def certificate_key(contract: str, certificate: str) -> str:
    """Key of a CertificateRecord."""
    return f"procurement/certificate/{contract}:{certificate}"
