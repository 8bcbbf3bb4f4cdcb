"""Training ledgers to play on, whose clock stands still between acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prasasti import bootstrap
from prasasti.core.parameters import Value
from prasasti.services.founding import make_training_genesis
from prasasti.services.ledger import Ledger

START = 1_780_300_800  # 1 June 2026, 08:00 UTC
BUCKET_BITS = 6


@contextmanager
def found(folder: Path, parameters: Mapping[str, Value], start: int = START) -> Iterator[Ledger]:
    """A new one, opened for writing."""
    genesis = make_training_genesis(folder / "keys", "scenario-1", start, bootstrap.allowed_parts(), BUCKET_BITS, parameters)
    bootstrap.create_ledger(folder, genesis)
    with bootstrap.open_for_writing(folder, clocks=bootstrap.make_standing_clocks(start)) as ledger:
        yield ledger
