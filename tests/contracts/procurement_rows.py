"""Rows of ``procurement``, collected from those of its folders: who may sign, what is refused, one example of each message."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.contracts.plays import Play
from tests.core.ledger import Signer

Example = tuple[dict[str, Any], tuple[Signer, ...]]


def _list_modules() -> Iterator[ModuleType]:
    for path in sorted(Path(__file__).parent.glob("procurement_*_rows.py")):
        yield importlib.import_module(f"tests.contracts.{path.stem}")


# Rows play on the ledger of ``selection.found``.
ALLOWED: dict[tuple[str, int], set[str]] = {}
ROWS: dict[str, tuple[str, Play]] = {}
EXAMPLES: dict[str, Example] = {}
# Fields of which a schema takes the empty value too: see ``tests.core.test_admission.MAY_BE_EMPTY``.
MAY_BE_EMPTY: set[tuple[str, str]] = set()
for _module in _list_modules():
    assert not ROWS.keys() & _module.ROWS.keys(), "two rows have one name"
    ALLOWED |= _module.ALLOWED
    ROWS |= _module.ROWS
    EXAMPLES |= _module.EXAMPLES
    MAY_BE_EMPTY |= getattr(_module, "MAY_BE_EMPTY", set())

# Messages that admission itself refuses on a new ledger, since they would tell what nobody may know yet.
TOO_EARLY = ("procurement.publish_opening_shares",)
