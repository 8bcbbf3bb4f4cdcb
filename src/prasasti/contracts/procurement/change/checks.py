"""Conditions on amendments, notices, ends and acceptance (31, 38, 39, 40): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.lists import count_items, item_key
from prasasti.contracts.people import find_person, list_people
from prasasti.contracts.procurement.agreement.guarantees import find_guarantee, get_cover, is_in_force, is_performance_covered
from prasasti.contracts.procurement.agreement.records import HANDED_OVER, SIGNED, AgreementRecord
from prasasti.contracts.procurement.agreement.signing import list_contractors
from prasasti.contracts.procurement.calendar import DAY_SECONDS
from prasasti.contracts.procurement.change import terms
from prasasti.contracts.procurement.change.ending import (
    CONVENIENCE,
    Release,
    compute_ended_order,
    compute_held,
    compute_release,
)
from prasasti.contracts.procurement.change.records import (
    ACCEPT,
    AMENDMENTS,
    CHANCE,
    DEFECT,
    HAND_OVER,
    NOTICE,
    RESUME,
    AmendmentRecord,
    ListedAmendment,
    amendment_key,
)
from prasasti.contracts.procurement.delivery.due import RETAIN_EACH, read_unit
from prasasti.contracts.procurement.delivery.progress import (
    RUNNING,
    compute_due,
    find_contract,
    find_figures_time,
    get_contract,
    get_contract_terms,
    get_milestone,
    get_progress,
    is_borne,
)
from prasasti.contracts.procurement.delivery.taxes import are_taxes_right, sum_taxes
from prasasti.contracts.procurement.money import WHOLE_BP, compute_part_bp, compute_rest
from prasasti.contracts.procurement.parameters import read_codes, read_integer
from prasasti.contracts.procurement.proposal.checks import is_debarred
from prasasti.contracts.procurement.seats import AUTHORITY, CONTRACTOR, INSPECTOR, OFFICER
from prasasti.contracts.treasury.budgets import can_change_commitment
from prasasti.core.contract import Call, View
from prasasti.core.types import MAX_AMOUNT_MINOR, parse_amount, parse_signed_amount, require


def do_parties_sign(view: View, call: Call) -> bool:
    """31, 00.1: the contract's officer and one of each member of the contractor; with an exception the buyer's authority, another
    person, and only then."""
    agreement = find_contract(view, call.arguments.contract)
    if agreement is None or list_people(view, call, OFFICER) != [agreement.officer]:
        return False
    authorities = list_people(view, call, AUTHORITY)
    are_right = all(each.organisation == agreement.buyer and each != agreement.officer for each in authorities)
    members = sorted(person.organisation for person in list_people(view, call, CONTRACTOR))
    has_authority = len(authorities) == int(call.arguments.exception is not None)
    return are_right and has_authority and members == sorted(list_contractors(agreement))


def can_be_amended(view: View, call: Call) -> bool:
    """31, 00.2: work goes on under the contract; nothing stands under the amendment's id."""
    key = amendment_key(call.arguments.contract, call.arguments.amendment)
    return get_contract(view, call.arguments.contract).state == SIGNED and view.get(key, AmendmentRecord) is None


def is_going_on(view: View, call: Call) -> bool:
    """00.3: the contract is not suspended."""
    return not get_progress(view, call.arguments.contract).suspended


def are_change_codes_known(view: View, call: Call) -> bool:
    """31, 00.6: the reason, and the exception where one is named."""
    exception = call.arguments.exception
    is_exception = exception is None or exception in read_codes(view, "exceptions.change", call.time)
    return is_exception and call.arguments.reason in read_codes(view, "reasons.change", call.time)


def is_within_cap(view: View, call: Call) -> bool:
    """31.2: what all amendments raise, less what exceptions allowed, is within the cap of the first price; an exception is outside it."""
    if call.arguments.exception is not None:
        return True
    agreement = get_contract(view, call.arguments.contract)
    cap_bp = read_integer(view, "", "amendment_cap_bp", find_figures_time(view, agreement))
    risen_minor = find_counted(view, agreement.contract) + parse_signed_amount(call.arguments.change)
    return risen_minor * WHOLE_BP <= parse_amount(agreement.first_price) * cap_bp


def is_change_covered(view: View, call: Call) -> bool:
    """31.3: the years add up to the change, and the contract's budget lines bear it."""
    changes = terms.list_changes(call)
    is_whole = sum(changes.values()) == parse_signed_amount(call.arguments.change)
    return is_whole and can_change_commitment(view, call.arguments.contract, changes)


