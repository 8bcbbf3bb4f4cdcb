"""Conditions on plan lines (01, 02): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from typing import Any

from prasasti.contracts.procurement.calendar import compute_date, compute_local_day
from prasasti.contracts.procurement.conditions import do_officer_and_authority_sign, is_readable
from prasasti.contracts.procurement.kinds import KINDS
from prasasti.contracts.procurement.parameters import read_amount, read_calendar, read_codes
from prasasti.contracts.procurement.plan.processes import are_buyers_lines, compute_ocid, is_free_of_communities, is_over, list_plan_lots
from prasasti.contracts.procurement.plan.records import ANNOUNCED, FamilyRecord, PlanRecord, family_key
from prasasti.contracts.procurement.process import DIRECT, plan_key
from prasasti.contracts.procurement.records import ListedMark, listed_key
from prasasti.contracts.treasury.budgets import find_line, get_line
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require


def is_plan_new(view: View, call: Call) -> bool:
    """00.2: nobody announced a plan line under this id, and the buyer attested no release under its ocid, which would be told with it."""
    ocid = compute_ocid(view, call.arguments.plan, 1, call.time)
    is_attested = view.get(listed_key("buyer", call.actor, call.actor, ocid), ListedMark) is not None
    return view.get(plan_key(call.arguments.plan), PlanRecord) is None and not is_attested


def is_approval_fit(view: View, call: Call) -> bool:
    """00.5: the approval of several years, where there is one."""
    return is_readable(call.arguments.multi_year)


def are_codes_known(view: View, call: Call) -> bool:
    """00.6: kind, method, currency and, where given, the reason of a split."""
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
    return _is_not_split(view, call, call.arguments, None)


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
    """02.1: each lot of each process of the line was cancelled, failed for good, or its contract ended, also a community's."""
    plan = call.arguments.plan
    return is_free_of_communities(view, plan) and all(is_over(view, lot) for lot in list_plan_lots(view, plan, _get_plan(view, call)))


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
    changes = call.arguments.changes
    return changes is None or _is_not_split(view, call, changes, _get_plan(view, call))


def are_changed_years_approved(view: View, call: Call) -> bool:
    """02.6: as 01.5."""
    changes = call.arguments.changes
    return changes is None or len(changes.budgets) == 1 or changes.multi_year is not None


def list_years(view: View, buyer: str, terms: Any, time: int) -> list[int]:
    """Years in which a plan counts against a split: that of its first line or, while none stands, this local year and the next."""
    lines = [find_line(view, part.line) for part in terms.budgets]
    years = [line.year for line in lines if line is not None]
    if years:
        return [min(years)]
    this_year, _, _ = compute_date(compute_local_day(read_calendar(view, buyer, time), time))
    return [this_year, this_year + 1]


def is_under_limit(view: View, terms: Any, time: int) -> bool:
    """Whether a plan's estimate is under the limit of direct procurement of its kind, so that a split would matter."""
    return parse_amount(terms.estimate) <= read_amount(view, terms.kind, "direct_limit", time)


def _get_plan(view: View, call: Call) -> PlanRecord:
    return require(view.get(plan_key(call.arguments.plan), PlanRecord), call.arguments.plan)


def _are_codes_known(view: View, call: Call, terms: Any) -> bool:
    is_split_known = terms.split_reason is None or terms.split_reason in read_codes(view, "reasons.split", call.time)
    is_currency_known = terms.currency in read_codes(view, "currencies", call.time)
    return terms.kind in KINDS and terms.method in read_codes(view, "methods", call.time) and is_split_known and is_currency_known


def _are_lines_fit(view: View, call: Call, terms: Any) -> bool:
    if terms.early:
        return True
    names = [part.line for part in terms.budgets]
    if not are_buyers_lines(view, call.actor, terms.currency, names):
        return False
    return len({get_line(view, name).year for name in names}) == len(names)


def _is_within_budget(view: View, terms: Any) -> bool:
    if terms.early:
        return True
    return all(parse_amount(part.amount) <= require(find_line(view, part.line), part.line).free_minor for part in terms.budgets)


def _is_method_fit(view: View, call: Call, terms: Any) -> bool:
    return terms.method != DIRECT or is_under_limit(view, terms, call.time)


def _is_not_split(view: View, call: Call, terms: Any, before: PlanRecord | None) -> bool:
    """``before`` is the line as it counts until now, which leaves the sum when it is changed."""
    if terms.split_reason is not None or not is_under_limit(view, terms, call.time):
        return True
    limit_minor = read_amount(view, terms.kind, "direct_limit", call.time)
    for year in list_years(view, call.actor, terms, call.time):
        others_minor = _sum_family(view, call.actor, terms, year, before)
        if others_minor and others_minor + parse_amount(terms.estimate) > limit_minor:
            return False
    return True


def _sum_family(view: View, buyer: str, terms: Any, year: int, before: PlanRecord | None) -> int:
    """What other lines of the family, each under its limit, plan in a year; minor units, of which a sum may exceed an amount."""
    record = view.get(family_key(buyer, terms.unit, year, terms.family), FamilyRecord)
    is_counted = before is not None and before.under_limit and (before.unit, before.family) == (terms.unit, terms.family)
    own_minor = parse_amount(before.estimate) if before is not None and is_counted and year in before.years else 0
    return int(record.estimate) - own_minor if record is not None else 0
