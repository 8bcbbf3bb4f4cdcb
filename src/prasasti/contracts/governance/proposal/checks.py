"""Conditions of the messages about proposals: each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.governance import subjects
from prasasti.contracts.governance.parameters import MAX_VOTE_TIMES, is_value_fit, read_figures, read_parameter
from prasasti.contracts.governance.records import (
    DORMANT,
    OPEN,
    RATIFY,
    RECUSE,
    ProposalRecord,
    SubjectRecord,
    VoteRecord,
    proposal_key,
    subject_key,
    vote_key,
)
from prasasti.contracts.governance.roster import find_conduct, find_member, is_active_member
from prasasti.contracts.governance.voting import list_choices, list_open
from prasasti.core.contract import Call, View
from prasasti.core.types import require


def is_proposal_id_free(view: View, call: Call) -> bool:
    """00.2: no proposal had the id before."""
    return view.get(proposal_key(call.arguments.proposal), ProposalRecord) is None


def is_actor_active(view: View, call: Call) -> bool:
    """03.1: an active member proposes."""
    return is_active_member(view, call.actor)


def is_well_formed(view: View, call: Call) -> bool:
    """03.2: what is proposed could be done at all, and keeps the floors."""
    return subjects.read_motion(view, call.arguments) is not None


def is_end_in_range(view: View, call: Call) -> bool:
    """03.3: everybody has the voting time of the kind, and nobody keeps a subject open for ever."""
    motion = require(subjects.read_motion(view, call.arguments), "the motion")
    seconds = read_figures(view, motion.kind, call.time).vote_seconds
    return bool(seconds <= call.arguments.end - call.time <= MAX_VOTE_TIMES * seconds)


def has_room_for_proposal(view: View, call: Call) -> bool:
    """03.4: a member has so many proposals open at a time; ratifications are nobody's own."""
    records = [require(view.get(proposal_key(each), ProposalRecord), each) for each in list_open(view)]
    own = sum(record.proposer == call.actor and record.kind != RATIFY for record in records)
    return own < int(read_parameter(view, "governance.open_proposals", call.time))


def is_subject_free(view: View, call: Call) -> bool:
    """03.5: the same is not voted on twice at once, nor until it passes by weariness."""
    motion = require(subjects.read_motion(view, call.arguments), "the motion")
    record = view.get(subject_key(motion.subject), SubjectRecord)
    return record is None or (not record.proposal and record.cool_off_until <= call.time)


def is_value_as_declared(view: View, call: Call) -> bool:
    """03.6: a parameter's own contract says which values it may take."""
    setting = subjects.read_setting(call.arguments)
    return setting is None or is_value_fit(call.registry, *setting)


def is_before_end(view: View, call: Call) -> bool:
    """04.1: the vote's end has not come; one that waits for a ratification has none yet."""
    record = view.get(proposal_key(call.arguments.proposal), ProposalRecord)
    return record is None or bool(record.held and record.state == OPEN) or call.time < record.end


def is_on_roll(view: View, call: Call) -> bool:
    """04.2: the member was on the roll as the vote opened."""
    record = require(view.get(proposal_key(call.arguments.proposal), ProposalRecord), call.arguments.proposal)
    return any(voter.id == call.actor for voter in record.roll)


def is_not_recused(view: View, call: Call) -> bool:
    """04.3: who recused itself stays out."""
    vote = view.get(vote_key(call.arguments.proposal, call.actor), VoteRecord)
    return vote is None or vote.choice != RECUSE


def is_own_proposal(view: View, call: Call) -> bool:
    """05.1: the member itself proposed it; a ratification is nobody's to withdraw."""
    record = require(view.get(proposal_key(call.arguments.proposal), ProposalRecord), call.arguments.proposal)
    return record.proposer == call.actor and record.kind != RATIFY


def has_no_vote_of_others(view: View, call: Call) -> bool:
    """05.2: once others have voted, the vote is theirs too."""
    record = require(view.get(proposal_key(call.arguments.proposal), ProposalRecord), call.arguments.proposal)
    return all(member == call.actor for member in list_choices(view, call.arguments.proposal, record))


def is_asleep(view: View, call: Call) -> bool:
    """00.2: the member is dormant or silent."""
    member = find_member(view, call.actor)
    return member is not None and (member.standing == DORMANT or find_conduct(view, call.actor).silent)
