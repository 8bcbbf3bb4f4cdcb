"""Keeping the read model up with the ledger: recorded releases and their documents, told as rows.

Owns the order. First the log is read on from where the tables stand: a row for each release, its place in the lists, and a
mark on its process. Then each marked process is made anew from all its releases, once, however many came. Both go by
chunks, a transaction each, so that a crash leaves the last whole chunk and the next command goes on from there; the marks
say what is left. What comes out depends on the log and the stored documents only, not on the chunks. Of native processes the
log's entries are marked, and their releases derived when the process is made anew (``deriving``); whether something waits there
is noted then too.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, func, select

from prasasti.integrations.ocds.facts import ProcessFacts, describe_process
from prasasti.integrations.ocds.native.entries import CONTRACT, NativeEntry, is_native, read_native
from prasasti.integrations.ocds.packages import LedgerRelease
from prasasti.readmodel.database import (
    BATCH,
    SCHEMA_VERSION,
    ReadModel,
    delete_processes,
    empty,
    insert_rows,
    insert_texts,
    mark_stale,
    open_read_model,
    read_progress,
    write_progress,
)
from prasasti.readmodel.rows import ListingRow, ListSizeRow, LiveProcessRow, ProcessKeyRow, ProgressRow, ReleaseRow, WithheldRow
from prasasti.readmodel.tables import list_sizes, listings, native_names, process_keys, processes, releases, stale, withheld
from prasasti.services.deriving import DERIVED, derive_processes
from prasasti.services.ledger import Ledger
from prasasti.services.publishing import WITHHOLD_ACTION
from prasasti.services.releases import ATTEST_ACTION, KINDS
from prasasti.services.telling_natives import Listed, list_announced, tell_natives
from prasasti.storage.connection import StorageProblem

CHUNK_ENTRIES: Final = 1_000
CHUNK_PROCESSES: Final = 500
FEW_PROCESSES: Final = 50
"""Whose documents are in memory at once."""

Progress = Callable[[int, int], None]


@contextmanager
def open_current(ledger: Ledger, progress: Progress | None = None) -> Iterator[ReadModel]:
    """The ledger's read model, caught up with its newest block."""
    model = open_read_model(ledger.folder)
    try:
        catch_up(ledger, model, progress)
        yield model
    finally:
        model.close()


def rebuild(ledger: Ledger, progress: Progress | None = None) -> int:
    """Drop the read model and make it anew; how many processes it tells."""
    model = open_read_model(ledger.folder)
    try:
        empty(model)
        catch_up(ledger, model, progress)
        with model.reading() as connection:
            count: int = connection.execute(select(func.count()).select_from(processes)).scalar_one()
            return count
    finally:
        model.close()


def catch_up(
    ledger: Ledger,
    model: ReadModel,
    progress: Progress | None = None,
    *,
    chunk_entries: int = CHUNK_ENTRIES,
    chunk_processes: int = CHUNK_PROCESSES,
) -> None:
    """Bring the read model to the ledger's newest block, from wherever it stands; ``progress``: steps done, of how many."""
    size = ledger.database.size()
    if not _tells_this_log(ledger, model, size):
        empty(model)
    with model.reading() as connection:
        start = told = read_progress(connection).size
        left = _count_stale(connection)
    if told >= size and not left:
        return
    entries = size - start
    while told < size:
        with model.writing() as connection:
            told = _tell_chunk(ledger, connection, size, chunk_entries)
        if progress is not None:
            progress(told - start, entries + max(left, entries))
    with model.reading() as connection:
        left = _count_stale(connection)
    done = 0
    while done < left:
        with model.writing() as connection:
            taken = _describe_chunk(ledger, connection, chunk_processes)
        if not taken:
            break
        done += taken
        if progress is not None:
            progress(entries + done, entries + left)


def _count_stale(connection: Connection) -> int:
    count: int = connection.execute(select(func.count()).select_from(stale)).scalar_one()
    return count


def _tells_this_log(ledger: Ledger, model: ReadModel, size: int) -> bool:
    """Whether the tables tell a beginning of this ledger's log: it may have been restored, or be another one."""
    with model.reading() as connection:
        told = read_progress(connection)
    if told.size == 0:
        return True
    if told.chain != ledger.chain or told.size > size:
        return False
    block = ledger.database.read_block_at(told.size - 1)
    return (block.height, block.app_hash) == (told.height, told.app_hash)


# -- the log --------------------------------------------------------------------------------------------------------------


