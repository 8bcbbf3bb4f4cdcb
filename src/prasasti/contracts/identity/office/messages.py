"""Messages on offices: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.identity import conditions, rejections
from prasasti.contracts.identity.office import checks, transitions
from prasasti.contracts.identity.shapes import END, GRANT
from prasasti.core.contract import Message
from prasasti.core.types import Count, HexKey, Instant, Role

Quarter = Annotated[str, Meta(pattern=r"\A[0-9]{4}-Q[1-4]\Z")]


class GrantOffice(Struct, frozen=True, forbid_unknown_fields=True):
    """04, 06: a key has an office until a time, seconds UTC."""

    key: HexKey
    role: Role
    until: Instant


class EndOffice(Struct, frozen=True, forbid_unknown_fields=True):
    """05: a key has an office no longer."""

    key: HexKey
    role: Role


class ReviewOffices(Struct, frozen=True, forbid_unknown_fields=True):
    """15: an organisation looked through its keys and offices, so many, for a quarter."""

    keys: Count
    offices: Count
    quarter: Quarter


OFFICE_MESSAGES = (
    Message(
        name="grant_office",
        number="04",
        arguments=GrantOffice,
        roles=("identity.registrar",),
        maximum_signers=2,
        conditions=(
            (rejections.WRONG_STATE, checks.can_office_be_given),
            (rejections.UNKNOWN_REFERENCE, conditions.is_known_key),
            (rejections.GRANT_FOREIGN, checks.may_grant_office),
            (rejections.GRANT_NOT_ALLOWED, checks.is_office_allowed),
            (rejections.GRANT_EXCLUDED, checks.is_office_compatible),
            (rejections.GRANT_UNTIL, checks.is_grant_in_range),
            (rejections.GRANT_NEEDS_SECOND, checks.do_enough_registrars_grant),
            (rejections.GRANT_TOO_MANY, checks.has_room_for_granted),
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
            (rejections.UNKNOWN_REFERENCE, conditions.is_known_key),
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
            (rejections.UNKNOWN_REFERENCE, conditions.is_known_key),
            (rejections.DELEGATE_ABROAD, checks.is_delegate_colleague),
            (rejections.DELEGATE_NOT_OWN, checks.may_delegate),
            (rejections.DELEGATE_EXCLUDED, checks.is_office_compatible),
            (rejections.DELEGATE_UNTIL, checks.is_delegation_in_range),
            (rejections.DELEGATE_HELD, checks.is_office_not_held),
            (rejections.DELEGATE_TOO_MANY, checks.has_room_for_granted),
        ),
        process=transitions.process_delegate_office,
        effects=(GRANT,),
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
)
