"""Questions that are meant as commands, and titles that are meant to be obeyed: words of others stay data wherever they are shown."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from prasasti.cli import prasasti
from tests.integrations.inaproc.folders import read_sample, write_folder

BUYER = "LKPP-KLPD-K00"
TENDER = "ocds-inaprc-tender-101900"
TEXTS = ("nama", "ket", "alasan", "lokasi", "jenis_kontrak", "no_kontrak", "mtd")
"""How the names of columns begin whose cells are free text, or a word that a code is looked up for."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(prasasti, ["--language", "en", *map(str, arguments)])


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("plain"), "Bengkel")


def record(folder: Path, text: str) -> Path:
    """A ledger of the sample with a text in every cell of text."""
    tables = read_sample()
    for rows in tables.values():
        rows[:] = [{column: text if column.startswith(TEXTS) else cell for column, cell in row.items()} for row in rows]
    assert run("init", folder / "ledger", "--training", "--bucket-bits", "4").exit_code == 0
    imported = run("import", "inaproc", write_folder(folder / "tables", tables), "--ledger", folder / "ledger")
    assert "Rows and money add up." in imported.stdout
    assert_data(imported.stdout)
    return folder / "ledger"


def assert_data(shown: str) -> None:
    """Nothing in it that a terminal obeys, or that an eye does not see."""
    found = {sign for sign in shown if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Cs")} - {"\n", "\r"}
    assert not found, found


QUESTIONS = (
    '"', "(", ")", "*", "a*", '"bengkel', "NEAR(bengkel contoh)", "bengkel OR", "AND", "NOT bengkel", "^bengkel", "title:bengkel",
    "text : b", "{text buyer} : b", "b + c", "-bengkel", "; DROP TABLE words; --", "' OR 1=1", "bengkel\x00", "%", "_", "\ufb01", "\u0130",
    "x" * 5_000,
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_is_a_command(ledger: Path, question: str) -> None:
    """No word has a meaning to the index; none breaks it, and none of its errors is shown."""
    for arguments in (
        ("search", "--", question), ("totals", "--", question), ("search", "--buyer", question), ("search", "--supplier", question),
        ("search", "--publisher", question), ("search", "--currency", question), ("show", "--", question), ("show", "--buyer", question),
        ("list", "--supplier", question), ("list", "--publisher", question),
    ):  # fmt: skip
        result = run(*arguments, "--ledger", ledger) if "--" not in arguments else run(arguments[0], "--ledger", ledger, *arguments[1:])
        is_wordless = "holds no word to look for" in result.stderr
        assert result.exit_code == 2 if is_wordless else result.exit_code in (0, 1), (arguments, result.output, result.exception)
        assert_data(result.output)


@pytest.mark.parametrize("arguments", [("search", '"'), ("totals", "--", "%"), ("search", "--buyer", "( )"), ("totals", "--supplier", "*")])
def test_a_question_without_a_word_is_not_answered_by_everything(ledger: Path, arguments: tuple[str, ...]) -> None:
    result = run(arguments[0], "--ledger", ledger, *arguments[1:])
    assert (result.exit_code, "holds no word to look for" in result.stderr) == (2, True), result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "\udcff"), ("search", "--buyer", "\udcff"), ("search", "--publisher", "\ud83d"), ("totals", "--currency", "\udcff"),
        ("show", "ocds-\udcff"), ("show", "--supplier", "\udcff"), ("list", "--buyer", "\udcff"), ("list", "--publisher", "\udcff"),
        ("export", "csv", "--output", "never", "--ocid", "\udcff"), ("export", "ocds", "--output", "never", "--buyer", "\udcff"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_utf_8_is_told_by_words(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, "--ledger", ledger)
    assert (result.exit_code, "is not UTF-8" in result.stderr) == (2, True), result.output
    assert list(tmp_path.iterdir()) == []


HOSTILE = (
    "<script>alert(1)</script>", "\x1b[2J\x1b]0;x\x07", "\u202egnp.exe\u2066", "\u200f\u061cx\u2028y\u2029", "a\x00b", "{amount}%s{0}",
    '=HYPERLINK("http://x.example")', "+1+1|cmd", "@SUM(1)", "-2+3", "\uff1d1+1", "[bold]x[/bold]", "\ufeff=1+1", "\n=1+1", "\xad=1",
    "\U000e0041x",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_data_wherever_it_is_shown(tmp_path: Path, text: str) -> None:
    ledger = record(tmp_path, text)
    for arguments in (
        ("search",), ("search", "--price-rise"), ("totals", "--by", "buyer"), ("totals", "--by", "supplier"), ("totals", "--by", "method"),
        ("show",), ("show", TENDER), ("show", "--buyer", BUYER), ("list", "--buyer", BUYER), ("list", "--publisher", "publisher-1"),
    ):  # fmt: skip
        people, programs, sheet = (run(*arguments, *form, "--ledger", ledger) for form in ((), ("--json",), ("--csv",)))
        assert {people.exit_code, programs.exit_code, sheet.exit_code} == {0}, (arguments, people.output)
        assert_data(people.stdout)
        assert json.loads(programs.stdout)
        if ord(text[0]) < 0x10000:  # Beyond, an escape would take two; such signs show nothing.
            assert_data(programs.stdout)
        assert_no_formula(sheet.stdout)
    assert text.strip().replace("\x00", "\ufffd") in set(list_texts(json.loads(run("--json", "search", "--ledger", ledger).stdout)))
    assert run("export", "csv", "--output", tmp_path / "sheets", "--ledger", ledger).exit_code == 0
    for path in (tmp_path / "sheets").iterdir():
        assert_no_formula(path.read_bytes().decode())


def assert_no_formula(sheet: str) -> None:
    assert_data(sheet)
    for row in csv.reader(io.StringIO(sheet, newline="")):
        for cell in row:
            is_number = cell.removeprefix("-").replace(".", "", 1).isdigit()
            assert is_number or not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d")), cell
            assert not {"\n", "\r"} & set(cell), cell


def list_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from list_texts(item)
