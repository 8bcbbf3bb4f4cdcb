"""Conditions of accounts, approvals and batches (04 to 10): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from collections.abc import Iterator

from prasasti.contracts.people import Person, list_signers
from prasasti.contracts.treasury.accounts import find_account, find_verified, is_verified
from prasasti.contracts.treasury.orders import are_people_apart_throughout, find_order, get_order, list_replaced, sum_lines
from prasasti.contracts.treasury.parameters import read_account_age_seconds, read_batch_reasons, read_two_approvers_above
from prasasti.contracts.treasury.records import (
    APPROVED,
    BATCHED,
    MADE,
    NET,
    PAUSED,
    RAISED,
    SENT,
    BatchRecord,
    OrderLine,
    OrderRecord,
    batch_key,
)
from prasasti.core.contract import Call, View
from prasasti.core.types import is_ascending, parse_amount, require

MOST_APPROVERS = 2


def is_account_another(view: View, call: Call) -> bool:
    """04.1: not the one that stands."""
    record = find_account(view, call.actor)
    return record is None or record.account != call.arguments.account


def is_account_named(view: View, call: Call) -> bool:
    """05.1: the organisation named it last."""
    record = find_account(view, call.arguments.organisation)
    return record is not None and record.account == call.arguments.account


def did_another_name_it(view: View, call: Call) -> bool:
    """05.2: not the same person."""
    record = require(find_account(view, call.arguments.organisation), call.arguments.organisation)
    return record.named_by not in list_signers(view, call)


def is_account_unverified(view: View, call: Call) -> bool:
    """05.3: nothing is verified twice."""
    return find_verified(view, call.arguments.organisation, call.actor) is None


def are_orders_own(view: View, call: Call) -> bool:
    """00.8: the signers' own treasury pays each order; one that is not there is judged later."""
    orders = (find_order(view, order) for order in call.arguments.orders)
    treasuries = {order.treasury for order in orders if order is not None}
    return all({person.organisation} >= treasuries for person in list_signers(view, call))


def are_orders_ascending(view: View, call: Call) -> bool:
    """00.9: as lists are sorted, so that none is counted twice."""
    return is_ascending(call.arguments.orders)


def do_orders_await_approval(view: View, call: Call) -> bool:
    """06.1: nobody approved them, or a payee named another account since, and they were not sent."""
    orders = [find_order(view, order) for order in call.arguments.orders]
    return all(order is not None and _awaits_approval(view, order) for order in orders)


def are_approvers_apart(view: View, call: Call) -> bool:
    """06.2: none raised by a signer; nor does anybody approve what he once put into a batch or sent, or what pays it again."""
    people = list_signers(view, call)
    for order in list_orders(view, call):
        if any(person in people for each in (order, *list_replaced(view, order)) for person in _list_handlers(view, each)):
            return False
    return True


def are_accounts_verified(view: View, call: Call) -> bool:
    """06.3: each payee's account is the one that the treasury verified."""
    return all(
        find_verified(view, line.payee, order.treasury) is not None for order in list_orders(view, call) for line in list_net_lines(order)
    )


def are_approvers_enough(view: View, call: Call) -> bool:
    """06.4: two people for an order above the tier, or to an account that was named a short time ago."""
    people = {(person.organisation, person.handle) for person in list_signers(view, call)}
    return len(people) == MOST_APPROVERS or not any(_needs_two(view, call, order) for order in list_orders(view, call))


def is_sum_of_orders(view: View, call: Call) -> bool:
    """06.5: the approver saw what is approved."""
    orders = list_orders(view, call)
    return call.arguments.count == len(orders) and parse_amount(call.arguments.sum) == sum(map(sum_lines, orders))


def are_orders_of_one_currency(view: View, call: Call) -> bool:
    """06.6, 07.6: nothing is added up across currencies."""
    return len({order.currency for order in list_orders(view, call)}) == 1


def are_orders_approved(view: View, call: Call) -> bool:
    """07.1: somebody approved each."""
    orders = [find_order(view, order) for order in call.arguments.orders]
    return all(order is not None and order.state != RAISED for order in orders)


