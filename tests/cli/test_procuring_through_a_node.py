"""A whole selection through a node, by the same commands as on a ledger's folder: a complaint, an appeal and conduct among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run, read_json
from tests.cli.desk import PRICES, Desk, announce, decide, draft, found_ledger, open_all, propose, publish
from tests.contracts.procurement_evaluation_rows import RATED
from tests.contracts.selection import COMMITTEE, DAY, LOT, PLAN, PROCESS
from tests.web.world import start_process


@pytest.fixture
def desk(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Everybody, at a node in a process of its own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    genesis = found_ledger(tmp_path)
    with start_process(tmp_path / "ledger", genesis) as process:
        yield Desk(tmp_path, run, process.address)


def test_from_the_budget_to_the_signatures_and_beyond(desk: Desk, run: Run) -> None:
    paper = ("--document", desk.paper)
    publish(desk, kind="works")
    desk("tender", "ask", PROCESS, "question-1", *paper, signers=("bidder-1/bidder",))
    desk("tender", "answer", PROCESS, "question-1", *paper, signers=COMMITTEE[:1])
    for bidder in PRICES:
        propose(desk, bidder)
    desk("proposal", "withdraw", PROCESS, LOT, "--slot", "proposal", signers=("bidder-1/bidder",))
    propose(desk, "bidder-1")
    open_all(desk)
    decide(desk)
    notified = ("award", "notify", PROCESS, LOT, "--award", "award-1", "--price", "2800000", "--reasons", desk.paper)
    refused = desk(*notified, "--bidder", "bidder-1", signers=COMMITTEE[:2], expect=1)
    assert "procurement.20.2" in refused.stdout
    desk(*notified, "--bidder", "bidder-2", signers=COMMITTEE[:2])
    desk("complain", PROCESS, LOT, "--complaint", "complaint-1", "--ground", "evaluation", *paper, signers=("bidder-1/bidder",))
    desk("complaint", "answer", PROCESS, "complaint-1", "--outcome", "rejected", *paper, signers=COMMITTEE[:2])
    guarantee = ("--beneficiary", "agency-1", "--unconditional", *paper)
    span = ("--start", str(desk.now()), "--until", str(desk.now() + 300 * DAY))
    desk(
        "guarantee", "register", "bond-1", "--amount", "30000", "--obligation", "appeal", "--principal", "bidder-1", "--process", PROCESS,
        "--lot", LOT, *guarantee, *span, signers=("bank-1/guarantor",),
    )  # fmt: skip
    desk("appeal", PROCESS, "complaint-1", "--appeal", "appeal-1", "--bond", "bond-1", *paper, signers=("bidder-1/bidder",))
    desk("committee", "declare", PROCESS, signers=("reviewer",))
    seat = ("--seat", "reviewer", "--enters", '{"handle": "reviewer", "organisation": "agency-1"}', "--reason", "other")
    desk("committee", "seat", PROCESS, *seat, signers=("authority",))
    desk("complaint", "review", PROCESS, "appeal-1", "--outcome", "rejected", *paper, signers=("reviewer",))
    desk.wait(12 * DAY)
    desk("award", "activate", PROCESS, LOT, "--award", "award-1", signers=("officer",))
    draft(desk)
    desk(
        "guarantee", "register", "guarantee-1", "--amount", "2800000", "--obligation", "performance", "--principal", "bidder-2",
        "--contract", "contract-1", *guarantee, *span, signers=("bank-1/guarantor",),
    )  # fmt: skip
    desk("contract", "sign", "contract-1", signers=("officer",))
    signed = desk("contract", "sign", "contract-1", signers=("bidder-2/director",))
    assert "procurement.contract_active" in signed.stdout
    violation = ("--ground", "false_document", "--contract", "contract-1", *paper)
    desk("violation", "notify", "bidder-2", "--violation", "violation-1", *violation, signers=("officer",))
    desk("violation", "reply", "violation-1", *paper, signers=("bidder-2/director",))
    debarment = ("--debarment", "debarment-1", "--ground", "false_document", "--until", str(desk.now() + 365 * DAY), *paper)
    desk("debar", "bidder-2", "--act", "debar", "--violation", "violation-1", *debarment, signers=("authority",))
    desk("debar", "bidder-2", "--act", "lift", *debarment, signers=("authority",))
    explained = read_json(run("--json", "explain", PROCESS, "--ledger", desk.folder))
    assert (explained["agrees"], explained["lots"][0]["awarded"]) == (True, "bidder-2")


def test_scores_and_what_ends_early(desk: Desk) -> None:
    publish(desk, **RATED)
    for bidder in PRICES:
        propose(desk, bidder)
    open_all(desk)
    for name in COMMITTEE:
        desk("committee", "declare", PROCESS, signers=(name,))
    scores = desk.write("scores.json", {name: dict.fromkeys(PRICES, 800_000) for name in ("delivery", "design")})
    for name in COMMITTEE:
        desk("committee", "score", PROCESS, LOT, "--scores", f"@{scores}", signers=(name,))
    desk.wait(desk.lot().scoring_ends - desk.now() + 600)
    for trustee in ("auditor-1", "citizens-1"):
        desk("trustee", "share", PROCESS, LOT, signers=(f"{trustee}/trustee",))
    assert desk.lot().scored
    given = ("--lots", LOT, "--reason", "budget", "--document", desk.paper)
    cancelled = desk("tender", "cancel", PROCESS, *given, signers=("authority",))
    assert "procurement.lots_cancelled" in cancelled.stdout


def test_a_plan_is_changed_and_a_budget(desk: Desk) -> None:
    announce(desk)
    changed = {
        "budgets": [{"amount": "300000000", "line": "2026-parks"}], "currency": "IDR", "early": False, "estimate": "300000000",
        "family": "5610", "kind": "goods", "method": "open", "title": "Park benches", "unit": "parks",
    }  # fmt: skip
    desk("plan", "change", PLAN, "--changes", f"@{desk.write('plan.json', changed)}", "--reason", "other", signers=("officer", "authority"))
    given = ("--amount", "9500000", "--document", desk.paper, "--reason", "other")
    desk("treasury", "change-budget", "2026-parks", *given, signers=("treasury-1/budget",))
