"""What ends or repeats a result: remedies, refused and withdrawn awards, matters that become moot, a lot that waits for nothing more.

Owns effects that messages 11, 19 to 27 and the schedule bring about alike. Judges nothing: its callers have.

A *matter* is what blocks a lot: an open refusal, an open complaint, one whose time to appeal runs, an open appeal. Each counts
once in ``LotRecord.matters``, from when it is filed until nothing more can come of it.
"""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.lists import count_items, item_key
from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.guarantees import release_guarantee
from prasasti.contracts.procurement.award import events
from prasasti.contracts.procurement.award.checks import find_first, find_standing_award, get_appeal, get_complaint
from prasasti.contracts.procurement.award.records import (
    FILED,
    MOOT,
    NEXT,
    REEVALUATE,
    RESUBMIT,
    ListedComplaint,
    MattersRecord,
    appeal_key,
    award_key,
    complaint_key,
    complaints_of,
    matters_key,
)
from prasasti.contracts.procurement.evaluation.effects import MAX_REPEATS, begin_again
from prasasti.contracts.procurement.lots import (
    cancel_award,
    fail_lot,
    finish_lot,
    list_proposals,
    put_lot,
    put_proposal,
)
from prasasti.contracts.procurement.process import (
    EVALUATING,
    FAILED,
    NEVER_DUE,
    OPEN,
    OPENED,
    QUALIFICATION,
    SEALED,
    LotRecord,
    get_process,
    list_slots,
    process_key,
)
from prasasti.contracts.procurement.proposal.records import ProposalRecord
from prasasti.contracts.procurement.proposal.transitions import drop_envelope
from prasasti.contracts.procurement.rounds import get_round_record, open_round
from prasasti.contracts.procurement.sealing.framing import PURPOSE_BALLOT, PURPOSE_PROPOSAL
from prasasti.contracts.procurement.tender.effects import (
    ask_for_proposals,
    compute_minimum_period,
    is_qualification_over,
    move_deadline,
)
from prasasti.core.contract import Call, View
from prasasti.core.types import Event, require

# Why an appeal suspends its lot, once for all that are open (``LotRecord.suspended``).
APPEALED = "appeal"
# A proposal that was never opened does not come in again by a resubmission.
NOT_OPENED = "not_opened"
KEEP, FAIL = "keep", "fail"


def apply_remedy(draft: Draft, call: Call, lot: LotRecord, remedy: str) -> list[Event]:
    """An upheld complaint, or appeal, brings about its remedy: award and draft end, what else is open about the lot is moot."""
    award = find_standing_award(draft, lot)
    told, lot = cancel_award(draft, lot, remedy)
    moot, lot = close_matters(draft, call, lot)
    told += moot
    if remedy == NEXT:
        return told + pass_over(draft, call, lot, require(award, f"an award of {lot.lot}").bidder)
    if remedy == REEVALUATE:
        return told + evaluate_again(draft, call, lot)
    if remedy == RESUBMIT:
        return told + resubmit(draft, call, lot)
    return told + fail_lot(draft, call, lot, "f")


def pass_over(draft: Draft, call: Call, lot: LotRecord, bidder: str) -> list[Event]:
    """A bidder whose award ended is out of the ranking; where nobody is left in it, the lot has failed (27l)."""
    lot = replace(lot, passed_over=[*lot.passed_over, bidder], state=EVALUATING)
    put_lot(draft, lot)
    return [] if find_first(draft, lot, call.time) else fail_lot(draft, call, lot, "l")


def withdraw_award(draft: Draft, call: Call, lot: LotRecord, ground: str) -> list[Event]:
    """26: the award ends, its bidder is passed over. Complaints stay open: they are answered before the next award is final."""
    award = require(find_standing_award(draft, lot), f"an award of {lot.lot}")
    told, lot = cancel_award(draft, lot, ground)
    return told + pass_over(draft, call, lot, award.bidder)


def is_refusal_open(view: View, lot: LotRecord) -> bool:
    """11: whether the officer refused the award that stands, and the authority has not decided that yet."""
    award = find_standing_award(view, lot)
    return award is not None and award.refusal_ends > 0


def decide_refusal(draft: Draft, call: Call, lot: LotRecord, decision: str) -> list[Event]:
    """11 about a refused award: keep it, evaluate again, or let the lot fail (27m). Needs ``is_refusal_open``."""
    award = require(find_standing_award(draft, lot), f"an award of {lot.lot}")
    if decision == KEEP:
        draft.put(award_key(lot.process, lot.lot, award.award), replace(award, refusal_ends=0))
        put_lot(draft, replace(lot, matters=lot.matters - 1))
        return []
    if decision == FAIL:
        return fail_lot(draft, call, lot, "m")
    return apply_remedy(draft, call, lot, REEVALUATE)


