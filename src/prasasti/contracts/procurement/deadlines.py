"""What the deadlines of ``procurement`` do. What has changed since one was scheduled leaves it nothing to do."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.guarantees import suspend_unpaid
from prasasti.contracts.procurement.agreement.transitions import lapse_unsigned
from prasasti.contracts.procurement.award.checks import find_standing_award, is_signed
from prasasti.contracts.procurement.award.complaint.effects import end_time_to_appeal, let_appeal_lapse, let_complaint_lapse
from prasasti.contracts.procurement.award.effects import KEEP, decide_refusal, settle, withdraw_award
from prasasti.contracts.procurement.award.events import RefusalLapsed
from prasasti.contracts.procurement.award.records import ACTIVE
from prasasti.contracts.procurement.conduct.transitions import expire_debarment
from prasasti.contracts.procurement.evaluation.effects import (
    close_ballot,
    close_scoring,
    get_ballot,
    is_seat_open,
    is_vote_open,
    lose_round,
    resume,
)
from prasasti.contracts.procurement.evaluation.records import BALLOT_OPEN
from prasasti.contracts.procurement.lots import compute_term_end, fail_lot, put_lot
from prasasti.contracts.procurement.process import CANCELLED as CANCELLED_LOT
from prasasti.contracts.procurement.process import (
    EVALUATING,
    FAILED,
    OPENING,
    LotRecord,
    get_lot,
    get_process,
)
from prasasti.contracts.procurement.proposal.events import KeyDestructionOverdue, OpeningBegun
from prasasti.contracts.procurement.proposal.records import MissingFileRecord, TrusteeKeyRecord, missing_file_key, trustee_key_key
from prasasti.contracts.procurement.proposal.transitions import MISSING_FILES
from prasasti.contracts.procurement.reports.transitions import tell_overdue
from prasasti.contracts.procurement.schedule import (
    ANSWER,
    APPEAL,
    BALLOT,
    BEGIN,
    CLOSE,
    COUNTING,
    DEBARMENT,
    DECISION,
    DESTRUCTION,
    FILES,
    GRACE,
    QUALIFY,
    REFUSAL,
    REPORT,
    REVIEW,
    SCORING,
    SEATED,
    SIGNING,
    UNPAID,
    UNSIGNED,
    WINDOW,
    schedule,
)
from prasasti.contracts.procurement.tender.effects import close_tender
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import require


def run_deadline(view: View, call: Call, key: str) -> Outcome:
    """A due record ``<what>:<subject>``; the subject is a process, or a lot as ``process:lot``."""
    what, _, subject = key.partition(":")
    return {
        ANSWER: _run_answer,
        APPEAL: _run_appeal,
        BALLOT: _run_ballot,
        BEGIN: _run_begin,
        CLOSE: _run_close,
        COUNTING: _run_counting,
        DEBARMENT: _run_debarment,
        DECISION: _run_decision,
        DESTRUCTION: _run_destruction,
        FILES: _run_files,
        GRACE: _run_grace,
        QUALIFY: _run_qualify,
        REFUSAL: _run_refusal,
        REPORT: _run_report,
        REVIEW: _run_review,
        SCORING: _run_scoring,
        SEATED: _run_seated,
        SIGNING: _run_signing,
        UNPAID: _run_unpaid,
        UNSIGNED: _run_unsigned,
        WINDOW: _run_window,
    }[what](view, call, subject)


def _run_close(view: View, call: Call, name: str) -> Outcome:
    """The time to propose is over."""
    draft = Draft(view)
    return draft.outcome(*close_tender(draft, call, name, is_first=False)) if call.time >= get_process(view, name).deadline else Outcome()


def _run_qualify(view: View, call: Call, name: str) -> Outcome:
    """The time to ask to qualify is over; the deadline of the proposals is entered when that is decided."""
    draft, until = Draft(view), get_process(view, name).qualification_deadline
    return draft.outcome(*close_tender(draft, call, name, is_first=True)) if call.time >= until else Outcome()


def _run_begin(view: View, call: Call, name: str) -> Outcome:
    """Trustees may share: what is not opened when the grace is over makes its lot fail."""
    draft, lot = Draft(view), _get_lot(view, name)
    if lot.state != OPENING or call.time < lot.opening:
        return Outcome()
    ends = compute_term_end(view, call.time, get_process(view, lot.process), "opening_grace")
    put_lot(draft, replace(lot, grace_ends=ends))
    schedule(draft, ends, GRACE, name)
    return draft.outcome(OpeningBegun(lot.due, lot.lot, lot.process, lot.stage))


def _run_grace(view: View, call: Call, name: str) -> Outcome:
    """A due envelope is short of shares: the lot has failed, and no share counts any more. While a lot is suspended nobody can share:
    the grace begins anew when that ends (44)."""
    draft, lot = Draft(view), _get_lot(view, name)
    if lot.state != OPENING or lot.suspended or call.time < lot.grace_ends:
        return Outcome()
    return draft.outcome(*fail_lot(draft, call, lot, "j"))


def _run_files(view: View, call: Call, name: str) -> Outcome:
    """A file stayed missing: the lot has failed, by the stores' fault (27k)."""
    draft, record = Draft(view), require(view.get(missing_file_key(name), MissingFileRecord), name)
    lot = get_lot(view, record.process, record.lot)
    if record.found or lot.state in (CANCELLED_LOT, FAILED):
        return Outcome()
    lot = replace(lot, suspended=[each for each in lot.suspended if each != MISSING_FILES])
    return draft.outcome(*fail_lot(draft, call, lot, "k"))


