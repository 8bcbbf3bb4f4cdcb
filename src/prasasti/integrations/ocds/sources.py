"""Where a release's sections come from: the rows of a source system, as an adapter noted them (`adapter.SOURCE_DOCUMENT_TYPE`).

Owns finding those notes in a parsed release and matching them to a story's lines. Does not own writing them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from prasasti.integrations.adapter import SOURCE_DOCUMENT_TYPE


class Source(msgspec.Struct, frozen=True):
    """Rows of a file, in the words of the adapter, that a section tells; ``section_id`` is "" where it has none."""

    section: str
    section_id: str
    file: str
    rows: str


def list_sources(release: dict[str, Any]) -> list[Source]:
    """Every note of a parsed release."""
    found = list(_notes("planning", "", release.get("planning")))
    found += _notes("tender", "", release.get("tender"))
    for section in ("awards", "contracts"):
        for item in _objects(release.get(section)):
            found += _notes(section, str(item.get("id", "")), item)
            found += _notes("payments", str(item.get("id", "")), item.get("implementation"))
    return found


_SECTION_OF_KEY: Final = (
    ("plan", "planning"), ("tender", "tender"), ("bid", "tender"), ("award", "awards"), ("contract", "contracts"), ("pa", "payments"),
)  # fmt: skip
"""How the keys of a story's lines begin, and the section that they tell."""


def choose_sources(sources: list[Source], key: str, facts: dict[str, str]) -> list[Source]:
    """The notes of the section that a line of a story tells; of the whole release where that section has none."""
    section = next((section for start, section in _SECTION_OF_KEY if key.startswith(start)), "")
    own = [source for source in sources if source.section == section]
    exact = [source for source in own if section in ("awards", "contracts") and source.section_id == facts.get("id")]
    return exact or own or sources


def _notes(section: str, section_id: str, holder: Any) -> Iterator[Source]:
    for document in _objects(holder.get("documents")) if isinstance(holder, dict) else ():
        if document.get("documentType") == SOURCE_DOCUMENT_TYPE:
            yield Source(section, section_id, str(document.get("title") or ""), str(document.get("description") or ""))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
