"""Scenarios of the lifecycle's second half, each as a play of a contract: section 7, numbers 4 to 7 and 14, and some that it does not
number.

Owns which acts follow one another, which refusals are expected among them, and how each contract ends.
"""

from __future__ import annotations

from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.core.types import parse_amount
from prasasti.services.rehearsing import RehearsalProblem
from prasasti.services.scenarios.fulfilment import Fulfilment
from prasasti.services.scenarios.order import FIRMS, MILLION
from prasasti.services.scenarios.purchase import Purchase
from prasasti.services.scenarios.treasury import PAYER, Treasury, make_commitment

WINNER = FIRMS[2]
DAYS_TO_DELIVER, DAYS_TO_INSPECT = 30, 5


def play_amendments(purchase: Purchase) -> None:
    """4: of a price of 1,000 mn, +60, −20 and +55 stand, +6 is above a cap of a tenth; by an exception it stands."""
    fulfilment = _amend(purchase)
    fulfilment.amend(6, "amendment-4", refused="procurement.31.2")
    fulfilment.amend(6, "amendment-4", exception="price_adjustment")
    purchase.end("decided", winner=WINNER, contract="active")


def play_amendments_generic(purchase: Purchase) -> None:
    """4: where the cap is 15 %, +6 stands as well."""
    _amend(purchase).amend(6, "amendment-4")
    purchase.end("decided", winner=WINNER, contract="active")


