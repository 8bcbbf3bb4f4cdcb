"""Restoring and backing up are killed at moments of their work, chosen again on any machine; a repetition makes them whole."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.acceptance.child import run_child
from tests.acceptance.commands import run, run_json
from tests.restore.world import World, list_files, lose, read_ledger

SEED = 20261124
ROUNDS = 10
LAST_STEPS = 40


def choose_steps(total: int) -> list[int]:
    """Moments anywhere, and more of them at the end, where names are given."""
    chance = random.Random(SEED)
    return sorted({*(chance.randrange(1, total) for _ in range(ROUNDS)), *(total - chance.randrange(LAST_STEPS) for _ in range(ROUNDS))})


@pytest.mark.parametrize("kind", ["published", "backup"])
def test_a_restoring_is_killed_and_repeated(kind: str, world: World, tmp_path: Path) -> None:
    source = world.published
    if kind == "backup":
        source = tmp_path / "backup"
        run("backup", "--to", source, "--ledger", world.ledger)
    counted = run_child("restore", "--from", source, "--ledger", tmp_path / "counted", step=0)
    assert counted.code == 0, counted.output
    expected = read_ledger(tmp_path / "counted")
    was_killed = 0
    ledger = lose(world, tmp_path / "ledger")
    for step in choose_steps(counted.steps):
        ended = run_child("restore", "--from", source, "--ledger", ledger, step=step)
        was_killed += ended.was_killed
        if not (ledger / "ledger.sqlite").exists():
            assert ended.was_killed
            continue
        # It has its name: it is whole. The next round restores from nothing again.
        check_whole(world, ledger, expected)
        shutil.rmtree(ledger)
        lose(world, ledger)
    assert was_killed > ROUNDS
    run("restore", "--from", source, "--ledger", ledger)
    check_whole(world, ledger, expected)
    assert not (ledger / "restoring").exists()


def check_whole(world: World, ledger: Path, expected: object) -> None:
    assert read_ledger(ledger) == expected
    assert run_json("check-state", "--ledger", ledger)["wrong"] is None
    assert (ledger / "publisher/checkpoint").read_bytes() == (world.published / "checkpoint").read_bytes()


def test_a_backup_is_killed_and_repeated(world: World, tmp_path: Path) -> None:
    ledger = shutil.copytree(world.ledger, tmp_path / "ledger")
    before = read_ledger(ledger)
    counted = run_child("backup", "--to", tmp_path / "counted", "--keys", tmp_path / "counted-keys", "--ledger", ledger, step=0)
    assert counted.code == 0, counted.output
    was_killed = 0
    for number, step in enumerate(choose_steps(counted.steps)):
        folder = tmp_path / f"backup-{number}"
        for moment in (step, step // 2 + 1):
            if not folder.exists():
                ended = run_child("backup", "--to", folder, "--keys", tmp_path / "keys", "--ledger", ledger, step=moment)
                was_killed += ended.was_killed
        if not folder.exists():
            run("backup", "--to", folder, "--keys", tmp_path / "keys", "--ledger", ledger)
        assert list_files(folder) == list_files(tmp_path / "counted")
        assert not folder.with_name(f"{folder.name}.part").exists()
    assert was_killed > ROUNDS
    assert list_files(tmp_path / "keys") == list_files(tmp_path / "counted-keys")
    assert read_ledger(ledger) == before
    run("restore", "--from", tmp_path / "backup-0", "--ledger", tmp_path / "restored")
    assert read_ledger(tmp_path / "restored") == before
