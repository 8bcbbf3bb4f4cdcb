"""Exclusions once every due envelope is read: by attested tags (I1, I2, I5), and by the buyer's own price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prasasti.services import explained_figures as figures
from prasasti.services.explained_log import Attested, Told
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


def find_known(recount: Recount, time: int) -> int:
    """The entry of the last tag that was attested up to a time; −1 before the first."""
    return max((each.position for each in recount.log.tags if each.attested <= time), default=-1)


def list_held(recount: Recount, time: int, known: int, ended_since: int | None = None) -> list[Attested]:
    """What was attested up to an entry, ``known``, by registrars on no side, and in force at a time, the latest of each; also what
    ended after another time, where one is given."""
    parts = {each for lot in recount.lots.values() for bid in lot.bids.values() for each in bid.members if _is_there(bid)}
    latest = {
        (each.registrar, each.key_id, each.tag, each.organisation, each.handle, each.relation): each
        for each in recount.log.tags
        if each.position <= known and each.registrar != recount.buyer and each.registrar not in parts
    }
    ended = time if ended_since is None else ended_since
    return [each for each in latest.values() if each.since <= time and not 0 < each.until <= ended]


def as_tie(each: Attested) -> figures.Tie:
    """An attestation as formulas take it."""
    return figures.Tie(f"{each.key_id}/{each.tag}", each.relation, each.organisation, each.share_bp)


def find_out_by_tags(recount: Recount, bids: Sequence[Bid], held: Sequence[Attested]) -> dict[str, tuple[str, str]]:
    """Of bids that are compared, who is out, by which reason and tag: I1, I2, I5."""
    ties = [as_tie(each) for each in held if not each.handle]
    designers = figures.list_designers(ties, recount.buyer, recount.plan["plan"]) if recount.plan["kind"] == "works" else set()
    owned = figures.find_shared({bid.bidder: _union(figures.list_controllers(ties, each) for each in bid.members) for bid in bids})
    led = figures.find_shared({bid.bidder: _union(figures.list_directed(ties, each) for each in bid.members) for bid in bids})
    designed = {bid.bidder: each for bid in bids for each in bid.members if each in designers}
    # Who is out for several is out for the last.
    found = (("designed", designed), ("shared_director", led), ("shared_owner", owned))
    return {bidder: (reason, tag) for reason, each in found for bidder, tag in each.items()}


def _exclude_by_tags(recount: Recount, step: Step, lot: Lot) -> None:
    """By what was attested before the deadline."""
    live, held = list_live(lot), list_held(recount, lot.deadline - 1, find_known(recount, lot.deadline - 1))
    out = find_out_by_tags(recount, live, held)
    for bid in live:
        if bid.bidder in out:
            reason, tag = out[bid.bidder]
            bid.out, bid.out_at = reason, max((each.position for each in held if not each.handle), default=-1)
            step.say(reason, bid.out_at, bidder=bid.bidder, tag=tag)
    step.say("tags", deadline=lot.deadline, tags=sum(not each.handle for each in held))


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
