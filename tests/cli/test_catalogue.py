"""Words for people: both languages say all there is to say, with the same facts."""

from __future__ import annotations

import string
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from prasasti.cli.catalogue import LANGUAGES, Catalogue, choose_language, load_words
from prasasti.cli.clauses import CLAUSES, find_clause
from prasasti.contracts import CONTRACTS
from prasasti.integrations.ocds.money import STAGES
from prasasti.integrations.ocds.problems import NOTICES, PROBLEMS
from prasasti.integrations.ocds.story import STORY_KEYS
from prasasti.services.importing import COUNTED_REDACTIONS

REJECTIONS = {
    rejection.number: rejection.condition
    for contract in CONTRACTS
    for rejection in (contract.lost_in_block, *(each for message in contract.messages for each, _ in message.conditions))
}


def list_facts(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_languages_have_the_same_keys_and_facts() -> None:
    english, indonesian = (load_words(language) for language in ("en", "id"))
    assert list(english) == list(indonesian)
    assert {key: list_facts(words) for key, words in english.items()} == {key: list_facts(words) for key, words in indonesian.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: str) -> None:
    words = load_words(language)
    wanted = [f"refusal.{number.replace('.', '_')}" for number in REJECTIONS]
    wanted += [f"admission.{number}" for number in range(1, 13)]
    wanted += [f"problem.{code}" for code in PROBLEMS] + [f"notice.{code}" for code in NOTICES]
    wanted += [f"story.{key}" for key in STORY_KEYS] + [f"story_detail.{key}" for key in STORY_KEYS]
    wanted += [f"redaction.{name}" for name in COUNTED_REDACTIONS] + [f"stage.{stage}" for stage in STAGES]
    assert [key for key in wanted if key not in words] == []


def test_refusals_say_in_english_what_their_contract_says() -> None:
    """Of those in a file of their own; a condition that is worded anew asks for its words in both languages."""
    words = tomllib.loads(files("prasasti.cli").joinpath("words", "refusals.en.toml").read_text())["refusal"]
    told = {number.replace(".", "_"): condition for number, condition in REJECTIONS.items()}
    assert {key: text for key, text in words.items() if told.get(key) != text} == {}


def test_every_refusal_has_a_place_where_it_stands() -> None:
    """A clause of the law where one was read, and the section of RULES.md, which is there."""
    root = Path(__file__).parents[2] / "src/prasasti"
    assert {*CLAUSES} <= {*REJECTIONS}
    for number in REJECTIONS:
        contract, message, _ = number.split(".")
        page, _, section = find_clause(number).rpartition("; ")[2].rpartition(", ")
        assert page.startswith(f"contracts/{contract}/")
        assert section == message
        assert f"| {number} |" in (root / page).read_text(encoding="utf-8"), number


@pytest.mark.parametrize("key", STORY_KEYS)
def test_story_words_use_facts_that_the_line_has(key: str) -> None:
    shown = {"before"} if "before_amount" in STORY_KEYS[key] else set()
    assert list_facts(load_words("en")[f"story_detail.{key}"]) <= {*STORY_KEYS[key], *shown}


def test_indonesian_is_not_english_left_over() -> None:
    english, indonesian = (load_words(language) for language in ("en", "id"))
    same = {key for key, words in english.items() if words == indonesian[key] and any(letter.isalpha() for letter in words)}
    assert {key for key in same if not key.startswith("story_detail.")} == {"init.genesis", "submit.id", "submit.event"}


@pytest.mark.parametrize(
    ("language", "amount", "shown"),
    [
        ("en", "1250.50", "EUR 1,250.50"),
        ("id", "1250.50", "EUR 1.250,50"),
        ("id", "120000000", "EUR 120.000.000"),
        ("en", "-3.1", "EUR -3.1"),
        ("en", "0", "EUR 0"),
    ],
)
def test_amounts_are_written_as_the_language_does(language: str, amount: str, shown: str) -> None:
    assert Catalogue(language).amount(amount, "EUR") == shown


def test_language_is_chosen_by_option_then_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PRASASTI_LANGUAGE", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert choose_language(None) == "en"
    monkeypatch.setenv("LANG", "id_ID.UTF-8")
    assert choose_language(None) == "id"
    monkeypatch.setenv("PRASASTI_LANGUAGE", "en")
    assert choose_language(None) == "en"
    assert choose_language("id") == "id"
