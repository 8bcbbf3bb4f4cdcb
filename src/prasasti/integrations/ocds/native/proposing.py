"""Proposals, openings, evaluation: what messages 08 to 18, 43 and 44 and their deadlines change in OCDS.

Owns how bids stand. What an envelope held, and whom tags or the buyer's own price put out then, is in the document that the
opening brought forth; where that is not there, bids have no value. Scores, votes and declarations, for which the standard has
no place, are documents.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from prasasti.contracts.procurement.scoring import compute_unit_price_total
from prasasti.core.types import MoneyOverflow, parse_amount
from prasasti.integrations.ocds.canonical import Number
from prasasti.integrations.ocds.native.content import BidStanding, Content, spell_time
from prasasti.integrations.ocds.native.entries import NativeEntry
from prasasti.integrations.ocds.native.tendering import (
    EVALUATING,
    EVALUATION_REPORTS,
    OPEN,
    OPENING,
    end_award,
    end_opening,
    list_slots,
    set_lot,
)

Fields = dict[str, Any]
CONFLICTS: Final = "conflictOfInterest"
# Why a bid is out, where its evaluation's score put it out.
BELOW: Final = "threshold"


# -- bids -----------------------------------------------------------------------------------------------------------------


def name_bid(content: Content, lot: str, bidder: str) -> str:
    """A bid's id; where proposals are asked for anew there are new bids."""
    askings = content.standing[lot].askings
    return f"{lot}:{bidder}" if askings == 1 else f"{lot}:{bidder}:{askings}"


