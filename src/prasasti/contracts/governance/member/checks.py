"""Conditions of the messages about members: each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.governance.parameters import (
    AFTER_LAPSE_SECONDS,
    BETWEEN_ADMISSIONS_SECONDS,
    MIN_MEMBERS,
    WATCH_CLASSES,
)
from prasasti.contracts.governance.records import (
    ACTIVE,
    DORMANT,
    SUSPENDED,
    ProposalRecord,
    proposal_key,
)
from prasasti.contracts.governance.roster import find_member, is_active_member, list_members, stays_workable
from prasasti.contracts.governance.standing import count_seconds_left, find_suspension, silences
from prasasti.contracts.offices import (
    MAX_PERSON_KEYS,
    OFFICER,
    REGISTRAR,
    find_bound_key,
    find_exclusion,
    find_person,
    is_role_allowed,
    key_key,
    list_person_roles,
    organisation_key,
)
from prasasti.core.contract import Call, View
from prasasti.core.genesis import KeyRecord, MemberRecord, OrganisationRecord
from prasasti.core.types import require

NEEDED_ROLES = (OFFICER, REGISTRAR, "governance.recovery")
NEEDED_PEOPLE = 2


# 07, 09: suspending


def may_target_be_suspended(view: View, call: Call) -> bool:
    """00.2: the decision's id is free, and the target not suspended or ended already; an unknown target is judged by 00.3."""
    if view.get(proposal_key(call.arguments.decision), ProposalRecord) is not None:
        return False
    if call.arguments.key:
        record = view.get(key_key(call.arguments.key), KeyRecord)
        return record is None or (record.until is None and not record.suspended)
    return is_not_suspended(view, call)


def is_target_known(view: View, call: Call) -> bool:
    """00.3: there is such a member, or such a key."""
    if call.arguments.key:
        return view.get(key_key(call.arguments.key), KeyRecord) is not None
    return find_member(view, call.arguments.organisation) is not None


def do_signers_differ(view: View, call: Call) -> bool:
    """07.1: two active members in two classes, one of them a watch; nobody suspends itself, or its own key, this way."""
    target = call.arguments.organisation or find_bound_key(view, call.arguments.key).organisation
    organisations = [find_bound_key(view, signer.key).organisation for signer in call.signers]
    if target in organisations or not all(is_active_member(view, each) for each in organisations):
        return False
    classes = [require(find_member(view, each), each).member_class for each in organisations]
    return classes[0] != classes[1] and any(each in WATCH_CLASSES for each in classes)


def stay_enough_after_target(view: View, call: Call) -> bool:
    """07.2: two thirds of the members, one a watch, can still act; a key counts where its member could act no more."""
    silenced = silences(view, call, call.arguments.organisation, call.arguments.key)
    if not silenced or find_member(view, silenced) is None:
        return True
    return stays_workable(view, call.genesis, list_members(view, call.genesis), silenced)


def lapsed_none_lately(view: View, call: Call) -> bool:
    """07.3: what was not ratified is not tried again at once."""
    lapsed = find_suspension(view, call.arguments.organisation, call.arguments.key).lapsed
    return not lapsed or call.time >= lapsed + AFTER_LAPSE_SECONDS


def has_days_left(view: View, call: Call) -> bool:
    """07.4: nobody is kept away by one suspension after another."""
    suspension = find_suspension(view, call.arguments.organisation, call.arguments.key)
    return count_seconds_left(view, suspension, call.time) > 0


def is_not_suspended(view: View, call: Call) -> bool:
    """00.2: the member is not suspended; one that is not there is judged by 00.3."""
    member = find_member(view, call.arguments.organisation)
    return member is None or member.standing != SUSPENDED


def is_suspended(view: View, call: Call) -> bool:
    """00.2: the member is suspended."""
    member = find_member(view, call.arguments.organisation)
    return member is None or member.standing == SUSPENDED


def is_until_in_range(view: View, call: Call) -> bool:
    """09.1: later than now, within the days of the year that are left."""
    left = count_seconds_left(view, find_suspension(view, call.arguments.organisation, ""), call.time)
    return bool(0 < call.arguments.until - call.time <= left)


def stay_enough_after_member(view: View, call: Call) -> bool:
    """09.2: as 07.2."""
    return stays_workable(view, call.genesis, list_members(view, call.genesis), call.arguments.organisation)


# 08: admitting


def is_not_closed(view: View, call: Call) -> bool:
    """00.2: an organisation that was closed stays closed."""
    record = view.get(organisation_key(call.arguments.organisation), OrganisationRecord)
    return record is None or record.standing == ACTIVE


