"""The signed envelope of a transaction: DSSE with Ed25519 over the pre-authentication encoding of exact payload bytes.

Owns form and signature of an envelope (checks 1 to 3 and 7 of admission use it). Does not know the state, hence
not whose key signs nor what it may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from prasasti.core.encoding import (
    EncodingProblem,
    decode_base64,
    decode_canonical,
    decode_strict,
    encode_base64,
    encode_canonical,
    is_bounded,
    make_decoder,
)
from prasasti.core.types import ActionName, HexKey, HexNonce, Identifier, Instant, Role

PAYLOAD_TYPE = "application/vnd.prasasti.transaction.v1+json"
MAX_PAYLOAD_BYTES = 45_000
MAX_SIGNATURES = 16
# Base64 of the largest payload, sixteen signatures of about 180 bytes, and room for white space.
MAX_ENVELOPE_BYTES = 65_536

Chain = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class Signature(Struct, frozen=True, forbid_unknown_fields=True):
    """One DSSE signature: keyid = the public key in hex, sig = 64 bytes in base64."""

    keyid: str
    sig: str


class Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    """A DSSE envelope (secure-systems-lab/dsse) with exactly these fields."""

    payload: str
    payloadType: str
    signatures: list[Signature]


class Signer(Struct, frozen=True, forbid_unknown_fields=True):
    """A key that signs a transaction, and the one role in which it does."""

    key: HexKey
    role: Role


class Payload(Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed. ``arguments`` is checked against the schema of the action."""

    action: ActionName
    actor: Identifier
    arguments: dict[str, Any]
    chain: Chain
    expires: Instant
    nonce: HexNonce
    signers: Annotated[list[Signer], Meta(min_length=1, max_length=MAX_SIGNATURES)]


_envelope_decoder = make_decoder(Envelope)
_payload_decoder = make_decoder(Payload)
_hex_key = re.compile("[0-9a-f]{64}")


class Transaction(Struct, frozen=True):
    """An envelope in decoded form. ``envelope_json`` is its canonical form, signatures ascending by keyid."""

    id: str
    payload: Payload
    arguments: Any
    payload_bytes: bytes
    signatures: tuple[tuple[bytes, bytes], ...]
    envelope_json: bytes


def encode_pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Pre-authentication encoding of DSSE: ``DSSEv1 <len> <type> <len> <payload>``."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def compute_id(payload: bytes) -> str:
    """A transaction's id: SHA-256 of its payload's bytes, in hex."""
    return sha256(payload).hexdigest()


def decode_envelope(data: bytes) -> tuple[Envelope, bytes]:
    """Envelope and payload bytes of a submitted DSSE object; EncodingProblem says what is wrong with it."""
    envelope = decode_canonical(data, _envelope_decoder)
    if envelope is None:
        try:
            envelope = msgspec.convert(decode_strict(data), Envelope)
        except msgspec.ValidationError as problem:
            raise EncodingProblem(f"not a DSSE envelope: {problem}") from problem
    if envelope.payloadType != PAYLOAD_TYPE:
        raise EncodingProblem(f"the payload type must be {PAYLOAD_TYPE}")
    if not 1 <= len(envelope.signatures) <= MAX_SIGNATURES:
        raise EncodingProblem(f"1 to {MAX_SIGNATURES} signatures are taken, not {len(envelope.signatures)}")
    return envelope, decode_base64(envelope.payload)


def decode_payload(data: bytes) -> Payload:
    """Payload of its bytes; EncodingProblem where they are not strict JSON, msgspec.ValidationError where no payload."""
    payload = decode_canonical(data, _payload_decoder) if is_bounded(data) else None
    return payload if payload is not None else msgspec.convert(decode_strict(data), Payload)


def decode_signatures(envelope: Envelope) -> tuple[tuple[bytes, bytes], ...]:
    """Pairs of public key (32 bytes) and signature (64 bytes), ascending by key, each key once."""
    pairs: dict[bytes, bytes] = {}
    for signature in envelope.signatures:
        key = _decode_hex_key(signature.keyid)
        value = decode_base64(signature.sig)
        if len(value) != 64:
            raise EncodingProblem("a signature is 64 bytes")
        if key in pairs:
            raise EncodingProblem(f"the key {signature.keyid} signs twice")
        pairs[key] = value
    return tuple(sorted(pairs.items()))


def encode_envelope(payload: bytes, signatures: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Canonical JSON of an envelope, signatures ascending by keyid."""
    ordered = [Signature(key.hex(), encode_base64(value)) for key, value in sorted(signatures)]
    return encode_canonical(Envelope(encode_base64(payload), PAYLOAD_TYPE, ordered))


def normalise_envelope(envelope: Envelope) -> bytes:
    """Canonical JSON of a decoded envelope, whose base64 and hex have one form only: what ``encode_envelope`` gives."""
    return encode_canonical(Envelope(envelope.payload, PAYLOAD_TYPE, sorted(envelope.signatures, key=_keyid_of)))


def is_signed(transaction: Transaction) -> bool:
    """Whether every signature of the transaction verifies over its payload (Ed25519 as libsodium judges it)."""
    message = encode_pae(transaction.payload_bytes)
    try:
        for key, signature in transaction.signatures:
            crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


def sign_envelope(payload: Payload, sign: Iterable[tuple[bytes, Callable[[bytes], bytes]]]) -> bytes:
    """Envelope of a payload; ``sign`` pairs each signer's public key with the function that signs for it."""
    payload_bytes = encode_canonical(payload)
    message = encode_pae(payload_bytes)
    return encode_envelope(payload_bytes, [(key, function(message)) for key, function in sign])


def _keyid_of(signature: Signature) -> str:
    return signature.keyid


def _decode_hex_key(text: str) -> bytes:
    if _hex_key.fullmatch(text) is None:
        raise EncodingProblem("a keyid is the public key in 64 lower-case hex digits")
    return bytes.fromhex(text)
