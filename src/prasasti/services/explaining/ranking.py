"""The ranking, computed anew and compared with what a node recorded."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from prasasti.services import explained_figures as figures
from prasasti.services.explained_log import Told
from prasasti.services.explaining.recount import (
    PROPOSAL,
    QUALIFICATION,
    SCORES,
    Bid,
    Lot,
    Recount,
    SeeEvent,
    begin_step,
    list_live,
    read_figure,
)
from prasasti.services.explaining.scoring import score
from prasasti.services.explaining.steps import Line, Step

RANKED_BY_PRICE = 3


def _see_ranking(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot = recount.lots[event["lot"]]
    chosen = _choose(recount, lot)
    if recount.terms["criteria"] and lot.stage == PROPOSAL:
        score(recount, lot, chosen, told)
    step = begin_step(recount, "ranking", lot.name, told)
    weights = figures.Weights(
        recount.terms["selection"], recount.terms["technical_bp"], recount.terms["threshold"], recount.terms["preference_bp"],
        int(read_figure(recount, step, "preference_least_tkdn_bp")),
    )  # fmt: skip
    secrets = _list_secrets(lot)
    offers = [figures.Offered(bid.bidder, bid.price_minor, bid.tkdn_bp, bid.technical, _tie(lot, secrets, bid.bidder)) for bid in chosen]
    lot.ranking = figures.place_offers(weights, offers)
    lot.adopted = bool(recount.terms.get("invited"))
    for bid in chosen:
        missing = _list_not_met(recount, lot, bid)
        step.compare(f"requirements of {bid.bidder}", "met", f"no outcome of {', '.join(missing)}" if missing else "met", told.position)
    for placed in lot.ranking:
        _say_placed(step, weights, placed, told.position, is_tie_known=secrets is not None)
    step.compare("ranked", len(lot.ranking), event["ranked"], told.position)
    step.compare("evaluation", lot.evaluation, event["evaluation"], told.position)
    recorded = recount.find_ranking(lot.name, event["ranking"]) if recount.find_ranking is not None else None
    if recorded is not None:
        step.compare("order", ", ".join(each.offer.bidder for each in lot.ranking), ", ".join(recorded), told.position)


def _choose(recount: Recount, lot: Lot) -> list[Bid]:
    """Who is ranked: all that are left; by price alone from the lowest evaluated price upward until three passed."""
    live = list_live(lot)
    if recount.terms["selection"] != "price_only":
        return live
    least = int(recount.log.figure("procurement.preference_least_tkdn_bp", recount.published).value)
    weights = figures.Weights("price_only", 0, 0, recount.terms["preference_bp"], least)
    live.sort(key=lambda bid: (figures.compute_evaluated_e8(weights, bid.price_minor, bid.tkdn_bp), bid.bidder))
    return live[:RANKED_BY_PRICE]


def _list_not_met(recount: Recount, lot: Lot, bid: Bid) -> list[str]:
    """Requirements without a pass: in this evaluation, of a qualification decided before it in any."""
    now = bid.outcomes.get(lot.evaluation, {})
    ever = {name for outcomes in bid.outcomes.values() for name, passed in outcomes.items() if passed}
    return [
        each["id"]
        for each in recount.terms["requirements"]
        if not now.get(each["id"]) and not (recount.terms["qualification"] and each["stage"] == QUALIFICATION and each["id"] in ever)
    ]


def _list_secrets(lot: Lot) -> list[bytes] | None:
    """What each opened envelope gives to the tie hash, by its id, score sheets apart; None where a suite hides it from who reads the
    log. What was opened before proposals were asked for anew is among them."""
    opened = sorted((each for each in lot.envelopes if each.state == "opened" and each.slot != SCORES), key=lambda each: each.id)
    if any(each.sealed[0] != 0 for each in opened):
        return None
    return [sha256(each.sealed).digest() for each in opened]


def _tie(lot: Lot, secrets: list[bytes] | None, bidder: str) -> str:
    return figures.compute_tie_hash(lot.round, lot.name, secrets, bidder) if secrets is not None else ""


def _say_placed(step: Step, weights: figures.Weights, placed: figures.Placed, position: int, *, is_tie_known: bool) -> None:
    offer = placed.offer
    facts = {
        "place": placed.place, "bidder": offer.bidder, "price": str(offer.price_minor), "tkdn_bp": offer.tkdn_bp,
        "preference_bp": weights.preference_bp, "evaluated_e8": str(placed.evaluated_e8), "technical": offer.technical,
        "technical_bp": weights.technical_bp, "price_bp": 10_000 - weights.technical_bp, "points": placed.points, "final": placed.final,
        "threshold": weights.threshold, "tie": offer.tie if is_tie_known else "",
    }  # fmt: skip
    key = "placed_below" if not placed.place else "placed_by_price" if weights.selection == "price_only" else "placed_by_points"
    step.lines.append(Line(key, facts, position))


EVENTS: Mapping[str, SeeEvent] = {
    "ranking_published": _see_ranking,
}
