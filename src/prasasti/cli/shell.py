"""What every command shares: words, output for people or programs, progress, and how errors become exit codes.

Exit 0 done, 1 refused or wrong, 2 usage or could not do, 3 halted (DESIGN: Conventions of the commands).
"""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from http.client import HTTPException
from pathlib import Path
from typing import Any, ParamSpec

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from prasasti import bootstrap
from prasasti.cli.catalogue import Catalogue, choose_language
from prasasti.core.encoding import EncodingProblem
from prasasti.core.tree import StateMismatch
from prasasti.core.types import Bug
from prasasti.integrations.ocds.official_schema import SchemaUnusable
from prasasti.integrations.signers import Signer, SignerProblem, is_token_key, open_signer
from prasasti.log.proofs import ProofProblem
from prasasti.log.publish import PublishRefused
from prasasti.services.difference import Differs
from prasasti.services.founding import FoundingProblem
from prasasti.services.last_signed import LastSignedProblem
from prasasti.services.ledger import Ledger, ReadOnly
from prasasti.services.publishing import NothingSigned
from prasasti.services.releases import NothingFits
from prasasti.services.restoring import RestoreRefused
from prasasti.services.submitting import DraftProblem
from prasasti.storage.connection import StorageProblem
from prasasti.storage.documents import DocumentRefused
from prasasti_verify.strict import CannotDo

DONE, REFUSED, COULD_NOT, HALTED = 0, 1, 2, 3
NODE = "prasasti.node"
LAST_INSTANT = 253_402_300_799  # The end of the year 9999: an entry may bear a later one, and a training clock run on to it.
HALTING = (StateMismatch, Bug, bootstrap.EngineHalted)
REFUSING = (PublishRefused, NothingSigned, ProofProblem, NothingFits, Differs, LastSignedProblem, RestoreRefused)
PREVENTING = (
    StorageProblem, SignerProblem, FoundingProblem, DraftProblem, DocumentRefused, EncodingProblem, ReadOnly, OSError, HTTPException,
    SchemaUnusable, CannotDo,
    bootstrap.PartsDiffer, bootstrap.ContractMismatch, bootstrap.ClockJumped,
)  # fmt: skip

Parameters = ParamSpec("Parameters")
Cell = str | Sequence[str]
"""A text of a table, or one for each line of the cell, the first of which matters most."""


@dataclass(slots=True)
class Shell:
    """The terminal of one command. ``as_json``: the result goes to standard output as one JSON object, nothing else does."""

    words: Catalogue
    as_json: bool
    output: Console
    errors: Console

    def say(self, key: str, /, **facts: object) -> None:
        """A line for people, from the catalogue; data in it is never read as markup."""
        if not self.as_json:
            self.line(self.words(key, **facts))

    def line(self, text: str) -> None:
        """A line of data for people."""
        if not self.as_json:
            self.output.print(Text(clean(text)), soft_wrap=True)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, right: tuple[int, ...] = ()) -> None:
        """A table for people; text folds where the terminal is narrow, numbers (``right``) stay whole."""
        if self.as_json:
            return
        table = Table(box=None, pad_edge=False, header_style="bold", show_header=any(headings))
        for index, heading in enumerate(headings):
            is_right = index in right
            table.add_column(heading, justify="right" if is_right else "left", overflow="fold", no_wrap=is_right)
        for row in rows:
            table.add_row(*map(_make_cell, row))
        self.output.print(table)

    def tell(self, fact: dict[str, Any]) -> None:
        """What a command that goes on has to say to programs now: an object on a line of its own, at once."""
        if self.as_json:
            click.echo(json.dumps(fact, ensure_ascii=True))
        sys.stdout.flush()

    def finish(self, result: dict[str, Any], code: int = DONE) -> None:
        """End the command: the result for programs, and its exit code."""
        if self.as_json:
            click.echo(encode_result(result))
        if code != DONE:
            raise SystemExit(code)

    def fail(self, key: str, problem: object, code: int) -> None:
        """End the command with an error, on standard error."""
        if self.as_json:
            click.echo(encode_result({"error": str(problem), "exit": code}))
        try:
            self.errors.print(Text(clean(self.words(key, problem=problem)), style="red"), soft_wrap=True)
        except OSError:
            # A log on a full disk, for one. What cannot be said is dropped: the exit code still tells, also where the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        raise SystemExit(code)

    @contextmanager
    def progress(self, key: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar on standard error, if that is a terminal; called with done and total."""
        if not self.errors.is_terminal:
            yield lambda done, total: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.errors, transient=True) as bar:
            task = bar.add_task(self.words(key), total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    def time(self, instant: int) -> str:
        """An instant as people and programs read it."""
        return datetime.fromtimestamp(min(instant, LAST_INSTANT), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

    def day(self, instant: int) -> str:
        """The day of an instant, UTC."""
        return datetime.fromtimestamp(min(instant, LAST_INSTANT), UTC).strftime("%Y-%m-%d")


def _make_cell(cell: Cell) -> Text:
    if isinstance(cell, str):
        return Text(clean(cell))
    first, *rest = cell or ("",)
    text = Text(clean(first))
    for line in filter(None, rest):
        text.append("\n" + clean(line), style="dim")
    return text


def clean(text: str) -> str:
    """Text without control, direction and invisible characters, which a hostile title could steer a terminal or an eye with."""
    return "".join(character if _is_harmless(ord(character)) else "�" for character in text)


def _is_harmless(code: int) -> bool:
    # Controls, signs of direction, ends of lines, halves of pairs, and what takes no room. Joiners stay: scripts need them.
    return 0x20 <= code < 0x7F or code in (0x200C, 0x200D) or unicodedata.category(chr(code)) not in ("Cc", "Cf", "Zl", "Zp", "Cs")


_HARMFUL = re.compile("[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def encode_result(result: dict[str, Any]) -> str:
    """A result as JSON; characters that a terminal obeys, or that turn text around, stand as escapes."""
    return _HARMFUL.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(result, ensure_ascii=False, indent=2))


def command(function: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Wrap a command's function: known errors become a line and an exit code; a bug keeps its trace."""

    @wraps(function)
    def run(*arguments: Parameters.args, **options: Parameters.kwargs) -> None:
        try:
            function(*arguments, **options)
        except HALTING as problem:
            shell().fail("error.halted", problem, HALTED)
        except REFUSING as problem:
            shell().fail("error.refused", problem, REFUSED)
        except PREVENTING as problem:
            shell().fail("error.could_not", spell_problem(problem), COULD_NOT)
        except KeyboardInterrupt:
            shell().fail("error.interrupted", "interrupted", REFUSED)

    return run


def spell_problem(problem: Exception) -> str:
    """A problem in words; one of the system as ``place: what``, without its number."""
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename}: {problem.strerror}" if problem.filename else problem.strerror
    return str(problem)


