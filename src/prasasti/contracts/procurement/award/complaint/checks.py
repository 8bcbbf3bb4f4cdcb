"""Conditions on complaints and appeals (21 to 24): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.people import find_person, list_people
from prasasti.contracts.procurement.award.bonds import is_bond_fit
from prasasti.contracts.procurement.award.checks import get_complaint
from prasasti.contracts.procurement.award.records import (
    FILED,
    INADMISSIBLE,
    NEXT,
    REEVALUATE,
    REJECTED,
    RESUBMIT,
    UPHELD,
    AppealRecord,
    ComplainantRecord,
    ComplaintRecord,
    appeal_key,
    complainant_key,
    complaint_key,
)
from prasasti.contracts.procurement.evaluation.effects import MAX_REPEATS
from prasasti.contracts.procurement.lots import find_proposal
from prasasti.contracts.procurement.parameters import read_codes, read_flag
from prasasti.contracts.procurement.process import (
    DECIDED,
    EVALUATING,
    FAILED,
    QUALIFICATION,
    REPLACED,
    WITHDRAWN,
    LotRecord,
    ProcessRecord,
    find_lot,
    find_process,
    get_lot,
    get_process,
    list_slots,
)
from prasasti.contracts.procurement.proposal.records import ProposalRecord
from prasasti.contracts.procurement.seats import REVIEWER
from prasasti.core.contract import Call, View

# As often as a slot is filled (08.5): a lot has three results at most, and failures.
MAX_COMPLAINTS = 10
# Failures after which nothing is left that could be evaluated again: no proposals, an opening that failed, a lost file (27).
_NOTHING_TO_JUDGE = ("b", "j", "k")


def is_bidder_here(view: View, call: Call) -> bool:
    """00.1: an envelope of the actor in the lot was accepted, and not withdrawn."""
    process = find_process(view, call.arguments.process)
    proposal = find_proposal(view, call.arguments.process, call.arguments.lot, call.actor)
    return process is not None and proposal is not None and _has_proposed(process, proposal)


def is_window_open(view: View, call: Call) -> bool:
    """21.1: before the standstill, or the time after a failure or a prequalification, is over; other states are judged by 00.2."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    return lot is None or not _has_result(lot) or call.time < lot.window_ends


def can_be_complained_about(view: View, call: Call) -> bool:
    """00.2: the lot has a result that can be complained about, and no complaint of this id stands."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    return lot is not None and _has_result(lot) and find_complaint(view, call) is None


def is_complaint_ground_known(view: View, call: Call) -> bool:
    """00.6: what the complaint is about."""
    return call.arguments.ground in read_codes(view, "grounds.complaint", call.time)


def may_complain_again(view: View, call: Call) -> bool:
    """21.4: each complaint takes an answer of the committee's majority, and the award waits for all of them."""
    return count_complaints(view, call) < MAX_COMPLAINTS


def is_complaint_open(view: View, call: Call) -> bool:
    """00.2: the complaint was not answered yet, by the committee or its silence."""
    complaint = find_complaint(view, call)
    return complaint is not None and complaint.outcome == FILED


def is_remedy_fit(view: View, call: Call) -> bool:
    """22.2: no remedy fits always; another as the lot stands."""
    complaint = get_complaint(view, call.arguments.process, call.arguments.complaint)
    lot = get_lot(view, call.arguments.process, complaint.lot)
    return call.arguments.remedy is None or does_remedy_fit(lot, call.arguments.remedy)


def is_complaint_answered(view: View, call: Call) -> bool:
    """00.2: the complaint was answered and not appealed, and no appeal of this id stands."""
    complaint = find_complaint(view, call)
    if complaint is None or complaint.outcome not in (INADMISSIBLE, REJECTED, UPHELD) or complaint.appeal:
        return False
    return view.get(appeal_key(call.arguments.process, call.arguments.appeal), AppealRecord) is None


