"""Effects on organisations: each runs only when every condition of its message holds."""

from __future__ import annotations

from prasasti.contracts.identity import events
from prasasti.contracts.identity.conditions import TERMLESS_ROLES
from prasasti.contracts.identity.effects import (
    start_office_reviews,
)
from prasasti.contracts.identity.parameters import DAY_SECONDS, read_seconds
from prasasti.contracts.identity.records import (
    PREFIXES_KEY,
    PrefixesRecord,
    QuotaRecord,
    quota_key,
)
from prasasti.contracts.offices import (
    Draft,
    bind_key,
    organisation_key,
)
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.genesis import OrganisationRecord
from prasasti.core.types import require


def process_register_organisation(view: View, call: Call) -> Outcome:
    """13: an organisation that is no member, with its first keys, from the next block on."""
    draft, arguments, day = Draft(view), call.arguments, call.time // DAY_SECONDS
    draft.put(organisation_key(arguments.organisation), OrganisationRecord(arguments.organisation, "", [], "", "active"))
    until = call.time + read_seconds(view, "office_days", call.time)
    for key in arguments.keys:
        terms = {role: until for role in key.roles if role not in TERMLESS_ROLES}
        bind_key(draft, call, arguments.organisation, key.handle, key.key, key.roles, terms)
    record = view.get(quota_key(call.actor), QuotaRecord)
    count = record.count if record is not None and record.day == day else 0
    draft.put(quota_key(call.actor), QuotaRecord(count + 1, day))
    start_office_reviews(draft, call, arguments.organisation)
    return draft.outcome(events.OrganisationRegistered(arguments.organisation))


def process_register_publisher(view: View, call: Call) -> Outcome:
    """14: an organisation publishes under its prefixes, those it had and those named now."""
    draft, arguments = Draft(view), call.arguments
    record_key = organisation_key(arguments.organisation)
    before = view.get(record_key, OrganisationRecord)
    prefixes = sorted({*arguments.ocid_prefixes, *(before.ocid_prefixes if before is not None else [])})
    standing = before.standing if before is not None else "active"
    draft.put(record_key, OrganisationRecord(arguments.organisation, arguments.licence, prefixes, arguments.publication_policy, standing))
    registry = view.get(PREFIXES_KEY, PrefixesRecord)
    owners = registry.owners if registry is not None else {}
    draft.put(PREFIXES_KEY, PrefixesRecord(owners | dict.fromkeys(arguments.ocid_prefixes, arguments.organisation)))
    return draft.outcome(events.PublisherRegistered(arguments.organisation))


def process_close_organisation(view: View, call: Call) -> Outcome:
    """16: no key of the organisation acts any more, for the rest of this block neither."""
    draft, organisation = Draft(view), call.arguments.organisation
    key = organisation_key(organisation)
    record = require(view.get(key, OrganisationRecord), organisation)
    draft.put(key, OrganisationRecord(record.id, record.licence, record.ocid_prefixes, record.publication_policy, "closed"))
    return draft.outcome(events.OrganisationClosed(organisation))
