"""What a log says that bears on one process: its messages and events, who holds which key, figures, tags, debarments.

Owns the selection and nothing of the judgement (``explaining``). Entries are read as the log has them; whether each was
admitted rightly the audit says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from prasasti.contracts.procurement.parameters import PARAMETERS
from prasasti.core.encoding import EncodingProblem, decode_base64
from prasasti.core.genesis import decode_genesis, list_founders
from prasasti.core.parameters import Value, find_declared, index_parameters
from prasasti.services.difference import Differs
from prasasti.services.explained_dues import compute_reference

_DECLARED = index_parameters(PARAMETERS)
# What bears on every process: figures, contract versions, keys and tags, debarments. Of contracts, whose process their draft names;
# of statements, whose entries name orders in their payload alone.
# A message that makes nothing happen yet, such as a trustee's first share, names its process in its payload alone.
_ANYWHERE = (
    b'"events":[]',
    b'"governance.parameter_set"', b'"governance.contract_activated"', b'"identity.key_', b'"identity.tag_attested"',
    b'"procurement.contract_', b'"procurement.debar', b'"procurement.interests_declared"', b'"procurement.plan_',
    b'"treasury.statement_recorded"',
)  # fmt: skip
_KEYS, _TAG = ("identity.complete_recovery", "identity.register_key", "identity.rotate_key"), "identity.attest_tag"
_PLANS = ("procurement.announce_plan", "procurement.change_plan")
_DRAFT, _STATEMENT = "procurement.draft_contract", "treasury.record_statement"
_OF_ORGANISATION = "procurement.debar"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry that bears on the process. ``action`` is "" for what the schedule did; ``signers`` are (key, role)."""

    position: int
    time: int
    height: int
    action: str
    actor: str
    arguments: Mapping[str, Any]
    signers: tuple[tuple[str, str], ...]
    events: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A parameter as it held: its value, where that is from, and the entry of the vote that set it (-1: none did)."""

    name: str
    value: Value
    clause: str
    position: int


@dataclass(frozen=True, slots=True)
class Attested:
    """A tag's tie as a registrar attested it; ``until`` 0: no end."""

    position: int
    attested: int
    registrar: str
    key_id: str
    tag: str
    relation: str
    organisation: str
    handle: str
    share_bp: int
    since: int
    until: int


@dataclass(slots=True)
class ProcessLog:
    """Everything that a log says of a process, in its order."""

    process: str
    ledger: str
    told: list[Told] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    tags: list[Attested] = field(default_factory=list)
    _genesis_figures: dict[str, Value] = field(default_factory=dict)
    _changes: list[tuple[str, int, Value, int]] = field(default_factory=list)
    _versions: list[tuple[int, int]] = field(default_factory=list)

    def figure(self, name: str, time: int) -> Figure:
        """A parameter of procurement as it held at a time, seconds UTC: the latest vote, else genesis, else the profile's."""
        declared = find_declared(_DECLARED, name)
        profile = str(self._genesis_figures.get("governance.profile", "generic"))
        clause = "" if declared is None else next((law for each, (_, law) in declared.profiles.items() if each == profile), declared.clause)
        held = [(since, position, value) for each, since, value, position in self._changes if each == name and since <= time]
        if held:
            _, position, value = max(held, key=lambda each: (each[0], each[1]))
            return Figure(name, value, clause, position)
        if name in self._genesis_figures:
            return Figure(name, self._genesis_figures[name], clause, -1)
        if declared is None:
            raise Differs(f"parameter {name}", "a declaration", "none")
        return Figure(name, declared.default_in(profile), clause, -1)

    def figure_of(self, name: str, subject: str, time: int) -> Figure:
        """As ``figure``, of a subject's own where one was set for it."""
        own = f"{name}.{subject}"
        is_set = own in self._genesis_figures or any(each == own and since <= time for each, since, _, _ in self._changes)
        return self.figure(own if is_set else name, time)

    def version(self, height: int) -> int:
        """The version of the contract that acted in a block."""
        return [version for since, version in self._versions if since <= height][-1]


