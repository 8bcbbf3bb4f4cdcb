"""Rounds and contents that the tests of sealing share; the round is that of the vectors (sealed-proposals, 2 and 3)."""

from __future__ import annotations

from typing import Any

from nacl.bindings import crypto_core_ed25519_scalar_reduce, crypto_scalarmult_ed25519_base_noclamp

from prasasti.contracts.procurement.sealing.framing import Round, Trustee, compute_hash

CURRENCY = "IDR"
ITEMS = ["bench", "tree"]
FILE: dict[str, Any] = {
    "key": "07" * 32,
    "media_type": "application/pdf",
    "plain_sha256": "11" * 32,
    "sha256": "22" * 32,
    "size": 65_569,
    "title": "Surat penawaran",
}
PROPOSAL: dict[str, Any] = {
    "bmp_bp": 500,
    "currency": CURRENCY,
    "files": [FILE],
    "items": [["bench", "4500000"], ["tree", "0"]],
    "price": "90000000",
    "tkdn_bp": 4_000,
    "valid_until": 1_800_000_000,
}
TECHNICAL: dict[str, Any] = {name: PROPOSAL[name] for name in ("bmp_bp", "currency", "files", "tkdn_bp", "valid_until")}
QUALIFICATION: dict[str, Any] = {"files": [FILE]}


def derive_sealing_key(seed: bytes) -> bytes:
    """E of a trustee of suite 01: e·G, e = scalar("trustee-secret", seed)."""
    return crypto_scalarmult_ed25519_base_noclamp(crypto_core_ed25519_scalar_reduce(compute_hash("trustee-secret", seed)))


def make_round(purpose: str = "proposal", trustees: int = 5, threshold: int = 3) -> Round:
    """Trustees org-1 …, whose seeds are 32 bytes of their index."""
    named = [Trustee(f"org-{index}", "2026-q1", derive_sealing_key(bytes((index,)) * 32)) for index in range(1, trustees + 1)]
    return Round("prasasti-test", purpose, "tender-1", 1, threshold, tuple(named))
