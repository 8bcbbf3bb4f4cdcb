"""Shapes and effects that several messages of ``identity`` share."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from prasasti.contracts.offices import MAX_ROLES
from prasasti.core.types import Role, is_ascending

Roles = Annotated[list[Role], Meta(min_length=1, max_length=MAX_ROLES)]


def require_ascending(what: str, names: list[str]) -> None:
    """ValueError where names are not sorted bytewise, each once."""
    if not is_ascending(names):
        raise ValueError(f"{what} are sorted bytewise, each once")


BIND_KEY = {"effect": "bind_key", "key": "key", "organisation": "organisation", "possession": True, "roles": "roles"}

END_OLD_KEY = {"effect": "end_key", "key": "old"}

GRANT = {"effect": "grant", "key": "key", "role": "role"}

END = {"effect": "end", "key": "key", "role": "role"}
