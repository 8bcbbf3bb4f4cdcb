"""Flags of a native process: who would have been kept out of it, had a tag been attested in time that was attested later.

A later tag changes no past result (procurement-lifecycle, 6): it raises a flag, which nobody writes. Owns asking the rules'
own functions again, of the newest state: what is known now, of how things were when somebody declared, or a lot was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from prasasti.contracts.identity.records import TagRecord
from prasasti.contracts.identity.tags import list_of_organisation, list_of_person, list_of_tag
from prasasti.contracts.people import Person
from prasasti.contracts.procurement.integrity import MAX_PATH, Readings, find_excluded, list_members, list_ties
from prasasti.contracts.procurement.lots import list_proposals
from prasasti.contracts.procurement.process import QUALIFICATION, ProcessRecord, get_lot
from prasasti.contracts.procurement.seats import find_interests
from prasasti.core.contract import View

TIED = "tied"
"""I3, I4: who decided is tied to a bidder. The other flags are the reasons for which the ledger puts a bidder out (I1, I2, I5)."""


class Flag(Struct, frozen=True):
    """What a later tag shows: since when, seconds UTC, who attested it, and whom it concerns.

    ``why`` is ``TIED`` or the reason for which the bidder would have been out of ``lot``, which is "" for a tie; ``person`` is
    who decided as ``organisation:handle``, "" where no one did.
    """

    attested: int
    registrars: list[str]
    why: str
    person: str
    bidder: str
    lot: str


def list_flags(view: View, ocid: str, process: ProcessRecord, declared: Mapping[Person, int], now: int) -> list[Flag]:
    """Flags of a process as of now, in the order in which they came up; ``declared`` tells who declared interests in it, and when."""
    found = [flag for person, time in declared.items() for flag in _list_ties(view, ocid, process, person, time, now)]
    found += [flag for lot in process.lots for flag in _list_excluded(view, ocid, process, lot, now)]
    return sorted(found, key=lambda flag: (flag.attested, flag.why, flag.person, flag.bidder, flag.lot))


def _list_ties(view: View, ocid: str, process: ProcessRecord, person: Person, time: int, now: int) -> Iterator[Flag]:
    """Whoever is kept out already needs no flag."""
    interests = find_interests(view, ocid, person)
    if interests is None or interests.recused:
        return

    def ask(known: int) -> dict[str, str]:
        readings = Readings(view, ocid, process, time, known)
        return {each: TIED for each in list_ties(readings, person) if readings.takes_part(each)}

    name = f"{person.organisation}:{person.handle}"
    for bidder, why in sorted(_find_new(ask, time, now).items()):
        about = [*list_of_person(view, person.organisation, person.handle, now), *list_of_organisation(view, bidder, now)]
        attested, registrars = _find_cause(view, about, ask, bidder, time, now)
        yield Flag(attested, registrars, why, name, bidder, "")


def _list_excluded(view: View, ocid: str, process: ProcessRecord, name: str, now: int) -> Iterator[Flag]:
    """Of the bidders whose proposal was opened and not put out by what was known at the deadline."""
    lot = get_lot(view, ocid, name)
    opened = [each for each in list_proposals(view, lot) if each.offer is not None]
    members = {each.bidder: list_members(each) for each in opened}
    time = (process.qualification_deadline if lot.stage == QUALIFICATION else process.deadline) - 1

    def ask(known: int) -> dict[str, str]:
        return find_excluded(Readings(view, ocid, process, time, known), members)

    for bidder, why in sorted(_find_new(ask, time, now).items()):
        concerned = [process.buyer, *(member for named in members.values() for member in named)]
        about = [record for each in concerned for record in list_of_organisation(view, each, now)]
        attested, registrars = _find_cause(view, about, ask, bidder, time, now)
        yield Flag(attested, registrars, why, "", bidder, name)


def _find_new(ask: Callable[[int], Mapping[str, str]], time: int, now: int) -> dict[str, str]:
    """Whom an answer names by what is known now and not by what was known at a time."""
    before = ask(time)
    return {bidder: why for bidder, why in ask(now).items() if bidder not in before}


def _find_cause(
    view: View, about: Sequence[TagRecord], ask: Callable[[int], Mapping[str, str]], bidder: str, time: int, now: int
) -> tuple[int, list[str]]:
    """When what was attested first named a bidder, and who attested then: about these, or whomever the same tags tie to them."""
    records = set(about)
    for _ in range(MAX_PATH):
        before = len(records)
        records |= {record for tag in {each.tag for each in records} for record in list_of_tag(view, tag, now)}
        records |= {record for each in {each.organisation for each in records} for record in list_of_organisation(view, each, now)}
        if len(records) == before:
            break
    moments = sorted({record.attested for record in records if record.attested > time})
    attested = next(moment for moment in moments if bidder in ask(moment))
    return attested, sorted({record.registrar for record in records if record.attested == attested})
