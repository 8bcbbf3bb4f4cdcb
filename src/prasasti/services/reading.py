"""What a person asks of a ledger: a process's story, a party's processes, whole lists that the state vouches for.

Owns putting answers together from the read model, the documents and the state. The questions themselves are the read
model's, a story's lines are ``integrations.ocds``'s. The read model is never believed where completeness is claimed: a list
is held against the numbered list in the ledger's state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row

from prasasti.contracts.procurement.records import ListedProcess, ListedRelease, ListName, count_key, item_key
from prasasti.core.types import require
from prasasti.integrations.ocds.canonical import JsonFault, parse_json
from prasasti.integrations.ocds.differences import Change, list_changes
from prasasti.integrations.ocds.packages import LedgerRelease
from prasasti.integrations.ocds.sources import Source, choose_sources, list_sources
from prasasti.integrations.ocds.story import StoryLine, build_story
from prasasti.readmodel import queries
from prasasti.readmodel.database import ReadModel, read_progress
from prasasti.readmodel.queries import Conditions, NamedParty, Role
from prasasti.services.deriving import DERIVED, derive_processes
from prasasti.services.difference import Differs
from prasasti.services.ledger import Ledger
from prasasti.services.native_story import NativeStory, tell_native
from prasasti.services.projecting import Progress, catch_up, find_withheld, open_current, read_document
from prasasti.services.publishing import read_signed_note
from prasasti.services.releases import NothingFits
from prasasti.services.state_proofs import format_list_proof

MAX_SUGGESTIONS: Final = 5


# -- one process ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A version that tells a release otherwise: its entry, that of the version that stands, and where they differ."""

    position: int
    stands: int
    release_id: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Story:
    """One process as its releases tell it; buyer and suppliers in the form of the lists.

    ``sources`` and ``times`` (of the block, seconds UTC) are by the position of an entry, ``names`` by supplier. ``native`` is
    what the ledger itself knows of a process that runs on it.
    """

    ocid: str
    publisher: str
    title: str
    state: str
    buyer: str
    buyer_name: str
    suppliers: list[str]
    lines: list[StoryLine]
    times: dict[int, int]
    sources: dict[int, list[Source]] = field(default_factory=dict)
    contradictions: list[Contradiction] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    native: NativeStory | None = None

    def find_sources(self, line: StoryLine) -> list[Source]:
        """The rows of a source system that a line comes from."""
        return choose_sources(self.sources.get(line.position, []), line.key, line.facts)


def tell_story(ledger: Ledger, ocid: str, publisher: str = "", *, progress: Progress | None = None) -> Story:
    """The story of a process; NothingFits names what is recorded instead."""
    with open_current(ledger, progress) as model, model.reading() as connection:
        found = [row for row in queries.find_processes(connection, ocid) if publisher in ("", row.publisher)]
        if not found:
            known = [row.ocid for row in queries.search(connection, Conditions(), "newest", 3).rows]
            raise NothingFits(f"no release of {ocid} is recorded", known, is_unknown=True)
        if len(found) > 1:
            raise NothingFits(f"{ocid} has releases of several publishers; choose --publisher among {_join(found, 'publisher')}")
        (process,) = found
        versions = queries.list_versions(connection, [process.process])
        suppliers = queries.list_process_parties(connection, process.process, "supplier")
        names = {supplier: queries.name_party(connection, supplier) for supplier in suppliers}
        recorded = load_versions(ledger, connection, versions)
        native = tell_native(ledger, connection, process.process, ocid)
    parsed = {each.position: _parse(each.document) for each in recorded}
    sources = {position: list_sources(release) for position, release in parsed.items() if release is not None}
    return Story(
        ocid, process.publisher, process.title, process.state, process.buyer, process.buyer_name, suppliers, build_story(recorded),
        {version.position: version.time for version in versions}, sources, _compare_versions(recorded, parsed), names,
        native,
    )  # fmt: skip


def load_versions(ledger: Ledger, connection: Connection, versions: Sequence[Row[Any]]) -> list[LedgerRelease]:
    """Versions of releases with their documents; those withheld have none, whether or not their bytes are still stored.

    What native processes say is derived anew from the log.
    """
    hidden = find_withheld(connection, [version.document for version in versions])
    native = derive_processes(ledger, connection, sorted({version.process for version in versions if version.kind == DERIVED}))
    derived = {(process, row.position): release for process, told in native.items() for row, release in told}
    return [
        derived[version.process, version.position]
        if version.kind == DERIVED
        else LedgerRelease(
            version.position, version.publisher, version.ocid, version.release_id,
            read_document(ledger, version.document) if version.document not in hidden else None, version.kind, version.date,
        )
        for version in versions
    ]  # fmt: skip


