"""Votes and parameters as members and readers look at them: who said what, what is missing, what would change.

Reads the state only; owns no rule. Counting is the contract's own (``contracts.governance.voting``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prasasti.contracts.governance.parameters import Figures, find_default, is_value_fit, read_figures
from prasasti.contracts.governance.proposal.messages import Propose
from prasasti.contracts.governance.records import (
    ABSTAIN,
    ADOPT,
    DOCUMENT,
    NO,
    OPEN,
    RATIFY,
    RECUSE,
    USED,
    YES,
    ParameterChangeRecord,
    ProposalRecord,
    change_count_key,
    change_key,
    coming_key,
    parameter_key,
    proposal_key,
)
from prasasti.contracts.governance.subjects import SET_PARAMETER, Motion, read_changed, read_motion, read_setting
from prasasti.contracts.governance.voting import (
    Demand,
    compute_outcome,
    has_majority,
    is_vetoed,
    list_choices,
    list_demands,
    list_figures,
    list_open,
)
from prasasti.core.contract import Registry, View, find_parameter
from prasasti.core.encoding import decode_strict, encode_canonical
from prasasti.core.genesis import ComingValue, ParameterRecord
from prasasti.core.parameters import Parameter, Value
from prasasti.core.types import require
from prasasti.services.submitting import DraftProblem

CHOICES = (YES, NO, ABSTAIN, RECUSE)


@dataclass(frozen=True, slots=True)
class ClassVotes:
    """Votes of one class of a roll. ``silent`` counts who cast nothing; ``approves`` and ``objects`` as the votes stand."""

    member_class: str
    counts: Mapping[str, int]
    silent: int
    approves: bool
    objects: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What a proposal would change, field by field; ``before`` is None where there was nothing."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class VoteView:
    """A proposal, its votes as they stand, and its outcome if it closed now, or as it closed."""

    id: str
    record: ProposalRecord
    choices: Mapping[str, str]
    classes: tuple[ClassVotes, ...]
    figures: Figures
    outcome: str
    missing: tuple[Demand, ...]
    changes: tuple[Change, ...]

    @property
    def silent(self) -> list[str]:
        """Members on the roll that cast nothing."""
        return [voter.id for voter in self.record.roll if voter.id not in self.choices]


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A parameter: its value at a time, the value that is coming, and every change with the resolution that made it."""

    name: str
    value: Value
    since: int | None
    coming: ComingValue | None
    changes: tuple[ParameterChangeRecord, ...]


def list_open_votes(view: View, registry: Registry, time: int) -> list[VoteView]:
    """All open proposals, those that end first before the others."""
    found = [require(find_vote(view, registry, each, time), each) for each in list_open(view)]
    return sorted(found, key=lambda vote: (vote.record.end, vote.id))


def find_vote(view: View, registry: Registry, proposal: str, time: int) -> VoteView | None:
    """A proposal and its votes, or None where there is none of that id."""
    record = view.get(proposal_key(proposal), ProposalRecord)
    if record is None:
        return None
    choices = list_choices(view, proposal, record)
    at = record.closed or time
    figures = list_figures(view, record, at, read_changed(record))
    strictest = figures[-1]
    outcome = compute_outcome(record.roll, choices, figures, record.joins) if record.state == OPEN else record.state
    classes = tuple(_count_class(record, choices, each) for each in sorted({voter.member_class for voter in record.roll}))
    demands = (
        *list_demands(record.roll, choices, strictest, record.joins),
        Demand("veto", 0, int(is_vetoed(record.roll, choices, strictest))),
    )
    missing = tuple(each for each in demands if each.found < each.needed and record.state == OPEN)
    return VoteView(proposal, record, choices, classes, strictest, outcome, missing, _list_changes(view, registry, record, time))


def look_up_parameter(view: View, registry: Registry, name: str, time: int) -> ParameterView | None:
    """A parameter's value and history, or None where no contract declares it and genesis has none of that name."""
    record = view.get(parameter_key(name), ParameterRecord)
    coming = record.coming if record is not None else view.get(coming_key(name), ComingValue)
    value = _find_value(view, registry, name, time)
    if value is None:
        return None
    return ParameterView(name, value, record.since if record is not None else None, coming, _list_history(view, name))


