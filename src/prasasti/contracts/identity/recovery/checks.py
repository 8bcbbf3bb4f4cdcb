"""Conditions on recoveries (07 to 09): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from prasasti.contracts.governance.roster import is_active_member
from prasasti.contracts.identity.conditions import (
    find_class,
    find_key,
)
from prasasti.contracts.identity.parameters import (
    OBJECTION_REASONS,
    WATCH_ROLE,
    WATCH_ROLES,
)
from prasasti.contracts.identity.records import (
    RecoveryRecord,
    recovery_key,
)
from prasasti.contracts.offices import (
    PAYMENT_ROLES,
    REGISTRAR,
    find_offices,
    find_person_of_key,
)
from prasasti.core.contract import Call, View
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import require

RECOVERY_ROLE = "governance.recovery"


def is_old_key_standing(view: View, call: Call) -> bool:
    """00.2: the key that was lost has not ended; a suspended one can be recovered."""
    record = find_key(view, call.arguments.old)
    return record is None or record.until is None


def is_known_old_key(view: View, call: Call) -> bool:
    """00.3: the key that was lost was bound once."""
    return find_key(view, call.arguments.old) is not None


def is_recovery_backed(view: View, call: Call) -> bool:
    """07.1: more than half of the other registrars, at least two; where there are fewer, two from outside (``_is_backed_outside``)."""
    old = require(find_key(view, call.arguments.old), call.arguments.old)
    others = _list_other_registrars(view, call, old)
    signers = [(signer.role, require(find_key(view, signer.key), signer.key)) for signer in call.signers]
    if len(others) < 2:
        return _is_backed_outside(view, old, signers)
    people = {record.handle for role, record in signers if role == REGISTRAR and record.organisation == old.organisation}
    are_all_there = all(role == REGISTRAR and record.organisation == old.organisation for role, record in signers)
    return are_all_there and old.handle not in people and len(people) >= 2 and 2 * len(people) > len(others)


def is_recovery_new(view: View, call: Call) -> bool:
    """07.4: a recovery's id is used once."""
    return view.get(recovery_key(call.arguments.recovery), RecoveryRecord) is None


def is_recovery_announced(view: View, call: Call) -> bool:
    """00.2: nobody objected, and it was neither completed nor missed."""
    record = _find_recovery(view, call)
    return record is None or record.standing == "announced"


def is_recovery_open(view: View, call: Call) -> bool:
    """00.2: as announced, and the old key has not ended since: then the registrar registers a new one."""
    record = _find_recovery(view, call)
    if record is None:
        return True
    return record.standing == "announced" and require(find_key(view, record.old), record.old).until is None


def is_known_recovery(view: View, call: Call) -> bool:
    """00.3: there is such a recovery."""
    return _find_recovery(view, call) is not None


def is_objection_reason_known(view: View, call: Call) -> bool:
    """00.6: the reason is one of the codes."""
    return call.arguments.reason in OBJECTION_REASONS


def is_window_open(view: View, call: Call) -> bool:
    """08.1: objections come within the window."""
    return call.time < require(_find_recovery(view, call), call.arguments.recovery).ready


def may_object(view: View, call: Call) -> bool:
    """08.2: the old key itself, or a registrar of its organisation who is another person."""
    old_key = require(_find_recovery(view, call), call.arguments.recovery).old
    old, signer = require(find_key(view, old_key), old_key), call.signers[0]
    if signer.key == old_key:
        return True
    record = require(find_key(view, signer.key), signer.key)
    return signer.role == REGISTRAR and record.organisation == old.organisation and record.handle != old.handle


def is_window_over(view: View, call: Call) -> bool:
    """09.1: whoever could object had the time to."""
    return call.time >= require(_find_recovery(view, call), call.arguments.recovery).ready


def is_as_announced(view: View, call: Call) -> bool:
    """09.2: the keys announced, the same person, the offices of today, those that move money held back."""
    arguments, recovery = call.arguments, require(_find_recovery(view, call), call.arguments.recovery)
    old = require(find_key(view, recovery.old), recovery.old)
    person = find_person_of_key(view, call.genesis, recovery.old)
    awaited = [held.role for held in person.held_back if held.key == recovery.old]
    roles = [role for role in old.roles if role not in PAYMENT_ROLES]
    held_back = sorted({*awaited, *old.roles} - {*roles})
    return (arguments.old, arguments.key, arguments.organisation, arguments.handle, arguments.roles, arguments.held_back) == (
        recovery.old, recovery.key, old.organisation, old.handle, roles, held_back,
    )  # fmt: skip


def _find_recovery(view: View, call: Call) -> RecoveryRecord | None:
    return view.get(recovery_key(call.arguments.recovery), RecoveryRecord)


def _list_other_registrars(view: View, call: Call, old: KeyRecord) -> Sequence[str]:
    """Registrars of the lost key's organisation who are not the person who lost it."""
    return [handle for handle in find_offices(view, call.genesis, old.organisation).registrars if handle != old.handle]


def _is_backed_outside(view: View, old: KeyRecord, signers: Sequence[tuple[str, KeyRecord]]) -> bool:
    """An active member's registrar, or the member's own recovery key, and an auditor; three organisations, or two."""
    watch_role, watch_class = WATCH_ROLES.get(find_class(view, old.organisation), WATCH_ROLE)

    def is_watch(role: str, record: KeyRecord) -> bool:
        is_of_class = find_class(view, record.organisation) == watch_class
        return role == watch_role and is_of_class and record.organisation != old.organisation

    def is_voucher(role: str, record: KeyRecord) -> bool:
        if role == RECOVERY_ROLE:
            return record.organisation == old.organisation
        return role == REGISTRAR and is_active_member(view, record.organisation) and record.organisation != old.organisation

    return len(signers) == 2 and any(
        is_voucher(*one) and is_watch(*other) and one[1].organisation != other[1].organisation for one, other in permutations(signers, 2)
    )
