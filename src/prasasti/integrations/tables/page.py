"""The page of a mapping, made from the table that the adapter works from, so that it cannot say anything else.

Pure: writes no file. A test compares the committed page with what this makes.
"""

from __future__ import annotations

from collections.abc import Iterable

from prasasti.integrations.adapter import Adapter


def build_mapping_page(adapter: Adapter) -> str:
    """Markdown of the page, without a machine's or a day's trace."""
    mapping = adapter.mapping
    fields = [
        (f"`{field.table}.{field.column}`", mapping.releases[field.section], f"`{field.path}`", field.conversion.words, field.lost)
        for field in mapping.fields
    ]
    constants = [
        (mapping.releases[each.section] + (f" ({each.table})" if each.table else ""), f"`{each.path}`", _spell(each.value))
        for each in mapping.constants
    ]
    parts = [
        f"# {adapter.title} to OCDS\n\nMade from the mapping in `prasasti.integrations.{adapter.name}`; a test keeps it current. What "
        f"`prasasti import {adapter.name}` tells of each column, where, and what is lost.\n",
        *(f"- {rule}" for rule in mapping.rules),
        "\n## Columns\n\nIn a path `[]` is the row's own element of a list. Two columns at one path: the second is appended, or stands "
        "in where the first is empty.\n",
        *_rows(("source column", "release", "OCDS path", "conversion", "lost"), fields),
        "\n## What is computed from several rows\n",
        *_rows(("name above", "what it is"), ((f"`{each.name}`", each.words) for each in mapping.derived)),
        "\n## What a release says beside its columns\n",
        *_rows(("release", "OCDS path", "value"), constants),
        "\n## Columns that are compared and not told again\n",
        *_rows(("source column", "compared with"), ((f"`{each.table}.{each.column}`", f"`{each.other}`") for each in mapping.compared)),
        "\n## Columns that join or decide\n",
        *_rows(("source column", "use"), ((f"`{each.table}.{each.column}`", each.use) for each in mapping.joined)),
        "\n## Columns that no release tells\n",
        *_rows(("source column", "reason"), ((f"`{each.table}.{each.column}`", each.reason) for each in mapping.unmapped)),
    ]
    return "\n".join(parts) + "\n"


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [_row(head), _row(("---",) * len(head)), *(_row(row) for row in rows)]


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _spell(value: object) -> str:
    return ", ".join(f"`{item}`" for item in value) if isinstance(value, list) else f"`{value}`"
