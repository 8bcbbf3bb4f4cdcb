"""Commands that read: ``search``, ``totals``, ``show``, ``list``, ``rebuild``.

Each catches up with the ledger's newest block first. What they import of the read model they import when they run: a
command that does not read starts without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from prasasti import bootstrap
from prasasti.cli.answers import answering, print_csv, print_table
from prasasti.cli.shell import COULD_NOT, REFUSED, Shell, clean, command, ledger_option, shell
from prasasti.services.releases import NothingFits

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from prasasti.contracts.procurement.evaluation.records import RankedRecord
    from prasasti.integrations.ocds.sources import Source
    from prasasti.integrations.ocds.story import StoryLine
    from prasasti.readmodel.database import ReadModel
    from prasasti.readmodel.queries import Conditions, GroupTotal, Hits, Role, Shortfall, Sort, StageTotal
    from prasasti.services.ledger import Ledger
    from prasasti.services.native_story import Act, NativeStory
    from prasasti.services.reading import Story, WholeList
    from prasasti.services.tasks import Task

STATES = ("budgeted", "planned", "tendered", "awarded", "contracted", "paid", "completed", "cancelled")
METHODS = ("open", "selective", "limited", "direct")
SORTS = ("relevance", "newest", "value", "price-rise")
GROUPINGS = ("buyer", "supplier", "year", "method", "stage")
SIDE_BY_SIDE = ("planned", "awarded", "contracted", "paid")
SHOWN_CHANGES = 10
SHOWN_PROCESSES = 20


@contextmanager
def _reading(ledger_folder: Path) -> Iterator[tuple[Ledger, ReadModel]]:
    """The ledger, and its read model caught up."""
    from prasasti.services.projecting import open_current

    with bootstrap.open_for_reading(ledger_folder) as ledger:
        with shell().progress("read_model.progress") as progress:
            opened = open_current(ledger, progress)
            model = opened.__enter__()
        try:
            yield ledger, model
        finally:
            opened.__exit__(None, None, None)


def narrowing(function: Callable[..., None]) -> Callable[..., None]:
    """Options that say which processes."""
    for option in reversed((
        click.option("--buyer", default="", metavar="TEXT", help="Who buys: an id in the form of the lists, or words of a name."),
        click.option("--supplier", default="", metavar="TEXT", help="Who supplies: an id, or words of a name."),
        click.option("--publisher", default="", metavar="ID", help="Who published the releases."),
        click.option("--year", type=int, help="Of the first signature, else of the first award, the tender, the first release."),
        click.option("--method", type=click.Choice(METHODS), help="How it was tendered."),
        click.option("--state", type=click.Choice(STATES), help="How far it is, or how it ended."),
        click.option("--min", "minimum", metavar="AMOUNT", help="A value of at least so much, such as 1500000.50."),
        click.option("--max", "maximum", metavar="AMOUNT", help="A value of at most so much."),
        click.option("--currency", default="", help="Only values in this currency, such as IDR."),
    )):  # fmt: skip
        function = option(function)
    return function


# -- search ---------------------------------------------------------------------------------------------------------------


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
    with _reading(ledger_folder) as (_, model), model.reading() as connection:
        needs_currency = sort in ("value", "price-rise") or only_risen
        conditions = _read_conditions(connection, narrowed, TextQuery(words=" ".join(words)), needs_currency)
        if only_risen:
            hits = queries.search_contracts(connection, conditions, sort or "price-rise", limit)
            results = [_contract_as_json(row) for row in hits.rows]
        else:
            hits = queries.search(connection, conditions, sort or ("relevance" if words else "newest"), limit)
            suppliers = queries.list_suppliers(connection, [row.process for row in hits.rows])
            results = [_process_as_json(row, suppliers.get(row.process, [])) for row in hits.rows]
    if as_csv:
        print_csv([_flatten(result) for result in results], CONTRACT_COLUMNS if only_risen else PROCESS_COLUMNS)
        return
    if only_risen and results:
        _print_contracts(out, results)
    elif results:
        _print_processes(out, results)
    _say_hits(out, hits, len(results))
    is_many = hits.total > queries.MANY
    out.finish({"found": hits.total, "more_than_found": is_many, "sort": hits.sort, "currency": conditions.currency, "results": results})


def _read_conditions(connection: Connection, narrowed: dict[str, Any], text: Any, needs_currency: bool) -> Conditions:
    """The options as conditions: a buyer or supplier by id where a list has it, else by words of the name."""
    from prasasti.readmodel import queries

    minimum, maximum = (_read_amount(narrowed.pop(name)) for name in ("minimum", "maximum"))
    roles: tuple[Role, ...] = ("buyer", "supplier")
    for role in roles:
        asked = narrowed[role]
        if asked and not queries.count_list(connection, role, asked):
            text = text._replace(**{role: asked})
            narrowed[role] = ""
    for option, asked in (("WORDS", text.words), ("--buyer", text.buyer), ("--supplier", text.supplier)):
        if asked and text._replace(words=asked, buyer="", supplier="").is_empty:
            raise click.UsageError(f"{option}: {clean(asked)} holds no word to look for; give letters or digits")
    if narrowed["currency"] == "" and (needs_currency or minimum is not None or maximum is not None):
        narrowed["currency"] = _choose_currency(connection)
    currency = narrowed["currency"]
    known = {name: value for name, value in narrowed.items() if value is not None}
    limits = _as_minor(minimum, currency, 1), _as_minor(maximum, currency, 0)
    return queries.Conditions(text=text, min_minor=limits[0], max_minor=limits[1], **known)


def _choose_currency(connection: Connection) -> str:
    """The only one that there is: amounts of several are not compared."""
    from prasasti.readmodel import queries

    currencies = queries.list_currencies(connection)
    if len(currencies) > 1:
        raise click.UsageError(f"amounts of several currencies cannot be compared; choose --currency among {', '.join(currencies)}")
    return currencies[0] if currencies else ""


def _read_amount(asked: str | None) -> Decimal | None:
    if asked is None:
        return None
    try:
        amount = Decimal(asked)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount.adjusted()) > 300:
        raise click.UsageError(f"{asked!r} is no amount: give plain digits, with a point before decimals, such as 1500000.50")
    return amount


def _as_minor(amount: Decimal | None, currency: str, rounding_up: int) -> int | None:
    """Minor units of a limit; a lower one that is no whole number of them means the next."""
    from prasasti.readmodel.money import MAX_MINOR, compute_minor

    if amount is None:
        return None
    minor, is_exact = compute_minor(amount, currency)
    return minor if is_exact else min(minor + rounding_up, MAX_MINOR)


PROCESS_COLUMNS = (
    "ocid", "publisher", "title", "buyer", "buyer_name", "suppliers", "year", "method", "state", "stage", "amount", "currency",
    "releases", "contradictions", "unreadable",
)  # fmt: skip
CONTRACT_COLUMNS = (
    "ocid", "publisher", "contract", "title", "buyer", "buyer_name", "supplier", "suppliers", "year", "signed", "state", "amount_before",
    "amount", "rise", "currency", "amendments",
)  # fmt: skip


def _process_as_json(row: Row[Any], suppliers: list[str]) -> dict[str, Any]:
    return {
        "ocid": row.ocid, "publisher": row.publisher, "title": row.title, "buyer": row.buyer, "buyer_name": row.buyer_name,
        "suppliers": suppliers, "year": row.year, "method": row.method, "state": row.state,
        "value": {"stage": row.value_stage, "amount": row.value_amount, "currency": row.value_currency} if row.value_stage else None,
        "releases": row.releases, "contradictions": row.contradictions, "unreadable": row.unreadable,
    }  # fmt: skip


def _contract_as_json(row: Row[Any]) -> dict[str, Any]:
    return {
        "ocid": row.ocid, "publisher": row.publisher, "contract": row.contract_id, "title": row.title or row.process_title,
        "buyer": row.buyer, "buyer_name": row.buyer_name, "supplier": row.supplier if row.supplier != "+" else "",
        "suppliers": row.suppliers, "year": row.year, "signed": row.signed, "state": row.status, "amount_before": row.first_amount,
        "amount": row.amount, "rise": row.change_amount, "currency": row.currency, "amendments": row.amendments,
    }  # fmt: skip


def _flatten(result: dict[str, Any]) -> dict[str, Any]:
    return {**result, **(result.get("value") or {})}


def _print_processes(out: Shell, results: Sequence[dict[str, Any]]) -> None:
    rows = []
    for result in results:
        value = result["value"]
        amount = _spell_money(out, value["amount"], value["currency"]) if value else ""
        suppliers = "; ".join([*result["suppliers"][:3], *(["…"] if len(result["suppliers"]) > 3 else [])])
        rows.append(
            [
                [result["title"] or "–", *_spell_parties(result, suppliers), result["ocid"]],
                [str(result["year"]), _spell_state(out, result["state"]), _warn(out, result)],
                [amount, out.words(f"stage.{value['stage']}") if value else ""],
            ]
        )
    print_table(out, [out.words(f"search.{name}") for name in ("process", "year", "value")], rows, right=(2,))


def _spell_parties(result: dict[str, Any], suppliers: str) -> list[str]:
    """Who buys and who supplies, a line each: beside the title there is no room for them, and none for a whole OCID."""
    return [result["buyer_name"] or result["buyer"], f"→ {suppliers}" if suppliers else ""]


def _print_contracts(out: Shell, results: Sequence[dict[str, Any]]) -> None:
    rows = []
    for result in results:
        before, rise = Decimal(result["amount_before"]), Decimal(result["rise"])
        share = f"+{_spell_number(out, rise / before * 100, 1)} %" if before > 0 else ""
        rows.append(
            [
                [result["title"] or "–", *_spell_parties(result, result["suppliers"]), f"{result['ocid']}  {result['contract']}"],
                [_spell_money(out, result["amount"], result["currency"]), out.words("search.before", amount=_spell_plain(out, before))],
                [_spell_plain(out, rise), share],
            ]
        )
    print_table(out, [out.words(f"search.{name}") for name in ("contract", "value", "rise")], rows, right=(1, 2))


def _spell_money(out: Shell, amount: str, currency: str) -> str:
    """An amount as people write it: two decimals where its publisher wrote one."""
    _, _, fraction = amount.partition(".")
    return out.words.amount(f"{amount}0" if len(fraction) == 1 else amount, currency).strip()


def _spell_plain(out: Shell, amount: Decimal) -> str:
    return _spell_money(out, f"{amount:f}", "")


def _spell_number(out: Shell, number: Decimal, decimals: int) -> str:
    return out.words.amount(f"{round(number, decimals):f}", "").strip()


def _spell_state(out: Shell, state: str) -> str:
    return out.words(f"state.{state}") if state else ""


def _warn(out: Shell, result: dict[str, Any]) -> str:
    """What a reader should know before the rest: that a release is told in two ways, or cannot be read."""
    warnings = [out.words(f"search.{name}") for name in ("contradictions", "unreadable") if result[name]]
    return ", ".join(warnings)


def _say_hits(out: Shell, hits: Hits, shown: int) -> None:
    from prasasti.readmodel.queries import MANY

    order = out.words(f"search.by_{hits.sort.replace('-', '_')}")
    if hits.total == 0:
        out.say("search.nothing")
    elif hits.total > MANY:
        out.say("search.many", count=out.words.amount(str(MANY), "").strip(), shown=shown, order=order)
    else:
        out.say("search.found", count=out.words.amount(str(hits.total), "").strip(), shown=shown, order=order)


# -- totals ---------------------------------------------------------------------------------------------------------------


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
    with _reading(ledger_folder) as (_, model), model.reading() as connection:
        conditions = _read_conditions(connection, narrowed, TextQuery(words=" ".join(words)), False)
        groups = _sort_groups(queries.add_totals(connection, conditions, grouping), grouping)
        shortfall = queries.find_shortfall(connection, conditions)
        is_party = grouping in ("buyer", "supplier")
        names = {group.key: queries.name_party(connection, group.key) if is_party else "" for group in groups[:limit]}
    results = [_group_as_json(group, names[group.key]) for group in groups[:limit]]
    if as_csv:
        print_csv([_flatten_group(result) for result in results], GROUP_COLUMNS)
        return
    if grouping == "stage":
        _print_stages(out, groups, shortfall)
    else:
        _print_groups(out, groups[:limit], names, grouping)
        if len(groups) > limit:
            out.say("import.more", count=len(groups) - limit)
    _say_shortfall(out, groups, shortfall)
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


GROUP_COLUMNS = (
    "key", "name", "currency", "processes", "budgeted", "planned", "tendered", "awarded", "contracted", "paid", "budgeted_processes",
    "planned_processes", "tendered_processes", "awarded_processes", "contracted_processes", "paid_processes",
)  # fmt: skip


def _group_as_json(group: GroupTotal, name: str) -> dict[str, Any]:
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


def _print_groups(out: Shell, groups: Sequence[GroupTotal], names: dict[str, str], grouping: str) -> None:
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
        print_table(out, [*heading, *(out.words(f"stage.{stage}") for stage in stages)], wide, right=tuple(range(2, 3 + len(stages))))
        return
    rows: list[Sequence[str | Sequence[str]]] = []
    for key, currency, count, money in table:
        first = True
        for stage, amount in zip(stages, money, strict=True):
            if amount != "–" or first:
                rows.append([key if first else "", currency if first else "", count if first else "", out.words(f"stage.{stage}"), amount])
                first = False
    print_table(out, [*heading, out.words("totals.stage"), out.words("totals.total")], rows, right=(2, 4))


def _spell_key(out: Shell, key: str, name: str, grouping: str) -> str | list[str]:
    if grouping == "supplier" and key == "+":
        return out.words("totals.several")
    if not key or key == "0":
        return out.words("totals.unknown")
    return [name, key] if name else key


def _spell_total(out: Shell, group: GroupTotal, stage: str) -> str:
    total = group.stages.get(stage)
    return _trim(_spell_plain(out, total.amount)) if total is not None else "–"


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
    print_table(out, headings, rows, right=(2, 3, 4, 5))


def _say_shortfall(out: Shell, groups: Sequence[GroupTotal], shortfall: Shortfall) -> None:
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


# -- show -----------------------------------------------------------------------------------------------------------------


@click.command()
@click.argument("ocid", required=False)
@click.option("--buyer", default="", metavar="TEXT", help="Show this buyer instead: an id, or words of a name.")
@click.option("--supplier", default="", metavar="TEXT", help="Show this supplier instead: an id, or words of a name.")
@click.option("--publisher", default="", metavar="ID", help="Of several publishers with the same OCID, this one.")
@answering
@ledger_option
@command
def show(as_csv: bool, ocid: str | None, buyer: str, supplier: str, publisher: str, ledger_folder: Path) -> None:
    """Tell one contract's story from plan to payment, line by line, each with its entry in the log.

    A line names the rows of the source system where the release does. Versions that contradict one another stand beside
    each other. With --buyer or --supplier: who that is, sums, and its newest processes. Without either: the newest of all.

    \b
    prasasti show
    prasasti show ocds-px0z7d-5052-5001-1
    prasasti show --supplier "karya bangun"
    prasasti show --buyer ID-NPWP-0012345678901000 --json
    """
    if sum(map(bool, (ocid, buyer, supplier))) > 1:
        raise click.UsageError("give one of OCID, --buyer, --supplier")
    if buyer or supplier:
        _show_party(as_csv, "buyer" if buyer else "supplier", buyer or supplier, ledger_folder)
    elif ocid is None:
        _show_newest(as_csv, ledger_folder)
    else:
        _show_story(as_csv, ocid, publisher, ledger_folder)


def _show_story(as_csv: bool, ocid: str, publisher: str, ledger_folder: Path) -> None:
    from prasasti.services.reading import tell_story

    out = shell()
    try:
        with bootstrap.open_for_reading(ledger_folder) as ledger, out.progress("read_model.progress") as progress:
            story = tell_story(ledger, ocid, publisher, progress=progress)
    except NothingFits as problem:
        if not problem.is_unknown:
            raise
        words = "show.unknown" if problem.known else "show.nothing"
        out.fail("error.refused", out.words(words, ocid=ocid, examples=", ".join(problem.known)), REFUSED)
        return
    if as_csv:
        print_csv([_line_as_row(out, story, line) for line in story.lines], LINE_COLUMNS)
    else:
        say_story(story)


RANKING_COLUMNS = ("place", "bidder", "price", "evaluated", "technical", "price_points", "final")
LINE_COLUMNS = ("ocid", "date", "entry", "recorded", "event", "words", "amount", "currency", "sources")


def _line_as_row(out: Shell, story: Story, line: StoryLine) -> dict[str, Any]:
    facts = line.facts
    return {
        "ocid": story.ocid, "date": out.day(line.time), "entry": line.position, "recorded": out.time(story.times[line.position]),
        "event": line.key, "words": spell_event(out, line), "amount": facts.get("after_amount", facts.get("amount", "")),
        "currency": facts.get("after_currency", facts.get("currency", "")),
        "sources": [f"{source.file}: {source.rows}" for source in story.find_sources(line)],
    }  # fmt: skip


def say_story(story: Story) -> None:
    """A story as a table for people, or as one object for programs."""
    out = shell()
    out.line(story.title or story.ocid)
    out.line(f"{'OCID':<10}{story.ocid}")
    heads = (
        ("publisher", story.publisher), ("buyer", " ".join(dict.fromkeys(filter(None, (story.buyer_name, story.buyer))))),
        *(
            ("supplier", " ".join(dict.fromkeys(filter(None, (story.names.get(supplier, ""), supplier)))))
            for supplier in story.suppliers
        ),
        ("state", _spell_state(out, story.state)),
    )  # fmt: skip
    for key, name in heads:
        if name:
            out.line(f"{out.words(f'show.{key}'):<10}{name}")
    rows = []
    for line in story.lines:
        sources = [_spell_source(out, source) for source in story.find_sources(line)]
        rows.append([out.day(line.time), str(line.position), [spell_event(out, line), *sources], spell_amount(out, line.facts)])
    print_table(out, [out.words(f"show.{name}") for name in ("date", "entry", "what", "amount")], rows, right=(1, 3))
    out.say("show.source")
    for contradiction in story.contradictions:
        out.say(
            "show.contradiction", position=contradiction.position, release_id=contradiction.release_id, stands=contradiction.stands,
        )  # fmt: skip
        changes = [[change.path, change.before or "–", change.after or "–"] for change in contradiction.changes[:SHOWN_CHANGES]]
        entries = [f"{out.words('show.entry')} {position}" for position in (contradiction.stands, contradiction.position)]
        print_table(out, [out.words("show.field"), *entries], changes)
        if len(contradiction.changes) > SHOWN_CHANGES:
            out.say("import.more", count=len(contradiction.changes) - SHOWN_CHANGES)
    if story.native is not None:
        say_native(out, story.native)
    out.finish(_story_as_json(story))


def say_native(out: Shell, native: NativeStory) -> None:
    """What a process on the ledger adds to its story: who acted under which figures, each ranking's arithmetic, what waits."""
    out.line(out.words("acts.how"))
    rows = [[out.day(act.time), str(act.position), _spell_act(out, act, native.currency), _spell_rules(out, act)] for act in native.acts]
    columns = ("show.date", "show.entry", "acts.who", "acts.rules")
    print_table(out, [out.words(name) for name in columns], rows, right=(1,))
    for ranking in native.rankings:
        out.line(out.words("acts.ranking", ranking=ranking.ranking, lot=ranking.lot, evaluation=ranking.evaluation))
        headings = [out.words(f"acts.{name}") for name in RANKING_COLUMNS]
        print_table(out, headings, [_spell_ranked(out, each, native.currency) for each in ranking.proposals], right=(0, 2, 3, 4, 5, 6))
    out.line(out.words("acts.next"))
    for task in native.tasks or ():
        out.line(f"- {_spell_task(out, task)}")
    if not native.tasks:
        out.say("tasks.none")


