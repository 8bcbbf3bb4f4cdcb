"""Votes: opening them, counting them, closing them; and whether a kind of vote could pass at all (deadlock).

Owns the arithmetic of quorums. The schedule alone closes a vote; nobody enters an outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha512
from typing import NamedTuple

from msgspec.structs import replace

from prasasti.contracts.governance.events import DeadlockCured, Deadlocked, MemberDormant, MemberSilent, VoteClosed
from prasasti.contracts.governance.parameters import (
    AFTER_RATIFICATION_SECONDS,
    KINDS,
    MAX_MISSED,
    MIN_CLASSES,
    SILENCE_SINCE_SECONDS,
    SILENCE_WINDOW_SECONDS,
    SILENT_VOTES,
    WATCH_CLASSES,
    Figures,
    read_figures,
    read_seconds,
)
from prasasti.contracts.governance.records import (
    ACTIVE,
    DEADLOCK_KEY,
    DOCUMENT,
    DORMANT,
    MISSED,
    NO,
    OPEN_PROPOSALS_KEY,
    PASSED,
    RATIFY,
    RECUSE,
    REJECTED,
    VETOED,
    YES,
    AdoptedRecord,
    DeadlockRecord,
    OpenProposalsRecord,
    ProposalRecord,
    SubjectRecord,
    Voter,
    VoteRecord,
    adopted_key,
    proposal_key,
    subject_key,
    vote_key,
)
from prasasti.contracts.governance.roster import can_cast, find_conduct, list_members, list_roll, set_conduct, set_standing
from prasasti.contracts.offices import Draft, DueRecord
from prasasti.core.contract import Call, View
from prasasti.core.parameters import Value
from prasasti.core.state import schedule_key
from prasasti.core.types import Event, require


def compute_tag(contract: str, label: str, *parts: bytes) -> str:
    """Subject of a proposal, hex (sealed-proposals: frame, hash; decision-batches: tag)."""
    framed = (f"prasasti/{contract}/1/{label}".encode(), *parts)
    return sha512(b"".join(len(part).to_bytes(4, "big") + part for part in framed)).digest()[:32].hex()


# Counting


class Demand(NamedTuple):
    """One thing that a vote must have to pass: how much there is, how much is needed."""

    what: str
    found: int
    needed: int


def list_demands(roll: Sequence[Voter], choices: Mapping[str, str], figures: Figures, joins: str = "") -> tuple[Demand, ...]:
    """What figures demand of a vote, over the whole roll; who recuses itself is not counted, its class still is."""
    counted = [voter for voter in roll if choices.get(voter.id) != RECUSE]
    yes = sum(choices.get(voter.id) == YES for voter in counted)
    classes = sorted({voter.member_class for voter in roll})
    approving = [each for each in classes if has_majority(counted, choices, each, YES)]
    return (
        Demand("votes", yes, figures.share_bp * len(counted) // 10_000 + 1),  # The share is to be exceeded.
        Demand("classes", len(approving), max(MIN_CLASSES, min(figures.classes, len(classes)))),
        Demand("watch", sum(each in WATCH_CLASSES for each in approving), figures.watch),
        Demand("joins", int(joins in approving), int(joins in classes)),
    )


def is_passed(roll: Sequence[Voter], choices: Mapping[str, str], figures: Figures, joins: str = "") -> bool:
    """Whether a vote passes by these figures."""
    return all(each.found >= each.needed for each in list_demands(roll, choices, figures, joins))


def is_vetoed(roll: Sequence[Voter], choices: Mapping[str, str], figures: Figures) -> bool:
    """Whether a class with a veto objects."""
    counted = [voter for voter in roll if choices.get(voter.id) != RECUSE]
    return any(has_majority(counted, choices, each, NO) for each in figures.veto)


def compute_outcome(roll: Sequence[Voter], choices: Mapping[str, str], figures: Sequence[Figures], joins: str = "") -> str:
    """Outcome of a vote that must pass by each of the figures (governance-lifecycle: Count)."""
    if any(is_vetoed(roll, choices, each) for each in figures):
        return VETOED
    if all(is_passed(roll, choices, each, joins) for each in figures):
        return PASSED
    hoped = {voter.id: choices.get(voter.id, YES) for voter in roll}
    return MISSED if all(is_passed(roll, hoped, each, joins) for each in figures) else REJECTED


def has_majority(counted: Sequence[Voter], choices: Mapping[str, str], member_class: str, choice: str) -> bool:
    """Whether more than half of a class's voters, of those who are counted, made a choice."""
    members = [voter.id for voter in counted if voter.member_class == member_class]
    return 2 * sum(choices.get(each) == choice for each in members) > len(members)


