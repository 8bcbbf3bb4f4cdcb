"""Events of ``identity``."""

from __future__ import annotations

from prasasti.core.types import Event


class KeyRegistered(Event, frozen=True, tag="identity.key_registered"):
    """A key acts for an organisation from the next block on."""

    key: str
    organisation: str


class KeyEnded(Event, frozen=True, tag="identity.key_ended"):
    """A key acts no longer, within its block neither."""

    key: str
    organisation: str
