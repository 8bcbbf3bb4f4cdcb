"""Effects of complaints and appeals: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.lists import append_item, count_items
from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.award import events
from prasasti.contracts.procurement.award.complaint.checks import count_complaints
from prasasti.contracts.procurement.award.complaint.effects import close_appeal, close_complaint, open_appeal
from prasasti.contracts.procurement.award.records import (
    FILED,
    AppealRecord,
    ComplainantRecord,
    ComplaintRecord,
    ListedComplaint,
    complainant_key,
    complaint_key,
    complaints_of,
)
from prasasti.contracts.procurement.lots import compute_term_end, note_documents, put_lot
from prasasti.contracts.procurement.process import get_lot, get_process
from prasasti.contracts.procurement.schedule import ANSWER, REVIEW, schedule
from prasasti.core.contract import Call, Outcome, View


def process_complain(view: View, call: Call) -> Outcome:
    """21: the award waits; the answer is due so long after the window's end."""
    draft, arguments = Draft(view), call.arguments
    process, lot = get_process(view, arguments.process), get_lot(view, arguments.process, arguments.lot)
    due, listed = compute_term_end(view, lot.window_ends, process, "complaint_answer"), complaints_of(lot.process, lot.lot)
    number = count_items(view, "procurement", "complaints", listed)
    record = ComplaintRecord(
        answer=None, answered=0, appeal="", bidder=call.actor, document=arguments.document, due=due, filed=call.time,
        ground=arguments.ground, lot=lot.lot, outcome=FILED, remedy="", window_ends=0,
    )  # fmt: skip
    draft.put(complaint_key(lot.process, arguments.complaint), record)
    for write in append_item(view, "procurement", "complaints", listed, ListedComplaint(arguments.complaint)):
        draft.put(*write)
    draft.put(complainant_key(lot.process, lot.lot, call.actor), ComplainantRecord(count_complaints(view, call) + 1))
    put_lot(draft, replace(lot, matters=lot.matters + 1))
    schedule(draft, due, ANSWER, f"{lot.process}:{arguments.complaint}")
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.ComplaintFiled(arguments.complaint, due, lot.lot, number, lot.process))


def process_answer_complaint(view: View, call: Call) -> Outcome:
    """22: the complaint is closed; a remedy ends the award and what else is open about the lot."""
    draft, arguments = Draft(view), call.arguments
    told = close_complaint(
        draft, call, arguments.process, arguments.complaint, arguments.outcome, arguments.remedy or "", arguments.document
    )  # fmt: skip
    note_documents(draft, call, arguments.document)
    return draft.outcome(*told)


def process_appeal(view: View, call: Call) -> Outcome:
    """23: the lot is suspended until the reviewer decides."""
    draft, arguments = Draft(view), call.arguments
    due = compute_term_end(view, call.time, get_process(view, arguments.process), "appeal_answer")
    record = AppealRecord(
        answer=None, bond=arguments.bond or "", complaint=arguments.complaint, decided=0, document=arguments.document, due=due,
        filed=call.time, outcome=FILED, remedy="",
    )  # fmt: skip
    open_appeal(draft, arguments.process, arguments.appeal, record)
    schedule(draft, due, REVIEW, f"{arguments.process}:{arguments.appeal}")
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.AppealFiled(arguments.appeal, arguments.complaint, due, arguments.process))


def process_decide_appeal(view: View, call: Call) -> Outcome:
    """24: the appeal is closed; upheld, its remedy comes."""
    draft, arguments = Draft(view), call.arguments
    told = close_appeal(
        draft, call, arguments.process, arguments.appeal, arguments.outcome, arguments.remedy or "", arguments.document
    )  # fmt: skip
    note_documents(draft, call, arguments.document)
    return draft.outcome(*told)
