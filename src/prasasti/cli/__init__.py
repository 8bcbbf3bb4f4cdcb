"""The command ``prasasti``. Owns the list of commands; each file of this package holds those of one task."""

from __future__ import annotations

import io
import logging
import sys

import click

from prasasti import __version__
from prasasti.cli.checking import audit, check_state
from prasasti.cli.explaining import explain_process
from prasasti.cli.exporting import export
from prasasti.cli.founding import init, key
from prasasti.cli.governing import parameter, proposals, propose, vote
from prasasti.cli.offices import office
from prasasti.cli.open_data import import_
from prasasti.cli.operating import backup, restore
from prasasti.cli.pilot import pilot
from prasasti.cli.procuring import disbursed, make_commands
from prasasti.cli.publishing import proof, publish
from prasasti.cli.reading import list_, rebuild, search, show, totals
from prasasti.cli.recording import sign, submit
from prasasti.cli.serving import serve
from prasasti.cli.shell import make_shell
from prasasti.cli.tables import list_commands
from prasasti.cli.tasks import tasks
from prasasti.cli.tracing import trace
from prasasti.cli.witnessing import witness

LANGUAGE_HELP = "Language of what is printed: en or id. Otherwise PRASASTI_LANGUAGE, LC_ALL or LANG decides."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--language", type=click.Choice(["en", "id"]), help=LANGUAGE_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.version_option(__version__)
@click.pass_context
def prasasti(context: click.Context, language: str | None, as_json: bool) -> None:
    """A public ledger of government contracts: record, publish, check, read.

    \b
    prasasti init ledger --training      found a ledger to try things on
    prasasti import ocds releases.json   record open contracting data
    prasasti publish --to public         publish the log as plain files
    prasasti-verify public               check all of it, trusting nobody
    prasasti search WORDS                find contracts
    prasasti show OCID                   read one contract's story
    prasasti explain OCID                recompute who should have won
    prasasti trace CONTRACT              follow the money, budget to bank and back

    Exit codes: 0 done, 1 refused or wrong, 2 usage or could not do, 3 halted.
    """
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    context.obj = make_shell(language, as_json)


PEOPLE = (key, office)
READING = (search, show, explain_process, trace, tasks, totals, list_, rebuild)
GOVERNING = (propose, vote, proposals, parameter)

RUNNING = (audit, check_state, backup, restore, serve, witness)

for each in (init, *PEOPLE, submit, sign, *GOVERNING, *make_commands(), import_, publish, proof, export, *READING, *RUNNING, pilot):
    prasasti.add_command(each)


for system in (*list_commands(), disbursed):
    import_.add_command(system)


def main() -> None:
    """Entry point of the command. A terminal that lacks a character shows a question mark in its place."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    prasasti(prog_name="prasasti")
