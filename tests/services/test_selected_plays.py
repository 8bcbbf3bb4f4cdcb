"""Every play of the tables of refusals that ends well, most of them in the middle of a selection: read back by the services."""

from __future__ import annotations

from pathlib import Path

import pytest

from prasasti.services.explained_entries import read_own_process
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import Explanation, explain
from prasasti.services.projecting import open_current
from prasasti.services.reading import list_processes
from prasasti.services.task import Task
from prasasti.services.tasks import TASKS, list_tasks
from prasasti.services.waiting import find_waiting
from tests.contracts.procurement_rows import ROWS
from tests.contracts.selection import MEMBERS, ORGANISATIONS, PROCESS, found
from tests.core.ledger import ACCEPTED, Ledger
from tests.readmodel.world import World
from tests.services.selected import find_subjects, list_documents, list_entries
from tests.services.traced import check_traces


@pytest.mark.parametrize("name", [name for name, (expected, _) in ROWS.items() if expected == ACCEPTED])
def test_what_the_rules_made_is_explained_and_has_tasks(name: str, tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert ROWS[name][1](ledger) == ACCEPTED
    entries = list_entries(ledger)
    explanation = explain(read_process(ledger.genesis_bytes, entries, PROCESS), list_documents(ledger).get)
    tasks = list_tasks(ledger.application.state.view, find_subjects(entry for _, entry in entries), ledger.time)
    assert _read_by_read_model(tmp_path, ledger) == (explanation, tasks)
    assert explanation is None or [(step.name, step.disagreements) for step in explanation.steps if step.disagreements] == []
    assert {task.what for task in tasks} <= TASKS.keys()
    assert all(task.until == 0 or task.until > task.since for task in tasks)


def _read_by_read_model(folder: Path, ledger: Ledger) -> tuple[Explanation | None, list[Task]]:
    """From what the read model names, instead of the whole log; its lists of parties are those of the state; money adds up."""
    world = World(folder, ledger)
    try:
        with open_current(world.opened) as model:
            for party in (*MEMBERS, *ORGANISATIONS):
                list_processes(world.opened, model, "buyer", party)
                list_processes(world.opened, model, "supplier", party)
        check_traces(world.opened)
        tasks = list_tasks(world.opened.view_stored(), find_waiting(world.opened), ledger.time)
        return explain(read_own_process(world.opened, PROCESS), list_documents(ledger).get), tasks
    finally:
        world.documents.close()
