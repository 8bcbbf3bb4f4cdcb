"""What counts as a word, and which words count as the same one.

Owns splitting and stems: Indonesian ones (Snowball), so that *pembangunan* finds *dibangun*; names keep their words as
they are. Text and query pass through here alike, so the database behind only compares words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

import Stemmer  # type: ignore[import-not-found]

VERSION: Final = f"1-{Stemmer.version()}"
MAX_WORD_LENGTH: Final = 60

_WORD: Final = re.compile(r"[^\W_]+")
_stemmer: Final = Stemmer.Stemmer("indonesian", 0)


def split_words(text: str) -> list[str]:
    """The words of a text, in lower case and without accents; a very long one is cut."""
    if text.isascii():
        return [word[:MAX_WORD_LENGTH] for word in _WORD.findall(text.lower())]
    return [folded for word in _WORD.findall(unicodedata.normalize("NFC", text)) for folded in _fold(word)]


@lru_cache(maxsize=100_000)
def _fold(word: str) -> tuple[str, ...]:
    """A word of any script in lower case and without accents; a letter that stands for several words makes them."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return tuple(each[:MAX_WORD_LENGTH] for each in _WORD.findall(bare.lower()))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a word."""
    found: str = _stemmer.stemWord(word)
    return found


def join_words(text: str) -> str:
    """A text's words, to be found as they are."""
    return " ".join(split_words(text))


def join_stems(text: str) -> str:
    """A text's stems."""
    return " ".join(map(stem, split_words(text)))
