"""Members' commands end to end: a proposal, its votes, what is missing, and the history of what was changed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, key_of, read_json

GAP = "max_gap_seconds"
DAY = 86_400


@pytest.fixture
def why(tmp_path: Path) -> str:
    path = tmp_path / "why.txt"
    path.write_text("Blocks come seldom at night.")
    return f"{path}:text/plain"


def officer(ledger: Path, member: str) -> Path:
    return key_of(ledger, f"{member}-officer")


def change(days: int = 60, value: Any = 600, name: str = GAP) -> str:
    return json.dumps({"name": name, "value": value, "effective_from": int(time.time()) + days * DAY})


def propose(run: Run, ledger: Path, why: str, *more: str, arguments: str = "", expect: int = 0) -> Any:
    return read_json(run("--json", "propose", "governance.set_parameter", "-a", arguments or change(), "-d", why, "--id", "p", "-s",
        officer(ledger, "agency-1"), "--ledger", ledger, *more, expect=expect))  # fmt: skip


def vote(run: Run, ledger: Path, member: str, choice: str = "yes", expect: int = 0) -> Any:
    return read_json(run("--json", "vote", "p", choice, "--reason", "agreed", "-s", officer(ledger, member), "--ledger", ledger,
        expect=expect))  # fmt: skip


def advance(run: Run, ledger: Path, days: float) -> None:
    run("submit", "governance.advance_clock", "-a", json.dumps({"seconds": int(days * DAY)}), "-s",
        f"governance.officer={officer(ledger, 'agency-1')}", "--ledger", ledger)  # fmt: skip


def test_from_a_proposal_to_a_changed_parameter(ledger: Path, run: Run, why: str) -> None:
    arguments = change()
    proposed = propose(run, ledger, why, arguments=arguments)
    assert proposed["events"][0]["event"] == "governance.proposed"
    assert (proposed["events"][0]["kind"], proposed["events"][0]["voters"]) == ("rule", 4)
    assert vote(run, ledger, "agency-1")["refusal"] is None
    vote(run, ledger, "operator-1")
    vote(run, ledger, "auditor-1", "no")
    shown = read_json(run("--json", "proposals", "--ledger", ledger))["proposals"]
    assert len(shown) == 1
    assert shown[0]["changes"] == [{"field": GAP, "before": 300, "after": 600}]
    assert shown[0]["outcome"] == "vetoed"
    assert shown[0]["silent"] == ["citizens-1"]
    assert {each["what"]: (each["found"], each["needed"]) for each in shown[0]["missing"]} == {
        "votes": (2, 3),
        "watch": (0, 1),
        "veto": (0, 1),
    }
    assert {each["class"]: each["approves"] for each in shown[0]["classes"]} == {
        "agency": True, "auditor": False, "citizens": False, "operator": True}  # fmt: skip
    text = run("proposals", "p", "--ledger", ledger).stdout
    assert "max_gap_seconds: 300 → 600" in text
    assert "Without a vote so far: citizens-1." in text
    assert "A class with a veto objects" in text
    vote(run, ledger, "auditor-1")
    advance(run, ledger, 15)
    run("proposals", "--ledger", ledger)
    closed = read_json(
        run("--json", "vote", "p", "no", "--reason", "harmful", "-s", officer(ledger, "citizens-1"), "--ledger", ledger, expect=1)
    )
    assert closed["refusal"]["number"] == "governance.04.1"
    assert "passed" in run("proposals", "p", "--ledger", ledger).stdout
    done = json.loads(arguments) | {"resolution": "p"}
    run(
        "submit",
        "governance.set_parameter",
        "-a",
        json.dumps(done),
        "-s",
        f"identity.holder={officer(ledger, 'operator-1')}",
        "--ledger",
        ledger,
    )
    shown = read_json(run("--json", "parameter", GAP, "--ledger", ledger))
    assert (shown["value"], shown["coming"]["value"], shown["coming"]["resolution"]) == (300, 600, "p")
    advance(run, ledger, 60)
    advance(run, ledger, 1)
    shown = read_json(run("--json", "parameter", GAP, "--ledger", ledger))
    assert (shown["value"], shown["coming"]) == (600, None)
    assert [(each["before"], each["value"], each["resolution"]) for each in shown["changes"]] == [(300, 600, "p")]
    assert "300 → 600" in run("parameter", GAP, "--ledger", ledger).stdout
    assert "passed and carried out" in run("proposals", "p", "--ledger", ledger).stdout


def test_a_standard_closes_as_all_have_agreed(ledger: Path, run: Run, why: str) -> None:
    run("propose", "--name", "standard.ocds-1.1", "-d", why, "--id", "p", "-s", officer(ledger, "citizens-1"), "--ledger", ledger)
    for member in ("agency-1", "auditor-1", "citizens-1", "operator-1"):
        vote(run, ledger, member)
    advance(run, ledger, 0.1)
    assert read_json(run("--json", "proposals", "p", "--ledger", ledger))["proposals"][0]["state"] == "passed"
    assert read_json(run("--json", "proposals", "--ledger", ledger)) == {"proposals": []}


def test_what_cannot_be_proposed_is_not_signed(ledger: Path, run: Run, why: str) -> None:
    below = change(name="governance.constitution.share_bp", value=5_000)
    result = propose(run, ledger, why, arguments=below, expect=2)
    assert "governance.03.2" in result["error"]
    run("propose", "governance.fly_away", "-a", "{}", "-d", why, "-s", officer(ledger, "agency-1"), "--ledger", ledger, expect=2)
    run(
        "propose",
        "governance.set_parameter",
        "--name",
        "standard.x",
        "-d",
        why,
        "-s",
        officer(ledger, "agency-1"),
        "--ledger",
        ledger,
        expect=2,
    )
    run("propose", "--name", "gift.x", "-d", why, "-s", officer(ledger, "agency-1"), "--ledger", ledger, expect=2)
    assert read_json(run("--json", "proposals", "--ledger", ledger)) == {"proposals": []}
    early = propose(run, ledger, why, "--days", "13", expect=1)
    assert early["refusal"]["number"] == "governance.03.3"


def test_as_many_days_as_the_rules_ask_are_enough_whenever_the_block_is_sealed(ledger: Path, run: Run, why: str) -> None:
    made = propose(run, ledger, why, "--days", "14")
    shown = read_json(run("--json", "proposals", "--ledger", ledger))["proposals"][0]
    assert made["refusal"] is None
    assert shown["end"] - shown["opened"] >= 14 * 86_400
    assert shown["end"] - made["time"] > 14 * 86_400, "with a little to spare"


def test_what_is_not_there(ledger: Path, run: Run) -> None:
    assert "No proposal is open." in run("proposals", "--ledger", ledger).stdout
    run("proposals", "nothing", "--ledger", ledger, expect=2)
    run("parameter", "governance.nothing", "--ledger", ledger, expect=2)
    assert vote(run, ledger, "agency-1", expect=1)["refusal"]["number"] == "governance.00.3"
    assert "= 2, the default" in run("parameter", "governance.rule.classes", "--ledger", ledger).stdout


def test_in_indonesian(ledger: Path, run: Run, why: str) -> None:
    propose(run, ledger, why)
    shown = run("--language", "id", "proposals", "--ledger", ledger).stdout
    assert "Belum memberi suara: agency-1, auditor-1, citizens-1, operator-1." in shown
