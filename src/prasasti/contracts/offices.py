"""Keys, the people behind them, their offices: the bookkeeping that ``governance`` and ``identity`` share.

Owns which roles there are, which exclude one another, and the records that follow a key's life. Judges nothing: who may
change what stands in each contract's conditions. A *person* is a handle within an organisation, a pseudonym.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import combinations, product

from msgspec import Struct

from prasasti.core.contract import Call, Outcome, Record, View, Write
from prasasti.core.genesis import Genesis, KeyRecord, list_founders
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
    "procurement.inspector",
    "procurement.officer",
    "procurement.publisher",
    "procurement.reviewer",
    "procurement.trustee",
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


class PersonRecord(Struct, frozen=True):
    """``identity/person/<digest>``: a person's keys that have not ended, sorted, and roles that recovery still holds back."""

    handle: str
    held_back: list[str]
    keys: list[str]
    organisation: str


class OfficesRecord(Struct, frozen=True):
    """``identity/offices/<organisation>``: handles whose keys can act in each role, sorted."""

    auditors: list[str]
    officers: list[str]
    registrars: list[str]


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


def find_exclusion(roles: Iterable[str]) -> tuple[str, str] | None:
    """The first two roles, in their order, that one person may not hold together."""
    return next((pair for pair in combinations(sorted(roles), 2) if pair in EXCLUSIONS), None)


def find_person(view: View, genesis: Genesis, organisation: str, handle: str) -> PersonRecord:
    """A person; one without keys where nobody has that handle. Genesis keys stand without a record until one changes."""
    record = view.get(person_key(organisation, handle), PersonRecord)
    if record is not None:
        return record
    founders = [founder for founder in list_founders(genesis) if founder.id == organisation]
    keys = sorted(key.key for founder in founders for key in founder.keys if key.handle == handle)
    return PersonRecord(handle, [], keys, organisation)


def list_person_roles(view: View, person: PersonRecord) -> list[str]:
    """Roles of all of a person's keys, spare, suspended and held back ones too, sorted."""
    records = [require(view.get(key_key(key), KeyRecord), key) for key in person.keys]
    return sorted({*person.held_back, *(role for record in records for role in record.roles)})


def find_offices(view: View, genesis: Genesis, organisation: str) -> OfficesRecord:
    """Who can act for an organisation in each counted role."""
    record = view.get(offices_key(organisation), OfficesRecord)
    if record is not None:
        return record
    keys = [key for founder in list_founders(genesis) if founder.id == organisation for key in founder.keys]
    return OfficesRecord(*(sorted({key.handle for key in keys if role in key.roles}) for role in COUNTED_ROLES))


def bind_key(draft: Draft, call: Call, organisation: str, handle: str, key: str, roles: Sequence[str]) -> None:
    """A new key stands for a person, in its roles, from the next block on."""
    person = find_person(draft, call.genesis, organisation, handle)
    draft.put(key_key(key), KeyRecord(handle, organisation, sorted(roles), call.time))
    draft.put(person_key(organisation, handle), PersonRecord(handle, person.held_back, sorted([*person.keys, key]), organisation))
    _count(draft, call.genesis, organisation, handle)


def end_key(draft: Draft, call: Call, key: str) -> None:
    """A key acts no longer, for the rest of this block neither; it stays its person's in history alone."""
    record = _find_key(draft, key)
    person = find_person(draft, call.genesis, record.organisation, record.handle)
    _put_key(draft, key, record, until=call.time)
    remaining = [each for each in person.keys if each != key]
    draft.put(person_key(record.organisation, record.handle), PersonRecord(record.handle, person.held_back, remaining, record.organisation))
    _count(draft, call.genesis, record.organisation, record.handle)


def set_suspended(draft: Draft, call: Call, key: str, suspended: bool) -> None:
    """A key is suspended, or reinstated."""
    record = _find_key(draft, key)
    _put_key(draft, key, record, suspended=suspended)
    _count(draft, call.genesis, record.organisation, record.handle)


def set_role(draft: Draft, call: Call, key: str, role: str, held: bool) -> None:
    """A key is given a role, which counts from the next block on, or loses it at once."""
    record = _find_key(draft, key)
    _put_key(draft, key, record, roles=sorted({*record.roles, role} if held else {*record.roles} - {role}))
    _count(draft, call.genesis, record.organisation, record.handle)


def _find_key(view: View, key: str) -> KeyRecord:
    return require(view.get(key_key(key), KeyRecord), key)


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


def _count(draft: Draft, genesis: Genesis, organisation: str, handle: str) -> None:
    """Note what a person can act as, after a change of one of its keys."""
    person = find_person(draft, genesis, organisation, handle)
    records = [_find_key(draft, key) for key in person.keys]
    roles = {role for record in records if not record.suspended for role in record.roles}
    offices = find_offices(draft, genesis, organisation)
    held = (offices.auditors, offices.officers, offices.registrars)
    counted = [
        sorted({*handles, handle} if role in roles else {*handles} - {handle}) for role, handles in zip(COUNTED_ROLES, held, strict=True)
    ]
    if counted != list(held):
        draft.put(offices_key(organisation), OfficesRecord(*counted))
