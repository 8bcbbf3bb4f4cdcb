"""An object of JSON, spoiled in every way that a schema should find, one place at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value within an object with its path; of a list its first element."""
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for name, child in children:
        yield from walk(child, (*path, name))


def edit(whole: dict[str, Any], path: tuple[str | int, ...], change: Callable[[Any, Any], None]) -> dict[str, Any]:
    changed = deepcopy(whole)
    parent: Any = changed
    for name in path[:-1]:
        parent = parent[name]
    change(parent, path[-1])
    return changed


def put(value: Any) -> Callable[[Any, Any], None]:
    return lambda parent, name: parent.__setitem__(name, value)


def spoilt_objects(whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field missing, of every other type, too long; every object with a field more."""
    for path, value in walk(whole):
        where = ".".join(map(str, path)) or "the object"
        if isinstance(value, dict):
            yield f"{where} with an unknown field", edit(whole, (*path, "unknown"), put(1))
        if not path:
            continue
        if isinstance(path[-1], str):
            yield f"{where} missing", edit(whole, path, lambda parent, name: parent.__delitem__(name))
        for other in (None, True, 7, "text", ["text"], {"text": "text"}):
            if type(other) is not type(value):
                yield f"{where} = {json.dumps(other)}", edit(whole, path, put(other))
        if isinstance(value, str):
            yield f"{where} too long", edit(whole, path, put(value + (value[-1:] or "x") * 300))
            if value:
                yield f"{where} empty", edit(whole, path, put(""))
        if isinstance(value, list):
            yield f"{where} too long", edit(whole, path, put([f"{value[0]}{number:03}" for number in range(200)]))
        if isinstance(value, int) and path[-1] != "seconds":
            yield f"{where} = -1", edit(whole, path, put(-1))
