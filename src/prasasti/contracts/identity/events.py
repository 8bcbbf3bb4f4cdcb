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


class ActsReviewOpened(Event, frozen=True, tag="identity.acts_review_opened"):
    """What the key signed since a time is to be owned or disowned until ``due``."""

    due: int
    key: str
    since: int


class KeyRotated(Event, frozen=True, tag="identity.key_rotated"):
    """A key takes the place of another of the same person."""

    key: str
    old: str


class OfficeGranted(Event, frozen=True, tag="identity.office_granted"):
    """A key has an office, from the next block on, until a time."""

    key: str
    role: str
    until: int


class OfficeEnded(Event, frozen=True, tag="identity.office_ended"):
    """A key has an office no longer."""

    key: str
    role: str


class OfficeDelegated(Event, frozen=True, tag="identity.office_delegated"):
    """A holder shares its office with another key until a time."""

    key: str
    role: str
    until: int


class OfficeOver(Event, frozen=True, tag="identity.office_over"):
    """The date until which a key had an office is over (deadline)."""

    key: str
    role: str


class RegistrarStays(Event, frozen=True, tag="identity.registrar_stays"):
    """A registrar's date is over, yet it is its organisation's last: it stays, and a successor is due (deadline)."""

    key: str


class RecoveryAnnounced(Event, frozen=True, tag="identity.recovery_announced"):
    """A key is to take the place of a lost one; until ``ready`` there can be objections."""

    old: str
    ready: int
    recovery: str


class RecoveryObjected(Event, frozen=True, tag="identity.recovery_objected"):
    """A recovery is off."""

    recovery: str


class RecoveryCompleted(Event, frozen=True, tag="identity.recovery_completed"):
    """A key took the place of a lost one."""

    key: str
    old: str
    recovery: str


class RecoveryLapsed(Event, frozen=True, tag="identity.recovery_lapsed"):
    """A recovery was not completed in time (deadline)."""

    recovery: str


class OfficeGivenBack(Event, frozen=True, tag="identity.office_given_back"):
    """A recovered key has the office that was held back (deadline)."""

    key: str
    role: str


class ActsConfirmed(Event, frozen=True, tag="identity.acts_confirmed"):
    """So many acts of a key under review were owned or disowned."""

    count: int
    finding: str
    key: str


class ActsReviewOverdue(Event, frozen=True, tag="identity.acts_review_overdue"):
    """The time to own or disown what a key signed is over; so many acts were (deadline)."""

    count: int
    key: str


class TagAttested(Event, frozen=True, tag="identity.tag_attested"):
    """A registrar attested a tie of a tag; ``number``: its place in the tag's list."""

    number: int
    tag: str


class OrganisationRegistered(Event, frozen=True, tag="identity.organisation_registered"):
    """An organisation that is no member acts on this ledger from the next block on."""

    organisation: str


class PublisherRegistered(Event, frozen=True, tag="identity.publisher_registered"):
    """An organisation publishes under its prefixes."""

    organisation: str


class OfficesReviewed(Event, frozen=True, tag="identity.offices_reviewed"):
    """An organisation looked through its keys and offices for a quarter."""

    organisation: str
    quarter: str


class OfficeReviewOverdue(Event, frozen=True, tag="identity.office_review_overdue"):
    """An organisation did not look through its offices for a quarter (deadline)."""

    organisation: str
    quarter: str


class OrganisationClosed(Event, frozen=True, tag="identity.organisation_closed"):
    """An organisation acts no longer."""

    organisation: str
