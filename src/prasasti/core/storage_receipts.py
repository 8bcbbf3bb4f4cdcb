"""Storage receipts (sealed-proposals, 1): a store's promise to keep a document until an instant.

Owns the bytes that a receipt's signature is over, for stores, which give receipts, and contracts, which check them.
Whether the key may give any (role ``governance.store``), and whether it promised long enough, the contract judges.
"""

from __future__ import annotations

from msgspec import Struct
from nacl.bindings import crypto_sign_BYTES, crypto_sign_open
from nacl.exceptions import BadSignatureError

from prasasti.core.encoding import EncodingProblem, decode_base64, encode_canonical
from prasasti.core.envelope import encode_pae
from prasasti.core.types import HexKey, Instant

RECEIPT_TYPE = "application/vnd.prasasti.storage-receipt.v1+json"


class StorageReceipt(Struct, frozen=True, forbid_unknown_fields=True):
    """``{key, keep_until, sig}`` as it stands in an envelope: hex, seconds UTC, standard base64."""

    key: HexKey
    keep_until: Instant
    sig: str


def encode_receipt(chain: str, data_sha256: str, size: int, keep_until: int) -> bytes:
    """The bytes that a receipt's signature is over: the pre-authentication encoding (DSSE) of what it promises."""
    promise = encode_canonical({"chain": chain, "keep_until": keep_until, "sha256": data_sha256, "size": size})
    return encode_pae(promise, RECEIPT_TYPE)


def is_storage_receipt_valid(chain: str, data_sha256: str, size: int, receipt: StorageReceipt) -> bool:
    """Whether the receipt's key signed to keep these bytes, for this ledger, until ``keep_until`` (Ed25519 as libsodium judges it)."""
    try:
        signature = decode_base64(receipt.sig)
    except EncodingProblem:
        return False
    if len(signature) != crypto_sign_BYTES:
        return False
    try:
        crypto_sign_open(signature + encode_receipt(chain, data_sha256, size, receipt.keep_until), bytes.fromhex(receipt.key))
    except BadSignatureError:
        return False
    return True
