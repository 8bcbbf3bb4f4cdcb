"""Outside judges on every scenario of the lifecycle: whatever is exported at any step of it is open data by their rules too."""

from __future__ import annotations

from pathlib import Path

import pytest

from prasasti.services.scenarios.table import SCENARIOS, play
from tests.integrations.ocds import natives
from tests.judges import run_libcoveocds
from tests.services.played import found


@pytest.mark.outside
def test_libcoveocds_has_nothing_to_say_of_any_step_of_any_scenario(tmp_path: Path) -> None:
    """All of them in three packages: its start takes longer than its judgement."""
    processes = []
    for name, scenario in SCENARIOS.items():
        with found(tmp_path / name, scenario.parameters) as ledger:
            endings = play(scenario, ledger)
            processes += [natives.derive_opened(ledger, process) for process in dict.fromkeys(each.process for each in endings)]
    assert len(processes) > len(SCENARIOS)
    for path in natives.write_all(tmp_path, processes):
        assert not any(run_libcoveocds(path).values()), (path.name, run_libcoveocds(path))
