"""A backup is whole and consistent while the ledger is written to, holds no key unasked, and is a ledger again, or refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from tests.acceptance.child import run_child
from tests.acceptance.commands import import_files, make_ledger, publish, run, run_json
from tests.acceptance.published import hash_files
from tests.acceptance.synthetic import make_release, write_package
from tests.restore.test_restore import flip, restore
from tests.restore.world import MORE, RELEASES, World, list_files, read_ledger

WRITTEN = 3_000


@pytest.fixture(scope="session")
def backup(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the world's ledger."""
    folder = tmp_path_factory.mktemp("backups") / "monday"
    told = run_json("backup", "--to", folder, "--ledger", world.ledger)
    assert (told["app_hash"], told["keys"]) == (world.app_hash, 0)
    return folder


def test_a_backup_is_the_same_ledger_again(world: World, backup: Path, tmp_path: Path) -> None:
    told = run_json("restore", "--from", backup, "--ledger", tmp_path / "ledger")
    assert (told["app_hash"], told["withheld"]) == (world.app_hash, 1)
    assert read_ledger(tmp_path / "ledger") == read_ledger(world.ledger)
    assert hash_files(tmp_path / "ledger/publisher") | hash_files(world.ledger / "publisher") == hash_files(world.ledger / "publisher")
    shutil.copytree(world.ledger / "keys", tmp_path / "ledger/keys")
    more = write_package(tmp_path / "more.json", map(make_release, range(RELEASES + MORE, RELEASES + MORE + 3)))
    assert import_files(tmp_path / "ledger", more)["kinds"]["recorded"] == 3
    publish(tmp_path / "ledger", shutil.copytree(world.published, tmp_path / "published"))
    assert run_json("audit", tmp_path / "published")["sound"]


def test_no_key_is_in_a_backup(world: World, backup: Path, tmp_path: Path) -> None:
    secrets = [path.read_bytes() for path in (world.ledger / "keys").iterdir()]
    assert len(secrets) > 10
    assert list_files(backup) == {"backup.json", "documents.sqlite", "ledger.sqlite", "publisher/checkpoint"}
    assert not any(secret in path.read_bytes() for secret in secrets for path in backup.rglob("*") if path.is_file())
    said = run("backup", "--to", tmp_path / "copy", "--keys", tmp_path / "safe", "--ledger", world.ledger).output
    assert f"KEYS WERE COPIED: {len(secrets)} files to {tmp_path / 'safe'}" in said
    assert hash_files(tmp_path / "safe") == hash_files(world.ledger / "keys")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "safe").iterdir()} == {0o600}
    assert list_files(tmp_path / "copy") == list_files(backup)
    (tmp_path / "safe/log.training.seed").write_text("another")
    refused = run("backup", "--to", tmp_path / "third", "--keys", tmp_path / "safe", "--ledger", world.ledger, expect=2).output
    assert "is another key" in refused
    assert not (tmp_path / "third").exists()


def test_whom_to_ask_for_cosignatures_is_in_it(world: World, tmp_path: Path) -> None:
    ledger = shutil.copytree(world.ledger, tmp_path / "ledger")
    (ledger / "witnesses.toml").write_text("# nobody yet\n")
    run("backup", "--to", tmp_path / "backup", "--ledger", ledger)
    run("restore", "--from", tmp_path / "backup", "--ledger", tmp_path / "restored")
    assert (tmp_path / "restored/witnesses.toml").read_text() == "# nobody yet\n"


def test_a_backup_is_never_written_over(world: World, backup: Path) -> None:
    before = hash_files(backup)
    assert "is not empty" in run("backup", "--to", backup, "--ledger", world.ledger, expect=2).output
    assert hash_files(backup) == before


def test_a_backup_while_an_import_runs(tmp_path: Path) -> None:
    """Each backup is some block's state, sound and audited; the import loses nothing."""
    ledger = make_ledger(tmp_path / "ledger")
    source = write_package(tmp_path / "source.json", map(make_release, range(WRITTEN)))
    recorded: list[int] = []
    writer = threading.Thread(target=lambda: recorded.append(import_files(ledger, source)["kinds"]["recorded"]))
    writer.start()
    sizes: list[int] = []
    while writer.is_alive() and len(sizes) < 5:
        folder = tmp_path / f"backup-{len(sizes)}"
        sizes.append(run_json_quietly("backup", "--to", folder, "--ledger", ledger)["size"])
    writer.join()
    assert recorded == [WRITTEN]
    assert sizes == sorted(sizes)
    for number, size in enumerate(sizes):
        restored = tmp_path / f"restored-{number}"
        assert run_json("restore", "--from", tmp_path / f"backup-{number}", "--ledger", restored)["size"] == size
        assert run_json("audit", "--ledger", restored)["sound"]


