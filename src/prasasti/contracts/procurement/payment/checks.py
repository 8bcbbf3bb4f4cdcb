"""Conditions of payment (32, 36, 37, 50): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.people import list_people
from prasasti.contracts.procurement.agreement.checks import COMMUNITY_ADVANCE_BP
from prasasti.contracts.procurement.agreement.guarantees import (
    compute_least_until,
    find_guarantee,
    get_cover,
    is_in_force,
    is_suspended,
)
from prasasti.contracts.procurement.agreement.records import (
    ADVANCE,
    SIGNED,
    AgreementRecord,
    agreement_key,
)
from prasasti.contracts.procurement.agreement.signing import list_contractors
from prasasti.contracts.procurement.conditions import DOCUMENT_MEDIA_TYPES, MAX_DOCUMENT_BYTES, is_readable
from prasasti.contracts.procurement.delivery.due import compute_base, read_unit
from prasasti.contracts.procurement.delivery.progress import (
    RUNNING,
    compute_live_advance,
    find_contract,
    find_figures_time,
    get_contract,
    get_contract_terms,
    get_progress,
    is_borne,
    name_order,
)
from prasasti.contracts.procurement.delivery.taxes import are_taxes_right, sum_taxes
from prasasti.contracts.procurement.money import WHOLE_BP, is_payable
from prasasti.contracts.procurement.parameters import read_integer
from prasasti.contracts.procurement.payment.records import OutsidePaymentRecord, outside_key
from prasasti.contracts.procurement.process import get_lot_terms
from prasasti.contracts.procurement.seats import CONTRACTOR, OFFICER
from prasasti.contracts.treasury.accounts import is_verified
from prasasti.contracts.treasury.budgets import get_line
from prasasti.contracts.treasury.matching import Payment, is_entry_new, is_line_matched
from prasasti.contracts.treasury.orders import are_people_apart_throughout, are_unpaid, find_order, get_order, list_unpaid
from prasasti.contracts.treasury.records import (
    NET,
    RAISED,
    REJECTED,
    RETURNED,
    SENT,
    EntryRecord,
    OrderRecord,
    entry_key,
)
from prasasti.core.contract import Call, View
from prasasti.core.types import MAX_AMOUNT_MINOR, Document, parse_amount, require

PAYER = "treasury.payer"
# A bank's statement is a message of ISO 20022, or a table of the treasury's own.
STATEMENT_MEDIA_TYPES = (*DOCUMENT_MEDIA_TYPES, "application/xml")
RECORD, EXPLAIN = "record", "explain"
# A line that somebody is to pay, or to pay again.
OWED = (RAISED, SENT, REJECTED, RETURNED)


# -- 32 -----------------------------------------------------------------------------------------------------------------------------------


def is_contract_running(view: View, call: Call) -> bool:
    """00.2: work goes on under the contract, and was not handed over."""
    return get_contract(view, call.arguments.contract).state == SIGNED


def is_advance_within_maximum(view: View, call: Call) -> bool:
    """32.1: more than nothing, in payment units, within the terms and the State's maximum."""
    agreement = get_contract(view, call.arguments.contract)
    amount_minor = parse_amount(call.arguments.amount)
    return is_payable(amount_minor, read_unit(view, agreement)) and 0 < amount_minor <= compute_most_advance(view, agreement)


def is_advance_guaranteed(view: View, call: Call) -> bool:
    """32.2: the latest advance guarantee of the contract, for as much and as long; a community gives none."""
    agreement = get_contract(view, call.arguments.contract)
    if not agreement.process:
        return True
    guarantee = get_cover(view, agreement.contract).advance
    record = find_guarantee(view, guarantee) if guarantee else None
    if record is None or not is_in_force(view, record, call.time) or is_suspended(view, record.guarantor):
        return False
    least_until = compute_least_until(view, call, ADVANCE, agreement.process, agreement.contract)
    return parse_amount(record.amount) >= parse_amount(call.arguments.amount) and record.until >= least_until


def is_first_advance(view: View, call: Call) -> bool:
    """32.3: once, and before the first certificate."""
    progress = get_progress(view, call.arguments.contract)
    return not progress.advance_order and not progress.certificates


def are_advance_taxes_right(view: View, call: Call) -> bool:
    """32.4: the taxes of the contract's kind on the advance, together not more than it."""
    agreement = get_contract(view, call.arguments.contract)
    amount_minor, taxes = parse_amount(call.arguments.amount), call.arguments.taxes
    return are_taxes_right(view, agreement, compute_base(view, agreement, amount_minor), taxes) and sum_taxes(taxes) <= amount_minor


