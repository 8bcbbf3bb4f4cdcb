"""Conditions on tenders (03 to 07): each a pure predicate, one numbered refusal each (RULES.md).

What holds for a request holds for its amendments: what judges terms for both takes
the time of publication, whose figures a process keeps.
"""

from __future__ import annotations

from typing import Any

from prasasti.contracts.offices import Draft, find_person, list_person_roles
from prasasti.contracts.people import Person, list_people
from prasasti.contracts.procurement.award.records import ACTIVE, AwardRecord, award_key
from prasasti.contracts.procurement.calendar import count_working_days_between
from prasasti.contracts.procurement.conditions import is_readable
from prasasti.contracts.procurement.kinds import KINDS
from prasasti.contracts.procurement.parameters import read_amount, read_calendar, read_codes, read_flag, read_integer
from prasasti.contracts.procurement.plan.processes import (
    MAX_PROCESSES,
    compute_ocid,
    find_latest,
    get_plan,
    is_contract_ended,
    is_free_of_communities,
    is_over,
    list_plan_lots,
)
from prasasti.contracts.procurement.plan.records import ANNOUNCED, PlanRecord
from prasasti.contracts.procurement.process import (
    CANCELLED,
    DECIDED,
    DIRECT,
    EVALUATING,
    FAILED,
    OPEN,
    OPENING,
    SELECTIVE,
    LotRecord,
    find_lot,
    find_process,
    get_lot,
    get_lot_terms,
    get_process,
    get_terms,
    lot_name,
    plan_key,
)
from prasasti.contracts.procurement.records import ListedMark, listed_key
from prasasti.contracts.procurement.scoring import PRICE_ONLY, QUALITY_ONLY, WHOLE_BP
from prasasti.contracts.procurement.seats import AUTHORITY, COMMITTEE, OFFICER, has_declared, is_buyers_authority, is_majority, list_sitting
from prasasti.contracts.procurement.shapes import MAX_ITEMS
from prasasti.contracts.procurement.tender.direct import RELATIONS, REPLACEMENT, UNSUCCESSFUL, may_be_direct
from prasasti.contracts.procurement.tender.effects import (
    are_trustees_kept,
    compute_next_deadline,
    is_qualifying,
    list_asking,
    list_lots,
)
from prasasti.contracts.procurement.tender.records import QuestionRecord, question_key
from prasasti.contracts.procurement.tender.transitions import compare_ceilings, sum_ceiling
from prasasti.contracts.procurement.tender.trustees import do_trustees_fit
from prasasti.contracts.treasury.budgets import can_reserve, release
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require

# Nothing of a request lies further ahead.
MAX_SPAN_SECONDS = 3_650 * 86_400
STAGES = ("financial", "qualification", "technical")


