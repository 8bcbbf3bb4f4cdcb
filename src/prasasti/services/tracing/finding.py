"""What an id is, and what belongs to it: contract, order, process, budget line, supplier, buyer.

Owns the look-ups: of one thing by its id in the ledger's records, of all that belongs together by the read model and the log's index.
No question reads the log as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from prasasti.contracts.lists import count_items, item_key, make_list_id
from prasasti.contracts.procurement.agreement.records import (
    COMPLETED,
    ENDED,
    AgreementRecord,
    ListedContract,
    agreement_key,
)
from prasasti.contracts.procurement.agreement.signing import list_contractors
from prasasti.contracts.procurement.payment.records import OutsidePaymentRecord, outside_key
from prasasti.contracts.procurement.process import find_process, lot_name
from prasasti.contracts.treasury.budgets import find_line, get_line
from prasasti.contracts.treasury.orders import compute_reference, find_order
from prasasti.contracts.treasury.records import EntryRecord, ItemRecord, entry_key
from prasasti.contracts.treasury.records import item_key as open_item_key
from prasasti.core.contract import View
from prasasti.core.entries import read_accepted
from prasasti.core.types import parse_amount, parse_signed_amount, require
from prasasti.integrations.ocds.native.entries import NativeEntry
from prasasti.readmodel.database import BATCH
from prasasti.readmodel.tables import budget_uses, list_sizes, listings, native_entries, native_names, process_keys
from prasasti.services.deriving import read_entries
from prasasti.services.ledger import Ledger
from prasasti.services.matters import list_matters
from prasasti.services.tracing.contracts import Standing, read_standing, trace_contract
from prasasti.services.tracing.lines import compute_shares, trace_line
from prasasti.services.tracing.nodes import Node, Part, Sum, Trace

KINDS: Final = ("contract", "order", "process", "budget", "supplier", "buyer")
"""What an id may be, in the order in which it is asked."""
# Messages after which a part of a commitment may be free, and that name what stands apart.
_FREEING: Final = ("terminate", "certify", "hand_over")
_APART: Final = ("record_outside_payment", "record_statement", "resolve_item")
CARRY_OVER: Final = "treasury.carry_over"


def trace(ledger: Ledger, connection: Connection, asked: str, kind: str = "") -> Trace | None:
    """Where the money of what is asked for comes from and went; None where the ledger knows no such thing.

    ``kind`` is one of ``KINDS``, or "" for the first of them that an id is.
    """
    reading = _Reading(ledger, connection)
    functions: dict[str, Callable[[_Reading, str], tuple[list[Node], list[Node]] | None]] = {
        "contract": _trace_contract, "order": _trace_order, "process": _trace_process, "budget": _trace_budget,
        "supplier": _trace_supplier, "buyer": _trace_buyer,
    }  # fmt: skip
    for each in [kind] if kind else KINDS:
        found = functions[each](reading, asked)
        if found is not None:
            return Trace(asked, each, ledger.now(), *found)
    return None


def list_kinds(ledger: Ledger, connection: Connection, asked: str) -> list[str]:
    """Everything that an id is: one may be a buyer and a supplier, or share its name with another thing."""
    view = ledger.view_stored()
    is_line, is_contract = find_line(view, asked) is not None, view.get(agreement_key(asked), AgreementRecord) is not None
    found = {
        "contract": is_contract, "order": find_order(view, asked) is not None, "process": find_process(view, asked) is not None,
        "budget": is_line, "supplier": count_items(view, "procurement", "contracts", make_list_id(asked)) > 0,
        "buyer": _is_buyer(connection, asked),
    }  # fmt: skip
    return [kind for kind in KINDS if found[kind]]


class _Reading:
    """What is read for one answer, each contract once."""

    def __init__(self, ledger: Ledger, connection: Connection) -> None:
        self.ledger = ledger
        self.connection = connection
        self.view: View = ledger.view_stored()
        self._standings: dict[str, Standing] = {}

    def find(self, contract: str) -> Standing | None:
        """A contract with what trace needs of it."""
        if contract not in self._standings:
            agreement = self.view.get(agreement_key(contract), AgreementRecord)
            if agreement is None:
                return None
            self._standings[contract] = read_standing(self.view, agreement, self._read_freed(agreement))
        return self._standings[contract]

    def list_entries(self, contract: str, actions: Sequence[str]) -> Iterator[NativeEntry]:
        """Entries of the contract's process, of some messages."""
        process = select(native_names.c.process).where(native_names.c.kind == "contract", native_names.c.name == contract)
        query = (
            select(native_entries.c.position)
            .where(native_entries.c.process.in_(process), native_entries.c.action.in_(actions))
            .order_by(native_entries.c.position)
        )
        yield from read_entries(self.ledger, list(self.connection.execute(query).scalars()))

    def list_contracts(self, processes: Sequence[int]) -> list[Standing]:
        """Contracts of processes, drafts left out."""
        names: list[str] = []
        for start in range(0, len(processes), BATCH):
            is_wanted = native_names.c.process.in_(processes[start : start + BATCH]) & (native_names.c.kind == "contract")
            names += self.connection.execute(select(native_names.c.name).where(is_wanted)).scalars()
        found = [self.find(name) for name in sorted(names)]
        return [each for each in found if each is not None and each.is_standing]

    def _read_freed(self, agreement: AgreementRecord) -> int:
        """What the log says was freed of the contract's commitment."""
        if agreement.state not in (ENDED, COMPLETED):
            return 0
        told = [event for entry in self.list_entries(agreement.contract, _FREEING) for _, event in entry.events]
        return sum(int(event["freed"]) for event in told if event.get("contract") == agreement.contract and "freed" in event)