def submit_sealed(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """08: who proposes is public at once, what they propose is not."""
    lot = arguments["lot"]
    name = name_bid(content, lot, entry.actor)
    members = dict.fromkeys([entry.actor, *(each["organisation"] for each in arguments["members"])])
    content.put(
        "bids", name, date=spell_time(entry.time), relatedLots=[lot], status="pending",
        tenderers=[content.add_role(member, "tenderer") for member in members],
    )  # fmt: skip
    if name not in content.bidding:
        first = content.bidding.get(f"{lot}:{entry.actor}")  # a qualification stands when proposals are asked for anew
        content.bidding[name] = BidStanding(lot, entry.actor, set(), set(first.passed) if first is not None else set())
    content.bidding[name].slots.add(arguments["slot"])
    content.touch_tender()


def withdraw_sealed(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """09: a proposal of which nothing is left is withdrawn."""
    name = name_bid(content, arguments["lot"], entry.actor)
    content.bidding[name].slots.discard(arguments["slot"])
    if not content.bidding[name].slots:
        content.put("bids", name, status="withdrawn")
    content.touch_tender()


def close_lot(content: Content, entry: NativeEntry, event: Fields) -> None:
    """The deadline passed: a proposal that lacks a slot counts as withdrawn."""
    lot = event["lot"]
    standing = content.standing[lot]
    asked = {"qualification"} if standing.slot == "qualification" else set(list_slots(content.arguments)) - {"qualification"}
    for name, bid in _list_bids(content, lot):
        if not asked <= bid.slots and content.objects["bids"][name]["status"] == "pending":
            content.put("bids", name, status="withdrawn")
    set_lot(content, lot, OPENING)
    content.put("statistics", f"bids:{lot}", measure="bids", relatedLot=lot, value=Number(str(event["bids"])), date=spell_time(entry.time))
    bidders = dict.fromkeys(bid.bidder for name, bid in content.bidding.items() if content.objects["bids"][name]["status"] != "withdrawn")
    content.put_tender(numberOfTenderers=len(bidders))


def begin_opening(content: Content, entry: NativeEntry, event: Fields) -> None:
    """Trustees may share."""
    content.standing[event["lot"]].slot = event["slot"]
    set_lot(content, event["lot"], OPENING)


def open_envelopes(content: Content, entry: NativeEntry, event: Fields) -> None:
    """What envelopes held is public: a proposal has its value, or is malformed; a score sheet changes no bid."""
    document, lot = event["document"], event["lot"]
    content.add_document(document, f"Opened envelopes, log entry {entry.position}", "submissionDocuments", entry.time, lot)
    body = content.read_document(document["sha256"])
    held = msgspec.json.decode(body) if body is not None else {"envelopes": [], "excluded": []}
    for envelope in held["envelopes"]:
        name = name_bid(content, lot, envelope["sealer"])
        bid = content.bidding.get(name)
        if bid is None or envelope["slot"] not in bid.slots:
            continue
        if envelope["malformed"]:
            put_out(content, name, "malformed")
            continue
        bid.is_open = True
        value = _compute_value(content, lot, msgspec.json.decode(envelope["plaintext"]))
        content.put("bids", name, **({"value": value} if value is not None else {}))
    for each in held["excluded"]:
        exclude(content, lot, each["bidder"], each["reason"])


def _compute_value(content: Content, lot: str, contents: Fields) -> Fields | None:
    """A proposal's price by the rules of arithmetic, which is the one that is evaluated and awarded (procurement-lifecycle, 5)."""
    if "price" not in contents:
        return None
    price_minor = parse_amount(contents["price"])
    if content.arguments["terms"]["amounts"] == "measured":
        quantities = [int(item["quantity"]) for item in content.standing[lot].terms["items"]]
        prices = [parse_amount(price) for _, price in contents["items"]]
        try:
            price_minor = compute_unit_price_total(price_minor, quantities, prices).price_minor
        except MoneyOverflow:
            return None
    return content.spell_money(price_minor, contents["currency"])


def put_out(content: Content, name: str, reason: str) -> None:
    """A proposal is out."""
    content.bidding[name].out = reason
    content.put("bids", name, status="disqualified")


def exclude(content: Content, lot: str, bidder: str, reason: str) -> None:
    """The ledger put out a proposal that it had read."""
    name = name_bid(content, lot, bidder)
    bid = content.bidding.get(name)
    if bid is not None and bid.is_open and not bid.out:
        put_out(content, name, reason)


def begin_evaluation(content: Content, entry: NativeEntry, event: Fields) -> None:
    """Every due envelope of a lot is read."""
    lot = event["lot"]
    end_opening(content, lot, event["slot"], "met", entry.time)
    content.standing[lot].slot = event["slot"]
    set_lot(content, lot, EVALUATING)
    for name, bid in _list_bids(content, lot):
        if bid.is_open and not bid.out and _meets_all(content, bid):
            content.put("bids", name, status="valid")


def _list_bids(content: Content, lot: str) -> list[tuple[str, BidStanding]]:
    """Bids of a lot, of the newest time that proposals were asked for."""
    return [(name, bid) for name, bid in content.bidding.items() if bid.lot == lot and name == name_bid(content, lot, bid.bidder)]


def _meets_all(content: Content, bid: BidStanding) -> bool:
    return all(each["id"] in bid.passed for each in content.arguments["requirements"])


# -- evaluation -----------------------------------------------------------------------------------------------------------


def declare_interests(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """12: a declaration's document where it has one; else the log's entry."""
    content.add_document(arguments.get("document"), "Declaration of interests", CONFLICTS, entry.time)
    ties = "; ".join(f"{each['organisation']}: {each['relation']}" for each in arguments["interests"]) or "none"
    who = next((f"{event['organisation']} {event['handle']}" for _, event in entry.events if "handle" in event), entry.actor)
    recused = any(event.get("recused") for _, event in entry.events)
    content.add_note(
        f"interests:{entry.position}", f"{who}: {'recused' if recused else 'declared'}", CONFLICTS, entry.time,
        description=f"interests: {ties} (log entry {entry.position})",
    )  # fmt: skip


def take_seat(content: Content, entry: NativeEntry, event: Fields) -> None:
    """13."""
    left = f" for {event['left']}" if event["left"] else ""
    content.add_note(f"seat:{entry.position}", f"{event['seat']}: {event['entered']}{left}", EVALUATION_REPORTS, entry.time,
                     description=f"log entry {entry.position}")  # fmt: skip


def note_arithmetic(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """14."""
    value = content.spell_money(arguments["price"])
    content.add_note(
        f"arithmetic:{arguments['lot']}:{arguments['bidder']}", f"Arithmetic of {arguments['bidder']}", EVALUATION_REPORTS, entry.time,
        arguments["lot"], f"{value['currency']} {value['amount']} (log entry {entry.position})",
    )  # fmt: skip


def record_requirements(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """15: one failure puts a proposal out; one that meets all is valid."""
    for outcome in arguments["outcomes"]:
        content.add_document(outcome["document"], "Minutes of the evaluation", EVALUATION_REPORTS, entry.time, arguments["lot"])
        name = name_bid(content, arguments["lot"], outcome["bidder"])
        bid = content.bidding[name]
        if not outcome["pass"]:
            put_out(content, name, f"requirement:{outcome['requirement']}")
            continue
        bid.passed.add(outcome["requirement"])
        if not bid.out and _meets_all(content, bid):
            content.put("bids", name, status="valid")


def end_scoring(content: Content, entry: NativeEntry, event: Fields) -> None:
    """17."""
    title = f"Scoring extended to {spell_time(event['extended'])}" if event["extended"] else "Scoring closed"
    content.add_note(f"scoring:{entry.position}", title, EVALUATION_REPORTS, entry.time, event["lot"], f"log entry {entry.position}")


def open_ballot_round(content: Content, entry: NativeEntry, event: Fields) -> None:
    """Score sheets are sealed anew."""
    content.add_note(f"sheets:{entry.position}", "Score sheets are sealed anew", EVALUATION_REPORTS, entry.time, event["lot"],
                     f"round {event['round']} (log entry {entry.position})")  # fmt: skip


def publish_ranking(content: Content, entry: NativeEntry, event: Fields) -> None:
    """A ranking stands in the ledger's records under its number."""
    content.add_note(
        f"ranking:{event['lot']}:{event['ranking']}", f"Ranking {event['ranking']}", EVALUATION_REPORTS, entry.time, event["lot"],
        f"{event['ranked']} proposals (log entry {entry.position})",
    )  # fmt: skip


def vote(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """18: an open vote, with a minority's opinion where there is one."""
    lot = arguments["lot"]
    content.add_document(arguments.get("document"), f"Opinion: {arguments['choice']}", EVALUATION_REPORTS, entry.time, lot)
    content.add_note(
        f"vote:{entry.position}", f"Vote: {arguments['choice']} ranking {arguments['ranking']}", EVALUATION_REPORTS, entry.time, lot,
        f"ballot {arguments['ballot']}, reason {arguments['reason']} (log entry {entry.position})",
    )  # fmt: skip


def close_ballot(content: Content, entry: NativeEntry, event: Fields) -> None:
    """A ballot ended."""
    content.add_note(
        f"ballot:{event['lot']}:{event['ballot']}", f"Ballot {event['ballot']}: {event['outcome']}", EVALUATION_REPORTS, entry.time,
        event["lot"], f"log entry {entry.position}",
    )  # fmt: skip


def repeat_lot(content: Content, entry: NativeEntry, event: Fields) -> None:
    """22, 24, 11: what the committee judged is judged anew, or proposals are asked for anew; malformed ones stay out."""
    lot = event["lot"]
    end_award(content, lot)
    judged = {each["id"] for each in content.arguments["requirements"]}
    if content.arguments["qualification"] and content.standing[lot].slot != "qualification":
        judged = {each["id"] for each in content.arguments["requirements"] if each["stage"] != "qualification"}
    for name, bid in _list_bids(content, lot):
        bid.passed -= judged
        if bid.out.removeprefix("requirement:") in judged or bid.out == BELOW:
            bid.out = ""
        if bid.is_open and not bid.out:
            content.put("bids", name, status="pending")
    if event["remedy"] == "resubmit":
        content.standing[lot].askings += 1
    set_lot(content, lot, OPEN if event["remedy"] == "resubmit" else EVALUATING)
    content.add_note(
        f"repeated:{lot}:{entry.position}", f"Evaluation {event['evaluation']}: {event['remedy']}", EVALUATION_REPORTS, entry.time,
        lot, f"log entry {entry.position}",
    )  # fmt: skip


def report_missing_file(content: Content, entry: NativeEntry, event: Fields) -> None:
    """43."""
    content.add_note(f"file:{event['sha256']}", "A file is missing: the lot is suspended", EVALUATION_REPORTS, entry.time, event["lot"],
                     f"log entry {entry.position}")  # fmt: skip


def confirm_file(content: Content, entry: NativeEntry, event: Fields) -> None:
    """44."""
    content.add_note(f"file:{event['sha256']}", "A missing file was found", EVALUATION_REPORTS, entry.time, event["lot"],
                     f"log entry {entry.position}")  # fmt: skip
