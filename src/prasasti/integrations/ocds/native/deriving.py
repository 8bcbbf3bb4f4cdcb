"""The releases of a native process, from the entries of the log that concern it, in their order.

Owns the order of the steps, and which function tells which message and event. Pure: the same entries and documents give the
same releases. A release's id is the ocid and the position of its entry, its date the block's time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from msgspec import Struct

from prasasti.integrations.ocds.canonical import encode_json
from prasasti.integrations.ocds.native import awarding, delivering, paying, proposing, tendering
from prasasti.integrations.ocds.native.content import Content, NameAddress, OrderFacts, ReadDocument, Settled, refer, spell_time
from prasasti.integrations.ocds.native.entries import PAYING_ACTIONS, NativeEntry, find_announced
from prasasti.integrations.ocds.native.tags import choose_tags, fit_tags

Handler = Callable[[Content, NativeEntry, dict[str, Any]], None]
# Bidders whom an event put out without naming them, by its name and itself: those below the threshold.
ListPutOut = Callable[[str, dict[str, Any]], Iterable[str]]


class Records(NamedTuple):
    """What entries leave to the ledger's records: bidders below a threshold, what an order is, which lines an entry settled."""

    list_put_out: ListPutOut = lambda name, event: ()
    find_order: Callable[[str], OrderFacts | None] = lambda order: None
    list_settled: Callable[[NativeEntry], Iterable[Settled]] = lambda entry: ()


NO_RECORDS: Final = Records()


class DerivedRelease(Struct, frozen=True):
    """A release of a native process: its entry's position, the block's time in seconds UTC, and the release itself, encoded too."""

    position: int
    time: int
    release_id: str
    tag: list[str]
    release: dict[str, Any]
    document: bytes


_MESSAGES: Final[dict[str, Handler]] = {
    "announce_plan": tendering.announce_plan,
    "change_plan": tendering.change_plan,
    "publish_tender": tendering.publish_tender,
    "ask_question": tendering.ask_question,
    "answer_question": tendering.answer_question,
    "amend_tender": tendering.amend_tender,
    "cancel_tender": tendering.cancel_tender,
    "submit_sealed": proposing.submit_sealed,
    "withdraw_sealed": proposing.withdraw_sealed,
    "decide": awarding.decide,
    "declare_interests": proposing.declare_interests,
    "note_arithmetic": proposing.note_arithmetic,
    "record_requirements": proposing.record_requirements,
    "vote": proposing.vote,
    "refuse_result": awarding.refuse_result,
    "notify_award": awarding.notify_award,
    "complain": awarding.complain,
    "answer_complaint": awarding.answer_complaint,
    "appeal": awarding.appeal,
    "decide_appeal": awarding.decide_appeal,
    "activate_award": awarding.activate_award,
    "withdraw_award": awarding.withdraw_award,
    "declare_failed": tendering.declare_failed,
    "draft_contract": awarding.draft_contract,
    "register_guarantee": awarding.register_guarantee,
    "sign_contract": awarding.sign_contract,
    "amend_contract": delivering.amend_contract,
    "take_advance": paying.take_advance,
    "submit_evidence": delivering.submit_evidence,
    "inspect": delivering.inspect,
    "certify": delivering.certify,
    "notify_contractor": delivering.notify_contractor,
    "terminate": delivering.terminate,
    "hand_over": delivering.hand_over,
    "witness": delivering.witness,
    "record_outside_payment": paying.record_outside_payment,
    "file_invoice": delivering.file_invoice,
}
_EVENTS: Final[dict[str, Handler]] = {
    "question_answered": tendering.move_deadline,
    "tender_amended": tendering.move_deadline,
    "deadline_extended": tendering.move_deadline,
    "proposals_asked": tendering.ask_for_proposals,
    "proposals_asked_again": tendering.ask_again,
    "qualification_decided": tendering.decide_qualification,
    "lots_cancelled": tendering.cancel_lots,
    "lot_failed": tendering.fail_lot,
    "lot_closed": proposing.close_lot,
    "opening_begun": proposing.begin_opening,
    "envelopes_opened": proposing.open_envelopes,
    "lot_opened": proposing.begin_evaluation,
    "seat_taken": proposing.take_seat,
    "scoring_ended": proposing.end_scoring,
    "ballot_round_opened": proposing.open_ballot_round,
    "ranking_published": proposing.publish_ranking,
    "ballot_closed": proposing.close_ballot,
    "lot_repeated": proposing.repeat_lot,
    "file_missing": proposing.report_missing_file,
    "file_found": proposing.confirm_file,
    "award_cancelled": awarding.cancel_award,
    "refusal_lapsed": awarding.lapse_refusal,
    "complaint_closed": awarding.close_complaint,
    "matters_moot": awarding.close_matters,
    "appeal_decided": awarding.close_appeal,
    "contract_active": awarding.activate_contract,
    "contract_lapsed": awarding.lapse_contract,
    "milestone_inspected": delivering.note_inspection,
    "doubt_lifted": delivering.lift_doubt,
    "contract_amended": delivering.note_amendment,
    "contractor_notified": delivering.move_due_dates,
    "contract_completed": delivering.complete_contract,
    "report_answered": delivering.answer_report,
    "report_overdue": delivering.note_silence,
    "payment_reported": paying.note_report,
    "order_replaced": paying.note_replacement,
    "guarantee_called": awarding.call_guarantee,
    "guarantee_released": awarding.release_guarantee,
    "guarantor_suspended": awarding.suspend_guarantor,
}


