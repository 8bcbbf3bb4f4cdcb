"""The consensus parts of this process: versions that decide what a signature or an encoding means.

Owns their names and a self-test. Genesis says which are allowed, then votes (governance 14); a node with others does not start,
and halts where they come into force (ledger-core: Starting).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import msgspec
import nacl
from nacl.bindings import crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey

from prasasti.core.genesis import ConsensusParts

# PyNaCl exports no version of the libsodium in its wheel, and its verdicts on the 914 cases of C2SP/CCTV are known
# by version: tests recompute them.
KNOWN_PYNACL = {"1.6.2": ("1.0.20-stable", "9111cd3acbe211e15031707588bc9d68cb7b0c2d8f500fad1ebfedfc4362ffab")}
TESTED_PYTHON_MINORS = ("3.11", "3.12", "3.13")
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


class PartsDiffer(Exception):
    """This process would judge otherwise than the ledger demands; the message says in which part."""


@dataclass(frozen=True, slots=True)
class OwnParts:
    """Parts of this process."""

    pynacl: str
    libsodium: str
    ed25519_verdicts: str
    msgspec: str
    python: str


def read_own_parts() -> OwnParts:
    """Parts of this process; of an unknown PyNaCl nothing is known but its version."""
    libsodium, verdicts = KNOWN_PYNACL.get(nacl.__version__, ("", ""))
    return OwnParts(nacl.__version__, libsodium, verdicts, msgspec.__version__, f"{sys.version_info.major}.{sys.version_info.minor}")


def list_allowed_parts() -> ConsensusParts:
    """What a genesis made by this process allows: its own parts, and the Python minors that the tests ran on."""
    own = read_own_parts()
    return ConsensusParts(own.ed25519_verdicts, own.libsodium, own.msgspec, own.pynacl, list(TESTED_PYTHON_MINORS))


def check_parts(allowed: ConsensusParts) -> None:
    """Compare and self-test; PartsDiffer where this process may not judge for the ledger."""
    own = read_own_parts()
    for name in ("pynacl", "libsodium", "ed25519_verdicts", "msgspec"):
        if getattr(own, name) != getattr(allowed, name):
            raise PartsDiffer(f"{name} is {getattr(own, name) or 'unknown'}; this ledger allows {getattr(allowed, name)} only")
    if own.python not in allowed.python:
        raise PartsDiffer(f"Python is {own.python}; this ledger allows {', '.join(allowed.python)} only")
    if not does_verifier_judge_as_known():
        raise PartsDiffer("the Ed25519 verifier fails its self-test: it takes a signature that it must refuse, or the reverse")


def does_verifier_judge_as_known() -> bool:
    """Whether the verifier takes a good signature and refuses the forms that libraries disagree on (RFC 8032, 5.1.7)."""
    public, _ = crypto_sign_seed_keypair(b"\x07" * 32)
    message = b"prasasti"
    signature = SigningKey(b"\x07" * 32).sign(message).signature
    scalar = int.from_bytes(signature[32:], "little")
    unreduced = signature[:32] + (scalar + GROUP_ORDER).to_bytes(32, "little")
    identity = b"\x01" + b"\x00" * 31
    small_order = identity + b"\x00" * 32
    cases = (
        (signature, public, True),
        (unreduced, public, False),  # S outside [0, L)
        (small_order, identity, False),  # a key and R of small order, which fit every message
        (identity + signature[32:], public, False),  # R of small order
        (signature[:63] + bytes((signature[63] ^ 0x20,)), public, False),
    )
    return all(_verifies(signature, key, message) == expected for signature, key, expected in cases)


def _verifies(signature: bytes, key: bytes, message: bytes) -> bool:
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True
