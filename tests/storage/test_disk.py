"""A disk that is full and one that is read-only: clear words, nothing half-written, and all goes on once it is mended.

Mounts are made in a name space of the test's own, so that none outlives it; where that is not allowed, limits and
rights of a process stand in for them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.world import Envelopes, HandClocks, expect_receipt, found, open_ledger

ROOT = Path(__file__).parents[2]
OWN_MOUNTS = ["unshare", "--mount", "--map-root-user"] if os.geteuid() != 0 else ["unshare", "--mount"]
READ_ONLY = [*OWN_MOUNTS, "sh", "-ec", 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; exec "$@"']
SMALL_DISK = [*OWN_MOUNTS, "sh", "-ec", 'mount -t tmpfs -o size=6m tmpfs "$0"; exec "$@"']
# Root writes anywhere, unless it gives up the capability to.
WITHOUT_RIGHTS = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search"]


def run(wrapper: list[str], what: str, folder: Path) -> None:
    """A check in a process of its own; AssertionError with its words."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [*wrapper, sys.executable, "-m", "tests.storage.disk", what, str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def can(wrapper: list[str]) -> bool:
    """Whether this machine lets the test do that."""
    try:
        return subprocess.run([*wrapper, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def test_a_full_disk(tmp_path: Path) -> None:
    """A small disk of its own; where there can be none, a limit on the size of files."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if can([*SMALL_DISK, str(folder)]):
        run([*SMALL_DISK, str(folder)], "full", folder)
    else:
        run([], "limited", folder)


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    """The limit on the size of files, which fails at other calls than a full disk."""
    run([], "limited", tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = found(tmp_path / "ledger")
    with open_ledger(folder, HandClocks()) as ledger:
        expect_receipt(ledger.submit([Envelopes(ledger).put()])[0])
    return folder


def test_a_read_only_mount(folder: Path) -> None:
    """Where it cannot be mounted so, a folder and files that may not be written."""
    if can([*READ_ONLY, str(folder)]):
        run([*READ_ONLY, str(folder)], "read-only", folder)
    else:
        run_without_rights(folder)
    with open_ledger(folder, HandClocks()) as ledger:
        assert expect_receipt(ledger.submit([Envelopes(ledger).put()])[0]).height == 2


def test_a_folder_without_the_right_to_write(folder: Path) -> None:
    run_without_rights(folder)


def run_without_rights(folder: Path) -> None:
    paths = [*folder.iterdir(), folder]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        run(WITHOUT_RIGHTS if os.geteuid() == 0 else [], "read-only", folder)
    finally:
        for path in reversed(paths):
            path.chmod(0o755 if path.is_dir() else 0o644)