def _spell_act(out: Shell, act: Act, currency: str) -> list[str]:
    """Who, what, the facts that say most, until when, and whom that put out."""
    from prasasti.cli.explaining import spell_code
    from prasasti.readmodel.money import from_minor

    who = f"{act.actor}: {', '.join(act.signers)}" if act.actor else out.words("acts.schedule")
    facts = [f"{out.words(f'act_fact.{name}')} {fact}" for name, fact in act.facts.items() if name not in ("until", "price")]
    if "price" in act.facts:
        facts.append(_spell_money(out, f"{from_minor(int(act.facts['price']), currency):f}", currency).strip())
    until = [out.words("acts.until", time=out.time(int(act.facts["until"])))] if "until" in act.facts else []
    lines = [f"{who} – {out.words.find(f'act.{act.what}', act.what)}", ", ".join([*facts, *until])]
    named = [f"{each.bidder} ({spell_code(out, each.reason)})" for each in act.put_out]
    return [*lines, out.words("acts.put_out", who=", ".join(named))] if named else lines


def _spell_rules(out: Shell, act: Act) -> list[str]:
    voted = out.words("acts.voted")
    return [f"{rule.name} = {rule.value} ({rule.clause or voted})" for rule in act.rules]


def _spell_ranked(out: Shell, ranked: RankedRecord, currency: str) -> list[str]:
    """Amounts in the currency's units, points as points: a unit of the ledger's is 0.0001."""
    from prasasti.readmodel.money import EXACT, from_minor

    price = from_minor(int(ranked.price), currency)
    evaluated = EXACT.scaleb(from_minor(int(ranked.evaluated_e8), currency), -8).normalize()
    points = [_spell_number(out, Decimal(each) / 10_000, 4) for each in (ranked.technical, ranked.price_points, ranked.final)]
    place = str(ranked.place) if ranked.place else out.words("acts.below")
    return [place, ranked.bidder, _spell_money(out, f"{price:f}", currency), _spell_plain(out, evaluated), *points]


