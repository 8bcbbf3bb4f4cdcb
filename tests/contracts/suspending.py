"""A contract for tests alone that suspends and reinstates a key, as members do by a vote."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.offices import Draft, key_key, set_suspended
from prasasti.core.contract import Call, Contract, Message, Outcome, Rejection, View
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import HexKey


class NameKey(Struct, frozen=True, forbid_unknown_fields=True):
    """Which key."""

    key: HexKey


def is_standing(view: View, call: Call) -> bool:
    record = view.get(key_key(call.arguments.key), KeyRecord)
    return record is not None and record.until is None


def process_suspend(view: View, call: Call) -> Outcome:
    draft = Draft(view)
    set_suspended(draft, call, call.arguments.key, True)
    return draft.outcome()


def process_reinstate(view: View, call: Call) -> Outcome:
    draft = Draft(view)
    set_suspended(draft, call, call.arguments.key, False)
    return draft.outcome()


NOT_STANDING = Rejection("suspending.00.2", "the key does not stand")
CONDITIONS = ((NOT_STANDING, is_standing),)
HOLDER = ("identity.holder",)
SUSPENDING = Contract(
    name="suspending",
    version=1,
    lost_in_block=Rejection("suspending.00.1", "a signer's key, role or standing was lost earlier in the block"),
    messages=(
        Message("suspend", "01", NameKey, HOLDER, process_suspend, 1, 1, CONDITIONS, ({"effect": "suspend", "key": "key"},)),
        Message("reinstate", "02", NameKey, HOLDER, process_reinstate, 1, 1, CONDITIONS, ({"effect": "reinstate", "key": "key"},)),
    ),
)
