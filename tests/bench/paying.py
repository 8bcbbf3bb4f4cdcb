"""Figures of payment files: one of many orders beside serialising the same XML bare, a statement of as many entries, read and matched,
beside parsing it bare; memory of both beside that of a tenth.

Owns what is compared with what. The bare limits are the standard library's ElementTree, whose parser is in C. Matching is over records in
memory, encoded as the state keeps them; that a ledger records the messages is the ledger's figure.
"""

from __future__ import annotations

import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from prasasti.contracts.people import Person
from prasasti.contracts.treasury.orders import compute_reference
from prasasti.contracts.treasury.records import NET, SENT, OrderLine, OrderRecord, OrderYear, ReferenceRecord, order_key, reference_key
from prasasti.core.contract import Record
from prasasti.integrations.iso20022.camt053 import iterate_statements
from prasasti.integrations.iso20022.pain001 import BankAccount, Payee, PaymentOrder, Transfer, write_payment_file
from prasasti.services.paying.accounts import Accounts, KeptAccount, make_account
from prasasti.services.paying.reconciling import Reader, plan_statement
from tests.bench.measure import Figure, Sample, collect, rate_of, sample_in_turn, told
from tests.integrations.iso20022.mock_bank import BIC, IBAN
from tests.integrations.iso20022.statements import Line, write_statement

ORDERS, QUICK_ORDERS = 50_000, 5_000
PAYEES = 500
NOW = 1_800_000_000
MEBIBYTE = 2**20


def measure_paying(scratch: Path, segments: int, quick: bool, say: Callable[[str], None]) -> list[Figure]:
    """Every figure of payment files."""
    count = QUICK_ORDERS if quick else ORDERS
    desk = Desk(count)
    with told(say, f"payment files of {count:,} orders"):
        out = measure_writing(scratch, desk, segments)
    with told(say, f"statements of {count:,} entries"):
        reading, matching = measure_matching(scratch, desk, segments)
    with told(say, "memory"):
        memory = [measure_writing_memory(scratch, desk), measure_reading_memory(scratch, desk)]
    return [out, reading, matching, *memory]


