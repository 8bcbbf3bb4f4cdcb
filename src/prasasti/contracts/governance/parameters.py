"""Fixed bounds of ``governance``. Dated parameters stand in the state, first from genesis."""

from __future__ import annotations

MAX_LEGAL_BASIS_BYTES = 200
MAX_ADVANCE_SECONDS = 34_560_000
CONTRACT_NAMES = ("governance", "identity", "procurement", "treasury", "welfare")
