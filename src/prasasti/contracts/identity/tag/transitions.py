"""Effects on tags: each runs only when every condition of its message holds."""

from __future__ import annotations

from prasasti.contracts.identity import events
from prasasti.contracts.identity.records import TagRecord, digest_tagged
from prasasti.contracts.identity.tag.checks import find_handle, find_organisation
from prasasti.contracts.identity.tags import TAGGED, TAGS, UNLISTED_RELATIONS
from prasasti.contracts.lists import append_item, count_items
from prasasti.contracts.offices import Draft
from prasasti.core.contract import Call, Outcome, View


def process_attest_tag(view: View, call: Call) -> Outcome:
    """12: it joins the list of the tag, and that of the organisation or person; what is known later changes no earlier result."""
    draft, arguments = Draft(view), call.arguments
    organisation, handle = find_organisation(arguments), find_handle(arguments)
    record = TagRecord(
        attested=call.time, handle=handle, key_id=arguments.key_id, organisation=organisation, registrar=call.actor,
        relation=arguments.relation, share_bp=arguments.share_bp, since=arguments.since, tag=arguments.tag, until=arguments.until or 0,
    )  # fmt: skip
    number = count_items(view, "identity", TAGS, arguments.tag)
    for write in append_item(view, "identity", TAGS, arguments.tag, record):
        draft.put(*write)
    if arguments.relation not in UNLISTED_RELATIONS:
        for write in append_item(view, "identity", TAGGED, digest_tagged(organisation, handle), record):
            draft.put(*write)
    return draft.outcome(events.TagAttested(number, arguments.tag))
