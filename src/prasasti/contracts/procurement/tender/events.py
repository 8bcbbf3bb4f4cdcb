"""Events of tenders."""

from __future__ import annotations

from prasasti.core.types import Event


class TenderPublished(Event, frozen=True, tag="procurement.tender_published"):
    """A request for proposals stands: rounds of sealing for proposals and, where something is scored, for score sheets."""

    ballot_round: str
    deadline: int
    number: int
    opening: int
    process: str
    proposal_round: str


class QuestionAsked(Event, frozen=True, tag="procurement.question_asked"):
    """Somebody asked; the answer will go to all."""

    process: str
    question: str


class QuestionAnswered(Event, frozen=True, tag="procurement.question_answered"):
    """A question was answered to all; ``deadline`` is that of the proposals, moved where the answer came late."""

    deadline: int
    process: str
    question: str


class TenderAmended(Event, frozen=True, tag="procurement.tender_amended"):
    """The request was changed; where ``proposal_round`` is another than before, all seal again."""

    amendment: int
    deadline: int
    process: str
    proposal_round: str


class LotsCancelled(Event, frozen=True, tag="procurement.lots_cancelled"):
    """Lots were cancelled and their money is free."""

    lots: list[str]
    process: str


class QualificationDecided(Event, frozen=True, tag="procurement.qualification_decided"):
    """Who qualified for a lot is decided, so many did; they may propose when the window to complain, which ends then, is over."""

    live: int
    lot: str
    process: str
    window_ends: int


class ProposalsAsked(Event, frozen=True, tag="procurement.proposals_asked"):
    """Those who are still in may propose for a lot, until a time; the opening comes after it."""

    deadline: int
    lot: str
    opening: int
    process: str


class DeadlineExtended(Event, frozen=True, tag="procurement.deadline_extended"):
    """No lot had a proposal, or no request to qualify: the one extension of that deadline."""

    deadline: int
    process: str
