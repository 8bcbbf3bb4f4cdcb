"""A command in a process of its own that is killed in the midst of its work: by itself at its N-th step, or from without after a while.

Run as a program it is that process: ``child.py STEP BATCH ARGUMENT…``. A step is what leaves something behind, counted before and after
it: a call that changes files or folders, a statement of a database, in any thread. At the STEP-th it kills itself; with 0 it prints how
many steps there were. So a moment can be chosen again on any machine. It prints ``started`` when the modules are loaded.

While its BATCH-th batch is imported it interrupts itself, as a keyboard would (SIGINT). Steps are then not counted: CPython 3.11 may run
in circles where a thread is profiled while a signal waits for the main one.
"""

from __future__ import annotations

import itertools
import os
import random
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
FOREVER_SECONDS = 300.0  # A disk that others keep busy makes a commit take seconds.
INTERRUPT_WITHIN_SECONDS = 0.02
STEPS = frozenset("open write fsync rename replace link unlink mkdir rmdir truncate execute executemany executescript".split())


@dataclass(frozen=True)
class Ended:
    """How a child ended: whether by a kill, else its exit code and output; steps counted, and seconds after its start."""

    was_killed: bool
    code: int
    output: str
    steps: int
    seconds: float


def run_child(*arguments: str | Path, step: int = -1, seconds: float = FOREVER_SECONDS, interrupt_at_batch: int = 0) -> Ended:
    """Run a command of ``prasasti``; kill it at a step (0: count them) or after seconds from its start, interrupt it, or let it be."""
    command = [sys.executable, __file__, str(step), str(interrupt_at_batch), "--language", "en", *map(str, arguments)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first == "started\n", first + process.stdout.read()
        started = time.monotonic()
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
        spent_seconds = time.monotonic() - started
    lines = output.splitlines()
    total = int(lines[-1].removeprefix("steps ")) if lines and lines[-1].startswith("steps ") else 0
    return Ended(process.returncode == -signal.SIGKILL, process.returncode, output, total, spent_seconds)


def main(step: int, batch: int, arguments: list[str]) -> None:
    """The child itself."""
    from prasasti.cli import prasasti
    from prasasti.services import importing

    importing.BATCH_RELEASES = BATCH_RELEASES
    counter = itertools.count(1)

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event.startswith("c_") and _is_step(argument) and next(counter) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    _say("started")
    if batch:
        _interrupt_at(batch)
    if step >= 0:
        threading.setprofile(count)
        sys.setprofile(count)
    try:
        prasasti(arguments, prog_name="prasasti")
    finally:
        sys.setprofile(None)
        if step == 0:
            _say(f"steps {next(counter) - 1}")


def _interrupt_at(chosen: int) -> None:
    """Interrupt the main thread some time within a batch: at once, or up to as long as one takes."""
    from prasasti.services.importing import Importer

    counter = itertools.count(1)
    record = Importer._record

    def count(*arguments: Any) -> None:
        if next(counter) == chosen:
            delay_seconds = random.uniform(0, INTERRUPT_WITHIN_SECONDS)
            timer = threading.Timer(delay_seconds, os.kill, (os.getpid(), signal.SIGINT))
            timer.daemon = True
            timer.start()
        record(*arguments)

    Importer._record = count  # type: ignore[method-assign, assignment]


def _is_step(function: Any) -> bool:
    return function.__name__ in STEPS and (function.__module__ == os.name or isinstance(function.__self__, sqlite3.Connection))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # A shell starts its background jobs with this signal ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
