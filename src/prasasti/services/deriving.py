"""Native processes of a ledger as releases: their entries come from the log, where the read model says that they stand.

Owns finding entries, documents and who was put out at an opening; making releases is ``integrations.ocds.native``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, select

from prasasti.contracts.procurement.lots import list_proposals
from prasasti.contracts.procurement.process import find_lot
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

# Whom the committee put out an outcome tells; these reasons are found by the ledger itself, and hold from the opening on.
_COMMITTEES_OWN: Final = ("qualification", "requirement", "threshold", "malformed")


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
            ocid, read_entries(ledger, positions), lambda digest: name_address(ledger, digest), lambda digest: _read(ledger, digest),
            lambda lot: list_excluded(ledger.view_stored(), ocid, lot),
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


def list_excluded(view: View, process: str, lot: str) -> list[str]:
    """Bidders whom tags, or the buyer's own price, put out when a lot was opened: no event names them, the state does.

    What put them out there holds as long as the proposal: a later state says the same.
    """
    record = find_lot(view, process, lot)
    if record is None:
        return []
    proposals = list_proposals(view, record)
    return [each.bidder for each in proposals if each.out and each.out.partition(":")[0] not in _COMMITTEES_OWN]


def _read(ledger: Ledger, digest: str) -> bytes | None:
    """A document's bytes; a damaged one counts as missing, as for the publisher."""
    try:
        return ledger.documents.read(digest)
    except StorageProblem:
        return None
