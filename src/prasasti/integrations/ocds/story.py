"""The story of one contracting process: what happened, when, for how much, and which entry of the log says so.

Owns which changes between releases are worth a line. Pure; the words stand in a catalogue under the keys below, here are facts only.
Each release is merged onto the earlier ones as ocdsmerge does, and what it newly says or changes becomes a line. Lines stand in the
order of the releases, within one in the order of the stages: a release that looks back tells its stages in their order, dated or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec

from prasasti.integrations.ocds.attestation import compute_date
from prasasti.integrations.ocds.canonical import Number
from prasasti.integrations.ocds.merge_rules import iterate_merged
from prasasti.integrations.ocds.packages import LedgerRelease, LeftOut, load_release

STORY_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "planned": ("title", "amount", "currency"),
    "plan_changed": ("before_amount", "before_currency", "after_amount", "after_currency"),
    "tendered": ("id", "title", "amount", "currency", "method", "entity", "closes", "status"),
    "tender_value_changed": ("id", "before_amount", "before_currency", "after_amount", "after_currency"),
    "tender_deadline_changed": ("id", "before", "after"),
    "tender_status_changed": ("id", "before", "after"),
    "tender_amended": ("id", "rationale"),
    "bid_received": ("id", "parties", "amount", "currency", "status"),
    "bid_status_changed": ("id", "before", "after"),
    "awarded": ("id", "title", "parties", "amount", "currency", "status"),
    "award_value_changed": ("id", "before_amount", "before_currency", "after_amount", "after_currency"),
    "award_suppliers_changed": ("id", "before", "after"),
    "award_status_changed": ("id", "before", "after"),
    "award_amended": ("id", "rationale"),
    "contracted": ("id", "title", "parties", "amount", "currency", "ends", "status"),
    "contract_value_changed": ("id", "before_amount", "before_currency", "after_amount", "after_currency"),
    "contract_end_changed": ("id", "before", "after"),
    "contract_status_changed": ("id", "before", "after"),
    "contract_amended": ("id", "rationale"),
    "milestone_met": ("id", "title"),
    "paid": ("id", "amount", "currency", "payer", "payee"),
    "payment_changed": ("id", "before_amount", "before_currency", "after_amount", "after_currency"),
    "completed": ("id", "amount", "currency"),
    "updated": ("release",),
    "contradicted": ("release",),
    "unreadable": ("release", "problem"),
}
"""Every key with the names of its facts. All facts are texts, "" where the release does not say; amounts are plain decimals, `before`
and `after` are codes, dates or names as the releases write them."""


class StoryLine(msgspec.Struct, frozen=True):
    """One event. `time` is seconds UTC: the event's own where the release gives one (`is_own_time`), else the release's.

    `position` is the log's entry that says it, `key` one of STORY_KEYS.
    """

    time: int
    is_own_time: bool
    position: int
    key: str
    facts: dict[str, str]


def build_story(recorded: Sequence[LedgerRelease]) -> list[StoryLine]:
    """The lines of one process, from every version of every release that the ledger holds of it.

    The newest version that is no contradiction tells the story; updates and contradictions get a line of their own beside it.
    """
    lines: list[tuple[int, StoryLine]] = []
    current: dict[str, tuple[int, dict[str, Any]]] = {}
    for one in sorted(recorded, key=lambda one: one.position):
        release = load_release(one)
        if isinstance(release, LeftOut):
            facts = {"release": one.release_id, "problem": release.problems[0].problem}
            lines.append((one.date, StoryLine(one.date, False, one.position, "unreadable", facts)))
            continue
        if one.kind != "new":
            key = "updated" if one.kind == "update" else "contradicted"
            date = compute_date(release["date"])
            lines.append((date, StoryLine(date, False, one.position, key, {"release": one.release_id})))
        if one.kind != "contradiction":
            current[one.release_id] = (one.position, release)
    lines += _tell(list(current.values()))
    return [line for _, line in sorted(lines, key=lambda pair: (pair[0], pair[1].position, _STAGE[pair[1].key], pair[1].time))]


_STAGE: Final = {key: stage for stage, key in enumerate(STORY_KEYS)}


def _tell(releases: list[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, StoryLine]]:
    """Lines with the time of their release."""
    position_of = {id(release): position for position, release in releases}
    before: dict[str, Any] = {}
    for release, after in iterate_merged([release for _, release in releases]):
        date = compute_date(release["date"])
        for own, key, facts in _compare(before, after):
            yield date, StoryLine(compute_date(own) if own else date, bool(own), position_of[id(release)], key, facts)
        before = after


Event = tuple[str, str, dict[str, str]]
"""The event's own date as the release writes it ("" where it gives none), key, facts."""