class _Attested(Struct, frozen=True, gc=False):
    """An attestation that had an effect, as its entry tells it."""

    position: int
    time: int
    kind: str
    number: int
    arguments: _Arguments

    @property
    def key(self) -> tuple[str, str]:
        """Publisher and ocid: which process."""
        return self.arguments.publisher, self.arguments.ocid


class _Document(Struct, frozen=True, gc=False):
    sha256: str


class _Arguments(Struct, frozen=True, gc=False):
    buyer: str
    date: int
    document: _Document
    ocid: str
    publisher: str
    release_id: str
    suppliers: list[str]
    tag: list[str]


class _Envelope(Struct, frozen=True, gc=False):
    payload: str


class _Entry(Struct, frozen=True, gc=False):
    events: msgspec.Raw
    envelope: _Envelope | None = None
    position: int = 0
    time: int = 0


class _Payload(Struct, frozen=True, gc=False):
    action: str
    arguments: msgspec.Raw


class _Event(Struct, frozen=True, gc=False):
    event: str
    number: int


# What ``core.entries.read_accepted`` reads of any entry, these read of the two kinds that matter here, several times faster.
_read_entry: Final = msgspec.json.Decoder(_Entry).decode
_read_payload: Final = msgspec.json.Decoder(_Payload).decode
_read_arguments: Final = msgspec.json.Decoder(_Arguments).decode
_read_events: Final = msgspec.json.Decoder(list[_Event]).decode
_read_withheld: Final = msgspec.json.Decoder(_Document).decode


def _tell_chunk(ledger: Ledger, connection: Connection, size: int, limit: int) -> int:
    """Tell the next entries; how many of the log are told then. Another command may have gone on meanwhile: then from there."""
    start = read_progress(connection).size
    if start >= size:
        return start
    stop = min(start + limit, size)
    attested, natives, hidden = _read_entries(enumerate((entry for _, entry in ledger.database.entries(start, stop)), start))
    named = [*((each.position, each.key) for each in attested), *list_announced(natives)]
    keys, known = _find_processes(connection, sorted(named))
    rows = [_describe_release(each, keys[each.key]) for each in attested]
    native_rows, native_listed = tell_natives(ledger, connection, natives, keys)
    insert_rows(connection, [ProcessKeyRow(process, *key) for key, process in keys.items() if process not in known])
    insert_rows(connection, rows)
    insert_rows(connection, native_rows)
    listed = [*(each for one in attested for each in _list_parties(one, keys[one.key])), *native_listed]
    insert_rows(connection, _list_processes(connection, sorted(listed, key=lambda each: each.position), start))
    insert_rows(connection, hidden)
    told = {row.process for row in rows} | {row.process for row in native_rows} | _find_told_by(connection, hidden)
    mark_stale(connection, told, {process for process in told if process < start})
    block = ledger.database.read_block_at(stop - 1)
    write_progress(connection, ProgressRow(SCHEMA_VERSION, ledger.chain, stop, block.height, block.app_hash))
    return stop


def _read_entries(entries: Iterable[tuple[int, bytes]]) -> tuple[list[_Attested], list[NativeEntry], list[WithheldRow]]:
    """The attestations among log entries, less those that only repeat a document, what is native, and what is withheld by them."""
    attested: list[_Attested] = []
    natives: list[NativeEntry] = []
    hidden: list[WithheldRow] = []
    for position, each in entries:
        entry = _read_entry(each)
        if entry.envelope is None:  # a block's head, or a refusal
            if CONTRACT.encode() in bytes(entry.events):
                natives += filter(None, [read_native(position, each)])
            continue
        payload = _read_payload(a2b_base64(entry.envelope.payload))
        if payload.action == ATTEST_ACTION:
            for event in _read_events(entry.events):
                arguments = _read_arguments(payload.arguments)
                attested.append(_Attested(entry.position, entry.time, KINDS[event.event], event.number, arguments))
        elif payload.action == WITHHOLD_ACTION:
            hidden.append(WithheldRow(bytes.fromhex(_read_withheld(payload.arguments).sha256), entry.position))
        elif is_native(payload.action):
            natives += filter(None, [read_native(position, each)])
    return attested, natives, hidden


def _find_processes(
    connection: Connection, named: Sequence[tuple[int, tuple[str, str]]]
) -> tuple[dict[tuple[str, str], int], set[int]]:
    """(publisher, ocid) → process for all that entries name, and which of these stand in the tables already."""
    wanted = dict.fromkeys(key for _, key in named)
    keys: dict[tuple[str, str], int] = {}
    for batch in _batch(sorted({ocid for _, ocid in wanted})):
        for process, publisher, ocid in connection.execute(select(process_keys).where(process_keys.c.ocid.in_(batch))):
            if (publisher, ocid) in wanted:
                keys[publisher, ocid] = process
    known = set(keys.values())
    for position, key in named:
        keys.setdefault(key, position)
    return keys, known


