"""Where tasks may be: the processes of a ledger of one's own that are not over, their questions, and violations.

Owns where they are looked for: the read model notes which processes have tasks. What waits there, ``tasks`` tells.
"""

from __future__ import annotations

from sqlalchemy import select

from prasasti.readmodel.tables import live_processes, native_entries, process_keys
from prasasti.services.deriving import read_entries
from prasasti.services.ledger import Ledger
from prasasti.services.projecting import open_current
from prasasti.services.tasks import Found


def find_waiting(ledger: Ledger) -> Found:
    """Everything on a ledger that may have tasks now."""
    with open_current(ledger) as model, model.reading() as connection:
        of_live = live_processes.join(process_keys, process_keys.c.process == live_processes.c.process)
        processes = list(connection.execute(select(process_keys.c.ocid).select_from(of_live)).scalars())
        asked = (
            select(process_keys.c.ocid, native_entries.c.position)
            .select_from(of_live.join(native_entries, native_entries.c.process == live_processes.c.process))
            .where(native_entries.c.action == "ask_question")
        )
        questions = [(str(ocid), int(position)) for ocid, position in connection.execute(asked)]
    entries = read_entries(ledger, [position for _, position in questions])
    named = [(ocid, str(entry.arguments["question"])) for (ocid, _), entry in zip(questions, entries, strict=True)]
    # Of these some concern no process, and there are few.
    notified = read_entries(ledger, ledger.database.list_positions("procurement.notify_violation", ledger.database.size()))
    return Found(processes, named, [str(entry.arguments["violation"]) for entry in notified])
