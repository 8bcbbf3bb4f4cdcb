"""Conditions of ``procurement``: each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

import re

from prasasti.contracts.procurement.parameters import MAX_RELEASE_BYTES, MAX_VERSIONS, RELEASE_MEDIA_TYPE, RELEASE_TAGS, read_code
from prasasti.contracts.procurement.plan.processes import RETENDERS
from prasasti.contracts.procurement.plan.records import PlanRecord
from prasasti.contracts.procurement.process import find_process, plan_key
from prasasti.contracts.procurement.records import ReleaseRecord, release_key
from prasasti.core.contract import Call, View
from prasasti.core.genesis import OrganisationRecord

# Of a process that runs here (``shapes.ProcessId``).
NATIVE_OCID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def is_document_fit(view: View, call: Call) -> bool:
    """00.5: a release is JSON of at most 8 MiB."""
    document = call.arguments.document
    return bool(document.media_type == RELEASE_MEDIA_TYPE and document.size <= MAX_RELEASE_BYTES)


def is_registered_publisher(view: View, call: Call) -> bool:
    """45.1: the actor publishes in its own name, under an ocid prefix of its own; the prefix "" fits every ocid."""
    organisation = view.get(f"identity/organisation/{call.arguments.publisher}", OrganisationRecord)
    return (
        call.arguments.publisher == call.actor
        and organisation is not None
        and any(call.arguments.ocid.startswith(prefix) for prefix in organisation.ocid_prefixes)
    )


def are_tags_known(view: View, call: Call) -> bool:
    """45.2: each tag stands in the codelist, which is closed."""
    return all(tag in RELEASE_TAGS for tag in call.arguments.tag)


def has_room_for_version(view: View, call: Call) -> bool:
    """45.3: a record stays bounded, however often its publisher contradicts itself."""
    arguments = call.arguments
    record = view.get(release_key(arguments.publisher, arguments.ocid, arguments.release_id), ReleaseRecord)
    return record is None or len(record.versions) < MAX_VERSIONS or is_recorded(record, arguments.document.sha256)


def runs_elsewhere(view: View, call: Call) -> bool:
    """45.4: no plan line or process of this ledger has the ocid: what runs here its own acts tell, and nobody another way."""
    ocid: str = call.arguments.ocid
    # An ocid may hold what would make another key of it.
    if NATIVE_OCID.fullmatch(ocid) is None:
        return True
    plan = ocid.removeprefix(f"{read_code(view, 'ocid_prefix', call.time)}-")
    stem, _, number = plan.rpartition("-")
    names = (plan, stem) if number in RETENDERS else (plan,)
    is_planned = plan != ocid and any(view.get(plan_key(name), PlanRecord) is not None for name in names)
    return not is_planned and find_process(view, ocid) is None


def is_recorded(record: ReleaseRecord, sha256: str) -> bool:
    """Whether a document is one of a release's versions already."""
    return any(version.document == sha256 for version in record.versions)