def is_guarantee_risen(view: View, call: Call) -> bool:
    """31.4: where the price rises, or the last milestone is due later, the performance guarantee covers that already."""
    before, after = get_contract_terms(view, call.arguments.contract), terms.amend_terms(view, call)
    last_due = max(each.due for each in after.milestones)
    is_risen = parse_signed_amount(call.arguments.change) > 0 or last_due > max(each.due for each in before.milestones)
    # What is no amount is refused by 31.5.
    if not is_risen or not 0 < terms.compute_price(view, call) <= MAX_AMOUNT_MINOR:
        return True
    return is_performance_covered(view, terms.amend_agreement(view, call), call.time, last_due)


def are_terms_fit(view: View, call: Call) -> bool:
    """31.5: milestones and bill are the price, which is not below what was accepted and what was taken in advance and is not recovered;
    nor is a milestone below what was accepted of it. An advance that came back counts: it is paid again within the price (37.4)."""
    progress = get_progress(view, call.arguments.contract)
    least_minor = parse_amount(progress.accepted) + max(0, parse_amount(progress.advance) - parse_amount(progress.recovered))
    return (
        terms.is_price_fit(view, call)
        and terms.compute_price(view, call) >= least_minor
        and terms.do_milestones_add_up(view, call)
        and terms.is_delivered_kept(view, call)
        and terms.does_bill_add_up(view, call)
    )


def is_rise_allowed(view: View, call: Call) -> bool:
    """31.6: the price does not rise, or no member of the contractor is debarred."""
    contractors = list_contractors(get_contract(view, call.arguments.contract))
    return parse_signed_amount(call.arguments.change) <= 0 or not any(is_debarred(view, each, call.time) for each in contractors)


def does_contracts_officer_sign(view: View, call: Call) -> bool:
    """38, 00.1: the contract's officer."""
    agreement = find_contract(view, call.arguments.contract)
    return agreement is not None and find_person(view, call.signers[0]) == agreement.officer


def can_be_notified(view: View, call: Call) -> bool:
    """38, 00.2: a notice while the contract runs, the rest while work goes on; what is suspended is resumed, and nothing else."""
    state, suspended = get_contract(view, call.arguments.contract).state, get_progress(view, call.arguments.contract).suspended
    act = call.arguments.act
    if act == NOTICE:
        return state in RUNNING
    return state == SIGNED and bool(suspended) == (act == RESUME)


def is_time_to_come(view: View, call: Call) -> bool:
    """38, 00.4: a time that the contractor is given is to come."""
    return call.arguments.until is None or bool(call.arguments.until > call.time)


def is_notices_ground_known(view: View, call: Call) -> bool:
    """38, 00.6: the ground is one of its act."""
    return call.arguments.ground in read_codes(view, f"grounds.{call.arguments.act}", call.time)


def is_something_late(view: View, call: Call) -> bool:
    """38.1: for a chance to finish, a milestone is overdue of which not all is accepted or waits for its inspection."""
    if call.arguments.act != CHANCE:
        return True
    contract, progress = call.arguments.contract, get_progress(view, call.arguments.contract)
    for milestone in get_contract_terms(view, contract).milestones:
        record = get_milestone(view, contract, milestone.id)
        is_open = parse_amount(record.accepted) < parse_amount(milestone.amount) and not record.waiting
        if is_open and compute_due(progress, milestone.due) < call.time:
            return True
    return False


def is_chance_guaranteed(view: View, call: Call) -> bool:
    """38.2: where a contract needs a performance guarantee, it lasts until the chance is over, and the margin beyond (Pasal 56)."""
    if call.arguments.act != CHANCE:
        return True
    return is_performance_covered(view, get_contract(view, call.arguments.contract), call.time, call.arguments.until)


def does_ender_sign(view: View, call: Call) -> bool:
    """39, 00.1: the contract's officer, or an authority of its buyer."""
    agreement = find_contract(view, call.arguments.contract)
    if agreement is None:
        return False
    person = find_person(view, call.signers[0])
    return person == agreement.officer if call.signers[0].role == OFFICER else person.organisation == agreement.buyer


def is_notice_over(view: View, call: Call) -> bool:
    """39.2: an officer ends a contract when a notice was given and its time, and that of a chance to finish, is over."""
    progress = get_progress(view, call.arguments.contract)
    return call.signers[0].role != OFFICER or (progress.notice_ground != "" and call.time >= progress.notice_until)


def can_be_ended(view: View, call: Call) -> bool:
    """39, 00.2: work goes on under the contract, or is suspended."""
    return get_contract(view, call.arguments.contract).state == SIGNED


def is_ends_ground_known(view: View, call: Call) -> bool:
    """39, 00.6: the ground is a code."""
    return call.arguments.ground in read_codes(view, "grounds.termination", call.time)


def is_ground_the_signers(view: View, call: Call) -> bool:
    """39.1: the authority ends for the buyer's convenience or by force majeure, the officer for what the contractor did."""
    return (call.signers[0].role == OFFICER) != (call.arguments.ground in CONVENIENCE)


