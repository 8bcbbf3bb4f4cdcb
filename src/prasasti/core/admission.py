"""Admission: whether an envelope may enter a block at all. What is refused here leaves no trace on the ledger.

Owns the checks and their order. The contract's own conditions come afterwards, in ``transition``; the node's door
(documents stored, no personal data) stands in front of a node and is no part of consensus.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from prasasti.core.contract import Call, Message, Registry, View, find_message
from prasasti.core.encoding import EncodingProblem
from prasasti.core.envelope import (
    MAX_ENVELOPE_BYTES,
    MAX_PAYLOAD_BYTES,
    Payload,
    Transaction,
    compute_id,
    decode_envelope,
    decode_payload,
    decode_signatures,
    is_signed,
    normalise_envelope,
)
from prasasti.core.genesis import Genesis, KeyRecord, MemberRecord, OrganisationRecord, ParameterRecord
from prasasti.core.types import require

NEW_KEY_ROLE = "identity.new_key"
HOLDER_ROLE = "identity.holder"
QUOTA_REFUSALS = 60
QUOTA_WINDOW_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Inadmissible:
    """Why an envelope is not admitted: the check's code, stable, and what it found."""

    code: str
    found: str


class AdmissionContext(Struct, frozen=True):
    """What admission is judged against: the state after the previous block, and the time of the coming one."""

    chain: str
    genesis: Genesis
    time: int
    view: View
    registry: Registry
    is_id_used: Callable[[str], bool]
    count_refusals: Callable[[str, int], int]
    is_signed: Callable[[Transaction], bool] = is_signed


def admit(envelope_bytes: bytes, context: AdmissionContext) -> Transaction | Inadmissible:
    """The transaction in an envelope, or the first check that fails (ledger-core: checks 1 to 9, what must not be logged, the quota)."""
    transaction = decode_transaction(envelope_bytes, context.registry)
    if isinstance(transaction, Inadmissible):
        return transaction
    return judge(transaction, context) or transaction


def decode_transaction(envelope_bytes: bytes, registry: Registry) -> Transaction | Inadmissible:
    """Checks 1 to 3, which need no state: size, decode, schema."""
    if len(envelope_bytes) > MAX_ENVELOPE_BYTES:
        return Inadmissible("admission.1", f"size: the envelope has {len(envelope_bytes)} bytes, at most {MAX_ENVELOPE_BYTES} are taken")
    try:
        envelope, payload_bytes = decode_envelope(envelope_bytes)
        if len(payload_bytes) > MAX_PAYLOAD_BYTES:
            return Inadmissible("admission.1", f"size: the payload has {len(payload_bytes)} bytes, at most {MAX_PAYLOAD_BYTES} are taken")
        signatures = decode_signatures(envelope)
        payload = decode_payload(payload_bytes)
        arguments = _convert_arguments(payload, registry)
    except EncodingProblem as problem:
        return Inadmissible("admission.2", f"decode: {problem}")
    except ValueError as problem:
        return Inadmissible("admission.3", f"schema: {problem}")
    return Transaction(
        id=compute_id(payload_bytes),
        payload=payload,
        arguments=arguments,
        payload_bytes=payload_bytes,
        signatures=signatures,
        envelope_json=normalise_envelope(envelope),
    )


def judge(transaction: Transaction, context: AdmissionContext) -> Inadmissible | None:
    """Checks 4 to 10 in their order, then the quota; the first that fails decides."""
    for check in (
        check_chain,  # 4
        check_expires,  # 5
        check_id_unused,  # 6
        check_signatures,  # 7
        check_standing,  # 8
        check_role,  # 9
        check_ripe,  # 10
        check_quota,  # 12; 11 is the node's door
    ):
        problem = check(transaction, context)
        if problem is not None:
            return problem
    return None


