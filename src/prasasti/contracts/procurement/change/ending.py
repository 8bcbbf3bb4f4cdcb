"""What is left of a contract when nothing more is delivered under it: its retention, what is open against that, its commitment.

Owns the last order of a contract, and what of its money is free again. The order of taking is that of a certificate: the advance that
is not recovered first, then damages, which never take what is withheld as tax; what the retention does not reach is owed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.people import list_signers
from prasasti.contracts.procurement.agreement.guarantees import get_cover, release_guarantee
from prasasti.contracts.procurement.agreement.records import ENDED, AgreementRecord
from prasasti.contracts.procurement.change.events import ContractSettled
from prasasti.contracts.procurement.delivery.due import compute_base
from prasasti.contracts.procurement.delivery.progress import (
    compute_live_advance,
    compute_unrecovered,
    describe_order,
    get_progress,
    order_payment,
)
from prasasti.contracts.procurement.delivery.records import ProgressRecord, progress_key
from prasasti.contracts.procurement.delivery.taxes import compute_taxes, list_withheld, sum_taxes
from prasasti.contracts.procurement.shapes import TaxLine
from prasasti.contracts.treasury.budgets import free_commitment, get_line, list_open
from prasasti.contracts.treasury.dues import raise_due
from prasasti.core.contract import Call, View
from prasasti.core.types import Event, format_amount, parse_amount

RETENTION_CAUSE = "retention"
# Grounds on which the authority ends a contract, for no fault of the contractor.
CONVENIENCE = ("convenience", "force_majeure")


class Release(NamedTuple):
    """What giving back ``held`` of a retention makes due, minor units: ``advance`` and ``damages`` are taken of it first, the rest is
    ordered, and taxes of ``tax_base`` are withheld from that. ``advance_owed``, ``damages_owed`` are what it did not reach."""

    held_minor: int
    advance_minor: int
    damages_minor: int
    order_minor: int
    tax_base_minor: int
    advance_owed_minor: int
    damages_owed_minor: int


def compute_held(progress: ProgressRecord) -> int:
    """What is retained and not given back or used up, minor units."""
    return parse_amount(progress.retained) - parse_amount(progress.released)


def compute_release(view: View, agreement: AgreementRecord, progress: ProgressRecord, held_minor: int, taxes_minor: int) -> Release:
    """What giving back so much of a contract's retention makes due, of which taxes are withheld."""
    unrecovered_minor = compute_unrecovered(view, progress)
    open_minor = parse_amount(progress.damages) - parse_amount(progress.damages_taken)
    advance_minor = min(unrecovered_minor, held_minor)
    rest_minor = held_minor - advance_minor
    damages_minor = min(open_minor, max(0, rest_minor - taxes_minor))
    return Release(
        held_minor=held_minor, advance_minor=advance_minor, damages_minor=damages_minor, order_minor=rest_minor - damages_minor,
        tax_base_minor=compute_base(view, agreement, rest_minor), advance_owed_minor=unrecovered_minor - advance_minor,
        damages_owed_minor=open_minor - damages_minor,
    )  # fmt: skip


def release_retention(
    draft: Draft, call: Call, agreement: AgreementRecord, held_minor: int, taxes: Sequence[TaxLine]
) -> tuple[Release, str, list[Event]]:
    """So much of the retention is given back: what it makes due, the order, "" for nothing, and what is told."""
    progress, taxes_minor = get_progress(draft, agreement.contract), sum_taxes(taxes)
    release = compute_release(draft, agreement, progress, held_minor, taxes_minor)
    progress = replace(
        progress,
        damages_taken=format_amount(parse_amount(progress.damages_taken) + release.damages_minor),
        recovered=format_amount(parse_amount(progress.recovered) + release.advance_minor),
        released=format_amount(parse_amount(progress.released) + release.held_minor),
    )
    draft.put(progress_key(agreement.contract), progress)
    new = describe_order(
        agreement, progress, RETENTION_CAUSE, "", release.order_minor - taxes_minor, list_withheld(taxes), list_signers(draft, call)
    )  # fmt: skip
    order, told = order_payment(draft, call, agreement, new)
    return release, order, told


