"""Notes of what was attested later: it changes no result, so that the record still agrees (procurement-lifecycle, 6).

Owns asking again, by all that the log attests, who would have been out when a lot was opened, or kept out when they declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prasasti.services import explained_figures as figures
from prasasti.services.explained_log import Attested
from prasasti.services.explaining.exclusions import as_tie, find_known, find_out_by_tags, list_held
from prasasti.services.explaining.recount import Lot, Recount
from prasasti.services.explaining.steps import Line

# 36 months, in seconds.
RECENT_SECONDS = 3 * 365 * 86_400 + 86_400
# Behind every entry.
AT_LAST = 2**53


def note_later_tags(recount: Recount) -> list[Line]:
    """One line a flag, by the entry that raised it; a person whom a declaration kept out needs none."""
    lines = [line for person in recount.declared if person not in recount.recused for line in _note_ties(recount, person)]
    lines += [line for lot in recount.lots.values() for line in _note_excluded(recount, lot)]
    return sorted(lines, key=lambda line: (line.position, line.key, str(line.facts)))


def _note_ties(recount: Recount, person: str) -> Iterator[Line]:
    """I3, I4 of who decided, as they were when they declared."""
    time = recount.declared[person]
    organisation, _, handle = person.rpartition(":")
    taking_part = {each for lot in recount.lots.values() for bid in lot.bids.values() for each in bid.members}

    def ask(known: int) -> dict[str, str]:
        held, known_ever = list_held(recount, time, known), list_held(recount, time, known, ended_since=time - RECENT_SECONDS)
        mine = [each for each in held if (each.organisation, each.handle) == (organisation, handle)]
        own, near = ({as_tie(each).tag for each in mine if each.relation == relation} for relation in ("self", "relative"))
        ties, recent = ([as_tie(each) for each in some if not each.handle] for some in (held, known_ever))
        return dict.fromkeys(figures.list_person_ties(own, near, ties, recent) & taking_part, "later_tied")

    for bidder, key, cause in _find_new(recount, ask, time):
        yield Line(key, {"person": person, "bidder": bidder, "registrar": cause.registrar, "time": cause.attested}, cause.position)


def _note_excluded(recount: Recount, lot: Lot) -> Iterator[Line]:
    """I1, I2, I5 of proposals that were opened, as of the deadline."""
    time = lot.deadline - 1
    opened = [bid for bid in lot.bids.values() if any(each.state == "opened" for each in bid.slots.values())]

    def ask(known: int) -> dict[str, str]:
        return {bidder: reason for bidder, (reason, _) in find_out_by_tags(recount, opened, list_held(recount, time, known)).items()}

    for bidder, reason, cause in _find_new(recount, ask, time):
        facts = {"bidder": bidder, "lot": lot.name, "why": reason, "registrar": cause.registrar, "time": cause.attested}
        yield Line("later_out", facts, cause.position)


def _find_new(recount: Recount, ask: Callable[[int], dict[str, str]], time: int) -> Iterator[tuple[str, str, Attested]]:
    """Whom all that was attested names, and what was known at a time does not; why, and what was attested when it first did."""
    known = find_known(recount, time)
    before, now = ask(known), ask(AT_LAST)
    for bidder in sorted(now.keys() - before.keys()):
        later = [each for each in recount.log.tags if each.position > known]
        yield bidder, now[bidder], next(each for each in later if bidder in ask(each.position))
