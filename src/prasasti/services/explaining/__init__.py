"""Who should have won, and what is due: a process recomputed step by step from its log, beside what the log recorded.

Owns the order: it goes through the log once, and gives each entry to the file that owns its step. Messages are what people
sent, events what the ledger made of them. Events say *when* something was decided; *what* is computed here anew, from the
contents that were sent in and the terms as published, with formulas of its own (``explained_figures``, ``explained_dues``);
neither the state nor a ranking that a node computed is asked.
What it takes as recorded: whether a message was admitted, which window ran until when, who declared a conflict, what banks did
with an order, and of suite 01 what an envelope held (its shares' proofs are the audit's to check).
"""

from __future__ import annotations

from collections.abc import Mapping

from prasasti.services.difference import Differs
from prasasti.services.explained_log import ProcessLog, Told
from prasasti.services.explaining import award, contracting, deciding, delivery, exclusions, opening, payment, ranking, scoring, terms
from prasasti.services.explaining.later_tags import note_later_tags
from prasasti.services.explaining.recount import FindRanking, Lot, ReadDocument, Recount, SeeEvent, TakeMessage, find_first
from prasasti.services.explaining.steps import CLAUSES, STEPS, Disagreement, Explanation, Line, Result, Step

__all__ = [
    "CLAUSES", "STEPS", "Disagreement", "Explanation", "FindRanking", "Line", "ReadDocument", "Result", "Step", "explain",
]  # fmt: skip

# Each message and each event has one owner.
MESSAGES: Mapping[str, TakeMessage] = {
    **terms.MESSAGES, **opening.MESSAGES, **scoring.MESSAGES, **deciding.MESSAGES, **award.MESSAGES,
    **payment.MESSAGES, **delivery.MESSAGES, **contracting.MESSAGES,
}  # fmt: skip
EVENTS: Mapping[str, SeeEvent] = {
    **terms.EVENTS, **opening.EVENTS, **exclusions.EVENTS, **scoring.EVENTS, **ranking.EVENTS, **deciding.EVENTS, **award.EVENTS,
    **payment.EVENTS,
}  # fmt: skip


def explain(log: ProcessLog, read_document: ReadDocument, find_ranking: FindRanking | None = None) -> Explanation | None:
    """Recompute a process; None where the log has no native process of that id. Differs where a document is missing or another,
    or where an entry names what no entry before it made, which the rules would have refused.

    ``find_ranking`` gives the bidders of a ranking as a node recorded it, by lot and number: it is compared, never believed.
    """
    recount = Recount(log, read_document, find_ranking)
    for told in log.told:
        try:
            _take(recount, told)
        except (LookupError, StopIteration, TypeError, ValueError) as problem:
            found = f"{told.action or 'the schedule'} about something else: {problem!r}"
            raise Differs(f"entry {told.position}", "what the entries before it allow", found) from problem
    if not recount.lots:
        return None
    results = [_conclude(recount, lot) for lot in recount.lots.values()]
    return Explanation(log.process, recount.buyer, recount.currency, recount.steps, results, note_later_tags(recount))


def _take(recount: Recount, told: Told) -> None:
    """An entry: the message first, then what the ledger made of it."""
    message = told.action.removeprefix("procurement.")
    if message in MESSAGES:
        MESSAGES[message](recount, told)
    for event in told.events:
        name = str(event["event"]).removeprefix("procurement.")
        if name in EVENTS and event.get("process", recount.log.process) == recount.log.process:
            EVENTS[name](recount, told, event)


def _conclude(recount: Recount, lot: Lot) -> Result:
    """What comes out for a lot."""
    first = lot.signed_for
    if first is None and lot.state not in ("failed", "cancelled"):
        first = find_first(recount, lot, recount.log.told[-1].time)
    award_ = lot.award
    return Result(
        lot.name, lot.state, first.offer.bidder if first is not None else "", str(first.offer.price_minor) if first is not None else "",
        award_.bidder if award_ is not None else "", str(award_.price_minor) if award_ is not None else "",
    )  # fmt: skip
