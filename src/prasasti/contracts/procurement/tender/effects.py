"""How a tender goes on by itself: its deadlines move and pass, a prequalification is decided, proposals are asked for.

Owns what messages and deadlines of several folders bring about alike. Judges nothing: its callers have.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.calendar import compute_due
from prasasti.contracts.procurement.lots import (
    compute_term_end,
    compute_window_end,
    count_bids,
    fail_lot,
    list_proposals,
    put_lot,
    put_proposal,
)
from prasasti.contracts.procurement.parameters import read_calendar, read_integer
from prasasti.contracts.procurement.plan.processes import count_failures
from prasasti.contracts.procurement.process import (
    EVALUATING,
    OPEN,
    OPENING,
    QUALIFICATION,
    LotRecord,
    ProcessRecord,
    get_lot,
    get_process,
    list_slots,
    lot_name,
    process_key,
)
from prasasti.contracts.procurement.proposal.events import LotClosed
from prasasti.contracts.procurement.rounds import get_round_record
from prasasti.contracts.procurement.schedule import BEGIN, CLOSE, QUALIFY, WINDOW, schedule
from prasasti.contracts.procurement.tender import events
from prasasti.core.contract import Call, View
from prasasti.core.types import Event

# Of a prequalification so many have to pass, after an earlier failure of the lot so many (Perpres 16/2018 Pasal 51).
LEAST_QUALIFIED, LEAST_QUALIFIED_AGAIN = 3, 2


def list_lots(view: View, process: str) -> list[LotRecord]:
    """Every lot of a process, in the order of the request."""
    return [get_lot(view, process, lot) for lot in get_process(view, process).lots]


def list_asking(view: View, process: str) -> list[LotRecord]:
    """Lots of a process that take proposals, or will once it is decided who qualified."""
    return [lot for lot in list_lots(view, process) if is_asking(lot)]


def is_asking(lot: LotRecord) -> bool:
    """Whether a lot takes proposals, or will once it is decided who qualified."""
    return lot.state == OPEN or (lot.stage == QUALIFICATION and lot.state in (OPENING, EVALUATING))


def are_trustees_kept(view: View, process: str, terms: Any) -> bool:
    """Whether terms name the trustees, in the order and with the threshold, of each asking lot's present round."""
    named = [(each.organisation, each.key_id) for each in terms.trustees]
    rounds = [get_round_record(view, lot.proposal_round) for lot in list_asking(view, process)]
    return all(named == [(each.organisation, each.key_id) for each in record.trustees] and terms.t == record.t for record in rounds)


def is_qualifying(view: View, process: str) -> bool:
    """Whether a lot still takes requests to qualify: then the next deadline is that of the prequalification."""
    return any(lot.state == OPEN and lot.stage == QUALIFICATION for lot in list_lots(view, process))


def compute_next_deadline(view: View, name: str) -> int:
    """Until when something can be sent in."""
    process = get_process(view, name)
    return process.qualification_deadline if is_qualifying(view, name) else process.deadline


def compute_extension(view: View, call: Call, process: ProcessRecord) -> int:
    """The earliest deadline after a change, or a late answer, now."""
    return compute_term_end(view, call.time, process, "submission_extension")


def compute_minimum_period(view: View, call: Call, process: ProcessRecord) -> int:
    """When the least time to propose is over that begins now."""
    days = read_integer(view, process.kind, "submission_days", process.published)
    return compute_due(read_calendar(view, process.buyer, call.time), call.time, days)


def move_deadline(draft: Draft, name: str, until: int) -> int:
    """The next deadline is not before a time; the later ones keep their distance from it. What it is then."""
    process, is_first = get_process(draft, name), is_qualifying(draft, name)
    first = max(process.qualification_deadline, until) if is_first else process.qualification_deadline
    deadline = max(process.deadline, first, 0 if is_first else until)
    opening = process.opening + deadline - process.deadline
    draft.put(process_key(name), replace(process, deadline=deadline, opening=opening, qualification_deadline=first))
    schedule(draft, first if is_first else deadline, QUALIFY if is_first else CLOSE, name)
    return first if is_first else deadline


def close_tender(draft: Draft, call: Call, name: str, is_first: bool) -> list[Event]:
    """The deadline, or the first one, that of prequalification, has passed. No lot has an envelope: once more time; else lots
    without one have failed."""
    process = get_process(draft, name)
    lots = [lot for lot in list_lots(draft, name) if lot.state == OPEN and (lot.stage == QUALIFICATION) == is_first]
    if lots and not process.extended and not any(lot.complete for lot in lots):
        draft.put(process_key(name), replace(process, extended=True))
        return [events.DeadlineExtended(move_deadline(draft, name, compute_extension(draft, call, process)), name)]
    told: list[Event] = []
    opening = max(call.time, 0 if is_first else process.opening)
    for lot in lots:
        if lot.complete:
            put_lot(draft, replace(lot, due=lot.complete, opening=opening, read=0, state=OPENING))
            schedule(draft, opening, BEGIN, lot_name(name, lot.lot))
            told.append(LotClosed(count_bids(draft, lot), lot.complete, lot.lot, name))
        else:
            told += fail_lot(draft, call, lot, "b")
    return told


def decide_qualification(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """The last outcome of a prequalification is there: the result is public, and may be complained about; too few: it has failed."""
    process = get_process(draft, lot.process)
    least = LEAST_QUALIFIED_AGAIN if count_failures(draft, process.plan)[lot.lot] else LEAST_QUALIFIED
    if lot.live < least:
        return [events.QualificationDecided(lot.live, lot.lot, lot.process, 0), *fail_lot(draft, call, lot, "c")]
    ends = compute_window_end(draft, call, process)
    put_lot(draft, replace(lot, window_ends=ends))
    schedule(draft, ends, WINDOW, lot_name(lot.process, lot.lot))
    return [events.QualificationDecided(lot.live, lot.lot, lot.process, ends)]


def is_qualification_over(call: Call, lot: LotRecord) -> bool:
    """Whether a prequalification is decided, its window over and nothing open."""
    is_decided = lot.state == EVALUATING and lot.stage == QUALIFICATION and lot.window_ends > 0
    return is_decided and call.time >= lot.window_ends and not lot.matters


def ask_for_proposals(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """Those who qualified for a lot may propose; where its qualification is not over, nothing happens.

    Nothing of theirs is open from here on: what they fill now, or leave empty, decides. Each is written, as each was judged.
    """
    if not is_qualification_over(call, lot):
        return []
    process = get_process(draft, lot.process)
    for proposal in list(list_proposals(draft, lot)):
        if proposal.opened and not proposal.out:
            put_proposal(draft, replace(proposal, offer=None, opened=0))
    draft.put(process_key(lot.process), replace(process, extended=False))
    stage = list_slots(process)[1]
    asked = replace(lot, complete=0, due=0, live=0, opening=0, ranking_of=0, read=0, stage=stage, state=OPEN, undecided=0, window_ends=0)
    put_lot(draft, asked)
    deadline = move_deadline(draft, lot.process, compute_minimum_period(draft, call, process))
    return [events.ProposalsAsked(deadline, lot.lot, get_process(draft, lot.process).opening, lot.process)]
