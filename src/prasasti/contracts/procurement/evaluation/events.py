"""Events of evaluation."""

from __future__ import annotations

from prasasti.core.types import Event


class InterestsDeclared(Event, frozen=True, tag="procurement.interests_declared"):
    """Somebody with a seat declared their interests; ``recused`` if these, or what is attested, keep them out."""

    handle: str
    organisation: str
    recused: bool


class SeatTaken(Event, frozen=True, tag="procurement.seat_taken"):
    """Somebody took a seat that another left."""

    entered: str
    left: str
    seat: str


class RequirementsRecorded(Event, frozen=True, tag="procurement.requirements_recorded"):
    """So many outcomes were recorded; ``live`` proposals of the lot are still in."""

    live: int
    lot: str
    outcomes: int
    process: str


class ScoringEnded(Event, frozen=True, tag="procurement.scoring_ended"):
    """The time to seal score sheets is over: they are due, or ``extended`` until a time, 0 if not."""

    extended: int
    lot: str
    process: str


class RankingPublished(Event, frozen=True, tag="procurement.ranking_published"):
    """A ranking stands in records under its number; ``first`` is its best proposal's bidder."""

    evaluation: int
    first: str
    lot: str
    process: str
    ranked: int
    ranking: int


class BallotOpened(Event, frozen=True, tag="procurement.ballot_opened"):
    """The committee votes on a ranking until a time."""

    ballot: int
    ends: int
    lot: str
    process: str


class VoteCast(Event, frozen=True, tag="procurement.vote_cast"):
    """A member of the committee voted, openly."""

    ballot: int
    choice: str
    lot: str
    process: str


class BallotClosed(Event, frozen=True, tag="procurement.ballot_closed"):
    """A ballot ended: adopted, rejected or tied."""

    ballot: int
    lot: str
    outcome: str
    process: str
