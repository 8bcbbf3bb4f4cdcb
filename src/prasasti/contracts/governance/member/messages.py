"""Messages of ``governance`` about members and their machines: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.governance import conditions, rejections
from prasasti.contracts.governance.member import checks, transitions
from prasasti.contracts.governance.parameters import LEAVING_REASONS, MAX_NEW_KEYS, SUSPENSION_REASONS
from prasasti.contracts.governance.resolutions import is_resolved
from prasasti.contracts.offices import AUDITOR, MAX_ROLES, OFFICER, REGISTRAR
from prasasti.core.contract import Message
from prasasti.core.genesis import FoundingKey, MemberClass
from prasasti.core.types import Code, Document, HexKey, Identifier, Instant, is_ascending

HOLDER = ("identity.holder",)
OptionalIdentifier = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._:-]{0,128}\Z")]
OptionalKey = Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")]


class SuspendAtOnce(Struct, frozen=True, forbid_unknown_fields=True):
    """07: a member, or one key (the other is empty), acts no more until a vote, opened under ``decision``, ratifies it or not."""

    decision: Code
    document: Document
    key: OptionalKey
    organisation: OptionalIdentifier
    reason: Code

    def __post_init__(self) -> None:
        if bool(self.key) == bool(self.organisation):
            raise ValueError("one of organisation and key is given, the other is empty")


class AdmitMember(Struct, frozen=True, forbid_unknown_fields=True, rename={"member_class": "class"}):
    """08: an organisation becomes a member, or one of its class for a new term; ``group`` names the control that it is under."""

    member_class: MemberClass
    group: Identifier
    keys: Annotated[list[FoundingKey], Meta(max_length=MAX_NEW_KEYS)]
    organisation: Identifier
    resolution: Code

    def __post_init__(self) -> None:
        if not is_ascending([key.key for key in self.keys]):
            raise ValueError("keys are sorted bytewise, each once")
        if not all(is_ascending(key.roles) and 1 <= len(key.roles) <= MAX_ROLES for key in self.keys):
            raise ValueError(f"a key has 1 to {MAX_ROLES} roles, sorted bytewise, each once")


class SuspendMember(Struct, frozen=True, forbid_unknown_fields=True):
    """09: a member acts no more until a time."""

    organisation: Identifier
    resolution: Code
    until: Instant


class ReinstateMember(Struct, frozen=True, forbid_unknown_fields=True):
    """10: a suspended member acts again."""

    organisation: Identifier
    resolution: Code


class RemoveMember(Struct, frozen=True, forbid_unknown_fields=True):
    """11: an organisation is no member any more."""

    organisation: Identifier
    resolution: Code


class NameValidator(Struct, frozen=True, forbid_unknown_fields=True):
    """15: a member's machine that takes part in ordering blocks, in place of any before; its key has this one role."""

    handle: Identifier
    key: HexKey
    organisation: Identifier
    roles: Annotated[list[Literal["governance.validator"]], Meta(min_length=1, max_length=1)]


class Leave(Struct, frozen=True, forbid_unknown_fields=True):
    """17: a member goes, after 30 days, or 90 as the last of its class."""

    reason: Code