def read_draft(view: View, registry: Registry, arguments: Propose) -> Motion:
    """What a proposal would be a vote on; DraftProblem where the contract would refuse its subject."""
    motion = read_motion(view, arguments)
    if motion is None:
        raise DraftProblem("what is proposed is not well formed, or goes below a floor (governance.03.2); nothing was signed")
    setting = read_setting(arguments)
    if setting is not None and not is_value_fit(registry, *setting):
        declared = find_parameter(registry, setting[0])
        told = "no contract declares it" if declared is None else f"{_describe(declared)}, not {encode_canonical(setting[1]).decode()}"
        raise DraftProblem(f"{setting[0]}: {told} (governance.03.6); nothing was signed")
    return motion


def _describe(declared: Parameter) -> str:
    """What values a declaration takes, in words for who proposes one."""
    if declared.kind in ("boolean", "calendar", "hash"):
        return {
            "boolean": "it takes true or false",
            "calendar": "it takes the days off of the year that its name ends in, MM-DD, sorted, with commas between",
            "hash": "it takes a SHA-256 in hex, or nothing",
        }[declared.kind]
    if declared.kind == "codes":
        among = f" of {', '.join(declared.codes)}" if declared.codes else ""
        return f"it takes codes{among}, in order, with commas between"
    what = "minor units as text of digits" if declared.kind == "amount" else "a number"
    return f"it takes {what} from {declared.least} to {declared.most}"


def compute_shortest_end(view: View, kind: str, time: int) -> int:
    """The earliest end that a vote of a kind may have."""
    return time + read_figures(view, kind, time).vote_seconds


def _count_class(record: ProposalRecord, choices: Mapping[str, str], member_class: str) -> ClassVotes:
    cast = [choices.get(voter.id, "") for voter in record.roll if voter.member_class == member_class]
    counts = {choice: cast.count(choice) for choice in CHOICES}
    counted = [voter for voter in record.roll if choices.get(voter.id) != RECUSE]
    approves, objects = (has_majority(counted, choices, member_class, choice) for choice in (YES, NO))
    return ClassVotes(member_class, counts, cast.count(""), approves, objects)


def _list_changes(view: View, registry: Registry, record: ProposalRecord, time: int) -> tuple[Change, ...]:
    if record.form == DOCUMENT:
        return (Change(f"governance.adopted.{record.name}", None, record.document.sha256),)
    if record.form == ADOPT:
        return tuple(Change(record.action, None, each) for each in record.fields)
    arguments = decode_strict(record.arguments.encode())
    if record.action != SET_PARAMETER:
        return tuple(
            Change(f"{record.action}.{name}", None, value) for name, value in arguments.items() if value != "" or record.form != RATIFY
        )
    # What it changed, or would have: the value just before its own, of one that was never used the value at its close.
    at = min(time if record.state == USED else record.closed or time, arguments["effective_from"] - 1)
    return (Change(arguments["name"], _find_value(view, registry, arguments["name"], at), arguments["value"]),)


def _find_value(view: View, registry: Registry, name: str, time: int) -> Value | None:
    """Value of a parameter at a time, of the past too; None of a name that nobody knows."""
    changes = _list_history(view, name)
    past = [change.value for change in changes if change.effective_from <= time]
    if past or (changes and changes[0].before is not None):
        return past[-1] if past else changes[0].before
    record = view.get(parameter_key(name), ParameterRecord)
    if record is not None:
        return record.value
    declared = find_parameter(registry, name)
    return find_default(view, declared) if declared is not None else None


def _list_history(view: View, name: str) -> tuple[ParameterChangeRecord, ...]:
    count = view.get(change_count_key(name), int) or 0
    return tuple(require(view.get(change_key(name, number), ParameterChangeRecord), name) for number in range(count))
