"""Events of awards, complaints, appeals and failure."""

from __future__ import annotations

from prasasti.core.types import Event


class AwardNotified(Event, frozen=True, tag="procurement.award_notified"):
    """The committee, or the authority, awards a lot; nobody signs before the standstill ends (0: there is none)."""

    award: str
    bidder: str
    lot: str
    process: str
    standstill_ends: int


class ResultRefused(Event, frozen=True, tag="procurement.result_refused"):
    """The contracting officer does not accept an award; the authority decides."""

    award: str
    lot: str
    process: str


class RefusalLapsed(Event, frozen=True, tag="procurement.refusal_lapsed"):
    """The authority did not decide about a refused award in time: it stands."""

    award: str
    lot: str
    process: str


class AwardActivated(Event, frozen=True, tag="procurement.award_activated"):
    """An award is final; the contract is to be signed until a time."""

    award: str
    lot: str
    process: str
    signing_ends: int


class AwardCancelled(Event, frozen=True, tag="procurement.award_cancelled"):
    """An award stands no longer; ``ground`` is a code."""

    award: str
    ground: str
    lot: str
    process: str


class ComplaintFiled(Event, frozen=True, tag="procurement.complaint_filed"):
    """A bidder complains; the award waits. ``number``: its place in the lot's list."""

    complaint: str
    due: int
    lot: str
    number: int
    process: str


class ComplaintClosed(Event, frozen=True, tag="procurement.complaint_closed"):
    """A complaint was answered, became moot, or was answered by silence; an appeal may follow until a time, 0: none."""

    complaint: str
    outcome: str
    process: str
    window_ends: int


class MattersMoot(Event, frozen=True, tag="procurement.matters_moot"):
    """So many complaints and appeals of a lot that were open are moot: what they were about is gone."""

    count: int
    lot: str
    process: str


class AppealFiled(Event, frozen=True, tag="procurement.appeal_filed"):
    """A complainant appeals; the lot is suspended."""

    appeal: str
    complaint: str
    due: int
    process: str


class AppealDecided(Event, frozen=True, tag="procurement.appeal_decided"):
    """An appeal ended, by a decision or by silence."""

    appeal: str
    outcome: str
    process: str


class LotRepeated(Event, frozen=True, tag="procurement.lot_repeated"):
    """A lot is evaluated anew, or proposals are asked for anew."""

    evaluation: int
    lot: str
    process: str
    remedy: str


class ProposalsAskedAgain(Event, frozen=True, tag="procurement.proposals_asked_again"):
    """Those who passed so far may propose anew for a lot, sealed to another round, until a time."""

    deadline: int
    lot: str
    process: str
    round: str


class LotFailed(Event, frozen=True, tag="procurement.lot_failed"):
    """A lot failed on a ground; it is final when its window to complain, which ends then, passes in silence."""

    ground: str
    lot: str
    process: str
    window_ends: int


class LotFinal(Event, frozen=True, tag="procurement.lot_final"):
    """A failed lot is final: its money is free and it may be tendered again."""

    lot: str
    process: str


class MatterDecided(Event, frozen=True, tag="procurement.matter_decided"):
    """The authority decided what was left to it."""

    about: str
    decision: str
    process: str