def is_end_borne(view: View, call: Call) -> bool:
    """39.3: what is ordered of the retention at once, where all that was accepted is certified, is borne by this year's lines."""
    agreement, progress = get_contract(view, call.arguments.contract), get_progress(view, call.arguments.contract)
    is_last = progress.accepted == progress.certified
    return not is_last or is_borne(view, call, agreement, compute_ended_order(view, agreement, progress))


def do_officer_and_inspector_sign(view: View, call: Call) -> bool:
    """40, 00.1: the contract's officer and its inspector."""
    agreement = find_contract(view, call.arguments.contract)
    if agreement is None or list_people(view, call, OFFICER) != [agreement.officer]:
        return False
    return list_people(view, call, INSPECTOR) == [agreement.inspector]


def is_defects_period_over(view: View, call: Call) -> bool:
    """40.2: what was handed over is accepted for good when the time for defects is over."""
    is_accepting = call.arguments.act == ACCEPT and get_contract(view, call.arguments.contract).state == HANDED_OVER
    return not is_accepting or call.time >= get_progress(view, call.arguments.contract).defects_until


def can_be_handed_over(view: View, call: Call) -> bool:
    """40, 00.2: work that goes on is handed over; what was handed over has defects or is accepted."""
    return get_contract(view, call.arguments.contract).state == (SIGNED if call.arguments.act == HAND_OVER else HANDED_OVER)


def is_all_met(view: View, call: Call) -> bool:
    """40.1: all of every milestone is accepted and certified."""
    if call.arguments.act != HAND_OVER:
        return True
    contract = call.arguments.contract
    milestones = get_contract_terms(view, contract).milestones
    return all(parse_amount(get_milestone(view, contract, each.id).certified) >= parse_amount(each.amount) for each in milestones)


def is_retention_guaranteed(view: View, call: Call) -> bool:
    """40.3: where a guarantee stands for the retention, it is in force until the time for defects is over."""
    contract = call.arguments.contract
    agreed = get_contract_terms(view, contract).terms
    if call.arguments.act != HAND_OVER or agreed.retention == RETAIN_EACH or not agreed.retention_bp:
        return True
    guarantee = get_cover(view, contract).retention
    record = find_guarantee(view, guarantee) if guarantee else None
    return record is not None and is_in_force(view, record, call.time) and record.until >= compute_defects_until(view, call)


def are_release_taxes_due(view: View, call: Call) -> bool:
    """40.4: the lines of the contract's kind on what is given back, together not more than the order; none where nothing is."""
    release, taxes = find_release(view, call), call.arguments.taxes or []
    if not release.tax_base_minor:
        return not taxes
    is_within = sum_taxes(taxes) <= release.order_minor
    return is_within and are_taxes_right(view, get_contract(view, call.arguments.contract), release.tax_base_minor, taxes)


def is_release_borne(view: View, call: Call) -> bool:
    """40.5: this year's lines, and what earlier ones left, bear what is ordered."""
    return is_borne(view, call, get_contract(view, call.arguments.contract), find_release(view, call).order_minor)


def find_counted(view: View, contract: str) -> int:
    """What a contract's amendments so far count against the cap, minor units."""
    number = count_items(view, "procurement", AMENDMENTS, contract)
    if not number:
        return 0
    key = item_key("procurement", AMENDMENTS, contract, number - 1)
    listed = require(view.get(key, ListedAmendment), key)
    return parse_signed_amount(require(view.get(amendment_key(contract, listed.amendment), AmendmentRecord), key).counted)


def find_release(view: View, call: Call) -> Release:
    """What 40 gives back of the retention: at hand-over a part, at final acceptance all that is left, for a defect nothing."""
    agreement, progress = get_contract(view, call.arguments.contract), get_progress(view, call.arguments.contract)
    held_minor = {HAND_OVER: _compute_first_part(view, agreement), ACCEPT: compute_held(progress), DEFECT: 0}[call.arguments.act]
    return compute_release(view, agreement, progress, held_minor, sum_taxes(call.arguments.taxes or []))


def compute_defects_until(view: View, call: Call) -> int:
    """Until when what is handed over now may show defects."""
    return call.time + get_contract_terms(view, call.arguments.contract).terms.defects_days * DAY_SECONDS


def _compute_first_part(view: View, agreement: AgreementRecord) -> int:
    progress = get_progress(view, agreement.contract)
    part_bp = read_integer(view, "", "handover_release_bp", find_figures_time(view, agreement))
    part_minor = compute_part_bp(parse_amount(progress.retained), part_bp, read_unit(view, agreement))
    return compute_rest(part_minor, parse_amount(progress.released))
