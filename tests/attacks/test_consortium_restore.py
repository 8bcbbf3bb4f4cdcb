"""Attacks on restoring: what whoever can write to a backup's folder slips into a ledger, or out of the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from prasasti.services.backing_up import copy_file
from tests.acceptance.commands import import_files, make_ledger, publish, run
from tests.acceptance.synthetic import make_release, write_package

ADDED: dict[str, Callable[[Path, Path], object]] = {
    "whom to ask for cosignatures": lambda backup, _: (backup / "witnesses.toml").write_text("# the thief's\n"),
    "a link out of it": lambda backup, secret: os.symlink(secret, backup / "publisher/policy"),
    "a checkpoint's neighbour": lambda backup, _: (backup / "publisher/checkpoint.old").write_bytes(b""),
    "no checkpoint": lambda backup, _: (backup / "publisher/checkpoint").unlink(),
}


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    ledger = make_ledger(folder / "ledger")
    import_files(ledger, write_package(folder / "source.json", map(make_release, range(3))))
    publish(ledger, folder / "published")
    run("backup", "--to", folder / "monday", "--ledger", ledger)
    return folder / "monday"


@pytest.mark.parametrize("name", ADDED)
def test_what_the_manifest_does_not_name_enters_no_ledger(name: str, backup: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret of this machine")
    folder = shutil.copytree(backup, tmp_path / "backup")
    ADDED[name](folder, secret)
    assert "backup.json" in run("restore", "--from", folder, "--ledger", tmp_path / "ledger", expect=1).output
    assert not (tmp_path / "ledger").exists()


def test_a_folder_that_changes_while_it_is_read_is_found(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compared is not what was copied: the copies are compared."""
    folder = shutil.copytree(backup, tmp_path / "backup")

    def change_and_copy(source: Path, target: Path) -> None:
        if source.name == "checkpoint":
            source.write_bytes(source.read_bytes() + "— nobody AAAA\n".encode())
        copy_file(source, target)

    monkeypatch.setattr("prasasti.services.restoring.copy_file", change_and_copy)
    assert "publisher/checkpoint" in run("restore", "--from", folder, "--ledger", tmp_path / "ledger", expect=1).output
    assert not (tmp_path / "ledger").exists()
