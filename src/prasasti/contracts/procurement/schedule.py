"""What the schedule does by itself in a process: names of its deadlines, and how one is entered.

A deadline stays entered when its matter is over: what has changed since leaves it nothing to do.
"""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.offices import Draft
from prasasti.core.state import schedule_key

# Of a process: the end of prequalification and of the time to propose.
QUALIFY, CLOSE = "qualify", "close"
# Of a lot: the opening, which is scheduled when the lot is closed.
BEGIN = "open"
# Of a lot: the grace for shares and files, the end of scoring, of a ballot, of the standstill or another window, of signing.
GRACE, SCORING, BALLOT, WINDOW, SIGNING = "grace", "scoring", "ballot", "window", "signing"
# Of a lot: the grace for shares of score sheets, the end of what the authority has to decide, what waited for a seat that was taken.
COUNTING, DECISION, SEATED = "counting", "decision", "seated"

# Of a lot: the end of what the authority has to decide of a refused award.
REFUSAL = "refusal"
# Of a complaint: the end of the time to answer it, of the time to appeal. Of an appeal: the end of the time to decide it.
ANSWER, APPEAL, REVIEW = "answer", "appeal", "review"
# Of a guarantee: the end of the time to pay what was called. Of a debarment: its end. Of a community's contract: of the time to sign.
UNPAID, DEBARMENT, UNSIGNED = "unpaid", "debarment", "unsigned"

# Of a report: the end of the time to answer it.
REPORT = "report"

# Of a file that is missing: the end of the grace. Of a trustee's key: the end of the time to destroy it.
FILES, DESTRUCTION = "files", "destruction"


class DueRecord(Struct, frozen=True):
    """``governance/schedule/<time>/procurement:<what>:<subject>``."""

    subject: str


def schedule(draft: Draft, time: int, what: str, subject: str) -> None:
    """Something will happen to a subject at a time, seconds UTC."""
    draft.put(schedule_key(time, "procurement", f"{what}:{subject}"), DueRecord(subject))
