"""Records that all messages of a native process share, the keys they stand under, and how they are found.

Owns the shape of a process, its lots, its rounds of sealing and its seats. Judges nothing. A lot lives by itself, since
lots of one process are decided, fail and are repeated apart; a proposal has a home of its own, since a lot may have
thousands. Times are seconds UTC.
"""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from prasasti.contracts.people import Person
from prasasti.contracts.procurement.shapes import ContractTerms, Criterion, LotTerms, Related, Requirement, TitledDocument
from prasasti.core.contract import View
from prasasti.core.types import require

# States of a lot, and what OCDS calls them: procurement-lifecycle, 1.
OPEN, OPENING, EVALUATING, DECIDED, FAILED, CANCELLED = "open", "opening", "evaluating", "decided", "failed", "cancelled"
# Slots of a proposal, in the order in which they are opened; ``scores`` is that of a score sheet.
QUALIFICATION, TECHNICAL, FINANCIAL, PROPOSAL, SCORES = "qualification", "technical", "financial", "proposal", "scores"
# What became of an envelope.
SEALED, REPLACED, WITHDRAWN, DUE, OPENED, MALFORMED, NEVER_DUE, UNOPENED = (
    "sealed", "replaced", "withdrawn", "due", "opened", "malformed", "never_due", "unopened",
)  # fmt: skip
SITTING, RECUSED, EMPTY = "sitting", "recused", "empty"
DIRECT, OPEN_METHOD, SELECTIVE = "direct", "open", "selective"


class Seat(Struct, frozen=True):
    """A committee member's place: sitting, recused, or empty."""

    person: Person
    state: str


class Seats(Struct, frozen=True):
    """Who sits where now. Whoever holds ``procurement.authority`` in the buyer has the authority's seat."""

    alternates: list[Person]
    certifier: Person
    committee: list[Seat]
    inspector: Person
    officer: Person
    reviewer: Person | None
    witness: Person | None


class ProcessRecord(Struct, frozen=True):
    """A native process. ``published`` is the time whose parameters hold for it; ``rounds`` counts its rounds of sealing."""

    amendments: int
    buyer: str
    currency: str
    deadline: int
    extended: bool
    files: str
    invited: list[str]
    kind: str
    lots: list[str]
    method: str
    number: int
    opening: int
    plan: str
    published: int
    qualification: bool
    qualification_deadline: int
    question_end: int
    related: Related | None
    rounds: int
    seats: Seats
    selection: str
    valid_until: int


class TermsRecord(Struct, frozen=True):
    """What was published, as last amended: what is bought, what is demanded, what the contract will say."""

    criteria: list[Criterion]
    documents: list[TitledDocument]
    estimate_date: int
    lots: list[LotTerms]
    preference_bp: int
    requirements: list[Requirement]
    technical_bp: int
    terms: ContractTerms
    threshold: int
    tkdn_minimum_bp: int


class LotRecord(Struct, frozen=True):
    """Where a lot stands.

    ``stage`` is the slot that is sealed, opened or evaluated now. ``complete`` counts proposals with every slot filled,
    ``due`` envelopes of the stage that are to be opened, ``read`` those that were, ``live`` proposals that are still in,
    ``undecided`` those of them with a requirement not judged yet, ``opened`` envelopes of all stages.
    ``counting``: its score sheets are to be opened. ``evaluation`` numbers its evaluations from 1; ``ballot`` its ballots, 0 before the
    first, of which ``ballots`` were on the latest ranking; ``ranking`` its published rankings; ``ranking_of`` is the evaluation
    whose result was published last. ``scored``: every sheet of the evaluation is counted; ``rounds_lost`` counts its rounds of
    ballots that trustees did not open. ``grace_ends`` and ``decision_ends``: until when trustees may share, the authority decide.
    ``award`` is the live one. ``matters`` counts open complaints, appeals and
    refusals. ``opening`` is when its envelopes of the stage may be opened from, 0 before its deadline passed. ``suspended`` tells why
    nothing goes on. ``window_ends`` is the end of the last window to complain.
    """

    adopted: bool
    award: str
    ballot: int
    ballot_round: str
    ballots: int
    complete: int
    counting: bool
    decision_ends: int
    due: int
    evaluation: int
    failure: str
    final: bool
    grace_ends: int
    live: int
    lot: str
    matters: int
    opened: int
    opening: int
    passed_over: list[str]
    process: str
    proposal_round: str
    ranking: int
    ranking_of: int
    read: int
    repeats: int
    rounds_lost: int
    scored: bool
    scoring_ends: int
    scoring_extended: bool
    stage: str
    state: str
    suspended: list[str]
    undecided: int
    window_ends: int


