"""Questions to a source of open contracting data, asked with the standard library alone.

Imports nothing of the product, so that what was recorded and exported is compared with what somebody else read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.acceptance.published import parse

Release = dict[str, Any]


def read_packages(path: Path) -> list[Release]:
    """The releases of a file with a list of release packages."""
    return [release for package in parse(path.read_bytes()) for release in package["releases"]]


def count_tags(releases: Iterable[Release]) -> Counter[str]:
    """How many releases carry each tag."""
    return Counter(tag for release in releases for tag in release["tag"])


def sum_money(releases: Iterable[Release]) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """(stage, currency) → how many amounts and their sum."""
    totals: dict[tuple[str, str], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for release in releases:
        for stage, value in _iterate_values(release):
            count, amount = totals[stage, value["currency"]]
            totals[stage, value["currency"]] = count + 1, amount + value["amount"]
    return dict(totals)


def _iterate_values(release: Release) -> Iterator[tuple[str, dict[str, Any]]]:
    contracts = release.get("contracts", [])
    values = [("planned", release.get("planning", {}).get("budget", {}).get("amount"))]
    values += [("tendered", release.get("tender", {}).get("value"))]
    values += [("awarded", award.get("value")) for award in release.get("awards", [])]
    values += [("contracted", contract.get("value")) for contract in contracts]
    values += [
        ("paid", transaction.get("value"))
        for contract in contracts
        for transaction in contract.get("implementation", {}).get("transactions", [])
    ]
    yield from ((stage, value) for stage, value in values if value)


def list_natural_persons(releases: Iterable[Release]) -> list[tuple[str, str]]:
    """(number, name) of each supplier whom Portugal's register of taxpayers holds as a natural person: a number from 1, 2 or 3 on."""
    return [
        (party["identifier"]["id"], party["name"])
        for release in releases
        for party in release["parties"]
        if "supplier" in party["roles"] and party["identifier"]["scheme"] == "PT-NIPPC" and party["identifier"]["id"][0] in "123"
    ]


def list_contacts(value: Any) -> Iterator[str]:
    """Every text in a ``contactPoint``, wherever one stands."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from list_texts(item) if name == "contactPoint" else list_contacts(item)
    elif isinstance(value, list):
        for item in value:
            yield from list_contacts(item)


def drop_contacts(value: Any) -> Any:
    """The same without any ``contactPoint``."""
    if isinstance(value, dict):
        return {name: drop_contacts(item) for name, item in value.items() if name != "contactPoint"}
    return [drop_contacts(item) for item in value] if isinstance(value, list) else value


def list_texts(value: Any) -> Iterator[str]:
    """Every text and number within a value, as text."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from list_texts(item)
    elif value is not None:
        yield str(value)
