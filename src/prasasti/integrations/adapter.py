"""The one interface of systems of tables: a folder of rows becomes releases, and every row is accounted for.

Owns what an adapter gives back and how adapters are found. A system is one folder under `integrations/`: its package names an
`ADAPTER`, an object of the protocol below; nothing else needs to know it. Does not own: reading and composing (`tables` has what
systems share), redaction, signing, recording (`services.importing`), the report's words.

The promise: each row of each file ends in at least one release or in `reported` with its reason, and each amount of a mapped money
column has one fate. A file that cannot be trusted as a whole is in `problems`; then there are no releases, so that nothing is
half-imported.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import msgspec

import prasasti.integrations
from prasasti.integrations.tables.mapping import Mapping

SOURCE_DOCUMENT_TYPE: Final = "x_source"
"""Of a document that says which rows a section of a release comes from: its title is the file, its description the rows."""


class Place(msgspec.Struct, frozen=True, order=True):
    """A row of a file, as a spreadsheet numbers it: the header is row 1."""

    file: str
    row: int


class FileProblem(msgspec.Struct, frozen=True):
    """Why a file is not taken. `line` counts the file's lines from 1, 0 where the problem is the file's."""

    file: str
    code: str
    detail: str = ""
    line: int = 0


class ReportedRow(msgspec.Struct, frozen=True):
    """A row that is in no release, with its reason."""

    place: Place
    code: str
    detail: str = ""


class Finding(msgspec.Struct, frozen=True):
    """What was seen in rows that are (or are not) in releases: a join that fails, amounts that differ, dates out of order."""

    code: str
    places: tuple[Place, ...]
    detail: str = ""


Fate = Literal["told", "repeated", "reported"]


class Amount(msgspec.Struct, frozen=True):
    """An amount of a mapped column and what became of it.

    `told`: it stands in a release. `repeated`: another row tells the same amount, named by `reason`. `reported`: neither, for the
    `reason`, which is a code. `value` is None where the cell holds no amount that can be added.
    """

    place: Place
    column: str
    stage: str
    value: Decimal | None
    fate: Fate
    reason: str = ""


class TableRelease(msgspec.Struct, frozen=True):
    """A release with the rows it comes from; within it they stand in documents of the type `SOURCE_DOCUMENT_TYPE`.

    `amounts` are the cells (row, column) whose amounts it tells.
    """

    release: dict[str, Any]
    places: tuple[Place, ...]
    amounts: tuple[tuple[Place, str], ...] = ()


class Adaptation(msgspec.Struct, kw_only=True):
    """What became of a folder. `rows` counts the data rows of each file, `notices` are (file, code, detail) of what was tolerated."""

    problems: list[FileProblem] = msgspec.field(default_factory=list)
    releases: list[TableRelease] = msgspec.field(default_factory=list)
    reported: list[ReportedRow] = msgspec.field(default_factory=list)
    findings: list[Finding] = msgspec.field(default_factory=list)
    amounts: list[Amount] = msgspec.field(default_factory=list)
    rows: dict[str, int] = msgspec.field(default_factory=dict)
    notices: list[tuple[str, str, str]] = msgspec.field(default_factory=list)


class AdapterOptions(msgspec.Struct, frozen=True):
    """`ocid_prefix`: `ocds-` and six characters. `utc_offset` (`+07:00`): the zone of times that name none."""

    ocid_prefix: str
    utc_offset: str = "+07:00"


class Adapter(Protocol):
    """A system of tables. `faults` are the codes of reported rows that something is wrong with; other codes explain.

    `description` and `example` (a folder's name) stand in the command's help.
    """

    name: str
    title: str
    description: str
    example: str
    ocid_prefix: str
    default_scheme: str
    mapping: Mapping
    faults: frozenset[str]

    def adapt(self, folder: Path, options: AdapterOptions) -> Adaptation:
        """Read a folder; OSError where it cannot be read."""


def find_adapters() -> dict[str, Adapter]:
    """The systems known, by name: each package under `integrations` that has an `ADAPTER`."""
    return {adapter.name: adapter for adapter in _iterate_adapters()}


def _iterate_adapters() -> Iterator[Adapter]:
    for module in pkgutil.iter_modules(prasasti.integrations.__path__):
        if module.ispkg:
            adapter = getattr(import_module(f"prasasti.integrations.{module.name}"), "ADAPTER", None)
            if adapter is not None:
                yield adapter


def strip_provenance(value: Any) -> Any:
    """A release without its source documents: what it says, apart from where in which file it said so."""
    if isinstance(value, list):
        return [strip_provenance(item) for item in value if not _is_source(item)]
    if not isinstance(value, dict):
        return value
    stripped = {name: strip_provenance(item) for name, item in value.items()}
    if "documents" in stripped and not stripped["documents"]:
        del stripped["documents"]
    return stripped


def _is_source(item: Any) -> bool:
    return isinstance(item, dict) and item.get("documentType") == SOURCE_DOCUMENT_TYPE
