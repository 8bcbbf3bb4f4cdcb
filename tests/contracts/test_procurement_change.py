"""Amendments, notices, ends and acceptance: what is refused, the scenarios, and that no rupiah is promised or freed twice."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts.procurement.agreement.records import GuaranteeRecord, GuarantorRecord
from prasasti.contracts.procurement.change.ending import compute_held
from prasasti.contracts.procurement.change.records import AmendmentRecord, ListedAmendment, NoticeRecord
from prasasti.contracts.procurement.delivery.progress import compute_live_advance, compute_unrecovered
from prasasti.contracts.procurement.parameters import PARAMETERS
from prasasti.contracts.treasury.budgets import list_open
from prasasti.contracts.treasury.dues import compute_owed, find_due
from prasasti.contracts.treasury.orders import sum_lines
from prasasti.contracts.treasury.records import BudgetLineRecord, CommitmentRecord, DueRecord
from prasasti.core.types import parse_amount, require
from tests.contracts.delivering import CONTRACT, PRICE, Delivery
from tests.contracts.paying import PAYER, Payments
from tests.contracts.procurement_agreement_rows import bid, calling, publish
from tests.contracts.procurement_change_rows import (
    CAP,
    HALF,
    ROWS,
    STANDING,
    amending,
    debarring,
    delivered,
    ending,
    ending_at_will,
    excepted,
    guaranteeing,
    handed_over,
    handing_over,
    notifying,
    released,
    restate,
)
from tests.contracts.selection import DAY, MILLION, MINUTES, OFFICER, found
from tests.core.ledger import ACCEPTED, Ledger

RETAINED = HALF // 20


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    expected, play = ROWS[name]
    ledger = found(tmp_path)
    assert play(ledger) == expected
    ledger.close()


def told(ledger: Ledger) -> list[dict[str, Any]]:
    """Events of the newest block."""
    return [event for _, data in ledger.results[-1].entries for event in json.loads(data)["events"]]


def names(ledger: Ledger) -> list[str]:
    return [event["event"] for event in told(ledger)]


def commitment_of(delivery: Delivery) -> tuple[int, int]:
    """What is committed for the contract, and what orders take of it."""
    record = delivery.ledger.application.state.view.get(f"treasury/commitment/{CONTRACT}", CommitmentRecord)
    parts = record.amounts if record is not None else []
    return sum(parse_amount(part.committed_minor) for part in parts), sum(parse_amount(part.ordered_minor) for part in parts)


def guarantee_of(delivery: Delivery, guarantee: str) -> GuaranteeRecord:
    return require(delivery.ledger.application.state.view.get(f"procurement/guarantee/{guarantee}", GuaranteeRecord), guarantee)


def owed(delivery: Delivery, matter: str) -> int:
    return compute_owed(delivery.ledger.application.state.view, f"{matter}:{CONTRACT}")


# Scenarios of the lifecycle, section 7.


@pytest.mark.parametrize("profile", ["indonesia", "generic"])
def test_scenario_4_amendments_meet_the_cap_together(tmp_path: Path, profile: str) -> None:
    """+60, −20, +55 mn on 1,000 stand; +6, which makes 101, does not, but under the generic cap, or with an exception."""
    declared = require(next((each for each in PARAMETERS if each.name == "procurement.amendment_cap_bp"), None), "the cap")
    cap_bp = declared.default_in("indonesia") if profile == "indonesia" else declared.default
    figures: dict[str, Any] = {declared.name: cap_bp}
    delivery = Delivery.begin(found(tmp_path, **figures), 1_000 * MILLION)
    for number, change in enumerate((60, -20, 55)):
        assert amending(change * MILLION, amendment=f"amendment-{number}")(delivery) == ACCEPTED
    last = amending(6 * MILLION, amendment="amendment-3")
    if profile == "generic":
        assert last(delivery) == ACCEPTED
    else:
        assert last(delivery) == "procurement.31.2"
        assert excepted(6 * MILLION, amendment="amendment-3")(delivery) == ACCEPTED
        # What an exception allowed does not count: 95 are used up, 5 are left.
        assert amending(5 * MILLION + 100, amendment="amendment-4")(delivery) == "procurement.31.2"
        assert amending(5 * MILLION, amendment="amendment-4")(delivery) == ACCEPTED
    assert parse_amount(delivery.agreement.price) == (1_101 if profile == "generic" else 1_106) * MILLION
    assert commitment_of(delivery)[0] == parse_amount(delivery.agreement.price)


def test_scenario_7_who_is_debarred_is_paid_and_gets_no_more(tmp_path: Path) -> None:
    delivery = Payments.begin(found(tmp_path))
    delivery.settle_account()
    delivery.accept("half")
    assert debarring(delivery) == ACCEPTED
    assert amending(100)(delivery) == "procurement.31.6"
    assert delivery.invoice("half") == delivery.certify("half") == ACCEPTED
    delivery.put_out()
    assert delivery.report() == ACCEPTED
    assert delivery.order(1).state == "settled"
    assert amending(-MILLION)(delivery) == ACCEPTED


def test_scenario_14_accepted_work_is_certified_and_paid_after_the_end(tmp_path: Path) -> None:
    """The rest of the commitment is free at once; with the last certificate the retention goes back."""
    delivery = Payments.begin(found(tmp_path))
    delivery.settle_account()
    delivery.accept("half")
    assert delivery.evidence("rest") == ACCEPTED
    assert ending_at_will()(delivery) == ACCEPTED
    assert (delivery.agreement.state, commitment_of(delivery)) == ("ended", (HALF, 0))
    assert told(delivery.ledger) == [
        {"contract": CONTRACT, "event": "procurement.contract_ended", "freed": str(HALF), "ground": "convenience"}
    ]
    assert delivery.inspect("rest") == delivery.evidence("rest") == "procurement.00.2", "nothing more is delivered"
    assert delivery.invoice("half") == delivery.certify("half") == ACCEPTED
    assert [parse_amount(delivery.order(number).years[0].amount_minor) for number in (1, 2)] == [HALF - RETAINED, RETAINED]
    assert commitment_of(delivery) == (HALF, HALF)
    for number in (1, 2):
        delivery.put_out(number)
        assert delivery.report(number) == ACCEPTED
    assert delivery.sum_settled() == HALF
    line = delivery.budget_line()
    assert (parse_amount(line.committed_minor), parse_amount(line.paid_minor)) == (HALF, HALF)
    assert [delivery.order(number).cause for number in (1, 2)] == ["certificate-1", "retention"]


# Amendments.


def test_an_amendment_changes_the_contract_and_what_is_committed(tmp_path: Path) -> None:
    delivery = STANDING(found(tmp_path))
    before = delivery.agreement_terms
    assert amending(10 * MILLION, days=10)(delivery) == ACCEPTED
    assert told(delivery.ledger) == [
        {
            "amendment": "amendment-1", "change": str(10 * MILLION), "contract": CONTRACT, "event": "procurement.contract_amended",
            "number": 0, "price": str(PRICE + 10 * MILLION),
        }
    ]  # fmt: skip
    after, agreement = delivery.agreement_terms, delivery.agreement
    assert (agreement.price, agreement.first_price) == (str(PRICE + 10 * MILLION), str(PRICE))
    assert [(part.line, part.amount) for part in agreement.years] == [("2026-parks", agreement.price)]
    assert after.milestones[1].due == before.milestones[1].due + 10 * DAY
    assert after.milestones[0] == before.milestones[0]
    assert commitment_of(delivery) == (PRICE + 10 * MILLION, 0)
    view = delivery.ledger.application.state.view
    assert view.get(f"procurement/amendments/{CONTRACT}:0/0", ListedAmendment) == ListedAmendment("amendment-1")
    record = require(view.get(f"procurement/amendment/{CONTRACT}:amendment-1", AmendmentRecord), "the amendment")
    assert (record.counted, delivery.progress.amendments) == (str(10 * MILLION), 1)


def test_restated_dates_include_the_suspensions_so_far(tmp_path: Path) -> None:
    """Who restates what people read changes nothing."""
    delivery = STANDING(found(tmp_path))
    before = delivery.agreement_terms
    assert notifying("suspend")(delivery) == ACCEPTED
    delivery.wait_until(delivery.ledger.time + 5 * DAY)
    assert notifying("resume")(delivery) == ACCEPTED
    assert restate(delivery)[0]["due"] == before.milestones[0].due + delivery.progress.suspended_seconds
    assert amending()(delivery) == ACCEPTED
    assert delivery.agreement_terms == before


# Suspension.


@pytest.mark.parametrize(("suspended_days", "late_days"), [(0, 8), (6, 2), (8, 0), (20, 0)])
def test_due_dates_move_by_a_suspension(tmp_path: Path, suspended_days: int, late_days: int) -> None:
    """The first milestone is due in 30 days; its evidence comes in 38."""
    delivery = STANDING(found(tmp_path))
    began = delivery.ledger.time
    assert notifying("suspend")(delivery) == ACCEPTED
    delivery.ledger.time = began + suspended_days * DAY
    assert notifying("resume")(delivery) == ACCEPTED
    delivery.ledger.time = began + 38 * DAY
    delivery.accept("half")
    assert delivery.due("half")["days"] == late_days


def test_while_a_contract_is_suspended_nothing_is_delivered_and_payments_go_on(tmp_path: Path) -> None:
    delivery = Payments.begin(found(tmp_path))
    delivery.settle_account()
    delivery.deliver("half")
    delivery.accept("rest")
    assert notifying("suspend")(delivery) == ACCEPTED
    delivery.put_out()
    assert delivery.report() == delivery.invoice("rest") == ACCEPTED
    assert delivery.certify("rest") == amending()(delivery) == "procurement.00.3"


def test_notices_stand_in_the_contracts_list(tmp_path: Path) -> None:
    delivery = STANDING(found(tmp_path))
    for each in (notifying(), notifying("suspend"), notifying("resume")):
        assert each(delivery) == ACCEPTED
    view = delivery.ledger.application.state.view
    assert view.get(f"procurement/notices/{CONTRACT}/count", int) == 3
    kept = [require(view.get(f"procurement/notices/{CONTRACT}:0/{number}", NoticeRecord), "a notice") for number in range(3)]
    assert [each.act for each in kept] == ["notice", "suspend", "resume"]
    assert {person.handle for each in kept for person in each.told_by} == {"officer"}


# The end.


def test_an_end_settles_at_once_where_nothing_waits_for_a_certificate(tmp_path: Path) -> None:
    delivery = STANDING(found(tmp_path))
    delivery.deliver("half")
    assert ending_at_will()(delivery) == ACCEPTED
    assert names(delivery.ledger) == [
        "procurement.contract_ended", "procurement.contract_settled", "treasury.order_raised", "procurement.guarantee_released"
    ]  # fmt: skip
    assert commitment_of(delivery) == (HALF, HALF)
    assert (delivery.order(2).cause, sum_lines(delivery.order(2))) == ("retention", RETAINED)
    assert delivery.progress.released == str(RETAINED)
    assert owed(delivery, "advance") == owed(delivery, "damages") == 0


def test_by_default_the_guarantee_stays_to_be_called_and_what_the_retention_does_not_reach_is_owed(tmp_path: Path) -> None:
    """An advance of 56 mn, a certificate of 140: a fifth, 28 mn, is recovered, 7 mn are retained; 21 mn are owed after the end."""
    delivery = Delivery.begin(found(tmp_path), terms={"advance_bp": 2_000})
    assert delivery.advance(56 * MILLION) == ACCEPTED
    delivery.deliver("half")
    assert notifying()(delivery) == guaranteeing()(delivery) == ACCEPTED
    delivery.wait_until(delivery.ledger.time + 10 * DAY)
    assert ending()(delivery) == ACCEPTED
    assert (owed(delivery, "advance"), owed(delivery, "damages")) == (28 * MILLION - RETAINED, 0)
    view = delivery.ledger.application.state.view
    assert find_due(view, f"advance:{CONTRACT}") == DueRecord(str(28 * MILLION - RETAINED), "IDR", "0", "treasury-1")
    assert [event["event"] for event in told(delivery.ledger)] == ["procurement.contract_ended", "procurement.contract_settled"]
    assert commitment_of(delivery) == (HALF + 28 * MILLION - RETAINED,) * 2, "nothing is committed but what was ordered"
    arguments = {"document": MINUTES, "ground": "unrecovered_advance"}
    for guarantee, amount in (("advance-1", 21 * MILLION), ("guarantee-x", PRICE)):
        call = arguments | {"amount": str(amount), "guarantee": guarantee}
        assert delivery.do("procurement.call_guarantee", call, OFFICER) == ACCEPTED
        view = delivery.ledger.application.state.view
        assert find_due(view, f"guarantee:{guarantee}") == DueRecord(str(amount), "IDR", "0", "treasury-1")
    receipt = {"amount": str(21 * MILLION), "contract": CONTRACT, "entry": "e-1", "for": "advance", "statement": MINUTES}
    assert delivery.do("treasury.record_receipt", receipt, PAYER) == ACCEPTED
    assert owed(delivery, "advance") == 0


def test_damages_that_were_not_taken_come_off_the_retention(tmp_path: Path) -> None:
    """The last certificate's order is too small for its damages: a part of the milestone worth little comes very late."""
    delivery = Delivery.begin(found(tmp_path), terms={"damages_on": "price"})
    delivery.wait_until(delivery.ledger.time + 70 * DAY)
    delivery.accept("half", "part", accepted=str(10 * MILLION))
    assert ending_at_will()(delivery) == ACCEPTED
    assert delivery.invoice("half") == delivery.certify("half") == ACCEPTED
    progress = delivery.progress
    # 5 % of the price is the cap: 14 mn; the order of 9.5 mn, less its taxes, pays what it can, then the retention of 0.5 mn.
    assert parse_amount(progress.damages) > parse_amount(progress.damages_taken) > 0
    assert owed(delivery, "damages") == parse_amount(progress.damages) - parse_amount(progress.damages_taken)
    assert compute_held(progress) == 0


