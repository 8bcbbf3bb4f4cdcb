"""Two contracts on a training ledger, from the signatures to the last rupiah: the park benches are delivered and paid.

Owns the order of the steps and the figures of the story; the steps are ``scenarios.fulfilment``'s and ``scenarios.banking``'s. Of one
lot nothing goes smoothly, of the other everything does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prasasti.contracts.treasury.orders import find_order, sum_lines
from prasasti.contracts.treasury.records import PAID, WITHHELD
from prasasti.core.types import parse_amount
from prasasti.services.buying_benches import Tell
from prasasti.services.paying.accounts import KeptAccount
from prasasti.services.scenarios.banking import Bank, BankedTreasury
from prasasti.services.scenarios.fulfilment import Fulfilment
from prasasti.services.scenarios.order import MILLION
from prasasti.services.scenarios.purchase import Purchase

# The contractor's account, and the one that it names when the bank knows the first no more: made-up numbers, on no record.
NUMBERS = ("1370004455667", "1370009988776")
PAYEES_BANK = "BMRIIDJA"
RISE_MILLIONS, MORE_DAYS = 12, 10
REPORT = "report-1"


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a contract ended, amounts in minor units; ``orders`` all that it raised, ``withheld`` of them at source, as taxes."""

    contract: str
    state: str
    price_minor: int
    orders: int
    paid_minor: int
    withheld_minor: int


def deliver_benches(
    purchase: Purchase, contracts: Sequence[str], bank: Bank, folder: Path, own: KeptAccount,
    tell: Tell = lambda step, done, total: None,
) -> list[Delivered]:  # fmt: skip
    """Both contracts to their end, paid by ``bank`` from the treasury's ``own`` account; ``folder`` keeps what the treasury has for
    itself. ``tell`` hears each step's name before it begins, and how many there are."""
    story = _Story(purchase, contracts, BankedTreasury(purchase, bank, folder, own))
    steps: list[tuple[str, Callable[[], None]]] = [
        ("treasury", story.settle_account),
        ("amendment", story.amend),
        ("report", story.take_in_report),
        ("smooth", story.deliver_other),
        ("rejection", story.reject),
        ("doubt", story.doubt),
        ("certificate", story.certify),
        ("bounce", story.bounce),
        ("answer", story.answer_report),
        ("second", story.deliver_second),
        ("handover", story.hand_over),
        ("acceptance", story.accept),
    ]
    for done, (name, run) in enumerate(steps):
        tell(name, done, len(steps))
        run()
    tell("", len(steps), len(steps))
    return [_sum_up(each) for each in (story.hard, story.smooth)]


class _Story:
    """Steps of the contract of which nothing goes smoothly, and of the other."""

    def __init__(self, purchase: Purchase, contracts: Sequence[str], treasury: BankedTreasury) -> None:
        self.purchase, self.treasury = purchase, treasury
        self.hard, self.smooth = (Fulfilment(purchase, contract) for contract in contracts)
        self._order = ""

    def settle_account(self) -> None:
        """The treasury's people have their keys; the contractor's account is named, and verified."""
        self.treasury.register_people()
        self.treasury.settle_number(self.hard.supplier, NUMBERS[0], PAYEES_BANK)

    def amend(self) -> None:
        """More benches, and more time for them; the bank answers for that before."""
        self.treasury.pass_days(5)
        risen_minor = (parse_amount(self.hard.agreement.price) + RISE_MILLIONS * MILLION) // 20
        self.purchase.guarantee(self.hard.contract, f"guarantee-{self.hard.contract}-2", amount_minor=risen_minor)
        self.hard.amend(RISE_MILLIONS, "amendment-1", days=MORE_DAYS)

    def take_in_report(self) -> None:
        """Somebody tells the citizens' desk what they saw; the desk knows no name."""
        self.treasury.pass_days(5)
        self.hard.report(REPORT, "The path beside the new benches is blocked by building waste.")

    def deliver_other(self) -> None:
        """The other lot: delivered, accepted, certified, paid, twice, in one batch."""
        self.treasury.pay(self.smooth.deliver("first"), self.smooth.deliver("second"))

    def reject(self) -> None:
        """The inspector rejects what is shown, and accepts what is shown next."""
        self.treasury.pass_days(10)
        self.hard.submit()
        self.treasury.pass_days(2)
        self.hard.inspect(outcome="reject", reason="damaged")
        self.treasury.pass_days(5)
        self.hard.submit()
        self.hard.inspect()

    def doubt(self) -> None:
        """The second witness doubts what the inspector accepted: it cannot be certified until the witness is convinced."""
        self.hard.witness("doubt")
        self.hard.invoice()
        self.hard.certify(refused="procurement.35.5")
        self.treasury.pass_days(2)
        self.hard.witness("withdraw")
        self.hard.witness("confirm")

    def certify(self) -> None:
        """The certificate, and in the same block the order, taxes withheld."""
        self._order = self.hard.certify()

    def bounce(self) -> None:
        """The bank gives the payment back; it is paid again, once, to an account that was verified."""
        self.treasury.pay_in_vain(self._order)
        account = self.treasury.settle_number(self.hard.supplier, NUMBERS[1], PAYEES_BANK)
        self.treasury.pay(self.hard.replace(self._order, account))

    def answer_report(self) -> None:
        """The officer answers the report, too late."""
        self.hard.answer(REPORT, "The waste was taken away on the day after the report.")

    def deliver_second(self) -> None:
        """The second milestone; the witness confirms it."""
        self.hard.submit("second")
        self.hard.inspect("second")
        self.hard.witness("confirm", "second")
        self.hard.invoice("second")
        self.treasury.pay(self.hard.certify("second"))

    def hand_over(self) -> None:
        """All is met; the defects period begins."""
        self.hard.hand_over()

    def accept(self) -> None:
        """The defects period over, it is accepted for good, and what was retained goes back."""
        self.treasury.pass_until(self.hard.progress.defects_until)
        self.treasury.pay(self.hard.hand_over("accept"))


def _sum_up(fulfilment: Fulfilment) -> Delivered:
    agreement, state = fulfilment.agreement, fulfilment.purchase.ledger.state
    names = [f"{agreement.contract}-{number + 1}" for number in range(fulfilment.progress.orders)]
    orders = [order for name in names if (order := find_order(state, name)) is not None]
    return Delivered(
        contract=agreement.contract, state=agreement.state, price_minor=parse_amount(agreement.price), orders=len(orders),
        paid_minor=sum(sum_lines(order, PAID) for order in orders), withheld_minor=sum(sum_lines(order, WITHHELD) for order in orders),
    )  # fmt: skip


__all__ = ["NUMBERS", "Delivered", "deliver_benches"]