def derive_releases(
    ocid: str,
    entries: Iterable[NativeEntry],
    name_address: NameAddress,
    read_document: ReadDocument,
    records: Records = NO_RECORDS,
) -> Iterator[DerivedRelease]:
    """Releases of one process, oldest first.

    ``entries`` are all that concern it, for a later process of a plan line those of the plan before it too, in log order.
    ``name_address`` gives a document's address by its SHA-256, ``read_document`` its bytes or None, ``records`` what stands in the
    ledger's records alone.
    """
    content = Content(ocid, name_address, read_document)
    is_begun = False
    for entry in entries:
        own = [(name, event) for name, event in entry.events if _is_own(content, entry, event)]
        _tell(content, entry, own, records)
        # What was planned before a later process of the same plan line is told with its tender.
        is_begun = is_begun or find_announced(entry) == ocid
        tags = choose_tags(entry, own) if is_begun else []
        if not tags:
            continue
        if entry.action and entry.action not in PAYING_ACTIONS:
            content.touch_tender()
        sections = content.take_changes()
        if not sections:
            continue
        release_id = f"{ocid}-{entry.position}"
        tag = fit_tags(tags, sections)
        release = {
            "buyer": refer(content.buyer), "date": spell_time(entry.time), "id": release_id, "initiationType": "tender", "ocid": ocid,
            "tag": tag, **sections,
        }  # fmt: skip
        content.newest_release = release_id
        yield DerivedRelease(entry.position, entry.time, release_id, tag, release, encode_json(release))


def _is_own(content: Content, entry: NativeEntry, event: dict[str, Any]) -> bool:
    """Whether an event is this process's: a block's may be anybody's."""
    if entry.action:
        return True
    if "process" in event:
        return bool(event["process"] == content.ocid)
    return event.get("contract") in content.objects["contracts"] or event.get("guarantee") in content.guarantees


def _tell(content: Content, entry: NativeEntry, events: list[tuple[str, dict[str, Any]]], records: Records) -> None:
    """A message before its events, which say what followed from it."""
    if entry.action in _MESSAGES:
        _MESSAGES[entry.action](content, entry, entry.arguments)
    for name, event in events:
        if name in _EVENTS:
            _EVENTS[name](content, entry, event)
        for bidder in records.list_put_out(name, event):
            proposing.exclude(content, event["lot"], bidder, proposing.BELOW)
    for settled in records.list_settled(entry):
        paying.settle(content, records.find_order, settled)
