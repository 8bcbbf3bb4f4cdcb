"""What a process on the ledger itself adds to its story: who acted under which figures, rankings, what waits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from prasasti.cli.reading.spelling import spell_money, spell_number, spell_plain
from prasasti.cli.shell import Shell

if TYPE_CHECKING:
    from prasasti.contracts.procurement.evaluation.records import RankedRecord
    from prasasti.services.later_tags import Flag
    from prasasti.services.native_story import Act, NativeStory
    from prasasti.services.reading import Story
    from prasasti.services.task import Task

RANKING_COLUMNS = ("place", "bidder", "price", "evaluated", "technical", "price_points", "final")
POINTS = 3  # Of these columns the last ones are points: by price alone nobody has a final score.


def say_native(out: Shell, native: NativeStory, whole: str = "") -> None:
    """What a process on the ledger adds to its story: who acted under which figures, each ranking's arithmetic, flags, what waits.

    Acts are counted only where ``whole`` names the command that tells them.
    """
    if whole:
        out.say("acts.counted", count=len(native.acts), command=whole)
    else:
        _say_acts(out, native)
    for ranking in native.rankings:
        out.line(out.words("acts.ranking", ranking=ranking.ranking, lot=ranking.lot, evaluation=ranking.evaluation))
        shown = len(RANKING_COLUMNS) - (0 if any(each.final for each in ranking.proposals) else POINTS)
        headings = [out.words(f"acts.{name}") for name in RANKING_COLUMNS[:shown]]
        rows = [_spell_ranked(out, each, native.currency)[:shown] for each in ranking.proposals]
        out.table(headings, rows, right=(0, *range(2, shown)))
    if native.flags:
        out.line(out.words("acts.flags"))
    for flag in native.flags:
        out.line(f"- {_spell_flag(out, flag)}")
    out.line(out.words("acts.next"))
    for task in native.tasks or ():
        out.line(f"- {_spell_task(out, task)}")
    if not native.tasks:
        out.say("tasks.none")


def _say_acts(out: Shell, native: NativeStory) -> None:
    out.line(out.words("acts.how"))
    rows = [[out.day(act.time), str(act.position), _spell_act(out, act, native.currency), _spell_rules(out, act)] for act in native.acts]
    columns = ("show.date", "show.entry", "acts.who", "acts.rules")
    out.table([out.words(name) for name in columns], rows, right=(1,))


def _spell_act(out: Shell, act: Act, currency: str) -> list[str]:
    """Who, what, the facts that say most, until when, and whom that put out."""
    from prasasti.cli.explaining import spell_code
    from prasasti.readmodel.money import from_minor
    from prasasti.services.native_story import MONEY_FACTS

    who = f"{act.actor}: {', '.join(act.signers)}" if act.actor else out.words("acts.schedule")
    facts = [f"{out.words(f'act_fact.{name}')} {fact}" for name, fact in act.facts.items() if name not in ("until", *MONEY_FACTS)]
    for name in MONEY_FACTS:
        if name in act.facts and act.facts[name] != "0":
            amount = spell_money(out, f"{from_minor(int(act.facts[name]), currency):f}", currency).strip()
            facts.append(amount if name == "price" else f"{out.words(f'act_fact.{name}')} {amount}")
    until = [out.words("acts.until", time=out.time(int(act.facts["until"])))] if "until" in act.facts else []
    lines = [f"{who} – {out.words.find(f'act.{act.what}', act.what)}", ", ".join([*facts, *until])]
    named = [f"{each.bidder} ({spell_code(out, each.reason)})" for each in act.put_out]
    return [*lines, out.words("acts.put_out", who=", ".join(named))] if named else lines


def _spell_flag(out: Shell, flag: Flag) -> str:
    from prasasti.cli.explaining import spell_code

    facts = {"time": out.time(flag.attested), "registrars": ", ".join(flag.registrars), "bidder": flag.bidder}
    if flag.person:
        return out.words("acts.tied", person=flag.person, **facts)
    return out.words("acts.out", lot=flag.lot, why=spell_code(out, flag.why), **facts)


def _spell_rules(out: Shell, act: Act) -> list[str]:
    voted = out.words("acts.voted")
    truths = {"True": out.words("explain.yes"), "False": out.words("explain.no")}
    return [f"{rule.name} = {truths.get(str(rule.value), str(rule.value))} ({rule.clause or voted})" for rule in act.rules]


def _spell_ranked(out: Shell, ranked: RankedRecord, currency: str) -> list[str]:
    """Amounts in the currency's units, points as points: a unit of the ledger's is 0.0001."""
    from prasasti.readmodel.money import EXACT, from_minor

    price = from_minor(int(ranked.price), currency)
    evaluated = EXACT.scaleb(from_minor(int(ranked.evaluated_e8), currency), -8).normalize()
    points = [spell_number(out, Decimal(each) / 10_000, 4) for each in (ranked.technical, ranked.price_points, ranked.final)]
    place = str(ranked.place) if ranked.place else out.words("acts.below")
    return [place, ranked.bidder, spell_money(out, f"{price:f}", currency), spell_plain(out, evaluated), *points]


def _spell_task(out: Shell, task: Task) -> str:
    from prasasti.cli.tasks import spell_what, spell_who

    ends = ", ".join([
        *([out.words("tasks.from_time", time=out.time(task.since))] if task.since else []),
        *([out.words("acts.until", time=out.time(task.until))] if task.until else []),
    ])  # fmt: skip
    return f"{spell_who(out, task)}: {spell_what(out, task)}{f' ({ends})' if ends else ''}"


def native_as_json(story: Story) -> dict[str, Any]:
    """What a process on the ledger adds, for programs."""
    import msgspec

    built: dict[str, Any] = msgspec.to_builtins(story.native)
    built["tasks"] = [task._asdict() for task in story.native.tasks] if story.native is not None else []
    return built
