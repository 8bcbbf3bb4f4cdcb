"""Releases of the tests' own making, for what a real file does not have: many of them, or what is wrong with one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PREFIX = "ocds-synth1"


def make_release(number: int, **changes: Any) -> dict[str, Any]:
    """A valid release of a process of its own, told apart by ``number``; ``changes`` replace fields, None removes one."""
    supplier = f"PT-NIPPC-{500_000_000 + number % 40}"
    release = {
        "ocid": f"{PREFIX}-{number}",
        "id": f"{number}-1",
        "date": f"2026-03-{1 + number % 28:02}T08:00:00Z",
        "tag": ["award", "contract"] if number % 3 else ["contract"],
        "initiationType": "tender",
        "parties": [
            {"id": "buyer", "name": "City of Examples", "roles": ["buyer"], "identifier": {"scheme": "PT-NIPPC", "id": "600000011"}},
            {
                "id": supplier,
                "name": f"Bench Works {number % 40}",
                "roles": ["supplier"],
                "identifier": {"scheme": "PT-NIPPC", "id": supplier.rpartition("-")[2]},
                "contactPoint": {"email": f"desk{number}@bench.example"},
            },
        ],
        "buyer": {"id": "buyer", "name": "City of Examples"},
        "tender": {"id": f"t{number}", "description": f"Benches for park {number}", "value": money(1_000 + number)},
        "awards": [{"id": "a1", "value": money(900 + number), "suppliers": [{"id": supplier, "name": f"Bench Works {number % 40}"}]}],
        "contracts": [{"id": "c1", "awardID": "a1", "value": money(900 + number)}],
    }
    return {name: value for name, value in (release | changes).items() if value is not None}


def money(amount: float) -> dict[str, Any]:
    """An amount in euros."""
    return {"amount": amount, "currency": "EUR"}


def write_package(path: Path, releases: Iterable[dict[str, Any]], **options: Any) -> Path:
    """A release package."""
    return write_json(path, make_package(releases), **options)


def make_package(releases: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A release package, parsed."""
    return {
        "uri": "https://city.example/releases",
        "version": "1.1",
        "publishedDate": "2026-04-01T00:00:00Z",
        "publisher": {"name": "City of Examples"},
        "releases": list(releases),
    }


def write_json(path: Path, value: Any, encoding: str = "utf-8") -> Path:
    """A value as a file."""
    path.write_bytes(json.dumps(value, ensure_ascii=False).encode(encoding))
    return path
