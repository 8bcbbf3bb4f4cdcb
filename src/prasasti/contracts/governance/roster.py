"""Members: who they are, who is on a roll, who can cast, and whether votes can pass at all.

Owns reading membership. Who may change it stands with the messages (``member``); how votes are counted in ``voting``.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from prasasti.contracts.governance.parameters import SEASONING_SECONDS, WATCH_CLASSES
from prasasti.contracts.governance.records import (
    ACTIVE,
    DORMANT,
    LEAVING,
    REMOVED,
    ROSTER_KEY,
    SUSPENDED,
    ConductRecord,
    RosterRecord,
    Voter,
    conduct_key,
    member_key,
)
from prasasti.contracts.offices import Draft, find_offices
from prasasti.core.contract import View
from prasasti.core.genesis import Genesis, MemberRecord
from prasasti.core.types import require

NO_CONDUCT = ConductRecord(0, [], False)


def find_member(view: View, organisation: str) -> MemberRecord | None:
    """A member that was not removed."""
    record = view.get(member_key(organisation), MemberRecord)
    return record if record is not None and record.standing != REMOVED else None


def is_active_member(view: View, organisation: str) -> bool:
    """Whether an organisation is a member that speaks and votes."""
    record = find_member(view, organisation)
    return record is not None and record.standing == ACTIVE


def list_member_ids(view: View, genesis: Genesis) -> list[str]:
    """Ids of all members that were not removed, sorted."""
    roster = view.get(ROSTER_KEY, RosterRecord)
    return roster.members if roster is not None else [member.id for member in genesis.members]


def list_members(view: View, genesis: Genesis) -> list[MemberRecord]:
    """All members that were not removed, by id."""
    return [require(view.get(member_key(each), MemberRecord), each) for each in list_member_ids(view, genesis)]


def find_conduct(view: View, member: str) -> ConductRecord:
    """What a member left out, and whether it is leaving."""
    return view.get(conduct_key(member), ConductRecord) or NO_CONDUCT


def list_roll(view: View, genesis: Genesis, time: int, concerned: str = "") -> list[Voter]:
    """The roll of a vote that opens at a time, less the member concerned (governance-lifecycle: Roll)."""
    members = list_members(view, genesis)
    return [
        Voter(member.member_class, member.id)
        for member in members
        if member.id != concerned
        and member.standing in (ACTIVE, SUSPENDED)
        and not is_seasoning(member, time)
        and not _is_past_term(member, members, time)
    ]


def is_seasoning(member: MemberRecord, time: int) -> bool:
    """Whether a member was admitted too lately to vote; founders never."""
    return bool(member.since) and time < member.since + SEASONING_SECONDS


def _is_past_term(member: MemberRecord, members: Sequence[MemberRecord], time: int) -> bool:
    """Whether its term is over; the last of a class stays until it is replaced."""
    if not member.term_ends or time < member.term_ends:
        return False
    return any(
        other.id != member.id
        and other.member_class == member.member_class
        and other.standing in (ACTIVE, SUSPENDED)
        and (not other.term_ends or time < other.term_ends)
        for other in members
    )


def can_cast(view: View, genesis: Genesis, organisation: str) -> bool:
    """Whether a member could vote today: active, not silent, with an officer's key."""
    if not is_active_member(view, organisation) or find_conduct(view, organisation).silent:
        return False
    return bool(find_offices(view, genesis, organisation).officers)


def stays_workable(view: View, genesis: Genesis, members: Sequence[MemberRecord], without: str) -> bool:
    """Whether two thirds of the members can still act, one of them a watch, once one more is silenced.

    Dormant ones count on neither side; one whose officers' keys are all suspended cannot act, or taking key after key
    would capture the consortium.
    """
    counted = [member for member in members if member.standing != DORMANT]
    acting = [
        member
        for member in counted
        if member.standing in (ACTIVE, LEAVING) and member.id != without and find_offices(view, genesis, member.id).officers
    ]
    return 3 * len(acting) >= 2 * len(counted) and any(member.member_class in WATCH_CLASSES for member in acting)


def set_standing(draft: Draft, organisation: str, standing: str) -> None:
    """A member's standing changes; its organisation acts or does not from then on."""
    record = require(draft.get(member_key(organisation), MemberRecord), organisation)
    draft.put(member_key(organisation), replace(record, standing=standing))


def set_conduct(draft: Draft, organisation: str, conduct: ConductRecord) -> None:
    """Note a member's conduct, where it changed."""
    if conduct != find_conduct(draft, organisation):
        draft.put(conduct_key(organisation), conduct)


def set_roster(draft: Draft, genesis: Genesis, organisation: str, is_member: bool) -> None:
    """An organisation joins the members or leaves them."""
    others = [each for each in list_member_ids(draft, genesis) if each != organisation]
    draft.put(ROSTER_KEY, RosterRecord(sorted([*others, organisation] if is_member else others)))