def settle(draft: Draft, call: Call, agreement: AgreementRecord, taxes: Sequence[TaxLine]) -> tuple[Release, list[Event]]:
    """Nothing is paid under the contract any more: all that is retained is given back, what is open beyond it is owed to the treasury,
    and of its commitment nothing is kept but what was ordered."""
    release, order, told = release_retention(draft, call, agreement, compute_held(get_progress(draft, agreement.contract)), taxes)
    treasury = get_line(draft, agreement.years[0].line).organisation
    for matter, owed_minor in (("advance", release.advance_owed_minor), ("damages", release.damages_owed_minor)):
        if owed_minor:
            raise_due(draft, f"{matter}:{agreement.contract}", owed_minor, agreement.currency, treasury)
    freed = free_commitment(draft, agreement.contract)
    settled = ContractSettled(
        format_amount(release.advance_owed_minor), agreement.contract, format_amount(release.damages_owed_minor),
        format_amount(sum(freed.values())), order,
    )  # fmt: skip
    return release, [settled, *told]


def settle_ended(draft: Draft, call: Call, agreement: AgreementRecord) -> list[Event]:
    """A contract that was ended is settled, at once or with its last certificate; before that, and otherwise, nothing happens.

    Its taxes are the State's, since no message lists them. What the contractor gave guarantees for is over where it was not at fault
    and owes nothing.
    """
    progress = get_progress(draft, agreement.contract)
    if not is_to_be_settled(agreement, progress):
        return []
    release, told = settle(draft, call, agreement, compute_ended_taxes(draft, agreement, progress))
    if progress.ended_ground in CONVENIENCE and not release.advance_owed_minor and not release.damages_owed_minor:
        told += release_guarantees(draft, agreement)
    return told


def is_to_be_settled(agreement: AgreementRecord, progress: ProgressRecord) -> bool:
    """Whether a contract was ended and all that was accepted under it is certified."""
    return agreement.state == ENDED and progress.accepted == progress.certified


def compute_ended_taxes(view: View, agreement: AgreementRecord, progress: ProgressRecord) -> list[TaxLine]:
    """The taxes of the order that settles an ended contract; none where it gives nothing back."""
    base_minor = compute_release(view, agreement, progress, compute_held(progress), 0).tax_base_minor
    return compute_taxes(view, agreement, base_minor) if base_minor else []


def compute_ended_order(view: View, agreement: AgreementRecord, progress: ProgressRecord) -> int:
    """What is ordered when an ended contract is settled, minor units."""
    taxes_minor = sum_taxes(compute_ended_taxes(view, agreement, progress))
    return compute_release(view, agreement, progress, compute_held(progress), taxes_minor).order_minor


def compute_freed(view: View, agreement: AgreementRecord, progress: ProgressRecord) -> int:
    """What of its commitment an ended contract needs no longer, minor units: price − accepted − advance that is not recovered, but never
    what can still be ordered, which is more where the bank gave an advance back."""
    live_minor, recovered_minor = compute_live_advance(view, progress), parse_amount(progress.recovered)
    accepted_minor = parse_amount(progress.accepted)
    to_come_minor = accepted_minor - parse_amount(progress.certified) + compute_held(progress) + max(0, recovered_minor - live_minor)
    unneeded_minor = parse_amount(agreement.price) - accepted_minor - max(0, live_minor - recovered_minor)
    return max(0, min(unneeded_minor, sum(list_open(view, agreement.contract).values()) - to_come_minor))


def release_guarantees(draft: Draft, agreement: AgreementRecord) -> list[Event]:
    """What was guaranteed of a contract is over: its guarantees go back, but those that were called."""
    cover = get_cover(draft, agreement.contract)
    guarantees = [each for each in (cover.advance, cover.performance, cover.retention) if each]
    return [event for guarantee in guarantees for event in release_guarantee(draft, guarantee)]
