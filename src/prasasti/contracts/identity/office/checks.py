"""Conditions on offices (04 to 06, 15): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.identity.conditions import (
    do_enough_registrars_sign,
    find_class,
    find_key,
    has_room_for_holder,
    is_ahead,
    may_act_for,
    owns_or_registers,
)
from prasasti.contracts.identity.records import (
    OfficeReviewsRecord,
    compute_quarter,
    compute_quarter_end,
    digest_organisation,
    office_reviews_key,
    parse_quarter,
)
from prasasti.contracts.offices import (
    MACHINE_ROLES,
    OFFICER,
    REGISTRAR,
    find_exclusion,
    find_offices,
    find_person_of_key,
    is_role_allowed,
    keeps_registrar,
    list_person_roles,
)
from prasasti.core.contract import Call, View
from prasasti.core.types import require


def can_office_be_given(view: View, call: Call) -> bool:
    """00.2: the key has not ended, and recovery does not hold the office back from its person."""
    record = find_key(view, call.arguments.key)
    if record is None:
        return True
    held_back = find_person_of_key(view, call.genesis, call.arguments.key).held_back
    return record.until is None and all(held.role != call.arguments.role for held in held_back)


def may_grant_office(view: View, call: Call) -> bool:
    """04.1: the key is of the registrar's organisation, or of a publisher without a registrar and the registrar a founder."""
    record = find_key(view, call.arguments.key)
    return record is not None and may_act_for(view, call, record.organisation)


def is_office_allowed(view: View, call: Call) -> bool:
    """04.2: the office is for the organisation; a machine has its role from the start or not at all."""
    record = require(find_key(view, call.arguments.key), call.arguments.key)
    role = call.arguments.role
    return role not in MACHINE_ROLES and is_role_allowed(role, find_class(view, record.organisation))


def is_office_compatible(view: View, call: Call) -> bool:
    """04.3, 06.3: no office of the person excludes this one."""
    person = find_person_of_key(view, call.genesis, call.arguments.key)
    return find_exclusion({*list_person_roles(view, person), call.arguments.role}) is None


def is_grant_in_range(view: View, call: Call) -> bool:
    """04.4: the office ends ahead, not too far."""
    return is_ahead(view, call, call.arguments.until, "office_days")


def do_enough_registrars_grant(view: View, call: Call) -> bool:
    """04.5: as 01.6; else one registrar could give by 04 what takes two by 01."""
    record = require(find_key(view, call.arguments.key), call.arguments.key)
    return do_enough_registrars_sign(view, call, record.organisation, [call.arguments.role])


def has_room_for_granted(view: View, call: Call) -> bool:
    """04.6, 06.6: as 01.9."""
    record = require(find_key(view, call.arguments.key), call.arguments.key)
    return has_room_for_holder(view, call, record.organisation, record.handle, [call.arguments.role])


def may_end_office(view: View, call: Call) -> bool:
    """05.1: the key signs itself, or a registrar of its organisation does."""
    record = find_key(view, call.arguments.key)
    return record is not None and owns_or_registers(view, call, record)


def is_office_held(view: View, call: Call) -> bool:
    """05.2: the key stands and has the office, or will have it when recovery gives it back."""
    record = require(find_key(view, call.arguments.key), call.arguments.key)
    held_back = find_person_of_key(view, call.genesis, call.arguments.key).held_back
    awaits = (call.arguments.key, call.arguments.role) in [(held.key, held.role) for held in held_back]
    return record.until is None and (call.arguments.role in record.roles or awaits)


def leaves_registrars_office(view: View, call: Call) -> bool:
    """05.3: as 02.3."""
    return call.arguments.role != REGISTRAR or keeps_registrar(view, call.genesis, call.arguments.key)


def is_delegate_colleague(view: View, call: Call) -> bool:
    """06.1: the other key is of the holder's organisation."""
    record = find_key(view, call.arguments.key)
    return record is not None and record.organisation == call.actor


def may_delegate(view: View, call: Call) -> bool:
    """06.2: the holder has the office, not by delegation, and it is no machine's; nor a registrar's, who would be two by himself."""
    signer, role = call.signers[0].key, call.arguments.role
    record = require(find_key(view, signer), signer)
    terms = find_person_of_key(view, call.genesis, signer).terms
    is_delegated = any((term.key, term.role, term.delegated) == (signer, role, True) for term in terms)
    return role in record.roles and role not in (REGISTRAR, *MACHINE_ROLES) and not is_delegated


def is_delegation_in_range(view: View, call: Call) -> bool:
    """06.4: the delegation ends ahead, not too far, and not after the holder's own office."""
    signer, until = call.signers[0].key, call.arguments.until
    terms = find_person_of_key(view, call.genesis, signer).terms
    own = [term.until for term in terms if (term.key, term.role) == (signer, call.arguments.role)]
    return is_ahead(view, call, until, "delegation_days") and all(until <= end for end in own)


def is_office_not_held(view: View, call: Call) -> bool:
    """06.5: a delegation neither shortens nor lengthens what the other has."""
    return call.arguments.role not in require(find_key(view, call.arguments.key), call.arguments.key).roles


def is_quarter_due(view: View, call: Call) -> bool:
    """15.1: a quarter that is over and that the organisation still owes a review of."""
    number = parse_quarter(call.arguments.quarter)
    if compute_quarter_end(number) > call.time:
        return False
    record = view.get(office_reviews_key(digest_organisation(call.actor)), OfficeReviewsRecord)
    if record is None:
        return number == compute_quarter(call.time) - 1
    return call.arguments.quarter in (record.coming, *record.missing)


def are_counts_right(view: View, call: Call) -> bool:
    """15.2: the reviewers have the ledger's own list before them."""
    offices = find_offices(view, call.genesis, call.actor)
    return (call.arguments.keys, call.arguments.offices) == (offices.key_count, offices.office_count)


def do_reviewers_pair(view: View, call: Call) -> bool:
    """15.3: a registrar and an officer, two people of one organisation."""
    one, other = (require(find_key(view, signer.key), signer.key) for signer in call.signers)
    roles = sorted(signer.role for signer in call.signers)
    return roles == [OFFICER, REGISTRAR] and one.organisation == other.organisation and one.handle != other.handle
