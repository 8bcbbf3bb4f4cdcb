"""What the deadlines of ``identity`` do. What has changed since one was scheduled leaves it nothing to do."""

from __future__ import annotations

from prasasti.contracts.identity import events
from prasasti.contracts.identity.effects import (
    await_review,
    compute_review_due,
    note_voices,
    set_recovery,
)
from prasasti.contracts.identity.records import (
    ActsRecord,
    OfficeReviewsRecord,
    RecoveryRecord,
    acts_key,
    office_reviews_key,
    parse_quarter,
    recovery_key,
)
from prasasti.contracts.offices import (
    REGISTRAR,
    Draft,
    DueRecord,
    drop_term,
    find_bound_key,
    find_person_of_key,
    give_back,
    keeps_registrar,
    organisation_key,
    set_role,
)
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.genesis import OrganisationRecord
from prasasti.core.state import schedule_key
from prasasti.core.types import Event, require


def run_deadline(view: View, call: Call, key: str) -> Outcome:
    """A due record ``<what>:<subject>``. What has changed since it was scheduled leaves it nothing to do."""
    what, _, subject = key.partition(":")
    return {
        "acts": _run_acts,
        "held": _run_held,
        "lapse": _run_lapse,
        "offices": _run_offices,
        "term": _run_term,
    }[what](view, call, subject)


def _run_term(view: View, call: Call, key: str) -> Outcome:
    """Offices of a key whose date is over end; the last registrar stays, without a date, and is named."""
    draft, told = Draft(view), list[Event]()
    due = [term for term in find_person_of_key(view, call.genesis, key).terms if term.key == key and term.until <= call.time]
    for term in due:
        if term.role == REGISTRAR and not keeps_registrar(draft, call.genesis, key):
            drop_term(draft, call, key, term.role)
            told.append(events.RegistrarStays(key))
        else:
            set_role(draft, call, key, term.role, held=False)
            told.append(events.OfficeOver(key, term.role))
    return draft.outcome(*told, *note_voices(view, draft, call, find_bound_key(view, key).organisation))


def _run_held(view: View, call: Call, key: str) -> Outcome:
    """What recovery held back from a key, it has from the next block on."""
    draft, told = Draft(view), list[Event]()
    for held in find_person_of_key(view, call.genesis, key).held_back:
        if held.key == key and held.until <= call.time:
            give_back(draft, call, key, held.role)
            told.append(events.OfficeGivenBack(key, held.role))
    return draft.outcome(*told)


def _run_lapse(view: View, call: Call, recovery: str) -> Outcome:
    """A recovery that nobody completed is over."""
    draft = Draft(view)
    if require(view.get(recovery_key(recovery), RecoveryRecord), recovery).standing != "announced":
        return Outcome()
    set_recovery(draft, recovery, "lapsed")
    return draft.outcome(events.RecoveryLapsed(recovery))


def _run_acts(view: View, call: Call, key: str) -> Outcome:
    """The time to own or disown a key's acts is over: named, with how many were; which ones were not, the log shows."""
    draft, record = Draft(view), require(view.get(acts_key(key), ActsRecord), key)
    draft.put(acts_key(key), ActsRecord(record.disowned, record.due, overdue=True, own=record.own, since=record.since))
    return draft.outcome(events.ActsReviewOverdue(record.own + record.disowned, key))


def _run_offices(view: View, call: Call, digest: str) -> Outcome:
    """An organisation whose quarter's review is late is named; the next quarter's is awaited."""
    draft, record = Draft(view), require(view.get(office_reviews_key(digest), OfficeReviewsRecord), digest)
    due = compute_review_due(view, call, record.organisation, parse_quarter(record.coming))
    if due > call.time:
        # It was reviewed since, or the parameter gives more time now.
        draft.put(schedule_key(due, "identity", f"offices:{digest}"), DueRecord(record.organisation))
        return draft.outcome()
    closed = view.get(organisation_key(record.organisation), OrganisationRecord)
    if closed is not None and closed.standing == "closed":
        return Outcome()
    await_review(draft, call, record.organisation, parse_quarter(record.coming) + 1, [*record.missing, record.coming])
    return draft.outcome(events.OfficeReviewOverdue(record.organisation, record.coming))
