"""Seats and interests of a contract itself (12, 13): of a community's, which no process precedes, and of one that stands.

Owns how a message's subject, a process or a contract, is read. Interests in a contract that a process preceded are that
process's: who is kept out of it is kept out of what came of it. Until such a contract stands, its seats are the process's too.
"""

from __future__ import annotations

from prasasti.contracts.people import Person, list_people
from prasasti.contracts.procurement.agreement.records import DRAFT, HANDED_OVER, SIGNED, AgreementRecord
from prasasti.contracts.procurement.agreement.signing import find_agreement, get_agreement, list_contractors, name_interests
from prasasti.contracts.procurement.conditions import does_buyers_authority_sign
from prasasti.contracts.procurement.process import ProcessRecord, find_process, get_process
from prasasti.contracts.procurement.seats import AUTHORITY
from prasasti.core.contract import Call, View
from prasasti.core.types import require

# Seats that outlast the selection.
CONTRACT_SEATS = ("certifier", "inspector", "officer", "witness")
# Who may not sit in two of them; the reviewer's seat is a process's alone.
EXCLUDED_SEATS = {
    "certifier": ("inspector",),
    "inspector": ("certifier", "officer", "witness"),
    "officer": ("inspector", "reviewer"),
    "reviewer": ("officer",),
    "witness": ("inspector",),
}


def is_about_contract(call: Call) -> bool:
    """Whether a message names a contract instead of a process."""
    return call.arguments.contract is not None


def name_subject(view: View, call: Call) -> str:
    """What interests in a message's process, or contract, stand under."""
    if not is_about_contract(call):
        return str(call.arguments.process)
    return get_agreement(view, call).process or name_interests(call.arguments.contract)


def find_subject_process(view: View, call: Call) -> ProcessRecord | None:
    """The process that a message is about, or that preceded its contract; None of a community's."""
    return find_process(view, name_subject(view, call))


def does_seating_authority_sign(view: View, call: Call) -> bool:
    """00.1: of the process's buyer, or of the contract's."""
    if not is_about_contract(call):
        return does_buyers_authority_sign(view, call)
    agreement = find_agreement(view, call)
    return agreement is not None and all(person.organisation == agreement.buyer for person in list_people(view, call, AUTHORITY))


def is_seat_of_contract(view: View, call: Call) -> bool:
    """00.2: the contract goes on, or is a community's draft; who is to leave sits there, who is to enter does not."""
    agreement, seat = get_agreement(view, call), call.arguments.seat
    is_own = agreement.state in (SIGNED, HANDED_OVER) or (agreement.state == DRAFT and not agreement.process)
    sitting: Person | None = getattr(agreement, seat)
    leaves, enters = call.arguments.leaves, call.arguments.enters
    leaving = Person(leaves.handle or "", leaves.organisation) if leaves is not None else None
    return is_own and leaving == sitting and Person(enters.handle or "", enters.organisation) != sitting


def do_contract_seats_stay_apart(view: View, call: Call, person: Person) -> bool:
    """13.3: as 03.7 and 28.5: nobody who chose the contractor, nobody of the contractor, no two seats that exclude each other."""
    agreement = get_agreement(view, call)
    if person.organisation in list_contractors(agreement):
        return False
    if agreement.process:
        seats = get_process(view, agreement.process).seats
        if person in (*(seat.person for seat in seats.committee), *seats.alternates):
            return False
    return person not in [getattr(agreement, other, None) for other in EXCLUDED_SEATS[call.arguments.seat]]


def get_parties(view: View, call: Call) -> ProcessRecord | AgreementRecord:
    """Who takes part: the bidders of a process, or whoever does a contract that none preceded."""
    return find_subject_process(view, call) or require(find_agreement(view, call), "a contract")
