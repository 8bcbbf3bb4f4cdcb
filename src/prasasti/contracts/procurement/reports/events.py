"""Events of reports and samples."""

from __future__ import annotations

from prasasti.core.types import Event


class ReportTakenIn(Event, frozen=True, tag="procurement.report_taken_in"):
    """A desk took in a report; an answer is expected until a time. What it is not about is ""."""

    contract: str
    due: int
    place: str
    process: str
    report: str


class ReportAnswered(Event, frozen=True, tag="procurement.report_answered"):
    """A report was answered; ``late``: after it was due."""

    contract: str
    late: bool
    place: str
    process: str
    report: str


class ReportOverdue(Event, frozen=True, tag="procurement.report_overdue"):
    """The time to answer a report is over, and nobody did."""

    contract: str
    place: str
    process: str
    report: str


class SampleRecorded(Event, frozen=True, tag="procurement.sample_recorded"):
    """An auditor looked at what was drawn from a list. ``number``: the sample's place among those of the list."""

    differing: int
    examined: int
    listed: str
    number: int
    sample: str
