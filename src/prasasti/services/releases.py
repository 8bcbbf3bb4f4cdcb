"""Attested releases as the log tells them: the action, its effects, and the answer where none is what was asked for.

Owns names that writing and reading share. Finding releases is the read model's.
"""

from __future__ import annotations

from collections.abc import Sequence

from prasasti.contracts.procurement.records import VersionKind

ATTEST_ACTION = "procurement.attest_release"
KINDS: dict[str, VersionKind] = {
    "procurement.release_attested": "new",
    "procurement.release_updated": "update",
    "procurement.release_contradicted": "contradiction",
}


class NothingFits(LookupError):
    """No recorded release is what was asked for. ``known`` are some that could have been meant; ``is_unknown``: there is none at all."""

    def __init__(self, problem: str, known: Sequence[str] = (), *, is_unknown: bool = False) -> None:
        super().__init__(problem)
        self.known = known
        self.is_unknown = is_unknown
