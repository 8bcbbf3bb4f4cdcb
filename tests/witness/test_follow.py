"""Following a ledger: what brings about another publication, and what ends it. ``test_http`` has the command."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest

from prasasti.log.publish import PublishBusy, Published, PublishRefused
from prasasti.services.publishing import follow_ledger
from prasasti.storage.connection import StorageProblem


def published(size: int, *missing: str) -> Published:
    return Published(size, bytes(32), 0, 0, 0, 0, (), uncosigned=dict.fromkeys(missing, "was away"))


def follow(sizes: list[int], outcomes: list[Published | Exception], retry_seconds: float = 3600.0) -> tuple[list[int], list[str]]:
    """Follow a ledger that has these sizes, one a look, until they are used up; sizes published, and problems reported."""
    done, problems = list[int](), list[str]()
    waiting = iter(outcomes)

    def publish_once() -> Published:
        outcome = next(waiting)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def report_problem(problem: Exception) -> None:
        problems.append(type(problem).__name__)

    looks = iter(sizes)

    class Rounds(Event):
        """Set after as many rounds as there are sizes."""

        def __init__(self) -> None:
            super().__init__()
            self.size = next(looks)

        def wait(self, timeout: float | None = None) -> bool:
            size = next(looks, None)
            if size is None:
                self.set()
            else:
                self.size = size
            return self.is_set()

    stop = Rounds()
    follow_ledger(
        publish_once, lambda: stop.size, stop,
        report=lambda each: done.append(each.size), report_problem=report_problem, retry_seconds=retry_seconds,
    )  # fmt: skip
    return done, problems


def test_it_publishes_first_and_then_what_is_new() -> None:
    assert follow([5, 5, 8, 8, 9], [published(5), published(8), published(9)]) == ([5, 8, 9], [])


def test_missing_cosignatures_are_asked_for_again() -> None:
    outcomes: list[Published | Exception] = [published(5, "agency"), published(5, "agency"), published(5)]
    assert follow([5, 5, 5, 5, 5], outcomes, retry_seconds=0.0) == ([5, 5, 5], [])
    assert follow([5, 5, 5], [published(5, "agency")]) == ([5], [])  # Not at once.
    assert follow([5, 5, 6], [published(5, "agency"), published(6)]) == ([5, 6], [])


@pytest.mark.parametrize("problem", [OSError("full"), StorageProblem("busy"), PublishBusy("another")])
def test_what_time_heals_is_tried_again(problem: Exception) -> None:
    assert follow([5, 5, 5], [problem, published(5)], retry_seconds=0.0) == ([5], [type(problem).__name__])
    assert follow([5, 5, 6], [problem]) == ([], [type(problem).__name__])


@pytest.mark.parametrize("make", [PublishRefused, ValueError])
def test_what_time_does_not_heal_ends_it(make: Callable[[str], Exception]) -> None:
    with pytest.raises(make("").__class__):
        follow([5, 5], [make("another history")])
