"""Fixed bounds of ``treasury``, and the parameters that votes may change, with what holds where genesis has none."""

from __future__ import annotations

import re

from prasasti.contracts.governance.parameters import DAY_SECONDS, read_value
from prasasti.core.contract import View
from prasasti.core.parameters import Parameter, find_declared, index_parameters
from prasasti.core.types import parse_amount, require

FIRST_YEAR = 1900
LAST_YEAR = 2999

# Why a budget is changed: a mistake, money shifted between lines, the legislature's revision, money saved, something else.
CHANGE_REASONS = Parameter(
    "treasury.change_reasons", "codes", "correction,other,reallocation,revision,saving", "treasury 02, decided here", 1, 30
)
# Why a batch is paused or goes on: what a bank says, a mistake, a doubt, something else.
BATCH_REASONS = Parameter("treasury.batch_reasons", "codes", "bank,correction,doubt,other,resolved", "treasury 08, 09, decided here", 1, 30)
# An order above so much of its currency needs two approvers, and one to an account that its payee named fewer days ago (I9).
TWO_APPROVERS_ABOVE = "treasury.two_approvers_above"
TWO_APPROVERS_ABOVE_ANY = Parameter(f"{TWO_APPROVERS_ABOVE}.*", "amount", "100000000", "treasury 06, decided here")
TWO_APPROVERS_ABOVE_IDR = Parameter(f"{TWO_APPROVERS_ABOVE}.IDR", "amount", "250000000000", "treasury 06, decided here")
ACCOUNT_AGE_DAYS = Parameter("treasury.account_age_days", "integer", 30, "treasury 06, decided here", 0, 365)
# Who may set budgets, so that nobody makes itself a treasury; nobody named: whoever gives the role.
ORGANISATIONS = Parameter("treasury.organisations", "codes", "", "treasury 01, decided here", 0, 30)
# The chart of accounts of budget lines: any code, or the Indonesian state's, whose expenditure begins with 5, transfers with 6.
ANY_CHART, BAS = "any", "bas"
CHART = Parameter(
    "treasury.chart", "codes", ANY_CHART, "treasury 01, decided here", 1, 1, (ANY_CHART, BAS),
    {"indonesia": (BAS, "Bagan Akun Standar (M)")},
)  # fmt: skip
BAS_CODE = re.compile(r"[56][0-9]{5}")
# What a statement may be published as; a bank's own file names accounts and is none.
STATEMENT_MEDIA_TYPES = ("application/json", "application/pdf", "text/csv", "text/plain")
PARAMETERS: tuple[Parameter, ...] = (
    ACCOUNT_AGE_DAYS, BATCH_REASONS, CHANGE_REASONS, CHART, ORGANISATIONS, TWO_APPROVERS_ABOVE_ANY, TWO_APPROVERS_ABOVE_IDR,
)  # fmt: skip
_DECLARED = index_parameters(PARAMETERS)


def read_change_reasons(view: View, time: int) -> tuple[str, ...]:
    """Codes of why a budget may be changed, in force at a time."""
    return _read_codes(view, CHANGE_REASONS, time)


def read_batch_reasons(view: View, time: int) -> tuple[str, ...]:
    """Codes of why a batch may be paused, or go on."""
    return _read_codes(view, BATCH_REASONS, time)


def read_organisations(view: View, time: int) -> tuple[str, ...]:
    """Organisations that may set budgets; none named: any."""
    return _read_codes(view, ORGANISATIONS, time)


def is_of_chart(view: View, account: str, time: int) -> bool:
    """Whether an account is a code of the chart in force."""
    return str(read_value(view, CHART, time)) != BAS or BAS_CODE.fullmatch(account) is not None


def read_two_approvers_above(view: View, currency: str, time: int) -> int:
    """Above how much, minor units of a currency, an order needs two approvers: its own figure, else that of any currency."""
    name = f"{TWO_APPROVERS_ABOVE}.{currency}"
    own = read_value(view, require(find_declared(_DECLARED, name), name), time, name)
    return parse_amount(str(own))


def read_account_age_seconds(view: View, time: int) -> int:
    """How long ago a payee named its account at the latest, for one approver to be enough."""
    return int(read_value(view, ACCOUNT_AGE_DAYS, time)) * DAY_SECONDS


def _read_codes(view: View, parameter: Parameter, time: int) -> tuple[str, ...]:
    value = str(read_value(view, parameter, time))
    return tuple(value.split(",")) if value else ()