def _run_destruction(view: View, call: Call, name: str) -> Outcome:
    """A trustee is late to confirm that a key is destroyed: the log names it, for good."""
    key = require(view.get(trustee_key_key(name), TrusteeKeyRecord), name)
    if key.destroyed or key.live or call.time < key.due:
        return Outcome()
    return Outcome(events=(KeyDestructionOverdue(name, key.organisation),))


def _run_scoring(view: View, call: Call, name: str) -> Outcome:
    """17: the time to score is over."""
    draft, lot = Draft(view), _get_lot(view, name)
    if lot.state != EVALUATING or lot.scored or lot.counting or not lot.scoring_ends or call.time < lot.scoring_ends:
        return Outcome()
    return draft.outcome(*close_scoring(draft, call, lot))


def _run_counting(view: View, call: Call, name: str) -> Outcome:
    """A due score sheet is short of shares."""
    draft, lot = Draft(view), _get_lot(view, name)
    if lot.state != EVALUATING or not lot.counting or call.time < lot.grace_ends:
        return Outcome()
    return draft.outcome(*lose_round(draft, call, lot))


def _run_seated(view: View, call: Call, name: str) -> Outcome:
    """A seat was taken (13)."""
    draft = Draft(view)
    return draft.outcome(*resume(draft, call, _get_lot(view, name)))


def _run_decision(view: View, call: Call, name: str) -> Outcome:
    """The authority neither decided nor seated anybody (11): the lot has no valid vote."""
    draft, lot = Draft(view), _get_lot(view, name)
    if not lot.decision_ends or call.time < lot.decision_ends or not (is_vote_open(view, lot) or is_seat_open(view, lot)):
        return Outcome()
    return draft.outcome(*fail_lot(draft, call, lot, "m"))


def _run_ballot(view: View, call: Call, name: str) -> Outcome:
    """The time to vote is over: who has not cast abstains."""
    draft, lot = Draft(view), _get_lot(view, name)
    if lot.state != EVALUATING or not lot.ballot:
        return Outcome()
    ballot = get_ballot(view, lot)
    if ballot.state != BALLOT_OPEN or call.time < ballot.ends:
        return Outcome()
    return draft.outcome(*close_ballot(draft, call, lot))


def _run_window(view: View, call: Call, name: str) -> Outcome:
    """The time to complain is over; a failed lot of which nothing is open is final, and who qualified may propose."""
    draft = Draft(view)
    return draft.outcome(*settle(draft, call, _get_lot(view, name)))


def _run_signing(view: View, call: Call, name: str) -> Outcome:
    """The contract was not signed in time: the award is withdrawn and its bidder passed over (26)."""
    draft, lot = Draft(view), _get_lot(view, name)
    award = find_standing_award(view, lot)
    if award is None or award.state != ACTIVE or call.time < award.signing_ends or is_signed(view, award):
        return Outcome()
    return draft.outcome(*withdraw_award(draft, call, lot, "unsigned"))


def _run_refusal(view: View, call: Call, name: str) -> Outcome:
    """The authority did not decide about a refused award (11): it is kept."""
    draft, lot = Draft(view), _get_lot(view, name)
    award = find_standing_award(view, lot)
    if award is None or not award.refusal_ends or call.time < award.refusal_ends:
        return Outcome()
    return draft.outcome(RefusalLapsed(award.award, lot.lot, lot.process), *decide_refusal(draft, call, lot, KEEP))


def _run_answer(view: View, call: Call, name: str) -> Outcome:
    """The time to answer a complaint is over."""
    draft, (process, _, complaint) = Draft(view), name.partition(":")
    return draft.outcome(*let_complaint_lapse(draft, call, process, complaint))


def _run_appeal(view: View, call: Call, name: str) -> Outcome:
    """The time to appeal is over."""
    draft, (process, _, complaint) = Draft(view), name.partition(":")
    return draft.outcome(*end_time_to_appeal(draft, call, process, complaint))


def _run_review(view: View, call: Call, name: str) -> Outcome:
    """The time to decide an appeal is over."""
    draft, (process, _, appeal) = Draft(view), name.partition(":")
    return draft.outcome(*let_appeal_lapse(draft, call, process, appeal))


def _run_debarment(view: View, call: Call, name: str) -> Outcome:
    """A debarment's time is over."""
    draft = Draft(view)
    return draft.outcome(*expire_debarment(draft, call, name))


def _run_unpaid(view: View, call: Call, name: str) -> Outcome:
    """The time to pay what was called of a guarantee is over."""
    draft = Draft(view)
    return draft.outcome(*suspend_unpaid(draft, call, name))


def _run_unsigned(view: View, call: Call, name: str) -> Outcome:
    """The time to sign a community's contract is over."""
    draft = Draft(view)
    return draft.outcome(*lapse_unsigned(draft, call, name))


def _run_report(view: View, call: Call, name: str) -> Outcome:
    """The time to answer a report is over."""
    draft = Draft(view)
    return draft.outcome(*tell_overdue(draft, call, name))


def _get_lot(view: View, name: str) -> LotRecord:
    process, _, lot = name.partition(":")
    return get_lot(view, process, lot)