def _spell_task(out: Shell, task: Task) -> str:
    who = ":".join(filter(None, (task.organisation or "*", task.handle)))
    ends = ", ".join([
        *([out.words("tasks.from_time", time=out.time(task.since))] if task.since else []),
        *([out.words("acts.until", time=out.time(task.until))] if task.until else []),
    ])  # fmt: skip
    what = " ".join(filter(None, (out.words(f"tasks.{task.what}"), task.subject)))
    return f"{who} ({task.role.rpartition('.')[2]}): {what}{f' ({ends})' if ends else ''}"


def _native_as_json(story: Story) -> dict[str, Any]:
    import msgspec

    built: dict[str, Any] = msgspec.to_builtins(story.native)
    built["tasks"] = [task._asdict() for task in story.native.tasks] if story.native is not None else []
    return built


_ROWS = re.compile("rows? ([0-9][0-9, -]*)")


def _spell_source(out: Shell, source: Source) -> str:
    """The rows of a source system; those that one of our adapters noted, in the reader's language."""
    noted = _ROWS.fullmatch(source.rows)
    if noted is None:
        return out.words("show.from_source", file=source.file, rows=source.rows)
    return out.words("show.from_row" if noted[1].isdigit() else "show.from_rows", file=source.file, rows=noted[1])