def do_named_officer_and_majority_sign(view: View, call: Call) -> bool:
    """00.1: the officer and more than half of the committee, as the request names them; of a direct procurement the official."""
    seats, people = call.arguments.seats, list_people(view, call, COMMITTEE)
    if list_people(view, call, OFFICER) != [seats.officer] or seats.officer.organisation != call.actor:
        return False
    least = 1 if call.arguments.invited else max(2, len(seats.committee) // 2 + 1)
    signing = [person for person in seats.committee if person in people]
    return len(signing) == len(people) >= least


def are_documents_readable(view: View, call: Call) -> bool:
    """00.5: each document of the request."""
    return all(is_readable(each.document) for each in call.arguments.documents)


def are_codes_known(view: View, call: Call) -> bool:
    """00.6: stages of requirements, codes of the contract's terms, how an earlier process is related."""
    return _are_codes_known(call.arguments)


def is_as_planned(view: View, call: Call) -> bool:
    """03.1: the line is announced by the actor, no community does it, the process is its next, each lot is new or binds nothing any
    more, and an earlier process of which a lot failed, or whose contract ended, is named."""
    arguments, plan = call.arguments, find_plan(view, call)
    if plan is None or (plan.state, plan.buyer) != (ANNOUNCED, call.actor) or plan.processes == MAX_PROCESSES:
        return False
    if not is_free_of_communities(view, arguments.plan):
        return False
    is_next = arguments.process == compute_ocid(view, arguments.plan, plan.processes + 1, plan.announced)
    # Where the prefix of names was voted to be another, a name may be taken already; or the buyer attested a release under it.
    mark = view.get(listed_key("buyer", call.actor, call.actor, arguments.process), ListedMark) if plan.processes else None
    if not is_next or find_process(view, arguments.process) is not None or mark is not None:
        return False
    latest = find_latest(view, arguments.plan, plan)
    earlier = [latest[lot.lot] for lot in arguments.lots if lot.lot in latest]
    return all(is_over(view, lot) for lot in earlier) and _is_related(view, arguments, earlier)


def are_estimates_fit(view: View, call: Call) -> bool:
    """03.2: each estimate within its ceiling, the plan's living lots together within its estimate, no estimate too old."""
    arguments, plan = call.arguments, _get_plan(view, call)
    is_dated_fit = arguments.estimate_date <= call.time and _is_fresh(view, plan, arguments, call.time)
    return is_dated_fit and _are_ceilings_fit(view, arguments.plan, plan, arguments.lots, "")


def is_reservable(view: View, call: Call) -> bool:
    """03.3: what the lots would reserve is of the plan's lines and free there; of an early plan nothing is reserved yet."""
    plan, amounts = _get_plan(view, call), sum_lines(call.arguments.lots)
    return _are_lines_planned(plan, amounts) and (plan.early or can_reserve(view, amounts))


def are_items_fit(view: View, call: Call) -> bool:
    """03.4: an item in one lot, of a known scheme, at most 200 a process."""
    return _are_items_fit(view, call.arguments.lots, call.time)


def is_selection_fit(view: View, call: Call) -> bool:
    """03.5: the method fits the plan and its past; slots and scores fit kind, method and selection."""
    arguments, plan = call.arguments, _get_plan(view, call)
    if not arguments.invited and plan.method == DIRECT:
        return False
    if arguments.invited and not may_be_direct(view, arguments, plan, call.time):
        return False
    return _are_slots_fit(arguments, plan) and _are_scores_fit(view, plan.kind, arguments, call.time)


def are_documents_complete(view: View, call: Call) -> bool:
    """03.6: each lot's milestones are the whole price. That a request and a contract's draft are among the documents shows in
    their number alone: the contract cannot read them."""
    return _are_milestones_whole(call.arguments.lots)


def are_seats_fit(view: View, call: Call) -> bool:
    """03.7: an odd committee of enough people, of whom, alternates included, none is officer, inspector, certifier, witness or
    an authority; in a direct procurement the one official."""
    seats, plan = call.arguments.seats, _get_plan(view, call)
    deciders = [*seats.committee, *seats.alternates]
    others = [seats.officer, seats.inspector, seats.certifier, *([seats.witness] if seats.witness is not None else [])]
    if call.arguments.invited:
        is_size_fit = len(seats.committee) == 1
    else:
        least = read_integer(view, plan.kind, "committee_minimum", call.time)
        is_size_fit = len(seats.committee) % 2 == 1 and len(seats.committee) >= least
    is_apart = not any(person in others for person in deciders) and seats.inspector not in (seats.officer, seats.certifier)
    return is_size_fit and is_apart and _is_each_once(deciders) and not any(_is_authority(view, call, person) for person in deciders)


def are_trustees_fit(view: View, call: Call) -> bool:
    """03.8: those who may open what is sealed."""
    return do_trustees_fit(view, _get_plan(view, call).buyer, call.arguments.trustees, call.arguments.t)


def are_periods_long_enough(view: View, call: Call) -> bool:
    """03.9: time enough to propose, or to ask to qualify; the times in their order."""
    arguments, plan = call.arguments, _get_plan(view, call)
    first = _find_first_deadline(arguments)
    if not (call.time <= arguments.question_end <= first and _are_times_ordered(arguments, call.time)):
        return False
    least_days = read_integer(view, plan.kind, "submission_days", call.time)
    calendar = read_calendar(view, plan.buyer, call.time)
    return bool(arguments.invited) or count_working_days_between(calendar, call.time, first) >= least_days


def are_markets_shared(view: View, call: Call) -> bool:
    """03.10: small lots are for small firms where the law says so; a preference is for lots that are large enough, within its limit."""
    return _are_markets_shared(view, _get_plan(view, call).kind, call.arguments, call.time)


def is_question_time(view: View, call: Call) -> bool:
    """04.1: block time < end of questions; an unknown process is judged by 00.2."""
    process = find_process(view, call.arguments.process)
    return process is None or call.time < process.question_end


def can_be_asked(view: View, call: Call) -> bool:
    """00.2: the tender asks for proposals, and no question has this id."""
    is_new = view.get(question_key(call.arguments.process, call.arguments.question), QuestionRecord) is None
    return _is_asking(view, call) and is_new


def is_tender_going_on(view: View, call: Call) -> bool:
    """00.3: of the lots that ask for proposals one at least is not suspended."""
    return any(not lot.suspended for lot in list_asking(view, call.arguments.process))


def does_declared_member_sign(view: View, call: Call) -> bool:
    """00.1: one sitting member of the committee, who has declared once there is something to declare about."""
    process, people = find_process(view, call.arguments.process), list_people(view, call, COMMITTEE)
    return process is not None and len(people) == 1 and people[0] in list_sitting(process) and _have_declared(view, call, people)


def can_be_answered(view: View, call: Call) -> bool:
    """00.2: the tender asks for proposals, and the question is there without an answer."""
    question = view.get(question_key(call.arguments.process, call.arguments.question), QuestionRecord)
    return _is_asking(view, call) and question is not None and not question.answered


def is_before_deadline(view: View, call: Call) -> bool:
    """00.4 of 05, 06.1: block time < the next deadline; an unknown process is judged by 00.2."""
    return find_process(view, call.arguments.process) is None or call.time < compute_next_deadline(view, call.arguments.process)


def do_officer_and_majority_sign(view: View, call: Call) -> bool:
    """00.1: the process's officer and the committee's majority, who have declared once there is something to declare about."""
    process, people = find_process(view, call.arguments.process), list_people(view, call, COMMITTEE)
    if process is None or list_people(view, call, OFFICER) != [process.seats.officer]:
        return False
    return is_majority(process, people) and _have_declared(view, call, people)


def is_tender_asking(view: View, call: Call) -> bool:
    """00.2: a lot asks for proposals, or will once it is decided who qualified."""
    return _is_asking(view, call)


def are_amended_documents_readable(view: View, call: Call) -> bool:
    """00.5: the amendment's document, and each of the request."""
    return is_readable(call.arguments.document) and all(is_readable(each.document) for each in call.arguments.changes.documents)


def are_amended_codes_known(view: View, call: Call) -> bool:
    """00.6: the reason, and what 03 asks."""
    is_reason_known = call.arguments.reason in read_codes(view, "reasons.amendment", call.time)
    return is_reason_known and _are_codes_known(call.arguments.changes)


def is_same_tender(view: View, call: Call) -> bool:
    """06.3: the lots that ask for proposals, no others; files, qualification, invitations as before. While another lot is opened,
    evaluated or awarded, what it has in common with them stays; after prequalification its requirements do."""
    changes, name = call.arguments.changes, call.arguments.process
    process, terms = get_process(view, name), get_terms(view, name)
    if [lot.lot for lot in changes.lots] != [lot.lot for lot in list_asking(view, name)]:
        return False
    if (changes.files, changes.qualification, changes.invited, changes.related) != (
        process.files, process.qualification, process.invited, process.related,
    ):  # fmt: skip
        return False
    is_common_kept = (changes.selection, *_list_common(changes)) == (process.selection, *_list_common(terms))
    if any(lot not in list_asking(view, name) and not is_over(view, lot) for lot in list_lots(view, name)) and not is_common_kept:
        return False
    is_judged = process.qualification and not is_qualifying(view, name)
    return not is_judged or _list_qualifying(changes) == _list_qualifying(terms)


def are_amended_estimates_fit(view: View, call: Call) -> bool:
    """06.4: as 03.2; an estimate of the same date is not asked for its age again."""
    changes, process = call.arguments.changes, get_process(view, call.arguments.process)
    plan, terms = get_plan(view, process.plan), get_terms(view, call.arguments.process)
    is_dated_fit = changes.estimate_date == terms.estimate_date or (
        changes.estimate_date <= call.time and _is_fresh(view, plan, changes, process.published)
    )
    return is_dated_fit and _are_ceilings_fit(view, process.plan, plan, changes.lots, call.arguments.process)


def is_amendment_reservable(view: View, call: Call) -> bool:
    """06.5: as 03.3, of what is more than before, once what is less is free."""
    changes, name = call.arguments.changes, call.arguments.process
    plan = get_plan(view, get_process(view, name).plan)
    if not _are_lines_planned(plan, sum_lines(changes.lots)):
        return False
    draft, more = Draft(view), dict[str, int]()
    for lot in changes.lots:
        less_of_lot, more_of_lot = compare_ceilings(get_lot_terms(view, name, lot.lot), lot)
        if less_of_lot and not plan.early:
            release(draft, lot_name(name, lot.lot), less_of_lot)
        more = {line: more.get(line, 0) + more_of_lot.get(line, 0) for line in sorted({*more, *more_of_lot})}
    return plan.early or not more or can_reserve(draft, more)


def are_amended_items_fit(view: View, call: Call) -> bool:
    """06.6: as 03.4, with the items of the process's other lots."""
    name, lots = call.arguments.process, call.arguments.changes.lots
    names = [lot.lot for lot in lots]
    others = [lot for lot in get_terms(view, name).lots if lot.lot not in names]
    return _are_items_fit(view, [*others, *lots], get_process(view, name).published)


def is_amended_selection_fit(view: View, call: Call) -> bool:
    """06.7: as 03.5."""
    changes, process = call.arguments.changes, get_process(view, call.arguments.process)
    plan = get_plan(view, process.plan)
    return _are_slots_fit(changes, plan) and _are_scores_fit(view, process.kind, changes, process.published)


def are_amended_documents_complete(view: View, call: Call) -> bool:
    """06.8: as 03.6."""
    return _are_milestones_whole(call.arguments.changes.lots)


def are_seats_kept(view: View, call: Call) -> bool:
    """06.9: those who sit now, in their places: the authority alone replaces them (13)."""
    named, seats = call.arguments.changes.seats, get_process(view, call.arguments.process).seats
    is_committee_kept = named.committee == [seat.person for seat in seats.committee] and named.alternates == seats.alternates
    others = (named.certifier, named.inspector, named.officer, named.witness)
    return is_committee_kept and others == (seats.certifier, seats.inspector, seats.officer, seats.witness)


def are_amended_trustees_fit(view: View, call: Call) -> bool:
    """06.10: the same, or others as 03.8 asks, while nothing that is sealed to the old ones waits to be opened or judged."""
    changes, name = call.arguments.changes, call.arguments.process
    if are_trustees_kept(view, name, changes):
        return True
    is_free = all(lot.state == OPEN for lot in list_asking(view, name))
    return is_free and do_trustees_fit(view, get_process(view, name).buyer, changes.trustees, changes.t)


def are_amended_periods_fit(view: View, call: Call) -> bool:
    """06.11: no deadline earlier than before, a past one as it was, the times in their order."""
    changes, name = call.arguments.changes, call.arguments.process
    process = get_process(view, name)
    first, before = changes.qualification_deadline or 0, process.qualification_deadline
    is_first_fit = first >= before if is_qualifying(view, name) else first == before
    is_asking_fit = changes.question_end == process.question_end or max(call.time, process.question_end) <= changes.question_end
    is_later = changes.deadline >= process.deadline and changes.opening >= process.opening and changes.valid_until >= process.valid_until
    end = first if is_qualifying(view, name) else changes.deadline
    return is_first_fit and is_asking_fit and is_later and changes.question_end <= end and _are_times_ordered(changes, call.time)


def are_amended_markets_shared(view: View, call: Call) -> bool:
    """06.12: as 03.10."""
    process = get_process(view, call.arguments.process)
    return _are_markets_shared(view, process.kind, call.arguments.changes, process.published)


def does_authority_sign(view: View, call: Call) -> bool:
    """00.1: an authority of the buyer."""
    process, people = find_process(view, call.arguments.process), list_people(view, call, AUTHORITY)
    return process is not None and len(people) == 1 and is_buyers_authority(process, people[0])


def are_lots_alive(view: View, call: Call) -> bool:
    """00.2: each lot is there, and neither failed nor cancelled."""
    lots = [find_lot(view, call.arguments.process, name) for name in call.arguments.lots]
    return all(lot is not None and lot.state in (DECIDED, EVALUATING, OPEN, OPENING) for lot in lots)


def is_cancellation_fit(view: View, call: Call) -> bool:
    """00.5: the decision's document."""
    return is_readable(call.arguments.document)


def is_cancellation_reason_known(view: View, call: Call) -> bool:
    """00.6: the reason."""
    return call.arguments.reason in read_codes(view, "reasons.cancellation", call.time)


def has_no_active_award(view: View, call: Call) -> bool:
    """07.1: of a lot with an active award a contract is due; it ends by 26, or as contracts do."""
    lots = [get_lot(view, call.arguments.process, name) for name in call.arguments.lots]
    awards = [view.get(award_key(lot.process, lot.lot, lot.award), AwardRecord) for lot in lots if lot.award]
    return all(award is None or award.state != ACTIVE for award in awards)


def find_plan(view: View, call: Call) -> PlanRecord | None:
    """The plan line that a request names."""
    return view.get(plan_key(call.arguments.plan), PlanRecord)


def sum_parts(lot: Any) -> int:
    """A lot's ceiling in all its years, minor units."""
    return sum(parse_amount(part.amount) for part in lot.ceiling)


def sum_lines(lots: Any) -> dict[str, int]:
    """What lots ask of each budget line, minor units."""
    total: dict[str, int] = {}
    for lot in lots:
        for line, amount in sum_ceiling(lot).items():
            total[line] = total.get(line, 0) + amount
    return total


def _get_plan(view: View, call: Call) -> PlanRecord:
    return require(find_plan(view, call), call.arguments.plan)


def _is_related(view: View, arguments: Any, earlier: list[LotRecord]) -> bool:
    """Whether a request names one of the processes that its lots failed in, or whose contracts ended, and none without them."""
    failed = [lot.process for lot in earlier if lot.state == FAILED]
    ended = [lot.process for lot in earlier if is_contract_ended(view, lot)]
    if arguments.related is None:
        return not failed and not ended
    return arguments.related.process in {UNSUCCESSFUL: failed, REPLACEMENT: ended}[arguments.related.relation]


def _are_codes_known(terms: Any) -> bool:
    is_relation_known = terms.related is None or terms.related.relation in RELATIONS
    return (
        is_relation_known
        and all(each.stage in STAGES for each in terms.requirements)
        and terms.terms.amounts in ("lump_sum", "measured")
        and terms.terms.damages_on in ("part", "price")
        and terms.terms.retention in ("each", "guarantee")
    )


def _are_ceilings_fit(view: View, name: str, plan: PlanRecord, lots: Any, amended: str) -> bool:
    """Whether lots fit into their plan beside those that live already, ``amended`` being the process whose lots they replace."""
    if any(parse_amount(lot.estimate) > sum_parts(lot) for lot in lots):
        return False
    replaced = [(amended, lot.lot) for lot in lots]
    living = [lot for lot in list_plan_lots(view, name, plan) if not is_over(view, lot) and (lot.process, lot.lot) not in replaced]
    total_minor = sum(sum_parts(get_lot_terms(view, lot.process, lot.lot)) for lot in living) + sum(sum_parts(lot) for lot in lots)
    return total_minor <= parse_amount(plan.estimate)


def _is_fresh(view: View, plan: PlanRecord, terms: Any, time: int) -> bool:
    """Whether the estimate is not too old at the first deadline."""
    age_days = read_integer(view, plan.kind, "estimate_age_days", time)
    age = count_working_days_between(read_calendar(view, plan.buyer, time), terms.estimate_date, _find_first_deadline(terms))
    return not age_days or age <= age_days


def _find_first_deadline(terms: Any) -> int:
    return int(terms.qualification_deadline if terms.qualification else terms.deadline)


def _are_lines_planned(plan: PlanRecord, amounts: dict[str, int]) -> bool:
    return set(amounts) <= {part.line for part in plan.budgets}


def _are_items_fit(view: View, lots: Any, time: int) -> bool:
    items = [item for lot in lots for item in lot.items]
    schemes = read_codes(view, "item_schemes", time)
    is_each_once = len({item.id for item in items}) == len(items)
    return len(items) <= MAX_ITEMS and is_each_once and all(item.scheme in schemes for item in items)


def _are_slots_fit(terms: Any, plan: PlanRecord) -> bool:
    """Whether what is asked for, in how many steps, fits kind and method: who invites asks nobody to qualify first."""
    if terms.invited:
        return not terms.qualification and terms.selection == PRICE_ONLY
    if KINDS[plan.kind].prequalified and not (terms.qualification and terms.files == "two"):
        return False
    return terms.qualification or plan.method != SELECTIVE


def _are_scores_fit(view: View, kind: str, terms: Any, time: int) -> bool:
    """Whether criteria, weights and threshold are what the selection needs."""
    if terms.selection == PRICE_ONLY:
        return not terms.criteria and terms.technical_bp == 0 and terms.threshold == 0
    if sum(each.weight_bp for each in terms.criteria) != WHOLE_BP:
        return False
    if terms.selection == QUALITY_ONLY:
        return bool(terms.technical_bp == WHOLE_BP)
    least_bp, most_bp = (read_integer(view, kind, f"technical_{bound}_bp", time) for bound in ("least", "most"))
    return bool(least_bp <= terms.technical_bp <= most_bp)


def _are_milestones_whole(lots: Any) -> bool:
    return all(sum(each.share_bp for each in lot.milestones) == WHOLE_BP for lot in lots)


def _are_times_ordered(terms: Any, time: int) -> bool:
    """Whether one deadline follows the other, and none is years ahead."""
    first = _find_first_deadline(terms)
    return bool(first <= terms.deadline <= terms.opening < terms.valid_until <= time + MAX_SPAN_SECONDS)


def _are_markets_shared(view: View, kind: str, terms: Any, time: int) -> bool:
    ceiling_minor = read_amount(view, kind, "small_firm_ceiling", time)
    is_bound = read_flag(view, kind, "small_firms_reserved", time) and not terms.invited
    if is_bound and any(lot.reserved != (sum_parts(lot) <= ceiling_minor) for lot in terms.lots):
        return False
    if not terms.preference_bp:
        return True
    above_minor = read_amount(view, kind, "preference_above", time)
    is_large: bool = all(parse_amount(lot.estimate) > above_minor for lot in terms.lots)
    return is_large and bool(terms.preference_bp <= read_integer(view, kind, "preference_limit_bp", time))


def _list_common(terms: Any) -> tuple[Any, ...]:
    """What all lots of a process have in common; documents may be added."""
    return (
        terms.criteria, terms.preference_bp, terms.requirements, terms.technical_bp, terms.terms, terms.threshold, terms.tkdn_minimum_bp,
    )  # fmt: skip


def _list_qualifying(terms: Any) -> list[Any]:
    return [each for each in terms.requirements if each.stage == "qualification"]


def _is_asking(view: View, call: Call) -> bool:
    return find_process(view, call.arguments.process) is not None and bool(list_asking(view, call.arguments.process))


def _have_declared(view: View, call: Call, people: list[Person]) -> bool:
    """Whether members of the committee declared their interests, once every lot is known to have been opened or is over."""
    name = call.arguments.process
    lots = [lot for lot in list_lots(view, name) if lot.state not in (CANCELLED, FAILED)]
    if not lots or not all(lot.opened for lot in lots):
        return True
    return all(has_declared(view, name, person) for person in people)


def _is_authority(view: View, call: Call, person: Person) -> bool:
    record = find_person(view, call.genesis, person.organisation, person.handle)
    return AUTHORITY in list_person_roles(view, record)


def _is_each_once(people: list[Person]) -> bool:
    return len({(person.organisation, person.handle) for person in people}) == len(people)
