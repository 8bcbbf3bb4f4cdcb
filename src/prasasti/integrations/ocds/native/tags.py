"""Which entries of a native process make a release, and with which tag (procurement: Native processes as OCDS).

Owns the table. What the schedule does has no message: a block whose deadlines changed a process makes an update of their
own, one a process and block, tagged as the messages that stand for the same things are (17, 27: tender; 22, 24: award;
26: the award's cancellation; the lapse of 30: contract). What has no tag makes no release.
"""

from __future__ import annotations

from typing import Any, Final

from prasasti.integrations.ocds.native.entries import PAYING_ACTIONS, NativeEntry

TENDER_UPDATE, AWARD_UPDATE, CONTRACT_UPDATE = "tenderUpdate", "awardUpdate", "contractUpdate"
IMPLEMENTATION_UPDATE = "implementationUpdate"

TAGS_OF_MESSAGES: Final = {
    "announce_plan": "planning",
    "change_plan": "planningUpdate",
    "publish_tender": "tender",
    "amend_tender": "tenderAmendment",
    "cancel_tender": "tenderCancellation",
    "notify_award": "award",
    "withdraw_award": "awardCancellation",
    "draft_contract": "contract",
    "sign_contract": "contract",
    "amend_contract": "contractAmendment",
    "terminate": "contractTermination",
    "hand_over": IMPLEMENTATION_UPDATE,
    **dict.fromkeys(("take_advance", "submit_evidence", "inspect", "certify", "file_invoice"), "implementation"),
    **dict.fromkeys(("report_payment", "replace_order", "record_outside_payment", *PAYING_ACTIONS), IMPLEMENTATION_UPDATE),
    **dict.fromkeys(
        (
            "ask_question", "answer_question", "submit_sealed", "withdraw_sealed", "publish_opening_shares", "declare_interests", "seat",
            "note_arithmetic", "record_requirements", "vote", "declare_failed", "report_file_missing", "confirm_file",
        ),
        TENDER_UPDATE,
    ),
    **dict.fromkeys(
        ("decide", "complain", "answer_complaint", "appeal", "decide_appeal", "activate_award", "refuse_result"), AWARD_UPDATE
    ),
    **dict.fromkeys(("register_guarantee", "call_guarantee", "answer_report", "notify_contractor", "witness"), CONTRACT_UPDATE),
}  # fmt: skip
"""16, 42, 46, 48, 51, 52 and 54 have none. Of the treasury's messages those make a release that settle a line."""

TAGS_OF_DEADLINES: Final = {
    **dict.fromkeys(
        (
            "lot_closed", "deadline_extended", "proposals_asked", "opening_begun", "scoring_ended", "technical_decided",
            "ballot_round_opened", "ballot_opened", "ballot_closed", "ranking_published", "qualification_decided", "lot_failed",
            "lot_repeated", "proposals_asked_again",
        ),
        TENDER_UPDATE,
    ),
    **dict.fromkeys(("complaint_closed", "appeal_decided", "matters_moot", "refusal_lapsed"), AWARD_UPDATE),
    "award_cancelled": "awardCancellation",
    **dict.fromkeys(("contract_lapsed", "guarantee_released", "guarantor_suspended", "report_overdue"), CONTRACT_UPDATE),
}  # fmt: skip


def choose_tags(entry: NativeEntry, events: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """The tags of the release that an entry makes, given its events that are the process's own; none: it makes none."""
    if entry.action:
        tag = TAGS_OF_MESSAGES.get(entry.action)
        if entry.action == "hand_over" and entry.arguments["act"] == "accept":
            return ["contractTermination"]
        on_contract = entry.action in ("seat", "decide", "declare_interests") and not entry.arguments.get("process")
        return [CONTRACT_UPDATE if on_contract else tag] if tag is not None else []
    return sorted({TAGS_OF_DEADLINES[name] for name, _ in events if name in TAGS_OF_DEADLINES})


def fit_tags(tags: list[str], release: dict[str, Any]) -> list[str]:
    """An update is of a section that the release has: what concerns an award or contract that is not there yet is the tender's."""
    lacking = {AWARD_UPDATE: "awards", CONTRACT_UPDATE: "contracts"}
    return sorted({TENDER_UPDATE if tag in lacking and lacking[tag] not in release else tag for tag in tags})
