"""Measuring: a figure and its limit in turn, segment by segment, so that a machine that drifts drifts under both.

Owns samples and their median. Knows nothing of what is measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

clock = time.perf_counter


@dataclass(frozen=True, slots=True)
class Sample:
    """One segment: rates a second of the figure and of its limit, measured just before and after it."""

    figure: float
    limit: float

    @property
    def ratio(self) -> float:
        """Figure ÷ limit."""
        return self.figure / self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the table. ``goal`` is a ratio, ``rate_goal`` a rate; ``unit`` counts what the rates are of.

    Where ``is_time``, figure and limit are times in ``unit`` instead, and the goal is the most that the ratio may be.
    """

    name: str
    limit_name: str
    goal: float | None
    unit: str
    samples: tuple[Sample, ...]
    rate_goal: float | None = None
    is_time: bool = False

    @property
    def ratio(self) -> float:
        """Median of the segments' ratios."""
        return median(sample.ratio for sample in self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        """Smallest and largest ratio of a segment."""
        ratios = [sample.ratio for sample in self.samples]
        return min(ratios), max(ratios)

    @property
    def rate(self) -> float:
        """Median rate of the figure itself."""
        return median(sample.figure for sample in self.samples)

    @property
    def limit_rate(self) -> float:
        """Median rate of the limit."""
        return median(sample.limit for sample in self.samples)

    @property
    def is_reached(self) -> bool:
        """Whether the medians reach the goals; what has none is always reached."""
        if self.is_time:
            return self.goal is None or self.ratio <= self.goal
        return self.ratio >= (self.goal or 0) and self.rate >= (self.rate_goal or 0)


def rate_of(count: int, run: Callable[[], object]) -> float:
    """How many of ``count`` things a second one run does."""
    start = clock()
    run()
    return count / (clock() - start)


def sample_in_turn(segments: int, figure: Callable[[], float], limit: Callable[[], float]) -> Iterator[Sample]:
    """Segments of a figure, each between two of its limit."""
    before = limit()
    for _ in range(segments):
        rate = figure()
        after = limit()
        # The mean of the times that one thing takes, not of the rates.
        yield Sample(rate, 2 / (1 / before + 1 / after))
        before = after


@contextmanager
def told(say: Callable[[str], None], what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    start = clock()
    yield
    say(f"{what} ({clock() - start:.0f} s)")


def collect(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """All segments, of which there must be one."""
    found = tuple(samples)
    if not found:
        raise ValueError("nothing was measured")
    return found
