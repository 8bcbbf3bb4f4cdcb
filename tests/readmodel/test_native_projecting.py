"""Native processes in the read model: however it comes to the tip, its rows are those of one made from nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.readmodel import queries
from prasasti.readmodel.database import open_read_model
from prasasti.readmodel.queries import Conditions
from prasasti.services.exporting import export_records, export_releases
from prasasti.services.projecting import open_current
from prasasti.services.reading import list_processes, tell_story
from tests.contracts.selection import MILLION, PROCESS, Selection, found
from tests.integrations.ocds import natives
from tests.integrations.ocds.test_native import RUNS, run_shortest
from tests.readmodel.test_projecting import list_state
from tests.readmodel.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, found(tmp_path))
    yield made
    made.close()


class Interrupted(Selection):
    """A selection during which the read model catches up after chosen steps, and is compared with one made from nothing."""

    def __init__(self, world: World, folder: Path, steps: set[int], chunk_entries: int) -> None:
        super().__init__(world.ledger)
        self.world, self.folder, self.steps, self.chunk_entries = world, folder, steps, chunk_entries
        self.count = count()

    def do(self, action: str, arguments: dict[str, object], *signers: tuple[str, str]) -> str:
        answer = super().do(action, arguments, *signers)
        self.compare()
        return answer

    def wait_until(self, time: int) -> None:
        super().wait_until(time)
        self.compare()

    def compare(self, last: bool = False) -> None:
        step = next(self.count)
        if step in self.steps or last:
            self.world.catch_up(chunk_entries=self.chunk_entries, chunk_processes=1)
            told = self.world.dump()
            assert told == self.world.dump_anew(self.folder / f"anew-{step}")
            assert {row[:3] for row in told["listings"]} == list_state(self.world)


@settings(max_examples=12)
@given(run=st.sampled_from(list(RUNS.values())), steps=st.sets(st.integers(0, 40), max_size=4), chunk_entries=st.integers(1, 9))
def test_rebuilt_equals_incremental(run: Callable[[Selection], None], steps: set[int], chunk_entries: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "ledger"
        folder.mkdir()
        world = World(folder, found(folder))
        try:
            selection = Interrupted(world, Path(scratch), steps, chunk_entries)
            run(selection)
            selection.compare(last=True)
        finally:
            world.close()


def test_a_native_process_is_found_told_and_added_up(world: World) -> None:
    run_shortest(Selection(world.ledger))
    world.catch_up()
    model = open_read_model(world.folder)
    with model.reading() as connection:
        (row,) = queries.search(connection, Conditions(), "newest", 10).rows
        assert (row.ocid, row.publisher, row.buyer, row.title) == (PROCESS, "agency-1", "agency-1", "Benches for city parks")
        assert (row.state, row.value_stage, row.value_minor, row.value_currency) == ("contracted", "contracted", 280 * MILLION, "IDR")
        assert queries.list_process_parties(connection, row.process, "supplier") == ["bidder-2"]
        (total,) = queries.add_totals(connection, Conditions(), "stage")[:1]
        assert {stage: each.amount for stage, each in total.stages.items()}
        assert queries.list_suppliers(connection, [row.process]) == {row.process: ["bidder-2"]}
    model.close()
    story = tell_story(world.opened, PROCESS)
    assert (story.state, story.suppliers, story.publisher) == ("contracted", ["bidder-2"], "agency-1")
    keys = [line.key for line in story.lines]
    assert keys.index("tendered") < keys.index("bid_received") < keys.index("awarded") < keys.index("contracted")


def test_whole_lists_hold_native_processes(world: World) -> None:
    run_shortest(Selection(world.ledger))
    world.catch_up()
    with open_current(world.opened) as model:
        for role, party in (("buyer", "agency-1"), ("supplier", "bidder-2")):
            whole = list_processes(world.opened, model, role, party)  # type: ignore[arg-type]
            assert [row.ocid for row in whole.rows] == [PROCESS]


def test_exports_hold_what_anyone_derives(world: World, tmp_path: Path) -> None:
    run_shortest(Selection(world.ledger))
    world.catch_up()
    derived = natives.derive(world.ledger)[PROCESS]
    report = export_releases(world.opened, Conditions(), tmp_path / "releases.json")
    exported = json.loads((tmp_path / "releases.json").read_bytes())
    assert exported["releases"] == [json.loads(each.document) for each in derived]
    assert exported["publisher"] == {"name": "agency-1"}
    assert not report.left_out
    assert export_records(world.opened, Conditions(), tmp_path / "records.json", versioned=True).records == 1
