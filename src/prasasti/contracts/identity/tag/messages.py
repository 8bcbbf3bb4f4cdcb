"""Messages on tags: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.identity import rejections
from prasasti.contracts.identity.tag import checks, transitions
from prasasti.core.contract import Message
from prasasti.core.types import Code, Identifier, Instant

TagText = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class TaggedPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """A pseudonym within an organisation."""

    handle: Identifier
    organisation: Identifier


class AttestTag(Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """12: a tag is tied to an organisation, or is a person's; ``share_bp`` is an owner's, 0 elsewhere; times in seconds UTC.

    The tag is the first 16 bytes of an HMAC-SHA256 over an identity number, in hex, under the key that ``key_id`` names.
    """

    since: Instant
    key_id: Identifier
    relation: Code
    share_bp: Annotated[int, Meta(ge=0, le=10_000)]
    tag: TagText
    organisation: Identifier | None = None
    person: TaggedPerson | None = None
    until: Instant | None = None

    def __post_init__(self) -> None:
        if (self.organisation is None) == (self.person is None):
            raise ValueError("a tag is tied to an organisation or to a person, and not to both")
        if self.until is not None and self.until <= self.since:
            raise ValueError("until comes after from")


TAG_MESSAGES = (
    Message(
        name="attest_tag",
        number="12",
        arguments=AttestTag,
        roles=("identity.registrar",),
        conditions=(
            (rejections.UNKNOWN_REFERENCE, checks.is_organisation_there),
            (rejections.ATTESTER_ON_A_SIDE, checks.is_on_neither_side),
            (rejections.RELATION_UNFIT, checks.is_relation_fit),
            (rejections.ATTESTER_NO_MEMBER, checks.is_attester_member),
            (rejections.TOO_MANY_ATTESTED, checks.has_room_for_tag),
        ),
        process=transitions.process_attest_tag,
    ),
)