Found = tuple[list[Node], list[Node]]


# -- one contract ---------------------------------------------------------------------------------------------------------


def _trace_contract(reading: _Reading, asked: str) -> Found | None:
    standing = reading.find(asked)
    if standing is None:
        return None
    return [*_trace_lines(reading, [standing]), _close(reading, standing)], list(_list_apart(reading, standing))


def _trace_order(reading: _Reading, asked: str) -> Found | None:
    order = find_order(reading.view, asked)
    return _trace_contract(reading, order.subject) if order is not None else None


def _trace_process(reading: _Reading, asked: str) -> Found | None:
    query = select(process_keys.c.process).where(process_keys.c.ocid == asked)
    processes = [int(process) for process in reading.connection.execute(query).scalars()]
    native = select(native_entries.c.position).where(native_entries.c.process.in_(processes)).limit(1)
    if not processes or reading.connection.execute(native).first() is None:
        return None
    contracts = reading.list_contracts(processes)
    nodes = [*_trace_lines(reading, contracts), *(_close(reading, each) for each in contracts)]
    return nodes, [node for each in contracts for node in _list_apart(reading, each)]


def _trace_lines(reading: _Reading, contracts: Sequence[Standing]) -> list[Node]:
    """The lines that contracts take of; others may take of them too."""
    lines = sorted({line for each in contracts for line in _list_lines(reading, each)})
    return [
        trace_line(reading.view, get_line(reading.view, line), contracts, _list_reservations(reading, contracts), is_whole=False)
        for line in lines
    ]


def _list_lines(reading: _Reading, standing: Standing) -> Iterable[str]:
    """A contract that is not signed takes nothing of a line, and will of those that it names."""
    return compute_shares(reading.view, standing) or [part.line for part in standing.agreement.years]


def _list_reservations(reading: _Reading, contracts: Sequence[Standing]) -> list[str]:
    lots = [lot_name(each.agreement.process, each.agreement.lot) for each in contracts if each.agreement.process]
    return list(dict.fromkeys(lots))


def _close(reading: _Reading, standing: Standing, *, is_whole: bool = True) -> Node:
    """A contract with what its shares of budget lines must come to."""
    node = trace_contract(reading.view, standing, is_whole=is_whole)
    if not standing.is_standing:
        return node
    parts = standing.commitment.amounts if standing.commitment is not None else []
    committed_minor = sum(parse_amount(part.committed_minor) for part in parts)
    shares = [Part(line, share.committed_minor) for line, share in compute_shares(reading.view, standing).items()]
    return msgspec.structs.replace(node, sums=[*node.sums, Sum("committed_lines", committed_minor, shares)])


