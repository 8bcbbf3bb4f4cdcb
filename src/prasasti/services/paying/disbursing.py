"""A table of Indonesian disbursement orders (SP2D) as the treasury's own statement: rows that fit their order become reports of payment
(procurement's 36), every other row an entry that matches nothing, so an open item (treasury's 11).

Owns the table's columns, how a configured map renames them, and when a row fits. Names and numbers in other columns are read by nobody
and go nowhere: the document that is recorded has the columns named here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final, NamedTuple

from prasasti.contracts.lists import count_items, item_key, make_list_id
from prasasti.contracts.treasury.orders import find_order, sum_lines
from prasasti.contracts.treasury.records import NET, ORDERS, SENT, EntryRecord, ListedOrder, OrderRecord, entry_key
from prasasti.contracts.treasury.statement.messages import MAX_ENTRIES
from prasasti.core.types import MAX_AMOUNT_MINOR, format_amount, format_signed_amount, parse_amount
from prasasti.integrations.iso20022.amounts import AmountProblem, read_amount
from prasasti.services.paying.accounts import KeptAccount, PayingProblem, compute_unknown
from prasasti.services.paying.planning import Note, Plan, PlannedMessage, protect
from prasasti.services.paying.reconciling import Reader

NEEDED: Final = ("sp2d", "date", "spm", "gross", "deductions", "net")
OPTIONAL: Final = ("order", "ntpn")
MAX_ROWS: Final = 100_000
CSV: Final = "text/csv"
UNKNOWN_ORDER, OTHER_AMOUNTS, NOT_SENT = "unknown_order", "other_amounts", "not_sent"


class Disbursement(NamedTuple):
    """A row: its line in the file, its texts as they stand, amounts in minor units, the date's first second UTC."""

    line: int
    sp2d: str
    spm: str
    order: str
    ntpn: str
    gross_minor: int
    deductions_minor: int
    net_minor: int
    value_date: int


