"""``python -m tests.bench``: measures every figure beside its limit, prints the tables, keeps them in docs/performance.md.

Owns the command. Everything lies in a temporary folder, which is removed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.answers import measure_answers
from tests.bench.figures import (
    measure_against_fsck,
    measure_audit,
    measure_live,
    measure_publishing,
    measure_verifying,
    publish_long_log,
)
from tests.bench.measure import Figure, told
from tests.bench.node import measure_node
from tests.bench.paying import measure_paying
from tests.bench.reading import measure_reading
from tests.bench.selection import measure_selections
from tests.bench.workshop import open_workshop

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
PARTS = ("ledger", "reading", "node", "selection", "paying")
KEYS = 100_000
RELEASES, QUICK_RELEASES = 100_000, 5_000
PROCESSES, QUICK_PROCESSES = 1_000_000, 20_000
RESTORED, QUICK_RESTORED = 50_000, 4_000
VERIFIED_ENTRIES = 400_000
SEGMENTS = 12
QUICK_SEGMENTS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, return 0; a goal that is missed is said, and no error: machines differ."""
    given = _parse(arguments)
    console = Console(stderr=True)
    # One core: node, load and limit share it, so that nothing runs beside what is measured.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for part in PARTS if given.only is None else (given.only,):
        with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
            figures = measure_part(part, Path(scratch), given, lambda text: console.print(text, highlight=False))
        if given.json:
            print(json.dumps([describe(figure) for figure in figures], indent=2))
        else:
            Console().print(make_table(part, figures))
        if given.write:
            write_document(part, figures)
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.bench", description="Measure speed, each figure beside its limit.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SEGMENTS} segments a figure, few releases, for a first look")
    parser.add_argument(
        "--only", choices=PARTS, help="one part alone: recording and verifying; reading, import, export; the node; selections; payments"
    )
    parser.add_argument("--segments", type=int, help=f"segments a figure ({SEGMENTS})")
    parser.add_argument("--keys", type=int, default=KEYS, help=f"state keys before the first segment ({KEYS:,})")
    parser.add_argument("--releases", type=int, help=f"releases that are imported and exported ({RELEASES:,})")
    parser.add_argument("--processes", type=int, help=f"processes that are searched ({PROCESSES:,})")
    parser.add_argument("--restore", type=int, metavar="N", help=f"transactions that are restored ({RESTORED:,})")
    parser.add_argument("--folder", help="where the ledger is made; its disk is what is measured (the system's temporary folder)")
    parser.add_argument("--json", action="store_true", help="print JSON, a list a part, instead of tables")
    parser.add_argument("--write", action="store_true", help=f"keep the tables in {DOCUMENT.parent.name}/{DOCUMENT.name}")
    given = parser.parse_args(arguments)
    given.segments = given.segments or (QUICK_SEGMENTS if given.quick else SEGMENTS)
    given.releases = given.releases or (QUICK_RELEASES if given.quick else RELEASES)
    given.restore = given.restore or (QUICK_RESTORED if given.quick else RESTORED)
    given.processes = given.processes or (QUICK_PROCESSES if given.quick else PROCESSES)
    return given


def measure_part(part: str, scratch: Path, given: argparse.Namespace, say: Callable[[str], None]) -> list[Figure]:
    """Every figure of a part, in the order of its table."""
    if part == "ledger":
        return measure_ledger(scratch, given.keys, given.segments, say)
    if part == "node":
        return measure_node(scratch, given.keys, given.segments, given.restore, say)
    if part == "paying":
        return measure_paying(scratch, given.segments, given.quick, say)
    if part == "selection":
        return measure_selections(scratch, given.segments, given.quick, say)
    figures = measure_reading(scratch, given.segments, given.releases, say)
    return figures + measure_answers(scratch, given.segments, given.processes, say)


def measure_ledger(scratch: Path, keys: int, segments: int, say: Callable[[str], None]) -> list[Figure]:
    """Recording, publishing, verifying, auditing."""
    with open_workshop(scratch / "ledger", keys) as workshop:
        filled = workshop.ledger.database.size()
        say(f"a ledger of {workshop.count_keys():,} state keys and {filled:,} entries is made")
        with told(say, "live"):
            live = measure_live(workshop, segments, keys)
        with told(say, "publishing"):
            publishing, published = measure_publishing(workshop, scratch, segments)
        with told(say, "verifying"):
            long = publish_long_log(workshop, scratch, VERIFIED_ENTRIES)
            verifying = measure_verifying(long, segments)
            against_fsck = measure_against_fsck(long, segments)
        if against_fsck is None:
            say("left out: tessera's fsck, which needs Go and ../shared/acceptance/fsck")
        with told(say, "audit"):
            audited = measure_audit(workshop, published, filled, segments)
    return [live, audited, verifying, *([against_fsck] if against_fsck else []), publishing]


def make_table(part: str, figures: Sequence[Figure]) -> Table:
    """A part's table for a terminal."""
    table = Table("figure", "rate/s", "beside", "rate/s", "ratio", "spread", "goal", title=f"{part}: medians of segments")
    for figure in figures:
        cells = _format(figure)
        table.add_row(*cells, style=None if figure.is_reached else "yellow")
    return table


def _format(figure: Figure) -> list[str]:
    low, high = figure.spread
    goals = [f"{'≤' if figure.is_time else '≥'} {figure.goal:.2f}"] if figure.goal is not None else []
    goals += [f"≥ {figure.rate_goal:,.0f}/s"] if figure.rate_goal is not None else []
    goal = ", ".join(goals or ["-"]) + ("" if figure.is_reached else ", missed")
    if figure.is_time:
        rates = f"{figure.rate:,.1f} {figure.unit}", figure.limit_name, f"{figure.limit_rate:,.1f} {figure.unit}"
    else:
        rates = f"{figure.rate:,.0f} {figure.unit}", figure.limit_name, f"{figure.limit_rate:,.0f}"
    return [figure.name, *rates, f"{figure.ratio:.2f}", f"{low:.2f}–{high:.2f}", goal]


def describe(figure: Figure) -> dict[str, object]:
    """A figure as JSON holds it; rates a second, or times in its unit."""
    digits = 3 if figure.is_time else None
    return {
        "figure": figure.name, "unit": figure.unit, "rate": round(figure.rate, digits), "limit": figure.limit_name,
        "limit_rate": round(figure.limit_rate, digits), "ratio": round(figure.ratio, 3), "goal": figure.goal, "rate_goal": figure.rate_goal,
        "is_reached": figure.is_reached,
        "segments": len(figure.samples), "smallest": round(figure.spread[0], 3), "largest": round(figure.spread[1], 3),
    }  # fmt: skip


def write_document(part: str, figures: Sequence[Figure]) -> None:
    """Replace a part's table in docs/performance.md."""
    header = ["figure", "rate/s", "beside", "rate/s", "ratio", "spread", "goal"]
    rows = [header, ["---"] * len(header), *(_format(figure) for figure in figures)]
    text = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    table = re.compile(rf"(?<=<!-- figures: {part} -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)
    document, replaced = table.subn(lambda _: text, DOCUMENT.read_text(encoding="utf-8"))
    if replaced != 1:
        raise ValueError(f"{DOCUMENT.name} has no place for the table")
    DOCUMENT.write_text(document, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
