"""genesis.json: every field spoiled, every order, and the records that follow from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from prasasti.core.encoding import EncodingProblem, encode_canonical
from prasasti.core.genesis import compute_chain, compute_origin, decode_genesis, list_genesis_records
from prasasti.core.state import init_chain
from tests.core import reference
from tests.core.ledger import START, build_genesis, key_of
from tests.core.spoiling import spoilt_objects

Genesis = dict[str, Any]


def read(genesis: Genesis) -> None:
    decode_genesis(encode_canonical(genesis))


def fresh() -> Genesis:
    found: Genesis = json.loads(build_genesis())
    return found


# Texts of any length: whoever founds a ledger writes them.
FREE = (
    "consensus_parts.",
    "organisations.0.licence",
    "organisations.0.ocid_prefixes",
    "organisations.0.publication_policy",
    "parameters with an unknown field",
)


def test_every_field_is_checked() -> None:
    genesis = fresh()
    read(genesis)
    taken: list[str] = []
    total = 0
    for name, spoilt in spoilt_objects(genesis):
        total += 1
        try:
            read(spoilt)
        except EncodingProblem:
            continue
        taken.append(name)
    assert [name for name in taken if not name.startswith(FREE)] == []
    assert [name for name in taken if "missing" in name or "=" in name] == [], "free in length, not in type"
    assert total > 200


def set_to(*path: Any) -> Callable[[Genesis], None]:
    *parents, name, value = path

    def change(genesis: Genesis) -> None:
        place: Any = genesis
        for parent in parents:
            place = place[parent]
        place[name] = value

    return change


def swap(*path: Any) -> Callable[[Genesis], None]:
    def change(genesis: Genesis) -> None:
        place: Any = genesis
        for parent in path:
            place = place[parent]
        place.reverse()

    return change


WRONG: dict[str, tuple[Callable[[Genesis], None], str]] = {
    "contracts out of order": (swap("contracts"), "contracts by name"),
    "members out of order": (swap("members"), "members by id"),
    "organisations out of order": (swap("organisations"), "organisations by id"),
    "keys out of order": (swap("members", 0, "keys"), "keys of agency-1"),
    "prefixes out of order": (swap("organisations", 0, "ocid_prefixes"), "ocid_prefixes of publisher-1"),
    "roles out of order": (set_to("members", 0, "keys", 0, "roles", ["identity.registrar", "governance.officer"]), "roles of"),
    "a role twice": (set_to("members", 0, "keys", 0, "roles", ["identity.registrar"] * 2), "roles of"),
    "Python minors out of order": (set_to("consensus_parts", "python", ["3.12", "3.11"]), "consensus_parts.python"),
    "an organisation with a member's id": (set_to("organisations", 0, "id", "agency-1"), "an id stands twice"),
    "a key of two owners": (set_to("organisations", 0, "keys", 0, "key", key_of("agency-1/registrar")), "stands twice"),
    "the log's key for an officer": (set_to("log_key", key_of("agency-1/registrar")), "a key stands twice"),
    "a class of its own": (set_to("members", 0, "class", "bank"), "Invalid enum value"),
    "3 bucket bits": (set_to("bucket_bits", 3), ">= 4"),
    "23 bucket bits": (set_to("bucket_bits", 23), "<= 22"),
    "a domain in capitals": (set_to("domain", "Ledger.example"), "domain"),
    "no longest expiry": (set_to("parameters", {"max_gap_seconds": 1}), "max_expiry_seconds must be"),
    "an expiry of zero": (set_to("parameters", "max_expiry_seconds", 0), "max_expiry_seconds must be"),
    "an expiry that is true": (set_to("parameters", "max_expiry_seconds", True), "max_expiry_seconds must be"),
    "an expiry in words": (set_to("parameters", "max_gap_seconds", "300"), "max_gap_seconds must be"),
    "an expiry beyond a week": (set_to("parameters", "max_expiry_seconds_several", 604_801), "at most 604800"),
    "a parameter that is a list": (set_to("parameters", "days", [1]), "parameters"),
    "a parameter's name with a slash": (set_to("parameters", "a/b", 1), "parameters"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name: str) -> None:
    change, words = WRONG[name]
    genesis = fresh()
    change(genesis)
    with pytest.raises(EncodingProblem, match="genesis") as caught:
        read(genesis)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data + b"\n", "not RFC 8785"),
        (lambda data: json.dumps(json.loads(data), indent=1).encode(), "not RFC 8785"),
        (lambda data: data.replace(b"ledger.example", b"ledger\\u002eexample"), "not RFC 8785"),
        (lambda data: b"\xef\xbb\xbf" + data, "not JSON"),
        (lambda data: data[:-1], "not JSON"),
        (lambda data: data.replace(b'"training":true', b'"training":true,"training":true'), "stands twice"),
        (lambda data: data.replace(b"agency", b"\xff", 1), "not UTF-8"),
        (lambda _: b"", "not JSON"),
    ],
)
def test_only_canonical_bytes_are_taken(change: Callable[[bytes], bytes], words: str) -> None:
    with pytest.raises(EncodingProblem, match=words):
        decode_genesis(change(build_genesis()))


def test_the_records_are_exactly_those_of_the_formats() -> None:
    """Written out a second time from formats.md; their tree from scratch is the state root at genesis."""
    genesis = fresh()
    records: dict[str, Any] = {}
    for contract in genesis["contracts"]:
        records[f"governance/contract/{contract['name']}"] = {"height": 0, "table": contract["table"], "version": contract["version"]}
    for name, value in genesis["parameters"].items():
        records[f"governance/parameter/{name}"] = {"since": START, "value": value}
    for member in genesis["members"]:
        records[f"governance/member/{member['id']}"] = {"class": member["class"], "id": member["id"], "standing": "active"}
    for organisation in genesis["organisations"]:
        record = deepcopy(organisation) | {"standing": "active"}
        del record["keys"]
        records[f"identity/organisation/{organisation['id']}"] = record
    for owner in genesis["members"] + genesis["organisations"]:
        for key in owner["keys"]:
            record = {"handle": key["handle"], "organisation": owner["id"], "roles": key["roles"], "since": START}
            records[f"identity/key/{key['key']}"] = record
    expected = {key: reference.encode_json(value) for key, value in records.items()}
    assert list_genesis_records(decode_genesis(build_genesis())) == expected
    start = init_chain(build_genesis())
    assert start.tip.state_root == reference.state_root(expected, genesis["bucket_bits"])
    assert start.tip.app_hash == reference.app_hash(start.tip.state_root, reference.digest(b""))


def test_origin_and_chain() -> None:
    assert compute_origin(decode_genesis(build_genesis())) == "ledger.example/prasasti-training/test"
    assert compute_origin(decode_genesis(build_genesis(training=False))) == "ledger.example/prasasti/test"
    assert compute_chain(build_genesis()) == reference.digest(build_genesis())[:16].hex()
