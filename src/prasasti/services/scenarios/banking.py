"""A treasury that pays through a bank: payment files out, status reports and statements in, as messages of its payer.

Owns the folder beside the ledger that holds what is nobody else's: numbers of accounts, payment files, what the bank sent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.contracts.treasury.orders import compute_reference
from prasasti.services.paying.accounts import FILE_NAME, Accounts, KeptAccount, keep_account, make_account, read_accounts
from prasasti.services.paying.outbox import hand_over, prepare
from prasasti.services.paying.reconciling import Reader, plan_file
from prasasti.services.scenarios.order import TREASURY
from prasasti.services.scenarios.stage import Stage
from prasasti.services.scenarios.treasury import PAYER, Treasury

STATUS_REPORT, STATEMENT = "pain.002", "camt.053"
# A week: whatever the day, a bank has had working days enough.
DAYS_TO_PAY, DAYS_TO_RETURN = 7, 2


class Bank(Protocol):
    """A bank that takes files at an address, and whose clock somebody moves."""

    payments_address: str

    def behave(self, behaviour: str = "accept", **changes: object) -> None:
        """How it runs the treasury's account from now on."""

    def pass_days(self, days: int) -> None:
        """Its clock moves on."""

    def take(self, kind: str) -> list[bytes]:
        """What it has for the treasury, each given once."""


class BankedTreasury(Treasury):
    """A treasury with an account at a bank. The bank's clock is a day behind the ledger's, and moves with it from here on."""

    def __init__(self, stage: Stage, bank: Bank, folder: Path, own: KeptAccount) -> None:
        super().__init__(stage)
        self.bank, self.folder = bank, folder
        (folder / "received").mkdir(parents=True)
        keep_account(folder / FILE_NAME, own)
        self._received = 0

    @property
    def accounts(self) -> Accounts:
        """Numbers, for the treasury alone."""
        return read_accounts(self.folder / FILE_NAME)

    def settle_number(self, firm: str, number: str, bank: str) -> str:
        """A payee names the account of a number, hands the treasury the number, and it verifies that; its commitment."""
        kept = make_account(firm, number, bank)
        self.name_account(firm, kept.commitment)
        keep_account(self.folder / FILE_NAME, kept)
        self.verify_account(firm, kept.commitment)
        return kept.commitment

    def send(self, batch: str, file: str = "", refused: str = "") -> None:
        """The file is written, its hash recorded, the bank given the file, its status report read."""
        outbox = self.folder / "outbox"
        prepared = prepare(self.stage.ledger.state, self.accounts, batch, outbox, self.stage.ledger.now())
        super().send(batch, prepared.digest, refused)
        hand_over(self.stage.ledger.state, batch, outbox, self.bank.payments_address)
        self.take(STATUS_REPORT)

    def pay(self, *orders: str) -> None:
        """From the approval to the statement that shows it."""
        self.put_out(*orders)
        self.pass_days(DAYS_TO_PAY)

    def pay_in_vain(self, order: str) -> None:
        """As ``pay``, but the bank gives the payee's line back some days later."""
        returned = {"days": DAYS_TO_RETURN, "end_to_end_id": compute_reference(order, 0)}
        self.bank.behave("return-later", parameters=returned)
        self.put_out(order)
        self.pass_days(DAYS_TO_PAY + DAYS_TO_RETURN)
        self.bank.behave()

    def pass_days(self, days: int) -> None:
        """Days pass here and at the bank, whose statements are read."""
        self.pass_until(self.stage.ledger.now() + days * DAY_SECONDS)

    def pass_until(self, time: int) -> None:
        """As ``pass_days``, to a time; at the bank whole days pass, so that it is never ahead."""
        days = (time - self.stage.ledger.now()) // DAY_SECONDS
        self.stage.pass_until(time)
        if days > 0:
            self.bank.pass_days(days)
            self.take(STATEMENT)

    def take(self, kind: str) -> None:
        """What the bank sent is read and told to the ledger by the payer; what tells something, which most days' statements do not, is
        kept."""
        for data in self.bank.take(kind):
            reader = Reader(self.stage.ledger.state, TREASURY, self.accounts, self.stage.ledger.now())
            messages = plan_file(reader, data).messages
            if messages or kind == STATUS_REPORT:
                self._received += 1
                (self.folder / "received" / f"{self._received:02}-{kind}.xml").write_bytes(data)
            for planned in messages:
                document = self.stage.store(planned.document, planned.media_type)
                self.stage.act(planned.action, {**planned.arguments, planned.field: document}, PAYER)
