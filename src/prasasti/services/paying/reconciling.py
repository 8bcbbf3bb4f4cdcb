"""Status reports and statements of a bank as messages for the ledger: rejections (procurement's 36), statements in parts (11).

Owns whose statement it is, what stands for accounts and references, running balances, and that the same file twice changes nothing.
What an entry settles the ledger decides (``contracts.treasury.matching``). A file is read whole before anything of it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any, NamedTuple

from prasasti.contracts.lists import count_items, item_key, make_list_id
from prasasti.contracts.treasury.orders import compute_reference, find_order
from prasasti.contracts.treasury.records import (
    NET,
    ORDERS,
    BatchRecord,
    EntryRecord,
    ListedOrder,
    OrderLine,
    ReferenceRecord,
    batch_key,
    entry_key,
    reference_key,
)
from prasasti.contracts.treasury.records import SENT as LINE_SENT
from prasasti.contracts.treasury.statement.messages import MAX_ENTRIES
from prasasti.core.contract import View
from prasasti.core.encoding import encode_canonical
from prasasti.core.types import format_amount, format_signed_amount, parse_amount
from prasasti.integrations.iso20022.account_numbers import mask
from prasasti.integrations.iso20022.camt053 import StatementEntry, StatementHead, iterate_statements
from prasasti.integrations.iso20022.pain001 import MAX_ID_CHARACTERS, make_id
from prasasti.integrations.iso20022.pain002 import PaymentStatus, StatusReport, read_status_report
from prasasti.integrations.iso20022.reading import FileProblem, iterate_elements
from prasasti.services.paying.accounts import Accounts, KeptAccount, PayingProblem, compute_unknown
from prasasti.services.paying.planning import Note, Plan, PlannedMessage, protect

JSON = "application/json"


class Reader(NamedTuple):
    """Who reads a file: the ledger, the treasury, its accounts, and when (seconds UTC)."""

    view: View
    treasury: str
    accounts: Accounts
    now: int


def plan_file(reader: Reader, data: bytes) -> Plan:
    """What a bank's file becomes; FileProblem, PayingProblem."""
    kind = next(iterate_elements(BytesIO(data), {"pain.002": {}, "camt.053": {}})).values["message"]
    return plan_report(reader, data) if kind.startswith("pain.002") else plan_statement(reader, data)


# Status reports


def plan_report(reader: Reader, data: bytes) -> Plan:
    """Rejections of a pain.002, one message a line; the rest is told and recorded by nobody, since no money moved."""
    report, own = read_status_report(BytesIO(data)), reader.accounts.require_own(reader.treasury)
    batch = _find_batch(reader, report)
    if report.is_duplicate:
        return Plan([], [Note("paying.duplicate", {"batch": batch.batch})], 0)
    references = _list_references(reader, batch)
    foreign = [each.reference for each in report.payments if each.reference not in references]
    if foreign:
        names = f"names {len(foreign)} payments that are not in it"
        raise PayingProblem(f"the status report is about the batch {batch.batch}, and {names}; nothing of it is used")
    rejected = [each for each in report.payments if each.is_rejected]
    if report.is_file_rejected:
        rejected = [PaymentStatus(each, report.status, report.reason) for each in references]
    told = [{"reason": protect(each.reason or "none", reader.accounts, own), "reference": each.reference} for each in rejected]
    document = encode_canonical(
        {
            "bank": own.bank, "batch": batch.batch, "file": sha256(data).hexdigest(), "rejected": told,
            "report": protect(report.report, reader.accounts, own),
        }
    )  # fmt: skip
    messages, notes, known = list[PlannedMessage](), list[Note](), 0
    for each in rejected:
        order, number, line = references[each.reference]
        if line.state != LINE_SENT:
            known += 1
            continue
        notes.append(Note("paying.rejected", {"order": order, "line": number, "reason": each.reason}))
        messages.append(_make_rejection(reader, report, own, order, number, line, document))
    accepted = len(references) - len(rejected)
    return Plan(messages, [Note("paying.report", {"batch": batch.batch, "accepted": accepted, "rejected": len(rejected)}), *notes], known)


def _make_rejection(
    reader: Reader, report: StatusReport, own: KeptAccount, order: str, number: int, line: OrderLine, document: bytes
) -> PlannedMessage:
    entry = protect(f"{report.report}:{compute_reference(order, number)}", reader.accounts, own)
    arguments = {
        "account": line.account, "amount": line.amount_minor, "entry": entry, "line": number, "order": order, "outcome": "rejected",
        "value_date": reader.now,
    }  # fmt: skip
    return PlannedMessage("procurement.report_payment", arguments, "statement", document, JSON)


def _find_batch(reader: Reader, report: StatusReport) -> BatchRecord:
    """The batch that a report is about: its message's id is the batch's, or stands for it where that is longer than a bank's ids."""
    record = reader.view.get(batch_key(report.file), BatchRecord)
    names = () if record is not None or len(report.file) != 32 else _iterate_batches(reader)
    for name in names:
        if len(name) > MAX_ID_CHARACTERS and make_id(name) == report.file:
            record = reader.view.get(batch_key(name), BatchRecord)
            break
    if record is None or record.treasury != reader.treasury:
        raise PayingProblem(f"the status report is about a file that is no batch of {reader.treasury}; nothing of it is used")
    if not record.file:
        raise PayingProblem(f"the status report is about {record.batch}, which was not sent yet; nothing of it is used")
    return record


