"""Messages on organisations: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.identity import rejections
from prasasti.contracts.identity.organisation import checks, transitions
from prasasti.contracts.identity.parameters import (
    MAX_FOUNDING_KEYS,
    MAX_PREFIX_BYTES,
    MAX_PREFIXES,
    MAX_TEXT_BYTES,
)
from prasasti.contracts.identity.shapes import Roles, require_ascending
from prasasti.core.contract import Message
from prasasti.core.types import Code, HexKey, Identifier, is_within_bytes


class OrganisationKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key of a new organisation, as genesis holds one."""

    handle: Identifier
    key: HexKey
    roles: Roles

    def __post_init__(self) -> None:
        require_ascending("roles", self.roles)


class RegisterOrganisation(Struct, frozen=True, forbid_unknown_fields=True, rename={"member_class": "class"}):
    """13: an organisation that is no member (``class`` is empty), with its first keys, sorted, each of which signs."""

    member_class: Literal[""]
    keys: Annotated[list[OrganisationKey], Meta(min_length=1, max_length=MAX_FOUNDING_KEYS)]
    organisation: Identifier

    def __post_init__(self) -> None:
        require_ascending("keys", [key.key for key in self.keys])


class RegisterPublisher(Struct, frozen=True, forbid_unknown_fields=True):
    """14: an organisation attests releases whose ocid begins with one of its prefixes."""

    licence: str
    ocid_prefixes: Annotated[list[str], Meta(min_length=1, max_length=MAX_PREFIXES)]
    organisation: Identifier
    publication_policy: str

    def __post_init__(self) -> None:
        require_ascending("ocid_prefixes", self.ocid_prefixes)
        if not all(is_within_bytes(prefix, MAX_PREFIX_BYTES) for prefix in self.ocid_prefixes):
            raise ValueError(f"an ocid prefix takes 1 to {MAX_PREFIX_BYTES} bytes")
        if not is_within_bytes(self.licence, MAX_TEXT_BYTES):
            raise ValueError(f"licence takes 1 to {MAX_TEXT_BYTES} bytes")
        if len(self.publication_policy.encode()) > MAX_TEXT_BYTES:
            raise ValueError(f"publication_policy takes at most {MAX_TEXT_BYTES} bytes")


class CloseOrganisation(Struct, frozen=True, forbid_unknown_fields=True):
    """16: an organisation that is no member acts no longer."""

    organisation: Identifier
    reason: Code


ORGANISATION_MESSAGES = (
    Message(
        name="register_organisation",
        number="13",
        arguments=RegisterOrganisation,
        roles=("identity.new_key", "identity.registrar"),
        minimum_signers=2,
        maximum_signers=1 + MAX_FOUNDING_KEYS,
        conditions=(
            (rejections.ORGANISATION_KNOWN, checks.is_organisation_new),
            (rejections.NO_REGISTRAR, checks.has_registrar),
            (rejections.FOUNDING_ROLES_EXCLUDE, checks.are_founding_roles_compatible),
            (rejections.REGISTRATION_QUOTA, checks.is_within_quota),
            (rejections.NOT_A_MEMBER, checks.is_actor_member),
            (rejections.FOUNDING_ROLE_NOT_ALLOWED, checks.are_founding_roles_allowed),
            (rejections.FOUNDING_KEY_BOUND, checks.are_founding_keys_new),
        ),
        process=transitions.process_register_organisation,
        effects=({"effect": "admit", "organisation": "organisation", "class": "class", "keys": "keys", "possession": True},),
    ),
    Message(
        name="register_publisher",
        number="14",
        arguments=RegisterPublisher,
        roles=("governance.auditor", "identity.registrar"),
        conditions=(
            (rejections.WRONG_STATE, checks.is_organisation_open),
            (rejections.UNKNOWN_REFERENCE, checks.is_known_organisation),
            (rejections.PREFIX_OVERLAPS, checks.are_prefixes_apart),
            (rejections.PUBLISHER_BY_NON_MEMBER, checks.is_actor_member),
        ),
        process=transitions.process_register_publisher,
    ),
    Message(
        name="close_organisation",
        number="16",
        arguments=CloseOrganisation,
        roles=("identity.registrar",),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (rejections.WRONG_STATE, checks.is_organisation_open),
            (rejections.UNKNOWN_REFERENCE, checks.is_known_organisation),
            (rejections.REASON_UNKNOWN, checks.is_closing_reason_known),
            (rejections.CLOSING_MEMBER, checks.is_no_member),
            (rejections.CLOSERS_DO_NOT_PAIR, checks.do_closers_pair),
        ),
        process=transitions.process_close_organisation,
        effects=({"effect": "suspend", "organisation": "organisation"},),
    ),
)
