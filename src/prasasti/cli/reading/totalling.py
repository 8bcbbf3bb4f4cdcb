"""The command ``totals``: sums side by side, and what is missing from them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prasasti.cli.answers import answering, print_csv
from prasasti.cli.reading.conditions import narrowing, read_conditions, reading_ledger
from prasasti.cli.reading.spelling import spell_plain
from prasasti.cli.shell import Shell, command, ledger_option, shell

if TYPE_CHECKING:
    from prasasti.readmodel.queries import GroupTotal, Shortfall, StageTotal

GROUPINGS = ("buyer", "supplier", "year", "method", "stage")

SIDE_BY_SIDE = ("planned", "awarded", "contracted", "paid")

GROUP_COLUMNS = (
    "key", "name", "currency", "processes", "budgeted", "planned", "tendered", "awarded", "contracted", "paid", "budgeted_processes",
    "planned_processes", "tendered_processes", "awarded_processes", "contracted_processes", "paid_processes",
)  # fmt: skip


@click.command()
@click.option("--by", "grouping", type=click.Choice(GROUPINGS), default="stage", show_default=True, help="What to add up by.")
@click.argument("words", nargs=-1)
@narrowing
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=20, show_default=True, help="At most so many groups, largest first.")
@answering
@ledger_option
@command
def totals(as_csv: bool, grouping: Any, words: tuple[str, ...], limit: int, ledger_folder: Path, **narrowed: Any) -> None:
    """Add up what was planned, awarded, contracted and paid, side by side, and say what is missing from the sums.

    Sums are exact, currency by currency. Each process counts once, all its releases merged; what was cancelled does not
    count. A programme's budget, out of which purchases are planned, is a stage of its own. By supplier, an amount counts
    for a supplier alone; '+' are those of several together.

    \b
    prasasti totals --by buyer --year 2023
    prasasti totals --by supplier --buyer ID-NPWP-0012345678901000 --limit 50 --csv
    prasasti totals --by stage jalan
    """
    from prasasti.readmodel import queries
    from prasasti.readmodel.full_text import TextQuery

    out = shell()
    with reading_ledger(ledger_folder) as (_, model), model.reading() as connection:
        conditions = read_conditions(connection, narrowed, TextQuery(words=" ".join(words)), False)
        groups = _sort_groups(queries.add_totals(connection, conditions, grouping), grouping)
        shortfall = queries.find_shortfall(connection, conditions)
        is_party = grouping in ("buyer", "supplier")
        names = {group.key: queries.name_party(connection, group.key) if is_party else "" for group in groups[:limit]}
    results = [group_as_json(group, names[group.key]) for group in groups[:limit]]
    if as_csv:
        print_csv([_flatten_group(result) for result in results], GROUP_COLUMNS)
        return
    if grouping == "stage":
        _print_stages(out, groups, shortfall)
    else:
        print_groups(out, groups[:limit], names, grouping)
        if len(groups) > limit:
            out.say("import.more", count=len(groups) - limit)
    say_shortfall(out, groups, shortfall)
    missing = {
        "processes": shortfall.processes, "budgets": shortfall.budgets, "without_amount": shortfall.without_amount,
        "without_stage": shortfall.without_stage, "unreadable_releases": shortfall.unreadable_releases,
    }  # fmt: skip
    out.finish({"by": grouping, "groups": results, "more_groups": max(0, len(groups) - limit), "missing": missing})


def _sort_groups(groups: list[GroupTotal], grouping: str) -> list[GroupTotal]:
    """Years and stages in their order, others by what they contracted, else awarded, planned; currency by currency."""
    from prasasti.readmodel.queries import STAGES

    def size(group: GroupTotal) -> list[Decimal]:
        sums = (group.stages.get(stage) for stage in ("contracted", "awarded", "planned", "paid"))
        return [-total.amount if total is not None else Decimal(0) for total in sums]

    if grouping == "stage":
        return sorted(groups, key=lambda group: (STAGES.index(group.key), group.currency))
    if grouping in ("year", "method"):
        return sorted(groups, key=lambda group: (group.key, group.currency))
    return sorted(groups, key=lambda group: (group.currency == "", group.currency, size(group), group.key))


def group_as_json(group: GroupTotal, name: str) -> dict[str, Any]:
    """A group's sums as the commands' JSON has them."""

    def spell(stages: dict[str, StageTotal]) -> dict[str, Any]:
        return {stage: {**total._asdict(), "amount": f"{total.amount:f}"} for stage, total in stages.items()}

    return {
        "key": group.key, "name": name, "currency": group.currency, "processes": group.processes, "stages": spell(group.stages),
        "cancelled": spell(group.cancelled),
    }  # fmt: skip


def _flatten_group(result: dict[str, Any]) -> dict[str, Any]:
    flat = {**result}
    for stage, total in result["stages"].items():
        flat |= {stage: total["amount"], f"{stage}_processes": total["processes"]}
    return flat


def print_groups(out: Shell, groups: Sequence[GroupTotal], names: dict[str, str], grouping: str) -> None:
    """Side by side where the terminal is wide enough, else a line a stage."""
    stages = [stage for stage in ("budgeted", *SIDE_BY_SIDE) if stage in SIDE_BY_SIDE or any(stage in group.stages for group in groups)]
    table = []
    for group in groups:
        key = _spell_key(out, group.key, names[group.key], grouping)
        money = [_spell_total(out, group, stage) for stage in stages]
        table.append((key, group.currency or "–", str(group.processes), money))
    widths = [max([len(row[3][at]) for row in table] + [10]) + 2 for at in range(len(stages))]
    heading = [out.words(f"totals.{grouping}"), out.words("totals.currency"), out.words("totals.processes")]
    if sum(widths) + 40 <= out.output.width:
        wide = [[key, currency, count, *money] for key, currency, count, money in table]
        out.table([*heading, *(out.words(f"stage.{stage}") for stage in stages)], wide, right=tuple(range(2, 3 + len(stages))))
        return
    rows: list[Sequence[str | Sequence[str]]] = []
    for key, currency, count, money in table:
        first = True
        for stage, amount in zip(stages, money, strict=True):
            if amount != "–" or first:
                rows.append([key if first else "", currency if first else "", count if first else "", out.words(f"stage.{stage}"), amount])
                first = False
    out.table([*heading, out.words("totals.stage"), out.words("totals.total")], rows, right=(2, 4))


def _spell_key(out: Shell, key: str, name: str, grouping: str) -> str | list[str]:
    if grouping == "supplier" and key == "+":
        return out.words("totals.several")
    if not key or key == "0":
        return out.words("totals.unknown")
    return [name, key] if name else key


def _spell_total(out: Shell, group: GroupTotal, stage: str) -> str:
    total = group.stages.get(stage)
    return _trim(spell_plain(out, total.amount)) if total is not None else "–"


def _trim(amount: str) -> str:
    """Without decimals that are all zero."""
    return amount[:-3] if amount.endswith((".00", ",00")) else amount


def _print_stages(out: Shell, groups: Sequence[GroupTotal], shortfall: Shortfall) -> None:
    rows = []
    for group in groups:
        total = group.stages.get(group.key)
        stage, missing = out.words(f"stage.{group.key}"), str(shortfall.without_stage.get(group.key, ""))
        counts = [str(total.times), str(total.processes)] if total is not None else ["", ""]
        rows.append([stage, group.currency or "–", _spell_total(out, group, group.key), *counts, missing])
    headings = [out.words(f"totals.{name}") for name in ("stage", "currency", "total", "times", "with", "without")]
    out.table(headings, rows, right=(2, 3, 4, 5))


def say_shortfall(out: Shell, groups: Sequence[GroupTotal], shortfall: Shortfall) -> None:
    """What the sums do not hold."""
    without = ", ".join(f"{out.words(f'stage.{stage}')} {shortfall.without_stage[stage]}" for stage in SIDE_BY_SIDE)
    out.say("totals.missing", processes=shortfall.processes, without=without)
    if shortfall.budgets:
        out.say("totals.budgets", count=shortfall.budgets)
    if shortfall.without_amount:
        out.say("totals.without_amount", count=shortfall.without_amount)
    cancelled = sum(total.times for group in groups for total in group.cancelled.values())
    if cancelled:
        out.say("totals.cancelled", count=cancelled)
    nameless = sum(total.times for group in groups if not group.currency for total in group.stages.values())
    if nameless:
        out.say("totals.no_currency", count=nameless)
    if shortfall.unreadable_releases:
        out.say("totals.unreadable", count=shortfall.unreadable_releases)