def list_choices(view: View, proposal: str, record: ProposalRecord) -> dict[str, str]:
    """Choices that were cast, by member."""
    votes = ((voter.id, view.get(vote_key(proposal, voter.id), VoteRecord)) for voter in record.roll)
    return {member: vote.choice for member, vote in votes if vote is not None}


def list_figures(view: View, record: ProposalRecord, time: int, changed: Mapping[str, Value]) -> list[Figures]:
    """Figures that a vote must meet: of its kind, and where it changes this contract's parameters also those it leads to."""
    now = read_figures(view, record.kind, time)
    after = read_figures(view, record.kind, time, changed)
    return [now] if after == now else [now, after]


# Opening and closing


def list_open(view: View) -> list[str]:
    """Ids of all open proposals."""
    record = view.get(OPEN_PROPOSALS_KEY, OpenProposalsRecord)
    return record.proposals if record is not None else []


def schedule(draft: Draft, time: int, key: str, of: str) -> None:
    """Have a deadline of this contract run at a time."""
    draft.put(schedule_key(time, "governance", key), DueRecord(of))


def unschedule(draft: Draft, time: int, key: str) -> None:
    """Take a deadline off the schedule."""
    draft.put(schedule_key(time, "governance", key), None)


def open_vote(draft: Draft, proposal: str, record: ProposalRecord) -> None:
    """A proposal is open until its end; ``held`` where a member on its roll is silenced by a decision not yet ratified."""
    if record.kind != RATIFY:
        record = replace(record, held=_list_silencing(draft, [voter.id for voter in record.roll]))
    draft.put(proposal_key(proposal), record)
    draft.put(OPEN_PROPOSALS_KEY, OpenProposalsRecord(sorted([*list_open(draft), proposal])))
    draft.put(subject_key(record.subject), SubjectRecord(0, proposal))
    schedule(draft, record.end, f"vote:{proposal}", proposal)


def _list_silencing(draft: Draft, members: Sequence[str]) -> list[str]:
    records = [(each, require(draft.get(proposal_key(each), ProposalRecord), each)) for each in list_open(draft)]
    return [each for each, record in records if record.kind == RATIFY and record.silences and record.concerned in members]


def take_off(draft: Draft, proposal: str, record: ProposalRecord, cool_off_until: int) -> None:
    """An open proposal becomes what the record says."""
    draft.put(proposal_key(proposal), record)
    draft.put(OPEN_PROPOSALS_KEY, OpenProposalsRecord([each for each in list_open(draft) if each != proposal]))
    draft.put(subject_key(record.subject), SubjectRecord(cool_off_until, ""))


def hold_votes(draft: Draft, member: str, ratification: str) -> None:
    """A member was silenced: votes in which it has not cast wait for the ratification."""
    for proposal in list_open(draft):
        record = require(draft.get(proposal_key(proposal), ProposalRecord), proposal)
        is_waiting = record.kind != RATIFY and any(voter.id == member for voter in record.roll)
        if is_waiting and draft.get(vote_key(proposal, member), VoteRecord) is None:
            draft.put(proposal_key(proposal), replace(record, held=[*record.held, ratification]))


