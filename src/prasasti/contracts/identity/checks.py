"""Conditions of ``identity``: each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations

from prasasti.contracts.governance.roster import find_member, is_active_member
from prasasti.contracts.identity.parameters import (
    CLOSING_REASONS,
    DAY_SECONDS,
    DOCUMENT_MEDIA_TYPES,
    END_REASONS,
    MAX_DOCUMENT_BYTES,
    MISSING_REVIEWS,
    OBJECTION_REASONS,
    WATCH_ROLE,
    WATCH_ROLES,
    WEIGHTY_ROLES,
    read_parameter,
    read_seconds,
)
from prasasti.contracts.identity.records import (
    PREFIXES_KEY,
    ActsRecord,
    FindingRecord,
    OfficeReviewsRecord,
    PrefixesRecord,
    QuotaRecord,
    RecoveringRecord,
    RecoveryRecord,
    acts_key,
    compute_quarter,
    compute_quarter_end,
    digest_organisation,
    finding_key,
    office_reviews_key,
    parse_quarter,
    quota_key,
    recovering_key,
    recovery_key,
)
from prasasti.contracts.offices import (
    MACHINE_ROLES,
    MAX_PERSON_KEYS,
    OFFICER,
    PAYMENT_ROLES,
    REGISTRAR,
    find_exclusion,
    find_offices,
    find_person,
    find_person_of_key,
    is_role_allowed,
    keeps_registrar,
    key_key,
    list_person_roles,
)
from prasasti.core.admission import is_organisation_active
from prasasti.core.contract import Call, View
from prasasti.core.genesis import KeyRecord, MemberRecord, OrganisationRecord
from prasasti.core.types import require

RECOVERY_ROLE = "governance.recovery"
TERMLESS_ROLES = (REGISTRAR, *MACHINE_ROLES)

# Common conditions.


def is_known_key(view: View, call: Call) -> bool:
    """00.3: the key was bound once."""
    return _find_key(view, call.arguments.key) is not None


def is_document_accepted(view: View, call: Call) -> bool:
    """00.5: a document that people can read."""
    document = call.arguments.document
    return document is None or (document.media_type in DOCUMENT_MEDIA_TYPES and document.size <= MAX_DOCUMENT_BYTES)


# 01 register_key.


def are_roles_not_held_back(view: View, call: Call) -> bool:
    """00.2: what recovery holds back from a person is not given by another way."""
    person = find_person(view, call.genesis, call.arguments.organisation, call.arguments.handle)
    return all(held.role not in call.arguments.roles for held in person.held_back)


def may_register_for_organisation(view: View, call: Call) -> bool:
    """01.1: the organisation is the registrar's own, or a publisher without one and the registrar a founder."""
    return _may_act_for(view, call, call.arguments.organisation)


def is_key_new(view: View, call: Call) -> bool:
    """01.2, 03.2, 07.2, 09.3: a key is bound once in its life; an ended key is never bound again."""
    return _find_key(view, call.arguments.key) is None


def are_roles_allowed(view: View, call: Call) -> bool:
    """01.3: each role is known, and the organisation is of the class that it is reserved to, if any."""
    member_class = _find_class(view, call.arguments.organisation)
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
    return has_term and _is_ahead(view, call, until, "office_days")


def do_enough_registrars_register(view: View, call: Call) -> bool:
    """01.6: offices that weigh most take two registrars, where there are two."""
    return _do_enough_registrars_sign(view, call, call.arguments.organisation, call.arguments.roles)


def are_offices_reviewed(view: View, call: Call) -> bool:
    """01.7: an organisation that stopped looking at its offices gives no new ones; one without two people to look may."""
    record = view.get(office_reviews_key(digest_organisation(call.arguments.organisation)), OfficeReviewsRecord)
    if record is None or len(record.missing) < MISSING_REVIEWS:
        return True
    offices = find_offices(view, call.genesis, call.arguments.organisation)
    return all(registrar == officer for registrar in offices.registrars for officer in offices.officers)


def has_person_room(view: View, call: Call) -> bool:
    """01.8: a person has at most three keys."""
    return len(find_person(view, call.genesis, call.arguments.organisation, call.arguments.handle).keys) < MAX_PERSON_KEYS


