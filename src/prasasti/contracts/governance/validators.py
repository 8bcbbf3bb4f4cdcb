"""Validators and their power: each class weighs the same, however many validators it has.

Owns the sum only. An engine that orders blocks among several machines asks for it; the embedded one has no need to.
"""

from __future__ import annotations

from typing import NamedTuple

from prasasti.contracts.governance.records import ACTIVE, ValidatorRecord, validator_key
from prasasti.contracts.governance.roster import list_members
from prasasti.contracts.offices import find_bound_key
from prasasti.core.contract import View
from prasasti.core.genesis import Genesis

# Divides evenly by every number of validators up to 15, save 9.
CLASS_POWER = 840_840


class ValidatorPower(NamedTuple):
    """A validator's key and its weight in ordering blocks."""

    member: str
    key: str
    power: int


def compute_powers(view: View, genesis: Genesis) -> list[ValidatorPower]:
    """Validators of active members whose keys stand, by member; with four classes each class has a quarter of the power."""
    found: list[tuple[str, str, str]] = []
    for member in list_members(view, genesis):
        record = view.get(validator_key(member.id), ValidatorRecord)
        if record is None or member.standing != ACTIVE:
            continue
        key = find_bound_key(view, record.key)
        if key.until is None and not key.suspended:
            found.append((member.id, member.member_class, record.key))
    counts = {member_class: sum(other == member_class for _, other, _ in found) for _, member_class, _ in found}
    return [ValidatorPower(member, key, CLASS_POWER // counts[member_class]) for member, member_class, key in found]
