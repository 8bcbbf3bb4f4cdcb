"""Fixed bounds of ``treasury``, and the parameters that votes may change, with what holds where genesis has none."""

from __future__ import annotations

from prasasti.contracts.governance.parameters import read_value
from prasasti.core.contract import View
from prasasti.core.parameters import Parameter

FIRST_YEAR = 1900
LAST_YEAR = 2999

# Why a budget is changed: a mistake, money shifted between lines, the legislature's revision, money saved, something else.
CHANGE_REASONS = Parameter(
    "treasury.change_reasons", "codes", "correction,other,reallocation,revision,saving", "treasury 02, decided here", 1, 30
)
PARAMETERS: tuple[Parameter, ...] = (CHANGE_REASONS,)


def read_change_reasons(view: View, time: int) -> tuple[str, ...]:
    """Codes of why a budget may be changed, in force at a time."""
    return tuple(str(read_value(view, CHANGE_REASONS, time)).split(","))
