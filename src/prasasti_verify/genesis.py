"""The genesis file: its form, and chain, origin and state root that follow from it, against which every later step is measured."""

import re
from typing import Any

from prasasti_verify.hashing import bucket_of, hash_bucket, hash_bucket_leaf, hash_node, hash_record, sha256
from prasasti_verify.strict import HASH, IDENTIFIER, KEY, check_shape, decode_json, encode_json, require, require_sorted

KEYS = [{"handle": str, "key": KEY, "roles": [str]}]
_MEMBER = {"class": re.compile("agency|auditor|citizens|operator"), "id": IDENTIFIER, "keys": KEYS}
_ORGANISATION = {"id": IDENTIFIER, "keys": KEYS, "licence": str, "ocid_prefixes": [str], "publication_policy": str}
_GENESIS = {
    "bucket_bits": int, "consensus_parts": dict, "contracts": [{"name": IDENTIFIER, "table": HASH, "version": int}], "domain": str,
    "ledger": str, "log_key": KEY, "members": [_MEMBER], "organisations": [_ORGANISATION], "parameters": dict, "time": int,
    "training": bool,
}  # fmt: skip


# The genesis, its form checked, with the ``origin`` of its checkpoints and the ``chain`` that its envelopes name.
def parse_genesis(data: bytes, place: str = "genesis.json") -> dict[str, Any]:
    genesis: dict[str, Any] = check_shape(decode_json(data, place), _GENESIS, place)
    require(4 <= genesis["bucket_bits"] <= 22, place, "bucket_bits is not within 4 to 22")
    for name in ("max_expiry_seconds", "max_expiry_seconds_several", "max_gap_seconds"):
        check_shape(genesis["parameters"].get(name), int, place, f"the parameter {name}")
    owners = genesis["members"] + genesis["organisations"]
    for owner in owners:
        check_keys(owner["keys"], place)
    require_sorted(sorted(owner["id"] for owner in owners), place, "ids of members and organisations")
    require_sorted(sorted(key["key"] for owner in owners for key in owner["keys"]), place, "keys")
    for what, field in (("contracts", "name"), ("members", "id"), ("organisations", "id")):
        require_sorted([item[field] for item in genesis[what]], place, what)
    training = "prasasti-training" if genesis["training"] else "prasasti"
    return genesis | {"origin": f"{genesis['domain']}/{training}/{genesis['ledger']}", "chain": sha256(data)[:16].hex()}


# Keys as genesis and the effect ``admit`` hold them.
def check_keys(keys: Any, place: str) -> None:
    for key in check_shape(keys, KEYS, place, "keys"):
        require_sorted(key["roles"], place, "roles")
    require_sorted([key["key"] for key in keys], place, "keys")


# The genesis state: exactly these records.
def list_records(genesis: dict[str, Any]) -> dict[str, Any]:
    since, active, organisations = genesis["time"], {"standing": "active"}, genesis["organisations"]
    owned = [(key, owner["id"]) for owner in genesis["members"] + organisations for key in owner["keys"]]
    return (
        {f"governance/contract/{item['name']}": _drop(item, "name") | {"height": 0} for item in genesis["contracts"]}
        | {f"governance/member/{item['id']}": _drop(item, "keys") | active for item in genesis["members"]}
        | {f"governance/parameter/{name}": {"since": since, "value": value} for name, value in genesis["parameters"].items()}
        | {f"identity/organisation/{item['id']}": _drop(item, "keys") | active for item in organisations}
        | {f"identity/key/{key['key']}": _drop(key, "key") | {"organisation": owner, "since": since} for key, owner in owned}
    )


def _drop(item: dict[str, Any], name: str) -> dict[str, Any]:
    return {field: value for field, value in item.items() if field != name}


# Root of the state tree that holds exactly these records.
def compute_state_root(records: dict[str, Any], bucket_bits: int) -> bytes:
    buckets: dict[int, list[bytes]] = {}
    for key in sorted(records):
        buckets.setdefault(bucket_of(key, bucket_bits), []).append(hash_record(key.encode(), sha256(encode_json(records[key]))))
    row, empty = {number: hash_bucket_leaf(hash_bucket(leaves)) for number, leaves in buckets.items()}, hash_bucket_leaf(hash_bucket([]))
    for _ in range(bucket_bits):
        row = {number: hash_node(row.get(2 * number, empty), row.get(2 * number + 1, empty)) for number in {at >> 1 for at in row}}
        empty = hash_node(empty, empty)
    return row.get(0, empty)
