"""Taxes withheld from a payment: which, at what rate, on what (procurement-lifecycle, 3 and 4).

Owns what the lines of a message have to say; shared by 32, 35, 40 and 53. What a tax is reckoned on is with ``amounts``.
"""

from __future__ import annotations

from collections.abc import Sequence

from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.procurement.delivery.amounts import compute_tax
from prasasti.contracts.procurement.delivery.progress import find_figures_time
from prasasti.contracts.procurement.parameters import read_codes, read_integer, read_payment_unit
from prasasti.contracts.procurement.shapes import TaxLine
from prasasti.contracts.treasury.orders import WithheldTax
from prasasti.core.contract import View
from prasasti.core.types import format_amount, parse_amount

# The taxes that are in the price: the base of every tax, and of damages, is without them.
VALUE_ADDED = ("ppn", "vat")


def list_rates(view: View, agreement: AgreementRecord) -> list[tuple[str, int]]:
    """The taxes withheld from every payment of a contract of its kind, in the order of the lines, and their rates in basis points."""
    time = find_figures_time(view, agreement)
    codes = read_codes(view, f"{agreement.kind}.taxes", time)
    return [(code, read_integer(view, "", f"tax_bp.{code}", time)) for code in codes]


def read_vat_bp(view: View, agreement: AgreementRecord) -> int:
    """The value-added tax in a contract's price, basis points; 0 where none is withheld."""
    return sum(rate_bp for code, rate_bp in list_rates(view, agreement) if code in VALUE_ADDED)


def compute_taxes(view: View, agreement: AgreementRecord, base_minor: int) -> list[TaxLine]:
    """The lines of a payment at the rates of its kind."""
    unit_minor = read_payment_unit(view, agreement.currency, find_figures_time(view, agreement))
    return [
        TaxLine(format_amount(compute_tax(base_minor, rate_bp, unit_minor)), format_amount(base_minor), code, rate_bp)
        for code, rate_bp in list_rates(view, agreement)
    ]


def are_taxes_right(view: View, agreement: AgreementRecord, base_minor: int, taxes: Sequence[TaxLine]) -> bool:
    """Whether the lines are the taxes of the contract's kind, in order, each on the base, at its rate or another with a known reason,
    each amount the rate of the base."""
    time = find_figures_time(view, agreement)
    unit_minor = read_payment_unit(view, agreement.currency, time)
    rates = list_rates(view, agreement)
    return [line.code for line in taxes] == [code for code, _ in rates] and all(
        parse_amount(line.base) == base_minor
        and _is_rate_explained(view, line, rate_bp, time)
        and parse_amount(line.amount) == compute_tax(base_minor, line.rate_bp, unit_minor)
        for line, (_, rate_bp) in zip(taxes, rates, strict=True)
    )


def sum_taxes(taxes: Sequence[TaxLine]) -> int:
    """What the lines withhold, minor units."""
    return sum(parse_amount(line.amount) for line in taxes)


def list_withheld(taxes: Sequence[TaxLine]) -> list[WithheldTax]:
    """The lines of an order; a tax of nothing is none."""
    return [
        WithheldTax(line.code, parse_amount(line.base), line.rate_bp, parse_amount(line.amount), line.reason or "")
        for line in taxes
        if parse_amount(line.amount)
    ]


def _is_rate_explained(view: View, line: TaxLine, rate_bp: int, time: int) -> bool:
    """A rate that is the State's needs no reason, another one a code."""
    return line.reason is None if line.rate_bp == rate_bp else line.reason in read_codes(view, "reasons.tax", time)