def check_chain(transaction: Transaction, context: AdmissionContext) -> Inadmissible | None:
    """4: the envelope is meant for this ledger."""
    if transaction.payload.chain != context.chain:
        return Inadmissible("admission.4", f"chain: the envelope names {transaction.payload.chain}, this ledger is {context.chain}")
    return None


def check_expires(transaction: Transaction, context: AdmissionContext) -> Inadmissible | None:
    """5: block time < expires ≤ block time + the longest allowed."""
    name = "max_expiry_seconds" if len(transaction.payload.signers) == 1 else "max_expiry_seconds_several"
    longest_seconds = int(require(context.view.get(f"governance/parameter/{name}", ParameterRecord), name).value_at(context.time))
    expires = transaction.payload.expires
    if expires <= context.time:
        return Inadmissible("admission.5", f"expires: {expires} is not after the block's time, {context.time}")
    if expires > context.time + longest_seconds:
        return Inadmissible("admission.5", f"expires: {expires} is more than {longest_seconds} s after the block's time, {context.time}")
    return None


def check_id_unused(transaction: Transaction, context: AdmissionContext) -> Inadmissible | None:
    """6: no payload is recorded twice."""
    if context.is_id_used(transaction.id):
        return Inadmissible("admission.6", f"id: {transaction.id} is recorded already")
    return None


def check_signatures(transaction: Transaction, context: AdmissionContext) -> Inadmissible | None:
    """7: exactly the payload's signers signed, and each signature verifies."""
    if [key.hex() for key, _ in transaction.signatures] != sorted([signer.key for signer in transaction.payload.signers]):
        return Inadmissible("admission.7", "signatures: the keyids are not the keys of the payload's signers")
    if not context.is_signed(transaction):
        return Inadmissible("admission.7", "signatures: one does not verify over the payload")
    return None


def check_standing(transaction: Transaction, context: AdmissionContext) -> Inadmissible | None:
    """8: each key stands, of an active organisation; the first one's organisation is the actor."""
    payload = transaction.payload
    proving = list_possession_keys(transaction, context.registry)
    for position, signer in enumerate(payload.signers):
        if signer.role == NEW_KEY_ROLE and signer.key in proving and position > 0:
            continue
        record = context.view.get(f"identity/key/{signer.key}", KeyRecord)
        if record is None:
            return Inadmissible("admission.8", f"standing: the key {signer.key} is not registered")
        if record.until is not None:
            return Inadmissible("admission.8", f"standing: the key {signer.key} has ended")
        if record.suspended:
            return Inadmissible("admission.8", f"standing: the key {signer.key} is suspended")
        if not is_organisation_active(context.view, record.organisation):
            return Inadmissible("admission.8", f"standing: {record.organisation} is not active")
        if position == 0 and record.organisation != payload.actor:
            return Inadmissible(
                "admission.8", f"standing: the first signer belongs to {record.organisation}, not to the actor {payload.actor}"
            )
    return None


def check_role(transaction: Transaction, context: AdmissionContext) -> Inadmissible | None:
    """9: the contract's table allows action, roles and number of signers, and each key holds its role."""
    payload = transaction.payload
    message = _message_of(transaction, context.registry)
    if not message.minimum_signers <= len(payload.signers) <= message.maximum_signers:
        return Inadmissible(
            "admission.9",
            f"role: {payload.action} takes {message.minimum_signers} to {message.maximum_signers} signers, not {len(payload.signers)}",
        )
    proving = list_possession_keys(transaction, context.registry)
    for signer in payload.signers:
        if signer.role not in message.roles:
            return Inadmissible("admission.9", f"role: {payload.action} is not for the role {signer.role}")
        if signer.role == HOLDER_ROLE or (signer.role == NEW_KEY_ROLE and signer.key in proving):
            continue
        record = context.view.get(f"identity/key/{signer.key}", KeyRecord)
        if record is None or signer.role not in record.roles:
            return Inadmissible("admission.9", f"role: the key {signer.key} does not hold {signer.role}")
    proved = [signer.key for signer in payload.signers if signer.role == NEW_KEY_ROLE]
    if sorted(proved) != sorted(proving):
        return Inadmissible("admission.9", f"role: each new key must sign, in the role {NEW_KEY_ROLE}, and no other key in it")
    return None


