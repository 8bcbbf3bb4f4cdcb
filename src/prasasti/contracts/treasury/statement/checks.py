"""Conditions of statements, open items and receipts (11 to 13): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.governance.parameters import MAX_DOCUMENT_BYTES
from prasasti.contracts.people import Person, list_people, list_signers
from prasasti.contracts.treasury.dues import compute_owed, find_due
from prasasti.contracts.treasury.matching import find_awaiting_line
from prasasti.contracts.treasury.orders import are_people_apart_throughout, find_order, list_replaced
from prasasti.contracts.treasury.parameters import STATEMENT_MEDIA_TYPES
from prasasti.contracts.treasury.records import AS_ERROR, AS_ORDER, AS_OUTSIDE, AS_RECEIPT, EntryRecord, ItemRecord, entry_key, item_key
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, parse_signed_amount, require

GUARANTEE, ADVANCE, DAMAGES, RETURN = "guarantee", "advance", "damages", "return"
OF_CONTRACT = (ADVANCE, DAMAGES, RETURN)
APPROVER, PAYER = "treasury.approver", "treasury.payer"


def is_statement_readable(view: View, call: Call) -> bool:
    """00.5: a statement that people can read."""
    document = call.arguments.statement
    return document.media_type in STATEMENT_MEDIA_TYPES and document.size <= MAX_DOCUMENT_BYTES


def is_statement_balanced(view: View, call: Call) -> bool:
    """11.1: opening and entries make closing. A part of a long statement has its running balances."""
    moved_minor = sum(parse_signed_amount(entry.amount) for entry in call.arguments.entries)
    return parse_signed_amount(call.arguments.opening) + moved_minor == parse_signed_amount(call.arguments.closing)


def is_period_over(view: View, call: Call) -> bool:
    """11.2: what a bank says of a time to come is no statement."""
    return bool(call.arguments.start <= call.arguments.to <= call.time)


def are_entries_distinct(view: View, call: Call) -> bool:
    """11.3: balances count each entry once."""
    return len({entry.entry for entry in call.arguments.entries}) == len(call.arguments.entries)


def is_item_own(view: View, call: Call) -> bool:
    """00.8: the signers' own treasury has the item; one that is not there is judged later."""
    item = find_item(view, call)
    return item is None or item.treasury == call.actor


def is_item_open(view: View, call: Call) -> bool:
    """12.1: nobody resolved it."""
    item = find_item(view, call)
    return item is not None and not item.resolved_as


def do_amounts_fit(view: View, call: Call) -> bool:
    """12.2: a line of the order awaits just this amount, or so much is still due; money that left is outside. An error is of any
    amount, and what names nothing is judged later."""
    item, arguments = get_item(view, call), call.arguments
    amount_minor = parse_signed_amount(item.amount_minor)
    if arguments.resolve_as == AS_ORDER:
        return arguments.order is None or find_awaiting_line(view, item.treasury, arguments.order, amount_minor, item.currency) is not None
    if arguments.resolve_as == AS_RECEIPT:
        return not list_matters(call) or find_matter(view, call) is not None
    return bool(arguments.resolve_as != AS_OUTSIDE or amount_minor < 0)


def do_payer_and_approver_sign(view: View, call: Call) -> bool:
    """12.3: one of each, both of the treasury, two people."""
    payers, approvers = list_people(view, call, PAYER), list_people(view, call, APPROVER)
    people = [*payers, *approvers]
    is_one_of_each = len(payers) == len(approvers) == 1 and payers != approvers
    return is_one_of_each and all(person.organisation == call.actor for person in people)


def is_meaning_named(view: View, call: Call) -> bool:
    """12.4: an order, a contract for what was paid outside, a guarantee or contract for a receipt, nothing for an error."""
    arguments = call.arguments
    named = {name for name in ("order", "guarantee", "contract") if getattr(arguments, name) is not None}
    fitting = {AS_ORDER: [{"order"}], AS_OUTSIDE: [{"contract"}], AS_RECEIPT: [{"guarantee"}, {"contract"}], AS_ERROR: [set[str]()]}
    return named in fitting[arguments.resolve_as]


def are_resolvers_apart(view: View, call: Call) -> bool:
    """12.5: nobody settles an order that they brought about; nor does the payer settle one that they approved."""
    order = find_order(view, call.arguments.order) if call.arguments.order is not None else None
    if order is None:
        return True
    raisers = [person for each in (order, *list_replaced(view, order)) for person in each.raised_by]
    is_payer_apart = are_people_apart_throughout(view, order, list_people(view, call, PAYER))
    return is_payer_apart and all(person not in raisers for person in list_signers(view, call))


def is_due_own(view: View, call: Call) -> bool:
    """00.8: the signer's own treasury is owed it; what nobody owes is judged later."""
    dues = [find_due(view, matter) for matter in list_matters(call)]
    return all(due is None or due.treasury == call.actor for due in dues)


def is_receipt_new(view: View, call: Call) -> bool:
    """13.1: the entry settled, opened or received nothing yet."""
    return view.get(entry_key(call.actor, call.arguments.bank or call.actor, call.arguments.entry), EntryRecord) is None


def is_receipt_due(view: View, call: Call) -> bool:
    """13.2: no more comes in for a matter than is owed; what names nothing is judged later."""
    amount_minor = parse_amount(call.arguments.amount)
    return all(0 < amount_minor <= compute_owed(view, matter) for matter in list_matters(call))


def is_matter_named(view: View, call: Call) -> bool:
    """13.3: a guarantee by its id, the others by their contract."""
    return len(list_matters(call)) == 1


def find_item(view: View, call: Call) -> ItemRecord | None:
    """The item that a message names."""
    return view.get(item_key(call.arguments.item), ItemRecord)


def get_item(view: View, call: Call) -> ItemRecord:
    """The item that an earlier condition found."""
    return require(find_item(view, call), call.arguments.item)


def list_matters(call: Call) -> list[str]:
    """Matters that a message's guarantee or contract may mean; none where it names neither, or both."""
    arguments = call.arguments
    if (arguments.guarantee is None) == (arguments.contract is None):
        return []
    kind = getattr(arguments, "matter", None)
    if arguments.guarantee is not None:
        return [f"{GUARANTEE}:{arguments.guarantee}"] if kind in (None, GUARANTEE) else []
    kinds = OF_CONTRACT if kind is None else (kind,)
    return [f"{each}:{arguments.contract}" for each in kinds if each in OF_CONTRACT]


def find_matter(view: View, call: Call) -> str | None:
    """The first matter for which at least an item's amount is owed to its treasury, in its currency where it has one."""
    item = get_item(view, call)
    for matter in list_matters(call):
        due = find_due(view, matter)
        if due is None or due.treasury != item.treasury or item.currency not in ("", due.currency):
            continue
        if 0 < parse_signed_amount(item.amount_minor) <= compute_owed(view, matter):
            return matter
    return None


def is_signer_apart(view: View, order: str, people: list[Person]) -> bool:
    """11: whoever reports a payment neither brought its order about nor approved it; else the entry stays open for two people."""
    return are_people_apart_throughout(view, require(find_order(view, order), order), people)
