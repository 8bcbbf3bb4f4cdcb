"""What traces are held against: the log's own events, added up by a query of its own over the entries of native processes.

It reads no record of the state, and nothing of ``prasasti`` but the two databases.
"""

from __future__ import annotations

import json
import sqlite3
from base64 import b64decode
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from prasasti.readmodel.database import READ_MODEL_NAME
from prasasti.services.ledger import Ledger
from prasasti.services.projecting import open_current
from prasasti.services.tracing.finding import list_kinds, trace
from prasasti.services.tracing.nodes import Node, Trace

EVENTS = """
WITH event AS (
  SELECT DISTINCT position, json_extract(told.value, '$.event') AS name, told.value AS body
  FROM native_entries JOIN ledger.log USING (position), json_each(CAST(entry AS TEXT), '$.events') AS told
),
raised AS (SELECT json_extract(body, '$.order') AS name, json_extract(body, '$.subject') AS contract,
                  CAST(json_extract(body, '$.amount_minor') AS INTEGER) AS amount
           FROM event WHERE name = 'treasury.order_raised'),
instead AS (SELECT json_extract(body, '$.replacement') AS name FROM event WHERE name = 'procurement.order_replaced'),
settled AS (SELECT json_extract(body, '$.order') AS name, CAST(json_extract(body, '$.amount_minor') AS INTEGER) AS amount,
                   json_extract(body, '$.state') AS state
            FROM event WHERE name = 'treasury.line_settled')
"""
BY_EVENT = """
SELECT json_extract(body, '$.contract') AS contract, sum(CAST(json_extract(body, '$.' || ?) AS INTEGER)) FROM event
WHERE name = ? AND json_extract(body, '$.' || ?) IS NOT NULL GROUP BY contract
"""
ORDERED = "SELECT contract, sum(amount) FROM raised WHERE name NOT IN (SELECT name FROM instead) GROUP BY contract"
PAID = """
SELECT contract, sum(CASE state WHEN 'paid' THEN settled.amount WHEN 'returned' THEN -settled.amount ELSE 0 END)
FROM settled JOIN raised USING (name) GROUP BY contract
"""
REFERENCES = "SELECT name || '.0', contract FROM raised"
STATEMENTS = """
SELECT position, json_extract(decoded(json_extract(CAST(entry AS TEXT), '$.envelope.payload')), '$.arguments.entries'),
       (SELECT json_extract(told.value, '$.matched') FROM json_each(CAST(entry AS TEXT), '$.events') AS told
        WHERE json_extract(told.value, '$.event') = 'treasury.statement_recorded')
FROM ledger.log WHERE position IN (SELECT position FROM native_entries WHERE action = 'record_statement')
"""


def check_traces(ledger: Ledger) -> dict[str, Trace]:
    """Every contract, party and budget line of native processes: each adds up, and the contracts as the log says; the traces by id."""
    found: dict[str, Trace] = {}
    with open_current(ledger) as model, model.reading() as connection, closing(_open(ledger.folder, ledger.database.path)) as queries:
        contracts = _list(queries, "SELECT name FROM native_names WHERE kind = 'contract'")
        lines = _list(queries, "SELECT DISTINCT line FROM budget_uses")
        parties = _list(queries, "SELECT DISTINCT party FROM listings JOIN native_entries USING (process)")
        expected = _add_up(queries)
        for asked in (*contracts, *lines, *parties):
            for kind in list_kinds(ledger, connection, asked):
                told = trace(ledger, connection, asked, kind)
                assert told is not None, asked
                assert told.list_failures() == [], asked
                found[f"{kind}:{asked}"] = told
    for contract in contracts:
        told = found[f"contract:{contract}"]
        (node,) = (node for node in told.nodes if node.kind == "contract")
        assert _describe(told, node) == {name: sums[contract] for name, sums in expected.items()}, contract
    return found


def _open(folder: Path, log: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / READ_MODEL_NAME)
    connection.execute("ATTACH ? AS ledger", (str(log),))
    connection.create_function("decoded", 1, lambda payload: b64decode(payload).decode() if payload else None)
    return connection


def _list(queries: sqlite3.Connection, query: str) -> list[str]:
    return [str(value) for (value,) in queries.execute(query)]


def _describe(told: Trace, node: Node) -> dict[str, int]:
    """The same amounts, as a trace has them."""
    committed = [each for each in node.sums if each.name == "price_committed"]
    freed = sum(part.amount_minor for each in committed for part in each.parts if part.name == "freed")
    return {
        "price": node.amount_minor if committed else 0, "certified": int(node.facts["certified"]), "ordered": int(node.facts["ordered"]),
        "paid": int(node.facts["paid"]), "outside": int(node.facts["outside"]), "freed": freed,
    }  # fmt: skip


def _add_up(queries: sqlite3.Connection) -> dict[str, Counter[str]]:
    """What the log's events say, by contract."""

    def add(event: str, field: str) -> Counter[str]:
        return Counter(dict(queries.execute(EVENTS + BY_EVENT, (field, event, field)).fetchall()))

    def read(query: str) -> Counter[str]:
        return Counter(dict(queries.execute(EVENTS + query).fetchall()))

    price, paid = add("procurement.contract_active", "price"), read(PAID)
    price.update(add("procurement.contract_amended", "change"))
    paid.update(_add_statements(queries))
    freed = add("procurement.contract_ended", "freed")
    freed.update(add("procurement.contract_settled", "freed"))
    return {
        "price": price, "certified": add("procurement.milestone_certified", "gross"), "ordered": read(ORDERED), "paid": paid,
        "outside": add("procurement.outside_payment_recorded", "amount"), "freed": freed,
    }  # fmt: skip


def _add_statements(queries: sqlite3.Connection) -> Counter[str]:
    """Of statements that matched every entry whose reference is an order's: what left, less what came in, by contract."""
    orders = dict(queries.execute(EVENTS + REFERENCES).fetchall())
    total: Counter[str] = Counter()
    for _, entries, matched in queries.execute(STATEMENTS):
        known: list[dict[str, Any]] = [each for each in json.loads(entries) if each["reference"] in orders]
        assert matched is None or matched in (0, len(known)), "a statement matched some of its orders' entries: say which here"
        for each in known if matched else ():
            total[orders[each["reference"]]] -= int(each["amount"])
    return total
