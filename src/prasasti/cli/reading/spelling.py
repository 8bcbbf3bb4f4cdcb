"""How amounts, numbers and states are spelled for people. Owns no table."""

from __future__ import annotations

from decimal import Decimal

from prasasti.cli.shell import Shell


def spell_money(out: Shell, amount: str, currency: str) -> str:
    """An amount as people write it: two decimals where its publisher wrote one."""
    _, _, fraction = amount.partition(".")
    return out.words.amount(f"{amount}0" if len(fraction) == 1 else amount, currency).strip()


def spell_plain(out: Shell, amount: Decimal) -> str:
    """An amount without its currency."""
    return spell_money(out, f"{amount:f}", "")


def spell_number(out: Shell, number: Decimal, decimals: int) -> str:
    """A number with so many decimals."""
    return out.words.amount(f"{round(number, decimals):f}", "").strip()


def spell_state(out: Shell, state: str) -> str:
    """How far a process is, in words."""
    return out.words(f"state.{state}") if state else ""