def _story_as_json(story: Story) -> dict[str, Any]:
    lines = [
        {
            "time": line.time, "entry": line.position, "recorded": story.times[line.position], "event": line.key, **line.facts,
            "sources": [{"file": source.file, "rows": source.rows} for source in story.find_sources(line)],
        }
        for line in story.lines
    ]  # fmt: skip
    contradictions = [
        {
            "entry": each.position, "stands": each.stands, "release": each.release_id,
            "changes": [{"path": change.path, "before": change.before, "after": change.after} for change in each.changes],
        }
        for each in story.contradictions
    ]  # fmt: skip
    return {
        "ocid": story.ocid, "publisher": story.publisher, "title": story.title, "state": story.state, "buyer": story.buyer,
        "buyer_name": story.buyer_name, "suppliers": story.suppliers,
        "supplier_names": {supplier: story.names.get(supplier, "") for supplier in story.suppliers},
        "lines": lines, "contradictions": contradictions, **({"native": _native_as_json(story)} if story.native is not None else {}),
    }  # fmt: skip


def spell_event(out: Shell, line: StoryLine) -> str:
    """What happened, in words; codes of OCDS stand as they are, instants as days."""
    are_instants = line.key.endswith(("deadline_changed", "end_changed"))
    facts = {name: fact[:10] if are_instants and name in {"before", "after"} else fact for name, fact in line.facts.items()}
    if "before_amount" in facts:
        facts["before"] = _spell_money(out, facts["before_amount"], facts["before_currency"])
    detail = out.words(f"story_detail.{line.key}", **facts).strip()
    return f"{out.words(f'story.{line.key}')}: {detail}" if detail else out.words(f"story.{line.key}")


