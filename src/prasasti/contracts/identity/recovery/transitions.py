"""Effects on recoveries: each runs only when every condition of its message holds."""

from __future__ import annotations

from prasasti.contracts.identity import events
from prasasti.contracts.identity.effects import note_voices, record_document, replace_key, set_recovery
from prasasti.contracts.identity.parameters import read_seconds
from prasasti.contracts.identity.records import (
    RecoveringRecord,
    RecoveryRecord,
    recovering_key,
    recovery_key,
)
from prasasti.contracts.offices import (
    Draft,
    DueRecord,
    HeldBack,
    find_bound_key,
    find_offices,
    hold_back,
)
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.state import schedule_key


def process_announce_recovery(view: View, call: Call) -> Outcome:
    """07: the window for objections opens; it is longer where the organisation could not vouch by itself."""
    draft, arguments = Draft(view), call.arguments
    old = find_bound_key(view, arguments.old)
    people = find_offices(view, call.genesis, old.organisation).registrars
    is_outside = sum(handle != old.handle for handle in people) < 2
    ready = call.time + read_seconds(view, "outside_recovery_hours" if is_outside else "recovery_hours", call.time)
    record = RecoveryRecord(call.time, arguments.document, arguments.key, arguments.old, is_outside, ready, "announced")
    draft.put(recovery_key(arguments.recovery), record)
    draft.put(recovering_key(arguments.old), RecoveringRecord(arguments.recovery))
    lapses = ready + read_seconds(view, "recovery_open_days", call.time)
    draft.put(schedule_key(lapses, "identity", f"lapse:{arguments.recovery}"), DueRecord(arguments.recovery))
    record_document(draft, call, arguments.document)
    return draft.outcome(events.RecoveryAnnounced(arguments.old, ready, arguments.recovery))


def process_object_recovery(view: View, call: Call) -> Outcome:
    """08: the recovery is off; the old key stands as before."""
    draft = Draft(view)
    set_recovery(draft, call.arguments.recovery, "objected")
    return draft.outcome(events.RecoveryObjected(call.arguments.recovery))


def process_complete_recovery(view: View, call: Call) -> Outcome:
    """09: the new key takes the lost one's place; offices that move money come later, by the schedule."""
    draft, arguments = Draft(view), call.arguments
    set_recovery(draft, arguments.recovery, "completed")
    replace_key(draft, call, arguments.old, arguments.key, arguments.roles)
    until = call.time + read_seconds(view, "payment_hold_hours", call.time)
    for role in arguments.held_back:
        hold_back(draft, call, HeldBack(arguments.key, role, until))
    told = note_voices(view, draft, call, arguments.organisation)
    return draft.outcome(events.RecoveryCompleted(arguments.key, arguments.old, arguments.recovery), *told)
