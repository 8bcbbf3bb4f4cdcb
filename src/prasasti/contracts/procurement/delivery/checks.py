"""Conditions of delivery (33, 34, 35, 47, 53): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.people import find_person
from prasasti.contracts.procurement.agreement.records import ENDED, SIGNED, AgreementRecord, ContractMilestone
from prasasti.contracts.procurement.agreement.signing import list_contractors
from prasasti.contracts.procurement.change.ending import compute_ended_order, is_to_be_settled
from prasasti.contracts.procurement.conditions import is_readable
from prasasti.contracts.procurement.delivery.doubts import is_doubted
from prasasti.contracts.procurement.delivery.due import add_certified, compute_delay, compute_part_due
from prasasti.contracts.procurement.delivery.inspection import compute_accepted
from prasasti.contracts.procurement.delivery.progress import (
    compute_live_advance,
    find_contract,
    find_current,
    find_milestone,
    get_contract,
    get_milestone,
    get_progress,
    is_borne,
)
from prasasti.contracts.procurement.delivery.records import (
    ACCEPT,
    ACCEPTED,
    CONFIRM,
    DOUBT,
    INVOICED,
    CertificateRecord,
    InvoiceRecord,
    MilestonePartRecord,
    MilestoneRecord,
    ProgressRecord,
    certificate_key,
    invoice_key,
)
from prasasti.contracts.procurement.delivery.taxes import are_taxes_right, sum_taxes
from prasasti.contracts.procurement.integrity import Readings, is_grouped, list_ties
from prasasti.contracts.procurement.parameters import read_codes
from prasasti.contracts.procurement.process import find_process
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, parse_signed_amount, require

# Parts of a milestone that are accepted and not certified: a record stays bounded.
MAX_CURRENT = 32


def does_contractor_sign(view: View, call: Call) -> bool:
    """00.1: the contract was signed; the signer is somebody of a member of its contractor."""
    agreement = find_contract(view, call.arguments.contract)
    return agreement is not None and find_person(view, call.signers[0]).organisation in list_contractors(agreement)


def does_inspector_sign(view: View, call: Call) -> bool:
    """00.1: the contract's inspector."""
    agreement = find_contract(view, call.arguments.contract)
    return agreement is not None and find_person(view, call.signers[0]) == agreement.inspector


def does_certifier_sign(view: View, call: Call) -> bool:
    """00.1: the contract's certifier."""
    agreement = find_contract(view, call.arguments.contract)
    return agreement is not None and find_person(view, call.signers[0]) == agreement.certifier


def does_witness_sign(view: View, call: Call) -> bool:
    """00.1: the contract's second witness, where it has one."""
    agreement = find_contract(view, call.arguments.contract)
    return agreement is not None and find_person(view, call.signers[0]) == agreement.witness


def is_going_on(view: View, call: Call) -> bool:
    """00.3: the contract is not suspended."""
    return not get_progress(view, call.arguments.contract).suspended


def is_milestone_delivered(view: View, call: Call) -> bool:
    """00.2: work goes on under the contract, which has the milestone."""
    return get_contract(view, call.arguments.contract).state == SIGNED and _has_milestone(view, call)


def is_inspection_awaited(view: View, call: Call) -> bool:
    """00.2: work goes on, and evidence of the milestone awaits its inspection."""
    return is_milestone_delivered(view, call) and _get_record(view, call).waiting > 0


def is_milestone_there(view: View, call: Call) -> bool:
    """00.2: the contract stands, or was ended with work that is accepted, and has the milestone."""
    return get_contract(view, call.arguments.contract).state in (SIGNED, ENDED) and _has_milestone(view, call)


def is_invoice_new(view: View, call: Call) -> bool:
    """00.2: as 47, and nothing stands under the invoice's id."""
    key = invoice_key(call.arguments.contract, call.arguments.invoice)
    return is_milestone_there(view, call) and view.get(key, InvoiceRecord) is None


def is_certificate_new(view: View, call: Call) -> bool:
    """00.2: as 47, and nothing stands under the certificate's id."""
    key = certificate_key(call.arguments.contract, call.arguments.certificate)
    return is_milestone_there(view, call) and view.get(key, CertificateRecord) is None


def is_evidence_readable(view: View, call: Call) -> bool:
    """00.5: each piece of evidence."""
    return all(is_readable(each.document) for each in call.arguments.evidence)


def is_finding_reason_known(view: View, call: Call) -> bool:
    """00.6: why the inspector does not accept all."""
    reason = call.arguments.reason
    return reason is None or reason in read_codes(view, "reasons.inspection", call.time)