def test_a_suspended_contract_that_ends_is_suspended_no_longer(tmp_path: Path) -> None:
    delivery = STANDING(found(tmp_path))
    delivery.accept("half")
    assert notifying("suspend")(delivery) == ending_at_will()(delivery) == ACCEPTED
    assert (delivery.progress.suspended, delivery.progress.ended) == (0, delivery.ledger.time)
    assert delivery.invoice("half") == delivery.certify("half") == ACCEPTED


# Hand-over and acceptance.


def test_acceptance_gives_back_the_retention_and_the_guarantees(tmp_path: Path) -> None:
    delivery = handed_over()(found(tmp_path))
    progress = delivery.progress
    assert (delivery.agreement.state, progress.defects_until) == ("handed_over", progress.handed_over + 180 * DAY)
    assert commitment_of(delivery) == (PRICE, PRICE - 2 * RETAINED)
    delivery.wait_until(progress.defects_until)
    assert handing_over("accept")(delivery) == ACCEPTED
    assert names(delivery.ledger)[:3] == ["procurement.contract_completed", "procurement.contract_settled", "treasury.order_raised"]
    assert delivery.agreement.state == "completed"
    assert commitment_of(delivery) == (PRICE, PRICE)
    order = delivery.order(3)
    # Of 14 mn: VAT of 1,387,387, income tax of 189,189 rupiah on a base of 12,612,612.
    assert [(line.code, line.amount_minor) for line in order.lines[1:]] == [("pph22", "18918900"), ("ppn", "138738700")]
    given_back = [event["guarantee"] for event in told(delivery.ledger) if event["event"] == "procurement.guarantee_released"]
    assert len(given_back) == 1
    assert guarantee_of(delivery, given_back[0]).state == "released"
    assert calling(given_back[0])(delivery) == "procurement.00.2"


