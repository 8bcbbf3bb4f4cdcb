"""The search itself finds what it must: a search that finds nothing would make every test that asks it worthless."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.searching import find_in_folder, find_names, find_tokens

NAME = "Zoé Exemplo d'Água"
NUMBER = "123450009"
RECORD = json.dumps({"name": NAME, "number": NUMBER}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "data",
    [
        RECORD,
        json.dumps({"name": NAME, "number": NUMBER}).encode(),
        b'{"payload":"' + base64.b64encode(RECORD) + b'"}',
        b"\x00\xff\x01" + RECORD + b"\xfe",
        RECORD.upper(),
    ],
    ids=["plain", "escaped", "base64", "between other bytes", "capitals"],
)
def test_a_file_is_searched(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(data)
    assert find_in_folder(tmp_path, [NUMBER, "999"], [NAME]) == {"deep/file": {NUMBER, NAME}}


def test_a_database_is_searched_cell_by_cell(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "some.sqlite")) as database, database:
        database.execute("CREATE TABLE body(id INTEGER, content BLOB)")
        # So large that it spans pages, between which other bytes stand.
        database.execute("INSERT INTO body VALUES(1, ?)", [b" " * 6_070 + RECORD + b" " * 9_000])
    assert find_in_folder(tmp_path, [NUMBER], [NAME])["some.sqlite: body"] == {NUMBER, NAME}


def test_tokens_are_whole_and_names_are_not_spelt_exactly() -> None:
    assert find_tokens("ab123450009, 1234500090, x-12345-0009", [NUMBER]) == set()
    assert find_tokens("(123450009)", [NUMBER]) == {NUMBER}
    assert find_tokens("mail:Someone@Example.org.", ["someone@example.org"]) == {"someone@example.org"}
    assert find_names("ZOE  EXEMPLO\nD'AGUA & filhos", [NAME]) == {NAME}
    assert find_names("Zoé Exemplo", [NAME]) == set()
