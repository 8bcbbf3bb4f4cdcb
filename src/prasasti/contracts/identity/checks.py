"""Conditions of ``identity``: each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.offices import REGISTRAR, find_offices, find_person, is_role_allowed, key_key
from prasasti.core.contract import Call, View
from prasasti.core.genesis import KeyRecord, MemberRecord, OrganisationRecord


def may_register_for_organisation(view: View, call: Call) -> bool:
    """01.1: the organisation is the registrar's own, or a publisher and the registrar a founder."""
    return _may_act_for(view, call, call.arguments.organisation)


def is_key_new(view: View, call: Call) -> bool:
    """01.2: a key is bound once in its life; an ended key is never bound again."""
    return view.get(key_key(call.arguments.key), KeyRecord) is None


def are_roles_allowed(view: View, call: Call) -> bool:
    """01.3: each role is known, and the organisation is of the class that it is reserved to, if any."""
    member = view.get(f"governance/member/{call.arguments.organisation}", MemberRecord)
    member_class = member.member_class if member is not None else ""
    return all(is_role_allowed(role, member_class) for role in call.arguments.roles)


def may_end_key(view: View, call: Call) -> bool:
    """02.1: the key signs itself, or a registrar of its organisation does, or a founding registrar for a publisher."""
    signer = call.signers[0]
    record = view.get(key_key(call.arguments.key), KeyRecord)
    if record is None:
        return False
    return signer.key == call.arguments.key or (signer.role == REGISTRAR and _may_act_for(view, call, record.organisation))


def is_key_standing(view: View, call: Call) -> bool:
    """02.2: the key has not ended."""
    record = view.get(key_key(call.arguments.key), KeyRecord)
    return record is not None and record.until is None


def leaves_registrar(view: View, call: Call) -> bool:
    """02.3: an organisation that has a registrar keeps one: it could register nobody any more."""
    record = view.get(key_key(call.arguments.key), KeyRecord)
    if record is None or REGISTRAR not in record.roles:
        return True
    person = find_person(view, call.genesis, record.organisation, record.handle)
    others = (view.get(key_key(key), KeyRecord) for key in person.keys if key != call.arguments.key)
    has_spare = any(other is not None and REGISTRAR in other.roles and not other.suspended for other in others)
    return has_spare or find_offices(view, call.genesis, record.organisation).registrars != [record.handle]


def _may_act_for(view: View, call: Call, organisation: str) -> bool:
    if organisation == call.actor:
        return True
    is_founder = any(key.key == call.signers[0].key for member in call.genesis.members for key in member.keys)
    publisher = view.get(f"identity/organisation/{organisation}", OrganisationRecord)
    return is_founder and publisher is not None and publisher.standing == "active"
