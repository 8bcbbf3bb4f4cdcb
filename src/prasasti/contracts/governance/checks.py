"""Conditions of ``governance``: each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.governance.parameters import MAX_ADVANCE_SECONDS, MAX_OFFSET_SECONDS
from prasasti.contracts.governance.records import (
    CLOCK_KEY,
    ClockRecord,
    NamedDocumentRecord,
    TableRecord,
    WithheldRecord,
    named_document_key,
    table_key,
    withheld_key,
)
from prasasti.core.contract import Call, View
from prasasti.core.genesis import KeyRecord, MemberRecord


def is_named_by_organisation(view: View, call: Call) -> bool:
    """01.1: an accepted entry of the officer's organisation names the document."""
    return view.get(named_document_key(call.arguments.sha256, call.actor), NamedDocumentRecord) is not None


def is_no_table(view: View, call: Call) -> bool:
    """01.2: the document is not the table of a contract: without it nobody can check standing."""
    if view.get(table_key(call.arguments.sha256), TableRecord) is not None:
        return False
    return all(reference.table != call.arguments.sha256 for reference in call.genesis.contracts)


def is_not_withheld(view: View, call: Call) -> bool:
    """01.3: the document is not withheld already."""
    return view.get(withheld_key(call.arguments.sha256), WithheldRecord) is None


def do_signers_pair(view: View, call: Call) -> bool:
    """01.4: an officer, and an auditor of another organisation; where an auditor withholds its own, a citizens' officer."""
    officer, second = call.signers
    second_key = view.get(f"identity/key/{second.key}", KeyRecord)
    if officer.role != "governance.officer" or second_key is None or second_key.organisation == call.actor:
        return False
    actor = view.get(f"governance/member/{call.actor}", MemberRecord)
    if actor is None or actor.member_class != "auditor":
        return second.role == "governance.auditor"
    other = view.get(f"governance/member/{second_key.organisation}", MemberRecord)
    return second.role == "governance.officer" and other is not None and other.member_class == "citizens"


def is_training(view: View, call: Call) -> bool:
    """02.1: only a training ledger's clock moves by a message."""
    return call.genesis.training


def is_advance_in_range(view: View, call: Call) -> bool:
    """02.2: forward, by at most 400 days at a time, and by at most a hundred years altogether."""
    record = view.get(CLOCK_KEY, ClockRecord)
    seconds, before = int(call.arguments.seconds), record.offset_seconds if record is not None else 0
    return 1 <= seconds <= MAX_ADVANCE_SECONDS and before + seconds <= MAX_OFFSET_SECONDS
