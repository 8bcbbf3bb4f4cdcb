"""Attested tags as others read them: what stood about an organisation, a person or a tag at a time (procurement-lifecycle, 6).

A tag stands for somebody without naming them: the first 16 bytes of an HMAC over an identity number, under a key of which
the ledger knows the id alone. Owns which attestations hold at a time. What follows from them is with the contract that asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from prasasti.contracts.identity.records import TagRecord, digest_tagged
from prasasti.contracts.lists import count_items, item_key
from prasasti.core.contract import View
from prasasti.core.types import require

# Whose tag it is: the person's or organisation's own, or that of a person's close relative.
SELF, RELATIVE = "self", "relative"
OWNER, CONTROLLER, DIRECTOR, KEY_PERSON, EMPLOYEE = "owner", "controller", "director", "key_person", "employee"
# Relations that name what they are about behind a colon, such as ``designer:<plan line>``.
DESIGNER, SUPERVISOR = "designer", "supervisor"
PERSONS_RELATIONS = (RELATIVE, SELF)
ORGANISATIONS_RELATIONS = (CONTROLLER, DIRECTOR, EMPLOYEE, KEY_PERSON, OWNER, SELF)
SUBJECT_RELATIONS = (DESIGNER, SUPERVISOR)
# An organisation's employees stand in the list of their tags alone: who asks begins with a person.
UNLISTED_RELATIONS = (EMPLOYEE,)
# A list has no more items than a reader takes at once.
MAX_ATTESTED = 1_000
# The lists: by whom a tag is tied to, and by tag.
TAGGED, TAGS = "tagged", "tags"


def list_attested(view: View, list_name: str, identifier: str, known: int) -> list[TagRecord]:
    """What was attested up to a time, the latest of a registrar about one relation in place of its earlier ones."""
    latest: dict[tuple[str, ...], TagRecord] = {}
    for record in _iterate(view, list_name, identifier):
        if record.attested <= known:
            latest[record.registrar, record.key_id, record.tag, record.organisation, record.handle, record.relation] = record
    return list(latest.values())


def list_of_organisation(view: View, organisation: str, known: int) -> list[TagRecord]:
    """What was attested up to a time about an organisation, its employees left out."""
    return list_attested(view, TAGGED, digest_tagged(organisation), known)


def list_of_person(view: View, organisation: str, handle: str, known: int) -> list[TagRecord]:
    """What was attested up to a time about a person: own tags and those of close relatives."""
    return list_attested(view, TAGGED, digest_tagged(organisation, handle), known)


def list_of_tag(view: View, tag: str, known: int) -> list[TagRecord]:
    """What was attested up to a time about a tag: to whom it is tied, and how."""
    return list_attested(view, TAGS, tag, known)


def is_in_force(record: TagRecord, time: int) -> bool:
    """Whether what was attested holds at a time."""
    return record.since <= time and (not record.until or time < record.until)


def _iterate(view: View, list_name: str, identifier: str) -> Iterator[TagRecord]:
    for number in range(count_items(view, "identity", list_name, identifier)):
        yield require(view.get(item_key("identity", list_name, identifier, number), TagRecord), f"{list_name} {number} of {identifier}")
