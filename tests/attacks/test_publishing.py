"""Attacks on whoever publishes: links in the published folder that lead its writing and clearing elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from prasasti.cli import prasasti

SAMPLE = Path(__file__).parents[2] / "src/prasasti/cli/samples/park-benches.json"


def run(*arguments: object, expect: int = 0) -> str:
    result = CliRunner().invoke(prasasti, ["--language", "en", *map(str, arguments)])
    assert result.exit_code == expect, result.output
    return result.output


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    run("init", tmp_path / "ledger", "--training", "--bucket-bits", "4")
    run("publish", "--to", tmp_path / "public", "--ledger", tmp_path / "ledger")
    return tmp_path / "ledger"


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A folder of somebody's that no publication concerns."""
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim/precious").write_text("precious")
    return tmp_path / "victim"


@pytest.mark.parametrize("name", ["witness", ".publishing", "tile"])
def test_a_link_in_the_published_folder_is_refused(name: str, ledger: Path, victim: Path) -> None:
    # Both `witness` and `.publishing` were cleared of what the publisher did not know, wherever they led.
    link = ledger.parent / "public" / name
    assert not link.exists()
    link.symlink_to(victim)
    output = run("publish", "--to", ledger.parent / "public", "--ledger", ledger, expect=1)
    assert "is a link" in output.replace("\n", " ")
    assert [path.name for path in victim.iterdir()] == ["precious"]
    assert (victim / "precious").read_text() == "precious"
    link.unlink()
    run("publish", "--to", ledger.parent / "public", "--ledger", ledger)


@pytest.mark.parametrize("name", ["documents/sha256", "tile/0", "tile/entries"])
def test_a_link_deeper_in_takes_nothing_in(name: str, ledger: Path, victim: Path) -> None:
    link = ledger.parent / "public" / name
    if link.exists():
        link.rename(ledger.parent / "aside")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(victim)
    run("import", "ocds", SAMPLE, "--ledger", ledger, "--default-scheme", "ID")
    run("publish", "--to", ledger.parent / "public", "--ledger", ledger, expect=2)
    assert [path.name for path in victim.iterdir()] == ["precious"]
    link.unlink()
    run("publish", "--to", ledger.parent / "public", "--ledger", ledger)
    assert json.loads((ledger.parent / "public/withheld.json").read_bytes()) == []