def is_doubt_reason_known(view: View, call: Call) -> bool:
    """00.6: what the witness doubts."""
    reason = call.arguments.reason
    return reason is None or reason in read_codes(view, "reasons.doubt", call.time)


def is_milestone_open(view: View, call: Call) -> bool:
    """33.1: something is left to deliver, no evidence awaits inspection, and not too many parts wait for their certificate."""
    record = _get_record(view, call)
    is_left = parse_amount(record.accepted) < parse_amount(_get_terms(view, call).amount)
    return is_left and not record.waiting and len(record.current) < MAX_CURRENT


def are_subcontractors_paid(view: View, call: Call) -> bool:
    """33.2: the contractor declares it (Perpres 16/2018 Pasal 53)."""
    return bool(call.arguments.subcontractors_paid)


def is_evidence_timely(view: View, call: Call) -> bool:
    """33.3: nothing is taken after now."""
    return all(each.taken <= call.time for each in call.arguments.evidence)


def is_inspector_apart(view: View, call: Call) -> bool:
    """34.1: the inspector does not certify, and has no tie to whoever delivers (I3, I4, I7), as attested by now."""
    agreement = get_contract(view, call.arguments.contract)
    readings, contractors = _read_integrity(view, call, agreement), list_contractors(agreement)
    inspector = agreement.inspector
    is_tied = any(each in list_ties(readings, inspector) for each in contractors)
    is_near = any(is_grouped(readings, inspector.organisation, each) for each in contractors)
    return inspector != agreement.certifier and not is_tied and not is_near


def has_finding_reason(view: View, call: Call) -> bool:
    """34.2: what is rejected, or accepted in part, has a reason; what is accepted has none."""
    return bool((call.arguments.reason is None) == (call.arguments.outcome == ACCEPT))


def is_accepted_fit(view: View, call: Call) -> bool:
    """34.3: all the rest, less than it and more than nothing, or nothing; in payment units, or by the milestone's quantities."""
    return compute_accepted(view, call) is not None


def is_accepted(view: View, call: Call) -> bool:
    """35.1: a part that an inspector accepted is not certified."""
    return _find_part(view, call) is not None


def does_invoice_match(view: View, call: Call) -> bool:
    """35.2: the contractor asked for that part, and the certificate is for all of it."""
    part = _get_part(view, call)
    return part.state == INVOICED and bool(call.arguments.gross == part.accepted)


def are_amounts_due(view: View, call: Call) -> bool:
    """35.3: recovery, retention, damages and days, as computed with the taxes that the message withholds."""
    arguments, agreement, part = call.arguments, get_contract(view, call.arguments.contract), _get_part(view, call)
    terms = _get_terms(view, call)
    due = compute_part_due(view, agreement, terms, part, sum_taxes(arguments.taxes))
    stated = (parse_signed_amount(arguments.recovery), parse_amount(arguments.retention), parse_amount(arguments.damages))
    is_due = stated == (due.recovery_minor, due.retention_minor, due.damages_minor)
    return is_due and bool(arguments.days == compute_delay(view, agreement, terms, part).days)


def are_taxes_due(view: View, call: Call) -> bool:
    """35.4: the lines of the contract's kind, together not more than the order."""
    due = compute_part_due(
        view, get_contract(view, call.arguments.contract), _get_terms(view, call), _get_part(view, call), sum_taxes(call.arguments.taxes)
    )
    is_within = sum_taxes(call.arguments.taxes) <= due.order_minor
    return is_within and are_taxes_right(view, get_contract(view, call.arguments.contract), due.tax_base_minor, call.arguments.taxes)


def is_witnessed(view: View, call: Call) -> bool:
    """35.5: no doubt is open; where a second witness is asked, they confirmed or their time is over."""
    part = _get_part(view, call)
    is_over = not part.witness_due or part.witnessed > 0 or call.time >= part.witness_due
    return is_over and not is_doubted(view, call.arguments.contract, call.arguments.milestone)


def is_within_price(view: View, call: Call) -> bool:
    """35.6: what is certified then, and the advance that is not recovered then, are together within the price."""
    agreement, progress = get_contract(view, call.arguments.contract), get_progress(view, call.arguments.contract)
    recovered_minor = parse_amount(progress.recovered) + parse_signed_amount(call.arguments.recovery)
    left_minor = max(0, compute_live_advance(view, progress) - recovered_minor)
    return parse_amount(progress.certified) + parse_amount(call.arguments.gross) + left_minor <= parse_amount(agreement.price)


