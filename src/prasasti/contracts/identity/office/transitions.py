"""Effects on offices: each runs only when every condition of its message holds."""

from __future__ import annotations

from prasasti.contracts.identity import events
from prasasti.contracts.identity.effects import await_review, note_voices
from prasasti.contracts.identity.records import (
    OfficeReviewsRecord,
    digest_organisation,
    office_reviews_key,
    parse_quarter,
)
from prasasti.contracts.offices import (
    Draft,
    Term,
    find_bound_key,
    put_term,
    set_role,
)
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event


def process_grant_office(view: View, call: Call) -> Outcome:
    """04: the key has the office from the next block on, until a date; one that it has is prolonged or shortened."""
    draft, arguments = Draft(view), call.arguments
    set_role(draft, call, arguments.key, arguments.role, held=True)
    put_term(draft, call, Term(arguments.key, arguments.role, arguments.until))
    told = _note_voices(view, draft, call)
    return draft.outcome(events.OfficeGranted(arguments.key, arguments.role, arguments.until), *told)


def process_end_office(view: View, call: Call) -> Outcome:
    """05: the key has the office no longer, for the rest of this block neither."""
    draft, arguments = Draft(view), call.arguments
    set_role(draft, call, arguments.key, arguments.role, held=False)
    return draft.outcome(events.OfficeEnded(arguments.key, arguments.role), *_note_voices(view, draft, call))


def process_delegate_office(view: View, call: Call) -> Outcome:
    """06: another key has the office too, until a date; its holder keeps it."""
    draft, arguments = Draft(view), call.arguments
    set_role(draft, call, arguments.key, arguments.role, held=True)
    put_term(draft, call, Term(arguments.key, arguments.role, arguments.until, delegated=True))
    told = _note_voices(view, draft, call)
    return draft.outcome(events.OfficeDelegated(arguments.key, arguments.role, arguments.until), *told)


def process_review_offices(view: View, call: Call) -> Outcome:
    """15: the organisation owes the review of that quarter no longer."""
    draft, quarter = Draft(view), call.arguments.quarter
    record = view.get(office_reviews_key(digest_organisation(call.actor)), OfficeReviewsRecord)
    if record is not None and quarter in record.missing:
        missing = [each for each in record.missing if each != quarter]
        draft.put(office_reviews_key(digest_organisation(call.actor)), OfficeReviewsRecord(record.coming, missing, call.actor))
    else:
        await_review(draft, call, call.actor, parse_quarter(quarter) + 1, record.missing if record is not None else [])
    return draft.outcome(events.OfficesReviewed(call.actor, quarter))


def _note_voices(view: View, draft: Draft, call: Call) -> list[Event]:
    return note_voices(view, draft, call, find_bound_key(view, call.arguments.key).organisation)
