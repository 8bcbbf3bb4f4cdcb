"""Fixed bounds of ``governance``, and the parameters that votes may change, with what holds where genesis has none.

Owns the figures of each kind of vote and their floors. A parameter's value is read with a time, never as of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from prasasti.contracts.governance.records import coming_key, parameter_key
from prasasti.core.contract import View
from prasasti.core.encoding import encode_canonical
from prasasti.core.genesis import MAX_EXPIRY_SECONDS, ComingValue, ParameterRecord
from prasasti.core.types import MAX_SAFE_INTEGER

Value = int | bool | str

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
DEFAULTS: Mapping[str, Value] = {
    **{f"governance.{kind}.{column}": row[place] for kind, row in _FIGURES.items() for place, column in enumerate(COLUMNS)},
    "governance.ceremony_days": 7,
    "governance.citizens_term_days": 1_095,
    "governance.cool_off_days": 90,
    "governance.open_proposals": 3,
    "governance.resolution_days": 90,
    "governance.suspended_days": 90,
}
# Least and most. A share of all and more could never be exceeded: nothing would pass any more.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "classes": (2, 4), "watch": (1, 2), "share_bp": (5_000, 9_999), "vote_days": (3, 365), "notice_days": (0, 365),
    "ceremony_days": (3, 90), "citizens_term_days": (30, 3_650),
    "cool_off_days": (0, 3_650), "open_proposals": (1, 100), "resolution_days": (1, 3_650),
    "suspended_days": (5, 180),
}  # fmt: skip
SECONDS_PARAMETERS = ("max_expiry_seconds", "max_expiry_seconds_several", "max_gap_seconds")


class Figures(NamedTuple):
    """What a kind of vote demands. ``share_bp`` is to be exceeded; ``veto`` names classes."""

    classes: int
    watch: int
    share_bp: int
    veto: tuple[str, ...]
    vote_seconds: int
    notice_seconds: int
    early: bool


def read_parameter(view: View, name: str, time: int) -> Value:
    """Value of one of this contract's parameters in force at a time; the default where none, or none of sense, was ever set."""
    record = view.get(parameter_key(name), ParameterRecord)
    if record is None or not is_value_allowed(name, value := record.value_at(time)):
        return DEFAULTS[name]
    return value


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


def is_value_allowed(name: str, value: Value) -> bool:
    """Whether a parameter may have a value at all: type, floor, and ceiling; other contracts' own values are theirs to judge."""
    if name.startswith("governance."):
        default, column = DEFAULTS.get(name), name.rpartition(".")[2]
        if default is None or type(value) is not type(default):
            return False
        if column == "veto":
            classes = str(value).split(",") if value else []
            return classes == [each for each in CLASSES if each in classes]
        return column == "early" or _BOUNDS[column][0] <= int(value) <= _BOUNDS[column][1]
    if name in SECONDS_PARAMETERS:
        limit = MAX_EXPIRY_SECONDS if name.startswith("max_expiry") else MAX_SAFE_INTEGER
        return type(value) is int and 0 < value <= limit
    # As JSON writes it, with its quotes: an event tells two values, and some characters take six bytes there.
    return not isinstance(value, str) or len(encode_canonical(value)) <= MAX_TEXT_BYTES + 2


def is_parameter_well_formed(view: View, name: str, value: Value) -> bool:
    """Whether a parameter may take a value: of the type it has, within bounds, the constitution the strictest still."""
    record = view.get(parameter_key(name), ParameterRecord)
    if record is not None and type(record.value) is not type(value):
        return False
    return is_value_allowed(name, value) and keeps_order(view, name, value)


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
    record = view.get(parameter_key(parameter), ParameterRecord)
    coming = record.coming if record is not None else view.get(coming_key(parameter), ComingValue)
    found: list[Value] = [DEFAULTS[parameter] if record is None else record.value, *([coming.value] if coming is not None else [])]
    return [
        *(each if is_value_allowed(parameter, each) else DEFAULTS[parameter] for each in found),
        *([value] if parameter == name else []),
    ]
