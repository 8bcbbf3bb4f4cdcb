"""Votes and parameters as people read them: what a proposal changes is told as of then, and what a value may be, before it is signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from prasasti.contracts import CONTRACTS
from prasasti.contracts.governance.proposal.messages import Propose
from prasasti.core.encoding import encode_canonical
from prasasti.core.types import require
from prasasti.services.governing import find_vote, look_up_parameter, read_draft
from prasasti.services.submitting import DraftProblem
from tests.contracts.governing import DAY, Consortium, parameter
from tests.core.examples import DOCUMENT
from tests.core.ledger import ACCEPTED

REGISTRY = {contract.name: contract for contract in CONTRACTS}
GAP, OFFICE = "max_gap_seconds", "identity.office_days"


def change_of(four: Consortium, proposal: str) -> tuple[Any, Any]:
    vote = require(find_vote(four.ledger.application.state.view, REGISTRY, proposal, four.now), proposal)
    return vote.changes[0].before, vote.changes[0].after


@pytest.mark.parametrize(("name", "values", "days"), [(GAP, (300, 600, 700), 14), (OFFICE, (730, 365, 500), 28)], ids=["gap", "office"])
def test_a_proposal_shows_the_value_that_it_changed(tmp_path: Path, name: str, values: tuple[int, int, int], days: int) -> None:
    """Also later, when others have changed it again; the second one has a record of genesis or none."""
    first, second, third = values
    four = Consortium(tmp_path)
    acts = {"p": parameter(name, second, four.now + 90 * DAY), "q": parameter(name, third, four.now + 180 * DAY)}
    assert four.propose("no", "set_parameter", acts["p"] | {"value": first + 1}, days=days) == ACCEPTED
    assert change_of(four, "no") == (first, first + 1)
    for proposal, before, after in (("p", first, second), ("q", second, third)):
        assert four.enact(proposal, "set_parameter", acts[proposal], days=days) == ACCEPTED
        assert change_of(four, proposal) == (before, after)
        four.wait(seconds=acts[proposal]["effective_from"] - four.now)
    assert [change_of(four, proposal) for proposal in ("no", "p", "q")] == [(first, first + 1), (first, second), (second, third)]
    shown = require(look_up_parameter(four.ledger.application.state.view, REGISTRY, name, four.now), name)
    assert (shown.value, [(each.before, each.value) for each in shown.changes]) == (third, [(first, second), (second, third)])


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("identity.office_days", 29, "it takes a number from 30 to 3650, not 29"),
        ("identity.office_days", "365", 'it takes a number from 30 to 3650, not "365"'),
        ("identity.colour", 1, "no contract declares it"),
    ],
)
def test_a_value_that_does_not_fit_is_not_signed(tmp_path: Path, name: str, value: int | str, told: str) -> None:
    arguments = encode_canonical(parameter(name, value, 2_000_000_000)).decode()
    given = {
        "action": "governance.set_parameter", "arguments": arguments, "document": DOCUMENT, "end": 0, "fields": [], "form": "act",
        "name": "", "proposal": "p", "reason": "other",
    }  # fmt: skip
    with pytest.raises(DraftProblem) as problem:
        read_draft(Consortium(tmp_path).ledger.application.state.view, REGISTRY, msgspec.convert(given, Propose))
    assert str(problem.value) == f"{name}: {told} (governance.03.6); nothing was signed"
