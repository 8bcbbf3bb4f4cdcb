"""Effects of ``treasury``: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.governance.records import note_document
from prasasti.contracts.lists import append_item, count_items, make_list_id
from prasasti.contracts.offices import Draft
from prasasti.contracts.treasury.budgets import add_to_line, get_line
from prasasti.contracts.treasury.events import BudgetCarriedOver, BudgetChanged, BudgetSet
from prasasti.contracts.treasury.records import LIST_NAME, BudgetLineRecord, ListedLine, line_key
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import format_amount, format_signed_amount, parse_amount


def process_set_budget(view: View, call: Call) -> Outcome:
    """01: a line stands in its organisation's list, nothing of it reserved, committed or paid."""
    draft, arguments = Draft(view), call.arguments
    owner = make_list_id(call.actor)
    number = count_items(view, "treasury", LIST_NAME, owner)
    record = BudgetLineRecord(
        account=arguments.account, amount_minor=arguments.amount, committed_minor="0", currency=arguments.currency,
        line=arguments.line, number=number, organisation=call.actor, paid_minor="0", programme=arguments.programme,
        reserved_minor="0", unit=arguments.unit, year=arguments.year,
    )  # fmt: skip
    draft.put(line_key(arguments.line), record)
    for write in append_item(view, "treasury", LIST_NAME, owner, ListedLine(arguments.line)):
        draft.put(*write)
    return draft.outcome(BudgetSet(arguments.amount, arguments.currency, arguments.line, number))


def process_change_budget(view: View, call: Call) -> Outcome:
    """02: a line's budget is another; reservations on it that it no longer covers stay, and do not stand until it does."""
    draft, arguments = Draft(view), call.arguments
    before = get_line(view, arguments.line)
    changed = replace(before, amount_minor=arguments.amount)
    draft.put(line_key(arguments.line), changed)
    for write in note_document(view, call.actor, arguments.document, call.time):
        draft.put(*write)
    free_minor = format_signed_amount(changed.free_minor)
    return draft.outcome(BudgetChanged(arguments.amount, before.amount_minor, free_minor, arguments.line))


def process_carry_over(view: View, call: Call) -> Outcome:
    """03: an amount goes to the next year's line, and with it all commitments not paid; the line takes no new ones."""
    draft, arguments = Draft(view), call.arguments
    amount, committed = parse_amount(arguments.amount), get_line(view, arguments.origin).open_minor
    left = add_to_line(draft, arguments.origin, amount=-amount, committed=-committed)
    draft.put(line_key(arguments.origin), replace(left, carried_to=arguments.to))
    add_to_line(draft, arguments.to, amount=amount, committed=committed)
    return draft.outcome(BudgetCarriedOver(arguments.amount, format_amount(committed), arguments.origin, arguments.to))
