"""Conditions on tenders (03 to 07): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from prasasti.contracts.governance.roster import find_member
from prasasti.contracts.offices import key_key
from prasasti.contracts.procurement.calendar import count_working_days_between
from prasasti.contracts.procurement.conditions import is_readable
from prasasti.contracts.procurement.kinds import KINDS
from prasasti.contracts.procurement.parameters import (
    read_amount,
    read_calendar,
    read_codes,
    read_flag,
    read_integer,
)
from prasasti.contracts.procurement.plan.records import ANNOUNCED, PlanRecord
from prasasti.contracts.procurement.plan.transitions import compute_ocid
from prasasti.contracts.procurement.process import CANCELLED, DIRECT, FAILED, LotRecord, find_lot, get_lot_terms, get_process, plan_key
from prasasti.contracts.procurement.scoring import PRICE_ONLY, QUALITY_ONLY, WHOLE_BP
from prasasti.contracts.procurement.seats import COMMITTEE, OFFICER, TRUSTEE, list_people
from prasasti.contracts.procurement.shapes import MAX_ITEMS, Person
from prasasti.contracts.treasury.budgets import can_reserve
from prasasti.core.contract import Call, View
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import parse_amount, require

MIN_TRUSTEES = 3


def do_named_officer_and_majority_sign(view: View, call: Call) -> bool:
    """00.1: the officer and more than half of the committee, as the request names them; of a direct procurement the official."""
    seats, people = call.arguments.seats, list_people(view, call, COMMITTEE)
    plan = view.get(plan_key(call.arguments.plan), PlanRecord)
    if list_people(view, call, OFFICER) != [seats.officer] or seats.officer.organisation != call.actor:
        return False
    least = 1 if plan is not None and plan.method == DIRECT else max(2, len(seats.committee) // 2 + 1)
    signing = [person for person in seats.committee if person in people]
    return len(signing) == len(people) >= least


def are_documents_readable(view: View, call: Call) -> bool:
    """00.5: each document of the request."""
    return all(is_readable(each.document) for each in call.arguments.documents)


def are_codes_known(view: View, call: Call) -> bool:
    """00.6: stages of requirements, and the codes of the contract's terms."""
    terms = call.arguments.terms
    stages = ("qualification", "technical", "financial")
    return (
        all(each.stage in stages for each in call.arguments.requirements)
        and (terms.amounts in ("lump_sum", "measured"))
        and (terms.damages_on in ("part", "price"))
        and (terms.retention in ("each", "guarantee"))
    )


def is_as_planned(view: View, call: Call) -> bool:
    """03.1: the line is announced by the actor, the process is its next, and each lot is new, cancelled, or failed and final."""
    arguments, plan = call.arguments, find_plan(view, call)
    if plan is None or (plan.state, plan.buyer) != (ANNOUNCED, call.actor):
        return False
    if arguments.process != compute_ocid(view, arguments.plan, plan.processes + 1, plan.announced):
        return False
    if (arguments.related.process if arguments.related is not None else "") != plan.process:
        return False
    names = [lot.lot for lot in arguments.lots]
    return all(is_over(lot) for lot in list_plan_lots(view, arguments.plan, plan) if lot.lot in names)


def are_estimates_fit(view: View, call: Call) -> bool:
    """03.2: each estimate within its ceiling, the plan's living lots together within its estimate, no estimate too old."""
    arguments, plan = call.arguments, _get_plan(view, call)
    if any(parse_amount(lot.estimate) > sum_parts(lot) for lot in arguments.lots):
        return False
    living = [lot for lot in list_plan_lots(view, arguments.plan, plan) if not is_over(lot)]
    living_minor = sum(parse_amount(get_lot_terms(view, lot.process, lot.lot).estimate) for lot in living)
    if living_minor + sum(parse_amount(lot.estimate) for lot in arguments.lots) > parse_amount(plan.estimate):
        return False
    age_days = read_integer(view, plan.kind, "estimate_age_days", call.time)
    calendar = read_calendar(view, plan.buyer, call.time)
    at = arguments.qualification_deadline if arguments.qualification else arguments.deadline
    is_fresh = not age_days or count_working_days_between(calendar, arguments.estimate_date, at) <= age_days
    return arguments.estimate_date <= call.time and is_fresh


def is_reservable(view: View, call: Call) -> bool:
    """03.3: what the lots would reserve is of the plan's lines and free there; of an early plan nothing is reserved yet."""
    plan, amounts = _get_plan(view, call), sum_lines(call.arguments.lots)
    if not set(amounts) <= {part.line for part in plan.budgets}:
        return False
    return plan.early or can_reserve(view, amounts)


def are_items_fit(view: View, call: Call) -> bool:
    """03.4: an item in one lot, of a known scheme, at most 200 a process."""
    items = [item for lot in call.arguments.lots for item in lot.items]
    schemes = read_codes(view, "item_schemes", call.time)
    is_each_once = len({item.id for item in items}) == len(items)
    return len(items) <= MAX_ITEMS and is_each_once and all(item.scheme in schemes for item in items)


def is_selection_fit(view: View, call: Call) -> bool:
    """03.5: criteria and weights as the selection needs them; a direct procurement scores nothing and names whom it invites."""
    arguments, plan = call.arguments, _get_plan(view, call)
    if plan.kind not in KINDS or (plan.method == DIRECT) != bool(arguments.invited):
        return False
    if arguments.selection == PRICE_ONLY:
        return not arguments.criteria and arguments.technical_bp == 0 and arguments.threshold == 0
    is_weighted = sum(each.weight_bp for each in arguments.criteria) == WHOLE_BP
    is_split: bool = arguments.technical_bp == WHOLE_BP if arguments.selection == QUALITY_ONLY else 0 < arguments.technical_bp < WHOLE_BP
    return is_weighted and is_split and plan.method != DIRECT


