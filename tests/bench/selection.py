"""Figures of selections: whole ones beside raw verifications, one lot with many proposals, one process among many.

Owns what is compared with what; ``selections`` owns the load.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from prasasti import bootstrap
from prasasti.cli import prasasti
from prasasti.readmodel.database import READ_MODEL_NAME
from prasasti.services import projecting
from prasasti.storage.ledger_database import DATABASE_NAME
from tests.bench.answers import A_TENTH, CHUNK, insert_processes
from tests.bench.delivered import deliver_half
from tests.bench.measure import Figure, collect, rate_of, sample_in_turn, told
from tests.bench.selections import LOTS, Cohort, OneLot, Yard, ocid, open_yard

COHORT, QUICK_COHORT = 100, 20
LOT_SIZES, QUICK_LOT_SIZES = (250, 500, 1_000, 2_000), (50, 100)
AMONG, QUICK_AMONG = 100_000, 10_000
NATIVES = 100
FIRST_NUMBER = 10**9  # Beyond the log's positions, which number what the log tells.
STEPS = ("proposals", "opening", "requirements", "scores", "ranking", "ballot")


def measure_selections(scratch: Path, segments: int, quick: bool, say: Callable[[str], None]) -> list[Figure]:
    """Every figure of selections."""
    with told(say, "whole selections"):
        whole = measure_whole(scratch / "whole", QUICK_COHORT if quick else COHORT, segments)
    with told(say, "lots with many proposals"):
        lots = measure_lots(scratch / "lots", QUICK_LOT_SIZES if quick else LOT_SIZES, segments, say)
    among = QUICK_AMONG if quick else AMONG
    with told(say, f"one of {among:,} processes"):
        return [whole, *lots, *measure_one_among(scratch / "among", among, segments, say)]


# -- recording ------------------------------------------------------------------------------------------------------------


def measure_whole(folder: Path, size: int, segments: int) -> Figure:
    """Transactions a second of selections that go through all their steps, beside verifications of the same payloads."""
    with open_yard(folder) as yard:
        numbers = iter(range(segments + 1))

        def run() -> float:
            transactions, seconds = yard.transactions, yard.seconds
            Cohort(yard, next(numbers), size).run()
            return (yard.transactions - transactions) / (yard.seconds - seconds)

        run()
        samples = collect(sample_in_turn(segments, run, yard.verify_raw))
    name = f"whole selections, {size} of one buyer side by side, one core"
    return Figure(name, "Ed25519 verifications on that core", 0.35, "transactions", samples)


def measure_lots(folder: Path, sizes: tuple[int, ...], segments: int, say: Callable[[str], None]) -> list[Figure]:
    """What a proposal takes from the opening to the adopted ranking, in lots of several sizes, beside the smallest."""
    smallest, *larger = sizes
    bidders = [f"firm-{number:05d}" for number in range(max(sizes))]
    runs = 0

    def run(yard: Yard, count: int, steps: dict[str, float]) -> float:
        nonlocal runs
        runs += 1
        load = OneLot(yard, bidders[:count], f"many{runs}")
        load.publish()
        for name in STEPS:
            before = yard.seconds
            getattr(load, name)()
            steps[name] = (yard.seconds - before) / count * 10**6
        return sum(steps[name] for name in STEPS[1:])

    figures = []
    with open_yard(folder, bidders) as yard:
        run(yard, smallest, {})
        for count in larger:
            steps: dict[str, float] = {}
            samples = collect(sample_in_turn(segments, lambda c=count, s=steps: run(yard, c, s), lambda: run(yard, smallest, {})))  # type: ignore[misc]
            say(f"{count:,} proposals, each in µs: " + ", ".join(f"{name} {steps[name]:,.0f}" for name in STEPS))
            name = f"a proposal of {count:,} in a lot: opened, scored, ranked, adopted"
            figures.append(Figure(name, f"one of {smallest:,}", None, "µs", samples, is_time=True))
    return figures


# -- reading --------------------------------------------------------------------------------------------------------------


def measure_one_among(folder: Path, processes: int, segments: int, say: Callable[[str], None]) -> list[Figure]:
    """``show`` and ``explain`` of one native process among many, and ``trace`` of its contract, one half of which is paid, in this process,
    beside the bare queries."""
    contract = f"c0s{NATIVES // 2}-{LOTS[0]}"
    with open_yard(folder) as yard:
        Cohort(yard, 0, NATIVES).run()
        deliver_half(yard, contract)
        entries = yard.ledger.database.size()
    with bootstrap.open_for_reading(folder) as ledger, projecting.open_current(ledger) as model:
        chance = random.Random(5)
        for start in range(0, processes - NATIVES, CHUNK):
            with model.writing() as connection:
                insert_processes(connection, range(FIRST_NUMBER + start, FIRST_NUMBER + min(processes - NATIVES, start + CHUNK)), chance)
    say(f"a log of {entries:,} entries, and a read model of {processes:,} processes, are made")
    name = ocid(f"c0s{NATIVES // 2}")
    with closing(sqlite3.connect(folder / READ_MODEL_NAME)) as connection:
        connection.execute("ATTACH ? AS ledger", (str(folder / DATABASE_NAME),))
        return [
            Figure(
                f"{command} of a {what}, {processes:,} processes", "the bare query", None, "answers",
                collect(sample_in_turn(segments, _asking(command, asked, folder), _querying(name, connection))), rate_goal=A_TENTH,
            )
            for command, asked, what in (("show", name, "selection"), ("explain", name, "selection"), ("trace", contract, "contract"))
        ]  # fmt: skip


def _asking(command: str, name: str, folder: Path) -> Callable[[], float]:
    """How often a second the command answers; once unmeasured, to load what it imports."""

    def ask() -> None:
        result = CliRunner().invoke(prasasti, ["--json", command, name, "--ledger", str(folder)])
        if result.exit_code != 0:
            raise ValueError(f"no answer to {command}: {result.output[:300]}") from result.exception

    ask()
    return lambda: rate_of(1, ask)


def _querying(name: str, connection: sqlite3.Connection) -> Callable[[], float]:
    """The process's own entries: what both commands read, and decode, derive or recompute."""
    query = (
        "SELECT position, entry FROM ledger.log JOIN native_entries USING (position) "
        "WHERE process = (SELECT process FROM process_keys WHERE ocid = ?) ORDER BY position"
    )
    return lambda: rate_of(1, lambda: connection.execute(query, (name,)).fetchall())
