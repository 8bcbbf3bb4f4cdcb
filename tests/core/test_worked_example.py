"""The core reaches the bytes of the worked example (formats.md) from its seeds alone."""

from __future__ import annotations

from pathlib import Path

from prasasti.contracts import index_by_table
from prasasti.core.envelope import Transaction
from prasasti.core.genesis import compute_chain, decode_genesis, list_genesis_records
from prasasti.core.state import init_chain
from prasasti.engines.application import Application
from prasasti.storage.ledger_database import LedgerDatabase
from tests.core.worked_example import TIMES, build_contracts, build_envelopes, build_genesis

APP_HASHES = (
    "3b3198c98928396a0f3d38fd252acd0c4c0e5dfeaea72c376c6f415aeff0f860",
    "c73bf1913a67a6e595259cb4008e0a4f9c7d7eda74a0b8e014030e197007f8ad",
    "8c38842bde9adaead528862129f448bd548465ee1d8461104a6cc579d799c1af",
)
LEAVES = (
    "658531da21c10d0945f11f8410d54103ff687dff5cc983e5ccaa9fe9f2a9b2bf",
    "e7447913977498b8ef6a91ed3e0a3e7197d65ae00fc3b4da07e1e13c97f8fb75",
    "5c92007d91b4b1aa6f77336c972cc95b31124d7b4714ed845765f82cad014ece",
    "818009ce3d87f890760e7754726364ed71d5e0809661f701264c05622fa03142",
)


def test_genesis_is_the_example() -> None:
    genesis_bytes = build_genesis()
    assert len(genesis_bytes) == 1202
    assert compute_chain(genesis_bytes) == "89ebfe645d28383ab6a701e19662c368"
    assert len(list_genesis_records(decode_genesis(genesis_bytes))) == 9
    assert init_chain(genesis_bytes).tip.app_hash.hex() == APP_HASHES[0]


def test_blocks_are_the_example(tmp_path: Path) -> None:
    genesis_bytes = build_genesis()
    start = init_chain(genesis_bytes)
    database = LedgerDatabase.create(tmp_path / "ledger.sqlite", genesis_bytes, start.tip, start.buckets, start.top)
    application = Application(database, index_by_table(build_contracts()), lambda _transaction, _view: None)
    numbers = []
    for time, envelope in zip(TIMES, build_envelopes(compute_chain(genesis_bytes)), strict=True):
        transaction = application.check_tx(envelope, time)
        assert isinstance(transaction, Transaction)
        result = application.finalize_block(application.info().height + 1, time, [transaction])
        assert application.commit(time).app_hash.hex() == APP_HASHES[result.tip.height]
        numbers += [receipt.refusal.number if receipt.refusal else None for receipt in result.receipts]
    assert numbers == [None, "identity.01.2"]
    assert tuple(leaf.hex() for leaf, _ in database.entries(0, 4)) == LEAVES
    assert [len(entry) for _, entry in database.entries(0, 4)] == [265, 1460, 265, 242]
