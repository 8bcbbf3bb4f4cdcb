"""``show`` and the other reading commands on a process that runs on the ledger itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prasasti.cli.catalogue import LANGUAGES, load_words
from prasasti.contracts.procurement.messages import PROCUREMENT
from prasasti.integrations.ocds.native.entries import PAYING_ACTIONS
from prasasti.integrations.ocds.native.tags import TAGS_OF_DEADLINES
from prasasti.services.native_story import FACTS
from tests.cli.conftest import Run, read_json
from tests.contracts.procurement_evaluation_rows import RATED, Evaluation
from tests.contracts.selection import LOT, MILLION, PROCESS, Selection, found
from tests.core.ledger import ACCEPTED
from tests.integrations.ocds.test_native import run_shortest
from tests.services.selected import make_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "played").mkdir()
    selection = Selection(found(tmp_path / "played"))
    run_shortest(selection)
    return make_folder(selection.ledger, tmp_path / "ledger")


def test_show_tells_who_and_under_which_figure(folder: Path, run: Run) -> None:
    shown = read_json(run("--json", "show", PROCESS, "--ledger", folder))
    acts = {act["what"]: act for act in shown["native"]["acts"]}
    assert acts["announce_plan"]["signers"] == ["officer (officer)", "authority (authority)"]
    (term, days) = acts["notify_award"]["rules"]
    assert (term["name"], term["value"], term["clause"]) == ("procurement.standstill_days", "5", "LKPP model document (S)")
    assert days["value"] == "False"
    assert acts["publish_opening_shares"]["put_out"] == [{"bidder": "bidder-3", "reason": "above_estimate"}]
    assert acts["activate_award"]["rules"][0]["clause"] == "Perpres 54/2010, repealed (L)"
    (ranking,) = shown["native"]["rankings"]
    assert [(each["place"], each["bidder"]) for each in ranking["proposals"]] == [(1, "bidder-2"), (2, "bidder-1")]
    assert {task["what"] for task in shown["native"]["tasks"]} == {"deliver"}
    assert (shown["state"], shown["suppliers"]) == ("contracted", ["bidder-2"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_show_is_words_for_people(folder: Path, run: Run, language: str) -> None:
    words = load_words(language)
    shown = run("--language", language, "show", PROCESS, "--ledger", folder).stdout
    for key in ("acts.how", "acts.next", "tasks.deliver"):
        assert words[key] in shown
    assert "bidder-2" in shown
    assert words["acts.put_out"].format(who="bidder-3") in shown


def test_show_says_whom_each_act_put_out(tmp_path: Path, run: Run) -> None:
    """A malformed envelope, a requirement that is not met, a technical score below the threshold."""
    (tmp_path / "played").mkdir()
    evaluation = Evaluation(found(tmp_path / "played"))
    evaluation.begin({"bidder-1": 290 * MILLION, "bidder-2": 0, "bidder-3": 280 * MILLION, "bidder-4": 270 * MILLION}, **RATED)
    evaluation.declare_all()
    assert evaluation.require_of(("bidder-1", True), ("bidder-3", True), ("bidder-4", False)) == ACCEPTED
    evaluation.score_all({"delivery": [800_000, 500_000, -1], "design": [900_000, 500_000, -1]})
    evaluation.close_scoring()
    evaluation.count()
    shown = read_json(run("--json", "show", PROCESS, "--ledger", make_folder(evaluation.ledger, tmp_path / "ledger")))
    told = [(act["what"], each["bidder"], each["reason"]) for act in shown["native"]["acts"] for each in act["put_out"]]
    assert told == [
        ("publish_opening_shares", "bidder-2", "malformed:price"), ("record_requirements", "bidder-4", "requirement:licence"),
        ("publish_opening_shares", "bidder-3", "threshold"),
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_show_flags_what_was_attested_later(tmp_path: Path, run: Run, language: str) -> None:
    """Who decided is tied to a bidder, two bidders have an owner in common: when that came up, who attested it, whom it concerns."""
    (tmp_path / "played").mkdir()
    evaluation = Evaluation(found(tmp_path / "played"))
    evaluation.publish_ranking()
    evaluation.wait_until(evaluation.ledger.time + 60)
    for whose, relation, share_bp in (("bidder-1", "owner", 6_000), ("agency-1/committee-2", "self", 0), ("bidder-3", "owner", 9_000)):
        evaluation.attest("aa", whose, relation, share_bp)
    ledger = make_folder(evaluation.ledger, tmp_path / "ledger")
    flags = read_json(run("--json", "show", PROCESS, "--ledger", ledger))["native"]["flags"]
    assert [(each["why"], each["person"], each["bidder"], each["lot"]) for each in flags] == [
        ("shared_owner", "", "bidder-1", LOT), ("shared_owner", "", "bidder-3", LOT),
        ("tied", "agency-1:committee-2", "bidder-1", ""), ("tied", "agency-1:committee-2", "bidder-3", ""),
    ]  # fmt: skip
    assert {(each["attested"], *each["registrars"]) for each in flags} == {(evaluation.ledger.time, "auditor-1")}
    words, shown = load_words(language), run("--language", language, "show", PROCESS, "--ledger", ledger).stdout
    assert words["acts.flags"] in shown
    tied = words["acts.tied"].partition("{person}")[2].partition("{bidder}")[0]
    assert [f"agency-1:committee-2{tied}{bidder}" in shown for bidder in ("bidder-1", "bidder-2", "bidder-3")] == [True, False, True]
    explained = run("--language", language, "explain", PROCESS, "--ledger", ledger)
    assert words["explain.notes"] in explained.stdout
    assert len(read_json(run("--json", "explain", PROCESS, "--ledger", ledger))["notes"]) == 4


def test_show_says_what_waits(tmp_path: Path, run: Run) -> None:
    (tmp_path / "played").mkdir()
    selection = Selection(found(tmp_path / "played"))
    selection.prepare()
    assert (selection.publish(), selection.propose("bidder-1", 290 * MILLION)) == (ACCEPTED, ACCEPTED)
    selection.open()
    selection.declare_all()
    shown = read_json(run("--json", "show", PROCESS, "--ledger", make_folder(selection.ledger, tmp_path / "ledger")))
    (task,) = shown["native"]["tasks"]
    assert (task["what"], task["lot"], task["organisation"], task["role"]) == ("check", LOT, "agency-1", "procurement.committee")


def test_the_other_commands_read_it_too(folder: Path, run: Run, tmp_path: Path) -> None:
    (result,) = read_json(run("--json", "search", "benches", "--ledger", folder))["results"]
    assert (result["ocid"], result["state"], result["value"]["amount"]) == (PROCESS, "contracted", "280000000.00")
    assert read_json(run("--json", "list", "--buyer", "agency-1", "--ledger", folder))["count"] == 1
    assert read_json(run("--json", "list", "--supplier", "bidder-2", "--ledger", folder))["count"] == 1
    assert read_json(run("--json", "totals", "--by", "buyer", "--ledger", folder))
    run("export", "ocds", "--output", tmp_path / "out.json", "--ledger", folder)
    (record,) = json.loads((tmp_path / "out.json").read_bytes())["records"]
    assert record["compiledRelease"]["contracts"][0]["status"] == "active"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_has_words(language: str) -> None:
    words = load_words(language)
    wanted = [each.name for each in PROCUREMENT.messages if each.name not in ("attest_release", "confirm_key_destroyed")]
    assert [name for name in (*wanted, *PAYING_ACTIONS, *TAGS_OF_DEADLINES) if f"act.{name}" not in words] == []
    assert [name for name in FACTS if f"act_fact.{name}" not in words] == []
