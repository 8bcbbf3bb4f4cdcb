"""Conditions on reports and samples (48, 49, 54): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from hashlib import sha256

from prasasti.contracts.draws import AUDIT, compute_draw
from prasasti.contracts.lists import count_items
from prasasti.contracts.people import Person, find_person
from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.agreement.signing import find_officer
from prasasti.contracts.procurement.calendar import compute_local_day
from prasasti.contracts.procurement.conditions import is_readable
from prasasti.contracts.procurement.parameters import read_calendar, read_integer
from prasasti.contracts.procurement.process import find_lot, find_process, get_process
from prasasti.contracts.procurement.reports.records import (
    DeskRecord,
    ReportRecord,
    SampleRecord,
    compute_sample,
    desk_key,
    report_key,
    sample_key,
)
from prasasti.contracts.procurement.seats import OFFICER
from prasasti.core.contract import Call, View
from prasasti.core.types import require


def is_report_new(view: View, call: Call) -> bool:
    """48, 00.2: nothing stands under the report's id."""
    return find_report(view, call.arguments.report) is None


def is_subject_known(view: View, call: Call) -> bool:
    """48.1: the contract, whatever became of it, the process, the lot of it is there. Of places the ledger keeps no list."""
    about = call.arguments.about
    if about.contract is not None:
        return view.get(agreement_key(about.contract), AgreementRecord) is not None
    if about.process is None:
        return True
    is_lot = about.lot is None or find_lot(view, about.process, about.lot) is not None
    return is_lot and find_process(view, about.process) is not None


def is_within_quota(view: View, call: Call) -> bool:
    """48.3: the desk took in fewer reports than it may on this day."""
    return count_reports(view, call) < read_integer(view, "", "reports_a_day", call.time)


def is_to_answer(view: View, call: Call) -> bool:
    """00.1: the officer of the contract or process; an auditor of another organisation than the buyer, where the report is about the
    officer, or about a place alone, which is no officer's."""
    report = find_report(view, call.arguments.report)
    if report is None:
        return False
    signer, (officer, buyer) = call.signers[0], find_answerer(view, report)
    person = find_person(view, signer)
    is_officers = officer is not None and not report.on_officer
    return (signer.role == OFFICER) == is_officers and (person == officer if is_officers else person.organisation != buyer)


def is_unanswered(view: View, call: Call) -> bool:
    """49, 00.2: nobody answered the report yet."""
    return not require(find_report(view, call.arguments.report), call.arguments.report).answered


def is_sample_new(view: View, call: Call) -> bool:
    """54, 00.2: the list has something to draw, and the organisation recorded nothing of it under this root."""
    sample = compute_sample(call.arguments.listed, call.arguments.log_root, call.actor)
    return count_listed(view, call.arguments.listed) > 0 and view.get(sample_key(sample), SampleRecord) is None


def are_findings_fit(view: View, call: Call) -> bool:
    """54, 00.5: the document of what was found."""
    return is_readable(call.arguments.findings)


def is_drawn_by_root(view: View, call: Call) -> bool:
    """54.2: the root draws these numbers, in this order, from a list that was no longer than it is now."""
    arguments = call.arguments
    units = find_units(view, call)
    if units > count_listed(view, arguments.listed) or len(arguments.drawn) > units:
        return False
    context = sha256(arguments.listed.encode()).digest()
    drawn: list[int] = arguments.drawn
    return compute_draw(AUDIT, context, bytes.fromhex(arguments.log_root), units, len(drawn)) == drawn


def find_report(view: View, report: str) -> ReportRecord | None:
    """A report that a desk took in."""
    return view.get(report_key(report), ReportRecord)


def find_answerer(view: View, report: ReportRecord) -> tuple[Person | None, str]:
    """Whose the contract or process of a report is: the officer and the buyer; None and "" of a place alone."""
    agreement = view.get(agreement_key(report.contract), AgreementRecord) if report.contract else None
    if agreement is not None:
        return find_officer(view, agreement), agreement.buyer
    if report.process:
        process = get_process(view, report.process)
        return process.seats.officer, process.buyer
    return None, ""


def count_reports(view: View, call: Call) -> int:
    """How many reports the desk took in on this day of its calendar."""
    record = view.get(desk_key(call.actor), DeskRecord)
    return record.reports if record is not None and record.day == compute_day(view, call) else 0


def compute_day(view: View, call: Call) -> int:
    """The local day of the desk."""
    return compute_local_day(read_calendar(view, call.actor, call.time), call.time)


def find_units(view: View, call: Call) -> int:
    """How long the list was that a sample is drawn from: as long as it is now, where nothing else is said."""
    return int(call.arguments.units or count_listed(view, call.arguments.listed))


def count_listed(view: View, name: str) -> int:
    """How long a list is that is named as in proofs, contract/list/whose."""
    contract, list_name, identifier = name.split("/")
    return count_items(view, contract, list_name, identifier)
