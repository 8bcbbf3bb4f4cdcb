"""The shape of a task: what waits for whom, and until when."""

from __future__ import annotations

from typing import NamedTuple

from prasasti.contracts.people import Person


class Task(NamedTuple):
    """Something that waits: for a role in an organisation, for one person there where ``handle`` is not "".

    ``organisation`` "" : for whoever has the role and may. ``until`` is in seconds UTC, 0: no end is set; ``since`` is when it
    can be done, 0: already. What has no process stands under "", what a community does under its plan line.
    """

    what: str
    process: str
    lot: str
    subject: str
    role: str
    organisation: str
    handle: str
    since: int
    until: int


def make_task(what: str, process: str, lot: str, subject: str, role: str, person: Person, until: int, since: int = 0) -> Task:
    """A task of one person."""
    return Task(what, process, lot, subject, role, person.organisation, person.handle, since, until)