def is_advance_borne(view: View, call: Call) -> bool:
    """32.5: budget lines of this year, and what earlier ones left, bear it."""
    return is_borne(view, call, get_contract(view, call.arguments.contract), parse_amount(call.arguments.amount))


def compute_most_advance(view: View, agreement: AgreementRecord) -> int:
    """The most in advance, minor units: what the terms say of the price, within the State's share for such a contract."""
    most_bp = min(get_contract_terms(view, agreement.contract).terms.advance_bp, _read_most_bp(view, agreement))
    unit_minor = read_unit(view, agreement)
    return parse_amount(agreement.price) * most_bp // WHOLE_BP // unit_minor * unit_minor


def _read_most_bp(view: View, agreement: AgreementRecord) -> int:
    if not agreement.process:
        return COMMUNITY_ADVANCE_BP
    time = find_figures_time(view, agreement)
    if len({get_line(view, part.line).year for part in agreement.years}) > 1:
        return read_integer(view, "", "advance_most_several_years_bp", time)
    is_small = get_lot_terms(view, agreement.process, agreement.lot).reserved
    return read_integer(view, "", "advance_most_small_firms_bp" if is_small else "advance_most_bp", time)


# -- 36 and 37 ----------------------------------------------------------------------------------------------------------------------------


def does_orders_payer_sign(view: View, call: Call) -> bool:
    """00.1: a payer of the treasury that pays the order, also what a bank reported; an unknown order is judged by 00.2."""
    order = find_order(view, call.arguments.order)
    return order is None or all(person.organisation == order.treasury for person in list_people(view, call, PAYER))


def is_order_of_contract(view: View, call: Call) -> bool:
    """00.2: a contract here raised the order; in whichever state it is since."""
    order = find_order(view, call.arguments.order)
    return order is not None and find_contract(view, order.subject) is not None


def is_statement_fit(view: View, call: Call) -> bool:
    """00.5: the statement."""
    return is_statement_readable(call.arguments.statement)


def is_payment_matched(view: View, call: Call) -> bool:
    """36.1: the line is there, for such an outcome, of this amount, approved for this account."""
    return is_line_matched(view, read_payment(view, call))


def is_payment_new(view: View, call: Call) -> bool:
    """36.2: the entry settled nothing yet."""
    return is_entry_new(view, read_payment(view, call))


def is_payer_apart(view: View, call: Call) -> bool:
    """36.3: whoever reports neither brought the order about nor approved it, in whichever office that was."""
    return are_people_apart_throughout(view, get_order(view, call.arguments.order), list_people(view, call, PAYER))


def do_officer_and_contractor_sign(view: View, call: Call) -> bool:
    """00.1: the contract's officer and somebody of the contractor; an unknown order is judged by 00.2."""
    agreement = _find_of_order(view, find_order(view, call.arguments.order))
    if agreement is None:
        return True
    officers, contractors = list_people(view, call, OFFICER), list_people(view, call, CONTRACTOR)
    is_contractors = len(contractors) == 1 and contractors[0].organisation in list_contractors(agreement)
    return officers == [agreement.officer] and is_contractors


def is_anything_unpaid(view: View, call: Call) -> bool:
    """37.1: a bank rejected or gave back a line, and no other order pays it."""
    return bool(list_unpaid(get_order(view, call.arguments.order)))


def are_lines_unpaid(view: View, call: Call) -> bool:
    """37.2: those lines only, each once; their amounts are the order's."""
    return are_unpaid(get_order(view, call.arguments.order), call.arguments.lines)


def is_account_verified(view: View, call: Call) -> bool:
    """37.3: the account that each payee named last, verified by the treasury."""
    order = get_order(view, call.arguments.order)
    return all(is_verified(view, order.lines[line].payee, order.treasury, call.arguments.account) for line in call.arguments.lines)


def is_advance_owed(view: View, call: Call) -> bool:
    """37.4: with an advance that is paid again, certified and unrecovered are not above the price (35.6); of a contract that is over,
    only what was recovered of the advance before it came back."""
    order = get_order(view, call.arguments.order)
    agreement, progress = get_contract(view, order.subject), get_progress(view, order.subject)
    if progress.advance_order != order.order:
        return True
    again_minor = sum(parse_amount(order.lines[line].amount_minor) for line in call.arguments.lines)
    unrecovered_minor = max(0, compute_live_advance(view, progress) + again_minor - parse_amount(progress.recovered))
    certified_minor = parse_amount(progress.certified)
    most_minor = parse_amount(agreement.price) if agreement.state in RUNNING else certified_minor
    return certified_minor + unrecovered_minor <= most_minor


