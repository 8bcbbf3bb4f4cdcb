"""What is told of a draft before anybody signs it, and how a person gives rates and quantities.

Owns reading these forms; words and currencies are the command's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from prasasti.contracts.procurement.agreement.records import AgreementRecord, ContractMilestone
from prasasti.contracts.procurement.delivery.progress import find_contract, find_milestone
from prasasti.contracts.procurement.scoring import QUANTITY_SCALE
from prasasti.core.contract import View
from prasasti.services.submitting import DraftProblem

_decimal = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?", re.ASCII)
_percent = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?", re.ASCII)


class Line(NamedTuple):
    """One line about a draft: a key of words, facts as they are, and amounts in minor units of the contract's currency."""

    key: str
    facts: Mapping[str, Any] = {}
    amounts: Mapping[str, int] = {}


class Drafted(NamedTuple):
    """Arguments that were computed, and what is told of them."""

    arguments: dict[str, Any]
    lines: list[Line]


class OtherRate(NamedTuple):
    """A tax's rate that is not the State's, in basis points, and the code of the reason."""

    rate_bp: int
    reason: str


def split_pairs(texts: Sequence[str], form: str) -> dict[str, str]:
    """``NAME=VALUE`` given several times, each name once; DraftProblem tells the ``form``."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals or not value:
            raise DraftProblem(f"{text} is not {form}; nothing was signed")
        if name in found:
            raise DraftProblem(f"{name} is given twice; nothing was signed")
        found[name] = value
    return found


def read_rates(texts: Sequence[str]) -> dict[str, OtherRate]:
    """``CODE=PERCENT:REASON``, by code; DraftProblem."""
    form = "CODE=PERCENT:REASON, such as pph22=0:exempt"
    found = {}
    for code, value in split_pairs(texts, form).items():
        percent, _, reason = value.partition(":")
        if not _percent.fullmatch(percent) or not reason or Decimal(percent) > 100:
            raise DraftProblem(f"{code}={value} is not {form}, at most 100 with two decimals; nothing was signed")
        found[code] = OtherRate(int(Decimal(percent) * 100), reason)
    return found


def read_quantity(text: str, item: str) -> int:
    """Thousandths of a unit, of a quantity in units; DraftProblem."""
    if not _decimal.fullmatch(text):
        raise DraftProblem(f"{item}: {text} is no quantity; give units in plain digits, such as 20 or 12.5; nothing was signed")
    return int(Decimal(text) * QUANTITY_SCALE)


def spell_quantity(thousandths: int) -> str:
    """A quantity in units, plain digits."""
    whole, part = divmod(thousandths, QUANTITY_SCALE)
    return f"{whole}.{part:03}".rstrip("0") if part else str(whole)


def spell_percent(rate_bp: int) -> str:
    """Basis points in percent, plain digits."""
    whole, part = divmod(rate_bp, 100)
    return f"{whole}.{part:02}".rstrip("0") if part else str(whole)


def require_contract(view: View, contract: str) -> AgreementRecord:
    """A contract that was signed; DraftProblem."""
    found = find_contract(view, contract)
    if found is None:
        raise DraftProblem(f"no contract {contract} was signed on this ledger; nothing was signed")
    return found


def require_milestone(view: View, contract: str, milestone: str) -> ContractMilestone:
    """A milestone of a contract that was signed; DraftProblem."""
    require_contract(view, contract)
    found = find_milestone(view, contract, milestone)
    if found is None:
        raise DraftProblem(f"the contract {contract} has no milestone {milestone}; nothing was signed")
    return found
