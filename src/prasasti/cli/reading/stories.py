"""One contract's story: a line an event, contradictions beside each other, the rows of a source system."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from prasasti.cli.reading.natives import native_as_json, say_native
from prasasti.cli.reading.spelling import spell_money, spell_state
from prasasti.cli.shell import Cell, Shell, shell

if TYPE_CHECKING:
    from prasasti.integrations.ocds.sources import Source
    from prasasti.integrations.ocds.story import StoryLine
    from prasasti.services.reading import Story

SHOWN_CHANGES = 10

LINE_COLUMNS = ("ocid", "date", "entry", "recorded", "event", "words", "amount", "currency", "sources")


def say_story(story: Story, whole: str = "") -> None:
    """A story as a table for people, or as one object for programs.

    Where ``whole`` names the command that tells all of it, people are told it shorter: like lines once, acts counted.
    """
    out = shell()
    out.line(story.title or story.ocid)
    out.line(f"{'OCID':<10}{story.ocid}")
    heads = (
        ("publisher", story.publisher), ("buyer", " ".join(dict.fromkeys(filter(None, (story.buyer_name, story.buyer))))),
        *(
            ("supplier", " ".join(dict.fromkeys(filter(None, (story.names.get(supplier, ""), supplier)))))
            for supplier in story.suppliers
        ),
        ("state", spell_state(out, story.state)),
    )  # fmt: skip
    for key, name in heads:
        if name:
            out.line(f"{out.words(f'show.{key}'):<10}{name}")
    rows: list[list[Cell]] = []
    for line in story.lines:
        sources = [_spell_source(out, source) for source in story.find_sources(line)]
        rows.append([out.day(line.time), str(line.position), [spell_event(out, line), *sources], spell_amount(out, line.facts)])
    out.table(
        [out.words(f"show.{name}") for name in ("date", "entry", "what", "amount")], _tell_once(rows) if whole else rows, right=(1, 3)
    )
    out.say("show.source")
    for contradiction in story.contradictions:
        out.say(
            "show.contradiction", position=contradiction.position, release_id=contradiction.release_id, stands=contradiction.stands,
        )  # fmt: skip
        changes = [[change.path, change.before or "–", change.after or "–"] for change in contradiction.changes[:SHOWN_CHANGES]]
        entries = [f"{out.words('show.entry')} {position}" for position in (contradiction.stands, contradiction.position)]
        out.table([out.words("show.field"), *entries], changes)
        if len(contradiction.changes) > SHOWN_CHANGES:
            out.say("import.more", count=len(contradiction.changes) - SHOWN_CHANGES)
    if story.native is not None:
        say_native(out, story.native, whole)
    out.finish(_story_as_json(story))


def _tell_once(rows: Sequence[list[Cell]]) -> list[list[Cell]]:
    """Lines that follow one another and say the same of one day: the first of them, with how many they are."""
    told: list[list[Cell]] = []
    for _, group in groupby(rows, lambda row: [row[0], *row[2:]]):
        (date, entry, what, amount), *others = group
        said, *sources = what if not isinstance(what, str) else [what]
        told.append([date, entry, [f"{said} (× {len(others) + 1})" if others else said, *sources], amount])
    return told


def line_as_row(out: Shell, story: Story, line: StoryLine) -> dict[str, Any]:
    """A line of a story as a line of CSV."""
    facts = line.facts
    return {
        "ocid": story.ocid, "date": out.day(line.time), "entry": line.position, "recorded": out.time(story.times[line.position]),
        "event": line.key, "words": spell_event(out, line), "amount": facts.get("after_amount", facts.get("amount", "")),
        "currency": facts.get("after_currency", facts.get("currency", "")),
        "sources": [f"{source.file}: {source.rows}" for source in story.find_sources(line)],
    }  # fmt: skip


# By OCDS 1.1 (codelists tenderStatus, awardStatus, contractStatus) none of these is in force yet.
NOT_YET = {("tendered", "planning"), ("tendered", "planned"), ("awarded", "pending"), ("contracted", "pending")}


def spell_event(out: Shell, line: StoryLine) -> str:
    """What happened, in words; codes of OCDS stand as they are, instants as days.

    What is only prepared, and what was not told before, is no signature and no change: it has words of its own.
    """
    are_instants = line.key.endswith(("deadline_changed", "end_changed"))
    facts = {name: fact[:10] if are_instants and name in {"before", "after"} else fact for name, fact in line.facts.items()}
    if "before_amount" in facts:
        facts["before"] = spell_money(out, facts["before_amount"], facts["before_currency"])
    if "before" in facts and not facts["before"] and (told := out.words.find(f"story_first.{line.key}", "")):
        return f"{told}: {facts['after']}" if facts.get("after") else told
    told = out.words(f"{'story_not_yet' if (line.key, facts.get('status', '')) in NOT_YET else 'story'}.{line.key}")
    detail = out.words(f"story_detail.{line.key}", **facts).strip()
    return f"{told}: {detail}" if detail else told


def spell_amount(out: Shell, facts: dict[str, str]) -> str:
    """The amount of an event, as it is afterwards."""
    amount = facts.get("after_amount", facts.get("amount", ""))
    return spell_money(out, amount, facts.get("after_currency", facts.get("currency", ""))) if amount else ""


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
        "lines": lines, "contradictions": contradictions, **({"native": native_as_json(story)} if story.native is not None else {}),
    }  # fmt: skip
