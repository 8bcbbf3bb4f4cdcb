"""Reads messages of ISO 20022 piece by piece, with memory that does not grow with the file.

Owns: what is refused before any field is judged (a DTD, so no entities; sizes, depth, text without end; a file cut in the middle),
and where in the file it is. Not what fields mean: who reads a kind of message names the elements that it wants.

A file comes from outside: nothing is believed until its last byte was read, so who acts on it reads it whole first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final, NamedTuple
from xml.parsers import expat

MAX_FILE_BYTES: Final = 512 * 2**20
MAX_DEPTH: Final = 48
MAX_TEXT_CHARACTERS: Final = 2_000
# How much may stand between two things that a parser tells: a name, an attribute, a comment.
MAX_PIECE_BYTES: Final = 256 * 2**10
_CHUNK_BYTES: Final = 64 * 2**10
_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:([a-z]{4}\.[0-9]{3}\.[0-9]{3}\.[0-9]{2})", re.ASCII)


class FileProblem(ValueError):
    """A file that cannot be read as what it should be: where, what is wrong, what to do. Nothing of it is used."""


class Wanted(NamedTuple):
    """An element that is told as a whole, once it ends: under which name, and which elements in it are.

    A mapping's value is the key of a text, a mapping for elements on the way (whose own text, if any, has the key at ""), or another
    Wanted. A key that ends in ``*`` may repeat, and its first text counts; any other stands once.
    """

    name: str
    elements: Mapping[str, Any]


class Found(NamedTuple):
    """An element that was wanted: its texts by key (and a currency by key + ``@``), and those so far of the one around it."""

    name: str
    values: dict[str, str]
    around: dict[str, str]
    line: int


def iterate_elements(source: BinaryIO, kinds: Mapping[str, Mapping[str, Any]]) -> Iterator[Found]:
    """Elements of a message that are wanted, in the order in which they end; first the message itself, named ``Document``,
    whose text ``message`` says which it is (``camt.053.001.08``). ``kinds``: what is wanted of each kind (``camt.053``).

    FileProblem anywhere between two elements: what came before it must not be used.
    """
    parsing = _Parsing(kinds)
    size = 0
    while True:
        chunk = source.read(_CHUNK_BYTES)
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            raise FileProblem(f"the file has more than {MAX_FILE_BYTES} bytes; ask the bank for several smaller ones")
        parsing.feed(chunk, size)
        yield from parsing.found
        parsing.found.clear()
        if not chunk:
            return


class _Node:
    """A place in a message where something is wanted."""

    __slots__ = ("children", "key", "name")

    def __init__(self, name: str, key: str, children: dict[str, _Node]) -> None:
        self.name = name
        self.key = key
        self.children = children


class _Parsing:
    """One file on its way through the parser."""

    def __init__(self, kinds: Mapping[str, Mapping[str, Any]]) -> None:
        self.found: list[Found] = []
        self._kinds = kinds
        self._nodes: list[_Node | None] = []
        self._values: list[dict[str, str]] = []
        self._text: list[str] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_declaration
        parser.StartElementHandler = self._begin_message
        parser.EndElementHandler = self._end

    def feed(self, chunk: bytes, size: int) -> None:
        parser = self._parser
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as problem:
            if not chunk:
                raise self._make_problem("the file ends in the middle; ask the bank for the whole file") from problem
            told = expat.ErrorString(problem.code)
            raise FileProblem(f"line {problem.lineno}, column {problem.offset + 1}: no XML, {told}; ask the bank for it again") from problem
        if size - parser.CurrentByteIndex > MAX_PIECE_BYTES and not self._text:
            raise self._make_problem(f"a name, a value or a comment of more than {MAX_PIECE_BYTES} bytes; no bank writes such a file")

    def _refuse_declaration(self, *_: object) -> None:
        raise self._make_problem("the file declares a document type, which messages of ISO 20022 never do; it is not read")

    def _begin_message(self, name: str, _attributes: dict[str, str]) -> None:
        """The outermost element says which message it is, by its namespace."""
        space, _, local = name.rpartition(" ")
        known = _NAMESPACE.fullmatch(space)
        message = known[1] if known is not None and local == "Document" else ""
        kind = message[:8]
        if kind not in self._kinds:
            told = message or "no message of ISO 20022"
            raise self._make_problem(f"the file is {told}; what is read here is {', '.join(sorted(self._kinds))}")
        self._nodes.append(_compile("", self._kinds[kind], f"{space} "))
        self._values.append({})
        self.found.append(Found("Document", {"message": message}, {}, self._parser.CurrentLineNumber))
        self._parser.StartElementHandler = self._begin

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        nodes = self._nodes
        above = nodes[-1]
        node = above.children.get(name) if above is not None else None
        nodes.append(node)
        if len(nodes) > MAX_DEPTH:
            raise self._make_problem(f"elements stand in one another more than {MAX_DEPTH} deep; no bank writes such a file")
        if node is None:
            return
        if node.name:
            self._values.append({})
        elif node.key:
            self._text.clear()
            self._parser.CharacterDataHandler = self._add_text
            if "Ccy" in attributes:
                self._put(f"{node.key}@", attributes["Ccy"])

    def _end(self, _: str) -> None:
        node = self._nodes.pop()
        if node is None:
            return
        if node.key:
            self._parser.CharacterDataHandler = None
            text = "".join(self._text).strip()
            self._text.clear()
            if text or not node.children:
                self._put(node.key, text)
        elif node.name:
            values = self._values.pop()
            self.found.append(Found(node.name, values, self._values[-1], self._parser.CurrentLineNumber))

    def _add_text(self, text: str) -> None:
        self._text.append(text)
        if len(text) > MAX_TEXT_CHARACTERS or len(self._text) > MAX_TEXT_CHARACTERS:
            raise self._make_problem(f"a text of more than {MAX_TEXT_CHARACTERS} characters; no field has so many")

    def _put(self, key: str, text: str) -> None:
        values = self._values[-1]
        if key not in values:
            values[key] = text
        elif not key.rstrip("@").endswith("*"):
            raise self._make_problem(f"{key} is given twice where there can be one; ask the bank which holds")

    def _make_problem(self, told: str) -> FileProblem:
        parser = self._parser
        return FileProblem(f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}: {told}")


def _compile(name: str, elements: Mapping[str, Any], prefix: str) -> _Node:
    children: dict[str, _Node] = {}
    for element, wanted in elements.items():
        if isinstance(wanted, str):
            children[prefix + element] = _Node("", wanted, {})
        elif isinstance(wanted, Wanted):
            children[prefix + element] = _compile(wanted.name, wanted.elements, prefix)
        else:
            children[prefix + element] = _compile("", wanted, prefix)
    return _Node(name, elements.get("", ""), children)
