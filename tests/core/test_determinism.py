"""The same blocks give the same hashes on every machine: seeds, zones, locales, optimised or not, Python 3.11 to 3.13."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.determinism import TEXT, run
from tests.core.ledger import ACCEPTED
from tests.judges import PYTHON_MINORS, ROOT, make_environment

SURROUNDINGS: dict[str, tuple[dict[str, str], list[str]]] = {
    "hash seed 0": ({"PYTHONHASHSEED": "0", "TZ": "Asia/Jakarta"}, []),
    "hash seed 4242, a zone with odd minutes": ({"PYTHONHASHSEED": "4242", "TZ": "Asia/Kathmandu"}, []),
    "a Turkish locale": ({"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "America/St_Johns"}, []),
    "no locale, no UTF-8 mode": ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, []),
    "without assertions": ({"PYTHONHASHSEED": "1"}, ["-O"]),
}


def run_elsewhere(python: Path, folder: Path, environment: dict[str, str], options: list[str]) -> list[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG", "TZ"))}
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    command: list[str | Path] = [python, *options, "-m", "tests.core.determinism", folder]
    ran = subprocess.run(command, env={**kept, **environment, "PYTHONPATH": path}, capture_output=True, text=True, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.fixture
def expected(tmp_path: Path) -> list[str]:
    folder = tmp_path / "here"
    folder.mkdir()
    return run(folder)


def test_the_run_is_worth_comparing(expected: list[str]) -> None:
    """It has accepted, refused and inadmissible transactions, deadlines, text that Pythons disagree on."""
    outcomes = [line for line in expected if " " not in line]
    assert {ACCEPTED, "admission.2", "procurement.45.2", "governance.00.1"} <= set(outcomes)
    assert len(expected) - len(outcomes) == 7
    assert "\U0001e4ee\U0001e4ec" in TEXT


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_surroundings_change_no_hash(tmp_path: Path, expected: list[str], name: str) -> None:
    environment, options = SURROUNDINGS[name]
    assert run_elsewhere(Path(sys.executable), tmp_path, environment, options) == expected


@pytest.mark.outside
@pytest.mark.parametrize("minor", PYTHON_MINORS)
def test_every_python_gives_the_same_hashes(tmp_path: Path, expected: list[str], minor: str) -> None:
    assert run_elsewhere(make_environment(minor), tmp_path, {}, []) == expected
