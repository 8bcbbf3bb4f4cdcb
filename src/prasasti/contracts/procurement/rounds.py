"""Rounds of sealing of a process: who the trustees are, pinned to their keys (sealed-proposals: 1, 4), and how long each is needed.

Owns the records of rounds, how the sealing functions are asked about one, and the count of processes that need a key.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.records import DRAFT, LAPSED, AgreementRecord, agreement_key
from prasasti.contracts.procurement.award.records import AwardRecord, award_key
from prasasti.contracts.procurement.calendar import compute_end
from prasasti.contracts.procurement.parameters import read_calendar, read_term
from prasasti.contracts.procurement.process import (
    CANCELLED,
    FAILED,
    LotRecord,
    PinnedTrustee,
    RoundRecord,
    get_lot,
    get_process,
    round_key,
)
from prasasti.contracts.procurement.proposal.records import (
    ProcessTrusteesRecord,
    TrusteeKeyRecord,
    name_trustee_key,
    process_trustees_key,
    trustee_key_key,
)
from prasasti.contracts.procurement.schedule import DESTRUCTION, schedule
from prasasti.contracts.procurement.sealing.framing import Round, Trustee, compute_round
from prasasti.contracts.procurement.shapes import Trustee as NamedTrustee
from prasasti.core.contract import Call, View
from prasasti.core.types import require


def open_round(draft: Draft, call: Call, purpose: str, process: str, number: int, t: int, trustees: Sequence[PinnedTrustee]) -> str:
    """Pin a round to its trustees' keys; its id in hex. The keys are needed until every lot of the process is over."""
    record = RoundRecord(number, process, purpose, t, list(trustees))
    identifier = compute_round(*_as_round(call, record)).hex()
    draft.put(round_key(identifier), record)
    _need_keys(draft, process, trustees)
    return identifier


def get_round_record(view: View, identifier: str) -> RoundRecord:
    """The record of a round that is there."""
    return require(view.get(round_key(identifier), RoundRecord), f"the round {identifier}")


def get_round(view: View, call: Call, identifier: str) -> Round:
    """A round as the sealing functions take it."""
    return _as_round(call, get_round_record(view, identifier))


def find_trustee_key(view: View, organisation: str, key_id: str) -> TrusteeKeyRecord | None:
    """A key that a round ever named."""
    return view.get(trustee_key_key(name_trustee_key(organisation, key_id)), TrusteeKeyRecord)


def is_key_destroyed(view: View, organisation: str, key_id: str) -> bool:
    """Whether a trustee confirmed that a key is destroyed (46): no round may name it again."""
    record = find_trustee_key(view, organisation, key_id)
    return record is not None and record.destroyed > 0


def is_lot_over(view: View, lot: LotRecord) -> bool:
    """Whether no envelope of a lot can be due any more: it is cancelled, finally failed, or its contract signed (46)."""
    if lot.state == CANCELLED or (lot.state == FAILED and lot.final):
        return True
    award = view.get(award_key(lot.process, lot.lot, lot.award), AwardRecord) if lot.award else None
    contract = view.get(agreement_key(award.contract), AgreementRecord) if award is not None and award.contract else None
    return contract is not None and contract.state not in (DRAFT, LAPSED)


def release_keys(draft: Draft, call: Call, process: str) -> None:
    """Called when a lot is over: with the last of its process the trustees have to destroy keys that no other process needs."""
    record = draft.get(process_trustees_key(process), ProcessTrusteesRecord)
    if record is None or not record.live:
        return
    named = get_process(draft, process)
    if not all(is_lot_over(draft, get_lot(draft, process, lot)) for lot in named.lots):
        return
    draft.put(process_trustees_key(process), replace(record, live=False))
    due = compute_end(read_calendar(draft, named.buyer, call.time), call.time, read_term(draft, "key_destruction", named.published))
    for each in record.keys:
        name = name_trustee_key(each.organisation, each.key_id)
        key = require(draft.get(trustee_key_key(name), TrusteeKeyRecord), f"the key {each.key_id} of {each.organisation}")
        is_last = key.live == 1
        draft.put(trustee_key_key(name), replace(key, due=due if is_last else 0, live=key.live - 1))
        if is_last:
            schedule(draft, due, DESTRUCTION, name)


def _need_keys(draft: Draft, process: str, trustees: Sequence[PinnedTrustee]) -> None:
    """Each key that the process did not name yet is needed by one process more."""
    record = draft.get(process_trustees_key(process), ProcessTrusteesRecord) or ProcessTrusteesRecord([], live=True)
    named = [NamedTrustee(each.key_id, each.organisation) for each in trustees]
    added = [each for each in named if each not in record.keys]
    for each in added:
        key = find_trustee_key(draft, each.organisation, each.key_id) or TrusteeKeyRecord(0, 0, each.key_id, 0, each.organisation)
        draft.put(trustee_key_key(name_trustee_key(each.organisation, each.key_id)), replace(key, due=0, live=key.live + 1))
    draft.put(process_trustees_key(process), replace(record, keys=[*record.keys, *added]))


def _as_round(call: Call, record: RoundRecord) -> Round:
    trustees = tuple(Trustee(each.organisation, each.key_id, bytes.fromhex(each.key)) for each in record.trustees)
    return Round(call.genesis.ledger, record.purpose, record.process, record.number, record.t, trustees)
