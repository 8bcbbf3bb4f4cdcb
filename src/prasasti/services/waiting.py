"""Where tasks may be: the processes of a ledger of one's own that are not over, their questions and contracts; violations, reports,
entries of statements that nothing matched.

Owns where they are looked for: the read model notes which processes have tasks. What waits there, ``tasks`` tells.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from prasasti.contracts.lists import make_list_id
from prasasti.contracts.treasury.statement.transitions import name_item
from prasasti.integrations.ocds.native.entries import NativeEntry
from prasasti.readmodel.tables import live_processes, native_entries, native_names, process_keys
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
        of_contracts = select(native_names.c.name).select_from(
            live_processes.join(native_names, native_names.c.process == live_processes.c.process)
        )
        contracts = list(connection.execute(of_contracts.where(native_names.c.kind == "contract")).scalars())
    entries = read_entries(ledger, [position for _, position in questions])
    named = [(ocid, str(entry.arguments["question"])) for (ocid, _), entry in zip(questions, entries, strict=True)]
    # Of these some concern no process, and there are few.
    violations = [str(entry.arguments["violation"]) for entry in _read_all(ledger, "procurement.notify_violation")]
    reports = [str(entry.arguments["report"]) for entry in _read_all(ledger, "procurement.take_in_report")]
    return Found(processes, named, violations, contracts, reports, list(_list_items(ledger)))


def _read_all(ledger: Ledger, action: str) -> Iterator[NativeEntry]:
    return read_entries(ledger, ledger.database.list_positions(action, ledger.database.size()))


def _list_items(ledger: Ledger) -> Iterator[str]:
    """Entries that statements left open, resolved since or not."""
    for entry in _read_all(ledger, "treasury.record_statement"):
        for name, event in entry.events:
            if name == "statement_recorded":
                first = event["first_item"]
                yield from (name_item(make_list_id(entry.actor), number) for number in range(first, first + event["items"]))
