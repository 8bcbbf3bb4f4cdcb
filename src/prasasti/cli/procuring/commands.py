"""The commands themselves, and ``proposal encrypt``, which is no message."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from prasasti.cli.clauses import find_page
from prasasti.cli.procuring.delivering import DELIVERING, DeliveringSending
from prasasti.cli.procuring.examples import write_example
from prasasti.cli.procuring.options import make_parameters
from prasasti.cli.procuring.paying import PAYING, PayingSending, own_account
from prasasti.cli.procuring.sending import Sending
from prasasti.cli.procuring.table import GROUPS, ROWS, TOLD, Row, get_message
from prasasti.cli.shell import command, open_to_write, shell
from prasasti.services.sealing import SealingProblem, seal_file
from prasasti.services.submitting import DraftProblem


class MessageCommand(click.Command):
    """A command for a message. Its options are read off the message when it is asked for them, not at every start."""

    def __init__(self, row: Row) -> None:
        message = get_message(row.action)
        first = " ".join((message.arguments.__doc__ or "").split("\n\n")[0].split())
        told = TOLD.get(f"{row.group} {row.name}") or first.partition(": ")[2].replace("``", "") or row.action
        help_text = f"{told[0].upper()}{told[1:]}\n\nRecords {row.action}; signed as {' or '.join(message.roles)}."
        super().__init__(row.name, callback=_make_callback(row), help=help_text)
        self._row = row

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What it does, where its arguments and rules stand, and an example."""
        super().format_help_text(ctx, formatter)
        message = get_message(self._row.action)
        formatter.write(f"\n  Arguments and rules: {find_page(message)}, {message.number}.\n")
        write_example(formatter, self._row)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Arguments and options."""
        if not self.params:
            self.params = make_parameters(self._row)
        return super().get_params(ctx)


class MessageGroup(click.Group):
    """The commands of one kind of work."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What they are for, and an example."""
        super().format_help_text(ctx, formatter)
        write_example(formatter, next(row for row in ROWS if row.group == self.name))


def make_commands() -> list[click.Command]:
    """Every command of the table, those of a group in it."""
    groups = {name: MessageGroup(name, help=told) for name, told in GROUPS.items()}
    single: list[click.Command] = []
    for row in ROWS:
        made = MessageCommand(row)
        if row.group:
            groups[row.group].add_command(made)
        else:
            single.append(made)
    groups["proposal"].add_command(encrypt)
    groups["treasury"].add_command(own_account)
    return [*groups.values(), *single]


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where the encrypted bytes go.")
@click.option("--title", required=True, help="What it is, for those who may read it.")
@click.option("--media-type", default="application/pdf", show_default=True)
@command
def encrypt(source: Path, folder: Path, title: str, media_type: str) -> None:
    """Encrypt a file for a proposal, and print how the proposal's contents list it.

    The encrypted bytes go to two stores, whose receipts 'proposal submit --receipts' takes. The key stands in what is printed:
    keep it to yourself until the opening.

    \b
    prasasti proposal encrypt method.pdf --to encrypted --title "Method"
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        listed = seal_file(source, folder, title, media_type)
    except SealingProblem as problem:
        raise DraftProblem(str(problem)) from problem
    click.echo(json.dumps(msgspec.to_builtins(listed), ensure_ascii=False, indent=2))


def _make_callback(row: Row) -> Callable[..., None]:
    @command
    def run(**options: Any) -> None:
        with open_to_write(options["ledger_folder"], options["accept_clock"]) as ledger:
            kinds = {**dict.fromkeys(PAYING, PayingSending), **dict.fromkeys(DELIVERING, DeliveringSending)}
            kinds.get(row.sealed, Sending)(shell(), ledger, row, options).run()

    return run
