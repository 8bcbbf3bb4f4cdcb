"""Effects of the messages about ceremonies: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.governance.events import CeremonyAnnounced, CeremonyCompleted, CeremonyStruck
from prasasti.contracts.governance.parameters import read_seconds
from prasasti.contracts.governance.records import CeremonyRecord, ceremony_key, note_document
from prasasti.contracts.governance.voting import note_deadlock
from prasasti.contracts.offices import Draft, bind_key, end_key
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import require


def process_announce_ceremony(view: View, call: Call) -> Outcome:
    """18: the window begins in which whoever still holds a key may strike."""
    draft, arguments = Draft(view), call.arguments
    draft.put(ceremony_key(arguments.ceremony), CeremonyRecord(call.time, 0, arguments.document, arguments.keys, []))
    for write in note_document(view, call.actor, arguments.document, call.time):
        draft.put(*write)
    return draft.outcome(CeremonyAnnounced(arguments.ceremony, call.time + read_seconds(view, "ceremony_days", call.time)))


def process_strike(view: View, call: Call) -> Outcome:
    """19: the organisation's part falls out; the others' goes on."""
    draft, ceremony = Draft(view), call.arguments.ceremony
    record = require(view.get(ceremony_key(ceremony), CeremonyRecord), ceremony)
    kept = [key for key in record.keys if key.organisation != call.actor]
    draft.put(ceremony_key(ceremony), replace(record, keys=kept, struck=sorted([*record.struck, call.actor])))
    return draft.outcome(CeremonyStruck(ceremony, call.actor))


def process_complete_ceremony(view: View, call: Call) -> Outcome:
    """20: the former keys end, the new ones act from the next block on."""
    draft, arguments = Draft(view), call.arguments
    record = require(view.get(ceremony_key(arguments.ceremony), CeremonyRecord), arguments.ceremony)
    for key in arguments.ended:
        end_key(draft, call, key)
    for new in arguments.keys:
        bind_key(draft, call, new.organisation, new.handle, new.key, new.roles)
    draft.put(ceremony_key(arguments.ceremony), replace(record, completed=call.time))
    return draft.outcome(CeremonyCompleted(arguments.ceremony), *note_deadlock(draft, call))
