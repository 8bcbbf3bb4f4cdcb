"""Messages of ``treasury``: arguments, roles, conditions in order, effects on standing.

Those of payments and statements stand in their folders.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.identity.conditions import is_document_accepted
from prasasti.contracts.treasury import checks, rejections, transitions
from prasasti.contracts.treasury.parameters import FIRST_YEAR, LAST_YEAR, PARAMETERS
from prasasti.contracts.treasury.payment.messages import PAYMENT_MESSAGES
from prasasti.contracts.treasury.statement.messages import STATEMENT_MESSAGES
from prasasti.core.contract import Contract, Message
from prasasti.core.types import Amount, Code, Currency, Document, Identifier

# Without a colon, so that whoever joins it with another id by one stays unambiguous.
LineId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,64}\Z")]
Year = Annotated[int, Meta(ge=FIRST_YEAR, le=LAST_YEAR)]


class SetBudget(Struct, frozen=True, forbid_unknown_fields=True):
    """01: a year's money in minor units for a unit's programme, under an account of the state's chart."""

    account: Code
    amount: Amount
    currency: Currency
    line: LineId
    programme: Identifier
    unit: Identifier
    year: Year


class ChangeBudget(Struct, frozen=True, forbid_unknown_fields=True):
    """02: another amount for a line, as a document decided."""

    amount: Amount
    document: Document
    line: LineId
    reason: Code


class CarryOver(Struct, frozen=True, forbid_unknown_fields=True, rename={"origin": "from"}):
    """03: an amount of a line to one of the next year, with the commitments that are not paid."""

    amount: Amount
    origin: LineId
    to: LineId


TREASURY = Contract(
    name="treasury",
    version=1,
    lost_in_block=rejections.LOST_IN_BLOCK,
    parameters=PARAMETERS,
    messages=(
        Message(
            name="set_budget",
            number="01",
            arguments=SetBudget,
            roles=("treasury.budget",),
            conditions=(
                (rejections.LINE_USED, checks.is_line_new),
                (rejections.BUDGET_EMPTY, checks.is_budget_positive),
                (rejections.NO_TREASURY, checks.may_set_budgets),
                (rejections.NOT_OF_CHART, checks.is_account_of_chart),
            ),
            process=transitions.process_set_budget,
        ),
        Message(
            name="change_budget",
            number="02",
            arguments=ChangeBudget,
            roles=("treasury.budget",),
            conditions=(
                (rejections.UNKNOWN_LINE, checks.is_line_known),
                (rejections.DOCUMENT_NOT_ACCEPTED, is_document_accepted),
                (rejections.REASON_UNKNOWN, checks.is_reason_known),
                (rejections.BELOW_COMMITMENTS, checks.covers_commitments),
                (rejections.FOREIGN_LINE, checks.is_own_line),
            ),
            process=transitions.process_change_budget,
            documents=("document",),
        ),
        Message(
            name="carry_over",
            number="03",
            arguments=CarryOver,
            roles=("treasury.budget",),
            conditions=(
                (rejections.WRONG_STATE, checks.are_lines_open),
                (rejections.UNKNOWN_LINE, checks.are_lines_known),
                (rejections.NOT_NEXT_YEAR, checks.is_of_next_year),
                (rejections.MORE_THAN_LEFT, checks.is_amount_left),
                (rejections.OTHER_CURRENCY, checks.is_currency_same),
                (rejections.COMMITMENTS_NOT_BORNE, checks.can_bear_commitments),
                (rejections.FOREIGN_LINES, checks.are_own_lines),
                (rejections.BUDGET_TOO_LARGE, checks.is_sum_in_range),
            ),
            process=transitions.process_carry_over,
        ),
        *PAYMENT_MESSAGES,
        *STATEMENT_MESSAGES,
    ),
)
