"""RULES.md of a contract, as tests read it: refusals, messages, arguments, records."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "src" / "prasasti" / "contracts"


def list_modules(contract: str, name: str) -> list[ModuleType]:
    """Modules of a name: the contract's own, and those of its objects."""
    paths = sorted((CONTRACTS / contract).rglob(f"{name}.py"))
    return [importlib.import_module(".".join(("prasasti", *path.relative_to(CONTRACTS.parent).with_suffix("").parts))) for path in paths]


@dataclass(frozen=True)
class Section:
    """A message's part of RULES.md. ``conditions`` are (number, words, reason) in the order written."""

    number: str
    action: str
    text: str
    conditions: list[tuple[str, str, str]]
    arguments: list[str]


def list_rules(contract: str) -> list[str]:
    """The contract's RULES.md, and those of its objects."""
    return [path.read_text(encoding="utf-8") for path in sorted((CONTRACTS / contract).rglob("RULES.md"))]


def read_rules(contract: str) -> str:
    return "\n".join(list_rules(contract))


def list_tables(text: str) -> list[list[str]]:
    """Cells of every row of every table, heads and rules left out."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    heads = {index - 1 for index, row in enumerate(rows) if set(row[0]) == {"-"}}
    return [row for index, row in enumerate(rows) if index not in heads and set(row[0]) != {"-"}]


def list_conditions(text: str) -> list[tuple[str, str, str]]:
    return [(row[0], row[1], row[2]) for row in list_tables(text) if re.fullmatch(r"[a-z]+\.\d\d[a-z]?\.\d+", row[0])]


def list_sections(contract: str) -> list[Section]:
    """The part of each message, by number: those of one object stand together."""
    parts = re.split(r"^## ", read_rules(contract), flags=re.MULTILINE)
    found = []
    for part in parts:
        head = re.match(r"(\d\d[a-z]?) `([a-z_.]+)`\n", part)
        if head is not None:
            names = [row[0].strip("`") for row in list_tables(part) if re.fullmatch(r"`[a-z_0-9]+`", row[0])]
            found.append(Section(head[1], head[2], part, list_conditions(part), names))
    return sorted(found, key=lambda section: section.number)


def list_records(contract: str) -> list[tuple[str, str, str]]:
    """Key, record and bound of each kind of record."""
    parts = [text.partition("\n## Records\n")[2].partition("\n## ")[0] for text in list_rules(contract)]
    return [(row[0].strip("`"), row[1], row[2]) for part in parts for row in list_tables(part)]
