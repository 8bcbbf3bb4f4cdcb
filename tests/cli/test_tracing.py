"""The command ``trace``: for people and for programs, and what it says where money does not add up."""

from __future__ import annotations

from pathlib import Path

import pytest

from prasasti.cli.catalogue import LANGUAGES, load_words
from prasasti.services.tracing import finding
from prasasti.services.tracing.nodes import Node, Part, Sum, Trace
from tests.cli.conftest import Run, read_json
from tests.contracts.delivering import CONTRACT, SUPPLIER
from tests.contracts.paying import Payments
from tests.contracts.selection import found
from tests.services.selected import make_folder

WIDEST = 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One milestone of two is paid."""
    delivery = Payments.begin(found(tmp_path))
    delivery.settle_account()
    delivery.deliver()
    delivery.put_out()
    delivery.report(sp2d="SP2D-77")
    return make_folder(delivery.ledger, tmp_path / "ledger")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", [CONTRACT, "2026-parks", SUPPLIER, "agency-1"])
def test_it_is_drawn_in_words(folder: Path, run: Run, language: str, asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDEST))
    shown = run("--language", language, "trace", asked, "--ledger", folder).stdout
    assert max(map(len, shown.splitlines())) <= WIDEST
    words = load_words(language)
    assert words["trace.adds_up"].partition("{")[0] in shown
    assert words["trace.fails"].partition("{")[0] not in shown
    assert "{" not in shown
    assert f" {SUPPLIER}" in shown


def test_amounts_stand_below_one_another(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDEST))
    lines = run("trace", CONTRACT, "--ledger", folder).stdout.splitlines()
    contract = next(line for line in lines if line.startswith(f"Contract {CONTRACT}"))
    milestone = next(line for line in lines if "milestone half" in line)
    ends = {line.index("000,000 ") for line in (contract, milestone)}
    assert len(ends) == 1
    assert any("SP2D-77" in line for line in lines)


def test_it_is_told_to_programs(folder: Path, run: Run) -> None:
    told = read_json(run("--json", "trace", CONTRACT, "--ledger", folder))
    assert (told["kind"], told["adds_up"], told["failures"]) == ("contract", True, [])
    contract = told["nodes"][-1]
    assert (contract["kind"], contract["amount_minor"], contract["currency"]) == ("contract", "28000000000", "IDR")
    assert int(contract["paid"]) + int(contract["withheld"]) == int(contract["ordered"])
    assert all(each["holds"] for each in contract["sums"])


def test_what_is_not_there_is_refused(folder: Path, run: Run) -> None:
    assert run("trace", "nothing", "--ledger", folder, expect=1).stderr.strip().endswith("nothing")
    run("trace", CONTRACT, "--as", "budget", "--ledger", folder, expect=1)
    run("trace", CONTRACT, "--as", "else", "--ledger", folder, expect=2)


def test_where_it_does_not_add_up_is_said(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lying = Node("order", "o-1", 500, "IDR", "sent", {}, [Sum("order", 500, [Part("paid", 400)])])
    contract = Node("contract", CONTRACT, 500, "IDR", "active", {"buyer": "a", "supplier": "b"}, [], [lying])
    monkeypatch.setattr(finding, "trace", lambda *_: Trace(CONTRACT, "contract", 0, [contract], []))
    shown = run("trace", CONTRACT, "--ledger", folder, expect=1).stdout
    assert f"DOES NOT ADD UP: contract {CONTRACT} → order o-1" in shown
    assert "order: 5 ≠ 4 paid" in shown
    told = read_json(run("--json", "trace", CONTRACT, "--ledger", folder, expect=1))
    assert (told["adds_up"], told["failures"][0]["path"]) == (False, [f"contract {CONTRACT}", "order o-1"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_level_has_words(language: str) -> None:
    words = load_words(language)
    kinds = ("line", "reservation", "share", "contract", "milestone", "part", "certificate", "order", "payment", "tax", "entry", "outside",
             "outside_payment", "item", "due", *finding.KINDS)  # fmt: skip
    assert [kind for kind in kinds if f"trace_kind.{kind}" not in words] == []
