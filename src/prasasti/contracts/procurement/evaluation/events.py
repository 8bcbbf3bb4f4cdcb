"""Events of evaluation."""

from __future__ import annotations

from prasasti.core.types import Event


class InterestsDeclared(Event, frozen=True, tag="procurement.interests_declared"):
    """Somebody with a seat declared their interests; ``recused`` if these, or what is attested, keep them out."""

    handle: str
    organisation: str
    recused: bool


class SeatTaken(Event, frozen=True, tag="procurement.seat_taken"):
    """Somebody took a seat in a process, or over a ``contract``, "" otherwise, of which ``process`` is what preceded it; ``left`` is who
    left it, "" where nobody did: ``organisation:handle``, a trustee's key for a handle."""

    contract: str
    entered: str
    left: str
    process: str
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


class TechnicalDecided(Event, frozen=True, tag="procurement.technical_decided"):
    """The technical result of two files: so many go on. Those ``below`` the threshold stand in records, numbered from 0, and their
    financial envelopes are never due."""

    below: int
    evaluation: int
    lot: str
    passed: int
    process: str


class BallotRoundOpened(Event, frozen=True, tag="procurement.ballot_round_opened"):
    """Score sheets are sealed to another round, until a time, since trustees did not open the one before or one was replaced."""

    lot: str
    process: str
    round: str
    until: int


class ScoresSealed(Event, frozen=True, tag="procurement.scores_sealed"):
    """A member of the committee sealed a score sheet."""

    envelope: str
    lot: str
    process: str


class ArithmeticNoted(Event, frozen=True, tag="procurement.arithmetic_noted"):
    """A member of the committee noted a proposal's price as the ledger computed it."""

    bidder: str
    lot: str
    process: str


class RankingPublished(Event, frozen=True, tag="procurement.ranking_published"):
    """A ranking of an evaluation stands in records under its number, over so many proposals."""

    evaluation: int
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
