"""A node on a disk that fills up: whoever asks is told so, the node halts, nothing acknowledged is lost, with room all goes on.

The disk is one of the test's own, in a name space that ends with it; ``python -m tests.web.test_full_disk FOLDER`` runs inside.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from prasasti.bootstrap import open_for_reading
from tests.storage.disk import leave_room
from tests.storage.test_disk import ROOT, SMALL_DISK, can
from tests.web.test_faults import Load, check_survived, run_load
from tests.web.world import PATIENCE_SECONDS, found_for_process, start_process


def require_told(answers: list[tuple[int, Any]]) -> None:
    """Whoever had no receipt was told why: no room, or halted; 5xx, with a code that the node explains."""
    assert answers
    assert {(status, problem["code"]) for status, problem in answers} <= {(503, "halted"), (507, "disk_full"), (500, "storage")}
    assert all(problem["type"] == f"/v1/problems/{problem['code']}" and problem["title"] for _, problem in answers)


def fill_under_load(folder: Path, genesis: bytes) -> list[str]:
    """Load until the disk is full; what was acknowledged. The node's log is on that disk, too: standard output says why it ended."""
    with start_process(folder, genesis, "--rate", "100000") as process:
        load = run_load(process, lambda: None)
        assert process.process.wait(PATIENCE_SECONDS) == 3
        require_told(load.refused)
        assert process.process.stdout is not None
        said = json.loads(process.process.stdout.read())
        assert said["exit"] == 3
        assert "the disk is full; make room and start again" in said["error"] or "disk I/O error" in said["error"]
    return load.acknowledged


def go_on(folder: Path, genesis: bytes, acknowledged: list[str]) -> None:
    """With room it records again, and everything that was acknowledged is there."""
    with start_process(folder, genesis) as process:
        later = Load(process)
        asked = iter((False, False, True))
        later.run(lambda: next(asked))
        assert len(later.acknowledged) == 4
    check_survived(folder, acknowledged + later.acknowledged)


def main(folder: Path) -> None:
    """On a small disk: found, fill, start again in vain, read, make room, go on."""
    ledger = folder / "ledger"
    genesis = found_for_process(ledger)
    with leave_room(ledger, 2**20):
        acknowledged = fill_under_load(ledger, genesis)
        assert acknowledged
    with leave_room(ledger, 2**17):  # What the stores need to be opened at all.
        acknowledged += fill_under_load(ledger, genesis)
        with open_for_reading(ledger) as opened:
            assert [each for each in acknowledged if opened.database.find_position(each) is None] == [], "reading goes on"
    go_on(ledger, genesis, acknowledged)


def test_a_full_disk_halts_the_node_and_with_room_it_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    if not can([*SMALL_DISK, str(folder)]):
        pytest.skip("a disk of the test's own cannot be mounted here; test_faults has the limit of a file's size")
    command = [*SMALL_DISK, str(folder), sys.executable, "-m", "tests.web.test_full_disk", str(folder)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    main(Path(sys.argv[1]))
