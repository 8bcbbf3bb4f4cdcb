"""Effects of payment: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.people import list_people, list_signers
from prasasti.contracts.procurement.delivery.progress import (
    describe_order,
    get_contract,
    get_progress,
    name_order,
    order_payment,
)
from prasasti.contracts.procurement.delivery.records import progress_key
from prasasti.contracts.procurement.delivery.taxes import list_withheld, sum_taxes
from prasasti.contracts.procurement.lots import note_documents
from prasasti.contracts.procurement.payment import events
from prasasti.contracts.procurement.payment.checks import (
    EXPLAIN,
    PAYER,
    find_outside,
    find_treasury,
    read_payment,
)
from prasasti.contracts.procurement.payment.records import OutsidePaymentRecord, outside_key
from prasasti.contracts.procurement.seats import CONTRACTOR
from prasasti.contracts.treasury.matching import settle
from prasasti.contracts.treasury.orders import get_order, replace_lines
from prasasti.contracts.treasury.records import EntryRecord, entry_key
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event, format_amount, format_signed_amount, parse_amount, require

# What an advance's order is for, and what an entry that was recorded as outside counts for.
FOR_ADVANCE, OUTSIDE = "advance", "outside"


def process_take_advance(view: View, call: Call) -> Outcome:
    """32: the order of the advance stands at once; its taxes are withheld from it."""
    draft, arguments = Draft(view), call.arguments
    agreement, progress = get_contract(draft, arguments.contract), get_progress(draft, arguments.contract)
    net_minor = parse_amount(arguments.amount) - sum_taxes(arguments.taxes)
    people = list_people(draft, call, CONTRACTOR)
    new = describe_order(agreement, progress, FOR_ADVANCE, "", net_minor, list_withheld(arguments.taxes), people)
    order, told = order_payment(draft, call, agreement, new)
    progress = get_progress(draft, arguments.contract)
    draft.put(progress_key(arguments.contract), replace(progress, advance=arguments.amount, advance_order=order))
    return draft.outcome(events.AdvanceTaken(arguments.amount, arguments.contract, order), *told)


def process_report_payment(view: View, call: Call) -> Outcome:
    """36: the line is paid, rejected or returned; what is certified stays as it is."""
    draft, arguments = Draft(view), call.arguments
    told = settle(draft, call, read_payment(draft, call))
    note_documents(draft, call, arguments.statement)
    contract = get_order(draft, arguments.order).subject
    return draft.outcome(events.PaymentReported(contract, arguments.line, arguments.order, arguments.outcome), *told)


def process_replace_order(view: View, call: Call) -> Outcome:
    """37: another order pays the lines; of an advance, it is the one that counts from now on."""
    draft, arguments = Draft(view), call.arguments
    contract = get_order(draft, arguments.order).subject
    progress = get_progress(draft, contract)
    name = name_order(contract, progress.orders + 1)
    told = replace_lines(draft, call, arguments.order, arguments.lines, arguments.account, name, list_signers(draft, call))
    advance_order = name if progress.advance_order == arguments.order else progress.advance_order
    draft.put(progress_key(contract), replace(progress, advance_order=advance_order, orders=progress.orders + 1))
    return draft.outcome(events.OrderReplaced(contract, arguments.order, name), *told)


def process_record_outside_payment(view: View, call: Call) -> Outcome:
    """50: a payment that no order asked for is counted apart, and open until it is explained."""
    draft, arguments = Draft(view), call.arguments
    told = _explain(draft, call) if arguments.act == EXPLAIN else _record(draft, call)
    note_documents(draft, call, arguments.statement, arguments.document)
    return draft.outcome(told)


def _record(draft: Draft, call: Call) -> Event:
    arguments = call.arguments
    contract, progress = arguments.contract, get_progress(draft, arguments.contract)
    record = OutsidePaymentRecord(
        amount=arguments.amount, contract=contract, document=None, entry=arguments.entry, explained=0, explained_by=[],
        payee=arguments.payee, payment=arguments.payment, recorded=call.time, recorded_by=list_people(draft, call, PAYER)[0],
        statement=arguments.statement,
    )  # fmt: skip
    draft.put(outside_key(contract, arguments.payment), record)
    amount_minor = parse_amount(arguments.amount)
    outside = format_amount(parse_amount(progress.outside) + amount_minor)
    draft.put(progress_key(contract), replace(progress, outside=outside, unexplained=progress.unexplained + 1))
    # From now on no order and no other payment made outside can count the same entry.
    treasury = find_treasury(draft, get_contract(draft, contract))
    known = EntryRecord(
        amount_minor=format_signed_amount(-amount_minor), bank=treasury, entry=arguments.entry, item="", line=-1,
        matter=f"{OUTSIDE}:{contract}:{arguments.payment}", order="", statement=arguments.statement.sha256,
    )  # fmt: skip
    draft.put(entry_key(treasury, treasury, arguments.entry), known)
    return events.OutsidePaymentRecorded(arguments.amount, contract, arguments.payment)


def _explain(draft: Draft, call: Call) -> Event:
    arguments = call.arguments
    contract, progress = arguments.contract, get_progress(draft, arguments.contract)
    record = require(find_outside(draft, contract, arguments.payment), arguments.payment)
    explained = replace(record, document=arguments.document, explained=call.time, explained_by=list_signers(draft, call))
    draft.put(outside_key(contract, arguments.payment), explained)
    draft.put(progress_key(contract), replace(progress, unexplained=progress.unexplained - 1))
    return events.OutsidePaymentExplained(contract, arguments.payment)