def are_orders_unbatched(view: View, call: Call) -> bool:
    """07.2: in no other batch; a batch that is paused keeps its orders."""
    return all(order.state == APPROVED for order in list_orders(view, call))


def is_sum_of_batch(view: View, call: Call) -> bool:
    """07.3: what the file will pay."""
    return parse_amount(call.arguments.sum) == sum(map(sum_net, list_orders(view, call)))


def is_maker_apart(view: View, call: Call) -> bool:
    """07.4: who raised or approved an order does not pay it."""
    people = list_signers(view, call)
    return all(are_people_apart_throughout(view, order, people) for order in list_orders(view, call))


def is_batch_new(view: View, call: Call) -> bool:
    """07.5: no batch had the id before."""
    return find_batch(view, call) is None


def is_reason_known(view: View, call: Call) -> bool:
    """00.6: the reason is one of the codes."""
    return call.arguments.reason in read_batch_reasons(view, call.time)


def is_batch_known(view: View, call: Call) -> bool:
    """00.7: there is such a batch."""
    return find_batch(view, call) is not None


def is_batch_own(view: View, call: Call) -> bool:
    """00.8: the signer's own treasury made it."""
    return get_batch(view, call).treasury == call.actor


def is_batch_made(view: View, call: Call) -> bool:
    """08.2: it waits for nothing and was not sent."""
    return get_batch(view, call).state == MADE


def is_batch_paused(view: View, call: Call) -> bool:
    """09.2: it was paused."""
    return get_batch(view, call).state == PAUSED


def is_batch_not_paused(view: View, call: Call) -> bool:
    """10.1: it may go."""
    return get_batch(view, call).state != PAUSED


def are_accounts_as_approved(view: View, call: Call) -> bool:
    """10.2: no payee named another account since its order was approved."""
    return all(_is_as_approved(view, order) for order in _list_batched(view, call))


def is_sender_apart(view: View, call: Call) -> bool:
    """10.3: who raised or approved an order does not send it."""
    people = list_signers(view, call)
    return all(are_people_apart_throughout(view, order, people) for order in _list_batched(view, call))


def is_batch_unsent(view: View, call: Call) -> bool:
    """10.4: a batch is sent once."""
    return get_batch(view, call).state != SENT


def list_orders(view: View, call: Call) -> list[OrderRecord]:
    """The orders that a message names, each of which an earlier condition found."""
    return [get_order(view, order) for order in call.arguments.orders]


def find_batch(view: View, call: Call) -> BatchRecord | None:
    """The batch that a message names."""
    return view.get(batch_key(call.arguments.batch), BatchRecord)


def get_batch(view: View, call: Call) -> BatchRecord:
    """The batch that an earlier condition found."""
    return require(find_batch(view, call), call.arguments.batch)


def list_net_lines(order: OrderRecord) -> Iterator[OrderLine]:
    """What an order pays to payees."""
    return (line for line in order.lines if line.code == NET)


def sum_net(order: OrderRecord) -> int:
    """What an order pays to payees, minor units."""
    return sum(parse_amount(line.amount_minor) for line in list_net_lines(order))


def _list_handlers(view: View, order: OrderRecord) -> Iterator[Person | None]:
    yield from order.raised_by
    if order.batch:
        batch = require(view.get(batch_key(order.batch), BatchRecord), order.batch)
        yield from (batch.made_by, batch.sent_by)


def _list_batched(view: View, call: Call) -> list[OrderRecord]:
    return [get_order(view, order) for order in get_batch(view, call).orders]


def _awaits_approval(view: View, order: OrderRecord) -> bool:
    return order.state == RAISED or (order.state in (APPROVED, BATCHED) and not _is_as_approved(view, order))


def _is_as_approved(view: View, order: OrderRecord) -> bool:
    return all(is_verified(view, line.payee, order.treasury, line.account) for line in list_net_lines(order))


def _needs_two(view: View, call: Call, order: OrderRecord) -> bool:
    if sum_lines(order) > read_two_approvers_above(view, order.currency, call.time):
        return True
    accounts = [require(find_account(view, line.payee), line.payee) for line in list_net_lines(order)]
    return any(account.named + read_account_age_seconds(view, call.time) > call.time for account in accounts)
