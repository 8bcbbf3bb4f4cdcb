"""Effects of contracts and guarantees: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.lists import append_item, count_items
from prasasti.contracts.offices import Draft
from prasasti.contracts.people import find_person
from prasasti.contracts.procurement.agreement import events
from prasasti.contracts.procurement.agreement.checks import is_of_award
from prasasti.contracts.procurement.agreement.guarantees import call_guarantee, get_cover
from prasasti.contracts.procurement.agreement.records import (
    DRAFT,
    LAPSED,
    REGISTERED,
    SIGNED,
    AgreementRecord,
    AgreementTermsRecord,
    CommunityRecord,
    ContractMilestone,
    GuaranteeRecord,
    ListedContract,
    Signature,
    YearPart,
    agreement_key,
    agreement_terms_key,
    community_key,
    cover_key,
    guarantee_key,
)
from prasasti.contracts.procurement.agreement.signing import (
    find_reservation,
    get_agreement,
    list_contractors,
    list_years,
)
from prasasti.contracts.procurement.award.checks import find_award
from prasasti.contracts.procurement.award.records import award_key
from prasasti.contracts.procurement.calendar import compute_end
from prasasti.contracts.procurement.lots import get_proposal, note_documents
from prasasti.contracts.procurement.parameters import read_calendar, read_term
from prasasti.contracts.procurement.plan.processes import compute_ocid, get_plan
from prasasti.contracts.procurement.process import get_lot, get_process
from prasasti.contracts.procurement.records import list_process
from prasasti.contracts.procurement.rounds import release_keys
from prasasti.contracts.procurement.schedule import UNSIGNED, schedule
from prasasti.contracts.treasury.budgets import commit
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Event, parse_amount, require


def process_draft_contract(view: View, call: Call) -> Outcome:
    """28: the contract waits for its signatures, in place of a draft that nobody signed."""
    draft, arguments = Draft(view), call.arguments
    record = _draft_award(draft, call) if is_of_award(call) else _draft_community(draft, call)
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
    note_documents(draft, call, arguments.document, arguments.approval)
    return draft.outcome(events.ContractDrafted(arguments.contract, record.process, record.signing_ends))


def process_register_guarantee(view: View, call: Call) -> Outcome:
    """29: the guarantee stands; of a contract it is the one that counts for its obligation from now on."""
    draft, arguments = Draft(view), call.arguments
    record = GuaranteeRecord(
        amount=arguments.amount, beneficiary=arguments.beneficiary, called="0", contract=arguments.contract or "",
        document=arguments.document, due=0, guarantor=call.actor, lot=arguments.lot or "", obligation=arguments.obligation,
        principal=arguments.principal, process=arguments.process or "", since=call.time, start=arguments.start, state=REGISTERED,
        until=arguments.until,
    )  # fmt: skip
    draft.put(guarantee_key(arguments.guarantee), record)
    if record.contract:
        cover = get_cover(draft, record.contract)
        draft.put(cover_key(record.contract), replace(cover, **{arguments.obligation: arguments.guarantee}))
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.GuaranteeRegistered(arguments.amount, arguments.guarantee, arguments.obligation, arguments.until))


def process_sign_contract(view: View, call: Call) -> Outcome:
    """30: the last signature makes the contract stand: its money is committed, the excess of the reservation free."""
    draft, arguments = Draft(view), call.arguments
    agreement = get_agreement(view, call)
    signature = Signature(
        certificate=arguments.certificate or "", organisation=call.actor, person=find_person(view, call.signers[0]),
        report=arguments.report or "", revision=arguments.revision or "", time=call.time,
    )  # fmt: skip
    agreement = replace(agreement, signatures=[*agreement.signatures, signature])
    missing = 1 + len(list_contractors(agreement)) - len(agreement.signatures)
    told: list[Event] = [events.ContractSigned(arguments.contract, missing, call.actor)]
    if not missing:
        agreement = replace(_take_seats(draft, agreement), activated=call.time, state=SIGNED)
        commit(draft, find_reservation(agreement), agreement.contract, list_years(agreement))
        told.append(events.ContractActive(agreement.contract, _list(draft, agreement), agreement.price))
    draft.put(agreement_key(arguments.contract), agreement)
    if not missing and agreement.process:
        release_keys(draft, call, agreement.process)
    return draft.outcome(*told)


def process_call_guarantee(view: View, call: Call) -> Outcome:
    """41: the guarantor has its term to pay."""
    draft, arguments = Draft(view), call.arguments
    told = call_guarantee(draft, call, arguments.guarantee, parse_amount(arguments.amount))
    note_documents(draft, call, arguments.document)
    return draft.outcome(*told)


def lapse_unsigned(draft: Draft, call: Call, contract: str) -> list[Event]:
    """A community's contract was not signed in time; its plan line is free for another."""
    record = require(draft.get(agreement_key(contract), AgreementRecord), contract)
    if record.state != DRAFT or call.time < record.signing_ends:
        return []
    draft.put(agreement_key(contract), replace(record, state=LAPSED))
    return [events.ContractLapsed(contract)]


