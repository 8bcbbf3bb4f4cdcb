"""Messages on keys: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.identity import conditions, rejections
from prasasti.contracts.identity.key import checks, transitions
from prasasti.contracts.identity.parameters import (
    MAX_CONFIRMED,
)
from prasasti.contracts.identity.shapes import BIND_KEY, END_OLD_KEY, Roles, require_ascending
from prasasti.contracts.offices import MAX_ROLES
from prasasti.core.contract import Message
from prasasti.core.types import Code, Document, HexHash, HexKey, Identifier, Instant, Role


class RegisterKey(Struct, frozen=True, forbid_unknown_fields=True):
    """01: a key of a person (``handle``, a pseudonym) with its roles, sorted; the key signs as ``identity.new_key``."""

    handle: Identifier
    key: HexKey
    organisation: Identifier
    roles: Roles
    until: Instant | None = None

    def __post_init__(self) -> None:
        require_ascending("roles", self.roles)


class EndKey(Struct, frozen=True, forbid_unknown_fields=True):
    """02: a key ends at once; ``suspect_since`` opens a review of what it signed from then on."""

    key: HexKey
    reason: Code | None = None
    suspect_since: Instant | None = None


class RotateKey(Struct, frozen=True, forbid_unknown_fields=True):
    """03: a new key takes the place of ``old``, which signs."""

    handle: Identifier
    key: HexKey
    old: HexKey
    organisation: Identifier
    roles: Annotated[list[Role], Meta(max_length=MAX_ROLES)]

    def __post_init__(self) -> None:
        require_ascending("roles", self.roles)


class ConfirmActs(Struct, frozen=True, forbid_unknown_fields=True):
    """10: transactions that an ended key signed are owned or disowned."""

    finding: Literal["disowned", "own"]
    ids: Annotated[list[HexHash], Meta(min_length=1, max_length=MAX_CONFIRMED)]
    key: HexKey
    document: Document | None = None

    def __post_init__(self) -> None:
        require_ascending("ids", self.ids)


KEY_MESSAGES = (
    Message(
        name="register_key",
        number="01",
        arguments=RegisterKey,
        roles=("identity.new_key", "identity.registrar"),
        minimum_signers=2,
        maximum_signers=3,
        conditions=(
            (rejections.WRONG_STATE, checks.are_roles_not_held_back),
            (rejections.FOREIGN_ORGANISATION, checks.may_register_for_organisation),
            (rejections.KEY_BOUND, conditions.is_key_new),
            (rejections.ROLE_NOT_ALLOWED, checks.are_roles_allowed),
            (rejections.ROLES_EXCLUDE, checks.are_roles_compatible),
            (rejections.UNTIL_OUT_OF_RANGE, checks.is_until_in_range),
            (rejections.NEEDS_SECOND_REGISTRAR, checks.do_enough_registrars_register),
            (rejections.REVIEWS_MISSING, checks.are_offices_reviewed),
            (rejections.TOO_MANY_KEYS, checks.has_person_room),
            (rejections.TOO_MANY_HOLDERS, checks.has_room_for_registered),
        ),
        process=transitions.process_register_key,
        effects=(BIND_KEY,),
    ),
    Message(
        name="end_key",
        number="02",
        arguments=EndKey,
        roles=("identity.holder", "identity.registrar"),
        conditions=(
            (rejections.REASON_UNKNOWN, checks.is_end_reason_known),
            (rejections.FOREIGN_KEY, checks.may_end_key),
            (rejections.KEY_ENDED, checks.is_key_standing),
            (rejections.LAST_REGISTRAR, checks.leaves_registrar),
            (rejections.SUSPECT_OUTSIDE_LIFE, checks.is_suspicion_within_life),
        ),
        process=transitions.process_end_key,
        effects=({"effect": "end_key", "key": "key"},),
    ),
    Message(
        name="rotate_key",
        number="03",
        arguments=RotateKey,
        roles=("identity.holder", "identity.new_key"),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (rejections.ROTATION_DIFFERS, checks.takes_over_exactly),
            (rejections.ROTATION_KEY_BOUND, conditions.is_key_new),
            (rejections.RECOVERY_RUNS, conditions.is_not_recovering),
        ),
        process=transitions.process_rotate_key,
        effects=(BIND_KEY, END_OLD_KEY),
    ),
    Message(
        name="confirm_acts",
        number="10",
        arguments=ConfirmActs,
        roles=("governance.officer", "identity.holder"),
        conditions=(
            (rejections.DOCUMENT_NOT_ACCEPTED, conditions.is_document_accepted),
            (rejections.NO_ACTS_REVIEW, checks.is_acts_review_open),
            (rejections.CONFIRMER_FOREIGN, checks.may_confirm_acts),
            (rejections.ACT_FOUND_ALREADY, checks.are_acts_not_found),
        ),
        process=transitions.process_confirm_acts,
        documents=("document",),
    ),
)