def _iterate_batches(reader: Reader) -> Iterator[str]:
    identifier = make_list_id(reader.treasury)
    for number in range(count_items(reader.view, "treasury", ORDERS, identifier)):
        listed = reader.view.get(item_key("treasury", ORDERS, identifier, number), ListedOrder)
        order = find_order(reader.view, listed.order) if listed is not None else None
        if order is not None and order.batch:
            yield order.batch


def _list_references(reader: Reader, batch: BatchRecord) -> dict[str, tuple[str, int, OrderLine]]:
    """What a batch's file paid, by reference: order, line's number, line."""
    found = {}
    for name in batch.orders:
        order = find_order(reader.view, name)
        for number, line in enumerate(order.lines if order is not None else ()):
            if line.code == NET and parse_amount(line.amount_minor):
                found[compute_reference(name, number)] = (name, number, line)
    return found


# Statements


def plan_statement(reader: Reader, data: bytes) -> Plan:
    """A camt.053 in parts of at most 100 entries with running balances; parts all of whose entries the ledger knows are left out."""
    own = reader.accounts.require_own(reader.treasury)
    digest, messages, notes, known = sha256(data).hexdigest(), list[PlannedMessage](), list[Note](), 0
    for head, entries in _read_statements(data):
        if head.account != own.account:
            whose = f"{mask(head.account)}, which is not {reader.treasury}'s"
            raise PayingProblem(f"the statement is of the account {whose}; nothing of it is used")
        if head.start > reader.now:
            raise PayingProblem("the statement's period begins in a time to come; nothing of it is used")
        balance_minor = head.opening_minor
        told = [_tell_entry(reader, own, entry) for entry in entries]
        for start in range(0, max(1, len(told)), MAX_ENTRIES):
            part = told[start : start + MAX_ENTRIES]
            after_minor = balance_minor + sum(entry.amount_minor for entry in entries[start : start + MAX_ENTRIES])
            count = sum(_is_known(reader, own.bank, each["entry"]) for each in part)
            known += count
            if count < len(part):
                messages.append(_make_part(reader, own, head, digest, part, balance_minor, after_minor))
            balance_minor = after_minor
        moved = {"entries": len(entries), "out": _sum(entries, -1), "in": _sum(entries, 1), "currency": head.currency}
        notes.append(Note("paying.statement", moved))
    return Plan(messages, notes, known)


def _read_statements(data: bytes) -> list[tuple[StatementHead, list[StatementEntry]]]:
    """All of a file, so that nothing is used of one that is cut or does not add up."""
    read: list[tuple[StatementHead, list[StatementEntry]]] = []
    for each in iterate_statements(BytesIO(data)):
        if isinstance(each, StatementHead):
            read.append((each, []))
        else:
            read[-1][1].append(each)
    if not read:
        raise FileProblem("the file holds no statement")
    return read


def _tell_entry(reader: Reader, own: KeptAccount, entry: StatementEntry) -> dict[str, str]:
    """An entry as the ledger takes it. A reference that the ledger has is told; any other might be anything."""
    found = reader.view.get(reference_key(entry.reference), ReferenceRecord) if len(entry.reference) <= MAX_ID_CHARACTERS else None
    order = find_order(reader.view, found.order) if found is not None else None
    line = order.lines[found.line] if order is not None and found is not None else None
    unknown = "h." + compute_unknown(own, entry.reference)[:32]
    return {
        "account": _tell_account(reader, own, entry.account, line), "amount": format_signed_amount(entry.amount_minor),
        "entry": protect(entry.entry, reader.accounts, own), "reference": entry.reference if line is not None else unknown,
    }  # fmt: skip


def _tell_account(reader: Reader, own: KeptAccount, number: str, line: OrderLine | None) -> str:
    """The commitment of the account that an entry names. Where a bank names none, it is the one that the file ordered by that reference:
    a bank carries an order out as it stands, or says otherwise."""
    ordered = reader.accounts.find(line.account) if line is not None else None
    if line is not None and line.account and (not number or (ordered is not None and ordered.account == number)):
        return line.account
    kept = reader.accounts.find_number(number)
    return kept.commitment if kept is not None else compute_unknown(own, f"account:{number}")


def _is_known(reader: Reader, bank: str, entry: str) -> bool:
    return reader.view.get(entry_key(reader.treasury, bank, entry), EntryRecord) is not None


def _make_part(
    reader: Reader, own: KeptAccount, head: StatementHead, digest: str, part: Sequence[Mapping[str, str]], opening: int, closing: int
) -> PlannedMessage:
    arguments: dict[str, Any] = {
        "bank": own.bank, "closing": format_signed_amount(closing), "currency": head.currency, "entries": list(part), "from": head.start,
        "opening": format_signed_amount(opening), "to": head.to or reader.now,
    }  # fmt: skip
    document = encode_canonical(arguments | {"file": digest, "statement": protect(head.statement or "none", reader.accounts, own)})
    return PlannedMessage("treasury.record_statement", arguments, "statement", document, JSON)


def _sum(entries: Sequence[StatementEntry], sign: int) -> str:
    return format_amount(sum(abs(entry.amount_minor) for entry in entries if entry.amount_minor * sign > 0))
