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
from prasasti.core.contract import View
from prasasti.core.types import require
from prasasti.integrations.ocds.native.deriving import DerivedRelease, derive_releases
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
            lambda digest: read_document(ledger, digest),
            lambda name, event: [each for each, _ in list_below(ledger.view_stored(), name, event)],
        )
    )  # fmt: skip


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