def test_half_of_the_retention_goes_back_at_hand_over_where_the_figure_says_so(tmp_path: Path) -> None:
    """The generic profile; the other half at the end."""
    figures: dict[str, Any] = {"procurement.handover_release_bp": 5_000}
    delivery = delivered()(found(tmp_path, **figures))
    assert handing_over()(delivery) == "procurement.40.4", "its taxes are missing"
    half = released(delivery, RETAINED)
    assert handing_over(taxes=lambda _: half)(delivery) == ACCEPTED
    assert sum_lines(delivery.order(3)) == RETAINED
    delivery.wait_until(delivery.progress.defects_until)
    assert handing_over("accept")(delivery) == ACCEPTED
    assert sum_lines(delivery.order(4)) == RETAINED
    assert commitment_of(delivery) == (PRICE, PRICE)


# Calls on guarantees.


def test_a_guarantor_that_pays_late_gives_guarantees_again(tmp_path: Path) -> None:
    selection = publish(found(tmp_path))
    assert bid()(selection) == calling("bid-1", ground="withdrawal")(selection) == ACCEPTED
    view = selection.ledger.application.state.view
    assert find_due(view, "guarantee:bid-1") == DueRecord(str(MILLION), "IDR", "0", "treasury-1")
    selection.wait_until(selection.ledger.time + 25 * DAY)
    record = selection.ledger.application.state.view.get("procurement/guarantor/bank-1", GuarantorRecord)
    assert require(record, "bank-1").guarantees == ["bid-1"]
    receipt = {"amount": str(MILLION - 1), "entry": "e-1", "for": "guarantee", "guarantee": "bid-1", "statement": MINUTES}
    assert selection.do("treasury.record_receipt", receipt, PAYER) == ACCEPTED
    assert bid(guarantee="bid-2")(selection) == "procurement.29.3"
    assert selection.do("treasury.record_receipt", receipt | {"amount": "1", "entry": "e-2"}, PAYER) == ACCEPTED
    assert bid(guarantee="bid-2")(selection) == ACCEPTED


