"""Log entries that concern native processes, and the names by which they say which one.

Owns decoding and naming. Knows no open-data standard, and no table: who reads the log keeps what each name stands for.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

CONTRACT: Final = "procurement."
ATTEST_ACTION: Final = "procurement.attest_release"
PLAN_ACTIONS: Final = ("announce_plan", "change_plan")


class Signed(Struct, frozen=True, gc=False):
    """Who signed, in which role."""

    key: str
    role: str


class NativeEntry(Struct, frozen=True):
    """An accepted message of ``procurement``, or the head of a block whose deadlines did something there.

    ``action`` is the message's name without that of the contract, "" for a block; ``time`` the block's, seconds UTC.
    ``events`` are those of ``procurement``, under their own names without that of the contract.
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
    """What an object is called: ``kind`` is process, plan, contract, guarantee, violation or report."""

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
    events = [(str(each.pop("event")).removeprefix(CONTRACT), each) for each in decoded.events if each["event"].startswith(CONTRACT)]
    if decoded.envelope is None:  # a block's head; a refusal has no events
        return NativeEntry(position, decoded.time, "", "", "", [], {}, events) if events else None
    payload = _read_payload(a2b_base64(decoded.envelope.payload))
    if not payload.action.startswith(CONTRACT) or payload.action == ATTEST_ACTION:
        return None
    action = payload.action.removeprefix(CONTRACT)
    return NativeEntry(position, decoded.time, action, payload.actor, decoded.id, payload.signers, payload.arguments, events)


NAMED_BY: Final = ("process", "plan", "contract", "guarantee", "violation", "report")
"""Arguments and fields of events that say which process something concerns, the surest first: a community's contract is drafted on a
plan line, and known by its own name afterwards."""


def list_names(entry: NativeEntry) -> Iterator[Name]:
    """What an entry names, in order: one object for a message, one an event for a block."""
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


def collect_processes(log: Iterable[tuple[int, bytes]]) -> dict[str, list[NativeEntry]]:
    """Ocid to all entries that concern the process, from a whole log: positions and entries in their order.

    A later process of a plan line begins with what was said of the plan before.
    """
    known: dict[Name, str] = {}
    found: dict[str, list[NativeEntry]] = {}
    for position, data in log:
        entry = read_native(position, data)
        if entry is None:
            continue
        announced = find_announced(entry)
        if announced and announced not in found:
            before = known.get(Name("plan", entry.arguments["plan"]))
            found[announced] = [each for each in found.get(before or "", ()) if each.action in PLAN_ACTIONS]
        concerned = [announced] if announced else [known[name] for name in list_names(entry) if name in known]
        for ocid in dict.fromkeys(concerned):
            found[ocid].append(entry)
            known.update(dict.fromkeys(list_given_names(entry), ocid))
    return found
