"""Plans, tenders, questions, lots: what messages 01 to 07 and the tender's deadlines change in OCDS.

Owns how the tender and its lots stand. Each function takes the content, the entry, and the arguments or the event.
"""

from __future__ import annotations

from typing import Any, Final

from prasasti.contracts.procurement.kinds import KINDS
from prasasti.integrations.ocds.canonical import Number
from prasasti.integrations.ocds.native.content import (
    PLANNING_DOCUMENTS,
    Content,
    LotStanding,
    relate,
    spell_quantity,
    spell_share,
    spell_time,
)
from prasasti.integrations.ocds.native.entries import NativeEntry

Fields = dict[str, Any]

OPEN, OPENING, EVALUATING, DECIDED, FAILED, CANCELLED = "open", "opening", "evaluating", "decided", "failed", "cancelled"
STATUS_OF_LOT: Final = {
    OPEN: "active", OPENING: "active", EVALUATING: "active", DECIDED: "complete", FAILED: "unsuccessful", CANCELLED: "cancelled",
}  # fmt: skip
STATUSES_OF_TENDER: Final = ("active", "complete", "unsuccessful", "cancelled")
"""The tender has the first of these that a lot of it has."""
AWARD_CRITERIA: Final = {"price_only": "priceOnly", "quality_only": "qualityOnly", "rated": "ratedCriteria"}
RELATIONSHIPS: Final = {"replacement": "replacementProcess", "unsuccessful": "unsuccessfulProcess"}
EVALUATION_REPORTS: Final = "evaluationReports"


# -- plans ----------------------------------------------------------------------------------------------------------------


