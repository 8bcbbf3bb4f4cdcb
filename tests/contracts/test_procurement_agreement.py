"""Contracts and guarantees: what is refused, and what happens from a draft to the last signature."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.procurement_agreement_rows import ROWS
from tests.contracts.selection import found


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    expected, play = ROWS[name]
    ledger = found(tmp_path)
    assert play(ledger) == expected
    ledger.close()
