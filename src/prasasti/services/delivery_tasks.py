"""What waits under a contract, from its milestones to the bank, and with the treasury that pays it; answers to reports.

Owns the list, as ``tasks`` does for selections.
"""

from __future__ import annotations

from collections.abc import Iterator

from prasasti.contracts.procurement.agreement.records import (
    ENDED,
    HANDED_OVER,
    SIGNED,
    AgreementRecord,
    ContractMilestone,
    agreement_key,
)
from prasasti.contracts.procurement.delivery.progress import (
    STANDING,
    compute_due,
    find_current,
    get_contract_terms,
    get_milestone,
    get_part,
    get_progress,
    name_order,
)
from prasasti.contracts.procurement.delivery.records import ACCEPTED, MilestonePartRecord, MilestoneRecord, ProgressRecord
from prasasti.contracts.procurement.reports.records import ReportRecord, report_key
from prasasti.contracts.treasury.accounts import find_account, find_verified
from prasasti.contracts.treasury.dues import compute_owed
from prasasti.contracts.treasury.orders import get_order, list_unpaid
from prasasti.contracts.treasury.records import (
    APPROVED,
    BATCHED,
    NET,
    PAUSED,
    RAISED,
    SENT,
    BatchRecord,
    ItemRecord,
    OrderRecord,
    batch_key,
    item_key,
)
from prasasti.core.contract import View
from prasasti.core.types import parse_amount, require
from prasasti.services.matters import list_matters
from prasasti.services.task import Task, make_task

OFFICER, AUTHORITY, CONTRACTOR = "procurement.officer", "procurement.authority", "procurement.contractor"
INSPECTOR, CERTIFIER, WITNESS = "procurement.inspector", "procurement.certifier", "procurement.witness"
AUDITOR, APPROVER, PAYER = "governance.auditor", "treasury.approver", "treasury.payer"
# Kinds of tasks, in the order of a delivery; the message that does each.
TASKS = {
    "deliver": "procurement.submit_evidence",
    "inspect": "procurement.inspect",
    "invoice": "procurement.file_invoice",
    "witness": "procurement.witness",
    "withdraw_doubt": "procurement.witness",
    "decide_doubt": "procurement.decide",
    "certify": "procurement.certify",
    "resume": "procurement.notify_contractor",
    "hand_over": "procurement.hand_over",
    "accept": "procurement.hand_over",
    "name_account": "treasury.name_account",
    "verify_account": "treasury.verify_account",
    "approve": "treasury.approve",
    "make_batch": "treasury.make_batch",
    "send_batch": "treasury.send_batch",
    "resume_batch": "treasury.resume_batch",
    "report_payment": "treasury.record_statement",
    "replace_order": "procurement.replace_order",
    "explain_outside": "procurement.record_outside_payment",
    "receive": "treasury.record_receipt",
    "resolve_item": "treasury.resolve_item",
    "answer_report": "procurement.answer_report",
}


def list_of_contract(view: View, contract: str, time: int) -> Iterator[Task]:
    """Tasks under a contract that was signed, whatever came of it."""
    agreement = view.get(agreement_key(contract), AgreementRecord)
    if agreement is None or agreement.state not in STANDING:
        return
    progress = get_progress(view, contract)
    terms = get_contract_terms(view, contract)
    if progress.suspended:
        yield _make(agreement, "resume", "", OFFICER)
    for milestone in terms.milestones:
        yield from _list_of_milestone(view, agreement, progress, milestone, time)
    yield from _list_of_end(agreement, progress)
    for number in range(progress.orders):
        yield from _list_of_order(view, agreement, get_order(view, name_order(contract, number + 1)))
    if progress.unexplained:
        yield _make(agreement, "explain_outside", "", OFFICER)
    yield from _list_dues(view, agreement)


def _list_of_milestone(
    view: View, agreement: AgreementRecord, progress: ProgressRecord, milestone: ContractMilestone, time: int
) -> Iterator[Task]:
    record = get_milestone(view, agreement.contract, milestone.id)
    is_going_on = agreement.state == SIGNED and not progress.suspended
    if is_going_on and not record.waiting and parse_amount(record.accepted) < parse_amount(milestone.amount):
        yield _of(agreement, "deliver", milestone.id, CONTRACTOR, agreement.supplier, compute_due(progress, milestone.due))
    if record.waiting and agreement.state == SIGNED:
        part = get_part(view, agreement.contract, milestone.id, record.waiting)
        yield _make(agreement, "inspect", milestone.id, INSPECTOR, part.inspection_due)
    current = find_current(view, agreement.contract, milestone.id)
    if current is not None and agreement.state in (SIGNED, ENDED):
        yield from _list_of_part(agreement, milestone.id, record, current, time)


