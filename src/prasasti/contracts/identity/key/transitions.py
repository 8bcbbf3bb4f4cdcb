"""Effects on keys: each runs only when every condition of its message holds."""

from __future__ import annotations

from prasasti.contracts.identity import events
from prasasti.contracts.identity.conditions import TERMLESS_ROLES
from prasasti.contracts.identity.effects import (
    note_voices,
    record_document,
    replace_key,
    start_office_reviews,
)
from prasasti.contracts.identity.parameters import read_seconds
from prasasti.contracts.identity.records import (
    ActsRecord,
    FindingRecord,
    acts_key,
    finding_key,
)
from prasasti.contracts.offices import (
    Draft,
    DueRecord,
    bind_key,
    end_key,
    find_bound_key,
)
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.state import schedule_key
from prasasti.core.types import Event, require


def process_register_key(view: View, call: Call) -> Outcome:
    """01: the key stands for the organisation, in its roles, from the next block on; offices with a term end by date."""
    draft, arguments = Draft(view), call.arguments
    until = arguments.until if arguments.until is not None else call.time + read_seconds(view, "office_days", call.time)
    terms = {role: until for role in arguments.roles if role not in TERMLESS_ROLES}
    if arguments.organisation == call.actor:
        start_office_reviews(draft, call, call.actor)
    bind_key(draft, call, arguments.organisation, arguments.handle, arguments.key, arguments.roles, terms)
    told = note_voices(view, draft, call, arguments.organisation)
    return draft.outcome(events.KeyRegistered(arguments.key, arguments.organisation), *told)


def process_end_key(view: View, call: Call) -> Outcome:
    """02: the key acts no longer, for the rest of this block neither; if it is suspect, what it signed is to be looked at."""
    draft, arguments = Draft(view), call.arguments
    organisation = find_bound_key(view, arguments.key).organisation
    end_key(draft, call, arguments.key)
    ended: list[Event] = [events.KeyEnded(arguments.key, organisation), *note_voices(view, draft, call, organisation)]
    if arguments.suspect_since is not None:
        due = call.time + read_seconds(view, "acts_review_days", call.time)
        draft.put(acts_key(arguments.key), ActsRecord(0, due, overdue=False, own=0, since=arguments.suspect_since))
        draft.put(schedule_key(due, "identity", f"acts:{arguments.key}"), DueRecord(arguments.key))
        ended.append(events.ActsReviewOpened(due, arguments.key, arguments.suspect_since))
    return draft.outcome(*ended)


def process_rotate_key(view: View, call: Call) -> Outcome:
    """03: the new key takes the old one's place, with its terms and what is held back from it."""
    draft, arguments = Draft(view), call.arguments
    replace_key(draft, call, arguments.old, arguments.key, arguments.roles)
    return draft.outcome(events.KeyRotated(arguments.key, arguments.old))


def process_confirm_acts(view: View, call: Call) -> Outcome:
    """10: acts are owned or disowned; none is undone by that."""
    draft, arguments = Draft(view), call.arguments
    record = require(view.get(acts_key(arguments.key), ActsRecord), arguments.key)
    count = len(arguments.ids)
    own, disowned = (count, 0) if arguments.finding == "own" else (0, count)
    draft.put(acts_key(arguments.key), ActsRecord(record.disowned + disowned, record.due, record.overdue, record.own + own, record.since))
    for each in arguments.ids:
        draft.put(finding_key(each), FindingRecord(arguments.finding, arguments.key, call.time, arguments.document))
    if arguments.document is not None:
        record_document(draft, call, arguments.document)
    return draft.outcome(events.ActsConfirmed(count, arguments.finding, arguments.key))
