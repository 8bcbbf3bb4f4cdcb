"""Keys, the people behind them, their offices: the bookkeeping that ``governance`` and ``identity`` share.

Owns which roles there are, which exclude one another, and the records that follow a key's life. Judges nothing: who may
change what stands in each contract's conditions. A *person* is a handle within an organisation, a pseudonym.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import combinations, product

from msgspec import Struct

from prasasti.core.contract import Call, Outcome, Record, View, Write
from prasasti.core.genesis import FoundingKey, Genesis, KeyRecord
from prasasti.core.state import schedule_key
from prasasti.core.types import Event, require

AUDITOR, OFFICER, REGISTRAR = "governance.auditor", "governance.officer", "identity.registrar"
COUNTED_ROLES = (AUDITOR, OFFICER, REGISTRAR)
MAX_PERSON_KEYS = 3
MAX_ROLES = 16
MAX_HOLDERS = 64

# Every role that a key can hold; ``identity.new_key`` and ``identity.holder`` are not given.
KNOWN_ROLES = (
    "governance.auditor",
    "governance.desk",
    "governance.officer",
    "governance.recovery",
    "governance.store",
    "governance.validator",
    "governance.witness",
    "identity.registrar",
    "procurement.authority",
    "procurement.bidder",
    "procurement.certifier",
    "procurement.committee",
    "procurement.contractor",
    "procurement.guarantor",
    "procurement.inspector",
    "procurement.officer",
    "procurement.publisher",
    "procurement.reviewer",
    "procurement.trustee",
    "procurement.witness",
    "treasury.approver",
    "treasury.budget",
    "treasury.payer",
    "welfare.agent",
    "welfare.disburser",
    "welfare.manager",
    "welfare.merchant",
    "welfare.owner",
    "welfare.registrar",
    "welfare.reviewer",
    "welfare.verifier",
)
# Roles of a member's machines and its sealed key: keys of members alone, and of no person.
MACHINE_ROLES = ("governance.recovery", "governance.store", "governance.validator", "governance.witness")
# Roles reserved to members of one class.
ROLE_CLASSES = {AUDITOR: "auditor"}
# Roles that recovery gives back last.
PAYMENT_ROLES = ("treasury.approver", "treasury.payer", "welfare.disburser")

_EACH_OTHER = (
    ("treasury.approver", "treasury.budget", "treasury.payer"),
    ("welfare.agent", "welfare.disburser", "welfare.registrar", "welfare.verifier"),
)
_APART = (
    (
        ("treasury.approver", "treasury.payer"),
        (REGISTRAR, "procurement.certifier", "procurement.inspector", "procurement.officer", "welfare.manager"),
    ),
    (("procurement.inspector",), ("procurement.certifier", "procurement.contractor")),
    (("procurement.trustee",), ("procurement.authority", "procurement.bidder", "procurement.committee", "procurement.officer")),
    (("procurement.reviewer",), ("procurement.authority", "procurement.committee", "procurement.officer")),
    (("procurement.witness",), ("procurement.certifier", "procurement.contractor", "procurement.inspector", "procurement.officer")),
    (("welfare.agent",), ("welfare.merchant",)),
    (("welfare.reviewer",), ("welfare.manager", "welfare.owner", "welfare.verifier")),
    ((AUDITOR,), tuple(role for role in KNOWN_ROLES if not role.startswith("governance."))),
)
EXCLUSIONS = frozenset(
    pair
    for group in (*(combinations(roles, 2) for roles in _EACH_OTHER), *(product(*sides) for sides in _APART))
    for one, other in group
    for pair in ((one, other), (other, one))
)


class Term(Struct, frozen=True, omit_defaults=True):
    """Until when (seconds UTC) a key has an office; ``delegated`` if another holder gave it."""

    key: str
    role: str
    until: int
    delegated: bool = False


class HeldBack(Struct, frozen=True):
    """A role that recovery gives back to a key at a time, seconds UTC."""

    key: str
    role: str
    until: int


class PersonRecord(Struct, frozen=True, omit_defaults=True):
    """``identity/person/<digest>``: a person's keys that have not ended, sorted; what recovery holds back; terms of offices."""

    handle: str
    keys: list[str]
    organisation: str
    held_back: list[HeldBack] = []
    terms: list[Term] = []


