"""Messages of ``identity``: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.identity import checks, rejections, transitions
from prasasti.contracts.offices import MAX_ROLES
from prasasti.core.contract import Contract, Message
from prasasti.core.types import HexKey, Identifier, Role, is_ascending


class RegisterKey(Struct, frozen=True, forbid_unknown_fields=True):
    """01: a key of a person (``handle``, a pseudonym) with its roles, sorted; the key signs as ``identity.new_key``."""

    handle: Identifier
    key: HexKey
    organisation: Identifier
    roles: Annotated[list[Role], Meta(min_length=1, max_length=MAX_ROLES)]

    def __post_init__(self) -> None:
        if not is_ascending(self.roles):
            raise ValueError("roles are sorted bytewise, each once")


class EndKey(Struct, frozen=True, forbid_unknown_fields=True):
    """02: a key ends at once."""

    key: HexKey


IDENTITY = Contract(
    name="identity",
    version=1,
    lost_in_block=rejections.LOST_IN_BLOCK,
    messages=(
        Message(
            name="register_key",
            number="01",
            arguments=RegisterKey,
            roles=("identity.new_key", "identity.registrar"),
            minimum_signers=2,
            maximum_signers=2,
            conditions=(
                (rejections.FOREIGN_ORGANISATION, checks.may_register_for_organisation),
                (rejections.KEY_BOUND, checks.is_key_new),
                (rejections.ROLE_NOT_ALLOWED, checks.are_roles_allowed),
            ),
            process=transitions.process_register_key,
            effects=({"effect": "bind_key", "key": "key", "organisation": "organisation", "possession": True, "roles": "roles"},),
        ),
        Message(
            name="end_key",
            number="02",
            arguments=EndKey,
            roles=("identity.holder", "identity.registrar"),
            conditions=(
                (rejections.FOREIGN_KEY, checks.may_end_key),
                (rejections.KEY_ENDED, checks.is_key_standing),
                (rejections.LAST_REGISTRAR, checks.leaves_registrar),
            ),
            process=transitions.process_end_key,
            effects=({"effect": "end_key", "key": "key"},),
        ),
    ),
)
