"""Fixed bounds of ``governance``, and the parameters that votes may change, with what holds where genesis has none.

Owns the figures of each kind of vote and their floors. A parameter's value is read with a time, never as of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from prasasti.contracts.governance.records import ParameterChangeRecord, change_count_key, change_key, coming_key, parameter_key
from prasasti.core.contract import Registry, View, find_parameter
from prasasti.core.genesis import MAX_EXPIRY_SECONDS, ComingValue, ParameterRecord
from prasasti.core.parameters import Parameter, Value, index_parameters
from prasasti.core.types import MAX_SAFE_INTEGER, require

DAY_SECONDS = 86_400
MAX_LEGAL_BASIS_BYTES = 200
MAX_ADVANCE_SECONDS = 34_560_000
# A hundred years: the calendar of quarters has names up to the year 9999.
MAX_OFFSET_SECONDS = 36_525 * DAY_SECONDS
MAX_ARGUMENTS_BYTES = 20_000
MAX_DOCUMENT_BYTES = 8 * 2**20
MAX_TEXT_BYTES = 200
MAX_NEW_KEYS = 6
MAX_CEREMONY_KEYS = 15
MAX_FORMER_KEYS = 300
CONTRACT_NAMES = ("governance", "identity", "procurement", "treasury", "welfare")
# Contracts whose parameters and versions are part of the constitution.
OWN_CONTRACTS = ("governance", "identity")
CLASSES = ("agency", "auditor", "citizens", "operator")
WATCH_CLASSES = ("auditor", "citizens")

SEASONING_SECONDS = 30 * DAY_SECONDS
MAX_VOTE_TIMES = 4
SILENT_VOTES = 3
MAX_MISSED = 64
SILENCE_WINDOW_SECONDS = 60 * DAY_SECONDS
SILENCE_SINCE_SECONDS = 14 * DAY_SECONDS
AFTER_RATIFICATION_SECONDS = 3 * DAY_SECONDS
SUSPENSION_WINDOW_SECONDS = 365 * DAY_SECONDS
AFTER_LAPSE_SECONDS = 30 * DAY_SECONDS
CEREMONY_OPEN_SECONDS = 30 * DAY_SECONDS
BETWEEN_ADMISSIONS_SECONDS = 30 * DAY_SECONDS
LEAVING_SECONDS = 30 * DAY_SECONDS
LAST_LEAVING_SECONDS = 90 * DAY_SECONDS
ACTIVATION_BLOCKS = 10
MIN_CLASSES = 2
MIN_MEMBERS = 4

PROPOSAL_REASONS = ("correction", "emergency", "improvement", "law", "membership", "mistake", "other", "security")
VOTE_REASONS = ("agreed", "conflict_of_interest", "duplicate", "harmful", "incomplete", "not_convinced", "other", "unlawful")
SUSPENSION_REASONS = ("key_lost", "key_stolen", "misconduct", "other", "outage", "unlawful")
LEAVING_REASONS = ("dissolved", "law", "merged", "other", "own_wish")

KINDS = ("constitution", "member", "ordinary", "ratify", "rule")
_NO_OPERATOR = "agency,auditor,citizens"
# As for a consortium of four founders; a larger one's genesis names higher figures (governance-lifecycle: Votes).
_FIGURES: Mapping[str, tuple[int, int, int, str, int, int, bool]] = {
    "constitution": (3, 1, 6_666, _NO_OPERATOR, 28, 28, False),
    "member": (2, 1, 6_666, "auditor,citizens", 14, 0, True),
    "ordinary": (2, 1, 5_000, "", 7, 0, True),
    "ratify": (2, 1, 5_000, "", 5, 0, True),
    "rule": (2, 1, 5_000, _NO_OPERATOR, 14, 10, False),
}
COLUMNS = ("classes", "watch", "share_bp", "veto", "vote_days", "notice_days", "early")
# Which defaults hold. Genesis alone names it: changed by a vote, it would change figures that no vote was about.
PROFILE = "governance.profile"
# Least and most. A share of all and more could never be exceeded: nothing would pass any more.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "classes": (2, 4), "watch": (1, 2), "share_bp": (5_000, 9_999), "vote_days": (3, 365), "notice_days": (0, 365),
}  # fmt: skip
_VOTES, _OTHERS, _ADMISSION = "governance-lifecycle: 2 Votes", "governance-lifecycle: 2 Others", "ledger-core: Admission"


def _declare_figure(kind: str, column: str, default: Value) -> Parameter:
    name = f"governance.{kind}.{column}"
    if column == "early":
        return Parameter(name, "boolean", default, _VOTES)
    if column == "veto":
        return Parameter(name, "codes", default, _VOTES, codes=CLASSES)
    least, most = _BOUNDS[column]
    return Parameter(name, "basis_points" if column == "share_bp" else "integer", default, _VOTES, least, most)


PARAMETERS: tuple[Parameter, ...] = (
    *(_declare_figure(kind, column, row[place]) for kind, row in _FIGURES.items() for place, column in enumerate(COLUMNS)),
    Parameter("governance.ceremony_days", "integer", 7, _OTHERS, 3, 90),
    Parameter("governance.citizens_term_days", "integer", 1_095, _OTHERS, 30, 3_650),
    Parameter("governance.cool_off_days", "integer", 90, _OTHERS, 0, 3_650),
    Parameter("governance.open_proposals", "integer", 3, _OTHERS, 1, 100),
    Parameter(PROFILE, "codes", "generic", "DESIGN: Transactions", 1, 1, codes=("generic", "indonesia")),
    Parameter("governance.resolution_days", "integer", 90, _OTHERS, 1, 3_650),
    Parameter("governance.suspended_days", "integer", 90, _OTHERS, 5, 180),
    # With less than an hour for one, or a day for several in their offices, nobody could send what would raise it again.
    Parameter("max_expiry_seconds", "integer", 86_400, _ADMISSION, 3_600, MAX_EXPIRY_SECONDS),
    Parameter("max_expiry_seconds_several", "integer", 604_800, _ADMISSION, DAY_SECONDS, MAX_EXPIRY_SECONDS),
    Parameter("max_gap_seconds", "integer", 300, "transparency-log: Decided", 1, MAX_SAFE_INTEGER),
)
_DECLARED = index_parameters(PARAMETERS)


class Figures(NamedTuple):
    """What a kind of vote demands. ``share_bp`` is to be exceeded; ``veto`` names classes."""

    classes: int
    watch: int
    share_bp: int
    veto: tuple[str, ...]
    vote_seconds: int
    notice_seconds: int
    early: bool


def read_value(view: View, parameter: Parameter, time: int, name: str = "") -> Value:
    """Value of any contract's parameter in force at a time; the default of the ledger's profile where none that fits was set then.

    ``name`` tells which one of a family is asked for.
    """
    value = find_value(view, parameter, time, name)
    return value if value is not None else find_default(view, parameter)


def find_value(view: View, parameter: Parameter, time: int, name: str = "") -> Value | None:
    """What genesis or a vote put under a name, as it held at a time however long ago; None where that is none that fits."""
    name = name or parameter.name
    record = view.get(parameter_key(name), ParameterRecord)
    if record is None:
        return None
    value = record.value_at(time) if record.since <= time else _find_earlier(view, name, time)
    return value if value is not None and parameter.fits(name, value) else None


def _find_earlier(view: View, name: str, time: int) -> Value | None:
    """The record holds the newest value; what held before stands in the numbered changes, newest last."""
    value: Value | None = None
    for number in range((view.get(change_count_key(name), int) or 0) - 1, -1, -1):
        change = require(view.get(change_key(name, number), ParameterChangeRecord), name)
        if change.effective_from <= time:
            return change.value
        value = change.before
    return value


def find_default(view: View, parameter: Parameter) -> Value:
    """The value that holds in this ledger while nobody named one."""
    return parameter.default_in(read_profile(view)) if parameter.profiles else parameter.default


def read_profile(view: View) -> str:
    """Whose defaults hold in this ledger."""
    record = view.get(parameter_key(PROFILE), ParameterRecord)
    return str(record.value if record is not None else _DECLARED[PROFILE].default)


def read_parameter(view: View, name: str, time: int) -> Value:
    """Value of one of this contract's parameters in force at a time."""
    return read_value(view, _DECLARED[name], time)


