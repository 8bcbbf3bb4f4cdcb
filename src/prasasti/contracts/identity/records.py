"""Records of ``identity`` beyond those of genesis and those that it shares with ``governance`` (``contracts.offices``).

Also the quarters in which an organisation reviews its offices: they are numbered, year × 4 + quarter − 1.
"""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from prasasti.core.types import Document

_DAYS_BEFORE_EPOCH = 719_468  # From 1 March of the year 0 to 1 January 1970.
_DAYS_OF_400_YEARS = 146_097


class RecoveryRecord(Struct, frozen=True):
    """``identity/recovery/<id>``. ``standing``: announced, objected, completed or lapsed; ``ready`` ends the window."""

    announced: int
    document: Document
    key: str
    old: str
    outside: bool
    ready: int
    standing: str


class RecoveringRecord(Struct, frozen=True):
    """``identity/recovering/<old key>``: the latest recovery that was announced for a key."""

    recovery: str


class ActsRecord(Struct, frozen=True):
    """``identity/acts/<key>``: the review of what a key signed since a time; how many acts were owned or disowned."""

    disowned: int
    due: int
    overdue: bool
    own: int
    since: int


class FindingRecord(Struct, frozen=True, omit_defaults=True):
    """``identity/finding/<transaction id>``: what was found about an act of a key under review: own or disowned."""

    finding: str
    key: str
    time: int
    document: Document | None = None


class QuotaRecord(Struct, frozen=True):
    """``identity/quota/<organisation>``: how many organisations it registered on a day (since 1970)."""

    count: int
    day: int


class PrefixesRecord(Struct, frozen=True):
    """``identity/prefixes/all``: whose each ocid prefix is, of those given after genesis."""

    owners: dict[str, str]


class OfficeReviewsRecord(Struct, frozen=True):
    """``identity/office_reviews/<digest>``: quarters whose review is missing, and the one to come due next."""

    coming: str
    missing: list[str]
    organisation: str


class TagRecord(Struct, frozen=True):
    """Item of the list of an organisation or person, and of that of the tag: what a registrar attested, when.

    ``handle`` is "" where the tag is tied to the organisation itself; ``share_bp`` is an owner's; ``until`` is 0 where it has no end.
    """

    attested: int
    handle: str
    key_id: str
    organisation: str
    registrar: str
    relation: str
    share_bp: int
    since: int
    tag: str
    until: int


def digest_tagged(organisation: str, handle: str = "") -> str:
    """Identifier of the list of what was attested about an organisation, ``identity/tagged/<this>``, or a person of it."""
    return sha256(b"\0".join((organisation.encode(), handle.encode()))).hexdigest()[:32]


def recovery_key(recovery: str) -> str:
    """Key of a RecoveryRecord."""
    return f"identity/recovery/{recovery}"


def recovering_key(key: str) -> str:
    """Key of a RecoveringRecord."""
    return f"identity/recovering/{key}"


def acts_key(key: str) -> str:
    """Key of an ActsRecord."""
    return f"identity/acts/{key}"


def finding_key(transaction: str) -> str:
    """Key of a FindingRecord."""
    return f"identity/finding/{transaction}"


def quota_key(organisation: str) -> str:
    """Key of a QuotaRecord."""
    return f"identity/quota/{organisation}"


PREFIXES_KEY = "identity/prefixes/all"


def digest_organisation(organisation: str) -> str:
    """A short name for an organisation in the schedule, whose keys hold no long id."""
    return sha256(organisation.encode()).hexdigest()[:32]


def office_reviews_key(digest: str) -> str:
    """Key of an OfficeReviewsRecord."""
    return f"identity/office_reviews/{digest}"


def parse_quarter(text: str) -> int:
    """Number of a quarter such as ``2026-Q3``."""
    return int(text[:4]) * 4 + int(text[6]) - 1


def format_quarter(number: int) -> str:
    """The quarter of a number."""
    return f"{number // 4:04d}-Q{number % 4 + 1}"


def compute_quarter(time: int) -> int:
    """Number of the quarter that a time, seconds UTC, lies in (proleptic Gregorian calendar)."""
    era, day = divmod(time // 86_400 + _DAYS_BEFORE_EPOCH, _DAYS_OF_400_YEARS)
    # Years begin in March here, so that a leap day is a year's last.
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    month = (5 * (day - _count_days(year)) + 2) // 153
    return (era * 400 + year) * 4 + (month + 2) // 3


def compute_quarter_end(number: int) -> int:
    """The time, seconds UTC, at which a quarter is over."""
    year, quarter = divmod(number + 1, 4)
    # Quarters begin 10 months after March of the year before, or 1, 4, 7 after March of their own.
    year, month = (year - 1, 10) if quarter == 0 else (year, quarter * 3 - 2)
    era, year = divmod(year, 400)
    day = _count_days(year) + (153 * month + 2) // 5
    return (era * _DAYS_OF_400_YEARS + day - _DAYS_BEFORE_EPOCH) * 86_400


def _count_days(years: int) -> int:
    """Days of so many years of an era of 400."""
    return 365 * years + years // 4 - years // 100
