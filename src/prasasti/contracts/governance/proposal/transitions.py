"""Effects of the messages about proposals: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.governance import subjects
from prasasti.contracts.governance.events import MemberAwake, ProposalWithdrawn, Proposed, Voted
from prasasti.contracts.governance.parameters import read_figures
from prasasti.contracts.governance.records import (
    ACTIVE,
    DORMANT,
    OPEN,
    PASSED,
    RECUSE,
    WITHDRAWN,
    YES,
    ProposalRecord,
    VoteRecord,
    member_key,
    note_document,
    proposal_key,
    vote_key,
)
from prasasti.contracts.governance.roster import find_conduct, list_roll, set_conduct, set_standing
from prasasti.contracts.governance.voting import (
    compute_outcome,
    list_choices,
    list_figures,
    note_deadlock,
    open_vote,
    schedule,
    take_off,
    unschedule,
)
from prasasti.contracts.offices import Draft
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.genesis import MemberRecord
from prasasti.core.types import require


def process_propose(view: View, call: Call) -> Outcome:
    """03: a vote is open, its roll fixed."""
    draft, arguments = Draft(view), call.arguments
    motion = require(subjects.read_motion(view, arguments), "the motion")
    roll = list_roll(view, call.genesis, call.time, motion.concerned)
    record = ProposalRecord(
        action=arguments.action, arguments=arguments.arguments, closed=0, concerned=motion.concerned, document=arguments.document,
        end=arguments.end, fields=arguments.fields, form=arguments.form, held=[], joins=motion.joins, kind=motion.kind, lapses=0,
        name=arguments.name, notice_over=0, opened=call.time, proposer=call.actor, reason=arguments.reason, roll=roll,
        silences=False, state=OPEN, subject=motion.subject,
    )  # fmt: skip
    open_vote(draft, arguments.proposal, record)
    for write in note_document(view, call.actor, arguments.document, call.time):
        draft.put(*write)
    return draft.outcome(Proposed(arguments.end, motion.kind, arguments.proposal, motion.subject, len(roll)))


def process_vote(view: View, call: Call) -> Outcome:
    """04: the vote counts from now on; where the whole roll has said yes, the schedule may close at once."""
    draft, arguments = Draft(view), call.arguments
    record = require(view.get(proposal_key(arguments.proposal), ProposalRecord), arguments.proposal)
    draft.put(vote_key(arguments.proposal, call.actor), VoteRecord(arguments.choice, arguments.reason, call.time))
    if arguments.document is not None:
        for write in note_document(view, call.actor, arguments.document, call.time):
            draft.put(*write)
    set_conduct(draft, call.actor, replace(find_conduct(view, call.actor), missed=[], silent=False))
    if not record.held and record.end > call.time and _may_close_early(draft, call, arguments.proposal, record):
        unschedule(draft, record.end, f"vote:{arguments.proposal}")
        schedule(draft, call.time, f"vote:{arguments.proposal}", arguments.proposal)
        draft.put(proposal_key(arguments.proposal), replace(record, end=call.time))
    return draft.outcome(Voted(arguments.choice, call.actor, arguments.proposal), *note_deadlock(draft, call))


def _may_close_early(draft: Draft, call: Call, proposal: str, record: ProposalRecord) -> bool:
    """Whether nobody is left to wait for: the whole roll has said yes, and that is enough."""
    if not read_figures(draft, record.kind, call.time).early:
        return False
    choices = list_choices(draft, proposal, record)
    if any(choices.get(voter.id) not in (YES, RECUSE) for voter in record.roll):
        return False
    figures = list_figures(draft, record, call.time, subjects.read_changed(record))
    return compute_outcome(record.roll, choices, figures, record.joins) == PASSED


def process_withdraw_proposal(view: View, call: Call) -> Outcome:
    """05: the proposal ends without an outcome; its subject may be proposed again."""
    draft, proposal = Draft(view), call.arguments.proposal
    record = require(view.get(proposal_key(proposal), ProposalRecord), proposal)
    unschedule(draft, record.end, f"vote:{proposal}")
    take_off(draft, proposal, replace(record, state=WITHDRAWN, closed=call.time, held=[]), 0)
    return draft.outcome(ProposalWithdrawn(proposal))


def process_wake(view: View, call: Call) -> Outcome:
    """21: the member is on later rolls again."""
    draft = Draft(view)
    if require(view.get(member_key(call.actor), MemberRecord), call.actor).standing == DORMANT:
        set_standing(draft, call.actor, ACTIVE)
    set_conduct(draft, call.actor, replace(find_conduct(view, call.actor), missed=[], silent=False))
    return draft.outcome(MemberAwake(call.actor), *note_deadlock(draft, call))