def spell_amount(out: Shell, facts: dict[str, str]) -> str:
    """The amount of an event, as it is afterwards."""
    amount = facts.get("after_amount", facts.get("amount", ""))
    return _spell_money(out, amount, facts.get("after_currency", facts.get("currency", ""))) if amount else ""


def _show_newest(as_csv: bool, ledger_folder: Path) -> None:
    from prasasti.readmodel import queries

    out = shell()
    with _reading(ledger_folder) as (_, model), model.reading() as connection:
        hits = queries.search(connection, queries.Conditions(), "newest", SHOWN_PROCESSES)
        suppliers = queries.list_suppliers(connection, [row.process for row in hits.rows])
    if not hits.rows:
        raise NothingFits(out.words("show.nothing"))
    results = [_process_as_json(row, suppliers.get(row.process, [])) for row in hits.rows]
    if as_csv:
        print_csv([_flatten(result) for result in results], PROCESS_COLUMNS)
        return
    _print_processes(out, results)
    _say_hits(out, hits, len(results))
    out.finish({"found": hits.total, "processes": results})


def _show_party(as_csv: bool, role: Role, asked: str, ledger_folder: Path) -> None:
    from prasasti.readmodel import queries
    from prasasti.services.reading import find_party

    out = shell()
    with _reading(ledger_folder) as (_, model), model.reading() as connection:
        party = find_party(connection, role, asked)
        conditions = queries.Conditions(buyer=party.party) if role == "buyer" else queries.Conditions(supplier=party.party)
        names = queries.list_names(connection, party.party)
        groups = [group for group in queries.add_totals(connection, conditions, role) if group.key == party.party]
        shortfall = queries.find_shortfall(connection, conditions)
        hits = queries.search(connection, conditions, "newest", SHOWN_PROCESSES)
        suppliers = queries.list_suppliers(connection, [row.process for row in hits.rows])
    results = [_process_as_json(row, suppliers.get(row.process, [])) for row in hits.rows]
    if as_csv:
        print_csv([_flatten(result) for result in results], PROCESS_COLUMNS)
        return
    out.line(party.name or party.party)
    out.line(f"{out.words(f'show.{role}'):<10}{party.party}")
    for row in names if len(names) > 1 else ():
        out.say("show.named", name=row.name, count=row.processes, entry=row.position)
    _print_groups(out, groups, {party.party: party.name}, role)
    _say_shortfall(out, groups, shortfall)
    _print_processes(out, results)
    _say_hits(out, hits, len(results))
    out.say("show.prove", role=role, party=party.party)
    out.finish(
        {
            "role": role, "party": party.party, "name": party.name, "processes": party.processes,
            "names": [{"name": row.name, "processes": row.processes, "entry": row.position} for row in names],
            "totals": [_group_as_json(group, party.name) for group in groups], "newest": results,
        }
    )  # fmt: skip


