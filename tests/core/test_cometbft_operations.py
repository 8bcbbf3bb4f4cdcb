"""CometBFT's proof operations: the worked example's bytes, and a light client's way of reading them."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.core.genesis import decode_genesis, list_genesis_records
from prasasti.core.proofs import encode_operation, prove_bucket, prove_record, prove_state_root
from prasasti.core.tree import Records, TopTree, hash_records, update_records
from prasasti.core.types import Bug
from prasasti_verify.hashing import bucket_of, compute_app_hash, hash_bucket_leaf, hash_record
from tests.core.worked_example import OFFICER, build_genesis, key_of

OPERATION_1 = (
    "Ck1pZGVudGl0eS9rZXkvODEzOTc3MGVhODdkMTc1ZjU2YTM1NDY2YzM0YzdlY2NjYjhkOGE5MWI0ZWUzN2EyNWRmNjBmNWI4ZmM5YjM5NBJICAIQARogdnhpkrgd"
    "VfnAzfNGWhsmoZhtiATTOU94WYyVDG8ohcEiIEkWnKcWbOxHE679a1N7L+5LrC7eorfM/GC3KRcquLPK"
)
OPERATION_2 = (
    "Eq4BCBAQChogGhQ0WgfCPEiujg1mb4ZHk5Uwc8aEsYyiakTcq7P8sV0iIBOFnEbw2y/0tkxJuUOV+9PpkFch7w4H4Tp/2nI01/nEIiAi1joZiMAN1ZOWUcHh7T8B"
    "Dh+FkfQ9vJLgaZfOk4Eg1iIgGjQp7DjSXWSvIyqqS0y3VFPcb7UzLKv9+cEzYlnQSEciIByrWwjBtQ32Pwm6hiyPE2k8YdJHhxztSDMWNXIO9rC4"
)
STATE_ROOT = "e37e7d608e3e610e5b7064c401492dfbdce621fb317f151911b9eea969f6e3c3"
LOG_ROOT = "0be0f1af5baf131724e8cdaa5caca6772f54e4348cc9f1f060820fa034a66352"
APP_HASH = "8c38842bde9adaead528862129f448bd548465ee1d8461104a6cc579d799c1af"


def read_fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """Fields of a protobuf message, as the wire format defines them."""

    def read_varint(at: int) -> tuple[int, int]:
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if data[at - 1] < 128:
                return value, at

    fields: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(data):
        tag, at = read_varint(at)
        value, at = read_varint(at)
        if tag & 7 == 2:
            fields.append((tag >> 3, data[at : at + value]))
            at += value
        else:
            fields.append((tag >> 3, value))
    assert at == len(data)
    return fields


def run_operation(data: bytes, value: bytes) -> bytes:
    """Root that a ValueOp leads to, in CometBFT's own words (crypto/merkle: ValueOp.Run, computeHashFromAunts)."""
    operation = dict(read_fields(data))
    key, proof = operation.get(1, b""), operation[2]
    assert isinstance(key, bytes)
    assert isinstance(proof, bytes)
    fields = read_fields(proof)
    total, index = (next((number for name, number in fields if name == field), 0) for field in (1, 2))
    assert isinstance(total, int)
    assert isinstance(index, int)
    aunts = [aunt for name, aunt in fields if name == 4 and isinstance(aunt, bytes)]
    leaf = hash_record(key, sha256(value).digest())
    assert dict(fields)[3] == leaf
    return climb(index, total, leaf, aunts)


def climb(index: int, total: int, leaf: bytes, aunts: list[bytes]) -> bytes:
    if total == 1:
        assert not aunts
        return leaf
    left_count = 1
    while left_count * 2 < total:
        left_count *= 2
    if index < left_count:
        return sha256(b"\x01" + climb(index, left_count, leaf, aunts[:-1]) + aunts[-1]).digest()
    return sha256(b"\x01" + aunts[-1] + climb(index - left_count, total - left_count, leaf, aunts[:-1])).digest()


def build_tree(values: dict[str, bytes], bucket_bits: int) -> tuple[TopTree, dict[int, Records]]:
    by_bucket: dict[int, dict[str, bytes | None]] = {}
    for key, value in values.items():
        by_bucket.setdefault(bucket_of(key, bucket_bits), {})[key] = value
    buckets = {number: update_records([], records) for number, records in by_bucket.items()}
    top = TopTree(bucket_bits)
    top.apply(top.compute_update({number: hash_bucket_leaf(hash_records(records)) for number, records in buckets.items()}))
    return top, buckets


def test_operations_are_the_example() -> None:
    key = f"identity/key/{key_of(OFFICER)}"
    records = list_genesis_records(decode_genesis(build_genesis()))
    records[key] = b'{"handle":"officer-7","organisation":"agency-1","roles":["procurement.officer"],"since":1767225660}'
    top, buckets = build_tree(records, 4)
    assert prove_record(buckets[10], key) == b64decode(OPERATION_1)
    assert prove_bucket(top, 10) == b64decode(OPERATION_2)
    bucket_root = run_operation(prove_record(buckets[10], key), records[key])
    state_root = run_operation(prove_bucket(top, 10), bucket_root)
    assert state_root.hex() == STATE_ROOT
    log_root = bytes.fromhex(LOG_ROOT)
    assert run_operation(prove_state_root(state_root, log_root), state_root).hex() == APP_HASH
    assert compute_app_hash(state_root, log_root).hex() == APP_HASH


@given(
    st.dictionaries(st.from_regex(r"\Aa/b/[a-d](/[a-z]{1,3})?\Z"), st.binary(min_size=1, max_size=8), min_size=1, max_size=40),
    st.integers(4, 6),
)
def test_a_light_client_reaches_the_state_root(values: dict[str, bytes], bucket_bits: int) -> None:
    top, buckets = build_tree(values, bucket_bits)
    for number, records in buckets.items():
        for key, _, value in records:
            assert run_operation(prove_bucket(top, number), run_operation(prove_record(records, key), value)) == top.root


def test_an_operation_says_type_key_and_data() -> None:
    assert read_fields(encode_operation(b"state", b"data")) == [(1, b"simple:v"), (2, b"state"), (3, b"data")]
    assert read_fields(encode_operation(b"", b"data")) == [(1, b"simple:v"), (3, b"data")]


def test_absence_is_no_operation() -> None:
    with pytest.raises(Bug, match="does not hold it"):
        prove_record(update_records([], {"a/b/c": b"1"}), "a/b/d")