def play_rejected_twice(purchase: Purchase) -> None:
    """5: evidence is rejected twice, three fifths of the third are accepted, invoiced, certified, paid; the rest is shown later.

    The days that the inspector takes cost the contractor nothing.
    """
    fulfilment, treasury = _begin(purchase)
    purchase.pass_days(DAYS_TO_DELIVER)
    for _ in range(2):
        fulfilment.submit()
        fulfilment.submit(refused="procurement.33.1")
        purchase.pass_days(DAYS_TO_INSPECT)
        fulfilment.inspect(outcome="reject")
    fulfilment.submit()
    purchase.pass_days(3 * DAYS_TO_INSPECT)
    half_minor = parse_amount(fulfilment.agreement.price) // 2
    fulfilment.inspect(outcome="part", accepted=str(half_minor * 3 // 5))
    fulfilment.certify(refused="procurement.35.2")
    fulfilment.invoice(gross=str(half_minor), refused="procurement.53.2")
    fulfilment.invoice()
    order = fulfilment.certify()
    if parse_amount(fulfilment.progress.damages):
        raise RehearsalProblem("the inspector's days cost the contractor something")
    treasury.pay(order)
    fulfilment.submit()
    fulfilment.inspect()
    fulfilment.invoice()
    treasury.pay(fulfilment.certify())
    purchase.end("decided", winner=WINNER, contract="active")


def play_bounced_payment(purchase: Purchase) -> None:
    """6: the bank gives the contractor's line back: certified stays certified, that line is paid once, to an account that is verified."""
    fulfilment, treasury = _begin(purchase)
    purchase.pass_days(DAYS_TO_DELIVER)
    order = fulfilment.deliver()
    certified = fulfilment.progress.certified
    account = make_commitment(WINNER, 2)
    treasury.put_out(order)
    fulfilment.replace(order, account, refused="procurement.37.1")
    treasury.report(order)
    purchase.pass_days(2)
    treasury.report(order, "returned")
    fulfilment.replace(order, account, refused="procurement.37.3")
    treasury.name_account(WINNER, account)
    fulfilment.replace(order, account, refused="procurement.37.3")
    treasury.verify_account(WINNER, account)
    replaced = fulfilment.replace(order, account)
    fulfilment.replace(order, account, refused="procurement.37.1")
    treasury.put_out(replaced)
    entry = treasury.report(replaced)
    treasury.report(replaced, entry=entry, refused="procurement.36.1")
    if fulfilment.progress.certified != certified:
        raise RehearsalProblem("what the bank gave back is certified still")
    purchase.end("decided", winner=WINNER, contract="active")


def play_debarred_contractor(purchase: Purchase) -> None:
    """7: the contractor is debarred: what was accepted is certified and paid, its price does not rise any more."""
    fulfilment, treasury = _begin(purchase)
    purchase.pass_days(DAYS_TO_DELIVER)
    fulfilment.submit()
    fulfilment.inspect()
    purchase.guarantee(fulfilment.contract, "guarantee-risen", amount_minor=20 * MILLION)
    purchase.debar(WINNER)
    fulfilment.amend(1, "amendment-1", refused="procurement.31.6")
    fulfilment.invoice()
    treasury.pay(fulfilment.certify())
    purchase.end("decided", winner=WINNER, contract="active")


def play_terminated(purchase: Purchase) -> None:
    """14: ended with work that was accepted and not certified: it is certified and paid, the rest of the commitment is free."""
    fulfilment, treasury = _begin(purchase)
    purchase.pass_days(DAYS_TO_DELIVER)
    fulfilment.submit()
    fulfilment.inspect()
    fulfilment.terminate("default", refused="procurement.39.2")
    fulfilment.terminate("convenience")
    fulfilment.submit("second", refused="procurement.00.2")
    fulfilment.invoice()
    order = fulfilment.certify()
    # With the last certificate the retention goes back, as the order after it.
    treasury.pay(*(f"{fulfilment.contract}-{number}" for number in (1, 2)))
    if fulfilment.progress.orders != 2 or order != f"{fulfilment.contract}-2":
        raise RehearsalProblem("the certificate is paid, and what was retained, and nothing else")
    purchase.end("decided", winner=WINNER, contract="ended")


def play_doubt_lifted(purchase: Purchase) -> None:
    """A citizen doubts what the inspector accepted: nobody certifies it until an authority and an auditor lift the doubt."""
    fulfilment, treasury = _begin(purchase)
    purchase.pass_days(DAYS_TO_DELIVER)
    fulfilment.submit()
    fulfilment.inspect()
    fulfilment.invoice()
    fulfilment.certify(refused="procurement.35.5")
    fulfilment.witness("doubt")
    purchase.pass_days(30)
    fulfilment.certify(refused="procurement.35.5")
    fulfilment.lift_doubt()
    treasury.pay(fulfilment.certify())
    purchase.end("decided", winner=WINNER, contract="active")


def play_silent_witness(purchase: Purchase) -> None:
    """A witness says nothing: its silence is shown when its time is over, and blocks nothing any more."""
    fulfilment, treasury = _begin(purchase)
    purchase.pass_days(DAYS_TO_DELIVER)
    fulfilment.submit()
    fulfilment.inspect()
    fulfilment.invoice()
    fulfilment.certify(refused="procurement.35.5")
    purchase.pass_days(30)
    fulfilment.witness("doubt", refused="procurement.00.4")
    treasury.pay(fulfilment.certify())
    purchase.end("decided", winner=WINNER, contract="active")


def play_late_delivery(purchase: Purchase) -> None:
    """Five days after a due date that a suspension of five days moved: damages for five are kept back."""
    fulfilment, treasury = _begin(purchase)
    purchase.pass_days(DAYS_TO_DELIVER)
    fulfilment.notify("suspend", "weather")
    fulfilment.submit(refused="procurement.00.3")
    purchase.pass_days(5)
    fulfilment.notify("resume", "settled")
    purchase.pass_until(fulfilment.find_due() + 5 * DAY_SECONDS)
    order = fulfilment.deliver()
    if not parse_amount(fulfilment.progress.damages_taken):
        raise RehearsalProblem("what came late costs damages")
    treasury.pay(order)
    purchase.end("decided", winner=WINNER, contract="active")


def play_paid_outside(purchase: Purchase) -> None:
    """A payment that no order asked for stands in the statement: it is recorded, counted apart, and shown until it is explained."""
    fulfilment, _ = _begin(purchase)
    fulfilment.record_outside("payment-1", MILLION, PAYER)
    fulfilment.record_outside("payment-1", MILLION, PAYER, refused="procurement.00.2")
    if fulfilment.progress.unexplained != 1:
        raise RehearsalProblem("a payment made outside is open until it is explained")
    purchase.pass_days(3)
    fulfilment.record_outside("payment-1", MILLION, PAYER, "explain")
    purchase.end("decided", winner=WINNER, contract="active")


def _begin(purchase: Purchase, *millions: int) -> tuple[Fulfilment, Treasury]:
    """A signed contract, and a treasury that verified the contractor's account."""
    fulfilment = Fulfilment(purchase, purchase.to_contract(*millions))
    treasury = Treasury(purchase)
    treasury.register_people()
    treasury.settle_account(WINNER)
    return fulfilment, treasury


def _amend(purchase: Purchase) -> Fulfilment:
    """A contract for 1,000 mn, guaranteed for what is to come, with three amendments."""
    fulfilment, _ = _begin(purchase, 1_050, 1_020, 1_000)
    purchase.guarantee(fulfilment.contract, "guarantee-risen", amount_minor=60 * MILLION)
    for number, millions in enumerate((60, -20, 55), 1):
        fulfilment.amend(millions, f"amendment-{number}")
    return fulfilment
