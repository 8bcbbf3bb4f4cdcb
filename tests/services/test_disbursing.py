"""A table of Indonesian disbursement orders (SP2D): what fits its order is paid, what does not is an open item."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from prasasti.contracts.treasury.orders import sum_lines
from prasasti.contracts.treasury.records import NET, PAID, SENT
from prasasti.services.paying.accounts import PayingProblem
from prasasti.services.paying.disbursing import plan_disbursements, read_disbursements
from prasasti.services.paying.planning import Plan
from tests.core.ledger import ACCEPTED
from tests.services.paid import ORDERS, Paid

HEADER = "sp2d,date,spm,gross,deductions,net,order,ntpn"


@pytest.fixture
def sent(tmp_path: Path) -> Paid:
    paid = Paid(tmp_path)
    paid.make_batch()
    assert paid.record_sent(paid.prepare()) == ACCEPTED
    return paid


def spell(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def row(paid: Paid, order: str, sp2d: str = "SP2D-1", short: int = 0, named: str | None = None) -> str:
    record = paid.order(order)
    gross, net = sum_lines(record), paid.net(order)
    name = order if named is None else named
    return f"{sp2d},2026-01-01,SPM-{sp2d},{spell(gross)},{spell(gross - net)},{spell(net - short)},{name},"


def plan(paid: Paid, *rows: str, header: str = HEADER, columns: Mapping[str, str] | None = None) -> Plan:
    return plan_disbursements(paid.reader, "\n".join((header, *rows, "")).encode(), columns or {}, "IDR")


def test_rows_that_fit_are_paid_with_the_numbers_of_the_books(sent: Paid) -> None:
    made = plan(sent, row(sent, ORDERS[0]), row(sent, ORDERS[1], "SP2D-2"))
    assert sent.record(made) == [ACCEPTED, ACCEPTED]
    assert sent.states() == [PAID, PAID]
    line = sent.order(ORDERS[0]).lines[0]
    assert (line.sp2d, line.spm, line.entry) == ("SP2D-1", "SPM-SP2D-1", "sp2d:SP2D-1")
    before = sent.list_published()
    again = plan(sent, row(sent, ORDERS[0]), row(sent, ORDERS[1], "SP2D-2"))
    assert (again.messages, again.known) == ([], 2)
    assert sent.list_published() == before


def test_one_rupiah_short_is_an_open_item_and_the_order_stays_unpaid(sent: Paid) -> None:
    made = plan(sent, row(sent, ORDERS[0], short=100))
    assert [each.action for each in made.messages] == ["treasury.record_statement"]
    assert sent.record(made) == [ACCEPTED]
    item = sent.item(0)
    assert item is not None
    assert item.amount_minor == str(100 - sent.net(ORDERS[0]))
    assert sent.states() == [SENT, SENT]
    assert plan(sent, row(sent, ORDERS[0], short=100)).messages == []


@pytest.mark.parametrize("cells", ["SP2D-9,2026-01-01,SPM-9,1,0,1,contract-9-1,", "SP2D-9,2026-01-01,SPM-9,1,0,1,,"])
def test_a_row_of_no_order_is_an_open_item(sent: Paid, cells: str) -> None:
    made = plan(sent, cells, row(sent, ORDERS[0]))
    assert sent.record(made) == [ACCEPTED, ACCEPTED]
    assert sent.states() == [PAID, SENT]
    assert sent.item(0) is not None


def test_a_row_before_its_order_was_sent_is_an_open_item(tmp_path: Path) -> None:
    paid = Paid(tmp_path)
    assert paid.record(plan(paid, row(paid, ORDERS[0]))) == [ACCEPTED]
    assert paid.item(0) is not None
    assert PAID not in paid.states()


def test_a_row_finds_its_order_by_the_warrant(sent: Paid) -> None:
    """A rejection noted the warrant; the row of the next disbursement names no order, and fits none that was not sent again."""
    line = sent.order(ORDERS[0]).lines[0]
    assert line.code == NET
    assert sent.payments.report(1, "rejected", spm="SPM-SP2D-1", sp2d="SP2D-0") == ACCEPTED
    made = plan(sent, row(sent, ORDERS[0], named=""))
    assert [note.facts.get("reason") for note in made.notes if note.key == "paying.open_row"] == ["not_sent"]


def test_columns_may_have_other_names(sent: Paid) -> None:
    header = HEADER.replace("sp2d", "nomor").replace("date", "tanggal") + ",nama"
    made = plan(sent, row(sent, ORDERS[0]) + ",John Smith", header=header, columns={"date": "tanggal", "sp2d": "nomor"})
    assert sent.record(made) == [ACCEPTED]
    assert b"John" not in made.messages[0].document


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the columns"),
        ("sp2d,date\n", "spm, gross, deductions, net are missing"),
        (f"{HEADER}\na,2026-01-01,s,1,0\n", "line 2: 5 cells under 8 columns"),
        (f"{HEADER}\na,2026-01-01,,1,0,1,,\n", "line 2: spm is empty"),
        (f"{HEADER}\na,01/02/2026,s,1,0,1,,\n", "line 2: the date"),
        (f"{HEADER}\na,2026-01-01,s,1.000.000,0,1,,\n", "is no amount"),
        (f"{HEADER}\na,2026-01-01,s,1.005,0,1,,\n", "more than 2 decimals"),
        (f"{HEADER}\na,2026-01-01,s,1,0,1,,\na,2026-01-01,s,1,0,1,,\n", "line 3: a stands on line 2 too"),
        (f'{HEADER}\na,2026-01-01,s,1,0,1,,"x', "the file was cut"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(PayingProblem, match=told):
        read_disbursements(text.encode(), {}, "IDR")


def test_no_other_encoding_is_guessed() -> None:
    with pytest.raises(PayingProblem, match="not UTF-8 at byte"):
        read_disbursements("sp2d,é".encode("latin-1"), {}, "IDR")
    with pytest.raises(PayingProblem, match="the map names nomor"):
        read_disbursements(HEADER.encode(), {"nomor": "sp2d"}, "IDR")
