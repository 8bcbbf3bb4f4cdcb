"""Storage receipts: given by a store, checked by the rules, over one spelling of one promise."""

from __future__ import annotations

from base64 import b64encode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from prasasti.core.storage_receipts import StorageReceipt, encode_receipt, is_storage_receipt_valid
from prasasti.integrations.signers import SeedSigner
from prasasti.log.witness_documents import make_receipt
from prasasti_verify.strict import encode_json

CHAIN = "ab" * 16
DIGEST = "22" * 32
SIZE = 65_569
UNTIL = 1_900_000_000
STORE = SeedSigner(bytes(range(32)))
RECEIPT = make_receipt(STORE, CHAIN, DIGEST, SIZE, UNTIL)


def changed(**fields: object) -> StorageReceipt:
    return msgspec.structs.replace(RECEIPT, **fields)


def test_the_bytes_signed() -> None:
    promise = encode_json({"chain": CHAIN, "keep_until": UNTIL, "sha256": DIGEST, "size": SIZE})
    kind = b"application/vnd.prasasti.storage-receipt.v1+json"
    assert encode_receipt(CHAIN, DIGEST, SIZE, UNTIL) == b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(promise), promise)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=32), st.integers(0, 2**53 - 1), st.integers(0, 2**53 - 1))
def test_a_stores_receipt_is_valid(seed: bytes, digest: bytes, size: int, until: int) -> None:
    receipt = make_receipt(SeedSigner(seed), CHAIN, digest.hex(), size, until)
    assert is_storage_receipt_valid(CHAIN, digest.hex(), size, receipt)


def test_a_receipt_is_for_one_ledger_one_document_and_one_time() -> None:
    assert is_storage_receipt_valid(CHAIN, DIGEST, SIZE, RECEIPT)
    assert not is_storage_receipt_valid("ac" * 16, DIGEST, SIZE, RECEIPT)
    assert not is_storage_receipt_valid(CHAIN, "23" * 32, SIZE, RECEIPT)
    assert not is_storage_receipt_valid(CHAIN, DIGEST, SIZE + 1, RECEIPT)
    assert not is_storage_receipt_valid(CHAIN, DIGEST, SIZE, changed(keep_until=UNTIL + 1))
    assert not is_storage_receipt_valid(CHAIN, DIGEST, SIZE, changed(key=SeedSigner(bytes(32)).public_key.hex()))


SIGNATURES = {
    "none": "",
    "no base64": "!" * 88,
    "without padding": RECEIPT.sig.rstrip("="),
    "loose bits": RECEIPT.sig[:-3] + chr(ord(RECEIPT.sig[-3]) + 1) + "==",
    "the other alphabet": b64encode(b"\xff" * 64).decode().replace("/", "_"),
    "not ASCII": "é" * 88,
    "a byte less": b64encode(bytes(63)).decode(),
    "a byte more": b64encode(bytes(65)).decode(),
    "zeros": b64encode(bytes(64)).decode(),
    "without the type": b64encode(SigningKey(bytes(range(32))).sign(b"").signature).decode(),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_what_is_no_signature(name: str) -> None:
    assert SIGNATURES[name] != RECEIPT.sig
    assert not is_storage_receipt_valid(CHAIN, DIGEST, SIZE, changed(sig=SIGNATURES[name]))


def test_a_point_that_is_no_key_signs_nothing() -> None:
    for key in ("00" * 32, "ff" * 32):
        assert not is_storage_receipt_valid(CHAIN, DIGEST, SIZE, changed(key=key))
