"""Resolutions: what a passed proposal allows, once, exactly as it was voted. Every contract that asks for one uses this."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from prasasti.contracts.governance.records import LAPSED, PASSED, USED, ProposalRecord, proposal_key
from prasasti.contracts.governance.voting import compute_tag, unschedule
from prasasti.contracts.offices import Draft
from prasasti.core.contract import Call, Condition, View
from prasasti.core.encoding import encode_canonical
from prasasti.core.types import require


def compute_act_subject(action: str, arguments: bytes) -> str:
    """Subject of an act: of its action and its arguments without ``resolution``, RFC 8785 (governance-lifecycle: 03)."""
    return compute_tag(action.partition(".")[0], "resolution", action.encode(), arguments)


def is_resolved(action: str) -> Condition:
    """00.7 of an action: the resolution passed, is unused and has not lapsed, and its subject is this act."""

    def holds(view: View, call: Call) -> bool:
        arguments = msgspec.to_builtins(call.arguments)
        proposal = arguments.pop("resolution")
        return is_usable(view, proposal, compute_act_subject(action, encode_canonical(arguments)))

    return holds


def is_usable(view: View, resolution: str, subject: str) -> bool:
    """Whether a resolution of exactly this subject stands unused."""
    record = view.get(proposal_key(resolution), ProposalRecord)
    return record is not None and record.state == PASSED and record.subject == subject


def is_notice_over(view: View, call: Call) -> bool:
    """00.8: whoever does not like what was decided had the time of the notice to prepare."""
    return call.time >= find_resolution(view, call).notice_over


def find_resolution(view: View, call: Call) -> ProposalRecord:
    """The resolution that a message names; only after 00.7 held."""
    return require(view.get(proposal_key(call.arguments.resolution), ProposalRecord), call.arguments.resolution)


def use_resolution(draft: Draft, resolution: str) -> None:
    """A resolution is used: a second time it allows nothing."""
    record = require(draft.get(proposal_key(resolution), ProposalRecord), resolution)
    draft.put(proposal_key(resolution), replace(record, state=USED))
    unschedule(draft, record.lapses, f"lapse:{resolution}")


def lapse_resolution(draft: Draft, resolution: str, record: ProposalRecord) -> None:
    """Nobody used a resolution in time."""
    draft.put(proposal_key(resolution), replace(record, state=LAPSED))
