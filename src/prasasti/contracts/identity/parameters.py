"""Fixed bounds and codelists of ``identity``, and the parameters that votes may change, with what holds where genesis has none."""

from __future__ import annotations

from collections.abc import Mapping

from prasasti.contracts.governance.parameters import read_value
from prasasti.contracts.offices import AUDITOR, OFFICER, REGISTRAR
from prasasti.core.contract import View
from prasasti.core.parameters import Parameter, index_parameters

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

_OTHERS, _REVIEWS = "governance-lifecycle: 2 Others", "governance-lifecycle: 4 Identity"
PARAMETERS: tuple[Parameter, ...] = (
    Parameter("identity.acts_review_days", "integer", 30, _OTHERS, 1, 365),
    Parameter("identity.delegation_days", "integer", 90, _OTHERS, 1, 365),
    Parameter("identity.office_days", "integer", 730, _OTHERS, 30, 3_650),
    Parameter("identity.office_review_days", "integer", 30, _REVIEWS, 1, 60),
    Parameter("identity.outside_recovery_hours", "integer", 72, _OTHERS, 24, 720),
    Parameter("identity.payment_hold_hours", "integer", 72, _OTHERS, 24, 720),
    Parameter("identity.recovery_hours", "integer", 24, _OTHERS, 12, 720),
    Parameter("identity.recovery_open_days", "integer", 7, _REVIEWS, 1, 30),
    Parameter("identity.registrations_a_day", "integer", 100, _OTHERS, 1, 10_000),
)
_DECLARED = index_parameters(PARAMETERS)


def read_parameter(view: View, name: str, time: int) -> int:
    """Value of a parameter in force at a time; the default where none that fits was ever set."""
    return int(read_value(view, _DECLARED[f"identity.{name}"], time))


def read_seconds(view: View, name: str, time: int) -> int:
    """A parameter in hours or days, as seconds."""
    unit_seconds = HOUR_SECONDS if name.endswith("_hours") else DAY_SECONDS
    return read_parameter(view, name, time) * unit_seconds
