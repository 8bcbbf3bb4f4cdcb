"""Orders, batches and statements: an order's way to the bank and back, and what an attacker would try with a statement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts.offices import Draft
from prasasti.contracts.people import Person
from prasasti.contracts.treasury.budgets import can_change_commitment, change_commitment, free_commitment, list_open
from prasasti.contracts.treasury.dues import find_due, is_settled, raise_due
from prasasti.contracts.treasury.orders import are_people_apart, compute_reference, find_order
from prasasti.core.types import Bug
from tests.contracts.plays import Play, after
from tests.contracts.treasury_payment_rows import (
    ACCOUNT,
    ACCOUNT_2,
    APPROVED,
    BATCHED,
    NET,
    OPEN,
    OTHER_PAYER,
    PAID,
    RAISED,
    REJECTED,
    REPLACED,
    RETURNED,
    SENT,
    TAX,
    VERIFIED,
    approve,
    batch,
    entry,
    name,
    open_ledger,
    order,
    pause,
    receipt,
    replace,
    report,
    resolve,
    resume,
    send,
    statement,
    verify,
)
from tests.contracts.treasury_rows import COMMITTED, carry
from tests.contracts.treasury_world import World
from tests.core.ledger import ACCEPTED, Ledger


def read(ledger: Ledger, part: str, identifier: str) -> dict[str, Any]:
    """A record of the treasury."""
    record: dict[str, Any] = json.loads(ledger.records()[f"treasury/{part}/{identifier}"])
    return record


def list_states(ledger: Ledger, identifier: str = "c-1-1") -> list[str]:
    """State of an order, then of its lines."""
    record = read(ledger, "order", identifier)
    return [record["state"], *(line["state"] for line in record["lines"])]


def read_sums(ledger: Ledger, line: str = "line-1") -> tuple[int, int, int]:
    """Budget, committed and paid of a line."""
    record = read(ledger, "line", line)
    return int(record["amount_minor"]), int(record["committed_minor"]), int(record["paid_minor"])


def tell(ledger: Ledger) -> dict[str, Any]:
    """The last transaction's first event."""
    event: dict[str, Any] = json.loads(bytes(ledger.results[-1].receipts[-1].events))[0]
    return event


def play(folder: Path, *plays: Play) -> Ledger:
    ledger = open_ledger(folder)
    assert after(*plays)(ledger) == ACCEPTED
    return ledger


STATES: dict[str, tuple[Play, list[str]]] = {
    "raised": (RAISED, ["raised", "raised", "raised"]),
    "approved": (APPROVED, ["approved", "raised", "raised"]),
    "in a batch": (BATCHED, ["batched", "raised", "raised"]),
    "sent": (SENT, ["sent", "sent", "raised"]),
    "paid": (PAID, ["settled", "paid", "withheld"]),
    "rejected": (REJECTED, ["sent", "rejected", "raised"]),
    "returned": (RETURNED, ["sent", "returned", "withheld"]),
    "replaced": (REPLACED, ["sent", "replaced", "raised"]),
    "replaced after it came back": (after(RETURNED, replace()), ["settled", "replaced", "withheld"]),
}


@pytest.mark.parametrize("state", STATES)
def test_states_of_an_order_and_its_lines(tmp_path: Path, state: str) -> None:
    done, expected = STATES[state]
    assert list_states(play(tmp_path, done)) == expected


def test_scenario_6_a_bounced_line_is_replaced_and_paid_once(tmp_path: Path) -> None:
    """The tax that the first order was still to withhold is withheld as the second is paid; together they are what was ordered."""
    ledger = play(tmp_path, REJECTED, replace(), approve("c-1-2", total=NET), batch("c-1-2", identifier="b-2"), send("b-2"))
    assert replace()(ledger) == "drawing.08.1"
    assert read_sums(ledger) == (100_000, 60_000, 0)
    assert statement(entry(identifier="e-9", reference="c-1-2.0"))(ledger) == ACCEPTED
    assert list_states(ledger) == ["settled", "replaced", "withheld"]
    assert list_states(ledger, "c-1-2") == ["settled", "paid"]
    assert read_sums(ledger) == (100_000, 60_000, NET + TAX)
    assert [read(ledger, "order", each)["years"] for each in ("c-1-1", "c-1-2")] == [
        [{"amount_minor": str(TAX), "line": "line-1", "paid_minor": str(TAX)}],
        [{"amount_minor": str(NET), "line": "line-1", "paid_minor": str(NET)}],
    ]


