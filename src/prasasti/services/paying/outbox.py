"""Payment files on their way to the bank, outside consensus, at least once: each step can be repeated after a crash anywhere.

A batch's steps, and what a crash after each leaves:
1. the file is written, in ``ready/``, under a name with its hash: nobody has it, and the next run writes another or the same;
2. the ledger has its hash (``treasury.send_batch``): the next run finds the file by it and goes on;
3. the bank has it: the next run gives it again, under the same message id, so that a bank sees a second copy;
4. it is moved to ``handed/``: nothing is left to do.
Only what the ledger records as sent, byte for byte, is handed to a bank.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from prasasti.contracts.treasury.orders import compute_reference, get_order
from prasasti.contracts.treasury.records import NET, RAISED, SENT, BatchRecord, OrderLine, OrderRecord, batch_key
from prasasti.core.contract import View
from prasasti.core.types import parse_amount
from prasasti.integrations.iso20022.pain001 import BankAccount, Payee, PaymentOrder, SumDiffers, Transfer, make_id, write_payment_file
from prasasti.services.paying.accounts import Accounts, KeptAccount, PayingProblem

READY: Final = "ready"
HANDED: Final = "handed"
# What a bank answers to a file that it took and will not carry out; its status report says why.
TAKEN_AND_REFUSED: Final = (409, 422)
BANK_TIMEOUT_SECONDS: Final = 60


class PaymentFile(NamedTuple):
    """A batch's file: where it lies, and its SHA-256 in hex."""

    path: Path
    digest: str


def get_batch(view: View, batch: str) -> BatchRecord:
    """A batch that is there; PayingProblem."""
    record = view.get(batch_key(batch), BatchRecord)
    if record is None:
        raise PayingProblem(f"no batch {batch} was made on this ledger")
    return record


def prepare(view: View, accounts: Accounts, batch: str, folder: Path, now: int) -> PaymentFile:
    """Step 1: the file of a batch. One that the ledger records as sent is the one that was sent; PayingProblem where it is not there."""
    record = get_batch(view, batch)
    if record.state == SENT:
        return find_sent(record, folder)
    ready = folder / READY
    ready.mkdir(parents=True, exist_ok=True)
    moment = datetime.fromtimestamp(now, UTC)
    transfers = list_transfers(view, accounts, record)
    order = PaymentOrder(
        message=make_id(batch), created=f"{moment:%Y-%m-%dT%H:%M:%SZ}", execution_date=f"{moment:%Y-%m-%d}",
        payer=_make_payee(accounts.require_own(record.treasury)), currency=record.currency, transfers=len(transfers),
        sum_minor=parse_amount(record.sum_minor),
    )  # fmt: skip
    path = ready / f"{make_id(batch)}.xml"
    try:
        digest = write_payment_file(path, order, transfers)
    except SumDiffers as problem:
        raise PayingProblem(f"the batch {batch} does not come to its own sum: {problem}; nothing was written") from problem
    return PaymentFile(path.replace(_name_ready(folder, batch, digest)), digest)


def find_sent(record: BatchRecord, folder: Path) -> PaymentFile:
    """The file that the ledger records as sent, ready or handed, byte for byte; PayingProblem."""
    for path in (_name_ready(folder, record.batch, record.file), _name_handed(folder, record.batch)):
        if path.exists():
            found = sha256(path.read_bytes()).hexdigest()
            if found != record.file:
                raise PayingProblem(f"{path}: not the file that the ledger records for {record.batch}; it was changed, and goes nowhere")
            return PaymentFile(path, found)
    raise PayingProblem(f"the file of {record.batch} is not in {folder}; it was sent from another outbox")


def is_handed(record: BatchRecord, folder: Path) -> bool:
    """Whether step 4 was done."""
    return _name_handed(folder, record.batch).exists()


def hand_over(view: View, batch: str, folder: Path, bank: str) -> PaymentFile:
    """Steps 3 and 4: give the file to the bank, at a folder or an http address, and note that. Safe to repeat. PayingProblem."""
    record = get_batch(view, batch)
    if record.state != SENT:
        raise PayingProblem(f"the ledger does not record {batch} as sent; it goes to no bank")
    found = find_sent(record, folder)
    if is_handed(record, folder):
        return found
    give(found.path, make_id(batch), bank)
    return note_handed(record, folder)


def note_handed(record: BatchRecord, folder: Path) -> PaymentFile:
    """Step 4: the file lies with those that banks have; others that were written for the batch are gone."""
    found = find_sent(record, folder)
    target = _name_handed(folder, record.batch)
    target.parent.mkdir(exist_ok=True)
    found.path.replace(target)
    for left in target.parent.parent.joinpath(READY).glob(f"{make_id(record.batch)}-*.xml"):
        if len(left.name) == len(found.path.name):
            left.unlink()
    return PaymentFile(target, found.digest)


def give(path: Path, message: str, bank: str) -> None:
    """Step 3: a file is at the bank whole, under its message's id, or not at all. PayingProblem."""
    if bank.startswith(("http://", "https://")):
        try:
            answer = httpx.post(bank, content=path.read_bytes(), headers={"Content-Type": "application/xml"}, timeout=BANK_TIMEOUT_SECONDS)
        except httpx.HTTPError as problem:
            raise PayingProblem(f"{bank}: {problem}; run the same command again") from problem
        if not answer.is_success and answer.status_code not in TAKEN_AND_REFUSED:
            raise PayingProblem(f"{bank} answered {answer.status_code}; run the same command again")
        return
    folder = Path(bank)
    if not folder.is_dir():
        raise PayingProblem(f"{bank}: no folder and no http address of a bank")
    part = folder / f".{message}.xml.part"
    with path.open("rb") as source, part.open("wb") as file:
        shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / f"{message}.xml")


def list_transfers(view: View, accounts: Accounts, batch: BatchRecord) -> list[Transfer]:
    """What a batch's file pays: each order's lines to payees, to the accounts that were approved; PayingProblem."""
    return [transfer for order in batch.orders for transfer in _iterate_transfers(accounts, get_order(view, order))]


def _iterate_transfers(accounts: Accounts, order: OrderRecord) -> Iterator[Transfer]:
    for number, line in enumerate(order.lines):
        amount_minor = parse_amount(line.amount_minor)
        if line.code != NET or line.state not in (RAISED, SENT) or not amount_minor:
            continue
        what = " ".join(filter(None, (order.subject, order.milestone, order.order)))
        yield Transfer(compute_reference(order.order, number), amount_minor, _make_payee(_find_account(accounts, order, line)), what)


def _find_account(accounts: Accounts, order: OrderRecord, line: OrderLine) -> KeptAccount:
    kept = accounts.find(line.account)
    if kept is None or kept.organisation != line.payee:
        raise PayingProblem(
            f"{order.order}: the file of accounts has not the one of {line.payee} that was approved; "
            "verify it with 'prasasti treasury account verify', and let the order be approved for it"
        )
    return kept


def _make_payee(kept: KeptAccount) -> Payee:
    return Payee(kept.name or kept.organisation, kept.organisation, BankAccount(kept.account, kept.bank))


def _name_ready(folder: Path, batch: str, digest: str) -> Path:
    return folder / READY / f"{make_id(batch)}-{digest[:16]}.xml"


def _name_handed(folder: Path, batch: str) -> Path:
    return folder / HANDED / f"{make_id(batch)}.xml"
