"""Events of payment. What becomes of an order and its lines, the treasury's own events tell."""

from __future__ import annotations

from prasasti.core.types import Event


class AdvanceTaken(Event, frozen=True, tag="procurement.advance_taken"):
    """The contractor takes an advance: an order of it stands."""

    amount: str
    contract: str
    order: str


class PaymentReported(Event, frozen=True, tag="procurement.payment_reported"):
    """A line of a contract's order was paid, rejected or returned, as a statement shows."""

    contract: str
    line: int
    order: str
    outcome: str


class OrderReplaced(Event, frozen=True, tag="procurement.order_replaced"):
    """Lines of a contract's order are paid by another, ``replacement``."""

    contract: str
    order: str
    replacement: str


class OutsidePaymentRecorded(Event, frozen=True, tag="procurement.outside_payment_recorded"):
    """A payment for a contract was made outside: no order here asked for it."""

    amount: str
    contract: str
    payment: str


class OutsidePaymentExplained(Event, frozen=True, tag="procurement.outside_payment_explained"):
    """Officer and payer say why a payment was made outside."""

    contract: str
    payment: str
