"""Types of keys and of their signatures, numbered: what is verified today, and what is reserved for after quantum computers.

Owns the one table, which docs/formats.md shows. Verifies nothing: a type that is not verified is ignored among a checkpoint's
signature lines, refused everywhere else, and trusted nowhere.
"""

from __future__ import annotations

from typing import NamedTuple


class KeyType(NamedTuple):
    """One type. Sizes in bytes; ``signature_bytes`` with the eight of a cosignature's time. None: of no size here."""

    what: str
    public_key_bytes: int | None
    signature_bytes: int | None
    is_verified: bool


# C2SP signed-note, "Signature types", and tlog-cosignature. 80 to 8f are this ledger's own, and stand in no note: C2SP numbers
# ML-DSA-44 for cosignatures only, and a key has one number for each use.
KEY_TYPES = {
    0x01: KeyType("Ed25519", 32, 64, True),
    0x02: KeyType("ECDSA", None, None, False),
    0x04: KeyType("Ed25519 cosignature", 32, 8 + 64, True),
    0x05: KeyType("RFC 6962 tree head", None, None, False),
    0x06: KeyType("ML-DSA-44 cosignature", 1_312, 8 + 2_420, False),
    0x81: KeyType("ML-DSA-44 in messages", 1_312, 2_420, False),
}


def describe_key_type(number: int) -> str:
    """A type's number, as two hex digits, and its name in the table."""
    return f"{number:02x} ({KEY_TYPES[number].what if number in KEY_TYPES else 'unknown'})"
