"""Entries of native processes on their way into the read model: whose each is, and which lists it enters a process into.

Owns the names by which entries say which process they concern. It numbers nothing: the lists' numbers go by the order of
the log, attested releases among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, select, tuple_

from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.agreement.signing import list_contractors
from prasasti.contracts.treasury.records import BatchRecord, batch_key
from prasasti.core.types import require
from prasasti.integrations.ocds.native.entries import (
    PLAN_ACTIONS,
    ListBatch,
    Name,
    NativeEntry,
    find_announced,
    list_given_names,
    list_lines,
    list_names,
)
from prasasti.readmodel.database import BATCH, insert_rows
from prasasti.readmodel.rows import BudgetUseRow, NativeEntryRow, NativeNameRow
from prasasti.readmodel.tables import budget_uses, native_entries, native_names
from prasasti.services.ledger import Ledger

ACTIVE_EVENT: Final = "contract_active"


class Listed(NamedTuple):
    """An entry enters a process into the list of a party, unless it stands there."""

    position: int
    role: str
    party: str
    process: int


def list_announced(natives: Iterable[NativeEntry]) -> list[tuple[int, tuple[str, str]]]:
    """Where native processes begin, or are named anew: position, and publisher (the buyer) with ocid."""
    return [(entry.position, (entry.actor, ocid)) for entry in natives if (ocid := find_announced(entry))]


def tell_natives(
    ledger: Ledger, connection: Connection, natives: Sequence[NativeEntry], keys: dict[tuple[str, str], int]
) -> tuple[list[NativeEntryRow], list[Listed]]:
    """Rows of the entries, by their processes, and what they enter into lists; names that they give are written.

    ``keys`` number the processes that these entries begin.
    """
    view = ledger.view_stored()

    def list_batch(batch: str) -> list[str]:
        # Which orders a batch has does not change once it is there.
        record = view.get(batch_key(batch), BatchRecord) if batch else None
        return record.orders if record is not None else []

    known = _find_known(connection, natives, list_batch)
    before = dict(known)
    rows: dict[NativeEntryRow, None] = {}
    uses: dict[BudgetUseRow, None] = {}
    listed: list[Listed] = []
    for entry in natives:
        ocid, process = find_announced(entry), 0
        if ocid:
            process = keys[entry.actor, ocid]
            earlier = known.get(Name("plan", entry.arguments["plan"]))
            if earlier is not None and process == entry.position:  # a later process of a plan line begins with its plan
                rows.update(dict.fromkeys(_copy_plan(connection, list(rows), earlier, process)))
            listed.append(Listed(entry.position, "buyer", entry.actor, process))
        processes = [process] if ocid else [known[name] for name in list_names(entry, list_batch) if name in known]
        for each in dict.fromkeys(processes):
            rows[NativeEntryRow(each, entry.position, entry.action)] = None
            uses.update(dict.fromkeys(BudgetUseRow(line, each) for line in list_lines(entry)))
            if entry.action:
                known.update(dict.fromkeys(list_given_names(entry), each))
        listed += _list_contracts(ledger, entry, known)
    _write_names(connection, before, known)
    _write_uses(connection, list(uses))
    return list(rows), listed


def _find_known(connection: Connection, natives: Sequence[NativeEntry], list_batch: ListBatch) -> dict[Name, int]:
    """What the names in these entries stand for so far."""
    named = dict.fromkeys(name for entry in natives for name in (*list_names(entry, list_batch), *list_given_names(entry)))
    wanted = list(named)
    found: dict[Name, int] = {}
    for start in range(0, len(wanted), BATCH):
        query = select(native_names).where(tuple_(native_names.c.kind, native_names.c.name).in_(wanted[start : start + BATCH]))
        found.update((Name(kind, name), process) for kind, name, process in connection.execute(query))
    return found


def _copy_plan(connection: Connection, told: Sequence[NativeEntryRow], earlier: int, process: int) -> list[NativeEntryRow]:
    """Entries on the plan of an earlier process, those of this chunk among them, as the later one's."""
    is_wanted = (native_entries.c.process == earlier) & native_entries.c.action.in_(PLAN_ACTIONS)
    query = select(native_entries).where(is_wanted).order_by(native_entries.c.position)
    stored = [NativeEntryRow(*row) for row in connection.execute(query)]
    own = [row for row in told if row.process == earlier and row.action in PLAN_ACTIONS]
    return [NativeEntryRow(process, row.position, row.action) for row in (*stored, *own)]


def _list_contracts(ledger: Ledger, entry: NativeEntry, known: dict[Name, int]) -> Iterable[Listed]:
    """A contract that stands enters its process into the list of each that signed it as contractor (30).

    Who that is does not change once it stands, so the newest state tells it.
    """
    for name, event in entry.events:
        if name == ACTIVE_EVENT:
            contract = event["contract"]
            agreement = require(ledger.view_stored().get(agreement_key(contract), AgreementRecord), contract)
            for organisation in list_contractors(agreement):
                yield Listed(entry.position, "supplier", organisation, known[Name("contract", contract)])


def _write_names(connection: Connection, before: dict[Name, int], after: dict[Name, int]) -> None:
    changed = {name: process for name, process in after.items() if before.get(name) != process}
    older = [name for name in changed if name in before]
    for start in range(0, len(older), BATCH):
        is_older = tuple_(native_names.c.kind, native_names.c.name).in_(older[start : start + BATCH])
        connection.execute(native_names.delete().where(is_older))
    insert_rows(connection, [NativeNameRow(*name, process) for name, process in changed.items()])


def _write_uses(connection: Connection, uses: Sequence[BudgetUseRow]) -> None:
    written: set[tuple[str, int]] = set()
    for start in range(0, len(uses), BATCH):
        batch = uses[start : start + BATCH]
        is_wanted = budget_uses.c.line.in_({row.line for row in batch}) & budget_uses.c.process.in_({row.process for row in batch})
        query = select(budget_uses).where(is_wanted)
        written.update((str(line), int(process)) for line, process in connection.execute(query))
    insert_rows(connection, [row for row in uses if tuple(row) not in written])
