"""Processes as rows: of a table, of JSON, of CSV; used by every command that lists some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from prasasti.cli.reading.spelling import spell_money, spell_state
from prasasti.cli.shell import Shell

if TYPE_CHECKING:
    from sqlalchemy import Row

    from prasasti.readmodel.queries import Hits

SHOWN_PROCESSES = 20

PROCESS_COLUMNS = (
    "ocid", "publisher", "title", "buyer", "buyer_name", "suppliers", "year", "method", "state", "stage", "amount", "currency",
    "releases", "contradictions", "unreadable",
)  # fmt: skip


def process_as_json(row: Row[Any], suppliers: list[str]) -> dict[str, Any]:
    """A row of ``queries.search`` or ``queries.list_processes`` as the commands' JSON has it."""
    return {
        "ocid": row.ocid, "publisher": row.publisher, "title": row.title, "buyer": row.buyer, "buyer_name": row.buyer_name,
        "suppliers": suppliers, "year": row.year, "method": row.method, "state": row.state,
        "value": {"stage": row.value_stage, "amount": row.value_amount, "currency": row.value_currency} if row.value_stage else None,
        "releases": row.releases, "contradictions": row.contradictions, "unreadable": row.unreadable,
    }  # fmt: skip


def flatten(result: dict[str, Any]) -> dict[str, Any]:
    """A process as a line of CSV takes it."""
    return {**result, **(result.get("value") or {})}


def print_processes(out: Shell, results: Sequence[dict[str, Any]]) -> None:
    """A table of processes for people."""
    rows = []
    for result in results:
        value = result["value"]
        amount = spell_money(out, value["amount"], value["currency"]) if value else ""
        suppliers = "; ".join([*result["suppliers"][:3], *(["…"] if len(result["suppliers"]) > 3 else [])])
        rows.append(
            [
                [result["title"] or "–", *spell_parties(result, suppliers), result["ocid"]],
                [str(result["year"]), spell_state(out, result["state"]), _warn(out, result)],
                [amount, out.words(f"stage.{value['stage']}") if value else ""],
            ]
        )
    out.table([out.words(f"search.{name}") for name in ("process", "year", "value")], rows, right=(2,))


def spell_parties(result: dict[str, Any], suppliers: str) -> list[str]:
    """Who buys and who supplies, a line each: beside the title there is no room for them, and none for a whole OCID."""
    return [result["buyer_name"] or result["buyer"], f"→ {suppliers}" if suppliers else ""]


def _warn(out: Shell, result: dict[str, Any]) -> str:
    """What a reader should know before the rest: that a release is told in two ways, or cannot be read."""
    warnings = [out.words(f"search.{name}") for name in ("contradictions", "unreadable") if result[name]]
    return ", ".join(warnings)


def say_hits(out: Shell, hits: Hits, shown: int) -> None:
    """How many there are, and in which order some are shown."""
    from prasasti.readmodel.queries import MANY

    order = out.words(f"search.by_{hits.sort.replace('-', '_')}")
    if hits.total == 0:
        out.say("search.nothing")
    elif hits.total > MANY:
        out.say("search.many", count=out.words.amount(str(MANY), "").strip(), shown=shown, order=order)
    else:
        out.say("search.found", count=out.words.amount(str(hits.total), "").strip(), shown=shown, order=order)
