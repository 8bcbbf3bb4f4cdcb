"""Submissions and the opening: who was in time, what is due, and what the envelopes themselves hold.

Of suite 00 the sealed bytes are read here; of suite 01 it takes the published contents, whose proofs are the audit's to check.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

from prasasti.contracts.procurement.sealing.contents import Proposal, Qualification, Technical, decode_contents, decode_scores
from prasasti.contracts.procurement.sealing.sealer import Malformed
from prasasti.services import explained_figures as figures
from prasasti.services.difference import Differs
from prasasti.services.explained_log import Told
from prasasti.services.explaining.recount import (
    SCORES,
    Bid,
    Envelope,
    Lot,
    Recount,
    SeeEvent,
    TakeMessage,
    add_envelope,
    begin_step,
    get_lot_terms,
    is_complete,
    list_scored,
)
from prasasti.services.explaining.steps import Line, Step


def _take_sealed(recount: Recount, told: Told) -> None:
    given = told.arguments
    lot = recount.lots[given["lot"]]
    members = [each["organisation"] for each in given["members"]] or [told.actor]
    bid = lot.bids.setdefault(told.actor, Bid(told.actor, members))
    bid.members = members
    before = bid.slots.get(given["slot"])
    if before is not None and before.state == "sealed":
        before.state = "replaced"
    bid.slots[given["slot"]] = add_envelope(recount, told, lot, given["slot"], told.actor)


def _take_withdrawal(recount: Recount, told: Told) -> None:
    bid = recount.lots[told.arguments["lot"]].bids[told.actor]
    if told.arguments["slot"] in bid.slots:
        bid.slots[told.arguments["slot"]].state = "withdrawn"


def _see_closed(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    """The deadline: who was in time, and which envelopes are due."""
    lot = recount.lots[event["lot"]]
    lot.deadline, lot.state = recount.deadline, "opening"
    step = begin_step(recount, "submissions", lot.name, told)
    for envelope in lot.envelopes:
        if envelope.slot == SCORES:
            continue
        step.say(
            "submission", envelope.position, bidder=envelope.bidder, slot=envelope.slot, time=envelope.time, deadline=lot.deadline,
            state=envelope.state,
        )  # fmt: skip
        if envelope.state == "sealed" and envelope.slot == lot.stage:
            step.compare("in_time", True, envelope.time < lot.deadline, envelope.position)
    due = [bid for bid in lot.bids.values() if is_complete(recount, lot, bid)]
    step.say("due", told.position, bids=len(lot.bids), due=len(due))
    step.compare("bids", len(lot.bids), event["bids"], told.position)
    step.compare("due", len(due), event["due"], told.position)


def _take_shares(recount: Recount, told: Told) -> None:
    for share in told.arguments["shares"]:
        if share["envelope"] in recount.envelopes:
            recount.envelopes[share["envelope"]].shares.add(share["index"])


def _see_opened(recount: Recount, told: Told, event: Mapping[str, Any]) -> None:
    """What a message's shares opened is in one document: held against the sealed bytes themselves."""
    lot, digest = recount.lots[event["lot"]], str(event["document"]["sha256"])
    step = begin_step(recount, "opening", lot.name, told)
    listed, lot.excluded = _read_opened(recount, digest, told.position)
    counted = {"opened": 0, "malformed": 0}
    for item in listed:
        envelope = recount.envelopes.get(item["envelope"])
        if envelope is None:
            step.compare("sealed", "an envelope of this process", item["envelope"], told.position)
            continue
        _open(recount, step, lot, envelope, item, told, digest)
        counted["malformed" if envelope.state == "malformed" else "opened"] += 1
    for name, count in counted.items():
        step.compare(name, count, event[name], told.position)


