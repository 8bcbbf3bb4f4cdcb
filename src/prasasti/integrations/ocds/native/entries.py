"""Log entries that concern native processes, and the names by which they say which one.

Owns decoding and naming. Knows no open-data standard, and no table: who reads the log keeps what each name stands for. What the
treasury does with a contract's orders concerns its process too.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from prasasti.contracts.treasury.orders import compute_reference

CONTRACT: Final = "procurement."
TREASURY: Final = "treasury."
ATTEST_ACTION: Final = "procurement.attest_release"
PLAN_ACTIONS: Final = ("announce_plan", "change_plan")
# Of the treasury's messages those that orders and what is owed for a contract are in.
PAYING_ACTIONS: Final = (
    "approve", "make_batch", "pause_batch", "resume_batch", "send_batch", "record_statement", "resolve_item", "record_receipt",
)  # fmt: skip
_STATEMENT: Final = "record_statement"

# The orders of a batch, by its id.
ListBatch = Callable[[str], Iterable[str]]
# What names an order alone: its id is that of its contract, a dash, and its number there.
ORDER_ACTIONS: Final = ("replace_order", "report_payment")


class Signed(Struct, frozen=True, gc=False):
    """Who signed, in which role."""

    key: str
    role: str


class NativeEntry(Struct, frozen=True):
    """An accepted message of ``procurement``, one of the treasury about orders, or the head of a block whose deadlines did something.

    ``action`` is the message's name without that of the contract, "" for a block; ``time`` the block's, seconds UTC.
    ``events`` are those of ``procurement`` and ``treasury``, under their own names without that of the contract: no two are alike.
    """

    position: int
    time: int
    action: str
    actor: str
    transaction: str
    signers: list[Signed]
    arguments: dict[str, Any]
    events: list[tuple[str, dict[str, Any]]]


class Name(NamedTuple):
    """What an object is called: ``kind`` is process, plan, contract, guarantee, order, violation, report, or a payment's reference."""

    kind: str
    id: str


class _Entry(Struct, frozen=True):
    events: list[dict[str, Any]]
    envelope: _Envelope | None = None
    id: str = ""
    time: int = 0


class _Envelope(Struct, frozen=True):
    payload: str


class _Payload(Struct, frozen=True):
    action: str
    actor: str
    arguments: dict[str, Any]
    signers: list[Signed]


_read_entry: Final = msgspec.json.Decoder(_Entry).decode
_read_payload: Final = msgspec.json.Decoder(_Payload).decode


def read_native(position: int, entry: bytes) -> NativeEntry | None:
    """An entry of the log at a position; None where it is no native process's."""
    if CONTRACT.encode() not in entry and b'"envelope":{' not in entry:
        return None
    decoded = _read_entry(entry)
    if decoded.envelope is None:  # a block's head; a refusal has no events
        events = _list_events(decoded.events, (CONTRACT,))
        return NativeEntry(position, decoded.time, "", "", "", [], {}, events) if events else None
    payload = _read_payload(a2b_base64(decoded.envelope.payload))
    if not is_native(payload.action):
        return None
    events = _list_events(decoded.events, (CONTRACT, TREASURY))
    action = payload.action.partition(".")[2]
    return NativeEntry(position, decoded.time, action, payload.actor, decoded.id, payload.signers, payload.arguments, events)


def is_native(action: str) -> bool:
    """Whether a message may concern a native process."""
    if action.startswith(TREASURY):
        return action.removeprefix(TREASURY) in PAYING_ACTIONS
    return action.startswith(CONTRACT) and action != ATTEST_ACTION


def _list_events(events: list[dict[str, Any]], contracts: tuple[str, ...]) -> list[tuple[str, dict[str, Any]]]:
    return [(str(each.pop("event")).partition(".")[2], each) for each in events if each["event"].startswith(contracts)]


NAMED_BY: Final = ("process", "plan", "contract", "guarantee", "order", "violation", "report")
"""Arguments and fields of events that say which process something concerns, the surest first: a community's contract is drafted on a
plan line, and known by its own name afterwards."""