# -- what stands apart ----------------------------------------------------------------------------------------------------


def _list_apart(reading: _Reading, standing: Standing) -> Iterator[Node]:
    """Payments made outside, entries that matched nothing, what is owed."""
    contract, currency = standing.agreement.contract, standing.agreement.currency
    if not standing.is_standing:
        return
    outside, items = dict[str, Node](), dict[str, Node]()
    for entry in reading.list_entries(contract, _APART):
        if entry.action == "record_outside_payment" and entry.arguments["contract"] == contract:
            payment = str(entry.arguments["payment"])
            outside[payment] = _describe_outside(reading.view, contract, payment, currency)
        elif entry.action != "record_outside_payment":
            items.update((item.item, _describe_item(item, currency)) for item in _list_items(reading.view, standing, entry))
    if outside or standing.progress.outside != "0":
        total_minor = parse_amount(standing.progress.outside)
        sums = [Sum("outside", total_minor, [Part(name, node.amount_minor) for name, node in outside.items()])]
        yield Node("outside", contract, total_minor, currency, "", {}, sums, list(outside.values()))
    yield from items.values()
    yield from _list_dues(reading.view, standing)


def _describe_outside(view: View, contract: str, payment: str, currency: str) -> Node:
    record = require(view.get(outside_key(contract, payment), OutsidePaymentRecord), payment)
    facts = {"payee": record.payee, "entry": record.entry, "time": str(record.recorded), "statement": record.statement.sha256}
    return Node("outside_payment", payment, parse_amount(record.amount), currency, "explained" if record.explained else "open", facts)


def _list_items(view: View, standing: Standing, entry: NativeEntry) -> Iterator[ItemRecord]:
    """Items that a statement opened under a reference to the contract's orders, or that were said to be the contract's."""
    contract = standing.agreement.contract
    if entry.action == "resolve_item":
        item = require(view.get(open_item_key(entry.arguments["item"]), ItemRecord), entry.arguments["item"])
        if item.contract == contract and item.resolved_as == "outside":
            yield item
        return
    references = {compute_reference(order, 0) for order in standing.orders}
    for each in entry.arguments["entries"]:
        known = view.get(entry_key(entry.actor, entry.arguments["bank"], each["entry"]), EntryRecord)
        if each["reference"] in references and known is not None and known.item:
            item = require(view.get(open_item_key(known.item), ItemRecord), known.item)
            if item.resolved_as in ("", "outside"):
                yield item


def _describe_item(item: ItemRecord, currency: str) -> Node:
    facts = {"reference": item.reference, "bank": item.bank, "entry": item.entry, "time": str(item.opened), "statement": item.statement}
    amount_minor = parse_signed_amount(item.amount_minor)
    return Node("item", item.item, amount_minor, item.currency or currency, item.resolved_as or "open", facts)


def _list_dues(view: View, standing: Standing) -> Iterator[Node]:
    """What is owed to the treasury."""
    for matter in list_matters(view, standing.agreement.contract):
        amount_minor, received_minor = parse_amount(matter.due.amount_minor), parse_amount(matter.due.received_minor)
        owed = Sum("due", amount_minor, [Part("received", received_minor), Part("owed", amount_minor - received_minor)])
        facts = {"received": matter.due.received_minor}
        facts |= {"guarantor": matter.guarantee.guarantor} if matter.guarantee is not None else {}
        state = "open" if amount_minor > received_minor else "received"
        yield Node("due", matter.name, amount_minor, matter.due.currency, state, facts, [owed])


# -- a budget line --------------------------------------------------------------------------------------------------------


def _trace_budget(reading: _Reading, asked: str) -> Found | None:
    """A line with everything that takes of it, also by way of a line that was carried over to it."""
    record = find_line(reading.view, asked)
    if record is None:
        return None
    origins = _list_origins(reading, asked)
    query = select(budget_uses.c.process).where(budget_uses.c.line.in_([asked, *origins])).distinct()
    processes = [int(process) for process in reading.connection.execute(query).scalars()]
    contracts = reading.list_contracts(processes)
    node = trace_line(reading.view, record, contracts, _list_lots(reading, processes), is_whole=True)
    taking = [each for each in contracts if asked in compute_shares(reading.view, each)]
    closed = {each.agreement.contract: _close(reading, each, is_whole=False) for each in taking}
    inner = [msgspec.structs.replace(each, nodes=[closed[each.id]]) if each.kind == "share" else each for each in node.nodes]
    apart = [each for standing in taking for each in _list_apart(reading, standing)]
    return [msgspec.structs.replace(node, nodes=inner)], apart


