"""Messages of ``governance`` about proposals: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.governance import conditions, rejections
from prasasti.contracts.governance.parameters import MAX_ARGUMENTS_BYTES, MAX_TEXT_BYTES, PROPOSAL_REASONS, VOTE_REASONS
from prasasti.contracts.governance.proposal import checks, transitions
from prasasti.contracts.governance.records import ACT, ADOPT
from prasasti.core.contract import Message
from prasasti.core.types import Code, Document, Instant, is_within_bytes

OFFICER = ("governance.officer",)
Field = Annotated[str, Meta(pattern=r"\A(h:[0-9a-f]{64}|t:.*)\Z", min_length=3, max_length=MAX_TEXT_BYTES)]


class Propose(Struct, frozen=True, forbid_unknown_fields=True):
    """03: a vote on an act of a message, on adopting something by another contract's message, or on a document under a name.

    ``arguments`` (act) is JSON, RFC 8785, without ``resolution``; ``fields`` (adopt) are ``t:`` and text or ``h:`` and a
    hash; ``name`` (document) is its sort, a point, an id. What the form does not need is empty. ``document`` says why.
    """

    action: Annotated[str, Meta(pattern=r"\A([a-z_]{1,32}\.[a-z_]{1,64})?\Z")]
    arguments: Annotated[str, Meta(max_length=MAX_ARGUMENTS_BYTES)]
    document: Document
    end: Instant
    fields: Annotated[list[Field], Meta(max_length=16)]
    form: Literal["act", "adopt", "document"]
    name: Annotated[str, Meta(pattern=r"\A((charter|release|review|standard)\.[A-Za-z0-9._:-]{1,64})?\Z")]
    proposal: Code
    reason: Code

    def __post_init__(self) -> None:
        given = (bool(self.action), bool(self.arguments), bool(self.fields), bool(self.name))
        if given != {ACT: (True, True, False, False), ADOPT: (True, False, True, False)}.get(self.form, (False, False, False, True)):
            raise ValueError("act takes action and arguments, adopt action and fields, document a name, and each no more")
        if self.arguments and not is_within_bytes(self.arguments, MAX_ARGUMENTS_BYTES):
            raise ValueError(f"arguments take at most {MAX_ARGUMENTS_BYTES} bytes")
        if not all(is_within_bytes(each, MAX_TEXT_BYTES) for each in self.fields):
            raise ValueError(f"a field takes at most {MAX_TEXT_BYTES} bytes")


class Vote(Struct, frozen=True, forbid_unknown_fields=True):
    """04: a member's vote, in place of any before; ``document`` may say more than the reason's code."""

    choice: Literal["yes", "no", "abstain", "recuse"]
    proposal: Code
    reason: Code
    document: Document | None = None


class WithdrawProposal(Struct, frozen=True, forbid_unknown_fields=True):
    """05: a proposal is taken back before others have voted."""

    proposal: Code
    reason: Code


class Wake(Struct, frozen=True, forbid_unknown_fields=True):
    """21: a dormant or silent member takes part again."""


MESSAGES = (
    Message(
        name="propose",
        number="03",
        arguments=Propose,
        roles=OFFICER,
        conditions=(
            (rejections.WRONG_STATE, checks.is_proposal_id_free),
            (rejections.DOCUMENT_TOO_LARGE, conditions.is_document_fit),
            (rejections.UNKNOWN_REASON, conditions.is_reason_among(PROPOSAL_REASONS)),
            (rejections.NOT_ACTIVE_MEMBER, checks.is_actor_active),
            (rejections.NOT_WELL_FORMED, checks.is_well_formed),
            (rejections.END_OUT_OF_RANGE, checks.is_end_in_range),
            (rejections.TOO_MANY_OPEN, checks.has_room_for_proposal),
            (rejections.SUBJECT_OPEN, checks.is_subject_free),
            (rejections.VALUE_UNFIT, checks.is_value_as_declared),
        ),
        process=transitions.process_propose,
        documents=("document",),
    ),
    Message(
        name="vote",
        number="04",
        arguments=Vote,
        roles=OFFICER,
        conditions=(
            (rejections.VOTE_OVER, checks.is_before_end),
            (rejections.WRONG_STATE, conditions.is_proposal_open),
            (rejections.UNKNOWN_REFERENCE, conditions.is_proposal_known),
            (rejections.DOCUMENT_TOO_LARGE, conditions.is_document_fit),
            (rejections.UNKNOWN_REASON, conditions.is_reason_among(VOTE_REASONS)),
            (rejections.NOT_ON_ROLL, checks.is_on_roll),
            (rejections.RECUSED, checks.is_not_recused),
        ),
        process=transitions.process_vote,
        documents=("document",),
    ),
    Message(
        name="withdraw_proposal",
        number="05",
        arguments=WithdrawProposal,
        roles=OFFICER,
        conditions=(
            (rejections.WRONG_STATE, conditions.is_proposal_open),
            (rejections.UNKNOWN_REFERENCE, conditions.is_proposal_known),
            (rejections.UNKNOWN_REASON, conditions.is_reason_among(PROPOSAL_REASONS)),
            (rejections.NOT_OWN_PROPOSAL, checks.is_own_proposal),
            (rejections.OTHERS_VOTED, checks.has_no_vote_of_others),
        ),
        process=transitions.process_withdraw_proposal,
    ),
    Message(
        name="wake",
        number="21",
        arguments=Wake,
        roles=OFFICER,
        conditions=((rejections.WRONG_STATE, checks.is_asleep),),
        process=transitions.process_wake,
    ),
)
