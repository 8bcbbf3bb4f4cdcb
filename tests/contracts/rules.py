"""RULES.md of a contract, as tests read it: refusals, messages, arguments, records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "src" / "prasasti" / "contracts"


@dataclass(frozen=True)
class Section:
    """A message's part of RULES.md. ``conditions`` are (number, words, reason) in the order written."""

    number: str
    action: str
    text: str
    conditions: list[tuple[str, str, str]]
    arguments: list[str]


def read_rules(contract: str) -> str:
    return (CONTRACTS / contract / "RULES.md").read_text(encoding="utf-8")


def list_tables(text: str) -> list[list[str]]:
    """Cells of every row of every table, heads and rules left out."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    heads = {index - 1 for index, row in enumerate(rows) if set(row[0]) == {"-"}}
    return [row for index, row in enumerate(rows) if index not in heads and set(row[0]) != {"-"}]


def list_conditions(text: str) -> list[tuple[str, str, str]]:
    return [(row[0], row[1], row[2]) for row in list_tables(text) if re.fullmatch(r"[a-z]+\.\d\d[a-z]?\.\d+", row[0])]


def list_sections(contract: str) -> list[Section]:
    """The part of each message, in the order written."""
    parts = re.split(r"^## ", read_rules(contract), flags=re.MULTILINE)
    found = []
    for part in parts:
        head = re.match(r"(\d\d[a-z]?) `([a-z_.]+)`\n", part)
        if head is not None:
            names = [row[0].strip("`") for row in list_tables(part) if re.fullmatch(r"`[a-z_0-9]+`", row[0])]
            found.append(Section(head[1], head[2], part, list_conditions(part), names))
    return found


def list_records(contract: str) -> list[tuple[str, str, str]]:
    """Key, record and bound of each kind of record."""
    part = read_rules(contract).partition("\n## Records\n")[2]
    return [(row[0].strip("`"), row[1], row[2]) for row in list_tables(part)]