def read_disbursements(data: bytes, columns: Mapping[str, str], currency: str) -> list[Disbursement]:
    """Rows of a table in UTF-8 with a header; ``columns`` maps a name here to the file's own. PayingProblem says which row and why."""
    unknown = sorted({*columns} - {*NEEDED, *OPTIONAL})
    if unknown:
        raise PayingProblem(f"the map names {', '.join(unknown)}; columns here are {', '.join((*NEEDED, *OPTIONAL))}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise PayingProblem(f"the file is not UTF-8 at byte {problem.start}; save it as CSV in UTF-8") from problem
    names = {name: columns.get(name, name) for name in (*NEEDED, *OPTIONAL)}
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, seen = list[Disbursement](), dict[str, int]()
    try:
        header = next(reader, [])
        missing = [names[name] for name in NEEDED if names[name] not in header]
        if missing:
            raise PayingProblem(f"line 1: the columns {', '.join(missing)} are missing; name them with a map, or in the file")
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise PayingProblem(f"line {reader.line_num}: {len(cells)} cells under {len(header)} columns; the file was cut or changed")
            texts = {name: cells[header.index(own)].strip() for name, own in names.items() if own in header}
            row = _read_row(reader.line_num, texts, currency)
            if seen.setdefault(row.sp2d, row.line) != row.line:
                raise PayingProblem(f"line {row.line}: {row.sp2d} stands on line {seen[row.sp2d]} too; an order is disbursed once")
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise PayingProblem(f"the file has more than {MAX_ROWS} rows; give it in parts")
    except csv.Error as problem:
        raise PayingProblem(f"line {reader.line_num}: {problem}; the file was cut or is no CSV") from problem
    return rows


def plan_disbursements(reader: Reader, data: bytes, columns: Mapping[str, str], currency: str) -> Plan:
    """What a table becomes; the same table twice becomes nothing. PayingProblem."""
    rows, own = read_disbursements(data, columns, currency), reader.accounts.require_own(reader.treasury)
    orders_by_warrant = _list_by_warrant(reader) if any(not row.order for row in rows) else {}
    messages, notes, known = list[PlannedMessage](), list[Note](), 0
    open_rows = list[Disbursement]()
    document = _write_table(reader, own, rows)
    for row in rows:
        if _is_known(reader, _name_entry(reader, own, row)):
            known += 1
            continue
        order = find_order(reader.view, row.order) if row.order else orders_by_warrant.get(row.spm)
        reason = _find_difference(reader, order, row, currency)
        if reason or order is None:
            open_rows.append(row)
            notes.append(Note("paying.open_row", {"line": row.line, "reason": reason}))
            continue
        messages += _report(reader, own, order, row, document)
        notes += [Note("paying.several_taxes", {"line": row.line})] if row.ntpn and len(order.lines) != 2 else []
    messages += _open_items(reader, own, open_rows, currency, document)
    return Plan(messages, [Note("paying.table", {"rows": len(rows), "open": len(open_rows)}), *notes], known)


def _read_row(line: int, texts: Mapping[str, str], currency: str) -> Disbursement:
    empty = [name for name in NEEDED if not texts[name]]
    if empty:
        raise PayingProblem(f"line {line}: {', '.join(empty)} is empty")
    try:
        gross, deductions, net = (read_amount(texts[name], currency) for name in ("gross", "deductions", "net"))
    except AmountProblem as problem:
        raise PayingProblem(f"line {line}: {problem}; give plain digits, a point before decimals") from problem
    if max(gross, deductions, net) > MAX_AMOUNT_MINOR:
        raise PayingProblem(f"line {line}: an amount that is larger than any here")
    try:
        value_date = int(datetime.combine(date.fromisoformat(texts["date"]), time(), UTC).timestamp())
    except ValueError as problem:
        raise PayingProblem(f"line {line}: the date is no day such as 2026-12-31") from problem
    return Disbursement(
        line, texts["sp2d"], texts["spm"], texts.get("order", ""), texts.get("ntpn", ""), gross, deductions, net, value_date
    )  # fmt: skip


def _find_difference(reader: Reader, order: OrderRecord | None, row: Disbursement, currency: str) -> str:
    """Why a row is not its order's payment; "" where it is."""
    if order is None or order.treasury != reader.treasury:
        return UNKNOWN_ORDER
    nets = [line for line in order.lines if line.code == NET]
    taxes_minor = sum(parse_amount(line.amount_minor) for line in order.lines if line.code != NET)
    amounts = (sum_lines(order), taxes_minor, sum(parse_amount(line.amount_minor) for line in nets))
    if order.currency != currency or amounts != (row.gross_minor, row.deductions_minor, row.net_minor):
        return OTHER_AMOUNTS
    return "" if len(nets) == 1 and nets[0].state == SENT else NOT_SENT


def _report(reader: Reader, own: KeptAccount, order: OrderRecord, row: Disbursement, document: bytes) -> Iterator[PlannedMessage]:
    """The payee's line, then the one tax line whose receipt the row has."""
    numbers = {"sp2d": protect(row.sp2d, reader.accounts, own)[:64], "spm": protect(row.spm, reader.accounts, own)[:64]}
    entry = _name_entry(reader, own, row)
    for number, line in enumerate(order.lines):
        is_receipt = line.code != NET and bool(row.ntpn) and len(order.lines) == 2
        if line.code != NET and not is_receipt:
            continue
        arguments: dict[str, Any] = {
            "account": line.account or compute_unknown(own, "tax"), "amount": line.amount_minor,
            "entry": f"{entry}.tax" if is_receipt else entry, "line": number, "order": order.order, "outcome": "paid",
            "value_date": row.value_date, **numbers,
        }  # fmt: skip
        if is_receipt:
            arguments["ntpn"] = protect(row.ntpn, reader.accounts, own)[:64]
        yield PlannedMessage("procurement.report_payment", arguments, "statement", document, CSV)


def _open_items(reader: Reader, own: KeptAccount, rows: list[Disbursement], currency: str, document: bytes) -> Iterator[PlannedMessage]:
    """Rows that fit nothing, as entries of the treasury's own books; their references are made so that none is an order's."""
    for start in range(0, len(rows), MAX_ENTRIES):
        part = rows[start : start + MAX_ENTRIES]
        entries = [
            {
                "account": compute_unknown(own, f"sp2d:{row.sp2d}"), "amount": format_signed_amount(-row.net_minor),
                "entry": _name_entry(reader, own, row), "reference": "h." + compute_unknown(own, f"spm:{row.spm}")[:32],
            }
            for row in part
        ]  # fmt: skip
        arguments = {
            "bank": reader.treasury, "closing": format_signed_amount(-sum(row.net_minor for row in part)), "currency": currency,
            "entries": entries, "from": min(row.value_date for row in part), "opening": format_amount(0),
            "to": max(row.value_date for row in part),
        }  # fmt: skip
        yield PlannedMessage("treasury.record_statement", arguments, "statement", document, CSV)


def _name_entry(reader: Reader, own: KeptAccount, row: Disbursement) -> str:
    return "sp2d:" + protect(row.sp2d, reader.accounts, own)[:100]


def _is_known(reader: Reader, entry: str) -> bool:
    return reader.view.get(entry_key(reader.treasury, reader.treasury, entry), EntryRecord) is not None


def _write_table(reader: Reader, own: KeptAccount, rows: list[Disbursement]) -> bytes:
    """The columns that count, each text as it may stand on the ledger; amounts in minor units."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow((*NEEDED, *OPTIONAL))
    for row in rows:
        day = datetime.fromtimestamp(row.value_date, UTC).date().isoformat()
        sp2d, spm, order, ntpn = (protect(text, reader.accounts, own) if text else "" for text in (row.sp2d, row.spm, row.order, row.ntpn))
        writer.writerow((sp2d, day, spm, row.gross_minor, row.deductions_minor, row.net_minor, order, ntpn))
    return file.getvalue().encode()


def _list_by_warrant(reader: Reader) -> dict[str, OrderRecord]:
    """A treasury's orders by the warrant (SPM) that a line of theirs has; one that several have stands for none."""
    identifier, found = make_list_id(reader.treasury), dict[str, OrderRecord | None]()
    for number in range(count_items(reader.view, "treasury", ORDERS, identifier)):
        listed = reader.view.get(item_key("treasury", ORDERS, identifier, number), ListedOrder)
        order = find_order(reader.view, listed.order) if listed is not None else None
        for spm in {line.spm for line in order.lines if line.spm} if order is not None else ():
            found[spm] = order if spm not in found else None
    return {spm: order for spm, order in found.items() if order is not None}
