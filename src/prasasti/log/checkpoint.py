"""Checkpoints as the log writes them (C2SP tlog-checkpoint, signed-note): body, signature line, the key's text.

Owns the writing; the verifier's parser reads. When a checkpoint may be signed is publishing's to decide.
"""

from __future__ import annotations

from base64 import b64encode

from prasasti.core.key_types import KEY_TYPES, describe_key_type
from prasasti.log.source import LogSigner
from prasasti_verify.notes import ED25519, Checkpoint, Key, parse_checkpoint, parse_key, read_signature
from prasasti_verify.strict import Wrong, decode_base64, require


def build_log_key(origin: str, public_key: bytes) -> Key:
    """The log's key, whose name is the origin."""
    return Key(origin, ED25519, public_key)


def format_vkey(key: Key) -> str:
    """A verifier key in one line, without the newline: name, key id, type and key."""
    return f"{key.name}+{key.id().hex()}+{b64encode(bytes((key.kind,)) + key.public).decode()}"


def read_vkey(data: bytes, place: str) -> Key:
    """The key of a vkey and its newline; ``Wrong`` names the place, and the type of one that is not verified here.

    Refused, and not passed over: a quorum must not shrink because a member's key is of a type that is newer than its readers.
    """
    material = (*data.removesuffix(b"\n").split(b"+", 2), b"", b"")[2]
    try:
        kind = decode_base64(material.decode("ascii", "replace"), place)[:1]
    except Wrong:
        kind = b""  # No vkey at all, as parse_key will say.
    if kind and not (kind[0] in KEY_TYPES and KEY_TYPES[kind[0]].is_verified):
        raise Wrong(place, f"is a vkey of type {describe_key_type(kind[0])}, which this version does not verify; ask for one of Ed25519")
    return parse_key(data, place)


def format_body(origin: str, size: int, root: bytes) -> bytes:
    """The text that is signed: three lines, no extension line, since some cosigners sign only these."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n".encode()


def sign_checkpoint(key: Key, size: int, root: bytes, signer: LogSigner) -> bytes:
    """A checkpoint with the log's signature. What the signer raises comes through; its answer is not verified here."""
    body = format_body(key.name, size, root)
    return body + f"\n— {key.name} {b64encode(key.id() + signer.sign(body)).decode()}\n".encode()


def read_checkpoint(data: bytes, key: Key, place: str) -> Checkpoint:
    """A checkpoint that the log's key has signed; ``prasasti_verify.strict.Wrong`` names the place and what is wrong."""
    checkpoint = parse_checkpoint(data, place)
    require(checkpoint.origin == key.name, place, f"is of the log {checkpoint.origin}, not of {key.name}")
    require(read_signature(checkpoint, key, place) is not None, place, f"bears no signature by the log's key {key.public.hex()}")
    return checkpoint