def read_seconds(view: View, name: str, time: int) -> int:
    """A parameter in days, as seconds."""
    return int(read_parameter(view, f"governance.{name}", time)) * DAY_SECONDS


def read_figures(view: View, kind: str, time: int, changed: Mapping[str, Value] | None = None) -> Figures:
    """Figures of a kind of vote at a time, as they would be with some parameters changed."""
    values: list[Value] = []
    for column in COLUMNS:
        name = f"governance.{kind}.{column}"
        values.append(changed[name] if changed is not None and name in changed else read_parameter(view, name, time))
    classes, watch, share_bp, veto, vote_days, notice_days, early = values
    return Figures(
        int(classes), int(watch), int(share_bp), tuple(each for each in str(veto).split(",") if each),
        int(vote_days) * DAY_SECONDS, int(notice_days) * DAY_SECONDS, bool(early),
    )  # fmt: skip


def is_parameter_well_formed(view: View, name: str, value: Value) -> bool:
    """Whether one of this contract's own parameters may take a value: a known one, within bounds, the constitution the strictest still.

    Another contract's are judged by what that declares (03.6).
    """
    declared = _DECLARED.get(name)
    if declared is None:
        return not name.startswith("governance.")
    return name != PROFILE and declared.fits(name, value) and keeps_order(view, name, value)


def is_value_fit(registry: Registry, name: str, value: Value) -> bool:
    """Whether a contract that acts declares a parameter, and the value fits what it declares."""
    declared = find_parameter(registry, name)
    return declared is not None and declared.fits(name, value)


def keeps_order(view: View, name: str, value: Value) -> bool:
    """Whether the constitution stays at least as strict as each kind, whichever of the values decided holds when."""
    for column in COLUMNS:
        strictest = _list_values(view, f"governance.constitution.{column}", name, value)
        others = [
            each for kind in KINDS if kind != "constitution" for each in _list_values(view, f"governance.{kind}.{column}", name, value)
        ]
        if not all(_is_as_strict(column, one, other) for one in strictest for other in others):
            return False
    return True


def _is_as_strict(column: str, one: Value, other: Value) -> bool:
    if column == "veto":
        return all(each in str(one).split(",") for each in str(other).split(",") if each)
    return int(one) <= int(other) if column == "early" else int(one) >= int(other)


def _list_values(view: View, parameter: str, name: str, value: Value) -> Sequence[Value]:
    """Values of a parameter from now on: in force, coming, and proposed."""
    declared = _DECLARED[parameter]
    record = view.get(parameter_key(parameter), ParameterRecord)
    coming = record.coming if record is not None else view.get(coming_key(parameter), ComingValue)
    default = find_default(view, declared)
    found: list[Value] = [default if record is None else record.value, *([coming.value] if coming is not None else [])]
    return [
        *(each if declared.fits(parameter, each) else default for each in found),
        *([value] if parameter == name else []),
    ]
