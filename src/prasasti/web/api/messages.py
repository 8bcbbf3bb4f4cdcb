"""The table of messages for programs: of each its action, roles, arguments as JSON Schema, refusals and an example.

Owns examples: arguments are made from their types, so that a new message has one; only where a rule binds fields to one
another does a message have values of its own here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import inspect

from prasasti.core.contract import Contract, Message, Registry
from prasasti.core.encoding import encode_canonical
from prasasti.core.envelope import encode_envelope
from prasasti.core.types import Bug

EXAMPLE_KEY = "0f" * 32
EXAMPLE_EXPIRES = 1_800_000_000

# By the name of a field, at any depth.
BY_FIELD: Mapping[str, Any] = {
    "handle": "agency-1-officer-2",
    "ocid": "ocds-abc123-0001",
    "ocid_prefixes": ["ocds-abc123-"],
    "proposal": "2026-11.1",
    "python": ["3.11"],
    "qualification": False,
    "quarter": "2026-Q4",
    "reason": "charter.7",
    "resolution": "2026-11.1",
    "roles": ["governance.officer"],
    "tag": ["contract"],
}
# By action, where the fields of one message bind one another.
BY_ACTION: Mapping[str, Mapping[str, Any]] = {
    "governance.propose": {
        "action": "governance.set_parameter",
        "arguments": '{"effective_from":1800000000,"name":"max_gap_seconds","value":600}',
        "form": "act",
        "name": "",
    },
    "governance.name_validator": {"roles": ["governance.validator"]},
    "governance.suspend_at_once": {"key": ""},
    "identity.attest_tag": {"organisation": "supplier-1", "tag": EXAMPLE_KEY[:32]},
    "procurement.decide": {"about": "vote", "decision": "fail", "lot": "lot-1", "process": "ocds-abc123-0001"},
    "procurement.declare_interests": {"process": "ocds-abc123-0001"},
    "procurement.draft_contract": {"award": "award-1", "lot": "lot-1", "process": "ocds-abc123-0001"},
    "procurement.amend_contract": {
        "change": "0", "milestones": [{"amount": "1000000", "due": 1_800_000_000, "id": "milestone-1", "title": "All of it"}], "years": [],
    },
    "procurement.hand_over": {"act": "hand_over", "taxes": []},
    "procurement.notify_contractor": {"act": "notice", "until": 1_800_000_000},
    "procurement.record_sample": {"differing": 0, "drawn": [0], "examined": 1, "size": 40, "units": 1},
    "procurement.record_outside_payment": {"act": "record"},
    "procurement.register_guarantee": {"contract": "contract-1"},
    "procurement.seat": {
        "enters": {"handle": "certifier-2", "organisation": "agency-1"}, "leaves": {"handle": "certifier-1", "organisation": "agency-1"},
        "process": "ocds-abc123-0001",
    },
    "procurement.take_in_report": {"about": {"contract": "contract-1"}},
}  # fmt: skip
# The first that a pattern takes is the example.
TEXTS = (
    "agency-1", "governance.officer", "governance.advance_clock", EXAMPLE_KEY, EXAMPLE_KEY[:32], EXAMPLE_KEY[:16], "application/json",
    "1000000", "2026-01-01", "2026-01-01T00:00:00Z", "IDR", "0", "a", "A", "ledger.example", "https://ledger.example/", "1.0",
    "release.1", "procurement/contracts/agency-1",
)  # fmt: skip


def list_messages(registry: Registry) -> Iterator[tuple[str, Contract, Message]]:
    """Action, contract and message of each message of a ledger, sorted by action."""
    found = [(f"{contract.name}.{message.name}", contract, message) for contract in registry.values() for message in contract.messages]
    yield from sorted(found, key=lambda each: each[0])


def describe_messages(registry: Registry, chain: str) -> list[dict[str, Any]]:
    """The table, one object a message."""
    return [
        {
            "action": action,
            "contract": contract.name,
            "version": contract.version,
            "number": message.number,
            "roles": sorted(message.roles),
            "signers": {"minimum": message.minimum_signers, "maximum": message.maximum_signers},
            "arguments": make_schema(message),
            "refusals": [
                {"number": rejection.number, "condition": rejection.condition}
                for rejection in (contract.lost_in_block, *(rejection for rejection, _ in message.conditions))
            ],
            "example": make_example_payload(action, message, chain),
        }
        for action, contract, message in list_messages(registry)
    ]


def make_schema(message: Message) -> Any:
    """JSON Schema (2020-12) of a message's arguments; its regular expressions are those of ECMA-262, as the standard says."""
    return _spell_patterns(msgspec.json.schema(message.arguments))