def test_a_guarantor_that_pays_in_time_is_not_suspended(tmp_path: Path) -> None:
    selection = publish(found(tmp_path))
    assert bid()(selection) == calling("bid-1", ground="withdrawal")(selection) == ACCEPTED
    receipt = {"amount": str(MILLION), "entry": "e-1", "for": "guarantee", "guarantee": "bid-1", "statement": MINUTES}
    assert selection.do("treasury.record_receipt", receipt, PAYER) == ACCEPTED
    selection.wait_until(selection.ledger.time + 25 * DAY)
    assert selection.ledger.application.state.view.get("procurement/guarantor/bank-1", GuarantorRecord) is None


# Whatever happens to a contract.

CHANGES = st.integers(-30 * MILLION // 100, 30 * MILLION // 100).map(lambda rupiah: rupiah * 100)
MILESTONES = st.sampled_from(["half", "rest"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("amend"), CHANGES),
        st.tuples(st.just("except"), CHANGES),
        st.tuples(st.just("part"), MILESTONES, st.integers(1, 100)),
        st.tuples(st.just("accept"), MILESTONES),
        st.tuples(st.just("certify"), MILESTONES),
        st.tuples(st.sampled_from(["suspend", "resume", "wait", "end", "hand_over"])),
    ),
    max_size=12,
)


