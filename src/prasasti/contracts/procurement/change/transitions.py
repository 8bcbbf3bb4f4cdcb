"""Effects of amendments, notices, ends and acceptance: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.lists import append_item, count_items
from prasasti.contracts.offices import Draft
from prasasti.contracts.people import list_signers
from prasasti.contracts.procurement.agreement.records import (
    COMPLETED,
    ENDED,
    HANDED_OVER,
    AgreementRecord,
    agreement_key,
    agreement_terms_key,
)
from prasasti.contracts.procurement.change import events
from prasasti.contracts.procurement.change.checks import compute_defects_until, find_counted, find_release
from prasasti.contracts.procurement.change.ending import (
    compute_freed,
    release_guarantees,
    release_retention,
    settle,
    settle_ended,
)
from prasasti.contracts.procurement.change.records import (
    ACCEPT,
    AMENDMENTS,
    CHANCE,
    DEFECT,
    NOTICE,
    NOTICES,
    SUSPEND,
    AmendmentRecord,
    ListedAmendment,
    NoticeRecord,
    amendment_key,
)
from prasasti.contracts.procurement.change.terms import amend_agreement, amend_terms, list_changes
from prasasti.contracts.procurement.delivery.progress import get_contract, get_progress
from prasasti.contracts.procurement.delivery.records import ProgressRecord, progress_key
from prasasti.contracts.procurement.lots import note_documents
from prasasti.contracts.treasury.budgets import change_commitment, free_commitment
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event, format_amount, format_signed_amount, parse_signed_amount


def process_amend_contract(view: View, call: Call) -> Outcome:
    """31: price, milestones and bill are as amended; the commitment follows, and the amendment counts against the cap."""
    draft, arguments = Draft(view), call.arguments
    agreement, progress = amend_agreement(view, call), get_progress(view, arguments.contract)
    counted_minor = find_counted(view, arguments.contract)
    counted_minor += 0 if arguments.exception is not None else parse_signed_amount(arguments.change)
    number = count_items(view, "procurement", AMENDMENTS, arguments.contract)
    record = AmendmentRecord(
        amendment=arguments.amendment, change=arguments.change, counted=format_signed_amount(counted_minor), document=arguments.document,
        exception=arguments.exception or "", number=number, price=agreement.price, reason=arguments.reason, time=call.time,
    )  # fmt: skip
    draft.put(agreement_terms_key(arguments.contract), amend_terms(view, call))
    draft.put(agreement_key(arguments.contract), agreement)
    draft.put(progress_key(arguments.contract), replace(progress, amendments=progress.amendments + 1))
    draft.put(amendment_key(arguments.contract, arguments.amendment), record)
    for write in append_item(draft, "procurement", AMENDMENTS, arguments.contract, ListedAmendment(arguments.amendment)):
        draft.put(*write)
    change_commitment(draft, arguments.contract, list_changes(call))
    note_documents(draft, call, arguments.document)
    told = events.ContractAmended(arguments.amendment, arguments.change, arguments.contract, number, agreement.price)
    return draft.outcome(told)


def process_notify_contractor(view: View, call: Call) -> Outcome:
    """38: what the contractor is told stands in the contract's list; due dates move by a suspension when the contract goes on."""
    draft, arguments = Draft(view), call.arguments
    progress, until = get_progress(view, arguments.contract), arguments.until or 0
    if arguments.act == NOTICE:
        progress = replace(progress, notice_ground=arguments.ground, notice_until=until)
    elif arguments.act == CHANCE:
        # Nobody is ended for what they have a chance to finish.
        progress = replace(progress, notice_until=max(progress.notice_until, until))
    elif arguments.act == SUSPEND:
        progress = replace(progress, suspended=call.time)
    else:
        progress = _resume(call, progress)
    draft.put(progress_key(arguments.contract), progress)
    _note(draft, call, arguments.act, arguments.ground, until)
    note_documents(draft, call, arguments.document)
    moved_seconds = progress.suspended_seconds
    return draft.outcome(events.ContractorNotified(arguments.act, arguments.contract, arguments.ground, moved_seconds, until))


def process_terminate(view: View, call: Call) -> Outcome:
    """39: nothing more is delivered; what was accepted is certified and paid, and what that does not need is free at once."""
    draft, arguments = Draft(view), call.arguments
    agreement, progress = replace(get_contract(view, arguments.contract), state=ENDED), get_progress(view, arguments.contract)
    if progress.suspended:
        progress = _resume(call, progress)
    draft.put(agreement_key(arguments.contract), agreement)
    draft.put(progress_key(arguments.contract), replace(progress, ended=call.time, ended_ground=arguments.ground))
    freed = free_commitment(draft, arguments.contract, compute_freed(view, agreement, progress))
    note_documents(draft, call, arguments.document)
    told = events.ContractEnded(arguments.contract, format_amount(sum(freed.values())), arguments.ground)
    return draft.outcome(told, *settle_ended(draft, call, agreement))


def process_hand_over(view: View, call: Call) -> Outcome:
    """40: the time for defects begins, a defect is noted, or the contract is completed and all that was kept goes back."""
    draft, arguments = Draft(view), call.arguments
    agreement = get_contract(view, arguments.contract)
    note_documents(draft, call, arguments.document)
    if arguments.act == DEFECT:
        return draft.outcome(events.DefectNoted(arguments.contract, _note(draft, call, DEFECT, "", 0)))
    if arguments.act == ACCEPT:
        return draft.outcome(*_complete(draft, call, agreement))
    return draft.outcome(*_hand_over(draft, call, agreement))


def _hand_over(draft: Draft, call: Call, agreement: AgreementRecord) -> list[Event]:
    until, held_minor = compute_defects_until(draft, call), find_release(draft, call).held_minor
    draft.put(agreement_key(agreement.contract), replace(agreement, state=HANDED_OVER))
    progress = get_progress(draft, agreement.contract)
    draft.put(progress_key(agreement.contract), replace(progress, defects_until=until, handed_over=call.time))
    _, order, told = release_retention(draft, call, agreement, held_minor, call.arguments.taxes or [])
    return [events.ContractHandedOver(agreement.contract, until, order), *told]


def _complete(draft: Draft, call: Call, agreement: AgreementRecord) -> list[Event]:
    draft.put(agreement_key(agreement.contract), replace(agreement, state=COMPLETED))
    _, told = settle(draft, call, agreement, call.arguments.taxes or [])
    return [events.ContractCompleted(agreement.contract), *told, *release_guarantees(draft, agreement)]


def _resume(call: Call, progress: ProgressRecord) -> ProgressRecord:
    """The contract goes on: due dates are later by as long as it did not."""
    return replace(progress, suspended=0, suspended_seconds=progress.suspended_seconds + call.time - progress.suspended)


def _note(draft: Draft, call: Call, act: str, ground: str, until: int) -> int:
    """What was told stands at the end of the contract's list; its number there."""
    contract = call.arguments.contract
    number = count_items(draft, "procurement", NOTICES, contract)
    record = NoticeRecord(act, call.arguments.document, ground, list_signers(draft, call), call.time, until)
    for write in append_item(draft, "procurement", NOTICES, contract, record):
        draft.put(*write)
    return number
