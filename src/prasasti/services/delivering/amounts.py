"""Amounts of an advance, an invoice, a certificate, and of what is given back at the end: computed as the ledger stands, and told.

The taxes are those of the contract's kind; where a rate is another, whoever drafts says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.procurement.change.checks import find_release
from prasasti.contracts.procurement.change.ending import (
    Release,
    compute_ended_taxes,
    compute_freed,
    compute_held,
    compute_release,
)
from prasasti.contracts.procurement.delivery.amounts import Due, compute_tax
from prasasti.contracts.procurement.delivery.due import (
    ON_PRICE,
    compute_base,
    compute_delay,
    compute_part_due,
    read_figures,
    read_sums,
    read_unit,
)
from prasasti.contracts.procurement.delivery.progress import find_current, get_contract_terms, get_progress
from prasasti.contracts.procurement.delivery.records import MilestonePartRecord
from prasasti.contracts.procurement.delivery.taxes import compute_taxes, sum_taxes
from prasasti.contracts.procurement.parameters import read_codes
from prasasti.contracts.procurement.payment.checks import compute_most_advance
from prasasti.contracts.procurement.shapes import TaxLine
from prasasti.core.contract import Call, View
from prasasti.core.types import format_amount, format_signed_amount, parse_amount
from prasasti.services.delivering.lines import (
    Drafted,
    Line,
    OtherRate,
    require_contract,
    require_milestone,
    spell_percent,
)
from prasasti.services.submitting import DraftProblem

Rates = Mapping[str, OtherRate]


def draft_advance(view: View, contract: str, amount_minor: int, rates: Rates, now: int) -> Drafted:
    """The taxes of an advance (32); DraftProblem."""
    agreement = require_contract(view, contract)
    taxes = draft_taxes(view, agreement, compute_base(view, agreement, amount_minor), rates, now)
    price_minor, most_minor = parse_amount(agreement.price), compute_most_advance(view, agreement)
    told = [Line("advance", {}, {"amount": amount_minor, "most": most_minor, "price": price_minor})]
    return Drafted({"taxes": _encode(taxes)}, [*told, *_tell_taxes(taxes), _tell_order(amount_minor, taxes)])


def draft_invoice(view: View, contract: str, milestone: str, rates: Rates, now: int) -> Drafted:
    """Gross and taxes of an invoice (53): all that was accepted; DraftProblem."""
    agreement, part = require_contract(view, contract), require_part(view, contract, milestone)
    due, taxes = _compute_due(view, agreement, milestone, part, rates, now)
    told = [_tell_gross(milestone, part, due), _tell_recovery(view, agreement, due), _tell_retention(view, agreement, due)]
    taken = {"gross": part.accepted, "taxes": _encode(taxes)}
    return Drafted(taken, [*told, *_tell_taxes(taxes), Line("invoice_open")])


def draft_certificate(view: View, contract: str, milestone: str, rates: Rates, now: int) -> Drafted:
    """Everything that a certificate (35) makes due; DraftProblem."""
    agreement, part = require_contract(view, contract), require_part(view, contract, milestone)
    due, taxes = _compute_due(view, agreement, milestone, part, rates, now)
    delay = compute_delay(view, agreement, require_milestone(view, contract, milestone), part)
    told = [_tell_gross(milestone, part, due), _tell_recovery(view, agreement, due), _tell_retention(view, agreement, due)]
    told += [*_tell_damages(view, agreement, milestone, part, due), *_tell_taxes(taxes), _tell_order(due.order_minor, taxes)]
    taken = {
        "damages": format_amount(due.damages_minor), "days": delay.days, "gross": format_amount(due.gross_minor),
        "recovery": format_signed_amount(due.recovery_minor), "retention": format_amount(due.retention_minor), "taxes": _encode(taxes),
    }  # fmt: skip
    return Drafted(taken, told)


def draft_release(view: View, call: Call, rates: Rates) -> Drafted:
    """The taxes of what hand-over or final acceptance (40) gives back of the retention; none where nothing is; DraftProblem."""
    agreement = require_contract(view, call.arguments.contract)
    base_minor = find_release(view, call).tax_base_minor
    taxes = draft_taxes(view, agreement, base_minor, rates, call.time) if base_minor else []
    arguments = msgspec.structs.replace(call.arguments, taxes=taxes) if taxes else call.arguments
    release = find_release(view, msgspec.structs.replace(call, arguments=arguments))
    return Drafted({"taxes": _encode(taxes)} if taxes else {}, _tell_release(release, taxes))


def tell_end(view: View, contract: str) -> list[Line]:
    """What ending a contract now (39) makes due, and what of its money is free; with work that is not certified that comes with its
    last certificate. DraftProblem."""
    agreement = require_contract(view, contract)
    progress = get_progress(view, contract)
    if progress.accepted != progress.certified:
        open_minor = parse_amount(progress.accepted) - parse_amount(progress.certified)
        return [Line("end_later", {}, {"open": open_minor})]
    taxes = compute_ended_taxes(view, agreement, progress)
    release = compute_release(view, agreement, progress, compute_held(progress), sum_taxes(taxes))
    freed_minor = compute_freed(view, agreement, progress)
    return [*_tell_release(release, taxes), Line("freed", {}, {"freed": freed_minor})]


def require_part(view: View, contract: str, milestone: str) -> MilestonePartRecord:
    """The part of a milestone that is invoiced and certified next; DraftProblem."""
    require_milestone(view, contract, milestone)
    part = find_current(view, contract, milestone)
    if part is None:
        raise DraftProblem(
            f"nothing of the milestone {milestone} of {contract} is accepted and not certified: evidence and inspection come first; "
            "nothing was signed"
        )
    return part


def draft_taxes(view: View, agreement: AgreementRecord, base_minor: int, rates: Rates, now: int) -> list[TaxLine]:
    """The tax lines of a payment on a base, at the State's rates but for those given; DraftProblem names a code that is none."""
    lines = compute_taxes(view, agreement, base_minor)
    codes, reasons = [line.code for line in lines], read_codes(view, "reasons.tax", now)
    for code, other in rates.items():
        if code not in codes:
            raise DraftProblem(
                f"no tax {code} is withheld from a contract of {agreement.kind}: {', '.join(codes) or 'none is'}; nothing was signed"
            )
        if other.reason not in reasons:
            raise DraftProblem(f"{code}: {other.reason} is no reason for another rate: {', '.join(sorted(reasons))}; nothing was signed")
    unit_minor = read_unit(view, agreement)
    return [_rate(line, rates[line.code], unit_minor) if line.code in rates else line for line in lines]