class Desk:
    """A treasury of so many sent orders of one line, and its file of accounts. ``View`` of their records."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.own = make_account("treasury-1", IBAN, BIC)
        self.payees = [make_account(f"bidder-{number}", f"{10**9 + number}", "BMRIIDJA") for number in range(min(PAYEES, count))]
        self.accounts = Accounts([self.own, *self.payees])
        self._records: dict[str, bytes] = {}
        commitments = [kept.commitment for kept in self.payees]
        for number in range(count):
            order = self._make_order(number, commitments[number % len(commitments)])
            self._records[order_key(order.order)] = msgspec.json.encode(order)
            reference = reference_key(compute_reference(order.order, 0))
            self._records[reference] = msgspec.json.encode(ReferenceRecord(0, order.order))

    def get(self, key: str, kind: type[Record]) -> Record | None:
        value = self._records.get(key)
        return msgspec.json.decode(value, type=kind) if value is not None else None

    def iterate_transfers(self, count: int) -> Iterator[Transfer]:
        for number in range(count):
            payee = _pay(self.payees[number % len(self.payees)])
            yield Transfer(compute_reference(name(number), 0), amount(number), payee, f"contract-{number} half {name(number)}")

    def list_lines(self, count: int) -> list[Line]:
        accounts = [kept.account for kept in self.payees]
        return [
            Line(f"MB-PMT-{number}", -amount(number), compute_reference(name(number), 0), accounts[number % len(accounts)])
            for number in range(count)
        ]

    def _make_order(self, number: int, account: str) -> OrderRecord:
        kept, minor = self.payees[number % len(self.payees)], str(amount(number))
        return OrderRecord(
            approved_by=[Person("approver", "treasury-1")], batch="batch-1", cause="certificate-1", commitment=f"contract-{number}",
            currency="IDR", lines=[OrderLine(minor, "0", NET, kept.organisation, 0, SENT, account=account)], milestone="half",
            number=number, order=name(number), raised=NOW, raised_by=[Person("certifier", "agency-1")], replaces="", state=SENT,
            subject=f"contract-{number}", treasury="treasury-1", years=[OrderYear(minor, "2026-parks", "0")],
        )  # fmt: skip


def measure_writing(scratch: Path, desk: Desk, segments: int) -> Figure:
    """Orders a second that go into a pain.001, beside the same document serialised from a tree that stands."""
    path, again = scratch / "payments.xml", scratch / "bare.xml"

    def write() -> None:
        write_out(path, desk, desk.count)

    write()
    tree = ET.ElementTree(ET.fromstring(path.read_bytes()))  # noqa: S314 (our own file)
    # A third of the limit's speed is three times its time.
    samples = sample_in_turn(segments, lambda: rate_of(desk.count, write), lambda: rate_of(desk.count, lambda: tree.write(again)))
    name = f"pain.001 of {desk.count:,} orders, written, flushed to disk, hashed"
    return Figure(name, "the same XML, ElementTree.write", 1 / 3, "orders", collect(samples))


def measure_matching(scratch: Path, desk: Desk, segments: int) -> tuple[Figure, Figure]:
    """Entries a second of a camt.053 that are read, and that are read and matched, beside a bare parse."""
    path = scratch / "statement.xml"
    path.write_bytes(write_statement(IBAN, desk.list_lines(desk.count)))

    def parse() -> float:
        return rate_of(desk.count, lambda: ET.parse(path))  # noqa: S314 (our own file)

    def match() -> None:
        plan = plan_statement(Reader(desk, "treasury-1", desk.accounts, NOW), path.read_bytes())
        assert len(plan.messages) == -(-desk.count // 100)

    read = collect(sample_in_turn(segments, lambda: rate_of(desk.count, lambda: read_whole(path)), parse))
    matched = collect(sample_in_turn(segments, lambda: rate_of(desk.count, match), parse))
    told_of = f"camt.053 of {desk.count:,} entries"
    limit = "a bare parse, ElementTree.parse"
    return (
        Figure(f"{told_of}, read", limit, None, "entries", read),
        Figure(f"{told_of}, read and matched, its messages made", limit, 1 / 3, "entries", matched),
    )


def measure_writing_memory(scratch: Path, desk: Desk) -> Figure:
    """What writing allocates at its most, beside a tenth of the orders."""
    samples = [Sample(*(_peak(lambda n=n: write_out(scratch / "m.xml", desk, n)) for n in (desk.count, desk.count // 10)))]  # type: ignore[misc]
    return Figure(f"most memory, pain.001 of {desk.count:,} orders", "of a tenth of them", 1.1, "MiB", tuple(samples), is_time=True)


def measure_reading_memory(scratch: Path, desk: Desk) -> Figure:
    """What reading allocates at its most, beside a tenth of the entries."""
    paths = []
    for count in (desk.count, desk.count // 10):
        paths.append(scratch / f"statement-{count}.xml")
        paths[-1].write_bytes(write_statement(IBAN, desk.list_lines(count)))
    whole, tenth = (_peak(lambda path=path: read_whole(path)) for path in paths)  # type: ignore[misc]
    name = f"most memory, camt.053 of {desk.count:,} entries read"
    return Figure(name, "of a tenth of them", None, "MiB", (Sample(whole, tenth),), is_time=True)


def write_out(path: Path, desk: Desk, count: int) -> None:
    total = sum(map(amount, range(count)))
    order = PaymentOrder("batch-1", "2026-11-24T09:00:00Z", "2026-11-24", _pay(desk.own), "IDR", count, total)
    write_payment_file(path, order, desk.iterate_transfers(count))


def read_whole(path: Path) -> None:
    with path.open("rb") as source:
        for _ in iterate_statements(source):
            pass


def name(number: int) -> str:
    """An order's id."""
    return f"contract-{number}-1"


def amount(number: int) -> int:
    """An order's amount, minor units."""
    return 10**9 + number


def _pay(kept: KeptAccount) -> Payee:
    return Payee(kept.organisation, kept.organisation, BankAccount(kept.account, kept.bank))


def _peak(run: Callable[[], None]) -> float:
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1] / MEBIBYTE
    finally:
        tracemalloc.stop()