def are_documents_complete(view: View, call: Call) -> bool:
    """03.6: each lot's milestones are the whole price. That a request and a contract's draft are among the documents shows in
    their number alone: the contract cannot read them."""
    return all(sum(each.share_bp for each in lot.milestones) == WHOLE_BP for lot in call.arguments.lots)


def are_seats_fit(view: View, call: Call) -> bool:
    """03.7: an odd committee of enough people; nobody of it, nor an alternate, is officer, inspector or certifier."""
    seats, plan = call.arguments.seats, _get_plan(view, call)
    least = 1 if plan.method == DIRECT else read_integer(view, plan.kind, "committee_minimum", call.time)
    deciders = [*seats.committee, *seats.alternates]
    others = [seats.officer, seats.inspector, seats.certifier, *([seats.witness] if seats.witness is not None else [])]
    if plan.method == DIRECT and len(seats.committee) != 1:
        return False
    is_odd = len(seats.committee) % 2 == 1 and len(seats.committee) >= least
    is_apart = not any(person in others for person in deciders) and seats.inspector not in (seats.officer, seats.certifier)
    return is_odd and is_apart and _is_each_once(deciders)


def are_trustees_fit(view: View, call: Call) -> bool:
    """03.8: three at least, of different organisations, none the buyer's, no class above its share, each with a standing key."""
    trustees, t = call.arguments.trustees, int(call.arguments.t)
    organisations = [trustee.organisation for trustee in trustees]
    n: int = len(trustees)
    if n < MIN_TRUSTEES or t != n // 2 + 1 or len(dict.fromkeys(organisations)) != n or _get_plan(view, call).buyer in organisations:
        return False
    if not all(is_trustees_key(view, trustee.organisation, trustee.key_id) for trustee in trustees):
        return False
    classes = Counter(_find_class(view, organisation) for organisation in organisations)
    return max(classes.values()) <= min(t - 1, n - t)


def are_periods_long_enough(view: View, call: Call) -> bool:
    """03.9: time enough to ask and to propose; the times in their order."""
    arguments, plan = call.arguments, _get_plan(view, call)
    calendar = read_calendar(view, plan.buyer, call.time)
    least_days = read_integer(view, plan.kind, "submission_days", call.time)
    first = arguments.qualification_deadline if arguments.qualification else arguments.deadline
    is_ordered: bool = call.time <= arguments.question_end <= first <= arguments.deadline <= arguments.opening < arguments.valid_until
    return is_ordered and (plan.method == DIRECT or count_working_days_between(calendar, call.time, first) >= least_days)


def are_markets_shared(view: View, call: Call) -> bool:
    """03.10: small lots are for small firms where the law says so; the preference is within its limit."""
    arguments, plan = call.arguments, _get_plan(view, call)
    ceiling_minor = read_amount(view, plan.kind, "small_firm_ceiling", call.time)
    is_bound = read_flag(view, plan.kind, "small_firms_reserved", call.time) and plan.method != DIRECT
    if is_bound and any(lot.reserved != (sum_parts(lot) <= ceiling_minor) for lot in arguments.lots):
        return False
    return bool(arguments.preference_bp <= read_integer(view, plan.kind, "preference_limit_bp", call.time))


def find_plan(view: View, call: Call) -> PlanRecord | None:
    """The plan line that a request names."""
    return view.get(plan_key(call.arguments.plan), PlanRecord)


def list_plan_lots(view: View, plan: str, record: PlanRecord) -> Iterator[LotRecord]:
    """Lots of every process of a plan line."""
    for number in range(1, record.processes + 1):
        process = get_process(view, compute_ocid(view, plan, number, record.announced))
        for lot in process.lots:
            yield require(find_lot(view, compute_ocid(view, plan, number, record.announced), lot), lot)


def is_over(lot: LotRecord) -> bool:
    """Whether a lot binds nothing any more: cancelled, or failed and final."""
    return lot.state == CANCELLED or (lot.state == FAILED and lot.final)


def sum_parts(lot: Any) -> int:
    """A lot's ceiling in all its years, minor units."""
    return sum(parse_amount(part.amount) for part in lot.ceiling)


def sum_lines(lots: Any) -> dict[str, int]:
    """What lots ask of each budget line, minor units."""
    total: dict[str, int] = {}
    for lot in lots:
        for part in lot.ceiling:
            total[part.line] = total.get(part.line, 0) + parse_amount(part.amount)
    return total


def is_trustees_key(view: View, organisation: str, key_id: str) -> bool:
    """Whether a key of that id can open what is sealed: of suite 00 a trustee's own signing key."""
    record = view.get(key_key(key_id), KeyRecord)
    return record is not None and record.organisation == organisation and record.until is None and TRUSTEE in record.roles


def _get_plan(view: View, call: Call) -> PlanRecord:
    return require(find_plan(view, call), call.arguments.plan)


def _is_each_once(people: list[Person]) -> bool:
    return len({(person.organisation, person.handle) for person in people}) == len(people)


def _find_class(view: View, organisation: str) -> str:
    member = find_member(view, organisation)
    return member.member_class if member is not None else f"other:{organisation}"
