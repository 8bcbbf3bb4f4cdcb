"""Fixed bounds and codelists of ``identity``, and the parameters that votes may change, with what holds where genesis has none."""

from __future__ import annotations

from collections.abc import Mapping

from prasasti.contracts.governance.records import parameter_key
from prasasti.contracts.offices import AUDITOR, OFFICER, REGISTRAR
from prasasti.core.contract import View
from prasasti.core.genesis import ParameterRecord

HOUR_SECONDS = 3_600
DAY_SECONDS = 86_400

MAX_FOUNDING_KEYS = 3
MAX_CONFIRMED = 100
MAX_PREFIXES = 8
MAX_PREFIX_BYTES = 64
MAX_TEXT_BYTES = 200
MAX_DOCUMENT_BYTES = 8 * 2**20
MAX_RECOVERY_SIGNERS = 16
MISSING_REVIEWS = 2
DOCUMENT_MEDIA_TYPES = ("application/json", "application/pdf", "text/markdown", "text/plain")

# Offices that take two registrars to give, where an organisation has two.
WEIGHTY_ROLES = (OFFICER, REGISTRAR, "treasury.approver")
# Who besides a registrar vouches for a recovery from outside; for an auditor's key it is a citizens' officer.
WATCH_ROLES: Mapping[str, tuple[str, str]] = {"auditor": (OFFICER, "citizens")}
WATCH_ROLE = (AUDITOR, "auditor")

END_REASONS = ("duty_ended", "left", "lost", "mistake", "other", "precaution", "replaced", "stolen")
OBJECTION_REASONS = ("key_not_lost", "not_informed", "other", "wrong_person")
CLOSING_REASONS = ("dissolved", "merged", "mistake", "other", "own_wish", "unlawful")

# Each with its least and most; a value outside, or of another type, counts as not set.
DEFAULTS: Mapping[str, int] = {
    "identity.acts_review_days": 30,
    "identity.delegation_days": 90,
    "identity.office_days": 730,
    "identity.office_review_days": 30,
    "identity.outside_recovery_hours": 72,
    "identity.payment_hold_hours": 72,
    "identity.recovery_hours": 24,
    "identity.recovery_open_days": 7,
    "identity.registrations_a_day": 100,
}
BOUNDS: Mapping[str, tuple[int, int]] = {
    "identity.acts_review_days": (1, 365),
    "identity.delegation_days": (1, 365),
    "identity.office_days": (30, 3_650),
    "identity.office_review_days": (1, 60),
    "identity.outside_recovery_hours": (24, 720),
    "identity.payment_hold_hours": (24, 720),
    "identity.recovery_hours": (12, 720),
    "identity.recovery_open_days": (1, 30),
    "identity.registrations_a_day": (1, 10_000),
}


def read_parameter(view: View, name: str, time: int) -> int:
    """Value of a parameter in force at a time; the default where none, or none of sense, was ever set."""
    record = view.get(parameter_key(f"identity.{name}"), ParameterRecord)
    value = record.value_at(time) if record is not None else None
    least, most = BOUNDS[f"identity.{name}"]
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    return DEFAULTS[f"identity.{name}"]


def read_seconds(view: View, name: str, time: int) -> int:
    """A parameter in hours or days, as seconds."""
    unit_seconds = HOUR_SECONDS if name.endswith("_hours") else DAY_SECONDS
    return read_parameter(view, name, time) * unit_seconds
