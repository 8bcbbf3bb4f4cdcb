"""After the ballot: awards, complaints, appeals, failure, by scenario and by property."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.procurement_award_rows import ROWS
from tests.contracts.selection import found


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    number, play = ROWS[name]
    assert play(found(tmp_path)) == number
