"""Who may act in a process: seats, majorities, declared interests. Pure predicates that several messages share.

Owns who a signer is and where they sit. A role that a key holds is admission's to judge; a seat is the contract's.
"""

from __future__ import annotations

from collections.abc import Sequence

from prasasti.contracts.people import Person, list_people
from prasasti.contracts.procurement.process import (
    DIRECT,
    SITTING,
    InterestsRecord,
    LotRecord,
    ProcessRecord,
    get_process,
    interests_key,
)
from prasasti.core.contract import Call, View

AUTHORITY, OFFICER, COMMITTEE = "procurement.authority", "procurement.officer", "procurement.committee"
BIDDER, TRUSTEE, REVIEWER, GUARANTOR = "procurement.bidder", "procurement.trustee", "procurement.reviewer", "procurement.guarantor"
INSPECTOR, CERTIFIER, WITNESS = "procurement.inspector", "procurement.certifier", "procurement.witness"
CONTRACTOR = "procurement.contractor"


def list_sitting(record: ProcessRecord) -> list[Person]:
    """Committee members who can act."""
    return [seat.person for seat in record.seats.committee if seat.state == SITTING]


def is_majority(record: ProcessRecord, people: Sequence[Person]) -> bool:
    """More than half of the sitting seats, at least two; in a direct procurement the one official."""
    sitting = list_sitting(record)
    signing = [person for person in sitting if person in people]
    if any(person not in sitting for person in people) or len(signing) != len(people):
        return False
    least = 1 if record.method == DIRECT else max(2, len(sitting) // 2 + 1)
    return len(signing) >= least


def is_buyers_authority(record: ProcessRecord, person: Person) -> bool:
    """Whether a person who signs as authority belongs to the buyer, and neither decides in the committee nor may come to (03.7): the
    role can be given to somebody long after a request named its seats."""
    deciding = [*(seat.person for seat in record.seats.committee), *record.seats.alternates]
    return person.organisation == record.buyer and person not in deciding


def find_interests(view: View, process: str, person: Person) -> InterestsRecord | None:
    """What a person declared in a process."""
    return view.get(interests_key(process, person), InterestsRecord)


def has_declared(view: View, process: str, person: Person) -> bool:
    """Whether a person declared their interests in a process and may decide."""
    record = find_interests(view, process, person)
    return record is not None and record.declared > 0 and not record.recused


def is_opened(lot: LotRecord) -> bool:
    """Whether what decides a lot is open to its committee: from then on its signers must have declared."""
    return lot.opened > 0


def sits_on_committee(view: View, call: Call, process: str) -> bool:
    """Whether the committee's signers all have a sitting seat."""
    sitting = list_sitting(get_process(view, process))
    return all(person in sitting for person in list_people(view, call, COMMITTEE))
