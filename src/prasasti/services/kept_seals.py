"""What a sealer keeps of what it sealed: the sealed bytes and their contents, in a file for its own eyes.

Owns the file's form. With it a bidder who is told that its envelope was malformed, or never came, shows what it sent: the
bytes hash to the envelope's id, and the transaction's id names the receipt (``prasasti proof``). The randomness of a sealed
suite is not in it, which the sealer destroys (sealed-proposals, 2).
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from prasasti.integrations.signers import write_new_secret


class KeptSeal(Struct, frozen=True):
    """An envelope as it was sealed. ``sealed`` is in base64, ``contents`` the text that was sealed; ``transaction`` carries it."""

    chain: str
    contents: str
    envelope: str
    lot: str
    process: str
    round: str
    sealed: str
    slot: str
    transaction: str


def keep_seal(folder: Path, seal: KeptSeal) -> Path:
    """Write it to ``sealed-TRANSACTION.json`` in a folder, mode 0600; SignerProblem. A crash before the transaction is sent leaves
    a file of what the ledger never saw, which can be removed."""
    path = folder / f"sealed-{seal.transaction}.json"
    write_new_secret(path, lambda: msgspec.json.format(msgspec.json.encode(seal)) + b"\n")
    return path
