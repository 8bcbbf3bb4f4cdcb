"""Reports and samples: what happens from a desk to an answer, that silence shows, and that a root draws what the facts say."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts.draws import AUDIT, compute_draw
from prasasti.contracts.procurement.reports.records import DeskRecord, ListedReport, ReportRecord, SampleRecord, compute_sample
from prasasti.core.types import require
from tests.contracts.procurement_agreement_rows import publish, sign
from tests.contracts.procurement_reports_rows import AUDITOR, LISTED, ROOT, ROWS, answering, reporting, sampling
from tests.contracts.selection import DAY, PROCESS, found
from tests.core.ledger import ACCEPTED, Ledger


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    expected, play = ROWS[name]
    ledger = found(tmp_path)
    assert play(ledger) == expected
    ledger.close()


def report_of(ledger: Ledger, report: str = "report-1") -> ReportRecord:
    return require(ledger.application.state.view.get(f"procurement/report/{report}", ReportRecord), report)


def events_of(ledger: Ledger, name: str) -> list[dict[str, Any]]:
    """Every event of a name, from the beginning."""
    entries = [json.loads(data) for result in ledger.results for _, data in result.entries]
    return [event for entry in entries for event in entry["events"] if event["event"] == f"procurement.{name}"]


def test_a_report_stands_in_every_list_that_it_belongs_to(tmp_path: Path) -> None:
    selection = sign(found(tmp_path))
    assert reporting(contract="contract-1", place="park-7")(selection) == ACCEPTED
    assert reporting("report-2", process=PROCESS)(selection) == ACCEPTED
    view = selection.ledger.application.state.view

    def listed(name: str, whose: str) -> list[str]:
        count = view.get(f"procurement/{name}/{whose}/count", int) or 0
        keys = [f"procurement/{name}/{whose}:0/{number}" for number in range(count)]
        return [require(view.get(key, ListedReport), key).report for key in keys]

    assert listed("contract_reports", "contract-1") == ["report-1"]
    assert listed("place_reports", "park-7") == ["report-1"]
    assert listed("process_reports", PROCESS) == ["report-1", "report-2"]
    assert require(view.get("procurement/desk/citizens-1", DeskRecord), "the desk").reports == 2


def test_silence_is_shown_once_and_a_late_answer_stands_as_late(tmp_path: Path) -> None:
    selection = sign(found(tmp_path))
    ledger = selection.ledger
    assert reporting()(selection) == ACCEPTED
    due = report_of(ledger).due
    assert ledger.time + 14 * DAY <= due < ledger.time + 20 * DAY
    selection.wait_until(due - 1)
    assert events_of(ledger, "report_overdue") == []
    selection.wait_until(due)
    selection.wait_until(due + DAY)
    assert events_of(ledger, "report_overdue") == [
        {"contract": "contract-1", "event": "procurement.report_overdue", "place": "", "process": PROCESS, "report": "report-1"}
    ]
    assert answering()(selection) == ACCEPTED
    assert [event["late"] for event in events_of(ledger, "report_answered")] == [True]
    assert report_of(ledger).answered == ledger.time


def test_an_answer_in_time_leaves_the_schedule_nothing_to_say(tmp_path: Path) -> None:
    selection = publish(found(tmp_path))
    ledger = selection.ledger
    assert reporting(process=PROCESS)(selection) == ACCEPTED
    assert answering()(selection) == ACCEPTED
    selection.wait_until(report_of(ledger).due)
    assert [event["late"] for event in events_of(ledger, "report_answered")] == [False]
    assert events_of(ledger, "report_overdue") == []


def test_the_quota_is_a_figure_and_each_desk_has_its_own_day(tmp_path: Path) -> None:
    figures: dict[str, Any] = {"procurement.reports_a_day": 1}
    ledger = found(tmp_path, **figures)
    selection = publish(ledger)
    assert reporting(process=PROCESS)(selection) == ACCEPTED
    assert reporting("report-2", process=PROCESS)(selection) == "procurement.48.3"
    # Offices count days by the buyer's clock (WIB), not by UTC's.
    local_midnight = ledger.time + DAY - (ledger.time + 25_200) % DAY
    selection.wait_until(local_midnight - 2)
    ledger.time = local_midnight - 1
    assert reporting("report-2", process=PROCESS)(selection) == "procurement.48.3"
    ledger.time = local_midnight
    assert reporting("report-2", process=PROCESS)(selection) == ACCEPTED


def test_a_sample_keeps_what_was_found(tmp_path: Path) -> None:
    selection = sign(found(tmp_path))
    assert sampling(differing=1)(selection) == ACCEPTED
    sample = compute_sample(LISTED, ROOT, AUDITOR[0].partition("/")[0])
    record = require(selection.ledger.application.state.view.get(f"procurement/sample/{sample}", SampleRecord), sample)
    assert (record.units, record.drawn, record.examined, record.differing) == (1, 1, 1, 1)
    (told,) = events_of(selection.ledger, "sample_recorded")
    assert (told["number"], told["sample"], told["listed"]) == (0, sample, LISTED)


# Draw.


def test_the_draw_of_the_facts() -> None:
    """decision-batches, Vectors: with the context of the batch there, of which the facts print the first eight bytes."""
    context = bytes.fromhex("63cbd7fc4d497634dfd22614167bd00399f31537ee68adf531cd7cf21823e71e")
    assert compute_draw(AUDIT, context, bytes(32), 1_000, 5) == [197, 580, 61, 642, 569]


@settings(max_examples=60, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), units=st.integers(1, 400), most=st.integers(0, 40))
def test_a_draw_is_of_different_numbers_and_a_longer_one_begins_with_the_shorter(seed: bytes, units: int, most: int) -> None:
    context = sha256(b"procurement/contracts/supplier-1").digest()
    drawn = compute_draw(AUDIT, context, seed, units, most)
    assert len(drawn) == len(set(drawn)) == min(units, most)
    assert all(0 <= number < units for number in drawn)
    if units > most + 1:
        assert compute_draw(AUDIT, context, seed, units, most + 1)[:most] == drawn
