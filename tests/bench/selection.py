"""Figures of selections: whole ones beside raw verifications, one lot with many proposals, reading one process among many.

Owns what is compared with what; ``selections`` owns the load.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Figure, collect, sample_in_turn
from tests.bench.selections import Cohort, OneLot, open_yard

LOT_SIZES = (250, 500, 1_000, 2_000)
STEPS = ("proposals", "opening", "requirements", "scores", "ranking", "ballot")


def measure_whole(scratch: Path, size: int, segments: int) -> Figure:
    """Transactions a second of selections that go through all their steps, beside verifications of the same payloads."""
    with open_yard(scratch / "whole") as yard:
        numbers = iter(range(segments + 1))

        def run() -> float:
            transactions, seconds = yard.transactions, yard.seconds
            Cohort(yard, next(numbers), size).run()
            return (yard.transactions - transactions) / (yard.seconds - seconds)

        run()
        samples = collect(sample_in_turn(segments, run, yard.verify_raw))
    name = f"whole selections, {size} of one buyer side by side, one core"
    return Figure(name, "Ed25519 verifications on that core", 0.35, "transactions", samples)


@dataclass(frozen=True, slots=True)
class LotTimes:
    """Seconds that each step of a lot took, and messages that it has."""

    proposals: int
    seconds: dict[str, float]
    messages: dict[str, int]


def measure_lot(scratch: Path, count: int) -> LotTimes:
    """One lot with so many proposals, each step by itself: sealing is not timed, recording is."""
    bidders = [f"firm-{number:05d}" for number in range(count)]
    seconds: dict[str, float] = {}
    messages: dict[str, int] = {}
    with open_yard(scratch / f"lot-{count}", bidders) as yard:

        def step(name: str, run: Callable[[], object]) -> None:
            before, recorded = yard.seconds, yard.transactions
            run()
            seconds[name], messages[name] = yard.seconds - before, yard.transactions - recorded

        load = OneLot(yard, bidders)
        load.publish()
        for name in STEPS:
            step(name, getattr(load, name))
    return LotTimes(count, seconds, messages)
