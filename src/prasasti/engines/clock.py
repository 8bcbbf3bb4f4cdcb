"""Block time of the embedded engine, and what to do when the machine's clock is wrong (ledger-core: Time).

Owns engine time: whole seconds UTC that never go back. Application time is engine time plus a training ledger's offset.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MAX_BEHIND_SECONDS = 60
MAX_JUMP_SECONDS = 3_600
MAX_DRIFT = 0.0005


class ClockJumped(Exception):
    """The wall clock ran more than an hour ahead of the monotonic one: nothing is sealed until it is back or accepted."""

    def __init__(self, wall: int, expected: int) -> None:
        super().__init__(
            f"the clock jumped to {wall}, {wall - expected} s more than the time that passed; "
            "set it right, or start a writing command with --accept-clock if it is right now"
        )
        self.wall = wall
        self.expected = expected


def read_monotonic() -> float:
    """Seconds that passed, those included in which the machine slept, where the system counts them: waking up is no jump."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Clocks:
    """The machine's two clocks, seconds; tests hand in their own."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = read_monotonic


class EngineClock:
    """Gives each block its engine time."""

    def __init__(self, clocks: Clocks, previous: int) -> None:
        self._clocks = clocks
        self._previous = previous
        self._start_wall = clocks.wall()
        self._start_monotonic = clocks.monotonic()

    @property
    def gap_seconds(self) -> int:
        """Seconds from the last block to this start, negative where the wall clock is behind."""
        return int(self._start_wall) - self._previous

    def read(self) -> int:
        """Engine time of a block sealed now: the wall clock, but never before the previous block; ClockJumped."""
        wall, monotonic = self._clocks.wall(), self._clocks.monotonic()
        passed_seconds = monotonic - self._start_monotonic
        expected = self._start_wall + passed_seconds
        if wall - expected > MAX_JUMP_SECONDS:
            raise ClockJumped(int(wall), int(expected))
        # Corrections as small as clocks need are followed, so that a year of them does not add up to a jump; several
        # leaps do.
        corrected_seconds = max(0.0, min(wall - expected, passed_seconds * MAX_DRIFT))
        self._start_wall, self._start_monotonic = expected + corrected_seconds, monotonic
        return max(self._previous, int(wall))

    def advance(self, engine_time: int) -> None:
        """A block was sealed at that time."""
        self._previous = engine_time

    @property
    def behind_seconds(self) -> int:
        """How far the wall clock is behind the previous block; beyond MAX_BEHIND_SECONDS it is worth a warning."""
        return max(0, self._previous - int(self._clocks.wall()))
