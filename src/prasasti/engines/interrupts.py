"""The keyboard's interrupt (SIGINT), held back while the main thread is inside a call that must not end half way.

Python raises KeyboardInterrupt between any two instructions of the main thread, also while it holds a lock that another
thread waits for: after that, both would wait for ever. Owns when the interrupt is raised; knows nothing of what is held.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class InterruptShield:
    """Within ``with shield:`` an interrupt waits for the end of the outermost block, where it is raised.

    Works from ``install`` to ``restore``, in the main thread, where nobody else handles the signal; elsewhere it does nothing.
    """

    def __init__(self) -> None:
        self._is_installed = False
        self._depth = 0
        self._is_waiting = False

    def install(self) -> None:
        """Take the signal over."""
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._handle)
            self._is_installed = True

    def restore(self) -> None:
        """Give the signal back to Python."""
        if self._is_installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._is_installed = False

    def __enter__(self) -> InterruptShield:
        if self._is_installed and threading.current_thread() is threading.main_thread():
            self._depth += 1
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        if not self._is_installed or threading.current_thread() is not threading.main_thread():
            return
        self._depth -= 1
        if self._depth == 0 and self._is_waiting:
            self._is_waiting = False
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._depth == 0:
            raise KeyboardInterrupt
        self._is_waiting = True
