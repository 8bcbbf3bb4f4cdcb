"""Effects of awards and of failure: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.award import events
from prasasti.contracts.procurement.award.checks import find_award, find_standing_award
from prasasti.contracts.procurement.award.effects import apply_remedy, evaluate_again, withdraw_award
from prasasti.contracts.procurement.award.records import ACTIVE, PENDING, RESUBMIT, AwardRecord, award_key
from prasasti.contracts.procurement.lots import compute_term_end, count_bids, fail_lot, get_proposal, note_documents, put_lot
from prasasti.contracts.procurement.parameters import read_flag
from prasasti.contracts.procurement.process import DECIDED, DIRECT, get_lot, get_lot_terms, get_process, lot_name
from prasasti.contracts.procurement.schedule import REFUSAL, SIGNING, schedule
from prasasti.contracts.procurement.tender.transitions import sum_ceiling
from prasasti.contracts.treasury.budgets import is_reservation_covered, reserve
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event, require


def process_refuse_result(view: View, call: Call) -> Outcome:
    """19: nobody signs before the authority has decided, or its silence kept the award."""
    draft, arguments = Draft(view), call.arguments
    lot = get_lot(view, arguments.process, arguments.lot)
    award = require(find_standing_award(view, lot), lot.lot)
    ends = compute_term_end(view, call.time, get_process(view, lot.process), "decision_due")
    draft.put(award_key(lot.process, lot.lot, award.award), replace(award, refusal_ends=ends, refused=arguments.reason))
    put_lot(draft, replace(lot, matters=lot.matters + 1))
    schedule(draft, ends, REFUSAL, lot_name(lot.process, lot.lot))
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.ResultRefused(award.award, lot.lot, lot.process))


def process_notify_award(view: View, call: Call) -> Outcome:
    """20: the lot is decided; nobody signs before the standstill is over."""
    draft, arguments = Draft(view), call.arguments
    process, lot = get_process(view, arguments.process), get_lot(view, arguments.process, arguments.lot)
    offer = require(get_proposal(view, lot, arguments.bidder).offer, arguments.bidder)
    has_standstill = process.method != DIRECT and (
        count_bids(view, lot) > 1 or read_flag(view, process.kind, "standstill_single_bidder", process.published)
    )
    ends = compute_term_end(view, call.time, process, "standstill") if has_standstill else 0
    record = AwardRecord(
        activated=0, award=arguments.award, bidder=arguments.bidder, contract="", notified=call.time, price=arguments.price,
        ranking=lot.ranking, reasons=arguments.reasons, refusal_ends=0, refused="", signing_ends=0, standstill_ends=ends,
        state=PENDING, valid_until=offer.valid_until,
    )  # fmt: skip
    draft.put(award_key(lot.process, lot.lot, arguments.award), record)
    put_lot(draft, replace(lot, award=arguments.award, state=DECIDED, window_ends=ends))
    note_documents(draft, call, arguments.reasons)
    return draft.outcome(events.AwardNotified(arguments.award, arguments.bidder, lot.lot, lot.process, ends))


def process_activate_award(view: View, call: Call) -> Outcome:
    """25: the award is final, at the negotiated price where there is one; the contract is to be signed in its term."""
    draft, arguments = Draft(view), call.arguments
    process, lot = get_process(view, arguments.process), get_lot(view, arguments.process, arguments.lot)
    award = require(find_award(view, call), arguments.award)
    if not is_reservation_covered(view, lot_name(lot.process, lot.lot)):
        reserve(draft, lot_name(lot.process, lot.lot), sum_ceiling(get_lot_terms(view, lot.process, lot.lot)))
    ends = compute_term_end(view, call.time, process, "signing")
    active = replace(
        award, activated=call.time, price=arguments.price or award.price, signing_ends=ends, state=ACTIVE,
        valid_until=max(award.valid_until, arguments.valid_until or 0),
    )  # fmt: skip
    draft.put(award_key(lot.process, lot.lot, award.award), active)
    schedule(draft, ends, SIGNING, lot_name(lot.process, lot.lot))
    note_documents(draft, call, arguments.negotiation)
    return draft.outcome(events.AwardActivated(award.award, lot.lot, lot.process, ends))


def process_withdraw_award(view: View, call: Call) -> Outcome:
    """26: the next in rank may be awarded; nobody left: the lot has failed."""
    draft, arguments = Draft(view), call.arguments
    lot = get_lot(view, arguments.process, arguments.lot)
    note_documents(draft, call, arguments.document)
    return draft.outcome(*withdraw_award(draft, call, lot, arguments.ground))


def process_declare_failed(view: View, call: Call) -> Outcome:
    """27: after an error of evaluation it begins anew; after one of the tender document, or of the negotiation, those who passed so
    far propose anew; else the lot has failed."""
    draft, arguments = Draft(view), call.arguments
    told: list[Event] = []
    for name in arguments.lots:
        lot = get_lot(draft, arguments.process, name)
        if arguments.ground == "a":
            told += evaluate_again(draft, call, lot)
        elif arguments.ground in ("d", "h"):
            told += apply_remedy(draft, call, lot, RESUBMIT)
        else:
            told += fail_lot(draft, call, lot, arguments.ground)
    note_documents(draft, call, arguments.document)
    return draft.outcome(*told)
