"""What a recount tells: steps with their lines, figures and disagreements, and what comes out for each lot.

Owns their names, order and clauses. Computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from prasasti.services.explained_log import Figure

# The steps, in the order in which a lot goes through them; those of its contract come as its life has them.
STEPS = (
    "terms", "submissions", "opening", "exclusions", "requirements", "scores", "ranking", "ballot", "award", "activation", "contract",
    "signatures", "failure", "advance", "amendment", "certificate", "release", "replacement",
)  # fmt: skip
# What each step follows: the reference of the project, and the law behind it.
CLAUSES: Mapping[str, tuple[str, ...]] = {
    "terms": ("procurement.03", "procurement.06"),
    "submissions": ("procurement.08.1", "procurement.09"),
    "opening": ("procurement.10", "prasasti/seal/1"),
    "exclusions": ("procurement-lifecycle 5", "procurement-lifecycle 6", "Perpres 16/2018 Pasal 7"),
    "requirements": ("procurement.15",),
    "scores": ("procurement.16", "procurement.17", "procurement-lifecycle 5"),
    "ranking": ("procurement.17", "procurement-lifecycle 5", "Perpres 16/2018 Pasal 67"),
    "ballot": ("procurement.18",),
    "award": ("procurement.20.2", "procurement.20.3", "procurement.20.4"),
    "activation": ("procurement.25.1", "procurement.25.6"),
    "contract": ("procurement.28.2", "procurement.28.3"),
    "signatures": ("procurement.30",),
    "failure": ("procurement.27", "Perpres 16/2018 Pasal 51"),
    "advance": ("procurement.32.1", "procurement.32.4", "procurement-lifecycle 4"),
    "amendment": ("procurement.31.5", "procurement-lifecycle 4"),
    "certificate": ("procurement.35.2", "procurement.35.3", "procurement.35.4", "procurement-lifecycle 4"),
    "release": ("procurement.39", "procurement.40.4", "procurement-lifecycle 4"),
    "replacement": ("procurement.37.2",),
}


class Line(NamedTuple):
    """A line of a step: words' key and its facts; the entry (−1: none) and the document (SHA-256, "" none) that it rests on."""

    key: str
    facts: Mapping[str, object]
    position: int = -1
    document: str = ""


class Disagreement(NamedTuple):
    """Where the record is not what was computed."""

    what: str
    computed: str
    recorded: str
    position: int


@dataclass(slots=True)
class Step:
    """A step of a lot ("" : of the whole process), by the contract's version and figures that held; ``subject`` is the certificate, or
    what else of the lot it is about."""

    name: str
    lot: str
    version: int
    figures: list[Figure] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    subject: str = ""

    @property
    def clauses(self) -> tuple[str, ...]:
        """What the step follows."""
        return CLAUSES[self.name]

    def say(self, key: str, position: int = -1, document: str = "", /, **facts: object) -> None:
        """One more line."""
        self.lines.append(Line(key, facts, position, document))

    def compare(self, what: str, computed: object, recorded: object, position: int) -> None:
        """Note a disagreement where there is one."""
        if str(computed) != str(recorded):
            self.disagreements.append(Disagreement(what, str(computed), str(recorded), position))


class Result(NamedTuple):
    """Of a lot: who is first by what was computed, who has the award, "" nobody; prices in minor units, "" none."""

    lot: str
    state: str
    computed: str
    computed_price: str
    awarded: str
    awarded_price: str


@dataclass(slots=True)
class Explanation:
    """All steps of a process, in the order in which they happened; ``notes`` of what was attested later, which changes no step."""

    process: str
    buyer: str
    currency: str
    steps: list[Step]
    results: list[Result]
    notes: list[Line]

    @property
    def differs(self) -> Step | None:
        """The first step in which record and computation differ."""
        return next((step for step in self.steps if step.disagreements), None)
