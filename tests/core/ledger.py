"""A ledger for tests: founders with keys made from names, blocks at will, every answer as one word.

The parts are the product's own (application, database file, contracts); only time and keys are the test's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from prasasti.contracts import CONTRACTS, index_by_table
from prasasti.core.admission import Inadmissible
from prasasti.core.contract import Contract, encode_table
from prasasti.core.encoding import encode_canonical
from prasasti.core.envelope import Transaction, encode_envelope, encode_pae
from prasasti.core.genesis import compute_chain
from prasasti.core.state import init_chain
from prasasti.core.transition import BlockResult
from prasasti.core.tree import decode_bucket
from prasasti.engines.application import Application
from prasasti.storage.ledger_database import LedgerDatabase

START = 1_767_225_600
ACCEPTED = "accepted"

OFFICES = {"registrar": ["identity.registrar"], "officer": ["governance.officer"]}
RECOVERY = {"recovery": ["governance.recovery"]}
WATCHING = {"auditor": ["governance.auditor"]}
MEMBERS = {
    "agency-1": ("agency", OFFICES),
    "auditor-1": ("auditor", OFFICES | RECOVERY | WATCHING),
    "auditor-2": ("auditor", OFFICES | RECOVERY | WATCHING),
    "citizens-1": ("citizens", OFFICES | RECOVERY),
    "operator-1": ("operator", OFFICES | RECOVERY),
}
PUBLISHERS = {
    "publisher-1": ["ocds-abc123-", "ocds-def456-"],
    "publisher-2": [""],
    "publisher-3": [],
}
PUBLISHER_KEYS = {"publisher": ["procurement.publisher"], "officer": ["governance.officer"]}
TREASURY_KEYS = {"budget": ["treasury.budget"]}
ORGANISATIONS: dict[str, tuple[list[str], dict[str, list[str]]]] = {
    **{owner: (prefixes, PUBLISHER_KEYS) for owner, prefixes in PUBLISHERS.items()},
    "treasury-1": ([], TREASURY_KEYS),
}
PARAMETERS = {"max_expiry_seconds": 86_400, "max_expiry_seconds_several": 604_800, "max_gap_seconds": 300}

Signer = tuple[str, str]


@cache
def signing_key(name: str) -> SigningKey:
    """The key of a name such as ``agency-1/registrar``."""
    return SigningKey(sha256(f"a test's key: {name}".encode()).digest())


@cache
def key_of(name: str) -> str:
    """Its public key in hex."""
    return signing_key(name).verify_key.encode().hex()


def build_genesis(contracts: Sequence[Contract] = CONTRACTS, bucket_bits: int = 9, training: bool = True, **changes: Any) -> bytes:
    """genesis.json of five members, three publishers and a treasury; ``changes`` replace its fields."""

    def keys(owner: str, roles_by_name: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        found = [{"handle": name, "key": key_of(f"{owner}/{name}"), "roles": roles} for name, roles in roles_by_name.items()]
        return sorted(found, key=lambda key: str(key["key"]))

    genesis = {
        "bucket_bits": bucket_bits,
        "consensus_parts": {"ed25519_verdicts": "00" * 32, "libsodium": "any", "msgspec": "any", "pynacl": "any", "python": ["3.11"]},
        "contracts": [
            {"name": contract.name, "table": sha256(encode_table(contract)).hexdigest(), "version": contract.version}
            for contract in sorted(contracts, key=lambda contract: contract.name)
        ],
        "domain": "ledger.example",
        "ledger": "test",
        "log_key": key_of("log"),
        "members": [{"class": name, "id": owner, "keys": keys(owner, roles)} for owner, (name, roles) in MEMBERS.items()],
        "organisations": [
            {
                "id": owner,
                "keys": keys(owner, roles),
                "licence": "https://creativecommons.org/licenses/by/4.0/",
                "ocid_prefixes": prefixes,
                "publication_policy": "",
            }
            for owner, (prefixes, roles) in ORGANISATIONS.items()
        ],
        "parameters": PARAMETERS,
        "time": START,
        "training": training,
    }
    return encode_canonical(genesis | changes)


@cache
def _template(genesis_bytes: bytes) -> bytes:
    """The database file of a new ledger: made once, since making one costs ten blocks."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        start = init_chain(genesis_bytes)
        LedgerDatabase.create(path, genesis_bytes, start.tip, start.buckets, start.top).close()
        return path.read_bytes()