def _rate(line: TaxLine, other: OtherRate, unit_minor: int) -> TaxLine:
    """A line at another rate; the State's own needs no reason."""
    if line.rate_bp == other.rate_bp:
        return line
    amount_minor = compute_tax(parse_amount(line.base), other.rate_bp, unit_minor)
    return TaxLine(format_amount(amount_minor), line.base, line.code, other.rate_bp, other.reason)


def _compute_due(
    view: View, agreement: AgreementRecord, milestone: str, part: MilestonePartRecord, rates: Rates, now: int
) -> tuple[Due, list[TaxLine]]:
    """What a part makes due, with its taxes: damages take no more than these leave."""
    terms = require_milestone(view, agreement.contract, milestone)
    base_minor = compute_part_due(view, agreement, terms, part, 0).tax_base_minor
    taxes = draft_taxes(view, agreement, base_minor, rates, now)
    return compute_part_due(view, agreement, terms, part, sum_taxes(taxes)), taxes


def _encode(taxes: Sequence[TaxLine]) -> list[dict[str, Any]]:
    return [{name: value for name, value in msgspec.to_builtins(line).items() if value is not None} for line in taxes]


# -- what is told -------------------------------------------------------------------------------------------------------------------------


def _tell_gross(milestone: str, part: MilestonePartRecord, due: Due) -> Line:
    return Line("gross", {"milestone": milestone, "part": part.number}, {"gross": due.gross_minor})


def _tell_recovery(view: View, agreement: AgreementRecord, due: Due) -> Line:
    sums = read_sums(view, agreement)
    amounts = {
        "recovery": due.recovery_minor, "advance": sums.advance_minor, "before": sums.recovered_minor,
        "certified": sums.certified_minor + due.gross_minor, "price": sums.price_minor,
    }  # fmt: skip
    return Line("recovery", {}, amounts)


def _tell_retention(view: View, agreement: AgreementRecord, due: Due) -> Line:
    sums, figures = read_sums(view, agreement), read_figures(view, agreement)
    amounts = {"retention": due.retention_minor, "certified": sums.certified_minor + due.gross_minor, "before": sums.retained_minor}
    return Line("retention", {"percent": spell_percent(figures.retention_bp)}, amounts)


def _tell_damages(view: View, agreement: AgreementRecord, milestone: str, part: MilestonePartRecord, due: Due) -> list[Line]:
    """Days and what they cost; what the order takes of all that is open."""
    delay = compute_delay(view, agreement, require_milestone(view, agreement.contract, milestone), part)
    sums, figures = read_sums(view, agreement), read_figures(view, agreement)
    told = [Line("in_time", {"due": delay.due})]
    if delay.days:
        is_whole = get_contract_terms(view, agreement.contract).terms.damages_on == ON_PRICE
        amounts = {
            "damages": due.damages_new_minor, "base": sums.price_minor if is_whole else due.gross_minor,
            "cap": sums.price_minor * figures.damages_cap_bp // 10_000, "before": sums.damages_minor,
        }  # fmt: skip
        facts = {
            "days": delay.days, "due": delay.due, "percent": spell_percent(figures.damages_bp_a_day), "vat": spell_percent(figures.vat_bp),
        }  # fmt: skip
        told = [Line("late", facts, amounts)]
    open_minor = sums.damages_minor + due.damages_new_minor - sums.damages_taken_minor
    if open_minor:
        told.append(Line("damages", {}, {"damages": due.damages_minor, "open": open_minor}))
    return told


def _tell_taxes(taxes: Sequence[TaxLine]) -> list[Line]:
    told = []
    for line in taxes:
        amounts = {"amount": parse_amount(line.amount), "base": parse_amount(line.base)}
        facts = {"code": line.code, "percent": spell_percent(line.rate_bp), "reason": line.reason or ""}
        told.append(Line("tax_otherwise" if line.reason else "tax", facts, amounts))
    return told or [Line("no_tax")]


def _tell_order(order_minor: int, taxes: Sequence[TaxLine]) -> Line:
    withheld_minor = sum_taxes(taxes)
    return Line("order", {}, {"order": order_minor, "net": order_minor - withheld_minor, "taxes": withheld_minor})


def _tell_release(release: Release, taxes: Sequence[TaxLine]) -> list[Line]:
    told = [Line("release", {}, {"held": release.held_minor})]
    if release.advance_minor or release.damages_minor:
        told.append(Line("release_taken", {}, {"advance": release.advance_minor, "damages": release.damages_minor}))
    told += [*(_tell_taxes(taxes) if release.held_minor else []), _tell_order(release.order_minor, taxes)]
    if release.advance_owed_minor or release.damages_owed_minor:
        told.append(Line("owed", {}, {"advance": release.advance_owed_minor, "damages": release.damages_owed_minor}))
    return told
