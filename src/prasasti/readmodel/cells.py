"""Cells of tables that leave the program: for spreadsheets, which run what looks like a formula.

Owns what is harmless in a cell. Knows no table.
"""

from __future__ import annotations

from typing import Any, Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""With these a spreadsheet begins a formula."""


def spell_cell(cell: Any) -> str:
    """A cell as others read it: hashes in hex, text on one line and without control characters.

    A text that begins like a formula stands behind a ', which a spreadsheet takes for the sign of a text. Numbers stay
    numbers, also negative ones.
    """
    if isinstance(cell, bytes):
        return cell.hex()
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    text = cell if cell.isprintable() else "".join(map(_spell_character, cell))
    # Some spreadsheets look past the spaces before it, to which other signs that show nothing have turned.
    return f"'{text}" if (cell.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)) and not is_number(cell) else text


def is_number(text: str) -> bool:
    """Whether a text is a plain decimal number."""
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


def _spell_character(character: str) -> str:
    return character if character.isprintable() else " " if character.isspace() else "\ufffd"
