"""Messages of ``identity``: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.identity import checks, rejections, transitions
from prasasti.contracts.identity.parameters import (
    DEFAULTS,
    MAX_CONFIRMED,
    MAX_FOUNDING_KEYS,
    MAX_PREFIX_BYTES,
    MAX_PREFIXES,
    MAX_RECOVERY_SIGNERS,
    MAX_TEXT_BYTES,
)
from prasasti.contracts.offices import MAX_ROLES
from prasasti.core.contract import Contract, Message
from prasasti.core.types import Code, Count, Document, HexHash, HexKey, Identifier, Instant, Role, is_ascending, is_within_bytes

Roles = Annotated[list[Role], Meta(min_length=1, max_length=MAX_ROLES)]
Quarter = Annotated[str, Meta(pattern=r"\A[0-9]{4}-Q[1-4]\Z")]


def _require_ascending(what: str, names: list[str]) -> None:
    if not is_ascending(names):
        raise ValueError(f"{what} are sorted bytewise, each once")


class RegisterKey(Struct, frozen=True, forbid_unknown_fields=True):
    """01: a key of a person (``handle``, a pseudonym) with its roles, sorted; the key signs as ``identity.new_key``."""

    handle: Identifier
    key: HexKey
    organisation: Identifier
    roles: Roles
    until: Instant | None = None

    def __post_init__(self) -> None:
        _require_ascending("roles", self.roles)


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
        _require_ascending("roles", self.roles)


class GrantOffice(Struct, frozen=True, forbid_unknown_fields=True):
    """04, 06: a key has an office until a time, seconds UTC."""

    key: HexKey
    role: Role
    until: Instant


class EndOffice(Struct, frozen=True, forbid_unknown_fields=True):
    """05: a key has an office no longer."""

    key: HexKey
    role: Role


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
        _require_ascending("held_back", self.held_back)
        _require_ascending("roles", self.roles)


class ConfirmActs(Struct, frozen=True, forbid_unknown_fields=True):
    """10: transactions that an ended key signed are owned or disowned."""

    finding: Literal["disowned", "own"]
    ids: Annotated[list[HexHash], Meta(min_length=1, max_length=MAX_CONFIRMED)]
    key: HexKey
    document: Document | None = None

    def __post_init__(self) -> None:
        _require_ascending("ids", self.ids)


class OrganisationKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key of a new organisation, as genesis holds one."""

    handle: Identifier
    key: HexKey
    roles: Roles

    def __post_init__(self) -> None:
        _require_ascending("roles", self.roles)


class RegisterOrganisation(Struct, frozen=True, forbid_unknown_fields=True, rename={"member_class": "class"}):
    """13: an organisation that is no member (``class`` is empty), with its first keys, sorted, each of which signs."""

    member_class: Literal[""]
    keys: Annotated[list[OrganisationKey], Meta(min_length=1, max_length=MAX_FOUNDING_KEYS)]
    organisation: Identifier

    def __post_init__(self) -> None:
        _require_ascending("keys", [key.key for key in self.keys])


class RegisterPublisher(Struct, frozen=True, forbid_unknown_fields=True):
    """14: an organisation attests releases whose ocid begins with one of its prefixes."""

    licence: str
    ocid_prefixes: Annotated[list[str], Meta(min_length=1, max_length=MAX_PREFIXES)]
    organisation: Identifier
    publication_policy: str

    def __post_init__(self) -> None:
        _require_ascending("ocid_prefixes", self.ocid_prefixes)
        if not all(is_within_bytes(prefix, MAX_PREFIX_BYTES) for prefix in self.ocid_prefixes):
            raise ValueError(f"an ocid prefix takes 1 to {MAX_PREFIX_BYTES} bytes")
        if not is_within_bytes(self.licence, MAX_TEXT_BYTES):
            raise ValueError(f"licence takes 1 to {MAX_TEXT_BYTES} bytes")
        if len(self.publication_policy.encode()) > MAX_TEXT_BYTES:
            raise ValueError(f"publication_policy takes at most {MAX_TEXT_BYTES} bytes")


class ReviewOffices(Struct, frozen=True, forbid_unknown_fields=True):
    """15: an organisation looked through its keys and offices, so many, for a quarter."""

    keys: Count
    offices: Count
    quarter: Quarter


class CloseOrganisation(Struct, frozen=True, forbid_unknown_fields=True):
    """16: an organisation that is no member acts no longer."""

    organisation: Identifier
    reason: Code


BIND_KEY = {"effect": "bind_key", "key": "key", "organisation": "organisation", "possession": True, "roles": "roles"}
END_OLD_KEY = {"effect": "end_key", "key": "old"}
GRANT = {"effect": "grant", "key": "key", "role": "role"}
END = {"effect": "end", "key": "key", "role": "role"}