REINSTATE = {"effect": "reinstate", "from": "event governance.reinstated", "key": "key", "organisation": "organisation"}
MESSAGES = (
    Message(
        name="suspend_at_once",
        number="07",
        arguments=SuspendAtOnce,
        roles=(AUDITOR, OFFICER, "governance.recovery"),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (rejections.WRONG_STATE, checks.may_target_be_suspended),
            (rejections.UNKNOWN_REFERENCE, checks.is_target_known),
            (rejections.DOCUMENT_TOO_LARGE, conditions.is_document_fit),
            (rejections.UNKNOWN_REASON, conditions.is_reason_among(SUSPENSION_REASONS)),
            (rejections.SIGNERS_TOO_ALIKE, checks.do_signers_differ),
            (rejections.TOO_FEW_LEFT, checks.stay_enough_after_target),
            (rejections.LAPSED_LATELY, checks.lapsed_none_lately),
            (rejections.NO_DAYS_LEFT, checks.has_days_left),
        ),
        process=transitions.process_suspend_at_once,
        effects=({"effect": "suspend", "key": "key", "organisation": "organisation"}, REINSTATE),
        documents=("document",),
    ),
    Message(
        name="admit_member",
        number="08",
        arguments=AdmitMember,
        roles=("identity.holder", "identity.new_key"),
        maximum_signers=1 + MAX_NEW_KEYS,
        conditions=(
            (rejections.WRONG_STATE, checks.is_not_closed),
            (rejections.NOT_RESOLVED, is_resolved("governance.admit_member")),
            (rejections.MEMBER_ALREADY, checks.may_join),
            (rejections.GROUP_ELSEWHERE, checks.is_group_in_one_class),
            (rejections.KEYS_INCOMPLETE, checks.are_keys_complete),
            (rejections.OFFICES_EXCLUDED, checks.exclude_offices_nothing),
            (rejections.ADMITTED_LATELY, checks.admitted_none_lately),
            (rejections.KEY_BOUND, checks.are_keys_new),
            (rejections.ROLE_NOT_ALLOWED, checks.are_roles_allowed),
        ),
        process=transitions.process_admit_member,
        effects=({"class": "class", "effect": "admit", "keys": "keys", "organisation": "organisation", "possession": True},),
    ),
    Message(
        name="suspend_member",
        number="09",
        arguments=SuspendMember,
        roles=HOLDER,
        conditions=(
            (rejections.WRONG_STATE, checks.is_not_suspended),
            (rejections.UNKNOWN_REFERENCE, conditions.is_member_known),
            (rejections.NOT_RESOLVED, is_resolved("governance.suspend_member")),
            (rejections.UNTIL_OUT_OF_RANGE, checks.is_until_in_range),
            (rejections.TOO_FEW_ACT, checks.stay_enough_after_member),
        ),
        process=transitions.process_suspend_member,
        effects=({"effect": "suspend", "organisation": "organisation"},),
    ),
    Message(
        name="reinstate_member",
        number="10",
        arguments=ReinstateMember,
        roles=HOLDER,
        conditions=(
            (rejections.WRONG_STATE, checks.is_suspended),
            (rejections.UNKNOWN_REFERENCE, conditions.is_member_known),
            (rejections.NOT_RESOLVED, is_resolved("governance.reinstate_member")),
        ),
        process=transitions.process_reinstate_member,
        effects=({"effect": "reinstate", "organisation": "organisation"},),
    ),
    Message(
        name="remove_member",
        number="11",
        arguments=RemoveMember,
        roles=HOLDER,
        conditions=(
            (rejections.UNKNOWN_REFERENCE, conditions.is_member_known),
            (rejections.NOT_RESOLVED, is_resolved("governance.remove_member")),
            (rejections.LAST_OF_CLASS, checks.is_not_last_of_class),
            (rejections.TOO_FEW_MEMBERS, checks.stay_enough_members),
        ),
        process=transitions.process_remove_member,
        effects=({"effect": "reinstate", "organisation": "organisation"}, {"effect": "remove", "organisation": "organisation"}),
    ),
    Message(
        name="name_validator",
        number="15",
        arguments=NameValidator,
        roles=(OFFICER, "identity.new_key"),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (rejections.NOT_MEMBERS_VALIDATOR, checks.is_own_validator),
            (rejections.VALIDATOR_BOUND, checks.is_validator_new),
        ),
        process=transitions.process_name_validator,
        effects=({"effect": "bind_key", "key": "key", "organisation": "organisation", "possession": True, "roles": "roles"},),
    ),
    Message(
        name="leave",
        number="17",
        arguments=Leave,
        roles=(OFFICER, REGISTRAR),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (rejections.WRONG_STATE, checks.may_leave),
            (rejections.UNKNOWN_REASON, conditions.is_reason_among(LEAVING_REASONS)),
            (rejections.NOT_TWO_PEOPLE, checks.are_two_people_of_member),
        ),
        process=transitions.process_leave,
        effects=(
            {"effect": "reinstate", "from": "event governance.member_left", "organisation": "organisation"},
            {"effect": "remove", "from": "event governance.member_left", "organisation": "organisation"},
        ),
    ),
)
