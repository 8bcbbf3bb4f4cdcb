"""Conditions on keys (01 to 03, 10): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.identity.conditions import (
    TERMLESS_ROLES,
    do_enough_registrars_sign,
    find_class,
    find_key,
    has_room_for_holder,
    is_ahead,
    may_act_for,
    owns_or_registers,
)
from prasasti.contracts.identity.parameters import (
    END_REASONS,
    MISSING_REVIEWS,
)
from prasasti.contracts.identity.records import (
    ActsRecord,
    FindingRecord,
    OfficeReviewsRecord,
    acts_key,
    digest_organisation,
    finding_key,
    office_reviews_key,
)
from prasasti.contracts.offices import (
    MAX_PERSON_KEYS,
    OFFICER,
    find_exclusion,
    find_offices,
    find_person,
    is_role_allowed,
    keeps_registrar,
    list_person_roles,
)
from prasasti.core.contract import Call, View
from prasasti.core.types import require


def are_roles_not_held_back(view: View, call: Call) -> bool:
    """00.2: what recovery holds back from a person is not given by another way."""
    person = find_person(view, call.genesis, call.arguments.organisation, call.arguments.handle)
    return all(held.role not in call.arguments.roles for held in person.held_back)


def may_register_for_organisation(view: View, call: Call) -> bool:
    """01.1: the organisation is the registrar's own, or a publisher without one and the registrar a founder."""
    return may_act_for(view, call, call.arguments.organisation)


def are_roles_allowed(view: View, call: Call) -> bool:
    """01.3: each role is known, and the organisation is of the class that it is reserved to, if any."""
    member_class = find_class(view, call.arguments.organisation)
    return all(is_role_allowed(role, member_class) for role in call.arguments.roles)


def are_roles_compatible(view: View, call: Call) -> bool:
    """01.4: no two roles of the person, over all keys, exclude one another."""
    person = find_person(view, call.genesis, call.arguments.organisation, call.arguments.handle)
    return find_exclusion({*list_person_roles(view, person), *call.arguments.roles}) is None


def is_until_in_range(view: View, call: Call) -> bool:
    """01.5: if there is a date, some role ends by it, and it lies ahead, not too far."""
    until = call.arguments.until
    if until is None:
        return True
    has_term = any(role not in TERMLESS_ROLES for role in call.arguments.roles)
    return has_term and is_ahead(view, call, until, "office_days")


def do_enough_registrars_register(view: View, call: Call) -> bool:
    """01.6: offices that weigh most take two registrars, where there are two."""
    return do_enough_registrars_sign(view, call, call.arguments.organisation, call.arguments.roles)


def are_offices_reviewed(view: View, call: Call) -> bool:
    """01.7: an organisation that stopped looking at its offices gives no new ones; one without two people to look may."""
    record = view.get(office_reviews_key(digest_organisation(call.arguments.organisation)), OfficeReviewsRecord)
    if record is None or len(record.missing) < MISSING_REVIEWS:
        return True
    offices = find_offices(view, call.genesis, call.arguments.organisation)
    return all(registrar == officer for registrar in offices.registrars for officer in offices.officers)


def has_room_for_registered(view: View, call: Call) -> bool:
    """01.9: an organisation has at most 64 officers, registrars and auditors."""
    return has_room_for_holder(view, call, call.arguments.organisation, call.arguments.handle, call.arguments.roles)


def has_person_room(view: View, call: Call) -> bool:
    """01.8: a person has at most three keys."""
    return len(find_person(view, call.genesis, call.arguments.organisation, call.arguments.handle).keys) < MAX_PERSON_KEYS


def is_end_reason_known(view: View, call: Call) -> bool:
    """00.6: the reason, if any, is one of the codes."""
    return call.arguments.reason is None or call.arguments.reason in END_REASONS


def may_end_key(view: View, call: Call) -> bool:
    """02.1: the key signs itself, or a registrar of its organisation does, or a founder for a publisher without one."""
    record = find_key(view, call.arguments.key)
    return record is not None and owns_or_registers(view, call, record)


def is_key_standing(view: View, call: Call) -> bool:
    """02.2: the key has not ended."""
    record = find_key(view, call.arguments.key)
    return record is not None and record.until is None


def leaves_registrar(view: View, call: Call) -> bool:
    """02.3: an organisation that has a registrar keeps one: it could register nobody any more."""
    return keeps_registrar(view, call.genesis, call.arguments.key)


def is_suspicion_within_life(view: View, call: Call) -> bool:
    """02.4: a key is suspect from its first to this moment."""
    since, record = call.arguments.suspect_since, find_key(view, call.arguments.key)
    return since is None or (record is not None and record.since <= since <= call.time)


def takes_over_exactly(view: View, call: Call) -> bool:
    """03.1: the old key signs, and the new one stands for the same person in the same roles."""
    arguments, record = call.arguments, find_key(view, call.arguments.old)
    if record is None or call.signers[0].key != arguments.old:
        return False
    return (arguments.organisation, arguments.handle, arguments.roles) == (record.organisation, record.handle, record.roles)


def is_acts_review_open(view: View, call: Call) -> bool:
    """10.1: the key was ended as suspect since a time. An overdue review can still be caught up with."""
    return view.get(acts_key(call.arguments.key), ActsRecord) is not None


def may_confirm_acts(view: View, call: Call) -> bool:
    """10.2: another key of the same person, or an officer of the organisation."""
    record = require(find_key(view, call.arguments.key), call.arguments.key)
    signer = call.signers[0]
    own = require(find_key(view, signer.key), signer.key)
    return own.organisation == record.organisation and (signer.role == OFFICER or own.handle == record.handle)


def are_acts_not_found(view: View, call: Call) -> bool:
    """10.3: the first finding stands."""
    return all(view.get(finding_key(each), FindingRecord) is None for each in call.arguments.ids)
