"""Effects of ``procurement``: each runs only when every condition of its message holds."""

from __future__ import annotations

from typing import Any

from prasasti.contracts.governance.records import note_document
from prasasti.contracts.procurement.checks import is_recorded
from prasasti.contracts.procurement.events import ReleaseAttested, ReleaseContradicted, ReleaseUpdated
from prasasti.contracts.procurement.records import (
    ListedRelease,
    ReleaseRecord,
    ReleaseVersion,
    VersionKind,
    append_item,
    count_items,
    list_process,
    release_key,
)
from prasasti.core.contract import Call, Outcome, View, Write
from prasasti.core.types import Event


def process_attest_release(view: View, call: Call) -> Outcome:
    """45: a new release, an update, a contradiction; the same document again has no effect."""
    arguments = call.arguments
    key = release_key(arguments.publisher, arguments.ocid, arguments.release_id)
    record = view.get(key, ReleaseRecord)
    if record is not None and is_recorded(record, arguments.document.sha256):
        return Outcome()
    kind = compute_version_kind(record, arguments)
    version = ReleaseVersion(
        arguments.date, arguments.document.sha256, kind, arguments.redaction_version, arguments.tag, call.time
    )  # fmt: skip
    number = record.number if record is not None else count_items(view, "publisher", arguments.publisher)
    versions = [*record.versions, version] if record is not None else [version]
    writes = [Write(key, ReleaseRecord(number, arguments.ocid, arguments.publisher, arguments.release_id, versions))]
    if record is None:
        writes += append_item(view, "publisher", arguments.publisher, ListedRelease(arguments.ocid, arguments.release_id))
    if arguments.buyer:
        writes += list_process(view, "buyer", arguments.buyer, arguments.publisher, arguments.ocid)
    for supplier in arguments.suppliers:
        writes += list_process(view, "supplier", supplier, arguments.publisher, arguments.ocid)
    writes += note_document(view, call.actor, arguments.document, call.time)
    return Outcome(tuple(writes), (_describe(kind, number, arguments.ocid, arguments.release_id),))


def compute_version_kind(record: ReleaseRecord | None, arguments: Any) -> VersionKind:
    """What another document under a release's id is, against its newest version that is no contradiction."""
    if record is None:
        return "new"
    newest = [version for version in record.versions if version.kind != "contradiction"][-1]
    is_update = (
        arguments.tag == newest.tag
        and arguments.date == newest.date
        and arguments.redaction_version > newest.redaction_version
    )  # fmt: skip
    return "update" if is_update else "contradiction"


def _describe(kind: VersionKind, number: int, ocid: str, release_id: str) -> Event:
    events = {"new": ReleaseAttested, "update": ReleaseUpdated, "contradiction": ReleaseContradicted}
    return events[kind](number, ocid, release_id)
