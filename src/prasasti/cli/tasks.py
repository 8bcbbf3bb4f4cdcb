"""The command ``tasks``: what waits for whom, and until when."""

from __future__ import annotations

from pathlib import Path

import click

from prasasti import bootstrap
from prasasti.cli.shell import Shell, command, ledger_option, open_key, shell
from prasasti.contracts.procurement.process import find_process
from prasasti.core.genesis import KeyRecord
from prasasti.services.ledger import Ledger
from prasasti.services.submitting import DraftProblem
from prasasti.services.task import Task
from prasasti.services.tasks import TASKS, is_for, list_tasks
from prasasti.services.waiting import find_waiting


@click.command()
@click.option("--key", "location", metavar="KEY", help="Of this key's holder: a key file, ssh-agent:…, or a public key.")
@click.option("--organisation", metavar="ID", help="Of this organisation.")
@click.option("--process", "process", metavar="OCID", help="In this process.")
@ledger_option
@command
def tasks(location: str | None, organisation: str | None, process: str | None, ledger_folder: Path) -> None:
    """List what waits in selections, for whom and until when; the most urgent first.

    \b
    prasasti tasks --ledger ledger
    prasasti tasks --key officer.age
    prasasti tasks --organisation bidder-1
    """
    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger:
        if process is not None and find_process(ledger.view_stored(), process) is None:
            raise DraftProblem(f"there is no selection {process} on this ledger; prasasti tasks without --process names those that wait")
        now = ledger.now()
        found = list_tasks(ledger.view_stored(), find_waiting(ledger), now)
        holder = _find_holder(ledger, location) if location is not None else None
    if holder is not None:
        found = [task for task in found if is_for(task, holder.organisation, holder.handle, holder.roles)]
    found = [task for task in found if organisation in (None, task.organisation) and process in (None, task.process)]
    _say(out, found, now)
    out.finish({"now": now, "tasks": [task._asdict() | {"action": TASKS[task.what], "overdue": 0 < task.until <= now} for task in found]})


def _find_holder(ledger: Ledger, location: str) -> KeyRecord:
    is_public = len(location) == 64 and all(character in "0123456789abcdef" for character in location)
    public = location if is_public else open_key(location, ledger).public_key.hex()
    record = ledger.state.get(f"identity/key/{public}", KeyRecord)
    if record is None:
        raise DraftProblem(f"the key {public} is not registered on this ledger")
    return record


def _say(out: Shell, found: list[Task], now: int) -> None:
    if not found:
        out.say("tasks.none")
        return
    headings = [out.words(f"tasks.{name}") for name in ("until", "who", "what", "where")]
    out.table(headings, [_spell(out, task, now) for task in found])


def _spell(out: Shell, task: Task, now: int) -> list[str]:
    until = out.time(task.until) if task.until else "—"
    if 0 < task.until <= now:
        until = f"{until} {out.words('tasks.overdue')}"
    if task.since > now:
        until = f"{out.words('tasks.from_time', time=out.time(task.since))} {until if task.until else ''}".strip()
    return [until, spell_who(out, task), spell_what(out, task), f"{task.process} {task.lot}".strip()]


def spell_who(out: Shell, task: Task) -> str:
    """For whom it waits: an organisation, or whoever has the role."""
    return f"{':'.join(filter(None, (task.organisation or out.words('tasks.anybody'), task.handle)))} ({task.role.partition('.')[2]})"


def spell_what(out: Shell, task: Task) -> str:
    """What waits, and about what."""
    return " ".join(filter(None, (out.words(f"tasks.{task.what}"), task.subject)))