def list_names(entry: NativeEntry, list_batch: ListBatch) -> Iterator[Name]:
    """What an entry names, in order: one object for a message, one an event for a block; orders and references, for a treasury's."""
    if entry.action == _STATEMENT:
        yield from (Name("reference", each["reference"]) for each in entry.arguments["entries"])
        return
    if entry.action in PAYING_ACTIONS and "contract" not in entry.arguments:
        orders = entry.arguments.get("orders") or list_batch(entry.arguments.get("batch", ""))
        yield from (Name("order", each) for each in orders)
    told = [entry.arguments] if entry.action else [event for _, event in entry.events]
    if entry.action == "take_in_report":
        told = [entry.arguments["about"]]
    yield from filter(None, map(find_name, told))


def find_name(named: dict[str, Any]) -> Name | None:
    """What arguments, or an event, name; None where that is no process's."""
    return next((Name(kind, named[kind]) for kind in NAMED_BY if named.get(kind)), None)


def find_announced(entry: NativeEntry) -> str:
    """The ocid of a process that this entry begins, unless an earlier one did; "" where it begins none."""
    if entry.action == "announce_plan":
        return next((str(event["ocid"]) for name, event in entry.events if name == "plan_announced"), "")
    return str(entry.arguments["process"]) if entry.action == "publish_tender" else ""


def list_given_names(entry: NativeEntry) -> Iterator[Name]:
    """Names that stand for this entry's process from here on."""
    if ocid := find_announced(entry):
        yield Name("process", ocid)
        yield Name("plan", entry.arguments["plan"])
    kind = {
        "draft_contract": "contract", "register_guarantee": "guarantee", "notify_violation": "violation",
        "take_in_report": "report",
    }.get(entry.action)  # fmt: skip
    if kind is not None:
        yield Name(kind, entry.arguments[kind])
    for order in list_raised(entry):
        yield Name("order", order)
        # Of an order's lines banks pay the first.
        yield Name("reference", compute_reference(order, 0))


def list_lines(entry: NativeEntry) -> Iterator[str]:
    """Budget lines that an entry names for its process: of a plan, of ceilings, of a contract, of what changes them."""
    changes = entry.arguments.get("changes") or {}
    for told in (entry.arguments, changes if isinstance(changes, dict) else {}):
        for name in ("budgets", "years"):
            yield from (str(each["line"]) for each in told.get(name) or ())
        for lot in told.get("lots") or ():
            yield from (str(each["line"]) for each in (lot.get("ceiling", ()) if isinstance(lot, dict) else ()))


def list_raised(entry: NativeEntry) -> Iterator[str]:
    """Orders that an entry raised."""
    yield from (str(event["order"]) for name, event in entry.events if name == "order_raised")


def collect_processes(log: Iterable[tuple[int, bytes]]) -> dict[str, list[NativeEntry]]:
    """Ocid to all entries that concern the process, from a whole log: positions and entries in their order.

    A later process of a plan line begins with what was said of the plan before.
    """
    known: dict[Name, str] = {}
    found: dict[str, list[NativeEntry]] = {}
    batches: dict[str, list[str]] = {}
    for position, data in log:
        entry = read_native(position, data)
        if entry is None:
            continue
        announced = find_announced(entry)
        if announced and announced not in found:
            before = known.get(Name("plan", entry.arguments["plan"]))
            found[announced] = [each for each in found.get(before or "", ()) if each.action in PLAN_ACTIONS]
        if entry.action == "make_batch":
            batches[entry.arguments["batch"]] = entry.arguments["orders"]
        names = list_names(entry, lambda batch: batches.get(batch, ()))
        concerned = [announced] if announced else [known[name] for name in names if name in known]
        for ocid in dict.fromkeys(concerned):
            found[ocid].append(entry)
            known.update(dict.fromkeys(list_given_names(entry), ocid))
    return found
