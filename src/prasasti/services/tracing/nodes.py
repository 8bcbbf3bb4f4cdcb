"""The shape of a trace: nodes with amounts, and what each must add up to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct


class Part(NamedTuple):
    """A summand, minor units; one that is taken off is less than 0."""

    name: str
    amount_minor: int


class Sum(Struct, frozen=True):
    """What must hold: an amount is its parts, or at most they where ``is_most``."""

    name: str
    total_minor: int
    parts: list[Part]
    is_most: bool = False

    @property
    def parts_minor(self) -> int:
        """What the parts come to."""
        return sum(part.amount_minor for part in self.parts)

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.total_minor <= self.parts_minor if self.is_most else self.total_minor == self.parts_minor


class Node(Struct, frozen=True):
    """A level: what it is, how much, in which state, what must hold of it, and what it is made of.

    ``kind``: line, reservation, share, contract, milestone, part, certificate, order, payment, entry, outside, item, due, supplier,
    buyer. ``facts`` are further amounts, times and names by what they are: of these ``tracing`` commands know how each is spelled.
    """

    kind: str
    id: str
    amount_minor: int
    currency: str
    state: str = ""
    facts: dict[str, str] = {}
    sums: list[Sum] = []
    nodes: list[Node] = []


class Failure(NamedTuple):
    """A level that does not add up: the path to it, of ``kind id``, what does not hold, in which currency."""

    path: list[str]
    failed: Sum
    currency: str


class Trace(Struct, frozen=True):
    """An answer: of what ``kind`` the id is, its levels, and apart from them what no order here asked for, what is open and owed."""

    id: str
    kind: str
    told: int
    nodes: list[Node]
    apart: list[Node]

    def list_failures(self) -> list[Failure]:
        """The levels that do not add up, in order."""
        return [failure for node in (*self.nodes, *self.apart) for failure in _list_failures(node, [])]

    def count_sums(self) -> int:
        """How many sums were compared."""
        return sum(len(node.sums) for node, _ in walk(self.nodes + self.apart))


def walk(nodes: list[Node], depth: int = 0) -> Iterator[tuple[Node, int]]:
    """Nodes with their depth, each before its own."""
    for node in nodes:
        yield node, depth
        yield from walk(node.nodes, depth + 1)


def _list_failures(node: Node, above: list[str]) -> Iterator[Failure]:
    path = [*above, f"{node.kind} {node.id}"]
    yield from (Failure(path, each, node.currency) for each in node.sums if not each.holds)
    for inner in node.nodes:
        yield from _list_failures(inner, path)