def read_payment(view: View, call: Call) -> Payment:
    """What a payer reports. Its statement is the treasury's own: entries of banks, told by 11, are counted apart."""
    arguments = call.arguments
    return Payment(
        order=arguments.order, line=arguments.line, outcome=arguments.outcome, amount_minor=parse_amount(arguments.amount),
        account=arguments.account, bank=call.actor, entry=arguments.entry, statement=arguments.statement.sha256,
        value_date=arguments.value_date, spp=arguments.spp or "", spm=arguments.spm or "", sp2d=arguments.sp2d or "",
        ntpn=arguments.ntpn or "",
    )  # fmt: skip


# -- 50 -----------------------------------------------------------------------------------------------------------------------------------


def do_outside_signers_sign(view: View, call: Call) -> bool:
    """00.1: a payer of the treasury whose budget lines bear the contract; to explain, with the contract's officer."""
    agreement = _find_agreement(view, call)
    payers, officers = list_people(view, call, PAYER), list_people(view, call, OFFICER)
    if agreement is None or len(payers) != 1 or payers[0].organisation != find_treasury(view, agreement):
        return False
    return officers == ([agreement.officer] if call.arguments.act == EXPLAIN else [])


def is_outside_state_fit(view: View, call: Call) -> bool:
    """00.2: to record, nothing stands under the payment's id; to explain, a payment that nobody explained."""
    record = find_outside(view, call.arguments.contract, call.arguments.payment)
    return (record is not None and not record.explained) if call.arguments.act == EXPLAIN else record is None


def are_outside_documents_fit(view: View, call: Call) -> bool:
    """00.5: the statement, and what explains it."""
    return is_statement_readable(call.arguments.statement) and is_readable(call.arguments.document)


def was_contract_signed(view: View, call: Call) -> bool:
    """50.1: the contract stands, or stood."""
    return find_contract(view, call.arguments.contract) is not None


def is_outside_statement_fit(view: View, call: Call) -> bool:
    """50.2: an entry of the treasury's own statement that counts nowhere yet, of something; an explanation is of what was recorded."""
    arguments = call.arguments
    if arguments.act == EXPLAIN:
        record = require(find_outside(view, arguments.contract, arguments.payment), arguments.payment)
        named = (arguments.amount, arguments.entry, arguments.payee, arguments.statement)
        return named == (record.amount, record.entry, record.payee, record.statement)
    amount_minor = parse_amount(arguments.amount)
    payer = find_treasury(view, get_contract(view, arguments.contract))
    is_counted = parse_amount(get_progress(view, arguments.contract).outside) + amount_minor <= MAX_AMOUNT_MINOR
    is_known = view.get(entry_key(payer, payer, arguments.entry), EntryRecord) is not None
    return amount_minor > 0 and is_counted and not is_known


def is_ordered_nowhere(view: View, call: Call) -> bool:
    """50.3: no order of the contract waits to pay as much to the payee: such a payment is reported by 36."""
    arguments = call.arguments
    if arguments.act == EXPLAIN:
        return True
    orders = get_progress(view, arguments.contract).orders
    found = (get_order(view, name_order(arguments.contract, number + 1)) for number in range(orders))
    return not any(
        line.code == NET and line.state in OWED and line.payee == arguments.payee and line.amount_minor == arguments.amount
        for order in found
        for line in order.lines
    )


def find_outside(view: View, contract: str, payment: str) -> OutsidePaymentRecord | None:
    """A payment made outside that was recorded."""
    return view.get(outside_key(contract, payment), OutsidePaymentRecord)


def find_treasury(view: View, agreement: AgreementRecord) -> str:
    """Whose budget lines bear a contract: one treasury's."""
    return get_line(view, agreement.years[0].line).organisation


def is_statement_readable(statement: Document) -> bool:
    """00.5: a statement that people or programs can read, and a store takes."""
    return statement.media_type in STATEMENT_MEDIA_TYPES and statement.size <= MAX_DOCUMENT_BYTES


def _find_agreement(view: View, call: Call) -> AgreementRecord | None:
    return view.get(agreement_key(call.arguments.contract), AgreementRecord)


def _find_of_order(view: View, order: OrderRecord | None) -> AgreementRecord | None:
    return find_contract(view, order.subject) if order is not None else None
