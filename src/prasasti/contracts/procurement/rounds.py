"""Rounds of sealing of a process: who the trustees are, pinned to their keys (sealed-proposals: 1, 4).

Owns the records of rounds and how the sealing functions are asked about one.
"""

from __future__ import annotations

from collections.abc import Sequence

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.process import PinnedTrustee, RoundRecord, round_key
from prasasti.contracts.procurement.sealing.framing import Round, Trustee, compute_round
from prasasti.core.contract import Call, View
from prasasti.core.types import require


def open_round(draft: Draft, call: Call, purpose: str, process: str, number: int, t: int, trustees: Sequence[PinnedTrustee]) -> str:
    """Pin a round to its trustees' keys; its id in hex."""
    record = RoundRecord(number, process, purpose, t, list(trustees))
    identifier = compute_round(*_as_round(call, record)).hex()
    draft.put(round_key(identifier), record)
    return identifier


def get_round_record(view: View, identifier: str) -> RoundRecord:
    """The record of a round that is there."""
    return require(view.get(round_key(identifier), RoundRecord), f"the round {identifier}")


def get_round(view: View, call: Call, identifier: str) -> Round:
    """A round as the sealing functions take it."""
    return _as_round(call, get_round_record(view, identifier))


def _as_round(call: Call, record: RoundRecord) -> Round:
    trustees = tuple(Trustee(each.organisation, each.key_id, bytes.fromhex(each.key)) for each in record.trustees)
    return Round(call.genesis.ledger, record.purpose, record.process, record.number, record.t, trustees)