def shell() -> Shell:
    """The shell of the running command."""
    found = click.get_current_context().find_object(Shell)
    if found is None:
        raise Bug("no shell")
    return found


def make_shell(language: str | None, as_json: bool) -> Shell:
    """A shell on this process's terminal."""
    return Shell(Catalogue(choose_language(language)), as_json, Console(highlight=False), Console(stderr=True, highlight=False))


def ledger_option(function: Callable[..., None]) -> Callable[..., None]:
    """``--ledger DIR``, ./ledger unless given."""
    return click.option(
        "--ledger", "ledger_folder", type=click.Path(path_type=Path), default=Path("ledger"), show_default=True, metavar="DIR",
        help="The ledger's folder.",
    )(function)  # fmt: skip


def accept_clock_option(function: Callable[..., None]) -> Callable[..., None]:
    """What every command that writes takes: ``--accept-clock``, that the machine's clock is right after a jump, and ``--node``."""
    function = click.option("--node", metavar="URL", expose_value=False, callback=_note_node, help="Write through this node.")(function)
    return click.option("--accept-clock", is_flag=True, help="Take the clock as right, after a jump of it stopped the ledger.")(function)


def _note_node(context: click.Context, _: click.Parameter, address: str | None) -> None:
    context.meta[NODE] = address


@contextmanager
def open_to_write(folder: Path, accept_clock: bool) -> Iterator[Ledger]:
    """The ledger with its engine, or that of ``--node``; says how long its last block is ago where that is more than a day."""
    address = click.get_current_context().meta.get(NODE)
    if address is not None:
        from prasasti.web.client import open_remote

        with open_remote(address, bootstrap.registry_for) as remote:
            yield remote
        return
    with bootstrap.open_for_writing(folder, accept_clock=accept_clock) as ledger:
        if ledger.gap_seconds > 86_400:
            shell().errors.print(Text(shell().words("submit.gap", gap=spell_seconds(ledger.gap_seconds))))
        yield ledger


def spell_seconds(seconds: int) -> str:
    """A span of time, short: 2 d 3 h, 4 min, 5 s."""
    days, rest = divmod(max(0, seconds), 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{left} s"


def open_key(location: str, ledger: Ledger) -> Signer:
    """The key at a location; asks for the passphrase of an encrypted one, once a command however often the key is named."""
    opened: dict[str, Signer] = click.get_current_context().meta.setdefault("prasasti.opened_keys", {})
    if location not in opened:
        opened[location] = open_signer(location, lambda: ask_passphrase(location), training=ledger.genesis.training)
    return opened[location]


def ask_passphrase(location: str) -> str:
    """A passphrase, or a token's PIN, from the terminal, or from the next line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        words = shell().words("key.pin" if is_token_key(location) else "key.ask", place=location)
        return str(click.prompt(words, hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def training_key(ledger: Ledger, handle: str) -> str:
    """Where a training ledger keeps a founder's key."""
    return str(ledger.keys_folder / f"{handle}.training.seed")
