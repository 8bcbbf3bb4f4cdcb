"""Effects that several messages and deadlines of ``identity`` share."""

from __future__ import annotations

from prasasti.contracts.governance.records import note_document
from prasasti.contracts.governance.roster import is_active_member
from prasasti.contracts.governance.voting import note_deadlock
from prasasti.contracts.identity.parameters import DAY_SECONDS, read_seconds
from prasasti.contracts.identity.records import (
    OfficeReviewsRecord,
    RecoveryRecord,
    compute_quarter,
    compute_quarter_end,
    digest_organisation,
    format_quarter,
    office_reviews_key,
    recovery_key,
)
from prasasti.contracts.offices import (
    Draft,
    DueRecord,
    HeldBack,
    Term,
    bind_key,
    end_key,
    find_bound_key,
    find_offices,
    find_person_of_key,
    hold_back,
    put_term,
)
from prasasti.core.contract import Call, View
from prasasti.core.state import schedule_key
from prasasti.core.types import Document, Event, require


def replace_key(draft: Draft, call: Call, old: str, key: str, roles: list[str]) -> None:
    """A key takes another's place in some of its roles: the same person, the same dates, the same held back."""
    record, person = find_bound_key(draft, old), find_person_of_key(draft, call.genesis, old)
    end_key(draft, call, old)
    bind_key(draft, call, record.organisation, record.handle, key, roles)
    for term in person.terms:
        if term.key == old:
            put_term(draft, call, Term(key, term.role, term.until, term.delegated))
    for held in person.held_back:
        if held.key == old:
            hold_back(draft, call, HeldBack(key, held.role, held.until))


def note_voices(view: View, draft: Draft, call: Call, organisation: str) -> list[Event]:
    """Where a member gains its first officer or loses its last, other votes can pass than before (governance: Deadlock)."""
    before, after = (find_offices(each, call.genesis, organisation).officers for each in (view, draft))
    return note_deadlock(draft, call) if bool(before) != bool(after) and is_active_member(draft, organisation) else []


def set_recovery(draft: Draft, recovery: str, standing: str) -> None:
    """A recovery's standing changes."""
    record = require(draft.get(recovery_key(recovery), RecoveryRecord), recovery)
    changed = RecoveryRecord(record.announced, record.document, record.key, record.old, record.outside, record.ready, standing)
    draft.put(recovery_key(recovery), changed)


def record_document(draft: Draft, call: Call, document: Document) -> None:
    """The organisation that acts answers for a document, and can have it withheld."""
    for write in note_document(draft, call.actor, document, call.time):
        draft.put(*write)


def start_office_reviews(draft: Draft, call: Call, organisation: str) -> None:
    """From its first registration on, an organisation owes a review for each quarter."""
    key = office_reviews_key(digest_organisation(organisation))
    if draft.get(key, OfficeReviewsRecord) is None:
        await_review(draft, call, organisation, compute_quarter(call.time), [])


def await_review(draft: Draft, call: Call, organisation: str, quarter: int, missing: list[str]) -> None:
    """An organisation owes the review of a quarter; the schedule has the time at which it is late."""
    digest = digest_organisation(organisation)
    draft.put(office_reviews_key(digest), OfficeReviewsRecord(format_quarter(quarter), missing, organisation))
    due = compute_review_due(draft, call, organisation, quarter)
    draft.put(schedule_key(due, "identity", f"offices:{digest}"), DueRecord(organisation))


def compute_review_due(view: View, call: Call, organisation: str, quarter: int) -> int:
    """When a quarter's review is late; organisations are spread over a day, so that no second holds too many deadlines."""
    spread_seconds = int(digest_organisation(organisation)[:8], 16) % DAY_SECONDS
    return compute_quarter_end(quarter) + read_seconds(view, "office_review_days", call.time) + spread_seconds
