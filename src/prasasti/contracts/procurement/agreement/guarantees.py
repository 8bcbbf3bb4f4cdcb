"""Guarantees: what one must cover, until when it binds, and how it ends.

Owns what several messages ask of guarantees and do to them. A guarantee for a proposal is over with its lot, one for a contract
that was never signed with the draft: that follows from their records, and nothing is written for it, since a lot may have a
thousand of them.
"""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.events import GuaranteeCalled, GuaranteeReleased, GuarantorSuspended
from prasasti.contracts.procurement.agreement.records import (
    APPEAL,
    BID,
    CALLED,
    COMPLETED,
    LAPSED,
    PERFORMANCE,
    REGISTERED,
    RELEASED,
    RETENTION,
    AgreementRecord,
    AgreementTermsRecord,
    CoverRecord,
    GuaranteeRecord,
    GuarantorRecord,
    agreement_key,
    agreement_terms_key,
    cover_key,
    guarantee_key,
    guarantor_key,
)
from prasasti.contracts.procurement.calendar import DAY_SECONDS
from prasasti.contracts.procurement.lots import compute_term_end, get_proposal
from prasasti.contracts.procurement.money import WHOLE_BP
from prasasti.contracts.procurement.parameters import read_amount, read_integer, read_payment_unit
from prasasti.contracts.procurement.process import LotRecord, get_lot, get_lot_terms, get_process, get_terms
from prasasti.contracts.procurement.rounds import is_lot_over
from prasasti.contracts.procurement.schedule import UNPAID, schedule
from prasasti.contracts.treasury.budgets import find_line
from prasasti.contracts.treasury.dues import is_settled, raise_due
from prasasti.core.contract import Call, View
from prasasti.core.types import Event, format_amount, parse_amount, require

# What a lot's proposals were guaranteed for is given back at once where trustees or stores failed, not bidders (27).
NOBODYS_FAULT = ("j", "k")


def find_guarantee(view: View, guarantee: str) -> GuaranteeRecord | None:
    """A guarantee, whatever became of it."""
    return view.get(guarantee_key(guarantee), GuaranteeRecord)


def get_guarantee(view: View, guarantee: str) -> GuaranteeRecord:
    """A guarantee that an earlier condition found."""
    return require(find_guarantee(view, guarantee), guarantee)


def get_cover(view: View, contract: str) -> CoverRecord:
    """The latest guarantee of each obligation of a contract."""
    return view.get(cover_key(contract), CoverRecord) or CoverRecord()


def is_in_force(view: View, record: GuaranteeRecord, time: int) -> bool:
    """Whether a guarantee covers its obligation: registered, not called, not over, within its period."""
    return record.state == REGISTERED and time <= record.until and not is_over(view, record)


def is_over(view: View, record: GuaranteeRecord) -> bool:
    """Whether what a guarantee is for has ended: its lot signed, cancelled or final, its contract completed, or never signed in time."""
    if record.contract:
        agreement = require(view.get(agreement_key(record.contract), AgreementRecord), record.contract)
        return agreement.state in (COMPLETED, LAPSED)
    return is_over_in_lot(view, get_lot(view, record.process, record.lot), record.obligation)


def is_over_in_lot(view: View, lot: LotRecord, obligation: str) -> bool:
    """Whether nothing is owed any more of a proposal (BID) or of an appeal (APPEAL) in a lot."""
    return is_lot_over(view, lot) or (obligation == BID and lot.failure in NOBODYS_FAULT)


def is_suspended(view: View, organisation: str) -> bool:
    """Whether a guarantor may give no guarantee, since a call on it went unpaid: until all of that came in."""
    return bool(_list_unpaid(view, organisation))


def compute_performance_minor(view: View, agreement: AgreementRecord) -> int:
    """What the performance guarantee of a contract is for at least, minor units; 0: none is needed.

    A share of the price, the law's above its threshold and that of the terms where it is more; of the estimate (HPS), where the
    proposal was abnormally below it (Perpres 16/2018 Pasal 33). Consultancy and a community's contract need none.
    """
    if not agreement.process:
        return 0
    process, lot = get_process(view, agreement.process), get_lot(view, agreement.process, agreement.lot)
    kind, since, price_minor = process.kind, process.published, parse_amount(agreement.price)
    lawful_bp = read_integer(view, kind, "performance_guarantee_bp", since)
    if not lawful_bp:
        return 0
    is_above = price_minor > read_amount(view, kind, "performance_guarantee_above", since)
    agreed_bp = get_terms(view, agreement.process).terms.performance_bp
    estimate_minor = parse_amount(get_lot_terms(view, agreement.process, agreement.lot).estimate)
    offered_minor = parse_amount(require(get_proposal(view, lot, agreement.supplier).offer, agreement.supplier).evaluated)
    is_low = offered_minor * WHOLE_BP < estimate_minor * read_integer(view, "", "low_bid_bp", since)
    base_minor = estimate_minor if is_low else price_minor
    unit_minor = read_payment_unit(view, agreement.currency, since)
    return _compute_share(base_minor, max(lawful_bp if is_above else 0, agreed_bp), unit_minor)


def compute_least_minor(view: View, obligation: str, process: str, lot: str, contract: str) -> int:
    """The least amount of a guarantee, minor units; any is enough for an advance, which is taken within it (32)."""
    if obligation in (APPEAL, BID):
        record, terms = get_process(view, process), get_lot_terms(view, process, lot)
        appeal_bp = read_integer(view, record.kind, "appeal_bond_bp", record.published)
        part_bp = get_terms(view, process).terms.bid_bp if obligation == BID else appeal_bp
        return _compute_share(parse_amount(terms.estimate), part_bp, read_payment_unit(view, record.currency, record.published))
    agreement = require(view.get(agreement_key(contract), AgreementRecord), contract)
    if obligation == PERFORMANCE:
        return compute_performance_minor(view, agreement)
    unit_minor = read_payment_unit(view, agreement.currency, agreement.drafted)
    retained_bp = _get_contract_terms(view, contract).terms.retention_bp
    return _compute_share(parse_amount(agreement.price), retained_bp, unit_minor) if obligation == RETENTION else 0