def check_ripe(transaction: Transaction, context: AdmissionContext) -> Inadmissible | None:
    """10: what must not reach the log before its time, such as the share of an envelope that is not to be opened yet."""
    payload = transaction.payload
    for rejection, holds in _message_of(transaction, context.registry).before_log:
        call = Call(
            time=context.time, height=0, previous_app_hash=b"", chain=context.chain, genesis=context.genesis,
            transaction=transaction.id, registry=context.registry, actor=payload.actor, signers=tuple(payload.signers),
            arguments=transaction.arguments,
        )  # fmt: skip
        if not holds(context.view, call):
            # A deadline runs in the block at or after its time: until that is sealed, what it opens is not open.
            hint = "where its time has just come, try again in a second"
            return Inadmissible("admission.10", f"too early, or not at all: {rejection.number}, {rejection.condition}; {hint}")
    return None


def check_quota(transaction: Transaction, context: AdmissionContext) -> Inadmissible | None:
    """An actor with too many recorded refusals in the last hour has nothing admitted."""
    actor = transaction.payload.actor
    if context.count_refusals(actor, context.time - QUOTA_WINDOW_SECONDS) >= QUOTA_REFUSALS:
        return Inadmissible("admission.12", f"quota: {actor} had {QUOTA_REFUSALS} refusals recorded within the last hour")
    return None


def has_lost_standing(transaction: Transaction, context: AdmissionContext) -> bool:
    """Whether a key or role was lost earlier in this block, ``context.view`` being the block's."""
    return check_standing(transaction, context) is not None or check_role(transaction, context) is not None


def is_organisation_active(view: View, organisation: str) -> bool:
    """Whether a member or another organisation of that id stands; a member that was removed is one of the others."""
    member = view.get(f"governance/member/{organisation}", MemberRecord)
    if member is not None:
        return member.standing != "suspended"
    record = view.get(f"identity/organisation/{organisation}", OrganisationRecord)
    return record is not None and record.standing == "active"


def list_possession_keys(transaction: Transaction, registry: Registry) -> list[str]:
    """Keys that the message binds and that must prove themselves by signing (formats: bind_key, admit, log_key: possession)."""
    keys: list[str] = []
    for effect in _message_of(transaction, registry).effects:
        if effect.get("possession") is True:
            path = str(effect["key"] if "key" in effect else f"{effect['keys']}.key")
            keys += [key for key in resolve_path(transaction.payload.arguments, path) if isinstance(key, str)]
    return keys


def resolve_path(value: Any, path: str) -> list[Any]:
    """What a path of table.json leads to: names joined by dots; a list on the way stands for each of its elements."""
    found = [value]
    for name in path.split("."):
        found = [element for each in found for element in (each if isinstance(each, list) else [each])]
        found = [each[name] for each in found if isinstance(each, dict) and name in each]
    return [element for each in found for element in (each if isinstance(each, list) else [each])]


def _message_of(transaction: Transaction, registry: Registry) -> Message:
    return require(find_message(registry, transaction.payload.action), transaction.payload.action)[1]


def _convert_arguments(payload: Payload, registry: Registry) -> Any:
    keys = [signer.key for signer in payload.signers]
    if len(dict.fromkeys(keys)) != len(keys):
        raise ValueError("a key stands twice among the signers - `$.signers`")
    found = find_message(registry, payload.action)
    if found is None:
        raise ValueError(f"this ledger has no action {payload.action} - `$.action`")
    try:
        return msgspec.convert(payload.arguments, found[1].arguments)
    except msgspec.ValidationError as problem:
        text = str(problem)
        raise ValueError(text.replace("`$", "`$.arguments") if "`$" in text else f"{text} - at `$.arguments`") from problem
