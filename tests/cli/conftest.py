"""A ledger to run commands on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from prasasti.cli import prasasti

Run = Callable[..., Result]
SAMPLE = Path(__file__).parents[2] / "src/prasasti/cli/samples/park-benches.json"


@pytest.fixture
def run() -> Run:
    """Runs a command as the terminal would, in English unless told."""
    return run_command


def run_command(*arguments: str | Path, expect: int = 0, stdin: str | None = None) -> Result:
    """Run a command; it ends with the exit code that is expected."""
    result = CliRunner().invoke(prasasti, ["--language", "en", *map(str, arguments)], input=stdin)
    assert result.exit_code == expect, f"{result.output}\n{result.exception!r}"
    return result


@pytest.fixture
def ledger(tmp_path: Path, run: Run) -> Path:
    """A new training ledger."""
    run("init", tmp_path / "ledger", "--training", "--bucket-bits", "8")
    return tmp_path / "ledger"


@pytest.fixture
def recorded(ledger: Path, run: Run) -> Path:
    """A training ledger that holds the sample."""
    run("import", "ocds", SAMPLE, "--ledger", ledger, "--default-scheme", "ID")
    return ledger


def read_json(result: Result) -> Any:
    """The one JSON object that a command printed."""
    return json.loads(result.stdout)


def key_of(ledger: Path, handle: str) -> Path:
    """A founder's key on a training ledger."""
    return ledger / "keys" / f"{handle}.training.seed"
