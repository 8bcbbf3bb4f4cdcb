"""The pilot, run as a newcomer runs it: every step is shown, and what it says to try next works as it is printed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.commands import ROOT, run_json, verify

STEPS = 13
BIN = Path(sys.executable).parent
# A newcomer's terminal: nothing of this environment is on its path, as after ``make pilot``.
TERMINAL = {"PATH": os.defpath, "LANG": "C.UTF-8"}


def run_pilot(folder: Path, output: str) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "prasasti"), "pilot", "--output", output]
    return subprocess.run(command, cwd=folder, env={**TERMINAL, "HOME": str(folder)}, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True, scope="module")
def _installed() -> None:
    if not (BIN / "prasasti").exists():
        pytest.skip("the package is not installed here: make .venv")


def list_next_commands(printed: str) -> list[str]:
    """The commands under the last heading: lines set in by two spaces, each with its explanation below, set in by more."""
    _, _, tail = printed.partition("What to try next\n")
    return re.findall(r"^  (\S.*)$", tail, re.MULTILINE)


@pytest.fixture(scope="module", params=["pilot", "a folder with spaces"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Where it ran, the folder's name, what it printed."""
    folder = tmp_path_factory.mktemp("newcomer")
    ran = run_pilot(folder, request.param)
    assert (ran.returncode, ran.stderr) == (0, "")
    return folder, request.param, ran.stdout


def test_each_step_is_shown_and_done(world: tuple[Path, str, str]) -> None:
    folder, name, printed = world
    assert re.findall(r"^([0-9]{1,2}) +(?=[A-Z])", printed, re.MULTILINE) == [str(number) for number in range(1, STEPS + 1)]
    for words in (
        "10 read, 10 accounted for", "Rows and money add up", "IN ORDER", "Every rule was replayed", "contract signed",
        "committee-2, who decided, is tied to bench-maker-3",
    ):  # fmt: skip
        assert words in printed
    assert verify(folder / name / "published", "--closed")["verdict"] == "in order"
    assert run_json("check-state", "--ledger", folder / name / "ledger")["wrong"] is None
    assert json.loads((folder / name / "records.json").read_bytes())["records"]


def test_what_to_try_next_works_as_printed(world: tuple[Path, str, str]) -> None:
    folder, name, printed = world
    commands = list_next_commands(printed)
    assert [re.search(r"prasasti(?:-verify| \w+)", command)[0] for command in commands] == [  # type: ignore[index]
        "prasasti-verify", "prasasti explain", "prasasti proof", "prasasti export", "prasasti import", "prasasti pilot",
    ]  # fmt: skip
    own = shlex.quote(str(ROOT / "src/prasasti/cli/samples/park-benches.json"))
    for command in commands:
        line = command.replace("FILE", own)
        ran = subprocess.run(["bash", "-c", line], cwd=folder, env=TERMINAL, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
    assert verify("--list", folder / "all.json", "--key", folder / name / "published" / "log.vkey")["verdict"] == "in order"
    assert len(json.loads((folder / "one.json").read_bytes())["records"]) == 1


def test_a_second_pilot_leaves_the_first_alone(world: tuple[Path, str, str]) -> None:
    folder, name, _ = world
    checkpoint = (folder / name / "published" / "checkpoint").read_bytes()
    ran = run_pilot(folder, name)
    assert ran.returncode == 2
    assert f"{name} is not empty" in ran.stderr
    assert (folder / name / "published" / "checkpoint").read_bytes() == checkpoint


def test_it_speaks_indonesian_and_is_called_by_its_name_on_the_path(tmp_path: Path) -> None:
    path = os.pathsep.join((str(BIN), os.defpath))
    command = [str(BIN / "prasasti"), "--language", "id", "pilot", "--output", "percontohan"]
    ran = subprocess.run(command, cwd=tmp_path, env={**TERMINAL, "PATH": path}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "What to try next" not in ran.stdout
    assert len(re.findall(r"^[0-9]{1,2} +(?=[A-Z])", ran.stdout, re.MULTILINE)) == STEPS
    assert "\n  prasasti-verify percontohan/published\n" in ran.stdout
