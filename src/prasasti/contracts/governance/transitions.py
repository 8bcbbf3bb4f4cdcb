"""Effects of ``governance``: each runs only when every condition of its message holds."""

from __future__ import annotations

from prasasti.contracts.governance.events import ClockAdvanced, DocumentWithheld
from prasasti.contracts.governance.records import CLOCK_KEY, ClockRecord, WithheldRecord, withheld_key
from prasasti.core.contract import Call, Outcome, View, Write


def process_withhold_document(view: View, call: Call) -> Outcome:
    """01: the document counts as withheld; ``publish`` takes its bytes out of the folder."""
    sha256 = call.arguments.sha256
    record = WithheldRecord(call.arguments.legal_basis, call.time)
    return Outcome((Write(withheld_key(sha256), record),), (DocumentWithheld(sha256),))


def process_advance_clock(view: View, call: Call) -> Outcome:
    """02: application time runs further ahead of the engine's, from the next block on."""
    record = view.get(CLOCK_KEY, ClockRecord)
    offset_seconds = (record.offset_seconds if record is not None else 0) + call.arguments.seconds
    return Outcome((Write(CLOCK_KEY, ClockRecord(offset_seconds)),), (ClockAdvanced(offset_seconds),))
