"""Attested releases as the log tells them, with their documents. Owns finding them by walking the log.

A read model will answer this faster; until then every question walks the attestations once.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from prasasti.contracts.procurement.records import VersionKind
from prasasti.core.entries import read_accepted
from prasasti.services.ledger import Ledger

ATTEST_ACTION = "procurement.attest_release"
KINDS: dict[str, VersionKind] = {
    "procurement.release_attested": "new",
    "procurement.release_updated": "update",
    "procurement.release_contradicted": "contradiction",
}


class RecordedRelease(Struct, frozen=True):
    """A release as recorded: ``time`` is the block's, ``date`` the release's own, seconds UTC; ``kind`` is None for a repetition."""

    position: int
    time: int
    publisher: str
    ocid: str
    release_id: str
    kind: VersionKind | None
    date: int
    tag: list[str]
    buyer: str
    suppliers: list[str]
    document: str


def iterate_releases(
    ledger: Ledger, *, ocid: str | None = None, buyer: str | None = None, since: int | None = None, until: int | None = None
) -> Iterator[RecordedRelease]:
    """Recorded releases in the log's order, narrowed by ocid, buyer, or the release's own date (since ≤ date < until)."""
    for position in ledger.database.list_positions(ATTEST_ACTION, ledger.database.size()):
        _, entry = next(ledger.database.entries(position, position + 1))
        release = _read_release(entry)
        if release is None or release.kind is None:
            continue
        if ocid is not None and release.ocid != ocid:
            continue
        if buyer is not None and release.buyer != buyer:
            continue
        if (since is not None and release.date < since) or (until is not None and release.date >= until):
            continue
        yield release


def _read_release(entry: bytes) -> RecordedRelease | None:
    transaction = read_accepted(entry)
    if transaction is None:
        return None
    arguments = transaction.payload["arguments"]
    return RecordedRelease(
        position=transaction.position,
        time=transaction.time,
        publisher=arguments["publisher"],
        ocid=arguments["ocid"],
        release_id=arguments["release_id"],
        kind=next((KINDS[event["event"]] for event in transaction.events if event["event"] in KINDS), None),
        date=arguments["date"],
        tag=arguments["tag"],
        buyer=arguments["buyer"],
        suppliers=arguments["suppliers"],
        document=arguments["document"]["sha256"],
    )
