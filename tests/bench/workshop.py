"""The ledger that is measured: made, filled and driven by the product's own parts, in a folder that is removed afterwards.

Owns setting up and single segments; ``figures`` decides what stands beside what.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nacl.bindings import crypto_sign_open

from prasasti.bootstrap import allowed_parts, create_ledger, open_for_writing
from prasasti.core.admission import Inadmissible
from prasasti.core.envelope import decode_envelope, decode_signatures, encode_pae
from prasasti.core.tree import decode_bucket
from prasasti.services.ledger import Ledger
from tests.bench.load import Batch, Load, build_bench_genesis
from tests.bench.measure import clock, rate_of

BUCKET_BITS = 20
BLOCK_TRANSACTIONS = 2_000
KEYS_A_PROCESS = 5  # What a new process adds to the state, its lists' counts being there already.
VERIFICATIONS = 500


class Workshop:
    """A ledger open for writing, with its load."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.load = Load(ledger.chain)
        self._messages: list[tuple[bytes, bytes]] = []
        self.transactions = 0
        self.refused = 0

    def fill(self, keys: int) -> None:
        """Record new processes until the state has about so many keys."""
        for _ in range(0, keys // KEYS_A_PROCESS, BLOCK_TRANSACTIONS):
            batch = self.load.make_stock(BLOCK_TRANSACTIONS, int(time.time()))
            self._submit(batch)
            self._messages = [_split(envelope) for envelope in batch.envelopes[:VERIFICATIONS]]

    def run_segment(self) -> float:
        """Transactions a second of one full block of the mixed load, from the first envelope handed in to the last answer."""
        batch = self.load.make_mixed(BLOCK_TRANSACTIONS, int(time.time()))
        self.ledger.documents.put(batch.documents)
        # What the load holds is no part of a node: keep it out of the collector's way.
        gc.collect()
        gc.freeze()
        start = clock()
        self._submit(Batch(batch.envelopes, []))
        return len(batch.envelopes) / (clock() - start)

    def verify_raw(self) -> float:
        """Ed25519 verifications a second of payloads of the load, by PyNaCl, on this core."""
        return rate_of(len(self._messages), lambda: [crypto_sign_open(message, key) for message, key in self._messages])

    def count_keys(self) -> int:
        """Records in the state."""
        return sum(len(decode_bucket(body)) for _, body in self.ledger.database.iterate_buckets())

    def _submit(self, batch: Batch) -> None:
        if batch.documents:
            self.ledger.documents.put(batch.documents)
        for answer in self.ledger.submit(batch.envelopes):
            if isinstance(answer, Inadmissible):
                raise ValueError(f"the load holds an envelope that is not admitted: {answer.code}, {answer.found}")
            self.transactions += 1
            self.refused += answer.refusal is not None


@contextmanager
def open_workshop(folder: Path, keys: int) -> Iterator[Workshop]:
    """A new ledger in a folder, filled with about so many state keys."""
    create_ledger(folder, build_bench_genesis(int(time.time()), allowed_parts(), BUCKET_BITS))
    with open_for_writing(folder) as ledger:
        workshop = Workshop(ledger)
        workshop.fill(keys)
        yield workshop


def _split(envelope: bytes) -> tuple[bytes, bytes]:
    """Signature and message as libsodium takes them, and the key."""
    decoded, payload = decode_envelope(envelope)
    key, signature = decode_signatures(decoded)[0]
    return signature + encode_pae(payload), key
