"""Records of evaluation: score sheets, ballots, rankings. Rankings stand one record a bidder, numbered without gaps."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.people import Person
from prasasti.contracts.procurement.process import digest, lot_name
from prasasti.contracts.procurement.records import LIST_PAGE_ITEMS
from prasasti.core.types import Document

BALLOT_OPEN, ADOPTED, REJECTED, TIED = "open", "adopted", "rejected", "tied"
# Of a sheet; fallen: its member left before it was counted.
SHEET_SEALED, COUNTED, VOID, FALLEN = "sealed", "counted", "void", "fallen"


class SheetRecord(Struct, frozen=True):
    """A score sheet of one evaluation, under the name of who has the seat; ``person`` sealed it, which may be who had the seat before.
    ``versions`` sealed so far, ``scores`` once it is counted."""

    envelope: str
    person: Person
    scores: list[tuple[str, list[int]]]
    state: str
    versions: int


class Cast(Struct, frozen=True):
    """A vote in a ballot; ``document`` holds a minority's opinion."""

    choice: str
    document: Document | None
    person: Person
    reason: str


class BallotRecord(Struct, frozen=True):
    """A ballot on a published ranking."""

    cast: list[Cast]
    ends: int
    opened: int
    ranking: int
    seats: int
    state: str


class RankingRecord(Struct, frozen=True):
    """A published ranking: of which evaluation, when, over how many proposals."""

    evaluation: int
    published: int
    ranked: int


class RankedRecord(Struct, frozen=True):
    """A proposal's place, from 1; 0: below the threshold. Points in units of 0.0001, 1,000,000 = 100; ``price`` in minor units,
    ``evaluated_e8`` in 10⁻⁸ of them, exact; ``tie`` is hex (``scoring.Ranked``)."""

    bidder: str
    evaluated_e8: str
    final: int
    place: int
    price: str
    price_points: int
    technical: int
    tie: str
    tkdn_bp: int


class BelowRecord(Struct, frozen=True):
    """A proposal that an evaluation's technical result left below the threshold, and its technical score."""

    bidder: str
    technical: int


def sheet_key(process: str, lot: str, evaluation: int, person: Person) -> str:
    """Key of a SheetRecord; a lot's sheets of one evaluation share a home."""
    return f"procurement/sheets/{lot_name(process, lot)}:{evaluation}/{digest(person.organisation, person.handle)}"


def ballot_key(process: str, lot: str, ballot: int) -> str:
    """Key of a BallotRecord; a lot's ballots share a home."""
    return f"procurement/ballots/{lot_name(process, lot)}/{ballot}"


def ranking_key(process: str, lot: str, ranking: int) -> str:
    """Key of a RankingRecord."""
    return f"procurement/rankings/{lot_name(process, lot)}/{ranking}"


def ranked_key(process: str, lot: str, ranking: int, place: int) -> str:
    """Key of the RankedRecord at a place, from 0; 256 share a home."""
    return f"procurement/ranked/{lot_name(process, lot)}:{ranking}:{place // LIST_PAGE_ITEMS}/{place}"


def below_key(process: str, lot: str, evaluation: int, number: int) -> str:
    """Key of the BelowRecord of a number, from 0; 256 share a home."""
    return f"procurement/below/{lot_name(process, lot)}:{evaluation}:{number // LIST_PAGE_ITEMS}/{number}"
