"""Effects of proposals and openings: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.governance.records import note_document
from prasasti.contracts.lists import append_item
from prasasti.contracts.offices import Draft, key_key
from prasasti.contracts.procurement.lots import compute_term_end, count_bids, find_proposal, get_proposal, put_lot, put_proposal
from prasasti.contracts.procurement.opening import accept_share, finish_opening, make_document
from prasasti.contracts.procurement.process import (
    OPENING,
    REPLACED,
    SEALED,
    WITHDRAWN,
    LotRecord,
    get_lot,
    get_process,
    lot_name,
)
from prasasti.contracts.procurement.proposal import events
from prasasti.contracts.procurement.proposal.checks import find_file, find_slot, is_complete
from prasasti.contracts.procurement.proposal.records import (
    EnvelopeRecord,
    ListedBid,
    MissingFileRecord,
    MissingFilesRecord,
    PartRecord,
    ProposalRecord,
    SlotRecord,
    bids_of,
    envelope_key,
    missing_file_key,
    missing_files_key,
    name_missing_file,
    name_trustee_key,
    part_key,
    trustee_key_key,
)
from prasasti.contracts.procurement.rounds import find_trustee_key
from prasasti.contracts.procurement.schedule import FILES, GRACE, schedule
from prasasti.contracts.procurement.sealing.framing import PURPOSE_PROPOSAL, compute_context, compute_envelope_id
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.encoding import decode_base64
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import Event, require

# Why a lot is suspended: a file of an opened envelope is missing.
MISSING_FILES = "files"


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
        envelope=envelope, files=arguments.files, round=arguments.round, size=len(sealed), slot=arguments.slot, state=SEALED,
        submitted=call.time, versions=earlier.versions + 1 if earlier is not None else 1,
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


def process_withdraw_sealed(view: View, call: Call) -> Outcome:
    """09: the slot is empty. Who left the last one empty takes part no more, alone or with others."""
    draft, arguments = Draft(view), call.arguments
    process, lot = get_process(view, arguments.process), get_lot(view, arguments.process, arguments.lot)
    before = get_proposal(view, lot, call.actor)
    slots = [replace(slot, state=WITHDRAWN) if slot.slot == arguments.slot else slot for slot in before.slots]
    drop_envelope(draft, require(find_slot(before, arguments.slot), arguments.slot).envelope, WITHDRAWN)
    proposal = replace(before, slots=slots)
    # In a resubmission nobody can join anew, so that who was a member stays one (08.3).
    if all(slot.state == WITHDRAWN for slot in slots) and not lot.repeats:
        for organisation in [call.actor, *(member.organisation for member in before.members)]:
            draft.put(part_key(arguments.process, arguments.lot, organisation), PartRecord(""))
        proposal = replace(proposal, members=[])
    put_proposal(draft, proposal)
    lost = int(is_complete(process, lot, before)) - int(is_complete(process, lot, proposal))
    put_lot(draft, replace(lot, complete=lot.complete - lost))
    return draft.outcome(events.SealedWithdrawn(arguments.lot, arguments.process, arguments.slot))


def process_publish_opening_shares(view: View, call: Call) -> Outcome:
    """10: the t-th share opens an envelope; the last envelope opens the lot. What was opened is one document a message."""
    draft, arguments = Draft(view), call.arguments
    opened = [result for share in arguments.shares for result in accept_share(draft, call, share)]
    followed, excluded = finish_opening(draft, call, arguments.process, arguments.lot)
    told: list[Event] = []
    documents: tuple[bytes, ...] = ()
    if opened:
        body, document = make_document(arguments.process, arguments.lot, opened, excluded)
        malformed = sum(result.plaintext is None for result in opened)
        told.append(events.EnvelopesOpened(document, arguments.lot, malformed, len(opened) - malformed, arguments.process))
        documents = (body,)
        # It is withheld, should it have to be, as the buyer's own.
        for write in note_document(draft, get_process(draft, arguments.process).buyer, document, call.time):
            draft.put(*write)
    return draft.outcome(*told, *followed)._replace(documents=documents)


def process_report_file_missing(view: View, call: Call) -> Outcome:
    """43: the lot is suspended, and the members whose stores promised to keep the file are named."""
    draft, arguments = Draft(view), call.arguments
    process, lot = get_process(view, arguments.process), get_lot(view, arguments.process, arguments.lot)
    file = require(find_file(view, arguments.envelope, arguments.sha256), arguments.sha256)
    stores = [require(view.get(key_key(receipt.key), KeyRecord), receipt.key).organisation for receipt in file.receipts]
    name = name_missing_file(arguments.envelope, arguments.sha256)
    record = MissingFileRecord(arguments.envelope, 0, arguments.lot, arguments.process, call.time, arguments.sha256, file.size)
    draft.put(missing_file_key(name), record)
    count = _count_missing(draft, lot) + 1
    draft.put(missing_files_key(lot.process, lot.lot), MissingFilesRecord(count))
    put_lot(draft, replace(lot, suspended=lot.suspended if MISSING_FILES in lot.suspended else [*lot.suspended, MISSING_FILES]))
    ends = compute_term_end(view, call.time, process, "file_grace")
    schedule(draft, ends, FILES, name)
    return draft.outcome(
        events.FileMissing(arguments.envelope, ends, arguments.lot, arguments.process, arguments.sha256, list(dict.fromkeys(stores)))
    )


def process_confirm_file(view: View, call: Call) -> Outcome:
    """44: with the last missing file the suspension ends; trustees who could not share meanwhile have their grace anew."""
    draft, arguments = Draft(view), call.arguments
    lot, name = get_lot(view, arguments.process, arguments.lot), name_missing_file(arguments.envelope, arguments.sha256)
    record = require(view.get(missing_file_key(name), MissingFileRecord), name)
    draft.put(missing_file_key(name), replace(record, found=call.time))
    missing = _count_missing(draft, lot) - 1
    draft.put(missing_files_key(lot.process, lot.lot), MissingFilesRecord(missing))
    if not missing:
        lot = replace(lot, suspended=[each for each in lot.suspended if each != MISSING_FILES])
        if lot.state == OPENING:
            lot = replace(lot, grace_ends=compute_term_end(view, call.time, get_process(view, lot.process), "opening_grace"))
            schedule(draft, lot.grace_ends, GRACE, lot_name(lot.process, lot.lot))
        put_lot(draft, lot)
    return draft.outcome(events.FileFound(arguments.envelope, arguments.lot, missing, arguments.process, arguments.sha256))


def process_confirm_key_destroyed(view: View, call: Call) -> Outcome:
    """46: nobody opens any more what was sealed to the key and never became due; late or not, the log says when."""
    draft, key_id = Draft(view), call.arguments.key_id
    record = require(find_trustee_key(view, call.actor, key_id), key_id)
    draft.put(trustee_key_key(name_trustee_key(call.actor, key_id)), replace(record, destroyed=call.time))
    return draft.outcome(events.KeyDestroyed(key_id, call.actor))


def drop_envelope(draft: Draft, envelope: str, state: str) -> None:
    """An envelope will never be opened: its bytes leave the state. The log keeps them, and nobody a reason to open them."""
    record = require(draft.get(envelope_key(envelope), EnvelopeRecord), envelope)
    draft.put(envelope_key(envelope), replace(record, sealed="", state=state))


def _count_missing(view: View, lot: LotRecord) -> int:
    record = view.get(missing_files_key(lot.process, lot.lot), MissingFilesRecord)
    return record.missing if record is not None else 0


def _begin_proposal(draft: Draft, call: Call) -> ProposalRecord:
    """A bidder's first envelope for a lot gives it a place in the lot's list."""
    process, name = call.arguments.process, call.arguments.lot
    lot = get_lot(draft, process, name)
    number = count_bids(draft, lot)
    for write in append_item(draft, "procurement", "bids", bids_of(process, name), ListedBid(call.actor)):
        draft.put(*write)
    return ProposalRecord(
        bidder=call.actor, earlier=[], lot=name, members=[], number=number, offer=None, opened=0, out="", out_since=0, outcomes=[],
        process=process, slots=[], technical=0,
    )


def _set_parts(draft: Draft, before: ProposalRecord, after: ProposalRecord) -> None:
    """Who takes part now, and who did and does not any more."""
    left = {member.organisation for member in before.members} - {member.organisation for member in after.members}
    for organisation in sorted(left - {after.bidder}):
        draft.put(part_key(after.process, after.lot, organisation), PartRecord(""))
    for organisation in sorted({after.bidder, *(member.organisation for member in after.members)}):
        draft.put(part_key(after.process, after.lot, organisation), PartRecord(after.bidder))