def _compare(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Event]:
    yield from _compare_planning(_dict(before, "planning"), _dict(after, "planning"))
    yield from _compare_tender(_dict(before, "tender"), _dict(after, "tender"))
    yield from _compare_each(_list(_dict(before, "bids"), "details"), _list(_dict(after, "bids"), "details"), _compare_bid)
    yield from _compare_each(_list(before, "awards"), _list(after, "awards"), _compare_award)
    suppliers = {_text(award, "id"): _parties(award, "suppliers") for award in _list(after, "awards")}
    yield from _compare_each(_list(before, "contracts"), _list(after, "contracts"), lambda old, new: _compare_contract(old, new, suppliers))


def _compare_planning(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Event]:
    budget = _dict(after, "budget")
    if after and not before:
        title = _text(budget, "project") or _text(budget, "description") or _text(after, "rationale")
        yield "", "planned", {"title": title, **_value(budget, "amount")}
    else:
        yield from _compare_value("plan_changed", {}, _dict(before, "budget"), budget, "amount")


def _compare_tender(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Event]:
    facts = {"id": _text(after, "id")}
    if after and not before:
        period = _dict(after, "tenderPeriod")
        more = {
            "title": _text(after, "title") or _text(after, "description"),
            "method": _text(after, "procurementMethod"),
            "entity": _text(_dict(after, "procuringEntity"), "name"),
            "closes": _text(period, "endDate"),
            "status": _text(after, "status"),
        }
        yield _text(period, "startDate"), "tendered", {**facts, **more, **_value(after, "value")}
        return
    yield from _compare_value("tender_value_changed", facts, before, after, "value")
    yield from _compare_text("tender_deadline_changed", facts, _dict(before, "tenderPeriod"), _dict(after, "tenderPeriod"), "endDate")
    yield from _compare_text("tender_status_changed", facts, before, after, "status")
    yield from _new_amendments("tender_amended", facts, before, after)


def _compare_bid(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Event]:
    facts = {"id": _text(after, "id")}
    if before:
        yield from _compare_text("bid_status_changed", facts, before, after, "status")
        return
    more = {"parties": _parties(after, "tenderers"), "status": _text(after, "status")}
    yield _text(after, "date"), "bid_received", {**facts, **more, **_value(after, "value")}


def _compare_award(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Event]:
    facts = {"id": _text(after, "id")}
    parties = _parties(after, "suppliers")
    if not before:
        more = {"title": _text(after, "title") or _text(after, "description"), "parties": parties, "status": _text(after, "status")}
        yield _text(after, "date"), "awarded", {**facts, **more, **_value(after, "value")}
        return
    yield from _compare_value("award_value_changed", facts, before, after, "value")
    earlier = _parties(before, "suppliers")
    if parties != earlier:
        yield "", "award_suppliers_changed", {**facts, "before": earlier, "after": parties}
    yield from _compare_text("award_status_changed", facts, before, after, "status")
    yield from _new_amendments("award_amended", facts, before, after)


