"""Where two documents tell the same release differently: path, what stands, what was told instead.

Owns comparing; the standing version and the other one are the caller's choice. Objects of a list are told apart by their
ids, as they merge; those without stand where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from prasasti.integrations.ocds.canonical import encode_json, join_path

MAX_SHOWN_CHARACTERS: Final = 200
_ABSENT: Final = object()


class Change(msgspec.Struct, frozen=True):
    """One difference. Values are texts as they are, anything else as JSON; "" where there is nothing."""

    path: str
    before: str
    after: str


def list_changes(before: Any, after: Any) -> list[Change]:
    """Every difference between two parsed documents, in the order of the first, then of the second."""
    return list(_compare(before, after, ""))


def _compare(before: Any, after: Any, path: str) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            yield from _compare(before.get(name, _ABSENT), after.get(name, _ABSENT), join_path(path, name))
    elif isinstance(before, list) and isinstance(after, list) and _are_objects([*before, *after]):
        old, new = _by_id(before), _by_id(after)
        for key in dict.fromkeys([*old, *new]):
            yield from _compare(old.get(key, _ABSENT), new.get(key, _ABSENT), f"{path}[{key}]")
    else:
        yield Change(path, _show(before), _show(after))


def _are_objects(items: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in items)


def _by_id(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(item.get("id", index)): item for index, item in enumerate(items)}


def _show(value: Any) -> str:
    text = "" if value is _ABSENT else value if isinstance(value, str) else encode_json(value).decode()
    return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}…"