def _parse(document: bytes | None) -> dict[str, Any] | None:
    """A document's release; None for one that is not there, or is none: the story says so."""
    try:
        value = parse_json(document.decode("utf-8")) if document is not None else None
    except UnicodeDecodeError:
        return None
    return value if isinstance(value, dict) and not isinstance(value, JsonFault) else None


def _compare_versions(recorded: Sequence[LedgerRelease], parsed: dict[int, dict[str, Any] | None]) -> list[Contradiction]:
    """Each contradiction beside the newest version that stands."""
    standing = {version.release_id: version for version in recorded if version.kind != "contradiction"}
    return [
        Contradiction(
            version.position, standing[version.release_id].position, version.release_id,
            list_changes(parsed[standing[version.release_id].position] or {}, parsed[version.position] or {}),
        )
        for version in recorded
        if version.kind == "contradiction" and version.release_id in standing
    ]  # fmt: skip


# -- parties and their lists ----------------------------------------------------------------------------------------------


def find_party(connection: Connection, role: Role, asked: str) -> NamedParty:
    """The buyer or supplier with this id, or the only one whose name has these words; NothingFits names those that fit."""
    count = queries.count_list(connection, role, asked)
    if count:
        return NamedParty(asked, queries.name_party(connection, asked), count)
    found = queries.find_parties(connection, role, asked, MAX_SUGGESTIONS + 1)
    if len(found) == 1:
        return found[0]
    known = [f"{party.party} ({party.name})" for party in found[:MAX_SUGGESTIONS]]
    if found:
        more = f", … ('prasasti totals --by {role}' lists all)" if len(found) > MAX_SUGGESTIONS else ""
        raise NothingFits(f"several {role}s have these words in their names; give the id of one: {', '.join(known)}{more}", known)
    raise NothingFits(f"no {role} has the id or the name {asked!r}; 'prasasti totals --by {role}' lists all")


ReadItems = Callable[[Connection], tuple[list[Row[Any]], list[tuple[str, str]]]]
StatedItem = Callable[[int], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class WholeList:
    """A numbered list, equal to the one in the ledger's state. ``rows`` are the read model's, in its order."""

    name: str
    rows: list[Row[Any]]
    size: int
    height: int


def list_processes(ledger: Ledger, model: ReadModel, role: Role, party: str) -> WholeList:
    """All processes of a buyer or supplier; Differs where the read model and the state disagree."""

    def items(connection: Connection) -> tuple[list[Row[Any]], list[tuple[str, str]]]:
        rows = list(queries.list_processes(connection, role, party))
        return rows, [(row.ocid, row.publisher) for row in rows]

    def stated(number: int) -> tuple[str, str]:
        item = require(ledger.state.get(item_key(role, party, number), ListedProcess), "an item of a numbered list")
        return item.ocid, item.publisher

    return _hold_against_state(ledger, model, role, party, items, stated)


def list_releases(ledger: Ledger, model: ReadModel, publisher: str) -> WholeList:
    """All releases of a publisher; Differs where the read model and the state disagree."""

    def items(connection: Connection) -> tuple[list[Row[Any]], list[tuple[str, str]]]:
        rows = list(queries.list_releases(connection, publisher))
        return rows, [(row.ocid, row.release_id) for row in rows]

    def stated(number: int) -> tuple[str, str]:
        item = require(ledger.state.get(item_key("publisher", publisher, number), ListedRelease), "an item of a numbered list")
        return item.ocid, item.release_id

    return _hold_against_state(ledger, model, "publisher", publisher, items, stated)


def prove_list(ledger: Ledger, name: str) -> bytes:
    """File that shows a list whole under the last signed checkpoint; NothingSigned, ProofProblem where that is not the newest."""
    return format_list_proof(ledger.database, read_signed_note(ledger), name)


def _hold_against_state(
    ledger: Ledger, model: ReadModel, role: ListName, party: str, read_items: ReadItems, stated: StatedItem
) -> WholeList:
    """The read model's list, after each of its items was found in the state's, and no more there."""
    while True:
        with model.reading() as connection:
            told = read_progress(connection)
            rows, items = read_items(connection)
        count = ledger.state.get(count_key(role, party), int) or 0
        if count <= len(items) or ledger.database.size() == told.size:
            break
        catch_up(ledger, model)  # a block came meanwhile
    place = f"the read model's list of {role} {party} ('prasasti rebuild' makes it anew, 'prasasti check-state' checks the state)"
    for number, item in enumerate(items[:count]):
        expected = stated(number)
        if item != expected:
            raise Differs(f"{place}, item {number}", " ".join(expected), " ".join(item))
    if len(items) != count:
        raise Differs(place, f"{count} items", f"{len(items)} items")
    return WholeList(f"procurement/{role}/{party}", rows, told.size, told.height)


def _join(rows: Sequence[Row[Any]], column: str) -> str:
    return ", ".join(sorted({getattr(row, column) for row in rows}))
