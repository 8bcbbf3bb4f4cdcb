"""Amounts of money in tables: the exact decimal as text, and an integer of minor units to compare and add up.

Owns the currencies' decimals (ISO 4217) and exact sums. No amount passes through a float anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Final

DEFAULT_DECIMALS: Final = 2
DECIMALS: Final = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
MAX_MINOR: Final = 2**63 - 1

# A recorded amount has at most 64 characters and an exponent within ±308: sums of any number of them are exact in 1,000 digits.
EXACT: Final = Context(prec=1_000, Emax=10**6, Emin=-(10**6), traps=[Inexact, InvalidOperation, Overflow])
_FLOOR: Final = Context(prec=1_000, rounding=ROUND_FLOOR, Emax=10**6, Emin=-(10**6), traps=[InvalidOperation, Overflow])


def find_decimals(currency: str) -> int:
    """Decimals of a currency; two for one that is not known."""
    return DECIMALS.get(currency, DEFAULT_DECIMALS)


def compute_minor(amount: Decimal, currency: str) -> tuple[int, bool]:
    """Minor units of an amount, and whether they are the whole of it.

    They are not where the amount has more decimals than its currency (the next integer below stands) or does not fit
    into an int64 (its end stands). Good to sort and compare by; a sum adds such an amount from its text.
    """
    scaled = EXACT.scaleb(amount, find_decimals(currency))
    # A number of this many digits fits no int64; asked first, since writing it out would take as many.
    if scaled.adjusted() > 20:
        return (MAX_MINOR if scaled > 0 else -MAX_MINOR), False
    minor = int(scaled.to_integral_value(ROUND_FLOOR, _FLOOR))
    held = max(-MAX_MINOR, min(MAX_MINOR, minor))
    return held, held == scaled


def read_minor(token: str, currency: str) -> tuple[str, int, bool]:
    """Of a number's token (plain or with an exponent): its plain digits, its minor units, and whether these are the whole of it."""
    whole, _, fraction = token.partition(".")
    missing = find_decimals(currency) - len(fraction)
    if len(token) <= 14 and missing >= 0 and whole.isdigit() and (fraction or "0").isdigit():  # most amounts
        return token, int(whole + fraction) * 10**missing, True
    amount = Decimal(token)
    return spell(amount), *compute_minor(amount, currency)


def from_minor(minor: int, currency: str) -> Decimal:
    """The amount of so many minor units."""
    return EXACT.scaleb(Decimal(minor), -find_decimals(currency))


def add_up(amounts: Iterable[Decimal]) -> Decimal:
    """Their exact sum."""
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def spell(amount: Decimal) -> str:
    """Plain digits, no exponent, the decimals that it was given."""
    return f"{amount:f}"
