"""How complaints and appeals end, by an answer or by silence.

Owns what the messages and the schedule bring about alike. Judges nothing: its callers have.
"""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.guarantees import call_guarantee, release_guarantee
from prasasti.contracts.procurement.award import events
from prasasti.contracts.procurement.award.checks import get_appeal, get_complaint
from prasasti.contracts.procurement.award.complaint.checks import does_remedy_fit, is_appeal_allowed
from prasasti.contracts.procurement.award.effects import APPEALED, apply_remedy, close_matter, get_matters
from prasasti.contracts.procurement.award.records import (
    FILED,
    REEVALUATE,
    REJECTED,
    UPHELD,
    AppealRecord,
    BondRecord,
    appeal_key,
    bond_key,
    complaint_key,
    matters_key,
)
from prasasti.contracts.procurement.lots import compute_term_end, put_lot
from prasasti.contracts.procurement.parameters import read_code
from prasasti.contracts.procurement.process import get_lot, get_process
from prasasti.contracts.procurement.schedule import APPEAL, schedule
from prasasti.core.contract import Call
from prasasti.core.types import Document, Event


def close_complaint(
    draft: Draft, call: Call, process: str, name: str, outcome: str, remedy: str = "", answer: Document | None = None
) -> list[Event]:
    """A complaint is answered, by silence where there is no ``answer``. One that was not upheld stays a matter while it may be
    appealed; one upheld without a remedy is noted."""
    complaint, record = get_complaint(draft, process, name), get_process(draft, process)
    lot, may_be_appealed = get_lot(draft, process, complaint.lot), outcome != UPHELD and is_appeal_allowed(draft, record)
    ends = compute_term_end(draft, call.time, record, "appeal") if may_be_appealed else 0
    answered = call.time if answer is not None else 0
    closed = replace(complaint, answer=answer, answered=answered, outcome=outcome, remedy=remedy, window_ends=ends)
    draft.put(complaint_key(process, name), closed)
    told: list[Event] = [events.ComplaintClosed(name, outcome, process, ends)]
    if may_be_appealed:
        schedule(draft, ends, APPEAL, f"{process}:{name}")
        return told
    return told + (apply_remedy(draft, call, lot, remedy) if remedy else close_matter(draft, call, lot))


def end_time_to_appeal(draft: Draft, call: Call, process: str, name: str) -> list[Event]:
    """Nobody appealed in time: the answer is the last word. What ended that time before has ended the matter too."""
    complaint = get_complaint(draft, process, name)
    if complaint.appeal or not complaint.window_ends or call.time < complaint.window_ends:
        return []
    draft.put(complaint_key(process, name), replace(complaint, window_ends=0))
    return close_matter(draft, call, get_lot(draft, process, complaint.lot))


def open_appeal(draft: Draft, process: str, name: str, appeal: AppealRecord) -> None:
    """An appeal suspends the lot; the matter of its complaint goes on as its own."""
    complaint = get_complaint(draft, process, appeal.complaint)
    lot = get_lot(draft, process, complaint.lot)
    matters = get_matters(draft, lot)
    draft.put(appeal_key(process, name), appeal)
    draft.put(complaint_key(process, appeal.complaint), replace(complaint, appeal=name))
    draft.put(matters_key(process, complaint.lot), replace(matters, appeals=matters.appeals + 1))
    if not matters.appeals:
        put_lot(draft, replace(lot, suspended=[*lot.suspended, APPEALED]))
    if appeal.bond:
        draft.put(bond_key(appeal.bond), BondRecord(name, process))


def close_appeal(
    draft: Draft, call: Call, process: str, name: str, outcome: str, remedy: str = "", answer: Document | None = None
) -> list[Event]:
    """24: the last open appeal gone, the lot goes on. Upheld: the bond goes back, the remedy comes; rejected: the bond is called."""
    appeal = get_appeal(draft, process, name)
    draft.put(appeal_key(process, name), replace(appeal, answer=answer, decided=call.time, outcome=outcome, remedy=remedy))
    lot = get_lot(draft, process, get_complaint(draft, process, appeal.complaint).lot)
    matters = get_matters(draft, lot)
    draft.put(matters_key(process, lot.lot), replace(matters, appeals=matters.appeals - 1))
    if matters.appeals == 1:
        lot = replace(lot, suspended=[each for each in lot.suspended if each != APPEALED])
    told: list[Event] = [events.AppealDecided(name, outcome, process)]
    if appeal.bond:
        told += release_guarantee(draft, appeal.bond) if outcome == UPHELD else call_guarantee(draft, call, appeal.bond)
    return told + (apply_remedy(draft, call, lot, remedy) if remedy else close_matter(draft, call, lot))


def let_complaint_lapse(draft: Draft, call: Call, process: str, name: str) -> list[Event]:
    """The committee did not answer in time: rejected, and an appeal needs no bond."""
    complaint = get_complaint(draft, process, name)
    if complaint.outcome != FILED or call.time < complaint.due:
        return []
    return close_complaint(draft, call, process, name, REJECTED)


def let_appeal_lapse(draft: Draft, call: Call, process: str, name: str) -> list[Event]:
    """The reviewer did not decide in time: as the parameter says; upheld, the lot is evaluated anew, where that is possible."""
    appeal, record = get_appeal(draft, process, name), get_process(draft, process)
    if appeal.outcome != FILED or call.time < appeal.due:
        return []
    outcome = read_code(draft, "appeal_silence", record.published)
    lot = get_lot(draft, process, get_complaint(draft, process, appeal.complaint).lot)
    remedy = REEVALUATE if outcome == UPHELD and does_remedy_fit(lot, REEVALUATE) else ""
    return close_appeal(draft, call, process, name, outcome, remedy)
