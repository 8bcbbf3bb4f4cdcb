"""What a key ever signed, read from the log: every accepted act, and what its owner said of it afterwards.

Owns the reading. Refusals are left out: of them the log keeps no signer. Of a published log the entries are those that its
checkpoint signs; whether each signer had the right to act, ``audit`` and the verifier judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from prasasti.core.encoding import EncodingProblem
from prasasti.core.entries import RecordedTransaction, read_accepted
from prasasti.services.difference import Differs

CONFIRM_ACTION = "identity.confirm_acts"


@dataclass(frozen=True, slots=True)
class Act:
    """An accepted transaction that a key signed, in a role. ``finding``: own or disowned, where a review said so."""

    position: int
    time: int
    id: str
    action: str
    actor: str
    role: str
    finding: str = ""


def list_acts(entries: Iterable[bytes], key: str) -> list[Act]:
    """Everything that a key (hex) signed, in order; Differs where an entry is not of the log's form."""
    acts: list[Act] = []
    findings: dict[str, str] = {}
    needle = key.encode()
    for position, entry in enumerate(entries):
        # The keyids of an entry's signatures, and the key that an event names, stand in it as they are.
        if needle not in entry:
            continue
        try:
            recorded = read_accepted(entry)
            if recorded is not None:
                acts += _read_act(recorded, key)
                findings |= _read_findings(recorded, key)
        except (msgspec.MsgspecError, EncodingProblem, KeyError, TypeError, AttributeError) as problem:
            raise Differs(f"entry {position}", "an entry of this log", str(problem)) from problem
    return [replace(act, finding=findings.get(act.id, "")) for act in acts]


def select_since(acts: Sequence[Act], since: int, *, is_position: bool) -> list[Act]:
    """Acts from a log position on, or from a time on, seconds UTC."""
    return [act for act in acts if (act.position if is_position else act.time) >= since]


def _read_act(recorded: RecordedTransaction, key: str) -> list[Act]:
    payload = recorded.payload
    roles = [str(signer["role"]) for signer in payload["signers"] if signer["key"] == key]
    return [Act(recorded.position, recorded.time, recorded.id, str(payload["action"]), str(payload["actor"]), role) for role in roles]


def _read_findings(recorded: RecordedTransaction, key: str) -> dict[str, str]:
    payload = recorded.payload
    if payload["action"] != CONFIRM_ACTION or payload["arguments"]["key"] != key:
        return {}
    return {str(each): str(payload["arguments"]["finding"]) for each in payload["arguments"]["ids"]}
