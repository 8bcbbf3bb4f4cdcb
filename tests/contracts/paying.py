"""What a treasury does with the orders of a contract, as plays: from the payee's account to what became of each line."""

from __future__ import annotations

from typing import Any

from prasasti.contracts.treasury.orders import sum_lines, sum_settled
from prasasti.contracts.treasury.records import BudgetLineRecord, OrderRecord
from tests.contracts.delivering import CONTRACT, CONTRACTOR, SUPPLIER, Delivery
from tests.contracts.selection import OFFICER
from tests.core.ledger import ACCEPTED, Signer

PAYER: Signer = ("treasury-1/payer", "treasury.payer")
APPROVERS: tuple[Signer, ...] = (("treasury-1/approver", "treasury.approver"), ("treasury-1/approver-2", "treasury.approver"))
ACCOUNT, NEW_ACCOUNT = "c1" * 32, "c2" * 32
STATEMENT = {"media_type": "application/xml", "sha256": "a5" * 32, "size": 4_000}
# Where the account of a tax's line stands, which nobody approved, any does.
STATE_ACCOUNT = "c9" * 32


class Payments(Delivery):
    """A contract and the orders that it raises, ``contract-1-1`` and so on."""

    entries = 0

    def name_account(self, account: str = ACCOUNT, by: Signer = CONTRACTOR) -> str:
        return self.do("treasury.name_account", {"account": account}, by)

    def verify(self, account: str = ACCOUNT, organisation: str = SUPPLIER) -> str:
        return self.do("treasury.verify_account", {"account": account, "organisation": organisation}, PAYER)

    def approve(self, order: int = 1) -> str:
        """By two, since the account may be new."""
        total = sum_lines(self.order(order))
        return self.do("treasury.approve", {"count": 1, "orders": [f"{CONTRACT}-{order}"], "sum": str(total)}, *APPROVERS)

    def batch(self, order: int = 1) -> str:
        net = self.order(order).lines[0].amount_minor
        return self.do("treasury.make_batch", {"batch": f"batch-{order}", "orders": [f"{CONTRACT}-{order}"], "sum": net}, PAYER)

    def send(self, order: int = 1) -> str:
        return self.do("treasury.send_batch", {"batch": f"batch-{order}", "file": "f1" * 32}, PAYER)

    def settle_account(self, account: str = ACCOUNT) -> None:
        """The payee's account, named and verified."""
        assert self.name_account(account) == self.verify(account) == ACCEPTED

    def put_out(self, order: int = 1) -> None:
        """From the approval to the bank."""
        assert self.approve(order) == self.batch(order) == self.send(order) == ACCEPTED

    def report(self, order: int = 1, outcome: str = "paid", line: int = 0, by: Signer = PAYER, **changes: Any) -> str:
        """A new entry of the treasury's statement about a line, of its amount and the account that it was approved for."""
        self.entries += 1
        known = self.find_order(f"{CONTRACT}-{order}")
        found = known.lines[line] if known is not None and line < len(known.lines) else None
        arguments = {
            "account": (found.account if found is not None else "") or STATE_ACCOUNT,
            "amount": found.amount_minor if found is not None else "1",
            "entry": f"entry-{self.entries}", "line": line, "order": f"{CONTRACT}-{order}", "outcome": outcome, "statement": STATEMENT,
            "value_date": self.ledger.time,
        } | changes  # fmt: skip
        return self.do("procurement.report_payment", arguments, by)

    def replace(self, order: int = 1, lines: tuple[int, ...] = (0,), by: tuple[Signer, ...] = (OFFICER, CONTRACTOR), **changes: Any) -> str:
        arguments = {"account": ACCOUNT, "lines": list(lines), "order": f"{CONTRACT}-{order}"} | changes
        return self.do("procurement.replace_order", arguments, *by)

    def find_order(self, order: str) -> OrderRecord | None:
        return self.ledger.application.state.view.get(f"treasury/order/{order}", OrderRecord)

    def list_orders(self) -> list[OrderRecord]:
        """The orders of the contract, the first one first."""
        return [self.order(number + 1) for number in range(self.progress.orders)]

    def sum_settled(self) -> int:
        """Paid and withheld in all, minor units."""
        return sum(map(sum_settled, self.list_orders()))

    def budget_line(self, line: str = "2026-parks") -> BudgetLineRecord:
        record = self.ledger.application.state.view.get(f"treasury/line/{line}", BudgetLineRecord)
        assert record is not None
        return record
