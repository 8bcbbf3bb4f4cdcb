"""Words: forms of one word find one another, in any script, and no query has a meaning of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.readmodel import full_text
from prasasti.readmodel.database import ReadModel, empty, insert_texts, open_read_model
from prasasti.readmodel.full_text import TextQuery, TextRow
from prasasti.readmodel.words import MAX_WORD_LENGTH, join_stems, join_words, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pembangunan JALAN, tahap-2", ["pembangunan", "jalan", "tahap", "2"]),
        ("Conservação do edifício", ["conservacao", "do", "edificio"]),
        ("Straße ﬁn", ["strasse", "fin"]),
        ("e\u0301cole", ["ecole"]),
        ("東京 タワー", ["東京", "タワー"]),
        ("a_b", ["a", "b"]),
        ("\u202e<script>\x1b[2J", ["script", "2j"]),
        ("x" * 100, ["x" * MAX_WORD_LENGTH]),
        ("", []),
        ("½ cup", ["1", "2", "cup"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_indonesian_forms_share_a_stem() -> None:
    assert {join_stems(word) for word in ("pembangunan", "dibangun", "membangun", "bangunan")} == {"bangun"}
    assert join_words("Pembangunan Jaya") == "pembangunan jaya"


@given(st.text())
def test_a_word_comes_out_as_it_went_in(text: str) -> None:
    words = split_words(text)
    assert split_words(" ".join(words)) == words


@pytest.fixture
def model(tmp_path: Path) -> ReadModel:
    made = open_read_model(tmp_path)
    rows = [
        TextRow(1, join_stems("Pembangunan jembatan gantung"), "dinas taman", "cv jaya bangun", ""),
        TextRow(2, join_stems("Jembatan lama"), "dinas jalan", "pt karya", "pt jaya"),
        TextRow(3, join_stems("Sewa kendaraan"), "dinas taman", "", ""),
    ]
    with made.writing() as connection:
        insert_texts(connection, rows)
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (TextQuery("dibangun"), [1]),
        (TextQuery("JEMBATAN"), [1, 2]),
        (TextQuery("jembatan gantung"), [1]),
        (TextQuery("jaya"), [1, 2]),
        (TextQuery(supplier="jaya"), [1]),
        (TextQuery(buyer="taman"), [1, 3]),
        (TextQuery("jembatan", buyer="taman", supplier="cv"), [1]),
        (TextQuery("jemb*"), [1, 2]),
        (TextQuery("je*"), []),  # a lone short beginning stands for itself
        (TextQuery("tidak ada"), []),
    ],
)
def test_queries(model: ReadModel, query: TextQuery, found: list[int]) -> None:
    with model.reading() as connection:
        assert sorted(connection.execute(full_text.find(query)).scalars()) == found
        assert full_text.count(connection, query, 100) == len(found)


def test_the_best_match_comes_first(model: ReadModel) -> None:
    with model.writing() as connection:
        insert_texts(connection, [TextRow(4, join_stems("jembatan " + "lain " * 50), "", "", "")])
    with model.reading() as connection:
        query = full_text.find(TextQuery("jembatan")).order_by(full_text.rank_column)
        assert list(connection.execute(query).scalars())[-1] == 4


@given(st.text(), st.text(), st.text())
def test_no_query_is_an_error(tmp_path_factory: pytest.TempPathFactory, words: str, buyer: str, supplier: str) -> None:
    query = TextQuery(words, buyer, supplier)
    model = open_read_model(tmp_path_factory.getbasetemp())
    with model.reading() as connection:
        if not query.is_empty:
            assert list(connection.execute(full_text.find(query)).scalars()) == []
    model.close()


@given(st.text(min_size=1))
def test_every_text_is_found_by_its_own_words(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    query = TextQuery(text)
    folder = tmp_path_factory.getbasetemp() / "own-words"
    folder.mkdir(exist_ok=True)
    model = open_read_model(folder)
    empty(model)
    with model.writing() as connection:
        insert_texts(connection, [TextRow(7, join_stems(text), "", "", "")])
        if not query.is_empty:
            assert list(connection.execute(full_text.find(query)).scalars()) == [7]
    model.close()
