"""How far a contract is: what several of its messages read, and how an order is raised for it.

Owns no rule of a message. A contract's messages ask here who delivers, what stands, what is due until when.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.people import Person
from prasasti.contracts.procurement.agreement.records import (
    COMPLETED,
    ENDED,
    HANDED_OVER,
    SIGNED,
    AgreementRecord,
    AgreementTermsRecord,
    ContractMilestone,
    agreement_key,
    agreement_terms_key,
)
from prasasti.contracts.procurement.calendar import compute_date, compute_end, compute_local_day
from prasasti.contracts.procurement.delivery.records import (
    MilestonePartRecord,
    MilestoneRecord,
    ProgressRecord,
    milestone_key,
    part_key,
    progress_key,
)
from prasasti.contracts.procurement.parameters import read_calendar, read_term
from prasasti.contracts.procurement.process import find_process
from prasasti.contracts.treasury.orders import NewOrder, WithheldTax, find_order, find_years, raise_order, sum_live
from prasasti.core.contract import Call, View
from prasasti.core.types import Event, parse_amount, require

# A contract whose parties signed, whatever came of it.
STANDING = (SIGNED, HANDED_OVER, COMPLETED, ENDED)
# One under which work goes on.
RUNNING = (SIGNED, HANDED_OVER)


def find_contract(view: View, contract: str, *states: str) -> AgreementRecord | None:
    """A contract that was signed, in one of the states where any are named."""
    record = view.get(agreement_key(contract), AgreementRecord)
    return record if record is not None and record.state in (states or STANDING) else None


def get_contract(view: View, contract: str) -> AgreementRecord:
    """A signed contract that an earlier condition found."""
    return require(find_contract(view, contract), contract)


def get_contract_terms(view: View, contract: str) -> AgreementTermsRecord:
    """The structured terms of a contract, as last amended."""
    return require(view.get(agreement_terms_key(contract), AgreementTermsRecord), contract)


def get_progress(view: View, contract: str) -> ProgressRecord:
    """How far a contract is; at its beginning nothing is written."""
    return view.get(progress_key(contract), ProgressRecord) or ProgressRecord()


def find_milestone(view: View, contract: str, milestone: str) -> ContractMilestone | None:
    """A milestone of a contract, as its terms have it."""
    terms = view.get(agreement_terms_key(contract), AgreementTermsRecord)
    return next((each for each in terms.milestones if each.id == milestone), None) if terms is not None else None


def get_milestone(view: View, contract: str, milestone: str) -> MilestoneRecord:
    """How far a milestone is; at its beginning nothing is written."""
    return view.get(milestone_key(contract, milestone), MilestoneRecord) or MilestoneRecord()


def get_part(view: View, contract: str, milestone: str, number: int) -> MilestonePartRecord:
    """A part of a milestone that is there."""
    return require(view.get(part_key(contract, milestone, number), MilestonePartRecord), f"part {number} of {milestone}")


def find_current(view: View, contract: str, milestone: str) -> MilestonePartRecord | None:
    """The part that is to be invoiced, witnessed and certified next: the first that was accepted and is not certified."""
    current = get_milestone(view, contract, milestone).current
    return get_part(view, contract, milestone, current[0]) if current else None


def compute_due(progress: ProgressRecord, due: int) -> int:
    """A due date of a contract, seconds UTC, moved by how long the contract was suspended until it last went on."""
    return due + progress.suspended_seconds


def compute_contract_term(view: View, start: int, agreement: AgreementRecord, topic: str) -> int:
    """When a term of a contract that starts at a time is over: its length as of ``find_figures_time``, the calendar as of the start."""
    term = read_term(view, topic, find_figures_time(view, agreement))
    return compute_end(read_calendar(view, agreement.buyer, start), start, term)


def find_figures_time(view: View, agreement: AgreementRecord) -> int:
    """The time whose parameters hold for a contract: its process's publication, or, without one, its draft."""
    process = find_process(view, agreement.process) if agreement.process else None
    return process.published if process is not None else agreement.drafted


def compute_year(view: View, agreement: AgreementRecord, time: int) -> int:
    """The budget year of a time: that of the buyer's calendar."""
    year, _, _ = compute_date(compute_local_day(read_calendar(view, agreement.buyer, time), time))
    return year


def compute_live_advance(view: View, progress: ProgressRecord) -> int:
    """What of the advance is paid or on its way, minor units: its lines that were not rejected or returned, replaced ones by theirs."""
    total_minor, order = 0, find_order(view, progress.advance_order) if progress.advance_order else None
    while order is not None:
        total_minor += sum_live(order)
        order = find_order(view, order.replaces) if order.replaces else None
    return total_minor


def compute_unrecovered(view: View, progress: ProgressRecord) -> int:
    """What of the advance is out and not recovered yet, minor units."""
    return max(0, compute_live_advance(view, progress) - parse_amount(progress.recovered))


def name_order(contract: str, number: int) -> str:
    """Id of a contract's order; its last part has no dash, so no other contract's order can have it."""
    return f"{contract}-{number}"


def describe_order(
    agreement: AgreementRecord, progress: ProgressRecord, cause: str, milestone: str, net_minor: int, taxes: Sequence[WithheldTax],
    raised_by: Sequence[Person],
) -> NewOrder:  # fmt: skip
    """The next order of a contract: to its supplier, of a consortium to its leader, out of its commitment."""
    return NewOrder(
        order=name_order(agreement.contract, progress.orders + 1), subject=agreement.contract, cause=cause, milestone=milestone,
        commitment=agreement.contract, payee=agreement.supplier, net_minor=net_minor, taxes=taxes, raised_by=raised_by,
    )  # fmt: skip


def is_borne(view: View, call: Call, agreement: AgreementRecord, amount_minor: int) -> bool:
    """Whether the budget lines of this year, and what earlier ones left, bear an amount to be ordered now; nothing is always borne."""
    return not amount_minor or find_years(view, agreement.contract, compute_year(view, agreement, call.time), amount_minor) is not None


def order_payment(draft: Draft, call: Call, agreement: AgreementRecord, new: NewOrder) -> tuple[str, list[Event]]:
    """Raise a contract's next order, unless it is of nothing; the progress counts it. Its id, "" for none, and what is told.

    Needs ``is_borne``. Whoever calls reads the progress anew afterwards.
    """
    if not new.amount_minor:
        return "", []
    told = raise_order(draft, call, new, compute_year(draft, agreement, call.time))
    progress = get_progress(draft, agreement.contract)
    draft.put(progress_key(agreement.contract), replace(progress, orders=progress.orders + 1))
    return new.order, told