def announce_plan(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """01."""
    content.buyer = entry.actor
    content.add_role(entry.actor, "buyer")
    _tell_plan(content, entry, arguments)


def change_plan(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """02: after a request was published the tender stands as it was asked for; the plan goes on."""
    if not arguments["withdraw"]:
        _tell_plan(content, entry, arguments["changes"])
    elif not content.standing:
        content.put_tender(status="withdrawn")
    content.touch_planning()


def _tell_plan(content: Content, entry: NativeEntry, terms: Fields) -> None:
    content.currency = terms["currency"]
    lines = " + ".join(part["line"] for part in terms["budgets"])
    budget = {"amount": content.spell_money(terms["estimate"]), "description": terms["title"], "id": lines}
    content.put_planning(budget=budget, rationale=terms["title"])
    if terms.get("multi_year") is not None:
        made = content.make_document(terms["multi_year"], "Approval of several years", "procurementPlan", entry.time)
        content.put(PLANNING_DOCUMENTS, made["id"], **made)
    if not content.standing:
        kind = KINDS[terms["kind"]]
        additional = {"additionalProcurementCategories": list(kind.additional)} if kind.additional else {}
        content.put_tender(
            id=content.ocid, title=terms["title"], status="planned", mainProcurementCategory=kind.category,
            procurementMethod=terms["method"], **additional,
        )  # fmt: skip


# -- requests -------------------------------------------------------------------------------------------------------------


def publish_tender(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """03: a later process of a plan line repeats the planning, and names the earlier one."""
    content.touch_planning()
    content.buyer = entry.actor
    content.put_tender(
        id=content.ocid, status="active", procuringEntity=content.add_role(entry.actor, "procuringEntity"),
        submissionMethod=["electronicSubmission"], hasEnquiries=False,
    )  # fmt: skip
    content.add_role(entry.actor, "buyer")
    if arguments.get("invited"):
        content.put_tender(procurementMethod="direct")
    if arguments.get("related") is not None:
        related = arguments["related"]
        content.put(
            "relatedProcesses", related["process"], identifier=related["process"], scheme="ocid",
            relationship=[RELATIONSHIPS.get(related["relation"], "prior")],
        )  # fmt: skip
    start = {"startDate": spell_time(entry.time)}
    content.put_tender(tenderPeriod=start, enquiryPeriod=start)
    _tell_request(content, entry, arguments)


def amend_tender(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """06: ``changes`` are the whole of what is asked for now."""
    _tell_request(content, entry, arguments["changes"])
    content.add_document(arguments["document"], "Amendment", "tenderNotice", entry.time)
    content.put(
        "amendments", f"{entry.position}", amendsReleaseID=content.newest_release, date=spell_time(entry.time),
        description=content.name_address(arguments["document"]["sha256"]), rationale=arguments["reason"],
        releaseID=f"{content.ocid}-{entry.position}",
    )  # fmt: skip


def _tell_request(content: Content, entry: NativeEntry, terms: Fields) -> None:
    content.arguments = {**content.arguments, **terms}
    for lot in terms["lots"]:
        _tell_lot(content, lot, terms)
    total_minor = sum(int(standing.terms["estimate"]) for standing in content.standing.values())
    details = _spell_criteria(terms)
    content.put_tender(
        value=content.spell_money(total_minor), awardCriteria=AWARD_CRITERIA[terms["selection"]],
        enquiryPeriod={**content.tender["enquiryPeriod"], "endDate": spell_time(terms["question_end"])},
        **({"awardCriteriaDetails": details} if details else {}),
    )  # fmt: skip
    _put_deadline(content, terms["deadline"])
    for each in terms["documents"]:
        content.add_document(each["document"], each["title"], "biddingDocuments", entry.time)
    _tell_requirements(content, terms["requirements"])
    if terms["qualification"]:
        content.put("milestones", "qualification", title="Requests to qualify", status="scheduled",
                    dueDate=spell_time(terms["qualification_deadline"]))  # fmt: skip
    for lot in content.standing:
        for slot in list_slots(terms):
            _schedule_opening(content, lot, slot, terms["qualification_deadline"] if slot == "qualification" else terms["opening"])


def _tell_lot(content: Content, lot: Fields, terms: Fields) -> None:
    name = lot["lot"]
    before = content.standing.get(name)
    kept = {item["id"] for item in lot["items"]}
    for item in before.terms["items"] if before is not None else ():
        if item["id"] not in kept:  # merging takes no object away
            content.put("items", f"{name}:{item['id']}", quantity=Number("0"))
    for item in lot["items"]:
        content.put(
            "items", f"{name}:{item['id']}", description=item["title"], classification={"id": item["class"], "scheme": item["scheme"]},
            quantity=spell_quantity(item["quantity"]), unit={"name": item["unit"]}, relatedLot=name,
        )  # fmt: skip
    if before is None:
        content.standing[name] = LotStanding(lot, list_slots(terms)[0])
    else:
        before.terms = lot
    status = STATUS_OF_LOT[content.standing[name].state]
    content.put("lots", name, title=lot["title"], status=status, value=content.spell_money(lot["estimate"]))


def list_slots(terms: Fields) -> list[str]:
    """Slots of a proposal, in the order in which they are opened."""
    first = ["qualification"] if terms["qualification"] else []
    return [*first, "technical", "financial"] if terms["files"] == "two" else [*first, "proposal"]


def _spell_criteria(terms: Fields) -> str:
    if terms["selection"] == "price_only":
        return ""
    criteria = "; ".join(f"{each['title']} {spell_share(each['weight_bp'])}" for each in terms["criteria"])
    return f"technical {spell_share(terms['technical_bp'])} ({criteria}); price {spell_share(10_000 - terms['technical_bp'])}"


def _tell_requirements(content: Content, requirements: list[Fields]) -> None:
    stages = dict.fromkeys(each["stage"] for each in requirements)
    for stage in stages:
        demanded = [{"id": each["id"], "title": each["title"]} for each in requirements if each["stage"] == stage]
        content.put(
            "criteria", stage, title=stage, relatesToTenderer=stage == "qualification",
            requirementGroups=[{"id": stage, "requirements": demanded}],
        )  # fmt: skip


def _put_deadline(content: Content, deadline: int) -> None:
    content.put_tender(tenderPeriod={**content.tender["tenderPeriod"], "endDate": spell_time(deadline)})


def _name_opening(content: Content, lot: str, slot: str) -> str:
    askings = content.standing[lot].askings
    return f"opening:{lot}:{slot}" if askings == 1 or slot == "qualification" else f"opening:{lot}:{slot}:{askings}"


def _schedule_opening(content: Content, lot: str, slot: str, due: int) -> None:
    name = _name_opening(content, lot, slot)
    milestone = content.find("milestones", name)
    if milestone is None or milestone["status"] == "scheduled":
        title = "Opening of proposals" if slot == "proposal" else f"Opening: {slot}"
        content.put("milestones", name, title=title, status="scheduled", dueDate=spell_time(due), **relate(lot))


def end_opening(content: Content, lot: str, slot: str, status: str, time: int) -> None:
    """A lot's opening was done, or will never be."""
    milestone = content.find("milestones", _name_opening(content, lot, slot))
    if milestone is not None and milestone["status"] == "scheduled":
        met = {"dateMet": spell_time(time)} if status == "met" else {}
        content.put("milestones", milestone["id"], status=status, **met)


def set_lot(content: Content, lot: str, state: str) -> None:
    """A lot stands otherwise; the tender as its lots do together."""
    content.standing[lot].state = state
    content.put("lots", lot, status=STATUS_OF_LOT[state])
    found = {STATUS_OF_LOT[standing.state] for standing in content.standing.values()}
    status = next(status for status in STATUSES_OF_TENDER if status in found)
    if content.tender["status"] != status:
        content.put_tender(status=status)


# -- questions ------------------------------------------------------------------------------------------------------------


def ask_question(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """04."""
    content.put_tender(hasEnquiries=True)
    content.put(
        "enquiries", arguments["question"], author=content.add_role(entry.actor, "enquirer"), date=spell_time(entry.time),
        description=content.name_address(arguments["document"]["sha256"]), title=f"Question {arguments['question']}",
    )  # fmt: skip
    content.add_document(arguments["document"], f"Question {arguments['question']}", "clarifications", entry.time)


def answer_question(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """05."""
    answer = content.name_address(arguments["document"]["sha256"])
    content.put("enquiries", arguments["question"], answer=answer, dateAnswered=spell_time(entry.time))
    content.add_document(arguments["document"], f"Answer to question {arguments['question']}", "clarifications", entry.time)


def move_deadline(content: Content, entry: NativeEntry, event: Fields) -> None:
    """05, 06, the one extension, proposals asked of those who qualified: until when something can be sent in."""
    qualifying = [lot for lot, standing in content.standing.items() if (standing.state, standing.slot) == (OPEN, "qualification")]
    moved = content.find("milestones", "qualification") if qualifying else None
    if moved is None:
        _put_deadline(content, event["deadline"])
    else:
        content.put("milestones", "qualification", dueDate=spell_time(event["deadline"]))


def ask_for_proposals(content: Content, entry: NativeEntry, event: Fields) -> None:
    """Those who qualified for a lot may propose for it."""
    standing = content.standing[event["lot"]]
    standing.slot = list_slots(content.arguments)[1]
    set_lot(content, event["lot"], OPEN)
    _put_deadline(content, event["deadline"])
    for slot in list_slots(content.arguments)[1:]:
        _schedule_opening(content, event["lot"], slot, event["opening"])


def ask_again(content: Content, entry: NativeEntry, event: Fields) -> None:
    """Those who passed so far may propose anew for a lot; the trustees open it after the deadline."""
    _put_deadline(content, event["deadline"])
    slots = [slot for slot in list_slots(content.arguments) if slot != "qualification"]
    content.standing[event["lot"]].slot = slots[0]
    for slot in slots:
        _schedule_opening(content, event["lot"], slot, event["deadline"])


def decide_qualification(content: Content, entry: NativeEntry, event: Fields) -> None:
    """Who qualified is public."""
    if (milestone := content.find("milestones", "qualification")) is not None and milestone["status"] == "scheduled":
        content.put("milestones", "qualification", status="met", dateMet=spell_time(entry.time))
    content.add_note(
        f"qualification:{event['lot']}", "Result of the prequalification", EVALUATION_REPORTS, entry.time, event["lot"],
        f"{event['live']} qualified (log entry {entry.position})",
    )  # fmt: skip


# -- lots that end --------------------------------------------------------------------------------------------------------


def cancel_tender(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """07, its document."""
    content.add_document(arguments["document"], f"Cancellation: {arguments['reason']}", "cancellationDetails", entry.time)
    content.put("documents", arguments["document"]["sha256"], relatedLots=list(arguments["lots"]))


def declare_failed(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """27, its document."""
    content.add_document(arguments["document"], f"Declared failed, ground {arguments['ground']}", EVALUATION_REPORTS, entry.time)
    content.put("documents", arguments["document"]["sha256"], relatedLots=list(arguments["lots"]))


def cancel_lots(content: Content, entry: NativeEntry, event: Fields) -> None:
    """07: nothing of these lots is opened any more; a pending award and its draft go with them."""
    for lot in event["lots"]:
        end_award(content, lot)
        _end_openings(content, lot, entry.time)
        set_lot(content, lot, CANCELLED)


def fail_lot(content: Content, entry: NativeEntry, event: Fields) -> None:
    """27, or the schedule: a lot failed on a ground of Perpres 16/2018 Pasal 51, or on one of the ledger's own."""
    lot = event["lot"]
    end_award(content, lot)
    _end_openings(content, lot, entry.time)
    set_lot(content, lot, FAILED)
    content.add_note(
        f"failure:{lot}:{entry.position}", f"Failed, ground {event['ground']}", EVALUATION_REPORTS, entry.time, lot,
        f"log entry {entry.position}",
    )  # fmt: skip


def _end_openings(content: Content, lot: str, time: int) -> None:
    for slot in list_slots(content.arguments):
        end_opening(content, lot, slot, "notMet", time)


def end_award(content: Content, lot: str) -> None:
    """A lot's live award is cancelled, and its contract where that is not signed."""
    standing = content.standing[lot]
    if not standing.award:
        return
    content.put("awards", standing.award, status="cancelled")
    for contract in content.objects["contracts"].values():
        if contract["awardID"] == standing.award and contract["status"] == "pending":
            content.put("contracts", contract["id"], status="cancelled")
    standing.award = ""
