"""What a part of a milestone makes due under its contract: reads what ``amounts`` reckons with.

Owns which record and which parameter each figure is from. Rules, explanations and commands ask here, so they cannot differ.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from prasasti.contracts.procurement.agreement.records import AgreementRecord, ContractMilestone
from prasasti.contracts.procurement.calendar import count_local_days_between
from prasasti.contracts.procurement.delivery.amounts import (
    Due,
    Figures,
    Sums,
    compute_damages,
    compute_due_amounts,
    compute_tax_base,
)
from prasasti.contracts.procurement.delivery.progress import (
    compute_live_advance,
    find_figures_time,
    get_contract_terms,
    get_progress,
)
from prasasti.contracts.procurement.delivery.records import MilestonePartRecord, ProgressRecord
from prasasti.contracts.procurement.delivery.taxes import read_vat_bp
from prasasti.contracts.procurement.parameters import read_calendar, read_integer, read_payment_unit
from prasasti.core.contract import View
from prasasti.core.types import format_amount, parse_amount

# Terms of a contract: money is kept from each payment; damages are reckoned on what is late, or on the whole price.
RETAIN_EACH, ON_PRICE = "each", "price"


class Delay(NamedTuple):
    """How late a part came: ``days`` are local dates after its due date, on which ``damages_minor`` are due by the terms."""

    due: int
    days: int
    damages_minor: int


def read_unit(view: View, agreement: AgreementRecord) -> int:
    """The least amount that is paid under a contract, minor units."""
    return read_payment_unit(view, agreement.currency, find_figures_time(view, agreement))


def read_figures(view: View, agreement: AgreementRecord) -> Figures:
    """What a contract's terms and the parameters of its time say."""
    terms, time = get_contract_terms(view, agreement.contract).terms, find_figures_time(view, agreement)
    return Figures(
        recovery_start_bp=terms.recovery_start_bp,
        recovery_span_bp=terms.recovery_span_bp,
        retention_bp=terms.retention_bp if terms.retention == RETAIN_EACH else 0,
        damages_cap_bp=terms.damages_cap_bp,
        damages_bp_a_day=read_integer(view, "", "damages_bp_a_day", time),
        vat_bp=read_vat_bp(view, agreement),
        unit_minor=read_unit(view, agreement),
    )


def read_sums(view: View, agreement: AgreementRecord) -> Sums:
    """A contract's sums as they stand now."""
    progress = get_progress(view, agreement.contract)
    return Sums(
        price_minor=parse_amount(agreement.price),
        certified_minor=parse_amount(progress.certified),
        advance_minor=compute_live_advance(view, progress),
        advance_taken_minor=parse_amount(progress.advance),
        recovered_minor=parse_amount(progress.recovered),
        retained_minor=parse_amount(progress.retained),
        damages_minor=parse_amount(progress.damages),
        damages_taken_minor=parse_amount(progress.damages_taken),
    )


def compute_delay(view: View, agreement: AgreementRecord, milestone: ContractMilestone, part: MilestonePartRecord) -> Delay:
    """How late a part's evidence came, and what that costs. The time that inspection takes, and a suspension after the evidence, are
    not the contractor's: the due date is moved by the suspensions before it alone."""
    due = milestone.due + part.moved_seconds
    days = max(0, count_local_days_between(read_calendar(view, agreement.buyer, part.submitted), due, part.submitted))
    is_whole = get_contract_terms(view, agreement.contract).terms.damages_on == ON_PRICE
    base_minor = parse_amount(agreement.price if is_whole else part.accepted)
    return Delay(due, days, compute_damages(read_sums(view, agreement), read_figures(view, agreement), base_minor, days))


def compute_part_due(
    view: View, agreement: AgreementRecord, milestone: ContractMilestone, part: MilestonePartRecord, taxes_minor: int
) -> Due:
    """What a certificate of an accepted part makes due now, of which taxes are withheld."""
    delay = compute_delay(view, agreement, milestone, part)
    sums, figures = read_sums(view, agreement), read_figures(view, agreement)
    return compute_due_amounts(sums, figures, parse_amount(part.accepted), delay.damages_minor, taxes_minor)


def add_certified(progress: ProgressRecord, delay: Delay, due: Due) -> ProgressRecord:
    """A contract's sums once a part is certified."""
    return replace(
        progress,
        certificates=progress.certificates + 1,
        certified=format_amount(parse_amount(progress.certified) + due.gross_minor),
        damages=format_amount(parse_amount(progress.damages) + delay.damages_minor),
        damages_taken=format_amount(parse_amount(progress.damages_taken) + due.damages_minor),
        recovered=format_amount(parse_amount(progress.recovered) + due.recovery_minor),
        retained=format_amount(parse_amount(progress.retained) + due.retention_minor),
    )


def compute_base(view: View, agreement: AgreementRecord, amount_minor: int) -> int:
    """What taxes of any payment of a contract are reckoned on, minor units."""
    return compute_tax_base(amount_minor, read_figures(view, agreement))
