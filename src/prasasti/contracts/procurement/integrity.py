"""Who may not take part, decide or oversee, by attested tags (procurement-lifecycle, 6: I1 to I5, I7).

Pure functions of the state as of a time: what was attested by then counts, and what is attested later changes no result; who
reads the log then finds a flag by asking the same functions again. Tags compare under one key alone. What a registrar of the
buyer or of a bidder attested is left out. I6 is judged by 01.4, I8 is a property of the records, I9 is with payments.

A *group* is whoever the same tag controls: holds more than half of, along a path of holdings, or is attested to control.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from prasasti.contracts.identity.records import TagRecord
from prasasti.contracts.identity.tags import (
    CONTROLLER,
    DESIGNER,
    DIRECTOR,
    EMPLOYEE,
    KEY_PERSON,
    OWNER,
    RELATIVE,
    SELF,
    SUPERVISOR,
    is_in_force,
    list_of_organisation,
    list_of_person,
    list_of_tag,
)
from prasasti.contracts.people import Person
from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.procurement.kinds import KINDS
from prasasti.contracts.procurement.process import LotRecord, ProcessRecord, get_process
from prasasti.contracts.procurement.proposal.records import PartRecord, ProposalRecord, part_key
from prasasti.contracts.procurement.rounds import get_round_record
from prasasti.core.contract import View

Member = TypeVar("Member")

WHOLE_BP = 10_000
# Above this share a tag holds a bidder (Perpres 16/2018 Pasal 7(2)f); above the second it is a flag, for readers.
CONTROL_BP, FLAG_BP = 5_000, 2_500
# Holdings are followed over so many companies.
MAX_PATH = 8
# 36 months, in seconds.
RECENT_SECONDS = 3 * 365 * 86_400 + 86_400
# Why a proposal is out.
SHARED_OWNER, SHARED_DIRECTOR, DESIGNED = "shared_owner", "shared_director", "designed"

_RUNS = (CONTROLLER, DIRECTOR, KEY_PERSON)
_WORKED = (DIRECTOR, EMPLOYEE, KEY_PERSON)


class Tag(NamedTuple):
    """A tag under its key: two compare under one key alone."""

    key_id: str
    tag: str


class Readings(NamedTuple):
    """What integrity is judged by in a process: attestations in force and known at ``time``, seconds UTC, by registrars that stand
    on no side. Who looks back may ask by what was ``known`` at a later time."""

    view: View
    name: str
    process: ProcessRecord | AgreementRecord
    time: int
    known: int = 0

    @property
    def _known(self) -> int:
        return self.known or self.time

    def of_organisation(self, organisation: str) -> list[TagRecord]:
        """About an organisation, in force."""
        found = self._impartial(list_of_organisation(self.view, organisation, self._known))
        return [each for each in found if is_in_force(each, self.time)]

    def of_person(self, person: Person) -> list[TagRecord]:
        """About a person, in force."""
        found = self._impartial(list_of_person(self.view, person.organisation, person.handle, self._known))
        return [each for each in found if is_in_force(each, self.time)]

    def of_tag(self, tag: Tag) -> list[TagRecord]:
        """About a tag, whenever, to organisations."""
        records = self._impartial(list_of_tag(self.view, tag.tag, self._known))
        return [each for each in records if each.key_id == tag.key_id and not each.handle]

    def takes_part(self, organisation: str) -> bool:
        """Whether an organisation is in a proposal for a lot of the process, or does the contract that none preceded."""
        if isinstance(self.process, AgreementRecord):
            return organisation == self.process.supplier
        parts = [self.view.get(part_key(self.name, lot, organisation), PartRecord) for lot in self.process.lots]
        return any(part is not None and part.bidder for part in parts)

    def _impartial(self, records: Iterable[TagRecord]) -> list[TagRecord]:
        return [each for each in records if each.registrar != self.process.buyer and not self.takes_part(each.registrar)]


def list_members(proposal: ProposalRecord) -> list[str]:
    """Who is in a proposal: the bidder, or the members of its consortium."""
    return [member.organisation for member in proposal.members] or [proposal.bidder]


def find_excluded(readings: Readings, members: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Bidders of a lot that are out, and why: I1, I2, I5. ``members`` of each bidder's proposal."""
    designed = find_designers(readings)
    out = {bidder: DESIGNED for bidder, named in members.items() if any(each in designed for each in named)}
    directed = _find_shared({bidder: _union(_list_directors(readings, each) for each in named) for bidder, named in members.items()})
    owned = _find_shared({bidder: _union(find_controllers(readings, each) for each in named) for bidder, named in members.items()})
    return out | dict.fromkeys(directed, SHARED_DIRECTOR) | dict.fromkeys(owned, SHARED_OWNER)


def find_flagged(readings: Readings, members: Mapping[str, Sequence[str]]) -> list[str]:
    """I1, the flag: bidders of which one tag holds more than a quarter each. Nothing is written: readers ask, as of any time."""
    return _find_shared({bidder: _union(find_controllers(readings, each, FLAG_BP) for each in named) for bidder, named in members.items()})


def is_conflicted(readings: Readings, person: Person) -> bool:
    """I3, I4 of a person with a seat, or who would take one, against everybody who takes part in a lot of the process."""
    return any(readings.takes_part(each) for each in sorted(list_ties(readings, person)))


