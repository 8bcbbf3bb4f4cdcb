"""Records of payments made outside. What is paid by orders stands in the treasury's records alone."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.people import Person
from prasasti.core.types import Document


class OutsidePaymentRecord(Struct, frozen=True):
    """``procurement/outside/<contract>:<payment>``: what a statement shows as paid for a contract that no order here asked for.

    ``explained`` is when officer and payer said why, 0 before; ``document`` what they said.
    """

    amount: str
    contract: str
    document: Document | None
    entry: str
    explained: int
    explained_by: list[Person]
    payee: str
    payment: str
    recorded: int
    recorded_by: Person
    statement: Document


def outside_key(contract: str, payment: str) -> str:
    """Key of an OutsidePaymentRecord."""
    return f"procurement/outside/{contract}:{payment}"
