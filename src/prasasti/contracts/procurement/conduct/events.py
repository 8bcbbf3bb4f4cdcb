"""Events of violations and debarments."""

from __future__ import annotations

from prasasti.core.types import Event


class ViolationNotified(Event, frozen=True, tag="procurement.violation_notified"):
    """An organisation is said to have violated a rule; it may reply until a time."""

    organisation: str
    reply_due: int
    violation: str


class ViolationReplied(Event, frozen=True, tag="procurement.violation_replied"):
    """The organisation replied."""

    violation: str


class Debarred(Event, frozen=True, tag="procurement.debarred"):
    """An organisation is kept from contracts until a time."""

    debarment: str
    organisation: str
    until: int


class DebarmentLifted(Event, frozen=True, tag="procurement.debarment_lifted"):
    """A debarment ended before its time."""

    debarment: str
    organisation: str


class DebarmentExpired(Event, frozen=True, tag="procurement.debarment_expired"):
    """A debarment's time is over."""

    debarment: str
    organisation: str
