"""What is attested after a selection was decided: a flag in ``show``, a note in ``explain``, and no result that changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts.people import Person
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import Explanation, explain
from prasasti.services.later_tags import Flag, list_flags
from tests.contracts.procurement_evaluation_rows import Evaluation
from tests.contracts.selection import COMMITTEE, LOT, PROCESS, found
from tests.core.ledger import ACCEPTED
from tests.services.selected import list_documents, list_entries

Tie = tuple[Any, ...]
OWNED = ("aa", "bidder-1", "owner", 6_000)


@pytest.fixture
def evaluation(tmp_path: Path) -> Evaluation:
    """Ranked and voted on."""
    evaluation = Evaluation(found(tmp_path))
    evaluation.publish_ranking()
    evaluation.vote_all("adopt", "adopt", "adopt")
    return evaluation


def read_flags(evaluation: Evaluation) -> list[Flag]:
    declared = {Person(name, "agency-1"): evaluation.lot().opening for name in (*COMMITTEE, "officer", "inspector")}
    return list_flags(evaluation.view, PROCESS, evaluation.process(), declared, evaluation.ledger.time)


def read_explanation(evaluation: Evaluation) -> Explanation:
    log = read_process(evaluation.ledger.genesis_bytes, list_entries(evaluation.ledger), PROCESS)
    explanation = explain(log, list_documents(evaluation.ledger).get)
    assert explanation is not None
    assert explanation.differs is None
    return explanation


def attest_later(evaluation: Evaluation, *ties: Tie) -> None:
    evaluation.wait_until(evaluation.ledger.time + 60)
    for tag, whose, relation, *rest in ties:
        share_bp, changes = (*rest, 0)[0], rest[1] if len(rest) > 1 else {}
        evaluation.attest(tag, whose, relation, share_bp, **({"from": 1_600_000_000} | changes))


def test_a_later_tag_is_a_flag_and_changes_nothing(evaluation: Evaluation) -> None:
    before, lot = evaluation.ranking(), evaluation.lot()
    assert (read_flags(evaluation), read_explanation(evaluation).notes) == ([], [])
    attest_later(evaluation, OWNED, ("aa", "agency-1/committee-2", "self"))
    attested = evaluation.ledger.time
    assert read_flags(evaluation) == [Flag(attested, ["auditor-1"], "tied", "agency-1:committee-2", "bidder-1", "")]
    (note,) = read_explanation(evaluation).notes
    assert (note.key, note.position) == ("later_tied", evaluation.ledger.results[-1].receipts[-1].position)
    assert note.facts == {"person": "agency-1:committee-2", "bidder": "bidder-1", "registrar": "auditor-1", "time": attested}
    assert (evaluation.ranking(), evaluation.lot()) == (before, lot)


TIES: dict[str, tuple[list[Tie], list[tuple[str, str, str]]]] = {
    "nothing in common": ([OWNED, ("bb", "agency-1/committee-2", "self")], []),
    "a relative works there": (
        [("aa", "agency-1/committee-1", "relative"), ("aa", "bidder-2", "employee")], [("tied", "agency-1:committee-1", "bidder-2")],
    ),
    "owns its mother": (
        [("aa", "agency-1/officer", "self"), ("aa", "agency-2", "owner", 6_000), ("bb", "agency-2", "self"),
         ("bb", "bidder-1", "controller")],
        [("tied", "agency-1:officer", "bidder-1")],
    ),
    "worked for its mother within 36 months": (
        [("aa", "agency-1/inspector", "self"), ("aa", "agency-2", "employee", 0, {"until": 1_700_000_000}), ("bb", "agency-2", "self"),
         ("bb", "bidder-1", "owner", 6_000)],
        [("tied", "agency-1:inspector", "bidder-1")],
    ),
    "worked there long ago": (
        [("aa", "agency-1/inspector", "self"), ("aa", "bidder-1", "employee", 0, {"until": 1_600_000_001})], [],
    ),
    "came there afterwards": (
        [("aa", "agency-1/committee-1", "self"), ("aa", "bidder-1", "director", 0, {"from": 1_900_000_000})], [],
    ),
    "two with one owner": (
        [OWNED, ("aa", "bidder-2", "owner", 6_000)], [("shared_owner", "", "bidder-1"), ("shared_owner", "", "bidder-2")],
    ),
    "two with one director": (
        [("aa", "bidder-2", "director"), ("aa", "bidder-3", "key_person")],
        [("shared_director", "", "bidder-2"), ("shared_director", "", "bidder-3")],
    ),
    "withdrawn again": (
        [OWNED, ("aa", "bidder-2", "owner", 6_000), ("aa", "bidder-2", "owner", 100)], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TIES)
def test_state_and_log_flag_the_same(evaluation: Evaluation, name: str) -> None:
    """``show`` asks the rules of the state, ``explain`` formulas of its own of the log."""
    ties, expected = TIES[name]
    attest_later(evaluation, *ties)
    flags, notes = read_flags(evaluation), [note.facts for note in read_explanation(evaluation).notes]
    assert [(each.why, each.person, each.bidder) for each in flags] == expected
    assert sorted((each.get("why", "tied"), each.get("person", ""), each["bidder"]) for each in notes) == expected
    assert [(each.attested, each.registrars) for each in flags] == [(each["time"], [each["registrar"]]) for each in notes]
    assert {each.lot for each in flags} <= {"", LOT}


def test_whoever_is_kept_out_already_is_no_flag(evaluation: Evaluation) -> None:
    declared = {"organisation": "bidder-3", "relation": "relative"}
    assert evaluation.declare("alternate-1", "committee", declared) == ACCEPTED
    attest_later(evaluation, OWNED, ("aa", "agency-1/alternate-1", "self"))
    assert (read_flags(evaluation), read_explanation(evaluation).notes) == ([], [])


def test_a_tag_attested_at_the_deadline_itself_is_late(tmp_path: Path) -> None:
    """In time is what comes before: whoever recomputes from the log finds the same."""
    evaluation = Evaluation(found(tmp_path))
    evaluation.prepare()
    assert evaluation.publish() == ACCEPTED
    for bidder in ("bidder-1", "bidder-2"):
        assert evaluation.propose(bidder, 29_000_000_000) == ACCEPTED
    evaluation.wait_until(evaluation.process().deadline)
    for bidder in ("bidder-1", "bidder-2"):
        evaluation.attest("aa", bidder, "director")
    assert evaluation.ledger.time == evaluation.process().deadline
    evaluation.open()
    assert evaluation.lot().live == 2
    assert [note.facts["why"] for note in read_explanation(evaluation).notes] == ["shared_director"] * 2