def release_votes(draft: Draft, call: Call, ratification: str) -> None:
    """A ratification is decided: what waited for it ends three days later at the earliest."""
    for proposal in list_open(draft):
        record = require(draft.get(proposal_key(proposal), ProposalRecord), proposal)
        if ratification in record.held:
            end = max(record.end, call.time + AFTER_RATIFICATION_SECONDS)
            if end != record.end:
                unschedule(draft, record.end, f"vote:{proposal}")
                schedule(draft, end, f"vote:{proposal}", proposal)
            draft.put(proposal_key(proposal), replace(record, end=end, held=[each for each in record.held if each != ratification]))


def close_vote(draft: Draft, call: Call, proposal: str, record: ProposalRecord, changed: Mapping[str, Value]) -> tuple[str, list[Event]]:
    """Compute the outcome of a vote whose end has come, note who was silent; outcome and events."""
    choices = list_choices(draft, proposal, record)
    figures = list_figures(draft, record, call.time, changed)
    outcome = compute_outcome(record.roll, choices, figures, record.joins)
    closed = replace(record, state=outcome, closed=call.time)
    cool_off_until = 0
    if outcome == PASSED:
        notice_over = call.time + max(each.notice_seconds for each in figures)
        closed = replace(closed, notice_over=notice_over)
        if record.form == DOCUMENT:
            draft.put(adopted_key(record.name), AdoptedRecord(record.document, proposal, call.time))
        elif record.form != RATIFY:
            closed = replace(closed, lapses=notice_over + read_seconds(draft, "resolution_days", call.time))
            schedule(draft, closed.lapses, f"lapse:{proposal}", proposal)
    elif outcome in (REJECTED, VETOED):
        cool_off_until = call.time + read_seconds(draft, "cool_off_days", call.time)
    take_off(draft, proposal, closed, cool_off_until)
    events: list[Event] = [VoteClosed(outcome, proposal)]
    for voter in record.roll:
        if voter.id not in choices:
            events += _note_silence(draft, call, voter.id)
    return outcome, events


def _note_silence(draft: Draft, call: Call, organisation: str) -> list[Event]:
    """An active member that left out three votes is dormant, unless that left one class or no watch: then it is silent."""
    members = list_members(draft, call.genesis)
    if not any(member.id == organisation and member.standing == ACTIVE for member in members):
        return []
    conduct = find_conduct(draft, organisation)
    missed = [*(each for each in conduct.missed if each > call.time - SILENCE_WINDOW_SECONDS), call.time][:MAX_MISSED]
    set_conduct(draft, organisation, replace(conduct, missed=missed))
    if len(missed) < SILENT_VOTES or missed[0] > call.time - SILENCE_SINCE_SECONDS:
        return []
    others = sorted({member.member_class for member in members if member.standing == ACTIVE and member.id != organisation})
    if len(others) >= MIN_CLASSES and any(each in WATCH_CLASSES for each in others):
        set_conduct(draft, organisation, replace(conduct, missed=[]))
        set_standing(draft, organisation, DORMANT)
        return [MemberDormant(organisation)]
    set_conduct(draft, organisation, replace(conduct, missed=missed, silent=True))
    return [] if conduct.silent else [MemberSilent(organisation)]


# Deadlock


def note_deadlock(draft: Draft, call: Call) -> list[Event]:
    """Test every kind of vote after a close or a change of standing; events where a deadlock began or was cured."""
    roll = list_roll(draft, call.genesis, call.time)
    choices = {voter.id: YES for voter in roll if can_cast(draft, call.genesis, voter.id)}
    kinds = [kind for kind in KINDS if not is_passed(roll, choices, read_figures(draft, kind, call.time))]
    record = draft.get(DEADLOCK_KEY, DeadlockRecord)
    before = record.kinds if record is not None else []
    if kinds == before:
        return []
    draft.put(DEADLOCK_KEY, DeadlockRecord(kinds, call.time))
    return [Deadlocked(kinds)] if kinds else [DeadlockCured(call.time)]
