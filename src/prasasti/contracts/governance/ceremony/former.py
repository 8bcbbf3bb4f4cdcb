"""The keys that a ceremony replaces. Shared by its conditions and by whoever prepares its completion."""

from __future__ import annotations

from collections.abc import Sequence

from prasasti.contracts.offices import COUNTED_ROLES, find_offices, find_person, key_key
from prasasti.core.contract import View
from prasasti.core.genesis import Genesis, KeyRecord
from prasasti.core.types import require


def list_former_keys(view: View, genesis: Genesis, organisations: Sequence[str]) -> list[str]:
    """Keys that can act as officer, registrar or auditor of these organisations, sorted."""
    found: list[str] = []
    for organisation in organisations:
        offices = find_offices(view, genesis, organisation)
        for handle in sorted({*offices.auditors, *offices.officers, *offices.registrars}):
            for key in find_person(view, genesis, organisation, handle).keys:
                if any(role in COUNTED_ROLES for role in require(view.get(key_key(key), KeyRecord), key).roles):
                    found.append(key)
    return sorted(found)
