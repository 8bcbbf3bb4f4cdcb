"""What the deadlines of ``procurement`` do. What has changed since one was scheduled leaves it nothing to do."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.events import ContractLapsed
from prasasti.contracts.procurement.agreement.records import DRAFT, LAPSED, AgreementRecord, agreement_key
from prasasti.contracts.procurement.award.events import AwardCancelled
from prasasti.contracts.procurement.award.records import ACTIVE, CANCELLED, AwardRecord, award_key
from prasasti.contracts.procurement.evaluation.effects import close_ballot, get_ballot
from prasasti.contracts.procurement.evaluation.records import BALLOT_OPEN
from prasasti.contracts.procurement.lots import compute_term_end, count_bids, fail_lot, finish_lot, put_lot
from prasasti.contracts.procurement.process import (
    EVALUATING,
    FAILED,
    OPEN,
    OPENING,
    LotRecord,
    get_lot,
    get_process,
    lot_name,
    process_key,
)
from prasasti.contracts.procurement.proposal.events import LotClosed, OpeningBegun
from prasasti.contracts.procurement.schedule import BALLOT, BEGIN, CLOSE, GRACE, SIGNING, WINDOW, schedule
from prasasti.contracts.procurement.tender.events import DeadlineExtended
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event


def run_deadline(view: View, call: Call, key: str) -> Outcome:
    """A due record ``<what>:<subject>``; the subject is a process, or a lot as ``process:lot``."""
    what, _, subject = key.partition(":")
    return {
        BALLOT: _run_ballot,
        BEGIN: _run_begin,
        CLOSE: _run_close,
        GRACE: _run_grace,
        SIGNING: _run_signing,
        WINDOW: _run_window,
    }[what](view, call, subject)


def _run_close(view: View, call: Call, name: str) -> Outcome:
    """The time to propose is over. No lot has a proposal: once more time; else lots without one have failed."""
    draft, process = Draft(view), get_process(view, name)
    if call.time < process.deadline:
        return Outcome()
    lots = [lot for lot in _list_lots(view, name) if lot.state == OPEN]
    if lots and not process.extended and not any(lot.complete for lot in lots):
        return draft.outcome(*_extend(draft, call, name))
    told: list[Event] = []
    for lot in lots:
        if lot.complete:
            put_lot(draft, replace(lot, due=lot.complete, read=0, state=OPENING))
            told.append(LotClosed(count_bids(view, lot), lot.complete, lot.lot, name))
        else:
            told += fail_lot(draft, call, lot, "b")
    if any(lot.complete for lot in lots):
        schedule(draft, max(process.opening, call.time), BEGIN, name)
    return draft.outcome(*told)


def _run_begin(view: View, call: Call, name: str) -> Outcome:
    """Trustees may share: what is not opened when the grace is over makes its lot fail."""
    draft, process, told = Draft(view), get_process(view, name), list[Event]()
    for lot in _list_lots(view, name):
        if lot.state == OPENING:
            schedule(draft, compute_term_end(view, call.time, process, "opening_grace"), GRACE, lot_name(name, lot.lot))
            told.append(OpeningBegun(lot.due, lot.lot, name, lot.stage))
    return draft.outcome(*told)


def _run_grace(view: View, call: Call, name: str) -> Outcome:
    """A due envelope is short of shares: the lot has failed, and no share counts any more."""
    draft, lot = Draft(view), _get_lot(view, name)
    if lot.state != OPENING or lot.suspended:
        return Outcome()
    return draft.outcome(*fail_lot(draft, call, lot, "j"))


def _run_ballot(view: View, call: Call, name: str) -> Outcome:
    """The time to vote is over: who has not cast abstains."""
    draft, lot = Draft(view), _get_lot(view, name)
    if lot.state != EVALUATING or not lot.ballot or lot.suspended:
        return Outcome()
    ballot = get_ballot(view, lot)
    if ballot.state != BALLOT_OPEN or call.time < ballot.ends:
        return Outcome()
    return draft.outcome(*close_ballot(draft, call, lot))


def _run_window(view: View, call: Call, name: str) -> Outcome:
    """The time to complain is over; a failed lot of which nothing is open is final."""
    draft, lot = Draft(view), _get_lot(view, name)
    if lot.state != FAILED or lot.final or lot.matters or call.time < lot.window_ends:
        return Outcome()
    return draft.outcome(*finish_lot(draft, lot))


def _run_signing(view: View, call: Call, name: str) -> Outcome:
    """The contract was not signed in time: the award is withdrawn and its bidder passed over (26)."""
    draft, lot = Draft(view), _get_lot(view, name)
    award = view.get(award_key(lot.process, lot.lot, lot.award), AwardRecord) if lot.award else None
    if award is None or award.state != ACTIVE or call.time < award.signing_ends:
        return Outcome()
    told: list[Event] = []
    contract = view.get(agreement_key(award.contract), AgreementRecord) if award.contract else None
    if contract is not None and contract.state != DRAFT:
        return Outcome()
    if contract is not None:
        draft.put(agreement_key(award.contract), replace(contract, state=LAPSED))
        told.append(ContractLapsed(award.contract))
    draft.put(award_key(lot.process, lot.lot, award.award), replace(award, contract="", state=CANCELLED))
    put_lot(draft, replace(lot, award="", passed_over=[*lot.passed_over, award.bidder], state=EVALUATING))
    return draft.outcome(*told, AwardCancelled(award.award, "unsigned", lot.lot, lot.process))


def _extend(draft: Draft, call: Call, name: str) -> list[Event]:
    """The one extension for want of proposals; the opening moves with the deadline."""
    process = get_process(draft, name)
    deadline = compute_term_end(draft, call.time, process, "submission_extension")
    opening = deadline + process.opening - process.deadline
    draft.put(process_key(name), replace(process, deadline=deadline, extended=True, opening=opening))
    schedule(draft, deadline, CLOSE, name)
    return [DeadlineExtended(deadline, name)]


def _list_lots(view: View, process: str) -> list[LotRecord]:
    return [get_lot(view, process, lot) for lot in get_process(view, process).lots]


def _get_lot(view: View, name: str) -> LotRecord:
    process, _, lot = name.partition(":")
    return get_lot(view, process, lot)
