"""The suites there are, and which of them a ledger takes. A new suite is a row here."""

from __future__ import annotations

from prasasti.contracts.procurement.sealing.plain import PlainSealer
from prasasti.contracts.procurement.sealing.sealer import Sealer

SUITE_PLAIN = 0

SEALERS: dict[int, Sealer] = {SUITE_PLAIN: PlainSealer()}


def choose_sealer(sealed: bytes) -> Sealer | None:
    """The suite that bytes name in their first; None where there is no such suite, or no byte."""
    return SEALERS.get(sealed[0]) if sealed else None


def is_suite_allowed(suite: int, training: bool, is_reviewed: bool) -> bool:
    """Whether a ledger takes a suite: plain on training ledgers only, others there or once governance adopted their outside review."""
    return training or (suite != SUITE_PLAIN and is_reviewed)
