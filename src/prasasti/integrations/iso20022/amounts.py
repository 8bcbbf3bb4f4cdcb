"""Amounts as files write them, exact decimals of a currency (ISO 4217), and as the ledger counts them, integers of minor units."""

from __future__ import annotations

import re

from prasasti.readmodel.money import find_decimals

# ActiveOrHistoricCurrencyAndAmount: at most 18 digits, 5 of them decimals; no sign, the sign stands beside it.
_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,17})?", re.ASCII)
_MOST_DIGITS = 18


class AmountProblem(ValueError):
    """An amount that is none, or has parts of a currency's smallest unit."""


def spell_amount(amount_minor: int, currency: str) -> str:
    """An amount of at least 0 minor units with just the decimals of its currency: 12345 IDR is ``123.45``, 12345 JPY ``12345``."""
    decimals = find_decimals(currency)
    if not decimals:
        return str(amount_minor)
    whole, part = divmod(amount_minor, 10**decimals)
    return f"{whole}.{part:0{decimals}d}"


def read_amount(text: str, currency: str) -> int:
    """Minor units of a decimal text; AmountProblem where it is none, or has more decimals than its currency that are not zero."""
    if not _AMOUNT.fullmatch(text) or len(text.replace(".", "")) > _MOST_DIGITS:
        raise AmountProblem(f"'{text[:40]}' is no amount of at most {_MOST_DIGITS} digits")
    whole, _, fraction = text.partition(".")
    decimals = find_decimals(currency)
    if fraction[decimals:].strip("0"):
        raise AmountProblem(f"{text} {currency} has more than {decimals} decimals")
    return int(whole + fraction[:decimals].ljust(decimals, "0"))