def _describe_release(attested: _Attested, process: int) -> ReleaseRow:
    told = attested.arguments
    return ReleaseRow(
        attested.position, process, told.publisher, attested.number, told.release_id, attested.kind, told.date, attested.time,
        " ".join(told.tag), told.buyer, bytes.fromhex(told.document.sha256),
    )  # fmt: skip


def _list_processes(connection: Connection, entered: Sequence[Listed], start: int) -> list[ListingRow]:
    """New items of buyers' and suppliers' lists, numbered as the contract does: with the first entry that names the party.

    Processes from ``start`` on are new.
    """
    named = dict.fromkeys((each.role, each.party, each.process) for each in entered)
    listed: set[tuple[str, str, int]] = set()
    for older in _batch(sorted({process for _, _, process in named if process < start})):
        query = select(listings.c.role, listings.c.party, listings.c.process).where(listings.c.process.in_(older))
        listed.update(map(tuple, connection.execute(query)))
    sizes = _read_sizes(connection, sorted({party for _, party, _ in named}))
    rows, grown = [], dict(sizes)
    for role, party, process in named:
        if (role, party, process) not in listed:
            number = grown.get((role, party), 0)
            grown[role, party] = number + 1
            rows.append(ListingRow(role, party, number, process))
    _write_sizes(connection, sizes, grown)
    return rows


def _list_parties(attested: _Attested, process: int) -> Iterator[Listed]:
    if attested.arguments.buyer:
        yield Listed(attested.position, "buyer", attested.arguments.buyer, process)
    for supplier in attested.arguments.suppliers:
        yield Listed(attested.position, "supplier", supplier, process)


def _read_sizes(connection: Connection, parties: Sequence[str]) -> dict[tuple[str, str], int]:
    """(role, party) → how many items the party's list has."""
    sizes: dict[tuple[str, str], int] = {}
    for batch in _batch(parties):
        # The roles by name: the primary key begins with them.
        wanted = list_sizes.c.role.in_(("buyer", "supplier")) & list_sizes.c.party.in_(batch)
        for role, party, size in connection.execute(select(list_sizes).where(wanted)):
            sizes[role, party] = size
    return sizes


def _write_sizes(connection: Connection, before: dict[tuple[str, str], int], after: dict[tuple[str, str], int]) -> None:
    changed = [ListSizeRow(*key, size) for key, size in after.items() if before.get(key) != size]
    of_key = (list_sizes.c.role == bindparam("of_role")) & (list_sizes.c.party == bindparam("of_party"))
    older = [{"of_role": row.role, "of_party": row.party} for row in changed if (row.role, row.party) in before]
    if older:
        connection.execute(list_sizes.delete().where(of_key), older)
    insert_rows(connection, changed)


def _find_told_by(connection: Connection, hidden: Sequence[WithheldRow]) -> set[int]:
    """The processes that releases of these documents tell."""
    found: set[int] = set()
    for batch in _batch([row.document for row in hidden]):
        found.update(connection.execute(select(releases.c.process).where(releases.c.document.in_(batch))).scalars())
    return found


# -- processes ------------------------------------------------------------------------------------------------------------


def _describe_chunk(ledger: Ledger, connection: Connection, limit: int) -> int:
    """Make the next marked processes anew; how many."""
    due = list(connection.execute(select(stale.c.process).order_by(stale.c.process).limit(limit)).scalars())
    if not due:
        return 0
    # Named for either table: else a database may read all of the one to look for it in the other.
    is_due, is_release_due, is_process_due = (table.c.process.between(due[0], due[-1]) for table in (stale, releases, processes))
    versions = [tuple(row) for row in connection.execute(_VERSIONS.where(is_due, is_release_due))]
    attested = {process: list(rows) for process, rows in groupby(versions, lambda row: int(row[0]))}
    facts: list[ProcessFacts] = []
    derived: dict[int, list[ReleaseRow]] = {}
    for few in _batch(due, FEW_PROCESSES):
        native = derive_processes(ledger, connection, few)
        bodies = _read_documents(ledger, [row[-2] for process in few for row in attested.get(process, ()) if row[-1] is None])
        facts += [_describe(process, attested.get(process, ()), native.get(process, ()), bodies) for process in few]
        derived.update((process, [row for row, _ in told]) for process, told in native.items())
    live = _find_live(ledger, connection, list(derived)) if derived else []
    delete_processes(connection, list(connection.execute(_TOLD.where(is_due, is_process_due)).scalars()))
    for batch in _batch(list(derived)):
        connection.execute(releases.delete().where(releases.c.process.in_(batch), releases.c.kind == DERIVED))
    insert_rows(connection, [row for rows in derived.values() for row in rows])
    _insert(connection, facts)
    insert_rows(connection, live)
    connection.execute(stale.delete().where(is_due))
    return len(due)


