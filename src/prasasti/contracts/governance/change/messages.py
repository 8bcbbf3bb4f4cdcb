"""Messages of ``governance`` that carry out what was resolved: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prasasti.contracts.governance import rejections
from prasasti.contracts.governance.change import checks, transitions
from prasasti.contracts.governance.parameters import MAX_TEXT_BYTES
from prasasti.contracts.governance.resolutions import is_notice_over, is_resolved
from prasasti.core.contract import Message
from prasasti.core.genesis import ConsensusParts
from prasasti.core.types import MAX_SAFE_INTEGER, Code, HexHash, HexKey, Instant, is_ascending, is_within_bytes

HOLDER = ("identity.holder",)
MAX_PART_BYTES = 64
MAX_MINORS = 16
ContractName = Literal["governance", "identity", "procurement", "treasury", "welfare"]
SafeInteger = Annotated[int, Meta(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]


class SetParameter(Struct, frozen=True, forbid_unknown_fields=True):
    """12: a parameter has another value from a time on."""

    effective_from: Instant
    name: Code
    resolution: Code
    value: SafeInteger | bool | str

    def __post_init__(self) -> None:
        if isinstance(self.value, str) and self.value and not is_within_bytes(self.value, MAX_TEXT_BYTES):
            raise ValueError(f"value takes at most {MAX_TEXT_BYTES} bytes")


class ActivateContract(Struct, frozen=True, forbid_unknown_fields=True):
    """13: a contract's version, named by its table, acts from a height on."""

    contract: ContractName
    height: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
    resolution: Code
    table: HexHash
    version: Annotated[int, Meta(ge=1, le=9999)]


class PlanUpgrade(Struct, frozen=True, forbid_unknown_fields=True):
    """14: a release, adopted under a name, is to run from a height on, with other consensus parts; height 0 cancels the plan."""

    consensus_parts: ConsensusParts
    height: Annotated[int, Meta(ge=0, le=MAX_SAFE_INTEGER)]
    release: Annotated[str, Meta(pattern=r"\Arelease\.[A-Za-z0-9._:-]{1,64}\Z")]
    resolution: Code
    version: Code

    def __post_init__(self) -> None:
        parts = self.consensus_parts
        if not all(is_within_bytes(each, MAX_PART_BYTES) for each in (parts.libsodium, parts.msgspec, parts.pynacl, *parts.python)):
            raise ValueError(f"a consensus part takes 1 to {MAX_PART_BYTES} bytes")
        if not is_ascending(parts.python) or not 1 <= len(parts.python) <= MAX_MINORS:
            raise ValueError(f"python lists 1 to {MAX_MINORS} minors, sorted bytewise, each once")


class RotateLogKey(Struct, frozen=True, forbid_unknown_fields=True):
    """16: another key, which signs as ``identity.new_key``, signs the log's checkpoints from a height on."""

    height: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
    key: HexKey
    resolution: Code


MESSAGES = (
    Message(
        name="set_parameter",
        number="12",
        arguments=SetParameter,
        roles=HOLDER,
        conditions=(
            (rejections.NOT_RESOLVED, is_resolved("governance.set_parameter")),
            (rejections.WITHIN_NOTICE, checks.is_effective_after_notice),
            (rejections.NOT_LATER, checks.is_effective_later),
            (rejections.VALUE_COMING, checks.is_none_coming),
            (rejections.OUT_OF_ORDER, checks.is_value_still_well_formed),
            (rejections.VALUE_UNFIT_NOW, checks.is_value_still_fit),
        ),
        process=transitions.process_set_parameter,
        effects=({"effect": "set_parameter", "effective_from": "effective_from", "name": "name", "value": "value"},),
    ),
    Message(
        name="activate_contract",
        number="13",
        arguments=ActivateContract,
        roles=HOLDER,
        conditions=(
            (rejections.NOT_RESOLVED, is_resolved("governance.activate_contract")),
            (rejections.NOTICE_NOT_OVER, is_notice_over),
            (rejections.NOT_NEXT_VERSION, checks.is_next_version),
            (rejections.ACTIVATION_TOO_EARLY, checks.is_height_ahead),
            (rejections.TABLE_WITHHELD, checks.is_table_public),
        ),
        process=transitions.process_activate_contract,
        effects=({"contract": "contract", "effect": "activate", "height": "height", "table": "table", "version": "version"},),
    ),
    Message(
        name="plan_upgrade",
        number="14",
        arguments=PlanUpgrade,
        roles=HOLDER,
        conditions=(
            (rejections.NOT_RESOLVED, is_resolved("governance.plan_upgrade")),
            (rejections.NOTICE_NOT_OVER, is_notice_over),
            (rejections.RELEASE_NOT_ADOPTED, checks.is_release_adopted),
            (rejections.UPGRADE_TOO_EARLY, checks.is_height_ahead_or_none),
            (rejections.UPGRADE_PLANNED, checks.is_plan_free),
        ),
        process=transitions.process_plan_upgrade,
    ),
    Message(
        name="rotate_log_key",
        number="16",
        arguments=RotateLogKey,
        roles=("identity.holder", "identity.new_key"),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (rejections.NOT_RESOLVED, is_resolved("governance.rotate_log_key")),
            (rejections.NOTICE_NOT_OVER, is_notice_over),
            (rejections.LOG_KEY_USED, checks.is_log_key_new),
            (rejections.ROTATION_TOO_EARLY, checks.is_rotation_ahead),
        ),
        process=transitions.process_rotate_log_key,
        effects=({"effect": "log_key", "height": "height", "key": "key", "possession": True},),
    ),
)
