"""A genesis sets no parameter that no vote could set."""

from __future__ import annotations

from typing import Any

import pytest

from prasasti.bootstrap import allowed_parts
from prasasti.core.genesis import decode_genesis
from prasasti.services.founding import FoundingProblem, build_genesis
from tests.contracts.governing import FOUR, found
from tests.core.ledger import START, key_of


def found_with(**parameters: Any) -> bytes:
    founders = {"domain": "ledger.example", "ledger": "x", "log_key": key_of("log"), "members": found(FOUR), "parameters": parameters}
    return build_genesis(founders, START, allowed_parts(), 4)


def test_higher_figures_are_taken() -> None:
    """Those of a larger consortium."""
    given = {"governance.rule.classes": 3, "governance.constitution.watch": 2, "governance.rule.veto": "agency,auditor"}
    assert decode_genesis(found_with(**given)).parameters.items() >= given.items()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("governance.rule.classes", 1),
        ("governance.rule.classes", "3"),
        ("governance.rule.classes", 4),
        ("governance.rule.colour", 3),
        ("governance.constitution.share_bp", 5_000),
        ("governance.rule.veto", "everybody"),
    ],
)
def test_what_no_vote_could_set(name: str, value: int | str) -> None:
    with pytest.raises(FoundingProblem, match="governance"):
        found_with(**{name: value})
