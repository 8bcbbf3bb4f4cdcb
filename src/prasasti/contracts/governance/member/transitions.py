"""Effects of the messages about members: each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.governance.events import (
    MemberAdmitted,
    MemberLeaving,
    MemberRemoved,
    MemberSuspended,
    Reinstated,
    SuspendedAtOnce,
    ValidatorNamed,
)
from prasasti.contracts.governance.parameters import LAST_LEAVING_SECONDS, LEAVING_SECONDS, SEASONING_SECONDS, read_figures, read_seconds
from prasasti.contracts.governance.records import (
    ACTIVE,
    LEAVING,
    OPEN,
    RATIFY,
    ProposalRecord,
    ValidatorRecord,
    digest_id,
    member_key,
    note_document,
    validator_key,
)
from prasasti.contracts.governance.resolutions import use_resolution
from prasasti.contracts.governance.roster import find_conduct, find_member, list_members, list_roll, set_conduct, set_roster, set_standing
from prasasti.contracts.governance.standing import count_seconds_left, end_suspension, find_suspension, remove_member, silences, suspend
from prasasti.contracts.governance.validators import compute_powers
from prasasti.contracts.governance.voting import compute_tag, hold_votes, note_deadlock, open_vote, schedule
from prasasti.contracts.offices import Draft, bind_key, find_bound_key
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.encoding import encode_canonical
from prasasti.core.genesis import MemberRecord
from prasasti.core.types import require


def process_suspend_at_once(view: View, call: Call) -> Outcome:
    """07: the target acts no more; its ratification opens, and votes that the silenced member is on wait for that."""
    draft, arguments = Draft(view), call.arguments
    organisation, key, decision = arguments.organisation, arguments.key, arguments.decision
    concerned = organisation or find_bound_key(view, key).organisation
    silenced = silences(view, call, organisation, key)
    end = call.time + read_figures(view, RATIFY, call.time).vote_seconds
    left = count_seconds_left(view, find_suspension(view, organisation, key), call.time)
    suspend(draft, call, organisation, key, call.time + left, decision)
    target = encode_canonical({"key": key, "organisation": organisation}).decode()
    record = ProposalRecord(
        action="governance.suspend_at_once", arguments=target, closed=0, concerned=concerned, document=arguments.document, end=end,
        fields=[], form=RATIFY, held=[], joins="", kind=RATIFY, lapses=0, name="", notice_over=0, opened=call.time,
        proposer=call.actor, reason=arguments.reason, roll=list_roll(draft, call.genesis, call.time, concerned),
        silences=bool(silenced), state=OPEN, subject=compute_tag("governance", "ratify", decision.encode(), target.encode()),
    )  # fmt: skip
    open_vote(draft, decision, record)
    if silenced:
        hold_votes(draft, silenced, decision)
    for write in note_document(view, call.actor, arguments.document, call.time):
        draft.put(*write)
    return draft.outcome(SuspendedAtOnce(decision, end, key, organisation), *note_deadlock(draft, call))


def process_admit_member(view: View, call: Call) -> Outcome:
    """08: the organisation is a member from now on, and on rolls after its seasoning; one for a new term stays on them."""
    draft, arguments = Draft(view), call.arguments
    member = find_member(view, arguments.organisation)
    has_term = arguments.member_class == "citizens"
    term_ends = call.time + read_seconds(view, "citizens_term_days", call.time) if has_term else 0
    since = member.since if member is not None else call.time
    standing = member.standing if member is not None else ACTIVE
    record = MemberRecord(arguments.member_class, arguments.organisation, standing, since, term_ends, arguments.group)
    draft.put(member_key(arguments.organisation), record)
    digest = digest_id(arguments.organisation)
    if member is None:
        set_roster(draft, call.genesis, arguments.organisation, True)
        schedule(draft, call.time + SEASONING_SECONDS, f"roll:{digest}", arguments.organisation)
    if term_ends:
        schedule(draft, term_ends, f"roll:{digest}", arguments.organisation)
    for key in arguments.keys:
        bind_key(draft, call, arguments.organisation, key.handle, key.key, key.roles)
    use_resolution(draft, arguments.resolution)
    event = MemberAdmitted(arguments.member_class, arguments.organisation, term_ends)
    return draft.outcome(event, *note_deadlock(draft, call))


def process_suspend_member(view: View, call: Call) -> Outcome:
    """09: the member acts no more until a time."""
    draft, arguments = Draft(view), call.arguments
    suspend(draft, call, arguments.organisation, "", arguments.until, "")
    use_resolution(draft, arguments.resolution)
    return draft.outcome(MemberSuspended(arguments.organisation, arguments.until), *note_deadlock(draft, call))


def process_reinstate_member(view: View, call: Call) -> Outcome:
    """10: the member acts again; a ratification of its suspension that is still open decides nothing any more."""
    draft, arguments = Draft(view), call.arguments
    end_suspension(draft, call, arguments.organisation, "")
    use_resolution(draft, arguments.resolution)
    return draft.outcome(Reinstated("", arguments.organisation), *note_deadlock(draft, call))


def process_remove_member(view: View, call: Call) -> Outcome:
    """11: the organisation keeps its keys, and loses what only members have."""
    draft, arguments = Draft(view), call.arguments
    remove_member(draft, call, arguments.organisation)
    use_resolution(draft, arguments.resolution)
    return draft.outcome(MemberRemoved(arguments.organisation), *note_deadlock(draft, call))


def process_name_validator(view: View, call: Call) -> Outcome:
    """15: the machine has power from the next block on; a validator named before has none any more."""
    draft, arguments = Draft(view), call.arguments
    bind_key(draft, call, call.actor, arguments.handle, arguments.key, arguments.roles)
    draft.put(validator_key(call.actor), ValidatorRecord(arguments.key, call.time))
    powers = compute_powers(draft, call.genesis)
    classes = sorted({require(find_member(view, power.member), power.member).member_class for power in powers})
    power = next((each.power for each in powers if each.member == call.actor), 0)
    return draft.outcome(ValidatorNamed(len(classes), arguments.key, call.actor, power))


def process_leave(view: View, call: Call) -> Outcome:
    """17: the member is off later rolls at once, and gone when others had time to replace it."""
    draft = Draft(view)
    member = require(find_member(view, call.actor), call.actor)
    members = list_members(view, call.genesis)
    is_last = not any(other.id != member.id and other.member_class == member.member_class for other in members)
    leaves = call.time + (LAST_LEAVING_SECONDS if is_last else LEAVING_SECONDS)
    set_standing(draft, call.actor, LEAVING)
    set_conduct(draft, call.actor, replace(find_conduct(view, call.actor), leaves=leaves))
    schedule(draft, leaves, f"leave:{digest_id(call.actor)}", call.actor)
    return draft.outcome(MemberLeaving(leaves, call.actor), *note_deadlock(draft, call))