class OfficesRecord(Struct, frozen=True, omit_defaults=True):
    """``identity/offices/<organisation>``: handles whose keys can act in each role, sorted; how many keys have not ended,
    and how many offices these have; ``governing`` are handles with a key, even a suspended one, in what only members have."""

    auditors: list[str]
    officers: list[str]
    registrars: list[str]
    key_count: int
    office_count: int
    governing: list[str] = []


class DueRecord(Struct, frozen=True):
    """What a deadline is about, under ``governance/schedule/<time>/<contract>:<what>:<subject>``."""

    subject: str


class Draft:
    """The state as a message leaves it: reads what was written here, else the view. Its writes become the outcome."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._written: dict[str, Struct | int | None] = {}

    def get(self, key: str, kind: type[Record]) -> Record | None:
        """The record under a key as of now (``core.contract.View``)."""
        if key not in self._written:
            return self._view.get(key, kind)
        record = self._written[key]
        return record if isinstance(record, kind) else None

    def put(self, key: str, record: Struct | int | None) -> None:
        """Write a record, or take it away."""
        self._written[key] = record

    def outcome(self, *events: Event) -> Outcome:
        """All writes, one a key, and the events."""
        return Outcome(tuple(Write(key, record) for key, record in self._written.items()), events)


def key_key(key: str) -> str:
    """Key of a KeyRecord."""
    return f"identity/key/{key}"


def organisation_key(organisation: str) -> str:
    """Key of an OrganisationRecord."""
    return f"identity/organisation/{organisation}"


def person_key(organisation: str, handle: str) -> str:
    """Key of a PersonRecord: a home each, since an organisation may have thousands."""
    digest = sha256(b"\0".join((organisation.encode(), handle.encode()))).hexdigest()
    return f"identity/person/{digest[:32]}"


def offices_key(organisation: str) -> str:
    """Key of an OfficesRecord."""
    return f"identity/offices/{organisation}"


def is_role_allowed(role: str, member_class: str) -> bool:
    """Whether an organisation of a class ("" for no member) may give the role; genesis obeys it too."""
    if role in MACHINE_ROLES and not member_class:
        return False
    return role in KNOWN_ROLES and ROLE_CLASSES.get(role, member_class) == member_class


def is_members_role(role: str) -> bool:
    """Whether an organisation that is no member any more loses the role (formats: ``remove``)."""
    return role.startswith("governance.") and role != OFFICER


def find_exclusion(roles: Iterable[str]) -> tuple[str, str] | None:
    """The first two roles, in their order, that one person may not hold together."""
    return next((pair for pair in combinations(sorted(roles), 2) if pair in EXCLUSIONS), None)


def find_bound_key(view: View, key: str) -> KeyRecord:
    """The record of a key that was bound once."""
    return require(view.get(key_key(key), KeyRecord), key)


def find_person(view: View, genesis: Genesis, organisation: str, handle: str) -> PersonRecord:
    """A person; one without keys where nobody has that handle. Genesis keys stand without a record until one changes."""
    record = view.get(person_key(organisation, handle), PersonRecord)
    if record is not None:
        return record
    keys = sorted(key.key for key in _list_founding_keys(genesis, organisation) if key.handle == handle)
    return PersonRecord(handle, keys, organisation)


def find_person_of_key(view: View, genesis: Genesis, key: str) -> PersonRecord:
    """The person whose a key is, or was."""
    record = find_bound_key(view, key)
    return find_person(view, genesis, record.organisation, record.handle)


def list_person_roles(view: View, person: PersonRecord) -> list[str]:
    """Roles of all of a person's keys, spare, suspended and held back ones too, sorted."""
    records = [find_bound_key(view, key) for key in person.keys]
    held_back = (held.role for held in person.held_back)
    return sorted({*held_back, *(role for record in records for role in record.roles)})


