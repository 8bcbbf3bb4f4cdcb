"""Conditions on attested tags (12): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from typing import Any

from prasasti.contracts.identity.conditions import find_class, is_organisation_known
from prasasti.contracts.identity.records import digest_tagged
from prasasti.contracts.identity.tags import (
    MAX_ATTESTED,
    ORGANISATIONS_RELATIONS,
    OWNER,
    PERSONS_RELATIONS,
    SUBJECT_RELATIONS,
    TAGGED,
    TAGS,
)
from prasasti.contracts.lists import count_items
from prasasti.core.contract import Call, View


def is_organisation_there(view: View, call: Call) -> bool:
    """00.3: a member or another organisation has the id."""
    return is_organisation_known(view, find_organisation(call.arguments))


def is_on_neither_side(view: View, call: Call) -> bool:
    """12.1: nobody attests ties of the own organisation or its people."""
    return call.actor != find_organisation(call.arguments)


def is_relation_fit(view: View, call: Call) -> bool:
    """12.2: a person has own tags and those of relatives; an organisation the other relations, of which an owner has a share."""
    relation, has_share = call.arguments.relation, call.arguments.share_bp > 0
    if call.arguments.person is not None:
        return relation in PERSONS_RELATIONS and not has_share
    word, colon, subject = relation.partition(":")
    is_known = word in SUBJECT_RELATIONS and subject != "" if colon else word in ORGANISATIONS_RELATIONS
    return bool(is_known and has_share == (relation == OWNER))


def is_attester_member(view: View, call: Call) -> bool:
    """12.3: the signer acts for a member."""
    return find_class(view, call.actor) != ""


def has_room_for_tag(view: View, call: Call) -> bool:
    """12.4: neither list is full."""
    digest = digest_tagged(find_organisation(call.arguments), find_handle(call.arguments))
    counts = (count_items(view, "identity", TAGS, call.arguments.tag), count_items(view, "identity", TAGGED, digest))
    return max(counts) < MAX_ATTESTED


def find_organisation(arguments: Any) -> str:
    """The organisation that a tag is tied to, or whose person it is."""
    return str(arguments.person.organisation if arguments.person is not None else arguments.organisation)


def find_handle(arguments: Any) -> str:
    """The person's handle, "" where the tag is tied to the organisation itself."""
    return str(arguments.person.handle) if arguments.person is not None else ""