def _draft_award(draft: Draft, call: Call) -> AgreementRecord:
    arguments = call.arguments
    process, lot = get_process(draft, arguments.process), get_lot(draft, arguments.process, arguments.lot)
    award = require(find_award(draft, call), arguments.award)
    draft.put(award_key(lot.process, lot.lot, award.award), replace(award, contract=arguments.contract))
    return AgreementRecord(
        activated=0, award=award.award, buyer=process.buyer, certifier=process.seats.certifier, contract=arguments.contract,
        currency=process.currency, document=arguments.document, draft=call.transaction, drafted=call.time, first_price=arguments.price,
        inspector=process.seats.inspector, kind=process.kind, lot=lot.lot, members=get_proposal(draft, lot, award.bidder).members,
        officer=process.seats.officer, pdf=arguments.pdf or "", plan=process.plan, price=arguments.price, process=lot.process,
        signatures=[], signing_ends=award.signing_ends, state=DRAFT, supplier=award.bidder, witness=process.seats.witness,
        years=[YearPart(part.amount, part.line) for part in arguments.years],
    )  # fmt: skip


def _draft_community(draft: Draft, call: Call) -> AgreementRecord:
    arguments, seats = call.arguments, call.arguments.seats
    plan = get_plan(draft, arguments.plan)
    signing_ends = compute_end(read_calendar(draft, plan.buyer, call.time), call.time, read_term(draft, "signing", call.time))
    draft.put(community_key(arguments.plan), CommunityRecord(arguments.contract))
    schedule(draft, signing_ends, UNSIGNED, arguments.contract)
    return AgreementRecord(
        activated=0, award="", buyer=plan.buyer, certifier=seats.certifier, contract=arguments.contract, currency=plan.currency,
        document=arguments.document, draft=call.transaction, drafted=call.time, first_price=arguments.price, inspector=seats.inspector,
        kind=plan.kind, lot="", members=[], officer=seats.officer, pdf=arguments.pdf or "", plan=arguments.plan, price=arguments.price,
        process="", signatures=[], signing_ends=signing_ends, state=DRAFT, supplier=arguments.community, witness=seats.witness,
        years=[YearPart(part.amount, part.line) for part in arguments.years],
    )  # fmt: skip


def _take_seats(view: View, agreement: AgreementRecord) -> AgreementRecord:
    """Who has a seat in the process when the contract begins to stand keeps it there (13)."""
    if not agreement.process:
        return agreement
    seats = get_process(view, agreement.process).seats
    return replace(agreement, certifier=seats.certifier, inspector=seats.inspector, officer=seats.officer, witness=seats.witness)


def _list(draft: Draft, agreement: AgreementRecord) -> int:
    """The contract's place in its supplier's list, each member of a consortium having it in its own."""
    number = count_items(draft, "procurement", "contracts", agreement.supplier)
    ocid = agreement.process or compute_ocid(draft, agreement.plan, 1, get_plan(draft, agreement.plan).announced)
    for organisation in list_contractors(agreement):
        for write in append_item(draft, "procurement", "contracts", organisation, ListedContract(agreement.contract, ocid)):
            draft.put(*write)
        for write in list_process(draft, "supplier", organisation, agreement.buyer, ocid):
            draft.put(*write)
    return number
