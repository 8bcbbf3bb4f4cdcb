"""A treasury's work by commands, from the payee's account to the bank's statement, beside an independent bank."""

from __future__ import annotations

import json
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from msgspec import to_builtins

from prasasti import bootstrap
from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.delivery.due import compute_part_due
from prasasti.contracts.procurement.delivery.progress import find_current, find_milestone
from prasasti.contracts.procurement.delivery.taxes import compute_taxes, sum_taxes
from prasasti.contracts.treasury.records import BatchRecord, ItemRecord, OrderRecord
from prasasti.core.types import require
from tests.cli.conftest import Run, read_json
from tests.cli.desk import PDF, Desk, draft, open_all, propose, publish
from tests.contracts.delivering import present
from tests.contracts.selection import COMMITTEE, DAY, LOT, PROCESS
from tests.integrations.iso20022.mock_bank import BIC, IBAN, open_bank
from tests.integrations.iso20022.statements import Line, write_statement

NUMBER = "1234567890"
PAPER = {"media_type": "application/pdf", "sha256": sha256(PDF).hexdigest(), "size": len(PDF)}
CONTRACT, ORDER = "contract-1", "contract-1-1"
PAYER, APPROVERS = ("treasury-1/payer",), ("treasury-1/approver", "treasury-1/approver-2")


class PayingDesk(Desk):
    """A desk whose first milestone is delivered, and what its treasury asks of it."""

    def send_message(self, action: str, arguments: dict[str, Any], signer: str, role: str) -> Result:
        """A message by its own name."""
        given, paper = json.dumps(present(arguments)), f"{self.paper}:application/pdf"
        return self.run("submit", action, "-a", given, *self.where, "-d", paper, "-s", f"{role}={self.key(signer)}")

    def deliver(self) -> None:
        """From the selection to the certificate, which raises the order."""
        publish(self)
        propose(self, "bidder-2")
        open_all(self)
        for name in (*COMMITTEE, "officer", "inspector"):
            self("committee", "declare", PROCESS, signers=(name,))
        decide_for(self)
        self("award", "notify", PROCESS, LOT, *"--award award-1 --price 2800000 --bidder bidder-2 --reasons".split(), self.paper,
             signers=COMMITTEE[:2])  # fmt: skip
        self.wait(12 * DAY)
        self("award", "activate", PROCESS, LOT, "--award", "award-1", signers=("officer",))
        draft(self)
        self("contract", "sign", CONTRACT, signers=("officer",))
        self("contract", "sign", CONTRACT, signers=("bidder-2/director",))
        about = {"contract": CONTRACT, "milestone": "half"}
        taken = [{"document": PAPER | {"media_type": "image/jpeg"}, "place": "ID-JK", "taken": self.now() - 3_600}]
        director, inspector = ("bidder-2/director", "procurement.contractor"), ("agency-1/inspector", "procurement.inspector")
        self.send_message("procurement.submit_evidence", about | {"evidence": taken, "subcontractors_paid": True}, *director)
        self.send_message("procurement.inspect", about | {"document": PAPER, "outcome": "accept"}, *inspector)
        due = self.compute_due()
        invoice = about | {"document": PAPER, "gross": due["gross"], "invoice": "invoice-1", "taxes": due["taxes"]}
        self.send_message("procurement.file_invoice", invoice, *director)
        certificate = about | due | {"certificate": "certificate-1", "days": 0, "document": PAPER}
        self.send_message("procurement.certify", certificate, "agency-1/certifier", "procurement.certifier")

    def compute_due(self) -> dict[str, Any]:
        with bootstrap.open_for_reading(self.folder) as ledger:
            view = ledger.state
            agreement = require(view.get(agreement_key(CONTRACT), AgreementRecord), CONTRACT)
            part, terms = require(find_current(view, CONTRACT, "half"), "a part"), require(find_milestone(view, CONTRACT, "half"), "half")
            lines = compute_taxes(view, agreement, compute_part_due(view, agreement, terms, part, 0).tax_base_minor)
            due = compute_part_due(view, agreement, terms, part, sum_taxes(lines))
            return {
                "damages": str(due.damages_minor), "gross": str(due.gross_minor), "recovery": str(due.recovery_minor),
                "retention": str(due.retention_minor), "taxes": [present(to_builtins(line)) for line in lines],
            }  # fmt: skip

    def get(self, key: str, kind: type[Any]) -> Any:
        with bootstrap.open_for_reading(self.folder) as ledger:
            return ledger.state.get(key, kind)

    @property
    def order(self) -> OrderRecord:
        found: OrderRecord = self.get(f"treasury/order/{ORDER}", OrderRecord)
        return found

    def prepare(self, export: Path) -> None:
        """Accounts of payee and treasury; the order approved and in a batch."""
        self("treasury", "name-account", "--bank", "BMRIIDJA", "--export", export, signers=("bidder-2/director",), stdin=f"{NUMBER}\n")
        self("treasury", "verify-account", "--account", export, signers=PAYER)
        self.run("treasury", "own-account", "treasury-1", "--bank", BIC, "--keep", self.keys, stdin=f"{IBAN}\n")
        self("treasury", "approve", "--orders", ORDER, signers=APPROVERS)
        self("treasury", "batch", "batch-1", "--orders", ORDER, signers=PAYER)


