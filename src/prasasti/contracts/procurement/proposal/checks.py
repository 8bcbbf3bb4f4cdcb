"""Conditions on proposals and openings (08 to 10, 43, 44, 46): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prasasti.contracts.governance.roster import find_member
from prasasti.contracts.offices import find_bound_key, key_key
from prasasti.contracts.procurement.calendar import DAY_SECONDS
from prasasti.contracts.procurement.conditions import does_member_sign, have_deciders_declared, is_lot_known
from prasasti.contracts.procurement.conduct.records import DebarredRecord, debarred_key
from prasasti.contracts.procurement.lots import compute_term_end, find_proposal
from prasasti.contracts.procurement.parameters import MAX_PARTY_BYTES, read_term
from prasasti.contracts.procurement.process import (
    CANCELLED,
    DECIDED,
    DUE,
    EVALUATING,
    FAILED,
    FINANCIAL,
    NEVER_DUE,
    OPEN,
    OPENED,
    OPENING,
    QUALIFICATION,
    SEALED,
    TECHNICAL,
    UNOPENED,
    LotRecord,
    ProcessRecord,
    find_lot,
    find_process,
    get_lot,
    get_process,
    list_slots,
)
from prasasti.contracts.procurement.proposal.records import (
    EnvelopeRecord,
    MissingFileRecord,
    PartRecord,
    ProposalRecord,
    ShareRecord,
    SlotRecord,
    envelope_key,
    missing_file_key,
    name_missing_file,
    part_key,
    share_key,
)
from prasasti.contracts.procurement.rounds import find_trustee_key, get_round, get_round_record
from prasasti.contracts.procurement.sealing.framing import PURPOSE_BALLOT, compute_context
from prasasti.contracts.procurement.sealing.sealer import Share
from prasasti.contracts.procurement.sealing.suites import choose_sealer, is_suite_allowed
from prasasti.contracts.procurement.shapes import SealedFile
from prasasti.core.contract import Call, View
from prasasti.core.encoding import EncodingProblem, decode_base64
from prasasti.core.genesis import KeyRecord
from prasasti.core.storage_receipts import StorageReceipt, is_storage_receipt_valid
from prasasti.core.types import require

MAX_VERSIONS = 10
CLASSES_A_FILE = 2
STORE_ROLE = "governance.store"


def is_before_deadline(view: View, call: Call) -> bool:
    """08.1, 09.1: block time < deadline, of prequalification or of the proposals; an unknown process is judged by 00.2."""
    process = find_process(view, call.arguments.process)
    return process is None or call.time < compute_deadline(process, call.arguments.slot)


def do_members_agree(view: View, call: Call) -> bool:
    """00.1: the bidder signs first and, once each, those whom it newly names as members; nobody else does. Whom another names
    without asking would be kept from a proposal of its own, and could be reproached with not signing a contract."""
    signing = [find_bound_key(view, signer.key).organisation for signer in call.signers]
    named = [member.organisation for member in call.arguments.members]
    parts = {each: view.get(part_key(call.arguments.process, call.arguments.lot, each), PartRecord) for each in named}
    joining = [each for each, part in parts.items() if each != call.actor and (part is None or part.bidder != call.actor)]
    are_members = all(each in named for each in signing[1:])
    return are_members and len(dict.fromkeys(signing)) == len(signing) and all(each in signing for each in joining)


def is_slot_open(view: View, call: Call) -> bool:
    """00.2: the lot is there and open, has such a slot at this stage, and the seal is for its present round."""
    process, lot = find_process(view, call.arguments.process), find_lot(view, call.arguments.process, call.arguments.lot)
    if process is None or lot is None or lot.state != OPEN:
        return False
    is_stage = (call.arguments.slot == QUALIFICATION) == (lot.stage == QUALIFICATION)
    return call.arguments.slot in list_slots(process) and is_stage and call.arguments.round == lot.proposal_round


def are_members_fit(view: View, call: Call) -> bool:
    """08.2: the leader among the members; each not debarred, no trustee, not the buyer, in no other proposal for the lot, and with an
    id that later messages and lists have room for."""
    process, lot = get_process(view, call.arguments.process), get_lot(view, call.arguments.process, call.arguments.lot)
    named = [member.organisation for member in call.arguments.members] or [call.actor]
    trustees = [trustee.organisation for trustee in get_round_record(view, lot.proposal_round).trustees]
    if call.actor not in named or len(dict.fromkeys(named)) != len(named):
        return False
    return all(
        organisation != process.buyer
        and organisation not in trustees
        and len(organisation) <= MAX_PARTY_BYTES
        and not is_debarred(view, organisation, call.time)
        and _takes_no_other_part(view, lot, organisation, call.actor)
        for organisation in named
    )


def may_take_part(view: View, call: Call) -> bool:
    """08.3: invited, where only some are; qualified, once that is decided; in a resubmission, in the lot before; then nobody joins whom
    nobody judged, and about whom the committee declared nothing."""
    process, lot = get_process(view, call.arguments.process), get_lot(view, call.arguments.process, call.arguments.lot)
    if process.invited and call.actor not in process.invited:
        return False
    if lot.stage == QUALIFICATION or not (process.qualification or lot.repeats):
        return True
    proposal = find_proposal(view, call.arguments.process, call.arguments.lot, call.actor)
    if proposal is None or proposal.out:
        return False
    before = [member.organisation for member in proposal.members]
    return all(member.organisation in (call.actor, *before) for member in call.arguments.members)


def are_files_kept(view: View, call: Call) -> bool:
    """08.4: each file has receipts of stores of two different members and classes, for a year and more beyond the deadline."""
    process = get_process(view, call.arguments.process)
    until = compute_keep_until(view, process, compute_deadline(process, call.arguments.slot))
    return all(len(list_store_classes(view, call, file, until)) >= CLASSES_A_FILE for file in call.arguments.files)


def has_room_for_version(view: View, call: Call) -> bool:
    """08.5: at most ten submissions a slot."""
    proposal = find_proposal(view, call.arguments.process, call.arguments.lot, call.actor)
    slots = proposal.slots if proposal is not None else []
    return all(slot.versions < MAX_VERSIONS for slot in slots if slot.slot == call.arguments.slot)


def is_seal_valid(view: View, call: Call) -> bool:
    """08.6: base64, a suite that this ledger takes, and bytes that any t trustees will open in one way."""
    return is_sealed_for(view, call, call.arguments.round, call.arguments.slot, call.actor)


def is_before_withdrawal_ends(view: View, call: Call) -> bool:
    """09.1: as 08.1."""
    return is_before_deadline(view, call)


def is_slot_filled(view: View, call: Call) -> bool:
    """00.2: the lot is there and open, and the bidder's slot of this stage is filled."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    if lot is None or lot.state != OPEN or (call.arguments.slot == QUALIFICATION) != (lot.stage == QUALIFICATION):
        return False
    proposal = find_proposal(view, call.arguments.process, call.arguments.lot, call.actor)
    slot = find_slot(proposal, call.arguments.slot) if proposal is not None else None
    return slot is not None and slot.state == SEALED


