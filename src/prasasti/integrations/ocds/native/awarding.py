"""Awards, complaints, contracts, guarantees: what messages 11, 19 to 26, 28 to 30 and 41 and their deadlines change in OCDS."""

from __future__ import annotations

from typing import Any

from prasasti.integrations.ocds.native.content import Content, relate, spell_quantity, spell_time
from prasasti.integrations.ocds.native.delivering import begin_delivery, tell_schedule
from prasasti.integrations.ocds.native.entries import NativeEntry
from prasasti.integrations.ocds.native.proposing import name_bid
from prasasti.integrations.ocds.native.tendering import DECIDED, EVALUATING, end_award, set_lot

Fields = dict[str, Any]


# -- awards ---------------------------------------------------------------------------------------------------------------


def notify_award(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """20: the standstill begins."""
    lot, bidder = arguments["lot"], arguments["bidder"]
    name, bid = f"{lot}:{arguments['award']}", name_bid(content, lot, bidder)
    suppliers = [each["id"] for each in (content.find("bids", bid) or {}).get("tenderers", [{"id": bidder}])]
    reasons = content.make_document(arguments["reasons"], "Reasons of the award", "awardNotice", entry.time)
    content.put(
        "awards", name, date=spell_time(entry.time), documents=[reasons], relatedBid=bid, status="pending",
        suppliers=[content.add_role(each, "supplier") for each in suppliers], title=content.standing[lot].terms["title"],
        value=content.spell_money(arguments["price"]), **relate(lot),
    )  # fmt: skip
    content.standing[lot].award = name
    set_lot(content, lot, DECIDED)


def refuse_result(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """19."""
    _add_document(content, arguments["lot"], arguments["document"], f"Result refused: {arguments['reason']}", "awardNotice", entry.time)


def activate_award(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """25: the award is final, at the negotiated price where there is one."""
    name = f"{arguments['lot']}:{arguments['award']}"
    price = {"value": content.spell_money(arguments["price"])} if arguments.get("price") else {}
    content.put("awards", name, status="active", **price)
    _add_document(content, arguments["lot"], arguments.get("negotiation"), "Negotiation", "awardNotice", entry.time)


def lapse_refusal(content: Content, entry: NativeEntry, event: Fields) -> None:
    """The authority did not decide about a refused award: it stands."""
    name = f"{event['lot']}:{event['award']}"
    content.put("awards", name, description=f"the refusal lapsed (log entry {entry.position})")


def withdraw_award(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """26."""
    title = f"Award withdrawn: {arguments['ground']}"
    _add_document(content, arguments["lot"], arguments.get("document"), title, "awardNotice", entry.time)


def cancel_award(content: Content, entry: NativeEntry, event: Fields) -> None:
    """An award stands no longer, by 11, 22, 24, 26, or since nobody signed: the lot is evaluated again."""
    name = f"{event['lot']}:{event['award']}"
    content.put("awards", name, status="cancelled", description=f"{event['ground']} (log entry {entry.position})")
    content.standing[event["lot"]].award = name
    end_award(content, event["lot"])
    set_lot(content, event["lot"], EVALUATING)


def decide(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """11; on a doubt it stands beside the milestone."""
    if arguments["about"] == "doubt":
        return
    title = f"Decision on a {arguments['about']}: {arguments['decision']}"
    _add_document(content, arguments.get("lot") or "", arguments["document"], title, "evaluationReports", entry.time)


def _add_document(content: Content, lot: str, document: Fields | None, title: str, kind: str, time: int) -> None:
    """A document beside a lot's live award; beside the tender where there is none."""
    award = content.find("awards", content.standing[lot].award) if lot else None
    if document is None:
        content.touch_tender()
    elif award is None:
        content.add_document(document, title, kind, time, lot)
    else:
        made = content.make_document(document, title, kind, time)
        content.put("awards", award["id"], documents=_join_documents(award["documents"], made))


def _join_documents(documents: list[Fields], made: Fields) -> list[Fields]:
    """A document stands once in a list, however often it is brought along."""
    return documents if any(each["id"] == made["id"] for each in documents) else [*documents, made]


# -- complaints -----------------------------------------------------------------------------------------------------------


def complain(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """21."""
    content.complaints[arguments["complaint"]] = arguments["lot"]
    title = f"Complaint {arguments['complaint']}: {arguments['ground']}"
    _add_document(content, arguments["lot"], arguments["document"], title, "complaints", entry.time)


def answer_complaint(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """22."""
    title = f"Answer to complaint {arguments['complaint']}: {arguments['outcome']}"
    _add_document(content, content.complaints[arguments["complaint"]], arguments["document"], title, "complaints", entry.time)


def appeal(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """23."""
    lot = content.complaints[arguments["complaint"]]
    content.complaints[f"appeal:{arguments['appeal']}"] = lot
    title = f"Appeal {arguments['appeal']} of complaint {arguments['complaint']}"
    _add_document(content, lot, arguments["document"], title, "complaints", entry.time)


def decide_appeal(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """24."""
    title = f"Decision on appeal {arguments['appeal']}: {arguments['outcome']}"
    content.add_role(entry.actor, "reviewBody")
    _add_document(content, content.complaints[f"appeal:{arguments['appeal']}"], arguments["document"], title, "complaints", entry.time)


def close_complaint(content: Content, entry: NativeEntry, event: Fields) -> None:
    """A complaint was answered, or is moot, or silence answered it."""
    _note_outcome(content, entry, "Complaint", event["complaint"], event["complaint"], event["outcome"])


def close_appeal(content: Content, entry: NativeEntry, event: Fields) -> None:
    """An appeal was decided, or silence decided it."""
    _note_outcome(content, entry, "Appeal", event["appeal"], f"appeal:{event['appeal']}", event["outcome"])


def close_matters(content: Content, entry: NativeEntry, event: Fields) -> None:
    """What was complained about is gone."""
    content.add_note(
        f"moot:{event['lot']}:{entry.position}", f"{event['count']} complaints and appeals are moot", "complaints", entry.time,
        event["lot"], f"log entry {entry.position}",
    )  # fmt: skip


def _note_outcome(content: Content, entry: NativeEntry, what: str, name: str, key: str, outcome: str) -> None:
    """Beside the lot's award where it has one, for whose sake the release is told."""
    lot = content.complaints.get(key, "")
    content.add_note(f"{what.lower()}:{name}", f"{what} {name}: {outcome}", "complaints", entry.time, lot, f"log entry {entry.position}")
    if lot and content.standing[lot].award:
        content.put("awards", content.standing[lot].award)


# -- contracts ------------------------------------------------------------------------------------------------------------


def draft_contract(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """28: a contract that no award precedes has one of its own, for the standard's sake."""
    name, lot = arguments["contract"], arguments.get("lot") or ""
    award = f"{lot}:{arguments['award']}" if arguments.get("award") else _make_award(content, entry, arguments)
    prices = {line["item"]: line["unit_price"] for line in arguments["bill"]}
    items = [_make_item(content, lot, item, prices) for item in content.standing[lot].terms["items"]] if lot else []
    milestones = [
        {
            "description": f"{content.currency} {content.spell_money(each['amount'])['amount']}", "dueDate": spell_time(each["due"]),
            "id": each["id"], "status": "scheduled", "title": each["title"],
        }
        for each in arguments["milestones"]
    ]  # fmt: skip
    document = content.make_document(arguments["document"], "Draft of the contract", "contractDraft", entry.time)
    content.put(
        "contracts", name, awardID=award, documents=[document], milestones=milestones, status="pending",
        title=(content.find("awards", award) or {}).get("title", name), value=content.spell_money(arguments["price"]),
        **({"items": items} if items else {}),
    )  # fmt: skip
    begin_delivery(content, name, arguments["milestones"])


def _make_award(content: Content, entry: NativeEntry, arguments: Fields) -> str:
    name = f"{arguments['contract']}-award"
    supplier = content.add_role(arguments["community"], "supplier")
    content.put(
        "awards", name, date=spell_time(entry.time), documents=[], status="active", suppliers=[supplier], title=content.tender["title"],
        value=content.spell_money(arguments["price"]),
    )  # fmt: skip
    return name


def _make_item(content: Content, lot: str, item: Fields, prices: Fields) -> Fields:
    unit = {"name": item["unit"], **({"value": content.spell_money(prices[item["id"]])} if item["id"] in prices else {})}
    return {
        "classification": {"id": item["class"], "scheme": item["scheme"]}, "description": item["title"], "id": f"{lot}:{item['id']}",
        "quantity": spell_quantity(item["quantity"]), "relatedLot": lot, "unit": unit,
    }  # fmt: skip


def sign_contract(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """30: who signed so far."""
    contract = content.put("contracts", arguments["contract"])
    signed = {each["id"]: each for each in contract.get("signatories", [])}
    signed[entry.actor] = {"id": entry.actor, "name": entry.actor}
    content.put("contracts", arguments["contract"], signatories=list(signed.values()))


def activate_contract(content: Content, entry: NativeEntry, event: Fields) -> None:
    """The last party signed."""
    contract = content.put("contracts", event["contract"])
    end = max(each["dueDate"] for each in contract["milestones"])
    documents = [{**each, "documentType": "contractSigned", "title": "Contract"} for each in contract["documents"]]
    now = spell_time(entry.time)
    content.put(
        "contracts", event["contract"], dateSigned=now, documents=documents, period={"endDate": max(end, now), "startDate": now},
        status="active",
    )  # fmt: skip
    tell_schedule(content, event["contract"])


def lapse_contract(content: Content, entry: NativeEntry, event: Fields) -> None:
    """Not every party signed in time."""
    content.put("contracts", event["contract"], status="cancelled")


# -- guarantees -----------------------------------------------------------------------------------------------------------


def register_guarantee(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """29: one of a bid or an appeal has no contract to stand with, so its document alone is told."""
    contract = content.find("contracts", arguments.get("contract") or "")
    content.guarantees.add(arguments["guarantee"])
    title = f"Guarantee {arguments['guarantee']}: {arguments['obligation']}"
    if contract is None:
        content.add_role(entry.actor, "guarantor")
        content.add_document(arguments["document"], title, "contractGuarantees", entry.time, arguments.get("lot") or "")
        return
    guarantee = {
        "date": spell_time(entry.time), "guarantor": content.add_role(entry.actor, "guarantor"), "id": arguments["guarantee"],
        "obligations": arguments["obligation"],
        "period": {"endDate": spell_time(arguments["until"]), "startDate": spell_time(arguments["from"])},
        "value": content.spell_money(arguments["amount"]),
    }  # fmt: skip
    document = content.make_document(arguments["document"], title, "contractGuarantees", entry.time)
    content.put(
        "contracts", contract["id"], documents=_join_documents(contract["documents"], document),
        guarantees=[*contract.get("guarantees", []), guarantee],
    )  # fmt: skip


def call_guarantee(content: Content, entry: NativeEntry, event: Fields) -> None:
    """41."""
    _note_guarantee(content, entry, event["guarantee"], "called")


def release_guarantee(content: Content, entry: NativeEntry, event: Fields) -> None:
    """A guarantee is over."""
    _note_guarantee(content, entry, event["guarantee"], "released")


def suspend_guarantor(content: Content, entry: NativeEntry, event: Fields) -> None:
    """A guarantor did not pay in time."""
    _note_guarantee(content, entry, event["guarantee"], "not paid: its guarantor is suspended")


def _note_guarantee(content: Content, entry: NativeEntry, guarantee: str, what: str) -> None:
    """The standard's guarantees have no state: the log's entry stands among the tender's documents, the contract is told again."""
    content.add_note(
        f"guarantee:{guarantee}:{entry.position}", f"Guarantee {guarantee} {what}", "contractGuarantees", entry.time,
        description=f"log entry {entry.position}",
    )  # fmt: skip
    for contract in content.objects["contracts"].values():
        if any(each["id"] == guarantee for each in contract.get("guarantees", ())):
            content.put("contracts", contract["id"])