def _read_opened(recount: Recount, digest: str, position: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The envelopes, and who is excluded for which reason."""
    body = recount.read_document(digest)
    if body is None or sha256(body).hexdigest() != digest:
        raise Differs(f"entry {position}, document {digest}", "bytes of that hash", "none" if body is None else sha256(body).hexdigest())
    try:
        held = msgspec.json.decode(body)
        listed: list[dict[str, Any]] = held["envelopes"]
        excluded = {str(each["bidder"]): str(each["reason"]) for each in held["excluded"]}
    except (msgspec.MsgspecError, KeyError, TypeError) as problem:
        raise Differs(f"entry {position}, document {digest}", "a document of opened envelopes", str(problem)) from problem
    return listed, excluded


def _open(recount: Recount, step: Step, lot: Lot, envelope: Envelope, item: Mapping[str, Any], told: Told, digest: str) -> None:
    threshold = recount.terms["t"]
    if len(envelope.shares) < threshold:
        step.compare("shares", threshold, len(envelope.shares), told.position)
    plaintext = figures.open_plain(envelope.sealed) if envelope.sealed[0] == 0 else str(item["plaintext"]).encode()
    contents = _decode(recount, lot, envelope, plaintext)
    envelope.document = digest
    envelope.state, envelope.reason = ("malformed", contents.reason) if isinstance(contents, Malformed) else ("opened", "")
    envelope.contents = None if envelope.reason else contents
    price = Step("opening", lot.name, step.version)
    if envelope.slot != SCORES:
        _take_contents(recount, price, lot, envelope)
    key = "malformed" if envelope.reason else "opened"
    facts = {"bidder": envelope.bidder, "slot": envelope.slot, "reason": envelope.reason, "shares": len(envelope.shares)}
    step.lines += [Line(key, facts, envelope.position, digest), *price.lines]
    if envelope.sealed[0] == 0:
        step.compare("malformed", envelope.reason or "no", item["malformed"] or "no", told.position)
        if not envelope.reason:
            step.compare("contents", _show(plaintext), _show(str(item["plaintext"]).encode()), told.position)


def _decode(recount: Recount, lot: Lot, envelope: Envelope, plaintext: bytes | None) -> Any:
    if plaintext is None:
        return Malformed("padding")
    if envelope.slot == SCORES:
        is_out = [bool(bid.out) and bid.out_at < lot.scoring_ended_at for bid in list_scored(lot)]
        return decode_scores(plaintext, [each["id"] for each in recount.terms["criteria"]], is_out)
    return decode_contents(envelope.slot, plaintext, recount.currency, [each["id"] for each in get_lot_terms(recount, lot)["items"]])


def _take_contents(recount: Recount, step: Step, lot: Lot, envelope: Envelope) -> None:
    """The offer, its price by the rules of arithmetic."""
    bid, contents = lot.bids[envelope.bidder], envelope.contents
    if envelope.reason:
        bid.out, bid.out_at = "malformed", envelope.position
    if isinstance(contents, Qualification) or contents is None:
        return
    bid.tkdn_bp = contents.tkdn_bp
    if isinstance(contents, Technical):
        return
    bid.price_minor = int(contents.price)
    if recount.terms["terms"]["amounts"] == "measured":
        bid.price_minor = _say_bill(recount, step, lot, contents, envelope)
    else:
        step.say("lump_sum", envelope.position, envelope.document, bidder=bid.bidder, price=contents.price)
    if not 0 < bid.price_minor <= figures.LARGEST_AMOUNT_MINOR:
        envelope.state, envelope.reason, bid.out, bid.out_at = "malformed", "amount", "malformed", envelope.position


def _say_bill(recount: Recount, step: Step, lot: Lot, contents: Proposal, envelope: Envelope) -> int:
    quantities = [int(item["quantity"]) for item in get_lot_terms(recount, lot)["items"]]
    prices = [int(price) for _, price in contents.items]
    total = figures.compute_bill_minor(quantities, prices)
    for (item, price), quantity in zip(contents.items, quantities, strict=True):
        step.say("bill_item", envelope.position, envelope.document, item=item, quantity=str(quantity), unit_price=price)
    step.say("bill_total", envelope.position, envelope.document, bidder=envelope.bidder, stated=contents.price, price=str(total))
    return total


def _show(plaintext: bytes | None) -> str:
    """Contents in short: their hash, since they may be long."""
    return "nothing" if plaintext is None else f"{len(plaintext)} bytes, SHA-256 {sha256(plaintext).hexdigest()}"


MESSAGES: Mapping[str, TakeMessage] = {
    "publish_opening_shares": _take_shares,
    "submit_sealed": _take_sealed,
    "withdraw_sealed": _take_withdrawal,
}
EVENTS: Mapping[str, SeeEvent] = {
    "envelopes_opened": _see_opened,
    "lot_closed": _see_closed,
}
