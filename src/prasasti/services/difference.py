"""Where something is not what it should be: what audit and check-state report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """A place, what should stand there, what does; each in words for people."""

    place: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}, found {self.found}"


class Differs(Exception):
    """Ends a check at its first difference."""

    def __init__(self, place: str, expected: object, found: object) -> None:
        self.difference = Difference(place, show(expected), show(found))
        super().__init__(str(self.difference))


def show(value: Any) -> str:
    """A value in at most so many characters: hashes in hex, text as it is, all else as JSON."""
    text = value.hex() if isinstance(value, bytes) else value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def require_equal(place: str, expected: object, found: object) -> None:
    """Differs unless both are equal."""
    if expected != found:
        raise Differs(place, expected, found)
