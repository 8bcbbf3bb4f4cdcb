"""What a certificate makes due: recovery of the advance, retention, damages for delay, taxes (procurement-lifecycle, 4: Money).

Pure arithmetic over sums; owns every rounding of the second half. Amounts are minor units, computed in payment units: each is what
a running total asks for beyond what was taken before, so that sums are exact. ``explain`` recomputes with these same functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from prasasti.contracts.procurement.money import WHOLE_BP, compute_part, compute_part_bp, compute_rest
from prasasti.contracts.procurement.scoring import QUANTITY_SCALE
from prasasti.core.types import sum_amounts


class Sums(NamedTuple):
    """A contract's sums before a certificate, minor units: its price, what is certified, what of the advance is out or on its way, and
    what earlier orders took. ``advance_taken`` is the advance as it was taken, which is more where some of it came back."""

    price_minor: int
    certified_minor: int
    advance_minor: int
    advance_taken_minor: int
    recovered_minor: int
    retained_minor: int
    damages_minor: int
    damages_taken_minor: int


class Figures(NamedTuple):
    """What terms and parameters say: shares in basis points; ``retention_bp`` is 0 where a guarantee stands for it."""

    recovery_start_bp: int
    recovery_span_bp: int
    retention_bp: int
    damages_cap_bp: int
    damages_bp_a_day: int
    vat_bp: int
    unit_minor: int


class Due(NamedTuple):
    """What a certificate makes due. ``recovery`` is less than 0 where an advance that was partly recovered came back.

    ``damages_new`` is what this part's delay costs, ``damages`` what the order takes of all that is open.
    """

    gross_minor: int
    recovery_minor: int
    retention_minor: int
    damages_new_minor: int
    damages_minor: int
    order_minor: int
    tax_base_minor: int


def compute_due_amounts(sums: Sums, figures: Figures, gross_minor: int, damages_new_minor: int, taxes_minor: int) -> Due:
    """What a certificate of ``gross`` makes due. Order of taking: recovery, retention, damages, each at most what is left; what is
    not taken now is open to the next order. Taxes are withheld from what the damages leave."""
    certified_minor = sum_amounts(sums.certified_minor, gross_minor)
    recovery_minor = min(gross_minor, _compute_recovery(sums, figures, certified_minor))
    retained_minor = compute_part_bp(certified_minor, figures.retention_bp, figures.unit_minor)
    retention_minor = min(gross_minor - recovery_minor, compute_rest(retained_minor, sums.retained_minor))
    rest_minor = gross_minor - recovery_minor - retention_minor
    open_minor = sums.damages_minor + damages_new_minor - sums.damages_taken_minor
    damages_minor = min(open_minor, max(0, rest_minor - taxes_minor))
    return Due(
        gross_minor, recovery_minor, retention_minor, damages_new_minor, damages_minor, rest_minor - damages_minor,
        compute_tax_base(rest_minor, figures),
    )  # fmt: skip


def _compute_recovery(sums: Sums, figures: Figures, certified_minor: int) -> int:
    """What is to be recovered now. Only where some of the advance came back is it less than 0: the share of that which was recovered
    goes out again. A price that rose gives nothing back."""
    recovery_minor = compute_recovered(sums, figures, certified_minor) - sums.recovered_minor
    return recovery_minor if sums.advance_minor < sums.advance_taken_minor else max(0, recovery_minor)


def compute_recovered(sums: Sums, figures: Figures, certified_minor: int) -> int:
    """What is recovered of the advance in all once so much is certified: its share of the span after the start."""
    start_minor = compute_part_bp(sums.price_minor, figures.recovery_start_bp, figures.unit_minor)
    span_minor = compute_part_bp(sums.price_minor, figures.recovery_span_bp, figures.unit_minor)
    if not span_minor:
        return sums.advance_minor if certified_minor > start_minor else 0
    reached_minor = min(max(0, certified_minor - start_minor), span_minor)
    return compute_part(sums.advance_minor, reached_minor, span_minor, figures.unit_minor)


def compute_damages(sums: Sums, figures: Figures, base_minor: int, days: int) -> int:
    """What so many days of delay cost, on an amount without its value-added tax, up to the cap over the whole contract."""
    net_minor = _floor(base_minor * WHOLE_BP // (WHOLE_BP + figures.vat_bp), figures.unit_minor)
    asked_minor = _floor(net_minor * days * figures.damages_bp_a_day // WHOLE_BP, figures.unit_minor)
    cap_minor = _floor(sums.price_minor * figures.damages_cap_bp // WHOLE_BP, figures.unit_minor)
    return min(asked_minor, compute_rest(cap_minor, sums.damages_minor))


def compute_tax_base(rest_minor: int, figures: Figures) -> int:
    """What taxes are reckoned on: what is left after recovery and retention, without the value-added tax in it; in payment units."""
    return _floor(rest_minor * WHOLE_BP // (WHOLE_BP + figures.vat_bp), figures.unit_minor)


def compute_tax(base_minor: int, rate_bp: int, unit_minor: int) -> int:
    """A tax at a rate, rounded down to payment units."""
    return _floor(base_minor * rate_bp // WHOLE_BP, unit_minor)


def compute_measured(
    quantities: Mapping[str, int], all_quantities: Mapping[str, int], unit_prices: Mapping[str, int], amount_minor: int, unit_minor: int
) -> int:
    """What accepted quantities of a milestone come to in all: quantity by unit price, rounded down to payment units; the milestone's
    amount once every quantity of it is accepted. Quantities are thousandths of a unit."""
    if all(quantities.get(item, 0) >= quantity for item, quantity in all_quantities.items()):
        return amount_minor
    total_minor = sum(quantity * unit_prices[item] for item, quantity in sorted(quantities.items())) // QUANTITY_SCALE
    return min(amount_minor, _floor(total_minor, unit_minor))


def _floor(amount_minor: int, unit_minor: int) -> int:
    return amount_minor // unit_minor * unit_minor
