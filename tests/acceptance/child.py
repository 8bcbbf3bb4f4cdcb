"""A command in a process of its own that is killed in the midst of its work: by itself at its N-th call, or from without after a while.

Run as a program it is that process: ``child.py CALLS SIGNAL ARGUMENT…``. It counts the calls of its threads (Python's and C's, before
and after each), and sends itself SIGNAL at the CALLS-th; with 0 it prints how many there were. So a moment can be chosen again on any
machine, between any two steps. It prints ``started`` when the modules are loaded.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tests.acceptance.commands import ENVIRONMENT

BATCH_RELEASES = 9  # So small that an import has many batches.
FOREVER_SECONDS = 120


@dataclass(frozen=True)
class Ended:
    """How a child ended: whether by a kill, else its exit code and output; calls counted, and seconds after its start."""

    was_killed: bool
    code: int
    output: str
    calls: int
    seconds: float


def run_child(*arguments: str | Path, calls: int | None = None, seconds: float | None = None, by: signal.Signals = signal.SIGKILL) -> Ended:
    """Run a command of ``prasasti``; send it a signal at a call (0: count them), kill it after seconds from its start, or let it be."""
    count = -1 if calls is None else calls
    command = [sys.executable, __file__, str(count), str(by.value), "--language", "en", *map(str, arguments)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first == "started\n", first + process.stdout.read()
        started = time.monotonic()
        try:
            output, _ = process.communicate(timeout=FOREVER_SECONDS if seconds is None else seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
        spent_seconds = time.monotonic() - started
    lines = output.splitlines()
    total = int(lines[-1].removeprefix("calls ")) if lines and lines[-1].startswith("calls ") else 0
    return Ended(process.returncode == -signal.SIGKILL, process.returncode, output, total, spent_seconds)


def main(calls: int, number: int, arguments: list[str]) -> None:
    """The child itself."""
    from prasasti.cli import prasasti
    from prasasti.services import importing

    importing.BATCH_RELEASES = BATCH_RELEASES
    counter = itertools.count(1)

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if next(counter) == calls:
            os.kill(os.getpid(), number)

    _say("started")
    if calls >= 0:
        threading.setprofile(count)
        sys.setprofile(count)
    try:
        prasasti(arguments, prog_name="prasasti")
    finally:
        sys.setprofile(None)
        if calls == 0:
            _say(f"calls {next(counter) - 1}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