class PinnedTrustee(Struct, frozen=True):
    """A trustee as a round pins it."""

    key: str
    key_id: str
    organisation: str


class RoundRecord(Struct, frozen=True):
    """A round of sealing: any ``t`` of the trustees open what was sealed to it (sealed-proposals: 1)."""

    number: int
    process: str
    purpose: str
    t: int
    trustees: list[PinnedTrustee]


class InterestsRecord(Struct, frozen=True):
    """What a person declared in a process, and whether that, or a tag, keeps them out of deciding; ``acted`` is when they first
    decided something there, 0 before."""

    acted: int
    declared: int
    person: Person
    recused: bool
    relations: list[str]


def plan_key(plan: str) -> str:
    """Key of a PlanRecord."""
    return f"procurement/plan/{plan}"


def process_key(process: str) -> str:
    """Key of a ProcessRecord."""
    return f"procurement/process/{process}"


def terms_key(process: str) -> str:
    """Key of a TermsRecord; it shares the process's home."""
    return f"procurement/process/{process}/terms"


def interests_key(process: str, person: Person) -> str:
    """Key of an InterestsRecord; each has a home of its own, since whoever may be seated may declare."""
    return f"procurement/interests/{digest(process, person.organisation, person.handle)}"


def lot_name(process: str, lot: str) -> str:
    """One name for a lot: neither part has a colon."""
    return f"{process}:{lot}"


def lot_key(process: str, lot: str) -> str:
    """Key of a LotRecord."""
    return f"procurement/lot/{lot_name(process, lot)}"


def round_key(identifier: str) -> str:
    """Key of a RoundRecord."""
    return f"procurement/round/{identifier}"


def find_process(view: View, process: str) -> ProcessRecord | None:
    """A native process."""
    return view.get(process_key(process), ProcessRecord)


def get_process(view: View, process: str) -> ProcessRecord:
    """A process that an earlier condition found."""
    return require(find_process(view, process), process)


def get_terms(view: View, process: str) -> TermsRecord:
    """The terms of a process that is there."""
    return require(view.get(terms_key(process), TermsRecord), process)


def find_lot(view: View, process: str, lot: str) -> LotRecord | None:
    """A lot of a native process."""
    return view.get(lot_key(process, lot), LotRecord)


def get_lot(view: View, process: str, lot: str) -> LotRecord:
    """A lot that an earlier condition found."""
    return require(find_lot(view, process, lot), lot)


def get_lot_terms(view: View, process: str, lot: str) -> LotTerms:
    """The published terms of a lot that is there."""
    found = [each for each in get_terms(view, process).lots if each.lot == lot]
    return require(found[0] if found else None, lot)


def list_slots(record: ProcessRecord) -> tuple[str, ...]:
    """Slots of a proposal in a process, in the order in which they are opened."""
    first = (QUALIFICATION,) if record.qualification else ()
    return (*first, TECHNICAL, FINANCIAL) if record.files == "two" else (*first, PROPOSAL)


def digest(*parts: str) -> str:
    """Parts of a key that have no room for the whole: 32 hex digits; no part can hold a zero byte."""
    return sha256("\0".join(parts).encode()).hexdigest()[:32]
