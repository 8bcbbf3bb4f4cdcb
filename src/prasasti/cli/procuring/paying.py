"""What a treasury's commands do beside their message: accounts are kept, files are written and given to a bank, a bank's files are read.

No account's number is printed, put into a message or taken from the command line, which others can see.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from prasasti.cli.procuring.options import signing_options
from prasasti.cli.procuring.sending import Sending, spell_amount
from prasasti.cli.procuring.table import Row
from prasasti.cli.recording import report_answer
from prasasti.cli.shell import COULD_NOT, Shell, command, ledger_option, open_to_write, shell
from prasasti.contracts.treasury.orders import find_order, sum_lines
from prasasti.contracts.treasury.records import NET, SENT
from prasasti.core.contract import find_message
from prasasti.core.entries import Receipt
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import parse_amount
from prasasti.integrations.iso20022.reading import FileProblem
from prasasti.integrations.signers import Signer
from prasasti.services import selecting
from prasasti.services.paying import accounts, outbox
from prasasti.services.paying.disbursing import plan_disbursements
from prasasti.services.paying.planning import Plan, PlannedMessage
from prasasti.services.paying.reconciling import Reader, plan_file
from prasasti.services.submitting import DraftProblem, Signing, draft_payload, sign_payload

PAYING = ("account", "file", "orders", "statement", "verification")
Signers = list[tuple[str, Signer | bytes]]


class PayingSending(Sending):
    """A treasury's command on an opened ledger."""

    kept: accounts.KeptAccount | None = None

    def run(self) -> None:
        """As every command; a statement is many messages, and a file that the ledger has as sent only goes to the bank."""
        if self.row.sealed == "statement":
            file: Path = self.options["file"]
            self.run_plan(lambda reader: plan_file(reader, file.read_bytes()))
            return
        if self.row.sealed == "file" and outbox.get_batch(self.ledger.state, self.options["batch"]).state == SENT:
            self.out.say("paying.recorded_as_sent", batch=self.options["batch"])
        else:
            super().run()
        # A crash before this, or in it, is mended by the same command: the ledger says what was sent, and the bank sees a second copy.
        if self.row.sealed == "file" and self.options["kept"] is None:
            given = outbox.hand_over(self.ledger.state, self.options["batch"], self.options["outbox"], self.options["bank"])
            self.out.say("paying.handed", path=given.path, bank=self.options["bank"])

    def run_plan(self, make: Callable[[Reader], Plan]) -> None:
        """A bank's file, or the books': read whole, shown in sum, then a message at a time; the first that is refused ends it.

        Each message stands by itself: after a crash the same command leaves out what the ledger knows, and sends the rest.
        """
        if self.options.get("kept") is not None or self.options.get("source") is not None:
            raise click.UsageError("a file becomes many messages: --from and --draft have no place here")
        signers = [self._read_signer(each) for each in self.options["signers"]]
        actor = self._find_record(signers[0][1]).organisation
        try:
            plan = make(Reader(self.ledger.state, actor, self._read_accounts(), self.ledger.now()))
        except FileProblem as problem:
            raise DraftProblem(f"{problem}; nothing was recorded") from problem
        for note in plan.notes:
            self.out.say(note.key, **note.facts)
        self.out.say("paying.planned", messages=len(plan.messages), known=plan.known)
        if not plan.messages:
            self.out.finish({"known": plan.known, "recorded": 0})
            return
        self.out.line(f"{self.out.words('procuring.seen')} {self.out.words('procuring.everybody')}")
        for action in sorted({each.action.replace(".", "_") for each in plan.messages}):
            self.out.line(f"{self.out.words('procuring.follows')} {self.out.words.find(f'procuring_follows.{action}', '')}")
        self._ask()
        for planned in plan.messages:
            self._send_planned(planned, actor, signers)
        self.out.say("paying.recorded", messages=len(plan.messages))
        self.out.finish({"known": plan.known, "recorded": len(plan.messages)})

    def _send_planned(self, planned: PlannedMessage, actor: str, signers: Signers) -> None:
        found = find_message(self.ledger.registry, planned.action)
        if found is None:
            raise DraftProblem(f"this ledger has no action {planned.action}")
        (document,) = self.ledger.documents.put([(planned.document, planned.media_type)])
        named = {"media_type": document.media_type, "sha256": document.sha256, "size": document.size}
        arguments = {**planned.arguments, planned.field: named}
        keys = [((key if isinstance(key, bytes) else key.public_key), role) for role, key in signers]
        self.message = found[1]
        self._foresee(selecting.convert_arguments(self.message, arguments), actor, signers)
        payload = draft_payload(self.ledger, planned.action, arguments, keys, self.ledger.now() + self.options["expires"])
        envelope = sign_payload(payload, [Signing(key, role) for role, key in signers if not isinstance(key, bytes)])
        answer = self.ledger.submit([envelope])[0]
        if not isinstance(answer, Receipt) or answer.refusal is not None:
            report_answer(self.out, self.ledger, envelope, answer)

    def _make(self, signers: Signers) -> list[dict[str, Any]]:
        given = self._read_given()
        makers: Mapping[str, Callable[[dict[str, Any], KeyRecord], dict[str, Any]]] = {
            "account": self._make_account, "file": self._make_file, "orders": self._make_orders, "verification": self._make_verification,
        }  # fmt: skip
        return [makers[self.row.sealed](given, self._find_record(signers[0][1]))]

    def _make_account(self, given: dict[str, Any], record: KeyRecord) -> dict[str, Any]:
        """The number comes from the terminal, unseen, or from standard input."""
        number = _ask_number(self.out)
        kept = accounts.make_account(record.organisation, number, self.options["bank"], self.options["shown_as"])
        return self._hold_account(given, kept)

    def _make_verification(self, given: dict[str, Any], _: KeyRecord) -> dict[str, Any]:
        file: Path = self.options["account"]
        kept = accounts.decode_account(file.read_bytes())
        return self._hold_account(given | {"organisation": kept.organisation}, kept)

    def _hold_account(self, given: dict[str, Any], kept: accounts.KeptAccount) -> dict[str, Any]:
        """Until it is signed; that there is a place to keep it is seen before anything is."""
        self.kept, self.keep_folder = kept, self._find_keep_folder()
        self._read_accounts()
        self.out.say("paying.account", organisation=kept.organisation, account=kept.masked, bank=kept.bank)
        return given | {"account": kept.commitment}

    def _make_orders(self, given: dict[str, Any], _: KeyRecord) -> dict[str, Any]:
        """What somebody approves or pays, added up from the ledger and shown with its currency before it is signed."""
        is_batch = "batch" in given
        orders = sorted(set(given["orders"]))
        found = {name: find_order(self.ledger.state, name) for name in orders}
        missing = [name for name, order in found.items() if order is None]
        if missing:
            raise DraftProblem(f"no order {', '.join(missing)} was raised on this ledger; nothing was signed")
        total_minor = 0
        for name, order in found.items():
            if order is None:
                continue
            net_minor = sum(parse_amount(line.amount_minor) for line in order.lines if line.code == NET)
            total_minor += net_minor if is_batch else sum_lines(order)
            self.out.say(
                "paying.order", order=name, contract=order.subject, payee=order.lines[0].payee,
                amount=spell_amount(self.out, sum_lines(order), order.currency), net=spell_amount(self.out, net_minor, order.currency),
            )  # fmt: skip
        made = given | {"orders": orders, "sum": str(total_minor)}
        return made if is_batch else made | {"count": len(orders)}

    def _make_file(self, given: dict[str, Any], _: KeyRecord) -> dict[str, Any]:
        self.keep_folder = self._find_keep_folder()
        batch, folder = given["batch"], self.options["outbox"]
        made = outbox.prepare(self.ledger.state, self._read_accounts(), batch, folder, self.ledger.now())
        record = outbox.get_batch(self.ledger.state, batch)
        amount = spell_amount(self.out, parse_amount(record.sum_minor), record.currency)
        self.out.say("paying.file", path=made.path, orders=len(record.orders), amount=amount)
        return given | {"file": made.digest}

    def _keep(self, transaction: str) -> None:
        """An account is kept before it is named: a machine that dies in between leaves one that nobody uses, not one that nobody knows."""
        if self.kept is None:
            return
        path = self.keep_folder / accounts.FILE_NAME
        accounts.keep_account(path, self.kept)
        self.out.say("paying.kept", path=path)
        export: Path | None = self.options.get("export")
        if export is not None:
            _write_secret(export, accounts.encode_account(self.kept))
            self.out.say("paying.exported", path=export)

    def _read_accounts(self) -> accounts.Accounts:
        return accounts.read_accounts(self._find_keep_folder() / accounts.FILE_NAME)


