"""The load that is measured: a ledger of many publishers, and signed envelopes in fixed shares.

Owns what the load is made of. The same seed gives the same load, so that two versions of the program can be compared.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from nacl.signing import SigningKey

from prasasti.contracts.procurement.parameters import RELEASE_MEDIA_TYPE
from prasasti.core.encoding import encode_canonical
from prasasti.core.envelope import encode_envelope, encode_pae
from prasasti.core.genesis import ConsensusParts
from prasasti.core.types import Document
from prasasti.services.founding import build_genesis

PUBLISHERS = 1_000
BUYERS = 5_000
SEED = 4
EXPIRY_SECONDS = 3_600
RELEASES_REMEMBERED = 50_000

# Percent of the transactions, and the records that one writes: 2.35 on average.
SHARES = {
    "new process": 11,  # 7: release, publisher's count and item, buyer's count, item and mark, document
    "further release": 22,  # 4: as above without the buyer's, who has the process listed
    "updated release": 30,  # 2: release, document
    "repeat": 25,  # 0: the same document under a nonce of its own
    "new key": 5,  # 1, and two signatures
    "ended key": 5,  # 1
    "refused": 2,  # 0: an ocid that is not the publisher's
}


@cache
def signing_key(name: str) -> SigningKey:
    """The key of a name such as ``publisher-7/registrar``; of no value outside a measurement."""
    return SigningKey(sha256(f"measured {name}".encode()).digest())


def public_key(name: str) -> str:
    """Its public half in hex."""
    return signing_key(name).verify_key.encode().hex()


def build_bench_genesis(time: int, parts: ConsensusParts, bucket_bits: int, publishers: int = PUBLISHERS) -> bytes:
    """genesis.json of four members and many publishers, each with a key that publishes and a registrar's."""

    def keys(owner: str, roles: dict[str, str]) -> list[dict[str, Any]]:
        return [{"handle": handle, "key": public_key(f"{owner}/{handle}"), "roles": [role]} for handle, role in roles.items()]

    founders = {
        "domain": "ledger.example",
        "ledger": "bench",
        "log_key": public_key("log"),
        "members": [
            {"class": member_class, "id": f"{member_class}-1", "keys": keys(f"{member_class}-1", {"registrar": "identity.registrar"})}
            for member_class in ("agency", "auditor", "citizens", "operator")
        ],
        "organisations": [
            {
                "id": f"publisher-{number}",
                "keys": keys(f"publisher-{number}", {"officer": "procurement.publisher", "registrar": "identity.registrar"}),
                "ocid_prefixes": [_prefix(number)],
            }
            for number in range(publishers)
        ],
    }
    return build_genesis(founders, time, parts, bucket_bits, training=True)


@dataclass(frozen=True, slots=True)
class Batch:
    """Signed envelopes, and the documents that must be stored before they are submitted."""

    envelopes: list[bytes]
    documents: list[tuple[bytes, str]]


@dataclass(slots=True)
class _Release:
    """A release of the load and its last document."""

    arguments: dict[str, Any]
    body: bytes


