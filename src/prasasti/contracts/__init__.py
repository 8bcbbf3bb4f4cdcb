"""The public rules, one folder a contract, all of the same shape: learn one, know all.

Owns the list of contract versions that this program can run. Genesis and activations choose among them by the
hash of their table.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from prasasti.contracts.governance.messages import GOVERNANCE
from prasasti.contracts.identity.messages import IDENTITY
from prasasti.contracts.procurement.messages import PROCUREMENT
from prasasti.contracts.treasury.messages import TREASURY
from prasasti.core.contract import Contract, encode_table

CONTRACTS: tuple[Contract, ...] = (GOVERNANCE, IDENTITY, PROCUREMENT, TREASURY)


def index_by_table(contracts: tuple[Contract, ...] = CONTRACTS) -> Mapping[str, Contract]:
    """Contract versions by the SHA-256 of their table.json, in hex."""
    return {sha256(encode_table(contract)).hexdigest(): contract for contract in contracts}
