"""The table of messages and the OpenAPI: every message of the registry has an example that its own type and schema take."""

from __future__ import annotations

from typing import Any

import jsonschema
import msgspec
import pytest

from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Contract, Message
from prasasti.core.envelope import decode_envelope
from prasasti.web.api.description import describe_api
from prasasti.web.api.messages import describe_messages, list_messages, make_example_arguments, make_example_envelope, make_schema
from prasasti.web.limits import Limits

REGISTRY = {contract.name: contract for contract in CONTRACTS}
CHAIN = "0f" * 16
MESSAGES = list(list_messages(REGISTRY))

each_message = pytest.mark.parametrize(("action", "contract", "message"), MESSAGES, ids=[action for action, _, _ in MESSAGES])


@each_message
def test_the_example_is_what_the_message_takes(action: str, contract: Contract, message: Message) -> None:
    arguments = make_example_arguments(action, message)
    msgspec.convert(arguments, message.arguments)
    jsonschema.Draft202012Validator(make_schema(message)).validate(arguments)


@each_message
def test_the_schema_refuses_what_the_type_refuses(action: str, contract: Contract, message: Message) -> None:
    validator = jsonschema.Draft202012Validator(make_schema(message))
    assert not validator.is_valid(make_example_arguments(action, message) | {"unknown_field": 1})


@each_message
def test_the_example_envelope_has_the_form_of_one(action: str, contract: Contract, message: Message) -> None:
    envelope, payload = decode_envelope(msgspec.json.encode(make_example_envelope(action, message, CHAIN)))
    assert len(envelope.signatures) == message.minimum_signers
    assert msgspec.json.decode(payload)["action"] == action


def test_the_description_names_every_message_and_every_reference_leads_somewhere() -> None:
    description = describe_api(REGISTRY, CHAIN, Limits())
    body = description["paths"]["/v1/transactions"]["post"]["requestBody"]["content"]["application/json"]
    assert sorted(body["examples"]) == [action for action, _, _ in MESSAGES]
    names = description["components"]["schemas"]
    assert {f"arguments.{action}" for action, _, _ in MESSAGES} <= names.keys()
    assert {reference for reference in find_references(description) if reference not in names} == set()


def test_the_table_tells_number_roles_and_refusals() -> None:
    table = {message["action"]: message for message in describe_messages(REGISTRY, CHAIN)}
    for action, contract, message in MESSAGES:
        assert table[action]["number"] == message.number
        assert table[action]["roles"] == sorted(message.roles)
        expected = [contract.lost_in_block.number, *(rejection.number for rejection, _ in message.conditions)]
        assert [refusal["number"] for refusal in table[action]["refusals"]] == expected


def find_references(value: Any) -> set[str]:
    """Names of the schemas that a description refers to."""
    prefix = "#/components/schemas/"
    if isinstance(value, dict):
        own = {value["$ref"].removeprefix(prefix)} if str(value.get("$ref", "")).startswith(prefix) else set()
        return own.union(*map(find_references, value.values()))
    return set().union(*map(find_references, value)) if isinstance(value, list) else set()