def take_step(delivery: Delivery, number: int, step: tuple[Any, ...]) -> None:
    """Whatever the rules answer."""
    what, rest = step[0], step[1:]
    if what == "amend":
        amending(rest[0], amendment=f"amendment-{number}")(delivery)
    elif what == "except":
        excepted(rest[0], amendment=f"amendment-{number}")(delivery)
    elif what in ("part", "accept"):
        left = next(parse_amount(each.amount) for each in delivery.agreement_terms.milestones if each.id == rest[0])
        left -= parse_amount(delivery.milestone(rest[0]).accepted)
        if delivery.evidence(rest[0]) == ACCEPTED:
            part = left * rest[1] // 101 // 100 * 100 if what == "part" else 0
            delivery.inspect(rest[0], "part" if part else "accept", accepted=str(part) if part else None)
    elif what == "certify":
        delivery.invoice(rest[0])
        delivery.certify(rest[0])
    elif what == "wait":
        delivery.ledger.time += 20 * DAY
    elif what == "end":
        ending_at_will()(delivery)
    elif what == "hand_over":
        handing_over()(delivery)
        delivery.ledger.time += 180 * DAY
        handing_over("accept")(delivery)
    else:
        notifying(what)(delivery)


def check_sums(delivery: Delivery) -> None:
    """Milestones, price, amendments, commitment, orders: each amount stands where it should, once."""
    view, agreement, progress = delivery.ledger.application.state.view, delivery.agreement, delivery.progress
    price, committed_ordered = parse_amount(agreement.price), commitment_of(delivery)
    committed, ordered = committed_ordered
    count = view.get(f"procurement/amendments/{CONTRACT}/count", int) or 0
    listed = [require(view.get(f"procurement/amendments/{CONTRACT}:0/{number}", ListedAmendment), "it") for number in range(count)]
    changes = [require(view.get(f"procurement/amendment/{CONTRACT}:{each.amendment}", AmendmentRecord), "it") for each in listed]
    assert sum(parse_amount(each.amount) for each in delivery.agreement_terms.milestones) == price
    assert price == parse_amount(agreement.first_price) + sum(int(each.change) for each in changes)
    assert sum(int(each.change) for each in changes if not each.exception) <= CAP
    assert sum(parse_amount(part.amount) for part in agreement.years) == price

    assert ordered == sum(sum_lines(delivery.order(number + 1)) for number in range(progress.orders))
    accepted, certified, held = parse_amount(progress.accepted), parse_amount(progress.certified), compute_held(progress)
    live, recovered, damages_taken = (
        compute_live_advance(view, progress), parse_amount(progress.recovered), parse_amount(progress.damages_taken)
    )  # fmt: skip
    assert ordered == live + certified - recovered - held - damages_taken
    assert parse_amount(require(view.get("treasury/line/2026-parks", BudgetLineRecord), "the line").committed_minor) == committed

    if agreement.state == "completed" or (agreement.state == "ended" and accepted == certified):
        assert committed == ordered, "what was ordered stays, nothing else"
        assert (held, list_open(view, CONTRACT)) == (0, {})
        assert owed(delivery, "advance") == compute_unrecovered(view, progress)
        assert owed(delivery, "damages") == parse_amount(progress.damages) - damages_taken
    elif agreement.state == "ended":
        to_come = accepted - certified + held
        # What is out in advance comes off what is still to come.
        least = to_come - compute_unrecovered(view, progress)
        assert least <= committed - ordered <= to_come + damages_taken + recovered, "what can still be ordered, and what was taken off it"
    else:
        assert committed == price
        assert price >= certified + compute_unrecovered(view, progress)


@settings(max_examples=20, deadline=None)
@given(steps=STEPS, with_advance=st.booleans())
def test_no_rupiah_is_promised_or_freed_twice(steps: list[tuple[Any, ...]], with_advance: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        delivery = Delivery.begin(found(Path(folder)), terms={"advance_bp": 2_000})
        if with_advance:
            assert delivery.advance(PRICE // 5) == ACCEPTED
        assert guaranteeing(2 * PRICE, days=900)(delivery) == ACCEPTED
        check_sums(delivery)
        for number, step in enumerate(steps):
            take_step(delivery, number, step)
            check_sums(delivery)
        ending_at_will()(delivery)
        for milestone in ("half", "rest") * 6:
            take_step(delivery, 0, ("certify", milestone))
            check_sums(delivery)
        delivery.ledger.close()