def decide_for(desk: Desk) -> None:
    """Requirements and votes of one proposal."""
    minutes = {"document": {"file": "minutes.pdf"}, "page": 1, "pass": True, "reason": "met", "requirement": "licence"}
    outcomes = desk.write("outcomes.json", {"outcomes": [{"bidder": "bidder-2"} | minutes]})
    desk("committee", "check", PROCESS, LOT, "--from", outcomes, signers=COMMITTEE[:2])
    for name in COMMITTEE:
        desk("committee", "vote", PROCESS, LOT, *"--ballot 1 --ranking 1 --choice adopt --reason agreed".split(), signers=(name,))


@pytest.fixture
def desk(tmp_path: Path, run: Run) -> PayingDesk:
    made = PayingDesk(tmp_path, run)
    made.deliver()
    return made


def test_from_the_account_to_the_statement(desk: PayingDesk, tmp_path: Path, run: Run) -> None:
    export, outbox = tmp_path / "for-the-treasury.json", tmp_path / "outbox"
    desk.prepare(export)
    for path in (export, desk.keys / "accounts.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_bank(desk.now()) as bank:
        send = ("treasury", "send", "batch-1", "--outbox", outbox, "--bank", bank.payments_address)
        desk("treasury", "pause", "batch-1", "--reason", "doubt", signers=PAYER)
        assert "treasury.10.1" in desk(*send, signers=PAYER, expect=1).stdout
        assert bank.list_payments() == []
        desk("treasury", "resume", "batch-1", "--reason", "resolved", signers=PAYER)
        shown = desk(*send, signers=PAYER).stdout
        assert "Payment file of 1 orders over IDR" in shown
        assert "Handed to the bank" in shown
        assert "records batch-1 as sent already" in desk(*send, signers=PAYER).stdout
        assert len(bank.list_payments()) == 1
        (report,) = bank.take("pain.002")
        bank.pass_days(4)
        statements = bank.take("camt.053")
    desk.wait(6 * DAY)
    assert desk.get("treasury/batch/batch-1", BatchRecord).file
    texts = [shown]
    for number, data in enumerate((report, *statements, *statements)):
        path = tmp_path / f"bank-{number}.xml"
        path.write_bytes(data)
        told = desk.run("--json", "treasury", "reconcile", path, "-s", desk.key("treasury-1/payer"), *desk.where, "--yes")
        texts.append(told.stdout)
    assert [json.loads(text)["recorded"] for text in texts[1:]] == [0, 1, *[0] * (2 * len(statements) - 1)]
    assert (desk.order.state, desk.order.lines[0].state) == ("settled", "paid")
    assert all(number not in text for text in texts for number in (NUMBER, IBAN))


def test_what_matches_nothing_is_resolved_by_two(desk: PayingDesk, tmp_path: Path) -> None:
    desk.prepare(tmp_path / "export.json")
    taken = tmp_path / "bank"
    taken.mkdir()
    desk("treasury", "send", "batch-1", "--outbox", tmp_path / "outbox", "--bank", taken, signers=PAYER)
    assert [path.name for path in taken.iterdir()] == ["batch-1.xml"]
    path = tmp_path / "statement.xml"
    # The bank lost the reference.
    path.write_bytes(write_statement(IBAN, [Line("entry-1", -int(desk.order.lines[0].amount_minor), "NOTPROVIDED", NUMBER)]))
    shown = desk("treasury", "reconcile", path, signers=PAYER).stdout
    assert "Statement of 1 entries in IDR" in shown
    item = desk.get("treasury/item/treasury-1-0", ItemRecord)
    desk(
        "treasury", "resolve", item.item, "--resolve-as", "order", "--order", ORDER, "--document", desk.paper,
        signers=("treasury-1/payer", "treasury-1/approver"),
    )  # fmt: skip
    assert desk.order.lines[0].state == "paid"


def test_a_table_of_disbursements_is_imported(desk: PayingDesk, tmp_path: Path) -> None:
    desk.prepare(tmp_path / "export.json")
    (tmp_path / "bank").mkdir()
    desk("treasury", "send", "batch-1", "--outbox", tmp_path / "outbox", "--bank", tmp_path / "bank", signers=PAYER)
    net, gross = int(desk.order.lines[0].amount_minor), sum(int(line.amount_minor) for line in desk.order.lines)
    cells = ("SP2D-1", "2026-01-01", "SPM-1", *(f"{minor // 100}.{minor % 100:02}" for minor in (gross, gross - net, net)), ORDER)
    table = tmp_path / "sp2d.csv"
    table.write_text(f"nomor,date,spm,gross,deductions,net,order\n{','.join(cells)}\n")
    words = ("import", "sp2d", table, "--column", "sp2d=nomor")
    assert "Recorded: 1 messages." in desk(*words, signers=PAYER).stdout
    assert desk.order.lines[0].sp2d == "SP2D-1"
    assert "Messages to be recorded: 0. Known to the ledger already: 1." in desk(*words, signers=PAYER).stdout


@pytest.mark.parametrize(("content", "told"), [(b"<a/>", "no message of ISO 20022"), (b"", "in the middle"), (b'{"a": 1}', "no XML")])
def test_a_file_that_is_none_records_nothing(tmp_path: Path, run: Run, content: bytes, told: str) -> None:
    desk = Desk(tmp_path, run)
    desk.run("treasury", "own-account", "treasury-1", "--bank", BIC, "--keep", desk.keys, stdin=f"{IBAN}\n")
    path = tmp_path / "file.xml"
    path.write_bytes(content)
    shown = desk("treasury", "reconcile", path, signers=PAYER, expect=2)
    assert told in shown.stderr
    assert "nothing was recorded" in shown.stderr


def test_an_accounts_file_that_others_may_read_is_not_used(tmp_path: Path, run: Run) -> None:
    desk = Desk(tmp_path, run)
    words = ("treasury", "own-account", "treasury-1", "--bank", BIC, "--keep", desk.keys)
    shown = run(*words, stdin=f"{IBAN}\n").stdout
    assert "…0001" in shown
    assert IBAN not in shown
    (desk.keys / "accounts.json").chmod(0o644)
    assert "others may read it" in run(*words, stdin=f"{IBAN}\n", expect=2).stderr
    assert read_json(run("--json", *words[:3], "--bank", BIC, "--keep", tmp_path, stdin=f"{IBAN}\n"))["account"] == "…0001"


@pytest.mark.parametrize("number", ["", "12", "NL42MOCK0000000001"])
def test_a_number_that_is_none_is_not_kept(tmp_path: Path, run: Run, number: str) -> None:
    shown = run("treasury", "own-account", "treasury-1", "--bank", BIC, "--keep", tmp_path, stdin=f"{number}\n", expect=2)
    assert not list(tmp_path.iterdir())
    assert not number or number not in shown.stderr
