"""Effects of ``identity``: each runs only when every condition of its message holds."""

from __future__ import annotations

from prasasti.contracts.identity.events import KeyEnded, KeyRegistered
from prasasti.contracts.identity.records import count_change, key_key
from prasasti.core.contract import Call, Outcome, View, Write
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import require


def process_register_key(view: View, call: Call) -> Outcome:
    """01: the key stands for the organisation, in its roles, from the next block on."""
    arguments = call.arguments
    record = KeyRecord(arguments.handle, arguments.organisation, arguments.roles, call.time)
    writes = (Write(key_key(arguments.key), record), *count_change(view, record, registered=1, ended=0))
    return Outcome(writes, (KeyRegistered(arguments.key, arguments.organisation),))


def process_end_key(view: View, call: Call) -> Outcome:
    """02: the key acts no longer, for the rest of this block neither."""
    record = require(view.get(key_key(call.arguments.key), KeyRecord), call.arguments.key)
    ended = KeyRecord(record.handle, record.organisation, record.roles, record.since, call.time)
    writes = (Write(key_key(call.arguments.key), ended), *count_change(view, record, registered=0, ended=1))
    return Outcome(writes, (KeyEnded(call.arguments.key, record.organisation),))