# 02 end_key.


def is_end_reason_known(view: View, call: Call) -> bool:
    """00.6: the reason, if any, is one of the codes."""
    return call.arguments.reason is None or call.arguments.reason in END_REASONS


def may_end_key(view: View, call: Call) -> bool:
    """02.1: the key signs itself, or a registrar of its organisation does, or a founder for a publisher without one."""
    record = _find_key(view, call.arguments.key)
    return record is not None and _owns_or_registers(view, call, record)


def is_key_standing(view: View, call: Call) -> bool:
    """02.2: the key has not ended."""
    record = _find_key(view, call.arguments.key)
    return record is not None and record.until is None


def leaves_registrar(view: View, call: Call) -> bool:
    """02.3: an organisation that has a registrar keeps one: it could register nobody any more."""
    return keeps_registrar(view, call.genesis, call.arguments.key)


def is_suspicion_within_life(view: View, call: Call) -> bool:
    """02.4: a key is suspect from its first to this moment."""
    since, record = call.arguments.suspect_since, _find_key(view, call.arguments.key)
    return since is None or (record is not None and record.since <= since <= call.time)


# 03 rotate_key.


def takes_over_exactly(view: View, call: Call) -> bool:
    """03.1: the old key signs, and the new one stands for the same person in the same roles."""
    arguments, record = call.arguments, _find_key(view, call.arguments.old)
    if record is None or call.signers[0].key != arguments.old:
        return False
    return (arguments.organisation, arguments.handle, arguments.roles) == (record.organisation, record.handle, record.roles)


def is_not_recovering(view: View, call: Call) -> bool:
    """03.3, 07.3: no recovery of the old key is announced."""
    recovering = view.get(recovering_key(call.arguments.old), RecoveringRecord)
    if recovering is None:
        return True
    return require(view.get(recovery_key(recovering.recovery), RecoveryRecord), recovering.recovery).standing != "announced"


# 04 grant_office, 05 end_office, 06 delegate_office.


def can_office_be_given(view: View, call: Call) -> bool:
    """00.2: the key has not ended, and recovery does not hold the office back from its person."""
    record = _find_key(view, call.arguments.key)
    if record is None:
        return True
    held_back = find_person_of_key(view, call.genesis, call.arguments.key).held_back
    return record.until is None and all(held.role != call.arguments.role for held in held_back)


def may_grant_office(view: View, call: Call) -> bool:
    """04.1: the key is of the registrar's organisation, or of a publisher without a registrar and the registrar a founder."""
    record = _find_key(view, call.arguments.key)
    return record is not None and _may_act_for(view, call, record.organisation)


def is_office_allowed(view: View, call: Call) -> bool:
    """04.2: the office is for the organisation; a machine has its role from the start or not at all."""
    record = require(_find_key(view, call.arguments.key), call.arguments.key)
    role = call.arguments.role
    return role not in MACHINE_ROLES and is_role_allowed(role, _find_class(view, record.organisation))


def is_office_compatible(view: View, call: Call) -> bool:
    """04.3, 06.3: no office of the person excludes this one."""
    person = find_person_of_key(view, call.genesis, call.arguments.key)
    return find_exclusion({*list_person_roles(view, person), call.arguments.role}) is None


def is_grant_in_range(view: View, call: Call) -> bool:
    """04.4: the office ends ahead, not too far."""
    return _is_ahead(view, call, call.arguments.until, "office_days")


def do_enough_registrars_grant(view: View, call: Call) -> bool:
    """04.5: as 01.6; else one registrar could give by 04 what takes two by 01."""
    record = require(_find_key(view, call.arguments.key), call.arguments.key)
    return _do_enough_registrars_sign(view, call, record.organisation, [call.arguments.role])


def may_end_office(view: View, call: Call) -> bool:
    """05.1: the key signs itself, or a registrar of its organisation does."""
    record = _find_key(view, call.arguments.key)
    return record is not None and _owns_or_registers(view, call, record)