def test_a_payment_that_comes_back_after_a_carry_over_is_borne_by_the_next_year(tmp_path: Path) -> None:
    """Budget and commitment follow it, so that the old year keeps what it paid, and the new one pays it again."""
    ledger = play(tmp_path, PAID, carry("60000"))
    assert [read_sums(ledger, line) for line in ("line-1", "next-1")] == [(40_000, 1_110, 1_110), (110_000, 58_890, 0)]
    assert statement(entry(NET, "e-2"), opening=4_000)(ledger) == ACCEPTED
    assert [read_sums(ledger, line) for line in ("line-1", "next-1")] == [(39_000, 110, 110), (111_000, 59_890, 0)]
    assert after(replace(), approve("c-1-2", total=NET), batch("c-1-2", identifier="b-2"), send("b-2"))(ledger) == ACCEPTED
    assert report(number=2)(ledger) == ACCEPTED
    assert [read_sums(ledger, line) for line in ("line-1", "next-1")] == [(39_000, 110, 110), (111_000, 59_890, 1_000)]


def test_a_receipt_number_of_a_tax_is_noted_once(tmp_path: Path) -> None:
    ledger = play(tmp_path, PAID)
    assert report(line=1, amount=TAX)(ledger) == "drawing.09.1"
    assert report(line=1, amount=TAX, ntpn="ntpn-1")(ledger) == ACCEPTED
    assert read(ledger, "order", "c-1-1")["lines"][1]["ntpn"] == "ntpn-1"
    assert report(line=1, amount=TAX, ntpn="ntpn-2", identifier="own-2")(ledger) == "drawing.09.1"
    assert read_sums(ledger) == (100_000, 60_000, NET + TAX)


def test_an_order_all_of_which_is_withheld_needs_no_bank(tmp_path: Path) -> None:
    done = (COMMITTED, VERIFIED, order(net=0), approve(total=TAX), batch(total=0), send())
    ledger = play(tmp_path, *done)
    assert list_states(ledger) == ["settled", "paid", "withheld"]
    assert read_sums(ledger) == (100_000, 60_000, TAX)
    assert [report(outcome, 0)(ledger) for outcome in ("paid", "rejected", "returned")] == ["drawing.09.1"] * 3


def test_a_paused_batch_resumes_with_the_same_total(tmp_path: Path) -> None:
    """Also when a payee named another account meanwhile, and the order was approved for it anew."""
    ledger = play(tmp_path, BATCHED, pause())
    before = read(ledger, "batch", "b-1")
    assert after(name(ACCOUNT_2), verify(ACCOUNT_2), approve(), resume())(ledger) == ACCEPTED
    assert read(ledger, "batch", "b-1") == before | {"state": "made"}
    assert send()(ledger) == ACCEPTED
    assert read(ledger, "order", "c-1-1")["lines"][0]["account"] == ACCOUNT_2


