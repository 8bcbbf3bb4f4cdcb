"""What is known so far of a process that is recounted, and what every step asks of it.

Owns lots with their proposals, envelopes and awards as messages made them, and who is left, first, or out. Decides nothing:
each file beside this one owns the entries of its own step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prasasti.core.encoding import decode_base64
from prasasti.services import explained_figures as figures
from prasasti.services.explained_log import ProcessLog, Told
from prasasti.services.explaining.agreements import Agreement, Order
from prasasti.services.explaining.steps import Step

ReadDocument = Callable[[str], bytes | None]
FindRanking = Callable[[str, int], Sequence[str] | None]

QUALIFICATION, TECHNICAL, FINANCIAL, PROPOSAL, SCORES = "qualification", "technical", "financial", "proposal", "scores"


@dataclass(slots=True)
class Envelope:
    """What somebody sealed; ``contents`` and ``document`` once it is opened, ``reason`` where it is malformed."""

    id: str
    bidder: str
    slot: str
    round: str
    sealed: bytes
    position: int
    time: int
    state: str = "sealed"
    shares: set[int] = field(default_factory=set)
    contents: Any = None
    document: str = ""
    reason: str = ""


@dataclass(slots=True)
class Bid:
    """A bidder's proposal for a lot; ``out`` tells why it is out, ``out_at`` the entry that put it out."""

    bidder: str
    members: list[str]
    slots: dict[str, Envelope] = field(default_factory=dict)
    outcomes: dict[int, dict[str, bool]] = field(default_factory=dict)
    out: str = ""
    out_at: int = -1
    price_minor: int = 0
    tkdn_bp: int = 0
    technical: int = 0


@dataclass(slots=True)
class Award:
    """An award as it was notified; ``price_minor`` as it was negotiated."""

    id: str
    bidder: str
    price_minor: int
    standstill_ends: int
    position: int


@dataclass(slots=True)
class Lot:
    """A lot, in the stage and evaluation that it is in; ``all_above``: the buyer's own price put the last proposals out;
    ``excluded``: who is out at the opening as the last document of what was opened says, with the reasons."""

    name: str
    stage: str
    round: str
    state: str = "open"
    evaluation: int = 1
    deadline: int = 0
    bids: dict[str, Bid] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    sheets: dict[tuple[int, str], Envelope] = field(default_factory=dict)
    all_above: bool = False
    excluded: dict[str, str] = field(default_factory=dict)
    scoring_ended_at: int = -1
    ranking: list[figures.Placed] = field(default_factory=list)
    ballot_ends: int = 0
    votes: dict[str, tuple[str, int]] = field(default_factory=dict)
    adopted: bool = False
    award: Award | None = None
    awards: dict[str, Award] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    # Who was first when the contract was signed: who is debarred later has won all the same.
    signed_for: figures.Placed | None = None


@dataclass(slots=True)
class Recount:
    """What is known so far, entry by entry. ``seats`` tells who sits on the committee, and whether they take part; ``declared`` when
    each person declared interests first, ``recused`` whom that kept out; ``agreements`` are the contracts that stand."""

    log: ProcessLog
    read_document: ReadDocument
    find_ranking: FindRanking | None
    steps: list[Step] = field(default_factory=list)
    lots: dict[str, Lot] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)
    buyer: str = ""
    currency: str = ""
    published: int = 0
    deadline: int = 0
    seats: dict[str, bool] = field(default_factory=dict)
    declared: dict[str, int] = field(default_factory=dict)
    recused: set[str] = field(default_factory=set)
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    debarred: dict[str, int] = field(default_factory=dict)
    contracts: dict[str, tuple[str, int]] = field(default_factory=dict)
    drafts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)


TakeMessage = Callable[[Recount, Told], None]
SeeEvent = Callable[[Recount, Told, Mapping[str, Any]], None]


def begin_step(recount: Recount, name: str, lot: str, told: Told, subject: str = "") -> Step:
    """One more step, by the contract's version that acted in the entry's block."""
    step = Step(name, lot, recount.log.version(told.height), subject=subject)
    recount.steps.append(step)
    return step


def read_figure(recount: Recount, step: Step, topic: str) -> Any:
    """A figure that holds for the process: that of its publication."""
    found = recount.log.figure(f"procurement.{topic}", recount.published)
    step.figures.append(found)
    return found.value


def list_slots(recount: Recount) -> tuple[str, ...]:
    """Slots of a proposal, in the order in which they are opened."""
    first = (QUALIFICATION,) if recount.terms["qualification"] else ()
    return (*first, TECHNICAL, FINANCIAL) if recount.terms["files"] == "two" else (*first, PROPOSAL)


def find_first_slot(recount: Recount) -> str:
    """The first slot behind a qualification."""
    return next(slot for slot in list_slots(recount) if slot != QUALIFICATION)


def get_lot_terms(recount: Recount, lot: Lot) -> dict[str, Any]:
    """A lot as the request describes it."""
    found: dict[str, Any] = next(each for each in recount.terms["lots"] if each["lot"] == lot.name)
    return found


def is_complete(recount: Recount, lot: Lot, bid: Bid) -> bool:
    """Whether every slot that is opened from here on is filled, in the round that stands."""
    wanted = [QUALIFICATION] if lot.stage == QUALIFICATION else [slot for slot in list_slots(recount) if slot != QUALIFICATION]
    filled = [slot for slot, each in bid.slots.items() if each.state == "sealed" and each.round == lot.round]
    return not bid.out and all(slot in filled for slot in wanted)


def list_scored(lot: Lot) -> list[Bid]:
    """Opened proposals of the stage, by organisation: the order of a score sheet."""
    opened = [bid for bid in lot.bids.values() if lot.stage in bid.slots and bid.slots[lot.stage].state == "opened"]
    return sorted(opened, key=lambda bid: bid.bidder)


def list_live(lot: Lot) -> list[Bid]:
    """Of these who is not out."""
    return [bid for bid in list_scored(lot) if not bid.out]


def name_person(recount: Recount, told: Told) -> str:
    """Who signed a message first."""
    key = told.signers[0][0]
    return recount.log.people.get(key, f"{told.actor}:{key}")


def find_first(recount: Recount, lot: Lot, time: int) -> figures.Placed | None:
    """Who is first at a time; None: nobody is left."""
    return next((placed for placed in lot.ranking if not find_why_not(recount, lot, placed, time)), None)


def find_why_not(recount: Recount, lot: Lot, placed: figures.Placed, time: int) -> str:
    """Why a ranked proposal cannot have the award at a time; "": it can."""
    bid = lot.bids[placed.offer.bidder]
    if not placed.place:
        return "threshold"
    if bid.out:
        return bid.out
    if bid.bidder in lot.passed_over:
        return "passed_over"
    return "debarred" if any(time < recount.debarred.get(each, 0) for each in bid.members) else ""


def add_envelope(recount: Recount, told: Told, lot: Lot, slot: str, sealer: str) -> Envelope:
    """What a message seals, by an id computed here."""
    given, sealed = told.arguments, decode_base64(told.arguments["sealed"])
    identifier = figures.compute_envelope(given["round"], lot.name, slot, sealer, sealed)
    envelope = Envelope(identifier, sealer, slot, given["round"], sealed, told.position, told.time)
    recount.envelopes[identifier] = envelope
    lot.envelopes.append(envelope)
    return envelope