def is_office_held(view: View, call: Call) -> bool:
    """05.2: the key stands and has the office, or will have it when recovery gives it back."""
    record = require(_find_key(view, call.arguments.key), call.arguments.key)
    held_back = find_person_of_key(view, call.genesis, call.arguments.key).held_back
    awaits = (call.arguments.key, call.arguments.role) in [(held.key, held.role) for held in held_back]
    return record.until is None and (call.arguments.role in record.roles or awaits)


def leaves_registrars_office(view: View, call: Call) -> bool:
    """05.3: as 02.3."""
    return call.arguments.role != REGISTRAR or keeps_registrar(view, call.genesis, call.arguments.key)


def is_delegate_colleague(view: View, call: Call) -> bool:
    """06.1: the other key is of the holder's organisation."""
    record = _find_key(view, call.arguments.key)
    return record is not None and record.organisation == call.actor


def may_delegate(view: View, call: Call) -> bool:
    """06.2: the holder has the office, not by delegation, and it is no machine's."""
    signer, role = call.signers[0].key, call.arguments.role
    record = require(_find_key(view, signer), signer)
    terms = find_person_of_key(view, call.genesis, signer).terms
    is_delegated = any((term.key, term.role, term.delegated) == (signer, role, True) for term in terms)
    return role in record.roles and role not in MACHINE_ROLES and not is_delegated


def is_delegation_in_range(view: View, call: Call) -> bool:
    """06.4: the delegation ends ahead, not too far, and not after the holder's own office."""
    signer, until = call.signers[0].key, call.arguments.until
    terms = find_person_of_key(view, call.genesis, signer).terms
    own = [term.until for term in terms if (term.key, term.role) == (signer, call.arguments.role)]
    return _is_ahead(view, call, until, "delegation_days") and all(until <= end for end in own)


def is_office_not_held(view: View, call: Call) -> bool:
    """06.5: a delegation neither shortens nor lengthens what the other has."""
    return call.arguments.role not in require(_find_key(view, call.arguments.key), call.arguments.key).roles


# 07 announce_recovery, 08 object_recovery, 09 complete_recovery.


def is_old_key_standing(view: View, call: Call) -> bool:
    """00.2: the key that was lost has not ended; a suspended one can be recovered."""
    record = _find_key(view, call.arguments.old)
    return record is None or record.until is None


def is_known_old_key(view: View, call: Call) -> bool:
    """00.3: the key that was lost was bound once."""
    return _find_key(view, call.arguments.old) is not None


def is_recovery_backed(view: View, call: Call) -> bool:
    """07.1: more than half of the other registrars, at least two; where there are fewer, two from outside (``_is_backed_outside``)."""
    old = require(_find_key(view, call.arguments.old), call.arguments.old)
    others = _list_other_registrars(view, call, old)
    signers = [(signer.role, require(_find_key(view, signer.key), signer.key)) for signer in call.signers]
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
    return record.standing == "announced" and require(_find_key(view, record.old), record.old).until is None


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
    old, signer = require(_find_key(view, old_key), old_key), call.signers[0]
    if signer.key == old_key:
        return True
    record = require(_find_key(view, signer.key), signer.key)
    return signer.role == REGISTRAR and record.organisation == old.organisation and record.handle != old.handle


def is_window_over(view: View, call: Call) -> bool:
    """09.1: whoever could object had the time to."""
    return call.time >= require(_find_recovery(view, call), call.arguments.recovery).ready


def is_as_announced(view: View, call: Call) -> bool:
    """09.2: the keys announced, the same person, the offices of today, those that move money held back."""
    arguments, recovery = call.arguments, require(_find_recovery(view, call), call.arguments.recovery)
    old = require(_find_key(view, recovery.old), recovery.old)
    person = find_person_of_key(view, call.genesis, recovery.old)
    awaited = [held.role for held in person.held_back if held.key == recovery.old]
    roles = [role for role in old.roles if role not in PAYMENT_ROLES]
    held_back = sorted({*awaited, *old.roles} - {*roles})
    return (arguments.old, arguments.key, arguments.organisation, arguments.handle, arguments.roles, arguments.held_back) == (
        recovery.old, recovery.key, old.organisation, old.handle, roles, held_back,
    )  # fmt: skip


# 10 confirm_acts.


