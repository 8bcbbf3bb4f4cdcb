"""The committee's decision: its ballot, who sits and takes part, and what falls where it evaluates anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prasasti.services import explained_figures as figures
from prasasti.services.explained_log import Told
from prasasti.services.explaining.recount import (
    QUALIFICATION,
    Lot,
    Recount,
    SeeEvent,
    TakeMessage,
    begin_step,
    find_first_slot,
    name_person,
)


def _see_ballot_opened(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot = recount.lots[event["lot"]]
    lot.ballot_ends, lot.votes = event["ends"], {}


def _take_vote(recount: Recount, told: Told) -> None:
    recount.lots[told.arguments["lot"]].votes[name_person(recount, told)] = (told.arguments["choice"], told.position)


def _see_ballot_closed(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot = recount.lots[event["lot"]]
    step = begin_step(recount, "ballot", lot.name, told)
    for person, (choice, position) in lot.votes.items():
        step.say("vote", position, person=person, choice=choice)
        step.compare("seat", True, person in recount.seats, position)
    choices = [choice for choice, _ in lot.votes.values()]
    outcome = figures.compute_outcome(choices, len(recount.seats))
    step.say(
        "majority", told.position, adopt=choices.count("adopt"), reject=choices.count("reject"), seats=len(recount.seats), outcome=outcome
    )  # fmt: skip
    step.compare("outcome", outcome, event["outcome"], told.position)
    lot.adopted = outcome == "adopted"


def _see_seat(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    """Somebody took a seat: outcomes stand, the leaver's uncounted sheet and open vote fall."""
    if event["seat"] != "committee":
        return
    recount.seats = {event["entered"] if seat == event["left"] else seat: sits for seat, sits in recount.seats.items()}
    recount.seats[event["entered"]] = True
    for lot in recount.lots.values():
        lot.votes.pop(event["left"], None)


def _see_interests(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    person = f"{event['organisation']}:{event['handle']}"
    recount.declared.setdefault(person, told.time)
    if event["recused"]:
        recount.recused.add(person)
    if person in recount.seats and event["recused"]:
        recount.seats[person] = False


def _see_repeated(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    """Evaluated anew, or sealed anew: what the committee decided falls, what the opening decided stays."""
    lot = recount.lots[event["lot"]]
    lot.evaluation, lot.adopted, lot.votes = event["evaluation"], False, {}
    if lot.stage != QUALIFICATION:
        lot.stage = find_first_slot(recount)
    kind = "qualification:" if lot.stage == QUALIFICATION else "requirement:"
    if event["remedy"] == "resubmit":
        _empty(lot, told.position)
        return
    for bid in lot.bids.values():
        if bid.out.startswith(kind) or bid.out == "threshold":
            bid.out, bid.out_at = "", -1
    lot.state = "evaluating"


def _empty(lot: Lot, position: int) -> None:
    """Proposals anew: who is in keeps the qualification alone, who was never opened does not come in again."""
    for bid in lot.bids.values():
        if bid.out:
            continue
        if not any(each.state == "opened" for each in bid.slots.values()):
            bid.out, bid.out_at = "not_opened", position
            continue
        bid.slots = {slot: each for slot, each in bid.slots.items() if slot == QUALIFICATION}
        bid.price_minor = bid.tkdn_bp = bid.technical = 0


MESSAGES: Mapping[str, TakeMessage] = {
    "vote": _take_vote,
}
EVENTS: Mapping[str, SeeEvent] = {
    "ballot_closed": _see_ballot_closed,
    "ballot_opened": _see_ballot_opened,
    "interests_declared": _see_interests,
    "lot_repeated": _see_repeated,
    "seat_taken": _see_seat,
}
