"""The ledger of the worked example in a database of its own, for services to read."""

from __future__ import annotations

from pathlib import Path

from prasasti.contracts import index_by_table
from prasasti.core.envelope import Transaction
from prasasti.core.genesis import compute_chain
from prasasti.core.state import init_chain
from prasasti.engines.application import Application
from prasasti.storage.ledger_database import LedgerDatabase
from tests.core.worked_example import TIMES, build_contracts, build_envelopes, build_genesis


def build_example(folder: Path) -> LedgerDatabase:
    """Its two blocks, committed."""
    genesis_bytes = build_genesis()
    start = init_chain(genesis_bytes)
    database = LedgerDatabase.create(folder / "example.sqlite", genesis_bytes, start.tip, start.buckets, start.top)
    application = Application(database, index_by_table(build_contracts()), lambda _transaction, _view: None)
    for height, (time, envelope) in enumerate(zip(TIMES, build_envelopes(compute_chain(genesis_bytes)), strict=True), 1):
        transaction = application.check_tx(envelope, time)
        assert isinstance(transaction, Transaction)
        application.finalize_block(height, time, [transaction])
        application.commit(time)
    return database
