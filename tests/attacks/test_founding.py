"""A founding killed at any moment, and what others may read of its keys."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from prasasti.cli import prasasti

# Ends like `kill -9` at the call of the system of that number, before it or after it; prints how many there were.
KILLED = """
import os, sys
at, after = int(sys.argv[1]), sys.argv[2] == "after"
count = 0
def spoil(name):
    function = getattr(os, name)
    def call(*arguments, **options):
        global count
        count += 1
        if count == at and not after:
            os._exit(9)
        try:
            return function(*arguments, **options)
        finally:
            if count == at and after:
                os._exit(9)
    setattr(os, name, call)
for name in ("open", "write", "fsync", "link", "unlink", "rename", "mkdir", "close"):
    spoil(name)
from prasasti.cli import prasasti
prasasti(["init", sys.argv[3], "--training", "--bucket-bits", "4"], standalone_mode=False)
sys.stderr.write(str(count))
"""


def found(folder: Path, at: int, when: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", KILLED, str(at), when, str(folder)], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("part", range(4))
def test_a_founding_that_was_killed_is_completed_by_the_next(part: int, tmp_path: Path) -> None:
    # Keys of the first attempt stood in the way of every further one.
    calls = int(found(tmp_path / "whole", 0, "before").stderr)
    at = 1 + part * (calls - 2) // 3
    for when in ("before", "after"):
        folder = tmp_path / when
        assert found(folder, at, when).returncode == 9
        result = CliRunner().invoke(prasasti, ["init", str(folder), "--training", "--bucket-bits", "4"])
        assert result.exit_code == 0 or "holds a ledger already" in result.output, result.output
        assert CliRunner().invoke(prasasti, ["check-state", "--ledger", str(folder)]).exit_code == 0


def test_nobody_else_reads_a_key(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert CliRunner().invoke(prasasti, ["init", str(tmp_path / "ledger"), "--training", "--bucket-bits", "4"]).exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "ledger/keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "ledger/keys").iterdir()} == {0o600}
