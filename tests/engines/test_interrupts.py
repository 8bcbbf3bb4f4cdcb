"""An interrupt from the keyboard never ends a call to the engine half way, and is never lost."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from prasasti.engines.interrupts import InterruptShield


@pytest.fixture
def shield() -> Iterator[InterruptShield]:
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    made = InterruptShield()
    made.install()
    yield made
    made.restore()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, former)


def test_an_interrupt_outside_is_raised_at_once(shield: InterruptShield) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_inside_is_raised_once_at_the_end_of_the_outermost(shield: InterruptShield) -> None:
    done = []

    def interrupt_within() -> None:
        with shield:
            with shield:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)
            done.append("outer")

    with pytest.raises(KeyboardInterrupt):
        interrupt_within()
    with shield:
        done.append("again")
    assert done == ["outer", "again"]


def test_other_threads_do_not_hold_the_main_one_back(shield: InterruptShield) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with shield:
            entered.set()
            leave.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    entered.wait(10)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    leave.set()
    other.join()


def test_a_handler_of_somebody_else_stays() -> None:
    def handle(number: int, frame: object) -> None:
        """The program's own."""

    former = signal.signal(signal.SIGINT, handle)
    try:
        made = InterruptShield()
        made.install()
        with made:
            assert signal.getsignal(signal.SIGINT) is handle
        made.restore()
        assert signal.getsignal(signal.SIGINT) is handle
    finally:
        signal.signal(signal.SIGINT, former)
