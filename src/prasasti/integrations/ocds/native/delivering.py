"""Delivery, amendments and ends: what messages 31, 33 to 35, 38 to 40, 47, 49, 53 and 11 on a doubt change in OCDS.

Owns how far a milestone is: scheduled until an inspector says something; not met where what was shown last was rejected; partially met
while a part of it is accepted; met once all of it is certified, on the day of its inspection. It stands so in the contract and in its
implementation.
"""

from __future__ import annotations

from typing import Any

from prasasti.integrations.ocds.native.content import Content, DeliveryStanding, MilestoneStanding, spell_time
from prasasti.integrations.ocds.native.entries import NativeEntry

Fields = dict[str, Any]
MILESTONES, PROGRESS, ANNEXE = "implementation/milestones", "physicalProgressReport", "contractAnnexe"
DELAY = "delay"


def begin_delivery(content: Content, contract: str, milestones: list[Fields]) -> None:
    """28: what will be delivered, once the contract stands."""
    standing = {each["id"]: MilestoneStanding(int(each["amount"]), each["due"], each["title"]) for each in milestones}
    content.deliveries[contract] = DeliveryStanding(standing)


def tell_schedule(content: Content, contract: str) -> None:
    """30: the contract stands, and so do its milestones as what is to be done."""
    for milestone in content.deliveries[contract].milestones:
        _tell_milestone(content, contract, milestone, 0)


# -- milestones -----------------------------------------------------------------------------------------------------------