def find_offices(view: View, genesis: Genesis, organisation: str) -> OfficesRecord:
    """Who can act for an organisation in each counted role."""
    record = view.get(offices_key(organisation), OfficesRecord)
    if record is not None:
        return record
    keys = _list_founding_keys(genesis, organisation)
    auditors, officers, registrars = (sorted({key.handle for key in keys if role in key.roles}) for role in COUNTED_ROLES)
    governing = sorted({key.handle for key in keys if any(is_members_role(role) for role in key.roles)})
    return OfficesRecord(auditors, officers, registrars, len(keys), sum(len(key.roles) for key in keys), governing)


def keeps_registrar(view: View, genesis: Genesis, key: str) -> bool:
    """Whether the key's organisation, if the key is a registrar's, has another registrar who can act."""
    record = find_bound_key(view, key)
    if REGISTRAR not in record.roles:
        return True
    person = find_person(view, genesis, record.organisation, record.handle)
    others = [find_bound_key(view, other) for other in person.keys if other != key]
    has_spare = any(REGISTRAR in other.roles and not other.suspended for other in others)
    return has_spare or any(handle != record.handle for handle in find_offices(view, genesis, record.organisation).registrars)


def bind_key(
    draft: Draft, call: Call, organisation: str, handle: str, key: str, roles: Sequence[str], terms: Mapping[str, int] | None = None
) -> None:
    """A new key stands for a person, in its roles, from the next block on; ``terms`` say until when, for roles with a term."""
    person = find_person(draft, call.genesis, organisation, handle)
    draft.put(key_key(key), KeyRecord(handle, organisation, sorted(roles), call.time))
    draft.put(
        person_key(organisation, handle), PersonRecord(handle, sorted([*person.keys, key]), organisation, person.held_back, person.terms)
    )
    for role, until in (terms or {}).items():
        put_term(draft, call, Term(key, role, until))
    _count(draft, call.genesis, organisation, handle, keys=1, offices=len(roles))


def end_key(draft: Draft, call: Call, key: str) -> None:
    """A key acts no longer, for the rest of this block neither; it stays its person's in history alone."""
    record = find_bound_key(draft, key)
    person = find_person(draft, call.genesis, record.organisation, record.handle)
    _put_key(draft, key, record, until=call.time)
    remaining = PersonRecord(
        record.handle,
        [each for each in person.keys if each != key],
        record.organisation,
        [each for each in person.held_back if each.key != key],
        [each for each in person.terms if each.key != key],
    )
    draft.put(person_key(record.organisation, record.handle), remaining)
    _count(draft, call.genesis, record.organisation, record.handle, keys=-1, offices=-len(record.roles))


def set_suspended(draft: Draft, call: Call, key: str, suspended: bool) -> None:
    """A key is suspended, or reinstated."""
    record = find_bound_key(draft, key)
    _put_key(draft, key, record, suspended=suspended)
    _count(draft, call.genesis, record.organisation, record.handle)


def set_role(draft: Draft, call: Call, key: str, role: str, held: bool) -> None:
    """A key is given a role, which counts from the next block on, or loses it at once, with its term and what is held back."""
    record = find_bound_key(draft, key)
    changed = (role in record.roles) != held
    if changed:
        _put_key(draft, key, record, roles=sorted({*record.roles, role} if held else {*record.roles} - {role}))
    if not held:
        _drop_office(draft, call.genesis, record, key, role)
    if changed and record.until is None:
        _count(draft, call.genesis, record.organisation, record.handle, offices=1 if held else -1)


def put_term(draft: Draft, call: Call, term: Term) -> None:
    """An office of a key ends at a time, instead of whenever it was to end; the schedule will see to it."""
    person = find_person_of_key(draft, call.genesis, term.key)
    others = [each for each in person.terms if (each.key, each.role) != (term.key, term.role)]
    _put_person(draft, person, terms=sorted([*others, term], key=lambda each: (each.key, each.role)))
    draft.put(schedule_key(term.until, "identity", f"term:{term.key}"), DueRecord(term.key))


