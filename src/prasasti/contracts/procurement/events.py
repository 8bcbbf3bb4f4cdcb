"""Events of ``procurement``."""

from __future__ import annotations

from prasasti.core.types import Event


class ReleaseAttested(Event, frozen=True, tag="procurement.release_attested"):
    """A release stands under its id for the first time; ``number`` is its place in the publisher's list."""

    number: int
    ocid: str
    release_id: str


class ReleaseUpdated(Event, frozen=True, tag="procurement.release_updated"):
    """The publisher redacted the release anew; both documents stay readable."""

    number: int
    ocid: str
    release_id: str


class ReleaseContradicted(Event, frozen=True, tag="procurement.release_contradicted"):
    """Another document came under a release's id: history rewritten, shown beside the first."""

    number: int
    ocid: str
    release_id: str