def is_order_borne(view: View, call: Call) -> bool:
    """35.7: the contract's budget lines of the year, and what earlier ones left, bear what is ordered, with the last certificate of a
    contract that was ended also what settles it. An advance that came back keeps its money: it can still be paid again (37.4)."""
    agreement, terms, part = get_contract(view, call.arguments.contract), _get_terms(view, call), _get_part(view, call)
    due = compute_part_due(view, agreement, terms, part, sum_taxes(call.arguments.taxes))
    before = get_progress(view, agreement.contract)
    after = add_certified(before, compute_delay(view, agreement, terms, part), due)
    last_minor = compute_ended_order(view, agreement, after) if is_to_be_settled(agreement, after) else 0
    if agreement.state == SIGNED and not _can_advance_return(view, agreement, before, after):
        return False
    return is_borne(view, call, agreement, due.order_minor + last_minor)


def is_doubt_in_time(view: View, call: Call) -> bool:
    """00.4: a doubt counts before the witness's time is over; to confirm and to withdraw it is never too late."""
    part = _find_part(view, call)
    return call.arguments.finding != DOUBT or part is None or not part.witness_due or call.time < part.witness_due


def is_witness_awaited(view: View, call: Call) -> bool:
    """47.1: a part is accepted and not certified, of a milestone so large that a second witness is asked."""
    part = _find_part(view, call)
    return part is not None and part.witness_due > 0


def is_witness_apart(view: View, call: Call) -> bool:
    """47.2: of no group with the contractor or the buyer, tied to neither, and not the inspector."""
    agreement = get_contract(view, call.arguments.contract)
    witness = require(agreement.witness, "the second witness")
    readings, others = _read_integrity(view, call, agreement), [agreement.buyer, *list_contractors(agreement)]
    is_near = any(is_grouped(readings, witness.organisation, each) for each in others)
    is_tied = any(each in list_ties(readings, witness) for each in others)
    return witness != agreement.inspector and not is_near and not is_tied


def does_finding_fit(view: View, call: Call) -> bool:
    """47.3: a doubt, with reason and evidence, where none is open; the open one is withdrawn; what nobody doubts is confirmed once."""
    arguments = call.arguments
    is_open = is_doubted(view, arguments.contract, arguments.milestone)
    if arguments.finding == DOUBT:
        return not is_open and arguments.reason is not None and arguments.document is not None
    if arguments.reason is not None:
        return False
    return not is_open and not _get_part(view, call).witnessed if arguments.finding == CONFIRM else is_open


def is_invoice_awaited(view: View, call: Call) -> bool:
    """53.1: the part that is next was accepted and has no invoice."""
    part = _find_part(view, call)
    return part is not None and part.state == ACCEPTED


def is_invoice_whole(view: View, call: Call) -> bool:
    """53.2: the invoice is for all that was accepted."""
    return bool(call.arguments.gross == _get_part(view, call).accepted)


def are_invoice_taxes_right(view: View, call: Call) -> bool:
    """53.3: the lines of the contract's kind, on what would be left today after recovery and retention."""
    agreement, taxes = get_contract(view, call.arguments.contract), call.arguments.taxes
    due = compute_part_due(view, agreement, _get_terms(view, call), _get_part(view, call), sum_taxes(taxes))
    return are_taxes_right(view, agreement, due.tax_base_minor, taxes)


def _has_milestone(view: View, call: Call) -> bool:
    return find_milestone(view, call.arguments.contract, call.arguments.milestone) is not None


def _get_terms(view: View, call: Call) -> ContractMilestone:
    return require(find_milestone(view, call.arguments.contract, call.arguments.milestone), call.arguments.milestone)


def _get_record(view: View, call: Call) -> MilestoneRecord:
    return get_milestone(view, call.arguments.contract, call.arguments.milestone)


def _find_part(view: View, call: Call) -> MilestonePartRecord | None:
    return find_current(view, call.arguments.contract, call.arguments.milestone)


def _get_part(view: View, call: Call) -> MilestonePartRecord:
    return require(_find_part(view, call), call.arguments.milestone)


def _can_advance_return(view: View, agreement: AgreementRecord, before: ProgressRecord, after: ProgressRecord) -> bool:
    """Whether an advance that came back, if one did, would be within the price with what is certified. Once it is not, nothing could
    use its money any more: neither the advance, nor at the end the retention."""
    taken_minor = parse_amount(before.advance)
    if compute_live_advance(view, before) == taken_minor:
        return True
    unrecovered_minor = max(0, taken_minor - parse_amount(after.recovered))
    return parse_amount(after.certified) + unrecovered_minor <= parse_amount(agreement.price)


def _read_integrity(view: View, call: Call, agreement: AgreementRecord) -> Readings:
    """Attestations as of now; a contract that no process preceded stands for itself."""
    process = find_process(view, agreement.process) if agreement.process else None
    return Readings(view, agreement.process, process if process is not None else agreement, call.time)