# -- list, rebuild --------------------------------------------------------------------------------------------------------


@click.command(name="list")
@click.option("--buyer", default="", metavar="TEXT", help="All processes of this buyer: an id, or words of its name.")
@click.option("--supplier", default="", metavar="TEXT", help="All processes of this supplier: an id, or words of its name.")
@click.option("--publisher", default="", metavar="ID", help="All releases of this publisher.")
@click.option("--prove", type=click.Path(path_type=Path), metavar="FILE", help="Write a proof that nothing is left out.")
@answering
@ledger_option
@command
def list_(as_csv: bool, buyer: str, supplier: str, publisher: str, prove: Path | None, ledger_folder: Path) -> None:
    """List everything of a buyer, a supplier or a publisher, with nothing left out.

    The list is held against the numbered list in the ledger's state; where they differ, the command says so and ends
    with 1. A proof is for the newest checkpoint: publish first. Anyone checks it with 'prasasti-verify --list FILE'.

    \b
    prasasti list --supplier ID-NIB-9120001234567
    prasasti list --buyer "dinas pertamanan" --prove all.json
    prasasti list --publisher publisher-1 --csv
    """
    from prasasti.services import reading

    out = shell()
    roles: dict[Literal["buyer", "supplier"], str] = {"buyer": buyer, "supplier": supplier}
    if sum(map(bool, (buyer, supplier, publisher))) != 1:
        raise click.UsageError("give one of --buyer, --supplier, --publisher")
    if prove is not None and not prove.parent.is_dir():
        out.fail("error.could_not", out.words("error.no_folder", folder=prove.parent), COULD_NOT)
    with _reading(ledger_folder) as (ledger, model):
        if publisher:
            name = publisher
            whole = reading.list_releases(ledger, model, publisher)
            results = [_release_as_json(row) for row in whole.rows]
        else:
            ((role, asked),) = ((role, asked) for role, asked in roles.items() if asked)
            with model.reading() as connection:
                party = reading.find_party(connection, role, asked)
            name = f"{party.name} {party.party}".strip()
            whole = reading.list_processes(ledger, model, role, party.party)
            results = [{"number": row.number, **_process_as_json(row, [])} for row in whole.rows]
        if not results:
            raise NothingFits(out.words("list.nothing", name=name))
        if prove is not None:
            prove.write_bytes(reading.prove_list(ledger, whole.name))
    if as_csv:
        columns = RELEASE_COLUMNS if publisher else ("number", *(name for name in PROCESS_COLUMNS if name != "suppliers"))
        print_csv([_flatten(result) for result in results], columns)
        return
    _print_list(out, whole, name, results, bool(publisher), prove)
    out.finish(
        {"list": whole.name, "count": len(results), "size": whole.size, "height": whole.height, "proof": str(prove) if prove else None,
         "items": results}
    )  # fmt: skip