def drop_term(draft: Draft, call: Call, key: str, role: str) -> None:
    """An office of a key no longer ends by date. Its deadline stays and will find nothing to do."""
    person = find_person_of_key(draft, call.genesis, key)
    _put_person(draft, person, terms=[each for each in person.terms if (each.key, each.role) != (key, role)])


def hold_back(draft: Draft, call: Call, held: HeldBack) -> None:
    """A role will be given to a key at a time; the schedule will see to it."""
    person = find_person_of_key(draft, call.genesis, held.key)
    others = [each for each in person.held_back if (each.key, each.role) != (held.key, held.role)]
    _put_person(draft, person, held_back=sorted([*others, held], key=lambda each: (each.key, each.role)))
    draft.put(schedule_key(held.until, "identity", f"held:{held.key}"), DueRecord(held.key))


def give_back(draft: Draft, call: Call, key: str, role: str) -> None:
    """A key is given a role that was held back."""
    person = find_person_of_key(draft, call.genesis, key)
    _put_person(draft, person, held_back=[each for each in person.held_back if (each.key, each.role) != (key, role)])
    set_role(draft, call, key, role, held=True)


def _list_founding_keys(genesis: Genesis, organisation: str) -> list[FoundingKey]:
    """Keys of a founder, of which genesis lists members and other organisations, each sorted by id."""
    for founders in (genesis.members, genesis.organisations):
        position = bisect_left(founders, organisation, key=lambda founder: founder.id)
        if position < len(founders) and founders[position].id == organisation:
            return founders[position].keys
    return []


def _put_person(draft: Draft, person: PersonRecord, held_back: list[HeldBack] | None = None, terms: list[Term] | None = None) -> None:
    changed = PersonRecord(
        person.handle,
        person.keys,
        person.organisation,
        person.held_back if held_back is None else held_back,
        person.terms if terms is None else terms,
    )
    draft.put(person_key(person.organisation, person.handle), changed)


def _drop_office(draft: Draft, genesis: Genesis, record: KeyRecord, key: str, role: str) -> None:
    person = find_person(draft, genesis, record.organisation, record.handle)
    held_back = [each for each in person.held_back if (each.key, each.role) != (key, role)]
    terms = [each for each in person.terms if (each.key, each.role) != (key, role)]
    if (held_back, terms) != (person.held_back, person.terms):
        _put_person(draft, person, held_back, terms)


def _put_key(
    draft: Draft,
    key: str,
    record: KeyRecord,
    *,
    roles: list[str] | None = None,
    until: int | None = None,
    suspended: bool | None = None,
) -> None:
    changed = KeyRecord(
        record.handle,
        record.organisation,
        record.roles if roles is None else roles,
        record.since,
        record.until if until is None else until,
        record.suspended if suspended is None else suspended,
    )
    draft.put(key_key(key), changed)


def _count(draft: Draft, genesis: Genesis, organisation: str, handle: str, keys: int = 0, offices: int = 0) -> None:
    """Note what a person can act as, after a change of one of its keys, and by how much the organisation's numbers changed."""
    person = find_person(draft, genesis, organisation, handle)
    records = [find_bound_key(draft, key) for key in person.keys]
    roles = {role for record in records if not record.suspended for role in record.roles}
    before = find_offices(draft, genesis, organisation)
    held = (before.auditors, before.officers, before.registrars)
    auditors, officers, registrars = (
        sorted({*handles, handle} if role in roles else {*handles} - {handle}) for role, handles in zip(COUNTED_ROLES, held, strict=True)
    )
    is_governing = any(is_members_role(role) for record in records for role in record.roles)
    governing = sorted({*before.governing, handle} if is_governing else {*before.governing} - {handle})
    after = OfficesRecord(auditors, officers, registrars, before.key_count + keys, before.office_count + offices, governing)
    if after != before:
        draft.put(offices_key(organisation), after)
