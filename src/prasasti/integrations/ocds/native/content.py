"""A native process as it stands in OCDS, and what of it an entry changed: from that a release is made.

Owns the forms of OCDS objects and which of them a release repeats. A release holds each object that its entry changed,
whole, and of the tender always what it is and how it stands: so the releases of a thousand proposals grow as one does, and
merge into the same whole as if each told everything. Knows no message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from msgspec import Struct

from prasasti.integrations.ocds.canonical import Number
from prasasti.readmodel.money import from_minor, spell

LISTS_OF_TENDER: Final = ("lots", "items", "documents", "milestones", "enquiries", "criteria", "amendments")
PLANNING_DOCUMENTS: Final = "planning_documents"
SECTIONS: Final = (*LISTS_OF_TENDER, PLANNING_DOCUMENTS, "bids", "statistics", "awards", "contracts", "parties", "relatedProcesses")

ReadDocument = Callable[[str], bytes | None]
NameAddress = Callable[[str], str]


class LotStanding(Struct):
    """How a lot stands on the ledger. ``award`` is the live one's id in OCDS, ``slot`` what is sealed, opened or judged now;
    ``askings`` counts how often proposals were asked for: each time there are other bids."""

    terms: dict[str, Any]
    slot: str
    state: str = "open"
    award: str = ""
    askings: int = 1


class BidStanding(Struct):
    """How a proposal stands. ``slots`` are those that hold something; ``out`` tells why it is out, "" while it is in;
    ``passed`` are requirements that it meets."""

    lot: str
    bidder: str
    slots: set[str]
    passed: set[str]
    out: str = ""
    is_open: bool = False


class MilestoneStanding(Struct):
    """How far a milestone is, minor units. ``due`` is as people read it; ``inspected`` when an inspector said something last, 0 before;
    ``is_rejected``: what was shown last was rejected."""

    amount_minor: int
    due: int
    title: str
    accepted_minor: int = 0
    certified_minor: int = 0
    inspected: int = 0
    is_rejected: bool = False


class DeliveryStanding(Struct):
    """How far a contract is: its milestones, what was taken as damages, by how long suspensions moved what is due."""

    milestones: dict[str, MilestoneStanding]
    damages_minor: int = 0
    moved_seconds: int = 0


class OrderFacts(NamedTuple):
    """What a payment order is and stays: its contract, what for, who pays whom, its lines (code, minor units; the first is the payee's),
    and the order whose lines it pays, "" for none."""

    contract: str
    milestone: str
    treasury: str
    payee: str
    lines: list[tuple[str, int]]
    replaces: str


class Settled(NamedTuple):
    """A line of an order that an entry of the log settled: paid, rejected or returned, on a day, by an entry of a statement."""

    order: str
    line: int
    outcome: str
    entry: str
    statement: str
    value_date: int


class Content:
    """One process. ``standing``, by lot, and ``bidding``, by a bid's id, keep what the standard has no field for,
    as ``complaints`` (and appeals) by lot do, and ``deliveries`` by contract."""

    def __init__(self, ocid: str, name_address: NameAddress, read_document: ReadDocument) -> None:
        self.ocid = ocid
        self.name_address = name_address
        self.read_document = read_document
        self.currency = ""
        self.buyer = ""
        self.newest_release = ""
        self.tender: dict[str, Any] = {}
        self.planning: dict[str, Any] = {}
        self.objects: dict[str, dict[str, dict[str, Any]]] = {section: {} for section in SECTIONS}
        self.arguments: dict[str, Any] = {}
        self.standing: dict[str, LotStanding] = {}
        self.bidding: dict[str, BidStanding] = {}
        self.complaints: dict[str, str] = {}
        self.guarantees: set[str] = set()
        self.deliveries: dict[str, DeliveryStanding] = {}
        self._parts: dict[str, dict[str, dict[str, None]]] = {}
        self._touched: dict[str, dict[str, None]] = {}
        self._is_tender_whole = False
        self._is_planning_told = False

    # -- changes ---------------------------------------------------------------------------------------------------------

    def put(self, section: str, identifier: str, /, **fields: Any) -> dict[str, Any]:
        """Change an object, or make it; the next release tells it whole."""
        found = self.objects[section].setdefault(identifier, {"id": identifier})
        found.update(fields)
        self._touched.setdefault(section, {})[identifier] = None
        return found

    def touch_contract(self, contract: str) -> None:
        """The next release tells that a contract is there."""
        self._parts.setdefault(contract, {})

    def put_part(self, contract: str, part: str, identifier: str, /, **fields: Any) -> None:
        """Change an object of one of a contract's lists, or make it; the next release tells that object, and not all the others.

        ``part`` is the list's name, "implementation/" before it where it is the implementation's.
        """
        holder = self._find_holder(contract, part, is_made=True)
        name = part.rpartition("/")[2]
        before = next((each for each in holder.get(name, ()) if each["id"] == identifier), {"id": identifier})
        changed = {**before, **fields}
        listed = [changed if each["id"] == identifier else each for each in holder.get(name, ())]
        holder[name] = listed if changed in listed else [*listed, changed]
        self._parts.setdefault(contract, {}).setdefault(part, {})[identifier] = None

    def find_part(self, contract: str, part: str, identifier: str) -> dict[str, Any] | None:
        """An object of one of a contract's lists as it stands."""
        listed = self._find_holder(contract, part).get(part.rpartition("/")[2], ())
        return next((each for each in listed if each["id"] == identifier), None)

    def put_implementation(self, contract: str, /, **fields: Any) -> None:
        """Change fields of a contract's implementation itself."""
        self._find_holder(contract, "implementation/", is_made=True).update(fields)
        self._parts.setdefault(contract, {}).setdefault("implementation", {}).update(dict.fromkeys(fields))

    def _find_holder(self, contract: str, part: str, is_made: bool = False) -> dict[str, Any]:
        found = self.objects["contracts"][contract]
        if not part.startswith("implementation/"):
            return found
        inner: dict[str, Any] = found.setdefault("implementation", {}) if is_made else found.get("implementation", {})
        return inner

    def find(self, section: str, identifier: str) -> dict[str, Any] | None:
        """An object as it stands."""
        return self.objects[section].get(identifier)

    def put_tender(self, **fields: Any) -> None:
        """Change fields of the tender itself."""
        self.tender.update(fields)
        self._is_tender_whole = True
        self._touched.setdefault("lots", {})

    def touch_tender(self) -> None:
        """The next release has a tender, whatever changed in it."""
        self._touched.setdefault("lots", {})

    def put_planning(self, **fields: Any) -> None:
        """Change fields of the planning."""
        self.planning.update(fields)
        self._is_planning_told = True

    def touch_planning(self) -> None:
        """The next release repeats the planning."""
        self._is_planning_told = True
        self._touched.setdefault(PLANNING_DOCUMENTS, {}).update(dict.fromkeys(self.objects[PLANNING_DOCUMENTS]))

    def add_role(self, organisation: str, role: str) -> dict[str, Any]:
        """An organisation takes part in a role; a reference to it."""
        roles = self.objects["parties"].get(organisation, {}).get("roles", [])
        if role not in roles:
            self.put("parties", organisation, name=organisation, roles=sorted([*roles, role]))
        return refer(organisation)

    # -- documents and notes ---------------------------------------------------------------------------------------------

    def make_document(self, document: dict[str, Any], title: str, kind: str, time: int, **fields: Any) -> dict[str, Any]:
        """A document of the ledger as OCDS tells one; its hash, for which the standard has no field, is its id and ends its address."""
        digest = document["sha256"]
        return {
            "datePublished": spell_time(time), "documentType": kind, "format": document["media_type"], "id": digest, "title": title,
            "url": self.name_address(digest), **fields,
        }  # fmt: skip

    def add_document(self, document: dict[str, Any] | None, title: str, kind: str, time: int, lot: str = "") -> None:
        """A document among the tender's."""
        if document is not None:
            made = self.make_document(document, title, kind, time, **relate(lot))
            self.put("documents", made["id"], **made)

    def add_note(self, identifier: str, title: str, kind: str, time: int, lot: str = "", description: str = "") -> None:
        """What the standard has no place for, as a document of the tender that is the log's entry itself: it has no address."""
        text = {"description": description} if description else {}
        self.put("documents", identifier, datePublished=spell_time(time), documentType=kind, title=title, **text, **relate(lot))

    def spell_money(self, amount_minor: str | int, currency: str = "") -> dict[str, Any]:
        """A value, of minor units."""
        unit = currency or self.currency
        return {"amount": Number(spell(from_minor(int(amount_minor), unit))), "currency": unit}

    # -- releases --------------------------------------------------------------------------------------------------------

    def take_changes(self) -> dict[str, Any]:
        """The sections that changed since they were taken last."""
        sections = self._take_sections()
        self._touched, self._parts, self._is_tender_whole, self._is_planning_told = {}, {}, False, False
        return sections

    def _take_sections(self) -> dict[str, Any]:
        content: dict[str, Any] = {}
        if self._is_planning_told or PLANNING_DOCUMENTS in self._touched:
            documents = self._list_touched(PLANNING_DOCUMENTS)
            content["planning"] = {**self.planning, **({"documents": documents} if documents else {})}
        if self.tender and (self._is_tender_whole or any(section in self._touched for section in LISTS_OF_TENDER)):
            own = self.tender if self._is_tender_whole else {name: self.tender[name] for name in ("id", "status", "title")}
            lists = {section: found for section in LISTS_OF_TENDER if (found := self._list_touched(section))}
            content["tender"] = {**own, **lists}
        told = {"details": self._list_touched("bids"), "statistics": self._list_touched("statistics")}
        if bids := {name: found for name, found in told.items() if found}:
            content["bids"] = bids
        for section in ("awards", "contracts", "relatedProcesses"):
            if found := self._list_touched(section):
                content[section] = found
        parts = [self._tell_parts(contract) for contract in self._parts if contract not in self._touched.get("contracts", ())]
        if parts:
            content["contracts"] = [*content.get("contracts", ()), *parts]
        if content or "parties" in self._touched:
            content["parties"] = self._list_parties(content)
        return content

    def _list_touched(self, section: str) -> list[dict[str, Any]]:
        return [_copy(self.objects[section][identifier]) for identifier in self._touched.get(section, ())]

    def _tell_parts(self, contract: str) -> dict[str, Any]:
        """A contract as it stands, and of its lists what changed."""
        found = self.objects["contracts"][contract]
        told: dict[str, Any] = {name: found[name] for name in ("awardID", "id", "status")}
        for part, wanted in self._parts[contract].items():
            if part == "implementation":
                inner = {name: found["implementation"][name] for name in wanted}
                told["implementation"] = {**told.get("implementation", {}), **inner}
                continue
            name = part.rpartition("/")[2]
            listed = [dict(each) for each in self._find_holder(contract, part)[name] if each["id"] in wanted]
            if part.startswith("implementation/"):
                told["implementation"] = {**told.get("implementation", {}), name: listed}
            else:
                told[name] = listed
        return told

    def _list_parties(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        """Buyer, whom the release refers to, and who has a new role."""
        wanted = dict.fromkeys([self.buyer, *_list_references(content), *self._touched.get("parties", ())])
        return [dict(self.objects["parties"][each]) for each in sorted(wanted) if each in self.objects["parties"]]


def _copy(told: dict[str, Any]) -> dict[str, Any]:
    """An object as it is told: what changes in it later, changes its own. Lists in it are not changed, but made anew."""
    return {name: dict(value) if name == "implementation" else value for name, value in told.items()}


_REFERENCES: Final = ("author", "guarantor", "payee", "payer", "procuringEntity", "signatories", "suppliers", "tenderers")


def _list_references(content: Any) -> Iterable[str]:
    if isinstance(content, list):
        for each in content:
            yield from _list_references(each)
    elif isinstance(content, dict):
        for name, value in content.items():
            if name in _REFERENCES:
                yield from (each["id"] for each in (value if isinstance(value, list) else [value]))
            elif isinstance(value, dict | list):
                yield from _list_references(value)


def refer(organisation: str) -> dict[str, Any]:
    """A reference to an organisation; the ledger knows no other name of it than its id."""
    return {"id": organisation, "name": organisation}


def relate(lot: str) -> dict[str, Any]:
    """What ties an object to a lot, if there is one."""
    return {"relatedLots": [lot]} if lot else {}


def spell_time(time: int) -> str:
    """A date and time of RFC 3339, in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spell_quantity(thousandths: str) -> Number:
    """A quantity of thousandths of its unit as a number with no more decimals than it needs."""
    whole, rest = divmod(int(thousandths), 1_000)
    return Number(f"{whole}.{rest:03d}".rstrip("0").rstrip("."))


def spell_share(basis_points: int) -> str:
    """Basis points as per cent."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + " %"
