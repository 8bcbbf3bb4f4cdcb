"""A contract of two delivered milestones whose orders a treasury pays, with numbers of accounts in its file and an outbox."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from prasasti.contracts.treasury.orders import compute_reference, sum_lines
from prasasti.contracts.treasury.records import ItemRecord, OrderRecord
from prasasti.core.contract import View
from prasasti.core.types import parse_amount
from prasasti.services.paying.accounts import Accounts, make_account
from prasasti.services.paying.outbox import PaymentFile, hand_over, prepare
from prasasti.services.paying.planning import Plan
from prasasti.services.paying.reconciling import Reader, plan_file
from tests.contracts.delivering import CONTRACT, SUPPLIER
from tests.contracts.paying import APPROVERS, PAYER, Payments
from tests.contracts.selection import DAY, found
from tests.core.ledger import ACCEPTED
from tests.integrations.iso20022.mock_bank import BIC, IBAN

NUMBER = "123-4567-890"
BATCH = "batch-1"
ORDERS = (f"{CONTRACT}-1", f"{CONTRACT}-2")


class Paid:
    """The ledger, and the treasury's desk beside it."""

    def __init__(self, folder: Path) -> None:
        self.own, self.payee = make_account("treasury-1", IBAN, BIC), make_account(SUPPLIER, NUMBER, "BMRIIDJA")
        self.accounts = Accounts([self.own, self.payee])
        self.outbox = folder / "outbox"
        self.payments = Payments.begin(found(folder))
        self.payments.settle_account(self.payee.commitment)
        self.payments.deliver("half")
        self.payments.deliver("rest")

    @property
    def view(self) -> View:
        return self.payments.ledger.application.state.view

    @property
    def reader(self) -> Reader:
        return Reader(self.view, "treasury-1", self.accounts, self.payments.ledger.time)

    def order(self, order: str) -> OrderRecord:
        record = self.view.get(f"treasury/order/{order}", OrderRecord)
        assert record is not None
        return record

    def item(self, number: int) -> ItemRecord | None:
        return self.view.get(f"treasury/item/treasury-1-{number}", ItemRecord)

    def states(self) -> list[str]:
        """Of the lines to the payee."""
        return [self.order(order).lines[0].state for order in ORDERS]

    def net(self, order: str) -> int:
        return parse_amount(self.order(order).lines[0].amount_minor)

    def references(self) -> list[str]:
        return [compute_reference(order, 0) for order in ORDERS]

    def make_batch(self) -> None:
        """Both orders approved and in one batch."""
        total = sum(sum_lines(self.order(order)) for order in ORDERS)
        arguments: dict[str, Any] = {"count": 2, "orders": list(ORDERS), "sum": str(total)}
        assert self.payments.do("treasury.approve", arguments, *APPROVERS) == ACCEPTED
        net = sum(map(self.net, ORDERS))
        assert self.payments.do("treasury.make_batch", {"batch": BATCH, "orders": list(ORDERS), "sum": str(net)}, PAYER) == ACCEPTED

    def prepare(self) -> PaymentFile:
        return prepare(self.view, self.accounts, BATCH, self.outbox, self.payments.ledger.time)

    def record_sent(self, file: PaymentFile) -> str:
        return self.payments.do("treasury.send_batch", {"batch": BATCH, "file": file.digest}, PAYER)

    def send(self, bank: str) -> PaymentFile:
        """Every step."""
        self.make_batch()
        assert self.record_sent(self.prepare()) == ACCEPTED
        return hand_over(self.view, BATCH, self.outbox, bank)

    def pass_days(self, days: int) -> None:
        self.payments.wait_until(self.payments.ledger.time + days * DAY)

    def plan(self, data: bytes) -> Plan:
        return plan_file(self.reader, data)

    def record(self, plan: Plan) -> list[str]:
        """What the ledger answers to each message of a plan."""
        answers = []
        for planned in plan.messages:
            document = {
                "media_type": planned.media_type, "sha256": sha256(planned.document).hexdigest(), "size": len(planned.document),
            }  # fmt: skip
            answers.append(self.payments.do(planned.action, {**planned.arguments, planned.field: document}, PAYER))
        return answers

    def take(self, *files: bytes) -> None:
        """Files that a bank gave, each recorded whole."""
        for data in files:
            plan = self.plan(data)
            assert self.record(plan) == [ACCEPTED] * len(plan.messages)

    def list_published(self) -> bytes:
        """Everything that the ledger keeps, in one piece."""
        return b"\n".join(key.encode() + b" " + value for key, value in sorted(self.payments.ledger.records().items()))
