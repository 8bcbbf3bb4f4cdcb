"""Conditions of several messages of ``identity``, and what several conditions ask."""

from __future__ import annotations

from collections.abc import Iterable

from prasasti.contracts.governance.records import member_key
from prasasti.contracts.governance.roster import find_member
from prasasti.contracts.identity.parameters import (
    DOCUMENT_MEDIA_TYPES,
    MAX_DOCUMENT_BYTES,
    WEIGHTY_ROLES,
    read_seconds,
)
from prasasti.contracts.identity.records import (
    RecoveringRecord,
    RecoveryRecord,
    recovering_key,
    recovery_key,
)
from prasasti.contracts.offices import (
    COUNTED_ROLES,
    MACHINE_ROLES,
    MAX_HOLDERS,
    REGISTRAR,
    find_offices,
    key_key,
    organisation_key,
)
from prasasti.core.admission import is_organisation_active
from prasasti.core.contract import Call, View
from prasasti.core.genesis import KeyRecord, MemberRecord, OrganisationRecord
from prasasti.core.types import require

TERMLESS_ROLES = (REGISTRAR, *MACHINE_ROLES)


def is_known_key(view: View, call: Call) -> bool:
    """00.3: the key was bound once."""
    return find_key(view, call.arguments.key) is not None


def is_document_accepted(view: View, call: Call) -> bool:
    """00.5: a document that people can read."""
    document = call.arguments.document
    return document is None or (document.media_type in DOCUMENT_MEDIA_TYPES and document.size <= MAX_DOCUMENT_BYTES)


def is_key_new(view: View, call: Call) -> bool:
    """01.2, 03.2, 07.2, 09.3: a key is bound once in its life; an ended key is never bound again."""
    return find_key(view, call.arguments.key) is None


def is_not_recovering(view: View, call: Call) -> bool:
    """03.3, 07.3: no recovery of the old key is announced."""
    recovering = view.get(recovering_key(call.arguments.old), RecoveringRecord)
    if recovering is None:
        return True
    return require(view.get(recovery_key(recovering.recovery), RecoveryRecord), recovering.recovery).standing != "announced"


def find_key(view: View, key: str) -> KeyRecord | None:
    """A key's record, if it was ever bound."""
    return view.get(key_key(key), KeyRecord)


def find_organisation(view: View, organisation: str) -> OrganisationRecord | None:
    """The record of an organisation, a member's too where it publishes."""
    return view.get(organisation_key(organisation), OrganisationRecord)


def find_class(view: View, organisation: str) -> str:
    """Class of a member, "" of any other organisation, one that is no longer a member too."""
    member = find_member(view, organisation)
    return member.member_class if member is not None else ""


def is_organisation_known(view: View, organisation: str) -> bool:
    """Whether an organisation's id is taken."""
    return view.get(member_key(organisation), MemberRecord) is not None or find_organisation(view, organisation) is not None


def is_ahead(view: View, call: Call, until: int, longest: str) -> bool:
    """Whether a time lies ahead by at most a parameter."""
    return call.time < until <= call.time + read_seconds(view, longest, call.time)


def has_room_for_holder(view: View, call: Call, organisation: str, handle: str, roles: Iterable[str]) -> bool:
    """Whether, with this person, no more people act in the counted offices than a ceremony of the members can replace."""
    offices = find_offices(view, call.genesis, organisation)
    people = {handle, *offices.auditors, *offices.officers, *offices.registrars}
    return len(people) <= MAX_HOLDERS or all(role not in COUNTED_ROLES for role in roles)


def is_founder(view: View, call: Call, key: str) -> bool:
    """Whether a key is a founding member's, which is a member still."""
    return any(each.key == key and find_class(view, member.id) for member in call.genesis.members for each in member.keys)


def may_act_for(view: View, call: Call, organisation: str) -> bool:
    """The signers' own organisation; or a publisher without a registrar, and a founding registrar signs."""
    if organisation == call.actor:
        return True
    publisher = find_organisation(view, organisation)
    if publisher is None or find_class(view, organisation) or not is_organisation_active(view, organisation):
        return False
    return is_founder(view, call, call.signers[0].key) and not find_offices(view, call.genesis, organisation).registrars


def owns_or_registers(view: View, call: Call, record: KeyRecord) -> bool:
    """Whether the first signer is the key itself, or a registrar who may act for its organisation."""
    signer = call.signers[0]
    return signer.key == call.arguments.key or (signer.role == REGISTRAR and may_act_for(view, call, record.organisation))


def do_enough_registrars_sign(view: View, call: Call, organisation: str, roles: Iterable[str]) -> bool:
    """Two registrars of an organisation that has two, for the offices that weigh most."""
    if all(role not in WEIGHTY_ROLES for role in roles) or len(find_offices(view, call.genesis, organisation).registrars) < 2:
        return True
    records = [require(find_key(view, signer.key), signer.key) for signer in call.signers if signer.role == REGISTRAR]
    return len({record.handle for record in records if record.organisation == organisation}) >= 2
