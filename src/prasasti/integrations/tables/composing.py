"""From rows to a release: each part's fields put at their paths, the parts merged, parties and provenance added.

Owns the form of a release; what goes into which release is the adapter's. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

import msgspec

from prasasti.integrations.adapter import SOURCE_DOCUMENT_TYPE, Amount, Fate, Place, TableRelease
from prasasti.integrations.ocds.canonical import Number
from prasasti.integrations.tables.conversions import MONEY, Fault, Notation, read_number
from prasasti.integrations.tables.mapping import Mapping
from prasasti.integrations.tables.reading import Reading, Row

ROLES: Final = {
    "buyer": "buyer",
    "procuringEntity": "procuringEntity",
    "tenderers": "tenderer",
    "suppliers": "supplier",
    "signatories": "supplier",
    "payee": "payee",
}
"""Where a release refers to an organisation, and the role it has in `parties`."""

REPEATED: Final = "="
Told = dict[tuple[Place, str], str]
"""(row, money column) → "" where a release tells the amount, `=` and the place that tells the same, or the code of a reason."""


class Part(msgspec.Struct, frozen=True):
    """A row's part of a release. A part that is only `context` (the buyer's name, say) is no source of the release."""

    row: Row
    section: str
    context: bool = False


class Draft(msgspec.Struct, kw_only=True, eq=False):
    """A release to be composed. `process` ends its ocid, `suffix` its id; `own` is the source's date of it, "" where it has none;
    `sources_at` is the path of its source documents.
    """

    process: str
    suffix: str
    tag: str
    date: str
    own: str = ""
    parts: list[Part]
    sources_at: str
    extra: dict[str, Any] = msgspec.field(default_factory=dict)


class Account(msgspec.Struct):
    """What became of rows and amounts while releases were composed."""

    told: Told = msgspec.field(default_factory=dict)
    used: set[Place] = msgspec.field(default_factory=set)


def compose_release(draft: Draft, mapping: Mapping, ocid_prefix: str, account: Account) -> TableRelease:
    """The release of a draft; notes in `account` which rows and amounts it tells."""
    ocid = f"{ocid_prefix}-{draft.process}"
    body: dict[str, Any] = {}
    amounts: list[tuple[Place, str]] = []
    for part in draft.parts:
        _merge(body, _make_fragment(part, mapping, amounts))
    account.told.update(dict.fromkeys(amounts, ""))
    _merge(body, draft.extra)
    sources = sorted({part.row.place for part in draft.parts if not part.context})
    account.used.update(sources)
    _place(body, draft.sources_at, list(_describe_sources(draft.suffix, sources)))
    parties = _lift_parties(body)
    release = {
        "ocid": ocid,
        "id": f"{ocid}-{draft.suffix}",
        "date": draft.date,
        "tag": [draft.tag],
        "initiationType": "tender",
        "language": "id",
        **({"parties": parties} if parties else {}),
        **body,
    }
    return TableRelease(release, tuple(sources), tuple(amounts))


def _make_fragment(part: Part, mapping: Mapping, amounts: list[tuple[Place, str]]) -> dict[str, Any]:
    fragment: dict[str, Any] = {}
    row = part.row
    for field in mapping.sections.get((row.table, part.section), []):
        value = row.derived.get(field.column, row.values.get((field.column, field.conversion)))
        if value is None or field.path == "date":
            continue  # A draft has its date already: the adapter compares dates of several rows.
        _place(fragment, field.path, value, field.join)
        if field.stage and not part.context:
            amounts.append((row.place, field.column))
    if fragment:
        for constant in mapping.constants:
            if constant.section == part.section and constant.table in ("", row.table):
                _place(fragment, constant.path, constant.value)
    return fragment


def _place(target: dict[str, Any], path: str, value: Any, join: str = "") -> None:
    """Puts a value at a path. What stands there already stays, is joined by a text, or is lengthened by a list."""
    *steps, last = path.split(".")
    for step in steps:
        name, is_list = step.removesuffix("[]"), step.endswith("[]")
        if is_list:
            items = target.setdefault(name, [])
            if not items:
                items.append({})
            target = items[0]
        else:
            target = target.setdefault(name, {})
    name = last.removesuffix("[]")
    if last.endswith("[]") or isinstance(value, list):
        items = target.setdefault(name, [])
        items += [item for item in (value if isinstance(value, list) else [value]) if item not in items]
    elif join and isinstance(target.get(name), str):
        target[name] += "" if target[name] == str(value) else join + str(value)
    else:
        target.setdefault(name, value)


def _merge(target: dict[str, Any], more: dict[str, Any]) -> None:
    """Objects field by field, lists by the items' ids; of two values the first stands."""
    for name, value in more.items():
        if name not in target:
            target[name] = value
        elif isinstance(value, dict) and isinstance(target[name], dict):
            _merge(target[name], value)
        elif isinstance(value, list) and isinstance(target[name], list):
            _merge_lists(target[name], value)


