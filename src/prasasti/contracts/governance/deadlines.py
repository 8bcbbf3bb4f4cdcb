"""06, the schedule: what happens by itself. It alone closes votes and ends suspensions; nobody can enter an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from prasasti.contracts.governance.events import MemberLeft, ParameterInForce, ResolutionLapsed
from prasasti.contracts.governance.records import (
    OPEN,
    PASSED,
    RATIFY,
    ProposalRecord,
    coming_key,
    parameter_key,
    proposal_key,
    suspension_key,
)
from prasasti.contracts.governance.resolutions import lapse_resolution
from prasasti.contracts.governance.roster import find_conduct
from prasasti.contracts.governance.standing import end_suspension, find_by_digest, find_suspension, remove_member
from prasasti.contracts.governance.subjects import read_changed
from prasasti.contracts.governance.voting import close_vote, note_deadlock, release_votes
from prasasti.contracts.offices import Draft
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.encoding import decode_strict
from prasasti.core.genesis import ComingValue, ParameterRecord
from prasasti.core.types import Event, require


def run_deadline(view: View, call: Call, key: str) -> Outcome:
    """One due record: ``<what>:<of>`` says which function runs for what."""
    draft = Draft(view)
    what, _, of = key.partition(":")
    events = _RUNS[what](draft, call, of)
    return draft.outcome(*events, *(note_deadlock(draft, call) if events else ()))


def _close_vote(draft: Draft, call: Call, proposal: str) -> list[Event]:
    """A vote's end has come; one that waits for a ratification gets another end with that."""
    record = require(draft.get(proposal_key(proposal), ProposalRecord), proposal)
    if record.state != OPEN or record.held:
        return []
    outcome, events = close_vote(draft, call, proposal, record, read_changed(record))
    if record.kind == RATIFY:
        events += _settle_ratification(draft, call, proposal, record, outcome)
    return events


def _settle_ratification(draft: Draft, call: Call, proposal: str, record: ProposalRecord, outcome: str) -> list[Event]:
    """A suspension at once stays until its end, or is over; the votes that waited go on."""
    target = decode_strict(record.arguments.encode())
    organisation, key = target["organisation"], target["key"]
    suspension = find_suspension(draft, organisation, key)
    events: list[Event] = []
    if suspension.ratification == proposal and outcome == PASSED:
        draft.put(suspension_key(organisation, key), replace(suspension, ratification=""))
    elif suspension.ratification == proposal:
        events += end_suspension(draft, call, organisation, key, is_lapse=True)
    release_votes(draft, call, proposal)
    return events


def _lapse(draft: Draft, call: Call, proposal: str) -> list[Event]:
    record = require(draft.get(proposal_key(proposal), ProposalRecord), proposal)
    if record.state != PASSED:
        return []
    lapse_resolution(draft, proposal, record)
    return [ResolutionLapsed(proposal)]


def _end_suspension(draft: Draft, call: Call, digest: str) -> list[Event]:
    organisation = find_by_digest(draft, call, digest)
    return [*end_suspension(draft, call, organisation, "")] if organisation else []


def _end_key_suspension(draft: Draft, call: Call, key: str) -> list[Event]:
    return [*end_suspension(draft, call, "", key)]


def _leave(draft: Draft, call: Call, digest: str) -> list[Event]:
    organisation = find_by_digest(draft, call, digest)
    # One that was removed by a vote meanwhile, and admitted again, leaves no more.
    if not organisation or not 0 < find_conduct(draft, organisation).leaves <= call.time:
        return []
    remove_member(draft, call, organisation)
    return [MemberLeft(organisation)]


def _bring_into_force(draft: Draft, call: Call, name: str) -> list[Event]:
    record = draft.get(parameter_key(name), ParameterRecord)
    coming = require(record.coming if record is not None else draft.get(coming_key(name), ComingValue), f"the coming value of {name}")
    if record is None:
        draft.put(coming_key(name), None)
    draft.put(parameter_key(name), ParameterRecord(coming.effective_from, coming.value))
    return [ParameterInForce(name)]


def _change_rolls(draft: Draft, call: Call, digest: str) -> list[Event]:
    """A member's seasoning or term is over: what later rolls can decide may have changed."""
    return note_deadlock(draft, call)


_RUNS: Mapping[str, Callable[[Draft, Call, str], list[Event]]] = {
    "vote": _close_vote,
    "lapse": _lapse,
    "suspension": _end_suspension,
    "key_suspension": _end_key_suspension,
    "leave": _leave,
    "roll": _change_rolls,
    "parameter": _bring_into_force,
}
