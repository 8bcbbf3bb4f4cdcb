"""Conditions of the messages about ceremonies: each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.governance.ceremony.former import list_former_keys
from prasasti.contracts.governance.parameters import CEREMONY_OPEN_SECONDS, WATCH_CLASSES, read_seconds
from prasasti.contracts.governance.records import CeremonyRecord, ceremony_key
from prasasti.contracts.governance.roster import find_member, list_members
from prasasti.contracts.offices import (
    COUNTED_ROLES,
    find_bound_key,
    find_exclusion,
    find_person,
    is_role_allowed,
    key_key,
    list_person_roles,
)
from prasasti.core.contract import Call, View
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import require


def is_ceremony_id_free(view: View, call: Call) -> bool:
    """00.2: no ceremony had the id before."""
    return view.get(ceremony_key(call.arguments.ceremony), CeremonyRecord) is None


def is_ceremony_known(view: View, call: Call) -> bool:
    """00.3: there is such a ceremony."""
    return view.get(ceremony_key(call.arguments.ceremony), CeremonyRecord) is not None


def is_announced(view: View, call: Call) -> bool:
    """00.2: the ceremony was not completed, and something of it is left."""
    record = view.get(ceremony_key(call.arguments.ceremony), CeremonyRecord)
    return record is None or bool(not record.completed and record.keys)


def do_enough_recover(view: View, call: Call) -> bool:
    """18.1: recovery keys of two thirds of the members sign, of two classes, one of them a watch."""
    organisations = sorted({find_bound_key(view, signer.key).organisation for signer in call.signers})
    signing = [member for each in organisations if (member := find_member(view, each)) is not None]
    classes = sorted({member.member_class for member in signing})
    is_enough = 3 * len(signing) >= 2 * len(list_members(view, call.genesis))
    return is_enough and len(classes) >= 2 and any(each in WATCH_CLASSES for each in classes)


def are_members_offices(view: View, call: Call) -> bool:
    """18.2: keys of members, in the offices without which nobody could give others."""
    for key in call.arguments.keys:
        member = find_member(view, key.organisation)
        if member is None or not all(role in COUNTED_ROLES and is_role_allowed(role, member.member_class) for role in key.roles):
            return False
    return True


def are_keys_new(view: View, call: Call) -> bool:
    """18.3, 20.4: a key is bound once in its life."""
    return all(view.get(key_key(key.key), KeyRecord) is None for key in call.arguments.keys)


def exclude_offices_nothing(view: View, call: Call) -> bool:
    """18.4: no person would hold two offices that exclude one another, those that the ceremony leaves to it included.

    Not judged again at the end: a thief who gives such an office meanwhile would stop the ceremony by it.
    """
    people = sorted({(key.organisation, key.handle) for key in call.arguments.keys})
    ended = list_former_keys(view, call.genesis, sorted({organisation for organisation, _ in people}))
    for organisation, handle in people:
        given = [role for key in call.arguments.keys if (key.organisation, key.handle) == (organisation, handle) for role in key.roles]
        person = find_person(view, call.genesis, organisation, handle)
        kept = replace(
            person,
            keys=[key for key in person.keys if key not in ended],
            held_back=[held for held in person.held_back if held.key not in ended],
        )
        if find_exclusion({*given, *list_person_roles(view, kept)}) is not None:
            return False
    return True


def is_within_window(view: View, call: Call) -> bool:
    """19.1: before the ceremony may be completed."""
    record = view.get(ceremony_key(call.arguments.ceremony), CeremonyRecord)
    return record is None or call.time < record.announced + read_seconds(view, "ceremony_days", call.time)


def has_own_part(view: View, call: Call) -> bool:
    """19.2: one's own organisation is among those that would get keys."""
    record = require(view.get(ceremony_key(call.arguments.ceremony), CeremonyRecord), call.arguments.ceremony)
    return any(key.organisation == call.actor for key in record.keys)


def is_window_over(view: View, call: Call) -> bool:
    """20.1: whoever still holds a key had the time to strike; and what was announced long ago surprises nobody."""
    record = view.get(ceremony_key(call.arguments.ceremony), CeremonyRecord)
    if record is None:
        return True
    due = record.announced + read_seconds(view, "ceremony_days", call.time)
    return due <= call.time <= due + CEREMONY_OPEN_SECONDS


def are_keys_as_announced(view: View, call: Call) -> bool:
    """20.2: exactly what was announced, less what was struck, of organisations that are members still."""
    record = require(view.get(ceremony_key(call.arguments.ceremony), CeremonyRecord), call.arguments.ceremony)
    return bool(record.keys == call.arguments.keys) and all(find_member(view, key.organisation) is not None for key in record.keys)


def are_ended_the_former(view: View, call: Call) -> bool:
    """20.3: all that could act in these offices ends, and nothing else."""
    organisations = sorted({key.organisation for key in call.arguments.keys})
    return bool(call.arguments.ended == list_former_keys(view, call.genesis, organisations))
