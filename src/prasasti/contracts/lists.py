"""Lists in the state that leave nothing out: numbered from 0 without gaps, beside a count (DESIGN: Complete answers).

Owns their keys and how an item joins one. Which lists there are, and of what, is each contract's. An item is never removed.
"""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from prasasti.core.contract import View, Write

LIST_PAGE_ITEMS = 256
MAX_LIST_ID_BYTES = 100


def make_list_id(organisation: str) -> str:
    """An organisation's id as lists have it: itself, or a short name where a page's number would not fit beside it (formats: Keys)."""
    return organisation if len(organisation) <= MAX_LIST_ID_BYTES else "h." + sha256(organisation.encode()).hexdigest()[:32]


def count_key(contract: str, list_name: str, identifier: str) -> str:
    """Key of a list's count."""
    return f"{contract}/{list_name}/{identifier}/count"


def item_key(contract: str, list_name: str, identifier: str, number: int) -> str:
    """Key of a list's item; 256 items share a home."""
    return f"{contract}/{list_name}/{identifier}:{number // LIST_PAGE_ITEMS}/{number}"


def count_items(view: View, contract: str, list_name: str, identifier: str) -> int:
    """How many items a list has."""
    return view.get(count_key(contract, list_name, identifier), int) or 0


def append_item(view: View, contract: str, list_name: str, identifier: str, item: Struct) -> tuple[Write, ...]:
    """Writes that put an item at the end of a list; its number is the count before."""
    number = count_items(view, contract, list_name, identifier)
    return (
        Write(count_key(contract, list_name, identifier), number + 1),
        Write(item_key(contract, list_name, identifier, number), item),
    )