def has_opening_begun(view: View, call: Call) -> bool:
    """10.1: the lot is being opened, or its score sheets are; its opening time has come."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    return lot is not None and (lot.state == EVALUATING or (lot.state == OPENING and call.time >= lot.opening))


def are_envelopes_due(view: View, call: Call) -> bool:
    """10.2: each envelope is of the lot and to be opened now."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    return lot is not None and all(is_due(view, lot, share.envelope) for share in call.arguments.shares)


def are_indices_own(view: View, call: Call) -> bool:
    """10.3: each index is that of the trustee whose key signs."""
    for share, envelope in _list_shared(view, call):
        trustees = get_round_record(view, envelope.round).trustees
        if share.index > len(trustees) or trustees[share.index - 1].key != call.signers[0].key:
            return False
    return True


def do_shares_verify(view: View, call: Call) -> bool:
    """10.4: each share is one that opens its envelope."""
    for share, envelope in _list_shared(view, call):
        sealed = decode_base64(envelope.sealed)
        context = compute_context(bytes.fromhex(envelope.round), envelope.lot, envelope.slot, envelope.sealer)
        given = Share(share.index, bytes.fromhex(share.point), bytes.fromhex(share.proof))
        sealer = require(choose_sealer(sealed), f"the suite of {share.envelope}")
        if sealer.check_share(get_round(view, call, envelope.round), context, sealed, given) is not None:
            return False
    return True


