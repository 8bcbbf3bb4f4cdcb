"""The commands in README and guides are run as they stand, so that they cannot drift from the product.

A block opened with ``sh run`` is run; the blocks of one document run in order, in one shell, in an empty folder with an
empty home, where a newcomer would stand after ``make``.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh run\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITTEN = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
DOCUMENTS = [path for path in WRITTEN if BLOCK.search(path.read_text(encoding="utf-8"))]


def run_document(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    commands = "\n".join(BLOCK.findall(text))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"}
    shell = ["bash", "-euo", "pipefail", "-c", commands]
    # One document at a time, whoever runs tests here: guides name their ports.
    with (Path(tempfile.gettempdir()) / "prasasti-documents.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_readme_shows_commands_that_run() -> None:
    assert ROOT / "README.md" in DOCUMENTS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_of_documents_run(document: Path, tmp_path: Path) -> None:
    ran = run_document(document.read_text(encoding="utf-8"), tmp_path)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"


def test_a_command_that_fails_is_noticed(tmp_path: Path) -> None:
    text = "```sh run\nfalse | cat\n```\n\n```sh run\ntouch after\n```\n"
    assert run_document(text, tmp_path).returncode != 0
    assert not (tmp_path / "after").exists()


def test_blocks_share_a_folder_and_others_are_left_alone(tmp_path: Path) -> None:
    text = "```sh run\necho bench > purchase\n```\n\n```sh\nexit 1\n```\n\n```sh run\ncat purchase\n```\n"
    assert run_document(text, tmp_path).stdout == "bench\n"
