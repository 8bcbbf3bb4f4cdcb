"""Native processes of a ledger as releases: their entries come from the log, where the read model says that they stand.

Owns finding entries, documents and who is below a threshold; making releases is ``integrations.ocds.native``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, select

from prasasti.contracts.procurement.evaluation.records import BelowRecord, RankedRecord, below_key, ranked_key
from prasasti.contracts.treasury.orders import find_order, get_order
from prasasti.contracts.treasury.records import (
    AS_ORDER,
    NET,
    PAID,
    RETURNED,
    BatchRecord,
    EntryRecord,
    ItemRecord,
    batch_key,
    entry_key,
    item_key,
)
from prasasti.core.contract import View
from prasasti.core.types import parse_amount, parse_signed_amount, require
from prasasti.integrations.ocds.native.content import OrderFacts, Settled
from prasasti.integrations.ocds.native.deriving import DerivedRelease, Records, derive_releases
from prasasti.integrations.ocds.native.entries import NativeEntry, read_native
from prasasti.integrations.ocds.packages import LedgerRelease
from prasasti.readmodel.rows import ReleaseRow
from prasasti.readmodel.tables import native_entries, process_keys
from prasasti.services.ledger import Ledger
from prasasti.storage.connection import StorageProblem

DERIVED: Final = "derived"
"""Kind of a release that is not recorded."""


def derive_processes(
    ledger: Ledger, connection: Connection, processes: Sequence[int]
) -> dict[int, list[tuple[ReleaseRow, LedgerRelease]]]:
    """Of those of the processes that are native, all releases, oldest first: each as a row and with its document."""
    query = (
        select(native_entries.c.process, process_keys.c.publisher, process_keys.c.ocid, native_entries.c.position)
        .join(process_keys, process_keys.c.process == native_entries.c.process)
        .where(native_entries.c.process.in_(processes))
        .order_by(native_entries.c.process, native_entries.c.position)
    )
    found: dict[int, list[tuple[ReleaseRow, LedgerRelease]]] = {}
    for (process, publisher, ocid), rows in groupby(connection.execute(query).all(), lambda row: tuple(row[:3])):
        derived = derive_process(ledger, ocid, [position for *_, position in rows])
        found[process] = [_describe(process, publisher, ocid, each) for each in derived]
    return found


def _describe(process: int, publisher: str, ocid: str, each: DerivedRelease) -> tuple[ReleaseRow, LedgerRelease]:
    row = ReleaseRow(
        each.position, process, publisher, 0, each.release_id, DERIVED, each.time, each.time, " ".join(each.tag), publisher,
        sha256(each.document).digest(),
    )  # fmt: skip
    return row, LedgerRelease(each.position, publisher, ocid, each.release_id, each.document, "new", each.time)


def derive_process(ledger: Ledger, ocid: str, positions: Sequence[int]) -> list[DerivedRelease]:
    """The releases of a native process, whose entries stand at these positions."""
    return list(
        derive_releases(
            ocid, read_entries(ledger, positions), lambda digest: name_address(ledger, digest),
            lambda digest: read_document(ledger, digest), look_up(ledger.view_stored()),
        )
    )  # fmt: skip


def look_up(view: View) -> Records:
    """What of a process only the ledger's records know; none of it changes once an entry of the log said that it is there."""
    return Records(
        list_put_out=lambda name, event: [each for each, _ in list_below(view, name, event)],
        find_order=lambda order: _find_order(view, order),
        list_settled=lambda entry: list_settled(view, entry),
    )


def _find_order(view: View, name: str) -> OrderFacts | None:
    order = find_order(view, name)
    if order is None:
        return None
    lines = [(line.code, parse_amount(line.amount_minor)) for line in order.lines]
    payee = next((line.payee for line in order.lines if line.code == NET), "")
    return OrderFacts(order.subject, order.milestone, order.treasury, payee, lines, order.replaces)


def list_settled(view: View, entry: NativeEntry) -> Iterator[Settled]:
    """Lines of orders that an entry settled: a report's own; a statement's and an item's by what the treasury knows of their entries; of
    a batch those that no bank pays, since all of them is withheld."""
    arguments = entry.arguments
    if entry.action == "report_payment":
        yield Settled(
            arguments["order"], arguments["line"], arguments["outcome"], arguments["entry"], arguments["statement"]["sha256"],
            arguments["value_date"],
        )  # fmt: skip
    elif entry.action == "record_statement" and entry.events:
        for each in arguments["entries"]:
            known = view.get(entry_key(entry.actor, arguments["bank"], each["entry"]), EntryRecord)
            if known is not None and known.order and not known.item and known.statement == arguments["statement"]["sha256"]:
                yield _describe_settled(known, arguments["to"])
    elif entry.action == "resolve_item" and arguments["as"] == AS_ORDER:
        item = require(view.get(item_key(arguments["item"]), ItemRecord), arguments["item"])
        known = require(view.get(entry_key(item.treasury, item.bank, item.entry), EntryRecord), item.entry)
        yield _describe_settled(known, item.value_date)
    elif entry.action == "send_batch":
        batch = require(view.get(batch_key(arguments["batch"]), BatchRecord), arguments["batch"])
        for name in batch.orders:
            if not sum(parse_amount(line.amount_minor) for line in get_order(view, name).lines if line.code == NET):
                yield Settled(name, 0, PAID, "", "", entry.time)


def _describe_settled(known: EntryRecord, value_date: int) -> Settled:
    outcome = PAID if parse_signed_amount(known.amount_minor) < 0 else RETURNED
    return Settled(known.order, known.line, outcome, known.entry, known.statement, value_date)


def read_entries(ledger: Ledger, positions: Sequence[int]) -> Iterator[NativeEntry]:
    """Entries of the log that are native processes'."""
    for position in positions:
        _, data = next(ledger.database.entries(position, position + 1))
        yield require(read_native(position, data), f"entry {position}")


def name_address(ledger: Ledger, digest: str) -> str:
    """Where a document is published (formats: the published folder), by the ledger's domain."""
    return f"https://{ledger.genesis.domain}/documents/sha256/{digest[:2]}/{digest}"


def list_below(view: View, name: str, event: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Bidders whom an event of a process left below the threshold, each with its technical score.

    A technical result, or a ranking, stands in records under its number, which no later one touches: the event counts them.
    """
    if name == "technical_decided":
        for number in range(event["below"]):
            key = below_key(event["process"], event["lot"], event["evaluation"], number)
            below = require(view.get(key, BelowRecord), f"proposal {number} below the threshold")
            yield below.bidder, below.technical
    if name == "ranking_published":
        # They stand behind those that have a place.
        for place in reversed(range(event["ranked"])):
            key = ranked_key(event["process"], event["lot"], event["ranking"], place)
            ranked = require(view.get(key, RankedRecord), f"place {place} of ranking {event['ranking']}")
            if ranked.place:
                return
            yield ranked.bidder, ranked.technical


def read_document(ledger: Ledger, digest: str) -> bytes | None:
    """A document's bytes; a damaged one counts as missing, as for the publisher."""
    try:
        return ledger.documents.read(digest)
    except StorageProblem:
        return None
