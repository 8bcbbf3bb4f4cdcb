"""Delivery: what is due to the rupiah, what each message writes and tells, the scenarios, and what no sequence of messages reaches."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert, to_builtins

from prasasti.contracts.people import Person
from prasasti.contracts.procurement.delivery.amounts import (
    Due,
    Figures,
    Sums,
    compute_damages,
    compute_due_amounts,
    compute_measured,
    compute_tax,
    compute_tax_base,
)
from prasasti.contracts.procurement.delivery.progress import compute_live_advance, compute_unrecovered
from prasasti.contracts.procurement.delivery.records import (
    CertificateRecord,
    DoubtRecord,
    InvoiceRecord,
    MilestoneRecord,
    ProgressRecord,
)
from prasasti.contracts.treasury.orders import sum_lines, sum_live
from prasasti.core.types import Document, parse_amount
from tests.contracts.delivering import (
    COMMUNITY_DIRECTOR,
    CONTRACT,
    INVOICE,
    PHOTO,
    PRICE,
    Delivery,
    years,
)
from tests.contracts.paying import Payments
from tests.contracts.procurement_delivery_rows import (
    AUDITOR,
    HALF,
    LARGE,
    ROWS,
    awaiting_witness,
    benches,
    decide,
    invoiced,
    measured,
    resume,
    suspend,
)
from tests.contracts.selection import AUTHORITY, DAY, MILLION, MINUTES, found
from tests.core.ledger import ACCEPTED, Ledger

RUPIAH = 100  # sen
INSPECTOR, CERTIFIER = Person("inspector", "agency-1"), Person("certifier", "agency-1")


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    expected, play = ROWS[name]
    ledger = found(tmp_path)
    assert play(ledger) == expected
    ledger.close()


def told(ledger: Ledger) -> list[dict[str, Any]]:
    """Events of the newest block."""
    return [event for _, data in ledger.results[-1].entries for event in json.loads(data)["events"]]


def close(date: str) -> int:
    """When offices close on a date, in Jakarta."""
    return int(datetime.fromisoformat(f"{date}T16:00:00+07:00").timestamp())


def records(ledger: Ledger, act: Callable[[], str]) -> dict[str, Any]:
    """What an accepted act writes of procurement's records, by key without the contract's name."""
    before = ledger.records()
    assert act() == ACCEPTED
    after = ledger.records()
    return {
        key.removeprefix("procurement/"): json.loads(value)
        for key, value in after.items()
        if before.get(key) != value and key.startswith("procurement/")
    }


def progress_of(**changes: Any) -> Any:
    """The record of a contract's progress, with changes."""
    return to_builtins(ProgressRecord(**changes))


def milestone_of(**changes: Any) -> Any:
    """The record of a milestone, with changes."""
    return to_builtins(MilestoneRecord(**changes))


# -- Arithmetic (procurement-lifecycle, 4) ------------------------------------------------------------------------------------------------


FIGURES = Figures(
    recovery_start_bp=0, recovery_span_bp=10_000, retention_bp=500, damages_cap_bp=500, damages_bp_a_day=10, vat_bp=1_100,
    unit_minor=RUPIAH,
)  # fmt: skip


def sums(price: int, **changes: int) -> Sums:
    """Sums of a contract at its beginning, minor units."""
    return Sums(price, 0, 0, 0, 0, 0, 0, 0)._replace(**changes)


