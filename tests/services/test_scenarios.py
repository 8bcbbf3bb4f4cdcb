"""Every scenario of the lifecycle is played on a training ledger: refusals come as it says, it ends as it says, ``explain`` agrees,
its money adds up, and each of its releases is valid at every step.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from prasasti.cli.catalogue import LANGUAGES, load_words
from prasasti.services.audited_log import LedgerLog
from prasasti.services.explained_entries import read_own_process
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import explain
from prasasti.services.ledger import Ledger
from prasasti.services.rehearsing import RehearsalProblem
from prasasti.services.scenarios.order import FIRMS
from prasasti.services.scenarios.purchase import Purchase
from prasasti.services.scenarios.stage import Told
from prasasti.services.scenarios.table import SCENARIOS, play
from tests.integrations.ocds import natives
from tests.services.played import START, found
from tests.services.traced import check_traces

# Numbers of the lifecycle's section 7, and refusals that its text names for each.
NAMED = {
    1: {"06.1", "08.1"}, 2: set(), 3: {"30.3"}, 4: {"31.2"}, 5: set(), 6: {"37.1"}, 7: {"25.4", "31.6"}, 8: {"18.1", "11.1", "11.2"},
    9: {"03.1"}, 10: {"25.3", "30.4"}, 11: {"08.4"}, 12: set(), 13: set(), 14: set(),
}  # fmt: skip

WORDS = load_words("en")


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_plays_is_explained_and_reads_out_valid(name: str, tmp_path: Path) -> None:
    told: list[Told] = []
    with found(tmp_path / "ledger", SCENARIOS[name].parameters) as ledger:
        endings = play(SCENARIOS[name], ledger, told.append)
        log = LedgerLog(ledger.database, ledger.documents)
        for process in {ending.process for ending in endings}:
            explanation = explain(read_process(log.genesis, enumerate(log.entries()), process), log.read_document)
            assert explanation is not None
            assert explanation == explain(read_own_process(ledger, process), log.read_document)
            assert explanation.differs is None
            assert explanation.notes == []
            (ending,) = (ending for ending in endings if ending.process == process)
            (result,) = explanation.results
            assert (result.lot, result.awarded) == (ending.lot, ending.winner)
            assert not ending.winner or result.computed == ending.winner
            assert ending.state not in ("open", "failed") or not result.computed
            natives.judge(natives.derive_opened(ledger, process))
        check_traces(ledger)
    assert {each.action for each in told if not has_words(each.action)} == set()


def has_words(action: str) -> bool:
    """Whether an act, or what the schedule does, is told in words."""
    name = action.partition(".")[2]
    return any(f"{section}.{name}" in WORDS for section in ("act", "played"))


@pytest.mark.parametrize("number", NAMED)
def test_what_the_lifecycle_names_is_refused(number: int, tmp_path: Path) -> None:
    """By one of the number's scenarios at least."""
    refused: set[str] = set()
    for name, scenario in SCENARIOS.items():
        if scenario.number == number and NAMED[number]:
            told: list[Told] = []
            with found(tmp_path / name, scenario.parameters) as ledger:
                play(scenario, ledger, told.append)
            refused |= {each.refused.removeprefix("procurement.") for each in told}
    assert NAMED[number] <= refused
    assert any(scenario.number == number for scenario in SCENARIOS.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_has_a_title(language: str) -> None:
    titles = {key.removeprefix("scenario."): words for key, words in load_words(language).items() if key.startswith("scenario.")}
    assert titles.keys() == SCENARIOS.keys()
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in titles)


def test_late_messages_are_in_the_log_without_their_arguments(tmp_path: Path) -> None:
    """Scenario 1: behind the schedule's block, and the proposal is nowhere."""
    scenario = SCENARIOS["late-block"]
    with found(tmp_path / "ledger", scenario.parameters) as ledger:
        play(scenario, ledger)
        entries = [entry for _, entry in ledger.database.entries(0, ledger.database.size())]
    closed = next(place for place, entry in enumerate(entries) if b"procurement.lot_closed" in entry)
    late = [place for place, entry in enumerate(entries) if b'"procurement.06.1"' in entry or b'"procurement.08.1"' in entry]
    assert len(late) == 2
    assert closed < min(late)
    assert all(b'"envelope":null' in entries[place] for place in late)


def test_trustees_who_are_silent_leave_no_plaintext(tmp_path: Path) -> None:
    """Scenario 2: whatever was brought forth by the rules was brought forth by an opening, and there was none."""
    scenario = SCENARIOS["silent-trustees"]
    with found(tmp_path / "ledger", scenario.parameters) as ledger:
        play(scenario, ledger)
        entries = [entry for _, entry in ledger.database.entries(0, ledger.database.size())]
    assert not any(b"procurement.envelopes_opened" in entry for entry in entries)


def test_a_play_that_foretells_another_refusal_fails(tmp_path: Path) -> None:
    """One that should come and does not, one of another number, one that should not come; an end that is another."""

    def publish_twice(refused: str) -> None:
        with found(tmp_path / (refused or "none"), SCENARIOS["late-block"].parameters) as ledger:
            purchase = _begin(ledger)
            purchase.publish(2, refused=refused)

    for refused in ("procurement.03.2", ""):
        with pytest.raises(RehearsalProblem, match=r"publish_tender.*the ledger says: procurement\.03\.1"):
            publish_twice(refused)
    with found(tmp_path / "stands", SCENARIOS["late-block"].parameters) as ledger:
        purchase = _begin(ledger)
        with pytest.raises(RehearsalProblem, match=r"submit_sealed should be refused by procurement\.08\.1.*it stands"):
            purchase.propose(FIRMS[0], 290, refused="procurement.08.1")
        with pytest.raises(RehearsalProblem, match="should end with"):
            purchase.end("decided", winner=FIRMS[0])


def test_a_play_says_how_it_ends(tmp_path: Path) -> None:
    silent = replace(SCENARIOS["late-block"], play=Purchase.begin)
    with found(tmp_path / "ledger", silent.parameters) as ledger, pytest.raises(RehearsalProblem, match="how it ends"):
        play(silent, ledger)


def test_a_scenario_may_begin_with_a_signed_contract(tmp_path: Path) -> None:
    """What comes after the signature starts there."""
    with found(tmp_path / "ledger", SCENARIOS["late-block"].parameters) as ledger:
        purchase = Purchase(ledger, SCENARIOS["late-block"].order)
        contract = purchase.to_contract()
        assert purchase.find_contract(contract).state == "active"
        purchase.end("decided", winner=FIRMS[2], contract="active")


@pytest.mark.parametrize("days", [37, 84, 400])
def test_it_plays_whenever_it_is_founded(days: int, tmp_path: Path) -> None:
    """Over a year's end, before a month of holidays, in a year whose holidays are not decreed yet."""
    scenario = SCENARIOS["complaint-after-draft"]
    with found(tmp_path / "ledger", scenario.parameters, START + days * 86_400) as ledger:
        play(scenario, ledger)


def _begin(ledger: Ledger) -> Purchase:
    purchase = Purchase(ledger, SCENARIOS["late-block"].order)
    purchase.begin()
    return purchase
