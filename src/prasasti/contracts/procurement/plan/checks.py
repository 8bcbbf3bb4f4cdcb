"""Conditions on plan lines (01, 02): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from typing import Any

from prasasti.contracts.procurement.conditions import do_officer_and_authority_sign, is_readable
from prasasti.contracts.procurement.kinds import KINDS
from prasasti.contracts.procurement.parameters import read_amount, read_codes
from prasasti.contracts.procurement.plan.records import ANNOUNCED, FamilyRecord, PlanRecord, family_key
from prasasti.contracts.procurement.process import CANCELLED, DIRECT, FAILED, find_lot, get_process, plan_key
from prasasti.contracts.treasury.budgets import find_line
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require


def is_plan_new(view: View, call: Call) -> bool:
    """00.2: nobody announced a plan line under this id."""
    return view.get(plan_key(call.arguments.plan), PlanRecord) is None


def is_approval_fit(view: View, call: Call) -> bool:
    """00.5: the approval of several years, where there is one."""
    return is_readable(call.arguments.multi_year)


def are_codes_known(view: View, call: Call) -> bool:
    """00.6: kind, method and, where given, the reason of a split."""
    return _are_codes_known(view, call, call.arguments)


def are_lines_fit(view: View, call: Call) -> bool:
    """01.1: each line is the buyer's, in the plan's currency, one a year; of an early plan the lines need not stand yet."""
    return _are_lines_fit(view, call, call.arguments)


def is_within_budget(view: View, call: Call) -> bool:
    """01.2: each part is free in its line, unless the plan is early."""
    return _is_within_budget(view, call.arguments)


def is_method_fit(view: View, call: Call) -> bool:
    """01.3: what goes without a tender is under the limit of its kind."""
    return _is_method_fit(view, call, call.arguments)


def is_not_split(view: View, call: Call) -> bool:
    """01.4, I6: lines of one unit, year and family, each under the limit, stay under it together, or the authority says why not."""
    return _is_not_split(view, call, call.arguments, 0)


def are_years_approved(view: View, call: Call) -> bool:
    """01.5: money of several years has an approval."""
    return len(call.arguments.budgets) == 1 or call.arguments.multi_year is not None


def do_buyers_officer_and_authority_sign(view: View, call: Call) -> bool:
    """00.1: an officer and an authority of the organisation that announced the line."""
    record = view.get(plan_key(call.arguments.plan), PlanRecord)
    return record is not None and record.buyer == call.actor and do_officer_and_authority_sign(view, call)


def is_plan_announced(view: View, call: Call) -> bool:
    """00.2: the line was not withdrawn."""
    return _get_plan(view, call).state == ANNOUNCED


def is_changed_approval_fit(view: View, call: Call) -> bool:
    """00.5: as of 01."""
    changes = call.arguments.changes
    return changes is None or is_readable(changes.multi_year)


def are_changed_codes_known(view: View, call: Call) -> bool:
    """00.6: the reason, and what 01 asks."""
    changes = call.arguments.changes
    is_reason_known = call.arguments.reason in read_codes(view, "reasons.plan", call.time)
    return is_reason_known and (changes is None or _are_codes_known(view, call, changes))


def has_no_open_tender(view: View, call: Call) -> bool:
    """02.1: no lot of the line's latest process is alive, or was awarded."""
    record = _get_plan(view, call)
    if not record.process:
        return True
    lots = [require(find_lot(view, record.process, lot), lot) for lot in get_process(view, record.process).lots]
    return all(lot.state == CANCELLED or (lot.state == FAILED and lot.final) for lot in lots)


def are_changed_lines_fit(view: View, call: Call) -> bool:
    """02.2: as 01.1."""
    changes = call.arguments.changes
    return changes is None or _are_lines_fit(view, call, changes)


def is_change_within_budget(view: View, call: Call) -> bool:
    """02.3: as 01.2."""
    changes = call.arguments.changes
    return changes is None or _is_within_budget(view, changes)


def is_changed_method_fit(view: View, call: Call) -> bool:
    """02.4: as 01.3."""
    changes = call.arguments.changes
    return changes is None or _is_method_fit(view, call, changes)


def is_change_not_split(view: View, call: Call) -> bool:
    """02.5: as 01.4, what the line itself counted before left out."""
    changes, record = call.arguments.changes, _get_plan(view, call)
    if changes is None:
        return True
    proposed = (changes.unit, find_year(view, changes), changes.family, changes.kind)
    is_same = (record.unit, record.year, record.family, record.kind) == proposed
    counted = parse_amount(record.estimate) if is_same and record.under_limit else 0
    return _is_not_split(view, call, changes, counted)


def are_changed_years_approved(view: View, call: Call) -> bool:
    """02.6: as 01.5."""
    changes = call.arguments.changes
    return changes is None or len(changes.budgets) == 1 or changes.multi_year is not None


def find_year(view: View, terms: Any) -> int:
    """The year of a plan's first budget line, 0 while that does not stand."""
    lines = [find_line(view, part.line) for part in terms.budgets]
    return min([line.year for line in lines if line is not None], default=0)


def is_under_limit(view: View, terms: Any, time: int) -> bool:
    """Whether a plan's estimate is under the limit of direct procurement of its kind, so that a split would matter."""
    return parse_amount(terms.estimate) <= read_amount(view, terms.kind, "direct_limit", time)


def _get_plan(view: View, call: Call) -> PlanRecord:
    return require(view.get(plan_key(call.arguments.plan), PlanRecord), call.arguments.plan)


def _are_codes_known(view: View, call: Call, terms: Any) -> bool:
    is_split_known = terms.split_reason is None or terms.split_reason in read_codes(view, "reasons.split", call.time)
    return terms.kind in KINDS and terms.method in read_codes(view, "methods", call.time) and is_split_known


def _are_lines_fit(view: View, call: Call, terms: Any) -> bool:
    if terms.early:
        return True
    lines = [find_line(view, part.line) for part in terms.budgets]
    fit = [line for line in lines if line is not None and call.actor in (line.organisation, line.unit) and line.currency == terms.currency]
    return len(fit) == len(lines) and len({line.year for line in fit}) == len(lines)


def _is_within_budget(view: View, terms: Any) -> bool:
    if terms.early:
        return True
    return all(parse_amount(part.amount) <= require(find_line(view, part.line), part.line).free_minor for part in terms.budgets)


def _is_method_fit(view: View, call: Call, terms: Any) -> bool:
    return terms.method != DIRECT or is_under_limit(view, terms, call.time)


def _is_not_split(view: View, call: Call, terms: Any, counted_minor: int) -> bool:
    if terms.split_reason is not None or not is_under_limit(view, terms, call.time):
        return True
    record = view.get(family_key(call.actor, terms.unit, find_year(view, terms), terms.family, terms.kind), FamilyRecord)
    before_minor = parse_amount(record.estimate) - counted_minor if record is not None else 0
    total_minor = before_minor + parse_amount(terms.estimate)
    return before_minor == 0 or total_minor <= read_amount(view, terms.kind, "direct_limit", call.time)
