"""Effects of proposals and openings: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.lists import append_item
from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.lots import count_bids, find_proposal, put_lot, put_proposal
from prasasti.contracts.procurement.opening import accept_share, finish_opening, make_document
from prasasti.contracts.procurement.process import REPLACED, SEALED, get_lot, get_process
from prasasti.contracts.procurement.proposal import events
from prasasti.contracts.procurement.proposal.checks import is_complete
from prasasti.contracts.procurement.proposal.records import (
    EnvelopeRecord,
    ListedBid,
    PartRecord,
    ProposalRecord,
    SlotRecord,
    bids_of,
    envelope_key,
    part_key,
)
from prasasti.contracts.procurement.sealing.framing import PURPOSE_PROPOSAL, compute_context, compute_envelope_id
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.encoding import decode_base64
from prasasti.core.types import Event, require


def process_submit_sealed(view: View, call: Call) -> Outcome:
    """08: the slot holds this envelope; one that it held before will never be opened."""
    draft, arguments = Draft(view), call.arguments
    process, lot = get_process(view, arguments.process), get_lot(view, arguments.process, arguments.lot)
    sealed = decode_base64(arguments.sealed)
    context = compute_context(bytes.fromhex(arguments.round), arguments.lot, arguments.slot, call.actor)
    envelope = compute_envelope_id(context, sealed).hex()
    before = find_proposal(view, arguments.process, arguments.lot, call.actor) or _begin_proposal(draft, call)
    earlier = next((slot for slot in before.slots if slot.slot == arguments.slot), None)
    if earlier is not None and earlier.state == SEALED:
        drop_envelope(draft, earlier.envelope, REPLACED)
    slot = SlotRecord(
        envelope=envelope, files=arguments.files, size=len(sealed), slot=arguments.slot, state=SEALED, submitted=call.time,
        versions=earlier.versions + 1 if earlier is not None else 1,
    )  # fmt: skip
    others = [each for each in before.slots if each.slot != arguments.slot]
    proposal = replace(before, members=arguments.members, slots=sorted([*others, slot], key=lambda each: each.slot))
    put_proposal(draft, proposal)
    _set_parts(draft, before, proposal)
    record = EnvelopeRecord(
        lot=arguments.lot, process=arguments.process, purpose=PURPOSE_PROPOSAL, round=arguments.round, sealed=arguments.sealed,
        sealer=call.actor, secret="", shares=[], slot=arguments.slot, state=SEALED,
    )  # fmt: skip
    draft.put(envelope_key(envelope), record)
    gained = int(is_complete(process, lot, proposal)) - int(is_complete(process, lot, before))
    put_lot(draft, replace(lot, complete=lot.complete + gained))
    return draft.outcome(events.Sealed(envelope, arguments.lot, proposal.number, arguments.process, arguments.slot))


def process_publish_opening_shares(view: View, call: Call) -> Outcome:
    """10: the t-th share opens an envelope; the last envelope opens the lot. What was opened is one document a message."""
    draft, arguments = Draft(view), call.arguments
    opened = [result for share in arguments.shares for result in accept_share(draft, call, share)]
    told: list[Event] = []
    documents: tuple[bytes, ...] = ()
    if opened:
        body, document = make_document(arguments.process, arguments.lot, opened)
        malformed = sum(result.plaintext is None for result in opened)
        told.append(events.EnvelopesOpened(document, arguments.lot, malformed, len(opened) - malformed, arguments.process))
        documents = (body,)
    told += finish_opening(draft, call, arguments.process, arguments.lot)
    return draft.outcome(*told)._replace(documents=documents)


def drop_envelope(draft: Draft, envelope: str, state: str) -> None:
    """An envelope will never be opened: its bytes leave the state. The log keeps them, and nobody a reason to open them."""
    record = require(draft.get(envelope_key(envelope), EnvelopeRecord), envelope)
    draft.put(envelope_key(envelope), replace(record, sealed="", state=state))


def _begin_proposal(draft: Draft, call: Call) -> ProposalRecord:
    """A bidder's first envelope for a lot gives it a place in the lot's list."""
    process, name = call.arguments.process, call.arguments.lot
    lot = get_lot(draft, process, name)
    number = count_bids(draft, lot)
    for write in append_item(draft, "procurement", "bids", bids_of(process, name), ListedBid(call.actor)):
        draft.put(*write)
    return ProposalRecord(
        bidder=call.actor, lot=name, members=[], number=number, offer=None, opened=0, out="", out_since=0, outcomes=[], process=process,
        slots=[], technical=0,
    )


def _set_parts(draft: Draft, before: ProposalRecord, after: ProposalRecord) -> None:
    """Who takes part now, and who did and does not any more."""
    left = {member.organisation for member in before.members} - {member.organisation for member in after.members}
    for organisation in sorted(left - {after.bidder}):
        draft.put(part_key(after.process, after.lot, organisation), PartRecord(""))
    for organisation in sorted({after.bidder, *(member.organisation for member in after.members)}):
        draft.put(part_key(after.process, after.lot, organisation), PartRecord(after.bidder))
