"""Single files that prove one thing: an entry is in the log, a record is or is not in the state, a numbered list is whole."""

# Owns the way from the thing proved up to a checkpoint. Who signed that checkpoint is judged by the caller.

import re
from typing import Any, NamedTuple

from prasasti_verify.entries import check_block
from prasasti_verify.hashing import bucket_of, hash_bucket, hash_bucket_leaf, hash_leaf, hash_record, root_from_inclusion, sha256
from prasasti_verify.notes import Checkpoint, parse_checkpoint
from prasasti_verify.strict import HASH, Wrong, check_shape, decode_base64, decode_json, require, require_sorted

PAGE_LENGTH = 256

_head = re.compile(rb"c2sp\.org/tlog-proof@v1\n(?:extra ([^\n]+)\n)?index (0|[1-9][0-9]{0,15})\n((?:[^\n]+\n)*)\n")
_key = re.compile("[A-Za-z0-9._:-]{1,128}(/[A-Za-z0-9._:-]{1,128}){2,}")
_PROOF = {
    "list": str, "checkpoint": str, "block": {"aunts": [HASH], "entry": str, "index": int},
    "buckets": [{"aunts": [HASH], "bucket": int, "records": [dict]}],
}  # fmt: skip


class StateProof(NamedTuple):
    """What a proof file shows under a checkpoint: whole buckets' records (None: only the value's hash), for what was asked."""

    checkpoint: Checkpoint
    asked: str
    bucket_bits: int
    buckets: list[int]
    records: dict[str, bytes | None]


def check_entry_proof(data: bytes, place: str) -> tuple[Checkpoint, int, bytes]:
    """Checkpoint, index and entry of a tlog-proof (C2SP) whose ``extra`` is the entry itself."""
    head = _head.match(data)
    if head is None or head[1] is None:
        raise Wrong(place, "is no tlog-proof that carries its entry in a line `extra`")
    index, entry = int(head[2]), decode_base64(head[1].decode("ascii", "replace"), place)
    checkpoint = parse_checkpoint(data[head.end() :], place)
    aunts = [decode_base64(line.decode("ascii", "replace"), place) for line in head[3].splitlines()]
    check_inclusion(index, entry, aunts, checkpoint, place)
    return checkpoint, index, entry


def check_inclusion(index: int, entry: bytes, aunts: list[bytes], checkpoint: Checkpoint, place: str) -> None:
    """The aunts lead from the entry to the checkpoint's root (RFC 6962, 2.1.1)."""
    require(all(len(aunt) == 32 for aunt in aunts), place, "has a hash that is not of 32 bytes")
    root = root_from_inclusion(index, checkpoint.size, hash_leaf(entry), aunts)
    require(root == checkpoint.root, place, f"does not lead from entry {index} to the root of its checkpoint")


def check_state_proof(data: bytes, place: str) -> StateProof:
    """Lead every bucket of a state or list proof through the last block entry to its checkpoint's root."""
    proof = check_shape(decode_json(data, place), _PROOF, place)
    checkpoint, block = parse_checkpoint(proof["checkpoint"].encode(), place), proof["block"]
    entry = check_block(decode_json(block["entry"].encode(), f"{place}, block entry"), f"{place}, block entry")
    is_last = block["index"] + 1 + entry["transaction_count"] == checkpoint.size
    require(is_last, place, "its block entry is not the last one that its checkpoint covers")
    check_inclusion(block["index"], block["entry"].encode(), [bytes.fromhex(aunt) for aunt in block["aunts"]], checkpoint, place)
    records: dict[str, bytes | None] = {}
    for bucket in proof["buckets"]:
        records |= check_bucket(bucket, bytes.fromhex(entry["state_root"]), f"{place}, bucket {bucket['bucket']}")
    numbers, depths = [bucket["bucket"] for bucket in proof["buckets"]], {len(bucket["aunts"]) for bucket in proof["buckets"]}
    require(len(depths) == 1 and len(set(numbers)) == len(numbers), place, "holds no bucket, one twice, or two of unequal depth")
    return StateProof(checkpoint, proof["list"], depths.pop(), numbers, records)


def check_bucket(bucket: dict[str, Any], state_root: bytes, place: str) -> dict[str, bytes | None]:
    """Records of a bucket shown whole: key to value, or to None where only the value's hash is shown."""
    shown: dict[str, bytes | None] = {}
    leaves, bits = [], len(bucket["aunts"])
    require(4 <= bits <= 22, place, "has not the depth of a state tree")
    for record in bucket["records"]:
        check_shape(record, {"key": _key, "value": str} if "value" in record else {"key": _key, "hash": HASH}, place, "a record")
        key, value = record["key"], record["value"].encode() if "value" in record else None
        require(bucket_of(key, bits) == bucket["bucket"], place, f"holds {key}, a key of another bucket")
        leaves.append(hash_record(key.encode(), bytes.fromhex(record["hash"]) if value is None else sha256(value)))
        shown[key] = value
    require_sorted([record["key"] for record in bucket["records"]], place, "its records")
    # The top tree is perfect, so that the aunts of a leaf lead up as in RFC 6962.
    leaf, aunts = hash_bucket_leaf(hash_bucket(leaves)), [bytes.fromhex(aunt) for aunt in bucket["aunts"]]
    require(root_from_inclusion(bucket["bucket"], 1 << bits, leaf, aunts) == state_root, place, "does not lead to the block's state root")
    return shown


def find_record(proof: StateProof, key: str, place: str) -> Any:
    """Value of a key; None where its bucket, shown whole, lacks it."""
    require(_key.fullmatch(key), place, f"asks for {key[:80]!r}, which is no key of the state")
    require(bucket_of(key, proof.bucket_bits) in proof.buckets, place, f"does not hold the bucket of {key}")
    value = proof.records.get(key, b"")
    if value is None:
        raise Wrong(place, f"shows only the hash of {key}")
    return decode_json(value, f"{place}, value of {key}") if key in proof.records else None


def find_list(proof: StateProof, place: str) -> list[Any]:
    """Items 0 … n−1 of the numbered list asked for, whose count n the state holds (no count: the list is empty)."""
    count = find_record(proof, f"{proof.asked}/count", place) or 0
    require(type(count) is int and count >= 0, place, "has a count that is no number")
    keys = [f"{proof.asked}:{number // PAGE_LENGTH}/{number}" for number in range(min(count, len(proof.records)))]
    missing = [key for key in keys if key not in proof.records]
    require(not missing and len(keys) == count, place, f"lacks items of the {count} that the list has: {missing[:1]}")
    needed = {bucket_of(key, proof.bucket_bits) for key in (f"{proof.asked}/count", *keys)}
    require(needed == set(proof.buckets), place, "holds buckets that the list does not need")
    return [find_record(proof, key, place) for key in keys]
