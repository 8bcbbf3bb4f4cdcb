"""Records of contracts and guarantees."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.people import Person
from prasasti.contracts.procurement.shapes import ConsortiumMember, ContractTerms
from prasasti.core.types import Document

DRAFT, SIGNED, LAPSED = "draft", "active", "lapsed"
# After the signatures: handed over, in its defects period; completed by final acceptance; ended before that.
HANDED_OVER, COMPLETED, ENDED = "handed_over", "completed", "ended"
REGISTERED, RELEASED, CALLED = "registered", "released", "called"
BID, PERFORMANCE, ADVANCE, RETENTION, APPEAL = "bid", "performance", "advance", "retention", "appeal"


class YearPart(Struct, frozen=True, forbid_unknown_fields=True):
    """Money of a contract in one budget line."""

    amount: str
    line: str


class Signature(Struct, frozen=True):
    """A party's signature on a contract: who, for whom, when; with a PDF the hashes of its revision, certificate, report."""

    certificate: str
    organisation: str
    person: Person
    report: str
    revision: str
    time: int


class AgreementRecord(Struct, frozen=True):
    """A contract. ``draft`` is the id of the message that drafted it; prices in minor units.

    ``signing_ends`` is 0 where the award was not active yet when it was drafted: the award then says. A community's contract has
    no award, lot and process.
    """

    activated: int
    award: str
    buyer: str
    certifier: Person
    contract: str
    currency: str
    document: Document
    draft: str
    drafted: int
    first_price: str
    inspector: Person
    kind: str
    lot: str
    members: list[ConsortiumMember]
    officer: Person
    pdf: str
    plan: str
    price: str
    process: str
    signatures: list[Signature]
    signing_ends: int
    state: str
    supplier: str
    witness: Person | None
    years: list[YearPart]


class ContractMilestone(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a contract: what it is worth, minor units, when it is due, and which items belong to it."""

    amount: str
    due: int
    id: str
    items: list[tuple[str, str]]
    title: str


class AgreementTermsRecord(Struct, frozen=True):
    """Structured terms of a contract: milestones, bill of quantities (item, unit price), and the rest as published."""

    bill: list[tuple[str, str]]
    milestones: list[ContractMilestone]
    terms: ContractTerms


class GuaranteeRecord(Struct, frozen=True):
    """A guarantee for an obligation: ``start`` to ``until`` as its document says, ``since`` when it was registered. ``called`` is
    what was called of it, to be paid by ``due``, 0 before. One for a proposal names process and lot, another its contract.
    """

    amount: str
    beneficiary: str
    called: str
    contract: str
    document: Document
    due: int
    guarantor: str
    lot: str
    obligation: str
    principal: str
    process: str
    since: int
    start: int
    state: str
    until: int


class CoverRecord(Struct, frozen=True):
    """The latest guarantee of each obligation of a contract, "" without."""

    advance: str = ""
    performance: str = ""
    retention: str = ""


class GuarantorRecord(Struct, frozen=True):
    """A guarantor that did not pay what was called of ``guarantees`` in time, since when it may give no other until all of it came in."""

    guarantees: list[str]
    suspended: int


class CommunityRecord(Struct, frozen=True):
    """Which contract of a community takes up a plan line."""

    contract: str


class ListedContract(Struct, frozen=True):
    """Item of a supplier's list of contracts."""

    contract: str
    process: str


def agreement_key(contract: str) -> str:
    """Key of an AgreementRecord."""
    return f"procurement/contract/{contract}"


def agreement_terms_key(contract: str) -> str:
    """Key of an AgreementTermsRecord; it shares the contract's home."""
    return f"procurement/contract/{contract}/terms"


def guarantee_key(guarantee: str) -> str:
    """Key of a GuaranteeRecord."""
    return f"procurement/guarantee/{guarantee}"


def cover_key(contract: str) -> str:
    """Key of a CoverRecord; it shares the contract's home."""
    return f"procurement/contract/{contract}/guarantees"


def guarantor_key(organisation: str) -> str:
    """Key of a GuarantorRecord."""
    return f"procurement/guarantor/{organisation}"


def community_key(plan: str) -> str:
    """Key of a CommunityRecord."""
    return f"procurement/community/{plan}"