def is_acts_review_open(view: View, call: Call) -> bool:
    """10.1: the key was ended as suspect since a time. An overdue review can still be caught up with."""
    return view.get(acts_key(call.arguments.key), ActsRecord) is not None


def may_confirm_acts(view: View, call: Call) -> bool:
    """10.2: another key of the same person, or an officer of the organisation."""
    record = require(_find_key(view, call.arguments.key), call.arguments.key)
    signer = call.signers[0]
    own = require(_find_key(view, signer.key), signer.key)
    return own.organisation == record.organisation and (signer.role == OFFICER or own.handle == record.handle)


def are_acts_not_found(view: View, call: Call) -> bool:
    """10.3: the first finding stands."""
    return all(view.get(finding_key(each), FindingRecord) is None for each in call.arguments.ids)


# 13 register_organisation, 14 register_publisher, 15 review_offices, 16 close_organisation.


def is_organisation_new(view: View, call: Call) -> bool:
    """13.1: an organisation's id is taken once."""
    return not _is_known_organisation(view, call.arguments.organisation)


def has_registrar(view: View, call: Call) -> bool:
    """13.2: somebody there can register keys from the next block on."""
    return any(REGISTRAR in key.roles for key in call.arguments.keys)


def are_founding_roles_compatible(view: View, call: Call) -> bool:
    """13.3: as 01.4, over the keys of each person."""
    keys = call.arguments.keys
    return all(find_exclusion({role for each in keys if each.handle == key.handle for role in each.roles}) is None for key in keys)


def is_within_quota(view: View, call: Call) -> bool:
    """13.4: one organisation registers so many others a day."""
    record = view.get(quota_key(call.actor), QuotaRecord)
    count = record.count if record is not None and record.day == call.time // DAY_SECONDS else 0
    return count < read_parameter(view, "registrations_a_day", call.time)


def is_actor_member(view: View, call: Call) -> bool:
    """13.5, 14.2: the signer acts for a member."""
    return _find_class(view, call.actor) != ""


def are_founding_roles_allowed(view: View, call: Call) -> bool:
    """13.6: each role is known and not a member's."""
    return all(is_role_allowed(role, "") for key in call.arguments.keys for role in key.roles)


def are_founding_keys_new(view: View, call: Call) -> bool:
    """13.7: as 01.2."""
    return all(_find_key(view, key.key) is None for key in call.arguments.keys)


def is_known_organisation(view: View, call: Call) -> bool:
    """00.3: a member or another organisation has that id."""
    return _is_known_organisation(view, call.arguments.organisation)


def are_prefixes_apart(view: View, call: Call) -> bool:
    """14.1: of any two prefixes neither begins the other; those it has already may be named again."""
    record = view.get(PREFIXES_KEY, PrefixesRecord)
    taken = [(prefix, owner) for prefix, owner in (record.owners if record is not None else {}).items()]
    # The prefix "" of a founder, which fits every ocid, was all founders' decision.
    taken += [(prefix, each.id) for each in call.genesis.organisations for prefix in each.ocid_prefixes if prefix]
    named = call.arguments.ocid_prefixes
    if any(two.startswith(one) for one, two in permutations(named, 2)):
        return False
    others = [(prefix, owner) for prefix, owner in taken if (owner, True) != (call.arguments.organisation, prefix in named)]
    return not any(one.startswith(two) or two.startswith(one) for one in named for two, _ in others)


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
    one, other = (require(_find_key(view, signer.key), signer.key) for signer in call.signers)
    roles = sorted(signer.role for signer in call.signers)
    return roles == [OFFICER, REGISTRAR] and one.organisation == other.organisation and one.handle != other.handle


def is_organisation_open(view: View, call: Call) -> bool:
    """00.2: the organisation was not closed before."""
    record = _find_organisation(view, call.arguments.organisation)
    return record is None or record.standing == "active"


def is_closing_reason_known(view: View, call: Call) -> bool:
    """00.6: the reason is one of the codes."""
    return call.arguments.reason in CLOSING_REASONS


def is_no_member(view: View, call: Call) -> bool:
    """16.1: members come and go by votes."""
    return view.get(f"governance/member/{call.arguments.organisation}", MemberRecord) is None


