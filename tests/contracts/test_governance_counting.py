"""Counting votes, by hand: shares, classes, watch, veto, recusals, silence. Each row is a hair's breadth from its neighbour."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.contracts.governance.parameters import Figures
from prasasti.contracts.governance.records import Voter
from prasasti.contracts.governance.voting import compute_outcome

ORDINARY = Figures(2, 1, 5_000, (), 7, 0, True)
RULE = Figures(2, 1, 5_000, ("agency", "auditor", "citizens"), 14, 10, False)
MEMBER = Figures(2, 1, 6_666, ("auditor", "citizens"), 14, 0, True)
CONSTITUTION = Figures(3, 1, 6_666, ("agency", "auditor", "citizens"), 28, 28, False)
LARGE = Figures(3, 2, 6_666, ("agency", "auditor", "citizens"), 42, 60, False)
HIGHER = CONSTITUTION._replace(share_bp=7_500)

CLASSES = {"a": "agency", "u": "auditor", "c": "citizens", "o": "operator"}
CHOICES = {"y": "yes", "n": "no", "s": "abstain", "r": "recuse"}


def count(votes: str, *figures: Figures, joins: str = "") -> str:
    """``ay`` is an agency's yes; ``-`` casts nothing."""
    cast = [(Voter(CLASSES[each[0]], f"m{number}"), each[1]) for number, each in enumerate(votes.split())]
    return compute_outcome([voter for voter, _ in cast], {voter.id: CHOICES[vote] for voter, vote in cast if vote != "-"}, figures, joins)


ROWS: list[tuple[str, tuple[Figures, ...], str, str]] = [
    # Share: more than half of the roll; a tie rejects.
    ("ay uy c- on", (ORDINARY,), "", "missed"),
    ("ay uy cn on", (ORDINARY,), "", "rejected"),
    ("ay uy cy on", (ORDINARY,), "", "passed"),
    ("ay uy cs o-", (ORDINARY,), "", "missed"),
    ("ay uy cs on", (ORDINARY,), "", "rejected"),
    # Two thirds: 6,666 of 10,000 is exceeded by two of three.
    ("ay uy cn", (MEMBER,), "", "vetoed"),
    ("ay uy cs", (MEMBER,), "", "passed"),
    ("ay uy cs os", (MEMBER,), "", "rejected"),
    # Classes, one a watch.
    ("ay ay oy oy us cs", (ORDINARY,), "", "rejected"),
    ("ay ay oy oy u- c-", (ORDINARY,), "", "missed"),
    ("ay ay oy oy uy cs", (ORDINARY,), "", "passed"),
    ("uy cy as os us", (ORDINARY,), "", "rejected"),
    ("uy cy uy os", (ORDINARY,), "", "passed"),
    ("uy uy uy", (ORDINARY,), "", "rejected"),
    ("ay uy cs oy", (CONSTITUTION,), "", "passed"),
    ("ay ay uy uy cs", (CONSTITUTION,), "", "rejected"),
    ("ay uy", (CONSTITUTION,), "", "passed"),
    ("ay uy cy oy", (LARGE,), "", "passed"),
    ("ay ay uy oy cs", (LARGE,), "", "rejected"),
    # A class approves by more than half of it.
    ("ay ay uy us cy cs oy", (ORDINARY,), "", "rejected"),
    ("ay ay uy us cy cy oy", (ORDINARY,), "", "passed"),
    # A veto by more than half of a class that has one.
    ("ay ay uy uy cn cn oy", (RULE,), "", "vetoed"),
    ("ay ay uy uy cn cs oy", (RULE,), "", "passed"),
    ("ay ay uy uy cy cy on", (RULE,), "", "passed"),
    ("an uy cy oy", (MEMBER,), "", "passed"),
    ("an uy cy oy", (RULE,), "", "vetoed"),
    ("ay un cy oy", (ORDINARY,), "", "passed"),
    # Recused: not counted, the class still is.
    ("ay uy cr on", (ORDINARY,), "", "passed"),
    ("ay uy cr or", (CONSTITUTION,), "", "rejected"),
    ("ay uy cy or", (CONSTITUTION,), "", "passed"),
    ("ay ar uy cs", (CONSTITUTION,), "", "rejected"),
    ("ar ur cr or", (ORDINARY,), "", "rejected"),
    # To admit, also the class joined, if it is on the roll.
    ("ay uy oy cs", (MEMBER,), "citizens", "rejected"),
    ("ay uy oy c-", (MEMBER,), "citizens", "missed"),
    ("ay uy os cy", (MEMBER,), "citizens", "passed"),
    ("ay uy oy", (MEMBER,), "citizens", "passed"),
    # By the figures of now and of afterwards.
    ("ay uy cy o-", (CONSTITUTION, HIGHER), "", "missed"),
    ("ay uy cy on", (CONSTITUTION, HIGHER), "", "rejected"),
    ("ay uy cy oy", (CONSTITUTION, HIGHER), "", "passed"),
    ("ay uy cy o-", (CONSTITUTION,), "", "passed"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[3]}")
def test_each_row(row: tuple[str, tuple[Figures, ...], str, str]) -> None:
    votes, figures, joins, outcome = row
    assert count(votes, *figures, joins=joins) == outcome


ROLLS = st.lists(st.tuples(st.sampled_from("auco"), st.sampled_from("ynsr-")), min_size=1, max_size=9)


@given(roll=ROLLS, figures=st.sampled_from([ORDINARY, RULE, MEMBER, CONSTITUTION, LARGE]), place=st.integers(0, 8))
def test_a_yes_more_never_hurts(roll: list[tuple[str, str]], figures: Figures, place: int) -> None:
    """Nor does a no more help: a member that is for something never does better by saying otherwise, a recusal apart."""
    place %= len(roll)
    order = ["vetoed", "rejected", "missed", "passed"]

    def outcome(choice: str) -> int:
        votes = [(member_class, choice if at == place else vote) for at, (member_class, vote) in enumerate(roll)]
        found = count(" ".join("".join(each) for each in votes), figures)
        return order.index(found)

    ranks = [outcome(choice) for choice in "ny"]
    assert ranks[0] <= ranks[1]
    assert (outcome("s") == 3) <= (outcome("y") == 3)
    assert (outcome("-") == 3) <= (outcome("y") == 3)


def test_neither_agencies_with_operators_nor_one_class_alone() -> None:
    """Whoever else says no or nothing: two classes, one a watch, are always needed."""
    for others, figures in product("ns-", (ORDINARY, RULE, MEMBER, CONSTITUTION, LARGE)):
        assert count(f"ay ay ay oy oy oy u{others} c{others}", figures) != "passed"
        assert count(f"uy uy uy uy uy a{others} o{others} c{others}", figures) != "passed"
