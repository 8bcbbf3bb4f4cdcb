"""Conditions of ``treasury``: each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.treasury.budgets import find_line, get_line
from prasasti.contracts.treasury.parameters import is_of_chart, read_change_reasons, read_organisations
from prasasti.core.contract import Call, View
from prasasti.core.types import MAX_AMOUNT_MINOR, parse_amount


def is_line_known(view: View, call: Call) -> bool:
    """00.3: there is such a line."""
    return find_line(view, call.arguments.line) is not None


def are_lines_known(view: View, call: Call) -> bool:
    """00.3: there are such lines."""
    return all(find_line(view, line) is not None for line in (call.arguments.origin, call.arguments.to))


def are_lines_open(view: View, call: Call) -> bool:
    """00.2: neither line was carried over; one that is not there is judged by 00.3."""
    lines = (find_line(view, line) for line in (call.arguments.origin, call.arguments.to))
    return all(line is None or not line.carried_to for line in lines)


def is_reason_known(view: View, call: Call) -> bool:
    """00.6: the reason is one of the codes."""
    return call.arguments.reason in read_change_reasons(view, call.time)


def is_line_new(view: View, call: Call) -> bool:
    """01.1: no line had the id before."""
    return find_line(view, call.arguments.line) is None


def is_budget_positive(view: View, call: Call) -> bool:
    """01.2: a line begins with money."""
    return parse_amount(call.arguments.amount) > 0


def may_set_budgets(view: View, call: Call) -> bool:
    """01.3: the organisation is one of those that set budgets, where any are named."""
    organisations = read_organisations(view, call.time)
    return not organisations or call.actor in organisations


def is_account_of_chart(view: View, call: Call) -> bool:
    """01.4: an account of the chart in force."""
    return is_of_chart(view, call.arguments.account, call.time)


def covers_commitments(view: View, call: Call) -> bool:
    """02.1: what is committed, paid or not, was promised."""
    return parse_amount(call.arguments.amount) >= parse_amount(get_line(view, call.arguments.line).committed_minor)


def is_own_line(view: View, call: Call) -> bool:
    """02.2: the organisation that set the line changes it."""
    return get_line(view, call.arguments.line).organisation == call.actor


def is_of_next_year(view: View, call: Call) -> bool:
    """03.1: from a year to the next."""
    origin, to = (get_line(view, line) for line in (call.arguments.origin, call.arguments.to))
    return to.year == origin.year + 1


def is_amount_left(view: View, call: Call) -> bool:
    """03.2: what was paid, and what is reserved, stays with its year."""
    origin = get_line(view, call.arguments.origin)
    return parse_amount(call.arguments.amount) <= origin.free_minor + origin.open_minor


def is_currency_same(view: View, call: Call) -> bool:
    """03.3: no exchange."""
    origin, to = (get_line(view, line) for line in (call.arguments.origin, call.arguments.to))
    return origin.currency == to.currency


def can_bear_commitments(view: View, call: Call) -> bool:
    """03.4: the open commitments find their money in the other line, without what is reserved there."""
    origin, to = (get_line(view, line) for line in (call.arguments.origin, call.arguments.to))
    return origin.open_minor <= to.free_minor + parse_amount(call.arguments.amount)


def are_own_lines(view: View, call: Call) -> bool:
    """03.5: the organisation that set both lines carries over."""
    return all(get_line(view, line).organisation == call.actor for line in (call.arguments.origin, call.arguments.to))


def is_sum_in_range(view: View, call: Call) -> bool:
    """03.6: a sum that cannot be counted is refused."""
    to = get_line(view, call.arguments.to)
    return parse_amount(to.amount_minor) + parse_amount(call.arguments.amount) <= MAX_AMOUNT_MINOR
