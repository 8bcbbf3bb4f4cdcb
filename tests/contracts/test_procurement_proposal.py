"""Sealed proposals, their opening and their files: every refusal beside the nearest message that stands; scenarios by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.procurement_proposal_rows import ROWS
from tests.contracts.selection import found
from tests.core.ledger import ACCEPTED


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    number, play = ROWS[name]
    ledger = found(tmp_path)
    assert play(ledger) == number
    if number not in (ACCEPTED, "admission.10") and len(ledger.results[-1].receipts) == 1:
        assert bytes(ledger.results[-1].receipts[0].events) == b"[]"
        assert ledger.roots[-1] == ledger.roots[-2], "a refusal leaves the state root unchanged"
