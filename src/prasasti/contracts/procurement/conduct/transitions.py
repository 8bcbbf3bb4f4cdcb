"""Effects of violations and debarments: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.calendar import compute_end
from prasasti.contracts.procurement.conduct import events
from prasasti.contracts.procurement.conduct.checks import find_violation, is_lifting
from prasasti.contracts.procurement.conduct.records import (
    EXPIRED,
    IN_FORCE,
    LIFTED,
    DebarmentRecord,
    DebarredRecord,
    ViolationRecord,
    debarment_key,
    debarred_key,
    violation_key,
)
from prasasti.contracts.procurement.lots import note_documents
from prasasti.contracts.procurement.parameters import read_calendar, read_term
from prasasti.contracts.procurement.process import get_process
from prasasti.contracts.procurement.schedule import DEBARMENT, schedule
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event, require


def process_debar(view: View, call: Call) -> Outcome:
    """42: the organisation is kept from contracts until a time, for all buyers; or it is so no longer."""
    draft, arguments = Draft(view), call.arguments
    note_documents(draft, call, arguments.document)
    if is_lifting(call):
        return draft.outcome(*_end(draft, arguments.debarment, LIFTED))
    violation = require(find_violation(view, arguments.violation), arguments.violation)
    record = DebarmentRecord(
        authority=call.actor, document=arguments.document, ground=arguments.ground, organisation=arguments.organisation,
        since=call.time, state=IN_FORCE, until=arguments.until, violation=arguments.violation,
    )  # fmt: skip
    draft.put(debarment_key(arguments.debarment), record)
    draft.put(violation_key(arguments.violation), replace(violation, debarment=arguments.debarment))
    _count(draft, arguments.organisation, [*_list_in_force(draft, arguments.organisation), arguments.debarment])
    schedule(draft, arguments.until, DEBARMENT, arguments.debarment)
    return draft.outcome(events.Debarred(arguments.debarment, arguments.organisation, arguments.until))


def process_notify_violation(view: View, call: Call) -> Outcome:
    """51: the organisation may reply until its term is over; then it counts as heard."""
    draft, arguments = Draft(view), call.arguments
    agreement = draft.get(agreement_key(arguments.contract), AgreementRecord) if arguments.contract is not None else None
    process = arguments.process or (agreement.process if agreement is not None else "")
    if agreement is not None:
        buyer = agreement.buyer
    elif process:
        buyer = get_process(draft, process).buyer
    else:
        buyer = ""
    calendar = read_calendar(draft, buyer or call.actor, call.time)
    due = compute_end(calendar, call.time, read_term(draft, "violation_reply", call.time))
    record = ViolationRecord(
        buyer=buyer, contract=arguments.contract or "", debarment="", document=arguments.document, ground=arguments.ground,
        notified=call.time, organisation=arguments.organisation, process=process, replied=0, reply=None, reply_due=due,
    )  # fmt: skip
    draft.put(violation_key(arguments.violation), record)
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.ViolationNotified(arguments.organisation, due, arguments.violation))


def process_reply_violation(view: View, call: Call) -> Outcome:
    """52: the organisation is heard."""
    draft, arguments = Draft(view), call.arguments
    violation = require(find_violation(view, arguments.violation), arguments.violation)
    draft.put(violation_key(arguments.violation), replace(violation, replied=call.time, reply=arguments.document))
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.ViolationReplied(arguments.violation))


def expire_debarment(draft: Draft, call: Call, debarment: str) -> list[Event]:
    """A debarment's time is over, unless it was lifted."""
    record = _get(draft, debarment)
    return _end(draft, debarment, EXPIRED) if record.state == IN_FORCE and call.time >= record.until else []


def _end(draft: Draft, debarment: str, state: str) -> list[Event]:
    record = _get(draft, debarment)
    draft.put(debarment_key(debarment), replace(record, state=state))
    _count(draft, record.organisation, [each for each in _list_in_force(draft, record.organisation) if each != debarment])
    event = events.DebarmentLifted if state == LIFTED else events.DebarmentExpired
    return [event(debarment, record.organisation)]


def _count(draft: Draft, organisation: str, in_force: list[str]) -> None:
    """Note which debarments keep an organisation out, and until when the longest of them does."""
    until = max((_get(draft, each).until for each in in_force), default=0)
    draft.put(debarred_key(organisation), DebarredRecord(in_force, until))


def _list_in_force(view: View, organisation: str) -> list[str]:
    record = view.get(debarred_key(organisation), DebarredRecord)
    return record.debarments if record is not None else []


def _get(view: View, debarment: str) -> DebarmentRecord:
    return require(view.get(debarment_key(debarment), DebarmentRecord), debarment)
