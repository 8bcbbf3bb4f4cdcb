"""Delivery and payment read out as OCDS at every step: milestones, transactions, amendments, ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts.procurement.messages import PROCUREMENT
from prasasti.contracts.treasury.messages import TREASURY
from prasasti.integrations.ocds.merge_rules import compile_release
from prasasti.integrations.ocds.native.content import spell_time
from prasasti.integrations.ocds.native.entries import PAYING_ACTIONS
from tests.contracts import (
    procurement_change_rows,
    procurement_delivery_rows,
    procurement_payment_rows,
    procurement_reports_rows,
)
from tests.contracts.delivering import CONTRACT, PRICE, SUPPLIER
from tests.contracts.paying import ACCOUNT, APPROVERS, PAYER, STATEMENT, Payments
from tests.contracts.selection import DAY, MILLION, MINUTES, PROCESS, found
from tests.core.ledger import ACCEPTED
from tests.integrations.ocds import natives, samples
from tests.judges import run_libcoveocds

ROWS = {
    name: play
    for module in (procurement_change_rows, procurement_delivery_rows, procurement_payment_rows, procurement_reports_rows)
    for name, (expected, play) in module.ROWS.items()
    if expected == ACCEPTED
}


def run_whole(delivery: Payments) -> None:
    """An advance; a part rejected, one accepted late, whose payment bounces and is paid by another order; the rest; handed over."""
    delivery.settle_account()
    assert delivery.advance(PRICE // 10) == ACCEPTED
    delivery.put_out(1)
    assert delivery.report(1) == ACCEPTED
    assert delivery.evidence() == delivery.inspect(outcome="reject") == ACCEPTED
    delivery.wait_until(delivery.ledger.time + 35 * DAY)
    delivery.deliver("half", "part", accepted=str(80 * MILLION))
    delivery.put_out(2)
    assert delivery.report(2) == delivery.report(2, "returned") == delivery.replace(2) == ACCEPTED
    delivery.put_out(3)
    assert delivery.report(3) == ACCEPTED
    delivery.deliver("half")
    delivery.deliver("rest")
    assert record_statement(delivery, 4, 5) == ACCEPTED


def run_by_item(delivery: Payments) -> None:
    """A statement whose reference nobody knows; two people say that it was an order."""
    delivery.settle_account()
    delivery.deliver()
    delivery.put_out()
    amount = -int(delivery.order(1).lines[0].amount_minor)
    assert delivery.do("treasury.record_statement", statement(delivery, [("unknown", amount)]), PAYER) == ACCEPTED
    said = {"as": "order", "document": MINUTES, "item": "treasury-1-0", "order": f"{CONTRACT}-1"}
    assert delivery.do("treasury.resolve_item", said, PAYER, APPROVERS[0]) == ACCEPTED


RUNS = {"whole": run_whole, "item": run_by_item}
Run = Callable[[Payments], None]


def record_statement(delivery: Payments, *orders: int) -> str:
    """A bank says that orders were paid, in one statement."""
    for order in orders:
        delivery.put_out(order)
    entries = [(f"{CONTRACT}-{order}.0", -int(delivery.order(order).lines[0].amount_minor)) for order in orders]
    return delivery.do("treasury.record_statement", statement(delivery, entries), PAYER)


def statement(delivery: Payments, entries: list[tuple[str, int]]) -> dict[str, Any]:
    total = sum(amount for _, amount in entries)
    told = [
        {"account": ACCOUNT, "amount": str(amount), "entry": f"bank-{number}", "reference": reference}
        for number, (reference, amount) in enumerate(entries)
    ]
    return {
        "bank": "bank-1", "closing": str(PRICE + total), "entries": told, "from": delivery.ledger.time - DAY, "opening": str(PRICE),
        "statement": STATEMENT | {"media_type": "text/csv", "sha256": "a6" * 32}, "to": delivery.ledger.time - 60,
    }  # fmt: skip


@pytest.fixture
def delivery(tmp_path: Path) -> Payments:
    return Payments.begin(found(tmp_path), terms={"advance_bp": 1_500, "retention_bp": 500})


def compile_contract(delivery: Payments) -> Any:
    releases = [each.release for each in natives.derive(delivery.ledger)[PROCESS]]
    (contract,) = samples.as_plain(compile_release(releases)[0])["contracts"]
    return contract


@pytest.mark.parametrize("name", ROWS)
def test_what_the_rules_accept_is_valid_at_every_step(name: str, tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert ROWS[name](ledger) == ACCEPTED
    for releases in natives.derive(ledger).values():
        natives.judge(releases)


@pytest.mark.parametrize("run", RUNS.values(), ids=list(RUNS))
def test_valid_at_every_step(delivery: Payments, run: Run) -> None:
    run(delivery)
    natives.judge(natives.derive(delivery.ledger)[PROCESS])


@pytest.mark.outside
@pytest.mark.parametrize("run", RUNS.values(), ids=list(RUNS))
def test_libcoveocds_has_nothing_to_say(delivery: Payments, run: Run, tmp_path: Path) -> None:
    run(delivery)
    for path in natives.write_steps(tmp_path, natives.derive(delivery.ledger)[PROCESS]):
        assert not any(run_libcoveocds(path).values()), run_libcoveocds(path)


def test_transactions_come_to_what_was_paid_and_withheld(delivery: Payments) -> None:
    """A line that came back is told as less than nothing; taxes withheld stay so when the payee is paid again."""
    run_whole(delivery)
    transactions = {each["id"]: each for each in compile_contract(delivery)["implementation"]["transactions"]}
    total = sum(each["value"]["amount"] for each in transactions.values())
    assert round(total * 100) == delivery.sum_settled()
    net = {f"{CONTRACT}-{order}.0": int(delivery.order(order).lines[0].amount_minor) / 100 for order in (1, 2, 3, 4, 5)}
    assert {name: transactions[name]["value"]["amount"] for name in net} == net
    assert transactions[f"{CONTRACT}-2.0:returned"]["value"]["amount"] == -net[f"{CONTRACT}-2.0"]
    taxes = [each for name, each in transactions.items() if name.startswith(f"{CONTRACT}-2.") and ":p" in name]
    assert [(each["payer"]["id"], each["payee"]["id"]) for each in taxes] == [("treasury-1", "treasury-1")] * 2
    paid = transactions[f"{CONTRACT}-4.0"]
    assert (paid["payee"]["id"], paid["relatedImplementationMilestone"]["id"]) == (SUPPLIER, "half")
    assert paid["source"].endswith("a6" * 32)


def test_milestones_say_how_far_they_are(delivery: Payments) -> None:
    """Scheduled, not met where what was shown is rejected, partially met, met on the day of the inspection."""

    def find() -> Any:
        return next(each for each in compile_contract(delivery)["implementation"]["milestones"] if each["id"] == "half")

    assert find()["status"] == "scheduled"
    assert delivery.evidence() == ACCEPTED
    assert find()["status"] == "scheduled"
    assert delivery.inspect(outcome="reject") == ACCEPTED
    assert find()["status"] == "notMet"
    assert delivery.evidence() == ACCEPTED
    assert find()["status"] == "scheduled"
    assert delivery.inspect(outcome="part", accepted=str(80 * MILLION)) == ACCEPTED
    assert (find()["status"], "dateMet" in find()) == ("partiallyMet", False)
    assert delivery.invoice() == delivery.certify() == ACCEPTED
    assert find()["status"] == "partiallyMet"
    delivery.accept()
    inspected = delivery.ledger.time
    delivery.wait_until(inspected + DAY)
    assert delivery.invoice() == delivery.certify() == ACCEPTED
    assert (find()["status"], find()["dateMet"]) == ("met", spell_time(inspected))
    kinds = {each["documentType"] for each in find()["documents"]}
    # The plays' minutes of inspection and their certificates are one document, which stands once.
    assert kinds == {"physicalProgressReport", "financialProgressReport"}


def test_delay_is_a_failure_to_perform(delivery: Payments) -> None:
    delivery.wait_until(delivery.ledger.time + 35 * DAY)
    delivery.deliver()
    (failure,) = compile_contract(delivery)["implementation"]["performanceFailures"]
    assert (failure["category"], failure["period"]["durationInDays"]) == ("delay", 5)
    assert failure["penaltyImposed"].startswith("IDR ")


def test_releases_tell_what_changed_of_a_contract(delivery: Payments) -> None:
    """The hundredth payment's release is no longer than the first's."""
    run_whole(delivery)
    releases = natives.derive(delivery.ledger)[PROCESS]
    told = [each.release["contracts"][0] for each in releases if each.tag == ["implementationUpdate"]]
    assert max(len(each.get("implementation", {}).get("transactions", ())) for each in told) <= 6
    assert not any("milestones" in each.get("implementation", {}) for each in told)


def test_no_two_messages_or_events_share_a_name() -> None:
    """Entries of native processes are told by the names that messages have within their contracts."""
    names = [message.name for message in PROCUREMENT.messages]
    assert {*PAYING_ACTIONS} <= {message.name for message in TREASURY.messages}
    assert not {*PAYING_ACTIONS} & {*names}