RELEASE_COLUMNS = ("number", "ocid", "release", "date", "tag", "entry")


def _release_as_json(row: Row[Any]) -> dict[str, Any]:
    return {
        "number": row.number, "ocid": row.ocid, "release": row.release_id, "date": shell().day(row.date), "tag": row.tag,
        "entry": row.position,
    }  # fmt: skip


def _print_list(out: Shell, whole: WholeList, name: str, results: Sequence[dict[str, Any]], is_publisher: bool, proof: Path | None) -> None:
    out.say("list.title", name=name, count=len(results))
    if is_publisher:
        rows = [[str(each["number"]), [each["ocid"], each["release"]], [each["date"], each["tag"]], str(each["entry"])] for each in results]
        print_table(out, [out.words(f"list.{column}") for column in ("number", "release", "date", "entry")], rows, right=(0, 3))
    else:
        table = []
        for each in results:
            value = each["value"]
            amount = _spell_money(out, value["amount"], value["currency"]) if value else ""
            far = [str(each["year"]), _spell_state(out, each["state"])]
            table.append([str(each["number"]), [each["title"] or "–", each["ocid"]], far, amount])
        print_table(out, [out.words(f"list.{column}") for column in ("number", "process", "year", "value")], table, right=(0, 3))
    out.say("list.whole", name=whole.name, entries=whole.size, height=whole.height)
    if proof is not None:
        out.say("proof.list_done", key=whole.name, path=proof)


@click.command()
@ledger_option
@command
def rebuild(ledger_folder: Path) -> None:
    """Drop the tables that search, totals, show and list read, and make them anew from the log and its documents.

    Nothing is lost by it: they hold nothing of their own, and may be deleted at any time.

    \b
    prasasti rebuild
    """
    from prasasti.services import projecting

    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger, out.progress("read_model.progress") as progress:
        count = projecting.rebuild(ledger, progress)
        size = ledger.database.size()
    out.say("read_model.done", count=count, size=size)
    out.finish({"processes": count, "entries": size})