# What came before, and an entry that pays nothing, whoever reports it.
ATTACKS: dict[str, tuple[Play, Play]] = {
    "a forged statement, by another treasury's payer": (SENT, statement(entry(), signer=OTHER_PAYER)),
    "a second payment": (PAID, statement(entry(identifier="e-2"))),
    "a payment before its order was sent": (BATCHED, statement(entry())),
    "a payment before its order": (COMMITTED, statement(entry())),
    "a payment in another currency": (SENT, statement(entry(), currency="USD")),
    "an amount of another scale": (SENT, statement(entry(-NET * 100))),
    "an amount of a smaller scale": (SENT, statement(entry(-NET // 100))),
    "one short": (SENT, statement(entry(1 - NET))),
    "with the tax": (SENT, statement(entry(-NET - TAX))),
    "to another account": (SENT, statement(entry(account=ACCOUNT_2))),
    "under another order's reference": (after(SENT, order(2, net=77)), statement(entry(reference="c-1-2.0"))),
    "under a tax's reference": (SENT, statement(entry(-TAX, reference="c-1-1.1"))),
    "under no reference": (SENT, statement(entry(reference="NOTPROVIDED"))),
    "money in for what was not paid": (SENT, statement(entry(NET))),
    "money in for what came back already": (RETURNED, statement(entry(NET, "e-3"))),
    "nothing": (SENT, statement(entry(0))),
    "a payment of what was rejected": (REJECTED, statement(entry())),
    "a payment of what was replaced": (REPLACED, statement(entry())),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_statement_cannot_do(tmp_path: Path, attack: str) -> None:
    """Orders and budgets are as before; the entry is an open item of who reported it."""
    before, forged = ATTACKS[attack]
    ledger = play(tmp_path, before)
    kept = {key: value for key, value in ledger.records().items() if key.startswith(("treasury/order/", "treasury/line/"))}
    assert forged(ledger) == ACCEPTED
    records = ledger.records()
    assert {key: records[key] for key in kept} == kept
    assert tell(ledger) | {"matched": 0, "items": 1, "known": 0} == tell(ledger)
    owner = "treasury-2" if "another treasury" in attack else "treasury-1"
    assert json.loads(records[f"treasury/item/{owner}-0"])["resolved_as"] == ""


def test_a_forged_statement_does_not_make_an_entry_known(tmp_path: Path) -> None:
    """Whoever guesses a bank's ids cannot keep the treasury from recording the bank's own statement."""
    ledger = play(tmp_path, SENT, statement(entry(), signer=OTHER_PAYER), statement(entry()))
    assert list_states(ledger) == ["settled", "paid", "withheld"]


def test_a_statement_twice_changes_nothing(tmp_path: Path) -> None:
    entries = [entry(), entry(identifier="e-2", reference="rent")]
    ledger = play(tmp_path, SENT, statement(*entries))
    assert tell(ledger) | {"matched": 1, "items": 1, "known": 0, "first_item": 0} == tell(ledger)
    root = ledger.root
    assert statement(*entries)(ledger) == ACCEPTED
    assert ledger.root == root
    assert bytes(ledger.results[-1].receipts[0].events) == b"[]"


def test_what_the_treasury_reported_itself_is_known_when_its_bank_tells_it(tmp_path: Path) -> None:
    """The same id and amount; the same id with another amount is another entry."""
    ledger = play(tmp_path, SENT, report(identifier="e-1"), statement(entry(), entry(-1, "e-2")))
    assert tell(ledger) | {"matched": 0, "items": 1, "known": 1} == tell(ledger)
    assert statement(entry(-1, "e-1"))(ledger) == ACCEPTED
    assert tell(ledger) | {"matched": 0, "items": 1, "known": 0, "first_item": 1} == tell(ledger)


def test_who_raised_or_approved_an_order_does_not_report_its_payment(tmp_path: Path) -> None:
    """The entry stays open for two people."""
    raised = order(signers=(("treasury-1/payer", "identity.holder"),))
    payer: Any = ("treasury-1/payer-2", "treasury.payer")
    done = (COMMITTED, VERIFIED, raised, approve(), batch(signer=payer), send(signer=payer))
    ledger = play(tmp_path, *done, statement(entry()))
    assert list_states(ledger) == ["sent", "sent", "raised"]
    assert resolve(order="c-1-1")(ledger) == "treasury.12.5"
    assert resolve(order="c-1-1", signers=(payer, ("treasury-1/approver", "treasury.approver")))(ledger) == ACCEPTED
    assert list_states(ledger) == ["settled", "paid", "withheld"]


def test_a_resolved_item_pays_its_order_once(tmp_path: Path) -> None:
    ledger = play(tmp_path, OPEN, resolve(order="c-1-1"))
    assert list_states(ledger) == ["settled", "paid", "withheld"]
    assert read(ledger, "item", "treasury-1-0")["resolved_as"] == "order"
    root = ledger.root
    assert statement(entry())(ledger) == ACCEPTED
    assert ledger.root == root
    assert read_sums(ledger) == (100_000, 60_000, NET + TAX)


def test_the_longest_statement_and_a_longer_one(tmp_path: Path) -> None:
    """Of a hundred entries with the longest ids each is an item; the event counts them."""
    entries = [entry(-1, f"{'e' * 120}-{number}", "r" * 128) for number in range(100)]
    ledger = play(tmp_path, statement(*entries))
    assert tell(ledger) | {"items": 100, "first_item": 0} == tell(ledger)
    assert json.loads(ledger.records()["treasury/items/treasury-1/count"]) == 100
    assert statement(*entries, entry(-1, "one-more"))(ledger) == "admission.3"


def test_orders_of_one_batch_are_paid_one_by_one(tmp_path: Path) -> None:
    """A bank pays the first, and rejects the second."""
    ledger = play(tmp_path, RAISED, order(2), approve("c-1-1", "c-1-2"), batch("c-1-1", "c-1-2"), send(), statement(entry()))
    assert report("rejected", number=2)(ledger) == ACCEPTED
    assert (list_states(ledger)[0], list_states(ledger, "c-1-2")) == ("settled", ["sent", "rejected", "raised"])


def test_an_account_of_another_payee_is_no_replacement(tmp_path: Path) -> None:
    ledger = play(tmp_path, REJECTED)
    assert replace(account=ACCOUNT_2)(ledger) == "drawing.08.1"
    assert after(name(ACCOUNT_2))(ledger) == ACCEPTED
    assert replace(account=ACCOUNT_2)(ledger) == "drawing.08.1"
    assert replace(account=ACCOUNT)(ledger) == "drawing.08.1"
    assert verify(ACCOUNT_2)(ledger) == ACCEPTED
    assert replace(account=ACCOUNT_2)(ledger) == ACCEPTED


def test_people_of_an_order(tmp_path: Path) -> None:
    ledger = play(tmp_path, APPROVED)
    world = World()
    world.records = ledger.records()
    record = find_order(world, "c-1-1")
    assert record is not None
    known = [Person(name, owner) for owner, name in (("agency-1", "officer"), ("treasury-1", "approver"), ("treasury-1", "approver-2"))]
    assert [are_people_apart(record, [person]) for person in known] == [False, False, False]
    assert are_people_apart(record, [Person("officer", "treasury-1"), Person("payer", "treasury-1")])


def test_references_fit_a_bank(tmp_path: Path) -> None:
    assert compute_reference("c-1-1", 0) == "c-1-1.0"
    assert len(compute_reference("c" * 33, 0)) == 35
    assert len(compute_reference("c" * 34, 0)) == 32
    assert compute_reference("c" * 34, 0) != compute_reference("c" * 34, 1)


def build_commitment() -> World:
    """60 of 2026, 40 of 2027 are committed; of each line 40 and 60 are free."""
    world = World()
    for line, year in (("a", 2026), ("b", 2027), ("c", 2028)):
        assert world.set(line, 100, year=year) == ACCEPTED
    assert world.commit("", "c-1", {"a": 60, "b": 40})
    return world


CHANGES: list[tuple[dict[str, int], bool]] = [
    ({}, True), ({"a": 40}, True), ({"a": 41}, False), ({"a": -60}, True), ({"a": -61}, False), ({"c": 100}, True), ({"c": 101}, False),
    ({"c": -1}, False), ({"d": 1}, False), ({"a": -60, "b": 60}, True), ({"a": -60, "b": 61}, False),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "possible"), CHANGES)
def test_what_a_commitment_can_be_changed_to(changes: dict[str, int], possible: bool) -> None:
    world = build_commitment()
    assert can_change_commitment(world, "c-1", changes) == possible
    assert not can_change_commitment(world, "c-2", changes)
    if not possible:
        with pytest.raises(Bug, match="can be changed so"):
            change_commitment(Draft(world), "c-1", changes)


def test_a_commitment_changes_after_its_line_was_carried_over() -> None:
    """Less of the line that ended frees the one that took over; more is of that one, and what one change frees it can take."""
    world = build_commitment()
    assert world.carry(60, "a", "b") == ACCEPTED
    assert not can_change_commitment(world, "c-1", {"a": 1})
    assert can_change_commitment(world, "c-1", {"a": -60, "b": 120})
    assert not can_change_commitment(world, "c-1", {"a": -60, "b": 121})
    draft = Draft(world)
    change_commitment(draft, "c-1", {"a": -10, "b": 15})
    world.write(draft)
    assert [(world.line(line).amount_minor, world.line(line).committed_minor) for line in "ab"] == [("40", "0"), ("160", "105")]
    assert list_open(world, "c-1") == {"a": 50, "b": 55}


def test_what_no_order_takes_goes_free_the_latest_year_first() -> None:
    world = build_commitment()
    freed: list[dict[str, int]] = []
    for amount in (30, 30, 0, None, None):
        draft = Draft(world)
        freed.append(free_commitment(draft, "c-1", amount))
        world.write(draft)
    assert freed == [{"b": 30}, {"b": 10, "a": 20}, {}, {"a": 40}, {}]
    assert [world.line(line).committed_minor for line in "ab"] == ["0", "0"]


def test_dues(tmp_path: Path) -> None:
    world = World()
    assert not is_settled(world, "advance:c-1")
    for _ in range(2):
        draft = Draft(world)
        raise_due(draft, "advance:c-1", 5, "IDR", "treasury-1")
        world.write(draft)
    due = find_due(world, "advance:c-1")
    assert due is not None
    assert (due.amount_minor, is_settled(world, "advance:c-1")) == ("10", False)
    for currency, treasury, amount in (("USD", "treasury-1", 1), ("IDR", "treasury-2", 1), ("IDR", "treasury-1", 0)):
        with pytest.raises(Bug):
            raise_due(Draft(world), "advance:c-1", amount, currency, treasury)
    ledger = open_ledger(tmp_path)
    assert receipt()(ledger) == "treasury.13.2"