def _list_origins(reading: _Reading, line: str) -> list[str]:
    """Lines whose open commitments a line took over, directly or not: what is carried over goes to one line, and there are few of them."""
    database, carried = reading.ledger.database, dict[str, str]()
    for position in database.list_positions(CARRY_OVER, database.size()):
        _, data = next(database.entries(position, position + 1))
        origin, to = _read_carried(data)
        carried[origin] = to
    found, front = list[str](), [line]
    while front:
        front = [origin for origin, to in carried.items() if to in front and origin not in found]
        found += front
    return found


def _read_carried(data: bytes) -> tuple[str, str]:
    arguments = require(read_accepted(data), CARRY_OVER).payload["arguments"]
    return str(arguments["from"]), str(arguments["to"])


def _list_lots(reading: _Reading, processes: Sequence[int]) -> list[str]:
    """What lots of processes reserve under."""
    names: list[str] = []
    for start in range(0, len(processes), BATCH):
        query = select(process_keys.c.ocid).where(process_keys.c.process.in_(processes[start : start + BATCH]))
        for ocid in reading.connection.execute(query).scalars():
            process = find_process(reading.view, ocid)
            names += [lot_name(ocid, lot) for lot in process.lots] if process is not None else []
    return names


# -- parties --------------------------------------------------------------------------------------------------------------


def _trace_supplier(reading: _Reading, asked: str) -> Found | None:
    """Contracts that an organisation signed as contractor, alone or in a consortium."""
    owner = make_list_id(asked)
    numbers = range(count_items(reading.view, "procurement", "contracts", owner))
    if not numbers:
        return None
    listed = [require(reading.view.get(item_key("procurement", "contracts", owner, each), ListedContract), asked) for each in numbers]
    contracts = [require(reading.find(each.contract), each.contract) for each in listed]
    contracts = [each for each in contracts if asked in list_contractors(each.agreement)]
    return _trace_party(reading, "supplier", asked, contracts)


def _trace_buyer(reading: _Reading, asked: str) -> Found | None:
    if not _is_buyer(reading.connection, asked):
        return None
    query = select(listings.c.process).where(listings.c.role == "buyer", listings.c.party == asked).order_by(listings.c.number)
    contracts = reading.list_contracts([int(process) for process in reading.connection.execute(query).scalars()])
    return _trace_party(reading, "buyer", asked, [each for each in contracts if each.agreement.buyer == asked])


def _is_buyer(connection: Connection, asked: str) -> bool:
    query = select(list_sizes.c.size).where(list_sizes.c.role == "buyer", list_sizes.c.party == asked)
    return connection.execute(query).first() is not None


def _trace_party(reading: _Reading, kind: str, asked: str, contracts: Sequence[Standing]) -> Found:
    """A party's contracts by currency, each in a line with all its sums, below the budget lines that they take of."""
    nodes = _trace_lines(reading, contracts)
    for currency in sorted({each.agreement.currency for each in contracts}):
        found = [_close(reading, each, is_whole=False) for each in contracts if each.agreement.currency == currency]
        totals = {name: sum(int(node.facts[name]) for node in found) for name in ("certified", "ordered", "paid", "withheld", "unpaid")}
        price_minor = sum(node.amount_minor for node in found)
        sums = [
            Sum("contracts", price_minor, [Part(node.id, node.amount_minor) for node in found]),
            Sum("paid", totals["ordered"], [Part(name, totals[name]) for name in ("paid", "withheld", "unpaid")]),
        ]
        facts = {name: str(amount) for name, amount in totals.items()}
        nodes.append(Node(kind, asked, price_minor, currency, "", facts, sums, found))
    return nodes, [node for each in contracts for node in _list_apart(reading, each)]
