"""Payment: scenarios by name, what an attacker tries, and money over any sequence of reports and replacements."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from prasasti.contracts.procurement.delivery.progress import compute_unrecovered
from prasasti.contracts.procurement.delivery.records import CertificateRecord
from prasasti.contracts.procurement.payment.records import OutsidePaymentRecord
from prasasti.contracts.treasury.orders import sum_lines, sum_settled
from prasasti.contracts.treasury.records import PAID, RAISED, REJECTED, REPLACED, RETURNED, SENT, WITHHELD
from tests.contracts.delivering import CONTRACT, PRICE, SUPPLIER
from tests.contracts.paying import ACCOUNT, APPROVERS, NEW_ACCOUNT, PAYER, Payments
from tests.contracts.procurement_change_rows import amending, debarring, ending_at_will, notifying
from tests.contracts.procurement_payment_rows import (
    ADVANCE,
    BANKS_PAYER,
    OTHER_PAYER,
    explain,
    outside,
    secure,
    sent,
    take,
)
from tests.contracts.procurement_payment_rows import (
    WITHHELD as TAXES,
)
from tests.contracts.selection import MILLION, found
from tests.core.ledger import ACCEPTED, Ledger


def begin(folder: Path, advance_bp: int = 0) -> Payments:
    delivery = Payments.begin(found(folder), terms={"advance_bp": advance_bp})
    delivery.settle_account()
    return delivery


def certificate(delivery: Payments, name: str = "certificate-1") -> CertificateRecord:
    record = delivery.ledger.application.state.view.get(f"procurement/certificate/{CONTRACT}:{name}", CertificateRecord)
    assert record is not None
    return record


# -- scenarios ----------------------------------------------------------------------------------------------------------------------------


def test_scenario_6_the_bank_bounces_the_contractors_line(tmp_path: Path) -> None:
    """Certified unchanged, the line unpaid; a second order before that 37.1; account verified, that line replaced, paid once."""
    delivery = begin(tmp_path)
    delivery.deliver("half")
    before, order = certificate(delivery), delivery.order(1)
    delivery.put_out(1)
    assert delivery.replace() == "procurement.37.1"
    assert delivery.report() == ACCEPTED
    assert delivery.replace() == "procurement.37.1"
    assert delivery.report(outcome="returned") == ACCEPTED
    assert certificate(delivery) == before
    assert delivery.progress.certified == str(PRICE // 2)
    assert [line.state for line in delivery.order(1).lines] == [RETURNED, WITHHELD, WITHHELD]
    assert delivery.sum_settled() == sum_lines(order, RAISED) - int(order.lines[0].amount_minor)
    # The account was wrong: another is named, and counts once the treasury verified it.
    assert delivery.name_account(NEW_ACCOUNT) == ACCEPTED
    assert delivery.replace(account=NEW_ACCOUNT) == "procurement.37.3"
    assert delivery.verify(NEW_ACCOUNT) == ACCEPTED
    assert delivery.replace(account=ACCOUNT) == "procurement.37.3"
    assert delivery.replace(account=NEW_ACCOUNT) == ACCEPTED
    assert delivery.replace(account=NEW_ACCOUNT) == "procurement.37.1"
    assert [line.amount_minor for line in delivery.order(2).lines] == [order.lines[0].amount_minor]
    assert delivery.report(2, account=NEW_ACCOUNT) == "procurement.36.1"
    delivery.put_out(2)
    assert delivery.report(2) == ACCEPTED
    assert delivery.report(2) == delivery.report(1) == "procurement.36.1"
    assert [line.state for line in delivery.order(1).lines] == [REPLACED, WITHHELD, WITHHELD]
    assert delivery.order(1).state == delivery.order(2).state == "settled"
    assert delivery.sum_settled() == sum_lines(order) == int(delivery.budget_line().paid_minor)
    assert certificate(delivery) == before


def test_scenario_7_a_debarred_contractor_is_paid_what_was_accepted(tmp_path: Path) -> None:
    """Running contracts go on: what was accepted is invoiced, certified and paid."""
    delivery = begin(tmp_path)
    delivery.accept("half")
    assert debarring(delivery) == ACCEPTED
    assert delivery.invoice("half") == delivery.certify("half") == ACCEPTED
    delivery.put_out(1)
    assert delivery.report() == ACCEPTED
    assert delivery.order(1).state == "settled"


def test_a_suspended_and_an_ended_contract_pay_what_they_ordered(tmp_path: Path) -> None:
    delivery = begin(tmp_path)
    delivery.deliver("half")
    assert notifying("suspend")(delivery) == ACCEPTED
    delivery.put_out(1)
    assert delivery.report(outcome="rejected") == delivery.replace() == ACCEPTED
    assert ending_at_will()(delivery) == ACCEPTED
    number = next(number + 1 for number, order in enumerate(delivery.list_orders()) if order.replaces)
    delivery.put_out(number)
    assert delivery.report(number) == ACCEPTED


def test_an_advance_is_ordered_withheld_from_and_recovered(tmp_path: Path) -> None:
    """Its order in the block in which it is taken; every certificate gives its share back; all of it is recovered at the end."""
    delivery = begin(tmp_path, 2_000)
    assert secure(delivery) == take()(delivery) == ACCEPTED
    advance = delivery.order(1)
    assert (advance.cause, sum_lines(advance)) == ("advance", ADVANCE)
    assert sum(int(line.amount_minor) for line in advance.lines[1:]) == TAXES
    assert (delivery.progress.advance, delivery.progress.advance_order) == (str(ADVANCE), "contract-1-1")
    delivery.put_out(1)
    assert delivery.report() == ACCEPTED
    delivery.deliver("half")
    assert certificate(delivery).recovery == str(ADVANCE // 2)
    delivery.deliver("rest")
    assert delivery.progress.recovered == str(ADVANCE)


def give_back_advance(delivery: Payments) -> None:
    """An advance is paid and comes back; half of the price is certified all the same."""
    assert secure(delivery) == take()(delivery) == ACCEPTED
    delivery.put_out(1)
    assert delivery.report(1) == delivery.report(1, "returned") == ACCEPTED
    delivery.deliver("half")


def test_an_advance_that_came_back_keeps_nothing_from_being_certified_and_paid(tmp_path: Path) -> None:
    """Its money waits for it: it is paid again while that is possible, and then all of the price is certified and ordered."""
    delivery = begin(tmp_path, 2_000)
    give_back_advance(delivery)
    delivery.accept("rest", "part", accepted=str(95 * MILLION))
    assert delivery.invoice("rest") == ACCEPTED
    assert delivery.certify("rest") == "procurement.35.7"
    assert delivery.replace(1) == delivery.certify("rest") == ACCEPTED
    delivery.deliver("rest")
    assert (delivery.progress.certified, delivery.progress.recovered) == (str(PRICE), str(ADVANCE))
    ordered = sum(sum_lines(order) - sum_lines(order, REPLACED) for order in delivery.list_orders())
    assert ordered == PRICE - int(delivery.progress.retained)


def test_a_price_does_not_fall_below_an_advance_that_can_be_paid_again(tmp_path: Path) -> None:
    delivery = begin(tmp_path, 2_000)
    give_back_advance(delivery)
    assert amending(-90 * MILLION)(delivery) == "procurement.31.5"
    assert amending(-87 * MILLION)(delivery) == delivery.replace(1) == ACCEPTED
    delivery.deliver("rest")
    assert (delivery.progress.certified, delivery.progress.recovered) == (str(193 * MILLION), str(ADVANCE))


def test_a_payment_made_outside_is_counted_apart(tmp_path: Path) -> None:
    """It is nothing that was certified, ordered or paid of the budget; it stays, explained or not."""
    delivery = begin(tmp_path)
    budget = delivery.budget_line()
    assert outside(entry="entry-9")(delivery) == ACCEPTED
    assert (delivery.progress.outside, delivery.progress.unexplained) == (str(MILLION), 1)
    assert explain(entry="entry-9")(delivery) == ACCEPTED
    assert (delivery.progress.outside, delivery.progress.unexplained) == (str(MILLION), 0)
    record = delivery.ledger.application.state.view.get(f"procurement/outside/{CONTRACT}:payment-1", OutsidePaymentRecord)
    assert record is not None
    assert (record.payee, record.explained) == (SUPPLIER, delivery.ledger.time)
    assert [person.handle for person in record.explained_by] == ["officer", "payer"]
    assert (delivery.budget_line(), delivery.progress.certified, delivery.progress.orders) == (budget, "0", 0)


# -- attacks ------------------------------------------------------------------------------------------------------------------------------


def test_a_report_for_another_order_settles_nothing(tmp_path: Path) -> None:
    """Two orders of one payee and one account: only what was sent, in its own amount, is paid."""
    delivery = begin(tmp_path)
    delivery.deliver("half")
    delivery.deliver("rest", "part", accepted=str(PRICE // 4))
    delivery.put_out(1)
    other = delivery.order(2).lines[0].amount_minor
    assert delivery.report(2, account=ACCOUNT) == "procurement.36.1"
    assert delivery.report(2, "rejected", account=ACCOUNT) == "procurement.36.1"
    assert delivery.report(1, amount=other) == "procurement.36.1"
    assert [line.state for order in delivery.list_orders() for line in order.lines] == [SENT, RAISED, RAISED, RAISED, RAISED, RAISED]


def test_an_account_that_changes_before_payday_needs_two_approvers_again(tmp_path: Path) -> None:
    """I9: what was approved goes to the account that was approved, or back to two people."""
    delivery = begin(tmp_path)
    delivery.deliver("half")
    assert delivery.approve() == delivery.batch() == ACCEPTED
    assert delivery.name_account(NEW_ACCOUNT) == ACCEPTED
    assert delivery.send() == "treasury.10.2"
    assert delivery.report(account=NEW_ACCOUNT) == "procurement.36.1"
    assert delivery.verify(NEW_ACCOUNT) == ACCEPTED
    again = {"count": 1, "orders": [f"{CONTRACT}-1"], "sum": str(sum_lines(delivery.order(1)))}
    assert delivery.do("treasury.approve", again, APPROVERS[0]) == "treasury.06.4"
    assert delivery.approve() == delivery.send() == ACCEPTED
    assert delivery.report(account=ACCOUNT) == "procurement.36.1"
    assert delivery.report(account=NEW_ACCOUNT) == ACCEPTED


def test_nobody_pays_but_the_treasury_that_sends(tmp_path: Path) -> None:
    delivery = sent(found(tmp_path))
    for payer in (OTHER_PAYER, BANKS_PAYER):
        assert delivery.report(by=payer) == "procurement.00.1"
        assert outside(by=(payer,))(delivery) == "procurement.00.1"
    assert delivery.report(by=PAYER) == ACCEPTED


def test_an_order_that_replaces_another_keeps_apart_who_raised_and_approved_both(tmp_path: Path) -> None:
    """The signers of 37 are among those who brought the order about."""
    delivery = sent(found(tmp_path))
    assert delivery.report(outcome="rejected") == delivery.replace() == ACCEPTED
    raised_by = [(person.organisation, person.handle) for person in delivery.order(2).raised_by]
    assert raised_by == [(SUPPLIER, "director"), ("agency-1", "officer")]


# -- money over any sequence --------------------------------------------------------------------------------------------------------------

STEPS = ("put_out", "paid", "rejected", "returned", "replace", "receipt", "deliver")
# The state of an order's first line in which a step is one that the ledger takes.
FIT = {"paid": (SENT,), "put_out": (RAISED,), "receipt": (PAID,), "rejected": (SENT,), "replace": (REJECTED, RETURNED), "returned": (PAID,)}


def act(delivery: Payments, what: str, number: int, is_aimed: bool) -> None:
    """One step, whatever the ledger answers to it: at an order that it fits, if any, or at any."""
    if what == "deliver":
        name = ("half", "rest")[number % 2]
        if delivery.evidence(name) == delivery.inspect(name) == delivery.invoice(name) == ACCEPTED:
            delivery.certify(name)
        return
    orders = delivery.list_orders()
    fit = [each + 1 for each, order in enumerate(orders) if order.lines[0].state in FIT[what]] if is_aimed else []
    known = fit or list(range(1, len(orders) + 1))
    order = known[number % len(known)]
    if what == "put_out":
        if delivery.approve(order) == delivery.batch(order) == ACCEPTED:
            delivery.send(order)
    elif what == "replace":
        delivery.replace(order)
    elif what == "receipt":
        delivery.report(order, line=1, ntpn="NTPN-1")
    else:
        delivery.report(order, what)


def judge(delivery: Payments) -> None:
    """No line is paid twice, one live order a certificate, what is paid is not above the order, nor above what is certified and out."""
    orders, progress = delivery.list_orders(), delivery.progress
    for cause in dict.fromkeys(order.cause for order in orders):
        chain = [order for order in orders if order.cause == cause]
        net = [order.lines[0] for order in chain]
        assert len({line.amount_minor for line in net}) == 1
        assert sum(line.state != REPLACED for line in net) == 1, "one live order"
        assert sum(line.state == PAID for line in net) <= 1, "paid once"
        assert sum(map(sum_settled, chain)) <= sum_lines(chain[0]), "not above the order"
        assert [order.replaces for order in chain] == ["", *(order.order for order in chain[:-1])]
    settled_minor, line = delivery.sum_settled(), delivery.budget_line()
    assert settled_minor == int(line.paid_minor) <= int(line.committed_minor)
    assert settled_minor == sum(int(year.paid_minor) for order in orders for year in order.years)
    unrecovered_minor = compute_unrecovered(delivery.ledger.application.state.view, progress)
    # What comes back of an advance after it was recovered is owed to the contractor: it is paid with the next order, or by 37.
    assert settled_minor <= int(progress.certified) + unrecovered_minor
    assert int(progress.certified) + unrecovered_minor <= PRICE


@seed(36)
@settings(max_examples=20, deadline=None, database=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 7), st.sampled_from([True, True, True, False])), min_size=12, max_size=24))
def test_whatever_is_reported_and_replaced_nothing_is_paid_twice(acts: list[tuple[str, int, bool]]) -> None:
    with TemporaryDirectory() as folder:
        ledger: Ledger = found(Path(folder))
        delivery = Payments.begin(ledger, terms={"advance_bp": 2_000})
        delivery.settle_account()
        assert secure(delivery) == take()(delivery) == ACCEPTED
        delivery.put_out(1)
        for each in acts:
            act(delivery, *each)
            judge(delivery)
        ledger.close()
