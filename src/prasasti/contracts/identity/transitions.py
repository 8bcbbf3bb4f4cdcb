"""Effects of ``identity``: each runs only when every condition of its message holds."""

from __future__ import annotations

from prasasti.contracts.identity.events import KeyEnded, KeyRegistered
from prasasti.contracts.offices import Draft, bind_key, end_key, key_key
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import require


def process_register_key(view: View, call: Call) -> Outcome:
    """01: the key stands for the organisation, in its roles, from the next block on."""
    draft, arguments = Draft(view), call.arguments
    bind_key(draft, call, arguments.organisation, arguments.handle, arguments.key, arguments.roles)
    return draft.outcome(KeyRegistered(arguments.key, arguments.organisation))


def process_end_key(view: View, call: Call) -> Outcome:
    """02: the key acts no longer, for the rest of this block neither."""
    draft = Draft(view)
    record = require(view.get(key_key(call.arguments.key), KeyRecord), call.arguments.key)
    end_key(draft, call, call.arguments.key)
    return draft.outcome(KeyEnded(call.arguments.key, record.organisation))
