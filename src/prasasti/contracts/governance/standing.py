"""Suspending, reinstating and removing: what several messages and deadlines do to members and keys alike.

Owns the bookkeeping of suspended days. Who may ask for it stands with the messages.
"""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.governance.events import Reinstated
from prasasti.contracts.governance.parameters import SUSPENSION_WINDOW_SECONDS, read_seconds
from prasasti.contracts.governance.records import (
    ACTIVE,
    LEAVING,
    REMOVED,
    SUSPENDED,
    SuspensionRecord,
    digest_id,
    member_key,
    suspension_key,
)
from prasasti.contracts.governance.roster import NO_CONDUCT, find_conduct, list_member_ids, set_conduct, set_roster, set_standing
from prasasti.contracts.governance.voting import schedule, unschedule
from prasasti.contracts.offices import Draft, find_bound_key, find_offices, find_person, is_members_role, set_role, set_suspended
from prasasti.core.contract import Call, View
from prasasti.core.genesis import MemberRecord
from prasasti.core.types import require

NEVER_SUSPENDED = SuspensionRecord(0, "", 0, [], 0)


def find_suspension(view: View, organisation: str, key: str) -> SuspensionRecord:
    """What is known of a member's suspensions, or of a key's where that is given."""
    return view.get(suspension_key(organisation, key), SuspensionRecord) or NEVER_SUSPENDED


def count_seconds_left(view: View, suspension: SuspensionRecord, time: int) -> int:
    """For how long a target may be suspended from now on: so many days of the last year."""
    since = time - SUSPENSION_WINDOW_SECONDS
    used = sum(max(0, until - max(begun, since)) for begun, until in suspension.spans)
    return max(0, read_seconds(view, "suspended_days", time) - used)


def silences(view: View, call: Call, organisation: str, key: str) -> str:
    """The member that could not act once the target is suspended, or "" where there is none."""
    if not key:
        return organisation
    record = find_bound_key(view, key)
    draft = Draft(view)
    set_suspended(draft, call, key, True)
    before, after = (find_offices(each, call.genesis, record.organisation).officers for each in (view, draft))
    return record.organisation if before and not after else ""


def suspend(draft: Draft, call: Call, organisation: str, key: str, until: int, ratification: str) -> None:
    """A member or key is suspended at once, until a time at the latest."""
    former = find_suspension(draft, organisation, key)
    draft.put(suspension_key(organisation, key), replace(former, ratification=ratification, since=call.time, until=until))
    schedule(draft, until, _deadline_of(organisation, key), key or organisation)
    if key:
        set_suspended(draft, call, key, True)
    else:
        set_standing(draft, organisation, SUSPENDED)


def end_suspension(draft: Draft, call: Call, organisation: str, key: str, *, is_lapse: bool = False) -> list[Reinstated]:
    """A suspension, if there is one, is over; ``is_lapse`` where it was not ratified."""
    record = find_suspension(draft, organisation, key)
    if not record.since:
        return []
    unschedule(draft, record.until, _deadline_of(organisation, key))
    spans = [each for each in record.spans if each[1] > call.time - SUSPENSION_WINDOW_SECONDS]
    lapsed = call.time if is_lapse else record.lapsed
    draft.put(suspension_key(organisation, key), SuspensionRecord(lapsed, "", 0, [*spans, (record.since, call.time)], 0))
    if key:
        set_suspended(draft, call, key, False)
    else:
        set_standing(draft, organisation, LEAVING if find_conduct(draft, organisation).leaves else ACTIVE)
    return [Reinstated(key, organisation)]


def remove_member(draft: Draft, call: Call, organisation: str) -> None:
    """An organisation is no member any more: its keys lose the roles of governance save officer, as the effect ``remove`` says."""
    end_suspension(draft, call, organisation, "")
    record = require(draft.get(member_key(organisation), MemberRecord), organisation)
    draft.put(member_key(organisation), replace(record, standing=REMOVED))
    set_roster(draft, call.genesis, organisation, False)
    set_conduct(draft, organisation, NO_CONDUCT)
    for handle in find_offices(draft, call.genesis, organisation).governing:
        for key in find_person(draft, call.genesis, organisation, handle).keys:
            roles = find_bound_key(draft, key).roles
            for role in [each for each in roles if is_members_role(each)]:
                set_role(draft, call, key, role, False)


def find_by_digest(view: View, call: Call, digest: str) -> str:
    """The member whose id has the digest, or "" where it was removed since."""
    return next((each for each in list_member_ids(view, call.genesis) if digest_id(each) == digest), "")


def _deadline_of(organisation: str, key: str) -> str:
    return f"key_suspension:{key}" if key else f"suspension:{digest_id(organisation)}"