def run_json_quietly(*arguments: str | Path) -> dict[str, int]:
    """A command in a process of its own: two of them at once would share one standard output here."""
    ended = run_child("--json", *arguments)
    assert ended.code == 0, ended.output
    told: dict[str, int] = json.loads(ended.output)
    return told


def test_a_backup_behind_what_was_signed_is_refused(world: World, backup: Path, tmp_path: Path) -> None:
    run("backup", "--to", tmp_path / "old", "--ledger", world.early)
    ledger = tmp_path / "ledger"
    (ledger / "publisher").mkdir(parents=True)
    shutil.copy(world.ledger / "publisher/checkpoint", ledger / "publisher")
    before = hash_files(ledger)
    assert "this is an older copy" in restore(tmp_path / "old", ledger, expect=1)
    assert {path: digest for path, digest in hash_files(ledger).items() if not path.endswith("lock")} == before
    assert "this is an older copy" in restore(tmp_path / "old", tmp_path / "new", world.published / "checkpoint", expect=1)
    assert not (tmp_path / "new").exists()
    restore(backup, ledger)


TAMPERINGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte of the database": (lambda folder: flip(folder / "ledger.sqlite", 9_000), "ledger.sqlite"),
    "a byte of the documents": (lambda folder: flip(folder / "documents.sqlite", -100), "documents.sqlite"),
    "a database missing": (lambda folder: (folder / "ledger.sqlite").unlink(), "found none"),
    "a database cut off": (lambda folder: (folder / "ledger.sqlite").write_bytes(b"SQLite"), "ledger.sqlite"),
    "the checkpoint": (lambda folder: flip(folder / "publisher/checkpoint", 50), "publisher/checkpoint"),
    "the manifest": (lambda folder: (folder / "backup.json").write_bytes(b"{}"), "a manifest"),
    "a manifest of another form": (lambda folder: edit(folder, "format", "prasasti-backup-9"), "prasasti-backup-1"),
    "a manifest that leads out": (lambda folder: edit(folder, "path", "../../ledger.sqlite"), "paths within the backup"),
    "a manifest of another ledger": (lambda folder: edit(folder, "chain", "00" * 16), "ledger.sqlite"),
}


def edit(folder: Path, name: str, value: str) -> None:
    """Change a field of the manifest, or of its first file."""
    manifest = json.loads((folder / "backup.json").read_text())
    (manifest if name in manifest else manifest["files"][0])[name] = value
    (folder / "backup.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_backup_that_was_tampered_with_is_refused(name: str, backup: Path, tmp_path: Path) -> None:
    tamper, reason = TAMPERINGS[name]
    folder = shutil.copytree(backup, tmp_path / "backup")
    tamper(folder)
    assert reason in restore(folder, tmp_path / "ledger", expect=1)
    assert not (tmp_path / "ledger").exists()


def test_rows_that_do_not_agree_are_found_though_the_manifest_does(backup: Path, world: World, tmp_path: Path) -> None:
    """Whoever can write the backup can write its manifest: what the rows say of one another is recomputed all the same."""
    folder = shutil.copytree(backup, tmp_path / "backup")
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as database, database:
        database.execute("UPDATE log SET entry = x'7b7d' WHERE position = 5")
    manifest = json.loads((folder / "backup.json").read_text())
    data = (folder / "ledger.sqlite").read_bytes()
    manifest["files"][0] |= {"bytes": len(data), "sha256": sha256(data).hexdigest()}
    (folder / "backup.json").write_text(json.dumps(manifest))
    assert "entry 5, leaf" in restore(folder, tmp_path / "ledger", expect=1)


def test_a_damaged_ledger_is_not_backed_up(world: World, tmp_path: Path) -> None:
    ledger = shutil.copytree(world.ledger, tmp_path / "ledger")
    with closing(sqlite3.connect(ledger / "ledger.sqlite")) as database, database:
        database.execute("DELETE FROM action WHERE position = 3")
    assert "row of its action" in run("backup", "--to", tmp_path / "backup", "--ledger", ledger, expect=1).output
    assert {path.name for path in tmp_path.iterdir()} == {"ledger"}