class Load:
    """Makes envelopes for one ledger; what it made counts as recorded."""

    def __init__(self, chain: str) -> None:
        self._chain = chain
        self._random = random.Random(SEED)
        self._made = 0
        self._releases: list[_Release] = []
        self._keys: deque[tuple[int, str]] = deque()

    def make_mixed(self, count: int, now: int) -> Batch:
        """The mixed load, in the given shares and a mixed order."""
        kinds = [kind for kind, percent in SHARES.items() for _ in range(-(-count * percent // 100))]
        self._random.shuffle(kinds)
        return self._make(kinds[:count], now)

    def make_stock(self, count: int, now: int) -> Batch:
        """New processes only: what fills a ledger."""
        return self._make(["new process"] * count, now)

    def _make(self, kinds: Sequence[str], now: int) -> Batch:
        batch = Batch([], [])
        for kind in kinds:
            self._made += 1
            if kind == "new key":
                batch.envelopes.append(self._register_key(now))
            elif kind == "ended key" and self._keys:
                publisher, key = self._keys.popleft()
                batch.envelopes.append(self._sign("identity.end_key", {"key": key}, publisher, ["registrar"], now))
            else:
                batch.envelopes.append(self._attest(kind, batch, now))
        return batch

    def _attest(self, kind: str, batch: Batch, now: int) -> bytes:
        known = self._random.choice(self._releases) if self._releases else None
        if known is None or kind in ("new process", "ended key"):
            publisher = self._random.randrange(PUBLISHERS)
            release = _Release(self._describe(publisher, f"{_prefix(publisher)}-{self._made:08d}", now), b"")
        elif kind in ("further release", "refused"):
            publisher = int(known.arguments["publisher"].partition("-")[2])
            release = _Release(dict(known.arguments, release_id=f"{known.arguments['ocid']}-{self._made:08d}"), b"")
        else:
            publisher = int(known.arguments["publisher"].partition("-")[2])
            release = known
        arguments = release.arguments
        if kind == "refused":
            return self._sign("procurement.attest_release", dict(arguments, ocid=f"another-{self._made:08d}"), publisher, ["officer"], now)
        if kind != "repeat" or release is not known:
            if kind == "updated release" and release is known:
                arguments["redaction_version"] += 1
            release.body = encode_canonical(_write_release(arguments, self._made))
            arguments["document"] = Document(RELEASE_MEDIA_TYPE, sha256(release.body).hexdigest(), len(release.body))
            batch.documents.append((release.body, RELEASE_MEDIA_TYPE))
        if release is not known:
            self._remember(release)
        return self._sign("procurement.attest_release", arguments, publisher, ["officer"], now)

    def _describe(self, publisher: int, ocid: str, now: int) -> dict[str, Any]:
        return {
            "buyer": f"ID-LPSE-{self._random.randrange(BUYERS):06d}",
            "date": now,
            "document": None,
            "ocid": ocid,
            "publisher": f"publisher-{publisher}",
            "redaction_version": 1,
            "release_id": f"{ocid}-{self._made:08d}",
            "suppliers": [],
            "tag": ["tender"],
        }

    def _remember(self, release: _Release) -> None:
        """A release has a bounded number of versions: only so many are kept to choose from, the oldest replaced first."""
        if len(self._releases) < RELEASES_REMEMBERED:
            self._releases.append(release)
        else:
            self._releases[self._made % RELEASES_REMEMBERED] = release

    def _register_key(self, now: int) -> bytes:
        publisher = self._random.randrange(PUBLISHERS)
        handle = f"person-{self._made}"
        key = public_key(f"publisher-{publisher}/{handle}")
        self._keys.append((publisher, key))
        arguments = {"handle": handle, "key": key, "organisation": f"publisher-{publisher}", "roles": ["procurement.publisher"]}
        return self._sign("identity.register_key", arguments, publisher, ["registrar", handle], now)

    def _sign(self, action: str, arguments: dict[str, Any], publisher: int, handles: Sequence[str], now: int) -> bytes:
        roles = {"officer": "procurement.publisher", "registrar": "identity.registrar"}
        owner = f"publisher-{publisher}"
        payload = encode_canonical(
            {
                "action": action,
                "actor": owner,
                "arguments": arguments,
                "chain": self._chain,
                "expires": now + EXPIRY_SECONDS,
                "nonce": f"{self._random.getrandbits(128):032x}",
                "signers": [{"key": public_key(f"{owner}/{handle}"), "role": roles.get(handle, "identity.new_key")} for handle in handles],
            }
        )
        message = encode_pae(payload)
        keys = [signing_key(f"{owner}/{handle}") for handle in handles]
        return encode_envelope(payload, [(key.verify_key.encode(), key.sign(message).signature) for key in keys])


def _write_release(arguments: dict[str, Any], made: int) -> dict[str, Any]:
    """A release that says what its entry says; ``made`` tells versions apart."""
    date = datetime.fromtimestamp(arguments["date"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    buyer = {"id": arguments["buyer"]}
    return {"buyer": buyer, "date": date, "id": arguments["release_id"], "made": made, "ocid": arguments["ocid"], "tag": arguments["tag"]}


def _prefix(publisher: int) -> str:
    return f"ocds-p{publisher:05d}"