def submit_evidence(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """33."""
    _find(content, arguments).is_rejected = False
    shown = [each["document"] for each in arguments["evidence"]]
    _tell_milestone(content, arguments["contract"], arguments["milestone"], entry.time)
    for document in shown:
        _add_document(content, entry, arguments, document, "Evidence", PROGRESS)


def inspect(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """34: what was accepted, the event says."""
    reason = f": {arguments['reason']}" if arguments.get("reason") else ""
    _add_document(content, entry, arguments, arguments["document"], f"Inspection: {arguments['outcome']}{reason}", PROGRESS)


def note_inspection(content: Content, entry: NativeEntry, event: Fields) -> None:
    """34: so much of a milestone is accepted."""
    standing = _find(content, event)
    standing.accepted_minor += int(event["accepted"])
    standing.inspected, standing.is_rejected = entry.time, event["outcome"] == "reject"
    _tell_milestone(content, event["contract"], event["milestone"], entry.time)


def witness(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """47: a doubt has a document; the rest is told by the day."""
    _tell_milestone(content, arguments["contract"], arguments["milestone"], entry.time)
    title = f"Second witness: {arguments['finding']} {arguments.get('reason') or ''}".strip()
    _add_document(content, entry, arguments, arguments.get("document"), title, PROGRESS)


def lift_doubt(content: Content, entry: NativeEntry, event: Fields) -> None:
    """11: authority and auditor decided; the witness's own word, 47 tells."""
    if entry.action == "decide":
        _tell_milestone(content, event["contract"], event["milestone"], entry.time)
        _add_document(content, entry, event, entry.arguments["document"], "Decision on a doubt", PROGRESS)


def file_invoice(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """53."""
    _tell_milestone(content, arguments["contract"], arguments["milestone"], entry.time)
    title = f"Invoice {arguments['invoice']}: {_spell(content, arguments['gross'])}"
    _add_document(content, entry, arguments, arguments["document"], title, "financialProgressReport")


def certify(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """35: the certificate; what delay took of it is a failure to perform."""
    contract, standing = arguments["contract"], _find(content, arguments)
    delivery = content.deliveries[contract]
    standing.certified_minor += int(arguments["gross"])
    delivery.damages_minor += int(arguments["damages"])
    _tell_milestone(content, contract, arguments["milestone"], entry.time)
    title = f"Certificate {arguments['certificate']}: {_spell(content, arguments['gross'])}"
    _add_document(content, entry, arguments, arguments["document"], title, "completionCertificate")
    if arguments["days"] or int(arguments["damages"]):
        taken = {"penaltyImposed": _spell(content, arguments["damages"]), "penaltyPaid": True} if int(arguments["damages"]) else {}
        content.put_part(
            contract, "implementation/performanceFailures", arguments["certificate"], category=DELAY,
            period={"durationInDays": arguments["days"]}, **taken,
        )  # fmt: skip
    if "endDate" in (content.find("contracts", contract) or {}).get("implementation", {}):
        _tell_final_value(content, contract)


def _tell_milestone(content: Content, contract: str, milestone: str, time: int) -> None:
    """A milestone as it stands, in the contract and in its implementation; ``time`` is when it changed, 0 where it began."""
    delivery = content.deliveries[contract]
    standing = delivery.milestones[milestone]
    told: Fields = {"dueDate": spell_time(standing.due), "status": _find_status(standing), "title": standing.title}
    if told["status"] == "met":
        told["dateMet"] = spell_time(standing.inspected)
    changed = {"dateModified": spell_time(time)} if time else {}
    description = _spell(content, str(standing.amount_minor))
    content.put_part(contract, "milestones", milestone, description=description, **told)
    content.put_part(contract, MILESTONES, milestone, description=description, **told, **changed)


def _find_status(standing: MilestoneStanding) -> str:
    if standing.accepted_minor and standing.certified_minor >= standing.amount_minor:
        return "met"
    if standing.accepted_minor:
        return "partiallyMet"
    return "notMet" if standing.is_rejected else "scheduled"


def _add_document(content: Content, entry: NativeEntry, named: Fields, document: Fields | None, title: str, kind: str) -> None:
    """A document beside a milestone of the implementation; it stands there once, however often it is brought along."""
    if document is None:
        return
    contract, milestone = named["contract"], named["milestone"]
    told = content.find_part(contract, MILESTONES, milestone) or {}
    made = content.make_document(document, title, kind, entry.time)
    if all(each["id"] != made["id"] for each in told.get("documents", ())):
        content.put_part(contract, MILESTONES, milestone, documents=[*told.get("documents", ()), made])


def _find(content: Content, named: Fields) -> MilestoneStanding:
    return content.deliveries[named["contract"]].milestones[named["milestone"]]


# -- changes --------------------------------------------------------------------------------------------------------------


def amend_contract(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """31: price, milestones and bill as they are since; a milestone that is gone stays, unmet, for the record."""
    contract = arguments["contract"]
    delivery, release = content.deliveries[contract], f"{content.ocid}-{entry.position}"
    exception = f" ({arguments['exception']})" if arguments.get("exception") else ""
    content.put_part(
        contract, "amendments", arguments["amendment"], amendsReleaseID=content.newest_release, date=spell_time(entry.time),
        description=content.name_address(arguments["document"]["sha256"]), rationale=f"{arguments['reason']}{exception}", releaseID=release,
    )  # fmt: skip
    gone = [each for each in delivery.milestones if each not in [restated["id"] for restated in arguments["milestones"]]]
    for each in arguments["milestones"]:
        standing = delivery.milestones.setdefault(each["id"], MilestoneStanding(0, 0, ""))
        standing.amount_minor, standing.due, standing.title = int(each["amount"]), each["due"], each["title"]
        _tell_milestone(content, contract, each["id"], entry.time)
    for each in gone:
        _drop_milestone(content, contract, each, arguments["amendment"], entry.time)
    _add_to_contract(content, entry, contract, arguments["document"], f"Amendment {arguments['amendment']}", ANNEXE)
    _reprice(content, contract, arguments.get("items") or [])


def note_amendment(content: Content, entry: NativeEntry, event: Fields) -> None:
    """31: the price since."""
    _put_end(content, event["contract"], value=content.spell_money(event["price"]))


def _drop_milestone(content: Content, contract: str, milestone: str, amendment: str, time: int) -> None:
    del content.deliveries[contract].milestones[milestone]
    told = {"description": f"dropped by amendment {amendment}", "status": "notMet"}
    content.put_part(contract, "milestones", milestone, **told)
    content.put_part(contract, MILESTONES, milestone, dateModified=spell_time(time), **told)


def _reprice(content: Content, contract: str, items: list[Fields]) -> None:
    """Unit prices as restated, of the items that the tender had."""
    prices = {each["item"]: each["unit_price"] for each in items}
    for told in (content.find("contracts", contract) or {}).get("items", ()):
        price = prices.get(told["id"].partition(":")[2])
        if price is not None:
            content.put_part(contract, "items", told["id"], unit={**told["unit"], "value": content.spell_money(price)})


def notify_contractor(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """38."""
    title = f"{arguments['act']}: {arguments['ground']}"
    _add_to_contract(content, entry, arguments["contract"], arguments["document"], title, ANNEXE)


def move_due_dates(content: Content, entry: NativeEntry, event: Fields) -> None:
    """38: a contract that goes on is due later by as long as it did not."""
    delivery = content.deliveries[event["contract"]]
    moved_seconds = event["moved_seconds"] - delivery.moved_seconds
    delivery.moved_seconds = event["moved_seconds"]
    for name, standing in delivery.milestones.items():
        if moved_seconds and _find_status(standing) != "met":
            standing.due += moved_seconds
            _tell_milestone(content, event["contract"], name, entry.time)
    if moved_seconds:
        _put_end(content, event["contract"])


def _put_end(content: Content, contract: str, **fields: Any) -> None:
    """The contract ends when its last milestone is due."""
    delivery, period = content.deliveries[contract], (content.find("contracts", contract) or {})["period"]
    end = max(spell_time(each.due) for each in delivery.milestones.values())
    content.put("contracts", contract, period={**period, "endDate": max(end, period["startDate"])}, **fields)


# -- ends -----------------------------------------------------------------------------------------------------------------


def terminate(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """39."""
    _end(content, entry, arguments["contract"], arguments["ground"])
    _add_to_contract(content, entry, arguments["contract"], arguments["document"], f"End: {arguments['ground']}", "cancellationDetails")


def hand_over(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """40: acceptance ends the contract, hand-over and defects leave it active."""
    kind = PROGRESS if arguments["act"] == "defect" else "completionCertificate"
    _add_to_contract(content, entry, arguments["contract"], arguments["document"], arguments["act"], kind)


def complete_contract(content: Content, entry: NativeEntry, event: Fields) -> None:
    """40: accepted for good."""
    _end(content, entry, event["contract"], "accepted")


def _end(content: Content, entry: NativeEntry, contract: str, details: str) -> None:
    content.put("contracts", contract, status="terminated")
    content.put_implementation(contract, endDate=spell_time(entry.time), endDateDetails=details)
    _tell_final_value(content, contract)


def _tell_final_value(content: Content, contract: str) -> None:
    """What was certified in all."""
    delivery = content.deliveries[contract]
    certified_minor = sum(each.certified_minor for each in delivery.milestones.values())
    damages = f"; {_spell(content, str(delivery.damages_minor))} of it taken for delay" if delivery.damages_minor else ""
    content.put_implementation(contract, finalValue=content.spell_money(certified_minor), finalValueDetails=f"certified{damages}")


# -- reports --------------------------------------------------------------------------------------------------------------


def answer_report(content: Content, entry: NativeEntry, event: Fields) -> None:
    """49: beside its contract, or beside the tender."""
    title = f"Answer to report {event['report']}" + (", late" if event["late"] else "")
    if event["contract"]:
        _add_to_contract(content, entry, event["contract"], entry.arguments["document"], title, "complaints")
    else:
        content.add_document(entry.arguments["document"], title, "complaints", entry.time)


def note_silence(content: Content, entry: NativeEntry, event: Fields) -> None:
    """Nobody answered a report in time."""
    title, name = f"Report {event['report']} is not answered in time", f"overdue:{event['report']}"
    if event["contract"]:
        content.touch_contract(event["contract"])
    content.add_note(name, title, "complaints", entry.time, description=f"log entry {entry.position}")


def _add_to_contract(content: Content, entry: NativeEntry, contract: str, document: Fields, title: str, kind: str) -> None:
    content.touch_contract(contract)
    made = content.make_document(document, title, kind, entry.time)
    if content.find_part(contract, "documents", made["id"]) is None:
        content.put_part(contract, "documents", made["id"], **made)


def _spell(content: Content, amount_minor: str) -> str:
    value = content.spell_money(amount_minor)
    return f"{value['currency']} {value['amount']}"
