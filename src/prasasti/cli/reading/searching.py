"""The command ``search``: processes by words and by what else is known of them; contracts whose price rose."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prasasti.cli.answers import answering, print_csv
from prasasti.cli.reading.conditions import narrowing, read_conditions, reading_ledger
from prasasti.cli.reading.processes import PROCESS_COLUMNS, flatten, print_processes, process_as_json, say_hits, spell_parties
from prasasti.cli.reading.spelling import spell_money, spell_number, spell_plain
from prasasti.cli.shell import Shell, command, ledger_option, shell

if TYPE_CHECKING:
    from sqlalchemy import Row

    from prasasti.readmodel.queries import Sort

SORTS = ("relevance", "newest", "value", "price-rise")

CONTRACT_COLUMNS = (
    "ocid", "publisher", "contract", "title", "buyer", "buyer_name", "supplier", "suppliers", "year", "signed", "state", "amount_before",
    "amount", "rise", "currency", "amendments",
)  # fmt: skip


@click.command()
@click.argument("words", nargs=-1)
@narrowing
@click.option(
    "--price-rise", "only_risen", is_flag=True, help="List contracts whose price rose since they were first told, before and after."
)
@click.option(
    "--sort", type=click.Choice(SORTS),
    help="Best match, newest record, largest value, or largest price rise first. Otherwise by match where there are words, else newest.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many.")
@answering
@ledger_option
@command
def search(
    as_csv: bool, words: tuple[str, ...], sort: Sort | None, limit: int, ledger_folder: Path, only_risen: bool, **narrowed: Any
) -> None:
    """Find contracting processes by words of titles, descriptions and names, and by what else is known of them.

    Without WORDS: all that fit. Words are found in any form (pembangunan finds dibangun); a word that ends with * stands
    for all that begin with it. A value is that of the furthest stage: contract, else award, tender, plan.

    \b
    prasasti search jalan jembatan --year 2023 --min 1000000000 --sort value
    prasasti search --supplier "karya bangun" --state contracted
    prasasti search --price-rise --sort value --limit 5     the largest contracts with a price rise
    prasasti search bangku --csv > bangku.csv
    """
    from prasasti.readmodel import queries
    from prasasti.readmodel.full_text import TextQuery

    out = shell()
    only_risen = only_risen or sort == "price-rise"
    with reading_ledger(ledger_folder) as (_, model), model.reading() as connection:
        needs_currency = sort in ("value", "price-rise") or only_risen
        conditions = read_conditions(connection, narrowed, TextQuery(words=" ".join(words)), needs_currency)
        if only_risen:
            hits = queries.search_contracts(connection, conditions, sort or "price-rise", limit)
            results = [_contract_as_json(row) for row in hits.rows]
        else:
            hits = queries.search(connection, conditions, sort or ("relevance" if words else "newest"), limit)
            suppliers = queries.list_suppliers(connection, [row.process for row in hits.rows])
            results = [process_as_json(row, suppliers.get(row.process, [])) for row in hits.rows]
    if as_csv:
        print_csv([flatten(result) for result in results], CONTRACT_COLUMNS if only_risen else PROCESS_COLUMNS)
        return
    if only_risen and results:
        _print_contracts(out, results)
    elif results:
        print_processes(out, results)
    say_hits(out, hits, len(results))
    is_many = hits.total > queries.MANY
    out.finish({"found": hits.total, "more_than_found": is_many, "sort": hits.sort, "currency": conditions.currency, "results": results})


def _contract_as_json(row: Row[Any]) -> dict[str, Any]:
    return {
        "ocid": row.ocid, "publisher": row.publisher, "contract": row.contract_id, "title": row.title or row.process_title,
        "buyer": row.buyer, "buyer_name": row.buyer_name, "supplier": row.supplier if row.supplier != "+" else "",
        "suppliers": row.suppliers, "year": row.year, "signed": row.signed, "state": row.status, "amount_before": row.first_amount,
        "amount": row.amount, "rise": row.change_amount, "currency": row.currency, "amendments": row.amendments,
    }  # fmt: skip


def _print_contracts(out: Shell, results: Sequence[dict[str, Any]]) -> None:
    rows = []
    for result in results:
        before, rise = Decimal(result["amount_before"]), Decimal(result["rise"])
        share = f"+{spell_number(out, rise / before * 100, 1)} %" if before > 0 else ""
        rows.append(
            [
                [result["title"] or "–", *spell_parties(result, result["suppliers"]), f"{result['ocid']}  {result['contract']}"],
                [spell_money(out, result["amount"], result["currency"]), out.words("search.before", amount=spell_plain(out, before))],
                [spell_plain(out, rise), share],
            ]
        )
    out.table([out.words(f"search.{name}") for name in ("contract", "value", "rise")], rows, right=(1, 2))
