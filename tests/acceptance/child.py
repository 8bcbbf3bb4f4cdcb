"""A command in a process of its own that is killed in the midst of its work: by itself at its N-th step, or from without after a while.

Run as a program it is that process: ``child.py STEP SIGNAL ARGUMENT…``. A step is what leaves something behind, counted before and after
it: a call that changes files or folders, a statement of a database, in any thread. At the STEP-th it sends itself SIGNAL; with 0 it prints
how many steps there were. So a moment can be chosen again on any machine. It prints ``started`` when the modules are loaded.
"""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
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
FOREVER_SECONDS = 300  # A disk that others keep busy makes a commit take seconds.
STEPS = frozenset("open write fsync rename replace link unlink mkdir rmdir truncate execute executemany executescript".split())


@dataclass(frozen=True)
class Ended:
    """How a child ended: whether by a kill, else its exit code and output; steps counted, and seconds after its start."""

    was_killed: bool
    code: int
    output: str
    steps: int
    seconds: float


def run_child(*arguments: str | Path, step: int | None = None, seconds: float | None = None, by: signal.Signals = signal.SIGKILL) -> Ended:
    """Run a command of ``prasasti``; send it a signal at a step (0: count them), kill it after seconds from its start, or let it be."""
    chosen = -1 if step is None else step
    command = [sys.executable, __file__, str(chosen), str(by.value), "--language", "en", *map(str, arguments)]
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
    total = int(lines[-1].removeprefix("steps ")) if lines and lines[-1].startswith("steps ") else 0
    return Ended(process.returncode == -signal.SIGKILL, process.returncode, output, total, spent_seconds)


def main(step: int, number: int, arguments: list[str]) -> None:
    """The child itself."""
    from prasasti.cli import prasasti
    from prasasti.services import importing

    importing.BATCH_RELEASES = BATCH_RELEASES
    counter = itertools.count(1)

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event.startswith("c_") and _is_step(argument) and next(counter) == step:
            # To the main thread, as a terminal's: CPython 3.11 may not go on in another one that is profiled while a signal waits.
            signal.pthread_kill(threading.main_thread().ident or 0, number)

    _say("started")
    if step >= 0:
        threading.setprofile(count)
        sys.setprofile(count)
    try:
        prasasti(arguments, prog_name="prasasti")
    finally:
        sys.setprofile(None)
        if step == 0:
            _say(f"steps {next(counter) - 1}")


def _is_step(function: Any) -> bool:
    return function.__name__ in STEPS and (function.__module__ == os.name or isinstance(function.__self__, sqlite3.Connection))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # A shell starts its background jobs with this signal ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
