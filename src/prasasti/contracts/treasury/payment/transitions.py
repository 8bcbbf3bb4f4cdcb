"""Effects of accounts, approvals and batches (04 to 10): each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.people import list_signers
from prasasti.contracts.treasury.accounts import find_account, find_verified
from prasasti.contracts.treasury.matching import pay_without_entry
from prasasti.contracts.treasury.orders import get_order
from prasasti.contracts.treasury.payment.checks import get_batch, list_orders, sum_net
from prasasti.contracts.treasury.payment.events import (
    AccountNamed,
    AccountVerified,
    BatchMade,
    BatchPaused,
    BatchResumed,
    BatchSent,
    OrdersApproved,
)
from prasasti.contracts.treasury.records import (
    APPROVED,
    BATCHED,
    MADE,
    NET,
    PAUSED,
    RAISED,
    SENT,
    AccountRecord,
    BatchRecord,
    OrderLine,
    OrderRecord,
    VerificationRecord,
    account_key,
    batch_key,
    order_key,
    verification_key,
)
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import ensure, parse_amount, require


def process_name_account(view: View, call: Call) -> Outcome:
    """04: the organisation is paid to another account from now on, as soon as a treasury verified it."""
    draft, before = Draft(view), find_account(view, call.actor)
    (person,) = list_signers(view, call)
    changed = call.time if before is not None else 0
    draft.put(account_key(call.actor), AccountRecord(call.arguments.account, changed, call.time, person))
    return draft.outcome(AccountNamed(before is not None, call.actor))


def process_verify_account(view: View, call: Call) -> Outcome:
    """05: a treasury saw proof that the account is the organisation's."""
    draft, arguments = Draft(view), call.arguments
    (person,) = list_signers(view, call)
    record = VerificationRecord(arguments.account, arguments.organisation, call.actor, call.time, person)
    draft.put(verification_key(arguments.organisation, call.actor), record)
    return draft.outcome(AccountVerified(arguments.organisation, call.actor))


def process_approve(view: View, call: Call) -> Outcome:
    """06: the orders may be paid, each to the account that stands now; one that is in a batch stays in it."""
    draft, orders = Draft(view), list_orders(view, call)
    people = list(dict.fromkeys(list_signers(view, call)))
    for order in orders:
        lines = [_with_account(view, order, line) for line in order.lines]
        state = APPROVED if order.state == RAISED else order.state
        draft.put(order_key(order.order), replace(order, approved_by=people, lines=lines, state=state))
    return draft.outcome(OrdersApproved(len(people), len(orders), orders[0].currency, call.arguments.sum))


def process_make_batch(view: View, call: Call) -> Outcome:
    """07: the orders are paid together."""
    draft, arguments, orders = Draft(view), call.arguments, list_orders(view, call)
    (person,) = list_signers(view, call)
    currency = orders[0].currency
    record = BatchRecord(arguments.batch, currency, "", person, list(arguments.orders), None, MADE, arguments.sum, call.actor)
    draft.put(batch_key(arguments.batch), record)
    for order in orders:
        draft.put(order_key(order.order), replace(order, batch=arguments.batch, state=BATCHED))
    return draft.outcome(BatchMade(arguments.batch, len(orders), currency, arguments.sum))


def process_pause_batch(view: View, call: Call) -> Outcome:
    """08: the batch waits, and its orders with it."""
    draft, batch = Draft(view), get_batch(view, call)
    draft.put(batch_key(batch.batch), replace(batch, state=PAUSED))
    return draft.outcome(BatchPaused(batch.batch, call.arguments.reason))


def process_resume_batch(view: View, call: Call) -> Outcome:
    """09: the batch goes on, with the same orders for the same sum."""
    draft, batch = Draft(view), get_batch(view, call)
    _ensure_same_total(view, batch)
    draft.put(batch_key(batch.batch), replace(batch, state=MADE))
    return draft.outcome(BatchResumed(batch.batch, call.arguments.reason, batch.sum_minor))


def process_send_batch(view: View, call: Call) -> Outcome:
    """10: the file went out; its orders can be paid, rejected and given back. An order all of which is withheld needs no bank."""
    draft, batch = Draft(view), get_batch(view, call)
    _ensure_same_total(view, batch)
    (person,) = list_signers(view, call)
    draft.put(batch_key(batch.batch), replace(batch, file=call.arguments.file, sent_by=person, state=SENT))
    for name in batch.orders:
        order = get_order(view, name)
        if sum_net(order):
            lines = [replace(line, state=SENT) if line.code == NET else line for line in order.lines]
            draft.put(order_key(name), replace(order, lines=lines, state=SENT))
        else:
            pay_without_entry(draft, order)
    return draft.outcome(BatchSent(batch.batch, len(batch.orders), call.arguments.file, batch.sum_minor))


def _with_account(view: View, order: OrderRecord, line: OrderLine) -> OrderLine:
    if line.code != NET:
        return line
    return replace(line, account=require(find_verified(view, line.payee, order.treasury), line.payee).account)


def _ensure_same_total(view: View, batch: BatchRecord) -> None:
    total_minor = sum(sum_net(get_order(view, order)) for order in batch.orders)
    ensure(total_minor == parse_amount(batch.sum_minor), f"the batch {batch.batch} has the total that it was made for")