def is_appeal_in_time(view: View, call: Call) -> bool:
    """23.3: of what cannot be appealed at all 00.2, 23.1 or 23.2 says more. A remedy in the lot has ended that time too."""
    complaint = find_complaint(view, call)
    if complaint is None or complaint.outcome not in (INADMISSIBLE, REJECTED):
        return True
    return call.time < complaint.window_ends or not is_appeal_allowed(view, get_process(view, call.arguments.process))


def is_own_complaint(view: View, call: Call) -> bool:
    """23.1: the actor's, and not upheld."""
    complaint = get_complaint(view, call.arguments.process, call.arguments.complaint)
    return complaint.bidder == call.actor and complaint.outcome != UPHELD


def may_appeal(view: View, call: Call) -> bool:
    """23.2: the kind of procurement knows appeals."""
    return is_appeal_allowed(view, get_process(view, call.arguments.process))


def is_bond_confirmed(view: View, call: Call) -> bool:
    """23.4: a guarantee stands for the bond."""
    return is_bond_fit(view, call, get_complaint(view, call.arguments.process, call.arguments.complaint))


def does_reviewer_sign(view: View, call: Call) -> bool:
    """00.1: who has the reviewer's seat of the process; an empty one is taken first (13)."""
    process = find_process(view, call.arguments.process)
    return process is not None and process.seats.reviewer is not None and list_people(view, call, REVIEWER) == [process.seats.reviewer]


def is_appeal_open(view: View, call: Call) -> bool:
    """00.2: the appeal is not decided, and the remedy, where there is one, fits the lot as it stands."""
    appeal = view.get(appeal_key(call.arguments.process, call.arguments.appeal), AppealRecord)
    if appeal is None or appeal.outcome != FILED:
        return False
    lot = get_lot(view, call.arguments.process, get_complaint(view, call.arguments.process, appeal.complaint).lot)
    return call.arguments.remedy is None or does_remedy_fit(lot, call.arguments.remedy)


def is_reviewer_fit(view: View, call: Call) -> bool:
    """24.2: of another organisation than the buyer, where the parameter asks."""
    process = get_process(view, call.arguments.process)
    is_outside = find_person(view, call.signers[0]).organisation != process.buyer
    return is_outside or not read_flag(view, "", "appeal_outside_reviewer", process.published)


def count_complaints(view: View, call: Call) -> int:
    """How often the actor complained about the lot."""
    record = view.get(complainant_key(call.arguments.process, call.arguments.lot, call.actor), ComplainantRecord)
    return record.complaints if record is not None else 0


def find_complaint(view: View, call: Call) -> ComplaintRecord | None:
    """The complaint that a message names."""
    return view.get(complaint_key(call.arguments.process, call.arguments.complaint), ComplaintRecord)


def is_appeal_allowed(view: View, process: ProcessRecord) -> bool:
    """Whether an answer may be appealed in procurements of this kind."""
    return read_flag(view, process.kind, "appeal_allowed", process.published)


def does_remedy_fit(lot: LotRecord, remedy: str) -> bool:
    """Whether a remedy is possible as a lot stands: a failed one is taken up again where something is left to judge."""
    if remedy == NEXT:
        return lot.state == DECIDED
    if lot.state not in (DECIDED, EVALUATING, FAILED):
        return False
    if lot.state == FAILED and (lot.final or lot.failure in _NOTHING_TO_JUDGE or lot.repeats >= MAX_REPEATS):
        return False
    if remedy == RESUBMIT:
        return lot.stage != QUALIFICATION and lot.live > 0
    return remedy == REEVALUATE or lot.state != FAILED


def _has_result(lot: LotRecord) -> bool:
    return lot.state in (DECIDED, FAILED) or (lot.state == EVALUATING and lot.stage == QUALIFICATION and lot.window_ends > 0)


def _has_proposed(process: ProcessRecord, proposal: ProposalRecord) -> bool:
    """Two files of which one is missing count as withdrawn; whoever asked to qualify has an envelope here whatever came of it."""
    filled = [slot.slot for slot in proposal.slots if slot.state not in (REPLACED, WITHDRAWN)]
    return QUALIFICATION in filled or all(slot in filled for slot in list_slots(process) if slot != QUALIFICATION)