def _compare_contract(before: dict[str, Any], after: dict[str, Any], suppliers: dict[str, str]) -> Iterator[Event]:
    facts = {"id": _text(after, "id")}
    if not before:
        more = {
            "title": _text(after, "title") or _text(after, "description"),
            "parties": suppliers.get(_text(after, "awardID"), ""),
            "ends": _text(_dict(after, "period"), "endDate"),
            "status": _text(after, "status"),
        }
        yield _text(after, "dateSigned"), "contracted", {**facts, **more, **_value(after, "value")}
    else:
        yield from _compare_value("contract_value_changed", facts, before, after, "value")
        yield from _compare_text("contract_end_changed", facts, _dict(before, "period"), _dict(after, "period"), "endDate")
        yield from _compare_text("contract_status_changed", facts, before, after, "status")
    yield from _new_amendments("contract_amended", facts, before, after)
    old, new = _dict(before, "implementation"), _dict(after, "implementation")
    # What stands in the implementation too is told from there.
    told_there = [_text(each, "id") for each in _list(new, "milestones")]
    own = [each for each in _list(after, "milestones") if _text(each, "id") not in told_there]
    yield from _compare_each(_list(before, "milestones"), own, _compare_milestone)
    yield from _compare_each(_list(old, "milestones"), _list(new, "milestones"), _compare_milestone)
    yield from _compare_each(_list(old, "transactions"), _list(new, "transactions"), _compare_transaction)
    if _text(new, "endDate") and not _text(old, "endDate"):
        yield _text(new, "endDate"), "completed", {**facts, **_value(new, "finalValue")}


def _compare_milestone(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Event]:
    def is_met(milestone: dict[str, Any]) -> bool:
        return _text(milestone, "status") == "met" or bool(_text(milestone, "dateMet"))

    if is_met(after) and not is_met(before):
        facts = {"id": _text(after, "id"), "title": _text(after, "title") or _text(after, "description")}
        yield _text(after, "dateMet"), "milestone_met", facts


def _compare_transaction(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Event]:
    field = "value" if "value" in after else "amount"
    facts = {"id": _text(after, "id")}
    if before:
        yield from _compare_value("payment_changed", facts, before, after, field)
        return
    more = {"payer": _text(_dict(after, "payer"), "name"), "payee": _text(_dict(after, "payee"), "name")}
    yield _text(after, "date"), "paid", {**facts, **more, **_value(after, field)}


def _compare_each(
    before: list[dict[str, Any]], after: list[dict[str, Any]], compare: Callable[[dict[str, Any], dict[str, Any]], Iterator[Event]]
) -> Iterator[Event]:
    """Objects of a list by their id, as they merge; one without an id is new each time it comes."""
    old = {_text(item, "id"): item for item in before if _text(item, "id")}
    for item in after:
        if _text(item, "id") or item not in before:
            yield from compare(old.get(_text(item, "id"), {}), item)


def _compare_value(key: str, facts: dict[str, str], before: dict[str, Any], after: dict[str, Any], field: str) -> Iterator[Event]:
    old, new = _value(before, field), _value(after, field)
    if old != new and new["amount"]:
        earlier = {f"before_{name}": text for name, text in old.items()}
        yield "", key, {**facts, **earlier, **{f"after_{name}": text for name, text in new.items()}}


def _compare_text(key: str, facts: dict[str, str], before: dict[str, Any], after: dict[str, Any], field: str) -> Iterator[Event]:
    old, new = _text(before, field), _text(after, field)
    if old != new and new:
        yield "", key, {**facts, "before": old, "after": new}


def _new_amendments(key: str, facts: dict[str, str], before: dict[str, Any], after: dict[str, Any]) -> Iterator[Event]:
    old, new = ([*_list(item, "amendments"), *filter(None, [_dict(item, "amendment")])] for item in (before, after))
    for amendment in new:
        if amendment not in old:
            yield _text(amendment, "date"), key, {**facts, "rationale": _text(amendment, "rationale") or _text(amendment, "description")}


def _parties(item: dict[str, Any], field: str) -> str:
    return ", ".join(_text(party, "name") or _text(party, "id") for party in _list(item, field))


def _value(item: dict[str, Any], field: str) -> dict[str, str]:
    value = _dict(item, field)
    amount = value.get("amount")
    return {"amount": f"{amount.value:f}" if isinstance(amount, Number) else "", "currency": _text(value, "currency")}


def _text(item: dict[str, Any], field: str) -> str:
    value = item.get(field)
    return str(value) if isinstance(value, str | Number) else ""


def _dict(item: dict[str, Any], field: str) -> dict[str, Any]:
    value = item.get(field)
    return value if isinstance(value, dict) else {}


def _list(item: dict[str, Any], field: str) -> list[dict[str, Any]]:
    value = item.get(field)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
