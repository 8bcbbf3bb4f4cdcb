"""Conditions of the messages that carry out resolutions: each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from prasasti.contracts.governance.parameters import ACTIVATION_BLOCKS, is_parameter_well_formed, is_value_fit
from prasasti.contracts.governance.records import (
    LOG_KEY_KEY,
    UPGRADE_KEY,
    ActivationRecord,
    AdoptedRecord,
    LogKeyRecord,
    UpgradeRecord,
    WithheldRecord,
    activation_key,
    adopted_key,
    coming_key,
    parameter_key,
    withheld_key,
)
from prasasti.contracts.governance.resolutions import find_resolution
from prasasti.contracts.offices import key_key
from prasasti.core.contract import Call, View
from prasasti.core.genesis import ComingValue, ContractRecord, KeyRecord, ParameterRecord

# 12


def is_effective_after_notice(view: View, call: Call) -> bool:
    """12.1: whom the value binds had the notice to prepare."""
    return bool(call.arguments.effective_from >= find_resolution(view, call).notice_over)


def is_effective_later(view: View, call: Call) -> bool:
    """12.2: nothing changes backwards."""
    return bool(call.arguments.effective_from > call.time)


def is_none_coming(view: View, call: Call) -> bool:
    """12.3: a record holds one value to come."""
    record = view.get(parameter_key(call.arguments.name), ParameterRecord)
    is_coming = record is not None and record.coming is not None
    return not is_coming and view.get(coming_key(call.arguments.name), ComingValue) is None


def is_value_still_well_formed(view: View, call: Call) -> bool:
    """12.4: as 03.2, of what other votes decided since."""
    return is_parameter_well_formed(view, call.arguments.name, call.arguments.value)


def is_value_still_fit(view: View, call: Call) -> bool:
    """12.5: as 03.6, of the versions that act since."""
    return is_value_fit(call.registry, call.arguments.name, call.arguments.value)


# 13, 14, 16


def is_table_public(view: View, call: Call) -> bool:
    """13.3: without its table nobody could check standing; 01.2 keeps it public from the activation on."""
    return view.get(withheld_key(call.arguments.table), WithheldRecord) is None


def is_next_version(view: View, call: Call) -> bool:
    """13.1: versions follow one another; one that is decided acts before the next is."""
    contract = call.arguments.contract
    activation = view.get(activation_key(contract), ActivationRecord)
    if activation is not None:
        return activation.height <= call.height and call.arguments.version == activation.version + 1
    record = view.get(f"governance/contract/{contract}", ContractRecord)
    return bool(call.arguments.version == (record.version if record is not None else 0) + 1)


def is_height_ahead(view: View, call: Call) -> bool:
    """13.2: every node sees it coming."""
    return bool(call.arguments.height >= call.height + ACTIVATION_BLOCKS)


def is_release_adopted(view: View, call: Call) -> bool:
    """14.1: what is to run was adopted by its hash; cancelling needs no release."""
    return not call.arguments.height or view.get(adopted_key(call.arguments.release), AdoptedRecord) is not None


def is_height_ahead_or_none(view: View, call: Call) -> bool:
    """14.2: as 13.2; height 0 cancels."""
    return not call.arguments.height or is_height_ahead(view, call)


def is_plan_free(view: View, call: Call) -> bool:
    """14.3: one plan at a time, and something to cancel."""
    record = view.get(UPGRADE_KEY, UpgradeRecord)
    is_planned = record is not None and record.height > call.height
    return is_planned != bool(call.arguments.height)


def is_log_key_new(view: View, call: Call) -> bool:
    """16.1: a key signs for a person or for the log, and the log with each once."""
    record = view.get(LOG_KEY_KEY, LogKeyRecord)
    signed = [call.genesis.log_key] if record is None else [*record.former, record.key]
    return call.arguments.key not in signed and view.get(key_key(call.arguments.key), KeyRecord) is None


def is_rotation_ahead(view: View, call: Call) -> bool:
    """16.2: as 13.2, and one rotation at a time."""
    record = view.get(LOG_KEY_KEY, LogKeyRecord)
    return is_height_ahead(view, call) and (record is None or record.height <= call.height)
