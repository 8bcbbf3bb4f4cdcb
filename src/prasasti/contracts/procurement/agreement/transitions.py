"""Effects of contracts: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.lists import append_item, count_items
from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement import events
from prasasti.contracts.procurement.agreement.checks import find_agreement, list_contractors, list_years
from prasasti.contracts.procurement.agreement.records import (
    DRAFT,
    SIGNED,
    AgreementRecord,
    AgreementTermsRecord,
    ContractMilestone,
    ListedContract,
    Signature,
    YearPart,
    agreement_key,
    agreement_terms_key,
)
from prasasti.contracts.procurement.award.checks import find_award
from prasasti.contracts.procurement.award.records import award_key
from prasasti.contracts.procurement.lots import get_proposal, note_documents
from prasasti.contracts.procurement.process import get_lot, get_process, lot_name
from prasasti.contracts.procurement.records import list_process
from prasasti.contracts.procurement.seats import find_person
from prasasti.contracts.treasury.budgets import commit
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event, require


def process_draft_contract(view: View, call: Call) -> Outcome:
    """28: the contract waits for its signatures, in place of a draft that nobody signed."""
    draft, arguments = Draft(view), call.arguments
    process, lot = get_process(view, arguments.process), get_lot(view, arguments.process, arguments.lot)
    award = require(find_award(view, call), arguments.award)
    record = AgreementRecord(
        activated=0, award=award.award, buyer=process.buyer, certifier=process.seats.certifier, contract=arguments.contract,
        currency=process.currency, document=arguments.document, draft=call.transaction, drafted=call.time, first_price=arguments.price,
        inspector=process.seats.inspector, kind=process.kind, lot=lot.lot, members=get_proposal(view, lot, award.bidder).members,
        officer=process.seats.officer, pdf=arguments.pdf or "", plan=process.plan, price=arguments.price, process=lot.process,
        signatures=[], signing_ends=award.signing_ends, state=DRAFT, supplier=award.bidder, witness=process.seats.witness,
        years=[YearPart(part.amount, part.line) for part in arguments.years],
    )  # fmt: skip
    terms = AgreementTermsRecord(
        bill=[(line.item, line.unit_price) for line in arguments.bill],
        milestones=[
            ContractMilestone(each.amount, each.due, each.id, [(item.item, item.quantity) for item in each.items], each.title)
            for each in arguments.milestones
        ],
        terms=arguments.terms,
    )
    draft.put(agreement_key(arguments.contract), record)
    draft.put(agreement_terms_key(arguments.contract), terms)
    draft.put(award_key(lot.process, lot.lot, award.award), replace(award, contract=arguments.contract))
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.ContractDrafted(arguments.contract, lot.process, award.signing_ends))


def process_sign_contract(view: View, call: Call) -> Outcome:
    """30: the last signature makes the contract stand: its money is committed, the excess of the reservation free."""
    draft, arguments = Draft(view), call.arguments
    agreement = require(find_agreement(view, call), arguments.contract)
    signature = Signature(
        certificate=arguments.certificate or "", organisation=call.actor, person=find_person(view, call.signers[0]),
        report=arguments.report or "", revision=arguments.revision or "", time=call.time,
    )  # fmt: skip
    agreement = replace(agreement, signatures=[*agreement.signatures, signature])
    missing = 1 + len(list_contractors(agreement)) - len(agreement.signatures)
    told: list[Event] = [events.ContractSigned(arguments.contract, missing, call.actor)]
    if not missing:
        agreement = replace(agreement, activated=call.time, state=SIGNED)
        commit(draft, lot_name(agreement.process, agreement.lot), agreement.contract, list_years(agreement))
        told.append(events.ContractActive(agreement.contract, _list(draft, agreement), agreement.price))
    draft.put(agreement_key(arguments.contract), agreement)
    return draft.outcome(*told)


def _list(draft: Draft, agreement: AgreementRecord) -> int:
    """The contract's place in its supplier's list, each member of a consortium having it in its own."""
    number = count_items(draft, "procurement", "contracts", agreement.supplier)
    for organisation in list_contractors(agreement):
        for write in append_item(draft, "procurement", "contracts", organisation, ListedContract(agreement.contract, agreement.process)):
            draft.put(*write)
        for write in list_process(draft, "supplier", organisation, agreement.buyer, agreement.process):
            draft.put(*write)
    return number