@click.command(name="own-account")
@click.argument("organisation", metavar="ORGANISATION")
@click.option("--bank", required=True, metavar="BIC|ID", help="The account's bank.")
@click.option("--shown-as", default="", metavar="NAME", help="What the bank shows of it; the organisation's id unless given.")
@click.option("--keep", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR", help="Where accounts.json lies.")
@ledger_option
@command
def own_account(organisation: str, bank: str, shown_as: str, keep: Path | None, ledger_folder: Path) -> None:
    """Keep the account that a treasury pays from. Nothing is recorded; the number is asked for, or read from standard input.

    \b
    prasasti treasury own-account treasury-1 --bank BMRIIDJA --keep ledger/keys
    """
    out, folder = shell(), keep or ledger_folder / "keys"
    if not folder.is_dir():
        out.fail("error.could_not", f"{folder}: no such folder; name one with --keep", COULD_NOT)
    kept = accounts.make_account(organisation, _ask_number(out), bank, shown_as)
    path = folder / accounts.FILE_NAME
    accounts.keep_account(path, kept)
    out.say("paying.account", organisation=organisation, account=kept.masked, bank=kept.bank)
    out.say("paying.kept", path=path)
    out.finish({"account": kept.masked, "kept": str(path)})


@click.command(name="sp2d")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@click.option("--column", "columns", multiple=True, metavar="NAME=OWN", help="What the file calls a column, such as sp2d=nomor_sp2d.")
@click.option("--currency", default="IDR", show_default=True, help="Of the amounts in the file.")
@click.option("--keep", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR", help="Where accounts.json lies.")
@signing_options
@command
def disbursed(file: Path, columns: tuple[str, ...], currency: str, **options: Any) -> None:
    """Record a treasury's table of disbursement orders (SP2D): CSV in UTF-8 with a header.

    Columns: sp2d, date, spm, gross, deductions, net, and where there are any order and ntpn. A row that is its order's payment in each
    amount is recorded as paid; every other one is an open item. The same file twice changes nothing.

    \b
    prasasti import sp2d sp2d.csv --column sp2d=nomor_sp2d --column date=tanggal -s payer.age
    """
    with open_to_write(options["ledger_folder"], options["accept_clock"]) as ledger:
        names = dict(_split_column(each) for each in columns)
        row = Row("import", "sp2d", "procurement.report_payment", sealed="statement")
        PayingSending(shell(), ledger, row, options).run_plan(lambda reader: plan_disbursements(reader, file.read_bytes(), names, currency))


def _split_column(text: str) -> tuple[str, str]:
    name, equals, own = text.partition("=")
    if not equals:
        raise click.UsageError(f"--column takes NAME=OWN, not {text}")
    return name, own


def _ask_number(out: Shell) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(out.words("paying.number"), hide_input=True, err=True))
    return sys.stdin.readline().strip()


def _write_secret(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)

