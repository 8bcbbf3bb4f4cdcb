"""The keys that a ceremony replaces. Shared by its conditions and by whoever prepares its completion."""

from __future__ import annotations

from collections.abc import Sequence

from prasasti.contracts.offices import COUNTED_ROLES, find_bound_key, find_offices, find_person
from prasasti.core.contract import View
from prasasti.core.genesis import Genesis


def list_former_keys(view: View, genesis: Genesis, organisations: Sequence[str]) -> list[str]:
    """Keys that can act as officer, registrar or auditor of these organisations, sorted."""
    found: list[str] = []
    for organisation in organisations:
        offices = find_offices(view, genesis, organisation)
        for handle in sorted({*offices.auditors, *offices.officers, *offices.registrars}):
            for key in find_person(view, genesis, organisation, handle).keys:
                if any(role in COUNTED_ROLES for role in find_bound_key(view, key).roles):
                    found.append(key)
    return sorted(found)