def read_process(genesis_bytes: bytes, entries: Iterable[tuple[int, bytes]], process: str) -> ProcessLog:
    """The log of a process; Differs where an entry is not of the log's form.

    ``entries`` are (position, entry), ascending. They may leave out blocks of which nothing names the process, or bears on all.
    """
    genesis = decode_genesis(genesis_bytes)
    log = ProcessLog(process, genesis.ledger)
    log._genesis_figures.update(genesis.parameters)
    log._versions += [(0, each.version) for each in genesis.contracts if each.name == "procurement"]
    for owner in list_founders(genesis):
        log.people |= {key.key: f"{owner.id}:{key.handle}" for key in owner.keys}
    plans: dict[str, list[Told]] = {}
    named = _Named(process)
    for told in _iterate(entries, named.needles):
        _note(log, told)
        if told.action in _PLANS:
            plans.setdefault(str(told.arguments["plan"]), []).append(told)
        elif named.is_about(told):
            if told.action == "procurement.publish_tender":
                log.told += plans.get(str(told.arguments["plan"]), [])
            log.told.append(told)
    return log


class _Named:
    """What names a process: itself, its contracts, their orders. ``needles`` are the bytes without which an entry names none of them."""

    def __init__(self, process: str) -> None:
        self.process = process
        self.needles = [process.encode()]
        self.contracts: set[str] = set()
        self.orders: set[str] = set()
        self.references: set[str] = set()

    def is_about(self, told: Told) -> bool:
        """Whether an entry is of the process, of a contract of it, of an order of that, or a debarment, which may be of a bidder."""
        given = told.arguments
        if told.action == _DRAFT and given.get("process") == self.process and given["contract"] not in self.contracts:
            self.contracts.add(given["contract"])
            self.needles.append(b'"' + given["contract"].encode())
        for event in told.events:
            if event["event"] == "treasury.order_raised" and event["subject"] in self.contracts:
                self.orders.add(event["order"])
                self.references.add(compute_reference(event["order"]))
        if not told.action:
            return any(
                each.get("process") == self.process or each.get("contract") in self.contracts or "debarment" in each
                for each in told.events
            )
        if told.action == _STATEMENT:
            return any(each["reference"] in self.references for each in given["entries"])
        is_named = given.get("contract") in self.contracts or given.get("order") in self.orders
        return is_named or told.action == _OF_ORGANISATION or bool(given.get("process") == self.process)


def _note(log: ProcessLog, told: Told) -> None:
    """What bears on every process."""
    for event in told.events:
        if event["event"] == "governance.parameter_set":
            log._changes.append((str(event["name"]), int(event["effective_from"]), event["value"], told.position))
        if event["event"] == "governance.contract_activated" and event["contract"] == "procurement":
            log._versions.append((int(event["height"]), int(event["version"])))
    if told.action in _KEYS:
        log.people[str(told.arguments["key"])] = f"{told.arguments['organisation']}:{told.arguments['handle']}"
    if told.action == _TAG:
        log.tags.append(_read_tag(told))


def _read_tag(told: Told) -> Attested:
    given = told.arguments
    person = given.get("person") or {}
    return Attested(
        position=told.position, attested=told.time, registrar=told.actor, key_id=given["key_id"], tag=given["tag"],
        relation=given["relation"], organisation=given.get("organisation") or person["organisation"], handle=person.get("handle", ""),
        share_bp=given["share_bp"], since=given["from"], until=given.get("until") or 0,
    )  # fmt: skip


def _iterate(entries: Iterable[tuple[int, bytes]], needles: list[bytes]) -> Iterator[Told]:
    """Accepted transactions and blocks that may bear on a process. A block's head tells its transactions' time and height.

    ``needles`` may grow between entries.
    """
    height = 0
    for position, data in entries:
        try:
            is_block = data.startswith(b'{"deadline_count"')
            if is_block:
                height = _read_height(data)
            if not any(each in data for each in needles) and not any(each in data for each in _ANYWHERE):
                continue
            entry = msgspec.json.decode(data)
            if is_block:
                yield Told(position, entry["time"], height, "", "", {}, (), tuple(entry["events"]))
            elif entry["envelope"] is not None:
                payload = msgspec.json.decode(decode_base64(entry["envelope"]["payload"]))
                signers = tuple((each["key"], each["role"]) for each in payload["signers"])
                yield Told(
                    position, entry["time"], height, payload["action"], payload["actor"], payload["arguments"], signers,
                    tuple(entry["events"]),
                )  # fmt: skip
        except (msgspec.MsgspecError, EncodingProblem, KeyError, TypeError, AttributeError, ValueError) as problem:
            raise Differs(f"entry {position}", "an entry of this log", str(problem)) from problem


def _read_height(data: bytes) -> int:
    """The height in a block's head, without decoding all of it: its events stand before, and cannot hold an unescaped quote."""
    at = data.rindex(b'"height":') + len(b'"height":')
    return int(data[at : data.index(b",", at)])
