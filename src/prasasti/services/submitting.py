"""Submitting: from an action and its arguments to a signed envelope and the ledger's answer.

Owns drafting payloads and adding signatures, also by several people one after another.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from prasasti.core.encoding import EncodingProblem, decode_base64, decode_strict, encode_canonical
from prasasti.core.envelope import Payload, Signature, decode_envelope, encode_envelope, encode_pae
from prasasti.core.envelope import Signer as PayloadSigner
from prasasti.core.genesis import KeyRecord
from prasasti.integrations.signers import Signer
from prasasti.services.ledger import Ledger
from prasasti.services.personal_data import find_personal_data


class DraftProblem(ValueError):
    """A transaction that no one should sign; the message says why."""


@dataclass(frozen=True, slots=True)
class Signing:
    """A key that signs, in a role."""

    signer: Signer
    role: str


def draft_payload(
    ledger: Ledger, action: str, arguments: dict[str, Any], signers: Sequence[tuple[bytes, str]], expires: int, actor: str = ""
) -> Payload:
    """A payload for signers (public key, role), the first one's organisation being the actor unless named; DraftProblem."""
    for path, what in find_personal_data(arguments):
        raise DraftProblem(f"{path} looks like {what}; personal data never goes on the ledger, and nothing was signed")
    if not signers:
        raise DraftProblem("a transaction needs a signer")
    first = ledger.state.get(f"identity/key/{signers[0][0].hex()}", KeyRecord)
    if not actor:
        if first is None:
            raise DraftProblem(f"the key {signers[0][0].hex()} is not registered on this ledger; name the actor or register it")
        actor = first.organisation
    return Payload(
        action=action,
        actor=actor,
        arguments=arguments,
        chain=ledger.chain,
        expires=expires,
        nonce=secrets.token_hex(16),
        signers=[PayloadSigner(key.hex(), role) for key, role in signers],
    )


def sign_payload(payload: Payload, signings: Sequence[Signing]) -> bytes:
    """Envelope of a payload with these signatures."""
    payload_bytes = encode_canonical(payload)
    message = encode_pae(payload_bytes)
    return encode_envelope(payload_bytes, [(signing.signer.public_key, signing.signer.sign(message)) for signing in signings])


def read_draft(draft: bytes) -> tuple[list[Signature], bytes, Payload]:
    """Signatures so far, the payload's bytes and the payload of an envelope; DraftProblem.

    What nobody signed yet is no envelope to a ledger, which asks for a signature, but is a draft: an envelope without any, or
    a payload by itself, as outside programs make it from what the API tells of the message.
    """
    try:
        shape = decode_strict(draft)
        if isinstance(shape, dict) and "payloadType" not in shape:
            payload = msgspec.convert(shape, Payload)
            return [], encode_canonical(payload), payload
        if isinstance(shape, dict) and shape.get("signatures") == []:
            signatures, payload_bytes = [], decode_base64(str(shape.get("payload")))
        else:
            envelope, payload_bytes = decode_envelope(draft)
            signatures = envelope.signatures
        return signatures, payload_bytes, msgspec.convert(decode_strict(payload_bytes), Payload)
    except (EncodingProblem, msgspec.ValidationError) as problem:
        raise DraftProblem(f"no envelope of a transaction: {problem}") from problem


def add_signature(envelope_bytes: bytes, signer: Signer) -> bytes:
    """The envelope with one more signature; DraftProblem where its payload does not name the key."""
    signatures, payload_bytes, payload = read_draft(envelope_bytes)
    key = signer.public_key.hex()
    if key not in [each.key for each in payload.signers]:
        raise DraftProblem(f"the payload does not name the key {key} as a signer")
    others = [_pair(signature) for signature in signatures if signature.keyid != key]
    return encode_envelope(payload_bytes, [*others, (signer.public_key, signer.sign(encode_pae(payload_bytes)))])


def list_missing_signers(envelope_bytes: bytes) -> list[str]:
    """Keys that the payload names and that have not signed yet."""
    signatures, _, payload = read_draft(envelope_bytes)
    signed = [signature.keyid for signature in signatures]
    return [each.key for each in payload.signers if each.key not in signed]


def _pair(signature: Signature) -> tuple[bytes, bytes]:
    return bytes.fromhex(signature.keyid), decode_base64(signature.sig)
