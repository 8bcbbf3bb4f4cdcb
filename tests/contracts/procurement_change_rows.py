"""Rows of change: who may sign, what is refused, one example of each message."""

from __future__ import annotations

from typing import Any

from tests.contracts.plays import Play
from tests.core.ledger import Signer

ALLOWED: dict[tuple[str, int], set[str]] = {}

ROWS: dict[str, tuple[str, Play]] = {}

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {}