def is_clean(readings: Readings, lot: LotRecord, contractors: Sequence[str]) -> bool:
    """28.5: I3, I4 of officer, inspector and certifier, I5 and I7, of those who would deliver."""
    seats = get_process(readings.view, readings.name).seats
    ties = _union(list_ties(readings, person) for person in (seats.officer, seats.inspector, seats.certifier))
    trustees = [trustee.organisation for trustee in get_round_record(readings.view, lot.proposal_round).trustees]
    overseeing = [seats.inspector.organisation, seats.certifier.organisation, *trustees]
    barred = ties | find_designers(readings)
    return not any(each in barred or any(is_grouped(readings, each, other) for other in overseeing) for each in contractors)


def find_controllers(readings: Readings, organisation: str, above_bp: int = CONTROL_BP) -> set[Tag]:
    """Tags that control an organisation or hold more than a share of it, the product along a path; its own tags too."""
    found: set[Tag] = set()
    reached: dict[str, int] = {organisation: WHOLE_BP}
    waiting = [(organisation, WHOLE_BP)]
    for _ in range(MAX_PATH):
        upward: dict[str, int] = {}
        for each, share_bp in waiting:
            for tag, held_bp in _list_holders(readings, each):
                part_bp = share_bp * held_bp // WHOLE_BP
                if part_bp > above_bp:
                    found.add(tag)
                    for company in _list_companies(readings, tag):
                        upward[company] = max(upward.get(company, 0), part_bp)
        waiting = [(company, part_bp) for company, part_bp in sorted(upward.items()) if part_bp > reached.get(company, 0)]
        reached.update(waiting)
    return found


def list_controlled(readings: Readings, tag: Tag) -> set[str]:
    """Organisations that a tag controls, itself or through others that it controls."""
    found: set[str] = set()
    waiting = [tag]
    for _ in range(MAX_PATH):
        downward: list[Tag] = []
        for each in waiting:
            for record in readings.of_tag(each):
                if record.organisation not in found and is_in_force(record, readings.time) and _controls(record):
                    found.add(record.organisation)
                    downward += _list_own_tags(readings, record.organisation)
        waiting = downward
    return found


def list_group(readings: Readings, organisation: str) -> set[str]:
    """An organisation and everybody whom the same tag controls."""
    return _union(list_controlled(readings, tag) for tag in sorted(find_controllers(readings, organisation))) | {organisation}


def is_grouped(readings: Readings, one: str, other: str) -> bool:
    """I7: whether two organisations are one, or one group."""
    return one == other or not find_controllers(readings, one).isdisjoint(find_controllers(readings, other))


def list_ties(readings: Readings, person: Person) -> set[str]:
    """Organisations whose proposals a person may not judge.

    I3: the person's own, those that the person or a close relative owns, runs or works for, and what these control (Pasal 7).
    I4: the group of those for which the person worked within 36 months.
    """
    own = [each for each in readings.of_person(person) if each.relation in (SELF, RELATIVE)]
    found = {person.organisation}
    for each in own:
        tag = Tag(each.key_id, each.tag)
        for record in readings.of_tag(tag):
            if is_in_force(record, readings.time) and record.relation in (OWNER, EMPLOYEE, *_RUNS):
                found.add(record.organisation)
            if each.relation == SELF and record.relation in _WORKED and _was_recent(record, readings.time):
                found |= list_group(readings, record.organisation)
        found |= list_controlled(readings, tag)
    return found


def find_designers(readings: Readings) -> set[str]:
    """I5: whoever is tied to a tag that designed or supervises the works of the plan line, as attested about the buyer."""
    process = readings.process
    if not KINDS[process.kind].designed:
        return set()
    names = [f"{relation}:{process.plan}" for relation in (DESIGNER, SUPERVISOR)]
    tags = [Tag(each.key_id, each.tag) for each in readings.of_organisation(process.buyer) if each.relation in names]
    tied = {record.organisation for tag in tags for record in readings.of_tag(tag) if is_in_force(record, readings.time)}
    return (tied | _union(list_controlled(readings, tag) for tag in tags)) - {process.buyer}


def _list_holders(readings: Readings, organisation: str) -> list[tuple[Tag, int]]:
    """Tags that hold an organisation, with their shares: the whole for its own tags and for who is attested to control it."""
    records = [each for each in readings.of_organisation(organisation) if each.relation in (CONTROLLER, OWNER, SELF)]
    return [(Tag(each.key_id, each.tag), each.share_bp if each.relation == OWNER else WHOLE_BP) for each in records]


def _list_companies(readings: Readings, tag: Tag) -> list[str]:
    """Organisations whose own tag it is."""
    return [each.organisation for each in readings.of_tag(tag) if each.relation == SELF and is_in_force(each, readings.time)]


def _list_own_tags(readings: Readings, organisation: str) -> list[Tag]:
    return [Tag(each.key_id, each.tag) for each in readings.of_organisation(organisation) if each.relation == SELF]


def _list_directors(readings: Readings, organisation: str) -> set[Tag]:
    return {Tag(each.key_id, each.tag) for each in readings.of_organisation(organisation) if each.relation in (DIRECTOR, KEY_PERSON)}


def _controls(record: TagRecord) -> bool:
    return record.relation in (CONTROLLER, SELF) or (record.relation == OWNER and record.share_bp > CONTROL_BP)


def _was_recent(record: TagRecord, time: int) -> bool:
    return record.since <= time and (not record.until or record.until > time - RECENT_SECONDS)


def _find_shared(tags: Mapping[str, set[Tag]]) -> list[str]:
    """Bidders that have a tag in common with another."""
    holders: dict[Tag, list[str]] = {}
    for bidder, held in tags.items():
        for tag in sorted(held):
            holders.setdefault(tag, []).append(bidder)
    return sorted({bidder for bidders in holders.values() if len(bidders) > 1 for bidder in bidders})


def _union(sets: Iterable[set[Member]]) -> set[Member]:
    return {each for found in sets for each in found}
