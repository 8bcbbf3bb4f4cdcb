"""Requirements and scores: what the committee recorded of each proposal, and the technical scores of its sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prasasti.services import explained_figures as figures
from prasasti.services.explained_log import Told
from prasasti.services.explaining.recount import (
    FINANCIAL,
    QUALIFICATION,
    SCORES,
    TECHNICAL,
    Bid,
    Lot,
    Recount,
    SeeEvent,
    TakeMessage,
    add_envelope,
    begin_step,
    list_live,
    list_scored,
    name_person,
)


def _take_outcomes(recount: Recount, told: Told) -> None:
    lot = recount.lots[told.arguments["lot"]]
    step = begin_step(recount, "requirements", lot.name, told)
    for outcome in told.arguments["outcomes"]:
        bid = lot.bids[outcome["bidder"]]
        bid.outcomes.setdefault(lot.evaluation, {})[outcome["requirement"]] = outcome["pass"]
        step.say(
            "passed" if outcome["pass"] else "not_passed", told.position, outcome["document"]["sha256"], bidder=bid.bidder,
            requirement=outcome["requirement"], reason=outcome["reason"], page=outcome["page"],
        )  # fmt: skip
        if not outcome["pass"] and not bid.out:
            kind = "qualification" if lot.stage == QUALIFICATION else "requirement"
            bid.out, bid.out_at = f"{kind}:{outcome['requirement']}", told.position


def _see_outcomes(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    live = len(list_live(recount.lots[event["lot"]]))
    recount.steps[-1].say("left", told.position, live=live)
    recount.steps[-1].compare("live", live, event["live"], told.position)


def _take_scores(recount: Recount, told: Told) -> None:
    lot, sealer = recount.lots[told.arguments["lot"]], name_person(recount, told)
    before = lot.sheets.get((lot.evaluation, sealer))
    if before is not None and before.state == "sealed":
        before.state = "replaced"
    lot.sheets[lot.evaluation, sealer] = add_envelope(recount, told, lot, SCORES, sealer)


def _see_scoring_ended(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    recount.lots[event["lot"]].scoring_ended_at = told.position


def _see_technical(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    """Two files: whose financial envelope is due."""
    lot = recount.lots[event["lot"]]
    live = list_live(lot)
    if recount.terms["criteria"]:
        score(recount, lot, live, told)
        for bid in live:
            if bid.technical < recount.terms["threshold"] and recount.terms["selection"] != "price_only":
                bid.out, bid.out_at = "threshold", told.position
                recount.steps[-1].say(
                    "below", told.position, bidder=bid.bidder, technical=bid.technical, threshold=recount.terms["threshold"]
                )  # fmt: skip
    passed = sum(not bid.out for bid in live)
    recount.steps[-1].compare("passed", passed, event["passed"], told.position)
    recount.steps[-1].compare("below", len(live) - passed, event["below"], told.position)


def _see_opening(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    lot = recount.lots[event["lot"]]
    if event["slot"] != FINANCIAL or lot.stage != TECHNICAL:
        return
    lot.stage, lot.state = FINANCIAL, "opening"
    due = sum(FINANCIAL in bid.slots and bid.slots[FINANCIAL].state == "sealed" and not bid.out for bid in lot.bids.values())
    recount.steps[-1].say("financial_due", told.position, due=due)
    recount.steps[-1].compare("due", due, event["due"], told.position)


def score(recount: Recount, lot: Lot, bids: Sequence[Bid], told: Told) -> None:
    """Technical scores of bids, from the sheets of those who sit on the committee."""
    step = begin_step(recount, "scores", lot.name, told)
    order = [bid.bidder for bid in list_scored(lot)]
    sheets = [(seat, lot.sheets.get((lot.evaluation, seat))) for seat in recount.seats]
    for seat, sheet in sheets:
        state = "none" if sheet is None else sheet.state
        step.compare(f"sheet of {seat}", "opened", state, told.position)
    counted = [sheet for _, sheet in sheets if sheet is not None and sheet.state == "opened"]
    for bid in bids if counted else ():
        given = [[sheet.contents.scores[each["id"]][order.index(bid.bidder)] for sheet in counted] for each in recount.terms["criteria"]]
        for criterion, scores in zip(recount.terms["criteria"], given, strict=True):
            step.say(
                "criterion_scores", counted[-1].position, counted[-1].document, bidder=bid.bidder, criterion=criterion["id"],
                weight_bp=criterion["weight_bp"], scores=" + ".join(map(str, scores)), sum=sum(scores),
            )  # fmt: skip
            step.compare(f"scores of {bid.bidder}", True, min(scores) >= 0, told.position)
        bid.technical = figures.compute_technical_score([each["weight_bp"] for each in recount.terms["criteria"]], given)
        step.say("technical", told.position, bidder=bid.bidder, technical=bid.technical, members=len(counted))


MESSAGES: Mapping[str, TakeMessage] = {
    "record_requirements": _take_outcomes,
    "submit_scores": _take_scores,
}
EVENTS: Mapping[str, SeeEvent] = {
    "opening_begun": _see_opening,
    "requirements_recorded": _see_outcomes,
    "scoring_ended": _see_scoring_ended,
    "technical_decided": _see_technical,
}
