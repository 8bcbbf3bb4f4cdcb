"""Looking for what must not be anywhere: in every file of a folder, in every cell of a database, inside base64 and JSON escapes.

The rule of the search. A number, address or the like counts where it stands as a whole token, in any case: no letter or digit of ASCII
before or after it, so that the digits of a hash are no finding. A name counts wherever its letters stand in their order, whatever
their case, accents and the white space between them.
"""

from __future__ import annotations

import base64
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_WHITE_SPACE = re.compile(r"\s+")


def find_in_folder(folder: Path, tokens: Iterable[str], names: Iterable[str] = ()) -> dict[str, set[str]]:
    """Place → what was found there; a place is a file, or a table in one."""
    found: dict[str, set[str]] = {}
    wanted_tokens, wanted_names = set(tokens), set(names)
    for place, data in iterate_contents(folder):
        for text in iterate_texts(data):
            hits = find_tokens(text, wanted_tokens) | find_names(text, wanted_names)
            if hits:
                found.setdefault(place, set()).update(hits)
    return found


def iterate_contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file whole, and each cell of each table where it is a database."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        yield name, data
        if data.startswith(b"SQLite format 3\0"):
            yield from ((f"{name}: {table}", cell) for table, cell in _iterate_cells(path))


def _iterate_cells(path: Path) -> Iterator[tuple[str, bytes]]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 -- the database's own name
                yield from ((table, cell if isinstance(cell, bytes) else str(cell).encode()) for cell in row)


def iterate_texts(data: bytes) -> Iterator[str]:
    """Bytes as text, with JSON's escapes undone, and what base64 within them holds."""
    for piece in (data, *(_decode_base64(run) for run in _BASE64.findall(data))):
        text = piece.decode("utf-8", "replace")
        yield text
        if _ESCAPE.search(text):
            yield _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _decode_base64(run: bytes) -> bytes:
    return base64.b64decode(run[: len(run) // 4 * 4])


def find_tokens(text: str, tokens: Iterable[str]) -> set[str]:
    """Which of the tokens stand in a text."""
    folded = text.casefold()
    possible = {token for token in tokens if token.casefold() in folded}
    return {token for token in possible if re.search(rf"(?<![0-9a-z]){re.escape(token.casefold())}(?![0-9a-z])", folded)}


def find_names(text: str, names: Iterable[str]) -> set[str]:
    """Which of the names stand in a text."""
    plain = fold_name(text) if names else ""
    return {name for name in names if fold_name(name) in plain}


def fold_name(name: str) -> str:
    """Without case, accents and the difference between white spaces."""
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _WHITE_SPACE.sub(" ", letters).casefold()
