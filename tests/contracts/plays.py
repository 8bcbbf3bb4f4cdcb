"""What rows of refusals are made of: a play runs on a ledger and answers accepted or the refusal's number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.core.ledger import ACCEPTED, Ledger, Signer

Step = tuple[str, dict[str, Any], tuple[Signer, ...]]
Play = Callable[[Ledger], str]


def holder(name: str) -> Signer:
    return (name, "identity.holder")


def officer(organisation: str) -> Signer:
    return (f"{organisation}/officer", "governance.officer")


def registrar(organisation: str, name: str = "registrar") -> Signer:
    return (f"{organisation}/{name}", "identity.registrar")


def do(action: str, arguments: dict[str, Any], *signers: Signer) -> Play:
    """One message in a block of its own."""
    return lambda ledger: ledger.do(action, arguments, *signers)


def wait(seconds: int) -> Play:
    """Time passes; the deadlines that fall due run."""

    def play(ledger: Ledger) -> str:
        ledger.time += seconds
        ledger.seal()
        return ACCEPTED

    return play


def after(*plays: Play) -> Play:
    """All but the last are accepted; the last one's outcome."""

    def play(ledger: Ledger) -> str:
        for each in plays[:-1]:
            assert each(ledger) == ACCEPTED
        return plays[-1](ledger)

    return play


def in_one_block(*steps: Step) -> Play:
    """Of one block all but the last are accepted."""

    def play(ledger: Ledger) -> str:
        outcomes = ledger.seal(*(ledger.sign(action, arguments, *signers) for action, arguments, signers in steps))
        assert outcomes[:-1] == [ACCEPTED] * (len(steps) - 1)
        return outcomes[-1]

    return play
