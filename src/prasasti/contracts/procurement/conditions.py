"""Conditions that several messages of native processes share (RULES.md, 00), and what several of them ask."""

from __future__ import annotations

from prasasti.contracts.people import Person, list_people
from prasasti.contracts.procurement.process import find_lot, find_process, get_lot, get_process
from prasasti.contracts.procurement.seats import (
    AUTHORITY,
    COMMITTEE,
    OFFICER,
    has_declared,
    is_buyers_authority,
    is_majority,
    is_opened,
    list_sitting,
)
from prasasti.core.contract import Call, View
from prasasti.core.types import Document

MAX_DOCUMENT_BYTES = 32 * 2**20
DOCUMENT_MEDIA_TYPES = ("application/json", "application/pdf", "image/jpeg", "image/png", "text/csv", "text/plain")


def is_readable(document: Document | None) -> bool:
    """00.5: whether a document, where there is one, is one that people can read and a store takes."""
    return document is None or (document.media_type in DOCUMENT_MEDIA_TYPES and document.size <= MAX_DOCUMENT_BYTES)


def is_document_fit(view: View, call: Call) -> bool:
    """00.5: the message's document."""
    return is_readable(call.arguments.document)


def do_officer_and_authority_sign(view: View, call: Call) -> bool:
    """00.1: an officer and an authority of the actor, two people."""
    officers, authorities = list_people(view, call, OFFICER), list_people(view, call, AUTHORITY)
    return len(officers) == len(authorities) == 1 and are_colleagues(call, *officers, *authorities) and officers != authorities


def are_colleagues(call: Call, *people: Person) -> bool:
    """Whether people all belong to the actor."""
    return all(person.organisation == call.actor for person in people)


def does_buyers_authority_sign(view: View, call: Call) -> bool:
    """00.1: whoever signs as authority has that seat in the process."""
    record = find_process(view, call.arguments.process)
    return record is not None and all(is_buyers_authority(record, person) for person in list_people(view, call, AUTHORITY))


def does_officer_sign(view: View, call: Call) -> bool:
    """00.1: the process's officer, and nobody else in that role."""
    record = find_process(view, call.arguments.process)
    return record is not None and list_people(view, call, OFFICER) == [record.seats.officer]


def does_member_sign(view: View, call: Call) -> bool:
    """00.1: one member of the committee, sitting."""
    record = find_process(view, call.arguments.process)
    people = list_people(view, call, COMMITTEE)
    return record is not None and len(people) == 1 and people[0] in list_sitting(record)


def does_majority_sign(view: View, call: Call) -> bool:
    """00.1: more than half of the committee's sitting seats, and at least two; in a direct procurement the one official."""
    record = find_process(view, call.arguments.process)
    return record is not None and is_majority(record, list_people(view, call, COMMITTEE))


def is_lot_known(view: View, call: Call) -> bool:
    """Whether the process and the lot that the message names are there."""
    return find_lot(view, call.arguments.process, call.arguments.lot) is not None


def is_lot_going_on(view: View, call: Call) -> bool:
    """00.3: nothing suspends the lot."""
    return not get_lot(view, call.arguments.process, call.arguments.lot).suspended


def have_deciders_declared(view: View, call: Call, lot: str) -> bool:
    """Whether, once a lot is open, each signer of the committee declared their interests there and is not kept out."""
    process = call.arguments.process
    if not is_opened(get_lot(view, process, lot)):
        return True
    return all(has_declared(view, process, person) for person in list_people(view, call, COMMITTEE))


def have_signers_declared(view: View, call: Call) -> bool:
    """15.3, 18.2, 20.6 and their like: each signer of the committee declared their interests and is not kept out."""
    return all(has_declared(view, call.arguments.process, person) for person in list_people(view, call, COMMITTEE))


def find_parameters_time(view: View, process: str) -> int:
    """The time whose parameters hold for a process: that of its publication."""
    return get_process(view, process).published
