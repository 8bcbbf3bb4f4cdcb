"""Effects on plan lines: each runs only when every condition of its message holds."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from prasasti.contracts.lists import count_items
from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.lots import note_documents
from prasasti.contracts.procurement.plan import events
from prasasti.contracts.procurement.plan.checks import is_under_limit, list_years
from prasasti.contracts.procurement.plan.processes import compute_ocid
from prasasti.contracts.procurement.plan.records import ANNOUNCED, WITHDRAWN, FamilyRecord, PlanRecord, family_key
from prasasti.contracts.procurement.process import plan_key
from prasasti.contracts.procurement.records import list_process
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import parse_amount, require


def process_announce_plan(view: View, call: Call) -> Outcome:
    """01: the line stands, and its process has a place in the buyer's list."""
    draft, arguments = Draft(view), call.arguments
    record = _make_record(view, call, arguments, call.actor, revision=0)
    draft.put(plan_key(arguments.plan), record)
    _count_in_family(draft, record, 1)
    ocid = compute_ocid(view, arguments.plan, 1, call.time)
    number = count_items(view, "procurement", "buyer", call.actor)
    for write in list_process(draft, "buyer", call.actor, call.actor, ocid):
        draft.put(*write)
    note_documents(draft, call, arguments.multi_year)
    return draft.outcome(events.PlanAnnounced(number, ocid, arguments.plan))


def process_change_plan(view: View, call: Call) -> Outcome:
    """02: the line is another, or is gone; what was tendered under it before stays as it was."""
    draft, arguments = Draft(view), call.arguments
    before = require(view.get(plan_key(arguments.plan), PlanRecord), arguments.plan)
    _count_in_family(draft, before, -1)
    if arguments.withdraw:
        draft.put(plan_key(arguments.plan), replace(before, state=WITHDRAWN))
        return draft.outcome(events.PlanWithdrawn(arguments.plan))
    changed = _make_record(view, call, arguments.changes, before.buyer, before.revision + 1)
    record = replace(changed, announced=before.announced, process=before.process, processes=before.processes)
    draft.put(plan_key(arguments.plan), record)
    _count_in_family(draft, record, 1)
    note_documents(draft, call, arguments.changes.multi_year)
    return draft.outcome(events.PlanRevised(arguments.plan, record.revision))


def _make_record(view: View, call: Call, terms: Any, buyer: str, revision: int) -> PlanRecord:
    return PlanRecord(
        announced=call.time, budgets=terms.budgets, buyer=buyer, currency=terms.currency, early=terms.early, estimate=terms.estimate,
        family=terms.family, kind=terms.kind, method=terms.method, process="", processes=0, revision=revision,
        split_reason=terms.split_reason or "", state=ANNOUNCED, title=terms.title, under_limit=is_under_limit(view, terms, call.time),
        unit=terms.unit, years=list_years(view, buyer, terms, call.time),
    )  # fmt: skip


def _count_in_family(draft: Draft, record: PlanRecord, sign: int) -> None:
    """Keep the sum of what is planned by lines that are each under the limit (I6)."""
    if not record.under_limit:
        return
    for year in record.years:
        key = family_key(record.buyer, record.unit, year, record.family)
        family = draft.get(key, FamilyRecord)
        total_minor = (int(family.estimate) if family is not None else 0) + sign * parse_amount(record.estimate)
        draft.put(key, FamilyRecord(str(total_minor)))