def _merge_lists(target: list[Any], more: list[Any]) -> None:
    known = {item["id"]: item for item in target if isinstance(item, dict) and "id" in item}
    for item in more:
        if isinstance(item, dict) and item.get("id") in known:
            _merge(known[item["id"]], item)
        elif item not in target:
            target.append(item)
            if isinstance(item, dict) and "id" in item:
                known[item["id"]] = item


def _describe_sources(suffix: str, places: list[Place]) -> Iterator[dict[str, Any]]:
    for file, each in groupby(places, key=lambda place: place.file):
        table = file.rpartition(".")[0]
        yield {
            "id": f"source-{suffix}-{table}",
            "documentType": SOURCE_DOCUMENT_TYPE,
            "title": file,
            "description": f"rows {spell_rows(place.row for place in each)}",
            "format": "text/csv",
        }


def spell_rows(rows: Iterable[int]) -> str:
    """Numbers in ascending order, neighbours as ranges: `3, 5-8, 12`."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def _lift_parties(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Each organisation once in `parties`, with its roles; at its place stay id and name. One without a number gets no id."""
    parties: dict[str, dict[str, Any]] = {}
    nameless: list[dict[str, Any]] = []

    def lift(organisation: dict[str, Any], roles: list[str]) -> dict[str, Any]:
        identifier = organisation.get("identifier", {})
        reference: dict[str, Any] = {"name": organisation["name"]} if "name" in organisation else {}
        if identifier.get("id"):
            reference["id"] = f"{identifier['scheme']}-{identifier['id']}"
        party = parties.get(reference.get("id", ""))
        if party is None:
            party = {**reference, **({"identifier": identifier} if identifier.get("id") else {}), "roles": []}
            if "id" in reference:
                parties[reference["id"]] = party
            elif reference:
                nameless.append(party)
        party.setdefault("name", reference.get("name", ""))
        party["roles"] = list(dict.fromkeys([*party["roles"], *roles]))
        return reference

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, dict):
            for name, item in value.items():
                if name in ROLES and isinstance(item, dict):
                    value[name] = lift(item, [ROLES[name]])
                elif name in ROLES and isinstance(item, list):
                    lifted = [lift(each, [ROLES[name]]) for each in item]
                    value[name] = list({(each.get("id"), each.get("name")): each for each in lifted}.values())
                else:
                    walk(item)

    given = body.pop("parties", [])
    walk(body)
    for organisation in given:
        lift(organisation, organisation.get("roles", []))
    found = [*parties.values(), *nameless]
    for party in found:
        if not party["name"]:
            del party["name"]
    return found


def list_amounts(reading: Reading, mapping: Mapping, account: Account) -> list[Amount]:
    """Every amount of every mapped money column with its fate, rows that are reported included."""
    reasons = {each.place: each.code for each in reading.reported}
    found = [
        Amount(place, column, stage, _read_amount(cells[column], setting.notation), "reported", reasons[place])
        for table, place, cells, setting in reading.reported_cells
        for column, stage in mapping.list_money(table)
        if cells.get(column)
    ]
    for table in mapping.tables:
        money = mapping.list_money(table.name)
        for row in reading.tables[table.name]:
            for column, stage in money:
                value = row.values.get((column, MONEY))
                if value is not None:
                    found.append(_judge_amount(row, column, stage, value["amount"], account, reasons))
    return sorted(found, key=lambda amount: (amount.place, amount.column))


def _judge_amount(row: Row, column: str, stage: str, amount: Number, account: Account, reasons: dict[Place, str]) -> Amount:
    reason = account.told.get((row.place, column), reasons.get(row.place, "not_told"))
    fate: Fate = "told" if not reason else "repeated" if reason.startswith(REPEATED) else "reported"
    return Amount(row.place, column, stage, amount.value, fate, reason.removeprefix(REPEATED))


def _read_amount(cell: str, notation: Notation) -> Decimal | None:
    """What a reported row's cell holds, also where it is negative or absurd: the sums of the report must be those of the file."""
    value = read_number(cell, notation)
    return None if isinstance(value, Fault) else value