def _find_live(ledger: Ledger, connection: Connection, natives: Sequence[int]) -> list[LiveProcessRow]:
    """Those of native processes that have tasks. The newest state may be ahead of the log that is told here: what came between
    marks its processes again."""
    from prasasti.services.tasks import may_have_tasks  # It knows all of a selection, which a ledger without any does not need.

    view = ledger.view_stored()
    live: list[LiveProcessRow] = []
    for batch in _batch(natives):
        found = connection.execute(select(process_keys.c.process, process_keys.c.ocid).where(process_keys.c.process.in_(batch)))
        contracts: dict[int, list[str]] = {}
        is_contract = native_names.c.process.in_(batch) & (native_names.c.kind == "contract")
        for process, name in connection.execute(select(native_names.c.process, native_names.c.name).where(is_contract)):
            contracts.setdefault(process, []).append(name)
        live += [LiveProcessRow(process) for process, ocid in found if may_have_tasks(view, ocid, contracts.get(process, ()))]
    return live


# Of those that are due: all recorded versions of their releases, and which of them have rows already. The last column of a version
# is null where its document is not withheld.
_VERSIONS: Final = (
    select(
        releases.c.process, releases.c.position, releases.c.publisher, process_keys.c.ocid, releases.c.release_id, releases.c.kind,
        releases.c.date, releases.c.buyer, releases.c.document, withheld.c.position,
    )
    .join(stale, stale.c.process == releases.c.process)
    .join(process_keys, process_keys.c.process == releases.c.process)
    .outerjoin(withheld, withheld.c.document == releases.c.document)
    .where(releases.c.kind != DERIVED)
    .order_by(releases.c.process, releases.c.position)
)  # fmt: skip
_TOLD: Final = select(processes.c.process).join(stale, stale.c.process == processes.c.process)


def find_withheld(connection: Connection, documents: Sequence[bytes]) -> set[bytes]:
    """Those of the documents that are withheld."""
    hidden: set[bytes] = set()
    if connection.execute(select(withheld.c.position).limit(1)).first() is None:
        return hidden
    for batch in _batch(documents):
        hidden.update(connection.execute(select(withheld.c.document).where(withheld.c.document.in_(batch))).scalars())
    return hidden


def _describe(
    process: int, rows: Sequence[tuple[Any, ...]], native: Sequence[tuple[ReleaseRow, LedgerRelease]], bodies: Mapping[bytes, bytes]
) -> ProcessFacts:
    """One process's rows, from what is recorded of it and what is derived."""
    versions = [release for _, release in native]
    newest_buyer = native[-1][0].buyer if native else ""
    for _, position, publisher, ocid, release_id, kind, date, buyer, document, withheld_at in rows:
        body = bodies.get(document) if withheld_at is None else None
        versions.append(LedgerRelease(position, publisher, ocid, release_id, body, kind, date))
        newest_buyer = buyer or newest_buyer
    return describe_process(process, newest_buyer, sorted(versions, key=lambda version: version.position))


def _read_documents(ledger: Ledger, documents: Sequence[bytes]) -> dict[bytes, bytes]:
    """Those that are stored and whole, by hash."""
    bodies: dict[bytes, bytes] = {}
    for batch in _batch(documents):
        bodies |= ledger.documents.read_whole(batch)
    return bodies


def read_document(ledger: Ledger, document: bytes) -> bytes | None:
    """Bytes of a document; a damaged one counts as missing, as for the publisher."""
    try:
        return ledger.documents.read(document.hex())
    except StorageProblem:
        return None


def _insert(connection: Connection, facts: Sequence[ProcessFacts]) -> None:
    insert_rows(connection, [each.process for each in facts])
    for name in ("amounts", "parties", "awards", "contracts", "payments"):
        insert_rows(connection, [row for each in facts for row in getattr(each, name)])
    insert_texts(connection, [each.text for each in facts])


Item = TypeVar("Item")


def _batch(items: Sequence[Item], size: int = BATCH) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