class Ledger:
    """One ledger. ``time`` is that of the next block; ``door`` answers as the node's door; ``roots`` begins with genesis."""

    def __init__(
        self, folder: Path, contracts: Sequence[Contract] = CONTRACTS, *, bucket_bits: int = 9, training: bool = True, **changes: Any
    ) -> None:
        self.genesis_bytes = build_genesis(contracts, bucket_bits, training, **changes)
        self.chain = compute_chain(self.genesis_bytes)
        self.path = folder / f"ledger-{len(list(folder.iterdir()))}.sqlite"
        self.path.write_bytes(_template(self.genesis_bytes))
        self.time = START + 60
        self.door: Callable[[Transaction], str | None] = lambda _: None
        self.results: list[BlockResult] = []
        self.contracts = tuple(contracts)
        self._nonces = count(1)
        self.database = LedgerDatabase.open(self.path, write=True)
        self.application = self._start()
        self.roots = [self.root]

    def restart(self) -> None:
        """What a new process finds in the same file."""
        self.database.close()
        self.database = LedgerDatabase.open(self.path, write=True)
        self.application = self._start()

    def _start(self) -> Application:
        return Application(self.database, index_by_table(self.contracts), lambda transaction, _: self.door(transaction))

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def payload(self, action: str, arguments: Any, /, *signers: Signer, **changes: Any) -> dict[str, Any]:
        """A payload; signers are (key's name, role), the actor the first one's organisation."""
        return {
            "action": action,
            "actor": signers[0][0].partition("/")[0],
            "arguments": arguments,
            "chain": self.chain,
            "expires": self.time + 3_600,
            "nonce": f"{next(self._nonces):032x}",
            "signers": [{"key": key_of(name), "role": role} for name, role in signers],
        } | changes

    def sign(self, action: str, arguments: Any, /, *signers: Signer, **changes: Any) -> bytes:
        """An envelope signed by all of the signers."""
        return sign(self.payload(action, arguments, *signers, **changes), [name for name, _ in signers])

    def check(self, envelope: bytes) -> str:
        """What admission and door say now: accepted or the code."""
        answer = self.application.check_tx(envelope, self.time)
        return answer.code if isinstance(answer, Inadmissible) else ACCEPTED

    def seal(self, *envelopes: bytes) -> list[str]:
        """A block of what is admitted; for each envelope accepted, the refusal's number, or the code of admission."""
        checked = [self.application.check_tx(envelope, self.time) for envelope in envelopes]
        proposed = self.application.prepare_proposal([each for each in checked if isinstance(each, Transaction)], self.time)
        judged = iter(proposed)
        answers = [next(judged) if isinstance(each, Transaction) else each for each in checked]
        admitted = [each for each in answers if isinstance(each, Transaction)]
        result = self.application.finalize_block(self.application.info().height + 1, self.time, admitted)
        if result.entries:
            self.application.commit(self.time)
            self.results.append(result)
            self.roots.append(self.root)
        receipts = iter(result.receipts)
        outcomes: list[str] = []
        for answer in answers:
            if isinstance(answer, Inadmissible):
                outcomes.append(answer.code)
            else:
                refusal = next(receipts).refusal
                outcomes.append(refusal.number if refusal is not None else ACCEPTED)
        return outcomes

    def do(self, action: str, arguments: Any, /, *signers: Signer, **changes: Any) -> str:
        """Sign and seal one transaction in a block of its own."""
        return self.seal(self.sign(action, arguments, *signers, **changes))[0]

    def records(self) -> dict[str, bytes]:
        """Every record of the state, as the rows hold it."""
        rows = self.database.iterate_buckets()
        return {key: value for _, body in rows for key, _, value in decode_bucket(body)}

    @property
    def root(self) -> bytes:
        """The state root."""
        return self.application.info().state_root


def sign(payload: object, names: Iterable[str]) -> bytes:
    """An envelope over any payload (an object or bytes), signed by the keys of these names."""
    data = payload if isinstance(payload, bytes) else encode_canonical(payload)
    message = encode_pae(data)
    return encode_envelope(data, [(bytes.fromhex(key_of(name)), signing_key(name).sign(message).signature) for name in names])
