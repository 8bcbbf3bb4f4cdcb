"""Messages on plan lines: arguments, roles, conditions in order."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.procurement import conditions
from prasasti.contracts.procurement import rejections as common
from prasasti.contracts.procurement.plan import checks, rejections, transitions
from prasasti.contracts.procurement.plan.processes import RETENDERS
from prasasti.contracts.procurement.shapes import MAX_YEARS, BudgetPart, ObjectId, PlanId, Title, require_titles
from prasasti.core.contract import Message
from prasasti.core.types import Amount, Code, Currency, Document, parse_amount


class PlanTerms(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be bought, how, and from which budget lines, one a year; ``estimate`` is their sum, minor units.

    ``early``: before the budget stands. ``split_reason`` is the authority's, where the buy looks split.
    """

    budgets: Annotated[list[BudgetPart], Meta(min_length=1, max_length=MAX_YEARS)]
    currency: Currency
    early: bool
    estimate: Amount
    family: Code
    kind: Code
    method: Code
    title: Title
    unit: ObjectId
    multi_year: Document | None = None
    split_reason: Code | None = None

    def __post_init__(self) -> None:
        require_titles(self.title)
        if any(parse_amount(part.amount) == 0 for part in self.budgets):
            raise ValueError("each part of the budgets is above 0")
        if sum(parse_amount(part.amount) for part in self.budgets) != parse_amount(self.estimate):
            raise ValueError("estimate is the sum of the budgets' amounts")


class AnnouncePlan(PlanTerms, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """01: an agency announces what it means to buy."""

    plan: PlanId

    def __post_init__(self) -> None:
        PlanTerms.__post_init__(self)
        stem, _, number = self.plan.rpartition("-")
        if stem and number in RETENDERS:
            raise ValueError("a plan's id does not end as the name of a retender does, in -2 to -99")


class ChangePlan(Struct, frozen=True, forbid_unknown_fields=True):
    """02: a plan line is revised, ``changes`` being the whole of it as it shall stand, or withdrawn."""

    plan: PlanId
    reason: Code
    withdraw: bool
    changes: PlanTerms | None = None

    def __post_init__(self) -> None:
        if self.withdraw == (self.changes is not None):
            raise ValueError("a plan line is either withdrawn or changed")


OFFICER_AND_AUTHORITY = ("procurement.authority", "procurement.officer")

PLAN_MESSAGES = (
    Message(
        name="announce_plan",
        number="01",
        arguments=AnnouncePlan,
        roles=OFFICER_AND_AUTHORITY,
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (common.NOT_IN_SEAT, conditions.do_officer_and_authority_sign),
            (common.WRONG_STATE, checks.is_plan_new),
            (common.DOCUMENT_UNFIT, checks.is_approval_fit),
            (common.UNKNOWN_CODE, checks.are_codes_known),
            (rejections.LINES_UNFIT, checks.are_lines_fit),
            (rejections.OVER_BUDGET, checks.is_within_budget),
            (rejections.METHOD_UNFIT, checks.is_method_fit),
            (rejections.SPLIT, checks.is_not_split),
            (rejections.YEARS_NOT_APPROVED, checks.are_years_approved),
        ),
        process=transitions.process_announce_plan,
        documents=("multi_year",),
    ),
    Message(
        name="change_plan",
        number="02",
        arguments=ChangePlan,
        roles=OFFICER_AND_AUTHORITY,
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (common.NOT_IN_SEAT, checks.do_buyers_officer_and_authority_sign),
            (common.WRONG_STATE, checks.is_plan_announced),
            (common.DOCUMENT_UNFIT, checks.is_changed_approval_fit),
            (common.UNKNOWN_CODE, checks.are_changed_codes_known),
            (rejections.TENDER_OPEN, checks.has_no_open_tender),
            (rejections.REVISED_LINES_UNFIT, checks.are_changed_lines_fit),
            (rejections.REVISED_OVER_BUDGET, checks.is_change_within_budget),
            (rejections.REVISED_METHOD_UNFIT, checks.is_changed_method_fit),
            (rejections.REVISED_SPLIT, checks.is_change_not_split),
            (rejections.REVISED_YEARS_NOT_APPROVED, checks.are_changed_years_approved),
        ),
        process=transitions.process_change_plan,
        documents=("changes.multi_year",),
    ),
)
