"""The log of one process on a ledger of one's own, without going through all of it: the read model knows its entries.

Owns where they are looked for. What is read is what ``explained_log.read_process`` finds in the whole log, except that people
whose keys sign nothing here are not named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from prasasti.contracts.offices import key_key
from prasasti.core.genesis import KeyRecord
from prasasti.readmodel.tables import native_entries, process_keys
from prasasti.services.explained_log import ProcessLog, read_process
from prasasti.services.ledger import Ledger
from prasasti.services.projecting import open_current

# What bears on every process, keys apart: of these there are few, and of keys as many as people ever had.
_ON_ALL: Final = ("governance.activate_contract", "governance.set_parameter", "identity.attest_tag", "procurement.debar")


def read_own_process(ledger: Ledger, ocid: str) -> ProcessLog:
    """The log of a process, empty where the ledger knows none of that ocid; Differs as ``read_process``."""
    log = read_process(ledger.genesis_bytes, _iterate_with_heads(ledger, _list_positions(ledger, ocid)), ocid)
    # Whose a key is never changes: the record says what the entry said that bound it.
    view = ledger.view_stored()
    for key in sorted({key for told in log.told for key, _ in told.signers} - log.people.keys()):
        record = view.get(key_key(key), KeyRecord)
        if record is not None:
            log.people[key] = f"{record.organisation}:{record.handle}"
    return log


def _list_positions(ledger: Ledger, ocid: str) -> list[int]:
    """Of entries that concern the process, or every process, ascending."""
    with open_current(ledger) as model, model.reading() as connection:
        joined = select(native_entries.c.position).join(process_keys, process_keys.c.process == native_entries.c.process)
        found = set(connection.execute(joined.where(process_keys.c.ocid == ocid)).scalars())
    size = ledger.database.size()
    return sorted(found.union(*(ledger.database.list_positions(action, size) for action in _ON_ALL)))


def _iterate_with_heads(ledger: Ledger, positions: list[int]) -> Iterator[tuple[int, bytes]]:
    """Entries by their positions, each behind the head of its block, which tells the height."""
    block_end = 0
    for position in positions:
        if position >= block_end:
            block = ledger.database.read_block_at(position)
            block_end = block.first + block.count
            if block.first < position:
                yield block.first, _read_entry(ledger, block.first)
        yield position, _read_entry(ledger, position)


def _read_entry(ledger: Ledger, position: int) -> bytes:
    _, entry = next(ledger.database.entries(position, position + 1))
    return entry
