"""The worked example of formats.md: its seeds, contracts and messages, built by the product's own code."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from nacl.signing import SigningKey

from prasasti.contracts.governance.messages import GOVERNANCE
from prasasti.contracts.identity.events import KeyRegistered
from prasasti.contracts.identity.messages import IDENTITY
from prasasti.core.contract import Call, Contract, Outcome, View, Write, encode_table, find_message
from prasasti.core.encoding import encode_canonical
from prasasti.core.envelope import Payload, Signer, sign_envelope
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import require

SHARED = Path(__file__).parents[3] / "shared" / "data" / "worked-example"

REGISTRAR, OFFICER, LOG, PUBLISHER = (SigningKey(bytes([number]) * 32) for number in (1, 2, 3, 4))
TIMES = (1767225660, 1767225720)


def key_of(signing_key: SigningKey) -> str:
    """Public key in hex."""
    return signing_key.verify_key.encode().hex()


def build_contracts() -> tuple[Contract, Contract]:
    """The example's tables: messages of ours, less those it leaves out, with its roles. Ours write more than the key."""
    withhold, register, end = (
        require(find_message({"governance": GOVERNANCE, "identity": IDENTITY}, action), action)[1]
        for action in ("governance.withhold_document", "identity.register_key", "identity.end_key")
    )
    return (
        replace(GOVERNANCE, messages=(withhold,)),
        replace(
            IDENTITY,
            messages=(
                replace(register, maximum_signers=2, process=_register_key),
                replace(end, roles=("identity.registrar",)),
            ),
        ),
    )


def _register_key(view: View, call: Call) -> Outcome:
    arguments = call.arguments
    record = KeyRecord(arguments.handle, arguments.organisation, arguments.roles, call.time)
    return Outcome((Write(f"identity/key/{arguments.key}", record),), (KeyRegistered(arguments.key, arguments.organisation),))


def build_genesis() -> bytes:
    """genesis.json of the example."""
    governance, identity = build_contracts()
    return encode_canonical(
        {
            "bucket_bits": 4,
            "consensus_parts": {
                "ed25519_verdicts": "9111cd3acbe211e15031707588bc9d68cb7b0c2d8f500fad1ebfedfc4362ffab",
                "libsodium": "1.0.20-stable",
                "msgspec": "0.22.0",
                "pynacl": "1.6.2",
                "python": ["3.11", "3.12", "3.13"],
            },
            "contracts": [
                {"name": contract.name, "table": sha256(encode_table(contract)).hexdigest(), "version": 1}
                for contract in (governance, identity)
            ],
            "domain": "ledger.example",
            "ledger": "prasasti-example",
            "log_key": key_of(LOG),
            "members": [
                {
                    "class": "agency",
                    "id": "agency-1",
                    "keys": [{"handle": "registrar-1", "key": key_of(REGISTRAR), "roles": ["identity.registrar"]}],
                }
            ],
            "organisations": [
                {
                    "id": "publisher-1",
                    "keys": [
                        {
                            "handle": "publisher-1",
                            "key": key_of(PUBLISHER),
                            "roles": ["governance.officer", "procurement.publisher"],
                        }
                    ],
                    "licence": "https://creativecommons.org/licenses/by/4.0/",
                    "ocid_prefixes": [""],
                    "publication_policy": "",
                }
            ],
            "parameters": {"max_expiry_seconds": 86400, "max_expiry_seconds_several": 604800, "max_gap_seconds": 300},
            "time": 1767225600,
            "training": True,
        }
    )


def build_envelope(chain: str, expires: int, nonce: str) -> bytes:
    """Registration of the officer's key, signed by the registrar and the key itself."""
    payload = Payload(
        action="identity.register_key",
        actor="agency-1",
        arguments={"handle": "officer-7", "key": key_of(OFFICER), "organisation": "agency-1", "roles": ["procurement.officer"]},
        chain=chain,
        expires=expires,
        nonce=nonce,
        signers=[Signer(key_of(REGISTRAR), "identity.registrar"), Signer(key_of(OFFICER), "identity.new_key")],
    )
    return sign_envelope(payload, [(key.verify_key.encode(), partial(_sign, key)) for key in (REGISTRAR, OFFICER)])


def _sign(key: SigningKey, message: bytes) -> bytes:
    return key.sign(message).signature


def build_envelopes(chain: str) -> tuple[bytes, bytes]:
    """The accepted message of block 1 and the refused one of block 2."""
    return (
        build_envelope(chain, 1767229200, "00112233445566778899aabbccddeeff"),
        build_envelope(chain, 1767229260, "ffeeddccbbaa99887766554433221100"),
    )
