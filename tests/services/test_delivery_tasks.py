"""What waits under a contract at each of its stages, for whom and until when."""

from __future__ import annotations

from pathlib import Path

import pytest

from prasasti.services.task import Task
from prasasti.services.tasks import TASKS, list_tasks
from tests.contracts.delivering import CONTRACT
from tests.contracts.paying import Payments
from tests.contracts.selection import DAY, MILLION, MINUTES, found
from tests.core.ledger import ACCEPTED
from tests.services.selected import find_subjects, list_entries

SUPPLIER, TREASURY = "bidder-2", "treasury-1"
REPORT = {"document": MINUTES, "named": False, "report": "report-1"}


def tell(delivery: Payments) -> set[tuple[str, str, str]]:
    """Each task, about what, for whom; deliveries to come left out, which wait until the end."""
    return {
        (task.what, task.subject.removeprefix(CONTRACT).strip(" -"), f"{task.organisation}:{task.handle}".rstrip(":"))
        for task in list_all(delivery)
        if task.what not in ("deliver", "name_account")
    }


def list_all(delivery: Payments) -> list[Task]:
    entries = [entry for _, entry in list_entries(delivery.ledger)]
    tasks = list_tasks(delivery.ledger.application.state.view, find_subjects(entries), delivery.ledger.time)
    assert {task.what for task in tasks} <= TASKS.keys()
    return tasks


@pytest.fixture
def delivery(tmp_path: Path) -> Payments:
    return Payments.begin(found(tmp_path))


def test_from_the_evidence_to_the_bank(delivery: Payments) -> None:
    assert {(task.what, task.subject, task.organisation) for task in list_all(delivery)} == {
        ("deliver", f"{CONTRACT} {name}", SUPPLIER) for name in ("half", "rest")
    }  # fmt: skip
    assert delivery.evidence() == ACCEPTED
    assert tell(delivery) == {("inspect", "half", "agency-1:inspector")}
    (due,) = {task.until for task in list_all(delivery) if task.what == "inspect"}
    assert due == delivery.part("half", 1).inspection_due
    assert delivery.inspect() == ACCEPTED
    assert tell(delivery) == {("invoice", "half", SUPPLIER)}
    assert delivery.invoice() == ACCEPTED
    assert tell(delivery) == {("certify", "half", "agency-1:certifier")}
    assert delivery.certify() == ACCEPTED
    assert tell(delivery) == {("approve", "1", TREASURY)}
    assert "name_account" in {task.what for task in list_all(delivery)}
    assert delivery.name_account() == ACCEPTED
    assert tell(delivery) == {("approve", "1", TREASURY), ("verify_account", SUPPLIER, TREASURY)}
    assert delivery.verify() == ACCEPTED
    assert delivery.approve() == ACCEPTED
    assert tell(delivery) == {("make_batch", "1", TREASURY)}
    assert delivery.batch() == ACCEPTED
    assert tell(delivery) == {("send_batch", "batch-1", TREASURY)}
    assert delivery.send() == ACCEPTED
    assert tell(delivery) == {("report_payment", "1", TREASURY)}
    assert delivery.report(outcome="rejected") == ACCEPTED
    assert tell(delivery) == {("replace_order", "1", "agency-1:officer"), ("replace_order", "1", SUPPLIER)}
    assert delivery.replace() == ACCEPTED
    assert tell(delivery) == {("approve", "2", TREASURY)}
    delivery.put_out(2)
    assert delivery.report(2) == ACCEPTED
    assert tell(delivery) == set()
    delivery.deliver("rest")
    delivery.put_out(3)
    assert delivery.report(3) == ACCEPTED
    assert tell(delivery) == {("hand_over", "", "agency-1:officer"), ("hand_over", "", "agency-1:inspector")}


def test_a_second_witness_holds_the_certificate(tmp_path: Path) -> None:
    delivery = Payments.begin(found(tmp_path), 6_000 * MILLION, witness=True)
    delivery.accept()
    assert delivery.invoice() == ACCEPTED
    assert tell(delivery) == {("witness", "half", "citizens-1:witness")}
    assert delivery.witness("doubt") == ACCEPTED
    assert tell(delivery) == {("withdraw_doubt", "half", "citizens-1:witness"), ("decide_doubt", "half", "agency-1")}
    assert delivery.witness("withdraw") == ACCEPTED
    assert tell(delivery) == {("witness", "half", "citizens-1:witness")}
    delivery.wait_until(delivery.part("half", 1).witness_due)
    assert tell(delivery) == {("certify", "half", "agency-1:certifier")}


def test_a_report_waits_for_the_officer(delivery: Payments) -> None:
    arguments = REPORT | {"about": {"contract": CONTRACT}}
    assert delivery.do("procurement.take_in_report", arguments, ("citizens-1/desk", "governance.desk")) == ACCEPTED
    (task,) = [task for task in list_all(delivery) if task.what == "answer_report"]
    assert (task.subject, task.organisation, task.handle) == ("report-1", "agency-1", "officer")
    assert task.until > delivery.ledger.time + 13 * DAY
