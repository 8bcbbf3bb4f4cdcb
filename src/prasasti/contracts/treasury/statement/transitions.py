"""Effects of statements, open items and receipts (11 to 13): each runs only when every condition of its message holds."""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.governance.records import note_document
from prasasti.contracts.lists import append_item, count_items, make_list_id
from prasasti.contracts.offices import Draft
from prasasti.contracts.people import Person, list_signers
from prasasti.contracts.treasury.dues import compute_owed, receive
from prasasti.contracts.treasury.matching import Payment, find_awaiting_line, find_match, settle_line
from prasasti.contracts.treasury.orders import get_order
from prasasti.contracts.treasury.records import (
    AS_ORDER,
    AS_RECEIPT,
    ITEMS,
    EntryRecord,
    ItemRecord,
    ListedItem,
    entry_key,
    item_key,
)
from prasasti.contracts.treasury.statement.checks import find_matter, get_item, is_signer_apart, list_matters
from prasasti.contracts.treasury.statement.events import ItemResolved, ReceiptRecorded, StatementRecorded
from prasasti.contracts.treasury.statement.shapes import StatementEntry
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.types import Document, Event, format_amount, parse_amount, parse_signed_amount, require


def process_record_statement(view: View, call: Call) -> Outcome:
    """11: each entry is known already, settles a line, or is an open item. The same statement twice changes nothing."""
    draft, arguments, people = Draft(view), call.arguments, list_signers(view, call)
    treasury = make_list_id(call.actor)
    first_item = count_items(view, "treasury", ITEMS, treasury)
    known = matched = 0
    for entry in arguments.entries:
        if _is_known(draft, call, entry.entry, entry.amount):
            known += 1
            continue
        payment = _find_payment(draft, call, entry, people)
        if payment is not None:
            matched += 1
            settle_line(draft, payment)
        else:
            _open_item(draft, call, entry)
    if known and known == len(arguments.entries):
        return draft.outcome()
    _note_document(draft, call, arguments.statement)
    items = count_items(draft, "treasury", ITEMS, treasury) - first_item
    return draft.outcome(StatementRecorded(arguments.bank, arguments.closing, first_item, items, known, matched, arguments.opening))


def process_resolve_item(view: View, call: Call) -> Outcome:
    """12: two people say what an entry was, and what follows from it follows."""
    draft, arguments, item = Draft(view), call.arguments, get_item(view, call)
    matter, told = "", list[Event]()
    if arguments.resolve_as == AS_ORDER:
        line, outcome = require(_find_line(view, call, item), arguments.order)
        amount_minor = abs(parse_signed_amount(item.amount_minor))
        payment = Payment(
            arguments.order, line, outcome, amount_minor, item.account, item.bank, item.entry, item.statement, item.value_date
        )  # fmt: skip
        told = settle_line(draft, payment, item.item)
    elif arguments.resolve_as == AS_RECEIPT:
        matter = require(find_matter(view, call), item.item)
        told = _receive(draft, matter, parse_signed_amount(item.amount_minor))
        key = entry_key(item.treasury, item.bank, item.entry)
        draft.put(key, replace(require(draft.get(key, EntryRecord), key), matter=matter))
    resolved = replace(
        item, contract=arguments.contract or "", document=arguments.document, matter=matter, order=arguments.order or "",
        resolved=call.time, resolved_as=arguments.resolve_as,
    )  # fmt: skip
    draft.put(item_key(item.item), resolved)
    _note_document(draft, call, arguments.document)
    return draft.outcome(ItemResolved(item.amount_minor, item.item, matter, arguments.resolve_as), *told)


def process_record_receipt(view: View, call: Call) -> Outcome:
    """13: what somebody owed came in, or a part of it."""
    draft, arguments = Draft(view), call.arguments
    (matter,) = list_matters(call)
    bank = arguments.bank or call.actor
    record = EntryRecord(arguments.amount, bank, arguments.entry, "", -1, matter, "", arguments.statement.sha256)
    draft.put(entry_key(call.actor, bank, arguments.entry), record)
    _note_document(draft, call, arguments.statement)
    return draft.outcome(*_receive(draft, matter, parse_amount(arguments.amount)))


def _is_known(draft: Draft, call: Call, entry: str, amount: str) -> bool:
    """Whether an entry stands already, from a statement of its bank, or with this amount from the treasury's own books (13, 36)."""
    if draft.get(entry_key(call.actor, call.arguments.bank, entry), EntryRecord) is not None:
        return True
    own = draft.get(entry_key(call.actor, call.actor, entry), EntryRecord)
    return own is not None and own.amount_minor == amount


def _find_payment(draft: Draft, call: Call, entry: StatementEntry, people: list[Person]) -> Payment | None:
    """What an entry pays or gives back; None where nothing fits, in another currency, or where the signer may not report it."""
    arguments, amount_minor = call.arguments, parse_signed_amount(entry.amount)
    found = find_match(draft, call.actor, entry.reference, amount_minor, entry.account)
    if found is None:
        return None
    order, line, outcome = found
    if arguments.currency not in (None, get_order(draft, order).currency) or not is_signer_apart(draft, order, people):
        return None
    return Payment(
        order, line, outcome, abs(amount_minor), entry.account, arguments.bank, entry.entry, arguments.statement.sha256, arguments.to
    )  # fmt: skip


def _open_item(draft: Draft, call: Call, entry: StatementEntry) -> None:
    arguments, treasury = call.arguments, make_list_id(call.actor)
    number = count_items(draft, "treasury", ITEMS, treasury)
    item = name_item(treasury, number)
    record = ItemRecord(
        account=entry.account, amount_minor=entry.amount, bank=arguments.bank, contract="", currency=arguments.currency or "",
        document=None, entry=entry.entry, item=item, matter="", number=number, opened=call.time, order="",
        reference=entry.reference, resolved=0, resolved_as="",
        statement=arguments.statement.sha256, treasury=call.actor, value_date=arguments.to,
    )  # fmt: skip
    draft.put(item_key(item), record)
    for write in append_item(draft, "treasury", ITEMS, treasury, ListedItem(item)):
        draft.put(*write)
    known = EntryRecord(entry.amount, arguments.bank, entry.entry, item, -1, "", "", arguments.statement.sha256)
    draft.put(entry_key(call.actor, arguments.bank, entry.entry), known)


def name_item(treasury: str, number: int) -> str:
    """Id of a treasury's open item; its last part has no dash, so no other treasury's item can have it."""
    return f"{treasury}-{number}"


def _find_line(view: View, call: Call, item: ItemRecord) -> tuple[int, str] | None:
    return find_awaiting_line(view, item.treasury, call.arguments.order, parse_signed_amount(item.amount_minor), item.currency)


def _receive(draft: Draft, matter: str, amount_minor: int) -> list[Event]:
    receive(draft, matter, amount_minor)
    return [ReceiptRecorded(format_amount(amount_minor), matter, format_amount(compute_owed(draft, matter)))]


def _note_document(draft: Draft, call: Call, document: Document) -> None:
    for write in note_document(draft, call.actor, document, call.time):
        draft.put(*write)