def evaluate_again(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """A lot without an award is evaluated anew, also one that had failed; instead of a third repetition it fails (27m)."""
    return begin_again(draft, call, replace(lot, failure="", state=EVALUATING))


def resubmit(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """A lot without an award asks those who passed so far for proposals anew, sealed to the same trustees in another round.

    Whoever is out stays out, and so does what was never opened. Instead of a third repetition the lot fails (27m).
    """
    if lot.repeats >= MAX_REPEATS:
        return fail_lot(draft, call, lot, "m")
    process = get_process(draft, lot.process)
    for proposal in list(list_proposals(draft, lot)):
        _empty(draft, proposal)
    sealed = get_round_record(draft, lot.proposal_round)
    number = process.rounds + 1
    proposal_round = open_round(draft, call, PURPOSE_PROPOSAL, lot.process, number, sealed.t, sealed.trustees)
    draft.put(process_key(lot.process), replace(process, extended=False, rounds=number))
    stage = next(slot for slot in list_slots(process) if slot != QUALIFICATION)
    lot = replace(
        lot, adopted=False, ballot_round=_open_ballot_round(draft, call, lot), ballots=0, complete=0, counting=False, decision_ends=0,
        due=0, evaluation=lot.evaluation + 1, failure="", grace_ends=0, live=0, opening=0, proposal_round=proposal_round, ranking_of=0,
        read=0, repeats=lot.repeats + 1, rounds_lost=0, scored=False, scoring_ends=0, scoring_extended=False, stage=stage, state=OPEN,
        undecided=0, window_ends=0,
    )  # fmt: skip
    put_lot(draft, lot)
    deadline = move_deadline(draft, lot.process, compute_minimum_period(draft, call, process))
    return [
        events.LotRepeated(lot.evaluation, lot.lot, lot.process, RESUBMIT),
        events.ProposalsAskedAgain(deadline, lot.lot, lot.process, proposal_round),
    ]


def close_matters(draft: Draft, call: Call, lot: LotRecord) -> tuple[list[Event], LotRecord]:
    """What is open about a lot is moot: complaints, appeals, whose bonds go back, and times to appeal. The lot is not written yet.

    Each complaint is met by one such end at most, so that all of them together cost no more than the complaints did.
    """
    before = get_matters(draft, lot)
    filed = count_items(draft, "procurement", "complaints", complaints_of(lot.process, lot.lot))
    count = sum(_end_complaint(draft, call, lot, number) for number in range(before.ended, filed))
    draft.put(matters_key(lot.process, lot.lot), MattersRecord(0, filed))
    lot = replace(lot, matters=0, suspended=[each for each in lot.suspended if each != APPEALED])
    return ([events.MattersMoot(count, lot.lot, lot.process)] if count else []), lot


def close_matter(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """One matter of a lot is over; what waited for the last one happens."""
    lot = replace(lot, matters=lot.matters - 1)
    put_lot(draft, lot)
    return settle(draft, call, lot)


def settle(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """Where nothing is open and the window is over, a failed lot is final, and who qualified may propose."""
    if is_qualification_over(call, lot):
        return ask_for_proposals(draft, call, lot)
    if lot.state != FAILED or lot.final or lot.matters or call.time < lot.window_ends:
        return []
    return finish_lot(draft, call, lot)


def get_matters(view: View, lot: LotRecord) -> MattersRecord:
    """Counts of a lot's matters; none before the first."""
    return view.get(matters_key(lot.process, lot.lot), MattersRecord) or MattersRecord(0, 0)


def _end_complaint(draft: Draft, call: Call, lot: LotRecord, number: int) -> bool:
    """Whether a complaint, from the lot's list, was open in any way; then it is not any more."""
    key = item_key("procurement", "complaints", complaints_of(lot.process, lot.lot), number)
    name = require(draft.get(key, ListedComplaint), f"complaint {number} of {lot.lot}").complaint
    complaint = get_complaint(draft, lot.process, name)
    if complaint.outcome == FILED:
        draft.put(complaint_key(lot.process, name), replace(complaint, outcome=MOOT))
        return True
    if complaint.appeal:
        appeal = get_appeal(draft, lot.process, complaint.appeal)
        if appeal.outcome != FILED:
            return False
        draft.put(appeal_key(lot.process, complaint.appeal), replace(appeal, decided=call.time, outcome=MOOT))
        if appeal.bond:
            release_guarantee(draft, appeal.bond)
        return True
    if not complaint.window_ends:
        return False
    # Also where its time is over in this very block: its own deadline, which may come after, finds it ended.
    draft.put(complaint_key(lot.process, name), replace(complaint, window_ends=0))
    return True


def _empty(draft: Draft, proposal: ProposalRecord) -> None:
    """A proposal that is in waits for new envelopes; its old ones that were not opened will never be."""
    if proposal.out:
        return
    if not proposal.opened:
        put_proposal(draft, replace(proposal, out=NOT_OPENED))
        return
    for slot in proposal.slots:
        if slot.slot != QUALIFICATION and slot.state == SEALED:
            drop_envelope(draft, slot.envelope, NEVER_DUE)
    kept = [slot for slot in proposal.slots if slot.slot == QUALIFICATION]
    earlier = [slot.envelope for slot in proposal.slots if slot.slot != QUALIFICATION and slot.state == OPENED]
    put_proposal(draft, replace(proposal, earlier=[*proposal.earlier, *earlier], offer=None, opened=0, slots=kept, technical=0))


def _open_ballot_round(draft: Draft, call: Call, lot: LotRecord) -> str:
    """Score sheets of the new evaluation have a round of their own, where anything is scored."""
    if not lot.ballot_round:
        return ""
    record = get_round_record(draft, lot.ballot_round)
    return open_round(draft, call, PURPOSE_BALLOT, lot.process, record.number + 1, record.t, record.trustees)
