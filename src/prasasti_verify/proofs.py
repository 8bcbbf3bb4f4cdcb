"""Single files that prove one thing: an entry is in the log, a record is or is not in the state, a numbered list is whole."""

# Owns the way from the thing proved up to a checkpoint. Who signed that checkpoint is judged by the caller.

import re
from typing import Any

from prasasti_verify.entries import check_block
from prasasti_verify.hashing import bucket_of, hash_bucket, hash_bucket_leaf, hash_leaf, hash_record, root_from_inclusion, sha256
from prasasti_verify.notes import Checkpoint, parse_checkpoint
from prasasti_verify.strict import HASH, Wrong, check_shape, decode_base64, decode_json, require, require_sorted

_head = re.compile(rb"c2sp\.org/tlog-proof@v1\nextra ([!-~]+)\nindex (0|[1-9][0-9]{0,15})\n((?:[!-~]+\n)*)\n")
_key = re.compile("[A-Za-z0-9._:-]{1,128}(/[A-Za-z0-9._:-]{1,128}){2,}")
_PROOF = {
    "list": str, "checkpoint": str, "block": {"aunts": [HASH], "entry": str, "index": int},
    "buckets": [{"aunts": [HASH], "bucket": int, "records": [dict]}],
}  # fmt: skip


# Checkpoint, index and entry of a tlog-proof (C2SP) whose ``extra`` is the entry itself.
def check_entry_proof(data: bytes, place: str) -> tuple[Checkpoint, int, bytes]:
    head = _head.match(data)
    if head is None:
        raise Wrong(place, "is no tlog-proof that carries its entry in a line `extra`")
    index, entry, checkpoint = int(head[2]), decode_base64(head[1].decode(), place), parse_checkpoint(data[head.end() :], place)
    aunts = [decode_base64(line.decode(), place) for line in head[3].split()]
    require(all(len(aunt) == 32 for aunt in aunts), place, "has a hash that is not of 32 bytes")
    check_inclusion(index, entry, aunts, checkpoint, place)
    return checkpoint, index, entry


# The aunts lead from the entry to the checkpoint's root (RFC 6962, 2.1.1).
def check_inclusion(index: int, entry: bytes, aunts: list[bytes], checkpoint: Checkpoint, place: str) -> None:
    root = root_from_inclusion(index, checkpoint.size, hash_leaf(entry), aunts)
    require(root == checkpoint.root, place, f"does not lead from entry {index} to the root of its checkpoint")


# The proof, its buckets led through the last block entry to its checkpoint; ``shown`` maps keys to values (None: only a hash).
def check_state_proof(data: bytes, place: str) -> dict[str, Any]:
    proof: dict[str, Any] = check_shape(decode_json(data, place), _PROOF, place)
    checkpoint, block = parse_checkpoint(proof["checkpoint"].encode(), place), proof["block"]
    numbers = [bucket["bucket"] for bucket in proof["buckets"]]
    entry = check_block(decode_json(block["entry"].encode(), f"{place}, block entry"), f"{place}, block entry")
    end = block["index"] + 1 + entry["transaction_count"]
    require(end == checkpoint.size, place, "its block entry is not the last one that its checkpoint covers")
    check_inclusion(block["index"], block["entry"].encode(), [bytes.fromhex(aunt) for aunt in block["aunts"]], checkpoint, place)
    require(numbers and len(set(numbers)) == len(numbers), place, "holds no bucket, or one twice")
    shown: dict[str, bytes | None] = {}
    for bucket in proof["buckets"]:
        shown |= check_bucket(bucket, bytes.fromhex(entry["state_root"]), f"{place}, bucket {bucket['bucket']}")
    return proof | {"checkpoint": checkpoint, "shown": shown, "numbers": numbers}


# Records of a bucket shown whole: key to value, or to None where only the value's hash is shown.
def check_bucket(bucket: dict[str, Any], state_root: bytes, place: str) -> dict[str, bytes | None]:
    shown: dict[str, bytes | None] = {}
    leaves, bits, aunts = [], len(bucket["aunts"]), [bytes.fromhex(aunt) for aunt in bucket["aunts"]]
    require(4 <= bits <= 22, place, "has not the depth of a state tree")
    for record in bucket["records"]:
        check_shape(record, {"key": _key, "value": str} if "value" in record else {"key": _key, "hash": HASH}, place, "a record")
        key, value = record["key"], record["value"].encode() if "value" in record else None
        require(bucket_of(key, bits) == bucket["bucket"], place, f"holds {key}, a key of another bucket")
        leaves.append(hash_record(key.encode(), bytes.fromhex(record["hash"]) if value is None else sha256(value)))
        shown[key] = value
    require_sorted([record["key"] for record in bucket["records"]], place, "its records")
    # The top tree is perfect, so that the aunts of a leaf lead up as in RFC 6962.
    root = root_from_inclusion(bucket["bucket"], 1 << bits, hash_bucket_leaf(hash_bucket(leaves)), aunts)
    require(root == state_root, place, "does not lead to the block's state root")
    return shown


# Value of a key; None where its bucket, shown whole, lacks it.
def find_record(proof: dict[str, Any], key: str, place: str) -> Any:
    require(_key.fullmatch(key), place, f"asks for {key[:80]!r}, which is no key of the state")
    require(bucket_of(key, len(proof["buckets"][0]["aunts"])) in proof["numbers"], place, f"does not hold the bucket of {key}")
    require(proof["shown"].get(key, b"") is not None, place, f"shows only the hash of {key}")
    return decode_json(proof["shown"][key], f"{place}, value of {key}") if key in proof["shown"] else None


# Items 0 … n−1 of the numbered list asked for, whose count n the state holds (no count: the list is empty).
def find_list(proof: dict[str, Any], place: str) -> list[Any]:
    found, is_counted = find_record(proof, f"{proof['list']}/count", place), f"{proof['list']}/count" in proof["shown"]
    count = check_shape(found if is_counted else 0, int, place, "the list's count")
    keys = [f"{proof['list']}:{number // 256}/{number}" for number in range(min(count, len(proof["shown"])))]
    missing = [key for key in keys if key not in proof["shown"]]
    require(not missing and len(keys) == count, place, f"lacks items of the {count} that the list has: {missing[:1]}")
    return [find_record(proof, key, place) for key in keys]
