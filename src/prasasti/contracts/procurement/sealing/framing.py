"""Framing and hashes of ``prasasti/seal/1`` (sealed-proposals, 2 and 3): rounds, contexts, envelope ids, ties.

Owns what binds an envelope to its ledger, process, round, lot, slot and sealer. Knows no suite: a trustee's key is 32 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256, sha512
from typing import NamedTuple

PURPOSE_PROPOSAL = "proposal"
PURPOSE_BALLOT = "ballot"

_PROTOCOL = b"prasasti/seal/1/"


class Trustee(NamedTuple):
    """A trustee as a round names it. ``key`` is E, 32 bytes: of suite 01 its sealing key, of suite 00 its Ed25519 signing key."""

    organisation: str
    key_id: str
    key: bytes


class Round(NamedTuple):
    """What fixes a round; any ``threshold`` (t) of the ``trustees``, whose order gives their index from 1, open an envelope.

    ``ledger`` is genesis' ledger id, kept for ever; ``number`` counts a process' rounds of one purpose.
    """

    ledger: str
    purpose: str
    process: str
    number: int
    threshold: int
    trustees: tuple[Trustee, ...]


def frame(*parts: bytes) -> bytes:
    """Each part behind its length as u32 big-endian: no two lists of parts give the same bytes."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


def compute_hash(label: str, *parts: bytes) -> bytes:
    """hash(label, x…) of the protocol: 64 bytes of SHA-512."""
    return sha512(frame(_PROTOCOL + label.encode(), *parts)).digest()


def compute_round(ledger: str, purpose: str, process: str, number: int, threshold: int, trustees: Sequence[Trustee]) -> bytes:
    """Id of a round, 32 bytes; ``compute_round(*round)`` of a ``Round``."""
    named = [part for organisation, key_id, key in trustees for part in (organisation.encode(), key_id.encode(), key)]
    sizes = bytes((threshold, len(trustees)))
    return compute_hash("round", ledger.encode(), purpose.encode(), process.encode(), number.to_bytes(4, "big"), sizes, *named)[:32]


def compute_context(round_id: bytes, lot: str, slot: str, sealer: str) -> bytes:
    """ctx, 32 bytes: what an envelope is sealed for. ``sealer`` is an organisation, for a score sheet ``organisation:handle``."""
    return compute_hash("context", round_id, lot.encode(), slot.encode(), sealer.encode())[:32]


def compute_envelope_id(context: bytes, sealed: bytes) -> bytes:
    """Id of an envelope, 32 bytes: its bytes in their context."""
    return compute_hash("envelope", context, sealed)[:32]


def compute_tie(round_id: bytes, lot: str, secrets: Sequence[bytes], organisation: str) -> bytes:
    """Tie hash of an organisation, 32 bytes; the lowest wins, bytes compared from the left (sealed-proposals, 3).

    ``secrets`` are those of every envelope of the lot in state opened when the ranking is computed, all slots, in
    ascending order of envelope id; malformed and never-due ones are left out. ``round_id`` is that of the proposals' round.
    """
    return compute_ties(round_id, lot, secrets, [organisation])[organisation]


def compute_ties(round_id: bytes, lot: str, secrets: Sequence[bytes], organisations: Sequence[str]) -> dict[str, bytes]:
    """Tie hashes of organisations by name (``compute_tie``): what they share, a part for each proposal, is hashed once."""
    shared = sha256(frame(b"tie", round_id, lot.encode(), *secrets))
    found: dict[str, bytes] = {}
    for organisation in organisations:
        own = shared.copy()
        own.update(frame(organisation.encode()))
        found[organisation] = own.digest()
    return found