def test_350_less_70_less_17_5_less_5_4_is_257_1_million() -> None:
    """The worked example: an advance of a fifth, a retention of 5 %, twenty days on a base of 270 million before its tax."""
    price = 1_000 * MILLION
    damages = compute_damages(sums(price), FIGURES, 270 * MILLION * 111 // 100, days=20)
    assert damages == 540 * MILLION // 100
    standing = sums(price, advance_minor=200 * MILLION, advance_taken_minor=200 * MILLION)
    due = compute_due_amounts(standing, FIGURES, 350 * MILLION, damages, 0)
    base = 262_500_000 * 100 // 111 * RUPIAH
    assert due == Due(350 * MILLION, 70 * MILLION, 1_750 * MILLION // 100, damages, damages, 25_710 * MILLION // 100, base)


def test_111_million_is_11_of_ppn_1_5_of_pph_22_and_98_5_for_the_contractor() -> None:
    base = compute_tax_base(111 * MILLION, FIGURES)
    taxes = [compute_tax(base, rate_bp, RUPIAH) for rate_bp in (1_100, 150)]
    assert (base, taxes) == (100 * MILLION, [11 * MILLION, 150 * MILLION // 100])
    assert 111 * MILLION - sum(taxes) == 9_850 * MILLION // 100


def test_the_base_of_taxes_and_of_damages_is_rounded_down_to_rupiah() -> None:
    """One rupiah above 111 million is 0.9 rupiah without its tax; eleven rupiah for 2000 days at 1/1000 is 9 · 2000 / 1000."""
    assert compute_tax_base(111 * MILLION + RUPIAH, FIGURES) == 100 * MILLION
    assert compute_damages(sums(1_000 * MILLION), FIGURES, 11 * RUPIAH, 2_000) == 18 * RUPIAH
    assert compute_tax(999 * RUPIAH, 1_100, RUPIAH) == 109 * RUPIAH


def test_damages_are_capped_over_the_contract() -> None:
    price = 111 * MILLION
    cap = 555 * MILLION // 100
    assert compute_damages(sums(price), FIGURES, price, 49) == 49 * MILLION // 10
    assert compute_damages(sums(price), FIGURES, price, 56) == cap
    assert compute_damages(sums(price, damages_minor=5 * MILLION), FIGURES, price, 49) == cap - 5 * MILLION
    assert compute_damages(sums(price, damages_minor=cap), FIGURES, price, 1) == 0


def test_what_an_order_cannot_bear_is_open_to_the_next_one() -> None:
    """Recovery first, then retention, then damages, which leave the taxes."""
    standing = sums(100 * MILLION, advance_minor=60 * MILLION, advance_taken_minor=60 * MILLION)
    figures = FIGURES._replace(recovery_start_bp=0, recovery_span_bp=5_000, retention_bp=1_000)
    due = compute_due_amounts(standing, figures, 10 * MILLION, 0, 0)
    assert (due.recovery_minor, due.retention_minor, due.order_minor) == (10 * MILLION, 0, 0), "12 of recovery are more than there is"
    later = standing._replace(certified_minor=10 * MILLION, recovered_minor=10 * MILLION)
    due = compute_due_amounts(later, figures, 40 * MILLION, 0, 0)
    assert (due.recovery_minor, due.retention_minor, due.order_minor) == (40 * MILLION, 0, 0)
    last = standing._replace(certified_minor=50 * MILLION, recovered_minor=50 * MILLION)
    due = compute_due_amounts(last, figures, 50 * MILLION, 35 * MILLION, 2 * MILLION)
    taken = (due.recovery_minor, due.retention_minor, due.damages_minor, due.order_minor)
    assert taken == (10 * MILLION, 10 * MILLION, 28 * MILLION, 2 * MILLION), "damages leave what is withheld as tax"


def test_what_was_recovered_of_an_advance_that_came_back_goes_out_with_the_next_order() -> None:
    standing = sums(
        100 * MILLION, certified_minor=50 * MILLION, advance_minor=0, advance_taken_minor=20 * MILLION, recovered_minor=10 * MILLION
    )  # fmt: skip
    due = compute_due_amounts(standing, FIGURES._replace(retention_bp=0), 10 * MILLION, 0, 0)
    assert (due.recovery_minor, due.order_minor) == (-10 * MILLION, 20 * MILLION)


def test_a_price_that_rose_gives_nothing_back_of_what_was_recovered() -> None:
    standing = sums(
        200 * MILLION, certified_minor=50 * MILLION, advance_minor=20 * MILLION, advance_taken_minor=20 * MILLION,
        recovered_minor=10 * MILLION,
    )  # fmt: skip
    assert compute_due_amounts(standing, FIGURES, 10 * MILLION, 0, 0).recovery_minor == 0
    assert compute_due_amounts(standing, FIGURES, 60 * MILLION, 0, 0).recovery_minor == MILLION


@pytest.mark.parametrize(("start_bp", "span_bp", "certified", "recovered"), [
    (0, 10_000, 50, 10), (0, 10_000, 100, 20), (3_000, 5_000, 30, 0), (3_000, 5_000, 55, 10), (3_000, 5_000, 80, 20),
    (3_000, 5_000, 100, 20), (3_000, 0, 30, 0), (3_000, 0, 31, 20),
])  # fmt: skip
def test_an_advance_is_recovered_over_its_span(start_bp: int, span_bp: int, certified: int, recovered: int) -> None:
    standing = sums(100 * MILLION, advance_minor=20 * MILLION, advance_taken_minor=20 * MILLION)
    figures = FIGURES._replace(recovery_start_bp=start_bp, recovery_span_bp=span_bp)
    assert compute_due_amounts(standing, figures, certified * MILLION, 0, 0).recovery_minor == recovered * MILLION


def test_measured_quantities_are_rounded_down_on_the_milestones_running_total() -> None:
    """Three quantities of 0.333 of a unit of 10 rupiah are 3, 6, 9 rupiah; with the last thousandth it is the milestone's amount."""
    prices, whole, amount = {"a": 10 * RUPIAH}, {"a": 1_000}, 11 * RUPIAH
    reached = [compute_measured({"a": quantity}, whole, prices, amount, RUPIAH) for quantity in (333, 666, 999, 1_000)]
    assert reached == [3 * RUPIAH, 6 * RUPIAH, 9 * RUPIAH, 11 * RUPIAH]
    assert compute_measured({"a": 999}, whole, {"a": 20 * RUPIAH}, amount, RUPIAH) == amount, "never above the milestone's amount"


# -- What each message writes and tells ---------------------------------------------------------------------------------------------------


def test_evidence_begins_a_part_that_awaits_inspection(tmp_path: Path) -> None:
    delivery = Delivery.begin(found(tmp_path))
    now = delivery.ledger.time
    written = records(delivery.ledger, delivery.evidence)
    part = written.pop(f"delivered/{CONTRACT}:half:1")
    assert written == {f"milestone/{CONTRACT}:half": milestone_of(parts=1, waiting=1)}
    assert (part["state"], part["evidence"], part["submitted"], part["accepted"]) == ("submitted", [PHOTO], now, "0")
    assert told(delivery.ledger) == [
        {
            "contract": CONTRACT, "event": "procurement.evidence_submitted", "inspection_due": part["inspection_due"], "milestone": "half",
            "part": 1,
        }
    ]  # fmt: skip
    assert part["inspection_due"] == close("2026-02-06"), "ten working days from a Sunday on"


def test_an_inspection_says_what_is_accepted_and_what_is_left(tmp_path: Path) -> None:
    delivery = Delivery.begin(found(tmp_path))
    assert delivery.evidence() == ACCEPTED
    written = records(delivery.ledger, lambda: delivery.inspect("half", "part", accepted=str(60 * MILLION)))
    part = written.pop(f"delivered/{CONTRACT}:half:1")
    accepted = str(60 * MILLION)
    assert written == {
        f"contract/{CONTRACT}/progress": progress_of(accepted=accepted),
        f"milestone/{CONTRACT}:half": milestone_of(accepted=accepted, current=[1], parts=1),
    }
    assert (part["state"], part["reason"], part["inspection"], part["inspector"]) == (
        "accepted", "incomplete", MINUTES, {"handle": "inspector", "organisation": "agency-1"},
    )  # fmt: skip
    assert told(delivery.ledger) == [
        {
            "accepted": accepted, "contract": CONTRACT, "event": "procurement.milestone_inspected", "milestone": "half", "outcome": "part",
            "part": 1, "rest": str(80 * MILLION), "witness_due": 0,
        }
    ]  # fmt: skip


def test_measured_quantities_are_kept(tmp_path: Path) -> None:
    delivery = measured(found(tmp_path))
    delivery.accept("half", "part", quantities=benches(7))
    delivery.accept("half", "part", quantities=benches(12))
    assert delivery.milestone("half").quantities == [("lot-1-bench", "19000")]
    assert delivery.milestone("half").accepted == str(19 * 7 * MILLION)
    delivery.accept("half", quantities=benches(1))
    assert delivery.milestone("half").accepted == str(HALF)


def test_an_invoice_is_kept_with_its_taxes(tmp_path: Path) -> None:
    delivery = Delivery.begin(found(tmp_path))
    delivery.accept()
    now, taxes = delivery.ledger.time, delivery.due("half")["taxes"]
    written = records(delivery.ledger, lambda: delivery.invoice(invoice="i-1"))
    part = written.pop(f"delivered/{CONTRACT}:half:1")
    assert written == {
        f"invoice/{CONTRACT}:i-1": {
            "document": INVOICE, "filed": now, "gross": str(HALF), "invoice": "i-1", "milestone": "half", "part": 1,
            "taxes": [tax | {"reason": None} for tax in taxes],
        }
    }  # fmt: skip
    assert (part["state"], part["invoice"], part["invoiced"]) == ("invoiced", "i-1", now)
    assert told(delivery.ledger) == [
        {
            "certification_due": part["certification_due"], "contract": CONTRACT, "event": "procurement.invoice_filed", "gross": str(HALF),
            "invoice": "i-1", "milestone": "half", "part": 1,
        }
    ]  # fmt: skip
    assert part["certification_due"] == close("2026-01-30"), "five working days from a Sunday on"


def test_a_certificate_raises_the_order_in_its_block(tmp_path: Path) -> None:
    delivery = invoiced(found(tmp_path))
    now, due = delivery.ledger.time, delivery.due("half")
    retention, ordered = 7 * MILLION, 133 * MILLION
    written = records(delivery.ledger, delivery.certify)
    assert written.pop(f"delivered/{CONTRACT}:half:1")["state"] == "certified"
    assert written == {
        f"certificate/{CONTRACT}:certificate-1": {
            "certificate": "certificate-1", "certified_by": {"handle": "certifier", "organisation": "agency-1"}, "damages": "0",
            "damages_new": "0", "days": 0, "document": MINUTES, "gross": str(HALF), "milestone": "half", "number": 1,
            "order": f"{CONTRACT}-1", "part": 1, "recovery": "0", "retention": str(retention),
            "taxes": [tax | {"reason": None} for tax in due["taxes"]], "time": now,
        },
        f"contract/{CONTRACT}/progress": progress_of(
            accepted=str(HALF), certificates=1, certified=str(HALF), orders=1, retained=str(retention)
        ),
        f"milestone/{CONTRACT}:half": milestone_of(accepted=str(HALF), certified=str(HALF), parts=1),
    }  # fmt: skip
    assert told(delivery.ledger) == [
        {
            "certificate": "certificate-1", "contract": CONTRACT, "damages": "0", "event": "procurement.milestone_certified",
            "gross": str(HALF), "milestone": "half", "order": f"{CONTRACT}-1", "part": 1, "recovery": "0", "retention": str(retention),
        },
        {
            "amount_minor": str(ordered), "cause": "certificate-1", "event": "treasury.order_raised", "number": 0, "order": f"{CONTRACT}-1",
            "subject": CONTRACT,
        },
    ]  # fmt: skip
    order = delivery.order(1)
    base = ordered * 100 // 111 // RUPIAH * RUPIAH
    assert [(line.code, line.payee) for line in order.lines] == [("net", "bidder-2"), ("pph22", ""), ("ppn", "")]
    assert [parse_amount(line.base_minor) for line in order.lines] == [0, base, base]
    assert sum_lines(order) == ordered
    assert (order.cause, order.milestone, order.raised_by) == ("certificate-1", "half", [CERTIFIER, INSPECTOR])


def test_a_witness_confirms_doubts_and_withdraws(tmp_path: Path) -> None:
    delivery = awaiting_witness(found(tmp_path))
    first = delivery.ledger.time
    assert delivery.part("half", 1).witness_due == close("2026-02-06"), "ten working days from a Sunday on"
    assert delivery.witness("doubt") == ACCEPTED
    assert told(delivery.ledger) == [
        {"contract": CONTRACT, "event": "procurement.milestone_witnessed", "finding": "doubt", "milestone": "half", "part": 1}
    ]
    assert delivery.milestone("half").doubt == delivery.milestone("half").doubts == 1
    delivery.wait_until(first + DAY)
    assert delivery.witness("withdraw") == ACCEPTED
    assert get_doubt(delivery, 1) == DoubtRecord(convert(MINUTES, Document), first + DAY, "witness", 1, 1, first, "quality")
    assert delivery.witness("confirm") == ACCEPTED
    assert delivery.part("half", 1).witnessed == first + DAY
    assert delivery.witness("doubt") == ACCEPTED, "there is time yet"
    assert decide()(delivery) == ACCEPTED
    assert told(delivery.ledger) == [
        {"about": "doubt", "decision": "lift", "event": "procurement.matter_decided", "process": "ocds-213czf-benches"},
        {"contract": CONTRACT, "event": "procurement.doubt_lifted", "milestone": "half", "number": 2},
    ]
    assert get_doubt(delivery, 2).lifted_by == "authority"
    assert (delivery.milestone("half").doubt, delivery.milestone("half").doubts) == (0, 2)
    assert delivery.certify() == ACCEPTED


def test_the_next_parts_time_for_its_witness_begins_with_the_certificate_before(tmp_path: Path) -> None:
    """However long the first part waited: nobody's doubt comes too late before it could come."""
    delivery = Delivery.begin(found(tmp_path), LARGE, witness=True)
    delivery.accept("half", "part", accepted=str(1_000 * MILLION))
    delivery.accept("half")
    assert delivery.part("half", 2).witness_due == 0
    assert delivery.invoice() == delivery.witness() == ACCEPTED
    delivery.wait_until(delivery.ledger.time + 60 * DAY)
    assert delivery.certify() == delivery.invoice(invoice="i-2") == ACCEPTED
    assert delivery.part("half", 2).witness_due > delivery.ledger.time
    assert delivery.certify() == "procurement.35.5"
    assert delivery.witness("doubt") == ACCEPTED


def test_parts_are_certified_in_their_order(tmp_path: Path) -> None:
    delivery = Delivery.begin(found(tmp_path))
    delivery.accept("half", "part", accepted=str(40 * MILLION))
    delivery.accept("half", "part", accepted=str(60 * MILLION))
    delivery.accept("half")
    assert delivery.milestone("half").current == [1, 2, 3]
    for gross in (40, 60, 40):
        assert delivery.invoice(invoice=f"i-{delivery.progress.certificates}") == delivery.certify() == ACCEPTED
        certificate = get_certificate(delivery, delivery.progress.certificates)
        assert certificate.gross == str(gross * MILLION)
    assert delivery.milestone("half").current == []


def test_not_more_than_32_parts_wait_for_their_certificates(tmp_path: Path) -> None:
    delivery = Delivery.begin(found(tmp_path))
    for _ in range(32):
        delivery.accept("half", "part", accepted=str(MILLION))
    assert delivery.evidence() == "procurement.33.1"
    assert delivery.invoice() == delivery.certify() == delivery.evidence() == ACCEPTED


def test_a_community_is_paid_without_taxes(tmp_path: Path) -> None:
    delivery = Delivery.begin_community(found(tmp_path))
    assert delivery.evidence(by=COMMUNITY_DIRECTOR) == delivery.inspect() == delivery.invoice(by=COMMUNITY_DIRECTOR) == ACCEPTED
    assert delivery.certify() == ACCEPTED
    assert [(line.code, line.payee, line.amount_minor) for line in delivery.order(1).lines] == [("net", "community-1", str(30 * MILLION))]


def test_an_order_draws_on_this_year_and_on_what_earlier_ones_left(tmp_path: Path) -> None:
    """Half is this year's money, half the next's: the first certificate takes of this year's, the second of both in the next year."""
    delivery = Delivery.begin(found(tmp_path), later=HALF)
    delivery.deliver("half", "part", accepted=str(100 * MILLION))
    delivery.wait_until(delivery.ledger.time + 360 * DAY)
    delivery.deliver("half")
    assert {year.line for year in delivery.order(1).years} == {"2026-parks"}
    assert sum(parse_amount(year.amount_minor) for year in delivery.order(1).years) == 95 * MILLION
    delivery.deliver("rest")
    assert years(PRICE, HALF)[1]["line"] in {year.line for year in delivery.order(3).years}


# -- Delay --------------------------------------------------------------------------------------------------------------------------------


def due_of(delivery: Delivery, milestone: str = "half") -> int:
    return next(each.due for each in delivery.agreement_terms.milestones if each.id == milestone)


def test_days_of_delay_are_local_dates_and_end_with_the_evidence_that_is_accepted(tmp_path: Path) -> None:
    """Late by a second of the next local day is a day; the inspector's month costs the contractor nothing."""
    delivery = Delivery.begin(found(tmp_path))
    due = due_of(delivery)
    midnight = (due + 25_200) // DAY * DAY + DAY - 25_200
    delivery.wait_until(midnight - 1)
    delivery.accept("half", "part", accepted=str(40 * MILLION))
    delivery.wait_until(midnight)
    delivery.accept("half", "part", accepted=str(40 * MILLION))
    delivery.wait_until(midnight + 9 * DAY)
    assert delivery.evidence() == ACCEPTED
    delivery.wait_until(midnight + 40 * DAY)
    assert delivery.inspect() == ACCEPTED
    days, damages = [], []
    for number in (1, 2, 3):
        assert delivery.invoice(invoice=f"i-{number}") == delivery.certify() == ACCEPTED
        certificate = get_certificate(delivery, number)
        days.append(certificate.days)
        damages.append(int(certificate.damages_new))
    assert days == [0, 1, 10]
    assert damages == [0, *(gross * 100 // 111 // RUPIAH * RUPIAH * late // 1_000 // RUPIAH * RUPIAH
                            for gross, late in ((40 * MILLION, 1), (60 * MILLION, 10)))]  # fmt: skip
    assert int(delivery.progress.damages) == int(delivery.progress.damages_taken) == sum(damages)


def test_rejected_evidence_ends_no_delay(tmp_path: Path) -> None:
    delivery = Delivery.begin(found(tmp_path))
    assert delivery.evidence() == delivery.inspect("half", "reject") == ACCEPTED
    delivery.wait_until(due_of(delivery) + 5 * DAY)
    delivery.deliver()
    assert get_certificate(delivery, 1).days == 5


def test_a_suspension_moves_due_dates_that_are_not_met_yet(tmp_path: Path) -> None:
    """Ten days of suspension before the evidence excuse ten days of delay; ten after it excuse nothing."""
    delivery = Delivery.begin(found(tmp_path))
    due = due_of(delivery)
    assert suspend(delivery) == ACCEPTED
    delivery.wait_until(delivery.ledger.time + 10 * DAY)
    assert resume(delivery) == ACCEPTED
    delivery.wait_until(due + 15 * DAY)
    assert delivery.evidence() == suspend(delivery) == ACCEPTED
    delivery.wait_until(due + 25 * DAY)
    assert resume(delivery) == delivery.inspect() == delivery.invoice() == delivery.certify() == ACCEPTED
    assert get_certificate(delivery, 1).days == 5


def test_damages_on_the_whole_price(tmp_path: Path) -> None:
    delivery = Delivery.begin(found(tmp_path), terms={"damages_on": "price", "damages_cap_bp": 10_000})
    delivery.wait_until(due_of(delivery) + 3 * DAY)
    delivery.deliver("half", "part", accepted=str(MILLION))
    certificate = get_certificate(delivery, 1)
    assert int(certificate.damages_new) == PRICE * 100 // 111 // RUPIAH * RUPIAH * 3 // 1_000 // RUPIAH * RUPIAH


def test_damages_that_an_order_cannot_bear_come_from_the_next(tmp_path: Path) -> None:
    """The smaller part's order leaves its taxes alone; the larger one's takes the rest."""
    delivery = Delivery.begin(found(tmp_path), terms={"damages_on": "price", "damages_cap_bp": 10_000})
    delivery.wait_until(due_of(delivery) + 30 * DAY)
    delivery.deliver("half", "part", accepted=str(MILLION))
    first = get_certificate(delivery, 1)
    taxes = sum(int(line.amount) for line in first.taxes)
    assert 0 < taxes == sum_lines(delivery.order(1))
    assert int(first.damages) == MILLION * 95 // 100 - taxes < int(first.damages_new)
    delivery.deliver("half")
    second = get_certificate(delivery, 2)
    assert int(second.damages) == int(second.damages_new) + int(first.damages_new) - int(first.damages)


# -- Scenarios (procurement-lifecycle, 7) -------------------------------------------------------------------------------------------------


def test_scenario_5_rejected_twice_then_accepted_for_60_percent(tmp_path: Path) -> None:
    """The third evidence comes a day before it is due, the inspector takes three weeks: an order for 60 %, no damages, the rest open."""
    delivery = Delivery.begin(found(tmp_path))
    due, sixty = due_of(delivery), HALF * 60 // 100
    for reason in ("incomplete", "quality"):
        assert delivery.evidence() == delivery.inspect("half", "reject", reason=reason) == ACCEPTED
    delivery.wait_until(due - DAY)
    assert delivery.evidence() == ACCEPTED
    delivery.wait_until(due + 20 * DAY)
    assert delivery.part("half", 3).inspection_due < delivery.ledger.time, "the inspector is late, which is shown and no more"
    assert delivery.inspect("half", "part", accepted=str(sixty)) == ACCEPTED
    assert delivery.invoice() == delivery.certify() == ACCEPTED
    assert [delivery.part("half", number).state for number in (1, 2, 3)] == ["rejected", "rejected", "certified"]
    certificate = get_certificate(delivery, 1)
    assert (certificate.gross, certificate.days, certificate.damages) == (str(sixty), 0, "0")
    assert sum_lines(delivery.order(1)) == sixty * 95 // 100
    assert delivery.evidence() == ACCEPTED, "the rest stays open"
    assert delivery.inspect() == delivery.invoice() == delivery.certify() == ACCEPTED
    assert get_certificate(delivery, 2).days > 0, "which is late by now"
    assert delivery.milestone("half").certified == str(HALF)


def test_an_order_of_nothing_is_not_raised(tmp_path: Path) -> None:
    """The whole part recovers the advance."""
    delivery = Delivery.begin(found(tmp_path), terms={"advance_bp": 2_000, "recovery_span_bp": 500, "retention_bp": 0})
    assert delivery.advance(PRICE // 5) == ACCEPTED
    delivery.deliver("half", "part", accepted=str(10 * MILLION))
    certificate = get_certificate(delivery, 1)
    assert (certificate.recovery, certificate.order, delivery.progress.orders) == (str(10 * MILLION), "", 1)
    delivery.deliver("half", "part", accepted=str(60 * MILLION))
    assert get_certificate(delivery, 2).recovery == str(46 * MILLION)
    assert sum_lines(delivery.order(2)) == 14 * MILLION


def test_an_advance_that_the_bank_gives_back_is_not_recovered_and_what_was_goes_out(tmp_path: Path) -> None:
    delivery = Payments.begin(found(tmp_path), terms={"advance_bp": 2_000, "retention_bp": 0})
    delivery.settle_account()
    assert delivery.advance(PRICE // 5) == ACCEPTED
    delivery.put_out(1)
    delivery.deliver("half", "part", accepted=str(70 * MILLION))
    assert get_certificate(delivery, 1).recovery == str(14 * MILLION)
    assert delivery.report(1, "rejected") == ACCEPTED
    taxes = 0
    view = delivery.ledger.application.state.view
    assert compute_live_advance(view, delivery.progress) == sum_live(delivery.order(1)) == sum(
        parse_amount(line.amount_minor) for line in delivery.order(1).lines[1:]
    )
    delivery.deliver("half", "part", accepted=str(14 * MILLION))
    certificate = get_certificate(delivery, 2)
    live = sum_live(delivery.order(1)) + taxes
    target = (2 * live * 84 * MILLION // RUPIAH + PRICE // RUPIAH * RUPIAH) // (2 * PRICE) * RUPIAH
    assert int(certificate.recovery) == target - 14 * MILLION < 0
    assert sum_lines(delivery.order(3)) == 14 * MILLION - int(certificate.recovery)
    assert delivery.replace(1) == ACCEPTED
    delivery.deliver("half")
    delivery.deliver("rest")
    assert int(delivery.progress.recovered) == PRICE // 5, "paid again, recovered again"


def test_an_advance_that_came_back_is_paid_again_before_its_money_is_needed(tmp_path: Path) -> None:
    """Beyond the price together with it the advance could not be paid any more, nor what is retained out of its money."""
    delivery = Payments.begin(found(tmp_path), terms={"advance_bp": 2_000, "recovery_start_bp": 8_000, "recovery_span_bp": 2_000})
    delivery.settle_account()
    assert delivery.advance(PRICE // 5) == ACCEPTED
    delivery.put_out(1)
    assert delivery.report(1, "rejected") == ACCEPTED
    delivery.deliver("half")
    delivery.deliver("rest", "part", accepted=str(PRICE * 3 // 10))
    delivery.accept("rest", "part", accepted=str(RUPIAH))
    assert delivery.invoice("rest") == ACCEPTED
    assert delivery.certify("rest") == "procurement.35.7"
    assert delivery.replace(1) == delivery.certify("rest") == ACCEPTED
    delivery.deliver("rest")
    assert int(delivery.progress.recovered) == PRICE // 5
    assert int(delivery.progress.retained) == PRICE * 80 // 100 * 5 // 100, "the last fifth is all recovery"


def test_an_advance_that_came_back_after_it_was_recovered_is_no_debt(tmp_path: Path) -> None:
    """What goes out again is recovered no more: certified and unrecovered advance stay within the price (35.6)."""
    delivery = Payments.begin(found(tmp_path), terms={"advance_bp": 1_000, "recovery_span_bp": 500, "retention_bp": 0})
    delivery.settle_account()
    assert delivery.advance(PRICE // 10) == ACCEPTED
    delivery.put_out(1)
    delivery.deliver("half")
    assert delivery.report(1, "rejected") == ACCEPTED
    net = int(delivery.order(1).lines[0].amount_minor)
    delivery.deliver("rest", "part", accepted=str(HALF - net))
    assert int(get_certificate(delivery, 2).recovery) == -net
    assert sum_lines(delivery.order(3)) == HALF
    delivery.accept("rest")
    assert delivery.invoice("rest") == ACCEPTED
    assert delivery.certify("rest") == "procurement.35.7", "the rest is the money of the line that came back"
    assert delivery.replace(1) == delivery.certify("rest") == ACCEPTED
    assert int(delivery.progress.recovered) == PRICE // 10
    assert sum(sum_live(order) for order in delivery.list_orders()) == PRICE


# -- Random deliveries --------------------------------------------------------------------------------------------------------------------


ANY_STEP = (
    "evidence", "accept", "part", "reject", "invoice", "certify", "confirm", "doubt", "withdraw", "lift", "wait", "suspend", "resume",
    "too_much", "pay", "bounce", "replace",
)  # fmt: skip
# Most steps are one that fits where the milestone stands; the others are any.
STEPS = st.lists(
    st.tuples(st.sampled_from(("next",) * 30 + ANY_STEP), st.sampled_from(("half", "rest")), st.integers(1, 99)), min_size=20, max_size=40
)
TERMS = st.fixed_dictionaries({
    "advance_bp": st.sampled_from((0, 1_000, 2_000)),
    "damages_cap_bp": st.sampled_from((0, 500, 10_000)),
    "damages_on": st.sampled_from(("part", "price")),
    "recovery_span_bp": st.sampled_from((500, 5_000, 7_777)),
    "recovery_start_bp": st.sampled_from((0, 1_234, 2_000)),
    "retention": st.sampled_from(("each", "each", "guarantee")),
    "retention_bp": st.sampled_from((0, 500, 1_000)),
})  # fmt: skip


class Course(Payments):
    """A contract on its way, by steps of which most are refused where they do not fit."""

    def choose(self, milestone: str, size: int) -> str:
        """A step that fits where a milestone stands; which one, the size says."""
        record = self.milestone(milestone)
        if self.progress.suspended:
            return "resume"
        if record.waiting and size % 3:
            return ("part", "part", "accept", "reject")[size % 4]
        if record.doubt:
            return ("withdraw", "lift", "certify")[size % 3]
        if not record.current or size % 5 == 0:
            return "evidence" if size % 2 else "wait"
        part = self.part(milestone, record.current[0])
        if part.state == "accepted":
            return "invoice"
        return "certify" if part.witnessed or size % 2 else ("confirm", "doubt")[size % 4 // 2]

    def take(self, step: str, milestone: str, size: int) -> str:
        step = self.choose(milestone, size) if step == "next" else step
        invoice = f"i-{self.ledger.application.info().height}"
        rest = HALF - int(self.milestone(milestone).accepted)
        gross = int(self.due(milestone)["gross"])
        acts: dict[str, Callable[[], str]] = {
            "accept": lambda: self.inspect(milestone),
            "bounce": lambda: self.report(self.pick(size), "rejected"),
            "certify": lambda: self.certify(milestone),
            "confirm": lambda: self.witness("confirm", milestone),
            "doubt": lambda: self.witness("doubt", milestone),
            "evidence": lambda: self.evidence(milestone),
            "invoice": lambda: self.invoice(milestone, invoice=invoice),
            "lift": lambda: decide(AUTHORITY, AUDITOR, milestone=milestone)(self),
            "part": lambda: self.inspect(milestone, "part", accepted=str(rest * size // 100 // RUPIAH * RUPIAH)),
            "pay": lambda: self.report(self.pick(size)),
            "reject": lambda: self.inspect(milestone, "reject"),
            "replace": lambda: self.replace(self.pick(size)),
            "resume": lambda: resume(self),
            "suspend": lambda: suspend(self),
            "too_much": lambda: self.certify(milestone, gross=str(gross + RUPIAH)),
            "wait": lambda: self.wait(size),
            "withdraw": lambda: self.witness("withdraw", milestone),
        }
        return acts[step]()

    def pick(self, size: int) -> int:
        """One of the orders, often the first, which is that of the advance."""
        return 1 if size % 2 else 1 + size // 2 % max(1, self.progress.orders)

    def wait(self, days: int) -> str:
        self.wait_until(self.ledger.time + days * DAY // 4)
        return ACCEPTED

    def send_out(self) -> None:
        """Every order that was raised goes to the bank."""
        for number in range(1, self.progress.orders + 1):
            if self.order(number).state == "raised" and int(self.order(number).lines[0].amount_minor):
                self.put_out(number)

    def certificates(self) -> Iterator[CertificateRecord]:
        yield from (get_certificate(self, number + 1) for number in range(self.progress.certificates))


def check_always(course: Course) -> None:
    """What holds after every step."""
    view, progress = course.ledger.application.state.view, course.progress
    accepted = {name: int(course.milestone(name).accepted) for name in ("half", "rest")}
    certified = {name: int(course.milestone(name).certified) for name in ("half", "rest")}
    assert int(progress.accepted) == sum(accepted.values()) <= PRICE
    assert int(progress.certified) == sum(certified.values()) == sum(int(each.gross) for each in course.certificates())
    assert all(certified[name] <= accepted[name] <= HALF for name in accepted), "certified ≤ accepted ≤ the milestone"
    for certificate in course.certificates():
        part = course.part(certificate.milestone, certificate.part)
        assert (part.state, part.accepted, part.inspector) == ("certified", certificate.gross, INSPECTOR), "nothing is paid uninspected"
        assert 0 < part.submitted <= part.inspected <= part.invoiced <= certificate.time
        assert not part.witness_due or part.witnessed or certificate.time >= part.witness_due
        invoice = view.get(f"procurement/invoice/{CONTRACT}:{part.invoice}", InvoiceRecord)
        assert invoice is not None
        assert invoice.gross == certificate.gross
        if certificate.order:
            order = course.find_order(certificate.order)
            assert order is not None
            taken = int(certificate.recovery) + int(certificate.retention) + int(certificate.damages)
            assert sum_lines(order) == int(certificate.gross) - taken, "an order is what its certificate leaves"
    live = sum(sum_live(order) for order in course.list_orders())
    unrecovered = compute_unrecovered(view, progress)
    assert live <= int(progress.certified) + unrecovered <= PRICE, "paid, withheld, to be paid ≤ certified + unrecovered advance ≤ price"
    assert course.sum_settled() <= live
    assert 0 <= int(progress.damages_taken) <= int(progress.damages)


def check_end(course: Course, terms: dict[str, Any]) -> None:
    """All is certified: what the facts say, reckoned once more on the whole."""
    progress = course.progress
    advance = int(progress.advance)
    assert int(progress.certified) == PRICE
    assert int(progress.recovered) == advance, "the advance is recovered to the last rupiah"
    bp = terms["retention_bp"] if terms["retention"] == "each" else 0
    rounded = (PRICE // RUPIAH * bp + 5_000) // 10_000 * RUPIAH
    last = get_certificate(course, progress.certificates)
    was_exhausted = int(last.recovery) + int(last.retention) == int(last.gross)
    assert int(progress.retained) == rounded or (was_exhausted and int(progress.retained) < rounded), "retained is the share of the price"
    whole = sum(sum_lines(order) for order in course.list_orders() if not order.replaces)
    assert whole == PRICE - int(progress.retained) - int(progress.damages_taken)
    assert int(progress.damages) == compute_expected_damages(course, terms)


def compute_expected_damages(course: Course, terms: dict[str, Any]) -> int:
    """Each part's days by its records alone, at a thousandth, up to the cap over all, in rupiah."""
    cap, total = PRICE // RUPIAH * terms["damages_cap_bp"] // 10_000, 0
    for certificate in course.certificates():
        part = course.part(certificate.milestone, certificate.part)
        due = due_of(course, certificate.milestone) + part.moved_seconds
        late = max(0, (part.submitted + 25_200) // DAY - (due + 25_200) // DAY)
        assert certificate.days == late
        base = (PRICE if terms["damages_on"] == "price" else int(part.accepted)) // RUPIAH * 10_000 // 11_100
        total += min(cap - total, base * late // 1_000)
    return total * RUPIAH


def finish(course: Course) -> None:
    """Whatever is left is delivered, seen, and certified; lines that came back are paid again, at the latest when the money of those
    that did not go out is needed."""
    if course.progress.suspended:
        assert resume(course) == ACCEPTED
    for name in ("half", "rest"):
        if course.milestone(name).waiting:
            assert course.inspect(name) == ACCEPTED
        elif int(course.milestone(name).accepted) < HALF:
            course.accept(name)
        while course.milestone(name).current:
            certify_next(course, name)
        replace_unpaid(course)


def replace_unpaid(course: Course) -> None:
    for number in range(1, course.progress.orders + 1):
        if course.order(number).lines[0].state in ("rejected", "returned"):
            assert course.replace(number) == ACCEPTED


def certify_next(course: Course, name: str) -> None:
    part = course.part(name, course.milestone(name).current[0])
    if part.state == "accepted":
        assert course.invoice(name, invoice=f"i-{course.ledger.application.info().height}") == ACCEPTED
    if course.milestone(name).doubt:
        assert course.certify(name) == "procurement.35.5", "a doubt is open"
        assert course.witness("withdraw", name) == ACCEPTED
    if not part.witnessed:
        assert course.ledger.time >= part.witness_due or course.certify(name) == "procurement.35.5", "the witness has time"
        assert course.witness("confirm", name) == ACCEPTED
    answer = course.certify(name)
    if answer == "procurement.35.7":
        replace_unpaid(course)
        answer = course.certify(name)
    assert answer == ACCEPTED


@settings(max_examples=50, deadline=None, derandomize=True)
@given(steps=STEPS, terms=TERMS, bounces=st.booleans())
def test_no_rupiah_is_paid_uninspected_doubted_twice_or_lost(
    steps: list[tuple[str, str, int]], terms: dict[str, Any], bounces: bool
) -> None:
    """Whatever is delivered, rejected, accepted in part, doubted, late, suspended, bounced and replaced, in whatever order."""
    with tempfile.TemporaryDirectory() as folder:
        threshold: dict[str, Any] = {"procurement.witness_from": str(HALF)}
        ledger = found(Path(folder), **threshold)
        course = Course.begin(ledger, terms=terms, witness=True)
        course.settle_account()
        if terms["advance_bp"]:
            assert course.advance(PRICE * terms["advance_bp"] // 10_000) == ACCEPTED
        for step, milestone, size in steps:
            is_doubted, certificates = course.milestone(milestone).doubt > 0, course.progress.certificates
            before = ledger.root
            answer = course.take(step, milestone, size)
            assert step != "too_much" or answer != ACCEPTED
            assert answer == ACCEPTED or ledger.root == before, "a refusal changes nothing"
            assert not (is_doubted and course.progress.certificates > certificates), "a doubt holds the certificate"
            course.send_out()
            if bounces and int(course.progress.recovered) and course.order(1).lines[0].state == "sent":
                assert course.report(1, "rejected") == ACCEPTED, "some of the advance comes back after some was recovered"
            check_always(course)
        finish(course)
        check_always(course)
        check_end(course, terms)
        ledger.close()


def get_certificate(delivery: Delivery, number: int) -> CertificateRecord:
    record = delivery.ledger.application.state.view.get(
        f"procurement/certificate/{CONTRACT}:certificate-{number}", CertificateRecord
    )  # fmt: skip
    assert record is not None
    return record


def get_doubt(delivery: Delivery, number: int) -> DoubtRecord:
    record = delivery.ledger.application.state.view.get(f"procurement/doubt/{CONTRACT}:half:{number}", DoubtRecord)
    assert record is not None
    return record