def _spell_patterns(schema: Any) -> Any:
    if isinstance(schema, dict):
        spelled = {name: _spell_patterns(value) for name, value in schema.items()}
        if isinstance(schema.get("pattern"), str):
            spelled["pattern"] = schema["pattern"].replace(r"\A", "^").replace(r"\Z", "$")
        return spelled
    return [_spell_patterns(each) for each in schema] if isinstance(schema, list) else schema


def make_example_arguments(action: str, message: Message) -> dict[str, Any]:
    """Arguments that the message's type takes; whether a ledger accepts them depends on what it holds."""
    made = _make(inspect.type_info(message.arguments), "")
    if not isinstance(made, dict):
        raise Bug(f"the arguments of {action} are no object")
    return made | dict(BY_ACTION.get(action, {}))


def make_example_payload(action: str, message: Message, chain: str) -> dict[str, Any]:
    """A payload as it would be signed."""
    roles = sorted(message.roles, key=lambda role: role == "identity.new_key")
    signers = [{"key": f"{number:02x}" * 32, "role": roles[min(number, len(roles) - 1)]} for number in range(message.minimum_signers)]
    return {
        "action": action,
        "actor": "agency-1",
        "arguments": make_example_arguments(action, message),
        "chain": chain,
        "expires": EXAMPLE_EXPIRES,
        "nonce": "00" * 16,
        "signers": signers,
    }


def make_example_envelope(action: str, message: Message, chain: str) -> Any:
    """The payload in an envelope, whose signatures have the right form and sign nothing."""
    payload = make_example_payload(action, message, chain)
    signatures = [(bytes.fromhex(signer["key"]), bytes(64)) for signer in payload["signers"]]
    return msgspec.json.decode(encode_envelope(encode_canonical(payload), signatures))


def _make(kind: inspect.Type, name: str) -> Any:
    """A value of a type, for a field of that name."""
    if name in BY_FIELD and not isinstance(kind, inspect.UnionType):
        return BY_FIELD[name]
    match kind:
        case inspect.Metadata(type=inner):
            return _make(inner, name)
        case inspect.StructType(fields=fields):
            made = {each.encode_name: _make(each.type, each.encode_name) for each in fields if each.required}
            return made | ({kind.tag_field: kind.tag} if kind.tag_field is not None else {})
        case inspect.StrType():
            return _choose_text(kind, name)
        case inspect.IntType():
            return _choose_integer(kind)
        case inspect.BoolType():
            return True
        case inspect.LiteralType(values=values) | inspect.EnumType(cls=values):
            return next(iter(values))
        case inspect.ListType() | inspect.VarTupleType():
            return [_make(kind.item_type, name) for _ in range(kind.min_length or 0)]
        case inspect.TupleType(item_types=items):
            return [_make(item, name) for item in items]
        case inspect.DictType():
            return {_make(kind.key_type, ""): _make(kind.value_type, "") for _ in range(kind.min_length or 0)}
        case inspect.UnionType(types=kinds):
            return _make(next(each for each in kinds if not isinstance(each, inspect.NoneType)), name)
        case inspect.NoneType() | inspect.AnyType() | inspect.RawType():
            return None
    raise Bug(f"no example of the type {kind} is known")


def _choose_text(kind: inspect.StrType, name: str) -> str:
    for text in (name.replace("_", " "), *TEXTS) if kind.pattern is None else TEXTS:
        is_long_enough = len(text) >= (kind.min_length or 0) and (kind.max_length is None or len(text) <= kind.max_length)
        if text and is_long_enough and (kind.pattern is None or re.search(kind.pattern, text)):
            return text
    raise Bug(f"no example matches {kind.pattern} in {name}")


def _choose_integer(kind: inspect.IntType) -> int:
    lowest = kind.ge if kind.ge is not None else kind.gt + 1 if kind.gt is not None else 1
    return max(int(lowest), min(1, kind.le if kind.le is not None else 1))
