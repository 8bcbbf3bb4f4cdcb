"""Effects of delivery: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.people import find_person
from prasasti.contracts.procurement.change.ending import settle_ended
from prasasti.contracts.procurement.delivery import events
from prasasti.contracts.procurement.delivery.doubts import BY_WITNESS, compute_witness_due, lift_doubt
from prasasti.contracts.procurement.delivery.due import add_certified, compute_delay, compute_part_due
from prasasti.contracts.procurement.delivery.inspection import compute_accepted
from prasasti.contracts.procurement.delivery.progress import (
    compute_contract_term,
    describe_order,
    find_current,
    find_milestone,
    get_contract,
    get_milestone,
    get_part,
    get_progress,
    order_payment,
)
from prasasti.contracts.procurement.delivery.records import (
    ACCEPTED,
    CERTIFIED,
    CONFIRM,
    DOUBT,
    INVOICED,
    REJECT,
    REJECTED,
    SUBMITTED,
    CertificateRecord,
    DoubtRecord,
    InvoiceRecord,
    MilestonePartRecord,
    certificate_key,
    doubt_key,
    invoice_key,
    milestone_key,
    part_key,
    progress_key,
)
from prasasti.contracts.procurement.delivery.taxes import list_withheld, sum_taxes
from prasasti.contracts.procurement.lots import note_documents
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import format_amount, format_signed_amount, parse_amount, require


def process_submit_evidence(view: View, call: Call) -> Outcome:
    """33: a part begins; it awaits its inspection."""
    draft, arguments = Draft(view), call.arguments
    agreement, record = get_contract(view, arguments.contract), get_milestone(view, arguments.contract, arguments.milestone)
    number = record.parts + 1
    due = compute_contract_term(view, call.time, agreement, "inspection_due")
    part = MilestonePartRecord(
        accepted="0", certificate="", certification_due=0, evidence=[each.document for each in arguments.evidence], inspected=0,
        inspection=None, inspection_due=due, inspector=None, invoice="", invoiced=0,
        moved_seconds=get_progress(view, arguments.contract).suspended_seconds, number=number, reason="", state=SUBMITTED,
        submitted=call.time, witness_due=0, witnessed=0,
    )  # fmt: skip
    _put_part(draft, call, part)
    draft.put(milestone_key(arguments.contract, arguments.milestone), replace(record, parts=number, waiting=number))
    note_documents(draft, call, *part.evidence)
    return draft.outcome(events.EvidenceSubmitted(arguments.contract, due, arguments.milestone, number))


def process_inspect(view: View, call: Call) -> Outcome:
    """34: what is accepted is to be invoiced, witnessed and certified, in its turn; the rest stays open to further evidence."""
    draft, arguments = Draft(view), call.arguments
    agreement, record = get_contract(view, arguments.contract), get_milestone(view, arguments.contract, arguments.milestone)
    accepted = require(compute_accepted(view, call), "what an inspection accepts")
    is_rejected = arguments.outcome == REJECT
    is_next = not is_rejected and not record.current
    part = replace(
        get_part(view, arguments.contract, arguments.milestone, record.waiting),
        accepted=format_amount(accepted.amount_minor), inspected=call.time, inspection=arguments.document,
        inspector=find_person(view, call.signers[0]), reason=arguments.reason or "", state=REJECTED if is_rejected else ACCEPTED,
        witness_due=compute_witness_due(view, call, agreement, arguments.milestone) if is_next else 0,
    )  # fmt: skip
    _put_part(draft, call, part)
    total_minor = parse_amount(record.accepted) + accepted.amount_minor
    changed = replace(
        record, accepted=format_amount(total_minor), current=record.current if is_rejected else [*record.current, part.number],
        quantities=[(item, str(quantity)) for item, quantity in sorted(accepted.quantities.items())], waiting=0,
    )  # fmt: skip
    draft.put(milestone_key(arguments.contract, arguments.milestone), changed)
    progress = get_progress(draft, arguments.contract)
    reached = format_amount(parse_amount(progress.accepted) + accepted.amount_minor)
    draft.put(progress_key(arguments.contract), replace(progress, accepted=reached))
    note_documents(draft, call, arguments.document)
    terms = require(find_milestone(view, arguments.contract, arguments.milestone), arguments.milestone)
    rest_minor = parse_amount(terms.amount) - total_minor
    told = events.MilestoneInspected(
        part.accepted, arguments.contract, arguments.milestone, arguments.outcome, part.number, format_amount(rest_minor), part.witness_due
    )
    return draft.outcome(told)


def process_witness(view: View, call: Call) -> Outcome:
    """47: what was accepted is confirmed; or a doubt holds its certificate; or the doubt ends."""
    draft, arguments = Draft(view), call.arguments
    part = require(find_current(view, arguments.contract, arguments.milestone), arguments.milestone)
    if arguments.finding == CONFIRM:
        _put_part(draft, call, replace(part, witnessed=call.time))
    elif arguments.finding == DOUBT:
        record = get_milestone(view, arguments.contract, arguments.milestone)
        number = record.doubts + 1
        doubt = DoubtRecord(arguments.document, 0, "", number, part.number, call.time, arguments.reason)
        draft.put(doubt_key(arguments.contract, arguments.milestone, number), doubt)
        draft.put(milestone_key(arguments.contract, arguments.milestone), replace(record, doubt=number, doubts=number))
    else:
        lift_doubt(draft, call, arguments.contract, arguments.milestone, BY_WITNESS)
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.MilestoneWitnessed(arguments.contract, arguments.finding, arguments.milestone, part.number))


def process_file_invoice(view: View, call: Call) -> Outcome:
    """53: the certificate is due."""
    draft, arguments = Draft(view), call.arguments
    part = require(find_current(view, arguments.contract, arguments.milestone), arguments.milestone)
    due = compute_contract_term(view, call.time, get_contract(view, arguments.contract), "certification_due")
    _put_part(draft, call, replace(part, certification_due=due, invoice=arguments.invoice, invoiced=call.time, state=INVOICED))
    record = InvoiceRecord(
        arguments.document, call.time, arguments.gross, arguments.invoice, arguments.milestone, part.number, arguments.taxes
    )  # fmt: skip
    draft.put(invoice_key(arguments.contract, arguments.invoice), record)
    note_documents(draft, call, arguments.document)
    told = events.InvoiceFiled(due, arguments.contract, arguments.gross, arguments.invoice, arguments.milestone, part.number)
    return draft.outcome(told)


def process_certify(view: View, call: Call) -> Outcome:
    """35: what the part makes due is taken, and the rest ordered in the same block; the next part has its turn."""
    draft, arguments = Draft(view), call.arguments
    agreement = get_contract(view, arguments.contract)
    terms = require(find_milestone(view, arguments.contract, arguments.milestone), arguments.milestone)
    part = require(find_current(view, arguments.contract, arguments.milestone), arguments.milestone)
    delay = compute_delay(view, agreement, terms, part)
    taxes_minor = sum_taxes(arguments.taxes)
    due = compute_part_due(view, agreement, terms, part, taxes_minor)
    certifier = find_person(view, call.signers[0])

    progress = add_certified(get_progress(view, arguments.contract), delay, due)
    draft.put(progress_key(arguments.contract), progress)
    raised_by = [certifier, *([part.inspector] if part.inspector is not None else [])]
    new = describe_order(
        agreement, progress, arguments.certificate, arguments.milestone, due.order_minor - taxes_minor, list_withheld(arguments.taxes),
        raised_by,
    )  # fmt: skip
    order, told = order_payment(draft, call, agreement, new)

    record = CertificateRecord(
        certificate=arguments.certificate, certified_by=certifier, damages=arguments.damages,
        damages_new=format_amount(delay.damages_minor), days=arguments.days, document=arguments.document, gross=arguments.gross,
        milestone=arguments.milestone, number=progress.certificates, order=order, part=part.number, recovery=arguments.recovery,
        retention=arguments.retention, taxes=arguments.taxes, time=call.time,
    )  # fmt: skip
    draft.put(certificate_key(arguments.contract, arguments.certificate), record)
    _put_part(draft, call, replace(part, certificate=arguments.certificate, state=CERTIFIED))
    _begin_next(draft, call, due.gross_minor)
    note_documents(draft, call, arguments.document)
    certified = events.MilestoneCertified(
        arguments.certificate, arguments.contract, format_amount(due.damages_minor), arguments.gross, arguments.milestone, order,
        part.number, format_signed_amount(due.recovery_minor), format_amount(due.retention_minor),
    )  # fmt: skip
    # The last certificate of a contract that was ended settles it.
    told += settle_ended(draft, call, agreement)
    return draft.outcome(certified, *told)


def _begin_next(draft: Draft, call: Call, gross_minor: int) -> None:
    """A milestone's part is certified; the next one that was accepted is to be witnessed from now on, so that its time is whole."""
    arguments = call.arguments
    record = get_milestone(draft, arguments.contract, arguments.milestone)
    certified = format_amount(parse_amount(record.certified) + gross_minor)
    draft.put(milestone_key(arguments.contract, arguments.milestone), replace(record, certified=certified, current=record.current[1:]))
    following = find_current(draft, arguments.contract, arguments.milestone)
    if following is not None:
        due = compute_witness_due(draft, call, get_contract(draft, arguments.contract), arguments.milestone)
        _put_part(draft, call, replace(following, witness_due=due))


def _put_part(draft: Draft, call: Call, part: MilestonePartRecord) -> None:
    draft.put(part_key(call.arguments.contract, call.arguments.milestone, part.number), part)
