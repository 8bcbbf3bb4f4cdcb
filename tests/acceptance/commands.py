"""Running the commands as a person does: ``prasasti`` in this process, which is quicker, ``prasasti-verify`` in its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from prasasti.cli import prasasti

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))), "PYTHONIOENCODING": "utf-8"}
PUBLISHER = "publisher-1"


def run(*arguments: str | Path, expect: int = 0) -> Result:
    """A command's output, in English; its exit code must be the one expected."""
    result = CliRunner().invoke(prasasti, ["--language", "en", *map(str, arguments)], env={"COLUMNS": "400"})
    assert result.exit_code == expect, f"{result.output}\n{result.exception!r}"
    return result


def run_json(*arguments: str | Path, expect: int = 0) -> Any:
    """The one object that a command prints for programs."""
    return json.loads(run("--json", *arguments, expect=expect).stdout)


def make_ledger(folder: Path) -> Path:
    """A new training ledger."""
    run("init", folder, "--training", "--bucket-bits", "8")
    return folder


def import_files(ledger: Path, *files: str | Path, expect: int = 0) -> Any:
    """An import's report, whose counts must add up."""
    report = run_json("import", "ocds", *files, "--ledger", ledger, expect=expect)
    assert sum(report["kinds"].values()) == report["read"]
    return report


def publish(ledger: Path, folder: Path) -> Any:
    """A publication's report."""
    return run_json("publish", "--to", folder, "--ledger", ledger)


def verify(*arguments: str | Path, expect: int = 0) -> Any:
    """The report of the independent verifier, which runs as a process of its own."""
    command = [sys.executable, "-m", "prasasti_verify", "--json", *map(str, arguments)]
    ran = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert ran.returncode == expect, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


def read_state(ledger: Path) -> dict[str, Any]:
    """What a second import must leave as it was: the counts of the database, sound by ``check-state``, and the app hash."""
    return {**run_json("check-state", "--ledger", ledger), "app_hash": run_json("audit", "--ledger", ledger)["app_hash"]}
