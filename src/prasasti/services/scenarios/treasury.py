"""A treasury on a training ledger, step by step: payees' accounts, approvals, batches, and what its bank says of each line.

Owns the steps of whoever pays. What an order is of, and why it stands, is the contract's; an account is a commitment, as on the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from prasasti.contracts.treasury.orders import find_order, sum_lines
from prasasti.contracts.treasury.records import NET, OrderRecord
from prasasti.core.types import parse_amount, require
from prasasti.services.scenarios.order import TREASURY
from prasasti.services.scenarios.stage import Signer, Stage

APPROVERS: tuple[Signer, ...] = tuple((f"{TREASURY}-approver{number}", "treasury.approver") for number in ("", "-2"))
PAYER: Signer = (f"{TREASURY}-payer", "treasury.payer")


class Treasury:
    """Its people, and its statement's entries so far."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._entries = 0

    def register_people(self) -> None:
        """Two who approve, one who pays: nobody does both."""
        for handle, role in (*APPROVERS, PAYER):
            self.stage.register(TREASURY, handle, role, TREASURY)

    # -- accounts ---------------------------------------------------------------------------------------------------------

    def name_account(self, firm: str, account: str = "", refused: str = "") -> str:
        """A payee names the account that it is paid to; its commitment."""
        account = account or make_commitment(firm, 1)
        self.stage.act("treasury.name_account", {"account": account}, (firm, "procurement.contractor"), refused=refused)
        return account

    def verify_account(self, firm: str, account: str, refused: str = "") -> None:
        """The treasury finds that it is the payee's."""
        self.stage.act("treasury.verify_account", {"account": account, "organisation": firm}, PAYER, refused=refused)

    def settle_account(self, firm: str) -> str:
        """Named and verified; its commitment."""
        account = self.name_account(firm)
        self.verify_account(firm, account)
        return account

    # -- orders -----------------------------------------------------------------------------------------------------------

    def approve(self, *orders: str, approvers: Sequence[Signer] = APPROVERS, refused: str = "") -> None:
        """Both approve, since an account may be new."""
        total_minor = sum(sum_lines(self.find_order(order)) for order in orders)
        arguments = {"count": len(orders), "orders": sorted(orders), "sum": str(total_minor)}
        self.stage.act("treasury.approve", arguments, *approvers, refused=refused)

    def batch(self, batch: str, *orders: str, refused: str = "") -> None:
        """What one file pays; taxes are withheld at source."""
        lines = [line for order in orders for line in self.find_order(order).lines if line.code == NET]
        arguments = {"batch": batch, "orders": sorted(orders), "sum": str(sum(parse_amount(line.amount_minor) for line in lines))}
        self.stage.act("treasury.make_batch", arguments, PAYER, refused=refused)

    def send(self, batch: str, file: str = "", refused: str = "") -> None:
        """The batch goes to the bank, as a file of that SHA-256."""
        arguments = {"batch": batch, "file": file or sha256(batch.encode()).hexdigest()}
        self.stage.act("treasury.send_batch", arguments, PAYER, refused=refused)

    def put_out(self, *orders: str) -> None:
        """From the approval to the bank."""
        self.approve(*orders)
        self.batch(f"batch-{orders[0]}", *orders)
        self.send(f"batch-{orders[0]}")

    def report(self, order: str, outcome: str = "paid", line: int = 0, refused: str = "", **changes: Any) -> str:
        """What became of a line, as the bank says; the name of the statement's entry."""
        found = self.find_order(order).lines[line]
        self._entries += 1
        arguments = {
            "account": found.account, "amount": found.amount_minor, "entry": f"entry-{self._entries}", "line": line, "order": order,
            "outcome": outcome, "statement": self.stage.document(f"statement {self._entries} of the treasury's account"),
            "value_date": self.stage.ledger.now(),
        } | changes  # fmt: skip
        self.stage.act("procurement.report_payment", arguments, PAYER, refused=refused)
        return str(arguments["entry"])

    def pay(self, *orders: str) -> None:
        """From the approval to the bank's word that the payees have it."""
        self.put_out(*orders)
        for order in orders:
            self.report(order)

    def find_order(self, order: str) -> OrderRecord:
        """An order, whatever became of it."""
        return require(find_order(self.stage.ledger.state, order), order)


def make_commitment(firm: str, number: int) -> str:
    """The commitment of a firm's account, of which it has several: nobody has that account."""
    return sha256(f"a training ledger's account {number} of {firm}".encode()).hexdigest()
