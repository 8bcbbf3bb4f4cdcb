"""What a walk through a ledger's life shows, whichever story it tells: headings, the verifier's own words, what to try next."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path
from shlex import quote
from shutil import which

import click

from prasasti.cli.shell import COULD_NOT, REFUSED, Shell

PROGRAM = "prasasti"


def require_empty(out: Shell, output: Path) -> None:
    """End the command where the folder holds something."""
    if output.exists() and any(output.iterdir()):
        out.fail("error.could_not", out.words("pilot.exists", folder=output), COULD_NOT)


def say_head(out: Shell, words: str) -> None:
    """A heading, after a line that is empty."""
    if not out.as_json:
        out.output.print()
        out.output.print(words, style="bold")


def run_verifier(out: Shell, *arguments: str) -> None:
    """Run the verifier as the separate program that it is, and show what it says; the command ends where something is wrong."""
    verified = subprocess.run([sys.executable, "-m", "prasasti_verify", *arguments], capture_output=True, text=True, check=False)
    lines = iter((verified.stdout + verified.stderr).splitlines())
    for line in lines:
        if line == "{":  # What an entry holds: for programs, and too long for a screen.
            line = f"{{ … {sum(1 for _ in takewhile(lambda each: each != '}', lines))} lines … }}"
        out.line(line)
    if verified.returncode:
        raise SystemExit(REFUSED)


def run_command(out: Shell, folder: Path, asked: click.Command, *arguments: str) -> None:
    """A command on the ledger of a folder, named before it is run."""
    out.line(f"$ prasasti {asked.name} {' '.join(arguments)}")
    asked.main([*arguments, "--ledger", str(folder)], obj=out, standalone_mode=False)


def say_next(out: Shell, commands: Iterable[tuple[str, str]]) -> None:
    """Commands that work as they stand in the terminal where this one was called, each with the key of what it is for."""
    say_head(out, out.words("pilot.next"))
    for line, key in commands:
        out.line(f"  {line}")
        out.line(f"      {out.words(key)}")


def name_program() -> str:
    """How to call this program: by its bare name where the path leads to it, else as it was called (``make pilot``)."""
    called, found = Path(sys.argv[0]), which(PROGRAM)
    if called.name != PROGRAM or not called.exists() or (found is not None and Path(found).samefile(called)):
        return PROGRAM
    return quote(str(called))