def compute_least_until(view: View, call: Call, obligation: str, process: str, contract: str) -> int:
    """Until when a guarantee has to bind: the end of its obligation, and the margin beyond it."""
    if obligation == BID:
        end = get_process(view, process).valid_until
    elif obligation == APPEAL:
        end = compute_term_end(view, call.time, get_process(view, process), "appeal_answer")
    else:
        terms = _get_contract_terms(view, contract)
        process = require(view.get(agreement_key(contract), AgreementRecord), contract).process
        defects_days = terms.terms.defects_days if obligation == RETENTION else 0
        end = max(milestone.due for milestone in terms.milestones) + defects_days * DAY_SECONDS
    return end + read_integer(view, "", "guarantee_margin_days", get_process(view, process).published) * DAY_SECONDS


def is_performance_covered(view: View, agreement: AgreementRecord, time: int, last_due: int | None = None) -> bool:
    """Whether a contract needs no performance guarantee, or has one in force that covers its price and its last milestone, or what else
    is due last."""
    least_minor = compute_performance_minor(view, agreement)
    if not least_minor:
        return True
    guarantee = get_cover(view, agreement.contract).performance
    record = find_guarantee(view, guarantee) if guarantee else None
    if record is None or not is_in_force(view, record, time) or is_suspended(view, record.guarantor):
        return False
    margin_days = read_integer(view, "", "guarantee_margin_days", get_process(view, agreement.process).published)
    if last_due is None:
        last_due = max(milestone.due for milestone in _get_contract_terms(view, agreement.contract).milestones)
    return parse_amount(record.amount) >= least_minor and record.until >= last_due + margin_days * DAY_SECONDS


def release_guarantee(draft: Draft, guarantee: str) -> list[Event]:
    """A guarantee goes back: what it is for was done, or came to nothing. One that was called, or went back before, stays."""
    record = get_guarantee(draft, guarantee)
    if record.state != REGISTERED:
        return []
    draft.put(guarantee_key(guarantee), replace(record, state=RELEASED))
    return [GuaranteeReleased(guarantee)]


def call_guarantee(draft: Draft, call: Call, guarantee: str, amount_minor: int | None = None) -> list[Event]:
    """The beneficiary demands an amount, all of it where none is named; the guarantor has its term to pay."""
    record = get_guarantee(draft, guarantee)
    if record.state != REGISTERED:
        return []
    name = record.process or require(draft.get(agreement_key(record.contract), AgreementRecord), record.contract).process
    due = compute_term_end(draft, call.time, get_process(draft, name), "guarantee_payment")
    called = record.amount if amount_minor is None else format_amount(amount_minor)
    draft.put(guarantee_key(guarantee), replace(record, called=called, due=due, state=CALLED))
    schedule(draft, due, UNPAID, guarantee)
    treasury, currency = _find_treasury(draft, record)
    raise_due(draft, name_due(guarantee), parse_amount(called), currency, treasury)
    return [GuaranteeCalled(called, due, guarantee)]


def suspend_unpaid(draft: Draft, call: Call, guarantee: str) -> list[Event]:
    """The time to pay a call is over: a guarantor that did not pay gives no guarantee until it has. Those it gave bind it still."""
    record = get_guarantee(draft, guarantee)
    if record.state != CALLED or call.time < record.due or is_settled(draft, name_due(guarantee)):
        return []
    key, unpaid = guarantor_key(record.guarantor), _list_unpaid(draft, record.guarantor)
    since = require(draft.get(key, GuarantorRecord), key).suspended if unpaid else call.time
    draft.put(key, GuarantorRecord([*unpaid, guarantee], since))
    return [] if unpaid else [GuarantorSuspended(guarantee, record.guarantor)]


def name_due(guarantee: str) -> str:
    """What the treasury is owed of a guarantee that was called."""
    return f"guarantee:{guarantee}"


def _list_unpaid(view: View, organisation: str) -> list[str]:
    """Calls on a guarantor of which not all came in, though their time is over."""
    record = view.get(guarantor_key(organisation), GuarantorRecord)
    return [each for each in record.guarantees if not is_settled(view, name_due(each))] if record is not None else []


def _find_treasury(view: View, record: GuaranteeRecord) -> tuple[str, str]:
    """Who receives what is called, and in which currency: the treasury of the budget lines; the buyer itself while there are none."""
    if record.contract:
        agreement = require(view.get(agreement_key(record.contract), AgreementRecord), record.contract)
        line, currency = find_line(view, agreement.years[0].line), agreement.currency
    else:
        ceiling = get_lot_terms(view, record.process, record.lot).ceiling
        line, currency = find_line(view, ceiling[0].line), get_process(view, record.process).currency
    return (line.organisation if line is not None else record.beneficiary), currency


def _compute_share(amount_minor: int, part_bp: int, unit_minor: int) -> int:
    """So many basis points of an amount, rounded down to payment units: a least amount never leaves the range of one."""
    return amount_minor * part_bp // WHOLE_BP // unit_minor * unit_minor


def _get_contract_terms(view: View, contract: str) -> AgreementTermsRecord:
    return require(view.get(agreement_terms_key(contract), AgreementTermsRecord), contract)