def are_shares_new(view: View, call: Call) -> bool:
    """10.5: a trustee shares once for an envelope."""
    return all(view.get(share_key(share.envelope, share.index), ShareRecord) is None for share in call.arguments.shares)


def does_declared_member_sign(view: View, call: Call) -> bool:
    """00.1: one sitting member of the committee who, once the lot is open, declared their interests and is not kept out."""
    if not does_member_sign(view, call):
        return False
    return not is_lot_known(view, call) or have_deciders_declared(view, call, call.arguments.lot)


def may_be_reported(view: View, call: Call) -> bool:
    """00.2: the lot is there, its proposals are being read, and the file was not reported before: what was had once stays had."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    return lot is not None and lot.state in (OPENING, EVALUATING) and find_missing_file(view, call) is None


def is_lot_alive(view: View, call: Call) -> bool:
    """00.2: the lot is there, and neither failed nor cancelled."""
    lot = find_lot(view, call.arguments.process, call.arguments.lot)
    return lot is not None and lot.state not in (CANCELLED, FAILED)


def is_envelope_opened(view: View, call: Call) -> bool:
    """43.1: the envelope is one of the lot's proposals, and was opened."""
    record = view.get(envelope_key(call.arguments.envelope), EnvelopeRecord)
    if record is None or record.purpose == PURPOSE_BALLOT:
        return False
    return (record.process, record.lot, record.state) == (call.arguments.process, call.arguments.lot, OPENED)


def is_file_received(view: View, call: Call) -> bool:
    """43.2: the envelope came with receipts for the file; where it did not, its bidder is at fault (15)."""
    return find_file(view, call.arguments.envelope, call.arguments.sha256) is not None


def is_file_missing(view: View, call: Call) -> bool:
    """44.1: the file is reported as missing, and was not found yet."""
    record = find_missing_file(view, call)
    return record is not None and not record.found and (record.process, record.lot) == (call.arguments.process, call.arguments.lot)


def does_file_fit(view: View, call: Call) -> bool:
    """44.2: its hash is the one reported; its size the one promised."""
    size: int = call.arguments.size
    return require(find_missing_file(view, call), call.arguments.sha256).size == size


def is_key_named(view: View, call: Call) -> bool:
    """00.2: a round named the key as one of the actor's, who did not confirm before that it is destroyed."""
    record = find_trustee_key(view, call.actor, call.arguments.key_id)
    return record is not None and not record.destroyed


def is_key_needless(view: View, call: Call) -> bool:
    """46.1: every lot of every process whose rounds name the key is over."""
    return not require(find_trustee_key(view, call.actor, call.arguments.key_id), call.arguments.key_id).live


def compute_deadline(process: ProcessRecord, slot: str) -> int:
    """Until when a slot can be filled."""
    return process.qualification_deadline if slot == QUALIFICATION else process.deadline


def compute_keep_until(view: View, process: ProcessRecord, deadline: int) -> int:
    """Until when stores have to keep files beside a proposal: to the second, where days are counted (sealed-proposals, 1)."""
    term = read_term(view, "keep_until", process.published)
    return compute_term_end(view, deadline, process, "keep_until") if term.in_working_days else deadline + term.days * DAY_SECONDS


def is_debarred(view: View, organisation: str, time: int) -> bool:
    """Whether a debarment of an organisation is in force."""
    record = view.get(debarred_key(organisation), DebarredRecord)
    return record is not None and time < record.until


def is_complete(process: ProcessRecord, lot: LotRecord, proposal: ProposalRecord) -> bool:
    """Whether every slot that is opened from the lot's stage on is filled, for its present round: else the proposal counts as
    withdrawn."""
    filled = [slot.slot for slot in proposal.slots if slot.state == SEALED and slot.round == lot.proposal_round]
    wanted = (QUALIFICATION,) if lot.stage == QUALIFICATION else [slot for slot in list_slots(process) if slot != QUALIFICATION]
    return all(slot in filled for slot in wanted)


def is_due(view: View, lot: LotRecord, envelope: str) -> bool:
    """Whether an envelope is of the lot and waits to be opened at its stage: a proposal's, or a counted score sheet's."""
    record = view.get(envelope_key(envelope), EnvelopeRecord)
    if record is None or (record.process, record.lot, record.state) != (lot.process, lot.lot, SEALED):
        return False
    if record.purpose == PURPOSE_BALLOT:
        return lot.counting and record.round == lot.ballot_round
    return lot.state == OPENING and is_of_stage(view, lot, record)