def do_closers_pair(view: View, call: Call) -> bool:
    """16.2: its registrar (or a founder, where it has none) and a registrar of another organisation, which is a member."""
    organisation = call.arguments.organisation

    def may_act(key: str, owner: str) -> bool:
        return owner == organisation or (_is_founder(call, key) and not find_offices(view, call.genesis, organisation).registrars)

    signers = [(signer.key, require(_find_key(view, signer.key), signer.key).organisation) for signer in call.signers]
    return any(
        may_act(key, owner) and other not in (owner, organisation) and _find_class(view, other) != ""
        for (key, owner), (_, other) in permutations(signers, 2)
    )


# What several conditions ask.


def _find_key(view: View, key: str) -> KeyRecord | None:
    return view.get(key_key(key), KeyRecord)


def _find_organisation(view: View, organisation: str) -> OrganisationRecord | None:
    return view.get(f"identity/organisation/{organisation}", OrganisationRecord)


def _find_recovery(view: View, call: Call) -> RecoveryRecord | None:
    return view.get(recovery_key(call.arguments.recovery), RecoveryRecord)


def _find_class(view: View, organisation: str) -> str:
    """Class of a member, "" of any other organisation, one that is no longer a member too."""
    member = find_member(view, organisation)
    return member.member_class if member is not None else ""


def _is_known_organisation(view: View, organisation: str) -> bool:
    return view.get(f"governance/member/{organisation}", MemberRecord) is not None or _find_organisation(view, organisation) is not None


def _is_ahead(view: View, call: Call, until: int, longest: str) -> bool:
    return call.time < until <= call.time + read_seconds(view, longest, call.time)


def _is_founder(call: Call, key: str) -> bool:
    return any(each.key == key for member in call.genesis.members for each in member.keys)


def _may_act_for(view: View, call: Call, organisation: str) -> bool:
    """The signers' own organisation; or a publisher without a registrar, and a founding registrar signs."""
    if organisation == call.actor:
        return True
    publisher = _find_organisation(view, organisation)
    if publisher is None or _find_class(view, organisation) or not is_organisation_active(view, organisation):
        return False
    return _is_founder(call, call.signers[0].key) and not find_offices(view, call.genesis, organisation).registrars


def _owns_or_registers(view: View, call: Call, record: KeyRecord) -> bool:
    signer = call.signers[0]
    return signer.key == call.arguments.key or (signer.role == REGISTRAR and _may_act_for(view, call, record.organisation))


def _do_enough_registrars_sign(view: View, call: Call, organisation: str, roles: Iterable[str]) -> bool:
    if all(role not in WEIGHTY_ROLES for role in roles) or len(find_offices(view, call.genesis, organisation).registrars) < 2:
        return True
    records = [require(_find_key(view, signer.key), signer.key) for signer in call.signers if signer.role == REGISTRAR]
    return len({record.handle for record in records if record.organisation == organisation}) >= 2


def _list_other_registrars(view: View, call: Call, old: KeyRecord) -> Sequence[str]:
    """Registrars of the lost key's organisation who are not the person who lost it."""
    return [handle for handle in find_offices(view, call.genesis, old.organisation).registrars if handle != old.handle]


def _is_backed_outside(view: View, old: KeyRecord, signers: Sequence[tuple[str, KeyRecord]]) -> bool:
    """An active member's registrar, or the member's own recovery key, and an auditor; three organisations, or two."""
    watch_role, watch_class = WATCH_ROLES.get(_find_class(view, old.organisation), WATCH_ROLE)

    def is_watch(role: str, record: KeyRecord) -> bool:
        is_of_class = _find_class(view, record.organisation) == watch_class
        return role == watch_role and is_of_class and record.organisation != old.organisation

    def is_voucher(role: str, record: KeyRecord) -> bool:
        if role == RECOVERY_ROLE:
            return record.organisation == old.organisation
        return role == REGISTRAR and is_active_member(view, record.organisation) and record.organisation != old.organisation

    return len(signers) == 2 and any(
        is_voucher(*one) and is_watch(*other) and one[1].organisation != other[1].organisation for one, other in permutations(signers, 2)
    )
