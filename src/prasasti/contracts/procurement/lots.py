"""What happens to a lot, whoever brings it about: who bids, its state, the end of its award, its failure.

Owns effects that several messages and deadlines share. Judges nothing: its callers have.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from prasasti.contracts.governance.records import note_document
from prasasti.contracts.lists import count_items, item_key
from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.events import ContractLapsed
from prasasti.contracts.procurement.agreement.records import LAPSED, AgreementRecord, agreement_key
from prasasti.contracts.procurement.award.events import AwardCancelled, LotFailed, LotFinal
from prasasti.contracts.procurement.award.records import CANCELLED, AwardRecord, award_key
from prasasti.contracts.procurement.calendar import compute_end
from prasasti.contracts.procurement.parameters import read_calendar, read_term
from prasasti.contracts.procurement.process import (
    DIRECT,
    EVALUATING,
    FAILED,
    LotRecord,
    ProcessRecord,
    get_process,
    lot_key,
    lot_name,
)
from prasasti.contracts.procurement.proposal.records import ListedBid, ProposalRecord, bids_of, proposal_key
from prasasti.contracts.procurement.rounds import release_keys
from prasasti.contracts.procurement.schedule import WINDOW, schedule
from prasasti.contracts.treasury.budgets import release
from prasasti.core.contract import Call, View
from prasasti.core.types import Document, Event, require

# Grounds on which a lot fails (27; Perpres 16/2018 Pasal 51, and the ledger's own from j on).
GROUNDS = ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m")


def put_lot(draft: Draft, lot: LotRecord) -> None:
    """Keep a lot as it stands now."""
    draft.put(lot_key(lot.process, lot.lot), lot)


def count_bids(view: View, lot: LotRecord) -> int:
    """How many organisations ever proposed for a lot."""
    return count_items(view, "procurement", "bids", bids_of(lot.process, lot.lot))


def list_proposals(view: View, lot: LotRecord) -> Iterator[ProposalRecord]:
    """Every proposal for a lot, in the order in which bidders first came."""
    name = bids_of(lot.process, lot.lot)
    for number in range(count_bids(view, lot)):
        bid = require(view.get(item_key("procurement", "bids", name, number), ListedBid), f"bid {number} of {name}")
        yield get_proposal(view, lot, bid.bidder)


def find_proposal(view: View, process: str, lot: str, bidder: str) -> ProposalRecord | None:
    """A bidder's proposal for a lot."""
    return view.get(proposal_key(process, lot, bidder), ProposalRecord)


def get_proposal(view: View, lot: LotRecord, bidder: str) -> ProposalRecord:
    """A bidder's proposal for a lot, which is there."""
    return require(find_proposal(view, lot.process, lot.lot, bidder), bidder)


def put_proposal(draft: Draft, proposal: ProposalRecord) -> None:
    """Keep a proposal as it stands now."""
    draft.put(proposal_key(proposal.process, proposal.lot, proposal.bidder), proposal)


def fail_lot(draft: Draft, call: Call, lot: LotRecord, ground: str) -> list[Event]:
    """A lot fails, and an award that was not signed ends with it. Its bidders may complain for a while; where there are none, or
    the process is a direct one, which knows no complaints, it is final at once."""
    process = get_process(draft, lot.process)
    told, lot = cancel_award(draft, lot, "failed")
    failed = replace(lot, failure=ground, state=FAILED)
    if process.method == DIRECT or not count_bids(draft, lot):
        return [*told, LotFailed(ground, lot.lot, lot.process, 0), *finish_lot(draft, call, failed)]
    ends = compute_window_end(draft, call, process)
    put_lot(draft, replace(failed, window_ends=ends))
    schedule(draft, ends, WINDOW, lot_name(lot.process, lot.lot))
    return [*told, LotFailed(ground, lot.lot, lot.process, ends)]


def cancel_award(draft: Draft, lot: LotRecord, ground: str) -> tuple[list[Event], LotRecord]:
    """A lot's award, if one stands, ends: its draft of a contract lapses, and a refusal of it is no open matter any more.

    The lot is as before the award; nothing of the lot is written yet.
    """
    award = draft.get(award_key(lot.process, lot.lot, lot.award), AwardRecord) if lot.award else None
    if award is None:
        return [], lot
    contract = draft.get(agreement_key(award.contract), AgreementRecord) if award.contract else None
    told: list[Event] = []
    if contract is not None:
        draft.put(agreement_key(award.contract), replace(contract, state=LAPSED))
        told.append(ContractLapsed(award.contract))
    ended = replace(award, contract="", refusal_ends=0, signing_ends=0, state=CANCELLED)
    draft.put(award_key(lot.process, lot.lot, award.award), ended)
    told.append(AwardCancelled(award.award, ground, lot.lot, lot.process))
    return told, replace(lot, award="", matters=lot.matters - bool(award.refusal_ends), state=EVALUATING)


def finish_lot(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """A failed lot is final: its money is free, and what was sealed for it needs no key any more."""
    put_lot(draft, replace(lot, final=True))
    release(draft, lot_name(lot.process, lot.lot))
    release_keys(draft, call, lot.process)
    return [LotFinal(lot.lot, lot.process)]


def compute_window_end(view: View, call: Call, process: ProcessRecord) -> int:
    """When a window to complain that opens now is over: as long as a standstill."""
    return compute_term_end(view, call.time, process, "standstill")


def compute_term_end(view: View, start: int, process: ProcessRecord, topic: str) -> int:
    """When a term of a process that starts at a time is over: its length as of publication, the buyer's calendar as of the start."""
    return compute_end(read_calendar(view, process.buyer, start), start, read_term(view, topic, process.published))


def note_documents(draft: Draft, call: Call, *documents: Document | None) -> None:
    """Remember that the actor recorded documents, so that it can have them withheld (DESIGN: Text)."""
    for document in documents:
        if document is not None:
            for write in note_document(draft, call.actor, document, call.time):
                draft.put(*write)
