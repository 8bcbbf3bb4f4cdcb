"""Events of plan lines."""

from __future__ import annotations

from prasasti.core.types import Event


class PlanAnnounced(Event, frozen=True, tag="procurement.plan_announced"):
    """A plan line stands; its process will be ``ocid``, the ``number``-th of its buyer's list."""

    number: int
    ocid: str
    plan: str


class PlanRevised(Event, frozen=True, tag="procurement.plan_revised"):
    """A plan line was changed for the ``revision``-th time."""

    plan: str
    revision: int


class PlanWithdrawn(Event, frozen=True, tag="procurement.plan_withdrawn"):
    """A plan line will not be tendered."""

    plan: str
