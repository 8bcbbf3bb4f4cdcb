"""A ledger's own log of a process, as the read model finds it: it explains as the whole log does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prasasti.core.encoding import encode_canonical
from prasasti.services.explained_entries import read_own_process
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import Explanation, explain
from tests.contracts.procurement_evaluation_rows import Evaluation
from tests.contracts.selection import BUYER, COMMITTEE, DAY, MILLION, MINUTES, PROCESS, found
from tests.core.ledger import ACCEPTED, Ledger, key_of
from tests.readmodel.world import World
from tests.services.selected import list_documents, list_entries

FIGURE = "procurement.goods.estimate_binds"
ABOVE = {"bidder-1": 280 * MILLION, "bidder-2": 290 * MILLION, "bidder-3": 310 * MILLION}


def explain_both(folder: Path, ledger: Ledger) -> Explanation:
    """The explanation, which is one and the same."""
    read = list_documents(ledger).get
    world = World(folder, ledger)
    found_by_model = explain(read_own_process(world.opened, PROCESS), read)
    world.documents.close()
    whole = explain(read_process(ledger.genesis_bytes, list_entries(ledger), PROCESS), read)
    assert found_by_model == whole
    assert whole is not None
    assert whole.differs is None
    return whole


def list_lines(explanation: Explanation) -> list[tuple[str, object]]:
    step = next(step for step in explanation.steps if step.name == "exclusions")
    return [(line.key, line.facts["bidder"]) for line in step.lines if "bidder" in line.facts]


def test_tags_of_bidders_are_found(tmp_path: Path) -> None:
    evaluation = Evaluation(found(tmp_path))
    for bidder in ("bidder-1", "bidder-2"):
        evaluation.attest("ab", bidder, "owner", 6_000)
    evaluation.begin(ABOVE)
    lines = list_lines(explain_both(tmp_path, evaluation.ledger))
    assert lines == [("shared_owner", "bidder-1"), ("shared_owner", "bidder-2"), ("above_estimate", "bidder-3")]


def test_a_figure_that_members_set_is_found(tmp_path: Path) -> None:
    """By their vote the buyer's own price binds nobody."""
    ledger = found(tmp_path)
    vote(ledger, {"effective_from": ledger.time + 60 * DAY, "name": FIGURE, "value": False})
    evaluation = Evaluation(ledger)
    evaluation.wait_until(ledger.time + 40 * DAY)
    evaluation.begin(ABOVE)
    explanation = explain_both(tmp_path, ledger)
    assert ("above_estimate_stands", "bidder-3") in list_lines(explanation)
    figures = [figure for step in explanation.steps for figure in step.figures if figure.name == FIGURE]
    assert [(figure.value, figure.position > 0) for figure in figures] == [(False, True)]


def test_a_key_that_was_registered_later_names_its_person(tmp_path: Path) -> None:
    evaluation = Evaluation(found(tmp_path))
    registered = {"handle": COMMITTEE[0], "key": key_of("second"), "organisation": BUYER, "roles": ["procurement.committee"]}
    signers = ((f"{BUYER}/registrar", "identity.registrar"), ("second", "identity.new_key"))
    assert evaluation.do("identity.register_key", registered, *signers) == ACCEPTED
    evaluation.begin(ABOVE)
    declared = {"interests": [], "process": PROCESS}
    second = ("second", "procurement.committee")
    assert evaluation.ledger.do("procurement.declare_interests", declared, second, actor=BUYER) == ACCEPTED
    world = World(tmp_path, evaluation.ledger)
    log = read_own_process(world.opened, PROCESS)
    world.documents.close()
    assert log.people[key_of("second")] == f"{BUYER}:{COMMITTEE[0]}"


def vote(ledger: Ledger, change: dict[str, Any]) -> None:
    """All members' officers adopt a change of a parameter."""
    officers = [(f"{member}/officer", "governance.officer") for member in ("auditor-1", "auditor-2", "citizens-1", "operator-1")]
    end = ledger.time + 20 * DAY
    proposed = {
        "action": "governance.set_parameter", "arguments": encode_canonical(change).decode(), "document": MINUTES,
        "end": end, "fields": [], "form": "act", "name": "", "proposal": "p", "reason": "improvement",
    }  # fmt: skip
    assert ledger.do("governance.propose", proposed, officers[0]) == ACCEPTED
    for officer in officers:
        assert ledger.do("governance.vote", {"choice": "yes", "proposal": "p", "reason": "agreed"}, officer) == ACCEPTED
    ledger.time = end + DAY
    assert ledger.do("governance.set_parameter", change | {"resolution": "p"}, ("operator-1/officer", "identity.holder")) == ACCEPTED