def may_join(view: View, call: Call) -> bool:
    """08.1: no member; or one of the same class and group, for a new term."""
    member = find_member(view, call.arguments.organisation)
    if member is None:
        return True
    is_same = member.member_class == call.arguments.member_class and member.group in ("", call.arguments.group)
    return bool(is_same and member.standing in (ACTIVE, DORMANT))


def is_group_in_one_class(view: View, call: Call) -> bool:
    """08.2: who controls several organisations has a voice in one class."""
    members = [member for member in list_members(view, call.genesis) if member.id != call.arguments.organisation]
    return all(member.group != call.arguments.group or member.member_class == call.arguments.member_class for member in members)


def are_keys_complete(view: View, call: Call) -> bool:
    """08.3: a newcomer can speak, register others and recover, by two people at least, nobody with more keys than allowed."""
    keys = call.arguments.keys
    handles = sorted({key.handle for key in keys})
    roles = [role for key in keys for role in key.roles]
    is_newcomer = find_member(view, call.arguments.organisation) is None
    if is_newcomer and not (all(role in roles for role in NEEDED_ROLES) and len(handles) >= NEEDED_PEOPLE):
        return False
    people = [find_person(view, call.genesis, call.arguments.organisation, handle) for handle in handles]
    return all(len(person.keys) + sum(key.handle == person.handle for key in keys) <= MAX_PERSON_KEYS for person in people)


def exclude_offices_nothing(view: View, call: Call) -> bool:
    """08.4: no person holds two offices that exclude one another, earlier keys included."""
    for handle in sorted({key.handle for key in call.arguments.keys}):
        person = find_person(view, call.genesis, call.arguments.organisation, handle)
        given = [role for key in call.arguments.keys if key.handle == handle for role in key.roles]
        if find_exclusion(sorted({*given, *list_person_roles(view, person)})) is not None:
            return False
    return True


def admitted_none_lately(view: View, call: Call) -> bool:
    """08.5: no class is flooded: one newcomer in 30 days. A new term is no newcomer."""
    if find_member(view, call.arguments.organisation) is not None:
        return True
    return all(
        member.member_class != call.arguments.member_class or not member.since or call.time >= member.since + BETWEEN_ADMISSIONS_SECONDS
        for member in list_members(view, call.genesis)
    )


def are_keys_new(view: View, call: Call) -> bool:
    """08.6: a key is bound once in its life."""
    return all(view.get(key_key(key.key), KeyRecord) is None for key in call.arguments.keys)


def are_roles_allowed(view: View, call: Call) -> bool:
    """08.7: each role is known, and not reserved to another class."""
    return all(is_role_allowed(role, call.arguments.member_class) for key in call.arguments.keys for role in key.roles)


# 15: validators


def is_own_validator(view: View, call: Call) -> bool:
    """15.1: an active member names its own machine, as a handle that has keys to spare."""
    person = find_person(view, call.genesis, call.actor, call.arguments.handle)
    is_own = call.arguments.organisation == call.actor and is_active_member(view, call.actor)
    return is_own and len(person.keys) < MAX_PERSON_KEYS


def is_validator_new(view: View, call: Call) -> bool:
    """15.2: a key is bound once in its life."""
    return view.get(key_key(call.arguments.key), KeyRecord) is None


# 11, 17: going


def is_not_last_of_class(view: View, call: Call) -> bool:
    """11.1: no vote empties a class."""
    member = require(find_member(view, call.arguments.organisation), call.arguments.organisation)
    return _has_others(view, call, member)


def stay_enough_members(view: View, call: Call) -> bool:
    """11.2: four members stay, two thirds of them able to act."""
    others = [member for member in list_members(view, call.genesis) if member.id != call.arguments.organisation]
    return len(others) >= MIN_MEMBERS and stays_workable(view, call.genesis, others, "")


def may_leave(view: View, call: Call) -> bool:
    """00.2: a member that is not leaving already."""
    member = find_member(view, call.actor)
    return member is not None and member.standing in (ACTIVE, DORMANT)


def are_two_people_of_member(view: View, call: Call) -> bool:
    """17.1: an officer and a registrar, two handles of the actor."""
    keys = [find_bound_key(view, signer.key) for signer in call.signers]
    if sorted(signer.role for signer in call.signers) != [OFFICER, REGISTRAR]:
        return False
    return keys[0].organisation == keys[1].organisation and keys[0].handle != keys[1].handle


def _has_others(view: View, call: Call, member: MemberRecord) -> bool:
    members = list_members(view, call.genesis)
    return any(other.id != member.id and other.member_class == member.member_class for other in members)
