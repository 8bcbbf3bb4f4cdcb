"""Effects of the messages that carry out resolutions: each runs only when every condition of its message holds."""

from __future__ import annotations

from prasasti.contracts.governance.events import ContractActivated, LogKeyRotated, ParameterSet, UpgradePlanned
from prasasti.contracts.governance.parameters import find_default
from prasasti.contracts.governance.records import (
    LOG_KEY_KEY,
    UPGRADE_KEY,
    ActivationRecord,
    LogKeyRecord,
    ParameterChangeRecord,
    TableRecord,
    UpgradeRecord,
    activation_key,
    change_count_key,
    change_key,
    coming_key,
    parameter_key,
    table_key,
)
from prasasti.contracts.governance.resolutions import use_resolution
from prasasti.contracts.governance.upgrades import find_consensus_parts
from prasasti.contracts.governance.voting import schedule
from prasasti.contracts.offices import Draft
from prasasti.core.contract import Call, Outcome, View, find_parameter
from prasasti.core.genesis import ComingValue, ContractRecord, ParameterRecord
from prasasti.core.types import require


def process_set_parameter(view: View, call: Call) -> Outcome:
    """12: the value is coming; its change stands in the parameter's history, with the vote that made it."""
    draft, arguments = Draft(view), call.arguments
    name, record = arguments.name, view.get(parameter_key(arguments.name), ParameterRecord)
    declared = require(find_parameter(call.registry, name), name)
    before = record.value if record is not None else find_default(view, declared)
    coming = ComingValue(arguments.effective_from, arguments.resolution, arguments.value)
    if record is not None:
        draft.put(parameter_key(name), ParameterRecord(record.since, record.value, coming))
    else:
        # Until then its contract's default holds, which stands in no record.
        draft.put(coming_key(name), coming)
    number = view.get(change_count_key(name), int) or 0
    change = ParameterChangeRecord(before, arguments.effective_from, arguments.resolution, call.time, arguments.value)
    draft.put(change_key(name, number), change)
    draft.put(change_count_key(name), number + 1)
    schedule(draft, arguments.effective_from, f"parameter:{name}", name)
    use_resolution(draft, arguments.resolution)
    return draft.outcome(ParameterSet(before, arguments.effective_from, name, arguments.value))


def process_activate_contract(view: View, call: Call) -> Outcome:
    """13: the version acts from the height on; the one in force until then stands in the contract's record."""
    draft, arguments = Draft(view), call.arguments
    former = view.get(activation_key(arguments.contract), ActivationRecord)
    if former is not None:
        draft.put(f"governance/contract/{arguments.contract}", ContractRecord(former.height, former.table, former.version))
    record = ActivationRecord(arguments.height, arguments.resolution, arguments.table, arguments.version)
    draft.put(activation_key(arguments.contract), record)
    draft.put(table_key(arguments.table), TableRecord(arguments.contract, arguments.version))
    use_resolution(draft, arguments.resolution)
    return draft.outcome(ContractActivated(arguments.contract, arguments.height, arguments.version))


def process_plan_upgrade(view: View, call: Call) -> Outcome:
    """14: the plan stands, or none any more."""
    draft, arguments = Draft(view), call.arguments
    former = find_consensus_parts(view, call.genesis.consensus_parts, call.height)
    draft.put(
        UPGRADE_KEY,
        UpgradeRecord(arguments.consensus_parts, former, arguments.height, arguments.release, arguments.resolution, arguments.version),
    )
    use_resolution(draft, arguments.resolution)
    return draft.outcome(UpgradePlanned(arguments.height, arguments.version))


def process_rotate_log_key(view: View, call: Call) -> Outcome:
    """16: the key signs the checkpoints of blocks from the height on."""
    draft, arguments = Draft(view), call.arguments
    record = view.get(LOG_KEY_KEY, LogKeyRecord)
    former = [call.genesis.log_key] if record is None else [*record.former, record.key]
    draft.put(LOG_KEY_KEY, LogKeyRecord(former, arguments.height, arguments.key, arguments.resolution))
    use_resolution(draft, arguments.resolution)
    return draft.outcome(LogKeyRotated(arguments.height, arguments.key))