IDENTITY = Contract(
    name="identity",
    version=1,
    lost_in_block=rejections.LOST_IN_BLOCK,
    parameters=DEFAULTS,
    deadline=transitions.run_deadline,
    messages=(
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
                (rejections.KEY_BOUND, checks.is_key_new),
                (rejections.ROLE_NOT_ALLOWED, checks.are_roles_allowed),
                (rejections.ROLES_EXCLUDE, checks.are_roles_compatible),
                (rejections.UNTIL_OUT_OF_RANGE, checks.is_until_in_range),
                (rejections.NEEDS_SECOND_REGISTRAR, checks.do_enough_registrars_register),
                (rejections.REVIEWS_MISSING, checks.are_offices_reviewed),
                (rejections.TOO_MANY_KEYS, checks.has_person_room),
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
                (rejections.ROTATION_KEY_BOUND, checks.is_key_new),
                (rejections.RECOVERY_RUNS, checks.is_not_recovering),
            ),
            process=transitions.process_rotate_key,
            effects=(BIND_KEY, END_OLD_KEY),
        ),
        Message(
            name="grant_office",
            number="04",
            arguments=GrantOffice,
            roles=("identity.registrar",),
            maximum_signers=2,
            conditions=(
                (rejections.WRONG_STATE, checks.can_office_be_given),
                (rejections.UNKNOWN_REFERENCE, checks.is_known_key),
                (rejections.GRANT_FOREIGN, checks.may_grant_office),
                (rejections.GRANT_NOT_ALLOWED, checks.is_office_allowed),
                (rejections.GRANT_EXCLUDED, checks.is_office_compatible),
                (rejections.GRANT_UNTIL, checks.is_grant_in_range),
                (rejections.GRANT_NEEDS_SECOND, checks.do_enough_registrars_grant),
            ),
            process=transitions.process_grant_office,
            effects=(GRANT, END | {"from": "event identity.office_over"}),
        ),
        Message(
            name="end_office",
            number="05",
            arguments=EndOffice,
            roles=("identity.holder", "identity.registrar"),
            conditions=(
                (rejections.UNKNOWN_REFERENCE, checks.is_known_key),
                (rejections.END_FOREIGN, checks.may_end_office),
                (rejections.NOT_HELD, checks.is_office_held),
                (rejections.END_LAST_REGISTRAR, checks.leaves_registrars_office),
            ),
            process=transitions.process_end_office,
            effects=(END,),
        ),
        Message(
            name="delegate_office",
            number="06",
            arguments=GrantOffice,
            roles=("identity.holder",),
            conditions=(
                (rejections.WRONG_STATE, checks.can_office_be_given),
                (rejections.UNKNOWN_REFERENCE, checks.is_known_key),
                (rejections.DELEGATE_ABROAD, checks.is_delegate_colleague),
                (rejections.DELEGATE_NOT_OWN, checks.may_delegate),
                (rejections.DELEGATE_EXCLUDED, checks.is_office_compatible),
                (rejections.DELEGATE_UNTIL, checks.is_delegation_in_range),
                (rejections.DELEGATE_HELD, checks.is_office_not_held),
            ),
            process=transitions.process_delegate_office,
            effects=(GRANT,),
        ),
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
                (rejections.DOCUMENT_NOT_ACCEPTED, checks.is_document_accepted),
                (rejections.NOT_BACKED, checks.is_recovery_backed),
                (rejections.RECOVERY_KEY_BOUND, checks.is_key_new),
                (rejections.RECOVERY_ANNOUNCED, checks.is_not_recovering),
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
                (rejections.RECOVERED_KEY_BOUND, checks.is_key_new),
            ),
            process=transitions.process_complete_recovery,
            effects=(BIND_KEY, END_OLD_KEY, GRANT | {"from": "event identity.office_given_back"}),
        ),
        Message(
            name="confirm_acts",
            number="10",
            arguments=ConfirmActs,
            roles=("governance.officer", "identity.holder"),
            conditions=(
                (rejections.DOCUMENT_NOT_ACCEPTED, checks.is_document_accepted),
                (rejections.NO_ACTS_REVIEW, checks.is_acts_review_open),
                (rejections.CONFIRMER_FOREIGN, checks.may_confirm_acts),
                (rejections.ACT_FOUND_ALREADY, checks.are_acts_not_found),
            ),
            process=transitions.process_confirm_acts,
            documents=("document",),
        ),
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
            name="review_offices",
            number="15",
            arguments=ReviewOffices,
            roles=("governance.officer", "identity.registrar"),
            minimum_signers=2,
            maximum_signers=2,
            conditions=(
                (rejections.QUARTER_NOT_DUE, checks.is_quarter_due),
                (rejections.COUNTS_DIFFER, checks.are_counts_right),
                (rejections.REVIEWERS_DO_NOT_PAIR, checks.do_reviewers_pair),
            ),
            process=transitions.process_review_offices,
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
    ),
)
