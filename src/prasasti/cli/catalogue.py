"""Words for people, by key and language. Owns choosing the language; the words stand in ``words/*.toml``, by what they are about."""

from __future__ import annotations

import os
import tomllib
from importlib.resources import files

LANGUAGES = ("en", "id")
# Files of each language: words about everything, about selections, about what these refuse, about acts, about scenarios.
FILES = (
    "{language}.toml", "selection.{language}.toml", "refusals.{language}.toml", "acts.{language}.toml", "scenarios.{language}.toml",
    "paying.{language}.toml", "delivering.{language}.toml", "trace.{language}.toml",
)  # fmt: skip


class Catalogue:
    """The words of one language; ``words("import.read", count=3)`` fills in the facts."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = load_words(language)

    def __call__(self, key: str, /, **facts: object) -> str:
        return self._words[key].format(**facts)

    def find(self, key: str, default: str) -> str:
        """Words of a key that may be missing."""
        return self._words.get(key, default)

    def amount(self, amount_text: str, currency: str) -> str:
        """An amount (decimal, plain digits) as people of the language write it: 1,250.50 or 1.250,50."""
        whole, _, fraction = amount_text.partition(".")
        sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        grouped = f"{int(digits):,}" if digits.isascii() and digits.isdecimal() else digits
        if self.language == "id":
            return f"{currency} {sign}{grouped.replace(',', '.')}" + (f",{fraction}" if fraction else "")
        return f"{currency} {sign}{grouped}" + (f".{fraction}" if fraction else "")


def load_words(language: str) -> dict[str, str]:
    """Every key of a language's catalogue with its words, section and key joined by a dot."""
    folder = files(__package__).joinpath("words")
    found: dict[str, str] = {}
    for name in FILES:
        sections = tomllib.loads(folder.joinpath(name.format(language=language)).read_text(encoding="utf-8"))
        found |= {f"{section}.{key}": words for section, entries in sections.items() for key, words in entries.items()}
    return found


def choose_language(asked: str | None) -> str:
    """The language asked for, or that of the environment (PRASASTI_LANGUAGE, LC_ALL, LANG), or English."""
    for name in (asked, os.environ.get("PRASASTI_LANGUAGE"), os.environ.get("LC_ALL"), os.environ.get("LANG")):
        if name and name[:2] in LANGUAGES:
            return name[:2]
    return "en"
