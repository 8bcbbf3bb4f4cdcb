"""The terms: the plan line, the request as published and amended, which lots there are and until when they stand open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prasasti.services.explained_log import Told
from prasasti.services.explaining.recount import QUALIFICATION, Lot, Recount, SeeEvent, TakeMessage, begin_step, find_first_slot


def _take_plan(recount: Recount, told: Told) -> None:
    recount.plan = {**recount.plan, **told.arguments}


def _take_plan_change(recount: Recount, told: Told) -> None:
    recount.plan = {**recount.plan, **(told.arguments.get("changes") or {})}


def _take_terms(recount: Recount, told: Told) -> None:
    given = dict(told.arguments)
    recount.terms, recount.published, recount.buyer, recount.currency = given, told.time, told.actor, recount.plan["currency"]
    recount.seats = {f"{each['organisation']}:{each['handle']}": True for each in given["seats"]["committee"]}
    _say_terms(recount, told)


def _take_amendment(recount: Recount, told: Told) -> None:
    kept = {lot["lot"]: lot for lot in recount.terms["lots"]} | {lot["lot"]: lot for lot in told.arguments["changes"]["lots"]}
    recount.terms = {**recount.terms, **told.arguments["changes"], "lots": list(kept.values())}
    _say_terms(recount, told)


def _say_terms(recount: Recount, told: Told) -> None:
    terms, step = recount.terms, begin_step(recount, "terms", "", told)
    step.say(
        "terms", told.position, selection=terms["selection"], technical_bp=terms["technical_bp"], threshold=terms["threshold"],
        preference_bp=terms["preference_bp"], t=terms["t"], trustees=len(terms["trustees"]), seats=len(recount.seats),
    )  # fmt: skip
    for lot in terms["lots"]:
        ceiling_minor = sum(int(part["amount"]) for part in lot["ceiling"])
        step.say("lot", told.position, lot=lot["lot"], estimate=lot["estimate"], ceiling=str(ceiling_minor), items=len(lot["items"]))
        step.compare("estimate_within_ceiling", True, int(lot["estimate"]) <= ceiling_minor, told.position)
    for criterion in terms["criteria"]:
        step.say("criterion", told.position, criterion=criterion["id"], weight_bp=criterion["weight_bp"])
    if terms["criteria"]:
        step.compare("weights", 10_000, sum(each["weight_bp"] for each in terms["criteria"]), told.position)


def _see_published(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    stage = QUALIFICATION if recount.terms["qualification"] else find_first_slot(recount)
    recount.deadline = recount.terms["qualification_deadline"] if recount.terms["qualification"] else event["deadline"]
    for lot in recount.terms["lots"]:
        recount.lots[lot["lot"]] = Lot(lot["lot"], stage, event["proposal_round"])


def _see_amended(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    recount.deadline = event["deadline"]
    for lot in recount.lots.values():
        if lot.state == "open":
            lot.round = event["proposal_round"]


def _see_deadline(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    recount.deadline = event["deadline"]


def _see_asked(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    recount.deadline = event["deadline"]
    lot = recount.lots[event["lot"]]
    lot.stage, lot.state = find_first_slot(recount), "open"


def _see_asked_again(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot = recount.lots[event["lot"]]
    recount.deadline, lot.round = event["deadline"], event["round"]
    lot.stage, lot.state = find_first_slot(recount), "open"


def _see_cancelled_lots(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    for name in event["lots"]:
        recount.lots[name].state, recount.lots[name].award = "cancelled", None


MESSAGES: Mapping[str, TakeMessage] = {
    "announce_plan": _take_plan,
    "amend_tender": _take_amendment,
    "change_plan": _take_plan_change,
    "publish_tender": _take_terms,
}
EVENTS: Mapping[str, SeeEvent] = {
    "deadline_extended": _see_deadline,
    "lots_cancelled": _see_cancelled_lots,
    "proposals_asked": _see_asked,
    "proposals_asked_again": _see_asked_again,
    "question_answered": _see_deadline,
    "tender_amended": _see_amended,
    "tender_published": _see_published,
}
