"""``pilot --scenario``: a scenario by name, from the founding to what is published of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from prasasti.services.scenarios.table import SCENARIOS
from tests.acceptance.commands import run, run_json, verify

PROCESS = "ocds-train1-park-benches"


@pytest.mark.parametrize(
    ("name", "processes", "shown"),
    [
        ("silent-trustees", [PROCESS, f"{PROCESS}-2"], ["procurement.03.1", "failed, on ground 27j", "the failure is final"]),
        ("budget-restored", [PROCESS], ["procurement.30.4", "treasury.02.1", "award notified, to bench-maker-3", "its contract: in force"]),
        ("terminated", [PROCESS], ["procurement.39.2", "its contract: ended before its time", "retention", "Adds up:"]),
    ],
)
def test_a_scenario_is_played_and_all_that_comes_of_it_is_in_order(
    name: str, processes: list[str], shown: list[str], tmp_path: Path
) -> None:
    output = tmp_path / "played"
    printed = run("pilot", "--scenario", name, "--output", output).stdout
    # The money is followed where a contract was signed.
    heads = "12345678" if any("its contract:" in words for words in shown) else "1234567"
    assert re.findall(r"^([0-9]) +(?=[A-Z])", printed, re.MULTILINE) == [*heads]
    for words in [*shown, "IN ORDER", "Every rule was replayed"]:
        assert words in printed
    assert verify(output / "published", "--key", output / "published" / "log.vkey", "--closed")["verdict"] == "in order"
    assert run_json("check-state", "--ledger", output / "ledger")["wrong"] is None
    for process in processes:
        assert run_json("explain", process, output / "published")["agrees"]
        assert run_json("explain", process, "--ledger", output / "ledger")["agrees"]
    records = json.loads((output / "selection.json").read_bytes())["records"]
    assert sorted(record["ocid"] for record in records) == processes
    assert run("pilot", "--scenario", name, "--output", output, expect=2).stdout == ""


def test_an_act_stands_in_one_line_with_those_like_it(tmp_path: Path) -> None:
    printed = run("pilot", "--scenario", "two-silent-trustees", "--output", tmp_path / "played").stdout
    assert "bench-maker-1, bench-maker-2, bench-maker-3 (bidder): seals a proposal" in printed
    assert "agency-1-officer (officer) + committee-1, committee-2 (committee): publishes the request for proposals" in printed
    assert "not admitted, as it has to be: an opening share that is not due; nothing of it is logged" in printed


def test_for_programs(tmp_path: Path) -> None:
    result = run_json("pilot", "--scenario", "debarred-winner", "--output", tmp_path / "played")
    assert (result["number"], result["agrees"]) == (7, True)
    assert [lot["winner"] for lot in result["lots"]] == ["bench-maker-2"]
    assert [act["refused"] for act in result["acts"] if act["refused"]] == ["procurement.25.4"]
    listed = run_json("pilot", "--scenario", "list")["scenarios"]
    assert [each["name"] for each in listed] == list(SCENARIOS)


def test_scenarios_are_listed_and_an_unknown_one_says_how(tmp_path: Path) -> None:
    printed = run("pilot", "--scenario", "list").stdout
    assert all(name in printed for name in SCENARIOS)
    failed = run("pilot", "--scenario", "nothing", "--output", tmp_path / "played", expect=2)
    assert "nothing is no scenario; prasasti pilot --scenario list names them" in failed.stderr
    assert not (tmp_path / "played").exists()
