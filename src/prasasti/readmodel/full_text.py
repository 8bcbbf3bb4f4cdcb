"""Full text of processes behind a small interface: made for SQLite's FTS5; a PostgreSQL one would hold the same words in a tsvector.

Owns the index and the form of its queries. What a word is, ``words`` says: the tokenizer only cuts at blanks and sees one
token in each word that comes from there, so that no query can have a meaning of its own.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, column, func, literal_column, select, table, text

from prasasti.readmodel.words import split_words, stem

MIN_PREFIX_LENGTH: Final = 3
"""A shorter one matches half of everything."""


class TextRow(NamedTuple):
    """The words of a process: stems of titles and descriptions, and parties' names as they are."""

    process: int
    text: str
    buyer: str
    supplier: str
    other: str


class TextQuery(NamedTuple):
    """What is looked for: each word of ``words`` somewhere, those of ``buyer`` and ``supplier`` among their names.

    A word that ends with * stands for all that begin with it.
    """

    words: str = ""
    buyer: str = ""
    supplier: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is no word in it."""
        return not any(split_words(part) for part in self)


NO_TEXT: Final = TextQuery()

_SCHEMA: Final = "CREATE VIRTUAL TABLE words USING fts5(text, buyer, supplier, other, tokenize='ascii', detail='column')"
_words: Final = table("words", column("rowid"), column("rank"))

INSERT: Final = "INSERT INTO words(rowid, text, buyer, supplier, other) VALUES (?, ?, ?, ?, ?)"
DELETE: Final = "DELETE FROM words WHERE rowid = ?"

process_column: Final[ColumnElement[int]] = _words.c.rowid
rank_column: Final[ColumnElement[Any]] = _words.c.rank


def create(connection: Connection) -> None:
    """Make the empty index."""
    connection.execute(text(_SCHEMA))


def select_all(connection: Connection) -> list[tuple[Any, ...]]:
    """Every process with its words."""
    return [tuple(row) for row in connection.execute(text("SELECT rowid, text, buyer, supplier, other FROM words ORDER BY rowid"))]


def find(query: TextQuery, *further: ColumnElement[Any]) -> Select[Any]:
    """Processes that match, as a selection of ``process_column`` and further ones to narrow, join and order."""
    return select(process_column, *further).select_from(_words).where(match(query))


def count(connection: Connection, query: TextQuery, limit: int) -> int:
    """How many processes match, up to a limit."""
    found: int = connection.execute(select(func.count()).select_from(find(query).limit(limit).subquery())).scalar_one()
    return found


def match(query: TextQuery) -> ColumnElement[bool]:
    """The condition alone, for a statement that reads from the index."""
    return literal_column("words").op("MATCH", is_comparison=True)(_spell(query))


def list_words(text: str) -> set[str]:
    """The words of a name, or of a query for one."""
    return set(split_words(text))


def _spell(query: TextQuery) -> str:
    parts = [
        f"(text : {_term(stem(word), is_prefix)} OR {{buyer supplier other}} : {_term(word, is_prefix)})"
        for word, is_prefix in _terms(query.words)
    ]
    for name in ("buyer", "supplier"):
        parts += [f"{name} : {_term(word, is_prefix)}" for word, is_prefix in _terms(getattr(query, name))]
    return " AND ".join(parts)


def _terms(asked: str) -> list[tuple[str, bool]]:
    """Words with whether each stands for its beginning only."""
    terms: list[tuple[str, bool]] = []
    for piece in asked.split():
        words = split_words(piece)
        terms += [(word, False) for word in words]
        if words and piece.endswith("*") and len(words[-1]) >= MIN_PREFIX_LENGTH:
            terms[-1] = (words[-1], True)
    return terms


def _term(word: str, is_prefix: bool) -> str:
    """Quoted: a word has neither quotes nor blanks."""
    return f'"{word}"{" *" if is_prefix else ""}'
