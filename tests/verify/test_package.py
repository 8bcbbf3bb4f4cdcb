"""The package by itself: its length, its one dependency, its own installation."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

import prasasti_verify
from tests.verify.ledger import build_example

PACKAGE = Path(prasasti_verify.__file__).parent
MOST_LINES = 1_000


def test_it_can_be_read_in_an_evening() -> None:
    """Who is to trust a verifier must be able to read it whole. Docstrings count, blank lines and comments do not."""
    texts = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    lines = [line for text in texts for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert 500 < len(lines) <= MOST_LINES


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder that holds the verifier, PyNaCl and what PyNaCl needs, and nothing else."""
    folder = tmp_path / "alone"
    folder.mkdir()
    shutil.copytree(PACKAGE, folder / "prasasti_verify", ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    for name in ("pynacl", "cffi", "pycparser"):
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or [] if ".." not in file.parts and "dist-info" not in file.parts[0]}:
            (folder / top).symlink_to(str(found.locate_file(top)))
    return folder


START = """
import sys
sys.path[:0] = [sys.argv.pop(1)]
from prasasti_verify.__main__ import main
code = main(sys.argv[1:])
foreign = {name.split(".")[0] for name in sys.modules} - set(sys.stdlib_module_names) - {"__main__"}
print(sorted(name for name in foreign if not name.startswith("_")))
sys.exit(code)
"""


def test_it_runs_with_pynacl_alone(alone: Path, tmp_path: Path) -> None:
    folder = build_example().publish(tmp_path / "log", [2, 4])
    done = subprocess.run([sys.executable, "-I", "-S", "-c", START, alone, folder], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-2:] == ["IN ORDER", "['nacl', 'prasasti_verify']"]


def test_an_auditor_installs_it_alone(alone: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    installed = subprocess.run([*pip, str(alone / "prasasti_verify")], capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stderr
    assert {path.name for path in (target / "prasasti_verify").glob("*.py")} == {path.name for path in PACKAGE.glob("*.py")}
    command = (target / "bin" / "prasasti-verify").read_text(encoding="utf-8")
    assert "from prasasti_verify.__main__ import main" in command
    folder = build_example().publish(tmp_path / "log", [2, 4])
    run = [sys.executable, "-m", "prasasti_verify", str(folder)]
    done = subprocess.run(run, capture_output=True, text=True, check=False, cwd=tmp_path, env={"PYTHONPATH": str(target)})
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("IN ORDER\n")
