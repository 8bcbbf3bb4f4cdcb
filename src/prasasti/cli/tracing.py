"""The command ``trace``: where money comes from and went, from the budget line to the bank's own entry, added up at every level."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from prasasti.cli.reading.conditions import reading_ledger
from prasasti.cli.reading.spelling import spell_money, spell_number
from prasasti.cli.shell import DONE, REFUSED, Shell, clean, command, ledger_option, shell

if TYPE_CHECKING:
    from prasasti.services.tracing.nodes import Failure, Node, Sum, Trace

WIDEST = 100
STATE_WIDTH = 14
# Between the columns, with the mark.
MARGINS = 6
# Whose sums are told also where they hold, at the top: of the levels below, a mark says so.
TOLD_WHOLE = ("line", "contract", "supplier", "buyer", "outside")
MARK, CROSS = "✓", "✗"
DETAILS = (
    "due", "inspected", "value_date", "time", "days", "spp", "spm", "sp2d", "ntpn", "carried_to", "item", "guarantor", "reference",
)  # fmt: skip
# Numbers of the state's books, by their own names.
BOOKS = ("spp", "spm", "sp2d", "ntpn")
TIMES = ("due", "inspected", "time", "value_date")
BRANCH, LAST, TRUNK, NOTHING = "├─ ", "└─ ", "│  ", "   "


@click.command()
@click.argument("asked", metavar="CONTRACT|SUPPLIER|BUYER|BUDGET")
@click.option("--as", "kind", type=click.Choice(["contract", "order", "process", "budget", "supplier", "buyer"]), help="What the id is.")
@ledger_option
@command
def trace(asked: str, kind: str | None, ledger_folder: Path) -> None:
    """Follow each rupiah: budget line, reservation, contract, milestone, certificate, order, bank entry, and back.

    An id is recognised by what it is: a contract, one of its orders, a process, a budget line, a supplier, a buyer. At every level the
    amounts are added up anew; exit 1 where they differ, and the level is named. Payments that no order here asked for, entries that
    matched nothing and what is owed stand apart.

    \b
    prasasti trace contract-1
    prasasti trace 2026-parks
    prasasti --json trace bidder-2 --as supplier
    """
    from prasasti.services.tracing import finding

    out = shell()
    with reading_ledger(ledger_folder) as (ledger, model), model.reading() as connection:
        found = finding.trace(ledger, connection, asked, kind or "")
        others = [each for each in finding.list_kinds(ledger, connection, asked) if found is not None and each != found.kind]
    if found is None:
        out.fail("error.refused", out.words("trace.unknown", asked=asked), REFUSED)
        return
    failures = found.list_failures()
    if not out.as_json:
        _draw(out, found, failures)
        for each in others:
            out.say("trace.also", asked=asked, kind=each)
    out.finish(as_json(found, failures), REFUSED if failures else DONE)


def as_json(found: Trace, failures: Sequence[Failure]) -> dict[str, Any]:
    """A trace for programs: amounts are decimal strings of minor units."""
    return {
        "id": found.id, "kind": found.kind, "told": found.told, "adds_up": not failures, "sums": found.count_sums(),
        "failures": [{"path": each.path, **_sum_as_json(each.failed)} for each in failures],
        "nodes": [_node_as_json(node) for node in found.nodes], "apart": [_node_as_json(node) for node in found.apart],
    }  # fmt: skip


def _node_as_json(node: Node) -> dict[str, Any]:
    return {
        "kind": node.kind, "id": node.id, "amount_minor": str(node.amount_minor), "currency": node.currency, "state": node.state,
        **node.facts, "sums": [_sum_as_json(each) for each in node.sums], "nodes": [_node_as_json(each) for each in node.nodes],
    }  # fmt: skip


def _sum_as_json(told: Sum) -> dict[str, Any]:
    parts = [{"name": part.name, "amount_minor": str(part.amount_minor)} for part in told.parts]
    return {"name": told.name, "total_minor": str(told.total_minor), "parts": parts, "at_most": told.is_most, "holds": told.holds}


# -- drawing --------------------------------------------------------------------------------------------------------------


def _draw(out: Shell, found: Trace, failures: Sequence[Failure]) -> None:
    out.line(out.words("trace.head", kind=out.words(f"trace_kind.{found.kind}"), asked=found.id, time=out.time(found.told)))
    _draw_all(out, found.nodes)
    if found.apart:
        out.line("")
        out.say("trace.apart")
        _draw_all(out, found.apart)
    out.line("")
    if not found.nodes:
        out.say("trace.nothing")
    elif not failures:
        out.say("trace.adds_up", count=found.count_sums())
    for failure in failures:
        out.say("trace.fails", path=" → ".join(_spell_step(out, step) for step in failure.path))
        out.line("  " + _spell_sum(out, failure.failed, failure.currency))


def _spell_step(out: Shell, step: str) -> str:
    kind, _, name = step.partition(" ")
    return f"{out.words(f'trace_kind.{kind}')} {name}".strip()


def _draw_all(out: Shell, nodes: Sequence[Node]) -> None:
    from prasasti.services.tracing.nodes import walk

    amount_width = max((len(_spell_amount(out, node.amount_minor, node.currency)) for node, _ in walk(list(nodes))), default=0)
    width = min(WIDEST, out.output.width) - amount_width - STATE_WIDTH - MARGINS
    for node in nodes:
        _draw_node(out, node, "", "", (width, amount_width))


def _draw_node(out: Shell, node: Node, first: str, rest: str, widths: tuple[int, int]) -> None:
    """A level on a line of its own: what it is, its amount, how it stands; below it what it is made of."""
    width, amount_width = widths
    holds = all(each.holds for each in node.sums)
    mark = "" if not node.sums else MARK if holds else CROSS
    state = out.words.find(f"trace_state.{node.state}", node.state)
    label, *more = textwrap.wrap(clean(_spell_node(out, node)), max(20, width - len(first))) or [""]
    line = Text(f"{first}{label}".ljust(width)[: max(width, len(first) + len(label))])
    line.append(f"  {_spell_amount(out, node.amount_minor, node.currency):>{amount_width}}", style="bold")
    line.append(f"  {mark or ' '} ", style="green" if holds else "red").append(clean(state), style="dim")
    line.rstrip()
    out.output.print(line, soft_wrap=True)
    below = TRUNK if node.nodes else NOTHING
    is_whole = node.kind in TOLD_WHOLE and not first
    told = [each for each in node.sums if is_whole or not each.holds or (node.kind == "contract" and each.name == "paid")]
    sums = [text for each in told for text in _wrap_sum(out, each, node.currency, widths, len(rest))]
    for text in (*more, *sums):
        out.output.print(Text(f"{rest}{below}{text}", style="dim"), soft_wrap=True)
    for index, inner in enumerate(node.nodes):
        is_last = index == len(node.nodes) - 1
        _draw_node(out, inner, rest + (LAST if is_last else BRANCH), rest + (NOTHING if is_last else TRUNK), widths)


def _wrap_sum(out: Shell, told: Sum, currency: str, widths: tuple[int, int], indent: int) -> list[str]:
    available = sum(widths) + STATE_WIDTH + MARGINS - indent - len(TRUNK)
    text = f"{MARK if told.holds else CROSS} {_spell_sum(out, told, currency)}"
    return textwrap.wrap(clean(text), max(40, available), subsequent_indent="    ", break_on_hyphens=False)


def _spell_sum(out: Shell, told: Sum, currency: str) -> str:
    """What must hold, with the amounts: parts of nothing are left out."""
    sign = ("≤" if told.is_most else "=") if told.holds else (">" if told.is_most else "≠")
    spelled = ""
    for part in [part for part in told.parts if part.amount_minor]:
        joined = ("− " if part.amount_minor < 0 else "") if not spelled else (" − " if part.amount_minor < 0 else " + ")
        name = out.words.find(f"trace_part.{part.name}", part.name)
        spelled += f"{joined}{_spell_amount(out, abs(part.amount_minor), currency, '')} {name}"
    whole = _spell_amount(out, told.total_minor, currency, "")
    return f"{out.words(f'trace_sum.{told.name}')}: {whole} {sign} {spelled or '0'}"


def _spell_node(out: Shell, node: Node) -> str:
    """What a level is, and of its facts those that say most."""
    facts = {name: node.facts.get(name, "") for name in ("bank", "buyer", "cause", "payee", "supplier", "title", "unit", "year")}
    facts["rate"] = spell_number(out, Decimal(node.facts.get("rate_bp", "0")) / 100, 2)
    name = out.words(f"trace_node.{node.kind}", id=node.id, **facts)
    return ", ".join([name, *_list_details(out, node)])


def _list_details(out: Shell, node: Node) -> Iterator[str]:
    for name in DETAILS:
        if fact := node.facts.get(name, ""):
            shown = out.day(int(fact)) if name in TIMES else f"{name.upper()} {fact}" if name in BOOKS else fact
            yield out.words.find(f"trace_fact.{name}", "{fact}").format(fact=shown)


def _spell_amount(out: Shell, amount_minor: int, currency: str, shown: str | None = None) -> str:
    """An amount with its currency, or another word for it; without decimals where there are none."""
    from prasasti.readmodel.money import from_minor

    value = from_minor(amount_minor, currency)
    whole = value.to_integral_value()
    return spell_money(out, f"{whole if whole == value else value:f}", currency if shown is None else shown)