def _list_of_part(
    agreement: AgreementRecord, milestone: str, record: MilestoneRecord, part: MilestonePartRecord, time: int
) -> Iterator[Task]:
    """What is accepted is invoiced, witnessed, certified; a doubt holds its certificate, and so does a witness who has time left."""
    if part.state == ACCEPTED:
        yield _of(agreement, "invoice", milestone, CONTRACTOR, agreement.supplier, 0)
    if record.doubt:
        yield _make(agreement, "withdraw_doubt", milestone, WITNESS)
        yield _of(agreement, "decide_doubt", milestone, AUTHORITY, agreement.buyer, 0)
        return
    is_awaited = bool(part.witness_due) and not part.witnessed and time < part.witness_due
    if is_awaited:
        yield _make(agreement, "witness", milestone, WITNESS, part.witness_due)
    elif part.invoiced:
        yield _make(agreement, "certify", milestone, CERTIFIER, part.certification_due)


def _list_of_end(agreement: AgreementRecord, progress: ProgressRecord) -> Iterator[Task]:
    if agreement.state == SIGNED and not progress.suspended and progress.certified == agreement.price:
        yield _make(agreement, "hand_over", "", OFFICER)
        yield _make(agreement, "hand_over", "", INSPECTOR)
    if agreement.state == HANDED_OVER:
        yield _make(agreement, "accept", "", OFFICER, since=progress.defects_until)
        yield _make(agreement, "accept", "", INSPECTOR, since=progress.defects_until)


def _list_of_order(view: View, agreement: AgreementRecord, order: OrderRecord) -> Iterator[Task]:
    """An order on its way to the bank; what came back from there; who pays it approved nothing of it."""
    treasury, payee = order.treasury, next((line.payee for line in order.lines if line.code == NET), "")
    if order.state == RAISED:
        yield from _list_account_tasks(view, agreement, payee, treasury)
        yield _of(agreement, "approve", order.order, APPROVER, treasury, 0)
    if order.state == APPROVED:
        yield _of(agreement, "make_batch", order.order, PAYER, treasury, 0)
    if order.state == BATCHED:
        batch = require(view.get(batch_key(order.batch), BatchRecord), order.batch)
        yield _of(agreement, "resume_batch" if batch.state == PAUSED else "send_batch", batch.batch, PAYER, treasury, 0)
    if any(line.state == SENT for line in order.lines):
        yield _of(agreement, "report_payment", order.order, PAYER, treasury, 0)
    if list_unpaid(order):
        yield _make(agreement, "replace_order", order.order, OFFICER)
        yield _of(agreement, "replace_order", order.order, CONTRACTOR, payee, 0)


def _list_account_tasks(view: View, agreement: AgreementRecord, payee: str, treasury: str) -> Iterator[Task]:
    """An order is approved for an account that its payee named and its treasury verified."""
    account, verified = find_account(view, payee), find_verified(view, payee, treasury)
    if account is None:
        yield _of(agreement, "name_account", "", CONTRACTOR, payee, 0)
    elif verified is None or verified.account != account.account:
        yield _of(agreement, "verify_account", payee, PAYER, treasury, 0)


def _list_dues(view: View, agreement: AgreementRecord) -> Iterator[Task]:
    """What is owed to the treasury; a guarantor has until a time."""
    for matter in list_matters(view, agreement.contract):
        if compute_owed(view, matter.name):
            until = matter.guarantee.due if matter.guarantee is not None else 0
            yield _of(agreement, "receive", matter.name, PAYER, matter.due.treasury, until)


def list_of_report(view: View, report: str) -> Iterator[Task]:
    """A report that nobody answered: for the officer of what it is about, for an auditor where it is about the officer."""
    record = require(view.get(report_key(report), ReportRecord), report)
    if record.answered:
        return
    agreement = view.get(agreement_key(record.contract), AgreementRecord) if record.contract else None
    if record.on_officer:
        yield Task("answer_report", record.process, record.lot, report, AUDITOR, "", "", 0, record.due)
    elif agreement is not None:
        yield make_task("answer_report", record.process, record.lot, report, OFFICER, agreement.officer, record.due)
    else:
        yield Task("answer_report", record.process, record.lot, report, OFFICER, "", "", 0, record.due)


def list_of_item(view: View, item: str) -> Iterator[Task]:
    """An entry that nothing matched: payer and approver say together what it was."""
    record = require(view.get(item_key(item), ItemRecord), item)
    if not record.resolved_as:
        yield from (Task("resolve_item", "", "", item, role, record.treasury, "", 0, 0) for role in (PAYER, APPROVER))


def _make(agreement: AgreementRecord, what: str, subject: str, role: str, until: int = 0, since: int = 0) -> Task:
    """Of who has a seat in the contract."""
    people = {OFFICER: agreement.officer, INSPECTOR: agreement.inspector, CERTIFIER: agreement.certifier, WITNESS: agreement.witness}
    person = people[role]
    if person is None:
        return _of(agreement, what, subject, role, "", until)
    process, name = agreement.process or agreement.plan, _name(agreement, subject)
    return make_task(what, process, agreement.lot, name, role, person, until, since)


def _of(agreement: AgreementRecord, what: str, subject: str, role: str, organisation: str, until: int) -> Task:
    return Task(
        what, agreement.process or agreement.plan, agreement.lot, _name(agreement, subject), role, organisation, "", 0, until
    )  # fmt: skip


def _name(agreement: AgreementRecord, subject: str) -> str:
    """The contract, and what of it; an order's name begins with its contract's."""
    return subject if subject.startswith(f"{agreement.contract}-") else f"{agreement.contract} {subject}".strip()
