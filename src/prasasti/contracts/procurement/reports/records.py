"""Records of reports, of the desks that take them in, and of samples."""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from prasasti.contracts.people import Person
from prasasti.core.types import Document

# Lists of reports: of a contract, of a process, which has those on its contracts too, of a place.
CONTRACT_REPORTS, PROCESS_REPORTS, PLACE_REPORTS = "contract_reports", "process_reports", "place_reports"
SAMPLES = "samples"


class ReportRecord(Struct, frozen=True):
    """``procurement/report/<report>``: what somebody told a desk, and what came of it.

    It is about a contract, a process or a lot of one, or a place alone; what it does not name is "". ``on_officer``: it is about the
    officer, whom it is not for to answer it. ``named``: the desk knows who told it. ``answered`` is 0 and ``answer``,
    ``answered_by`` are None before the answer; ``due`` is until when it is expected.
    """

    answer: Document | None
    answered: int
    answered_by: Person | None
    contract: str
    desk: str
    document: Document
    due: int
    lot: str
    named: bool
    on_officer: bool
    place: str
    process: str
    report: str
    taken_in: int


class DeskRecord(Struct, frozen=True):
    """``procurement/desk/<organisation>``: how many reports a desk took in on a local day, counted from 1970-01-01."""

    day: int
    reports: int


class SampleRecord(Struct, frozen=True):
    """``procurement/sample/<digest>``: what an auditor drew from a list as it stood under a log root, and what examining it found.

    ``units`` is the list's length there, ``drawn`` how many of them were drawn, ``examined`` how many were looked at, ``differing``
    how many of these were not as recorded.
    """

    auditor: Person
    differing: int
    drawn: int
    examined: int
    findings: Document
    listed: str
    log_root: str
    size: int
    time: int
    units: int


class ListedReport(Struct, frozen=True):
    """Item of a list of reports."""

    report: str


class ListedSample(Struct, frozen=True):
    """Item of the list of samples that were drawn from a list."""

    sample: str


def report_key(report: str) -> str:
    """Key of a ReportRecord."""
    return f"procurement/report/{report}"


def desk_key(organisation: str) -> str:
    """Key of a DeskRecord."""
    return f"procurement/desk/{organisation}"


def compute_sample(list_name: str, log_root: str, auditor: str) -> str:
    """What a sample stands under: of a list under a log root each organisation records one; no part can hold a zero byte."""
    return sha256("\0".join((list_name, log_root, auditor)).encode()).hexdigest()[:32]


def sample_key(sample: str) -> str:
    """Key of a SampleRecord."""
    return f"procurement/sample/{sample}"


def samples_of(list_name: str) -> str:
    """Whose list of samples: that of the list they were drawn from."""
    return sha256(list_name.encode()).hexdigest()[:32]
