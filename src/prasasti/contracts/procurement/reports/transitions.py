"""Effects of reports and samples: each runs only when every condition of its message holds."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from prasasti.contracts.lists import append_item, count_items
from prasasti.contracts.offices import Draft
from prasasti.contracts.people import find_person
from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.calendar import compute_end
from prasasti.contracts.procurement.lots import note_documents
from prasasti.contracts.procurement.parameters import read_calendar, read_term
from prasasti.contracts.procurement.reports import events
from prasasti.contracts.procurement.reports.checks import compute_day, count_reports, find_answerer, find_report, find_units
from prasasti.contracts.procurement.reports.records import (
    CONTRACT_REPORTS,
    PLACE_REPORTS,
    PROCESS_REPORTS,
    SAMPLES,
    DeskRecord,
    ListedReport,
    ListedSample,
    ReportRecord,
    SampleRecord,
    compute_sample,
    desk_key,
    report_key,
    sample_key,
    samples_of,
)
from prasasti.contracts.procurement.schedule import REPORT, schedule
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event, require


def process_take_in_report(view: View, call: Call) -> Outcome:
    """48: the report stands, in the list of each thing that it is about; an answer is expected in its term."""
    draft, arguments, about = Draft(view), call.arguments, call.arguments.about
    agreement = draft.get(agreement_key(about.contract), AgreementRecord) if about.contract is not None else None
    record = ReportRecord(
        answer=None, answered=0, answered_by=None, contract=about.contract or "", desk=call.actor, document=arguments.document, due=0,
        lot=about.lot or (agreement.lot if agreement is not None else ""), named=arguments.named, on_officer=about.officer,
        place=about.place or "", process=about.process or (agreement.process if agreement is not None else ""),
        report=arguments.report, taken_in=call.time,
    )  # fmt: skip
    _, buyer = find_answerer(draft, record)
    term = read_term(draft, "report_answer", call.time)
    record = replace(record, due=compute_end(read_calendar(draft, buyer or call.actor, call.time), call.time, term))
    draft.put(report_key(record.report), record)
    draft.put(desk_key(call.actor), DeskRecord(compute_day(draft, call), count_reports(draft, call) + 1))
    for name, identifier in _list_subjects(record):
        for write in append_item(draft, "procurement", name, identifier, ListedReport(record.report)):
            draft.put(*write)
    schedule(draft, record.due, REPORT, record.report)
    note_documents(draft, call, record.document)
    return draft.outcome(events.ReportTakenIn(record.contract, record.due, record.place, record.process, record.report))


def process_answer_report(view: View, call: Call) -> Outcome:
    """49: the answer stands beside the report, late or not."""
    draft, arguments = Draft(view), call.arguments
    record = require(find_report(view, arguments.report), arguments.report)
    answered_by = find_person(view, call.signers[0])
    draft.put(report_key(record.report), replace(record, answer=arguments.document, answered=call.time, answered_by=answered_by))
    note_documents(draft, call, arguments.document)
    is_late = call.time >= record.due
    return draft.outcome(events.ReportAnswered(record.contract, is_late, record.place, record.process, record.report))


def process_record_sample(view: View, call: Call) -> Outcome:
    """54: the sample stands among those of its list."""
    draft, arguments = Draft(view), call.arguments
    sample, whose = compute_sample(arguments.listed, arguments.log_root, call.actor), samples_of(arguments.listed)
    record = SampleRecord(
        auditor=find_person(view, call.signers[0]), differing=arguments.differing, drawn=len(arguments.drawn),
        examined=arguments.examined, findings=arguments.findings, listed=arguments.listed, log_root=arguments.log_root,
        size=arguments.size, time=call.time, units=find_units(view, call),
    )  # fmt: skip
    number = count_items(draft, "procurement", SAMPLES, whose)
    draft.put(sample_key(sample), record)
    for write in append_item(draft, "procurement", SAMPLES, whose, ListedSample(sample)):
        draft.put(*write)
    note_documents(draft, call, arguments.findings)
    return draft.outcome(events.SampleRecorded(record.differing, record.examined, record.listed, number, sample))


def tell_overdue(draft: Draft, call: Call, report: str) -> list[Event]:
    """The time to answer a report is over: the log says so beside what the report is about."""
    record = require(find_report(draft, report), report)
    if record.answered or call.time < record.due:
        return []
    return [events.ReportOverdue(record.contract, record.place, record.process, record.report)]


def _list_subjects(record: ReportRecord) -> Iterator[tuple[str, str]]:
    """The lists that a report stands in: of a contract also in that of its process."""
    subjects = ((CONTRACT_REPORTS, record.contract), (PROCESS_REPORTS, record.process), (PLACE_REPORTS, record.place))
    yield from ((name, identifier) for name, identifier in subjects if identifier)
