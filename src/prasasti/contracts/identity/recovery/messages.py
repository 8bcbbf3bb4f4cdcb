"""Messages on recoveries: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.identity import conditions, rejections
from prasasti.contracts.identity.parameters import (
    MAX_RECOVERY_SIGNERS,
)
from prasasti.contracts.identity.recovery import checks, transitions
from prasasti.contracts.identity.shapes import BIND_KEY, END_OLD_KEY, GRANT, require_ascending
from prasasti.contracts.offices import MAX_ROLES
from prasasti.core.contract import Message
from prasasti.core.types import Code, Document, HexKey, Identifier, Role


class AnnounceRecovery(Struct, frozen=True, forbid_unknown_fields=True):
    """07: ``key`` is to take the place of ``old``, which is lost; the document says who identified whom, and how."""

    document: Document
    key: HexKey
    old: HexKey
    recovery: Code


class ObjectRecovery(Struct, frozen=True, forbid_unknown_fields=True):
    """08: a recovery is to be off."""

    reason: Code
    recovery: Code


class CompleteRecovery(Struct, frozen=True, forbid_unknown_fields=True):
    """09: as announced, with today's offices: ``roles`` at once, ``held_back`` later."""

    handle: Identifier
    held_back: Annotated[list[Role], Meta(max_length=MAX_ROLES)]
    key: HexKey
    old: HexKey
    organisation: Identifier
    recovery: Code
    roles: Annotated[list[Role], Meta(max_length=MAX_ROLES)]

    def __post_init__(self) -> None:
        require_ascending("held_back", self.held_back)
        require_ascending("roles", self.roles)


RECOVERY_MESSAGES = (
    Message(
        name="announce_recovery",
        number="07",
        arguments=AnnounceRecovery,
        roles=("governance.auditor", "governance.officer", "governance.recovery", "identity.registrar"),
        minimum_signers=2,
        maximum_signers=MAX_RECOVERY_SIGNERS,
        conditions=(
            (rejections.WRONG_STATE, checks.is_old_key_standing),
            (rejections.UNKNOWN_REFERENCE, checks.is_known_old_key),
            (rejections.DOCUMENT_NOT_ACCEPTED, conditions.is_document_accepted),
            (rejections.NOT_BACKED, checks.is_recovery_backed),
            (rejections.RECOVERY_KEY_BOUND, conditions.is_key_new),
            (rejections.RECOVERY_ANNOUNCED, conditions.is_not_recovering),
            (rejections.RECOVERY_ID_USED, checks.is_recovery_new),
        ),
        process=transitions.process_announce_recovery,
        documents=("document",),
    ),
    Message(
        name="object_recovery",
        number="08",
        arguments=ObjectRecovery,
        roles=("identity.holder", "identity.registrar"),
        conditions=(
            (rejections.WRONG_STATE, checks.is_recovery_announced),
            (rejections.UNKNOWN_REFERENCE, checks.is_known_recovery),
            (rejections.REASON_UNKNOWN, checks.is_objection_reason_known),
            (rejections.OBJECTION_LATE, checks.is_window_open),
            (rejections.OBJECTOR_FOREIGN, checks.may_object),
        ),
        process=transitions.process_object_recovery,
    ),
    Message(
        name="complete_recovery",
        number="09",
        arguments=CompleteRecovery,
        roles=("identity.holder", "identity.new_key"),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (rejections.WRONG_STATE, checks.is_recovery_open),
            (rejections.UNKNOWN_REFERENCE, checks.is_known_recovery),
            (rejections.RECOVERY_EARLY, checks.is_window_over),
            (rejections.RECOVERY_DIFFERS, checks.is_as_announced),
            (rejections.RECOVERED_KEY_BOUND, conditions.is_key_new),
        ),
        process=transitions.process_complete_recovery,
        effects=(BIND_KEY, END_OLD_KEY, GRANT | {"from": "event identity.office_given_back"}),
    ),
)
