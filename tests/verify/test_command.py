"""The command as people meet it: words, exit codes, help."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import prasasti_verify.__main__ as command
from prasasti_verify.__main__ import main
from tests.verify.ledger import Ledger, build_example, write
from tests.verify.running import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_example().publish(tmp_path / "log", [2, 4])


def test_the_report_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0].startswith("ledger.example/prasasti-training/prasasti-example, 4 entries, root 0be0f1af5baf")
    for line in (
        "checked: entries: 4",
        "left to audit: seats not checked: 0",
        "left to audit: effects taken from events: 0",
        "taken on trust: policy (no --policy was given): quorum none",
        "pending: 0",
    ):
        assert line in lines
    assert lines[-1] == "IN ORDER"
    assert printed.err == ""


def test_what_is_wrong_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "notes.txt", b"")
    assert main([str(folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [
        "WRONG: notes.txt: is a file that nothing accounts for",
        "Beside the log, which is whole, something was swapped, damaged, left over or put here by somebody.",
    ]


def test_missing_and_withheld_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger()
    ledger.block(
        ledger.accept(
            ledger.send(
                "identity.end_key",
                {"key": "00" * 32, "file": {"media_type": "text/plain", "sha256": "11" * 32, "size": 3}},
                (1, "identity.registrar"),
            )
        )
    )
    assert main([str(ledger.publish(tmp_path / "log"))]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert f"missing: entry 1 of agency-1: documents/sha256/11/{'11' * 32}" in lines
    assert lines[-2] == "DOCUMENTS ARE MISSING"


def test_signs_that_steer_a_terminal_are_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "evil\x1b[2J\nIN ORDER", b"")
    assert main([str(folder)]) == 1
    assert "\\x1b[2J" in capsys.readouterr().out


def test_a_name_that_is_no_text_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "odd\udcff").write_bytes(b"")
    assert main([str(folder)]) == 1
    assert "WRONG: odd" in capsys.readouterr().out
    assert run(folder)[0] == 1


@pytest.mark.parametrize(
    "arguments", [[], ["--bless"], ["folder", "--genesis", "89eb"], ["--proof", "a", "--list", "b"], ["folder", "--previous"]]
)
def test_usage_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: prasasti-verify" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["no/such/folder"], ["--proof", "no/such/file"], ["--list", "no/such/file", "--json"], ["ftp://x"]])
def test_what_cannot_be_read_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr().out
    assert "NO VERDICT" in printed or '"no verdict"' in printed


def test_a_defect_is_no_verdict(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(command, "verify_ledger", fail)
    assert main([str(folder)]) == 2
    printed = capsys.readouterr()
    assert "NO VERDICT: a defect of this program" in printed.out
    assert "Traceback" in printed.err


def test_help_shows_each_option_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told, examples = capsys.readouterr().out.split("examples:")
    for option in (
        "--key",
        "--policy",
        "--genesis",
        "--previous",
        "--closed",
        "--tiles-only",
        "--json",
        "--proof",
        "--state-proof",
        "--list",
    ):
        assert option in told
        assert option in examples


def test_progress_is_for_terminals(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main([str(folder)]) == 0
    assert capsys.readouterr().err == "\r4 of 4 entries\n"
