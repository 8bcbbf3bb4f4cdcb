"""The operator's guide says the same in both languages. Its commands marked ``run`` are run by ``tests/style/test_documents.py``."""

from __future__ import annotations

import re
from pathlib import Path

GUIDES = Path(__file__).resolve().parents[2] / "docs/guides"
BLOCK = re.compile(r"^```(\w+)(?: run)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"(?:^|(?<=\s))# .*$", re.MULTILINE)


def read_guide(language: str) -> str:
    return (GUIDES / f"operator.{language}.md").read_text(encoding="utf-8")


def list_blocks(text: str) -> list[tuple[str, str]]:
    """Language and content of each block, without the words for people in it."""
    return [(language, re.sub(r"[ \t]+$", "", COMMENT.sub("", content), flags=re.MULTILINE)) for language, content in BLOCK.findall(text)]


def test_both_languages_show_the_same_commands() -> None:
    english, indonesian = map(list_blocks, map(read_guide, ("en", "id")))
    assert len(english) > 8
    assert indonesian == english


def test_both_languages_have_the_same_sections_alerts_and_metrics() -> None:
    english, indonesian = map(read_guide, ("en", "id"))
    for pattern in (r"^#+ ([0-9.]+)", r"prasasti_[a-z_]+", r"^\|.*\| (13\.[0-9]) \|$", r"\]\(([^)]*)\)"):
        found = re.findall(pattern, english, re.MULTILINE)
        assert found
        shown = [each.replace("operator.id", "operator.en") for each in found]
        assert sorted(re.findall(pattern, indonesian, re.MULTILINE)) == sorted(shown)


def test_every_metric_in_the_guide_is_one_of_the_nodes() -> None:
    source = "".join(path.read_text() for path in (GUIDES.parents[1] / "src/prasasti/web").glob("*.py"))
    for name in set(re.findall(r"prasasti_([a-z_]+)", read_guide("en"))):
        assert f'"{name.removesuffix("_total")}"' in source or f'"prasasti_{name.removesuffix("_total")}"' in source, name
