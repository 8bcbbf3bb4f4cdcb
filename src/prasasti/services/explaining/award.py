"""From the award to the signatures, and where a lot fails: who is first, standstill, price, milestones, grounds of failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prasasti.services import explained_figures as figures
from prasasti.services.explained_log import Told
from prasasti.services.explaining.agreements import begin_agreement
from prasasti.services.explaining.recount import (
    QUALIFICATION,
    Award,
    Recount,
    SeeEvent,
    TakeMessage,
    begin_step,
    find_first,
    find_why_not,
    get_lot_terms,
    is_complete,
    list_live,
    read_figure,
)

# An award that ended on one of these grounds passes nobody over: the lot begins again, fails, or is cancelled.
NOT_PASSED_OVER = ("cancelled", "failed", "fail", "reevaluate", "refused", "resubmit", "retender")


def _take_award(recount: Recount, told: Told) -> None:
    given = told.arguments
    lot = recount.lots[given["lot"]]
    step, first = begin_step(recount, "award", lot.name, told), find_first(recount, lot, told.time)
    for placed in lot.ranking:
        why = find_why_not(recount, lot, placed, told.time)
        if why:
            step.say("not_first", told.position, bidder=placed.offer.bidder, place=placed.place, why=why)
    step.say("first", told.position, given["reasons"]["sha256"], bidder=first.offer.bidder if first is not None else "—")
    step.compare("adopted", True, lot.adopted, told.position)
    step.compare("winner", first.offer.bidder if first is not None else "nobody", given["bidder"], told.position)
    if first is not None and first.offer.bidder == given["bidder"]:
        step.compare("price", first.offer.price_minor, given["price"], told.position)
    recount.steps[-1].say("awarded", told.position, bidder=given["bidder"], price=given["price"])


def _see_award(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot = recount.lots[event["lot"]]
    price_minor = int(told.arguments["price"])
    # What the message says is signed; what its event says the node alone wrote.
    recount.steps[-1].compare("winner", told.arguments["bidder"], event["bidder"], told.position)
    lot.award = Award(event["award"], event["bidder"], price_minor, event["standstill_ends"], told.position)
    lot.awards[lot.award.id], lot.state = lot.award, "decided"


def _see_activated(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot, given = recount.lots[event["lot"]], told.arguments
    award = lot.awards[event["award"]]
    step = begin_step(recount, "activation", lot.name, told)
    step.say("standstill", told.position, ends=award.standstill_ends, time=told.time)
    step.compare("standstill_over", True, told.time >= award.standstill_ends, told.position)
    if given.get("price") is not None:
        negotiation = (given.get("negotiation") or {}).get("sha256", "")
        step.say("negotiated", told.position, negotiation, before=str(award.price_minor), price=given["price"])
        step.compare("only_down", True, int(given["price"]) <= award.price_minor, told.position)
        award.price_minor = int(given["price"])
    lot.state = "active"


def _see_award_cancelled(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot = recount.lots[event["lot"]]
    award = lot.awards.get(event["award"])
    lot.award, lot.state = None, "evaluating"
    if award is not None and event["ground"] not in NOT_PASSED_OVER:
        lot.passed_over.append(award.bidder)


def _take_draft(recount: Recount, told: Told) -> None:
    given = told.arguments
    lot = recount.lots.get(given.get("lot") or "")
    award = lot.awards.get(given["award"]) if lot is not None else None
    if lot is None or award is None:
        return
    step, price_minor = begin_step(recount, "contract", lot.name, told), int(given["price"])
    unit_minor = int(read_figure(recount, step, f"payment_unit_minor.{recount.currency}"))
    step.say("drafted", told.position, given["document"]["sha256"], price=given["price"], award=str(award.price_minor))
    step.compare("within_award", True, price_minor <= award.price_minor, told.position)
    step.compare("payable", 0, price_minor % unit_minor, told.position)
    shares = [each["share_bp"] for each in get_lot_terms(recount, lot)["milestones"]]
    parts = figures.compute_parts_minor(price_minor, shares, unit_minor)
    for share_bp, part_minor, milestone in zip(shares, parts, given["milestones"], strict=False):
        step.say("milestone", told.position, milestone=milestone["id"], share_bp=share_bp, amount=str(part_minor))
    step.compare("milestones", " + ".join(map(str, parts)), " + ".join(each["amount"] for each in given["milestones"]), told.position)
    recount.contracts[given["contract"]], recount.drafts[given["contract"]] = (lot.name, price_minor), given


def _see_contract(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot, price_minor = recount.contracts.get(event["contract"], ("", 0))
    if lot:
        step = begin_step(recount, "signatures", lot, told)
        step.say("signed", told.position, contract=event["contract"], price=event["price"])
        step.compare("price", price_minor, event["price"], told.position)
        recount.lots[lot].state = "contracted"
        recount.lots[lot].signed_for = find_first(recount, recount.lots[lot], told.time)
        recount.agreements[event["contract"]] = begin_agreement(lot, recount.drafts[event["contract"]])


def _see_failed(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot, ground = recount.lots[event["lot"]], str(event["ground"])
    step = begin_step(recount, "failure", lot.name, told)
    complete, live = sum(is_complete(recount, lot, bid) for bid in lot.bids.values()), len(list_live(lot))
    was_open, is_ranked = lot.state == "open", any(placed.place for placed in lot.ranking)
    lot.state, lot.award = "failed", None
    step.say("failed", told.position, ground=ground, complete=complete, live=live)
    if ground == "b":
        step.compare("complete", 0, complete if was_open else "opened already", told.position)
    if ground == "g":
        step.compare("above_estimate", True, lot.all_above, told.position)
    if ground == "c" and lot.stage != QUALIFICATION:
        step.compare("nobody_left", True, not lot.all_above and (not live or not is_ranked), told.position)


def _see_debarred(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    recount.debarred[event["organisation"]] = event["until"]


def _see_lifted(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    recount.debarred.pop(event["organisation"], None)


MESSAGES: Mapping[str, TakeMessage] = {
    "draft_contract": _take_draft,
    "notify_award": _take_award,
}
EVENTS: Mapping[str, SeeEvent] = {
    "award_activated": _see_activated,
    "award_cancelled": _see_award_cancelled,
    "award_notified": _see_award,
    "contract_active": _see_contract,
    "debarment_expired": _see_lifted,
    "debarment_lifted": _see_lifted,
    "debarred": _see_debarred,
    "lot_failed": _see_failed,
}