def is_of_stage(view: View, lot: LotRecord, record: EnvelopeRecord) -> bool:
    """Whether a lot's sealed envelope is one that its stage is about: of a whole proposal, which passed what came before."""
    proposal = find_proposal(view, lot.process, lot.lot, record.sealer)
    if record.slot != lot.stage or record.round != lot.proposal_round or proposal is None or proposal.out:
        return False
    if lot.stage == FINANCIAL:
        technical = find_slot(proposal, TECHNICAL)
        return technical is not None and technical.state == OPENED and technical.round == lot.proposal_round
    return is_complete(get_process(view, lot.process), lot, proposal)


def find_fate(view: View, lot: LotRecord, record: EnvelopeRecord) -> str:
    """What became of an envelope of a lot: nothing is written where it merely never becomes due (I8)."""
    if record.state != SEALED:
        return record.state
    is_ballot = record.purpose == PURPOSE_BALLOT
    is_due_now = lot.counting and record.round == lot.ballot_round if is_ballot else lot.opening > 0 and is_of_stage(view, lot, record)
    if lot.state == FAILED:
        return UNOPENED if is_due_now else NEVER_DUE
    if lot.state in (CANCELLED, DECIDED):
        return NEVER_DUE
    return DUE if is_due_now else SEALED


def find_slot(proposal: ProposalRecord, slot: str) -> SlotRecord | None:
    """What stands in a slot of a proposal."""
    return next((each for each in proposal.slots if each.slot == slot), None)


def find_file(view: View, envelope: str, sha256: str) -> SealedFile | None:
    """A file that came with an envelope that stands."""
    record = view.get(envelope_key(envelope), EnvelopeRecord)
    proposal = find_proposal(view, record.process, record.lot, record.sealer) if record is not None else None
    slots = proposal.slots if proposal is not None else []
    return next((file for slot in slots if slot.envelope == envelope for file in slot.files if file.sha256 == sha256), None)


def find_missing_file(view: View, call: Call) -> MissingFileRecord | None:
    """What was reported of a file that a message names."""
    return view.get(missing_file_key(name_missing_file(call.arguments.envelope, call.arguments.sha256)), MissingFileRecord)


def is_sealed_for(view: View, call: Call, round_id: str, slot: str, sealer: str) -> bool:
    """Whether the message's sealed bytes are a valid envelope of a round, lot, slot and sealer."""
    try:
        sealed = decode_base64(call.arguments.sealed)
    except EncodingProblem:
        return False
    suite = choose_sealer(sealed)
    if suite is None or not is_suite_allowed(suite.suite, call.genesis.training, is_reviewed=False):
        return False
    context = compute_context(bytes.fromhex(round_id), call.arguments.lot, slot, sealer)
    return suite.check(get_round(view, call, round_id), context, sealed) is None


def list_store_classes(view: View, call: Call, file: SealedFile, until: int) -> list[str]:
    """Classes of members whose stores promised to keep a file until a time at least, each once: two are two members."""
    classes = [_find_store_class(view, call, file, receipt) for receipt in file.receipts if receipt.keep_until >= until]
    return list(dict.fromkeys([each for each in classes if each]))


def _find_store_class(view: View, call: Call, file: SealedFile, receipt: StorageReceipt) -> str:
    """Class of the member whose store gave a valid receipt; "" where it is none."""
    record = view.get(key_key(receipt.key), KeyRecord)
    if record is None or record.until is not None or record.suspended or STORE_ROLE not in record.roles:
        return ""
    member = find_member(view, record.organisation)
    if member is None or not is_storage_receipt_valid(call.chain, file.sha256, file.size, receipt):
        return ""
    return member.member_class


def _takes_no_other_part(view: View, lot: LotRecord, organisation: str, bidder: str) -> bool:
    part = view.get(part_key(lot.process, lot.lot, organisation), PartRecord)
    return part is None or part.bidder in ("", bidder)


def _list_shared(view: View, call: Call) -> Iterator[tuple[Any, EnvelopeRecord]]:
    for share in call.arguments.shares:
        yield share, require(view.get(envelope_key(share.envelope), EnvelopeRecord), share.envelope)
