"""Exclusions once every due envelope is read: by attested tags (I1, I2, I5), and by the buyer's own price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prasasti.services import explained_figures as figures
from prasasti.services.explained_log import Told
from prasasti.services.explaining.recount import (
    FINANCIAL,
    PROPOSAL,
    Bid,
    Lot,
    Recount,
    SeeEvent,
    begin_step,
    get_lot_terms,
    list_live,
    read_figure,
)
from prasasti.services.explaining.steps import Step


def _see_lot_opened(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    """Every due envelope is read: who is out by tags or by the buyer's own price."""
    lot, slot = recount.lots[event["lot"]], str(event["slot"])
    lot.stage, lot.state = slot, "evaluating"
    step, before = begin_step(recount, "exclusions", lot.name, told), list_live(lot)
    if slot != FINANCIAL:
        _exclude_by_tags(recount, step, lot)
    if slot in (FINANCIAL, PROPOSAL):
        _exclude_by_estimate(recount, step, lot, told)
    out = {bid.bidder: bid.out for bid in before if bid.out}
    step.compare("excluded", len(out), event["excluded"], told.position)
    step.compare("put_out", _spell(out), _spell(lot.excluded), told.position)
    lot.excluded = {}
    live = list_live(lot)
    step.say("live", told.position, live=len(live), bidders=", ".join(bid.bidder for bid in live))
    step.compare("live", len(live), event["live"], told.position)


def _exclude_by_tags(recount: Recount, step: Step, lot: Lot) -> None:
    """I1, I2, I5 by what was attested up to the deadline, by registrars on no side."""
    parts = {each for other in recount.lots.values() for bid in other.bids.values() for each in bid.members if _is_there(bid)}
    latest = {
        (each.registrar, each.key_id, each.tag, each.organisation, each.handle, each.relation): each
        for each in recount.log.tags
        if each.attested <= lot.deadline and each.registrar != recount.buyer and each.registrar not in parts
    }
    held = [each for each in latest.values() if not each.handle and each.since <= lot.deadline and not 0 < each.until <= lot.deadline]
    ties = [figures.Tie(f"{each.key_id}/{each.tag}", each.relation, each.organisation, each.share_bp) for each in held]
    live = list_live(lot)
    designers = figures.list_designers(ties, recount.buyer, recount.plan["plan"]) if recount.plan["kind"] == "works" else set()
    owned = figures.find_shared({bid.bidder: _union(figures.list_controllers(ties, each) for each in bid.members) for bid in live})
    led = figures.find_shared({bid.bidder: _union(figures.list_directed(ties, each) for each in bid.members) for bid in live})
    for bid in live:
        found = [(reason, tag.get(bid.bidder)) for reason, tag in (("shared_owner", owned), ("shared_director", led))]
        found += [("designed", each) for each in bid.members if each in designers]
        reason, tag = next(((reason, tag) for reason, tag in found if tag is not None), ("", ""))
        if reason:
            bid.out, bid.out_at = reason, max((each.position for each in held), default=-1)
            step.say(reason, bid.out_at, bidder=bid.bidder, tag=tag)
    step.say("tags", deadline=lot.deadline, tags=len(held))


def _exclude_by_estimate(recount: Recount, step: Step, lot: Lot, told: Told) -> None:
    estimate_minor = int(get_lot_terms(recount, lot)["estimate"])
    binds = bool(read_figure(recount, step, f"{recount.plan['kind']}.estimate_binds"))
    before = list_live(lot)
    for bid in before:
        is_above = bid.price_minor > estimate_minor
        key = "above_estimate" if is_above and binds else "above_estimate_stands" if is_above else "within_estimate"
        step.say(key, told.position, bidder=bid.bidder, price=str(bid.price_minor), estimate=str(estimate_minor))
        if is_above and binds:
            bid.out, bid.out_at = "above_estimate", told.position
    # Where the buyer's own price put the last ones out the lot fails for that (27g), else for want of anybody (27c).
    lot.all_above = bool(before) and not list_live(lot)


def _spell(out: Mapping[str, str]) -> str:
    return ", ".join(f"{bidder}: {reason}" for bidder, reason in sorted(out.items())) or "nobody"


def _is_there(bid: Bid) -> bool:
    return any(each.state not in ("replaced", "withdrawn") for each in bid.slots.values())


def _union(sets: Iterator[set[str]]) -> set[str]:
    return {each for found in sets for each in found}


EVENTS: Mapping[str, SeeEvent] = {
    "lot_opened": _see_lot_opened,
}
