"""``list --prove`` on processes that run on the ledger itself: whole, for buyer and supplier, and proved to the verifier."""

from __future__ import annotations

from pathlib import Path

import pytest

from prasasti import bootstrap
from prasasti.integrations.signers import create_training_key
from prasasti.services.publishing import publish_ledger
from prasasti_verify.__main__ import main as verify
from tests.cli.conftest import Run, read_json
from tests.contracts.selection import PROCESS, Selection, found
from tests.integrations.ocds.test_native import run_shortest
from tests.services.selected import LOG_SEED, make_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger with a whole selection, published."""
    (tmp_path / "played").mkdir()
    selection = Selection(found(tmp_path / "played"))
    run_shortest(selection)
    folder = make_folder(selection.ledger, tmp_path / "ledger")
    with bootstrap.open_for_reading(folder) as opened:
        publish_ledger(opened, tmp_path / "public", create_training_key(folder / "log.training.seed", LOG_SEED))
    return folder


@pytest.mark.parametrize(("option", "party"), [("--buyer", "agency-1"), ("--supplier", "bidder-2")])
def test_the_list_of_a_native_process_is_proved(
    folder: Path, tmp_path: Path, run: Run, option: str, party: str, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = tmp_path / "proof.json"
    told = read_json(run("--json", "list", option, party, "--prove", proof, "--ledger", folder))
    assert [item["ocid"] for item in told["items"]] == [PROCESS]
    key = str(tmp_path / "public" / "log.vkey")
    capsys.readouterr()
    assert verify(["--list", str(proof), "--key", key, "--json"]) == 0
    assert f'"{PROCESS}"' in capsys.readouterr().out
    proof.write_text(proof.read_text().replace(PROCESS, PROCESS.replace("benches", "chairs")))
    assert verify(["--list", str(proof), "--key", key]) == 1
